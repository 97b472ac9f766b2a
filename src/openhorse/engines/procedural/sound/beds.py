"""A Bed comes in, its ambience goes out: stereo, as long as the film, unbalanced. Knows no hits and no music.

Every bed is drawn from its own random numbers, so that adding one does not change the others; nothing in one
stands still, and either side wanders by itself. Animals are in animals.py, machines in
machines.py, people in people.py, water's depth and space in depths.py.
Where waves, lapping, wind or leaves have a `period`, their swell (a wave breaking, a gust) is loudest at `phase`,
`phase` + `period`, ….
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.signal import lfilter

from openhorse.engines.procedural.score import Bed, BedKind, Surface
from openhorse.engines.procedural.sound.animals import birds, frogs, insects
from openhorse.engines.procedural.sound.depths import space, underwater
from openhorse.engines.procedural.sound.machines import engine, train, wheels
from openhorse.engines.procedural.sound.people import cafe, crowd
from openhorse.engines.procedural.sound.setting import Setting
from openhorse.engines.procedural.sound.synthesis import (
    STEP,
    Samples,
    Scatter,
    add_at,
    band,
    both,
    burst,
    chirp,
    clock,
    control_clock,
    drift,
    enlarged,
    noise,
    pink,
    ringing,
    scattered,
    single,
    wandering,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator


def _gusts(random: Random, count: int, bed: Bed) -> Samples:
    """A control curve 0…1: the bed's own gusts, or the weather's."""
    wander = drift(random, count, 0.45, 0.3, 1.0)
    if bed.gusts:
        seconds, forces = zip(*bed.gusts, strict=True)
        return single(np.interp(control_clock(count), seconds, forces) ** 1.4)
    if not bed.period:
        return wander
    swing = 0.5 + 0.5 * np.cos(2 * np.pi * (control_clock(count) - bed.phase) / bed.period)
    return single(0.25 + 0.75 * swing**1.5 * (0.8 + 0.2 * wander))


def _crossing(random: Random, gust: Samples) -> tuple[Samples, Samples]:
    """A gust as either side hears it: it comes from one of them and is at the other a third of a second later."""
    late = int(random.uniform(0.2, 0.35) * SAMPLE_RATE / STEP)
    first = np.concatenate([gust[late // 2 :], np.repeat(gust[-1:], late // 2)])
    second = np.concatenate([np.repeat(gust[:1], late - late // 2), gust[: -(late - late // 2)]])
    return (first, second) if random.random() < 0.5 else (second, first)


def _single(bed: Bed) -> np.float32:
    """How loud what is heard singly (a drop, a twig, a bubble) stays: far off it has run together with the rest."""
    return np.float32(max(0.0, 1 - 1.4 * bed.distance))


def wind(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A low rush that swells and brightens with the gusts, a howl and a whistle that only strong ones have, and air."""
    # the picture's own gusts bend its leaves here and now, whatever the weather does elsewhere
    flutter = drift(random, count, 2.2, 0.85 if bed.gusts else 0.75, 1.0)
    left, right = _crossing(random, _gusts(random, count, bed) * flutter)
    gust = both((left, right), count)
    strong = gust * gust
    howl = wandering(random, count, 0.9, 0.1, 1.0) * strong
    body = noise(random, count, pink(55, 300)) * gust + 0.8 * noise(random, count, pink(140, 900)) * strong
    body += 0.45 * noise(random, count, lambda f: single(band(520, 0.5)(f) + 0.15 * band(1250, 0.3)(f))) * howl
    return body + 0.16 * noise(random, count, pink(700, 9000)) * (0.35 + 0.65 * strong)


def leaves(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Dry rustling, in the wind's gusts and each leaf's flutter."""
    left, right = _crossing(random, single(_gusts(random, count, bed) ** 1.5))
    gust = both((left, right), count)
    near = noise(random, count, band(5200, 0.75)) * wandering(random, count, 17, 0.1, 1.0)
    far = noise(random, count, band(2600, 0.8)) * wandering(random, count, 9, 0.3, 1.0)
    ticks = [_tick(random, pitch, 0.01) for pitch in random.uniform(2500, 8000, 16)]
    twigs = 1.5 * _single(bed) * scattered(random, count, ticks, Scatter(rate=30, rarity=3.0))
    return single((near + 0.8 * far + twigs) * gust)


def _tick(random: Random, pitch: float, seconds: float) -> Samples:
    """A short dry knock at about `pitch` hertz."""
    tap = burst(random, seconds, band(pitch, 0.5))
    t = clock(tap.size)
    return single(tap * np.exp(-t * np.float32(5 / seconds)) * np.minimum(1, t / np.float32(0.0005)))


_WAVE_SECONDS = 7.0


def waves(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Waves that rumble up, break at `phase` (and every `period` after), run up the sand, and draw back over it.

    Between them lies the surf of the whole shore, which never stops.
    """
    period = bed.period or _WAVE_SECONDS
    pace = min(1.0, period / 5)  # short waves break faster
    t = control_clock(count)
    rumble, crash, wash, fizz, back = (np.zeros((2, t.size)) for _ in range(5))
    breaks = np.arange(bed.phase % period - 2 * period, t[-1] + period, period)
    forces = random.uniform(0.8, 1.0, breaks.size)
    for moment, force, from_left in zip(breaks, forces, random.random(breaks.size) < 0.5, strict=True):
        since = (t - moment) / pace
        after = np.maximum(since, 0)
        roll = np.clip(0.5 + (since - 0.2) * (0.35 if from_left else -0.35), 0.2, 0.8) * np.pi / 2
        sides = np.stack([np.cos(roll), np.sin(roll)])
        rumble += force * np.where(since < 0, np.exp(-((since / 1.1) ** 2)), np.exp(-((since / 0.8) ** 2)))
        crash += force * sides * np.where(since < 0, np.exp(-((since / 0.12) ** 2)), np.exp(-after / 0.5))
        wash += force * sides[::-1] * (1 - np.exp(-after / 0.25)) * np.exp(-after / 0.9)
        fizz += force * (1 - np.exp(-after / 0.5)) * np.exp(-after / 1.5)
        back += force * sides * np.exp(-(((since - 0.42 * period / pace) / (0.14 * period / pace)) ** 2))
    pops = scattered(random, count, [_tick(random, f, 0.006) for f in random.uniform(1500, 6000, 16)], Scatter(55, 3.0))
    layers = (
        (rumble * 0.75, pink(50, 380)),
        (crash * 1.3, pink(180, 2600)),
        (wash * 1.2 + back * 0.2, band(1900, 1.1)),
        (fizz * 0.5 * drift(random, count, 12, 0.6, 1.0), band(5200, 0.7)),
    )
    track = noise(random, count, pink(60, 3600)) * wandering(random, count, 0.5, 0.12, 0.3)
    track += _single(bed) * pops * both((1.2 * (0.25 * fizz + back)), count)
    for curve, spectrum in layers:
        track += noise(random, count, spectrum) * both(np.broadcast_to(curve, (2, t.size)), count)
    return track


def _bubbles(random: Random, number: int, low: float, high: float) -> list[Samples]:
    """Small air bubbles in water: short tones that rise as they reach the surface, small ones higher and shorter."""
    pitches = low * (high / low) ** random.random(number)
    return [
        chirp(pitch, pitch * random.uniform(1.08, 1.4), min(0.09, 14 / pitch + 0.012), pitch / 14) for pitch in pitches
    ]


def lapping(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Small waves against a shore, each a slap with a rush up the stones and a trickle back, in an uneven rhythm."""
    t = control_clock(count)
    slap, run, trickle = (np.zeros((2, t.size)) for _ in range(3))
    moment = random.uniform(-1.5, 0.2)
    while moment < t[-1]:
        since = t - moment
        after = np.maximum(since, 0)
        angle = random.uniform(0.15, 0.85) * np.pi / 2
        force = random.uniform(0.25, 1.0) * np.array([[np.cos(angle)], [np.sin(angle)]])
        slap += force * np.where(since < 0, np.exp(-((since / 0.12) ** 2)), np.exp(-after / 0.15))
        run += force * (1 - np.exp(-after / 0.12)) * np.exp(-after / 0.3)
        trickle += force * (1 - np.exp(-after / 0.3)) * np.exp(-after / 0.55)
        moment += random.uniform(0.45, 1.5)
    if bed.period:
        swell = 0.45 + 0.55 * _gusts(random, count, bed)
        slap, run, trickle = slap * swell, run * swell, trickle * swell
    track = noise(random, count, band(480, 0.9)) * both((0.5 * slap), count)
    track += noise(random, count, band(1700, 0.9)) * both((0.1 * slap + 0.22 * run), count)
    track += noise(random, count, band(4200, 0.8)) * both((0.1 * run + 0.07 * trickle), count)
    drops = scattered(random, count, _bubbles(random, 32, 600, 2600), Scatter(rate=28, rarity=3.0))
    return track + _single(bed) * drops * both((0.05 + 0.4 * trickle), count)


def stream(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Running water: very many bubbles, and the rush beneath them."""
    bubbles = scattered(random, count, _bubbles(random, 48, 420, 2600), Scatter(rate=85, rarity=2.2))
    rush = noise(random, count, pink(250, 3200)) * wandering(random, count, 6, 0.7, 1.0)
    return single(0.6 * bubbles * wandering(random, count, 0.7, 0.6, 1.0) + 0.11 * rush)


@dataclass(frozen=True, slots=True)
class _Fall:
    """How rain sounds on a surface: its far hiss from `low` to `high` hertz, and the drops near by.

    A drop is a knock of `seconds` somewhere in `knock` hertz, or a bubble there where it falls into water.
    """

    low: float
    high: float
    knock: tuple[float, float]
    seconds: float
    rate: float
    drops: float


_FALLS: Mapping[Surface, _Fall] = {
    "water": _Fall(900, 9500, (1600, 5200), 0.02, 90, 1.6),
    "pavement": _Fall(800, 11000, (2200, 7500), 0.012, 120, 2.0),
    "leaves": _Fall(450, 5500, (900, 3400), 0.014, 130, 2.6),
    "sand": _Fall(400, 4500, (500, 1800), 0.012, 60, 1.0),
    "roof": _Fall(180, 2600, (350, 1500), 0.03, 110, 2.4),
    "ground": _Fall(600, 7500, (1100, 4500), 0.014, 90, 1.5),
}


def rain(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A hiss that comes and goes in sheets, and single drops near by: both as what they fall on makes them."""
    fall = _FALLS[setting.surface]
    hiss = noise(random, count, pink(fall.low, fall.high)) * wandering(random, count, 0.5, 0.65, 1.0)
    sheen = noise(random, count, band(0.6 * fall.high, 0.7)) * wandering(random, count, 3, 0.5, 1.0)
    if setting.surface == "water":
        taps = _bubbles(random, 32, *fall.knock)
    else:
        taps = [_tick(random, pitch, fall.seconds) * np.float32(0.35) for pitch in random.uniform(*fall.knock, 32)]
    near = scattered(random, count, taps, Scatter(fall.rate, rarity=3.0))
    return single(0.5 * hiss + 0.3 * sheen + fall.drops * _single(bed) * near)


def _plip(random: Random) -> Samples:
    """A drop into a puddle: the touch, then the bubble it closes over; far ones are only the bubble."""
    pitch = random.uniform(900, 3200)
    bubble = chirp(pitch, pitch * random.uniform(1.05, 1.35), 0.07, random.uniform(60, 140))
    touch = _tick(random, random.uniform(3000, 7000), 0.006) * np.float32(random.uniform(0, 0.25))
    bubble[: touch.size] += touch
    return bubble


def drips(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Drops falling into puddles, now and then."""
    return scattered(random, count, [_plip(random) for _ in range(28)], Scatter(rate=3.5, rarity=2.0))


def waterfall(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Water that falls: a thunder below, a broad roar whose strands come and go on either side, spray, splashes."""
    thunder = noise(random, count, pink(45, 260)) * wandering(random, count, 1.5, 0.7, 1.0)
    strands = noise(random, count, pink(250, 5000)) * wandering(random, count, 7, 0.55, 1.0)
    spray = noise(random, count, band(6000, 0.8)) * wandering(random, count, 3, 0.5, 1.0)
    drops = scattered(random, count, _bubbles(random, 40, 350, 1800), Scatter(rate=55, rarity=3.0))
    return single(0.5 * thunder + 0.8 * strands + 0.25 * spray + 1.3 * _single(bed) * drops)


def thunder(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A storm some way off: one or two rolls of thunder, each a crack that the hills draw out."""
    t = control_clock(count)
    curve, seconds = np.zeros((2, t.size)), count / SAMPLE_RATE
    at = random.uniform(0.12, 0.3) * seconds
    while at < seconds - 1.0:
        for _ in range(7):
            start, side = at + random.exponential(0.5), random.uniform(0.25, 0.75)
            after = np.maximum(t - start, 0)
            roll = (t > start) * (1 - np.exp(-after / 0.06)) * np.exp(-after / random.uniform(0.3, 0.9))
            curve += random.uniform(0.3, 1.0) * np.array([[1 - side], [side]]) * roll
        at += random.uniform(4.0, 7.0)
    rumble = noise(random, count, pink(35, 220)) + 0.25 * noise(random, count, pink(200, 1200))
    return single(rumble * both(curve + 0.02, count))


def traffic(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A city's hum from all sides, and cars that pass from one side to the other, hissing where it is wet."""
    seconds = count / SAMPLE_RATE
    rumble = noise(random, count, pink(38, 240)) * enlarged(drift(random, count, 0.35, 0.6, 1.0), count)
    t = control_clock(count)
    left, right = np.zeros(t.size), np.zeros(t.size)
    number = max(1, round(seconds / 3.5))
    for slot in range(number):
        moment = (slot + random.uniform(0.15, 0.85)) * seconds / number
        width, towards = random.uniform(0.6, 1.2), random.choice([-1.0, 1.0])
        near = random.uniform(0.4, 1.0) / (1 + ((t - moment) / width) ** 2) ** 1.5
        side = 1 / (1 + np.exp(-(t - moment) * towards * 2 / width))
        left += near * (1 - side)
        right += near * side
    passing = both((left, right), count)
    # near cars are brighter: the air takes the high tones of those far off
    tyres = noise(random, count, pink(160, 1200), width=0.5) * passing
    tyres += (0.7 if setting.wet else 0.3) * noise(random, count, pink(1500, 8000), width=0.6) * passing * passing
    hum = noise(random, count, pink(200, 2200)) * wandering(random, count, 0.4, 0.05, 0.14)
    return single(0.5 * rumble + 0.9 * tyres + hum)


def neon(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A transformer's hum with its harmonics, and the gas crackling at every half-wave of the mains."""
    hum = 0.6 * ringing(120, 0, count) + ringing(240, 0, count) + 0.5 * ringing(360, 0, count)
    half_wave = 0.5 + 0.5 * ringing(120, 0, count)
    buzz = np.square(np.square(np.square(half_wave)))
    gas = noise(random, count, band(3400, 0.8), width=0.5) * buzz
    return single(0.4 * np.stack([hum, hum]) + 0.9 * gas)


def fire(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A soft roar, and wood that cracks: many small cracks, a few loud ones."""
    roar = noise(random, count, pink(60, 600)) * enlarged(drift(random, count, 3.5, 0.4, 1.0), count)
    hiss = noise(random, count, band(4200, 0.9)) * enlarged(drift(random, count, 6, 0.2, 1.0), count)
    cracks = []
    for seconds in random.uniform(0.004, 0.03, 20):
        crack = burst(random, seconds, pink(700, 9000))
        t = clock(crack.size)
        cracks.append(crack * np.exp(-t * np.float32(5 / seconds)) * np.minimum(1, t / np.float32(0.0006)))
    return single(0.4 * roar + 0.06 * hiss + 1.6 * scattered(random, count, cracks, Scatter(rate=24, rarity=4.0)))


def room(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """The air of a room with nobody in it: what its walls let through, a breath of air, wood that settles.

    And through the wall, now and then, somebody who puts something down.
    """
    outside = noise(random, count, pink(60, 420)) * wandering(random, count, 0.5, 0.3, 1.0)
    air = noise(random, count, pink(400, 7000)) * wandering(random, count, 0.6, 0.5, 1.0)
    creaks = [_creak(random) for _ in range(6)]
    thumps = [chirp(pitch, 0.8 * pitch, 0.25, 16) for pitch in random.uniform(95, 170, 4)]
    settling = scattered(random, count, creaks, Scatter(rate=0.9, rarity=1.2))
    beyond = scattered(random, count, thumps, Scatter(rate=0.8, rarity=1.0, spread=0.5))
    return single(0.7 * outside + 0.2 * air + _single(bed) * (0.8 * settling + 0.9 * beyond))


def _creak(random: Random) -> Samples:
    """Wood that gives: a row of small slips whose pace changes."""
    slips = np.zeros((1, int(0.45 * SAMPLE_RATE)), np.float32)
    at, gap, pitch = 0.0, random.uniform(0.012, 0.03), random.uniform(350, 1100)
    while at < 0.4:
        tap = _tick(random, pitch * random.uniform(0.95, 1.05), 0.012)
        add_at(slips, int(at * SAMPLE_RATE), tap[None] * np.float32(np.sin(np.pi * at / 0.4) ** 2))
        at, gap = at + gap, gap * random.uniform(0.9, 1.15)
    return single(slips[0])


def clock_ticks(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A clock on a wall: tick and tock, each wheel's tooth a little unlike the one before, in a wooden case."""
    track = np.zeros((1, count), np.float32)
    at, number = random.uniform(0.1, 0.5), 0
    while at < count / SAMPLE_RATE - 0.1:
        knock = _tick(random, (2300 if number % 2 else 2900) * random.uniform(0.98, 1.02), 0.02)
        case = chirp(310, 290, 0.05, 90) * np.float32(0.4)
        add_at(track, int(at * SAMPLE_RATE), knock[None] * np.float32(random.uniform(0.8, 1.0)))
        add_at(track, int(at * SAMPLE_RATE), case[None])
        at, number = at + 0.5, number + 1
    # the wall that it hangs on gives it back to either ear in its own time
    return np.stack([track[0], 0.8 * np.concatenate([np.zeros(29, np.float32), track[0, :-29]])])


@dataclass(frozen=True, slots=True)
class Voicing:
    """How a bed is made, its loudness at level 1 in LUFS, and how much of it goes to the room around."""

    make: Callable[[Random, int, Bed, Setting], Samples]
    loudness: float
    send: float = 0.0


BEDS: Mapping[BedKind, Voicing] = {
    "wind": Voicing(wind, -27),
    "waves": Voicing(waves, -25),
    "lapping": Voicing(lapping, -29),
    "birds": Voicing(birds, -33, 0.8),
    "insects": Voicing(insects, -34, 0.15),
    "traffic": Voicing(traffic, -28),
    "rain": Voicing(rain, -27),
    "drips": Voicing(drips, -36, 0.12),
    "crowd": Voicing(crowd, -29, 0.5),
    "neon": Voicing(neon, -34),
    "fire": Voicing(fire, -27),
    "room": Voicing(room, -38),
    "stream": Voicing(stream, -28),
    "leaves": Voicing(leaves, -30),
    "waterfall": Voicing(waterfall, -26),
    "engine": Voicing(engine, -25, 0.1),
    "wheels": Voicing(wheels, -29, 0.05),
    "clock": Voicing(clock_ticks, -42, 0.4),
    "thunder": Voicing(thunder, -28, 0.2),
    "underwater": Voicing(underwater, -28),
    "space": Voicing(space, -30),
    "cafe": Voicing(cafe, -30, 0.4),
    "frogs": Voicing(frogs, -33, 0.2),
    "train": Voicing(train, -26),
}


def placed(samples: Samples, bed: Bed) -> Samples:
    """`samples` where the bed is: with `distance` duller and narrower, and to the side that `pan` says."""
    if bed.distance > 0:
        keep = np.exp(-2 * np.pi * 14000 * 0.06**bed.distance / SAMPLE_RATE)
        samples = single(lfilter([1 - keep], [1, -keep], samples, axis=1))
        middle = samples.mean(axis=0, keepdims=True)
        samples = middle + (samples - middle) * (1 - 0.6 * bed.distance)
    if bed.pan != 0.5:
        # the far side keeps a fifth: what is heard has a size
        near = np.array([[min(1.0, 2 - 2 * bed.pan)], [min(1.0, 2 * bed.pan)]])
        samples = single(samples * (0.2 + 0.8 * near))
    return samples


def enveloped(samples: Samples, envelope: tuple[tuple[float, float], ...]) -> Samples:
    """`samples` with the bed's envelope on them, its corners rounded so that none clicks."""
    if not envelope:
        return samples
    seconds, gains = zip(*sorted(envelope), strict=True)
    curve = uniform_filter1d(np.interp(control_clock(samples.shape[1]), seconds, gains), 5, mode="nearest")
    return single(samples * enlarged(curve, samples.shape[1]))
