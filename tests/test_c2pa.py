"""Where a film is from: what its metadata says, and what its seal says to whoever checks it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import c2pa
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from openhorse.cli import app
from openhorse.cues import Commission, Credit, Seal
from openhorse.errors import EngineFailed
from openhorse.house import seal_of
from openhorse.media import authority, seals
from openhorse.media.provenance import Origin, tags
from openhorse.settings import Settings
from openhorse.studio import Studio
from openhorse.vocabulary import Mode, Order, Ratio, Tier, Video

ORDER = Order("native", "m", Mode.TEXT, "a horse", Tier.P480, 1, Ratio.R16_9, seed=7)
HASH = hashlib.sha256(b"a horse").hexdigest()
TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key and its certificate."""
    folder = tmp_path_factory.mktemp("trial")
    authority.found(folder, datetime.now(UTC))
    return folder


@pytest.fixture(scope="module")
def studio(trial: Path) -> Iterator[Studio]:
    """A studio that seals its films."""
    by = Seal(trial / authority.CERTIFICATE, trial / authority.KEY)
    with Studio("studio_engines:engine_named", seal=by) as made:
        yield made


def make(studio: Studio, path: Path, engine: str = "good", credit: Credit | None = None) -> Video:
    """A film of `engine` at `path`."""
    return studio.make(Commission(ORDER, engine, (), path, "films/1.mp4", credit=credit), lambda _share: None)


def sealed(path: Path) -> dict[str, Any]:
    """The assertions of a film's seal by their labels, and what the reader makes of it."""
    with c2pa.Reader(path) as reader:
        manifest = reader.get_active_manifest()
        assert manifest is not None
        found = {one["label"]: one["data"] for one in manifest["assertions"]}
        results = reader.get_validation_results()
        assert results is not None
        failures = {one["code"] for one in results["activeManifest"]["failure"]}
        return found | {"state": reader.get_validation_state(), "failures": failures}


def action(found: dict[str, Any]) -> dict[str, Any]:
    """What was done to the film, once."""
    (only,) = found["c2pa.actions.v2"]["actions"]
    return dict(only)


def test_film_is_sealed_and_says_by_what_it_was_made(studio: Studio, tmp_path: Path) -> None:
    """The reader finds it valid, of a signer that it does not know; the facts are those of the sealed file."""
    path = tmp_path / "film.mp4"
    video = make(studio, path, credit=Credit("MiniMax-H3", "MiniMax H3"))
    found = sealed(path)
    assert (found["state"], found["failures"]) == ("Valid", {"signingCredential.untrusted"})
    assert (action(found)["action"], action(found)["digitalSourceType"]) == (
        "c2pa.created",
        TYPES + "trainedAlgorithmicMedia",
    )
    assert found[seals.ASSERTION] == {
        "engine": "good",
        "model": "MiniMax-H3",
        "seed": "7",
        "prompt_sha256": HASH,
        "attribution": "MiniMax H3",
    }
    assert (video.bytes, video.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]


def test_procedural_film_is_no_models(studio: Studio, tmp_path: Path) -> None:
    """What is computed by rules says so."""
    make(studio, tmp_path / "film.mp4", "procedural")
    assert action(sealed(tmp_path / "film.mp4"))["digitalSourceType"] == TYPES + "algorithmicMedia"


def test_change_is_found_out(studio: Studio, tmp_path: Path) -> None:
    """One bit of the picture, and the seal is broken."""
    path = tmp_path / "film.mp4"
    make(studio, path)
    data = bytearray(path.read_bytes())
    data[-2000] ^= 1
    path.write_bytes(data)
    found = sealed(path)
    assert found["state"] == "Invalid"
    assert "assertion.bmffHash.mismatch" in found["failures"]


def test_film_that_cannot_be_sealed_fails(trial: Path, tmp_path: Path) -> None:
    """Without its key, with another's or with no certificate no film goes out, and none is left."""
    other = tmp_path / "other"
    authority.found(other, datetime.now(UTC))
    good = Seal(trial / authority.CERTIFICATE, trial / authority.KEY)
    path = tmp_path / "film.mp4"
    path.write_bytes(b"a film")
    for by in (
        dataclasses.replace(good, key=tmp_path / "nowhere.pem"),
        dataclasses.replace(good, key=other / authority.KEY),
        dataclasses.replace(good, certificate=good.key),
    ):
        with pytest.raises(EngineFailed, match="could not be sealed"):
            seals.seal(path, Origin("h3", 7, "a horse"), by)
    assert path.read_bytes() == b"a film"
    by = dataclasses.replace(good, key=other / authority.KEY)
    with Studio("studio_engines:engine_named", seal=by) as studio, pytest.raises(EngineFailed, match="be sealed"):
        make(studio, path)
    assert not path.exists()


def test_trial_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """`openhorse c2pa trial` prints the settings; what is there is not written over, and others cannot read the key."""
    folder = tmp_path / "trial"
    done = CliRunner().invoke(app, ["c2pa", "trial", str(folder)])
    assert done.exit_code == 0
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("OPENHORSE_"))
    settings = Settings(
        c2pa_certificate=Path(told["OPENHORSE_C2PA_CERTIFICATE"]), c2pa_key=Path(told["OPENHORSE_C2PA_KEY"])
    )
    assert seal_of(settings) == Seal(folder / authority.CERTIFICATE, folder / authority.KEY)
    assert (folder / authority.KEY).stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        authority.found(folder, datetime.now(UTC))


def test_seal_needs_both_settings() -> None:
    """Half of it would leave films unsealed without a word."""
    assert seal_of(Settings()) is None
    with pytest.raises(ValidationError, match="go together"):
        Settings(c2pa_key=Path("key.pem"))


def test_plain_metadata_is_there_always(tmp_path: Path) -> None:
    """Without any seal: engine, model, seed and the prompt's hash, and what a licence demands, but not the prompt."""
    path = tmp_path / "film.mp4"
    with Studio("studio_engines:engine_named") as plain:
        make(plain, path, "h3")
    with av.open(str(path)) as film:
        found = film.metadata
    assert found["comment"] == (
        f"OpenHorse; engine h3; model MiniMax-H3; seed 7; prompt_sha256 {HASH}; attribution MiniMax H3"
    )
    assert found["copyright"] == "MiniMax H3"
    assert "trained model" in found["description"]
    assert not any("a horse" in value for value in found.values())
    assert "computed by rules" in tags(Origin("procedural", 7, "a horse"))["description"]
