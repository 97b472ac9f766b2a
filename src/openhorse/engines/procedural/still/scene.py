"""A given picture in, a shot of it coming alive out: the picture is the first frame, everything eases in from it.

Knows no engine and no file. What moves is decided in treatment.py, after what analysis.py has found.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.gusts import STRONGEST, force
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.still.analysis import Layout, survey
from openhorse.engines.procedural.still.camera import View
from openhorse.engines.procedural.still.composite import Composite, Weather
from openhorse.engines.procedural.still.fall import Fall
from openhorse.engines.procedural.still.glow import Glow
from openhorse.engines.procedural.still.lights import Lights, find_lights
from openhorse.engines.procedural.still.plate import (
    Field,
    Layers,
    Opening,
    Pixels,
    fill,
    fit,
    guided,
    largest,
    plate_size,
    split,
)
from openhorse.engines.procedural.still.scoring import compose
from openhorse.engines.procedural.still.treatment import Treatment, describe, treat
from openhorse.engines.procedural.still.warp import Motion, Warp
from openhorse.vocabulary import Frame, Picture

_RIM = 0.9
"""How near a subject's outline is, its ground being at 0 and its nearest part at 1."""
_BODY = 0.87
"""The depth from which a subject's parts turn and breathe: its outline a little, its middle most."""


class Still:
    """The scene of one picture, in the frame of `shot`; any picture will do."""

    notes: tuple[str, ...]

    def __init__(self, shot: Shot, picture: Picture) -> None:
        self.shot = shot
        self._first, alpha = flatten(picture, shot.width, shot.height)
        expect_figure = "turn" in shot.brief.actions or "blur" in shot.brief.looks
        self.layout = survey(self._first, alpha, expect_figure)
        lights = find_lights(self._first, self.layout, shot.brief)
        self.treatment = treat(shot, self.layout, lights)
        self.notes = describe(self.treatment, self.layout, lights, shot.brief)
        self._score = compose(self.treatment, self.layout, lights, shot)
        self._front, self._front_warp, self._backs, self._back_warp = _layers(
            self._first, self.layout, self.treatment, alpha, lights
        )
        self._back_rows = _rows_of_back(self._front, self.treatment)
        self._horizon = self.layout.horizon * shot.height if self.treatment.kind == "landscape" else 0.0
        self._side = math.sqrt(shot.width * shot.height)
        self._shine = _Shine(shot, self.layout, self.treatment)
        self._glow = Glow(self._first, self.layout, lights, self._front_warp.grid, shot.seed)
        self._composite = Composite(shot.width, shot.height, shot.seed)
        self._fall = None
        if self.treatment.fall is not None:
            self._fall = Fall(self.treatment.fall, shot.width, shot.height, shot.seed)
            self._composite.falling = _falling_colour(self._first)
        self._darkroom = Darkroom(shot.width, shot.height)

    def frame(self, index: int) -> Frame:
        """Frame `index` (0 … frame_count − 1); its planes are reused by the next call."""
        if index <= 0:
            return self._darkroom.convert(self._first)
        self._draw(index)
        return self._composite.encode(self._darkroom)

    def rgb(self, index: int) -> Pixels:
        """The picture that `frame` encodes: height × width × 3, display-referred; reused by the next call."""
        if index <= 0:
            return self._first.copy()
        self._draw(index)
        return self._composite.rgb()

    def _draw(self, index: int) -> None:
        seconds, part = self.shot.moment(index)
        t = seconds * self.treatment.pace
        view = self.treatment.path.view(seconds, part)
        front = self._front_warp.apply(self._front, self._motion(t, view))
        back, carrier, carried = None, self._front_warp, view
        if self._back_warp is not None:
            ground = self._back_motion(t, self.treatment.path.view_of_ground(seconds, part))
            back = self._back_warp.apply(self._focused(seconds), ground, self._back_rows)
            if self._glow.is_of_water:
                carrier, carried = self._back_warp, ground.view
        shine = self._shine.at(t * self.treatment.hours)
        if self._glow.shines:
            glow = carrier.follow(self._glow.at(t, self.treatment.glitter), carried)
            shine = cv2.add(glow, cv2.resize(shine, (glow.shape[1], glow.shape[0])))
        fall = None if self._fall is None else self._fall.at(t)
        self._composite.join(front, back, shine, index, self._weather(t, view), fall)

    def score(self) -> Score:
        """What is heard of what was found."""
        return self._score

    def _motion(self, t: float, view: View) -> Motion:
        plan, side = self.treatment, self._side
        wake = smooth(t / 1.4)
        part = t / max(0.1, self.shot.seconds * plan.pace)
        return Motion(
            t=t,
            view=view,
            turn=math.sin(plan.turn * _turned(part)) * self._thickness(),
            lift=plan.breath * side * wake * math.sin(math.tau * t / 4.2),
            body=_BODY if plan.kind == "figure" else 0.0,
            sway=plan.sway * side * wake * STRONGEST * force(t, self.shot.seed),
            ripple=plan.ripple * side * wake,
            flame=plan.flame * side * wake,
        )

    def _back_motion(self, t: float, view: View) -> Motion:
        """The ground's motion: the camera's, the water's and the sky's, but neither the wind's nor the subject's."""
        plan = self.treatment
        hours = t * plan.hours
        return Motion(
            t=t,
            view=view,
            ripple=plan.ripple * self._side * smooth(t / 1.4),
            # from rest to a steady drift; opening the sky from a far side shows nothing beyond the picture's edge
            spread=plan.drift * hours * t / (t + 1.2),
            spread_x=(0.85 if self.shot.seed % 2 else 0.15) * self.shot.width,
            horizon=self._horizon_under(view),
        )

    def _horizon_under(self, view: View) -> float:
        """The row to which the camera has brought the horizon."""
        if self._horizon == 0:
            return 0.0
        height = self.shot.height
        pivot, middle = view.pivot_far[1] * (height - 1), 0.5 * height
        brought = pivot + (self._horizon - pivot) * (1 + view.zoom_far)
        off = brought - middle
        return brought - off * view.recede_far * (1 - min(1.0, abs(off) / middle))

    def _thickness(self) -> float:
        """Half the depth of the subject, in pixels, were it as thick as it is wide."""
        figure = self.layout.figure
        if figure is None:
            return 0.25 * self._side
        # as thick as wide: a standing person is far thinner than the square root of what they cover
        return min(0.5 * math.sqrt(float(figure.matte.mean())), 1.3 * figure.girth()) * self._side

    def _focused(self, seconds: float) -> Pixels:
        """The back, blurred by and by where the treatment wants it."""
        if len(self._backs) == 1:
            return self._backs[0]
        pulled = smooth(seconds / 2.5) * (len(self._backs) - 1)
        near = min(int(pulled), len(self._backs) - 2)
        share = pulled - near
        mixed: Pixels = cv2.addWeighted(self._backs[near], 1 - share, self._backs[near + 1], share, 0)
        return mixed

    def _weather(self, t: float, view: View) -> Weather:
        plan = self.treatment
        warmed = smooth(t / 3)
        red, green, blue = (1 + (tint - 1) * warmed for tint in plan.tint)
        return Weather(
            t * plan.hours,
            self._horizon_under(view) / self.shot.height,
            plan.clouds * smooth(t / 2.6),
            plan.cover,
            (red, green, blue),
        )


class _Shine:
    """Light that comes and goes: cloud shadows over land, or a lamp moving about indoors."""

    def __init__(self, shot: Shot, layout: Layout, treatment: Treatment) -> None:
        self._depth = treatment.shade or treatment.key
        self._outdoors = treatment.shade > 0
        columns, rows = max(8, shot.width // 10), max(8, shot.height // 10)
        x = (np.arange(columns, dtype=np.float32)[None, :] + 0.5) / columns - 0.5
        y = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / rows
        if self._outdoors:
            # shadows lie on the ground: drawn out across, pressed together towards the horizon
            away = 0.3 / (np.maximum(y - layout.horizon, 0.02) + 0.12)
            across = x * (shot.width / shot.height) * away
        else:
            away, across = y * 0.8, x * (shot.width / shot.height)
        # towards the horizon shadows run together, and on water they hardly show
        seen = np.ones((rows, columns), np.float32)
        if self._outdoors:
            seen *= np.clip((y - layout.horizon + 0.02) / 0.16, 0, 1) if layout.has_sky else 1
            seen *= 1 - 0.75 * cv2.blur(cv2.resize(layout.water, (columns, rows)), (5, 5))
        self._seen = seen
        self._away, self._across = (
            np.broadcast_to(part, (rows, columns)).astype(np.float32) for part in (away, across)
        )
        random = np.random.default_rng(shot.seed)
        self._waves = np.column_stack(
            [random.uniform(2.0, 7.5, 6), random.uniform(-9, 9, 6), random.uniform(0, 6.3, 6)]
        )

    def at(self, t: float) -> Field:
        """Light added at `t`, as a part of what is there; coarse, to be enlarged."""
        if not self._outdoors:
            swing = math.sin(math.tau * t / 7.5)
            lamp: Field = np.float32(swing) * self._across + np.float32(0.25 * abs(swing))
            lamp *= np.float32(self._depth * smooth(t / 2))
            return lamp
        total = np.zeros(self._away.shape, np.float32)
        for across, away, phase in self._waves.astype(np.float32):
            total += np.sin(self._across * across + self._away * away + phase + across * np.float32(0.22 * t))
        lit: Field = np.clip(total / 3.4 + 0.5, 0, 1)
        lit = lit * lit * (3 - 2 * lit)
        lit *= np.float32(1.2)
        lit -= np.float32(0.75)
        lit *= np.float32(self._depth * smooth(t / 1.8))
        lit *= self._seen
        return lit


def smooth(x: float) -> float:
    """0 to 1 while x goes from 0 to 1, at rest at both ends."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def _turned(part: float) -> float:
    """How far a subject has turned: over to one side, then a little back."""
    return smooth(part / 0.6) - 0.3 * smooth((part - 0.62) / 0.38)


def _falling_colour(rgb: Pixels) -> tuple[float, float, float]:
    """The colour of flakes and drops in the light of a picture: white by day, grey by night."""
    red, green, blue = np.percentile(rgb[::16, ::16].reshape(-1, 3), 82, axis=0)
    bright = float(np.clip(0.75 * (0.3 * red + 0.6 * green + 0.1 * blue) + 70, 120, 240))
    return bright * 0.985, bright * 0.99, bright * 1.02


def flatten(picture: Picture, width: int, height: int) -> tuple[Pixels, Field | None]:
    """The picture in a frame of `width` × `height`, over a plain ground where it is clear, and its own matte if any."""
    rgba = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4)
    rgb = np.ascontiguousarray(rgba[..., :3])
    alpha = rgba[..., 3]
    if not picture.has_alpha or int(alpha.min()) > 250:
        return fit(rgb, width, height), None
    shown = rgb[alpha > 128]
    # a dark subject stands before white, a white one before a mid-grey
    ground = 244 if len(shown) == 0 or float(shown[::37].mean()) < 190 else 104
    cover = cv2.merge([alpha] * 3)
    rgb = cv2.add(
        cv2.multiply(rgb, cover, scale=1 / 255), cv2.multiply(np.full_like(rgb, ground), 255 - cover, scale=1 / 255)
    )
    matte: Field = fit(cover, width, height)[..., 0].astype(np.float32) * np.float32(1 / 255)
    open_share = float((matte < 0.5).mean())
    # a few clear pixels, or nothing but them, make no subject
    return fit(rgb, width, height), matte if 0.1 < open_share < 0.97 else None


def _layers(
    rgb: Pixels, layout: Layout, treatment: Treatment, alpha: Field | None, lights: Lights
) -> tuple[NDArray[np.uint8], Warp, list[Pixels], Warp | None]:
    """The front layer and its warp; the back in its states of focus and its warp, if the picture comes apart."""
    height, width = rgb.shape[:2]
    nothing = np.zeros_like(layout.depth)
    flames = (lights.flames, lights.rise) if lights.has_flames else ()
    if treatment.kind == "surface":
        depth = layout.depth
        if layout.figure is not None and not treatment.turn:
            depth = _leaning(depth)  # nothing is told apart, so nothing bulges
        elif treatment.turn and layout.figure is None:
            depth = _dome(depth)
        return rgb, Warp(width, height, depth, layout.plants, layout.water, flames), [], None
    if treatment.kind == "figure":
        layers = _figure_layers(rgb, layout, alpha)
        return (
            layers.front,
            Warp(width, height, _RIM + (1 - _RIM) * layout.depth, nothing, nothing, flames),
            _focus_steps(layers.back, treatment.blur),
            Warp(width, height, _ground(layout), layout.plants, nothing),
        )
    layers = _landscape_layers(rgb, layout)
    depth, plants = _standing(layout)
    far, water = _lying(layout)
    return (
        layers.front,
        Warp(width, height, depth, plants, nothing, flames),
        [layers.back],
        Warp(width, height, far, nothing, water),
    )


def _leaning(like: Field) -> Field:
    """A picture that leans back a little: its foot nearer than its head."""
    height, width = like.shape
    return np.repeat(np.linspace(0.3, 0.6, height, dtype=np.float32)[:, None], width, axis=1)


def _ground(layout: Layout) -> Field:
    """What is behind a subject: far, but as near as the subject's outline where it stands, if it stands."""
    height, width = layout.depth.shape
    assert layout.figure is not None
    if "bottom" in layout.figure.cut_off():
        return np.zeros((height, width), np.float32)
    foot = layout.figure.foot()
    down = (np.arange(height, dtype=np.float32) + 0.5) / height
    ramp = np.clip((down - foot + 0.3) / 0.3, 0, 1)
    return np.repeat((_RIM * ramp * ramp * (3 - 2 * ramp))[:, None], width, axis=1).astype(np.float32)


def _dome(like: Field) -> Field:
    """A picture bent as if over a ball: near in the middle, far at the border."""
    height, width = like.shape
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width - 0.5
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height - 0.5
    dome: Field = np.exp(-(x * x + y * y) * 7).astype(np.float32)
    return dome


def _rows_of_back(front: NDArray[np.uint8], treatment: Treatment) -> int:
    """How many rows from the top can ever show anything of the back, however the front moves."""
    height: int = front.shape[0]
    if front.shape[2] < 4:
        return 0
    showing = np.flatnonzero(cv2.reduce(cv2.extractChannel(front, 3), 1, cv2.REDUCE_MAX)[:, 0] > 2)
    path = treatment.path
    if min(path.zooms) < 0:
        return height  # a front that shrinks bares what is behind it all round
    moved = round(height * (0.03 + max(path.zooms) + 0.25 * max(path.recede)))
    lowest = int(showing[-1]) if len(showing) else 0
    return min(height, lowest + 2 + moved) if lowest else 2


def _figure_layers(rgb: Pixels, layout: Layout, alpha: Field | None) -> Layers:
    assert layout.figure is not None
    matte = layout.figure.matte if alpha is None else alpha
    side = max(5, max(matte.shape) // 34) | 1
    hidden = cv2.dilate(matte, np.ones((side, side), np.uint8))
    if alpha is None:
        matte = _sharpened(rgb, matte)
    return split(rgb, Opening(1 - matte, (hidden < 0.02).astype(np.float32)))


def _landscape_layers(rgb: Pixels, layout: Layout) -> Layers:
    beyond = np.maximum(layout.sky, layout.water)
    return split(rgb, Opening(_sharpened(rgb, beyond), _undoubted(rgb, beyond), thin=True, seam=layout.sea_horizon))


def _sharpened(rgb: Pixels, mask: Field) -> Field:
    """A mask found at the working size, its outline drawn to the picture's edges."""
    size = plate_size(rgb.shape[1], rgb.shape[0])
    grey = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    soft = guided(grey.astype(np.float32) / 255, cv2.resize(mask, size), max(3, max(size) // 130), 4e-4)
    sharpened: Field = np.clip((soft - 0.2) / 0.6, 0, 1)
    return sharpened


def _undoubted(rgb: Pixels, beyond: Field) -> Field:
    """Where sky and water show and nothing thin stands before them."""
    size = plate_size(rgb.shape[1], rgb.shape[0])
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    side = max(7, max(size) // 40) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    bright = largest(cv2.morphologyEx(small, cv2.MORPH_TOPHAT, kernel))
    dark = largest(cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, kernel))
    mask = cv2.resize(beyond, size, interpolation=cv2.INTER_LINEAR)
    thin = (np.maximum(bright, dark) > 12).astype(np.uint8)
    land = (mask < 0.5).astype(np.uint8)
    # what is thin and grows out of the land stands before the sky; a wisp of cloud hangs free of it
    _, parts = cv2.connectedComponents(cv2.dilate(thin | land, np.ones((3, 3), np.uint8)), connectivity=8)
    rooted = np.unique(parts[land > 0])
    standing = (np.isin(parts, rooted[rooted > 0]) & (thin > 0)).astype(np.uint8)
    standing = cv2.dilate(standing | land, np.ones((3, 3), np.uint8))
    return np.where(standing > 0, 0, mask).astype(np.float32)


def _standing(layout: Layout) -> tuple[Field, Field]:
    """Depth and sway of the land, carried on over the sky and water beside it so that outlines move as one piece."""
    beyond = (layout.sky + layout.water > 0.5).astype(np.uint8)
    land = 1 - cv2.dilate(beyond, np.ones((3, 3), np.uint8)).astype(np.float32)
    side = max(layout.depth.shape)
    depth = cv2.GaussianBlur(fill(layout.depth, land), (0, 0), side * 0.022)
    plants = cv2.GaussianBlur(fill(layout.plants, land), (0, 0), side * 0.008)
    return depth, plants


def _lying(layout: Layout) -> tuple[Field, Field]:
    """Depth and ripple of what lies behind: sky infinitely far, water from the horizon towards us."""
    height, width = layout.depth.shape
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    ramp = np.clip((down - layout.horizon) / (1 - layout.horizon + 1e-3), 0, 1)
    water = cv2.blur(cv2.dilate(layout.water, np.ones((7, 7), np.uint8)), (5, 5))
    # the horizon itself stays a straight line
    water = water * np.clip((down - layout.horizon) / 0.04, 0, 1)
    depth = np.repeat(ramp**0.85, width, axis=1).astype(np.float32)
    return depth, water.astype(np.float32)


def _focus_steps(back: Pixels, blur: float) -> list[Pixels]:
    """The back as it is, and half and wholly blurred when there is any blur (a part of the mean side)."""
    if blur <= 0:
        return [back]
    height, width = back.shape[:2]
    half = (max(2, width // 2), max(2, height // 2))
    small = cv2.resize(back, half, interpolation=cv2.INTER_AREA)
    sigma = blur * math.sqrt(width * height) / 2
    steps = [cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma * part), (width, height)) for part in (0.4, 1.0)]
    return [back, *steps]
