"""Spans to vectors to hits: the catalogue and its views, search, citation and verification.

This is the room's public face; other rooms import from here and nowhere deeper.
"""

from index.catalogue import Catalogue, Summary
from index.diversity import AS_RANKED, FOR_READERS, Arrangement
from index.encoder import DEFAULT_MODEL, MODELS, Encoder, load_encoder
from index.filters import Where, parsed
from index.opening import open_catalogue
from index.present import EMPTY, VERDICTS, also_lines, page_words, remarks
from index.queries import Query, read_queries
from index.ranking import POOL
from index.reranker import load_reranker
from index.search import LONGEST_QUESTION, Searcher
from index.states import State, WatchedFiles, document_state, document_states, state_in_place, whereabouts
from index.verify import Verification, verify
from index.writer import Change, Refusal, Writer, open_writer

__all__ = [
    "AS_RANKED",
    "DEFAULT_MODEL",
    "EMPTY",
    "FOR_READERS",
    "LONGEST_QUESTION",
    "MODELS",
    "POOL",
    "VERDICTS",
    "Arrangement",
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
    "also_lines",
    "document_state",
    "document_states",
    "load_encoder",
    "load_reranker",
    "open_catalogue",
    "open_writer",
    "page_words",
    "parsed",
    "read_queries",
    "remarks",
    "state_in_place",
    "verify",
    "whereabouts",
]
