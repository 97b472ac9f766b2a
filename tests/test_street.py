"""The street: the same shot gives the same bits, what the brief asks is seen, and steps are heard when feet land."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Character, Hour, Move, Place, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.drawing.paint import Canvas, lay_over, lettering
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.street.corridor import Corridor, Ground, Plate, WetGround
from openhorse.engines.procedural.street.passage import Street
from openhorse.engines.procedural.street.signs import Sign, brightness, character, paint_sign
from openhorse.engines.procedural.street.walkers import Cast, choose_walkers
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.lanes import MOST_BACK, Coming
from openhorse.engines.procedural.world.scene import World

NEON = Brief(
    prompt="A neon street at night after rain, reflections on the ground, cyberpunk mood, slow pan",
    place=Place.STREET,
    hour=Hour.NIGHT,
    weather=frozenset({"after-rain"}),
    looks=frozenset({"neon", "cyberpunk"}),
)
SMALL = Shot(180, 320, 3, 7, NEON)


def seen(street: World, shot: Shot, index: int) -> NDArray[np.uint8]:
    """A frame as RGB."""
    return to_rgb(street.frame(index), shot.width, shot.height)


def fingerprint(street: World, index: int) -> str:
    """The hash of a frame's planes."""
    frame = street.frame(index)
    return hashlib.sha256(bytes(frame.y) + bytes(frame.u) + bytes(frame.v)).hexdigest()


@cache
def neon_street() -> World:
    """One neon street that several tests look at."""
    return World(SMALL)


def passage_of(world: World) -> Street:
    """What draws a street."""
    passage = world.scenery.passage
    assert isinstance(passage, Street)
    return passage


def picture_of(**asked: Any) -> NDArray[np.uint8]:
    """The first frame of a small street that differs from the neon one in what is asked."""
    shot = replace(SMALL, brief=replace(NEON, **asked))
    return seen(World(shot), shot, 0)


def test_same_shot_gives_the_same_bits() -> None:
    """Two instances agree in every plane, whichever frames were drawn before."""
    other = World(SMALL)
    other.frame(4)
    assert fingerprint(other, 5) == fingerprint(neon_street(), 5)
    assert fingerprint(other, 5) != fingerprint(other, 40)


def test_the_seed_varies_the_street() -> None:
    """Another seed builds another street."""
    assert fingerprint(World(replace(SMALL, seed=8)), 5) != fingerprint(neon_street(), 5)


def test_no_seed_breaks_the_street() -> None:
    """Streets of many seeds, moves and hours are built and drawn."""
    moves, hours = list(Move), list(Hour)
    for seed in range(12):
        brief = replace(NEON, move=moves[seed % len(moves)], hour=hours[seed % len(hours)])
        street = World(Shot(64, 96, 15, 1000 + seed, brief))
        street.frame(359)
        assert len(street.score().beds) >= 3
        assert min(walker.place(15.0)[1] for walker in passage_of(street)._walkers) > 4


@pytest.mark.parametrize(("width", "height"), [(314, 732), (366, 158), (158, 366), (278, 208), (250, 202)])
def test_every_even_frame_is_filled(width: int, height: int) -> None:
    """Frames of any even size, also those that four does not divide, have light everywhere and no holes."""
    shot = Shot(width, height, 3, 3, NEON)
    street = World(shot)
    for index in (0, shot.frame_count - 1):
        picture = seen(street, shot, index)
        assert picture.shape == (height, width, 3)
        assert picture.std() > 25
        for edge in (picture[:, :8], picture[:, -8:], picture[:8], picture[-8:]):
            assert edge.max() > 20


def test_neon_is_magenta_and_cyan() -> None:
    """By night a neon street's colours are stronger than an ordinary town's, and bluer."""
    neon, town = picture_of().astype(int), picture_of(looks=frozenset(), prompt="a street at night").astype(int)
    assert neon[..., 2].mean() > neon[..., 1].mean() + 8
    assert neon[..., 2].mean() - neon[..., 0].mean() > town[..., 2].mean() - town[..., 0].mean() + 8


def test_the_hour_sets_the_brightness() -> None:
    """Day is brighter than dusk, and dusk than night, most of all in the sky."""
    sky = [picture_of(hour=hour)[:80, 60:120].mean() for hour in (Hour.NIGHT, Hour.DUSK, Hour.DAY)]
    assert sky[0] + 15 < sky[1] < sky[2] - 15


def test_wet_ground_mirrors_more_than_dry_ground() -> None:
    """After rain the lower half holds sharp reflections that a dry street lacks."""
    wet = picture_of(move=Move.STATIC).astype(np.float32)[260:]
    dry = picture_of(move=Move.STATIC, weather=frozenset(), prompt="a street").astype(np.float32)[260:]
    assert wet.mean() > dry.mean() + 3
    assert wet.std() > dry.std() + 2


def test_a_street_nobody_is_in_has_no_walkers() -> None:
    """People walk unless the prompt says that nobody is there; a crowd is more of them."""
    streets = {
        words: World(replace(SMALL, brief=read_prompt(words)))
        for words in ("a deserted street", "a street", "a crowded street")
    }
    counts = [passage_of(street).people for street in streets.values()]
    assert counts[0] == 0 < counts[1] < counts[2]
    assert not streets["a deserted street"].score().hits
    assert "nobody" in streets["a deserted street"].notes[0]


def test_feet_stand_still_while_they_are_down() -> None:
    """A walker's steps come a stride's half apart, and are heard within the film, panned to where they are seen."""
    walkers = choose_walkers(Cast(6, 5.0, 4.0, 1.0, 1.0, 5.0, -1.0), np.random.default_rng(3))
    for walker in walkers:
        moments = walker.contacts(5.0)
        assert all(0 <= moment < 5 for moment in moments)
        gaps = np.diff(moments) * walker.speed
        assert np.allclose(gaps, walker.stride / 2)
        for moment in moments:
            assert abs(walker.cycle(moment) * 2 - round(walker.cycle(moment) * 2)) < 1e-6
        assert walker.place(5.0)[1] >= 4.9
    hits = neon_street().score().hits
    assert hits
    assert all(hit.kind == "step-pavement" and 0 <= hit.at < SMALL.seconds and 0 < hit.pan < 1 for hit in hits)
    assert [hit.at for hit in hits] == sorted(hit.at for hit in hits)


def test_slow_motion_slows_the_walkers() -> None:
    """In slow motion everybody walks at less than half the pace."""
    slow = World(replace(SMALL, brief=replace(NEON, slow_motion=True)))
    assert max(walker.speed for walker in passage_of(slow)._walkers) < 0.55


def test_the_score_follows_picture_and_brief() -> None:
    """Traffic, drips and the neon's own flicker; rain when it rains; no music or no sound when so asked."""
    score = neon_street().score()
    beds = {bed.kind: bed for bed in score.beds}
    assert {"traffic", "drips", "neon", "crowd"} <= set(beds)
    assert "rain" not in beds
    assert score.mood == "neon"
    near = [sign for sign in passage_of(neon_street())._signs if sign.flicker != "steady" and sign.z <= 34]
    assert bool(beds["neon"].envelope) == bool(near)
    assert all(0 <= gain <= 1 for _, gain in beds["neon"].envelope)
    rainy = World(replace(SMALL, brief=replace(NEON, weather=frozenset({"rain"}), music=False))).score()
    assert "rain" in {bed.kind for bed in rainy.beds}
    assert rainy.mood is None
    assert World(replace(SMALL, brief=replace(NEON, silent=True))).score().is_silent


def test_notes_tell_what_was_made() -> None:
    """The notes name the hour, the ground and the people in plain words, and admit that the writing is invented."""
    notes = neon_street().notes
    assert notes[0].startswith("A neon street by night, wet ground")
    assert any("invented" in note for note in notes)


def test_signs_are_lit_by_their_flicker() -> None:
    """A faulty tube drops out now and then, a steady one never; every style of sign gives light inside its board."""
    levels = [brightness("faulty", 5, k / 24) for k in range(240)]
    assert min(levels) < 0.5 < max(levels)
    assert {brightness("steady", 5, k / 24) for k in range(24)} == {1.0}
    for style in ("box", "tubes", "pale", "round", "dots"):
        painted = paint_sign(Sign(0, 4, 10, 1.0, 3.0, (1.0, 0.1, 0.4), style, "steady", 11), 60)  # type: ignore[arg-type]
        assert painted.board.shape == (180, 60, 4)
        assert painted.light.max() > 0.5
        assert (painted.light[painted.board[..., 3] == 0] == 0).all()


def test_characters_are_drawn_not_typed() -> None:
    """Invented characters differ by seed and stay the same for one."""
    assert np.array_equal(character(4), character(4))
    assert not np.array_equal(character(4), character(5))


def test_a_canvas_paints_where_it_is_told() -> None:
    """A shape covers its own pixels fully, others not at all, and half pixels by half."""
    canvas = Canvas(10, 20, 8, 6, samples=4)
    canvas.polygon([(12, 21), (15.5, 21), (15.5, 25), (12, 25)], (0.5, 0.25, 2.0))
    layer = canvas.layer()
    assert layer.shape == (6, 8, 4)
    assert np.allclose(layer[3, 3], (0.5, 0.25, 2.0, 1.0), atol=1e-3)
    assert layer[0].max() == 0
    assert 0.3 < layer[3, 5, 3] < 0.8


def test_layers_are_laid_over() -> None:
    """Premultiplied layers replace what they cover, and are cut at the picture's edge."""
    layer = np.zeros((4, 4, 4), np.float32)
    layer[:2] = (0.8, 0.4, 0.2, 1.0)
    picture = np.full((3, 10, 10), 0.1, np.float32)
    lay_over(picture, layer, 8, 8)
    assert np.allclose(picture[:, 9, 9], (0.8, 0.4, 0.2))
    assert np.isclose(picture[0, 5, 5], 0.1)


def test_lettering_fills_its_mask() -> None:
    """Words come as a mask cut to their ink; longer words are wider."""
    assert lettering("BAR", 60).max() == 255
    assert lettering("CINEMA", 60).shape[1] > lettering("BAR", 60).shape[1]


def test_walls_move_exactly_with_the_camera() -> None:
    """A mark on the wall is seen where perspective puts it, and mirrored, wherever the camera went and zoomed."""
    corridor = Corridor(200.0, 4.0, 1.5, 90.0)
    home = Camera(0.0, 1.5, 0.0, 200.0, 200.0, 100.0)
    planes = np.zeros((3, 200, 400), np.float32)
    column, row = home.column(-4.0, 12.0), home.row(3.0, 12.0)
    planes[:, int(row) - 2 : int(row) + 3, int(column) - 2 : int(column) + 3] = 1
    plate = Plate(corridor, planes, (200.0, 100.0))
    for camera in (home, Camera(0.4, 1.5, 1.5, 200.0, 160.0, 104.0), Camera(-0.3, 1.9, -1.0, 230.0, 190.0, 96.0)):
        out, mirror = np.zeros((3, 200, 320), np.float32), np.zeros((3, 102, 160), np.float32)
        plate.view(out, camera)
        plate.mirror(mirror, camera)
        x, y = camera.column(-4.0, 12.0), camera.row(3.0, 12.0)
        rows, columns = np.nonzero(out[0, : int(camera.horizon)] > 0.5)
        assert abs(rows.mean() + 0.5 - y) < 1.5
        assert abs(columns.mean() + 0.5 - x) < 1.5
        assert mirror[0, int(camera.row(-3.0, 12.0) / 2), int(x / 2)] > 0.3


def test_dry_ground_mirrors_less_and_snow_is_white() -> None:
    """The same mirror image gives bright reflections on wet ground, few on dry; snow shines by the sky alone."""
    corridor, camera = Corridor(300.0, 4.0, 1.5, 90.0), Camera(0.0, 1.5, 0.0, 300.0, 160.0, 90.0)
    means = []
    for wet, snow, sky in ((1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.5)):
        picture, mirror = np.full((3, 180, 320), 0.5, np.float32), np.full((3, 92, 160), 0.5, np.float32)
        ground = WetGround(corridor, Ground(wet, snow, 0.0, (sky, sky, sky), 0.0, 3.0), 320, 180)
        ground.draw(picture, mirror, camera, 0.0)
        means.append(float(picture[0, 150:, 60:260].mean()))
    assert means[0] > 1.5 * means[1]
    assert means[2] > 1.5 * means[1]


def cast_street(*cast: Character, seconds: int = 3) -> World:
    """A dry street by day with somebody in it."""
    brief = Brief("a street", place=Place.STREET, hour=Hour.DAY, cast=cast)
    return World(Shot(160, 90, seconds, 5, brief))


def test_who_goes_comes_along_the_street() -> None:
    """Whoever moves comes nearer at their own pace, faces us, and stays between the walls and ahead of the camera."""
    world = cast_street(Character("woman", actions=("walk",)), Character("dog", actions=("run",)))
    assert world.placed
    for one in world.placed:
        assert isinstance(one, Coming)
        assert one.facing == 0
        assert one.towards == pytest.approx(one.player.speed)
        for t in (0.0, 1.5, 3.0):
            now = one.now(t)
            assert now.z == pytest.approx(one.z - one.towards * t)
            assert now.z - world.camera(min(71, round(t * 24))).z > 1.0
            assert abs(now.at(t)) < passage_of(world).half


def test_the_camera_goes_back_only_so_far() -> None:
    """A car comes from afar rather than drive the camera through the street; who stands is left standing."""
    car = cast_street(Character("car", actions=("drive",)), seconds=6)
    lead = car.placed[0]
    assert isinstance(lead, Coming)
    assert lead.z > 25
    assert car.camera(0).z - car.camera(143).z < MOST_BACK + 0.1
    waits = cast_street(Character("dog", actions=("stand",)))
    assert not isinstance(waits.placed[0], Coming)
    assert abs(waits.camera(0).z - waits.camera(71).z) < 1.5


def test_players_are_mirrored_in_wet_ground() -> None:
    """Who wears red rather than blue reddens wet ground before their feet, and dry ground hardly."""
    reds = []
    for weather in (frozenset({"after-rain"}), frozenset[str]()):
        means = []
        for colour in ("red", "blue"):
            wears = Character("woman", actions=("stand",), things=("coat",), colours=(("coat", colour),))
            brief = Brief("a street", place=Place.STREET, hour=Hour.DAY, weather=weather, framing=("wide",))
            looks = frozenset({"empty"})
            world = World(Shot(320, 180, 3, 5, replace(brief, looks=looks, move=Move.STATIC, cast=(wears,))))
            camera, one = world.camera(0), world.placed[0]
            foot, column = round(camera.row(0.0, one.z)), round(camera.column(one.x, one.z))
            seen = world.draw(0)[:, foot + 8 : foot + 34, column - 5 : column + 6].mean(axis=(1, 2))
            means.append(float(seen[0] / seen[2]))
        reds.append(means[0] / means[1] - 1)
    assert reds[0] > 0.1
    assert reds[0] > 2 * abs(reds[1])
