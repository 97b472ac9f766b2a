"""An order and its pictures come in, the scene that shows them goes out: which scene suits what was asked.

Knows no pixels: every scene draws itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from openhorse.engines.procedural.brief import Brief, Shot
from openhorse.engines.procedural.filming import film
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.scene import Scene
from openhorse.engines.procedural.score import Line, Score
from openhorse.engines.procedural.sound.speech import read_speech
from openhorse.engines.procedural.sound.voice import voice_note
from openhorse.engines.procedural.sound.wishes import Wishes, heeded, is_of_sound, read_wishes, with_animals
from openhorse.engines.procedural.storyboard import read_storyboard
from openhorse.vocabulary import Mode, Order, Picture


@dataclass(frozen=True, slots=True)
class Production:
    """A scene ready to be drawn, its shot, and what the customer is told of it."""

    scene: Scene
    shot: Shot
    notes: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)

    def score(self) -> Score:
        """What is heard: the scene's score as the prompt wishes it, and the words that it wants spoken."""
        return replace(heeded(self.scene.score(), self.wishes), lines=self.lines)


def direct(order: Order, pictures: Sequence[Picture], width: int, height: int) -> Production:
    """The scene for `order` in a frame of `width` × `height`."""
    speech = read_speech(order.prompt)  # what somebody says describes no picture
    frame = Shot(width, height, order.seconds, order.seed or 0, Brief(speech.rest))
    if order.mode is Mode.TEXT:
        board = read_storyboard(speech.rest, order.seconds)
        made = film(board, frame)
        scene, shot, remarks = made.scene, made.shot, made.remarks
        unused = [word for scheduled in board.shots for word in scheduled.brief.unused]
    else:
        references = len(pictures) if order.mode is Mode.REFERENCE else 0
        shot = replace(frame, brief=read_prompt(speech.rest, references))
        scene, remarks, unused = _scene(order.mode, shot, pictures), (), list(shot.brief.unused)
    wishes = read_wishes(speech.rest, shot.brief.mood)
    if order.mode is not Mode.TEXT:  # the scenes of text-to-video give their animals a voice themselves
        wishes = with_animals(wishes, shot.brief.subjects)
    lines = () if shot.brief.silent else speech.lines
    spoken = voice_note(lines, order.seconds)
    notes = (*scene.notes, *remarks, *_left_over(unused), *((spoken,) if spoken else ()))
    return Production(scene, shot, notes, lines, wishes)


def _scene(mode: Literal[Mode.IMAGE, Mode.REFERENCE], shot: Shot, pictures: Sequence[Picture]) -> Scene:
    # Imported where they are chosen: importing a scene compiles or loads its kernels.
    match mode:
        case Mode.IMAGE:
            from openhorse.engines.procedural.still.scene import Still

            return Still(shot, pictures[0])
        case Mode.REFERENCE:
            from openhorse.engines.procedural.ensemble.scene import Ensemble

            return Ensemble(shot, pictures)
        case _:
            assert_never(mode)


def _left_over(unused: Sequence[str]) -> tuple[str, ...]:
    """What is said of the words that nothing was made of."""
    words = [word for word in dict.fromkeys(unused) if not is_of_sound(word)]
    return ("not used: " + ", ".join(words[:20]),) if words else ()
