"""A CSV or JSON Lines file comes in, its orders go out, or what is wrong with its first bad line. Knows no server."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhorse.errors import InvalidOrder

_TEXTS = ("prompt", "image", "resolution", "ratio", "model", "engine", "callback", "output")
_NUMBERS = ("seconds", "seed")
FIELDS = (*_TEXTS, *_NUMBERS, "references", "watermark")
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(frozen=True, slots=True)
class Line:
    """One order: its line in the file from 1, its name (the same while it says the same), what it says, where to."""

    number: int
    name: str
    prompt: str
    wishes: Mapping[str, Any]
    output: Path


def read_orders(path: Path, folder: Path) -> list[Line]:
    """The orders of a file, .csv or .jsonl; films without an `output` are `<file>-<line>.mp4` in `folder`.

    Pictures and outputs are named as from the file's own folder. Raises InvalidOrder with the line's number.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidOrder(f"{path}: {error.strerror if isinstance(error, OSError) else 'not UTF-8'}") from None
    if path.suffix not in (".csv", ".jsonl"):
        raise InvalidOrder(f"{path}: a batch is a .csv or a .jsonl file")
    rows = _of_csv(text) if path.suffix == ".csv" else _of_json(text)
    seen: Counter[str] = Counter()
    lines = []
    for number, row in rows:
        try:
            lines.append(_line(path, folder, number, row, seen))
        except ValueError as error:
            raise InvalidOrder(f"{path}, line {number}: {error}") from None
    places = Counter(line.output for line in lines)
    twice = next((line for line in lines if places[line.output] > 1), None)
    if twice is not None:
        raise InvalidOrder(f"{path}, line {twice.number}: another line has the output {twice.output} too")
    return lines


def _of_csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(text.splitlines(keepends=True))
    for row in reader:
        if None in row or None in row.values():
            raise InvalidOrder(f"line {reader.line_num}: it has another number of columns than the first line")
        yield reader.line_num, {name.strip(): value for name, value in row.items() if value.strip()}


def _of_json(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, one in enumerate(text.split("\n"), 1):
        if not one.strip():
            continue
        try:
            row = json.loads(one)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise InvalidOrder(f"line {number}: no JSON object")
        yield number, {name: value for name, value in row.items() if value is not None}


def _line(path: Path, folder: Path, number: int, row: Mapping[str, Any], seen: Counter[str]) -> Line:
    """The order of a row. Raises ValueError."""
    unknown = [name for name in row if name not in FIELDS]
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; known: {', '.join(FIELDS)}")
    read = {name: _read(name, value) for name, value in row.items()}
    said = json.dumps(read, sort_keys=True, ensure_ascii=False)
    seen[said] += 1
    name = hashlib.sha256(f"{seen[said]} {said}".encode()).hexdigest()[:24]
    output = read.pop("output", None)
    place = path.parent / output if output else folder / f"{path.stem}-{number:04}.mp4"
    return Line(number, name, read.pop("prompt", ""), _from(path.parent, read), place)


def _read(name: str, value: Any) -> Any:
    if name in _NUMBERS:
        if isinstance(value, bool) or not str(value).strip().isdecimal():
            raise ValueError(f"{name} is no whole number: {value!r}")
        return int(value)
    if name == "watermark":
        word = str(value).strip().lower()
        if word not in _YES + _NO:
            raise ValueError(f"watermark is neither true nor false: {value!r}")
        return word in _YES
    if name == "references":
        return [part.strip() for part in value.split(";")] if isinstance(value, str) else [str(part) for part in value]
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text: {value!r}")
    return value.strip()


def _from(folder: Path, wishes: dict[str, Any]) -> dict[str, Any]:
    """The wishes, with pictures that are files named from the batch's folder."""
    from openhorse.client.pictures import ADDRESSES

    def place(picture: str) -> str:
        return picture if picture.lower().startswith(ADDRESSES) else str(folder / Path(picture).expanduser())

    if "image" in wishes:
        wishes["image"] = place(wishes["image"])
    if "references" in wishes:
        wishes["references"] = [place(picture) for picture in wishes["references"]]
    return wishes
