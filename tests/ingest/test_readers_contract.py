"""One contract for all readers: a format without a sample here fails, so that none goes untested."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import codec
from core.document import Document, Source
from ingest.readers import READERS, read
from ingest.sandbox import Sandbox

SAMPLES: dict[str, Callable[[Callable[..., bytes]], bytes]] = {
    "application/pdf": lambda make_pdf: make_pdf([["Abstract", "Sample words."], ["Second page."]]),
    "text/markdown": lambda _: b"---\ntitle: Sample\n---\n## Part\n\nSample words.\n",
    "text/plain": lambda _: b"A Sample of Text\n\nPart\n----\n\nSample words.\n",
    "text/html": lambda _: b"<html><body><h2>Part</h2><p>Sample words.</p></body></html>",
}


def test_every_reader_has_a_sample() -> None:
    assert set(SAMPLES) == set(READERS)


@pytest.mark.parametrize("media_type", sorted(READERS))
def test_a_reader_keeps_its_contract(
    media_type: str,
    make_pdf: Callable[..., bytes],
    check_invariants: Callable[[Document], None],
    sandbox: Sandbox,
) -> None:
    source = Source(f"sample of {media_type[-4:]}", media_type, SAMPLES[media_type](make_pdf))
    document = read(source)
    check_invariants(document)
    assert "Sample words." in document.text
    assert document.headings
    assert (document.id, document.sha256) == (source.document_id, source.sha256)
    assert (document.name, document.media_type, document.reader) == (source.name, media_type, READERS[media_type].name)
    assert read(source) == document, "reading twice gives the same"
    assert sandbox.read(source) == document, "reading in the worker gives the same"
    assert codec.decode(Document, codec.encode(document)) == document


@pytest.mark.parametrize("media_type", sorted(READERS))
def test_a_refusal_is_one_sentence_with_the_files_name(media_type: str, outcome_of: Callable[[Source], str]) -> None:
    for data in (b"", b"\x00", b" \n"):
        sentence = outcome_of(Source("a", media_type, data))
        assert sentence.startswith("a ")
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_a_name_with_bytes_that_are_no_characters_can_be_stored() -> None:
    document = read(Source("caf\udce9.txt", "text/plain", b"Some words."))
    assert document.name == "caf?.txt"
