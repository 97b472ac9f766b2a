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
from openhorse.engines.procedural.still.flow import Flow
from openhorse.engines.procedural.still.glow import Glow
from openhorse.engines.procedural.still.layers import BODY, Found, take_apart
from openhorse.engines.procedural.still.lights import find_lights
from openhorse.engines.procedural.still.plate import Field, Pixels, fit
from openhorse.engines.procedural.still.scoring import compose
from openhorse.engines.procedural.still.treatment import Treatment, describe, treat
from openhorse.engines.procedural.still.warp import Motion
from openhorse.vocabulary import Frame, Picture


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
        parts = take_apart(self._first, Found(self.layout, lights, alpha), self.treatment, shot.seed)
        self._front, self._front_warp, self._front_flow = parts.front, parts.front_warp, parts.front_flow
        self._backs, self._back_warp, self._back_flow = parts.backs, parts.back_warp, parts.back_flow
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
        front = self._front_warp.apply(self._run(self._front_flow, self._front, t), self._motion(t, view))
        back, carrier, carried = None, self._front_warp, view
        if self._back_warp is not None:
            ground = self._back_motion(t, self.treatment.path.view_of_ground(seconds, part))
            plate = self._run(self._back_flow, self._focused(seconds), t)
            back = self._back_warp.apply(plate, ground, self._back_rows)
            if self._glow.is_of_water:
                carrier, carried = self._back_warp, ground.view
        shine = self._shine.at(t * self.treatment.hours)
        if self._glow.shines:
            glow = carrier.follow(self._glow.at(t, self.treatment.glitter), carried)
            shine = cv2.add(glow, cv2.resize(shine, (glow.shape[1], glow.shape[0])))
        fall = None if self._fall is None else self._fall.at(t)
        self._composite.join(front, back, shine, index, self._weather(t, view), fall)

    def _run(self, flow: Flow | None, layer: NDArray[np.uint8], t: float) -> NDArray[np.uint8]:
        """A layer with its running water, if it has any."""
        return layer if flow is None else flow.apply(layer, t, self.treatment.flow)

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
        hours = t * plan.hours
        return Motion(
            t=t,
            view=view,
            sway=plan.sway * self._side * smooth(t / 1.4) if plan.kind == "figure" else 0.0,
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
