"""Spans to vectors to hits: the catalogue and its views, search, citation and verification.

This is the room's public face; other rooms import from here and nowhere deeper.
"""

from index.catalogue import Catalogue, Summary
from index.encoder import DEFAULT_MODEL, MODELS, Encoder, load_encoder
from index.filters import Where, parsed
from index.opening import open_catalogue
from index.present import EMPTY, VERDICTS, page_words
from index.queries import Query, read_queries
from index.ranking import POOL
from index.search import LONGEST_QUESTION, Searcher
from index.states import State, WatchedFiles, document_state, document_states, state_in_place, whereabouts
from index.verify import Verification, verify
from index.writer import Change, Refusal, Writer, open_writer

__all__ = [
    "DEFAULT_MODEL",
    "EMPTY",
    "LONGEST_QUESTION",
    "MODELS",
    "POOL",
    "VERDICTS",
    "Catalogue",
    "Change",
    "Encoder",
    "Query",
    "Refusal",
    "Searcher",
    "State",
    "Summary",
    "Verification",
    "WatchedFiles",
    "Where",
    "Writer",
    "document_state",
    "document_states",
    "load_encoder",
    "open_catalogue",
    "open_writer",
    "page_words",
    "parsed",
    "read_queries",
    "state_in_place",
    "verify",
    "whereabouts",
]
