"""The README tells the truth: its examples run, its tables name every command, its make targets exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import evaluate.__main__ as evaluate_command
import index.__main__ as index_command
import ingest.__main__ as ingest_command

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
APPS = {"ingest": ingest_command.app, "index": index_command.app, "evaluate": evaluate_command.app}
EXAMPLES = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def test_the_examples_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("STRATUM_DATA", str(tmp_path))
    monkeypatch.setenv("STRATUM_MODEL", "hashing-256")
    commands = [shlex.split(line)[2:] for line in EXAMPLES if line.startswith("python -m ")]
    assert len(commands) >= 7
    for program, *arguments in commands:
        result = CliRunner().invoke(APPS[program], arguments)
        assert result.exit_code == 0, f"{program} {arguments}: {result.output}"
        assert result.output.strip()


def test_the_readme_names_every_command() -> None:
    for program, app in APPS.items():
        group = get_command(app)
        for name in getattr(group, "commands", {}):
            assert f"python -m {program} {name}" in README


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE))))
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_file_that_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m (benchmarks\.\w+)", README))))
def test_every_benchmark_of_the_readme_exists(module: str) -> None:
    assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
