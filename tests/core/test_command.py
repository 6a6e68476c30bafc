"""What every command shares: a person's mistake is one sentence and exit status 2, a defect of ours shows itself."""

from __future__ import annotations

import pytest
import typer

from core.command import run
from core.errors import BusyError, InputError, StratumError


def app_that_raises(error: BaseException) -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @app.command()
    def only() -> None:
        typer.echo("so far")
        raise error

    return app


@pytest.mark.parametrize("error", [InputError("No such thing."), BusyError("Wait."), StratumError("Anything.")])
def test_an_error_for_people_is_its_sentence_and_status_2(
    error: StratumError, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["room"])

    with pytest.raises(SystemExit) as caught:
        run(app_that_raises(error), "room")

    said = capsys.readouterr()
    assert caught.value.code == 2
    assert (said.out, said.err) == ("so far\n", f"room: {error}\n")


def test_a_defect_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["room"])

    with pytest.raises(ZeroDivisionError):
        run(app_that_raises(ZeroDivisionError()), "room")


def test_an_interruption_is_a_sentence_and_status_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["room"])

    with pytest.raises(SystemExit) as caught:
        run(app_that_raises(KeyboardInterrupt()), "room")

    assert caught.value.code == 2
    assert capsys.readouterr().err == "room: Stopped; what was committed stays.\n"
