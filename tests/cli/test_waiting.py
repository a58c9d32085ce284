"""At a terminal a command tells what it is at, and leaves nothing of that behind; elsewhere it says nothing."""

from __future__ import annotations

import io
import sys

import pytest

from stocktake.cli.waiting import CLEAR, clear, waiting
from stocktake.stages import stage


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True

    def seen(self) -> str:
        """What stands in the last line."""
        return self.getvalue().rpartition("\n")[2].rpartition(CLEAR)[2]


def looked_at(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The terminal that standard error is from now on."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_each_stage_takes_the_place_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that show their own progress have the line for themselves."""
    terminal = looked_at(monkeypatch)
    with waiting():
        assert terminal.seen() == "starting … (0 s so far)"
        with stage("graph"):
            assert terminal.seen() == "graph … (0 s so far)"
        with stage("read"):
            assert terminal.seen() == ""
        with stage("save"):
            clear()
            terminal.write("run 1 is saved\n")
            assert terminal.seen() == ""
        with stage("report"):
            assert terminal.seen().startswith("report …")
    assert terminal.seen() == ""
    assert "run 1 is saved\n" in terminal.getvalue()


def test_an_error_leaves_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = looked_at(monkeypatch)
    with pytest.raises(ValueError, match="x"), waiting(), stage("graph"):
        raise ValueError("x")

    assert terminal.seen() == ""


def test_nothing_is_said_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = looked_at(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    with waiting(), stage("graph"):
        pass
    monkeypatch.setattr(sys, "stderr", quiet := io.StringIO())
    with waiting(), stage("graph"):
        pass

    assert terminal.getvalue() == quiet.getvalue() == ""
