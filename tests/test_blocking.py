"""Who stands where in a text's film: groups, ties, mounts, the air, the water and the table."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Character, Shot
from openhorse.engines.procedural.world.blocking import Troupe, block, distance_to, followed, gather
from openhorse.engines.procedural.world.placed import Placed
from openhorse.engines.procedural.world.scenery import Lens, Pool, Scenery

LENS = Lens(1280, 720, 1100.0, 360.0, 1.6)
SHOT = Shot(1280, 720, 5, 3, Brief(""))
PLACE = Scenery("a place")


@dataclass
class Figure:
    """A player of a size and speed, and nothing else."""

    tall: float = 1.7
    long: float = 0.6
    speed: float = 0.0
    medium: str = "ground"
    name: str = "somebody"


def staged(*cast: tuple[Character, Figure], place: Scenery = PLACE, shot: Shot = SHOT) -> tuple[Placed, ...]:
    """Everyone on their place."""
    players = tuple((k, one, (figure,) * one.count) for k, (one, figure) in enumerate(cast))
    return block(Troupe(players, ()), place, LENS, shot)  # type: ignore[arg-type]


def column(one: Placed, t: float, shot: Shot, placed: tuple[Placed, ...]) -> float:
    """Where somebody is on the screen, 0 (left) … 1 (right), as the camera goes along with the first."""
    right = one.at(t) - followed(placed, LENS, shot) * t
    return 0.5 + right * LENS.metre(one.z) / LENS.width


@pytest.mark.parametrize("speed", [0.0, 0.8, 6.0, 20.0])
def test_whoever_leads_is_in_the_middle_half_way_through(speed: float) -> None:
    """At any speed the leading player crosses the middle of the frame, and stays in the frame."""
    placed = staged((Character("dog"), Figure(0.6, 0.9, speed)))
    assert column(placed[0], 2.5, SHOT, placed) == pytest.approx(0.5)
    assert all(0.02 < column(placed[0], t, SHOT, placed) < 0.98 for t in (0.0, 5.0))


@pytest.mark.parametrize("framing", [("close",), (), ("wide",)])
def test_the_leading_player_is_as_large_as_the_size_of_shot_wants(framing: tuple[str, ...]) -> None:
    """A close-up shows it larger than a plain shot, and that larger than a wide one; feet stay in the frame."""
    brief = Brief("", framing=framing)
    share = 1.7 * LENS.metre(distance_to(brief, Figure(), LENS)) / LENS.height  # type: ignore[arg-type]
    expected = {("close",): (0.55, 0.7), (): (0.35, 0.5), ("wide",): (0.15, 0.3)}[framing]
    assert expected[0] < share < expected[1]


@pytest.mark.parametrize(("kind", "actions"), [("cat", ("sleep",)), ("fox", ("sit",)), ("girl", ("sit",))])
def test_what_somebody_does_does_not_move_the_camera(kind: str, actions: tuple[str, ...]) -> None:
    """The camera is set up by who acts: another deed in the same place leaves the place as it is."""
    troupes = [gather(replace(SHOT, brief=Brief("", cast=(Character(kind, actions=does),)))) for does in ((), actions)]
    assert troupes[0].lead is not None
    assert troupes[1].lead is not None
    assert troupes[0].lead.tall != troupes[1].lead.tall
    distances = [distance_to(Brief(""), one.measure, LENS) for one in troupes if one.measure is not None]
    placed = [block(one, PLACE, LENS, SHOT)[0].z for one in troupes]
    assert len({*distances, *placed}) == 1


def test_a_group_stands_side_by_side_and_apart() -> None:
    """Nobody of three stands where another does, and all are in the frame."""
    placed = staged((Character("horse", count=3), Figure(2.2, 2.4)))
    columns = sorted(column(one, 0, SHOT, placed) for one in placed)
    assert len(placed) == 3
    assert min(b - a for a, b in itertools.pairwise(columns)) > 0.1
    assert columns[0] > 0
    assert columns[-1] < 1


def test_a_rider_sits_on_the_mount_and_goes_with_it() -> None:
    """The same way and facing, drawn just before it."""
    horse, rider = staged((Character("horse"), Figure(2.2, 2.4, 5.0)), (Character("man", bond=("rides", 0)), Figure()))
    assert rider.mount == 0
    assert (rider.way, rider.facing) == (horse.way, horse.facing)
    assert rider.z < horse.z


def test_one_that_chases_runs_behind_at_the_same_speed() -> None:
    """It never catches up, and never falls behind."""
    cat, dog = staged(
        (Character("cat"), Figure(0.3, 0.5, 3.0)), (Character("dog", bond=("chases", 0)), Figure(0.6, 0.9, 5.0))
    )
    gaps = [(cat.at(t) - dog.at(t)) * (1 if cat.way > 0 else -1) for t in (0.0, 2.0, 5.0)]
    assert gaps[0] > 0.7
    assert gaps == pytest.approx([gaps[0]] * 3)


@pytest.mark.parametrize(("bond", "sign"), [("left", -1), ("right", 1), ("beside", 1)])
def test_sides_are_the_viewers(bond: str, sign: int) -> None:
    """Left of somebody is left on the screen."""
    one, other = staged((Character("man"), Figure()), (Character("dog", bond=(bond, 0)), Figure(0.6, 0.9)))
    assert (other.x - one.x) * sign > 0.3


def test_depth_is_the_viewers() -> None:
    """Behind is farther, before is nearer, above is higher."""
    for bond, check in (
        ("behind", lambda a, b: b.z > a.z),
        ("before", lambda a, b: b.z < a.z),
        ("above", lambda a, b: b.y > a.y + 1),
    ):
        one, other = staged((Character("man"), Figure()), (Character("dog", bond=(bond, 0)), Figure(0.6, 0.9)))
        assert check(one, other), bond


def test_what_flies_is_in_the_upper_part_of_the_frame() -> None:
    """An eagle is above the horizon; in space everything floats about the middle."""
    eagle = staged((Character("eagle"), Figure(0.5, 1.8, 3.0, "air")))[0]
    row = LENS.row(eagle.z, eagle.y + 0.25)
    assert 0.2 * 720 < row < 0.48 * 720
    lost = staged((Character("astronaut"), Figure()), place=replace(PLACE, medium="space"))[0]
    assert 0.4 * 720 < LENS.row(lost.z, lost.y + 0.85) < 0.7 * 720


def test_boats_are_on_the_water_and_cups_on_the_table() -> None:
    """What floats is between the shores; what is small stands on the table where there is one."""
    lake = replace(PLACE, pool=Pool(12.0, 200.0, np.zeros(3, np.float32)), stage=(2.0, 60.0))
    boat = staged((Character("boat"), Figure(1.2, 3.5, 1.0, "afloat")), place=lake)[0]
    assert 12 < boat.z < 200
    cup = staged((Character("cup"), Figure(0.1, 0.12)), place=replace(PLACE, table=0.75))[0]
    assert cup.y == 0.75
