"""The help texts: every command and option is there, and the top level says what the exit status means."""

from __future__ import annotations

import pytest
import typer

from tests.cli.conftest import APPS, Command

COMMANDS = {
    "index": {"search", "status", "verify", "rebuild", "fold", "backup", "restore"},
    "ingest": {"sync", "add", "remove", "ledger"},
}


def names(room: str, command: str) -> list[str]:
    """Return the options of a command as they are typed."""
    group = typer.main.get_command(APPS[room])
    assert isinstance(group, typer.core.TyperGroup)
    return [name for parameter in group.commands[command].params for name in parameter.opts if name.startswith("-")]


@pytest.mark.parametrize("room", COMMANDS)
def test_the_top_level_names_every_command_and_the_exit_status(stratum: Command, room: str) -> None:
    done = stratum(room, "--help")

    assert done.status == 0
    assert all(command in done.out for command in COMMANDS[room])
    assert "Exit status: 0 done, 1 done but something" in done.out
    assert "2 could not do it" in done.out


@pytest.mark.parametrize(
    ("room", "command"), [(room, command) for room, group in COMMANDS.items() for command in sorted(group)]
)
def test_the_help_of_a_command_names_every_option(stratum: Command, room: str, command: str) -> None:
    done = stratum(room, command, "--help")

    options = names(room, command)
    assert done.status == 0
    assert {"--data", "--json"} <= set(options)
    assert [name for name in options if name not in done.out] == []


@pytest.mark.parametrize(
    ("room", "command"), [("index", "search"), ("index", "rebuild"), ("ingest", "sync"), ("ingest", "add")]
)
def test_commands_that_embed_take_a_model(room: str, command: str) -> None:
    assert "--model" in names(room, command)


def test_a_sync_can_be_planned_only_and_can_go_on() -> None:
    assert {"--dry-run", "--watch"} <= set(names("ingest", "sync"))


def test_no_command_at_all_shows_the_help(stratum: Command) -> None:
    for room in APPS:
        done = stratum(room)

        assert "Usage" in done.out + done.err
        assert done.status in (0, 2)


def test_an_unknown_option_is_refused_with_status_2(stratum: Command) -> None:
    done = stratum("index", "search", "oil", "--fuzzy")

    assert done.status == 2
    assert "--fuzzy" in done.err
