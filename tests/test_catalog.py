"""catalog.toml: the vendors' figures, prices, and an operator's additions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhorse.catalog import LONGEST_SECONDS, SHORTEST_SECONDS, load
from openhorse.errors import UnknownModel
from openhorse.vocabulary import TIER_AREA, Mode, Order, Ratio, Tier, frame_size

CATALOG = load()


def order(dialect: str, model: str, tier: Tier = Tier.P720, seconds: int = 5) -> Order:
    """An order for the price's sake."""
    return Order(dialect, model, Mode.TEXT, "x", tier, seconds)


@pytest.mark.parametrize(
    ("dialect", "model", "tier", "seconds", "micros"),
    [
        ("wavespeed", "alibaba/happyhorse-1.1/image-to-video", Tier.P720, 5, 700_000),
        ("wavespeed", "alibaba/happyhorse-1.1/image-to-video", Tier.P1080, 5, 945_000),
        ("wavespeed", "alibaba/happyhorse-1.1/image-to-video", Tier.P720, 10, 1_400_000),
        ("wavespeed", "alibaba/happyhorse-1.1/image-to-video", Tier.P1080, 10, 1_890_000),
        ("native", "happyhorse-1.0/text-to-video", Tier.P1080, 3, 840_000),
    ],
)
def test_prices_are_the_published_ones(dialect: str, model: str, tier: Tier, seconds: int, micros: int) -> None:
    """The four examples of WaveSpeed's 1.1 page, and WaveSpeed's 1.0 price."""
    assert CATALOG.quote(order(dialect, model, tier, seconds)).micros == micros


def test_evolink_credits_convert_at_68_to_the_dollar_without_loss() -> None:
    """EvoLink's example: 607,500 units (×10,000 of a credit) for 5 s at 720p."""
    quote = CATALOG.quote(order("evolink", "happyhorse-1.0-image-to-video"))
    assert round(quote.micros * 68 / 1_000_000 * 10_000) == 607_500


@given(st.sampled_from(CATALOG.offers), st.integers(SHORTEST_SECONDS, LONGEST_SECONDS))
def test_more_pixels_and_more_seconds_cost_more(offer, seconds) -> None:  # type: ignore[no-untyped-def]
    """1080p costs more than 720p, and a longer film more than a shorter one, for every model."""
    low = CATALOG.quote(order(offer.dialect, offer.model, Tier.P720, seconds)).micros
    assert low < CATALOG.quote(order(offer.dialect, offer.model, Tier.P1080, seconds)).micros
    assert low < CATALOG.quote(order(offer.dialect, offer.model, Tier.P720, seconds + 1)).micros


def test_hiapis_price_says_that_it_is_assumed() -> None:
    """Nobody may take a stand-in for the vendor's own figure."""
    assert CATALOG.offer("hiapi", "happyhorse-1.1/text-to-video").price.is_assumed
    assert not CATALOG.offer("wavespeed", "alibaba/happyhorse-1.1/image-to-video").price.is_assumed


def test_an_unknown_model_lists_what_exists_nearest_first() -> None:
    """A typo is answered with the model that was meant."""
    with pytest.raises(UnknownModel, match=r"available: happyhorse-1\.1/image-to-video, ") as caught:
        CATALOG.offer("hiapi", "happyhorse-1.1/image-2-video")
    assert caught.value.field == "model"


def test_an_operator_sets_a_price(tmp_path: Path) -> None:
    """A file laid over the built-in catalog changes one price and leaves the rest."""
    path = tmp_path / "prices.toml"
    path.write_text(
        'version = "ours-1"\n[prices.hiapi-1-1]\nper_second = { 720p = "0.10", 1080p = "0.15" }\nsource = "contract"\n'
    )
    ours = load(path)
    quote = ours.quote(order("hiapi", "happyhorse-1.1/text-to-video", Tier.P1080, 4))
    assert (quote.micros, quote.price_version, quote.source) == (600_000, "ours-1", "contract")
    assert len(ours.offers) == len(CATALOG.offers)


def test_a_catalog_in_which_1080p_is_cheaper_is_refused(tmp_path: Path) -> None:
    """Such a price is a mistake, and is found before anybody is charged by it."""
    path = tmp_path / "prices.toml"
    path.write_text('[prices.hiapi-1-1]\nper_second = { 720p = "0.20", 1080p = "0.15" }\n')
    with pytest.raises(ValueError, match="larger tier must cost more"):
        load(path)


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("ratio", list(Ratio))
def test_frames_have_the_tiers_area_and_even_sides(tier: Tier, ratio: Ratio) -> None:
    """All nine ratios: even sides, area and ratio within 0.5 %, and a portrait is its landscape turned."""
    width, height = frame_size(tier, ratio.fraction)
    assert width % 2 == height % 2 == 0
    assert width * height == pytest.approx(TIER_AREA[tier], rel=0.005)
    assert width / height == pytest.approx(float(ratio.fraction), rel=0.005)
    assert frame_size(tier, 1 / ratio.fraction) == (height, width)
