"""The vendors' own npm clients and an S3 server, installed once by their lock into this clone's cache; skipped aloud
without Node."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "npm"
NEEDED = ("node", "npm")


def installed() -> Path:
    """The folder whose node_modules holds the clients; scripts put there can import them.

    Skips the test where Node is missing. An installation that fails is an error: the lock is ours.
    """
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)} for the vendors' npm clients and an S3 server")
    lock = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("OPENHORSE_CACHE", Path.home() / ".cache")) / f"npm-clients-{lock}"
    if not (cache / "complete").exists():
        # Beside its place, then moved there: several test processes may do this at once.
        fresh = cache.with_name(f"{cache.name}-{os.getpid()}")
        shutil.copytree(FOLDER, fresh, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=fresh, check=True)
        (fresh / "complete").touch()
        try:
            fresh.rename(cache)
        except OSError:
            shutil.rmtree(fresh)
    return cache


def run_node(script: str, environment: dict[str, str] | None = None, arguments: tuple[str, ...] = ()) -> str:
    """What an ES module prints that may import the clients. Raises AssertionError with its complaint."""
    return run([shutil.which("node") or "node", "--input-type=module", "--eval", script, *arguments], environment)


def run(command: list[str], environment: dict[str, str] | None = None) -> str:
    """What `command` prints, run where the clients are installed. Raises AssertionError with its complaint."""
    done = subprocess.run(
        command, cwd=installed(), env=os.environ | (environment or {}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
