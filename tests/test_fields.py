"""What every dialect's wall is built of: how reference pictures are named in prompts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhorse.dialects.fields import check_mentions, short_prompt
from openhorse.errors import InvalidOrder

FORMS = ("[Image {}]", "[image {}]", "[ Image  {} ]", "character{}", "Character{}", "图{}", "图 {}")


@pytest.mark.parametrize("form", FORMS)
@given(number=st.integers(0, 40), pictures=st.integers(1, 9))
def test_a_named_picture_must_have_come_along(form: str, number: int, pictures: int) -> None:
    """All three forms the origin's documentation has used; 0 and too large are refused by name."""
    prompt = f"让 {form.format(number)} walk past"
    if 1 <= number <= pictures:
        check_mentions(prompt, pictures)
    else:
        with pytest.raises(InvalidOrder, match=f"{number}.*but {pictures} reference picture"):
            check_mentions(prompt, pictures)


@pytest.mark.parametrize(
    "prompt",
    ["a picture that is never named", "地图9 on the wall", "characters99", "supercharacter7", "Image 9", "[Image]"],
)
def test_ordinary_words_are_no_mention(prompt: str) -> None:
    """A map, a plural or a bare word names no picture."""
    check_mentions(prompt, 1)


def test_a_number_of_any_length_is_only_too_large() -> None:
    """Nobody gets a 500 out of a long number."""
    with pytest.raises(InvalidOrder):
        check_mentions("[Image " + "9" * 4000 + "]", 9)


def test_a_short_prompt_is_refused_beyond_its_limit() -> None:
    """Where a vendor refuses what is too long instead of cutting it."""
    assert short_prompt("x" * 2500, 2500) == "x" * 2500
    with pytest.raises(InvalidOrder, match="at most 2500 characters long, not 2501"):
        short_prompt("x" * 2501, 2500)
