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
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.still.analysis import Layout, survey
from openhorse.engines.procedural.still.composite import Composite, Weather
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
from openhorse.engines.procedural.still.treatment import Treatment, compose, describe, treat
from openhorse.engines.procedural.still.warp import Motion, Warp
from openhorse.vocabulary import Frame, Picture


class Still:
    """The scene of one picture, in the frame of `shot`; any picture will do."""

    notes: tuple[str, ...]

    def __init__(self, shot: Shot, picture: Picture) -> None:
        self.shot = shot
        self._first, alpha = flatten(picture, shot.width, shot.height)
        expect_figure = "turn" in shot.brief.actions or "blur" in shot.brief.looks
        self.layout = survey(self._first, alpha, expect_figure)
        self.treatment = treat(shot, self.layout)
        self.notes = describe(self.treatment, self.layout, shot.brief)
        self._front, self._front_warp, self._backs, self._back_warp = _layers(
            self._first, self.layout, self.treatment, alpha
        )
        self._back_rows = _rows_of_back(self._front, self.treatment)
        self._horizon = self.layout.horizon * shot.height if self.treatment.kind == "landscape" else 0.0
        self._side = math.sqrt(shot.width * shot.height)
        self._shine = _Shine(shot, self.layout, self.treatment)
        self._composite = Composite(shot.width, shot.height, shot.seed)
        self._darkroom = Darkroom(shot.width, shot.height)

    def frame(self, index: int) -> Frame:
        """Frame `index` (0 … frame_count − 1); its planes are reused by the next call."""
        return self._darkroom.convert(self.rgb(index))

    def rgb(self, index: int) -> Pixels:
        """The picture that `frame` encodes: height × width × 3, display-referred; reused by the next call."""
        if index <= 0:
            return self._first.copy()
        seconds, part = self.shot.moment(index)
        t = seconds * self.treatment.pace
        motion = self._motion(t, part)
        front = self._front_warp.apply(self._front, motion)
        back = None
        if self._back_warp is not None:
            back = self._back_warp.apply(self._focused(seconds), self._back_motion(motion), self._back_rows)
        return self._composite.join(front, back, self._shine.at(t), index, self._weather(t, motion))

    def score(self) -> Score:
        """What is heard of what was found."""
        return compose(self.treatment, self.layout, self.shot)

    def _motion(self, t: float, part: float) -> Motion:
        plan, side = self.treatment, self._side
        eased = part * part * (2 - part)
        wake = smooth(t / 1.4)
        return Motion(
            t=t,
            zoom_far=plan.zoom_far * eased,
            zoom_near=plan.zoom_near * eased,
            pivot_x=plan.pivot[0] * (self.shot.width - 1),
            pivot_y=plan.pivot[1] * (self.shot.height - 1),
            turn=math.sin(plan.turn * _turned(part)) * self._thickness(),
            lift=plan.breath * side * wake * math.sin(math.tau * t / 4.2),
            sway=plan.sway * side * wake,
            ripple=plan.ripple * side * wake,
        )

    def _back_motion(self, motion: Motion) -> Motion:
        """The ground's motion: the camera's, the water's and the sky's, but neither the wind's nor the subject's."""
        plan = self.treatment
        return Motion(
            t=motion.t,
            zoom_far=motion.zoom_far,
            zoom_near=motion.zoom_near,
            pivot_x=motion.pivot_x,
            pivot_y=motion.pivot_y,
            ripple=motion.ripple,
            # from rest to a steady drift; opening the sky from a far side shows nothing beyond the picture's edge
            spread=plan.drift * motion.t * motion.t / (motion.t + 1.2),
            spread_x=(0.85 if self.shot.seed % 2 else 0.15) * self.shot.width,
            horizon=self._horizon_under(motion),
        )

    def _horizon_under(self, motion: Motion) -> float:
        """The row to which the camera has brought the horizon."""
        if self._horizon == 0:
            return 0.0
        return motion.pivot_y + (self._horizon - motion.pivot_y) * (1 + motion.zoom_far)

    def _thickness(self) -> float:
        """Half the depth of the subject, in pixels, were it as thick as it is wide."""
        figure = self.layout.figure
        share = 0.25 if figure is None else float(figure.matte.mean())
        return 0.5 * math.sqrt(share) * self._side

    def _focused(self, seconds: float) -> Pixels:
        """The back, blurred by and by where the treatment wants it."""
        if len(self._backs) == 1:
            return self._backs[0]
        pulled = smooth(seconds / 2.5) * (len(self._backs) - 1)
        near = min(int(pulled), len(self._backs) - 2)
        share = pulled - near
        mixed: Pixels = cv2.addWeighted(self._backs[near], 1 - share, self._backs[near + 1], share, 0)
        return mixed

    def _weather(self, t: float, motion: Motion) -> Weather:
        plan = self.treatment
        warmed = smooth(t / 3)
        red, green, blue = (1 + (tint - 1) * warmed for tint in plan.tint)
        return Weather(
            t,
            self._horizon_under(motion) / self.shot.height,
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
        return lit


def smooth(x: float) -> float:
    """0 to 1 while x goes from 0 to 1, at rest at both ends."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def _turned(part: float) -> float:
    """How far a subject has turned: over to one side, then a little back."""
    return smooth(part / 0.6) - 0.3 * smooth((part - 0.62) / 0.38)


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
    rgb: Pixels, layout: Layout, treatment: Treatment, alpha: Field | None
) -> tuple[NDArray[np.uint8], Warp, list[Pixels], Warp | None]:
    """The front layer and its warp; the back in its states of focus and its warp, if the picture comes apart."""
    height, width = rgb.shape[:2]
    nothing = np.zeros_like(layout.depth)
    if treatment.kind == "surface":
        depth = _dome(layout.depth) if treatment.turn and layout.figure is None else layout.depth
        return rgb, Warp(width, height, depth, layout.plants, layout.water), [], None
    if treatment.kind == "figure":
        layers = _figure_layers(rgb, layout, alpha)
        return (
            layers.front,
            Warp(width, height, 0.25 + 0.75 * layout.depth, nothing, nothing),
            _focus_steps(layers.back, treatment.blur),
            Warp(width, height, nothing, layout.plants, nothing),
        )
    layers = _landscape_layers(rgb, layout)
    depth, plants = _standing(layout)
    far, water = _lying(layout)
    return (
        layers.front,
        Warp(width, height, depth, plants, nothing),
        [layers.back],
        Warp(width, height, far, nothing, water),
    )


def _dome(like: Field) -> Field:
    """A picture bent as if over a ball: near in the middle, far at the border."""
    height, width = like.shape
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width - 0.5
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height - 0.5
    dome: Field = np.exp(-(x * x + y * y) * 7).astype(np.float32)
    return dome


def _rows_of_back(front: NDArray[np.uint8], treatment: Treatment) -> int:
    """How many rows from the top can ever show anything of the back, however the front moves."""
    height = front.shape[0]
    if front.shape[2] < 4:
        return 0
    showing = np.flatnonzero(cv2.reduce(cv2.extractChannel(front, 3), 1, cv2.REDUCE_MAX)[:, 0] > 2)
    moved = round(height * (0.03 + max(treatment.zoom_near, treatment.zoom_far)))
    return min(height, int(showing[-1]) + 2 + moved) if len(showing) else 2


def _figure_layers(rgb: Pixels, layout: Layout, alpha: Field | None) -> Layers:
    assert layout.figure is not None
    matte = layout.figure.matte if alpha is None else alpha
    side = max(3, max(matte.shape) // 60) | 1
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
