"""A given picture in, a shot of it coming alive out: the picture is the first frame, everything eases in from it.

Knows no engine and no file. What moves is decided in treatment.py, after what analysis.py has found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from openhorse.engines.procedural.brief import FRAME_RATE, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.drawing.sampling import Sheet, lay
from openhorse.engines.procedural.gusts import STRONGEST, force
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.still.analysis import Layout, survey
from openhorse.engines.procedural.still.camera import View, travel
from openhorse.engines.procedural.still.composite import Composite, Falling, Layer, Moment, Veil, Weather
from openhorse.engines.procedural.still.fall import Fall, downpour_of, light_of_fall
from openhorse.engines.procedural.still.glow import Glow
from openhorse.engines.procedural.still.haze import Haze, air_of
from openhorse.engines.procedural.still.layers import BODY, Found, take_apart
from openhorse.engines.procedural.still.lights import find_lights
from openhorse.engines.procedural.still.plate import Field, Pixels, fit
from openhorse.engines.procedural.still.scoring import compose
from openhorse.engines.procedural.still.treatment import Treatment, describe, treat
from openhorse.engines.procedural.still.warp import Motion, Warp
from openhorse.vocabulary import Frame, Picture

_BLURRED_FROM = 6.0
"""Pixels a frame from which on the camera is so fast that what it passes is blurred."""
_MOST_TAPS = 8


@dataclass(frozen=True, slots=True)
class _Exposure:
    """The camera when the shutter closes and when it opened."""

    at_end: View
    at_start: View


class Still:
    """The scene of one picture, in the frame of `shot`; any picture will do."""

    notes: tuple[str, ...]

    def __init__(self, shot: Shot, picture: Picture) -> None:
        self.shot = shot
        self._first, alpha = flatten(picture, shot.width, shot.height)
        expect_figure = "turn" in shot.brief.actions or "blur" in shot.brief.looks
        self.layout = survey(self._first, alpha, expect_figure, shot.brief.life)
        lights = find_lights(self._first, self.layout, shot.brief)
        self.treatment = treat(shot, self.layout, lights)
        self.notes = describe(self.treatment, self.layout, lights, shot.brief)
        self._score = compose(self.treatment, self.layout, lights, shot)
        parts = take_apart(self._first, Found(self.layout, lights, alpha), self.treatment, shot.seed)
        self._parts, self._front_warp, self._back_warp = parts, parts.front_warp, parts.back_warp
        self._front, self._backs = lay(parts.front), [lay(back) for back in parts.backs]
        self._sharp_front: Sheet | None = None
        self._sharp_back: Sheet | None = None
        scale = _enlargement(shot, picture, self.treatment)
        # water does not run in the larger copy, which would be seen where it takes its place
        if scale > 1 and parts.front_flow is None and parts.back_flow is None:
            large, alpha = flatten(picture, round(shot.width * scale), round(shot.height * scale))
            found = Found(self.layout, lights, alpha)
            copy = take_apart(_sharpened_picture(large, picture), found, self.treatment, shot.seed)
            off = (scale - 1) / 2
            self._sharp_front = lay(copy.front, scale, off, off)
            self._sharp_back = lay(copy.backs[0], scale, off, off) if copy.backs else None
        self._horizon = self.layout.horizon * shot.height if self.treatment.kind == "landscape" else 0.0
        self._side = math.sqrt(shot.width * shot.height)
        self._shine = _Shine(shot, self.layout, self.treatment)
        self._glow = Glow(self._first, self.layout, lights, self._front_warp.grid, shot.seed)
        self._composite = Composite(shot.width, shot.height, shot.seed)
        self._fall = self._haze = None
        weather = shot.brief.weather
        if self.treatment.fall is not None:
            ground = None if self.treatment.kind != "landscape" else self.layout.horizon + 0.04
            self._fall = Fall(downpour_of(self.treatment.fall, weather, ground), shot.width, shot.height, shot.seed)
            self._falling = light_of_fall(self._first, self._composite.grid)
        air = air_of(weather)
        if air is not None:
            self._haze = Haze(air, self._first, self.layout.horizon if self.layout.has_sky else 0.0)
        self._darkroom = Darkroom(shot.width, shot.height)

    def frame(self, index: int) -> Frame:
        """Frame `index` (0 … frame_count − 1); its planes are reused by the next call."""
        if index <= 0:
            return self._darkroom.convert(self._first)
        return self._composite.encode(self._moment(index), self._darkroom)

    def rgb(self, index: int) -> Pixels:
        """The picture that `frame` encodes: height × width × 3, display-referred; reused by the next call."""
        if index <= 0:
            return self._first.copy()
        return self._composite.rgb(self._moment(index))

    def _moment(self, index: int) -> Moment:
        """What is joined into frame `index`."""
        plan = self.treatment
        seconds, _ = self.shot.moment(index)
        t = seconds * plan.pace
        view, ground = self._views(index)
        carrier, carried = self._front_warp, view.at_end
        front = self._layer(self._front_warp, self._motion(t, view.at_end), view, self._running_front(t))
        back = veil = None
        haze = self._haze
        hidden = None if haze is None else haze.over(self._front_warp.nearness(view.at_end), t)
        front = replace(front, **self._sharper(self._sharp_front, view.at_end))
        if self._back_warp is not None:
            back = self._layer(self._back_warp, self._back_motion(t, ground.at_end), ground, self._backs[0])
            back = self._focused(back, seconds, t, ground.at_end)
            if self._glow.is_of_water:
                carrier, carried = self._back_warp, ground.at_end
        if haze is not None and hidden is not None:
            warp = self._back_warp or self._front_warp
            veil = Veil(haze.colour, hidden, haze.over(warp.nearness(ground.at_end), t))
        shine = self._on_grid(self._shine.at(t * plan.hours))
        if self._glow.shines:
            shine += carrier.follow(self._glow.at(t, plan.glitter), carried)
        falling = None if self._fall is None else Falling(*self._fall.at(t), self._falling, plan.kind == "figure")
        return Moment(index, front, back, shine, self._weather(t, view.at_end), veil, falling)

    def _views(self, index: int) -> tuple[_Exposure, _Exposure]:
        """The camera while the shutter is open for frame `index`, half of its time; for the front and for the back."""
        path, frames = self.treatment.path, max(1, self.shot.frame_count - 1)
        ends = [(k / FRAME_RATE, min(1.0, k / frames)) for k in (index, index - 0.5)]
        return _Exposure(*(path.view(*end) for end in ends)), _Exposure(*(path.view_of_ground(*end) for end in ends))

    def _layer(self, warp: Warp, motion: Motion, seen: _Exposure, sheet: Sheet) -> Layer:
        """A sheet as `warp` moves it, blurred along its way where the camera is fast."""
        moved = travel(seen.at_end, seen.at_start) * max(self.shot.width, self.shot.height)
        if moved < _BLURRED_FROM / 2:
            return Layer(sheet, warp.bend(motion))
        earlier = warp.bend(replace(motion, view=seen.at_start)).copy()
        maps = np.concatenate([warp.bend(motion), earlier])
        return Layer(sheet, maps, taps=min(_MOST_TAPS, 2 + int(moved / 1.5)))

    def _sharper(self, sharp: Sheet | None, view: View) -> dict[str, Any]:
        """How far a larger picture takes a layer's place, the closer the camera the more."""
        near = 0.5 * (view.zoom_far + view.zoom_near)
        detail = 0.0 if sharp is None else smooth((near - 0.1) / 0.25)
        return {"sharp": sharp, "detail": detail} if detail > 0 else {}

    def _on_grid(self, field: Field) -> Field:
        """A coarse field of any size on the grid of the maps."""
        columns, rows = self._composite.grid
        inner = cv2.resize(field, (columns - 2, rows - 2), interpolation=cv2.INTER_LINEAR)
        grid: Field = cv2.copyMakeBorder(inner, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        return grid

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
            body=BODY if plan.kind == "figure" else 0.0,
            sway=plan.swing * side * wake * STRONGEST * force(t, self.shot.seed),
            ripple=plan.ripple * side * wake,
            flame=plan.flame * side * wake,
            breath=plan.breath * side * wake * math.sin(math.tau * t / 4.2),
        )

    def _back_motion(self, t: float, view: View) -> Motion:
        """The ground's motion: the camera's, the water's and the sky's, and the wind's behind a subject."""
        plan = self.treatment
        hours, gust = t * plan.hours, STRONGEST * force(t, self.shot.seed)
        return Motion(
            t=t,
            view=view,
            sway=plan.sway * self._side * smooth(t / 1.4) * gust if plan.kind == "figure" else 0.0,
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

    def _running_front(self, t: float) -> Sheet:
        """The front with its running water, if it has any."""
        flow = self._parts.front_flow
        if flow is None:
            return self._front
        return self._front.repainted(flow.apply(self._parts.front, t, self.treatment.flow))

    def _focused(self, back: Layer, seconds: float, t: float, view: View) -> Layer:
        """The back with its running water, blurred by and by where the treatment wants it."""
        flow = self._parts.back_flow
        if flow is not None:
            running = flow.apply(self._parts.backs[0], t, self.treatment.flow)
            return replace(back, sheet=self._backs[0].repainted(running))
        if len(self._backs) == 1:
            return replace(back, **self._sharper(self._sharp_back, view))
        pulled = smooth(seconds / 2.5) * (len(self._backs) - 1)
        near = min(int(pulled), len(self._backs) - 2)
        return replace(back, sheet=self._backs[near], sharp=self._backs[near + 1], detail=pulled - near)

    def _weather(self, t: float, view: View) -> Weather:
        plan = self.treatment
        warmed = smooth(t / 3)
        # what is wet is darker
        wet = 1 - (0.1 if plan.fall == "rain" and "light" not in self.shot.brief.weather else 0.0) * warmed
        red, green, blue = (wet * (1 + (tint - 1) * warmed) for tint in plan.tint)
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


def _enlargement(shot: Shot, picture: Picture, treatment: Treatment) -> float:
    """How much larger than the frame the picture is to be kept for the close-up that the camera ends in; 1 for none."""
    if max(treatment.path.zooms) < 0.35 or treatment.blur > 0:
        return 1.0
    given = min(picture.width / shot.width, picture.height / shot.height)
    # a frame's width and height are even: these factors keep every pixel in its place
    small = shot.width * shot.height <= 1_100_000
    return 2.0 if small and given > 1.6 and max(treatment.path.zooms) > 0.6 else 1.5


def _sharpened_picture(rgb: Pixels, picture: Picture) -> Pixels:
    """`rgb`, its edges a little steeper where it had to be enlarged far beyond the given picture."""
    if min(rgb.shape[1] / picture.width, rgb.shape[0] / picture.height) < 1.25:
        return rgb
    soft = cv2.GaussianBlur(rgb, (0, 0), 1.4)
    sharp: Pixels = cv2.addWeighted(rgb, 1.45, soft, -0.45, 0)
    return sharp


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
