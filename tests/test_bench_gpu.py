"""The script that measures films on a GPU, run whole on the processor: its table, not the size of its figures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="PyTorch and diffusers are not installed")

ROOT = Path(__file__).parents[1]
ROWS = {
    "a step": "s",
    "called directly": "s",
    "our engine": "s",
    "the whole film": "s",
    "peak memory: GPU, in tensors": "GB",
    "peak memory: GPU, taken in all": "GB",
    "peak memory: machine": "GB",
    "cancelled: stopped": "s",
    "cancelled: next one ready": "s",
    "out of memory: failed": "s",
    "out of memory: next film made": "s",
}


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script as scripts/bench does, on a machine without a GPU."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, str(ROOT / "benchmarks" / "gpu"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_every_row_has_its_figure(tmp_path: Path) -> None:
    """Films, one beside diffusers alone, one cancelled, one short of memory, and one after it."""
    done = bench("--tiny", "--only", "wan", "--films", "1", "--place", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert re.search(r"^20\d\d-\d\d-\d\d .*OpenHorse .* cores\n.*torch 2.*diffusers 0", done.stdout, re.MULTILINE)
    assert "73 frames of 64×32, 4 steps timed, weights placed whole, 1 films" in done.stdout
    for what, unit in ROWS.items():
        assert re.search(rf"^{what} +\d+\.\d\d {unit}\b", done.stdout, re.MULTILINE), what
    assert re.search(r"^our engine .* s  [+-]\d+\.\d %$", done.stdout, re.MULTILINE)
    assert "ran out of memory with a film of 73 frames" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_measured_without_a_gpu() -> None:
    """One sentence, and no table."""
    done = bench()
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "PyTorch finds no GPU here, and nothing else is measured (--tiny shows that the script runs).\n"
    )
