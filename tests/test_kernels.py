"""The folder of compiled kernels: what is told while they are compiled, and which folders stay."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from openhorse.engines.procedural import kernels
from openhorse.engines.procedural.compiling import Watch
from openhorse.leases import FileLeases


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of kernels."""
    made = tmp_path / "openhorse" / "kernels-0"
    made.mkdir(parents=True)
    monkeypatch.setattr(kernels, "kernel_cache", lambda: made)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(made))
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(made))
    return made


def test_a_kernel_is_told_of_while_it_is_compiled_and_never_again(folder: Path) -> None:
    """Another process hears how many have begun; when they are done, and once they are kept, nothing."""
    told: list[str | None] = []

    class Heard(Watch):
        def on_start(self, event: numba.core.event.Event) -> None:
            super().on_start(event)
            told.append(kernels.compiling())

    def twice(x: int) -> int:
        return 2 * x

    for _ in range(2):
        with Heard():
            assert numba.njit(cache=True)(twice)(3) == 6
        assert kernels.compiling() is None
    assert [words and words.split(" of about ")[0] for words in told] == ["1"]


def test_what_a_dead_process_was_compiling_is_forgotten(folder: Path) -> None:
    """Its last word grows old."""
    kernels.tell("3 of about 9 kernels")
    assert kernels.compiling() == "3 of about 9 kernels"
    for path in folder.glob("compiling-*"):
        os.utime(path, (1, 1))
    assert kernels.compiling() is None


def test_the_newest_folders_stay_and_those_in_use(folder: Path) -> None:
    """Of many versions' kernels the last few are kept; an old one stays while a process holds it."""
    old = [folder.with_name(f"kernels-{age}") for age in range(1, 7)]
    for age, path in enumerate(old, start=1):
        path.mkdir()
        os.utime(path, (1e9 - age, 1e9 - age))
    leases = FileLeases(old[-1] / "in-use")
    (old[-2] / "in-use").mkdir()
    (old[-2] / "in-use" / "1.lock").touch()  # left behind by a killed process
    for path in old[-2:]:
        os.utime(path, (1e8, 1e8))
    held = leases.take("12345")
    assert held is not None
    kernels.prune(folder.parent)
    left = {path.name for path in folder.parent.iterdir()}
    assert left == {"kernels-0", "kernels-1", "kernels-2", "kernels-6"}
    held.release()
    kernels.prune(folder.parent)
    assert not old[-1].exists()


def test_a_warm_machine_is_not_warmed_again(tmp_path: Path) -> None:
    """What `serve` starts beside itself ends at once where it has been before."""
    environment = os.environ | {"OPENHORSE_CACHE": str(tmp_path)}
    where = "from openhorse.engines.procedural.kernels import kernel_cache; print(kernel_cache())"
    cache = Path(subprocess.check_output([sys.executable, "-c", where], env=environment, text=True).strip())
    assert cache.is_relative_to(tmp_path)
    cache.mkdir(parents=True)
    (cache / "complete").touch()
    command = [sys.executable, "-m", "openhorse.engines.procedural.warming"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True
    )
    assert done.stderr == ""
    assert [path.name for path in cache.iterdir()] == ["complete"]
