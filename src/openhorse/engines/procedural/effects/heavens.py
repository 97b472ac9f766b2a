"""What appears in the sky: stars, an aurora, a rainbow, beams of sun, lightning, fireworks. Knows no place.

The sky is a plane one unit ahead: `across` to the right of ahead, `up` above the horizon, and goes as the camera does.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.paint import add_scaled
from openhorse.engines.procedural.drawing.strokes import STROKE_COLUMNS, draw_strokes
from openhorse.engines.procedural.effects.air import Air, Kit, Numbers
from openhorse.engines.procedural.effects.fall import strokes_of
from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.world.camera import Camera


def on_screen(camera: Camera, across: Numbers, up: Numbers) -> tuple[Numbers, Numbers]:
    """Columns and rows of points of the sky."""
    return camera.centre + across * camera.focal, camera.horizon - up * camera.focal


class _Stars:
    """Stars that twinkle, a faint band of many, and now and then a falling one."""

    z = math.inf

    def __init__(self, air: Air, count: int, band: float) -> None:
        random = air.random("stars")
        self._unit = math.sqrt(air.lens.width * air.lens.height) / 960
        self._top = air.lens.horizon / air.lens.focal * 1.35
        wide = 0.5 * air.lens.reach(1.0) * 1.35
        low = self._top - 1.5 * air.lens.height / air.lens.focal if air.scenery.medium == "space" else 0.012
        self._across = random.uniform(-wide, wide, count).astype(np.float32)
        self._up = (low + random.uniform(0, 1, count) * (self._top - low)).astype(np.float32)
        self._dark = 0.45 if air.light.is_night else 1.0
        self._wide = max(wide, self._top)
        self._bright = (0.16 + 0.9 * random.uniform(0, 1, count) ** 5).astype(np.float32)
        warmth = random.uniform(-1, 1, count)[:, None]
        colour = np.array((0.85, 0.9, 1.0)) + warmth * np.array((0.25, 0.05, -0.25))
        self._colour = (colour * (0.6 + 1.6 * self._bright[:, None] ** 2)).astype(np.float32)
        self._phase = random.uniform(0, math.tau, count).astype(np.float32)
        self._still = 1.0 if air.scenery.medium == "space" else 0.0
        self._falling = 0.0 if self._still else 1.0
        self._seed = air.shot.seed
        self._band = _milky_way(random) * np.float32(band)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        if self._band.any():
            scale = 2 * self._wide * camera.focal / self._band.shape[2]
            top = camera.horizon - self._top * camera.focal
            if not self._still:
                # where stars are to be seen the night is dark
                out[:, : max(1, math.ceil(camera.horizon))] *= self._dark
            add_scaled(out, self._band, camera.centre - self._wide * camera.focal, top, scale)
        x, y = on_screen(camera, self._across, self._up)
        twinkle = 1 + (0.34 * np.sin(5.1 * t + self._phase) * np.sin(3.3 * t + 2 * self._phase)) * (1 - self._still)
        dim = np.clip(self._up * 14, 0, 1) if not self._still else 1.0
        radius = self._unit * (0.22 + 0.55 * self._bright)
        strong = np.clip(self._bright * twinkle, 0, 1) * dim
        soft = radius * 1.3 + 0.35
        colours = [self._colour[:, k] for k in range(3)]
        draw_strokes(out, strokes_of(x, y, x, y, radius, radius, soft, strong, *colours))
        halo = np.where(self._bright > 0.7, 0.10 * strong, 0)
        keep = halo > 0
        draw_strokes(
            out,
            strokes_of(x, y, x, y, 0.0, 0.0, radius * 5, halo, *colours)[keep],
        )
        if self._falling:
            self._fall(out, camera, t)

    def _fall(self, out: Planes, camera: Camera, t: float) -> None:
        turn = math.floor((t + 1.2) / 2.9)
        age = (t + 1.2 - turn * 2.9) / 0.75
        if age >= 1:
            return
        random = np.random.default_rng((self._seed, 59, turn + 9))
        across, up = random.uniform(-0.45, 0.45), random.uniform(0.5, 0.72) * self._top
        side = random.choice([-1.0, 1.0])
        head, tail = 0.42 * age, max(0.0, 0.42 * age - 0.16)
        (x0, x1), (y0, y1) = on_screen(
            camera,
            np.array((across + side * tail, across + side * head), np.float32),
            np.array((up - 0.36 * tail, up - 0.36 * head), np.float32),
        )
        fade = math.sin(math.pi * age)
        for wide, strong in ((3.2, 0.16), (1.0, 0.9)):
            row = (x0, y0, x1, y1, 0.1, wide * self._unit, wide * self._unit, strong * fade, 1.9, 2.1, 2.4)
            draw_strokes(out, np.array([row], np.float32))


def _milky_way(random: np.random.Generator) -> Numbers:
    """A band of star clouds across a sheet, 4 × 300 × 640."""
    height, width = 300, 640
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lean = random.uniform(0.25, 0.5) * random.choice([-1.0, 1.0])
    off = (y - height * 0.42 + (x - width / 2) * lean) / 62
    cloud = grain((width, height), (7, 4), random, 6)
    fine = grain((width, height), (26, 13), random, 4)
    band = np.exp(-(off**2)) * smooth(-0.7, 0.9, cloud + 0.4 * fine)
    lane = np.exp(-(((off - 0.15 + 0.5 * cloud) / 0.34) ** 2)) * smooth(-0.3, 0.5, fine + cloud)
    band = band * (1 - 0.72 * lane)
    edge = np.clip(np.minimum.reduce([x, width - 1 - x, y * 1.5, (height - 1 - y) * 1.5]) / 60, 0, 1)
    warm = np.exp(-(((x - width * 0.5) / 150) ** 2))[..., None]
    tint = np.array((0.50, 0.60, 0.95)) * (1 - 0.55 * warm) + np.array((1.0, 0.72, 0.62)) * 0.55 * warm
    picture = (band[..., None] ** 1.5 * tint * 0.085) * edge[..., None]
    return np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32)


class _Aurora:
    """Curtains of light: many upright rays along paths that wind through the depth of the sky."""

    z = math.inf
    _RAYS, _STEPS = 600, 40
    _SMALL = 5

    def __init__(self, air: Air) -> None:
        random = air.random("aurora")
        self._top = air.lens.horizon / air.lens.focal
        self._dark = 0.5 if air.light.is_night and "stars" not in air.shot.brief.effects else 1.0
        self._curtains = [random.uniform(0, math.tau, 6) for _ in range(3)]
        self._warm = float(random.uniform(0.4, 1.0))
        up = np.linspace(0, 1, self._STEPS)
        foot = np.clip(up / 0.035, 0, 1)
        green = foot * np.exp(-up * 4.2)
        red = foot * (0.16 * np.exp(-up * 4.2) + 0.55 * self._warm * up**1.1 * np.exp(-up * 3.0))
        blue = foot * (0.34 * np.exp(-up * 3.4) + 0.62 * up * np.exp(-up * 2.4))
        self._column = np.stack([red, green, blue]) * np.linspace(1, 0, self._STEPS) ** 0.5

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        by = self._SMALL
        out[:, : max(1, math.ceil(camera.horizon))] *= self._dark
        width, height = out.shape[2] // by + 1, max(2, math.ceil(min(out.shape[1], camera.horizon)) // by + 1)
        light = np.zeros((3, height * width))
        for number, phases in enumerate(self._curtains):
            self._add(light, camera, t, (number, phases), (width, height))
        sheet = light.reshape(3, height, width).astype(np.float32)
        rows = min(out.shape[1], height * by)
        for channel in range(3):
            soft = cv2.GaussianBlur(sheet[channel], (0, 0), sigmaX=0.8, sigmaY=1.8)
            glow = cv2.GaussianBlur(sheet[channel], (0, 0), sigmaX=9, sigmaY=9)
            whole = cv2.resize(soft + 0.30 * glow, (width * by, height * by), interpolation=cv2.INTER_CUBIC)
            cv2.add(out[channel, :rows], cv2.max(whole[:rows, : out.shape[2]], 0.0), dst=out[channel, :rows])

    def _add(
        self, light: Numbers, camera: Camera, t: float, curtain: tuple[int, Numbers], size: tuple[int, int]
    ) -> None:
        number, a = curtain
        width, height = size
        s = np.linspace(-1, 1, self._RAYS)
        fold = 0.16 * np.sin(5.2 * s + a[0] + 0.22 * t) + 0.07 * np.sin(12.7 * s + a[1] - 0.35 * t)
        far = 3.2 + 0.7 * number + 1.3 * np.sin(2.4 * s + a[2] + 0.10 * t) + 0.45 * np.sin(8.3 * s + a[3] + 0.3 * t)
        across = (s * 1.75 + fold) * (4.2 / far) * 0.95 + 0.12 * np.sin(0.1 * t + a[4])
        foot, tall = (0.34 + 0.20 * number) * 2.8 / far * self._top, (1.5 - 0.15 * number) * 2.4 / far * self._top
        rays = 0.5 + 0.5 * np.sin(61 * s + 9 * np.sin(7 * s + a[5]) + 0.9 * t + a[0])
        rays *= 0.55 + 0.45 * np.sin(23 * s - 0.6 * t + a[1])
        power = (0.25 + 0.75 * rays) * (0.55 + 0.45 * np.sin(3.1 * s + 0.45 * t + a[4]))
        power = np.clip(power, 0.02, 1) * np.clip(1.05 - np.abs(s), 0, 0.3) / 0.3
        # a ray's light is spread over the columns that it takes
        step = np.gradient(across) * camera.focal / self._SMALL
        power = power * np.clip(np.abs(step), 0.05, 2.2) / np.maximum(np.abs(step), 0.45) * np.abs(step).clip(0.3, 1.5)
        x = ((camera.centre + across * camera.focal) / self._SMALL).astype(np.int64)
        steps = np.linspace(0, 1, self._STEPS)[None, :]
        up = foot[:, None] + steps * (tall * (0.8 + 0.4 * rays))[:, None]
        y = ((camera.horizon - up * camera.focal) / self._SMALL).astype(np.int64)
        inside = (y >= 0) & (y < height) & ((x >= 0) & (x < width))[:, None]
        spot = np.where(inside, y * width + x[:, None], 0).ravel()
        gain = (0.85, 0.5, 0.36)[number] * 46 / self._STEPS
        for channel in range(3):
            weight = np.where(inside, power[:, None] * self._column[channel][None, :], 0).ravel()
            light[channel] += np.bincount(spot, weight, minlength=light.shape[1])[: light.shape[1]] * gain


class _Rainbow:
    """A rainbow, and a faint second one with its colours turned round."""

    z = math.inf

    def __init__(self, air: Air) -> None:
        random = air.random("rainbow")
        self._radius = 0.86 * air.lens.horizon / air.lens.focal
        self._at = float(random.uniform(-0.22, 0.22))
        width, height = 480, 300
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        far = np.hypot((x - width / 2) / 185, (height - 12 - y) / 185)
        picture = np.zeros((height, width, 3), np.float32)
        for radius, wide, strong in ((1.0, 0.075, 0.20), (1.24, -0.09, 0.055)):
            part = (far - radius) / wide + 0.5
            for k, centre in enumerate((0.86, 0.52, 0.20)):
                picture[..., k] += strong * np.exp(-(((part - centre) / 0.24) ** 2))
            picture[..., 0] += strong * 0.35 * np.exp(-(((part - 0.02) / 0.12) ** 2))
        picture += 0.035 * smooth(1.0, 0.85, far)[..., None]
        picture *= np.clip(y / 20, 0, 1)[..., None] * (0.35 + 0.65 * np.clip((height - y) / 160, 0, 1))[..., None]
        shine = float((air.light.ambient + air.light.key * 0.4).mean()) * 1.9
        self._sheet = np.ascontiguousarray((picture * shine).transpose(2, 0, 1), np.float32)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        scale = self._radius * camera.focal / 185
        left = camera.centre + self._at * camera.focal - self._sheet.shape[2] / 2 * scale
        add_scaled(out, self._sheet, left, camera.horizon - 0.92 * self._sheet.shape[1] * scale, scale)


class _Beams:
    """Beams of sun through the air, over all that stands there."""

    z = 0.0
    _SMALL = 8

    def __init__(self, air: Air, strength: float = 1.0) -> None:
        self._light, random = air.light, air.random("beams")
        self._waves = random.uniform(0, math.tau, 6)
        self._strength, self._under = strength, air.scenery.medium == "water"
        shine = air.light.key + air.light.ambient * 0.5
        strong = 0.42 if self._under else 0.34
        self._colour = shine / max(1e-3, float(shine.max())) * min(strong, 0.2 + 0.1 * float(shine.max()))

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        by = self._SMALL
        height, width = out.shape[1] // by + 1, out.shape[2] // by + 1
        right, up, ahead = (float(part) for part in self._light.towards)
        ahead = max(ahead, 0.25)
        # the beams come from above the frame also where the sun stands low in it
        column = (camera.centre + camera.focal * right / ahead) / by
        if self._under:
            column = (camera.centre + 0.16 * camera.focal) / by
        row = min((camera.horizon - camera.focal * up / ahead) / by, (-0.5 if self._under else 0.10) * height)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        dx, dy = x + 0.5 - column, y + 0.5 - row + 0.35 * height
        angle = np.arctan2(dx, np.maximum(dy, 0.05 * height))
        a = self._waves
        rays = np.sin(17 * angle + a[0] + 0.13 * t) + 0.8 * np.sin(31 * angle + a[1] - 0.21 * t)
        rays += 0.6 * np.sin(53 * angle + a[2] + 0.29 * t) + 0.7 * np.sin(7 * angle + a[3] + 0.07 * t)
        far = np.hypot(dx, dy) / math.hypot(height, width)
        beam = np.clip(rays * 0.42, 0, 1) ** 1.3 * np.exp(-far * 1.7) * np.clip(dy / (0.2 * height), 0, 1)
        small = (beam * self._strength).astype(np.float32)
        whole = cv2.resize(small, (width * by, height * by), interpolation=cv2.INTER_LINEAR)
        whole = whole[: out.shape[1], : out.shape[2]]
        for channel in range(3):
            cv2.scaleAdd(whole, float(self._colour[channel]), out[channel], dst=out[channel])


class _Lightning:
    """A sky lit from within, and a bolt, at each strike."""

    z = math.inf

    def __init__(self, air: Air, strikes: tuple[float, ...]) -> None:
        self._air, self._strikes = air, strikes
        self._bolts = [self._bolt(air.random(f"bolt {k}")) for k in range(len(strikes))]
        self._unit = math.sqrt(air.lens.width * air.lens.height) / 960

    def _bolt(self, random: np.random.Generator) -> list[tuple[Numbers, float]]:
        """Paths (n × 2: across, up) and how thick each is, the trunk first."""
        top = self._air.lens.horizon / self._air.lens.focal + 0.05
        across = random.uniform(-0.36, 0.36)
        trunk = _jagged(np.array((across, top)), np.array((across + random.normal(0, 0.09), 0.0)), random)
        paths = [(trunk, 1.0)]
        for _ in range(5):
            k = int(random.uniform(0.15, 0.8) * len(trunk))
            start = trunk[k]
            down = random.uniform(0.3, 0.75) * start[1]
            end = start + np.array((random.choice([-1, 1]) * random.uniform(0.3, 0.8) * down, -down))
            paths.append((_jagged(start, end, random)[: None if random.random() < 0.4 else 48], 0.45))
        return paths

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        for strike, bolt in zip(self._strikes, self._bolts, strict=True):
            age = t - strike
            if not 0 <= age < 0.5:
                continue
            self._flash(out, camera, bolt[0][0], flare(age))
            burn = flare(age) if age < 0.34 else 0.0
            if burn > 0.03:
                self._strike(out, camera, bolt, min(1.0, burn))

    def _flash(self, out: Planes, camera: Camera, trunk: Numbers, strong: float) -> None:
        """The clouds round the bolt light up."""
        rows = min(out.shape[1], max(1, int(camera.horizon)))
        y, x = np.mgrid[0 : rows // 8 + 1, 0 : out.shape[2] // 8 + 1].astype(np.float32) * 8
        column, row = camera.centre + trunk[0, 0] * camera.focal, 0.1 * camera.horizon
        near = np.exp(-np.hypot(x - column, (y - row) * 1.5) / (0.34 * camera.focal))
        size = (near.shape[1] * 8, near.shape[0] * 8)
        gain = cv2.resize((near * strong * 2.4).astype(np.float32), size)[:rows, : out.shape[2]]
        for channel, tint in enumerate((0.85, 0.92, 1.15)):
            part = out[channel, :rows]
            cv2.add(part, (part + 0.10) * gain * tint, dst=part)

    def _strike(self, out: Planes, camera: Camera, bolt: list[tuple[Numbers, float]], strong: float) -> None:
        table = []
        for path, thick in bolt:
            x, y = on_screen(camera, path[:, 0], path[:, 1])
            for wide, opacity, light in ((9.0, 0.10, 1.6), (2.6, 0.45, 3.0), (0.9, 1.0, 9.0)):
                radius = wide * self._unit * thick
                for k in range(len(path) - 1):
                    ends = (x[k], y[k], x[k + 1], y[k + 1])
                    colour = (0.75 * light, 0.82 * light, light)
                    table.append((*ends, radius * 0.5, radius * 0.5, radius, opacity * strong * thick, *colour))
        draw_strokes(out, np.array(table, np.float32).reshape(-1, STROKE_COLUMNS))


def _jagged(start: Numbers, end: Numbers, random: np.random.Generator) -> Numbers:
    """A path between two points that leaves the straight line more and more finely."""
    path = np.stack([start, end])
    rough = 0.15 * float(np.hypot(*(end - start)))
    for _ in range(6):
        middle = (path[:-1] + path[1:]) / 2
        along = path[1:] - path[:-1]
        aside = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)[:, None]
        middle = middle + aside * random.normal(0, rough, (len(middle), 1))
        joined = np.empty((len(path) + len(middle), 2))
        joined[::2], joined[1::2] = path, middle
        path, rough = joined, rough * 0.52
    return path


def flare(age: float) -> float:
    """How bright a strike is after so many seconds, about 1 at first: it comes again twice, weaker."""
    total = 0.0
    for at, strong in ((0.0, 1.0), (0.11, 0.55), (0.21, 0.8)):
        if age >= at:
            total += strong * math.exp(-(age - at) / 0.055)
    return total


def stars(air: Air) -> Kit:
    """A clear night's stars."""
    count = 900 if air.scenery.medium == "space" else 620
    airless = air.scenery.light is not None and air.light.clear > 1e6
    return Kit((_Stars(air, count, 0.25 if airless else 1.0),))


def aurora(air: Air) -> Kit:
    """Northern lights."""
    return Kit((_Aurora(air),))


def rainbow(air: Air) -> Kit:
    """A rainbow."""
    return Kit((_Rainbow(air),))


def sun_shafts(air: Air) -> Kit:
    """Beams of sun."""
    return Kit((_Beams(air),))


def lightning(air: Air) -> Kit:
    """A strike early on, and others after it."""
    random = air.random("strikes")
    at, strikes = float(random.uniform(0.7, 1.3)), []
    while at < air.shot.seconds - 0.3:
        strikes.append(at)
        at += float(random.uniform(1.7, 3.6))
    own = tuple(strike * air.rate for strike in strikes)
    return Kit((_Lightning(air, own),), flashes=own)
