"""A cut-out in, an actor out: dressed for its stage, taken apart where it bends, and put together anew in each pose.

The trunk, every leg and every wheel are pieces of the cut-out with maps of their own; hips and knees bend smoothly.
Knows no prompt and no other actor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.ensemble.dressing import Dressing, dressed
from openhorse.engines.procedural.ensemble.gait import Foot, Gait, Pose, course_of, pose_at
from openhorse.engines.procedural.ensemble.limbs import Chain, Point, Points, Trunk, chains
from openhorse.engines.procedural.ensemble.palette import rounded
from openhorse.engines.procedural.ensemble.silhouette import Build, Kind, Wheel, leg_mask, read_build
from openhorse.engines.procedural.still.plate import Field, Pixels

_GRID = 12
"""Pixels between the points at which a pose is worked out; it is smooth in between."""

_TWIN_SHADE = 0.7
"""How much darker the far leg is that is made from the near one."""

Sprite = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Stance:
    """Where an actor's foot is on the screen, in pixels, and how large it is against its sprite."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Contact:
    """Where something meets the ground: its column and row on the screen, half its width, and how far it is above.

    All in pixels.
    """

    x: float
    y: float
    half: float
    above: float


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of a frame: premultiplied RGBA (height × width × 4) and the frame's column and row of its corner."""

    rgba: Sprite
    left: int
    top: int

    def lay(self, onto: Pixels) -> None:
        """Put it over `onto` (height × width × 3), in place."""
        if not self.rgba.size:
            return
        rows, columns = self.rgba.shape[:2]
        region = onto[self.top : self.top + rows, self.left : self.left + columns]
        clear = cv2.cvtColor(255 - self.rgba[..., 3], cv2.COLOR_GRAY2RGB)
        behind = cv2.multiply(np.ascontiguousarray(region), clear, scale=1 / 255)
        region[:] = cv2.add(behind, np.ascontiguousarray(self.rgba[..., :3]))

    def lay_within(self, onto: Pixels) -> None:
        """`lay` what of it is inside `onto` at its lower edge."""
        rows = max(0, min(self.rgba.shape[0], onto.shape[0] - self.top))
        Patch(self.rgba[:rows], self.left, self.top).lay(onto)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the sprite: premultiplied RGBA with a clear border, and where its corner is in the sprite."""

    rgba: Sprite
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class _Limb:
    """A leg's piece with its chain; `behind` the trunk or before it, a `step` of its own among the pose's feet."""

    piece: _Piece
    chain: Chain
    behind: bool
    step: int


@dataclass(frozen=True, slots=True)
class _Disc:
    """What turns: its unlit colours and the light that lies on it whichever way it is turned (128 is none)."""

    wheel: Wheel
    face: Sprite
    light: Sprite


class Actor:
    """One cut-out, dressed for its stage."""

    def __init__(
        self,
        cutout: Cutout,
        height: int,
        gait: Gait,
        dressing: Dressing | None,
        phase: float = 0.0,
        build: Build | None = None,
        slope: float = 0.3,
    ) -> None:
        """`height` is the largest height in pixels at which it will be seen; `phase` (0…1) sets it out of step.

        `build` is what it is, found out when not given; `slope` how far down the screen a step towards us comes.
        """
        self.build = read_build(cutout) if build is None else build
        if gait in (Gait.WALK, Gait.RUN) and not self.build.legs:
            gait = Gait.GLIDE
        self.gait, self.course = gait, course_of(self.build, gait, phase)
        rgb, alpha = _resized(cutout, height)
        self.height, self.width = alpha.shape
        self.foot = self._foot_of(alpha)
        plain = rgb
        if dressing is not None:
            rgb = dressed(rgb, alpha, dressing)
        self.alpha = alpha
        self._trunk = Trunk(self.build, (self.foot, self._pivot_row()))
        self._chains = chains(self.build, slope) if gait in (Gait.WALK, Gait.RUN) else ()
        self._body, self._limbs = self._apart(rgb, alpha)
        self._discs = self._turning(plain, rgb, alpha)

    @property
    def facing(self) -> int:
        """−1 or 1 for who goes along the screen, 0 for who comes towards us."""
        sideways = self.build.kind in (Kind.BALL, Kind.VEHICLE)
        return self.build.facing or (1 if sideways else 0)

    @property
    def pace(self) -> float:
        """Body heights a second at which it crosses the ground without its feet sliding; 0 when it stays."""
        return self.course.pace

    def keep(self, pace: float, until: float | None) -> None:
        """Go at `pace` (heights a second) until `until` (seconds), by longer or shorter, quicker or slower steps."""
        own = self.course.pace
        if own <= 0 or pace <= 0:
            self.course = replace(self.course, until=until)
            return
        self.course = replace(self.course, pace=pace, cycle=self.course.cycle * own / pace, until=until)

    def footfalls(self, seconds: float) -> list[float]:
        """The moments (seconds) at which a foot, or the whole actor, comes down."""
        match self.gait:
            case Gait.WALK | Gait.RUN:
                return self.course.falls(seconds, 2)
            case Gait.BUST | Gait.GLIDE:
                return self.course.falls(seconds, 2)
            case Gait.HOP | Gait.BOUNCE:
                # it lands when the flight, four fifths of the cycle, is over
                ahead = replace(self.course, phase=self.course.phase + 0.2)
                return ahead.falls(seconds, 1)
            case _:
                return []

    def posed(self, stance: Stance, t: float, frame: tuple[int, int]) -> Patch:
        """The actor at `t` seconds on a frame of `frame` (height, width), bent and scaled."""
        pose = pose_at(self.build, self.course, t)
        box = self._box(stance, pose, frame)
        top, bottom, left, right = box
        if bottom - top < 2 or right - left < 2:
            return Patch(np.zeros((0, 0, 4), np.uint8), 0, 0)
        canvas = self._drawn(self._body, stance, box, lambda x, y: self._trunk.unbent(x, y, pose))
        # what is behind comes last of all that is, farthest last
        for limb in sorted(self._limbs, key=lambda one: one.behind):
            self._lay_limb(canvas, limb, self._sole(limb, pose), stance, box, pose)
        for disc in self._discs:
            self._lay_disc(canvas, disc, stance, box, pose)
        return Patch(canvas, left, top)

    def rise(self, t: float) -> float:
        """How far above the ground it is, in body heights."""
        return pose_at(self.build, self.course, t).rise if self.gait in (Gait.HOP, Gait.BOUNCE, Gait.FLOAT) else 0.0

    def contacts(self, stance: Stance, t: float) -> list[Contact]:
        """Where it touches the ground, or would, at `t`: each foot and wheel by itself."""
        tall = self.height * stance.scale
        pose = pose_at(self.build, self.course, t)
        found = []
        if self._limbs:
            for limb in self._limbs:
                x, y = self._sole(limb, pose)
                foot = pose.feet[limb.step].lift if pose.feet else 0.0
                column, row = stance.x + (x - self.foot) * tall, stance.y + (y + foot - 1) * tall
                found.append(Contact(column, row, 0.75 * limb.chain.leg.width * tall, foot * tall))
            return found
        if self.build.wheels:
            return [
                Contact(stance.x + (wheel.x - self.foot) * tall, stance.y, 0.55 * wheel.radius * tall, 0.0)
                for wheel in self.build.wheels
            ]
        half = float(self.build.half[-1]) if self.build.kind is not Kind.BALL else 0.28
        middle = float(self.build.middle[-1])
        return [Contact(stance.x + (middle - self.foot) * tall, stance.y, half * tall, self.rise(t) * tall)]

    def planted(self, t: float) -> list[tuple[int, float, float]]:
        """The feet on the ground at `t`: which, how far along (towards where it faces), and down the screen.

        In body heights from where the actor stands; what a test of sliding needs.
        """
        pose = pose_at(self.build, self.course, t)
        standing = []
        for limb in self._limbs:
            if pose.feet and pose.feet[limb.step].lift <= 1e-6:
                x, y = self._sole(limb, pose)
                standing.append((limb.step, x - self.foot, y - 1))
        return standing

    # --- taking apart ---

    def _foot_of(self, alpha: Field) -> float:
        """The column above which its weight rests, in heights."""
        if self.build.wheels:
            return float(np.mean([wheel.x for wheel in self.build.wheels]))
        if self.build.kind is Kind.FIGURE:
            return float(np.mean([leg.hip[0] for leg in self.build.legs]))
        return foot_column(alpha) / float(alpha.shape[0])

    def _pivot_row(self) -> float:
        if not self.build.legs:
            return 1.0
        return float(np.mean([leg.hip[1] for leg in self.build.legs]))

    def _apart(self, rgb: Pixels, alpha: Field) -> tuple[_Piece, tuple[_Limb, ...]]:
        """The trunk without its legs, and the legs; the whole in one piece when nothing is to step."""
        pad = max(8, int(0.16 * max(alpha.shape)))
        if not self._chains:
            return _piece(rgb, alpha, (0, 0, *alpha.shape), pad), ()
        trunk = alpha.copy()
        soles = sorted(chain.leg.sole[1] for chain in self._chains)
        middle = (soles[0] + soles[-1]) / 2
        animal = self.build.kind is Kind.ANIMAL
        limbs: list[_Limb] = []
        count = len(self._chains)
        for number, chain in enumerate(self._chains):
            whole, lacking = leg_mask(chain.leg, (self.height, self.width))
            trunk *= 1 - lacking
            margin = max(3, round(0.2 * chain.leg.width * self.height))
            seen = whole > 0.02
            rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
            box = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
            piece = _piece(rgb, alpha * whole, tuple(int(v) for v in box), margin)  # type: ignore[arg-type]
            behind = not animal or (count > 2 and chain.leg.sole[1] < middle - 0.004)
            limbs.append(_Limb(piece, chain, behind, number))
            if animal and count == 2:
                dark = _Piece(rounded(piece.rgba * np.array((*(_TWIN_SHADE,) * 3, 1.0))), piece.left, piece.top)
                limbs.append(_Limb(dark, chain, True, number + count))
        return _piece(rgb, trunk, (0, 0, *alpha.shape), pad), tuple(limbs)

    def _turning(self, plain: Pixels, lit: Pixels, alpha: Field) -> tuple[_Disc, ...]:
        """Wheels, or the whole of a ball, as they are without light, and the light on them."""
        if self.gait not in (Gait.DRIVE, Gait.ROLL, Gait.BOUNCE):
            return ()
        wheels = self.build.wheels
        if self.build.kind is Kind.BALL:
            wheels = (Wheel(self.width / self.height / 2, 0.5, 0.5),)
        found = []
        for wheel in wheels:
            if self.build.kind is not Kind.BALL:
                # the tyre looks the same all round, and a fender may lie over it: only what is inside turns
                wheel = replace(wheel, radius=0.78 * wheel.radius)
            side = max(4, round(2 * wheel.radius * self.height))
            turn = np.array(
                [[1, 0, wheel.x * self.height - side / 2], [0, 1, wheel.y * self.height - side / 2]], np.float32
            )
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            face, shown, cover = (cv2.warpAffine(part, turn, (side, side), flags=flags) for part in (plain, lit, alpha))
            whole = self.build.kind is Kind.BALL
            found.append(_disc(wheel, face, shown, np.asarray(cover, np.float32), whole))
        return tuple(found)

    # --- putting together ---

    def _sole(self, limb: _Limb, pose: Pose) -> Point:
        foot = pose.feet[limb.step] if pose.feet else Foot()
        chain = limb.chain
        under = chain.leg.hip[0]
        if self.build.kind is Kind.FIGURE and self.build.facing:
            under = under * 0.4 + self.foot * 0.6
        gather = pose.vigour if chain.facing else 0.4 * pose.vigour
        return chain.reached(foot, gather, under)

    def _lay_limb(self, canvas: Sprite, limb: _Limb, sole: Point, stance: Stance, box: Box, pose: Pose) -> None:
        chain = limb.chain
        hip = self._trunk.bent(chain.leg.hip, pose)
        tip = pose.feet[limb.step].tip if pose.feet else 0.0
        tall = self.height * stance.scale
        # the box that the leg can be seen in
        wide = (0.6 * chain.leg.width + 0.1 + abs(sole[0] - hip[0])) * tall
        middle = stance.x + ((hip[0] + sole[0]) / 2 - self.foot) * tall
        highest = stance.y + (hip[1] - 1.1 * chain.leg.width - 1) * tall
        part = (
            max(box[0], int(highest)),
            min(box[1], int(stance.y + (sole[1] - 1 + 0.08) * tall) + 2),
            max(box[2], int(middle - wide)),
            min(box[3], int(middle + wide) + 2),
        )
        if part[1] - part[0] < 2 or part[3] - part[2] < 2:
            return
        seen = self._drawn(limb.piece, stance, part, lambda x, y: chain.unbent(x, y, hip, sole, tip))
        if limb.behind:
            region = canvas[part[0] - box[0] : part[1] - box[0], part[2] - box[2] : part[3] - box[2]]
            _over(seen, region.copy(), 0, 0)
            region[:] = seen
        else:
            _over(canvas, seen, part[0] - box[0], part[2] - box[2])

    def _drawn(
        self, piece: _Piece, stance: Stance, box: Box, undo: Callable[[Points, Points], tuple[Points, Points]]
    ) -> Sprite:
        """A piece on `box` (top, bottom, left, right), each pixel fetched from where `undo` says."""
        top, bottom, left, right = box
        rows, columns = (bottom - top) // _GRID + 2, (right - left) // _GRID + 2
        tall = self.height * stance.scale
        across = ((left - stance.x) / tall + self.foot) + np.arange(columns) * (_GRID / tall)
        down = (1 + (top - stance.y) / tall) + np.arange(rows) * (_GRID / tall)
        x, y = undo(*np.meshgrid(across, down))
        places = np.dstack([x * self.height - piece.left, y * self.height - piece.top]).astype(np.float32)
        # sampled at the corners of cells: enlarge so that point k lands on pixel k × _GRID exactly
        turn = np.array([[1 / _GRID, 0, 0], [0, 1 / _GRID, 0]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        full = cv2.warpAffine(places, turn, (right - left, bottom - top), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        seen = cv2.remap(piece.rgba, full, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(seen, np.uint8)

    def _lay_disc(self, canvas: Sprite, disc: _Disc, stance: Stance, box: Box, pose: Pose) -> None:
        """Turn a disc and lay it where its wheel is, under light that does not turn."""
        tall = self.height * stance.scale
        wheel = disc.wheel
        level = pose.twist * (wheel.x - self.foot) if self.build.kind is Kind.VEHICLE else 0.0
        x = stance.x + (wheel.x - self.foot) * tall - box[2]
        # a wheel follows the ground, not the springs
        spring = 0.0 if self.build.kind is Kind.VEHICLE else pose.rise + level
        y = stance.y + (wheel.y - 1 - spring) * tall - box[0]
        radius = wheel.radius * tall
        scale = 2 * radius / disc.face.shape[0]
        squash = 1 + pose.stretch
        y += (1 - squash) * (1 - wheel.y) * tall
        top, left = max(0, int(y - radius) - 2), max(0, int(x - radius) - 2)
        bottom, right = min(canvas.shape[0], int(y + radius) + 3), min(canvas.shape[1], int(x + radius) + 3)
        if bottom - top < 2 or right - left < 2:
            return
        middle = disc.face.shape[0] / 2
        seen = []
        for angle, image in ((pose.roll * (self.facing or 1), disc.face), (0.0, disc.light)):
            cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
            forth = np.array([[cos, sin / squash], [-sin, cos / squash]])
            shift = np.array((middle, middle)) - forth @ np.array((x - left, y - top))
            turn = np.column_stack([forth, shift]).astype(np.float32)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            seen.append(cv2.warpAffine(image, turn, (right - left, bottom - top), flags=flags))
        face, light = seen
        coloured = cv2.multiply(np.ascontiguousarray(face[..., :3]), np.ascontiguousarray(light), scale=1 / 128)
        _over(canvas, np.dstack([coloured, face[..., 3]]), top, left)

    def _box(self, stance: Stance, pose: Pose, frame: tuple[int, int]) -> Box:
        tall, wide = self.height * stance.scale, self.width * stance.scale
        spare = 0.12 * max(tall, wide)
        before = self.foot * tall
        return (
            max(0, int(stance.y - tall * (1 + pose.rise + max(0.0, pose.stretch)) - spare * 0.5)),
            min(frame[0], int(stance.y - tall * pose.rise + spare) + 1),
            max(0, int(stance.x - before - spare)),
            min(frame[1], int(stance.x + wide - before + spare) + 1),
        )


def foot_column(alpha: Field) -> float:
    """The column of a cut-out's `alpha` above which its weight rests.

    The middle of its lowest tenth, drawn somewhat to the middle of the whole.
    """
    columns = np.arange(alpha.shape[1], dtype=np.float32)
    low = alpha[-max(2, alpha.shape[0] // 10) :].sum(0) + 1e-6
    whole = alpha.sum(0) + 1e-6
    return float(0.6 * (low * columns).sum() / low.sum() + 0.4 * (whole * columns).sum() / whole.sum())


def _resized(cutout: Cutout, height: int) -> tuple[Pixels, Field]:
    rows, columns = cutout.alpha.shape
    scale = height / rows
    size = max(4, round(columns * scale)), max(4, height)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    rgb = cv2.resize(cutout.rgb, size, interpolation=how)
    alpha = np.clip(cv2.resize(cutout.alpha, size, interpolation=how), 0, 1)
    return np.asarray(rgb, np.uint8), np.asarray(alpha, np.float32)


def _piece(rgb: Pixels, alpha: Field, box: Box, pad: int) -> _Piece:
    """The part `box` (top, left, bottom, right) of a sprite with a clear border of `pad` pixels."""
    top, left, bottom, right = box
    part = np.s_[top:bottom, left:right]
    cover = alpha[part]
    rgba = rounded(np.dstack([rgb[part] * cover[..., None], cover * 255]))
    padded = cv2.copyMakeBorder(rgba, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    return _Piece(np.asarray(padded, np.uint8), left - pad, top - pad)


def _disc(wheel: Wheel, face: Pixels, shown: Pixels, cover: Field, whole: bool) -> _Disc:
    """A disc whose own light and shade are taken from its colours and given to the light on it."""
    side = face.shape[0]
    y, x = (np.mgrid[0:side, 0:side] + np.float32(0.5)) / np.float32(side / 2) - 1
    radius = np.hypot(x, y)
    inside = np.clip((0.985 - radius) * side / 2, 0, 1) * cover
    grey = face.astype(np.float32).mean(2) + 8
    light = shown.astype(np.float32).mean(2) + 8
    shade = np.ones_like(grey)
    if whole:
        # a smooth fit to the logarithm of what is there: the light that was on it when it was drawn
        terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)
        known = radius < 0.93
        fit = np.linalg.lstsq(terms[known], np.log(grey[known]), rcond=None)[0]
        fit[0] = 0
        shade = np.exp(np.clip(0.8 * (terms @ fit), -0.7, 0.5)).astype(np.float32)
    relit = cv2.GaussianBlur(light / grey, (0, 0), max(1.0, side * 0.03)) * shade
    colours = np.clip(face / shade[..., None], 0, 255)
    tint = shown.reshape(-1, 3).mean(0) / np.maximum(1, face.reshape(-1, 3).mean(0))
    tint = tint / max(1e-3, float(tint.mean()))
    rgba = rounded(np.dstack([np.clip(colours * tint, 0, 255) * inside[..., None], inside * 255]))
    return _Disc(wheel, rgba, rounded(cv2.cvtColor(relit.astype(np.float32), cv2.COLOR_GRAY2RGB) * 128))


def _over(canvas: Sprite, piece: NDArray[Any], top: int, left: int) -> None:
    """Lay premultiplied `piece` over `canvas` at `top`, `left`, in place."""
    rows, columns = piece.shape[:2]
    region = canvas[top : top + rows, left : left + columns]
    clear = cv2.merge([255 - piece[..., 3]] * 4)
    behind = cv2.multiply(np.ascontiguousarray(region), clear, scale=1 / 255)
    region[:] = cv2.add(behind, np.ascontiguousarray(piece))
