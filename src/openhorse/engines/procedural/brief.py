"""What a procedural scene is made from: a Brief (what the prompt asks for) and a Shot (its frame).

Knows no pixels and no sound; language.py writes briefs, the scenes read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

from openhorse.engines.procedural.score import Mood

FRAME_RATE = 24


class Place(StrEnum):
    """Where a text-to-video film is set."""

    LAKE = "lake"
    STREET = "street"
    BEACH = "beach"
    MOUNTAINS = "mountains"
    SEA = "sea"
    DESERT = "desert"
    FOREST = "forest"
    MEADOW = "meadow"
    RIVER = "river"
    WATERFALL = "waterfall"
    SKYLINE = "skyline"
    VILLAGE = "village"
    ROAD = "road"
    ROOM = "room"
    CAFE = "café"
    KITCHEN = "kitchen"
    STAGE = "stage"
    UNDERWATER = "underwater"
    SPACE = "space"
    SKY = "sky"
    ABSTRACT = "abstract"


class Move(StrEnum):
    """What the camera does over the whole shot."""

    STATIC = "static"
    PUSH_IN = "push-in"
    PULL_OUT = "pull-out"
    PAN_LEFT = "pan-left"
    PAN_RIGHT = "pan-right"
    TILT_UP = "tilt-up"
    TILT_DOWN = "tilt-down"
    ORBIT_LEFT = "orbit-left"
    ORBIT_RIGHT = "orbit-right"
    CRANE_UP = "crane-up"
    CRANE_DOWN = "crane-down"
    TRACK_LEFT = "tracking-left"
    TRACK_RIGHT = "tracking-right"
    HANDHELD = "handheld"

    @property
    def plain(self) -> Move:
        """The nearest of the first seven, for scenes that know no others."""
        return _PLAIN.get(self, self)


_PLAIN = {
    Move.ORBIT_LEFT: Move.PAN_LEFT,
    Move.ORBIT_RIGHT: Move.PAN_RIGHT,
    Move.CRANE_UP: Move.TILT_UP,
    Move.CRANE_DOWN: Move.TILT_DOWN,
    Move.TRACK_LEFT: Move.PAN_LEFT,
    Move.TRACK_RIGHT: Move.PAN_RIGHT,
    Move.HANDHELD: Move.STATIC,
}


class Hour(StrEnum):
    """Time of day."""

    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Season(StrEnum):
    """Time of year."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Role(StrEnum):
    """What a reference picture is used as. WARDROBE is something that somebody wears, SIGN is shown on a board."""

    ACTOR = "actor"
    PLACE = "place"
    STYLE = "style"
    OBJECT = "object"
    WARDROBE = "wardrobe"
    SIGN = "sign"


Bond = Literal[
    "beside",
    "behind",
    "before",
    "left",
    "right",
    "on",
    "under",
    "above",
    "chases",
    "follows",
    "holds",
    "wears",
    "rides",
]
"""How one reference picture stands to another; read "subject bond object": 1 rides 2, 1 is behind 2, 1 is left of 2."""

Nature = Literal["person", "beast", "vehicle", "ball", "flyer", "swimmer", "plant", "thing"]
"""What the words call a reference picture: "the cat in [Image 1]" is a beast. A flyer is anything in the air."""


class Relation(NamedTuple):
    """`subject` and `object` are the numbers (from 1) of reference pictures: (1, "behind", 2)."""

    subject: int
    bond: Bond
    object: int


@dataclass(frozen=True, slots=True)
class Mention:
    """What a prompt says of one reference picture; `named` is False when it never comes up.

    `sure` tells that the words settle its role: an unsure one may be overruled by what the picture looks like.
    `actions` are what it does itself, and what everybody does.
    """

    role: Role | None = None
    nature: Nature | None = None
    actions: frozenset[str] = frozenset()
    sure: bool = True
    named: bool = True


Where = Literal["left", "middle", "right", "near", "far", "above"]
"""Where in the frame somebody is."""


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody or something that acts in a text-to-video film: three brown horses that run, on the left.

    `kind` is a player's name (dog, woman, car, cup …), `variety` tells more of it (golden, sports). `colour` is a plain
    colour's name; `colours` tells it of what is worn or held, and of "hair": {"coat": "red"}. `things` are what it
    wears and holds. The kinds, things and colours there are, and the words for them, are those of prompt/lexicon.toml.
    `bond` ties it to another of the cast, by its place there (from 0): ("rides", 1).
    """

    kind: str
    variety: str = ""
    count: int = 1
    colour: str | None = None
    size: Literal["small", "usual", "large"] = "usual"
    actions: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    colours: tuple[tuple[str, str], ...] = ()
    where: Where | None = None
    bond: tuple[Bond, int] | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What was understood of a prompt. `None` means that the prompt does not say.

    `weather` holds any of mist, rain, after-rain, snow, clouds, wind; `subjects` names what is
    to be seen (dog, person …) and `actions` what it does (run, walk, turn …).
    `framing` names the sizes of shot, wide and close, in the order of their mention; `life` is what is to come alive
    in a given picture, any of flame, lights, glitter, leaves and flow. `time_lapse` lets hours pass.
    With `haste` the camera goes quickly.
    `roles` tells for each reference that the prompt names, by its number from 1, what it is used as; `mentions` tells
    of every one all that is said of it, and `relations` how they stand to each other.
    `unused` are the content words that nothing was made of.

    Of text-to-video only: `cast` is who acts, the leading one first. `variety` tells more of the place (bamboo, neon,
    old-town), `features` what else stands there (lighthouse, bridge, cabin …). `effects` is what else is in the air or
    shines: any of fireflies, petals, leaves, bubbles, sparks, smoke, dust, stars, aurora, lightning, sun-shafts,
    fireworks, lanterns, candles, rainbow, fire.
    """

    prompt: str
    place: Place | None = None
    hour: Hour | None = None
    weather: frozenset[str] = frozenset()
    subjects: tuple[str, ...] = ()
    actions: frozenset[str] = frozenset()
    move: Move | None = None
    haste: bool = False
    slow_motion: bool = False
    time_lapse: bool = False
    framing: tuple[str, ...] = ()
    life: frozenset[str] = frozenset()
    tone: Literal["warm", "cool"] | None = None
    mood: Mood | None = None
    looks: frozenset[str] = frozenset()
    drifting_clouds: bool = False
    shifting_light: bool = False
    silent: bool = False
    music: bool = True
    roles: dict[int, Role] = field(default_factory=dict)
    mentions: dict[int, Mention] = field(default_factory=dict, compare=False)
    relations: tuple[Relation, ...] = ()
    unused: tuple[str, ...] = ()
    cast: tuple[Character, ...] = ()
    variety: str | None = None
    features: tuple[str, ...] = ()
    effects: frozenset[str] = frozenset()
    season: Season | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot to draw: its frame in pixels (both even), its length, its seed and its brief."""

    width: int
    height: int
    seconds: int
    seed: int
    brief: Brief

    @property
    def frame_count(self) -> int:
        """Exactly 24 frames for each second."""
        return self.seconds * FRAME_RATE

    def moment(self, index: int) -> tuple[float, float]:
        """Seconds from the start, and the part of the shot that is over (0…1), at frame `index`."""
        return index / FRAME_RATE, index / max(1, self.frame_count - 1)
