"""What a picture and a company sound like follows from what was found in them and what the prompt says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Shot
from openhorse.engines.procedural.ensemble.scoring import underfoot
from openhorse.engines.procedural.gusts import forces
from openhorse.engines.procedural.score import HitKind, Score
from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.lights import Lights
from openhorse.engines.procedural.still.scoring import compose
from openhorse.engines.procedural.still.treatment import treat

NOTHING = np.zeros((60, 100), np.float32)
DARK = Lights(NOTHING.astype(np.int32), NOTHING, NOTHING, NOTHING)


def part(rows: slice, columns: slice) -> np.ndarray:
    """A field that is 1 in one part of the picture."""
    field = NOTHING.copy()
    field[rows, columns] = 1
    return field


SKY = part(slice(0, 20), slice(0, 100))
OPEN = Layout(SKY, NOTHING, NOTHING, NOTHING + 0.5, 0.4, None, False, False, False)


def scored(layout: Layout, brief: Brief | None = None, lights: Lights = DARK, seed: int = 3) -> Score:
    """The score of a five-second film of such a picture."""
    shot = Shot(160, 90, 5, seed, brief or Brief(""))
    return compose(treat(shot, layout, lights), layout, lights, shot)


def test_running_water_is_heard_where_it_is() -> None:
    """A tall flow falls, a flat one runs, each to its side; without any there is no stream."""
    tall = part(slice(10, 50), slice(70, 80))
    flat = part(slice(45, 55), slice(0, 60))
    falls, runs = (scored(replace(OPEN, flow=flow)).beds for flow in (tall, flat))
    fall = next(bed for bed in falls if bed.kind == "waterfall")
    run = next(bed for bed in runs if bed.kind == "stream")
    assert fall.pan > 0.65 > 0.4 > run.pan
    named = scored(replace(OPEN, flow=tall), Brief("the river flows"))
    assert "stream" in {bed.kind for bed in named.beds}
    assert not {"stream", "waterfall"} & {bed.kind for bed in scored(OPEN).beds}


def test_leaves_and_wind_blow_in_the_gusts_that_bend_them() -> None:
    """The score has the very forces that the picture's sway is multiplied by, at the picture's pace."""
    garden = replace(OPEN, plants=part(slice(20, 60), slice(0, 100)))
    for slow, pace in ((False, 1.0), (True, 0.5)):
        beds = {bed.kind: bed for bed in scored(garden, Brief("", slow_motion=slow)).beds}
        assert beds["wind"].gusts == beds["leaves"].gusts == forces(5, pace, 3)


def test_a_night_street_is_a_town_and_the_sea_is_not() -> None:
    """Lamps in the dark are heard as traffic and people; by the sea, or by day, they are not."""
    lamps = replace(DARK, lamps=part(slice(30, 34), slice(10, 14)).astype(np.int32))
    night = replace(OPEN, night=True)
    assert {"traffic", "crowd", "neon"} <= {bed.kind for bed in scored(night, lights=lamps).beds}
    assert "traffic" not in {bed.kind for bed in scored(night, Brief("boats on the sea"), lamps).beds}
    assert "traffic" not in {bed.kind for bed in scored(OPEN).beds}
    assert "traffic" in {bed.kind for bed in scored(OPEN, Brief("a busy street")).beds}
    assert "crowd" not in {bed.kind for bed in scored(OPEN, Brief("a street", looks=frozenset({"empty"}))).beds}


def test_a_room_has_a_clock_only_where_one_is_named() -> None:
    """Nothing is heard that was neither found nor said."""
    indoors = replace(OPEN, sky=NOTHING)
    assert {bed.kind for bed in scored(indoors).beds} == {"room"}
    assert {bed.kind for bed in scored(indoors, Brief("a quiet living room")).beds} == {"room", "clock"}


@pytest.mark.parametrize(
    ("brief", "kind"),
    [
        (Brief("walking", weather=frozenset({"snow"})), "step-snow"),
        (Brief("walks along the beach"), "step-sand"),
        (Brief("在沙滩上行走"), "step-sand"),
        (Brief("down a gravel trail"), "step-gravel"),
        (Brief("through the room"), "step-wood"),
        (Brief("across the meadow"), "step-grass"),
        (Brief("down the street"), "step-pavement"),
        (Brief("down the street", weather=frozenset({"rain"})), "step-wet"),
        (Brief("walking"), "step-soft"),
    ],
)
def test_steps_sound_like_the_ground(brief: Brief, kind: HitKind) -> None:
    """Snow crunches, wet stone splashes; where nothing is known steps are soft."""
    assert underfoot(brief, None) == kind


def test_the_place_tells_the_ground_where_the_words_do_not() -> None:
    """Plants are walked on as grass, a night scene as a pavement, a room as boards."""
    assert underfoot(Brief("walking"), replace(OPEN, plants=NOTHING + 0.5)) == "step-grass"
    assert underfoot(Brief("walking"), replace(OPEN, night=True)) == "step-pavement"
    assert underfoot(Brief("walking"), replace(OPEN, sky=NOTHING)) == "step-wood"
