"""A picture's layout and lights, and what moves in it, come in; the Score of its sounds goes out. Knows no samples.

Each sound stands for something that was found or asked for; the wind is heard in the very gusts that bend the leaves.
"""

from __future__ import annotations

import re

import numpy as np

from openhorse.engines.procedural.brief import Brief, Hour, Shot
from openhorse.engines.procedural.gusts import forces
from openhorse.engines.procedural.score import Bed, Mood, Score, Space, Surface
from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.lights import Lights
from openhorse.engines.procedural.still.plate import Field
from openhorse.engines.procedural.still.treatment import Treatment

_FALLS = re.compile(r"waterfall|cascade|瀑布|飞瀑", re.IGNORECASE)
_RUNS = re.compile(r"\b(?:river|stream|creek|brook|rapids)\b|河|溪", re.IGNORECASE)
_SEA = re.compile(r"\b(?:sea|ocean|beach|surf|waves?|shore|coast)\b|海|浪", re.IGNORECASE)
_TOWN = re.compile(r"\b(?:street|city|town|traffic|road|downtown|skyline)\b|街|城市|都市|马路|公路", re.IGNORECASE)
_CLOCK = re.compile(r"\b(?:clock|living room|library|study|parlou?r|bedroom)\b|钟|客厅|书房|卧室", re.IGNORECASE)
_WOOD = re.compile(r"\b(?:forest|woods?|jungle)\b|森林|树林|丛林", re.IGNORECASE)


def compose(treatment: Treatment, layout: Layout, lights: Lights, shot: Shot) -> Score:
    """What is heard of the things that are there and that move."""
    brief = shot.brief
    if brief.silent:
        return Score(shot.seconds, shot.seed)
    beds = tuple(_beds(treatment, layout, lights, shot))
    mood = mood_of(brief, layout) if brief.music else None
    return Score(
        shot.seconds, shot.seed, beds, mood=mood, space=_space(layout, brief), surface=_surface(layout, lights, brief)
    )


def _beds(treatment: Treatment, layout: Layout, lights: Lights, shot: Shot) -> list[Bed]:
    beds = _water(treatment, layout, shot.brief)
    if _is_town(layout, lights, shot.brief):
        beds += _town(layout, shot.brief)
    elif layout.is_outdoors:
        beds += _country(treatment, layout, shot)
    elif treatment.fall is None:
        beds.append(Bed("room", 0.45))
        if _CLOCK.search(shot.brief.prompt):
            beds.append(Bed("clock", 0.6, pan=0.3 if shot.seed % 2 else 0.7))
    if treatment.fall == "rain":
        beds.append(Bed("rain", 0.5))
    if treatment.flame > 0:
        beds.append(Bed("fire", 0.4, pan=_across(lights.flames)))
    if "crowd" in shot.brief.looks:
        beds.append(Bed("crowd", 0.35))
    return beds


def _water(treatment: Treatment, layout: Layout, brief: Brief) -> list[Bed]:
    """The sea, a shore, and water that runs or falls: where it is, as near as it is."""
    beds: list[Bed] = []
    share = float(layout.water.mean())
    running = layout.flow is not None and bool(layout.flow.any())
    sea = layout.sea_horizon is not None or _SEA.search(brief.prompt) is not None
    if share > 0.1 and sea and not (running and _FALLS.search(brief.prompt)):
        beds.append(Bed("waves", min(0.75, 0.4 + share), period=7.0 / treatment.pace))
    elif share > 0 and not running:
        beds.append(Bed("lapping", min(0.6, 0.35 + share)))
    if running and layout.flow is not None:
        falls = _FALLS.search(brief.prompt) is not None or (_RUNS.search(brief.prompt) is None and _falls(layout.flow))
        level = float(np.clip(0.35 + 2.5 * layout.flow.mean(), 0.35, 0.8))
        far = 1 - _nearness(layout.flow, layout.depth)
        beds.append(Bed("waterfall" if falls else "stream", level, distance=0.5 * far, pan=_across(layout.flow)))
    elif share > 0 and (_FALLS.search(brief.prompt) or _RUNS.search(brief.prompt)):
        beds.append(Bed("waterfall" if _FALLS.search(brief.prompt) else "stream", 0.45))
    return beds


def _country(treatment: Treatment, layout: Layout, shot: Shot) -> list[Bed]:
    """Wind, leaves in its gusts, and the animals of the hour."""
    gusts = forces(shot.seconds, treatment.pace, shot.seed)
    level = 0.6 if "wind" in shot.brief.weather else 0.5 if treatment.sway > 0.012 else 0.35
    beds = [Bed("wind", level * (0.7 if treatment.fall == "snow" else 1.0), gusts=gusts)]
    if treatment.sway > 0:
        beds.append(Bed("leaves", min(0.6, 0.25 + float(layout.plants.mean())), gusts=gusts))
    if treatment.fall is None and (not layout.clouded or treatment.sway > 0):
        night = layout.night or shot.brief.hour is Hour.NIGHT
        beds.append(Bed("insects", 0.3) if night else Bed("birds", 0.35 if treatment.sway > 0 else 0.25))
    return beds


def _town(layout: Layout, brief: Brief) -> list[Bed]:
    """Traffic beyond the houses, people, and at night what is lit."""
    night = layout.night or brief.hour is Hour.NIGHT
    beds = [Bed("traffic", 0.5, distance=0.25), Bed("wind", 0.15)]
    if "empty" not in brief.looks:
        beds.append(Bed("crowd", 0.14, distance=0.6))
    if night:
        beds.append(Bed("neon", 0.16))
    if "after-rain" in brief.weather:
        beds.append(Bed("drips", 0.4))
    return beds


def _is_town(layout: Layout, lights: Lights, brief: Brief) -> bool:
    """Named as one, or dark with lamps in it; a picture of somebody is none."""
    if layout.figure is not None or layout.flat_art:
        return False
    lit = layout.night and lights.has_lamps and layout.has_sky
    return _TOWN.search(brief.prompt) is not None or (lit and not _SEA.search(brief.prompt))


def _space(layout: Layout, brief: Brief) -> Space | None:
    if layout.is_outdoors and (_WOOD.search(brief.prompt) or float(layout.plants.mean()) > 0.4):
        return "wood"
    return None


def _surface(layout: Layout, lights: Lights, brief: Brief) -> Surface | None:
    """What rain falls on: what there is most of."""
    if _is_town(layout, lights, brief):
        return "pavement"
    if float(layout.water.mean()) > 0.3:
        return "water"
    return "leaves" if float(layout.plants.mean()) > 0.25 else None


def _across(field: Field) -> float:
    """Where a field has its middle, 0 (left) … 1 (right), never quite at a side; 0.5 for nothing."""
    total = float(field.sum())
    if total <= 0:
        return 0.5
    return float(np.clip((field.sum(axis=0) * np.linspace(0, 1, field.shape[1])).sum() / total, 0.15, 0.85))


def _nearness(field: Field, depth: Field) -> float:
    return float((field * depth).sum() / max(1e-6, float(field.sum())))


def _falls(flow: Field) -> bool:
    """Whether running water stands upright: taller than it is wide."""
    rows, columns = np.nonzero(flow > 0.3)
    return rows.size > 0 and float(np.ptp(rows)) > 1.1 * float(np.ptp(columns))


def mood_of(brief: Brief, layout: Layout) -> Mood:
    """The music that suits a picture: as the prompt says, else as it looks."""
    if brief.mood is not None:
        return brief.mood
    if layout.night or brief.hour is Hour.NIGHT:
        return "mysterious" if layout.figure is None else "dark"
    if layout.figure is not None:
        return "tender"
    if brief.tone == "warm":
        return "warm"
    return "vast" if layout.has_sky else "calm"
