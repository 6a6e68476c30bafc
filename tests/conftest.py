"""What every room's tests share: an encoder without weights, and indexes that are real but tiny."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from index import Encoder, load_encoder

# A shell that starts a job in the background lets it, and every process it starts, ignore Ctrl+C; tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says nothing here: the machine is shared, and the first one loads libraries.
settings.register_profile("fast", deadline=None, print_blob=True, max_examples=30)
settings.register_profile("exhaustive", deadline=None, print_blob=True, max_examples=1_000)
settings.load_profile(os.environ.get("STRATUM_TESTS", "fast"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the path of a data folder that does not exist yet."""
    return tmp_path / "var"


@pytest.fixture(scope="session")
def hashing() -> Encoder:
    """Return the encoder that ships for tests: exact, deterministic, no weights."""
    return load_encoder("hashing-256")


@pytest.fixture(scope="session")
def minilm() -> Encoder:
    """Return the default model (seconds to load: only for tests marked `model`)."""
    return load_encoder()
