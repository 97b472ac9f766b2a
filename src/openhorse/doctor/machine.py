"""The machine comes in: cores, memory, disk, codecs, libraries, GPUs; findings go out. Knows no setting, no database.

torch is never imported here: it is asked in a child process, and only where nvidia-smi has not said enough.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from openhorse import __version__
from openhorse.doctor import Finding, gigabytes
from openhorse.engines.procedural.kernels import kernel_cache
from openhorse.media.codecs import codecs
from openhorse.profiles import Profile

LITTLE_DISK_BYTES = 2_000_000_000
PATIENCE_SECONDS = 60.0
"""How long a program that is asked may take: torch's first import reads gigabytes."""

LIBRARIES = ("torch", "diffusers", "transformers", "huggingface_hub", "c2pa-python")

_SMI = ("nvidia-smi", "--query-gpu=name,memory.total,memory.free,driver_version", "--format=csv,noheader,nounits")
_TORCH = """
import json, torch
found = []
for number in range(torch.cuda.device_count()):
    free, total = torch.cuda.mem_get_info(number)
    found.append({"name": torch.cuda.get_device_name(number), "total_bytes": total, "free_bytes": free})
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said."""

    code: int
    out: str
    err: str


Ask = Callable[[Sequence[str]], Answer | None]
"""Runs a program; None where there is none, or it does not end."""

Version = Callable[[str], str | None]
"""The version of an installed package, None where it is not installed."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU. Its memory is None where the driver does not say it."""

    name: str
    total_bytes: int | None
    free_bytes: int | None
    driver: str | None


def ask(command: Sequence[str]) -> Answer | None:
    """Run a program of this machine. Whatever it does, this process lives on."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Answer(done.returncode, done.stdout, done.stderr)


def version(package: str) -> str | None:
    """The version of an installed package; it is not imported."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def machine(data: Path, ask: Ask, version: Version, models: Iterable[Profile]) -> Iterator[Finding]:
    """Everything about the machine on which the data folder is."""
    system = f"{platform.system()} {platform.machine()}"
    yield Finding("openhorse", "ok", f"{__version__} on Python {platform.python_version()}, {system}")
    yield _room(data)
    yield _films()
    yield _kernels()
    yield _voice(ask)
    yield _libraries(version)
    found, trouble = gpus(ask, version)
    yield from _gpus(found, trouble, version("torch"))
    if found:
        yield _fitting(max(found, key=lambda gpu: gpu.total_bytes or 0), models)


def _room(data: Path) -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    there = next(folder for folder in (data.absolute(), *data.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    total, available = memory(Path("/proc/meminfo"))
    told = f"{cores} cores, {_of(available, total)} of memory free, {gigabytes(free)} of disk free in {data}"
    facts = {"cores": cores, "memory_bytes": total, "memory_free_bytes": available, "disk_free_bytes": free}
    return Finding("machine", "note" if free < LITTLE_DISK_BYTES else "ok", told, facts)


def memory(table: Path) -> tuple[int | None, int | None]:
    """All of this machine's memory and how much of it is to be had, in bytes; None where the system has no `table`."""
    try:
        text = table.read_text("ascii")
    except OSError:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else None
        return total, None
    kib = {name: int(number) for name, number in re.findall(r"^(\w+): +(\d+) kB$", text, re.MULTILINE)}
    return tuple(None if name not in kib else kib[name] * 1024 for name in ("MemTotal", "MemAvailable"))  # type: ignore[return-value]


def _films() -> Finding:
    versions, there = codecs()
    told = ", ".join(f"{name} {number}" for name, number in versions.items())
    missing = [name for name, is_there in there.items() if not is_there]
    if missing:
        return Finding("films", "wrong", f"{told}: no {', '.join(missing)}, so no film can be written", versions)
    return Finding("films", "ok", f"{told}: {', '.join(there)}", versions)


def _kernels() -> Finding:
    folder = kernel_cache()
    count = sum(1 for _ in folder.rglob("*.nbi"))
    if count:
        return Finding("kernels", "ok", f"{count} compiled, in {folder}", {"compiled": count})
    told = "none compiled yet: a server does that when it starts, else the first film of a kind takes a minute longer"
    return Finding("kernels", "note", told, {"compiled": 0})


def _voice(ask: Ask) -> Finding:
    answer = ask(("espeak-ng", "--version"))
    if answer is None or answer.code:
        return Finding("voice", "note", "no espeak-ng: quoted speech is not spoken by the procedural engine")
    return Finding("voice", "ok", " ".join(answer.out.split("  ")[0].split()))


def _libraries(version: Version) -> Finding:
    found = {name: version(name) for name in LIBRARIES}
    told = ", ".join(f"{name} {number}" for name, number in found.items() if number) or "none of the optional ones"
    missing = [name for name, number in found.items() if number is None]
    return Finding("libraries", "note" if missing else "ok", f"{told}{_without(missing)}", found)


def _without(missing: Sequence[str]) -> str:
    return f"; not installed: {', '.join(missing)}" if missing else ""


def gpus(ask: Ask, version: Version) -> tuple[list[Gpu], str | None]:
    """The GPUs here, as nvidia-smi says, else as torch does where it is installed; where there is none, why."""
    answer = ask(_SMI)
    if answer is not None and answer.code == 0:
        found = [_gpu(line) for line in answer.out.splitlines() if line.count(",") >= 3]
        return found, None if found else "nvidia-smi lists none"
    trouble = None if answer is None else f"nvidia-smi fails: {_last(answer.out + answer.err)}"
    torch = version("torch")
    if torch is None or "+cpu" in torch:
        return [], trouble
    told = ask((sys.executable, "-c", _TORCH))
    if told is None or told.code:
        return [], f"torch {torch} fails: {_last(told.err) if told else 'it does not end'}"
    return [Gpu(**one, driver=None) for one in json.loads(told.out.splitlines()[-1])], trouble


def _gpu(line: str) -> Gpu:
    name, total, free, driver = (part.strip() for part in line.rsplit(",", 3))
    return Gpu(name, _mebibytes(total), _mebibytes(free), driver)


def _mebibytes(text: str) -> int | None:
    return int(text) << 20 if text.isdigit() else None


def _gpus(found: Sequence[Gpu], trouble: str | None, torch: str | None) -> Iterator[Finding]:
    for number, gpu in enumerate(found):
        driver = f", driver {gpu.driver}" if gpu.driver else ""
        told = f"{gpu.name}, {_of(gpu.free_bytes, gpu.total_bytes)} free{driver}"
        yield Finding(f"GPU {number}", "ok", told, asdict(gpu))
    if not found:
        yield Finding("GPU", "note", f"{trouble or 'none found'}: films are made by the processor, or elsewhere")
    elif torch is not None and "+cpu" in torch:
        yield Finding("GPU", "note", f"torch {torch} is built for the processor only, and cannot use it")


def _fitting(gpu: Gpu, models: Iterable[Profile]) -> Finding:
    have = gpu.total_bytes or 0
    fits: dict[str, list[str]] = {"whole": [], "in part": [], "not": []}
    for one in models:
        how = "whole" if one.memory_bytes <= have else "in part" if one.least_memory_bytes <= have else "not"
        fits[how].append(one.name)
    words = {"whole": "whole on it", "in part": "with the rest elsewhere, slower", "not": "too large"}
    told = "; ".join(f"{words[how]}: {', '.join(names)}" for how, names in fits.items() if names)
    return Finding("models", "ok", f"{told} (calculated, not measured)", fits)


def _of(part: int | None, whole: int | None) -> str:
    return " of ".join("?" if count is None else gigabytes(count) for count in (part, whole))


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1][:200]
