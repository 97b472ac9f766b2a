"""Another host on this machine, which may vanish from the network without a word: a network namespace, made by root.

Neither end hears of it: what they send goes to an Ethernet address that nobody has.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

NOBODY = "02:00:00:00:00:01"
NEW_NETWORK = 0x40000000
"""CLONE_NEWNET."""


@dataclass(frozen=True, slots=True)
class Host:
    """Its name, its own address, and ours as it knows it."""

    name: str
    address: str
    ours: str

    def vanish(self) -> None:
        """From now on nothing gets there, and nothing comes from there."""
        self._neighbours("replace", "lladdr", NOBODY, "nud", "permanent")

    def come_back(self) -> None:
        """As if a cable were plugged in again."""
        self._neighbours("del")

    def _neighbours(self, verb: str, *what: str) -> None:
        _ip("neigh", verb, self.address, *what, "dev", self.name)
        _ip("-n", self.name, "neigh", verb, self.ours, *what, "dev", "far")


def move_to(name: str) -> None:
    """Let this process be on the host of that name; before it has threads."""
    handle = os.open(Path("/run/netns") / name, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(handle, NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(handle)


@contextmanager
def other_host() -> Iterator[Host]:
    """A host beside ours; skips the test for whoever may not have one."""
    number = os.getpid() % 2**14
    # Of the block that is kept for trying networks out (RFC 2544), four addresses of each process's own.
    ours, address = (f"198.18.{number // 64}.{number % 64 * 4 + own}" for own in (1, 2))
    host = Host(f"horse{number}", address, ours)
    cable = ("link", "add", host.name, "type", "veth", "peer", "name", "far", "netns", host.name)
    if shutil.which("ip") is None or os.geteuid() or _ip("netns", "add", host.name, check=False):
        pytest.skip("needs another host: Linux's `ip netns`, as root")
    try:
        if _ip(*cable, check=False):
            pytest.skip("needs another host: a pair of virtual network devices")
        _ip("addr", "add", f"{ours}/30", "dev", host.name)
        _ip("link", "set", host.name, "up")
        _ip("-n", host.name, "addr", "add", f"{address}/30", "dev", "far")
        _ip("-n", host.name, "link", "set", "far", "up")
        yield host
    finally:
        _ip("netns", "del", host.name)
        _ip("link", "del", host.name, check=False)  # its processes may not have ended yet, which would keep it


def _ip(*words: str, check: bool = True) -> int:
    return subprocess.run(["ip", *words], check=check, capture_output=True).returncode
