"""A look in, its sky out: a mask that hangs from the top border, all False when there is none.

Proposed by colour and smoothness, outlined by GrabCut, and believed only where the ground below it speaks for it.
Knows no water and no subject.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.figure import cut
from openhorse.engines.procedural.still.horizon import ALIKE, horizon_line, mirroring_shore, sea_horizon
from openhorse.engines.procedural.still.look import Look, Mask, is_green

_BELIEVABLE = 0.8
_SURE = 2.3
"""How much must speak for a sky whose colours go on to the foot of the picture."""


def find_sky(look: Look) -> Mask:
    """The open sky; all False when there is none, or none to be sure of."""
    height, width = look.shape
    none = np.zeros((height, width), bool)
    candidate = is_skylike(look)
    line = horizon_line(look)
    if line is None and float(candidate.mean()) > 0.8 and _is_all_sky(look):
        return ~none
    sky = _hung(candidate)
    if sky.mean() < 0.04 or sky[: max(1, height // 6)].mean() < 0.25:
        return none
    bar, faint = _BELIEVABLE, _faint_horizon(look, sky)
    if float(sky[-2:].mean()) > 0.1:
        # what comes down to the foot of the picture is no sky, but for one above a sea or a plain of its colours
        line = faint if line is None else line
        line = _wooded_shore(look, sky) if line is None else line
        if line is not None:
            sky[line + 1 :] = False
        elif not _is_blue_night(look, sky):
            bar = _SURE if float(sky[-2:].mean()) < 0.5 else 9.0
    sky = _outlined(look, sky) if bar < 9 else none
    if sky.mean() < 0.05 or _is_studio(sky):
        return none
    judged = sky.copy()
    row = _faint_horizon(look, sky)
    if row is None and faint is not None and is_glowing(look, sky, faint):
        # the outline went on over the glow in a sea
        row = faint
        sky[row:] = False
    if row is not None:
        judged[row:] = False
    return sky if evidence(look, judged, at_sea=row is not None) > bar else none


def is_glowing(look: Look, sky: Mask, row: int) -> bool:
    """Whether what lies right above and below a row is lit by a low sun, from side to side."""
    reach = max(3, look.shape[0] // 20)
    colours = look.lab[row - reach : row + reach]
    glow = (colours[..., 2] > 145) & (colours[..., 0] > 150)
    return float(glow.mean()) > 0.8 and float(sky[row - reach : row].mean()) > 0.8


def is_skylike(look: Look) -> Mask:
    """Without fine detail, and blue, grey, white, or warm in the light of a low sun."""
    lightness, chroma = look.lab[..., 0], np.abs(look.lab[..., 1:] - 128).sum(2)
    warm = (look.lab[..., 2] >= 132) & (lightness > 150) & (look.down < 0.6)
    skyish = (look.lab[..., 2] < 132) | (lightness > 190) | (chroma < 22) | warm
    # foliage in the shade is bluish too, but greener than any night
    skyish &= (lightness > 90) | (look.lab[..., 1] > 117)
    smooth = (cv2.blur(look.fine, (5, 5)) < 6.5) & (look.edges < 60)
    found: Mask = smooth & skyish & ~is_green(look)
    return found


def _hung(candidate: Mask, thinness: int = 32) -> Mask:
    """What hangs from the top border; cables and twigs across it, thinner than that part of a side, are bridged."""
    side = max(5, max(candidate.shape) // thinness) | 1
    bridged = cv2.morphologyEx(candidate.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)) > 0
    return hanging(bridged) & candidate


def hanging(candidate: Mask) -> Mask:
    """The parts of a mask that touch the top border in earnest."""
    _, parts = cv2.connectedComponents(candidate.astype(np.uint8), connectivity=4)
    names, lengths = np.unique(parts[0], return_counts=True)
    kept = names[(names > 0) & (lengths >= 3)]
    return np.isin(parts, kept) & candidate


def _is_all_sky(look: Look) -> bool:
    """Whether nothing but a blue sky with clouds of its own fills the picture."""
    blue = (look.lab[..., 2] < 112) & (look.hsv[..., 2] > 70)
    cloud = (look.lab[..., 0] > 150) & (np.abs(look.lab[..., 1:] - 128).sum(2) < 24)
    return float(blue.mean()) > 0.6 and 0.01 < float(cloud.mean()) < 0.4


def _faint_horizon(look: Look, sky: Mask) -> int | None:
    """A level step in a light ground, in the middle of the picture: a sea below a sky of its own colours."""
    row, height = sea_horizon(look, sky), look.shape[0]
    if row is None or not 0.3 < row / height < 0.8:
        return None
    return row if float(np.median(look.lab[sky][:, 0])) > 90 and float(sky[row + 2 :].mean()) > 0.15 else None


def _wooded_shore(look: Look, sky: Mask) -> int | None:
    """A shore that mirrors what stands on it, from side to side: no sky comes down to it."""
    found = mirroring_shore(look)
    if found is None or found[1] < ALIKE:
        return None
    row = found[0]
    return row if float(hanging(sky[:row])[-5:].mean()) < 0.2 else None


def _is_blue_night(look: Look, sky: Mask) -> bool:
    """Whether a dark and wholly blue ground spans the top, and the foot of the picture is mostly something else."""
    blue = float((look.lab[sky][:, 2] < 120).mean()) > 0.9
    return blue and float(sky[:3].any(0).mean()) > 0.85 and float(sky[-2:].mean()) < 0.4 and not _is_studio(sky)


def _outlined(look: Look, sky: Mask) -> Mask:
    height, width = sky.shape
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    labels[sky] = cv2.GC_PR_FGD
    labels[cv2.erode(sky.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0] = cv2.GC_FGD
    labels[int(height * 0.93) :] = cv2.GC_BGD
    # what is full of detail is no sky, whatever its colour
    rough = cv2.blur(look.fine, (9, 9)) > 11
    labels[rough & (labels == cv2.GC_PR_BGD)] = cv2.GC_BGD
    if not (labels == cv2.GC_FGD).any():
        return np.zeros_like(sky)
    smooth = (cv2.blur(look.fine, (9, 9)) < 6.5).astype(np.uint8)
    outlined = cut(look.rgb, labels, rounds=2) & (cv2.dilate(smooth, np.ones((9, 9), np.uint8)) > 0)
    return _filled(look, _alike(look, _hung(outlined, thinness=70)))


def _alike(look: Look, sky: Mask) -> Mask:
    """What touches the top border, and of what is cut off from it only what is brighter or like it: clouds, no hazy
    mountain."""
    # an edge as strong as a skyline parts what is of one colour to GrabCut
    inner = sky & (look.edges < 34)
    open_sky = hanging(inner)
    if not open_sky.any():
        return open_sky
    tone = np.median(look.lab[open_sky], axis=0)
    count, parts = cv2.connectedComponents((inner & ~open_sky).astype(np.uint8), connectivity=4)
    for name in range(1, count):
        part = parts == name
        usual = np.median(look.lab[part], axis=0)
        if float(usual[0]) > float(tone[0]) + 14 or float(np.abs(usual - tone).sum()) < 60:
            open_sky |= part
    joined = cv2.morphologyEx(open_sky.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((17, 17), np.uint8))
    near: Mask = cv2.dilate(joined, np.ones((9, 9), np.uint8)) > 0
    return sky & near


def _filled(look: Look, sky: Mask) -> Mask:
    """A sky with the clouds in it: smooth parts that stand on nothing."""
    _, parts = cv2.connectedComponents((~sky).astype(np.uint8), connectivity=4)
    standing = np.unique(np.concatenate([parts[-2:].ravel(), parts[:, 0], parts[:, -1]]))
    floating = ~np.isin(parts, standing) & ~sky
    _, parts, boxes, _ = cv2.connectedComponentsWithStats(floating.astype(np.uint8), connectivity=4)
    detail = np.bincount(parts.ravel(), weights=look.fine.ravel().astype(np.float64)) / np.maximum(
        1, boxes[:, cv2.CC_STAT_AREA]
    )
    cloud = detail < 9
    cloud[0] = False
    filled: Mask = sky | cloud[parts]
    return filled


def _is_studio(sky: Mask) -> bool:
    """Whether the supposed sky is a plain ground behind a subject: a wall, a sweep of paper, a table.

    A sky ends above the bottom border and lies open; a plain ground comes down both sides of a subject.
    """
    height, width = sky.shape
    low, side = int(height * 0.8), max(2, width // 12)
    both_sides = sky[low:, :side].mean() > 0.5 and sky[low:, -side:].mean() > 0.5
    middle_free = sky[int(height * 0.5) : low, width // 3 : -(width // 3)].mean() < 0.35
    if both_sides and middle_free:
        return True
    # what hangs below something else in most columns is not open sky; a cloud, a bough or a cable does not count
    solid = cv2.morphologyEx((~sky).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    _, parts = cv2.connectedComponents(solid, connectivity=4)
    grounded = np.isin(parts, np.unique(parts[-2:])) & (solid > 0)
    covered = sky & np.maximum.accumulate(grounded, axis=0)
    return bool(covered.sum() > 0.35 * sky.sum())


def evidence(look: Look, sky: Mask, at_sea: bool = False) -> float:
    """What speaks for a sky: an open top, a ground full of detail or a level horizon, its colour and its light.

    A blurred backdrop has neither such a ground below it nor such a line; a wall has boards. Above 1 it is a sky.
    Only above a level step in its own colours, `at_sea`, is the glow of a low sun one of a sky's colours.
    """
    height = sky.shape[0]
    columns = sky.any(0)
    bottom = np.where(columns, height - 1 - np.argmax(sky[::-1], axis=0), 0)
    if float(np.median(bottom[columns])) < 0.15 * height:
        return 0.0  # a strip along the border is anything: a ceiling, a shelf
    level = float((np.abs(bottom - np.median(bottom[columns])) < 0.025 * height)[columns].mean() * columns.mean())
    colours = look.lab[sky]
    pale = (colours[:, 0] > 170) & (np.abs(colours[:, 1:] - 128).sum(1) < 16)
    glowing = (colours[:, 2] > 150) & (colours[:, 0] > 150) & at_sea
    coloured = float(((colours[:, 2] < 122) | pale | glowing).mean())
    light = float(np.median(colours[:, 0]) - np.median(look.lab[~sky][:, 0])) if (~sky).any() else 0.0
    if light < 20 and coloured < 0.25:
        return 0.0
    coverage = float(sky[:3].any(0).mean())
    # streaks of cloud are level too; but what is open from side to side is rarely boarded, and what is painted pale
    painted = float(np.median(np.abs(colours[:, 1:] - 128).sum(1))) < 20
    boards = _boards(look, sky) if coverage < 0.85 and painted else 0.0
    if boards > 0.3:
        return 0.0
    return (
        min(1.0, _ground_detail(look, sky, bottom) / 0.6)
        + (level if level > 0.55 else 0.0)
        + 2 * (coverage - 0.7)
        + (0.4 * coloured if coloured > 0.1 else -0.2)
        + 0.4 * float(np.clip(light / 50, -1, 1))
        - 3 * max(0.0, boards - 0.15)
    )


def _ground_detail(look: Look, sky: Mask, bottom: NDArray[np.intp]) -> float:
    """How much of the strip right below the sky is full of fine detail."""
    height = sky.shape[0]
    rows = np.arange(height)[:, None]
    strip = (rows > bottom + 3) & (rows < bottom + 0.22 * height) & sky.any(0) & ~sky
    return float((cv2.blur(look.fine, (7, 7))[strip] > 6.5).mean()) if strip.any() else 0.0


def _boards(look: Look, sky: Mask) -> float:
    """How much of a supposed sky lies on thin straight lines, level or upright: the joints of boards and panels."""
    inner = cv2.erode(sky.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    share = 0.0
    for across, along in (((1, 5), (61, 1)), ((5, 1), (1, 61))):
        thin = (look.grey - cv2.blur(look.grey, across)) * inner
        part = cv2.blur(inner.astype(np.float32), along)
        judged = inner & (part > 0.6)
        if judged.sum() > 200:
            line = np.abs(cv2.blur(thin, along)) / np.maximum(part, 0.3)
            share = max(share, float((line[judged] > 0.8).mean()))
    return share


def is_clouded(look: Look, sky: Mask) -> bool:
    """Whether the sky shows clouds of its own: it varies on a scale that no clear gradient does."""
    # masts and branches inside the mask have edges that no cloud has
    sky = sky & (look.edges < 42)
    inner = cv2.erode(sky.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if inner.sum() < 200:
        return False
    lightness = look.lab[..., 0]
    weight = np.maximum(cv2.GaussianBlur(sky.astype(np.float32), (0, 0), 14), 1e-3)
    background = cv2.GaussianBlur(np.where(sky, lightness, 0).astype(np.float32), (0, 0), 14) / weight
    return float((lightness - background)[inner].std()) > 3.5
