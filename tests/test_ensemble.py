"""Reference-to-video: casting, the ground under the feet, the gaits, and the scene as frames and sound."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Mention, Move, Nature, Relation, Role, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.ensemble.actor import Actor
from openhorse.engines.procedural.ensemble.casting import cast
from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.ensemble.gait import Gait, course_of
from openhorse.engines.procedural.ensemble.palette import carried, from_lab, graded, swatch_of, texture_of, to_lab
from openhorse.engines.procedural.ensemble.posing import pose_at
from openhorse.engines.procedural.ensemble.scene import Ensemble
from openhorse.engines.procedural.ensemble.silhouette import Kind
from openhorse.engines.procedural.ensemble.sprites import Stance
from openhorse.engines.procedural.ensemble.stage import Framing, Plane, Setting, Stage
from openhorse.engines.procedural.ensemble.vista import imagined
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.vocabulary import Picture

Pixels = NDArray[np.uint8]


def picture(rgb: Pixels, alpha: Pixels | None = None) -> Picture:
    """A vetted picture of `rgb`, with `alpha` when given."""
    rows, columns = rgb.shape[:2]
    full = np.full((rows, columns), 255, np.uint8) if alpha is None else alpha
    return Picture(columns, rows, np.ascontiguousarray(np.dstack([rgb, full])).data, alpha is not None)


def mascot(height: int = 300, hue: tuple[int, int, int] = (240, 120, 30)) -> Picture:
    """A standing figure with a head, a body and two legs, on clear ground."""
    width = height * 3 // 5
    rgb = np.full((height, width, 3), hue, np.uint8)
    alpha = np.zeros((height, width), np.uint8)
    cv2.circle(alpha, (width // 2, height // 4), height // 5, 255, -1)
    cv2.rectangle(alpha, (width // 4, height * 4 // 10), (width * 3 // 4, height * 7 // 10), 255, -1)
    for x in (width * 3 // 10, width * 6 // 10):
        cv2.rectangle(alpha, (x, height * 6 // 10), (x + width // 8, height - 1), 255, -1)
    return picture(rgb, alpha)


def landscape(width: int = 480, height: int = 300) -> Picture:
    """A blue sky over brown hills and a green field."""
    y = np.linspace(0, 1, height)[:, None, None]
    sky = np.array((90, 150, 220)) + y * np.array((150, 110, 40))
    draw = np.random.default_rng(4)
    field = np.array((70, 120, 50)) + draw.normal(0, 14, (height, width, 1))
    ridge = 0.5 + 0.08 * np.sin(np.linspace(0, 9, width))[None, :, None]
    hills = np.array((120, 90, 70)) + draw.normal(0, 6, (height, width, 1))
    land = np.where(y < 0.62, hills, field)
    return picture(np.clip(np.where(y < ridge, sky, land), 0, 255).astype(np.uint8))


def noise(width: int = 400, height: int = 400) -> Picture:
    """A picture in which nothing stands out."""
    draw = np.random.default_rng(8)
    coarse = draw.integers(60, 160, (height // 10, width // 10, 3)).astype(np.uint8)
    return picture(np.asarray(cv2.resize(coarse, (width, height)), np.uint8))


def brief(prompt: str = "", *, walk: bool = False, move: Move | None = None, **roles: Role) -> Brief:
    """A brief whose roles are given as one=…, two=…, three=…."""
    numbers = {"one": 1, "two": 2, "three": 3}
    return Brief(
        prompt,
        actions=frozenset({"walk"}) if walk else frozenset(),
        move=move,
        roles={numbers[name]: role for name, role in roles.items()},
    )


WALK = brief(walk=True, one=Role.ACTOR, two=Role.STYLE)


def drawn(scene: Ensemble, index: int) -> Pixels:
    """Frame `index` as RGB."""
    return to_rgb(scene.frame(index), scene.shot.width, scene.shot.height)


def orange(rgb: Pixels) -> NDArray[np.bool_]:
    """Where the mascot is seen."""
    lab = to_lab(rgb)
    return (lab[..., 1] > 22) & (lab[..., 2] > 28)


# --- casting ---


def test_named_roles_are_kept() -> None:
    """A picture named as the style makes the scene when there is no place, and the note says so."""
    company = cast(WALK, [mascot(), landscape()])
    assert company.place is not None
    assert company.paint
    assert [member.gait for member in company.members] == [Gait.WALK]
    assert "[Image 2] gives the style" in company.notes[0]


def test_place_and_style_together_recolour_the_place() -> None:
    """With both, the place stays the place and takes on the style's colours."""
    roles = brief(one=Role.ACTOR, two=Role.PLACE, three=Role.STYLE)
    company = cast(roles, [mascot(), landscape(), noise()])
    assert company.restyle
    assert not company.paint


def test_unnamed_pictures_are_cast_by_their_looks() -> None:
    """A landscape becomes the place and a cut-out the actor, in whatever order they come."""
    company = cast(brief(), [landscape(), mascot()])
    assert company.place is not None
    assert len(company.members) == 1
    assert company.members[0].cutout.how == "alpha"


def test_what_cannot_be_cut_is_framed_and_said_so() -> None:
    """Low confidence shows the whole picture in a frame, with a note."""
    company = cast(WALK, [noise(), landscape()])
    assert company.members[0].gait is Gait.STAND
    assert not company.members[0].dressed
    assert any("shown whole" in note for note in company.notes)


def test_a_lone_picture_that_cannot_be_cut_is_the_scene() -> None:
    """With nothing to stand on a stage the picture itself is the stage."""
    company = cast(brief(one=Role.ACTOR), [noise()])
    assert company.members == ()
    assert company.place is not None


def test_what_cannot_walk_stands_and_is_walked_up_to() -> None:
    """Beside a walker a mounted picture stands on the ground and stays in the frame, and so does the walker."""
    roles = brief(walk=True, one=Role.ACTOR, two=Role.OBJECT)
    assert [member.gait for member in cast(roles, [mascot(), noise()]).members] == [Gait.WALK, Gait.STAND]
    scene = Ensemble(Shot(320, 180, 8, 5, roles), [mascot(), noise()])
    assert 0 < scene._stance(scene._placed[0], 8.0, scene._framing(8.0, 1.0)).x < 320
    framing = scene._framing(8.0, 1.0)
    assert all(0 < scene._stance(placed, 8.0, framing).x < 320 for placed in scene._placed)


# --- colours ---


def test_carrying_a_swatch_over_moves_the_mean() -> None:
    """At full strength the mean colour becomes the target's, to within clipping."""
    source = from_lab(np.random.default_rng(1).normal((60, 10, 10), (8, 5, 5), (60, 60, 3)).astype(np.float32))
    target = from_lab(np.random.default_rng(2).normal((45, -15, 5), (6, 8, 8), (60, 60, 3)).astype(np.float32))
    moved = carried(source, swatch_of(source), swatch_of(target), 1.0)
    assert np.abs(swatch_of(moved).mean - swatch_of(target).mean).max() < 2.5


def test_grading_keeps_white_nearly_white() -> None:
    """A subject's white is not dyed by the stage, however strong its colour is."""
    subject = np.full((40, 40, 3), 245, np.uint8)
    subject[:20] = (200, 90, 30)
    stage = np.full((40, 40, 3), (30, 60, 160), np.uint8)
    lab = to_lab(graded(subject, swatch_of(subject), swatch_of(stage), 1.0))
    assert np.hypot(*lab[30, 20, 1:]) < 9


# --- the ground ---


def test_who_walks_keeps_the_ground_under_the_feet() -> None:
    """When the camera goes along, a walker stays where it is on the screen."""
    plane = Plane(320, 180, 100.0, 160.0, 200.0)
    before = plane.project(10, 0, Framing())
    after = plane.project(110, -300, Framing(right=100, forward=-300))
    assert before == pytest.approx(after)


def painted_lake(width: int, height: int) -> Pixels:
    """A summer's day: sky, a range of hills, and both again, darker and rippled, in blue water below the middle."""
    x, y = np.arange(width) / width, np.arange(height)[:, None] / height
    ridge = 0.3 + 0.1 * np.sin(7 * x + 1) * np.sin(17 * x) + 0.02 * np.sin(61 * x)
    sky = np.stack([120 + 90 * y + 0 * x, 165 + 60 * y + 0 * x, 225 + 20 * y + 0 * x], axis=-1)
    land = np.where((y > ridge)[..., None], (84, 92, 70), sky)
    shore = round(0.52 * height)
    water = land[shore:]
    ripples = np.random.default_rng(2).normal(0, 60, water.shape[:2])
    water[:] = 0.35 * land[:shore][::-1][: height - shore] + 0.45 * np.array((40, 95, 150))
    water += cv2.GaussianBlur(ripples, (0, 0), sigmaX=6, sigmaY=0.6)[..., None]
    return land.clip(0, 255).astype(np.uint8)


def test_nobody_stands_on_a_lake() -> None:
    """Where feet come, from the farthest row to the nearest, the stage shows a shore and none of the lake's blue."""
    lake = painted_lake(320, 180)
    stage = Stage(Shot(320, 180, 3, 9, brief(walk=True)), Setting(lake))
    seen = stage.draw(0, Framing())
    focal = stage.plane.focal
    for forward in (-0.1, 0.0, 0.4, 0.7 + stage.expanse.deep):
        row = round(stage.plane.project(0, forward * focal, Framing())[1])
        red, _, blue = seen[row : row + 5].reshape(-1, 3).mean(0)
        assert blue < red + 12
    assert stage.expanse.deep < 0.5
    far = lake[int(0.72 * 180) :].reshape(-1, 3).mean(0)
    assert far[2] > far[0] + 25


def test_nearer_is_larger_and_lower() -> None:
    """A point that comes towards the camera grows and goes down the screen."""
    plane = Plane(320, 180, 100.0, 160.0, 200.0)
    (_, far_row, far_scale), (_, near_row, near_scale) = (plane.project(0, z, Framing()) for z in (80, -40))
    assert near_row > far_row
    assert near_scale > far_scale


def test_an_imagined_landscape_sets_off_the_subject() -> None:
    """Its colours lie opposite to the subject's."""
    warm = np.full((40, 40, 3), (230, 130, 40), np.uint8)
    swatch = swatch_of(warm)
    sky = to_lab(imagined(160, 90, swatch, 3))[:30].reshape(-1, 3).mean(0)
    assert float(sky[1:] @ swatch.mean[1:]) < 0


# --- gaits ---


def figure(profile: bool = False) -> Cutout:
    """A blue figure with two legs."""
    rgba = np.asarray(mascot(200).pixels).reshape(200, 120, 4)
    alpha = rgba[..., 3].astype(np.float32) / 255
    if profile:
        alpha = np.asarray(cv2.resize(alpha, (300, 200)), np.float32)
    rgb = np.full((*alpha.shape, 3), (40, 60, 200), np.uint8)
    return Cutout(rgb, alpha, 1.0, "alpha", frozenset(), 0.4)


def silhouette(gait: Gait, t: float) -> NDArray[np.bool_]:
    """Where an actor of 150 pixels is seen on a frame of 300 × 300 at `t` seconds."""
    frame = np.zeros((300, 300, 3), np.uint8)
    Actor(figure(), 150, gait, None).posed(Stance(150, 250, 1.0), t, (300, 300)).lay(frame)
    return frame[..., 2] > 80


def test_a_step_lifts_one_foot_and_not_the_other() -> None:
    """A quarter into the stride one half of the figure is off the ground, half a stride later the other."""
    lowest = []
    cycle = Actor(figure(), 150, Gait.WALK, None).course.cycle
    for t in (0.8 * cycle, 0.3 * cycle):
        seen = silhouette(Gait.WALK, t)
        lowest.append([int(np.flatnonzero(half.any(1))[-1]) for half in (seen[:, :150], seen[:, 150:])])
    (left_up, right_down), (left_down, right_up) = lowest
    assert left_up < right_down - 3
    assert right_up < left_down - 3


@pytest.mark.parametrize("gait", list(Gait))
def test_nobody_changes_beyond_recognition(gait: Gait) -> None:
    """Through any gait the figure keeps its size to within a tenth."""
    areas = [int(silhouette(gait, t).sum()) for t in np.linspace(0, 2.4, 9)]
    assert max(areas) < 1.12 * min(areas)


def test_standing_still_is_still() -> None:
    """STAND moves nothing at all."""
    assert np.array_equal(silhouette(Gait.STAND, 0.0), silhouette(Gait.STAND, 1.7))


def test_footfalls_come_when_a_foot_comes_down() -> None:
    """Steps are half a stride apart, and at each of them no foot is lifted."""
    actor = Actor(figure(), 150, Gait.WALK, None, phase=0.3)
    falls = actor.footfalls(5)
    assert [round(b - a, 6) for a, b in itertools.pairwise(falls)] == [round(actor.course.cycle / 2, 6)] * (
        len(falls) - 1
    )
    assert all(0 < at < 5 for at in falls)
    # both feet are down when a step is heard, one is in the air a little before
    assert len(actor.planted(falls[1] + 1e-4)) == 2
    assert len(actor.planted(falls[1] - 0.2 * actor.course.cycle)) == 1


def test_an_actor_outside_the_frame_draws_nothing() -> None:
    """Off the screen there is an empty patch, not an error."""
    frame = np.full((90, 160, 3), 7, np.uint8)
    Actor(figure(), 60, Gait.WALK, None).posed(Stance(900, 60, 1.0), 0.5, (90, 160)).lay(frame)
    assert (frame == 7).all()


# --- the scene ---


def test_the_same_shot_gives_the_same_bits() -> None:
    """Two scenes of one shot agree in every byte, in whatever order their frames are drawn."""
    shot = Shot(320, 180, 3, 5, WALK)
    pictures = [mascot(), landscape()]
    first, second = Ensemble(shot, pictures), Ensemble(shot, pictures)
    one = [bytes(plane) for index in (0, 40) for plane in _planes(first, index)]
    two = [bytes(plane) for index in (40, 0, 40) for plane in _planes(second, index)]
    assert one == two[3:6] + two[6:]


def _planes(scene: Ensemble, index: int) -> list[bytes]:
    frame = scene.frame(index)
    return [frame.y.tobytes(), frame.u.tobytes(), frame.v.tobytes()]


@pytest.mark.parametrize("size", [(320, 180), (178, 322), (210, 90), (90, 210), (182, 146)])
def test_every_even_size_is_drawn(size: tuple[int, int]) -> None:
    """Frames of any ratio, also not divisible by four, have planes of the right size and something in them."""
    scene = Ensemble(Shot(*size, 3, 1, WALK), [mascot(), landscape()])
    frame = scene.frame(20)
    assert (frame.y.nbytes, frame.u.nbytes, frame.v.nbytes) == (
        size[0] * size[1],
        size[0] * size[1] // 4,
        size[0] * size[1] // 4,
    )
    assert np.asarray(frame.y).std() > 10


def test_the_subject_is_seen_throughout_and_the_camera_closes_in() -> None:
    """The actor is there in the first, middle and last frame, and larger at the end by the default push-in."""
    scene = Ensemble(Shot(320, 180, 3, 5, brief(one=Role.ACTOR, two=Role.STYLE)), [mascot(), landscape()])
    seen = [int(orange(drawn(scene, index)).sum()) for index in (0, 36, 71)]
    assert seen[0] > 1200
    assert seen[0] < seen[1] < seen[2]


def test_pulling_out_makes_it_smaller() -> None:
    """A pull-out is the other way round."""
    roles = brief(move=Move.PULL_OUT, one=Role.ACTOR, two=Role.PLACE)
    scene = Ensemble(Shot(320, 180, 3, 5, roles), [mascot(), landscape()])
    assert orange(drawn(scene, 0)).sum() > orange(drawn(scene, 71)).sum()


def test_a_pan_moves_the_actor_more_than_the_backdrop() -> None:
    """Parallax: what is near crosses the frame faster than what is far."""
    roles = brief(move=Move.PAN_RIGHT, one=Role.ACTOR, two=Role.PLACE)
    scene = Ensemble(Shot(320, 180, 3, 5, roles), [mascot(), landscape()])
    first, last = (np.flatnonzero(orange(drawn(scene, index)).any(0)).mean() for index in (0, 71))
    near = first - last
    far = scene._framing(3.0, 1.0).shift_x - scene._framing(0.0, 0.0).shift_x
    assert near > 1.5 * far > 0


def test_several_stand_side_by_side() -> None:
    """Three subjects of three colours are all seen, none hidden behind another."""
    hues = ((230, 40, 40), (40, 190, 60), (60, 60, 230))
    scene = Ensemble(Shot(320, 180, 3, 5, brief()), [mascot(hue=hue) for hue in hues])
    lab = to_lab(drawn(scene, 30))
    for hue in hues:
        target = to_lab(np.full((1, 1, 3), hue, np.uint8))[0, 0, 1:]
        assert (np.linalg.norm(lab[..., 1:] - target, axis=2) < 28).sum() > 500


def test_nine_references_are_all_on_the_stage() -> None:
    """The most that a model takes are placed, each in a column of its own."""
    scene = Ensemble(Shot(320, 180, 3, 5, brief()), [mascot(200) for _ in range(9)])
    framing = scene._framing(0.0, 0.0)
    columns = sorted(scene._stance(placed, 0.0, framing).x for placed in scene._placed)
    assert len(columns) == 9
    assert min(b - a for a, b in itertools.pairwise(columns)) > 320 / 9 * 0.4


def test_a_walkers_steps_are_heard_when_they_are_seen() -> None:
    """The score has one step for each footfall, inside the film, panned to where the actor is."""
    score = Ensemble(Shot(320, 180, 3, 5, WALK), [mascot(), landscape()]).score()
    steps = [hit for hit in score.hits if hit.kind.startswith("step")]
    assert len(steps) == 5
    assert all(0 <= hit.pan <= 1 and 0 < hit.at < 3 for hit in steps)
    assert score.beds
    assert score.mood is not None


def test_silence_and_no_music_are_respected() -> None:
    """A silent brief scores nothing; one without music keeps its sounds."""
    pictures = [mascot()]
    silent = Ensemble(Shot(160, 90, 3, 5, Brief("", silent=True)), pictures).score()
    assert silent.is_silent
    quiet = Ensemble(Shot(160, 90, 3, 5, Brief("", music=False)), pictures).score()
    assert quiet.mood is None
    assert quiet.beds


def test_a_place_alone_is_shown_as_it_is() -> None:
    """With nobody on it the stage lays no ground over the picture."""
    scene = Ensemble(Shot(320, 180, 3, 5, brief(one=Role.PLACE)), [landscape()])
    field = to_lab(drawn(scene, 0)[150:])
    assert float(field[..., 1].mean()) < -12


def test_notes_name_every_picture() -> None:
    """Each reference is accounted for in plain words."""
    scene = Ensemble(Shot(160, 90, 3, 5, WALK), [mascot(), landscape(), noise()])
    told = " ".join(scene.notes)
    assert all(f"[Image {number}]" in told for number in (1, 2, 3))


# --- what a stranger would notice ---


def roan(height: int = 200) -> Picture:
    """A brown animal from the side with four legs and its head up to the right."""
    rgb = np.full((height, height * 3 // 2, 3), (150, 80, 30), np.uint8)
    alpha = np.zeros(rgb.shape[:2], np.uint8)
    cv2.ellipse(alpha, (130, 100), (100, 34), 0, 0, 360, 255, -1)
    cv2.line(alpha, (215, 90), (260, 40), 255, 34)
    for x in (60, 95, 170, 205):
        cv2.line(alpha, (x, 110), (x, 196), 255, 16)
    return picture(rgb, alpha)


def wagon() -> Picture:
    """A red box on two wheels with spokes."""
    rgb = np.full((160, 320, 3), (200, 30, 40), np.uint8)
    alpha = np.zeros((160, 320), np.uint8)
    cv2.rectangle(alpha, (10, 20), (309, 105), 255, -1)
    for x in (75, 245):
        cv2.circle(alpha, (x, 115), 44, 255, -1)
        cv2.circle(rgb, (x, 115), 44, (30, 30, 30), -1)
        cv2.line(rgb, (x - 34, 115), (x + 34, 115), (240, 240, 240), 8)
    return picture(rgb, alpha)


def globe() -> Picture:
    """A ball, half blue and half yellow."""
    rgb = np.full((200, 200, 3), (30, 60, 220), np.uint8)
    rgb[:, :100] = (240, 220, 30)
    alpha = np.zeros((200, 200), np.uint8)
    cv2.circle(alpha, (100, 100), 98, 255, -1)
    return picture(rgb, alpha)


@pytest.mark.parametrize(
    ("drawn_by", "kind", "gait"),
    [
        (mascot, Kind.FIGURE, Gait.WALK),
        (roan, Kind.ANIMAL, Gait.WALK),
        (wagon, Kind.VEHICLE, Gait.DRIVE),
        (globe, Kind.BALL, Gait.ROLL),
    ],
)
def test_motion_suits_what_the_outline_shows(drawn_by: Callable[[], Picture], kind: Kind, gait: Gait) -> None:
    """Legs walk, wheels drive, balls roll; the note says what was seen and what it does."""
    company = cast(brief(walk=True, one=Role.ACTOR), [drawn_by()])
    assert (company.members[0].build.kind, company.members[0].gait) == (kind, gait)
    assert kind in company.notes[0]


@pytest.mark.parametrize(("drawn_by", "place"), [(mascot, True), (roan, True), (mascot, False), (roan, False)])
def test_no_foot_slides(drawn_by: Callable[[], Picture], place: bool) -> None:
    """While a foot is down it stays on one point of the ground, to within a hundredth of the body's height."""
    given = [drawn_by(), landscape()] if place else [drawn_by()]
    roles = brief(walk=True, one=Role.ACTOR, two=Role.PLACE) if place else brief(walk=True, one=Role.ACTOR)
    scene = Ensemble(Shot(320, 180, 3, 5, roles), given)
    placed, plane = scene._placed[0], scene._stage.plane
    tall = placed.tall
    worst, steps = 0.0, 0
    for index in range(8, 36):
        where = []
        for t in (index / 24, (index + 1) / 24):
            right, forward = placed.at(t)
            feet = {
                step: (right + x * tall, forward - (y * tall / plane.slope if not placed.actor.facing else 0))
                for step, x, y in placed.actor.planted(t)
            }
            where.append(feet)
        for step in where[0].keys() & where[1].keys():
            slip = np.hypot(where[1][step][0] - where[0][step][0], where[1][step][1] - where[0][step][1])
            worst, steps = max(worst, float(slip) / tall), steps + 1
    assert steps > 15
    assert worst < 0.01


def test_wheels_turn_as_far_as_they_roll() -> None:
    """A wheel's angle is its way over its radius, and its spokes are seen to turn."""
    build = cast(brief(one=Role.ACTOR), [wagon()]).members[0].build
    course = course_of(build, Gait.DRIVE)
    turned = pose_at(build, course, 1.5).roll - pose_at(build, course, 0.5).roll
    assert turned == pytest.approx(course.pace / build.wheels[0].radius)
    frames = []
    for t in (0.0, 0.5 * np.pi * build.wheels[0].radius / course.pace):
        frame = np.zeros((300, 600, 3), np.uint8)
        actor = Actor(cast(brief(one=Role.ACTOR), [wagon()]).members[0].cutout, 160, Gait.DRIVE, None)
        actor.posed(Stance(300, 250, 1.0), float(t), (300, 600)).lay(frame)
        frames.append((frame.min(2) > 150) & (np.arange(300)[:, None] > 130))
    level, upright = (np.ptp(np.flatnonzero(seen[:, :300].any(1))) for seen in frames)
    assert upright > 2 * level


def test_a_ball_turns_under_light_that_does_not() -> None:
    """Half a turn on, a ball shows its halves exchanged."""
    actor = Actor(cast(brief(one=Role.ACTOR), [globe()]).members[0].cutout, 100, Gait.ROLL, None)
    half_turn = np.pi * 0.5 / actor.course.pace
    sides = []
    for t in (0.0, half_turn):
        frame = np.zeros((200, 200, 3), np.uint8)
        actor.posed(Stance(100, 150, 1.0), float(t), (200, 200)).lay(frame)
        sides.append(frame[100, 75, 2] > frame[100, 75, 0])
    assert sides == [False, True]


def likeness(frame: Pixels, subject: Picture) -> float:
    """How much of a subject's colours (12 × 12 cells of a and b) a frame holds: the intersection of histograms."""
    rgba = np.asarray(subject.pixels, np.uint8).reshape(subject.height, subject.width, 4)
    own = to_lab(np.ascontiguousarray(rgba[..., :3]))[rgba[..., 3] > 200][:, 1:]
    seen = to_lab(frame).reshape(-1, 3)[:, 1:]
    cells = [np.histogram2d(*part.T, bins=12, range=((-90, 90), (-90, 90)))[0] for part in (own, seen)]
    wanted = cells[0] / cells[0].sum()
    return float(np.minimum(cv2.blur(wanted, (3, 3)) * 9 * cells[0].sum(), cells[1]).sum() / cells[0].sum())


@pytest.mark.parametrize("place", [True, False])
def test_each_reference_is_recognised_throughout_and_an_unrelated_picture_is_not(place: bool) -> None:
    """In every eighteenth frame each actor's colours are there, more than those of a picture that was not given."""
    actors = [mascot(hue=(230, 40, 40)), mascot(hue=(40, 60, 230))]
    stranger = mascot(hue=(20, 230, 60))
    given = [*actors, landscape()] if place else actors
    roles = {1: Role.ACTOR, 2: Role.ACTOR, **({3: Role.PLACE} if place else {})}
    scene = Ensemble(Shot(320, 180, 3, 5, Brief("", actions=frozenset({"walk"}), roles=roles)), given)
    for index in range(0, 72, 18):
        frame = drawn(scene, index)
        for actor in actors:
            assert likeness(frame, actor) > 2 * likeness(frame, stranger) + 0.01


@pytest.mark.parametrize("walks", [True, False])
def test_nothing_is_frozen_or_black(walks: bool) -> None:
    """From frame to frame something changes beyond the grain, and no frame is dark."""
    scene = Ensemble(Shot(320, 180, 3, 5, brief(walk=walks, one=Role.ACTOR, two=Role.PLACE)), [mascot(), landscape()])
    scene._air._up[:], scene._air._down[:] = 0, 0
    frames = [scene.rgb(index).astype(np.int16) for index in (5, 9, 30, 34, 60, 64)]
    assert min(float(frame.mean()) for frame in frames) > 30
    for first, second in itertools.pairwise(frames):
        assert float((np.abs(second - first).max(2) > 4).mean()) > 0.004


def test_a_style_lends_its_colours_and_its_grain() -> None:
    """With a style and no place the stage takes the style's hues, and the style's grain lies over everything."""
    style = np.zeros((120, 160, 3), np.uint8)
    style[:60], style[60:] = (250, 220, 40), (200, 40, 120)
    style[::4] = style[::4] // 2
    scene = Ensemble(
        Shot(320, 180, 3, 5, brief(one=Role.ACTOR, two=Role.STYLE)), [mascot(hue=(60, 60, 220)), picture(style)]
    )
    lab = to_lab(drawn(scene, 10))
    assert float(np.median(lab[:40, :, 2])) > 25  # a yellow sky
    texture = texture_of(style, 320, 180)
    assert 1.5 < float(texture.std()) < 16
    assert abs(float(texture.mean()) - 128) < 4


def test_a_place_keeps_its_own_ground() -> None:
    """Whoever stands there, the picture's own ground is shown, not one of ours: at rest it is the picture."""
    static = brief(move=Move.STATIC, one=Role.ACTOR, two=Role.PLACE)
    scene = Ensemble(Shot(320, 180, 3, 5, static), [mascot(), landscape()])
    assert not scene._stage.laid
    shown = scene._stage.draw(0, Framing())
    alone = Ensemble(Shot(320, 180, 3, 5, brief(move=Move.STATIC, one=Role.PLACE)), [landscape()])._stage.draw(
        0, Framing()
    )
    assert float(np.abs(to_lab(shown)[140:] - to_lab(alone)[140:]).mean()) < 4


def test_a_flat_sign_is_put_up_not_stood_on_its_edge() -> None:
    """A four-cornered picture is mounted on something that stands."""
    rgb = np.full((200, 320, 3), 250, np.uint8)
    rgb[10:190, 10:310] = (40, 20, 90)
    cv2.putText(rgb, "OPEN", (40, 130), cv2.FONT_HERSHEY_SIMPLEX, 3, (250, 240, 90), 12)
    company = cast(brief(one=Role.ACTOR, two=Role.OBJECT), [mascot(), picture(rgb)])
    board = company.members[1]
    assert not board.dressed
    assert board.cutout.alpha[-10:].mean() < 0.3 < board.cutout.alpha[:50].mean()


# --- words and looks ---


def test_words_outrank_the_outline() -> None:
    """A round flower stands and a round ball rolls; a wheel-less car drives."""
    natures: tuple[tuple[Nature, Kind, Gait], ...] = (
        ("plant", Kind.THING, Gait.SHOWN), ("ball", Kind.BALL, Gait.ROLL), ("vehicle", Kind.VEHICLE, Gait.DRIVE),
        ("flyer", Kind.HANGING, Gait.FLOAT),
    )  # fmt: skip
    for nature, kind, gait in natures:
        asked = replace(brief(one=Role.ACTOR), mentions={1: Mention(Role.ACTOR, nature)})
        member = cast(asked, [globe()]).members[0]
        assert (member.build.kind, member.gait) == (kind, gait)


def test_everybody_does_what_is_said_of_them() -> None:
    """One walks, the other stays; relations name those on the stage by their numbers."""
    asked = read_prompt("[Image 1] walks behind [Image 2] through [Image 3]", references=3)
    company = cast(asked, [mascot(), mascot(hue=(40, 90, 200)), landscape()])
    assert [(member.number, member.gait) for member in company.members] == [(1, Gait.WALK), (2, Gait.BREATHE)]
    assert company.relations == (Relation(1, "behind", 2),)
    assert company.place is not None


def test_what_is_not_named_is_not_dropped() -> None:
    """A picture that the prompt never names is on the stage, and its note says so."""
    company = cast(read_prompt("[Image 1] dances", references=2), [mascot(), mascot(hue=(40, 90, 200))])
    assert [member.number for member in company.members] == [1, 2]
    assert "not named" in company.notes[1]


def test_a_jacket_is_shown_and_the_note_says_that_nobody_wears_it() -> None:
    """Clothes cannot be put on: they stand in the scene, and the customer is told."""
    company = cast(read_prompt("[Image 1] wears the jacket from [Image 2]", references=2), [mascot(), mascot()])
    assert company.members[1].prop
    assert "worn" in company.notes[1]
    assert company.relations == (Relation(1, "wears", 2),)


def test_a_sign_is_put_up_whole() -> None:
    """What a poster shows is not cut out."""
    company = cast(
        read_prompt("[Image 1] walks past a poster that shows [Image 2]", references=2), [mascot(), mascot()]
    )
    assert not company.members[1].dressed
    assert company.members[1].gait is Gait.STAND
