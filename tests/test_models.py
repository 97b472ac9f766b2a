"""Profiles, their licences, and whether weights are there whole, without a hub."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openhorse import licences
from openhorse.catalog import load
from openhorse.profiles import Profile, profiles
from openhorse.store.database import Database
from openhorse.vocabulary import Mode, Ratio
from openhorse.weights import MANIFEST, File, Manifest, bytes_there, folder_of, state, why_not_there, write_manifest

PROFILES = profiles(load())
H3 = PROFILES["h3"]
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def pulled(profile: Profile, models: Path) -> Path:
    """The folder of `profile` as a pull leaves it: two small files and a manifest."""
    folder = folder_of(profile, models)
    (folder / "vae").mkdir(parents=True)
    (folder / "model_index.json").write_bytes(b"{}")
    (folder / "vae" / "weights.safetensors").write_bytes(b"x" * 100)
    there = (File("model_index.json", 2, blob="9e26"), File("vae/weights.safetensors", 100, sha256="cafe"))
    weights = profile.weights
    write_manifest(folder, Manifest(weights.repository, weights.revision, weights.files, "c0ffee", there, "2026-11-22"))
    return folder


def test_a_licence_is_accepted_once_and_taken_back(database_url: str) -> None:
    """The first acknowledgement's time stays; a revoked one is gone, and there is no second to revoke."""
    database = Database(database_url)
    database.migrate()
    with database.transaction() as connection:
        assert licences.accepted(connection) == set()
        assert licences.accept(connection, H3.licence, NOW) == NOW
        assert licences.accept(connection, H3.licence, NOW + timedelta(days=1)) == NOW
    with database.transaction() as connection:
        assert licences.accepted_at(connection) == {"minimax-h3": NOW}
        assert licences.revoke(connection, H3.licence)
        assert not licences.revoke(connection, H3.licence)
        assert licences.accepted(connection) == set()
    database.close()


def test_a_model_is_refused_until_its_licence_is_accepted() -> None:
    """The reason names the licence, all of its conditions and the command; free licences need none."""
    why = licences.why_not(H3, ())
    assert why is not None
    for told in (
        "MiniMax H3 Community License Agreement",
        "not in the European Union, the United Kingdom, South Korea and the United States of America",
        "20,000,000 dollars",
        "show 'MiniMax H3'",
        "safeguards against abuse",
        "openhorse models accept h3",
    ):
        assert told in why
    assert licences.why_not(H3, {"ltx-2"}) == why
    assert licences.why_not(H3, {"minimax-h3"}) is None
    assert licences.why_not(PROFILES["wan"], ()) is None


def test_weights_are_there_whole_only_as_the_manifest_says(tmp_path: Path) -> None:
    """Nothing, a file without a manifest, all, one cut short, one gone: each is told apart, with the command."""
    assert state(H3, tmp_path) == "missing"
    assert "not here" in str(why_not_there(H3, tmp_path))
    folder = pulled(H3, tmp_path)
    assert (why_not_there(H3, tmp_path), state(H3, tmp_path)) == (None, "whole")
    assert bytes_there(H3, tmp_path) == 102 + (folder / MANIFEST).stat().st_size
    (folder / "vae" / "weights.safetensors").write_bytes(b"x" * 99)
    why = why_not_there(H3, tmp_path)
    assert why is not None
    assert "1 of the 2 files" in why
    assert "vae/weights.safetensors" in why
    assert "openhorse models pull h3" in why
    (folder / MANIFEST).unlink()
    assert "only in part" in str(why_not_there(H3, tmp_path))
    assert state(H3, tmp_path) == "partly"


@pytest.mark.parametrize("change", [{"repository": "a/b"}, {"revision": "v2"}, {"files": ("vae/*",)}])
def test_other_weights_than_the_catalog_names_are_not_whole(tmp_path: Path, change: dict[str, object]) -> None:
    """When the catalog names another repository, revision or selection, what was pulled before does not count."""
    pulled(H3, tmp_path)
    moved = replace(H3, weights=replace(H3.weights, **change))  # type: ignore[arg-type]
    assert "others" in str(why_not_there(moved, tmp_path))
    assert state(moved, tmp_path) == "partly"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"there": [{"path": 1, "size": 2}]}', "\x00"])
def test_a_broken_manifest_is_none(tmp_path: Path, text: str) -> None:
    """What cannot be read counts as not there; it is never a crash."""
    folder = pulled(H3, tmp_path)
    (folder / MANIFEST).write_text(text)
    assert state(H3, tmp_path) == "partly"


def test_an_operators_catalog_adds_a_profile(tmp_path: Path) -> None:
    """OPENHORSE_CATALOG can name weights of its own, under a licence of its own."""
    row = load().data["profiles"]["wan"] | {"licence": "house", "title": "Ours"}
    text = "\n".join(
        ["[licences.house]", 'title = "Ours"', 'url = "https://example.com"', "must_accept = true", "[profiles.ours]"]
        + [f"{key} = {json.dumps(value)}" for key, value in row.items() if not isinstance(value, dict)]
        + ["[profiles.ours.weights]", f"repository = {json.dumps(row['weights']['repository'])}"]
        + ["[profiles.ours.frames]", *(f"{key} = {json.dumps(value)}" for key, value in row["frames"].items())]
        + ["[profiles.ours.canvas]", *(f"{key} = {json.dumps(value)}" for key, value in row["canvas"].items())]
    )
    path = tmp_path / "catalog.toml"
    path.write_text(text)
    found = profiles(load(path))
    assert list(found)[: len(PROFILES)] == list(PROFILES)
    assert found["ours"].licence.title == "Ours"
    assert "openhorse models accept ours" in str(licences.why_not(found["ours"], ()))


@pytest.mark.parametrize("name", ["../up", "UP", "", "a/b", ".hidden"])
def test_a_profiles_name_is_fit_for_a_folder(tmp_path: Path, name: str) -> None:
    """An operator's catalog cannot send a pull, or an rm, anywhere else."""
    path = tmp_path / "catalog.toml"
    path.write_text(f'[profiles."{name}"]\ntitle = "x"\n')
    with pytest.raises(ValueError, match="no profile's name"):
        profiles(load(path))


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_is_whole(name: str) -> None:
    """It says where its figures are from, makes every second that it claims, and sizes within its own rule."""
    profile = PROFILES[name]
    low, high = profile.seconds
    frames, canvas = profile.frames, profile.canvas
    for seconds in range(low, high + 1):
        count = frames.count(seconds)
        assert count >= seconds * frames.rate
        assert (count - frames.rest) % frames.step == 0
        assert frames.least <= count <= frames.most
    for ratio in Ratio:
        width, height = canvas.size(ratio.fraction)
        assert width % canvas.multiple == height % canvas.multiple == 0
        assert width * height <= canvas.most
    assert profile.source
    assert profile.least_memory_bytes <= profile.memory_bytes
    assert (profile.references > 0) == (Mode.REFERENCE in profile.modes)
    assert profile.weights.repository.count("/") == 1
