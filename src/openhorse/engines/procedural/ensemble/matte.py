"""A picture and its subject's mask in, a fine matte and clean colours out: soft edges, open holes, no old rim.

Knows no way of finding a subject.
"""

from __future__ import annotations

import cv2
import numpy as np

from openhorse.engines.procedural.ensemble.outline import Lab, Mask, closed, largest
from openhorse.engines.procedural.ensemble.palette import rounded, to_lab
from openhorse.engines.procedural.still.plate import Field, Pixels, fill, guided


def finish(rgb: Pixels, small: Field, holes: bool = True) -> tuple[Field, Pixels]:
    """Alpha (0…1) and colours at the picture's size from a mask (0…1) of any size.

    With `holes`, what the outline encloses and looks just like the ground outside is opened: a cup's handle.
    """
    rows, columns = rgb.shape[:2]
    soft = np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    reach = max(3, round(max(rows, columns) / 160))
    solid = np.asarray(guided(grey, soft, reach, 4e-4) > 0.5, bool)
    solid = closed(largest(solid, 0.12)) if solid.any() else solid
    if holes and solid.any():
        solid = solid & ~enclosed_ground(to_lab(rgb), solid)
    return unmixed(rgb, solid, max(3, reach // 2 + 1))


def enclosed_ground(lab: Lab, solid: Mask) -> Mask:
    """Pieces inside a mask whose colour is that of the ground right outside and of hardly anything else inside."""
    rows, columns = solid.shape
    scale = min(1.0, 480 / max(rows, columns))
    size = max(8, round(columns * scale)), max(8, round(rows * scale))
    small = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(solid.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    reach = max(5, round(0.12 * float(np.sqrt(max(1, mask.sum()))))) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    ring = (cv2.dilate(mask.astype(np.uint8), kernel) > 0) & ~(
        cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    )
    if not ring.any() or not mask.any():
        return np.zeros_like(solid)
    outside = fill(small, ring.astype(np.float32))
    near = np.linalg.norm(small - outside, axis=2)
    core = mask & (cv2.erode(np.pad(mask.astype(np.uint8), 1), np.ones((3, 3), np.uint8))[1:-1, 1:-1] > 0)
    like = core & (near < 7)
    # where the subject itself has the ground's colour nothing can be told
    if float(like.sum()) > 0.3 * mask.sum():
        return np.zeros_like(solid)
    like = cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, parts, facts, _ = cv2.connectedComponentsWithStats(like)
    kept = np.zeros(count, bool)
    edge = cv2.morphologyEx(small[..., 0], cv2.MORPH_GRADIENT, np.ones((7, 7), np.uint8))
    for part in range(1, count):
        area = int(facts[part, cv2.CC_STAT_AREA])
        region = parts == part
        rim = (cv2.dilate(region.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~region
        even = float(np.linalg.norm(small[region].std(0)))
        # a hole is as even as the ground and has a sharp edge all about it; a glint fades
        kept[part] = area > 0.0012 * mask.sum() and even < 6 and float(np.percentile(edge[rim], 30)) > 7
    found = cv2.dilate(kept[parts].astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    return np.asarray(cv2.resize(found, (columns, rows), interpolation=cv2.INTER_LINEAR) > 0.5, bool)


def unmixed(rgb: Pixels, solid: Mask, reach: int) -> tuple[Field, Pixels]:
    """Alpha and clean colours: along the edge each pixel is taken apart into subject and ground.

    Both colours are carried into a band of ±`reach` pixels from the certain sides, and alpha is where
    the pixel lies between them; where the two are alike the mask decides.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    mask = solid.astype(np.uint8)
    inside = cv2.erode(mask, kernel, borderType=cv2.BORDER_REPLICATE) > 0
    outside = cv2.dilate(mask, kernel, borderType=cv2.BORDER_REPLICATE) == 0
    image = rgb.astype(np.float32)
    # thin parts have no inside: their own middle must do
    thin = solid & ~(cv2.dilate(inside.astype(np.uint8), kernel) > 0)
    spine = thin & (cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0)
    subject = fill(image, (inside | spine).astype(np.float32))
    ground = fill(image, outside.astype(np.float32))
    gap = subject - ground
    length = (gap * gap).sum(2)
    along = ((image - ground) * gap).sum(2) / (length + 60.0)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.8, reach * 0.35))
    trust = np.clip(length / 3000 - 0.15, 0, 1) * 0.8
    band = np.clip(along * trust + soft * (1 - trust), 0, 1)
    alpha = np.where(inside, 1.0, np.where(outside, 0.0, band)).astype(np.float32)
    # what the mask is far from believing stays out, however like the subject it is
    alpha = alpha * np.clip(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), reach) * 4, 0, 1)
    # a hair narrower, so that no rim of the old ground is left
    alpha = np.clip((alpha - 0.15) / 0.78, 0, 1).astype(np.float32)
    # a mixed pixel's own colour is what remains when the ground's share is taken out of it
    cover = np.clip(alpha, 0.35, 1)[..., None]
    own = np.clip((image - ground * (1 - cover)) / cover, 0, 255)
    deep = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), max(0.8, reach / 2))[..., None]
    clean = np.where(
        inside[..., None], image * deep + (subject * 0.3 + image * 0.7) * (1 - deep), subject * 0.8 + own * 0.2
    )
    clean = np.where((alpha > 0.02)[..., None], clean, subject)
    return alpha, rounded(clean)
