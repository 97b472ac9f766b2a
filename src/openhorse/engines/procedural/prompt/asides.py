"""A prompt's matches in, those that speak of the picture out: without what is only heard, and what is only likened.

Piano music puts no piano into the street, 雨声 is no rain, and eyes like diamonds are no diamonds. Refusals and the
words for silence stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from openhorse.engines.procedural.prompt.lexicon import Match

_SOUNDS = frozenset(("sound", "sounds", "noise", "noises", "audio", "music", "hum", "roar", "chirping", "rustle"))
_MUSIC = frozenset(
    (
        *("music", "melody", "soundtrack", "sound", "sounds", "solo"),
        *("声", "声音", "音乐", "配乐", "曲", "伴奏", "旋律"),
    )
)
_COLOURED = frozenset(("coloured", "colored", "shaped"))
_SECTIONS = frozenset(
    (
        *("audio", "sfx", "sound", "sounds", "sound effect", "sound effects", "music", "bgm", "dialogue", "ambience"),
        *("音频", "音效", "配乐", "声音", "音乐", "背景音乐", "对白", "台词"),
    )
)
_LIKE = frozenset(
    (
        *("like", "as if", "as though", "resembling"),
        *("如同", "宛如", "宛若", "仿佛", "仿若", "好像", "犹如", "像", "如"),
    )
)
_SHOWN = ("character", "feature", "weather", "place", "effect", "variety", "kin", "garment")
_PICTURED = frozenset(("painting", "drawing", "a", "an", "the", "style", "scene"))


def shown(matches: Sequence[Match]) -> list[Match]:
    """`matches` without the asides."""
    kept: list[Match] = []
    section = heard = likened = False
    for at, match in enumerate(matches):
        following = matches[at + 1].text if at + 1 < len(matches) else ""
        if match.kind == "stop":
            section = section and match.text != "\n"
            heard = likened = False
        section = section or (match.text in _SECTIONS and following == ":") or match.text in ("音频", "音效")
        heard = (heard and match.text not in ("and", "as", "while", "和")) or (
            match.text in _SOUNDS and following in ("of", "from")
        )
        likened = (likened and not _acts(match)) or _likens(matches, at)
        aside = section or heard or likened or following in _MUSIC or following in _COLOURED
        if not (aside and any(match.values(slot) for slot in _SHOWN)):
            kept.append(match)
    return kept


def _acts(match: Match) -> bool:
    return bool(match.values("deed") or match.values("action")) or match.text == "的"


def _likens(matches: Sequence[Match], at: int) -> bool:
    """Whether a comparison begins: like a bird, 如同宝石; not a look like a painting, and not 如 within a word."""
    match = matches[at]
    if match.text not in _LIKE or match.values("look"):
        return False
    if match.text == "like":
        return at + 1 < len(matches) and matches[at + 1].text in ("a", "an", "the") and _is_no_look(matches, at)
    return True


def _is_no_look(matches: Sequence[Match], at: int) -> bool:
    before = matches[at - 1] if at else matches[at]
    return not (before.values("role") or before.values("look") or before.text in _PICTURED)
