"""What a body is and what it is asked to do in, its gait out, and the words that tell the customer.

Knows no pixels and no stage.
"""

from __future__ import annotations

from collections.abc import Set

from openhorse.engines.procedural.ensemble.gait import Gait, in_stride
from openhorse.engines.procedural.ensemble.silhouette import Build, Kind

DOES = {
    Gait.WALK: "walks", Gait.RUN: "runs", Gait.BOUND: "bounds", Gait.BUST: "walks",
    Gait.GLIDE: "walks with feet unseen",
    Gait.HOP: "hops", Gait.JUMP: "jumps", Gait.DANCE: "dances", Gait.WAVE: "waves", Gait.SWAY: "sways",
    Gait.TURN: "turns from side to side, as far as a flat picture can", Gait.SIT: "sits, as far as a flat picture can",
    Gait.SLEEP: "sleeps and breathes slowly", Gait.ROLL: "rolls", Gait.BOUNCE: "bounces", Gait.DRIVE: "drives",
    Gait.FLOAT: "floats", Gait.FLY: "flies", Gait.SWIM: "swims", Gait.BREATHE: "breathes and shifts its weight",
    Gait.LOOK: "breathes and looks about", Gait.SHOWN: "stands and turns a little", Gait.STAND: "stands",
}  # fmt: skip
"""What an actor does, in the words of the film's notes."""


def gait_for(actions: Set[str], build: Build, prop: bool) -> Gait:
    """How a body moves: by what it is, and by what it is asked to do. A `prop` does nothing unasked."""
    going, jumping = bool(actions & {"walk", "run"}), bool(actions & {"jump", "dance"})
    match build.kind:
        case Kind.BUST:
            return Gait.SLEEP if "sleep" in actions else Gait.BUST if going else Gait.LOOK
        case Kind.BALL:
            return Gait.BOUNCE if jumping else Gait.ROLL if not prop or going or "roll" in actions else Gait.STAND
        case Kind.VEHICLE:
            moving = going or actions & {"drive", "ride"}
            return Gait.BREATHE if actions & {"stand", "sit"} or (prop and not moving) else Gait.DRIVE
        case Kind.HANGING:
            return Gait.FLY if "fly" in actions else Gait.FLOAT
    if "swim" in actions:
        return Gait.SWIM
    if "fly" in actions:
        return Gait.FLY
    if "float" in actions:
        return Gait.FLOAT
    if prop or build.kind is Kind.THING:
        return Gait.JUMP if "jump" in actions else Gait.DANCE if "dance" in actions else Gait.SHOWN
    return _living(actions, build, going)


def _living(actions: Set[str], build: Build, going: bool) -> Gait:
    """Somebody: what is asked for first of all that one can do at a time."""
    if build.kind is Kind.MASCOT and going:
        return Gait.HOP
    if going and not build.legs:
        return Gait.BOUND if build.kind is Kind.ANIMAL else Gait.GLIDE
    if build.kind is Kind.ANIMAL and in_stride(build) and (going or not actions):
        # caught in mid-run it can neither stand nor walk
        return Gait.BOUND
    if going:
        return Gait.RUN if "run" in actions else Gait.WALK
    for action, gait in (("jump", Gait.JUMP), ("dance", Gait.DANCE), ("wave", Gait.WAVE), ("sit", Gait.SIT),
                         ("sleep", Gait.SLEEP), ("turn", Gait.TURN)):  # fmt: skip
        if action in actions:
            return gait
    return Gait.BREATHE
