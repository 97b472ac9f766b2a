"""`openhorse compare`: a film for each engine and seed, and a contact sheet of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from serving import SECRET, Served


def test_films_of_engines_and_seeds_stand_on_one_sheet(tmp_path: Path) -> None:
    """Each pair is a film of its own, each row of the sheet shows one; a folder that has films is not written into."""
    with Served(tmp_path / "served") as served:
        command = [sys.executable, "-m", "openhorse", "compare", "a lake", "--seed", "1", "--seed", "2"]
        command += ["--engine", "plain", "--engine", "slow", "--seconds", "3", "--resolution", "480p"]
        command += ["-o", "out", "--server", served.url, "--json"]
        environment = os.environ | {"OPENHORSE_API_KEY": SECRET}
        done = [
            subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            for _ in range(2)
        ]
    assert (done[0].returncode, done[1].returncode) == (0, 2), done[0].stderr
    assert "exists already" in done[1].stderr
    told = json.loads(done[0].stdout)
    names = ["plain-1.mp4", "plain-2.mp4", "slow-1.mp4", "slow-2.mp4"]
    assert [Path(one["film"]).name for one in told["films"]] == names
    assert [one["task"]["film"]["seed"] for one in told["films"]] == [1, 2, 1, 2]
    with Image.open(tmp_path / told["sheet"]) as sheet:
        pixels = np.asarray(sheet.convert("L")).astype(int)
    grey = np.abs(pixels - pixels[150, 100]) < 12
    assert 70 < pixels[150, 100] < 180, "a still of the plain film"
    assert int(np.sum(np.diff(grey[:, 100].astype(int)) > 0)) >= 4, "a row for each film"
    assert grey[150].mean() > 0.9, "stills from side to side"
