"""A picture and what was found in it in, its layers out: what stands in front, what lies behind, and how each may move.

Knows no time and no camera: scene.py moves what is taken apart here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.flow import Flow, find_current
from openhorse.engines.procedural.still.lights import Lights
from openhorse.engines.procedural.still.plate import (
    Field,
    Layers,
    Opening,
    Pixels,
    fill,
    guided,
    largest,
    plate_size,
    split,
)
from openhorse.engines.procedural.still.treatment import Treatment
from openhorse.engines.procedural.still.warp import Matter, Warp
from openhorse.engines.procedural.still.wind import chest, licking, pliant, tresses


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a picture: its layout, its lights and its own matte, if it has one (the frame's size)."""

    layout: Layout
    lights: Lights
    alpha: Field | None = None


RIM = 0.9
"""How near a subject's outline is, its ground being at 0 and its nearest part at 1."""
BODY = 0.87
"""The depth from which a subject's parts turn: its outline a little, its middle most."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A picture taken apart, all at the frame's size.

    `front` has four channels (see `Layers`), or three if it is all there is; `backs` is the ground in its states of
    focus, none if it did not come apart. `front_flow` and `back_flow` are the water that runs in either.
    """

    front: NDArray[np.uint8]
    front_warp: Warp
    backs: tuple[Pixels, ...] = ()
    back_warp: Warp | None = None
    front_flow: Flow | None = None
    back_flow: Flow | None = None


def take_apart(rgb: Pixels, found: Found, treatment: Treatment, seed: int) -> Parts:
    """Take a picture apart as its treatment asks."""
    if treatment.kind == "surface":
        return _as_surface(rgb, found, treatment, seed)
    return (_as_figure if treatment.kind == "figure" else _as_landscape)(rgb, found, treatment, seed)


def _as_surface(rgb: Pixels, found: Found, treatment: Treatment, seed: int) -> Parts:
    layout = found.layout
    depth, plants = layout.depth, pliant(rgb, layout)
    if layout.figure is not None and not treatment.turn:
        depth = _leaning(depth)  # nothing is told apart, so nothing bulges
    elif treatment.turn and layout.figure is None:
        depth = _dome(depth)
    if treatment.hair:
        plants = plants * np.float32(treatment.sway / treatment.swing)
        plants = np.maximum(plants, tresses(layout) * np.float32(treatment.hair / treatment.swing))
    matter = Matter(depth, plants, layout.water * (1 - _running(layout)), **_flames(rgb, found.lights))
    return Parts(rgb, _warp(rgb, matter), front_flow=_flow(rgb, rgb, layout, treatment, seed))


def _as_figure(rgb: Pixels, found: Found, treatment: Treatment, seed: int) -> Parts:
    layout = found.layout
    layers = _figure_layers(rgb, layout, found.alpha)
    front = Matter(
        RIM + (1 - RIM) * layout.depth,
        plants=tresses(layout) if treatment.hair else None,
        chest=chest(layout) if treatment.breath else None,
        **_flames(rgb, found.lights),
    )
    back = layers.back
    return Parts(
        layers.front,
        _warp(rgb, front),
        _focus_steps(back, treatment.blur),
        _warp(rgb, Matter(_ground(layout), pliant(rgb, layout))),
        # what is out of focus would have to flow out of focus
        back_flow=None if treatment.blur else _flow(rgb, back, layout, treatment, seed),
    )


def _as_landscape(rgb: Pixels, found: Found, treatment: Treatment, seed: int) -> Parts:
    layout = found.layout
    layers = _landscape_layers(rgb, layout)
    depth, plants = _standing(layout, pliant(rgb, layout))
    far, water = _lying(layout)
    return Parts(
        layers.front,
        _warp(rgb, Matter(depth, plants, **_flames(rgb, found.lights))),
        (layers.back,),
        _warp(rgb, Matter(far, water=water)),
        front_flow=_flow(rgb, layers.front, layout, treatment, seed),
    )


def _warp(rgb: Pixels, matter: Matter) -> Warp:
    return Warp(rgb.shape[1], rgb.shape[0], matter)


def _flames(rgb: Pixels, lights: Lights) -> dict[str, Field]:
    return {"flames": licking(rgb, lights), "rise": lights.rise} if lights.has_flames else {}


def _running(layout: Layout) -> Field:
    return np.zeros_like(layout.depth) if layout.flow is None else layout.flow


def _flow(rgb: Pixels, layer: NDArray[np.uint8], layout: Layout, treatment: Treatment, seed: int) -> Flow | None:
    """The water that runs in a layer, if any of it does."""
    if layout.flow is None or not treatment.flow:
        return None
    current = find_current(rgb, layout.flow)
    return Flow(layer, current, seed) if float(current.share.max()) > 0.05 else None


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
    return np.repeat((RIM * ramp * ramp * (3 - 2 * ramp))[:, None], width, axis=1).astype(np.float32)


def _dome(like: Field) -> Field:
    """A picture bent as if over a ball: near in the middle, far at the border."""
    height, width = like.shape
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width - 0.5
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height - 0.5
    dome: Field = np.exp(-(x * x + y * y) * 7).astype(np.float32)
    return dome


def _figure_layers(rgb: Pixels, layout: Layout, alpha: Field | None) -> Layers:
    assert layout.figure is not None
    matte = _completed(rgb, _sharpened(rgb, layout.figure.matte)) if alpha is None else alpha
    # right up to the outline the ground is the picture itself: what of it went with the subject would be seen as a halo
    return split(rgb, Opening(1 - matte, (matte < 0.02).astype(np.float32), near=True))


def _completed(rgb: Pixels, matte: Field) -> Field:
    """A found matte with what it misses just outside its outline: what has its colours and not those of the ground."""
    height, width = matte.shape
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    side = max(5, max(matte.shape) // 34) | 1
    around = cv2.dilate(matte, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    band = (around > 0.02) & (matte < 0.98)
    known = (around < 0.02).astype(np.float32)
    ground = _unlike(small, known)
    subject = _unlike(small, (matte > 0.98).astype(np.float32))
    # before an even ground whatever differs belongs to the subject, before a lively one only what is like it
    wide = (4 * side | 1, 4 * side | 1)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    lively = cv2.absdiff(grey, cv2.blur(grey, (side, side))) * known
    lively = cv2.blur(lively, wide) / (cv2.blur(known, wide) + np.float32(1e-3))
    alike = (ground > 26) & (subject < 0.7 * ground)
    missed = (band & (alike | (ground > 34 + 4 * lively))).astype(np.uint8)
    missed = cv2.morphologyEx(missed, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    # only what hangs together with it
    solid = (matte > 0.5).astype(np.uint8)
    _, parts = cv2.connectedComponents(missed | solid, connectivity=4)
    own = np.isin(parts, np.unique(parts[solid > 0])) & (missed > 0)
    return _softened(grey, np.maximum(matte, cv2.GaussianBlur(own.astype(np.float32), (0, 0), 0.8)), side)


def _unlike(small: NDArray[np.float32], known: Field) -> Field:
    """How far each colour is from what the known ones would make of its place, in levels."""
    height, width = known.shape
    half = max(8, width // 2), max(8, height // 2)
    weights = cv2.resize(known, half, interpolation=cv2.INTER_AREA)
    weights = np.where(weights > 0.99, weights, 0)
    guess = fill(cv2.resize(small, half, interpolation=cv2.INTER_AREA), weights)
    unlike: Field = largest(cv2.absdiff(small, cv2.resize(guess, (width, height))))
    return unlike


def _softened(grey: Field, matte: Field, side: int) -> Field:
    """A matte as soft as the picture is at its outline: what is out of focus has no edge to be cut along."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    gradient = cv2.magnitude(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    outline = (cv2.morphologyEx(matte, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 0.3).astype(np.float32)
    window = (2 * side | 1, 2 * side | 1)
    steepest = cv2.dilate(gradient * outline, np.ones((5, 5), np.uint8)) * outline
    mean = cv2.blur(steepest, window) / (cv2.blur(outline, window) + np.float32(1e-4))
    sharp = np.clip((mean - 40) / 60, 0, 1)
    soft = cv2.GaussianBlur(matte, (0, 0), side / 3)
    softened: Field = soft + (matte - soft) * sharp
    return softened


def _landscape_layers(rgb: Pixels, layout: Layout) -> Layers:
    # what runs is carried by the front: it goes its own way down
    beyond = np.maximum(layout.sky, layout.water * (1 - _running(layout)))
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


def _standing(layout: Layout, plants: Field) -> tuple[Field, Field]:
    """Depth and sway of the land, carried on over the sky and water beside it so that outlines move as one piece."""
    beyond = (layout.sky + layout.water > 0.5).astype(np.uint8)
    land = 1 - cv2.dilate(beyond, np.ones((3, 3), np.uint8)).astype(np.float32)
    side = max(layout.depth.shape)
    depth = cv2.GaussianBlur(fill(layout.depth, land), (0, 0), side * 0.022)
    plants = cv2.GaussianBlur(fill(plants, land), (0, 0), side * 0.008)
    return depth, plants


def _lying(layout: Layout) -> tuple[Field, Field]:
    """Depth and ripple of what lies behind: sky infinitely far, water from the horizon towards us."""
    height, width = layout.depth.shape
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    ramp = np.clip((down - layout.horizon) / (1 - layout.horizon + 1e-3), 0, 1)
    water = cv2.blur(cv2.dilate(layout.water * (1 - _running(layout)), np.ones((7, 7), np.uint8)), (5, 5))
    # the horizon itself stays a straight line
    water = water * np.clip((down - layout.horizon) / 0.04, 0, 1)
    depth = np.repeat(ramp**0.85, width, axis=1).astype(np.float32)
    return depth, water.astype(np.float32)


def _focus_steps(back: Pixels, blur: float) -> tuple[Pixels, ...]:
    """The back as it is, and half and wholly blurred when there is any blur (a part of the mean side)."""
    if blur <= 0:
        return (back,)
    height, width = back.shape[:2]
    half = (max(2, width // 2), max(2, height // 2))
    small = cv2.resize(back, half, interpolation=cv2.INTER_AREA)
    sigma = blur * math.sqrt(width * height) / 2
    steps = [cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma * part), (width, height)) for part in (0.4, 1.0)]
    return (back, *steps)
