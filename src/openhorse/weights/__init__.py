"""A profile and the folder of models come in, whether its weights are there whole goes out; and they are removed here.

Knows no engine, no licence and no hub: `weights/pull.py` fetches them. Each profile has one folder, whose manifest is
written last, when every file in it has been checked: where it is, and its files have the sizes it says, all is there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from openhorse.profiles import Profile, Weights

MANIFEST = "openhorse.json"
"""In a profile's folder: which files of which commit were checked."""

State = Literal["missing", "partly", "whole"]


@dataclass(frozen=True, slots=True)
class File:
    """One file of a repository: its path there, its bytes, and the digest by which the hub knows it.

    `sha256` is of the bytes (large files), `blob` Git's SHA-1 of them (all others); one of the two is None.
    """

    path: str
    bytes: int
    sha256: str | None = None
    blob: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was pulled: `files` is the catalog's selection, `there` every file that was checked after it had come."""

    repository: str
    revision: str
    files: tuple[str, ...]
    commit: str
    there: tuple[File, ...]
    at: str


def folder_of(profile: Profile, models: Path) -> Path:
    """Where the weights of `profile` are, or would be; what a pipeline is loaded from."""
    return models / profile.name


def why_not_there(profile: Profile, models: Path) -> str | None:
    """Why the weights of `profile` cannot be loaded, and the command that changes that; None when all are there.

    Cheap: reads one small file and asks for the size of each other, no bytes of them.
    """
    why = _why_not_there(profile.weights, folder_of(profile, models))
    return None if why is None else f"{why}; to fetch them: openhorse models pull {profile.name}"


def _why_not_there(weights: Weights, folder: Path) -> str | None:
    found = manifest(folder)
    if found is None:
        return "its weights are here only in part" if any(within(folder)) else "its weights are not here"
    if (found.repository, found.revision, found.files) != (weights.repository, weights.revision, weights.files):
        return f"the weights here are others, {found.repository} at {found.revision}"
    wrong = [file.path for file in found.there if _size(folder / file.path) != file.bytes]
    if wrong:
        return f"{len(wrong)} of the {len(found.there)} files of its weights are missing or cut short, {wrong[0]} first"
    return None


def state(profile: Profile, models: Path) -> State:
    """Whether nothing, something or all of the weights of `profile` is there."""
    folder = folder_of(profile, models)
    if _why_not_there(profile.weights, folder) is None:
        return "whole"
    return "partly" if any(within(folder)) else "missing"


def manifest(folder: Path) -> Manifest | None:
    """What the manifest in `folder` says; None when there is none, or none that can be read."""
    try:
        return _read(json.loads((folder / MANIFEST).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_manifest(folder: Path, made: Manifest) -> None:
    """Put `made` into `folder`: it is there whole, also after a power cut, or not at all."""
    beside = folder / f".{MANIFEST}.{os.getpid()}"
    with beside.open("w", encoding="utf-8") as file:
        json.dump(asdict(made), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / MANIFEST)


def bytes_there(profile: Profile, models: Path) -> int:
    """How many bytes the folder of `profile` fills, links not followed."""
    return sum(path.lstat().st_size for path in within(folder_of(profile, models)))


def _read(data: Mapping[str, Any]) -> Manifest:
    there = tuple(File(**row) for row in data["there"])
    return Manifest(**{**data, "files": tuple(data["files"]), "there": there})


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def within(folder: Path) -> Iterator[Path]:
    """Every file below `folder`, links to folders not followed."""
    for root, _folders, names in os.walk(folder):
        yield from (Path(root) / name for name in names)
