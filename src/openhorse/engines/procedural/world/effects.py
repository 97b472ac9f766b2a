"""A shot's weather and effects in; what they draw between the place's flats, light up and sound like out.

Knows no effect but by the word for it. Everything is in metres before the camera, or in the sky, so that it moves
as the camera does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from openhorse.engines.procedural.brief import Place, Shot
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.effects.air import Air, Effect, Kit
from openhorse.engines.procedural.effects.fall import rain, snow
from openhorse.engines.procedural.effects.hearth import candles, fire, fireworks, mist, smoke
from openhorse.engines.procedural.effects.heavens import aurora, flare, lightning, rainbow, stars, sun_shafts
from openhorse.engines.procedural.effects.motes import (
    bubbles,
    dust,
    fireflies,
    lanterns,
    leaves,
    petals,
    plankton,
    sea_sparkle,
    sparks,
)
from openhorse.engines.procedural.score import Bed, Hit
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Lens, Scenery

_MAKERS: Mapping[str, Callable[[Air], Kit]] = {
    "aurora": aurora,
    "bubbles": bubbles,
    "candles": candles,
    "dust": dust,
    "fire": fire,
    "fireflies": fireflies,
    "fireworks": fireworks,
    "lanterns": lanterns,
    "leaves": leaves,
    "lightning": lightning,
    "mist": mist,
    "petals": petals,
    "plankton": plankton,
    "rain": rain,
    "rainbow": rainbow,
    "sea-sparkle": sea_sparkle,
    "smoke": smoke,
    "snow": snow,
    "sparks": sparks,
    "stars": stars,
    "sun-shafts": sun_shafts,
}
_INDOORS = {Place.ROOM, Place.CAFE, Place.KITCHEN, Place.STAGE}
_OUTSIDE = {"rain", "snow", "mist", "lightning", "stars", "aurora", "rainbow", "fireworks", "lanterns"}
"""What stays out of doors."""
_SUNKEN = {"bubbles", "plankton", "sun-shafts", "dust"}
"""What there is under water."""
_WEIGHTLESS = {"stars", "dust", "sparks", "aurora"}


class Effects:
    """All that a shot's weather and effects add to its place."""

    def __init__(self, shot: Shot, scenery: Scenery, lens: Lens, light: Daylight) -> None:
        air = Air(shot, scenery, lens, light)
        self._rate = air.rate
        kits = [_MAKERS[word](air) for word in _words(shot, scenery, light)]
        effects = [effect for kit in kits for effect in kit.effects]
        self._sky = [effect for effect in effects if math.isinf(effect.z)]
        self.between: tuple[Effect, ...] = tuple(effect for effect in effects if not math.isinf(effect.z))
        """What is drawn among the flats and the players, each at its `z`, with `draw`."""
        self.flats: tuple[Flat, ...] = tuple(flat for kit in kits for flat in kit.flats)
        """What stands in the place because of them: mist, logs, candles."""
        self.fires = tuple(fire for kit in kits for fire in kit.fires)
        """The fires among them, that light what is near."""
        self._flashes = tuple(at for kit in kits for at in kit.flashes)
        self._beds = tuple(bed for kit in kits for bed in kit.beds)
        self._hits = tuple(hit for kit in kits for hit in kit.hits)
        self._seconds = shot.seconds

    def behind(self, out: Planes, camera: Camera, t: float) -> None:
        """Draw what is in the sky, before the land is drawn, at `t` seconds of the film."""
        for effect in self._sky:
            effect.draw(out, camera, t * self._rate)

    def draw(self, effect: Effect, out: Planes, camera: Camera, t: float) -> None:
        """Draw one of `between` at `t` seconds of the film."""
        effect.draw(out, camera, t * self._rate)

    def gain(self, t: float) -> float:
        """How much brighter everything is at `t` than it would be: lightning."""
        return 1 + 0.9 * sum(flare(t * self._rate - at) for at in self._flashes if 0 <= t * self._rate - at < 0.6)

    def sounds(self) -> tuple[tuple[Bed, ...], tuple[Hit, ...]]:
        """What is heard of them."""
        beds = self._beds
        if self._flashes:
            beds = (*beds, Bed("thunder", 0.8, envelope=self._rolls()))
        return beds, self._hits

    def _rolls(self) -> tuple[tuple[float, float], ...]:
        """Thunder comes a moment after each strike and dies away slowly."""
        curve = []
        for step in range(int(self._seconds * 10) + 2):
            after = [step / 10 - at / self._rate - 0.25 for at in self._flashes]
            curve.append((step / 10, min(1.0, 0.15 + sum(math.exp(-one / 1.3) for one in after if one >= 0))))
        return tuple(curve)


def _words(shot: Shot, scenery: Scenery, light: Daylight) -> list[str]:
    """The effects of a shot in a fixed order, without those that cannot be where it is set."""
    words = {*shot.brief.effects, *(shot.brief.weather & {"rain", "snow", "mist"})} & _MAKERS.keys()
    if scenery.medium == "water":
        return sorted((words & _SUNKEN) | {"plankton", "sun-shafts" if light.key.max() > 0.12 else "sea-sparkle"})
    if scenery.medium == "space":
        return sorted((words & _WEIGHTLESS) | ({"dust"} if shot.brief.place is Place.ABSTRACT else {"stars"}))
    if scenery.light is not None and not scenery.sky and scenery.light.clear > 1e6:
        words = (words - _OUTSIDE) | {"stars"}  # a ground without air
    if scenery.passage is not None:
        words -= {"mist"}  # its own air is thick then
    if shot.brief.place in _INDOORS and scenery.space != "canyon":  # a café is also seen from its street
        words -= _OUTSIDE
    if not scenery.mist:
        words -= {"mist"}
    if shot.brief.place is Place.VILLAGE:
        words -= {"smoke"}  # its chimneys smoke by themselves
    if scenery.floor is None and scenery.table is None:
        words -= {"fire", "candles"}  # nothing to stand on
    return sorted(words)
