"""An order and its pictures come in, the scene that shows them goes out: which scene suits what was asked.

Knows no pixels: every scene draws itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from openhorse.engines.procedural.brief import Brief, Place, Shot
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.prompt.places import stand_in
from openhorse.engines.procedural.scene import Scene
from openhorse.engines.procedural.score import Line, Score
from openhorse.engines.procedural.sound.speech import read_speech
from openhorse.engines.procedural.sound.voice import voice_note
from openhorse.engines.procedural.sound.wishes import Wishes, heeded, is_of_sound, read_wishes, with_animals
from openhorse.vocabulary import Mode, Order, Picture

_DRAWN = frozenset((Place.LAKE, Place.STREET, Place.BEACH))


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
    references = len(pictures) if order.mode is Mode.REFERENCE else 0
    asked = read_prompt(speech.rest, references, staged=order.mode is Mode.TEXT)
    brief = replace(asked, place=stand_in(asked, _DRAWN)[0]) if order.mode is Mode.TEXT else asked
    if asked.move is not None and order.mode is Mode.TEXT:
        brief = replace(brief, move=asked.move.plain)
    shot = Shot(width, height, order.seconds, order.seed or 0, brief)
    scene = _scene(order.mode, shot, pictures)
    lines = () if asked.silent else speech.lines
    spoken = voice_note(lines, order.seconds)
    notes = (*scene.notes, *_remarks(order.mode, asked), *((spoken,) if spoken else ()))
    wishes = read_wishes(speech.rest)
    if order.mode is not Mode.TEXT:  # the places of text-to-video give their animals a voice themselves
        wishes = with_animals(wishes, brief.subjects)
    return Production(scene, shot, notes, lines, wishes)


def _scene(mode: Mode, shot: Shot, pictures: Sequence[Picture]) -> Scene:
    # Imported where they are chosen: importing a scene compiles or loads its kernels.
    match mode:
        case Mode.TEXT:
            return _place(shot)
        case Mode.IMAGE:
            from openhorse.engines.procedural.still.scene import Still

            return Still(shot, pictures[0])
        case Mode.REFERENCE:
            from openhorse.engines.procedural.ensemble.scene import Ensemble

            return Ensemble(shot, pictures)
        case _:
            assert_never(mode)


def _place(shot: Shot) -> Scene:
    match shot.brief.place:
        case Place.STREET:
            from openhorse.engines.procedural.street.scene import Street

            return Street(shot)
        case Place.BEACH:
            from openhorse.engines.procedural.beach.scene import Beach

            return Beach(shot)
        case _:
            from openhorse.engines.procedural.lake.scene import Lake

            return Lake(shot)


def _remarks(mode: Mode, brief: Brief) -> tuple[str, ...]:
    remarks = []
    note = stand_in(brief, _DRAWN)[1] if mode is Mode.TEXT else None
    if note:
        remarks.append(note)
    if mode is Mode.TEXT and brief.move is not None and brief.move is not brief.move.plain:
        remarks.append(f"camera: the nearest move that this place has, {brief.move.plain}, stands in for {brief.move}")
    unused = [word for word in brief.unused if not is_of_sound(word)]
    if unused:
        remarks.append("not used: " + ", ".join(unused[:20]))
    return tuple(remarks)
