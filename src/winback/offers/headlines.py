"""What does a manager see first? The answer, the tiles, the short tables and the assumptions of a comparison."""

from __future__ import annotations

import pandas as pd

from winback.discounting import TIMING
from winback.money import DASH
from winback.offers.comparison import OfferComparison
from winback.offers.comparison_text import answer_lines, evidence_lines, winners
from winback.results import Sentences, Shown, format_count, format_money, format_percent, join_words
from winback.terms.catalog import OfferCatalog

FIRST_SCREEN = (
    "Offer",
    "Customers",
    "Came back",
    "Cost per customer",
    "Gross profit per customer",
    "Gross ROI",
    "Organic return assumed",
    "Incremental profit per customer",
    "Incremental ROI",
    "Remark",
)
TRIGGERS = {
    "on_acceptance": "due in full when a customer accepts",
    "per_contact": "due for everyone it is sent to",
    "while_active": "due month by month while the customer stays",
}


def answer(result: OfferComparison) -> Sentences:
    """Return the first sentences of a comparison: what to send, how far ahead, and where profit and ROI differ."""
    return Sentences.of(answer_lines(result))


def evidence(result: OfferComparison) -> Sentences:
    """Return what follows the answer: the incremental figures, how sure they are, break-even and warnings."""
    return Sentences.of(evidence_lines(result))


def tiles(result: OfferComparison) -> Shown:
    """Return the headline figures of the most profitable offer as tiles."""
    first, kind = result.frame.iloc[0], result.kind
    best = winners(result)
    leader = ("Earns most", best[0], f"ties with {join_words(best[1:])}" if len(best) > 1 else "no tie")
    if first[f"{kind}_profit_high"] < 0:
        leader = ("Send", "no offer", f"even {first['offer']} loses money")
    customers, whose = format_count(first["n"]), kind.capitalize()
    assumed = " (organic return assumed)" if result.settings.organic else ""
    rows = [
        leader,
        _profit_tile(result, first, kind, assumed),
        _tile(result, first, f"{kind}_profit_total", "money", f"{whose} profit, {customers} customers{assumed}"),
        _tile(result, first, f"{kind}_roi", "percent0", f"{whose} ROI{assumed}"),
        (
            "Chance of being best",
            format_percent(first["probability_best"]),
            f"expected loss {format_money(first['expected_loss'], result.currency)} per customer",
        ),
    ]
    return Shown(pd.DataFrame(rows, columns=["label", "figure", "note"]), as_tiles=True)


def _profit_tile(result, row, kind, assumed):
    """Return the tile of profit per customer; beside its interval what is left of it when corrected for the pick."""
    label, figure, note = _tile(
        result, row, f"{kind}_profit", "money", f"{kind.capitalize()} profit per customer{assumed}"
    )
    corrected = result.format(row[f"{kind}_profit_corrected"], "money")
    return label, figure, note if corrected in (figure, DASH) else f"{note}; {corrected} corrected for the pick"


def _tile(result, row, name, form, label):
    low, high = (result.format(row[f"{name}_{end}"], form) for end in ("low", "high"))
    return label, result.format(row[name], form), f"{low} to {high}"


def first_table(result: OfferComparison) -> Shown:
    """Return the table of the first screen."""
    table = result.table()
    return Shown(table[[name for name in FIRST_SCREEN if name in table]])


def second_table(result: OfferComparison) -> Shown:
    """Return what the first table leaves out."""
    table = result.table()
    return Shown(table[["Offer", *(name for name in table if name not in FIRST_SCREEN)]])


def differences_table(result: OfferComparison) -> Shown:
    """Return the differences in profit between all pairs of offers, with their verdict."""
    rows = [
        {
            "Pair": f"{pair['first']} over {pair['second']}",
            "Difference in profit per customer": format_money(pair["difference"], result.currency, signed=True),
            "Interval (allows for all pairs)": " to ".join(
                format_money(pair[end], result.currency, signed=True) for end in ("difference_low", "difference_high")
            ),
            "Verdict": "tie" if pair["tie"] else "no tie",
        }
        for pair in result.differences.to_dict("records")
    ]
    return Shown(pd.DataFrame(rows))


def comparison_assumptions(result: OfferComparison, offers: OfferCatalog) -> Sentences:
    """Return what a comparison assumes, from its settings and the cost contracts."""
    settings = result.settings
    if settings.horizon_months is None:
        lines = ["Value was measured directly; its horizon is that of the data."]
    else:
        rate = settings.annual_discount
        discounted = f"discounted at {100 * rate:g}% a year ({TIMING})" if rate else "not discounted"
        months = f"{settings.horizon_months:.2f} months from the offer"
        lines = [f"A second lifetime counts for {months}, {discounted}. What comes later is not counted."]
    lines += [_contract(offer, offers.currency) for offer in offers]
    lines.append(f"Intervals are {100 * settings.level:g}% intervals of expected values, not of single customers.")
    lines.append(_organic_return(result))
    lines.append(
        "Break-even organic return takes one who returns without an offer to be worth " + _organic_value(result)
    )
    if len(result.frame) > 1:
        lines.append(
            "The best of several offers was picked by looking, so it looks a little better than it is. Its "
            f"{result.kind} profit per customer is also given corrected for the pick (Andrews, Kitagawa & McCloskey "
            "2024); its total, ROI and acceptance are not corrected."
        )
    return Sentences.of(lines)


def _organic_return(result) -> str:
    if result.control is not None:
        return "How many return without an offer was measured in a random group that was sent nothing."
    if result.settings.organic is None:
        return "How many would have returned without an offer is not known, so every figure is gross."
    return f"Incremental figures rest on {result.settings.organic.says}; no control group shows it."


def _organic_value(result) -> str:
    if result.settings.organic_value is None:
        return "as much as one who returns with it."
    measured = " (as measured among the untreated)" if result.settings.organic_value_error else ""
    return f"{format_money(result.settings.organic_value, result.currency)}{measured}."


def _contract(offer, currency) -> str:
    contact = f", plus {format_money(offer.contact_cost, currency)} per contact" if offer.contact_cost else ""
    if offer.tailored_by:
        each = join_words(f"{value} gets {name}" for value, name in offer.tailored.items())
        return f"{offer.name} is tailored by {offer.tailored_by}: {each}, at that offer's cost{contact}."
    if offer.paid == "while_active":
        length = "" if offer.months is None else f" for {offer.months:g} months at most"
        cost = f"{format_money(offer.amount_per_month, currency)} a month{length}"
    else:
        cost = format_money(offer.full_cost, currency)
    cap = f", at most {format_money(offer.max_cost, currency)}" if offer.max_cost is not None else ""
    return f"{offer.name} costs {cost}{cap}, {TRIGGERS[offer.paid]}{contact}."
