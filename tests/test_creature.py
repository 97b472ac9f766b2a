"""The capsule rigs: that they stand, step and reach as animals do, and that their sprites are the same every time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from openhorse.engines.procedural.players.creature import CAPSULE_COLUMNS, Light, Stand, render
from openhorse.engines.procedural.players.gait import GALLOP, TROT, WALK, Gait, step
from openhorse.engines.procedural.players.quadruped import at_rest, pose
from openhorse.engines.procedural.players.species import BUILDS

LIGHT = Light((0.36, 0.74, 0.56), (1.0, 0.9, 0.8), (0.2, 0.2, 0.3), (0.2, 0.15, 0.1))
GAITS = [GALLOP, TROT, WALK]


def sprite(subject: str, gait: Gait, phase: float, width: int = 150, height: int = 110) -> np.ndarray:
    """A small picture of one animal."""
    out = np.full((4, height, width), np.nan, np.float32)
    build = BUILDS[subject]
    stand = Stand(80 / max(1.0, build.size * build.leg), width * 0.52, height * 0.92, -0.35, 0.09)
    render(out, pose(build, gait, phase).rig, at_rest(build, gait), stand, LIGHT)
    return out


@pytest.mark.parametrize("gait", GAITS, ids=lambda gait: gait.name)
@pytest.mark.parametrize("subject", sorted(BUILDS))
def test_every_animal_has_a_sound_rig_in_every_gait(subject: str, gait: Gait) -> None:
    """Rigs are finite, of one length in all phases, with positive radii, and nothing sinks into the ground."""
    build = BUILDS[subject]
    rest = at_rest(build, gait)
    for phase in (0.0, 0.3, 0.62, 0.93):
        posed = pose(build, gait, phase)
        assert posed.rig.shape == rest.shape == (len(rest), CAPSULE_COLUMNS)
        assert np.isfinite(posed.rig).all()
        assert (posed.rig[:, 6:8] > 0).all()
        lowest = np.minimum(posed.rig[:, 1] - posed.rig[:, 6], posed.rig[:, 4] - posed.rig[:, 7]).min()
        assert lowest > -0.03 * build.size


@pytest.mark.parametrize("gait", GAITS, ids=lambda gait: gait.name)
def test_feet_on_the_ground_move_back_as_fast_as_the_animal_runs(gait: Gait) -> None:
    """A bearing foot does not slide: it goes back at exactly the stride's speed."""
    for hind in (True, False):
        first, later = (step(gait, 1.0, part * gait.stance, hind) for part in (0.2, 0.7))
        assert first.down and later.down
        assert (first.x - later.x) / (0.5 * gait.stance) == pytest.approx(gait.stride)


def test_feet_move_without_jumps() -> None:
    """A foot's way, its height and its angle are continuous through the cycle, also where ground meets air."""
    for hind in (True, False):
        steps = [step(GALLOP, 1.0, k / 400, hind) for k in range(401)]
        for before, after in itertools.pairwise(steps):
            assert abs(after.x - before.x) < 0.012
            assert abs(after.y - before.y) < 0.012
            assert abs(after.foot_angle - before.foot_angle) < 4


def test_a_pose_is_continuous_over_the_cycle() -> None:
    """No capsule jumps between two close phases, nor where the cycle closes (joints must not flip)."""
    build = BUILDS["dog"]
    rigs = [pose(build, GALLOP, k / 240).rig for k in range(241)]
    for before, after in itertools.pairwise(rigs):
        assert np.abs(after[:, :6] - before[:, :6]).max() < 0.03
    assert np.allclose(rigs[0], rigs[-1], atol=1e-5)


def test_a_galloping_dog_is_airborne_when_gathered_and_a_walking_one_never() -> None:
    """The gallop has a moment with no foot down; at a walk at least two bear."""
    bearing = {
        gait.name: [sum(foot.down for foot in pose(BUILDS["dog"], gait, k / 60).feet) for k in range(60)]
        for gait in (GALLOP, WALK)
    }
    assert min(bearing["gallop"]) == 0
    assert min(bearing["walk"]) >= 2


def test_a_sprite_is_whole_and_the_same_every_time() -> None:
    """All four planes are written, coverage is 0…1, colours are premultiplied, and two drawings are equal."""
    first, second = sprite("dog", GALLOP, 0.3), sprite("dog", GALLOP, 0.3)
    assert np.isfinite(first).all()
    assert first[3].min() == 0 and 0.99 < first[3].max() <= 1.0001
    assert (first[:3, first[3] == 0] == 0).all()
    assert first.tobytes() == second.tobytes()


def test_a_sprite_changes_with_phase_and_species() -> None:
    """Legs move, and a horse is no dog."""
    dog = sprite("dog", GALLOP, 0.3)
    assert np.abs(dog - sprite("dog", GALLOP, 0.5)).max() > 0.3
    assert np.abs(dog - sprite("horse", GALLOP, 0.3)).max() > 0.3


def test_the_light_colours_the_coat() -> None:
    """A sprite under a red light is redder than under a blue one."""
    build = BUILDS["wolf"]
    means = []
    for key in ((1.5, 0.2, 0.2), (0.2, 0.2, 1.5)):
        out = np.zeros((4, 90, 130), np.float32)
        light = Light((0.3, 0.7, 0.65), key, (0.1, 0.1, 0.1), (0.1, 0.1, 0.1))
        render(out, pose(build, WALK, 0.2).rig, at_rest(build, WALK), Stand(62, 66, 82), light)
        means.append(out[0].sum() / out[2].sum())
    assert means[0] > 3 * means[1]
