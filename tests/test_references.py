"""What a prompt says of its reference pictures: a table of prompts, roles, actions, names and relations."""

from __future__ import annotations

import pytest

from openhorse.engines.procedural.brief import Role
from openhorse.engines.procedural.prompt.language import read_prompt

LETTERS = {
    "a": Role.ACTOR, "p": Role.PLACE, "s": Role.STYLE, "o": Role.OBJECT, "w": Role.WARDROBE, "b": Role.SIGN,
    "-": None,
}  # fmt: skip

TABLE = [
    # places
    ("[Image 1] walks through [Image 2]", "ap", "1 walk"),
    ("[Image 1] runs into [Image 2]", "ap", "1 run"),
    ("[Image 1] drives past [Image 2]", "ap", "1 drive"),
    ("[Image 1] stands in front of [Image 2]", "ap", "1 stand"),
    ("[Image 1] is inside [Image 2]", "ap", ""),
    ("[Image 1] sits at [Image 2]", "ap", "1 sit"),
    ("[Image 1] strolls along [Image 2]", "ap", "1 walk"),
    ("[Image 1] walks around [Image 2]", "ap", "1 walk"),
    ("[Image 1] in [Image 2]", "ap", ""),
    ("[Image 1] glides in [Image 2]", "ap", ""),
    ("In [Image 2], [Image 1] dances", "ap", "1 dance"),
    ("In [Image 3], [Image 1] and [Image 2] dance", "aap", "1 dance, 2 dance"),
    ("@image1 walks on the beach of @image2", "ap", "1 walk"),
    ("图1走进图2", "ap", "1 walk"),
    ("图1穿过图2", "ap", "1 walk"),
    ("图1在图2里跳舞", "ap", "1 dance"),
    ("图1沿着图2奔跑", "ap", "1 run"),
    ("图1站在图2前面", "ap", "1 stand"),
    ("把图1放到图2中", "ap", ""),
    ("图1的宇航员在图2的海滩上行走", "ap", "1 walk"),
    # styles
    ("[Image 1] dances, styled like [Image 2]", "as", "1 dance"),
    ("[Image 1] walks in the style of [Image 2]", "as", "1 walk"),
    ("[Image 1] with the colours of [Image 2]", "as", ""),
    ("The cat in [Image 1], in the colors of [Image 2]", "as", ""),
    ("以图2的风格，图1跳舞", "as", "1 dance"),
    ("图1在图2里行走，用图3的画风", "aps", "1 walk"),
    ("The character in [Image 1] walking through a scene styled like [Image 2]", "as", "1 walk"),
    ("[Image 1], [Image 2] as the style", "as", ""),
    # wardrobe, things held, signs
    ("[Image 1] wearing the jacket from [Image 2] walks", "aw", "1 walk", "1 wears 2"),
    ("The woman in [Image 1] wears [Image 2]", "aw", "", "1 wears 2"),
    ("图1穿着图2的外套走路", "aw", "1 walk", "1 wears 2"),
    ("[Image 1] walks in [Image 2], holding [Image 3]", "apo", "1 walk", "1 holds 3"),
    ("The girl in [Image 1] holds the cup from [Image 2]", "ao", "", "1 holds 2"),
    ("图1拿着图2", "ao", "", "1 holds 2"),
    ("图1手里拿着图2的杯子走进图3", "aop", "1 walk", "1 holds 2"),
    ("[Image 1] stands beside a sign that says [Image 2]", "ab", "1 stand"),
    ("[Image 1] walks, a poster shows [Image 2]", "ab", "1 walk"),
    ("The logo [Image 1] in [Image 2]", "bp", ""),
    ("[Image 1] sits in [Image 2], with [Image 3] on the wall", "apb", "1 sit"),
    ("[Image 2] hangs on the wall of [Image 1]", "pb", ""),
    ("墙上的海报展示图2，图1走过", "ab", "1 walk"),
    # lists
    ("[Image 1] and [Image 2] dance", "aa", "1 dance, 2 dance"),
    ("[Image 1], [Image 2] and [Image 3] on a table", "ooo", ""),
    ("[Images 1-3] dance together", "aaa", "1 dance, 2 dance, 3 dance"),
    ("[Image 1-3] run through [Image 4]", "aaap", "1 run, 2 run, 3 run"),
    ("Images 1, 2 and 3 jump", "aaa", "1 jump, 2 jump, 3 jump"),
    ("characters [Image 1], [Image 2] and [Image 3], with the objects [Image 4] and [Image 5]", "aaaoo", ""),
    ("图1和图2一起跳舞", "aa", "1 dance, 2 dance"),
    ("图1、图2和图3在图4里奔跑", "aaap", "1 run, 2 run, 3 run"),
    ("The cat in [Image 1] and the dog in [Image 2] run", "aa", "1 run, 2 run"),
    ("Everyone walks: [Image 1], [Image 2] and [Image 3]", "aaa", "1 walk, 2 walk, 3 walk"),
    # who does what
    ("[Image 1] walks while [Image 2] jumps", "aa", "1 walk, 2 jump"),
    ("[Image 1] sits. [Image 2] dances. [Image 3] runs.", "aaa", "1 sit, 2 dance, 3 run"),
    ("[Image 1] walks through [Image 2], then dances", "ap", "1 walk, 1 dance"),
    ("The woman in [Image 1] waves", "a", "1 wave"),
    ("[Image 1] rides [Image 2] through [Image 3]", "aop", "1 ride", "1 rides 2"),
    ("[Image 1] rolls past [Image 2]", "ap", "1 roll"),
    ("[Image 1] flies over [Image 2]", "ap", "1 fly"),
    ("[Image 1] swims in [Image 2]", "ap", "1 swim"),
    ("[Image 1] waves", "a", "1 wave"),
    ("A dancing [Image 1] in [Image 2]", "ap", "1 dance"),
    ("图1骑着图2穿过图3", "aop", "1 ride, 1 walk", "1 rides 2"),
    ("图1的猫在跑，图2的狗坐着", "aa", "1 run, 2 sit"),
    ("图1挥手", "a", "1 wave"),
    # relations
    ("[Image 1] walks next to [Image 2]", "aa", "1 walk", "1 beside 2"),
    ("[Image 1] stands behind [Image 2]", "aa", "1 stand", "1 behind 2"),
    ("[Image 1] to the left of [Image 2] in [Image 3]", "aap", "", "1 left 2"),
    ("[Image 1] is right of the car in [Image 2]", "aa", "", "1 right 2"),
    ("[Image 1] sits on top of [Image 2]", "ao", "1 sit", "1 on 2"),
    ("[Image 1] chasing [Image 2] through [Image 3]", "aap", "1 run", "1 chases 2"),
    ("[Image 1] follows [Image 2]", "aa", "", "1 follows 2"),
    ("图1在图2旁边", "aa", "", "1 beside 2"),
    ("图1站在图2后面", "aa", "1 stand", "1 behind 2"),
    ("图1追着图2奔跑", "aa", "1 run", "1 chases 2"),
    ("图1跟着图2走进图3", "aap", "1 walk", "1 follows 2"),
    ("图1坐在图2上", "ao", "1 sit", "1 on 2"),
    # names
    ("Image 1's cat runs through Image 2", "ap", "1 run"),
    ("图1中的女人走进图2的场景", "ap", "1 walk"),
    ("[Image 2]的汽车驶过[Image 1]", "pa", "2 drive"),
    ("the background is [Image 2], the main character is [Image 1]", "ap", ""),
    ("Background: [Image 1]. Style: [Image 2]. Character: [Image 3].", "psa", ""),
    ("[Image 1] as the actor, [Image 3] as the place", "a-p", ""),
    ("A quiet film", "--", ""),
    # somebody in a place is not the place
    ("The dog in [Image 1] in the street of [Image 2]", "ap", ""),
    ("The dog of [Image 1] on the beach of [Image 2]", "ap", ""),
    ("The cat in [Image 1] sleeping in the room in [Image 2]", "ap", ""),
    ("[Image 1] in the forest of [Image 2]", "ap", ""),
    ("[Image 1] in the street", "a", ""),
    ("The robot from [Image 1] through the market from [Image 2]", "ap", ""),
    ("[Image 1] in the background, the girl in [Image 2] dances", "pa", "2 dance"),
]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_roles_actions_and_relations(row: tuple[str, ...]) -> None:
    """Every picture is what the words make of it, does what they say of it, and stands as they say."""
    prompt, letters, acts = row[:3]
    brief = read_prompt(prompt, references=len(letters))
    assert {number: one.role for number, one in brief.mentions.items()} == {
        number: LETTERS[letter] for number, letter in enumerate(letters, 1)
    }
    found = {(number, act) for number, one in brief.mentions.items() for act in one.actions}
    wanted = {(int(part.split()[0]), part.split()[1]) for part in acts.split(", ") if part}
    assert found == wanted
    if len(row) > 3:
        assert [" ".join(map(str, relation)) for relation in brief.relations] == [row[3]]
