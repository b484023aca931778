"""4. Which strategy earns the most? Profit, return on cost and customers won back may each name another offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from winback.colours import offer_colours
from winback.money import format_alike, money_interval
from winback.offers.compared import OfferComparison
from winback.plots.small import Panel, Row, small_panels
from winback.plots.style import capitalised
from winback.questions.card import Card, Picture, share_digits
from winback.results import format_percent, join_words
from winback.uncertainty import share_difference

VERBS = {"profit": "earns most", "roi": "returns most on its cost", "back": "wins back most"}
UNSURE = " (not clearly different)"


@dataclass(frozen=True)
class Leaders:
    """Which offer leads on profit, gross ROI and customers won back.

    Attributes
    ----------
    comparison : OfferComparison
    by : mapping
        profit, roi, back -> the offer that leads, with those not told apart from it; for roi those whose intervals
        meet, none where an offer is free.
    """

    comparison: OfferComparison = field(repr=False)
    by: dict[str, list[str]]


def leaders(comparison: OfferComparison) -> Leaders:
    """Find who leads on what."""
    frame = comparison.frame
    return Leaders(comparison, {"profit": comparison.winners, "roi": _roi(frame), "back": _back(frame)})


def _roi(frame: pd.DataFrame) -> list[str]:
    """Return the offer of the highest ROI, with those whose interval reaches its own; none where one is free."""
    if frame["gross_roi"].isna().any():
        return []
    order = frame.sort_values("gross_roi", ascending=False, kind="stable")
    reaches = order["gross_roi_high"] >= order["gross_roi_low"].iloc[0]
    return [order["offer"].iloc[0], *order["offer"].iloc[1:][reaches.iloc[1:]]]


def _back(frame: pd.DataFrame) -> list[str]:
    """Return the offer that wins back most, with those whose share is not clearly different from it."""
    order = frame.sort_values("acceptance", ascending=False, kind="stable")
    first, others = order.iloc[0], order.iloc[1:]
    if others.empty:
        return [first["offer"]]
    level = 1 - 0.05 / len(others)  # the leader was picked by looking at all of them
    low = share_difference(first["n_returned"], first["n"], others["n_returned"], others["n"], level)[1]
    return [first["offer"], *others["offer"][low <= 0]]


def which_strategy(comparison: OfferComparison) -> Card:
    """Return the card of the fourth question."""
    found = leaders(comparison)
    return Card(4, said(found), here=how_sure(found), picture=_picture(found), found=found)


def said(found: Leaders) -> str:
    """Say who leads on what, in one sentence."""
    comparison = found.comparison
    first, kind = comparison.frame.iloc[0], f"{comparison.kind}_profit"
    if len(comparison.frame) == 1:
        return f"There is one offer, {first['offer']}, and nothing to choose between."
    losing = {True: "No offer pays", False: "No offer is shown to pay"}[bool(first[f"{kind}_high"] < 0)]
    by = {name: tuple(offers) for name, offers in found.by.items() if offers}
    if first[f"{kind}_low"] <= 0:
        return f"{losing}; {_phrase('back', by['back'])}."
    if len({frozenset(offers) for offers in by.values()}) == 1:
        unsure = UNSURE if len(by["profit"]) > 1 else ""
        return f"{capitalised(_names(by['profit']))} {join_words(VERBS[name] for name in by)}{unsure}."
    return f"{capitalised(', '.join(_phrase(name, offers) for name, offers in by.items()))}."


def how_sure(found: Leaders) -> str:
    """Say the profit of the first offer and how far it is ahead, with intervals, and what was free or gross."""
    comparison = found.comparison
    first, kind = comparison.frame.iloc[0], f"{comparison.kind}_profit"
    figures = [first[f"{kind}{end}"] for end in ("", "_low", "_high")]
    assumed = " with the organic return assumed" if comparison.settings.organic is not None else ""
    earned = money_interval(*figures, comparison.currency)
    parts = [f"{first['offer']} {earned} {comparison.kind} profit per customer{assumed}"]
    if len(comparison.frame) > 1:
        pair = comparison.differences.iloc[0]
        ends = (pair[f"difference{end}"] for end in ("", "_low", "_high"))
        told = "" if pair["told_apart"] else ", not clearly different"
        parts.append(f"{money_interval(*ends, comparison.currency)} ahead of {pair['second']}{told}")
    if not found.by["roi"]:
        free = join_words(comparison.frame["offer"][comparison.frame["gross_roi"].isna()])
        parts.append(f"{free} costs nothing, so it has no ROI")
    return "; ".join(parts)


def _names(offers: tuple[str, ...]) -> str:
    return offers[0] if len(offers) == 1 else f"{', '.join(offers[:-1])} or {offers[-1]}"


def _phrase(name: str, offers: tuple[str, ...]) -> str:
    return f"{_names(offers)} {VERBS[name]}{UNSURE if len(offers) > 1 else ''}"


def _picture(found: Leaders) -> Picture:
    comparison = found.comparison
    frame, kind = comparison.frame, f"{comparison.kind}_profit"
    colours = offer_colours(frame["offer"], comparison.catalogue)
    digits = share_digits(frame["acceptance"])
    shown = {
        "profit": ("profit", frame[kind], format_alike(frame[kind], comparison.currency)),
        "won back": ("back", frame["acceptance"], [format_percent(each, digits) for each in frame["acceptance"]]),
    }
    if found.by["roi"]:
        roi = ("roi", frame["gross_roi"], [format_percent(each, 0) for each in frame["gross_roi"]])
        shown = {**dict([*shown.items()][:1]), "gross ROI": roi, **dict([*shown.items()][1:])}
    panels = []
    for heading, (name, values, texts) in shown.items():
        rows = [
            Row(offer, value, text, colour=colours[offer], strong=offer == found.by[name][0])
            for offer, value, text in zip(frame["offer"], values, texts, strict=True)
        ]
        panels.append(Panel(rows, heading))
    each = (f"{panel.heading} {join_words(f'{row.name} {row.text}' for row in panel.rows)}" for panel in panels)
    caption = f"{capitalised(comparison.kind)} profit per customer, gross ROI and share won back; best in bold."
    if comparison.kind == "incremental" and found.by["roi"]:
        caption += " ROI is gross as it was published: before what would have come anyway, which profit is after."
    return Picture(partial(small_panels, panels), f"By offer: {'; '.join(each)}.", caption=caption)
