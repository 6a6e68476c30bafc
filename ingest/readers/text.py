"""Plain text: the file's characters as they stand, and the titles and bullet outlines that people write into it."""

from __future__ import annotations

from core.document import Document, Metadata, Source
from ingest.readers.base import check_length
from ingest.readers.decode import decode
from ingest.readers.headings import TITLE_LEVEL, nest
from ingest.readers.outline import bullet_marks
from ingest.readers.title_lines import lines_of, title_marks


def read(source: Source) -> Document:
    """Read a plain text file in whatever encoding it is; uncertain or lost characters are among the losses."""
    text, losses = decode(source.data)
    check_length(source.name, text)
    lines = lines_of(text)
    titles = title_marks(lines)
    marks = [*titles, *bullet_marks(lines, titles)]
    return Document(
        id=source.document_id,
        name=source.name,
        sha256=source.sha256,
        media_type=source.media_type,
        reader="",
        text=text,
        metadata=Metadata(title=next((mark.title for mark in titles if mark.level == TITLE_LEVEL), "")),
        headings=nest(marks, len(text)),
        losses=losses,
    )
