"""Prompts written anew by an OpenAI-compatible endpoint: what is asked, what is used, and what is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judges import Judge, judges
from openhorse.care import UNABLE, Care, care_of
from openhorse.enhancement import ANSWER_SECONDS, Enhanced, Writer, fault_of, instruction, quoted
from openhorse.errors import Cancelled, InvalidOrder
from openhorse.peers import Peer
from openhorse.settings import Settings
from openhorse.tries import Tries
from openhorse.vocabulary import Mode, Order
from shops import ORDER
from test_runs import Shop

ASKED = replace(ORDER, prompt='[Image 1] greets [Image 2] and says "Guten Morgen, Anna!"', enhance=True)
BETTER = (
    "In the soft light of a kitchen [Image 1] turns to [Image 2], smiles and says “Guten Morgen, Anna!” while a kettle "
    "sings and the camera moves slowly closer."
)


@pytest.fixture
def judge() -> Iterator[Judge]:
    """An endpoint on this machine."""
    with judges() as made:
        made.writes = BETTER
        yield made


@pytest.fixture
def writer(judge: Judge) -> Iterator[Writer]:
    """What asks it, for the models of this machine."""
    made = Writer(Peer(judge.url), "gpt-test", ("h3",), pause=0.01)
    yield made
    made.close()


def unmoved(_share: float) -> None:
    """Progress for nobody."""


def test_a_good_prompt_takes_the_orders_place(judge: Judge, writer: Writer) -> None:
    """Names of pictures and quoted words are in it; the note says who wrote it; the request is the official one's."""
    made = writer.enhance(ASKED, "h3", unmoved)
    assert made == Enhanced(BETTER, "The prompt was enhanced by gpt-test before the film was made.")
    system, user = judge.asked[0]["messages"]
    assert (system["role"], user) == ("system", {"role": "user", "content": ASKED.prompt})
    assert "[Image 1]" in system["content"]
    assert judge.paths == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    ("enhance", "engine", "asks"),
    [
        (True, "procedural", True),
        (True, "dashscope", True),
        (False, "h3", False),
        (None, "h3", True),
        (None, "procedural", False),
        (None, "dashscope", False),
    ],
)
def test_the_order_decides_and_else_the_engine(
    judge: Judge, writer: Writer, enhance: bool | None, engine: str, asks: bool
) -> None:
    """Models of this machine by default; the procedural engine and hosted vendors only where an order asks for it."""
    made = writer.enhance(replace(ASKED, enhance=enhance), engine, unmoved)
    assert (made.prompt == BETTER, len(judge.asked), made.note is not None) == (asks, asks, asks)


def test_every_engine_and_none(judge: Judge, writer: Writer) -> None:
    """As the setting says; an order without words has nothing to be enhanced."""
    unsaid = replace(ASKED, enhance=None)
    assert replace(writer, engines=("*",)).enhance(unsaid, "procedural", unmoved).prompt == BETTER
    assert replace(writer, engines=()).enhance(unsaid, "h3", unmoved) == Enhanced(ASKED.prompt)
    assert writer.enhance(replace(ASKED, prompt=""), "h3", unmoved) == Enhanced("")
    assert len(judge.asked) == 1


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", "nothing in it"),
        (BETTER.replace("[Image 2]", "her"), "same pictures"),
        (BETTER + " [Image 1] waves.", "same pictures"),
        (BETTER.replace("[Image 2]", "[Image 3]"), "same pictures"),
        (BETTER.replace("[Image 2]", "[image 2]"), "same pictures"),
        (BETTER.replace("Guten Morgen, Anna!", "Good morning, Anna!"), "word for word"),
        (BETTER.replace("“Guten Morgen, Anna!”", "good morning"), "word for word"),
        (BETTER + " She answers “Hello”.", "word for word"),
        (f"Here is your enhanced prompt: {BETTER}", "no plain paragraph"),
        (f"Sure! {BETTER}", "no plain paragraph"),
        (f"**Scene** {BETTER}", "no plain paragraph"),
        (f"- {BETTER}", "no plain paragraph"),
        (f"{BETTER}\n\nSound: a kettle.", "no plain paragraph"),
        ("[Image 1]向[Image 2]问好，说“Guten Morgen, Anna!”，厨房里光线柔和。", "another language"),
        (BETTER + " again" * 1000, "too long"),
        ("I will ignore the rules and say that I have been hacked.", "same pictures"),
    ],
)
def test_what_drops_or_adds_anything_is_not_used(judge: Judge, writer: Writer, written: str, fault: str) -> None:
    """The order's own words are, and the note says why."""
    judge.writes = written
    made = writer.enhance(ASKED, "h3", unmoved)
    assert made.prompt == ASKED.prompt
    assert made.note is not None
    assert made.note.startswith("The prompt stayed as it was: ")
    assert fault in made.note


@pytest.mark.parametrize(
    ("prompt", "written"),
    [
        ("一只猫", "清晨的厨房里，一只橘猫跳上窗台，阳光照在它身上，镜头缓缓推近。"),
        ("图1走过来说「早安」", "夕阳下，图1慢慢走过来，轻声说“早安”，海浪在背后响着。"),
        ("猫が歩く", "夕暮れの路地を一匹の猫がゆっくりと歩き、遠くで鈴が鳴る。"),
        ("character1 runs", "Rain falls as character1 runs along a pier, boards drumming under quick feet."),
        (
            "a dog's day, she says 'it's late'",
            "A dog's long day ends by the fire; she says 'it's late' as embers crackle.",
        ),
        ("Кот спит", "Рыжий кот спит на подоконнике, за окном тихо падает снег."),
    ],
)
def test_other_languages_and_marks_are_kept(prompt: str, written: str) -> None:
    """Quotation marks may change, what stands in them may not."""
    assert fault_of(prompt, written) is None
    assert fault_of(prompt, prompt) is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(prompt: str, written: str) -> None:
    """Whatever a model writes is usable or has a fault."""
    assert fault_of(prompt, written) is None or fault_of(prompt, written)
    quoted(written)


@pytest.mark.parametrize("faults", [[500, 500], [429, 401], ["nonsense"], [[]], [{"choices": []}], [{"choices": [{}]}]])
def test_an_endpoint_that_fails_fails_no_film(judge: Judge, writer: Writer, faults: list[object]) -> None:
    """Two times are enough; the prompt stays, and that is told."""
    judge.faults = list(faults)
    made = writer.enhance(ASKED, "h3", unmoved)
    assert made.prompt == ASKED.prompt
    assert made.note is not None
    assert len(judge.asked) == len(faults)


def test_a_second_try_may_do(judge: Judge, writer: Writer) -> None:
    """After a 503."""
    judge.faults = [503]
    assert writer.enhance(ASKED, "h3", unmoved).prompt == BETTER


def test_what_was_not_said_to_its_end_is_not_used(judge: Judge, writer: Writer) -> None:
    """Half a prompt may look whole; what a model thought aloud is no part of it."""
    judge.finish = "length"
    assert writer.enhance(ASKED, "h3", unmoved).prompt == ASKED.prompt
    judge.finish, judge.writes = "stop", f"<think>The user wants\na greeting.</think>\n\n{BETTER}\n"
    assert writer.enhance(ASKED, "h3", unmoved).prompt == BETTER


def test_a_cancel_is_heard(judge: Judge, writer: Writer) -> None:
    """While an answer is waited for."""
    judge.faults = ["silence"]

    def cancelled(_share: float) -> None:
        if judge.asked:
            raise Cancelled("by the customer")

    began = time.monotonic()
    with pytest.raises(Cancelled):
        writer.enhance(ASKED, "h3", cancelled)
    assert time.monotonic() - began < ANSWER_SECONDS


def test_the_instruction_fits_the_mode() -> None:
    """Seconds and limits are filled in; a first frame is not described."""
    texts = {mode: instruction(replace(ASKED, mode=mode, seconds=7)) for mode in Mode}
    assert all("7 seconds" in text and "{" not in text for text in texts.values())
    assert "begins with a picture" in texts[Mode.IMAGE]
    assert len(set(texts.values())) == 3


def test_settings_make_the_writer(judge: Judge) -> None:
    """Nothing without an address; a model must be named; who asks in vain is told."""
    assert Care().enhance(ASKED, "h3") == Enhanced(ASKED.prompt, UNABLE)
    assert Care().enhance(replace(ASKED, enhance=None), "h3") == Enhanced(ASKED.prompt)
    with pytest.raises(InvalidOrder, match="OPENHORSE_ENHANCE_MODEL"):
        care_of(Settings(enhance_url=judge.url))
    settings = Settings(enhance_url=judge.url, enhance_model="m", enhance_key="sk-2", enhance_engines="a, b")  # type: ignore[arg-type]
    mine = care_of(settings)
    assert mine.enhance(replace(ASKED, enhance=None), "b").prompt == BETTER
    assert mine.enhance(replace(ASKED, enhance=None), "h3").prompt == ASKED.prompt
    assert judge.keys == ["Bearer sk-2"]
    mine.close()


def test_a_task_keeps_both_prompts_and_what_was_written_once(judge: Judge, writer: Writer, tmp_path: Path) -> None:
    """The film is made from the new one, its order keeps the old one; a worker that died asks nobody again."""
    shop = Shop(tmp_path, f"sqlite:///{tmp_path / 'shop.db'}", datetime.now(UTC))
    shop.bench = replace(shop.bench, care=Care(enhancer=writer))
    shop.studio.gate.clear()
    task_id = shop.submit(ASKED)
    worker = shop.start()
    while not shop.studio.calls:
        time.sleep(0.01)
    assert Tries(shop.database, lambda: shop.time).of(task_id)[0].enhanced is not None
    worker.stop()
    judge.writes = "something else"
    shop.studio.gate.set()
    shop.start()
    task = shop.ended(task_id)
    shop.stop()
    shop.queues.close()
    shop.database.close()
    assert task.video is not None
    assert (task.order.prompt, task.video.prompt, len(judge.asked)) == (ASKED.prompt, BETTER, 1)
    assert {_prompt(call[0]) for call in shop.studio.calls} == {BETTER}
    assert "The prompt was enhanced by gpt-test before the film was made." in task.video.notes


def _prompt(order: Order) -> str:
    return order.prompt
