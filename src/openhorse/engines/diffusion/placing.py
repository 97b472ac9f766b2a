"""What memory is free and what a model needs come in, where its weights shall lie goes out. Knows no PyTorch.

The room that is computed in is not known for every canvas: a quarter of what lies on the GPU is left for it, which was
not measured. OPENHORSE_OFFLOAD overrules the choice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from openhorse.errors import EngineUnavailable

GIGA = 1_000_000_000
SPARE = 0.25
"""Share of what lies on the GPU that must be free beside it, to compute in."""


class Placement(StrEnum):
    """Where weights lie while a film is made: all on the device; on it part by part, as each is needed; or layer by
    layer, which takes least memory and most time.
    """

    WHOLE = "whole"
    PARTS = "parts"
    LAYERS = "layers"


@dataclass(frozen=True, slots=True)
class Room:
    """Free memory in bytes: of the GPU, None where there is none, and of the machine, None where it does not tell."""

    gpu: int | None
    host: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """What a model takes, in bytes: all of it on the GPU, its weights, the largest of its parts, and the least with
    which it works at all.
    """

    whole: int
    weights: int
    largest_part: int
    least: int


def placement(room: Room, need: Need, title: str) -> Placement:
    """Where the weights of the model called `title` shall lie. Raises EngineUnavailable with the reason for nowhere."""
    if room.gpu is None:
        raise EngineUnavailable(
            f"{title} needs a GPU with {_gigabytes(need.least)} of memory; there is none here "
            "(OPENHORSE_DEVICE=cpu tries it without)."
        )
    if room.gpu >= need.whole:
        return Placement.WHOLE
    if room.gpu < need.least:
        raise EngineUnavailable(
            f"{title} needs {_gigabytes(need.least)} of the GPU's memory; {_gigabytes(room.gpu)} are free."
        )
    if room.host is not None and room.host < need.weights:
        raise EngineUnavailable(
            f"{title} needs {_gigabytes(need.whole)} of the GPU's memory, or {_gigabytes(need.weights)} of the "
            f"machine's for what the GPU does not hold; {_gigabytes(room.gpu)} and {_gigabytes(room.host)} are free."
        )
    return Placement.PARTS if room.gpu >= need.largest_part * (1 + SPARE) else Placement.LAYERS


def need_of(folder: Path, whole: int, least: int, unused: Collection[str] = ()) -> Need:
    """What the model in `folder` needs: the `whole` and the `least` by its profile, the rest by its files.

    Parts that are `unused` are not loaded.
    """
    parts = [_weights(part) for part in folder.iterdir() if part.is_dir() and part.name not in unused]
    return Need(whole, sum(parts), max(parts, default=0), least)


def host_bytes() -> int | None:
    """The machine's free memory, as Linux tells it."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    found = (line.split() for line in lines if line.startswith("MemAvailable:"))
    return next((int(words[1]) * 1024 for words in found), None)


def _weights(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.safetensors"))


def _gigabytes(count: int) -> str:
    return f"{count / GIGA:.0f} GB"
