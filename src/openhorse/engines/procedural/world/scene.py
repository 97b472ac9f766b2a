"""A text's shot in; its place, players, weather and camera out as frames and a score. Satisfies Scene.

Knows no particular place and no particular player: painters and companies bring them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.drawing.piles import Laid, Pile, lay
from openhorse.engines.procedural.drawing.sampling import CELL
from openhorse.engines.procedural.drawing.sky import Clouds, Sky, View
from openhorse.engines.procedural.drawing.strips import beside
from openhorse.engines.procedural.drawing.strokes import STROKE_COLUMNS, draw_strokes
from openhorse.engines.procedural.effects.air import Effect
from openhorse.engines.procedural.gusts import force
from openhorse.engines.procedural.places.guide import painter_of
from openhorse.engines.procedural.players.player import Look, Sprite
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.world.blocking import along, block, distance_to, followed, gather
from openhorse.engines.procedural.world.camera import Camera, plan
from openhorse.engines.procedural.world.effects import Effects
from openhorse.engines.procedural.world.firelight import Firelight
from openhorse.engines.procedural.world.flatwork import Flatwork
from openhorse.engines.procedural.world.groundwork import Groundwork, draw_pool, moisten
from openhorse.engines.procedural.world.growing import Growing
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.lanes import Coming, come_along
from openhorse.engines.procedural.world.pairing import paired
from openhorse.engines.procedural.world.placed import Cord, Placed
from openhorse.engines.procedural.world.scenery import Flat, Lens, Scenery, Site
from openhorse.engines.procedural.world.scoring import compose
from openhorse.engines.procedural.world.seawork import heave
from openhorse.engines.procedural.world.snowfall import Snowfall, SnowyGround
from openhorse.engines.procedural.world.styles import Style
from openhorse.engines.procedural.world.traces import Traces
from openhorse.vocabulary import Frame

_FOCAL = 1.15
"""The focal length in mean sides of the frame: about that of a 40 mm lens."""
_EYE = 1.6
_INDOORS = 0.45
"""How far the camera goes in a room, against out of doors."""
_NIGHTLY = frozenset(("stars", "aurora", "fireflies", "fireworks", "lanterns"))
"""Effects that are seen at night, where the prompt names no hour."""
_MOST_RANKS = 4
"""How many depths of players are told apart by what grows between them."""
_ASKEW = 0.35
"""How far those who come towards us are turned aside, radians."""
_CALM = 0.25
"""Choppier water blurs what it mirrors: half the size will do."""
_FOOT = 0.86
"""How far down, in frame heights, the leading player's feet may be at the start."""


Window = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels from a player's ground point, rows downwards."""


class World:
    """One shot of text-to-video."""

    notes: tuple[str, ...]

    def __init__(self, shot: Shot) -> None:
        self.shot = shot = replace(shot, brief=paired(shot.brief, shot.seed))
        troupe = gather(shot)
        painter = painter_of(shot.brief)
        nightly = bool(shot.brief.effects & _NIGHTLY)
        self._light = daylight(shot.brief, Hour.NIGHT if nightly else painter.hour)
        self.lens = _lens(shot, painter.horizon)
        distance = 8.0
        if troupe.measure is not None:
            distance = distance_to(shot.brief, troupe.measure, self.lens)
            eye = min(_EYE, (_FOOT - painter.horizon) * shot.height * distance / self.lens.focal)
            self.lens = replace(self.lens, eye=max(0.03, eye))
        afloat = distance if troupe.lead is not None and troupe.lead.medium == "afloat" else None
        site = Site(shot, self._light, self.lens, afloat=afloat, lead=None if troupe.lead is None else distance)
        self.scenery: Scenery = painter.paint(site)
        self._light = self.scenery.light or self._light
        self.placed = block(troupe, self.scenery, self.lens, shot)
        distance = self.placed[0].z if self.placed else self.scenery.vista
        path = plan(shot.brief, self.lens, distance, shot.seconds, shot.seed)
        # between walls there is no more to see beyond the frame
        reach = path.reach * (_INDOORS if self.scenery.wall else 1.0)
        self._path = replace(path, reach=reach)
        if self.scenery.passage is not None:
            self.placed, back = come_along(self.placed, self.scenery.passage, self.lens, shot)
            self._path = replace(path, back=back, seconds=float(shot.seconds))
        elif followed(self.placed, self.lens, shot):
            self._path = replace(path, reach=reach, follow=along(self.placed, self.lens, shot))
        self._build()
        self.notes = self._remarks(troupe.missing)

    # -- set-up ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        shot, scenery, light = self.shot, self.scenery, self._light
        width, height = shot.width, shot.height
        self._effects = Effects(shot, scenery, self.lens, light)
        flats = (*(flat for flat in scenery.flats if not self._hides(flat)), *self._effects.flats)
        self._firelight = Firelight(self.placed, scenery, light, self._effects.fires)
        flats = (*flats, *self._firelight.flats(flats))
        fall = Snowfall.of(shot, scenery)
        flats = flats if fall is None else (*flats, *fall.flats(flats, light, shot.seed))
        self._pile = Pile()
        self._flats = [Flatwork(flat, light, k, self._pile) for k, flat in enumerate(flats)]
        self._flats.sort(key=lambda one: -one.flat.z)
        floor = scenery.floor if scenery.passage is None else None
        self._floor: Groundwork | SnowyGround | None = None
        if floor is not None:
            self._floor = Groundwork(floor, light) if fall is None else SnowyGround(floor, light, fall, shot.seed)
        self._growths = [Growing(growth) for growth in scenery.growths]
        self._sky: Sky | None = None
        if scenery.sky:
            random = np.random.default_rng((shot.seed, 7))
            drift = 0.05 if shot.brief.drifting_clouds or "wind" in shot.brief.weather else 0.022
            drift *= (7.0 if shot.brief.time_lapse else 1.0) * self._rate
            cover = light.cover + float(random.uniform(-0.03, 0.03))
            clouds = Clouds(cover, 0.34, 0.5, 1.5, drift, float(random.uniform(3, 60)))
            self._sky = Sky(width, height, light.sky, clouds, light.towards)
            self._stars = random.uniform(0, 1, (round(260 * light.stars), 3))
        traces = None if scenery.floor is None else Traces(scenery.floor, light, shot.seed)
        self._traces = traces if traces is not None and traces.any else None
        self._out = np.zeros((3, height, width), np.float32)
        self._wet = np.zeros((3, -(-height // CELL), -(-width // CELL)), np.float32)
        calm = scenery.pool is not None and scenery.pool.chop < _CALM
        self._coarse = 1 if calm else 2
        self._mirror = np.zeros((3, height // self._coarse + 2, -(-width // self._coarse)), np.float32)
        self._drawn: dict[int, Future[tuple[Sprite, float]]] = {}
        self._darkroom = Darkroom(width, height)
        style = Style.of(shot)
        self._grade = light.grade if style is None else style.grade(light.grade)

    def _hides(self, flat: Flat) -> bool:
        """Whether a flat would pass between the camera that goes along and the leading player."""
        if self._path.follow is None or flat.glow or flat.z > 0.95 * self.placed[0].z:
            return False
        lead = self.placed[0]
        return self.lens.row(flat.z, flat.y + flat.tall) < self.lens.row(lead.z, lead.y + 0.45 * lead.player.tall)

    @property
    def _rate(self) -> float:
        return 0.5 if self.shot.brief.slow_motion else 1.0

    def _remarks(self, missing: tuple[str, ...]) -> tuple[str, ...]:
        notes = [f"{self.scenery.says}, drawn from the prompt by the procedural engine.".capitalize()]
        for name, does in dict.fromkeys((one.player.name, one.player.does) for one in self.placed):
            count = sum((one.player.name, one.player.does) == (name, does) for one in self.placed)
            notes.append(f"{name} {does}." if count == 1 else f"{count} × {name}: {does}.")
        if missing:
            notes.append(f"Not drawn: {', '.join(missing)}.")
        return (*notes, *self.scenery.notes)

    # -- frames ----------------------------------------------------------------------------------------------

    def camera(self, index: int) -> Camera:
        """The camera at frame `index`."""
        t, part = self.shot.moment(index)
        return self._path.at(t, part)

    def frame(self, index: int) -> Frame:
        """Frame `index` (0 … frame_count − 1) of the film."""
        self.draw(index)
        grade = self._grade
        lit = self._effects.gain(self.shot.moment(index)[0])
        return self._darkroom.develop(self._out, index, replace(grade, exposure=grade.exposure * lit))

    def draw(self, index: int) -> NDArray[np.float32]:
        """Frame `index` in linear light, 3 × height × width; reused by the next call."""
        t, camera = self.shot.moment(index)[0], self.camera(index)
        wind = force(t * self._rate, self.shot.seed)
        self._begin_players(camera, t)
        passage = self.scenery.passage
        if passage is not None:
            self._draw_behind(camera, t)
            self._effects.behind(self._out, camera, t)
            passage.walls(self._out, self._mirror, camera, t)
            self._mirror_players(camera, t)
            passage.ground(self._out, self._mirror, camera, t)
            self._draw_standing(camera, t, wind, math.inf)
            return self._out
        self._draw_behind(camera, t)
        self._effects.behind(self._out, camera, t)
        if self.scenery.living is not None:
            self.scenery.living(self._out, camera, t * self._rate)
        if self.scenery.wall:
            self._draw_outside(camera, t, wind)
        if isinstance(self._floor, SnowyGround):
            self._floor.gather(t)
        if self._floor is not None:
            self._floor.draw(self._out, camera, self.scenery.wall)
            self._firelight.on_ground(self._out, camera, t)
        pool = self.scenery.pool
        beyond = math.inf if pool is None else pool.far
        if pool is not None:
            far = [work for work in self._flats if work.flat.z >= beyond]
            self._lay(self._out, far, _View(camera, t, wind))
            self._draw_mirror(camera, t, wind)
            draw_pool(self._out, self._mirror, pool, camera, self._light, t * self._rate)
        if self.scenery.ground is not None:
            self.scenery.ground(self._out, camera, t * self._rate)
        self._draw_standing(camera, t, wind, beyond)
        return self._out

    def _draw_behind(self, camera: Camera, t: float) -> None:
        out = self._out
        if self._sky is None:
            out[:] = 0 if self.scenery.backdrop is None else self.scenery.backdrop
            return
        view = View(camera.focal, camera.centre, camera.horizon)
        filled = self._sky.draw(out, view, t)
        if self._floor is None or self.scenery.wall:
            out[:, filled:] = self._light.air[:, None, None]
        draw_strokes(out, self._heavenly(camera))

    def _heavenly(self, camera: Camera) -> NDArray[np.float32]:
        """Stars, and the sun or the moon."""
        light, side = self._light, math.sqrt(self.shot.width * self.shot.height)
        rows = []
        for x, y, bright in self._stars:
            px = camera.centre + (x - 0.5) * self.shot.width * 1.3
            py = camera.horizon * (0.02 + 0.9 * y)
            size, glow = side / 960, 0.25 + 0.75 * bright**4
            rows.append((px, py, px, py, 0.35 * size, 0.35 * size, 0.9 * size, glow * (1 - 0.6 * y), 0.75, 0.80, 0.95))
        if light.size:
            right, up, ahead = (float(part) for part in light.towards)
            x, y = camera.centre + camera.focal * right / ahead, camera.horizon - camera.focal * up / ahead
            radius = light.size * side
            seen = 0.95 if light.cover < 0.25 else 0.25
            rows.append((x, y, x, y, radius, radius, radius * 0.1, seen, *light.disc))
        return np.array(rows, np.float32).reshape(-1, STROKE_COLUMNS)

    def _draw_mirror(self, camera: Camera, t: float, wind: float) -> None:
        """What level water shows: everything beyond it upside down, at half the size unless the water is calm."""
        part = self._coarse
        half = camera.halved() if part == 2 else camera
        rows, columns = self._mirror.shape[1:]
        level = round(half.horizon)
        above = max(1, min(part * level, self.shot.height))
        for channel in range(3):
            size = columns, max(1, above // part)
            small = cv2.resize(self._out[channel, :above], size, interpolation=cv2.INTER_AREA)
            below = small[::-1][: max(0, rows - level)]
            first = max(0, level)
            self._mirror[channel, first : first + len(below)] = below[: rows - first]
            if first + len(below) < rows:
                self._mirror[channel, first + len(below) :] = below[-1] if len(below) else 0
        near = 0.0 if self.scenery.pool is None else self.scenery.pool.near
        standing = [work for work in self._flats if work.flat.mirrored and work.flat.z >= near]
        self._lay(self._mirror, standing, _View(half, t, wind, mirrored=1.0))

    def _lay(self, out: NDArray[np.float32], works: Iterable[Flatwork], view: _View) -> None:
        """Draw flats, the farthest first, in one pass."""
        self._pile.draw(out, [laid for work in works for laid in work.seen(*view[:1], out.shape[2], *view[1:])])

    def _draw_standing(self, camera: Camera, t: float, wind: float, beyond: float) -> None:
        """Flats, growth and players, the farthest first."""
        wet = 0.0 if self.scenery.floor is None else self.scenery.floor.wet
        wall = self.scenery.wall or math.inf
        beyond = min(beyond, wall)
        standing = [work for work in self._flats if work.flat.z < beyond]
        if wet > 0.02:
            self._mirror_wet(standing, camera, t, wind)
        things: list[tuple[float, Flatwork | _Patch | Placed | Effect]] = [(work.flat.z, work) for work in standing]
        placed = [self._now(one, t) for one in self.placed]
        things += [(one.z, one) for one in placed]
        # what grows stands before some players and behind others
        ranks = sorted({one.z for one in placed}, reverse=True)[:_MOST_RANKS]
        for far, near in itertools.pairwise((math.inf, *ranks, 0.0)):
            things += [(near + 1e-4, _Patch(growth, near, far)) for growth in self._growths]
        things += [(effect.z, effect) for effect in self._effects.between if effect.z < wall]
        laid: list[Laid] = []
        for _, thing in sorted(things, key=lambda one: -one[0]):
            if isinstance(thing, Flatwork):
                laid += thing.seen(camera, self.shot.width, t, wind)
                continue
            self._pile.draw(self._out, laid)
            laid = []
            if isinstance(thing, _Patch):
                thing.growing.draw(self._out, camera, thing.near, thing.far)
            elif isinstance(thing, Placed):
                self._draw_player(thing, camera, t, wet)
            else:
                self._effects.draw(thing, self._out, camera, t)
        self._pile.draw(self._out, laid)

    def _mirror_wet(self, standing: list[Flatwork], camera: Camera, t: float, wind: float) -> None:
        """What stands, upside down in wet ground, smeared downwards as rough ground does; at a quarter of the size."""
        first, wet = max(0, math.ceil(camera.horizon)), self._floor.floor.wet if self._floor is not None else 0.0
        if first >= self.shot.height:
            return
        small, top = self._wet, first // CELL
        size = small.shape[2], small.shape[1] - top
        for channel in range(3):
            ground = self._out[channel, top * CELL :]
            cv2.resize(ground, size, dst=small[channel, top:], interpolation=cv2.INTER_AREA)
        staged = [work for work in standing if work.flat.z >= self.scenery.stage[0]]
        self._lay(small, staged, _View(camera.halved().halved(), t, wind, mirrored=1.0))
        moisten(self._out, small[:, top:], top * CELL, wet)

    def _mirror_players(self, camera: Camera, t: float) -> None:
        """Those who stand on the ground, upside down, in the mirror image that is half as large."""
        half = camera.halved()
        for one in sorted((self._now(one, t) for one in self.placed), key=lambda one: -one.z):
            if one.player.medium != "ground":
                continue
            # the same picture is drawn where they stand
            sprite, scale = self._picture(one, camera, t)
            x, y = self._where(one, t)
            foot = half.row(-y, one.z) - (sprite.planes.shape[1] - 1 - sprite.y) * scale / 2
            place = half.column(x, one.z) - sprite.x * scale / 2, foot, scale / 2
            lay(self._mirror, sprite.planes, place, turned=-1.0)

    def _draw_outside(self, camera: Camera, t: float, wind: float) -> None:
        """What is beyond the wall of a room, and the weather there."""
        things: list[tuple[float, Flatwork | Effect]] = [(work.flat.z, work) for work in self._flats]
        things += [(effect.z, effect) for effect in self._effects.between]
        laid: list[Laid] = []
        for z, thing in sorted(things, key=lambda one: -one[0]):
            if z < self.scenery.wall:
                break
            if isinstance(thing, Flatwork):
                laid += thing.seen(camera, self.shot.width, t, wind)
                continue
            self._pile.draw(self._out, laid)
            laid = []
            self._effects.draw(thing, self._out, camera, t)
        self._pile.draw(self._out, laid)

    def _draw_player(self, one: Placed, camera: Camera, t: float, wet: float) -> None:
        spot = self._spot(one, camera, t)
        if spot is None:
            return
        (column, row), metre = spot, camera.metre(one.z)
        sprite, scale = self._picture(one, camera, t)
        place = (column - sprite.x * scale, row - sprite.y * scale, scale)
        if one.player.medium == "ground" and one.mount is None and self.scenery.medium == "air":
            if wet > 0.02:
                below = (place[0], row - (sprite.planes.shape[1] - 1 - sprite.y) * scale, scale)
                lay(self._out, sprite.planes, below, turned=-1.0, gain=wet, hides=wet)
            draw_strokes(self._out, self._shadows(one, column, row, metre, t))
        lay(self._out, sprite.planes, place)
        if one.cord is not None:
            draw_strokes(self._out, self._cord(one, one.cord, camera, t))
        if self._traces is not None and one.player.medium == "ground" and one.mount is None:
            draw_strokes(self._out, self._traces.of(one, camera, t, self._rate))

    def _spot(self, one: Placed, camera: Camera, t: float) -> tuple[float, float] | None:
        """The column and row of somebody's ground point; None of one who is out of the frame."""
        x, y = self._where(one, t)
        column, row = camera.column(x, one.z), camera.row(y, one.z)
        margin = (one.player.long + 0.5) * camera.metre(one.z)
        return (column, row) if -margin < column < self.shot.width + margin else None

    def _begin_players(self, camera: Camera, t: float) -> None:
        """Begin the pictures of those in the frame, the farthest first, beside what lies behind them."""
        wet = 0.0 if self.scenery.floor is None else self.scenery.floor.wet
        self._drawn = {}
        for one in sorted((self._now(one, t) for one in self.placed), key=lambda one: -one.z):
            spot = self._spot(one, camera, t)
            if spot is None or id(one.player) in self._drawn:
                continue
            column, row = spot
            # what is mirrored is wanted whole
            whole = wet > 0.02 or (self.scenery.passage is not None and one.player.medium == "ground")
            window = None if whole else (-column, -row, self.shot.width - column, self.shot.height - row)
            self._drawn[id(one.player)] = beside(self._sprite, one, camera, t, window)

    def _picture(self, one: Placed, camera: Camera, t: float) -> tuple[Sprite, float]:
        """Somebody's picture and by how much it is to be enlarged."""
        begun = self._drawn.get(id(one.player))
        return self._sprite(one, camera, t) if begun is None else begun.result()

    def _now(self, one: Placed, t: float) -> Placed:
        """Somebody where they are at `t`, if they come along a street; a rider where the mount is."""
        mount = one if one.mount is None else self.placed[one.mount]
        if not isinstance(mount, Coming):
            return one
        now = mount.now(t)
        return now if one.mount is None else replace(one, z=now.z - 0.02)

    def _turned(self, one: Placed, t: float) -> float:
        """How far somebody is turned to us; a rider as far as the mount."""
        return one.turned(t) if one.mount is None else self.placed[one.mount].turned(t)

    def _cord(self, one: Placed, cord: Cord, camera: Camera, t: float) -> NDArray[np.float32]:
        """A string that hangs a little between two."""
        other = self._now(self.placed[cord.other], t)
        points = []
        for (x, y), z, (right, up) in (
            (self._where(one, t), one.z, cord.hand),
            (self._where(other, t), other.z, cord.to),
        ):
            points.append((camera.column(x + right, z), camera.row(y + up, z)))
        (x0, y0), (x1, y1) = points
        share = np.linspace(0, 1, 13)
        sag = cord.slack * math.hypot(x1 - x0, y1 - y0) * 4 * share * (1 - share)
        xs, ys = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share + sag
        thick = max(0.45, 0.006 * camera.metre(one.z))
        tone = self._light.ambient * 0.5 + 0.25 * self._light.key
        rows = [(xs[k], ys[k], xs[k + 1], ys[k + 1], thick, thick, 0.8, 0.85, *tone) for k in range(12)]
        return np.array(rows, np.float32).reshape(-1, STROKE_COLUMNS)

    def _sprite(self, one: Placed, camera: Camera, t: float, window: Window | None = None) -> tuple[Sprite, float]:
        """Somebody's picture, of which what is outside `window` is not wanted, and by how much it is to be enlarged."""
        metre = camera.metre(one.z)
        fine = _stepped(metre) if one.still else metre
        turned, aim = self._turned(one, t), one.aim(t)
        light = self._firelight.on_player(one, self._where(one, t)[0], t, self._light.on_players)
        look = Look(fine, light, one.facing, turn=turned, aim=aim, window=window)
        if isinstance(one, Coming):
            look = replace(look, pitch=one.pitch(self.lens.eye))
        return one.player.draw(look, t), metre / fine

    def _where(self, one: Placed, t: float) -> tuple[float, float]:
        """Right of the camera's first place and above the ground."""
        if one.mount is None:
            x, pool = one.at(t), self.scenery.pool
            if one.player.medium == "afloat" and pool is not None and pool.heave:
                return x, one.y + 0.8 * heave(pool, x, one.z, t * self._rate)
            return x, one.y + one.lifted(t)
        mount = self.placed[one.mount]
        ahead, up = mount.player.saddle(t) or (0.0, mount.player.tall)
        return mount.at(t) + mount.facing * ahead, mount.y + up

    def _shadows(self, one: Placed, column: float, row: float, metre: float, t: float) -> NDArray[np.float32]:
        """Soft dark spots where it touches or hovers over the ground."""
        rows = []
        shade = self._light.ambient * 0.12
        for foot in one.player.feet(t):
            near = max(0.0, 1 - foot.above / max(0.3, 0.5 * one.player.tall))
            half = foot.half * metre * (1.2 + 0.8 * (1 - near))
            x = column + one.facing * foot.ahead * metre
            y = row + foot.near * metre * 0.25
            if isinstance(one, Coming):
                # they face us, turned a little to our right
                x = column + (_ASKEW * foot.ahead - foot.near) * metre
                y = row + (foot.ahead + _ASKEW * foot.near) * metre * one.pitch(self.lens.eye)
            thick = max(0.6, 0.22 * half)
            rows.append((x - half + thick, y, x + half - thick, y, thick, thick, 0.9 * thick + 1, 0.62 * near, *shade))
        return np.array(rows, np.float32).reshape(-1, STROKE_COLUMNS)

    # -- sound -----------------------------------------------------------------------------------------------

    def score(self) -> Score:
        """What is heard of the place, of its weather, and of everybody where and when they touch down."""
        return compose(self.shot, self.scenery, self.placed, self._across, self._effects.sounds())

    def _across(self, one: Placed, moment: float) -> float:
        camera, now = self._path.at(moment, moment / self.shot.seconds), self._now(one, moment)
        return float(np.clip(camera.column(self._where(now, moment)[0], now.z) / self.shot.width, 0, 1))


def _stepped(metre: float) -> float:
    """The next of sizes a twentieth apart: what keeps still keeps its picture while the camera comes nearer."""
    return float(1.05 ** math.ceil(math.log(max(1.0, metre), 1.05)))


class _View(NamedTuple):
    """The camera, seconds, the gust's force, and whether what it sees is mirrored (0…1), as Flatwork takes them."""

    camera: Camera
    t: float
    wind: float
    mirrored: float = 0.0


class _Patch(NamedTuple):
    """What grows between two distances."""

    growing: Growing
    near: float
    far: float


def _lens(shot: Shot, horizon: float) -> Lens:
    focal = _FOCAL * math.sqrt(shot.width * shot.height)
    return Lens(shot.width, shot.height, focal, horizon * shot.height, _EYE)
