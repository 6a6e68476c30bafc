"""One document of the library: what it is, whether its file still stands, what was not read, and its passages."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.document import Document
from core.errors import InputError
from core.progress import Progress
from core.words import counted
from index import open_catalogue
from ingest import Outcomes, remove
from ui import passages, standing, work
from ui.address import Asked, Place
from ui.layers import web_link
from ui.session import settings
from ui.source import ask_link, origin, references_list
from ui.text import file_name, month_words, safe, shown

_GONE = (
    '<h1>Library</h1><p class="notice">No document of this address is in the library: it was removed, or its file has '
    "changed and was read again since the link was made. "
    f'<a href="{Place().link()}" target="_self">Look for it in the Library</a>.</p>'
)
_REMOVING = (
    "<p>Remove this document and its passages from the library? An upload is deleted. A file of a folder stays "
    "where it is, and comes back when the library is brought up to date with that folder.</p>"
)


def draw(place: Place) -> None:
    """Draw the document that the address names, or say that there is none of this id."""
    with open_catalogue(settings().data) as catalogue:
        try:
            document = catalogue.document(place.document)
        except InputError:
            st.html(_GONE)
            return
        spans = catalogue.passages(document.id)
    st.set_page_config(page_title=f"{shown(document.title)} · Stratum")
    summary = document.metadata.first("summary")
    st.html(
        f'<p class="back"><a href="{Place().link()}" target="_self">Library</a></p>'
        f'<h1>{safe(document.title)}</h1><p class="origin">{origin(document.metadata)}</p>'
        + (f'<p class="lead">{safe(summary)}</p>' if summary else "")
    )
    if place.start is not None and place.end is not None:
        passages.linked(document, place.start, place.end)
    st.html(_facts(document, len(spans)) + _losses(document))
    state = st.container()
    _actions(document)
    work.draw(standing.DOCUMENT)
    passages.draw(document, spans, place)
    if document.metadata.references:
        st.html(f"<h2>References</h2>{references_list(document.metadata.references)}")
    # Last of all: looking for a file that is not where it was can take seconds.
    with state:
        standing.of_a_document(document.id)


def _facts(document: Document, passage_count: int) -> str:
    metadata = document.metadata
    link = web_link(f"https://doi.org/{metadata.doi}" if metadata.doi else metadata.url)
    pages = counted(len(document.pages), "page") if document.pages else ""
    known = {
        "File": safe(file_name(document.name)),
        "Authors": safe(", ".join(metadata.authors)),
        "Published at": f'<a href="{safe(link)}" target="_blank" rel="noopener noreferrer">{safe(link)}</a>'
        if link
        else "",
        "Licence": safe(metadata.licence),
        "As of": safe(month_words(metadata.first("as_of"))),
        "Keywords": safe(", ".join(value for key, value in metadata.fields if key == "keywords")),
        "Holds": ", ".join(filter(None, (pages, counted(passage_count, "passage")))),
        "SHA-256": f'<span class="digest">{safe(document.sha256)}</span>',
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in known.items() if value)
    return f'<dl class="facts">{rows}</dl>'


def _losses(document: Document) -> str:
    if not document.losses:
        return ""
    lost = "".join(f"<li>{safe(loss.where)}: {safe(loss.what)}, {safe(loss.why)}</li>" for loss in document.losses)
    words = f"{counted(len(document.losses), 'part')} of this file could not be read"
    return f'<details class="losses"><summary>{words}</summary><ul>{lost}</ul></details>'


def _actions(document: Document) -> None:
    with st.container(key="actions", horizontal=True, vertical_alignment="center"):
        asking = ask_link(Asked(where=(("document", document.id),)), "Ask about this document")
        st.html(f"<p>{asking}</p>")
        with st.popover("Remove"):
            st.html(_REMOVING)
            if st.button("Remove it", key=f"remove-{document.id}"):
                st.query_params.clear()
                work.submit(f"Remove “{document.title}”", partial(_remove, document.id))


def _remove(document_id: str, _progress: Progress) -> Outcomes:
    return remove(settings().data, [document_id])
