"""The studio: films come out of a child process that may crash, hang or be killed at any moment."""

from __future__ import annotations

import dataclasses
import io
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from openhorse.cues import Commission
from openhorse.errors import Cancelled, EngineFailed, EngineTimedOut, FilmRejected, InvalidOrder
from openhorse.studio import Bounds, Studio
from openhorse.vocabulary import FIRST, LAST, PREVIEWS, Glimpse, Mode, Order, Ratio, Tier, Video, frame_size
from studio_engines import FRAMES, HEIGHT, HOARD_BYTES, WIDTH

FINDER = "studio_engines:engine_named"
ORDER = Order(dialect="native", model="m", mode=Mode.TEXT, prompt="a horse", tier=Tier.P720, seconds=1, seed=7)


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    """A studio with engines of our own; its child takes about a second to start, so tests share it."""
    with Studio(FINDER) as made:
        yield made


def make(studio: Studio, folder: Path, engine: str = "good", **more: Any) -> Video:
    """One film at `folder`/film.mp4."""
    progress = more.pop("progress", lambda _share: None)
    pictures = more.pop("pictures", ())
    order = more.pop("order", ORDER)
    film = Commission(order, engine, tuple(pictures), folder / "film.mp4", "films/1.mp4")
    return studio.make(film, progress, **more)


def process(video: Video) -> int:
    """The child in which a film was made."""
    return int(next(note for note in video.notes if note.startswith("process")).split()[1])


def png() -> bytes:
    """A vetted picture."""
    out = io.BytesIO()
    Image.new("RGBA", (32, 18)).save(out, "PNG")
    return out.getvalue()


def test_film_is_made_inspected_and_described(studio: Studio, tmp_path: Path) -> None:
    """The Video tells the facts of the file that lies at the path; progress grew to nearly one; frames were shown."""
    shares: list[float] = []
    glimpses: list[Glimpse] = []
    video = make(studio, tmp_path, pictures=[png(), png()], progress=shares.append, show=glimpses.append)
    assert (tmp_path / "film.mp4").stat().st_size == video.bytes
    assert (video.width, video.height, video.frame_count, video.seconds) == (WIDTH, HEIGHT, FRAMES, 1.0)
    assert (video.blob, video.engine, video.seed, video.has_sound) == ("films/1.mp4", "good", 7, True)
    assert video.loudness == pytest.approx(-16, abs=2)
    assert video.notes[3:] == ("picture 32x18", "picture 32x18")
    assert video.render_seconds > 0
    assert shares == sorted(shares)
    assert 0 <= shares[-1] <= 1
    assert sorted(glimpse.name for glimpse in glimpses) == sorted((*PREVIEWS, FIRST, LAST))


def test_child_is_warm_and_stays(studio: Studio, tmp_path: Path) -> None:
    """An engine is set up once, by `warm` or the first film, and films share the child."""
    studio.warm("good")
    first, second = make(studio, tmp_path), make(studio, tmp_path)
    assert first.notes[0] == second.notes[0] == "setups 1"
    assert int(second.notes[1].split()[1]) == int(first.notes[1].split()[1]) + 1
    assert process(first) == process(second) != os.getpid()


def test_mark_is_drawn_when_ordered(studio: Studio, tmp_path: Path) -> None:
    """A marked film differs from a plain one, and passes the same inspection."""
    plain = make(studio, tmp_path)
    marked = make(studio, tmp_path, order=dataclasses.replace(ORDER, watermark=True))
    assert marked.sha256 != plain.sha256 == make(studio, tmp_path).sha256


def test_film_of_another_size_than_ordered_is_made_as_ordered(studio: Studio, tmp_path: Path) -> None:
    """What an engine draws is cut and scaled to the order's ratio and tier, or its picture's, and the notes say so."""
    wide = make(studio, tmp_path, "wide")
    assert (wide.width, wide.height) == (WIDTH, HEIGHT)
    assert wide.notes[-1] == f"made at {WIDTH + 32}×{HEIGHT}, 24 frames; cut to {WIDTH}×{HEIGHT}, 24 frames shown"
    upright = make(studio, tmp_path, order=dataclasses.replace(ORDER, ratio=Ratio.R9_16, tier=Tier.P480))
    assert (upright.width, upright.height) == frame_size(Tier.P480, Ratio.R9_16.fraction)
    square = io.BytesIO()
    Image.new("RGB", (20, 20)).save(square, "PNG")
    assert make(studio, tmp_path, pictures=[square.getvalue()]).width == frame_size(Tier.P720, Fraction(1))[0]


def test_film_shorter_than_ordered_is_rejected(studio: Studio, tmp_path: Path) -> None:
    """Nothing is made up where an engine has drawn too little; nothing is left of it either."""
    with pytest.raises(FilmRejected, match=r"1\.0 of 2 seconds"):
        make(studio, tmp_path, order=dataclasses.replace(ORDER, seconds=2))
    assert not (tmp_path / "film.mp4").exists()


def test_film_made_elsewhere_is_finished_without_its_engine(studio: Studio, tmp_path: Path) -> None:
    """With a source the file is read, fitted and mastered; the engine named need not exist here, the file stays."""
    made = make(studio, tmp_path)
    source = (tmp_path / "film.mp4").rename(tmp_path / "source.mp4")
    film = Commission(
        dataclasses.replace(ORDER, tier=Tier.P480), "unknown", (), tmp_path / "film.mp4", "films/2.mp4", source
    )
    video = studio.make(film, lambda _share: None)
    assert (video.width, video.height, video.frame_count, video.engine, video.seed) == (854, 480, FRAMES, "unknown", 7)
    assert video.has_sound
    assert video.loudness == pytest.approx(made.loudness, abs=0.5)
    assert source.exists()
    source.write_bytes(b"no film at all")
    with pytest.raises(FilmRejected, match="neither an MP4 nor a WebM"):
        studio.make(film, lambda _share: None)


def test_noise_on_standard_output_does_not_disturb(studio: Studio, tmp_path: Path) -> None:
    """Libraries print; the pipes are not theirs."""
    assert make(studio, tmp_path, "noisy").engine == "noisy"


def test_engines_own_error_comes_out_and_the_child_stays(studio: Studio, tmp_path: Path) -> None:
    """A declared error keeps its words; one that only the engine knows comes as its nearest of ours."""
    before = process(make(studio, tmp_path))
    with pytest.raises(InvalidOrder, match="not that prompt") as refused:
        make(studio, tmp_path, "refuses")
    assert (type(refused.value), refused.value.field) == (InvalidOrder, "prompt")
    with pytest.raises(EngineFailed, match="would not run"):
        make(studio, tmp_path, "gives up")
    with pytest.raises(EngineFailed, match="23 frames instead of 24"):
        make(studio, tmp_path, "short")
    assert not (tmp_path / "film.mp4").exists()
    assert process(make(studio, tmp_path)) == before


def test_failure_costs_one_film(studio: Studio, tmp_path: Path) -> None:
    """After a slip, a crash or a set-up that fails, the next film is made in a fresh child."""
    before = process(make(studio, tmp_path))
    for engine in ("buggy", "crashes", "stillborn"):
        with pytest.raises(EngineFailed) as failed:
            make(studio, tmp_path, engine)
        assert failed.value.code == "engine_failed"
        assert not (tmp_path / "film.mp4").exists()
        after = process(make(studio, tmp_path))
        assert after != before
        before = after


def test_unknown_engine_is_the_callers_fault(studio: Studio, tmp_path: Path) -> None:
    """Whether warming or making."""
    with pytest.raises(InvalidOrder):
        studio.warm("unknown")
    with pytest.raises(InvalidOrder):
        make(studio, tmp_path, "unknown")


def test_cancel_kills_the_child_even_when_it_hangs(studio: Studio, tmp_path: Path) -> None:
    """Progress is asked for although nothing moves, and what it raises comes out."""
    before = process(make(studio, tmp_path))
    calls: list[float] = []

    def cancel_when_stuck(share: float) -> None:
        calls.append(share)
        if len(calls) > 3 and calls[-1] == calls[-2] > 0:
            raise Cancelled("cancelled by the customer")

    with pytest.raises(Cancelled):
        make(studio, tmp_path, "hangs", progress=cancel_when_stuck)
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert not (tmp_path / "film.mp4").exists()
    assert process(make(studio, tmp_path)) != before


def cancel_half_way(share: float) -> None:
    """As a customer's cancel arrives."""
    if share > 0.4:
        raise Cancelled("cancelled by the customer")


@pytest.mark.parametrize(("engine", "seconds", "stays"), [("dawdles", 60.0, True), ("hangs", 0.5, False)])
def test_a_child_that_ends_its_film_in_time_is_kept(tmp_path: Path, engine: str, seconds: float, stays: bool) -> None:
    """What it holds was dear to load; one that does not hear is killed when its time is over."""
    with Studio(FINDER, Bounds(cancel_seconds=seconds)) as studio:
        before = process(make(studio, tmp_path))
        with pytest.raises(Cancelled):
            make(studio, tmp_path, engine, progress=cancel_half_way)
        assert not (tmp_path / "film.mp4").exists()
        assert (process(make(studio, tmp_path)) == before) is stays


def test_hang_ends_at_the_time_limit(tmp_path: Path) -> None:
    """A film that takes too long is given up with an error of its own."""
    with Studio(FINDER, Bounds(film_seconds=0.5)) as studio, pytest.raises(EngineTimedOut):
        make(studio, tmp_path, "hangs")


@pytest.mark.skipif(sys.platform != "linux", reason="a process's memory is read from /proc")
def test_memory_limit_ends_the_film(tmp_path: Path) -> None:
    """A child that takes too much is killed before the machine suffers; the next film is made."""
    with Studio(FINDER, Bounds(memory_bytes=HOARD_BYTES)) as studio:
        with pytest.raises(EngineFailed, match="memory"):
            make(studio, tmp_path, "hoards")
        assert make(studio, tmp_path).frame_count == FRAMES


def test_child_is_replaced_after_so_many_films(tmp_path: Path) -> None:
    """What leaks, leaks only so long; the fresh child is set up without being asked."""
    with Studio(FINDER, Bounds(films=2)) as studio:
        children = [process(make(studio, tmp_path)) for _ in range(3)]
    assert children[0] == children[1] != children[2]


def test_closed_studio_leaves_no_child(tmp_path: Path) -> None:
    """Closing kills, twice is fine, and nothing is made afterwards."""
    studio = Studio(FINDER)
    child = process(make(studio, tmp_path))
    studio.close()
    studio.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    with pytest.raises(EngineFailed, match="closed"):
        make(studio, tmp_path)


PARENT = """
import sys, threading
from pathlib import Path
from openhorse.studio import Studio
from test_studio import FINDER, make, process

def tell(share):
    if share > 0:
        print("drawing", flush=True)

studio = Studio(FINDER)
print(process(make(studio, Path(sys.argv[1]))), flush=True)
# A thread that ends must not take the child with it.
threading.Thread(target=studio.warm, args=("other",)).start()
make(studio, Path(sys.argv[1]), "hangs", progress=tell)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not its own child")
def test_child_dies_with_a_killed_parent(tmp_path: Path) -> None:
    """kill -9 of a worker in the middle of a film leaves no engine behind."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    assert parent.stdout.readline() == "drawing\n"
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    ended, _, _ = select.select([child], [], [], 60)
    os.close(child)
    assert ended


def test_whoever_waits_for_a_studio_starts_without_signal_processing() -> None:
    """A server and a worker import neither SciPy nor a codec: only the child that makes films needs them."""
    program = (
        "import sys, openhorse.processes; print(*{'scipy', 'pyloudnorm', 'av', 'cv2', 'numba'} & set(sys.modules))"
    )
    heard = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert heard.stdout.split() == []
