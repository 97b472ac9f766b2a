"""Weights are pulled from a hub on this machine: resumed, checked, whole or not counted; and removed."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub import COMMIT, Hub, Repository, running_hub
from openhorse.catalog import load
from openhorse.errors import (
    BusyError,
    CallerError,
    NotFound,
    NotPermitted,
    OpenHorseError,
    StorageFull,
    UpstreamError,
)
from openhorse.profiles import Profile, profiles
from openhorse.weights import MANIFEST, File, bytes_there, folder_of, manifest, state, why_not_there

pytest.importorskip("huggingface_hub")  # the extra `models`

from openhorse.weights import hub as hubs
from openhorse.weights.pull import PARTIAL, Pulled, alone, pull, remove

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
NAME = "Wan-AI/Wan2.2-TI2V-5B-Diffusers"
WAN = profiles(load())["wan"]
CHUNK = 10 << 20
"""The hub's client hands on so much at once: what was read of the next is lost with the connection."""

CONFIG = b'{"_class_name": "WanPipeline"}'
SMALL = {"model_index.json": CONFIG, "vae/model.safetensors": b"v" * 3000, "README.md": b"# Wan"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A hub with a small repository, which HF_ENDPOINT names; nothing of this machine's own account is used."""
    with running_hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.delenv("HF_TOKEN", raising=False)
        running.repositories[NAME] = Repository(dict(SMALL))
        yield running


@dataclass
class Watched:
    """Notes what it is told."""

    files: list[str] = field(default_factory=list)
    steps: list[tuple[str, str, int]] = field(default_factory=list)

    def wanted(self, files: Sequence[File]) -> None:
        """Note their paths."""
        self.files = [file.path for file in files]

    def at(self, phase: str, file: File, done: int) -> None:
        """Note it."""
        self.steps.append((phase, file.path, done))


def pulled(models: Path, profile: Profile = WAN, thorough: bool = False) -> Pulled:
    """`profile` pulled into `models`, nothing told."""
    return pull(profile, models, hubs.Hub(), NOW, Watched(), thorough=thorough)


def big(megabytes: int) -> bytes:
    """Bytes of which no two megabytes are alike."""
    return b"".join(bytes([number]) * (1 << 20) for number in range(megabytes))


def test_a_pull_brings_every_file_and_a_second_one_none(hub: Hub, tmp_path: Path) -> None:
    """Byte for byte, with a manifest of the commit; asked again, nothing comes and nothing is read."""
    found = pulled(tmp_path)
    folder = folder_of(WAN, tmp_path)
    assert {path: (folder / path).read_bytes() for path in SMALL} == SMALL
    assert found.fetched_bytes == sum(map(len, SMALL.values()))
    assert (found.manifest.commit, found.manifest.at) == (COMMIT, "2026-11-22T01:00:00+00:00")
    assert manifest(folder) == found.manifest
    assert state(WAN, tmp_path) == "whole"
    assert not (folder / PARTIAL).exists()
    watched = Watched()
    assert pull(WAN, tmp_path, hubs.Hub(), NOW, watched).fetched_bytes == 0
    assert (watched.files, watched.steps, len(hub.ranges)) == ([], [], 3)
    (folder / "README.md").unlink()
    pull(WAN, tmp_path, hubs.Hub(), NOW, watched)
    assert watched.files == ["README.md"]
    assert watched.steps == [("fetch", "README.md", 5), ("check", "README.md", 5)]


def test_only_what_the_catalog_selects_is_pulled(hub: Hub, tmp_path: Path) -> None:
    """Patterns as a shell has them; a selection that meets nothing is refused, naming the repository."""
    some = replace(WAN, weights=replace(WAN.weights, files=("model_index.json", "*/*")))
    found = pulled(tmp_path, some).manifest.there
    assert [file.path for file in found] == ["model_index.json", "vae/model.safetensors"]
    assert not (folder_of(some, tmp_path) / "README.md").exists()
    none = replace(WAN, weights=replace(WAN.weights, files=("*.gguf",)))
    with pytest.raises(NotFound, match="none of the files"):
        pulled(tmp_path, none)


def test_a_cut_connection_is_taken_up_where_it_broke(hub: Hub, tmp_path: Path) -> None:
    """In the same pull, by a range; what had come does not come again."""
    content = big(25)
    hub.repositories[NAME].files["vae/model.safetensors"] = content
    hub.cut["vae/model.safetensors"] = 2 * CHUNK + 5
    pulled(tmp_path)
    assert [start for path, start in hub.ranges if path.startswith("vae")] == [0, 2 * CHUNK]
    assert hub.sent["vae/model.safetensors"] == len(content) + 5
    assert (folder_of(WAN, tmp_path) / "vae/model.safetensors").read_bytes() == content


def test_a_mirror_without_ranges_begins_again(hub: Hub, tmp_path: Path) -> None:
    """What it sends a second time replaces what had come, and is not put behind it."""
    content = big(25)
    hub.repositories[NAME].files["vae/model.safetensors"] = content
    hub.cut["vae/model.safetensors"] = 2 * CHUNK + 5
    hub.whole = True
    assert pulled(tmp_path).manifest.there[-1].bytes == len(content)
    assert (folder_of(WAN, tmp_path) / "vae/model.safetensors").read_bytes() == content
    assert hub.ranges.count(("vae/model.safetensors", 0)) == 2


def test_a_killed_pull_counts_as_nothing_and_goes_on(hub: Hub, tmp_path: Path) -> None:
    """kill -9 in the middle of a file: not whole, said so; the next pull transfers only the rest."""
    content = big(25)
    hub.repositories[NAME].files["vae/model.safetensors"] = content
    hub.stalls["vae/model.safetensors"] = 2 * CHUNK + 5
    command = [sys.executable, "-m", "openhorse", "models", "pull", "wan"]
    environment = os.environ | {"OPENHORSE_MODELS": str(tmp_path), "OPENHORSE_DATA": str(tmp_path / "data")}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        told = "" if hub.stalled.wait(60) else str(process.communicate()[1])
        assert hub.stalled.is_set(), told
        partial = folder_of(WAN, tmp_path) / PARTIAL
        while not any(path.stat().st_size == 2 * CHUNK for path in partial.iterdir()):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    hub.go_on.set()
    assert state(WAN, tmp_path) == "partly"
    assert "only in part" in str(why_not_there(WAN, tmp_path))
    assert bytes_there(WAN, tmp_path) >= 2 * CHUNK
    hub.sent.clear()
    pulled(tmp_path)
    assert hub.sent["vae/model.safetensors"] == len(content) - 2 * CHUNK
    assert hub.sent["model_index.json"] == 0
    assert (folder_of(WAN, tmp_path) / "vae/model.safetensors").read_bytes() == content
    assert state(WAN, tmp_path) == "whole"


def test_wrong_bytes_are_found_and_fetched_anew(hub: Hub, tmp_path: Path) -> None:
    """Once wrong: asked again from the beginning. Wrong again: refused, and nothing counts as whole."""
    hub.wrong["vae/model.safetensors"] = 1
    pulled(tmp_path)
    assert hub.ranges.count(("vae/model.safetensors", 0)) == 2
    shutil.rmtree(folder_of(WAN, tmp_path))
    hub.wrong["model_index.json"] = 2
    with pytest.raises(UpstreamError, match=r"model_index\.json came twice"):
        pulled(tmp_path)
    assert state(WAN, tmp_path) != "whole"


def test_a_file_that_rots_on_the_disk_is_found_by_a_thorough_pull(hub: Hub, tmp_path: Path) -> None:
    """Of the same size, so that only its digest tells; one of another size is found by every pull."""
    pulled(tmp_path)
    weights = folder_of(WAN, tmp_path) / "vae/model.safetensors"
    weights.write_bytes(b"w" + b"v" * 2999)
    assert pulled(tmp_path).fetched_bytes == 0
    assert pulled(tmp_path, thorough=True).fetched_bytes == 3000
    assert weights.read_bytes() == b"v" * 3000
    weights.write_bytes(b"v")
    assert "cut short" in str(why_not_there(WAN, tmp_path))
    assert pulled(tmp_path).fetched_bytes == 3000


def test_a_new_commit_replaces_what_changed(hub: Hub, tmp_path: Path) -> None:
    """Only the changed file comes, and what the new commit has no more goes; the operator's own file stays."""
    pulled(tmp_path)
    folder = folder_of(WAN, tmp_path)
    (folder / "mine.txt").write_text("x")
    files = {"model_index.json": CONFIG + b"\n", "vae/model.safetensors": SMALL["vae/model.safetensors"]}
    hub.repositories[NAME] = Repository(files, commit="d" * 40)
    found = pulled(tmp_path)
    assert (found.fetched_bytes, found.manifest.commit) == (len(CONFIG) + 1, "d" * 40)
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == {*files, "mine.txt", MANIFEST}


def test_a_failed_update_leaves_nothing_that_counts_as_whole(hub: Hub, tmp_path: Path) -> None:
    """Half of the old and half of the new commit are not a model, though every file has its size."""
    pulled(tmp_path)
    changed = {**SMALL, "model_index.json": CONFIG.swapcase(), "vae/model.safetensors": b"n" * 3000}
    hub.repositories[NAME] = Repository(changed, commit="d" * 40)
    hub.wrong["vae/model.safetensors"] = 2
    with pytest.raises(UpstreamError):
        pulled(tmp_path)
    assert (folder_of(WAN, tmp_path) / "model_index.json").read_bytes() == CONFIG.swapcase()
    assert state(WAN, tmp_path) == "partly"


def test_a_gated_repository_needs_a_token_that_goes_to_the_hub_alone(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without, and with one that may not: what to do. With the right one the store elsewhere never sees it."""
    hub.repositories[NAME] = Repository(dict(SMALL), gated=True, token="hf_right")
    with pytest.raises(NotPermitted, match=r"gated.*HF_TOKEN") as refused:
        pulled(tmp_path)
    assert "may not read" not in refused.value.message
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(NotPermitted, match="this one may not read it") as refused:
        pulled(tmp_path)
    assert "hf_wrong" not in refused.value.message
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    pulled(tmp_path)
    assert "Bearer hf_right" in hub.tokens["resolve"]
    assert hub.tokens["store"] == {None}


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"repository": "nobody/nothing"}, NotFound, "has no nobody/nothing"),
        ({"revision": "v9"}, NotFound, "no revision v9"),
    ],
)
def test_what_the_hub_does_not_have_is_told(
    hub: Hub, tmp_path: Path, change: dict[str, str], error: type[OpenHorseError], told: str
) -> None:
    """An unknown repository and an unknown revision are told apart."""
    with pytest.raises(error, match=told):
        pulled(tmp_path, replace(WAN, weights=replace(WAN.weights, **change)))  # type: ignore[arg-type]


def test_a_hub_in_trouble_is_one_line(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server error, a token refused, no hub at all, and a client told to stay offline."""
    hub.answers = 500
    with pytest.raises(UpstreamError, match="answered 500"):
        pulled(tmp_path)
    hub.answers = 403
    with pytest.raises(NotPermitted, match="refuses HF_TOKEN"):
        pulled(tmp_path)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UpstreamError, match="cannot be reached") as unreachable:
        pulled(tmp_path)
    assert "\n" not in unreachable.value.message


def test_a_path_that_leads_out_of_the_folder_is_refused(hub: Hub, tmp_path: Path) -> None:
    """A hub is a stranger: what it names lies in the folder or nowhere."""
    for path in ("../evil", "/etc/evil", "a/../../evil", "a\\b", "a//b"):
        hub.repositories[NAME] = Repository({"model_index.json": CONFIG, path: b"x"})
        with pytest.raises(UpstreamError, match="leads out"):
            pulled(tmp_path)
    assert not (tmp_path / "evil").exists()


def test_a_disk_without_room_is_found_before_anything_comes(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is to come and a reserve are held against what is free; a disk that fills meanwhile is told too."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 2_000_003_000))
    with pytest.raises(StorageFull, match=r"2\.0 GB are free.*OPENHORSE_MODELS"):
        pulled(tmp_path)
    assert hub.ranges == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 0, 10**12))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull, match="goes on"):
        pulled(tmp_path)


def test_two_pulls_at_once_are_one(hub: Hub, tmp_path: Path) -> None:
    """The second is told; nor is anything removed under a pull. A process that died holds nothing."""
    with alone(WAN, tmp_path):
        with pytest.raises(BusyError, match="another process"):
            pulled(tmp_path)
        with pytest.raises(BusyError):
            remove(WAN, tmp_path)
    pulled(tmp_path)


def test_removing_frees_the_folder_and_follows_no_link(hub: Hub, tmp_path: Path) -> None:
    """What a link in it leads to stays; so does a folder elsewhere that the folder itself is a link to."""
    pulled(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_bytes(b"x" * 10_000)
    (folder_of(WAN, tmp_path) / "link").symlink_to(elsewhere)
    assert sum(map(len, SMALL.values())) < remove(WAN, tmp_path) < 10_000
    assert state(WAN, tmp_path) == "missing"
    folder_of(WAN, tmp_path).symlink_to(elsewhere)
    remove(WAN, tmp_path)
    assert (elsewhere / "mine").exists()
    assert not folder_of(WAN, tmp_path).is_symlink()
    assert remove(WAN, tmp_path) == 0


def test_without_the_library_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default install has no hub client; what is there can be told without it."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(CallerError, match=r"openhorse\[models\]"):
        hubs.Hub()
    code = "import sys; sys.modules['huggingface_hub'] = None; import openhorse.weights; print('ok')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "ok\n"
