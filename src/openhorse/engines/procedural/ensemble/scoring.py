"""Who moves, over which ground, when: that comes in; the Score of steps, bounces, wheels and the place goes out.

Knows no pixels, no samples and no camera: where somebody is heard comes with each moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openhorse.engines.procedural.brief import Brief, Shot
from openhorse.engines.procedural.ensemble.actor import Actor
from openhorse.engines.procedural.ensemble.gait import Gait
from openhorse.engines.procedural.score import Bed, Hit, HitKind, Mood, Score
from openhorse.engines.procedural.still.analysis import Layout

_UNDERFOOT: tuple[tuple[HitKind, str], ...] = (
    ("step-snow", r"\bsnow\w*|雪"),
    ("step-sand", r"\b(?:beach|sand\w*|desert|dunes?|shore)\b|沙|海滩|海灘|海边|海邊"),
    ("step-gravel", r"\b(?:gravel|pebbles?|trail|path)\b|碎石|石子|小路"),
    ("step-wood", r"\b(?:room|wooden|floor\w*|stage|deck|bridge|indoors?|house|kitchen|office)\b|"
        r"房间|木|地板|舞台|室内|厨房"),
    ("step-grass", r"\b(?:grass\w*|meadow|lawn|field|garden|forest|park|lake)\b|草|森林|花园|公园|田|湖"),
    ("step-pavement", r"\b(?:street|road|city|town|pavement|plaza|alley|station)\b|街|马路|城市|广场|道路"),
)  # fmt: skip
"""What a prompt says of the ground; the first that is found decides."""
_WITHOUT_ENGINE = re.compile(
    r"\b(?:bicycle|bike(?!r)|cart|carriage|skateboard|wagon|pram|scooter)\b|"
    r"自行车|单车|马车|滑板|婴儿车",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who can be heard: who, whether the film is about them, and where they are (0…1) at a second."""

    actor: Actor
    leads: bool
    where: Callable[[float], float]


def compose(shot: Shot, place: Score | None, layout: Layout | None, voices: Sequence[Voice], mood: Mood) -> Score:
    """The place's own sounds, and everybody's who moves over it; `place` is None where no picture shows one."""
    brief = shot.brief
    if brief.silent:
        return Score(shot.seconds, shot.seed)
    beds = place.beds if place is not None and place.beds else (Bed("wind", 0.3, period=6.0), Bed("room", 0.2))
    ground = underfoot(brief, layout)
    hits = [hit for voice in voices for hit in _hits(voice, ground, shot.seconds)]
    hits += place.hits if place is not None else ()
    return Score(
        shot.seconds,
        shot.seed,
        (*beds, *(bed for voice in voices for bed in _rolling(voice, brief, shot.seconds))),
        tuple(sorted(hits, key=lambda hit: (hit.at, hit.kind))),
        mood if brief.music else None,
        None if place is None else place.space,
        None if place is None else place.surface,
    )


def underfoot(brief: Brief, layout: Layout | None) -> HitKind:
    """What steps sound like: as the weather and the words say, else as the place looks."""
    if "snow" in brief.weather:
        return "step-snow"
    said = next((kind for kind, words in _UNDERFOOT if re.search(words, brief.prompt, re.IGNORECASE)), None)
    wet = bool({"rain", "after-rain"} & brief.weather)
    if said is None and layout is not None:
        if layout.is_outdoors and float(layout.plants.mean()) > 0.12:
            said = "step-grass"
        elif layout.is_outdoors and layout.night:
            said = "step-pavement"
        elif layout.is_outdoors and layout.has_water:
            said = "step-sand"
        elif not layout.is_outdoors and not layout.flat_art:
            said = "step-wood"
    if said == "step-pavement" and wet:
        return "step-wet"
    return said or "step-soft"


def _hits(voice: Voice, ground: HitKind, seconds: int) -> list[Hit]:
    """A hit for each time that a foot, a ball or a whole body comes down."""
    kinds: dict[Gait, HitKind] = {Gait.BOUNCE: "bounce", Gait.HOP: "landing", Gait.JUMP: "landing"}
    kind = kinds.get(voice.actor.gait, ground)
    loud = (0.5 if voice.leads else 0.25) * (0.6 if voice.actor.gait is Gait.BUST else 1)
    return [Hit(kind, at, loud, voice.where(at)) for at in voice.actor.footfalls(seconds)]


def _rolling(voice: Voice, brief: Brief, seconds: int) -> list[Bed]:
    """Wheels, a ball that rolls, an engine: as long and as fast as they do."""
    gait, course = voice.actor.gait, voice.actor.course
    if gait not in (Gait.DRIVE, Gait.ROLL):
        return []
    envelope = tuple((step / 4, 0.25 + 0.75 * course.vigour(step / 4)) for step in range(4 * seconds + 1))
    loud, pan = 1.0 if voice.leads else 0.5, voice.where(seconds / 2)
    beds = [Bed("wheels", 0.6 * loud, period=max(0.2, course.cycle), envelope=envelope, pan=pan)]
    if gait is Gait.DRIVE and not _WITHOUT_ENGINE.search(brief.prompt):
        beds.append(Bed("engine", 0.6 * loud, envelope=envelope, pan=pan))
    return beds
