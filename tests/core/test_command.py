"""Advice can be followed as it stands: a command within a sentence is for the data folder that was given."""

from __future__ import annotations

import pytest

from core.command import followable


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["verify"], "`python -m index fold`"),
        (["verify", "--data", "here"], "`python -m index fold --data here`"),
        (["verify", "--data=my folder"], "`python -m index fold --data 'my folder'`"),
        (["--data", "first", "verify", "--data", "second"], "`python -m index fold --data second`"),
        (["verify", "--data"], "`python -m index fold`"),
    ],
)
def test_a_command_is_for_the_folder_that_was_given(arguments: list[str], command: str) -> None:
    assert followable("Run `python -m index fold`, then ask again.", arguments) == f"Run {command}, then ask again."


@pytest.mark.parametrize(
    "text",
    [
        "Run `python -m index fold --data there`.",
        "Give --data.",
        "`pip install this`",
        "`python -m ingest.worker` died",
    ],
)
def test_nothing_else_is_touched(text: str) -> None:
    assert followable(text, ["verify", "--data", "here"]) == text
