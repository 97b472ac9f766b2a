"""An animal's build, a gait and a phase in, a posed capsule rig and its foot contacts out.

Knows no pixels: creature.py draws the rig. One skeleton serves every species.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.blending import put_down
from openhorse.engines.procedural.players.face import draw_ears, draw_face
from openhorse.engines.procedural.players.gait import STAND, Gait, Step, step
from openhorse.engines.procedural.players.headgear import draw_headgear
from openhorse.engines.procedural.players.posture import UPRIGHT, Array, Attitude, Place, Point, Posture, Skin
from openhorse.engines.procedural.players.species import Build
from openhorse.engines.procedural.players.tails import draw_bulk, draw_ruff, draw_saddle, draw_tail
from openhorse.engines.procedural.players.visage import draw_visage

_HORN = linear(14, 10, 9) * 2
_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class Foot:
    """A foot: metres ahead of the body's middle, up from the ground, towards the viewer; and whether it bears."""

    name: str
    x: float
    y: float
    z: float
    down: bool


@dataclass(frozen=True, slots=True)
class Pose:
    """A posed rig (n × 16, see creature.py) and its four feet."""

    rig: NDArray[np.float32]
    feet: tuple[Foot, ...]


def _mix(a: float, b: float, t: float) -> float:
    return a + (b - a) * t


def _bend(root: Point, tip: Point, upper: float, lower: float, side: float, least: float = 0.56) -> tuple[Point, Point]:
    """Where the joint between two bones lies, and the tip moved to where the bones can reach it."""
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    wanted = max(1e-6, math.hypot(dx, dy))
    distance = min(max(wanted, least * (upper + lower)), 0.995 * (upper + lower))
    tip = (root[0] + dx / wanted * distance, root[1] + dy / wanted * distance)
    opening = math.acos((upper * upper + distance * distance - lower * lower) / (2 * upper * distance))
    angle = math.atan2(dy, dx) + side * opening
    return (root[0] + upper * math.cos(angle), root[1] + upper * math.sin(angle)), tip


class _Poser(Posture):
    """Draws one pose, limb by limb."""

    def __init__(self, build: Build, gait: Gait, phase: float, attitude: Attitude) -> None:
        super().__init__(build, gait, phase, attitude)
        self.feet: list[Foot] = []

    # -- trunk ---------------------------------------------------------------------------------------------

    def draw_trunk(self) -> None:
        """Ribs, loin, pelvis, chest and the fringe under them."""
        coat, g, t, f = self.build.coat, self.build.girth, self.trunk, self.flex
        g *= 1.0 + self.attitude.breath
        back = coat.base * 0.90 + coat.dark * 0.10
        arch, tuck = 0.028 * max(f, 0) - 0.012 * max(-f, 0), 0.03 * f
        self.add(t(0.185, -0.02), t(0.02, 0.0), (0.128 * g, 0.122 * g), coat.base, 0.08, 1.12)
        self.add(t(0.235, -0.035), t(0.262, -0.06), (0.098 * g, 0.080 * g), coat.base, 0.08)
        self.add(
            t(0.17, -0.075),
            t(0.0, -0.055),
            (0.094 * g, 0.084 * g),
            coat.base * (1 - coat.under) + coat.light * coat.under,
            0.08,
        )
        self.add(t(0.03, 0.005), t(-0.15, 0.022 + arch), (0.114 * g, 0.100 * g), coat.base, 0.09, 1.1)
        self.add(t(-0.14, 0.022 + arch), t(-0.255, 0.010 - tuck), (0.106 * g, 0.090 * g), coat.base, 0.08)
        self.add(t(0.185, 0.058), t(0.08, 0.062), (0.058, 0.052), back, 0.08)
        self.add(t(0.05, 0.075), t(-0.17, 0.070 + arch), (0.046, 0.040), back, 0.10)
        if self.build.feather > 0.02:
            long = self.build.feather
            sway = 0.014 * self.wave(0.15)
            self.add(
                t(0.255, 0.035), t(0.262, -0.095), (0.066, 0.052), Skin(coat.light, fur=long * 0.75, flow=0.9), 0.07
            )
            self.add(
                t(0.13, -0.145),
                t(-0.08, -0.100),
                (0.036, 0.022),
                Skin(coat.light * 0.92, fur=long, flow=0.8),
                0.07,
                1.2,
            )
            self.add(
                t(0.16, -0.14), t(0.07 - sway, -0.165), (0.034, 0.022), Skin(coat.light * 0.9, fur=long, flow=0.9), 0.06
            )

    # -- neck and head --------------------------------------------------------------------------------------

    def draw_head(self) -> None:
        """Neck, skull, muzzle, jaw and tongue, nose, eyes, ears."""
        build, coat, t = self.build, self.build.coat, self.trunk
        nod = 0.016 * self.wave(0.40)
        reach = -0.022 * self.flex
        attitude = self.attitude
        angle = 0.82 + build.neck_lift + attitude.neck
        x = (
            0.20
            + 0.245 * build.neck * math.cos(angle) * (1.0 + max(0.0, 0.2 - build.neck_lift)) * attitude.reach
            + reach
        )
        y = 0.05 + 0.215 * build.neck * math.sin(angle) * attitude.reach + nod
        x /= build.body
        long = build.feather * (0.55 if build.feather > 0.02 else 0.3)
        thick = 0.5 + 0.5 * build.head
        nape, throat = coat.base * 0.95 + coat.dark * 0.05, coat.base * 0.45 + coat.light * 0.55
        self.add(
            t(0.185, 0.025), t(x - 0.01, y - 0.02), (0.104 * build.girth, 0.074 * thick), Skin(nape, fur=long), 0.08
        )
        self.add(
            t(0.24, -0.01),
            t(x + 0.01, y - 0.065),
            (0.086 * build.girth, 0.054 * thick),
            Skin(throat, fur=long, flow=0.7),
            0.08,
        )
        if coat.mane is not None:
            self.draw_mane(x, y, coat.mane)
        s = build.head
        droop = 0.0 if build.face is None else build.face.droop
        # long heads are carried nose down
        fall = -0.10 - 0.42 * max(0.0, build.muzzle - 1.0) + attitude.fall - droop
        cos_fall, sin_fall = math.cos(fall), math.sin(fall)
        cos_turn, sin_turn = math.cos(attitude.turn), math.sin(attitude.turn)

        def head(dx: float, dy: float, dz: float) -> Place:
            ahead, dz = dx * cos_turn - dz * sin_turn, dx * sin_turn + dz * cos_turn
            px, py = (ahead * cos_fall - dy * sin_fall) * s, (ahead * sin_fall + dy * cos_fall) * s
            return t(x + (0.035 + px) / build.body, y + 0.035 + py, dz * s + attitude.sway)

        if build.bulk.ruff is not None:
            draw_ruff(self, head, build.bulk.ruff)
        if build.face is None:
            draw_face(self, head, s)
            draw_ears(self, head, s)
        else:
            draw_visage(self, head, build.face)
            draw_headgear(self, head)

    def draw_mane(self, x: float, y: float, colour: Array) -> None:
        """Locks along the crest of the neck, blown back."""
        if self.build.face is not None:
            self.draw_crest(x, y, colour)
            return
        for i in range(6):
            q = i / 5
            crest = self.trunk(_mix(0.14, x - 0.03, q), _mix(0.11, y + 0.07, q), 0.02)
            end = self.trunk(_mix(0.06, x - 0.13, q), _mix(0.07, y - 0.01, q) + 0.02 * self.wave(0.1 * i), 0.035)
            self.add(crest, end, (0.034, 0.016), Skin(colour, fur=0.03, flow=0.4), 0.03, 1.6)

    def draw_crest(self, x: float, y: float, colour: Array) -> None:
        """The same on a neck that may point anywhere: locks fall to the near side of its upper edge."""
        body = self.build.body
        run = 0.25 + 0.75 * min(1.0, max(0.0, (self.gait.flex - 0.12) / 0.7))
        along = ((x - 0.17) * body, y - 0.04)
        length = math.hypot(*along)
        ux, uy = along[0] / length, along[1] / length
        count = 7 + round(2 * self.build.neck)
        for i in range(count):
            q = i / (count - 1)
            up = (0.098 - 0.036 * q) * (0.5 + 0.5 * self.build.girth)
            px, py = 0.17 * body + along[0] * q - uy * up, 0.04 + along[1] * q + ux * up
            sway = 0.02 * self.wave(0.1 * i) * run
            end = self.trunk((px - 0.055 - 0.05 * run) / body, py - 0.085 + 0.045 * run + sway, 0.062)
            start = self.trunk(px / body, py, 0.016)
            tone = colour * (0.9 + 0.2 * (i % 2))
            self.add(start, end, (0.028, 0.015), Skin(tone, fur=0.020, flow=0.8), 0.028, 1.4)
        poll = self.trunk((px + 0.02) / body, py + 0.012, 0.0)  # and a forelock
        brow = self.trunk((px + 0.085) / body, py - 0.045, 0.014)
        self.add(poll, brow, (0.020, 0.010), Skin(colour, fur=0.012, flow=0.6), 0.016)

    # -- tail ------------------------------------------------------------------------------------------------

    def draw_tail(self) -> None:
        """A chain that swings late against the trunk; plumes carry long hair below."""
        build, coat = self.build, self.build.coat
        kind = build.tail
        start = {"plume": 3.06, "thin": 2.55, "brush": 3.02, "horse": 3.55, "short": 3.7}[kind]
        curl = {"plume": -0.055, "thin": -0.10, "brush": 0.04, "horse": 0.14, "short": 0.1}[kind]
        radii = {
            "plume": (0.036, 0.028, 0.022, 0.018, 0.015, 0.012, 0.008, 0.003),
            "thin": (0.024, 0.022, 0.021, 0.020, 0.019, 0.018, 0.016, 0.010),
            "brush": (0.030, 0.042, 0.056, 0.064, 0.062, 0.052, 0.034, 0.012),
            "horse": (0.034, 0.044, 0.050, 0.050, 0.046, 0.038, 0.026, 0.010),
            "short": (0.030, 0.030, 0.024, 0.010),
        }[kind]
        bone = 0.064 if kind != "thin" else 0.078
        base = coat.mane if kind == "horse" and coat.mane is not None else coat.base
        tip = base if kind == "horse" else coat.light
        x, y, z = -0.325, 0.035 - 0.03 * self.flex, 0.0
        hair = max(build.feather * 0.32, build.hair)
        for i in range(len(radii) - 1):
            q = i / (len(radii) - 1)
            sway = (0.14 + 0.46 * q) * self.wave(0.12 + 0.085 * i) - self.attitude.tail
            angle = start + curl * i * (1 + 0.3 * q) + sway
            next_x, next_y = x + bone * math.cos(angle), y + bone * math.sin(angle)
            next_z = 0.05 * q * math.sin(_TURN * self.phase * 1.0 - i * 0.5) + 0.24 * q * self.attitude.wag
            if build.face is not None:  # one that sits or lies lays it on the ground
                lowest = self.trunk(next_x / build.body, next_y, next_z)[1]
                next_y += max(0.0, radii[i + 1] * 0.7 + 0.004 - lowest)
            colour = base * (1 - 0.8 * q) + tip * (0.7 * q)
            here, there = self.trunk(x / build.body, y, z), self.trunk(next_x / build.body, next_y, next_z)
            self.add(here, there, (radii[i], radii[i + 1]), Skin(colour, fur=hair), 0.03)
            if kind == "plume" and i >= 1:  # the flag of long hair hangs and trails
                hang = 0.068 * math.sin(math.pi * min(1.0, 0.06 + 0.86 * q)) ** 0.8
                a = (here[0] - 0.004, here[1] - hang * 0.75, here[2])
                b = (there[0] - 0.012, there[1] - hang * 0.82, there[2])
                wide = 0.009 + hang * 0.34
                self.add(
                    a,
                    b,
                    (wide, wide * 0.9),
                    Skin(coat.light * 0.85, fur=build.feather * (1.3 - 0.7 * q), flow=0.6),
                    0.05,
                    1.3,
                )
            x, y, z = next_x, next_y, next_z

    # -- legs ------------------------------------------------------------------------------------------------

    def draw_legs(self) -> None:
        """All four, the far ones a little darker, as little light reaches them."""
        f = self.gait.footfalls
        for name, at, z, shade in (
            ("hind-left", f[0], 0.074, 1.0),
            ("hind-right", f[1], -0.074, 0.82),
            ("fore-left", f[2], 0.068, 1.0),
            ("fore-right", f[3], -0.068, 0.82),
        ):
            hind = name.startswith("hind")
            step_now = self.tread(name, hind)
            if step_now is None or self.attitude.planted < 1:
                going = step(self.gait, self.build.leg, self.phase - at, hind)
                step_now = going if step_now is None else put_down(going, step_now, self.attitude.planted)
            toe = (self.draw_hind if hind else self.draw_fore)(step_now, z * (0.6 + 0.4 * self.build.girth), shade)
            self.feet.append(Foot(name, toe[0], toe[1], z, step_now.down))

    def tread(self, name: str, hind: bool) -> Step | None:
        """Where a leg that does not step is put; None for one that does."""
        attitude = self.attitude
        put = attitude.hind if hind else attitude.near if name == "fore-left" and attitude.near else attitude.fore
        if put is None:
            return None
        apart = put.apart * (0.5 if name.endswith("left") else -0.5)
        return Step((put.x + apart) * self.leg, put.up * self.leg, put.angle, 0.0, put.up == 0.0)

    def draw_hind(self, step: Step, z: float, shade: float) -> Point:
        """Thigh, shank, hock and paw from the hip; returns the toe."""
        build, leg, w = self.build, self.leg, self.build.bone
        coat, least = build.coat, 0.56 if self.attitude.hind is None else 0.2
        tuck = 0.05 * self.flex
        hip = self.trunk(-0.235 + tuck / build.body * 0.6, -0.030 - 0.25 * abs(tuck))[:2]
        ground = -0.235 * build.body - 0.012
        toe = (ground + step.x, 0.024 * w + step.y)
        meta = 0.128 * leg
        angle = math.radians(step.foot_angle)
        hock = (toe[0] + meta * math.cos(angle), toe[1] + meta * math.sin(angle))
        knee, hock = _bend(hip, hock, 0.198 * leg, 0.208 * leg, 1.0, least)
        toe = (hock[0] - meta * math.cos(angle), max(0.024 * w, hock[1] - meta * math.sin(angle)))
        colour = (coat.base if coat.limbs is None else coat.limbs) * shade
        low = (coat.socks if coat.socks is not None else coat.light * 0.55 + coat.base * 0.45) * shade
        g = 0.5 + 0.5 * build.girth
        self.add((*hip, z * 0.72), (*knee, z * 1.08), (0.096 * g, 0.052 * g * w), Skin(colour, flow=0.8), 0.07)
        flank = self.trunk(-0.105, -0.045)[:2]  # the fold of skin that hides a raised knee
        self.add((*flank, z * 0.9), (*knee, z * 1.05), (0.060 * g, 0.036 * g * w), Skin(colour, flow=0.5), 0.07)
        middle = (_mix(hip[0], knee[0], 0.42) - 0.052, _mix(hip[1], knee[1], 0.55))
        self.add(
            (hip[0] - 0.055, hip[1] - 0.01, z * 0.72),
            (*middle, z),
            (0.066 * g, 0.046 * g),
            Skin(colour, flow=0.9),
            0.07,
        )
        self.add((*knee, z * 1.06), (*hock, z), (0.050 * g * w, 0.0235 * w), Skin(colour, flow=0.9), 0.035)
        self.add(
            (*hock, z),
            (toe[0], toe[1] + 0.012, z),
            (0.0235 * w, 0.0215 * w),
            Skin(low, fur=build.hair * 0.5, flow=1),
            0.02,
        )
        self.draw_paw(toe, z, low, step, w)
        if build.pants:  # breeches behind the thigh
            long = build.feather
            top = (hip[0] - 0.105, hip[1] - 0.02, z * 0.7)
            end = (_mix(knee[0], hock[0], 0.45) - 0.050, _mix(knee[1], hock[1], 0.45) + 0.004, z)
            self.add(top, end, (0.040, 0.021), Skin(coat.light * 0.86 * shade, fur=long * 0.85, flow=0.95), 0.06, 1.15)
        return toe

    def draw_fore(self, step: Step, z: float, shade: float) -> Point:
        """Shoulder blade, upper arm, forearm, pastern and paw; returns the toe."""
        build, leg, w = self.build, self.leg, self.build.bone
        coat, least = build.coat, 0.56 if self.attitude.fore is None else 0.2
        swing = step.x / max(0.2, leg) if self.attitude.fore is None else 0.0
        shoulder = self.trunk(0.215 + 0.16 * swing / build.body, -0.075 + 0.05 * abs(swing))[:2]
        blade = self.trunk(0.135, 0.055)[:2]
        ground = 0.195 * build.body
        toe = (ground + step.x, 0.023 * w + step.y)
        meta = 0.092 * leg
        angle = math.radians(step.foot_angle)
        wrist = (toe[0] + meta * math.cos(angle), toe[1] + meta * math.sin(angle))
        elbow, wrist = _bend(shoulder, wrist, 0.168 * leg, 0.205 * leg, -1.0, least)
        toe = (wrist[0] - meta * math.cos(angle), max(0.023 * w, wrist[1] - meta * math.sin(angle)))
        colour = (coat.base if coat.limbs is None else coat.limbs) * shade
        low = (coat.socks if coat.socks is not None else coat.light * 0.5 + coat.base * 0.5) * shade
        g = 0.5 + 0.5 * build.girth
        self.add((*blade, z * 0.95), (*shoulder, z * 1.1), (0.060 * g, 0.062 * g), colour, 0.08)
        self.add((*shoulder, z * 1.1), (*elbow, z * 1.08), (0.066 * g, 0.045 * g), Skin(colour, flow=0.5), 0.06)
        self.add(
            (*elbow, z * 1.06), (*wrist, z), (0.038 * g * w, 0.0245 * w), Skin(colour * 0.8 + low * 0.2, flow=1), 0.03
        )
        self.add(
            (*wrist, z),
            (toe[0] - 0.004, toe[1] + 0.010, z),
            (0.0245 * w, 0.0220 * w),
            Skin(low, fur=build.hair * 0.5, flow=1),
            0.02,
        )
        self.draw_paw(toe, z, low, step, w)
        if build.pants:  # feathering behind the forearm
            top = (elbow[0] - 0.028, elbow[1] + 0.004, z)
            end = (_mix(elbow[0], wrist[0], 0.75) - 0.022, _mix(elbow[1], wrist[1], 0.75), z)
            self.add(
                top, end, (0.026, 0.011), Skin(coat.light * 0.88 * shade, fur=build.feather * 0.8, flow=0.9), 0.035, 1.2
            )
        return toe

    def draw_paw(self, toe: Point, z: float, colour: Array, step: Step, w: float) -> None:
        """Flat on the ground, drooping in the air."""
        droop = -1.0 * step.air + (math.radians(step.foot_angle) - 1.7) * (0.0 if step.down else 0.35)
        length = 0.040 * w
        tip = (toe[0] + length * math.cos(droop), max(0.019 * w, toe[1] - 0.004 + length * math.sin(droop)))
        hoof = self.build.hoofed
        shade = _HORN if hoof else colour
        self.add(
            (toe[0] - 0.008, toe[1], z),
            (*tip, z),
            (0.0265 * w, 0.0215 * w),
            Skin(shade, fur=0.002, flow=0.5),
            0.014,
            0.9,
        )


def pose(build: Build, gait: Gait, phase: float, attitude: Attitude = UPRIGHT) -> Pose:
    """The rig of `build` at `phase` (0…1) of `gait`, in metres; the middle of the trunk is over x = 0."""
    poser = _Poser(build, gait, phase % 1.0, attitude)
    poser.draw_trunk()
    draw_bulk(poser)
    poser.draw_head()
    if build.bulk.saddle is not None:
        draw_saddle(poser, build.bulk.saddle)
    if build.face is None or build.tail in ("plume", "brush", "horse"):
        poser.draw_tail()
    else:
        draw_tail(poser)
    poser.draw_legs()
    rig = np.array(poser.capsules, np.float32)
    rig[:, :8] *= build.size
    rig[:, 11] *= build.size
    rig[:, 13] *= build.size
    feet = tuple(replace(f, x=f.x * build.size, y=f.y * build.size, z=f.z * build.size) for f in poser.feet)
    return Pose(rig, feet)


def at_rest(build: Build, gait: Gait) -> NDArray[np.float32]:
    """The rig that stands still, capsule for capsule that of `pose` in `gait`."""
    return pose(build, replace(STAND, name=gait.name), 0.5).rig
