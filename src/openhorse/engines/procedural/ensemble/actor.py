"""A cut-out in, an actor out: dressed for its stage, taken apart where it bends, and put together anew in each pose.

The trunk, every leg, arm and wheel are pieces of the cut-out with maps of their own; hips and knees bend smoothly.
Knows no prompt and no other actor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace

import cv2
import numpy as np

from openhorse.engines.procedural.ensemble.arms import Arm, Reach, find_arms, reached
from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.ensemble.dressing import Dressing, dressed
from openhorse.engines.procedural.ensemble.gait import (
    ARMED,
    LEGGED,
    STEPPING,
    Foot,
    Gait,
    Pose,
    Swing,
    course_of,
)
from openhorse.engines.procedural.ensemble.heading import heading
from openhorse.engines.procedural.ensemble.limbs import Chain, Point, Points, Trunk, chains
from openhorse.engines.procedural.ensemble.palette import rounded
from openhorse.engines.procedural.ensemble.posing import pose_at
from openhorse.engines.procedural.ensemble.silhouette import Build, Kind, leg_mask, read_build
from openhorse.engines.procedural.ensemble.sprites import (
    Box,
    Contact,
    Patch,
    Piece,
    Sprite,
    Stance,
    foot_column,
    over,
    piece_of,
    resized,
)
from openhorse.engines.procedural.ensemble.wheels import Disc, discs_of
from openhorse.engines.procedural.still.plate import Field, Pixels

_GRID = 12
"""Pixels between the points at which a pose is worked out; it is smooth in between."""

_TWIN_SHADE = 0.7
"""How much darker the far leg is that is made from the near one."""


@dataclass(frozen=True, slots=True)
class _Limb:
    """A leg's piece with its chain; `behind` the trunk or before it, a `step` of its own among the pose's feet."""

    piece: Piece
    chain: Chain
    behind: bool
    step: int


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
        if self.build.kind is Kind.VEHICLE:
            self.build = replace(self.build, facing=heading(cutout.rgb, cutout.alpha, self.build))
        if gait in STEPPING and not self.build.legs:
            gait = Gait.BOUND if self.build.kind is Kind.ANIMAL else Gait.GLIDE
        rgb, alpha = resized(cutout, height)
        self._arms = find_arms(alpha, self.build)
        if gait is Gait.WAVE and not self._arms:
            gait = Gait.SWAY
        self.gait, self.course = gait, course_of(self.build, gait, phase)
        self.height, self.width = alpha.shape
        self.foot = self._foot_of(alpha)
        plain = rgb
        if dressing is not None:
            rgb = dressed(rgb, alpha, dressing)
        self.alpha = alpha
        self._trunk = Trunk(self.build, (self.foot, self._pivot_row()))
        self._chains = chains(self.build, slope) if gait in LEGGED else ()
        self._body, self._limbs, self._sleeves = self._apart(rgb, alpha)
        turning = gait in (Gait.DRIVE, Gait.ROLL, Gait.BOUNCE)
        self._discs = discs_of(self.build, plain, rgb, alpha) if turning else ()

    @property
    def facing(self) -> int:
        """−1 or 1 for who goes along the screen, 0 for who comes towards us."""
        sideways = self.build.kind in (Kind.BALL, Kind.VEHICLE) or self.gait in (Gait.BOUND, Gait.SWIM, Gait.FLY)
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
            case Gait.BUST | Gait.GLIDE | Gait.BOUND | Gait.DANCE:
                return self.course.falls(seconds, 2)
            case Gait.HOP | Gait.BOUNCE | Gait.JUMP:
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
        for (piece, arm), swing in zip(self._sleeves, pose.arms[-len(self._sleeves) :], strict=False):
            self._lay_arm(canvas, (piece, arm), self._reach(arm, swing, pose), stance, box)
        for disc in self._discs:
            self._lay_disc(canvas, disc, stance, box, pose)
        return Patch(canvas, left, top)

    def rise(self, t: float) -> float:
        """How far above the ground it is, in body heights."""
        if self.gait in STEPPING or self.gait is Gait.DRIVE:
            return 0.0
        return max(0.0, pose_at(self.build, self.course, t).rise)

    def hand(self, stance: Stance, t: float) -> tuple[float, float]:
        """Where on the screen its hand is: the one on the side it faces, else the right one.

        Who shows no arm apart from the body holds things before it.
        """
        pose, tall = pose_at(self.build, self.course, t), self.height * stance.scale
        if self._arms:
            number = -1 if self.facing >= 0 else -len(self._arms)
            swing = pose.arms[number] if pose.arms and self._sleeves else Swing()
            x, y = self._reach(self._arms[number], swing, pose).hand
        else:
            x, y = float(np.median(self.build.middle)) + 0.3 * float(self.build.half.max()), 0.56
            y -= pose.rise
        return stance.x + (x - self.foot) * tall, stance.y + (y - 1) * tall

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

    def _apart(self, rgb: Pixels, alpha: Field) -> tuple[Piece, tuple[_Limb, ...], tuple[tuple[Piece, Arm], ...]]:
        """The trunk, the legs and the arms; the whole in one piece when nothing is to move by itself."""
        pad = max(8, int(0.16 * max(alpha.shape)))
        trunk = alpha.copy()
        sleeves = self._sleeved(rgb, alpha, trunk) if self.gait in ARMED else ()
        if not self._chains:
            return piece_of(rgb, trunk, (0, 0, *alpha.shape), pad), (), sleeves
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
            box = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
            piece = piece_of(rgb, alpha * whole, box, margin)
            behind = not animal or (count > 2 and chain.leg.sole[1] < middle - 0.004)
            limbs.append(_Limb(piece, chain, behind, number))
            if animal and count == 2:
                dark = Piece(rounded(piece.rgba * np.array((*(_TWIN_SHADE,) * 3, 1.0))), piece.left, piece.top)
                limbs.append(_Limb(dark, chain, True, number + count))
        return piece_of(rgb, trunk, (0, 0, *alpha.shape), pad), tuple(limbs), sleeves

    def _sleeved(self, rgb: Pixels, alpha: Field, trunk: Field) -> tuple[tuple[Piece, Arm], ...]:
        """The arms as pieces; taken from `trunk`, in place."""
        found = []
        for arm in self._arms:
            whole, lacking = arm.mask((self.height, self.width))
            trunk *= 1 - lacking
            margin = max(3, round(0.3 * arm.width * self.height))
            rows, columns = np.flatnonzero((whole > 0.02).any(1)), np.flatnonzero((whole > 0.02).any(0))
            box = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
            found.append((piece_of(rgb, alpha * whole, box, margin), arm))
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

    def _reach(self, arm: Arm, swing: Swing, pose: Pose) -> Reach:
        return reached(arm, self._trunk.carried(arm.shoulder, pose), astuple(swing), self.build.facing)

    def _lay_arm(self, canvas: Sprite, sleeve: tuple[Piece, Arm], reach: Reach, stance: Stance, box: Box) -> None:
        piece, arm = sleeve
        tall = self.height * stance.scale
        points = np.array([reach.shoulder, reach.elbow, reach.hand])
        across, down = stance.x + (points[:, 0] - self.foot) * tall, stance.y + (points[:, 1] - 1) * tall
        spare = (arm.width + 0.05) * tall
        part = (
            max(box[0], int(down.min() - spare)),
            min(box[1], int(down.max() + spare) + 2),
            max(box[2], int(across.min() - spare)),
            min(box[3], int(across.max() + spare) + 2),
        )
        if part[1] - part[0] < 2 or part[3] - part[2] < 2:
            return
        seen = self._drawn(piece, stance, part, lambda x, y: reach.unbent(arm, x, y))
        over(canvas, seen, part[0] - box[0], part[2] - box[2])

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
            over(seen, region.copy(), 0, 0)
            region[:] = seen
        else:
            over(canvas, seen, part[0] - box[0], part[2] - box[2])

    def _drawn(
        self, piece: Piece, stance: Stance, box: Box, undo: Callable[[Points, Points], tuple[Points, Points]]
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

    def _lay_disc(self, canvas: Sprite, disc: Disc, stance: Stance, box: Box, pose: Pose) -> None:
        """Turn a disc and lay it where its wheel is."""
        tall = self.height * stance.scale
        wheel = disc.wheel
        vehicle = self.build.kind is Kind.VEHICLE
        # a wheel follows the ground, not the springs
        spring = 0.0 if vehicle else pose.rise
        squash = 1 + pose.stretch
        x = stance.x + (wheel.x - self.foot) * tall - box[2]
        y = stance.y + (wheel.y - 1 - spring) * tall - box[0] + (1 - squash) * (1 - wheel.y) * tall
        disc.lay(canvas, (x, y), (wheel.radius * tall, squash), pose.roll * (self.facing or 1))

    def _box(self, stance: Stance, pose: Pose, frame: tuple[int, int]) -> Box:
        tall, wide = self.height * stance.scale, self.width * stance.scale
        spare = (0.12 + 0.3 * abs(pose.gather)) * max(tall, wide)
        over_head = spare * 0.5
        if self._sleeves and pose.arms:
            # raised hands are beside and above the head
            raised = max(swing.angle for swing in pose.arms)
            spare = max(spare, 0.45 * tall * min(1.0, abs(raised)))
            over_head = max(over_head, 0.4 * tall * (raised > 1.2))
        if pose.arch or pose.flap or pose.wag:
            over_head = max(over_head, spare)
        before = self.foot * tall
        return (
            max(0, int(stance.y - tall * (1 + pose.rise + max(0.0, pose.stretch)) - over_head)),
            min(frame[0], int(stance.y - tall * pose.rise + spare) + 1),
            max(0, int(stance.x - before - spare)),
            min(frame[1], int(stance.x + wide - before + spare) + 1),
        )
