"""Somebody's actions as the words tell them in, the acts of one shot in their order out.

What goes on at the same time is one act: who sits and reads does one thing, who walks and sits does two. Knows no body.
"""

from __future__ import annotations

from collections.abc import Sequence

GOING = frozenset(
    (
        "walk",
        "run",
        "fly",
        "swim",
        "drive",
        "ride",
        "roll",
        "climb",
        "crawl",
        "shuffle",
        "stroll",
        "glide",
        "trot",
        "race",
    )
)
"""What gets one ahead."""
_GOES_AS = {
    "enter": "come",
    "come": "come",
    "leave": "leave",
    "cross": "walk",
    "chase": "run",
    "follow": "walk",
    "pass": "come",
}
_RESTS_AS = {"stop": "stop", "pause": "stop", "wait": "stop", "halt": "stop", "rest": "lie", "pray": "sit"}
_AT_REST = frozenset(("sit", "lie", "stand", "stop"))
_WITH_REST = frozenset(
    (
        *("read", "look", "eat", "drink", "talk", "sing", "play", "laugh", "cry", "write", "wave", "sleep", "point"),
        *("paint", "cook", "work", "nod", "clap", "hug", "kiss", "feed", "pet", "howl", "bark", "wake", "shake"),
    )
)
"""What one does while one sits, lies or stands."""
_WITH_WAYS = frozenset(("look", "talk", "sing", "laugh", "cry", "smile", "play"))
"""What one does while one walks, and that does not stop one."""
_MOST = 4
_SHORTEST = 0.9
"""Seconds that an act has at least."""

Act = tuple[str, ...]
"""One act: what is done with the whole body, and what else at the same time."""


def in_order(actions: Sequence[str], seconds: float = 5.0) -> tuple[Act, ...]:
    """The acts that `actions` are, in their order: as many as there is time for, one at least where there is any."""
    acts: list[list[str]] = []
    for word in actions:
        named = _GOES_AS.get(word, _RESTS_AS.get(word, word))
        if acts and _goes_with(acts[-1][0], named):
            acts[-1].append(named)
        elif not acts or acts[-1] != [named]:
            acts.append([named])
    acts = [_plain(act, k, len(acts)) for k, act in enumerate(acts)]
    room = max(1, min(_MOST, int(seconds / _SHORTEST)))
    for passing in ("stop", "turn", "look"):
        # who has no time to pause goes on
        while len(acts) > room and [passing] in acts[:-1]:
            acts.remove([passing])
    if len(acts) > room:
        acts = [*acts[: room - 1], acts[-1]]
    return tuple(map(tuple, acts))


def _goes_with(first: str, second: str) -> bool:
    if first in ("sit", "lie"):
        return second in _WITH_REST or second in ("stop", "stand")
    if first == "stand":
        return second in _WITH_REST
    return first in GOING | {"dance"} and second in _WITH_WAYS


def _plain(act: list[str], number: int, count: int) -> list[str]:
    # who stands and reads, reads
    return act[1:] if act[0] == "stand" and len(act) > 1 else act


def pace_of(act: Act, usual: str = "walk") -> str:
    """What one does with one's legs: who comes or leaves goes as is `usual`."""
    return usual if act[0] in ("come", "leave") else act[0]


def goes(act: Act) -> bool:
    """Whether an act gets one ahead."""
    return act[0] in GOING or act[0] in ("come", "leave")


def weight_of(act: Act) -> float:
    """How long an act takes against the others of a shot."""
    return {"stop": 0.7, "turn": 0.8, "land": 1.0, "jump": 0.9}.get(act[0], 1.3 if goes(act) else 1.2)
