"""The tables of dialects.md, catalog.md and models.md, from catalog, dialects, routes; `scripts/docs` writes them."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

from openhorse.callbacks import SLOW_GAPS
from openhorse.catalog import Catalog, Offer, load
from openhorse.dialects import NAMES, dialect_named
from openhorse.profiles import Licence, Profile, profiles
from openhorse.vocabulary import Mode, Status, Tier

PAGE = Path(__file__).with_name("dialects.md")
PRICES = Path(__file__).with_name("catalog.md")
MODELS = Path(__file__).with_name("models.md")


def tables(routes: dict[str, list[str]]) -> dict[str, str]:
    """Every generated part by its name; `routes` are each dialect's, as `method path`."""
    catalog = load()
    parts = {"terms": _terms(catalog), "statuses": _statuses()}
    for name in NAMES:
        parts[f"models {name}"] = _models(catalog, name)
        parts[f"routes {name}"] = "\n".join(["```", *routes[name], "```"])
    return parts


def prices() -> dict[str, str]:
    """The generated part of catalog.md: one line for each vendor's HappyHorse, one column for each size."""
    rows = ["| dialect | model | made from | " + " | ".join(Tier) + " |", "|---" * (3 + len(Tier)) + "|"]
    for name in NAMES:
        lines: dict[tuple[str, ...], list[str]] = {}
        for offer in load().of(name):
            found = [offer.price.per_second.get(tier) for tier in Tier]
            dollars = ["–" if price is None else f"{float(price):.4g}" for price in found]
            model = offer.family + (" (assumed)" if offer.price.is_assumed else "")
            lines.setdefault((name, model, *dollars), []).append(offer.mode.removesuffix("-to-video"))
        rows += [
            f"| {name} | {model} | {', '.join(modes)} | {' | '.join(sizes)} |"
            for (_, model, *sizes), modes in lines.items()
        ]
    return {"prices": "\n".join(rows)}


def models() -> dict[str, str]:
    """The generated parts of models.md: what each model can do, and its licence."""
    known = profiles(load()).values()
    rows = ["| name | model | makes | seconds | sound | frames | 16:9 | steps | GPU memory |", "|---" * 9 + "|"]
    rows += ["| " + " | ".join(_profile(one)) + " |" for one in known]
    licences = {one.licence.name: one.licence for one in known}.values()
    terms = ["| licence | models | territory | revenue | attribution | further |", "|---" * 6 + "|"]
    terms += ["| " + " | ".join(_licence(one, [p.name for p in known if p.licence == one])) + " |" for one in licences]
    return {"profiles": "\n".join(rows), "licences": "\n".join(terms)}


def _profile(one: Profile) -> list[str]:
    words = {Mode.REFERENCE: f"reference ({one.references})"}
    width, height = one.canvas.size(Fraction(16, 9))
    frames = one.frames
    count = f"{frames.step}n + {frames.rest}" if frames.least < frames.most else str(frames.most)
    return [
        f"`{one.name}`",
        f"[{one.title}](https://huggingface.co/{one.weights.repository})",
        ", ".join(words.get(mode, mode.removesuffix("-to-video")) for mode in Mode if mode in one.modes),
        f"{one.seconds[0]}–{one.seconds[1]}",
        "yes" if one.sound else "no",
        f"{count} at {frames.rate}/s",
        f"{width}×{height}",
        str(one.steps),
        f"{one.least_memory_bytes // 10**9}–{one.memory_bytes // 10**9} GB",
    ]


def _licence(one: Licence, names: list[str]) -> list[str]:
    cap = one.revenue_cap_dollars
    return [
        f"[{one.title}]({one.url})",
        ", ".join(f"`{name}`" for name in names),
        f"not in {', '.join(one.excluded)}" if one.excluded else "everywhere",
        f"${cap:,} a year or more need its vendor's leave" if cap else "any",
        f"products show “{one.attribution}”" if one.attribution else "none",
        one.conditions or "no conditions to accept",
    ]


def filled(page: str, parts: dict[str, str]) -> str:
    """`page` with each part between its two marks; a part without marks is an error."""
    for name, text in parts.items():
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        page, found = marks.subn(lambda match, text=text: match[1] + text + "\n" + match[2], page)
        if found != 1:
            raise SystemExit(f"{found} places for {name!r}")
    return page


def routes_of(schema: dict[str, Any]) -> dict[str, list[str]]:
    """Each dialect's routes in an OpenAPI schema, without the dialect's prefix."""
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    for path, operations in schema["paths"].items():
        first = path.split("/")[1]
        name = "native" if first == "openhorse" else first
        if name in found:
            shown = path if name == "native" else path.removeprefix(f"/{name}")
            found[name] += [f"{method.upper():6} {shown}" for method in operations]
    return found


def _models(catalog: Catalog, dialect: str) -> str:
    rows = ["| model | resolutions | ratios | prompt | pictures | seed | $ a second |", "|---|---|---|---|---|---|---|"]
    rows += ["| " + " | ".join(_row(offer)) + " |" for offer in catalog.of(dialect)]
    return "\n".join(rows)


def _row(offer: Offer) -> list[str]:
    tiers = ", ".join(f"**{tier}**" if tier is offer.default_tier else tier.value for tier in offer.tiers)
    prices = " / ".join(f"{float(offer.price.per_second[tier]):.4g}" for tier in offer.tiers)
    return [
        f"`{offer.model}`",
        tiers,
        ", ".join(offer.ratios) if 0 < len(offer.ratios) < 9 else "all nine" if offer.ratios else "the first frame's",
        "required" if offer.prompt_required else "optional",
        _pictures(offer),
        f"{offer.seed[0]}…{offer.seed[1]}" if offer.seed else "refused",
        prices + (" (assumed)" if offer.price.is_assumed else ""),
    ]


def _pictures(offer: Offer) -> str:
    low, high = offer.pictures
    if not high:
        return "none"
    limits = offer.picture_limits
    count = str(low) if low == high else f"{low}–{high}"
    ratio = f", at most {limits.longest_ratio}:1" if limits.longest_ratio else ""
    formats = " ".join(limits.formats)
    return f"{count}; {formats}; sides ≥ {limits.shortest_side} px{ratio}; ≤ {limits.bytes // 1_000_000} MB"


def _terms(catalog: Catalog) -> str:
    slow = ", ".join(map(str, SLOW_GAPS))
    rows = [
        f"| dialect | films are kept | callback attempts, seconds after the one before; then {slow} |",
        "|---|---|---|",
    ]
    for name in NAMES:
        gaps = dialect_named(name).callback_gaps
        told = ", ".join(map(str, gaps)) if gaps else "no callbacks"
        rows.append(f"| {name} | {catalog.terms(name).retention_hours} h | {told} |")
    return "\n".join(rows)


def _statuses() -> str:
    rows = ["| ours | " + " | ".join(NAMES) + " |", "|---" * (len(NAMES) + 1) + "|"]
    for status in Status:
        words = [getattr(dialect_named(name), "STATUS_WORDS", {}).get(status, status.value) for name in NAMES]
        rows.append(f"| {status.value} | " + " | ".join(words) + " |")
    return "\n".join(rows)


def schema() -> dict[str, Any]:
    """What the application says of itself, made over rooms that are never opened."""
    import tempfile

    from openhorse.house import House
    from openhorse.server.app import create_app
    from openhorse.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        house = House(Settings(data=Path(folder)), "http://localhost")
        try:
            described: dict[str, Any] = create_app(house.rooms).openapi()
        finally:
            house.close()
    return described


if __name__ == "__main__":
    for page, parts in ((PAGE, tables(routes_of(schema()))), (PRICES, prices()), (MODELS, models())):
        page.write_text(filled(page.read_text("utf-8"), parts), "utf-8")
