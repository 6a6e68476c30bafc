"""Settings: the command line wins over the environment, the environment over the file, the file over the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError, StratumError
from core.settings import load_settings

FILE = 'data = "from-file"\nmodel = "file-model"\ncorpus = "papers"\n'


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with none of our variables set."""
    for name in ("DATA", "CORPUS", "MODEL", "RERANKER"):
        monkeypatch.delenv(f"STRATUM_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_anything_said_the_defaults_hold() -> None:
    settings = load_settings()

    assert (settings.data, settings.corpus, settings.model) == (Path("var"), Path("corpus"), None)
    assert settings.reranker is None


def test_the_file_wins_over_the_defaults(nowhere: Path) -> None:
    (nowhere / "stratum.toml").write_text(FILE)

    settings = load_settings()

    assert (settings.data, settings.corpus, settings.model) == (Path("from-file"), Path("papers"), "file-model")


def test_the_environment_wins_over_the_file(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / "stratum.toml").write_text(FILE)
    monkeypatch.setenv("STRATUM_DATA", "from-environment")

    settings = load_settings()

    assert (settings.data, settings.model) == (Path("from-environment"), "file-model")


def test_the_command_line_wins_over_the_environment(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / "stratum.toml").write_text(FILE)
    monkeypatch.setenv("STRATUM_DATA", "from-environment")
    monkeypatch.setenv("STRATUM_MODEL", "environment-model")

    settings = load_settings(Path("from-argument"), "argument-model")

    assert (settings.data, settings.model) == (Path("from-argument"), "argument-model")


def test_an_empty_environment_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRATUM_DATA", "")
    monkeypatch.setenv("STRATUM_MODEL", "")

    settings = load_settings()

    assert (settings.data, settings.model) == (Path("var"), None)


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("data = 3", "data"),
        ('dta = "x"', "dta"),
        ("model = []", "model"),
        ("data = [", "stratum.toml"),
        ("data = 'a'\ndata = 'b'", "stratum.toml"),
    ],
)
def test_a_bad_setting_is_one_sentence_that_names_it(nowhere: Path, file: str, named: str) -> None:
    (nowhere / "stratum.toml").write_text(file)

    with pytest.raises(InputError) as caught:
        load_settings()

    sentence = str(caught.value)
    assert named in sentence
    assert "stratum.toml" in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_settings_file_that_is_not_text_is_one_sentence_too(nowhere: Path) -> None:
    (nowhere / "stratum.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(StratumError, match=r"stratum\.toml"):
        load_settings()
