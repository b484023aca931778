"""What is there to say of the most profitable offer at a glance? Its headline figures, as tiles."""

from __future__ import annotations

import pandas as pd

from winback.money import DASH
from winback.offers.told_apart import leader_note
from winback.results import Result, Shown, format_chance, format_count


def headline_tiles(comparison: Result) -> Shown:
    """Return offer, profit for one customer and in total, ROI and sureness of the first offer, each with a note."""
    first, kind = comparison.frame.iloc[0], comparison.kind
    leader = ("Earns most", first["offer"], leader_note(comparison))
    if first[f"{kind}_profit_high"] < 0:
        leader = ("Send", "no offer", f"even {first['offer']} loses money")
    customers, whose = format_count(first["n"]), kind.capitalize()
    assumed = " (organic return assumed)" if comparison.settings.organic else ""
    assumed += " (adjusted)" if comparison.adjusted_for else ""
    loss = f"expected loss {comparison.format(first['expected_loss'], 'money')} per customer"
    rows = [leader]
    for name, form, label in (
        ("profit", "money", "profit per customer"),
        ("profit_total", "money", f"profit of {customers} customers like these"),
        ("roi", "percent0", "ROI"),
    ):
        amounts = [first[f"{kind}_{name}{end}"] for end in ("", "_low", "_high")]
        beside = _beside_the_headline(comparison) if name == "profit" else {}
        figure, low, high, *others = comparison.formats([*amounts, *beside.values()], form)
        said = [f"{other} {what}" for other, what in zip(others, beside, strict=True) if other not in (figure, DASH)]
        rows.append((f"{whose} {label}{assumed}", figure, "; ".join([f"{low} to {high}", *said])))
    rows.append(("Chance of being best", format_chance(first["probability_best"]), loss))
    return Shown(pd.DataFrame(rows, columns=["label", "figure", "note"]), as_tiles=True)


def _beside_the_headline(comparison) -> dict[str, float]:
    """Return what else is made of the first offer's profit per customer, by what is allowed for."""
    beside = {"allowing for its luck in coming first": comparison.frame[f"{comparison.kind}_profit_corrected"].iloc[0]}
    if comparison.adjusted_for:
        beside["plain, not adjusted"] = comparison.adjusted.frame["plain_profit"].iloc[0]
    return beside
