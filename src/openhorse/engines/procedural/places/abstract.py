"""A site in, a picture of nothing but moving colour out: silk, ink or waves of light. Knows no camera and no player.

For prompts that name nothing that we know: their mood, their tone and their words choose its colours and its form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from openhorse.engines.procedural.brief import Brief, Hour
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear_hex
from openhorse.engines.procedural.parts.flowing import Dunes, Ink, Inks, Silk
from openhorse.engines.procedural.parts.patterns import Kaleidoscope, Particles, Solids
from openhorse.engines.procedural.score import Bed, Mood
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.scenery import Scenery, Site

_INKS: Mapping[str, str] = {
    "calm": "0a1c2e 1c5a7a 4aa3b0 a8dcd0 f2f4e0",
    "vast": "081432 1c3f86 4a86c8 9cc8e8 f0f6fa",
    "warm": "2a0e12 a03a24 e0853a f4c070 fff0d0",
    "neon": "0a0418 6a10a8 e0208c 20c0e8 e8f8ff",
    "tender": "2a1830 a85a86 e89ab0 f6cdb8 fff2ea",
    "bright": "103a5e 2a90c8 f4b83a f2725a fff6d8",
    "dark": "04060a 1a2434 3e4a66 8a6a7e d8c8c0",
    "epic": "0c0a1e 5a1e2e c8502a f0b04a fff0c8",
    "playful": "1c1450 e84a7a f8b83c 3cc0b0 fff4e4",
    "mysterious": "060a1c 22306e 5a3e9a 3aa0a0 d0e8f0",
    "sad": "0c1420 2e4258 5e7890 98a8b8 dfe4e8",
    "tense": "0c0406 5a0c14 b8281e e87030 f8e0c0",
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "ink": (
        "ink",
        "smoke",
        "dream",
        "dreamy",
        "memory",
        "memories",
        "thought",
        "soul",
        "nebula",
        "chaos",
        "水墨",
        "梦",
        "烟",
    ),
    "silk": (
        "silk",
        "music",
        "melody",
        "love",
        "dance",
        "energy",
        "ribbon",
        "flow",
        "flowing",
        "sound",
        "丝",
        "音乐",
        "爱",
    ),
    "dunes": ("wave", "waves", "peace", "calm", "time", "silence", "horizon", "hope", "平静", "时间", "希望", "波"),
}


_FORMS = {"ink": "ink", "liquid": "ink", "particles": "particles", "geometric": "geometric", "fractal": "fractal"}
"""The form for each kind of the place."""
_SAYS = {
    "ink": "curling ink",
    "silk": "ribbons of silk",
    "dunes": "waves of light",
    "particles": "streaming points of light",
    "geometric": "solids of light that turn",
    "fractal": "a kaleidoscope",
}


def paint(site: Site) -> Scenery:
    """Colours in motion, by the mood of the site's brief."""
    brief, random = site.shot.brief, site.random("abstract")
    mood = mood_of(brief, int(random.integers(64)))
    inks = _mixed(brief, mood, random)
    form = form_of(brief, int(random.integers(3)))
    phases = random.uniform(0, math.tau, (9, 8)).astype(np.float32)
    flowing: Silk | Ink | Dunes | Particles | Solids | Kaleidoscope
    if form in ("particles", "geometric"):
        spots = random.uniform(0, 1, (900 if form == "particles" else 26, 4)).astype(np.float32)
        flowing = Particles(inks, spots) if form == "particles" else Solids(inks, spots)
    elif form == "fractal":
        flowing = Kaleidoscope(Ink(inks, float(random.uniform(0, 40))))
    elif form == "ink":
        flowing = Ink(inks, float(random.uniform(0, 40)))
    elif form == "silk":
        flowing = Silk(inks, phases[:6])
    else:
        flowing = Dunes(inks, phases)
    focal = site.lens.focal

    def living(out: Planes, camera: Camera, t: float) -> None:
        aside = (camera.x * focal / 8.0 - (camera.centre - site.lens.width / 2)) / site.lens.width
        flowing.draw(out, aside, 1.25 * t + 0.18 * camera.z)

    says = _SAYS[form]
    return Scenery(
        says=f"an abstract picture: {says}",
        sky=False,
        living=living,
        stage=(4.0, 10.0),
        medium="space",
        beds=(Bed("room", 0.06),),
        mood=mood,
    )


def form_of(brief: Brief, drawn: int) -> str:
    """The form of the brief's kind, else silk, ink or dunes: as the prompt's words suggest, else as the seed draws."""
    if brief.variety in _FORMS:
        return _FORMS[brief.variety]
    words = set(brief.prompt.lower().replace(",", " ").replace(".", " ").split())
    for form, known in _WORDS.items():
        if words & set(known) or any(len(word) < 3 and not word.isascii() and word in brief.prompt for word in known):
            return form
    return ("silk", "ink", "dunes")[drawn]


def mood_of(brief: Brief, drawn: int) -> Mood:
    """The mood that the brief names, or one that suits its tone and hour."""
    if brief.mood is not None:
        return brief.mood
    if "neon" in brief.looks or "cyberpunk" in brief.looks:
        return "neon"
    if brief.tone == "warm" or brief.hour in (Hour.DUSK, Hour.DAWN):
        return "warm"
    if brief.tone == "cool":
        return "vast"
    if brief.hour is Hour.NIGHT:
        return "mysterious"
    moods: tuple[Mood, ...] = ("calm", "vast", "warm", "tender", "mysterious", "playful", "epic")
    return moods[drawn % len(moods)]


def _mixed(brief: Brief, mood: Mood, random: np.random.Generator) -> Inks:
    """The mood's colours, each a little its own; greys where the look is without colour."""
    inks = np.stack([linear_hex(ink) for ink in _INKS[mood].split()])
    inks = inks * random.uniform(0.85, 1.15, inks.shape)
    if brief.looks & {"monochrome", "noir"}:
        inks = np.repeat(inks.mean(axis=1, keepdims=True), 3, axis=1)
    return np.ascontiguousarray(inks, np.float32)
