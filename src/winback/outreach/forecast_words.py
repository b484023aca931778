"""What does a plan's check say, in sentences? Every figure in them is taken from what was found.

The doubt is the first that applies: those may be known who came back; it came otherwise by rank, or of a group; of some
nothing is known; and always that what changed since the trial is in the difference, too.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.money import format_alike, format_money, money_interval
from winback.outreach.foreseen import FIGURES
from winback.results import Result, counted, format_count, format_percent, join_words
from winback.uncertainty import normal_quantile

LEVEL = 0.95
UNSHOWN = "It is not shown that the contacts paid"
NO_CORRECTION = 10.0  # times a forecast: rather cents, or another horizon, than better customers
IN_WORDS = {"returned": "the share who come back", "cost": "the cost", "profit": "the profit"}


def _figures(found: Result) -> dict[str, pd.Series]:
    rows = found.frame[found.frame["by"] == "all"].set_index("figure")
    return {name: rows.loc[name] for name in FIGURES}


def whether_it_paid(found: Result) -> str:
    """Say whether contacts are shown to have paid: what they added, each and in all, beside what was forecast."""
    gain, low, high = found.added.measured
    paid = "The contacts paid" if low > 0 else "The contacts lost money" if high < 0 else UNSHOWN
    each, *ends = format_alike(found.added.measured, found.currency)
    forecast = money_interval(*found.added.forecast, found.currency)
    total = format_money(float(f"{found.added.n_sent * gain:.2e}"), found.currency)
    by_chance = "chance does not explain the difference" if _extra_differs(found) else "the difference may be chance"
    return (
        f"{paid}: {counted(found.added.n_sent, 'customers')} on the list added {each} each [{', '.join(ends)}], "
        f"about {total} in all; the forecast was {forecast}: {by_chance}."
    )


def _extra_differs(found: Result) -> bool:
    """Tell whether chance does not explain how far what contacts added is from its forecast."""
    if found.added is None:
        return False
    (came, *ends), (forecast, *around) = found.added.measured, found.added.forecast
    return bool(abs(came - forecast) > np.hypot(np.ptp(ends), np.ptp(around)) / 2)


def what_came(found: Result) -> str:
    """Say what each brought in beside what was forecast, and whether chance explains the difference."""
    back, _, profit = _figures(found).values()
    known = f"{format_count(back['n'])} customers contacted"
    known += f" whose outcome is known ({format_count(found.n_unknown)} more have none)" if found.n_unknown else ""
    return f"Each of {known} brought in {_beside(found, profit, ', costs paid; the forecast was ')}{_by_chance(found)}."


def _by_chance(found: Result) -> str:
    if "profit" not in set(found.ratios["figure"]) or found.may_be_returners:
        return ""
    differs = "profit" in set(found.to_change["figure"])
    return f": {'chance does not explain the difference' if differs else 'the difference may be chance'}"


def rates(found: Result) -> tuple[str, str]:
    """Say how many came back and what they cost, beside what was forecast."""
    back, cost, _ = _figures(found).values()
    share, foretold = (
        f"{format_percent(back[name])} [{format_percent(back[f'{name}_low'])}, {format_percent(back[f'{name}_high'])}]"
        for name in ("measured", "forecast")
    )
    return (
        f"{share}; the forecast was {foretold}.",
        f"{_beside(found, cost, ', contacts and offers together; the forecast was ')}.",
    )


def _beside(found: Result, row: pd.Series, between: str) -> str:
    """Write what was measured and what was forecast of an amount of money."""
    ends = ("", "_low", "_high")
    return between.join(
        money_interval(*(row[f"{name}{end}"] for end in ends), found.currency) for name in ("measured", "forecast")
    )


def factor(ratio: float, low: float, high: float) -> str:
    """Write what a forecast is to be multiplied by.

    Examples
    --------
    >>> factor(0.8, 0.75, 0.854)
    '0.80 [0.75, 0.85]'
    """
    return f"{ratio:.2f} [{low:.2f}, {high:.2f}]"


def what_to_change(found: Result) -> str:
    """Say by what the next forecast is to be multiplied, in all and by rank, where chance explains no difference."""
    if found.may_be_returners:
        return "Correct nothing before the others are listed, with returned = no where they did not come back."
    profit = found.to_change.loc[found.to_change["figure"] == "profit", "ratio"]
    if ((profit < 0) | (profit > NO_CORRECTION)).any():
        return (
            f"Multiply nothing yet: what was brought in, costs paid, is {profit.iloc[0]:.2f} times its forecast. Check "
            "the unit of the value first, and that it is counted as in the trial."
        )
    changes = [
        f"{IN_WORDS[row.figure]} by {factor(row.ratio, row.low, row.high)}" for row in found.to_change.itertuples()
    ]
    advice = " and ".join(_advice(found))
    also = f" Also {advice}." if advice else ""
    if changes:
        return f"In the next forecast multiply {join_words(changes)}: chance does not explain the difference.{also}"
    if "profit" not in set(found.ratios["figure"]):
        return f"No factor corrects a forecast of no profit: take what came in its place.{also}"
    if advice:
        return f"Leave the next forecast of all as it is, but {advice}."
    return "Leave the next forecast as it is: what differs may be chance."


def _advice(found: Result) -> Iterator[str]:
    """Yield what to expect otherwise, by rank or of a group, and of what contacts add."""
    *_, advice = came_apart(found)
    if advice:
        yield advice
    if _extra_differs(found):
        yield f"expect contacts to add {format_money(found.added.measured[0], found.currency)} each, as they did"


def came_apart(found: Result) -> tuple[str, str, str]:
    """Return by what it did not come as forecast, though it may in all, what was seen, and what to do; or nothing."""
    order = found.order
    if order is not None and not order.low <= 1 <= order.high:
        seen = (
            f"By rank it did not come as forecast: along the list customers differed {_times(found)} times as much, so"
        )
        if order.low <= 0:
            advice = "expect of each what all brought on average, and learn the policy anew with these outcomes"
            return "by rank", f"{seen} the order was worth nothing that is shown.", advice
        worth = "less" if order.slope < 1 else "more"
        advice = f"multiply expected differences between customers by {order.slope:.2f}"
        return "by rank", f"{seen} the order was worth {worth}.", advice
    for row, n, hardly in _furthest(found, "fifth"):  # these have the luck in common that `by_rank` takes apart
        if hardly:
            came, forecast = format_alike([row["measured"], row["forecast"]], found.currency)
            seen = f"Of one group it did not come as forecast, {row['group']}: {came}, forecast {forecast}; chance"
            advice = f"expect of {row['group']} what it brought"
            return row["group"], f"{seen} hardly does that in one of {n}.", advice
    return "", "", ""


def _times(found: Result) -> str:
    return factor(found.order.slope, found.order.low, found.order.high)


def along_the_list(found: Result) -> Iterator[str]:
    """Say how far differences along the list came true, where it has an order and they may have."""
    if found.order is not None and came_apart(found)[0] != "by rank":
        yield f"Along the list customers differed {_times(found)} times as much as forecast."


def what_was_added(found: Result) -> str:
    """Say what contacts added, against those kept back, beside what was forecast; or why it is not known."""
    if found.n_asked_before:
        return (
            "What the contacts added is not known from this plan alone: "
            f"{counted(found.n_asked_before, 'customers')} on its list had an offer by plans made before. Read it from "
            "all these plans together: who was to be contacted by any of them, against those kept back."
        )
    if found.added is None and any(found.n_lacking):
        return _lacking(found)
    if found.added is None:
        return (
            "What the contacts added is not known: for that some of the list must be kept back, and the outcomes of "
            "all on it be known, those not reached included."
        )
    in_all = [found.added.n_sent * end for end in found.added.measured]
    came = (found.added.measured, in_all, found.added.forecast)
    gain, total, forecast = (money_interval(*each, found.currency) for each in came)
    return (
        f"Against {counted(found.added.n_kept_back, 'customers')} kept back at random, each of the "
        f"{format_count(found.added.n_sent)} others on the list added {gain}, in all {total}; the forecast was "
        f"{forecast} each."
    )


def _lacking(found: Result) -> str:
    """Say whose outcomes are lacking, and where they are named, to know what contacts added."""
    listed, kept = found.n_lacking
    whom = [f"{format_count(found.n_unknown)} contacted"] if found.n_unknown else []
    whom += [f"{format_count(listed)} on the list and not contacted (sheet 'left out')"] if listed else []
    whom += [f"{format_count(kept)} kept back (sheet 'kept back')"] if kept else []
    no_other = " Of others in the sheet 'left out', who were never on the list, no outcome is needed." if listed else ""
    return f"What the contacts added is not known: outcomes are lacking of {join_words(whom)}.{no_other}"


def doubts(found: Result) -> list[str]:
    """Return what is in doubt, the most important first."""
    unknown = "Who has no outcome may differ from those who have one: take nobody for lost whose outcome is not known."
    if found.may_be_returners:
        back = _figures(found)["returned"]
        unknown = (
            f"{format_percent(back['measured'], 0)} of those known came back, and {format_count(found.n_unknown)} of "
            f"{format_count(found.n_unknown + back['n'])} contacted have no outcome: those may be known who came back."
        )
    asked = f"{counted(found.n_not_listed, 'customers', 'are')} not looked at: they were asked about and not listed."
    together = f"Who shares a {found.taken_apart} is not known of these customers: the intervals are too narrow."
    since = (
        "Whatever changed since the trial, such as a competitor's price or who leaves and why, is in the difference "
        "from its forecast, too."
    )
    first = [unknown] if found.n_unknown else []
    apart = [seen for seen in came_apart(found)[1:2] if seen]
    first = first + apart if found.may_be_returners else apart + first
    more = [*([together] if found.taken_apart else []), *([asked] if found.n_not_listed else [])]
    return [*first, since, *more, *found.reading]


def _furthest(found: Result, *besides: str) -> Iterator[tuple[pd.Series, int, bool]]:
    """Yield whose profit differs most from its forecast, of how many groups, and whether chance hardly does that."""
    rows = found.frame[(found.frame["figure"] == "profit") & ~found.frame["by"].isin(["all", *besides])]
    if len(rows):
        error = np.hypot(*((rows[f"{name}_high"] - rows[f"{name}_low"]) for name in ("measured", "forecast")))
        away = ((rows["measured"] - rows["forecast"]).abs() / (error / (2 * normal_quantile(LEVEL)))).fillna(0.0)
        yield rows.loc[away.idxmax()], len(rows), bool(away.max() > normal_quantile(1 - (1 - LEVEL) / len(rows)))


def most_apart(found: Result) -> Iterator[str]:
    """Say of which group profit differs most from its forecast, and whether chance does that among so many groups."""
    for row, n, hardly in _furthest(found):
        came, forecast = format_alike([row["measured"], row["forecast"]], found.currency)
        how = f"chance {'hardly does' if hardly else 'alone can do'} that in one of {n} groups"
        if hardly and row["by"] == "fifth":
            how = "the same luck of the trial placed and forecast it, so only all differences along the list are judged"
        yield f"Furthest from its forecast is {row['group']}: {came}, forecast {forecast}; {how}."
