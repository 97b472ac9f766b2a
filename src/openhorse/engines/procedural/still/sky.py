"""A look in, its sky out: a mask that hangs from the top border, all False when there is none.

Knows no water and no subject.
"""

from __future__ import annotations

import cv2
import numpy as np

from openhorse.engines.procedural.still.figure import cut
from openhorse.engines.procedural.still.look import Look, Mask, is_green


def find_sky(look: Look) -> Mask:
    """The smooth, sky-coloured region that hangs from the top border; all False when there is none."""
    height, width = look.shape
    none = np.zeros((height, width), bool)
    lightness, chroma = look.lab[..., 0], np.abs(look.lab[..., 1:] - 128).sum(2)
    warm = (look.lab[..., 2] >= 132) & (lightness > 150) & (look.down < 0.6)
    skyish = (look.lab[..., 2] < 132) | (lightness > 190) | (chroma < 22) | warm
    # foliage in the shade is bluish too, but greener than any night
    skyish &= (lightness > 90) | (look.lab[..., 1] > 117)
    candidate = (look.edges < 26) & skyish & ~is_green(look)
    sky = hanging(candidate)
    if sky.mean() < 0.04 or sky[: max(1, height // 6)].mean() < 0.25 or _is_studio(look, sky):
        return none
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    labels[sky] = cv2.GC_PR_FGD
    labels[cv2.erode(sky.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0] = cv2.GC_FGD
    labels[int(height * 0.85) :] = cv2.GC_BGD
    if not (labels == cv2.GC_FGD).any():
        return none
    return hanging(cut(look.rgb, labels, rounds=2))


def hanging(candidate: Mask) -> Mask:
    """The parts of a mask that touch the top border in earnest."""
    _, parts = cv2.connectedComponents(candidate.astype(np.uint8), connectivity=4)
    names, lengths = np.unique(parts[0], return_counts=True)
    kept = names[(names > 0) & (lengths >= 3)]
    return np.isin(parts, kept) & candidate


def _is_studio(look: Look, sky: Mask) -> bool:
    """Whether the supposed sky is a plain ground behind a subject: a wall, a sweep of paper, a table.

    A sky ends above the bottom border and lies open; a plain ground comes down both sides of a subject.
    """
    height, width = sky.shape
    if sky[-2:].mean() > 0.15:
        return True
    low, side = int(height * 0.8), max(2, width // 12)
    both_sides = sky[low:, :side].mean() > 0.5 and sky[low:, -side:].mean() > 0.5
    middle_free = sky[int(height * 0.5) : low, width // 3 : -(width // 3)].mean() < 0.35
    if both_sides and middle_free:
        return True
    # what hangs below something else in most columns is not open sky; a cloud or a bough does not count
    _, parts = cv2.connectedComponents((~sky).astype(np.uint8), connectivity=4)
    grounded = np.isin(parts, np.unique(parts[-2:])) & ~sky
    covered = sky & np.maximum.accumulate(grounded, axis=0)
    return bool(covered.sum() > 0.35 * sky.sum())


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
