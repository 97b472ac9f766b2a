"""What a scene sounds like: a Score of ambience beds, single hits and music. Knows no samples.

A scene writes its score from the same events that it draws, so picture and sound agree to the frame;
the sound package performs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

BedKind = Literal[
    "wind",
    "waves",
    "lapping",
    "birds",
    "insects",
    "traffic",
    "rain",
    "drips",
    "crowd",
    "neon",
    "fire",
    "room",
    "stream",
    "leaves",
    "waterfall",
    "engine",
    "wheels",
    "thunder",
    "clock",
    "underwater",
    "space",
    "cafe",
    "frogs",
    "train",
]
HitKind = Literal[
    "step-sand",
    "step-pavement",
    "step-wet",
    "step-grass",
    "step-snow",
    "step-gravel",
    "step-wood",
    "step-soft",
    "bounce",
    "landing",
    "pant",
    "splash",
    "drip",
    "whoosh",
    "chime",
    "bark",
    "meow",
    "neigh",
    "hoof",
    "wing",
    "moo",
    "roar",
    "bleat",
    "quack",
    "tweet",
    "horn",
    "whistle",
    "bell",
    "cup",
    "pop",
    "boom",
    "zap",
]
Mood = Literal[
    "calm", "vast", "warm", "neon", "tender", "bright", "dark", "epic", "playful", "mysterious", "sad", "tense"
]
MOODS: Mapping[str, Mood] = {mood: mood for mood in get_args(Mood)}
"""Every mood by its name; the words for each stand in prompt/lexicon.toml."""
Instrument = Literal["piano", "guitar", "strings", "bells", "flute", "synth"]
Space = Literal["open", "wood", "valley", "canyon", "room"]
"""What gives sound back: nothing, trees, far slopes, the fronts of a street, walls."""
Surface = Literal["water", "pavement", "leaves", "sand", "roof", "ground"]
"""What rain falls on."""
Speaker = Literal["man", "woman", "child"]


@dataclass(frozen=True, slots=True)
class Bed:
    """An ambience that lasts the whole film. `level` is 0…1.

    `period` and `phase` (seconds) place the swells of waves and gusts, so that they meet the picture: a wave
    breaks, a gust is strongest at `phase`, `phase` + `period`, …;
    `envelope` is (seconds, gain) pairs for what flickers or fades, empty for a steady bed.
    `gusts` are (seconds, strength 0…1) pairs of the wind that the picture shows, in place of a period.
    `distance` is 0 for what is here, 1 for what is far: duller, narrower. `pan` is where it is, 0 (left) … 1 (right).
    """

    kind: BedKind
    level: float
    period: float | None = None
    phase: float = 0.0
    envelope: tuple[tuple[float, float], ...] = ()
    gusts: tuple[tuple[float, float], ...] = ()
    distance: float = 0.0
    pan: float = 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """One sound at one moment. `at` is seconds from the start, `pan` 0 (left) … 1 (right), `level` 0…1."""

    kind: HitKind
    at: float
    level: float
    pan: float = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """Words to be spoken, as the prompt quotes them; `language` is a code of the speech program, "en" or "cmn"."""

    text: str
    language: Literal["en", "cmn"] = "en"
    speaker: Speaker = "man"


@dataclass(frozen=True, slots=True)
class Score:
    """All that is heard. `mood` is None for no music; a score with nothing in it is silence.

    `space` and `surface` are None where the beds tell them: traffic is heard in a street, rain among leaves falls
    on them. `lines` are spoken one after the other, where the machine has a voice. `instrument` and `drums` are None
    where the mood chooses them.
    """

    seconds: int
    seed: int
    beds: tuple[Bed, ...] = ()
    hits: tuple[Hit, ...] = field(default=())
    mood: Mood | None = None
    space: Space | None = None
    surface: Surface | None = None
    lines: tuple[Line, ...] = ()
    instrument: Instrument | None = None
    drums: bool | None = None

    @property
    def is_silent(self) -> bool:
        """True when nothing at all is to be heard."""
        return not (self.beds or self.hits or self.mood or self.lines)
