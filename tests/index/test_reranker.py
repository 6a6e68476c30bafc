"""A second opinion: blended over the first candidates, the rest below in order, from a local folder of data only."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelError
from core.results import MODES, Mode
from index import AS_RANKED, Encoder, Searcher, load_reranker
from index.reranker import READ, SHARE, blended
from tests.index.builders import document, filled

pytestmark = pytest.mark.model

PROJECT = Path(__file__).parents[2]
QUESTION = "which cream for dry skin in winter"


def made(folder: Path, labels: int = 1) -> Path:
    """Write a cross-encoder of one small layer with random weights that reads letters; return its folder."""
    import torch
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{letter}" for letter in letters)]
    rows = {piece: row for row, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(rows, unk_token="[UNK]"))  # noqa: S106 - no password
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=128,
        pad_token="[PAD]",  # noqa: S106 - no password
        unk_token="[UNK]",  # noqa: S106 - no password
        cls_token="[CLS]",  # noqa: S106 - no password
        sep_token="[SEP]",  # noqa: S106 - no password
    )
    with torch.random.fork_rng():
        torch.manual_seed(7)
        config = BertConfig(
            vocab_size=len(pieces),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=128,
            num_labels=labels,
            initializer_range=2.0,
        )
        BertForSequenceClassification(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a tiny cross-encoder; only to be read."""
    return made(tmp_path_factory.mktemp("reranker"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Path:
    texts = [f"Dry skin in winter wants a cream {' '.join(f'w{row}x{n}' for n in range(row % 7))}" for row in range(60)]
    return filled(
        tmp_path_factory.mktemp("library") / "var",
        hashing,
        *(document(f"{text}.", title=f"Number {row}") for row, text in enumerate(texts)),
    )


@pytest.mark.parametrize("mode", MODES)
def test_the_first_are_ordered_anew_and_all_others_stay_below_in_order(
    library: Path, hashing: Encoder, folder: Path, mode: Mode
) -> None:
    before = Searcher(library, hashing).ask(QUESTION, 60, mode, arrangement=AS_RANKED)
    after = Searcher(library, hashing, load_reranker(str(folder))).ask(QUESTION, 60, mode, arrangement=AS_RANKED)

    was, now = ([(hit.passage.document_id, hit.passage.start) for hit in one.hits] for one in (before, after))
    assert len(now) == 60
    assert set(now[:READ]) == set(was[:READ])
    assert now[:READ] != was[:READ]
    assert now[READ:] == was[READ:]
    scores = [hit.score for hit in after.hits]
    assert scores == sorted(scores, reverse=True)
    assert (after.support, after.confidence) == (before.support, before.confidence)


def test_the_final_score_is_half_fused_and_half_the_second_opinion(
    library: Path, hashing: Encoder, folder: Path
) -> None:
    second = load_reranker(str(folder))
    fused = {
        hit.passage: hit.score for hit in Searcher(library, hashing).ask(QUESTION, READ, arrangement=AS_RANKED).hits
    }
    answer = Searcher(library, hashing, second).ask(QUESTION, READ, arrangement=AS_RANKED)

    for hit, citation in zip(answer.hits, answer.citations, strict=True):
        (own,) = second.scores(QUESTION, [f"{citation.title}\n{citation.quote}"])
        assert 0 < own < 1
        assert hit.score == pytest.approx((1 - SHARE) * fused[hit.passage] + SHARE * own, abs=1e-5)


def test_the_same_question_is_answered_the_same_alone_again_and_in_a_batch(
    library: Path, hashing: Encoder, folder: Path
) -> None:
    searcher = Searcher(library, hashing, load_reranker(str(folder)))
    once = searcher.ask(QUESTION)

    for answer in [searcher.ask(QUESTION), *searcher.ask_many([QUESTION] * 20)]:
        assert answer.citations == once.citations
    assert Searcher(library, hashing, load_reranker(str(folder))).ask(QUESTION).citations == once.citations


def test_an_answer_says_which_model_had_a_second_say(library: Path, hashing: Encoder, folder: Path) -> None:
    about = Searcher(library, hashing, load_reranker(str(folder))).ask(QUESTION, 1).reranker

    assert about is not None
    assert (about.model, about.max_tokens, about.share, about.read) == (str(folder.resolve()), 128, 0.5, 30)
    assert len(about.weights) == 64
    assert Searcher(library, hashing).ask(QUESTION, 1).reranker is None


def test_no_candidates_are_no_error(library: Path, hashing: Encoder, folder: Path) -> None:
    searcher = Searcher(library, hashing, load_reranker(str(folder)))

    assert searcher.ask("xylophone", mode="lexical").citations == ()
    assert searcher.reranker is not None
    assert searcher.reranker.scores(QUESTION, []).shape == (0,)


SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(SCORES, st.lists(st.floats(0, 1), max_size=40))
def test_nothing_that_was_not_read_rises_above_what_was(fused: list[float], read: list[float]) -> None:
    ranked = np.array(sorted(fused, reverse=True))
    second = np.zeros(len(ranked))
    second[: len(read)] = read[: len(ranked)]

    final = blended(ranked, second)

    assert all(one >= other for one in final[: len(read)] for other in final[len(read) :])
    assert all(one >= other for one, other in zip(final[len(read) :], final[len(read) + 1 :], strict=False))


# --- what is refused


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(folder, tmp_path / "copy")


def test_a_folder_with_code_is_refused(copied: Path) -> None:
    (copied / "modeling_own.py").write_text("raise SystemExit")

    with pytest.raises(ModelError, match=r"holds code \(modeling_own\.py\)"):
        load_reranker(str(copied))


def test_a_configuration_that_asks_for_code_is_refused(copied: Path) -> None:
    known = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps(known | {"auto_map": {"AutoModel": "own.Model"}}))

    with pytest.raises(ModelError, match="auto_map in config"):
        load_reranker(str(copied))


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("model.safetensors", r"no model\.safetensors"),
        ("config.json", r"no config\.json"),
        ("tokenizer.json", r"no tokenizer\.json"),
    ],
)
def test_a_folder_with_a_part_missing_is_refused_in_one_sentence(copied: Path, part: str, why: str) -> None:
    (copied / part).unlink()
    (copied / "tokenizer_config.json").unlink()

    with pytest.raises(ModelError, match=why) as caught:
        load_reranker(str(copied))

    assert str(copied) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_with_two_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives 2 values a pair"):
        load_reranker(str(made(tmp_path / "two", labels=2)))


@pytest.mark.parametrize("name", ["no-such-reranker", "nobody/no-such-reranker", "/no/such/folder"])
def test_an_unknown_name_is_refused_without_asking_anyone(name: str) -> None:
    # Sockets are barred in the tests, so that asking a hub would raise another error.
    with pytest.raises(ModelError, match="not on this machine"):
        load_reranker(name)


def test_without_one_nothing_heavy_is_loaded(library: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index import Searcher, load_encoder; "
        f"Searcher(Path({str(library)!r}), load_encoder('hashing-256')).ask('cream'); "
        "print([name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
