"""How good films are, measured on the finished files: one table, one run. Run by scripts/bench quality.

Every scene of film.py at 480p for 3 s goes through the encoder, and what is decoded again is measured:

* first frame: PSNR and SSIM against the given picture (image-to-video), and the PSNR of that picture's own 4:2:0
* flicker: in areas that do not move, what flickers from frame to frame, in levels of 255 (95 % of the areas lie below;
  then all in the worst frame), in a film of the same prompt with the camera standing still, and the share of the
  frame that those areas are; nearly everything moves in the films of film.py, hence a product shot and a city by night
* black or frozen: the longest stretch in seconds
* onsets: F1, precision and recall of onsets heard in the decoded sound against the score's hits (onsets.py)
* loudness (LUFS) and true peak (dBTP) of the decoded sound
* reference: features matched between the film and its reference picture, beside those with an unrelated one
* determinism: hashes of all frames and the sound, before encoding: the first build, another in the same process, one in
  a process of its own, one on a single core and one that compiles the kernels itself; then seven frames as kernels
  compiled for a Haswell draw them (NUMBA_CPU_NAME): the largest difference in levels, and how many pixels per million

`--texts` measures films of texts instead, in another table (texts.py). `--against PATH` measures the films of another
source tree with this very script, both in one table; a tree that knows no 480p needs OPENHORSE_BENCH_TIER=720p for
both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

import film
import gallery
from onsets import agreement, superflux
from openhorse import __version__
from openhorse.engines.procedural import Procedural
from openhorse.engines.procedural.direction import direct
from openhorse.engines.procedural.drawing.sampling import CELL
from openhorse.engines.procedural.still.plate import fit
from openhorse.media.inputs import decode
from openhorse.media.sound import measure
from openhorse.vocabulary import SAMPLE_RATE, Clip, Mode, Order, Picture, Ratio, Tier, frame_size
from watched import BLOCK, STILL_PIXELS, Flags, Luma, Plane, decoded, flicker, stalled, to_rgb

SCENES = film.SCENES | {
    "product": (Mode.IMAGE, "A bottle stands on a table"),
    "city": (Mode.IMAGE, "The city at night, lights twinkle"),
}
STILL_PICTURES = {"product": gallery.product, "city": gallery.city_night}
TIER, SECONDS = Tier(os.environ.get("OPENHORSE_BENCH_TIER", "480p")), 3
STEADY = ", static camera"
"""Added to a prompt where still areas are wanted."""
_COMPARED = (0, 1, 2, 17, 18, 40, 71)
"""The frames that are compared between processors."""
_HASWELL = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""}
_UNRELATED_SEED = 99


@dataclass(frozen=True, slots=True)
class Film:
    """A built film and its finished file: drawn frames, decoded luma and RGB, decoded sound, the score's hits.

    `unmoved` are the areas that the scene itself does not move, None where it does not tell.
    """

    digest: str
    luma: list[Luma]
    first: NDArray[np.uint8]
    samples: NDArray[np.float32]
    hits: tuple[float, ...]
    unmoved: Flags | None


def order_of(name: str, seed: int) -> tuple[Order, Sequence[Picture]]:
    """The order of one scene, and its pictures; "beach steady" is the beach before a camera that stands still."""
    kind, _, steady = name.partition(" ")
    mode, prompt = SCENES[kind]
    ratio = None if mode is Mode.IMAGE else Ratio.R16_9
    given = {Mode.TEXT: [], Mode.IMAGE: [first_picture(kind)], Mode.REFERENCE: [puppet(1), first_picture(kind)]}[mode]
    prompt += STEADY if steady else ""
    return Order("native", "benchmark", mode, prompt, TIER, SECONDS, ratio, seed=seed), given


def first_picture(kind: str) -> Picture:
    """A film's picture, a landscape unless it has its own, in the film's very size: only the engine changes it."""
    width, height = frame_size(TIER, Ratio.R16_9.fraction)
    drawn = STILL_PICTURES[kind]() if kind in STILL_PICTURES else pixels(film.pictures()[1])[..., :3]
    return decode(film.as_png(fit(np.ascontiguousarray(drawn), width, height)))


def puppet(seed: int) -> Picture:
    """A cut-out figure with a patchwork coat that no other seed has, to be found again in the film."""
    random = np.random.default_rng(seed)
    coat = cv2.resize(random.integers(20, 236, (24, 16, 3), np.uint8), (400, 600), interpolation=cv2.INTER_NEAREST)
    for _ in range(60):
        centre, axis = random.integers(0, (400, 600)), random.integers(6, 26)
        colour = tuple(int(part) for part in random.integers(0, 256, 3))
        cv2.circle(coat, tuple(int(part) for part in centre), int(axis), colour, -1, cv2.LINE_AA)
    v, u = np.mgrid[-1:1:600j, -1:1:400j]
    body = ((u / 0.62) ** 2 + ((v - 0.25) / 0.72) ** 2 < 1) | ((u / 0.4) ** 2 + ((v + 0.62) / 0.34) ** 2 < 1)
    return decode(film.as_png(np.dstack([coat, np.where(body, 255, 0).astype(np.uint8)])))


def pixels(picture: Picture) -> NDArray[np.uint8]:
    return np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4)


# --- building ---


def built(name: str, seed: int) -> tuple[Clip, str]:
    """A clip whose frames are kept, and the hash of its frames and sound."""
    order, given = order_of(name, seed)
    clip = Procedural().render(order, given, lambda _share: None)
    frames = film.copied(iter(clip.frames))
    digest = hashlib.sha256()
    for frame in frames:
        for plane in (frame.y, frame.u, frame.v):
            digest.update(plane)
    if clip.sound is not None:
        digest.update(np.ascontiguousarray(clip.sound).tobytes())
    kept = Clip(clip.width, clip.height, clip.frame_count, frames, clip.sound, clip.engine, seed)
    return kept, digest.hexdigest()[:12]


def some_frames(name: str, seed: int) -> Luma:
    """The compared frames of a scene before encoding, all planes of each in one row."""
    order, given = order_of(name, seed)
    scene = direct(order, given, *frame_size(TIER, Ratio.R16_9.fraction)).scene
    drawn = film.copied(scene.frame(index) for index in _COMPARED)
    return np.stack([np.concatenate([np.ravel(plane) for plane in (f.y, f.u, f.v)]) for f in drawn])


def finished(name: str, seed: int) -> Film:
    """One film, built, encoded and decoded again."""
    clip, digest = built(name, seed)
    order, given = order_of(name, seed)
    production = direct(order, given, clip.width, clip.height)
    file = decoded(clip, SECONDS)
    hits = tuple(hit.at for hit in film.score_of(production).hits)
    return Film(digest, file.luma, file.rgb[0], file.samples, hits, unmoved(production.scene, clip.frame_count))


def round_trip(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture after 4:2:0 in 8 bits and back: the best that any film of it can show."""
    r, g, b = np.moveaxis(rgb.astype(np.float32), -1, 0)
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    height, width = y.shape
    planes = [np.rint(16 + y * (219 / 255))]
    for colour, scale in ((b, 1.8556), (r, 1.5748)):
        half = cv2.resize((colour - y) / scale, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        planes.append(cv2.resize(np.rint(128 + half * (224 / 255)), (width, height), interpolation=cv2.INTER_LINEAR))
    return to_rgb(*planes)


# --- measuring ---


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    error = float(np.mean((one.astype(np.float32) - other) ** 2))
    return 10 * np.log10(255**2 / max(error, 1e-9))


def ssim(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Structural similarity of the luma, over windows of 7 × 7."""
    a, b = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float64) for each in (one, other))
    mean_a, mean_b = uniform_filter(a, 7), uniform_filter(b, 7)
    var_a, var_b = uniform_filter(a * a, 7) - mean_a**2, uniform_filter(b * b, 7) - mean_b**2
    both = uniform_filter(a * b, 7) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    parts = (2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    return float(parts.mean())


def unmoved(scene: Any, count: int) -> Flags | None:
    """Areas (8 × 8 pixels) that a picture's scene leaves where they are in all its frames; None for other scenes."""
    if not hasattr(scene, "_moment"):
        return None
    rows, columns = (side // BLOCK for side in (scene.shot.height, scene.shot.width))
    moved = np.max([displacement(scene._moment(index)) for index in range(1, count, 5)], axis=0)
    moved = cv2.dilate(moved, np.ones((5, 5), np.uint8))
    return cv2.resize((moved < STILL_PIXELS).astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA) > 0.999


def displacement(moment: Any) -> Plane:
    """How far what is seen in each cell of a moment's grid lies from its place at rest, in pixels."""
    opening = np.ascontiguousarray(moment.front.sheet.words >> 24).astype(np.float32)
    rows, columns = moment.front.maps.shape[1:]
    opening = cv2.resize(opening, (columns, rows), interpolation=cv2.INTER_AREA)
    off = np.where(opening < 254, _from_rest(moment.front), 0)
    return off if moment.back is None else np.maximum(off, np.where(opening > 1, _from_rest(moment.back), 0))


def _from_rest(layer: Any) -> Plane:
    """The lengths of a layer's displacements on its grid."""
    rows, columns = ((np.arange(size, dtype=np.float32) - 0.5) * CELL - 0.5 for size in layer.maps.shape[1:])
    return np.hypot(layer.maps[0] - columns[None, :], layer.maps[1] - rows[:, None])


def presence(luma: Sequence[Luma], picture: Picture) -> int:
    """The most features of `picture` that lie in one frame as they lie in it, over five frames."""
    finder, matcher = cv2.ORB.create(1500), cv2.BFMatcher(cv2.NORM_HAMMING)
    rgba = pixels(picture)
    grey = cv2.cvtColor(rgba, cv2.COLOR_RGBA2GRAY)
    points, marks = finder.detectAndCompute(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), None)
    most = 0
    for plane in luma[:: len(luma) // 5]:
        there, seen = finder.detectAndCompute(plane, None)
        if marks is None or seen is None or len(seen) < 2:
            continue
        pairs = [pair for pair in matcher.knnMatch(marks, seen, k=2) if len(pair) == 2]
        good = [best for best, second in pairs if best.distance < 0.85 * second.distance]
        if len(good) < 4:
            continue
        _, inside = cv2.estimateAffinePartial2D(
            np.array([points[match.queryIdx].pt for match in good]),
            np.array([there[match.trainIdx].pt for match in good]),
            ransacReprojThreshold=4.0,
        )
        most = max(most, 0 if inside is None else int(inside.sum()))
    return most


# --- the table ---

COLUMNS = (
    "first frame PSNR (its 4:2:0), SSIM",
    "flicker, in the worst frame (still area)",
    "black, frozen s",
    "onsets F1 (P, R, hits)",
    "LUFS, dBTP",
    "reference (unrelated)",
    "hash: again, own process, one core, cold",
    "Haswell: levels (ppm)",
)


def row(name: str, seed: int) -> list[str]:
    """One scene's cells, "–" where a measure does not apply."""
    other_process("--warm", name, seed)
    made, steady = finished(name, seed), finished(f"{name} steady", seed)
    mode = SCENES[name][0]
    first = related = onset = "–"
    if mode is Mode.IMAGE:
        given = np.ascontiguousarray(pixels(first_picture(name))[..., :3])
        own = psnr(given, round_trip(given))
        first = f"{psnr(given, made.first):.1f} ({own:.1f}), {ssim(given, made.first):.3f}"
    if mode is Mode.REFERENCE:
        related = f"{presence(made.luma, puppet(1))} ({presence(made.luma, puppet(_UNRELATED_SEED))})"
    if made.hits:
        met = agreement(superflux(made.samples, SAMPLE_RATE), made.hits)
        onset = f"{met.f1:.2f} ({met.precision:.2f}, {met.recall:.2f}, {met.meant})"
    level, worst, share = flicker(steady.luma, steady.unmoved)
    black, frozen = stalled(made.luma)
    loudness, peak = measure(made.samples)
    sound = "silent" if loudness is None or peak is None else f"{loudness:.1f}, {peak:.1f}"
    return [
        first,
        f"{level:.2f}, {worst:.2f} ({share:.0%})" if share >= 0.005 else "– (0%)",
        f"{black:.2f}, {frozen:.2f}",
        onset,
        sound,
        related,
        ", ".join(hashes(name, seed, made.digest)),
        haswell(name, seed),
    ]


def hashes(name: str, seed: int, digest: str) -> list[str]:
    """The hash, and whether other builds have the same."""
    with tempfile.TemporaryDirectory() as folder:
        others = [
            built(name, seed)[1],
            other_process("--hash", name, seed),
            other_process("--hash", name, seed, cores="1"),
            other_process("--hash", name, seed, OPENHORSE_CACHE=folder),
        ]
    return [digest[:8], *("same" if each == digest else f"DIFFERS {each[:8]}" for each in others)]


def haswell(name: str, seed: int) -> str:
    """How far frames drawn with an older processor's instructions are from this one's."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "frames.npy"
        other_process("--frames", name, seed, OPENHORSE_CACHE=folder, dump=str(dump), **_HASWELL)
        off = cv2.absdiff(np.load(dump), some_frames(name, seed))
    return f"{off.max()} ({1e6 * float((off > 0).mean()):.1f}; {1e6 * float((off > 1).mean()):.1f} by more than 1)"


def other_process(task: str, name: str, seed: int, *, cores: str = "", dump: str = "", **environment: str) -> str:
    """What a process of its own prints for `task`: the hash of the same film, or nothing once kernels are compiled."""
    command = [sys.executable, __file__, task, name, "--seed", str(seed), "--dump", dump, "--cores", cores]
    around = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"} | environment
    return subprocess.run(command, stdout=subprocess.PIPE, env=around, text=True, check=True).stdout.strip()


def row_of_tree(tree: Path, name: str, seed: int) -> list[str]:
    """The cells of one scene as the sources of `tree` make it."""
    paths = [str(tree / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        text = other_process("--row", name, seed, PYTHONPATH=os.pathsep.join(paths))
    except subprocess.CalledProcessError as error:
        return [f"cannot be made: exit {error.returncode}", *[""] * (len(COLUMNS) - 1)]
    cells: list[str] = json.loads(text.splitlines()[-1])
    return cells


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", action="store_true", help="measure films of texts instead: see texts.py")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="with --texts: keep five frames of each film")
    parser.add_argument("--only", help="scenes, separated by commas")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--against", type=Path, metavar="PATH", help="another source tree, measured beside this one")
    parser.add_argument("--row", metavar="SCENE", help="only print one scene's cells, as JSON")
    parser.add_argument("--hash", metavar="SCENE", help="only print the hash of one scene's frames and sound")
    parser.add_argument("--warm", metavar="SCENE", help="only compile one scene's kernels, as its first film does")
    parser.add_argument("--frames", metavar="SCENE", help="only keep the compared frames of one scene at --dump")
    parser.add_argument("--dump", default="", help=argparse.SUPPRESS)
    parser.add_argument("--cores", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(options.cores)])
    if options.texts:
        import texts  # older sources, against which this is run too, lack what it needs

        texts.measure(options.only and options.only.split(","), options.sheets)
    elif options.warm:
        for name in (options.warm, f"{options.warm} steady"):
            order, given = order_of(name, options.seed)
            frames = iter(Procedural().render(order, given, lambda _share: None).frames)
            [next(frames) for _ in range(30)]
    elif options.hash:
        print(built(options.hash, options.seed)[1])
    elif options.frames:
        np.save(options.dump, some_frames(options.frames, options.seed))
    elif options.row:
        print(json.dumps(row(options.row, options.seed)))
    else:
        compare(options)


def compare(options: argparse.Namespace) -> None:
    """Print the table, of one tree or of two."""
    print(
        f"OpenHorse {__version__}, Python {platform.python_version()}, PyAV {av.__version__}, "
        f"OpenCV {cv2.__version__}, {film.processor()}, {os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}; "
        f"{TIER}, {SECONDS} s, seed {options.seed}\n"
    )
    here = Path(film.__file__).parents[1]
    trees = {"now": here} if options.against is None else {"before": options.against, "now": here}
    print("| film | " + " | ".join(COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for name in options.only.split(",") if options.only else SCENES:
        for label, tree in trees.items():
            title = name if options.against is None else f"{name}, {label}"
            print(f"| {title} | " + " | ".join(row_of_tree(tree, name, options.seed)) + " |", flush=True)


if __name__ == "__main__":
    main()
