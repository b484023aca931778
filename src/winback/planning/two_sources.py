"""Why do a trial and a table without customers give other sizes and break-evens? Both figures, and what parts them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.offers.compared import OfferComparison
from winback.offers.economics import OfferEconomics
from winback.offers.told_apart import scatter_to_spare
from winback.planning.trial_plan import TrialPlan
from winback.results import Sentences, format_count, format_money, format_percent


def two_sources(
    comparison: OfferComparison, plan: TrialPlan, table: OfferEconomics, table_plan: TrialPlan
) -> Sentences:
    """Say what both sources give for the same question, and why it is not the same; nothing where they share none.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> trial = wb.load_telecom_study().trial
    >>> assumed = pd.DataFrame({"offer": ["discount", "upgrade"], "acceptance": [.45, .41], "cost": [120.0, 105.0],
    ...                         "roi": [6.68, 7.93], "paid": "on_acceptance", "value_variation": 1.0})
    >>> pair = [("discount", "upgrade")]
    >>> plans = wb.plan_trial(trial, compare=pair), wb.plan_trial(assumed, compare=pair)
    >>> table = wb.offer_economics(assumed.drop(columns="value_variation"))
    >>> print(two_sources(wb.compare_offers(trial), plans[0], table, plans[1]).splitlines()[1][:72])
    Discount stops paying where 31.1% would come back anyway by the trial, 3
    """
    return Sentences.of([*_sizes(comparison, plan, table_plan), *_break_evens(comparison, table)])


def _sizes(comparison: OfferComparison, plan: TrialPlan, table_plan: TrialPlan) -> Iterator[str]:
    """Say how many customers the first question that both answer takes, and why."""
    frames = [each.frame[each.frame["kind"] == "difference"].set_index("question") for each in (plan, table_plan)]
    both = [question for question in frames[0].index if question in frames[1].index]
    if not both:
        return
    rows = [frame.loc[both[0]] for frame in frames]
    sizes = [format_count(row["n_per_arm"]) for row in rows]
    times = rows[1]["variance"] / rows[0]["variance"]
    than = f"{times:.2g} times" if times >= 1 else f"{times:.0%} of"
    yield (
        f"For {both[0]} the trial asks {sizes[0]} customers per offer and the table {sizes[1]}: the trial measured how "
        f"much profit varies between customers, the table assumes {than} as much variance, and the size grows with it"
        f"{_gaps(plan, rows)}{_untold(comparison, rows[0], times)}."
    )


def _untold(comparison: OfferComparison, row: pd.Series, times: float) -> str:
    """Say so where with so much variance the trial could not show a difference which it shows."""
    pairs = comparison.differences.set_index(["first", "second"])
    if (row["first"], row["second"]) not in pairs.index:
        return ""
    pair = pairs.loc[(row["first"], row["second"])]
    return (
        "; with so much the trial could not have shown which earns more"
        if 1 < scatter_to_spare(pair) ** 2 < times
        else ""
    )


def _gaps(plan: TrialPlan, rows: list[pd.Series]) -> str:
    """Say of which differences, where these are not the same."""
    gaps = plan.formats([row["difference"] for row in rows], "money")
    return "" if gaps[0] == gaps[1] else f" (and they look for {gaps[0]} and {gaps[1]})"


def _break_evens(comparison: OfferComparison, table: OfferEconomics) -> Iterator[str]:
    """Say at which organic return the trial's first offer stops paying by either, and why."""
    first, by_table = comparison.frame.iloc[0], table.frame.set_index("offer")
    if first["offer"] not in by_table.index:
        return
    own = by_table.loc[first["offer"]]
    shares = [format_percent(row["break_even_organic"]) for row in (first, own)]
    worth = comparison.settings.organic_value
    if worth is None or shares[0] == shares[1]:
        return
    measured = "measured" if comparison.settings.organic_value_error else "was told"
    yield (
        f"{first['offer']} stops paying where {shares[0]} would come back anyway by the trial, {shares[1]} by the "
        f"table: the trial {measured} that one who does is worth {format_money(worth, comparison.currency)}, the table "
        f"takes them to be worth what the offer's own are, {format_money(own['value_per_returned'], table.currency)}."
    )
