"""The operator's words that no prompt may have: what is found, what is not, and how long looking takes."""

from __future__ import annotations

import re
import string
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SECRET, House
from openhorse import generate
from openhorse.care import Care, care_of
from openhorse.errors import ContentRefused, InvalidOrder
from openhorse.moderation.denying import DenyList
from openhorse.moderation.patterns import Patterns, expression, plain, words
from openhorse.settings import Settings
from shops import ORDER

LINES = """\
# what nobody may ask for
bomb
nude  child
炸弹
café

/k[i1]ll(s|ing|ed)?\\b/
/^zoo/
/x{2,3}y/
/end$/
"""


@pytest.fixture
def listed(tmp_path: Path) -> DenyList:
    """The list above."""
    path = tmp_path / "words.txt"
    path.write_text(LINES, "utf-8")
    return DenyList(path)


@pytest.mark.parametrize(
    "prompt",
    [
        "a bomb",
        "A BOMB!",
        "bomb",
        "a bo\u200bmb goes off",
        "a b\u00ado\u2060m\ufe0fb",
        "ｂｏｍｂ",
        "𝐛𝐨𝐦𝐛 on a table",
        "a bomb\u3000here",
        "炸弹bomb炸弹",
        "Nude\n child",
        "这里有炸弹吗",
        "un cafe\u0301",
        "he k1lls",
        "overkill",
        "zoo",
        "xxxy",
        "the end",
    ],
)
def test_a_word_is_found_however_it_is_written(listed: DenyList, prompt: str) -> None:
    """Cases, widths, accents, unseen characters and line breaks make no difference."""
    with pytest.raises(ContentRefused) as refused:
        listed.check(replace(ORDER, prompt=prompt))
    assert "bomb" not in refused.value.message


@pytest.mark.parametrize(
    "prompt", ["", "a bombastic lake", "nude, child", "killer", "a zoo", "xy", "the ending", "b o m b", "cafe", "炸 弹"]
)
def test_other_words_are_not(listed: DenyList, prompt: str) -> None:
    """A plain line is whole words; an expression is what it says."""
    listed.check(replace(ORDER, prompt=prompt))


@pytest.mark.parametrize(
    "line",
    [
        "/(/",
        "/a)/",
        "/[a/",
        "/(?=a)/",
        r"/(a)\1/",
        r"/\q/",
        "/a{65}/",
        "/a{3,2}/",
        "/*/",
        "/a*/",
        "/{/",
        "\u200b",
        "/((((a{64}){64}){64}){64}){64}/",
        "/" + "(" * 200 + "a" + ")" * 200 + "/",
        "x" * 501,
    ],
)
def test_a_line_that_cannot_be_used_is_named_at_the_start(tmp_path: Path, line: str) -> None:
    """Nothing that might be slow, and nothing that is in every text."""
    path = tmp_path / "words.txt"
    path.write_text(f"fine\n{line}\n", "utf-8")
    with pytest.raises(InvalidOrder, match="line 2"):
        DenyList(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """One that is missing, no text, or too long."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "long").write_text("word\n" * 300_000)
    for name in ("missing", "binary", "long"):
        with pytest.raises(InvalidOrder, match="OPENHORSE_DENY_LIST"):
            DenyList(tmp_path / name)


def steps(run: Patterns, text: str) -> int:
    """How many lines of the module are run to look through `text`: as its time, but the same on every machine."""
    count = 0

    def trace(frame: object, event: str, _argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        run.find(text)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("source", ["(a+)+b", "(a|aa)+c", "(a*)*d", "(.*)(.*)(.*)(.*)e1", "(a?){30}a{30}f"])
def test_no_expression_is_slow(source: str) -> None:
    """Twice the text takes twice the work, where a backtracking matcher would take for ever."""
    short, long = (steps(Patterns([expression(source)]), "a" * length) for length in (1000, 2000))
    assert long < 2.5 * short


SAFE = st.recursive(
    st.sampled_from(["a", "b", "ab", "[ab]", "[^a]", ".", r"\d", r"\w", r"\s", r"\S", "1", " ", r"\."]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        st.tuples(inner, st.integers(0, 2), st.integers(2, 3)).map(lambda part: f"({part[0]}){{{part[1]},{part[2]}}}"),
    ),
    max_leaves=6,
)


@given(SAFE, st.sampled_from(["", "^", r"\b"]), st.sampled_from(["", "$", r"\b"]), st.text("ab1 .", max_size=12))
def test_expressions_mean_what_pythons_mean(source: str, begin: str, end: str, text: str) -> None:
    """Whether there is one in a text, wherever both can say it."""
    whole = f"{begin}(?:{source}){end}"
    try:
        patterns = Patterns([expression(whole)])
    except ValueError:
        assert re.fullmatch(source, "")  # it is found in every text
        return
    if not re.fullmatch(source, ""):
        assert (patterns.find(text) is not None) == (re.search(whole.replace("$", r"\Z"), text) is not None)


@given(st.text(max_size=30), st.lists(st.text(string.ascii_letters + " é炸ß", min_size=1, max_size=6), max_size=4))
def test_every_text_is_looked_through(text: str, lines: list[str]) -> None:
    """Whatever characters there are; what a line says is found in it."""
    nodes = [words(line) for line in lines if plain(line).strip()]
    patterns = Patterns(nodes)
    patterns.find(text)
    for line in lines:
        assert not plain(line).strip() or patterns.find(f"- {line} -") is not None


def test_an_order_is_refused_at_once_in_every_dialect(house: House, tmp_path: Path) -> None:
    """400 in the vendor's own shape; no task, no hold, no picture taken in; other orders go through."""
    path = tmp_path / "words.txt"
    path.write_text("bomb", "utf-8")
    object.__setattr__(house.rooms, "care", care_of(Settings(deny_list=path)))
    film = {"prompt": "a bomb", "resolution": "720p", "duration": 5}
    sync = {"X-DashScope-Async": "enable"}
    text = "happyhorse-1.1/text-to-video"
    asked = [
        ("/openhorse/v1/tasks", {"prompt": "a bomb"}, {}),
        ("/v1/tasks", {"model": text, "input": film}, {"Idempotency-Key": "once"}),
        (f"/api/v3/alibaba/{text}", film, {}),
        ("/v1/videos/generations", {"model": "happyhorse-1.1-text-to-video", "prompt": "a bomb"}, {}),
        ("/openai/v1/videos", {"prompt": "a bomb"}, {}),
        (
            "/api/v1/services/aigc/video-generation/video-synthesis",
            {"model": "happyhorse-1.1-t2v", "input": {"prompt": "a bomb"}},
            sync,
        ),
    ]
    said = []
    for address, body, headers in asked:
        answer = house.client.post(address, json=body, headers=headers)
        assert answer.status_code == 400, answer.text
        assert "not allowed here" in answer.text
        said.append(answer.text)
    for code in ("content_refused", "INVALID_REQUEST", "1200", "content_policy_violation", "moderation_blocked"):
        assert sum(code in text for text in said) == 1
    assert "DataInspectionFailed" in said[-1]
    assert house.enqueued == []
    assert house.client.post("/openhorse/v1/tasks", json={"prompt": "a lake"}).status_code == 201
    assert SECRET not in "".join(said)


def test_a_film_made_without_a_server_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same setting, before anything is made."""
    (tmp_path / "words.txt").write_text("bomb", "utf-8")
    monkeypatch.setenv("OPENHORSE_DENY_LIST", str(tmp_path / "words.txt"))
    with pytest.raises(ContentRefused):
        generate("a bomb", output=tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


def test_each_refusal_is_a_line_of_the_audit(listed: DenyList, caplog: pytest.LogCaptureFixture) -> None:
    """With the stage and who refused, and the line of the list; the prompt is nowhere."""
    with pytest.raises(ContentRefused):
        Care(denied=listed).deny(replace(ORDER, prompt="a bomb by the lake"))
    assert "refused at stage order by deny list" in caplog.text
    assert "line 2 of the deny list" in caplog.text
    assert "lake" not in caplog.text
