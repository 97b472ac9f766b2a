"""What a prompt was read to say goes with the film: from the engine through the database to the task object."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from openhorse.engines.procedural import Procedural
from openhorse.store.rows import read_video, video_text
from openhorse.vocabulary import Mode, Order, Ratio, Tier, Video

VIDEO = Video("films/a.mp4", 9, "0" * 64, 854, 480, 72, 3.0, True, -16.0, -1.2, "procedural", 1, 2.5, ("a note",))


@pytest.mark.parametrize("prompt", ["Two red foxes run in a forest", "两只红色的狐狸在森林里奔跑"])
def test_the_engine_tells_who_acts_where(prompt: str) -> None:
    """English and Chinese of one meaning are told alike, as JSON holds it."""
    order = Order("native", "m", Mode.TEXT, prompt, Tier.P480, 3, Ratio.R16_9, seed=1)
    told = Procedural().render(order, [], lambda _share: None).understood
    assert told is not None
    shot = json.loads(json.dumps(told))["shots"][0]
    assert shot["place"] == "forest"
    assert (shot["cast"][0]["kind"], shot["cast"][0]["count"], shot["cast"][0]["colour"]) == ("fox", 2, "red")


def test_it_is_kept_with_the_film() -> None:
    """The database gives back what was told, and nothing for films that were made before there was any."""
    told = replace(VIDEO, understood={"shots": [{"place": "sea"}], "unused": []})
    assert read_video(video_text(told)) == told
    row = json.loads(video_text(VIDEO))
    del row["understood"]
    assert read_video(json.dumps(row)) == VIDEO
