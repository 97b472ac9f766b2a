"""A storyboard in, the scene that films it out: which scene suits each shot of a text, and all of them in one film.

Knows no pixels: every scene draws itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from openhorse.engines.procedural.brief import FRAME_RATE, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.fitting import DRAWN, fit
from openhorse.engines.procedural.montage import Montage, Take
from openhorse.engines.procedural.scene import Scene
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.storyboard import Scheduled, Storyboard
from openhorse.engines.procedural.world.styles import Style, picture_of
from openhorse.vocabulary import Frame


@dataclass(frozen=True, slots=True)
class Film:
    """A text's scene, the shot that stands for the whole of it, and what the customer is told of what was not done."""

    scene: Scene
    shot: Shot
    remarks: tuple[str, ...]


def film(board: Storyboard, frame: Shot) -> Film:
    """The film of a storyboard, in the size, length and seed of `frame`."""
    shots: list[Shot] = []
    remarks: list[str] = []
    for scheduled in board.shots:
        fitted = fit(scheduled.brief, DRAWN)
        brief = fitted.brief
        remarks += fitted.remarks
        # a shot is whole seconds: a montage shows as much of it as there is time for
        shots.append(replace(frame, brief=brief, seconds=-(-scheduled.frames // FRAME_RATE)))
    if board.left_out:
        remarks.append(f"{board.left_out} more shots were left out: each needs a second at least")
    if len(shots) == 1:
        return Film(_scene(shots[0]), shots[0], tuple(remarks))
    takes = [_take(shot, scheduled) for shot, scheduled in zip(shots, board.shots, strict=True)]
    whole = replace(frame, brief=shots[0].brief)
    return Film(Montage(takes, whole, _scene), whole, tuple(dict.fromkeys(remarks)))


def _take(shot: Shot, scheduled: Scheduled) -> Take:
    return Take(shot, scheduled.start, scheduled.frames, scheduled.entry)


class _Styled:
    """A scene whose finished pictures are gone over in a manner: water colours, paper, noir."""

    def __init__(self, scene: Scene, style: Style, shot: Shot) -> None:
        self._scene, self._style, self._shot = scene, style, shot
        self.notes = (*scene.notes, f"style: {style.name}")
        self._darkroom = Darkroom(shot.width, shot.height)

    def frame(self, index: int) -> Frame:
        """Frame `index` in that manner; some manners hold each picture for two frames."""
        held = index - index % self._style.step
        picture = picture_of(self._scene.frame(held), self._shot.width, self._shot.height)
        return self._darkroom.convert(self._style.finish(picture, held))

    def score(self) -> Score:
        """The scene's own."""
        return self._scene.score()


def _scene(shot: Shot) -> Scene:
    """A shot's scene, in the manner that its words ask for."""
    # imported where it is needed: importing it compiles or loads its kernels
    from openhorse.engines.procedural.world.scene import World

    scene, style = World(shot), Style.of(shot)
    return scene if style is None or not style.filters else _Styled(scene, style, shot)
