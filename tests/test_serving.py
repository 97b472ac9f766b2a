"""What the stories share leaves nothing behind when a story fails."""

from __future__ import annotations

import subprocess
import sys

import pytest

import serving
from serving import Served

OBSTINATE = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(9)"


class Stuck(Served):
    """A server that does not hear SIGTERM."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", OBSTINATE], stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.process.stdout.readline()
        self.process.stdout.close()


def test_a_failing_test_leaves_no_server_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked to stop, and killed when it does not; that it did not is told."""
    monkeypatch.setattr(serving, "STOPPING_SECONDS", 0.1)
    with pytest.raises(subprocess.TimeoutExpired) as told, Stuck() as server:
        raise ZeroDivisionError("the test fails")
    assert isinstance(told.value.__context__, ZeroDivisionError)
    assert server.process.returncode == -9
