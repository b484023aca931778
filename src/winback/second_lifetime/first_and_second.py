"""Is a customer worth more the second time? Values of first and second lifetimes of the same customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.discounting import discounted_months
from winback.labels import value_words
from winback.money import format_alike
from winback.pseudo_observations import pseudo_months
from winback.results import Result, Sentences, counted, format_percent, join_words
from winback.second_lifetime.expected_value import read_horizon
from winback.survival.curves_text import MANY_LONGER
from winback.tables import NO_OFFER, SECOND_LIFETIME, AnyTable, check_lapsed, in_trial, label_codes
from winback.trial.follow_up import follow_up_of
from winback.trial.trial import Trial
from winback.trial.watched import longest_watched
from winback.uncertainty import normal_quantile

EVERYBODY, MANY_RETURNED = "everybody", 300  # of fewer nothing is said first: a few decide, and are selected
NEGLIGIBLE = 0.1  # standard errors: so small a bias leaves a 95% interval with 94.9%
NOT_COMPARED = (
    "Who stayed away is not compared, and no offer's cost is taken off: this is not what winning back another customer "
    "would bring."
)
FOLLOWED_ENOUGH = (
    "How long customers were followed differs by {}; with a curve for each group that was followed alike, no mean "
    "would move by more than a tenth of its standard error."
)


@dataclass(frozen=True, repr=False)
class FirstAndSecondValue(Result):
    """First against second lifetime values, see `first_and_second_value`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group: ``group``, ``n`` returned customers, mean ``first_value`` and ``second_value`` with
        intervals, ``difference`` = second - first with its interval, in money; the same with first lifetimes counted
        up to the horizon as well: ``first_value_within``, ``difference_within``; ``share_longer`` of first lifetimes
        beyond the horizon.
    by : str or None
        Column whose labels make the groups.
    whose : str
        Who is compared: only those who came back, and after an offer where that is known.
    months, annual_discount : float
        The horizon and the rate that apply to second lifetimes; first ones are known to their end.
    """

    frame: pd.DataFrame = field(repr=False)
    by: str | None
    months: float
    annual_discount: float
    currency: str = "$"
    whose: str = "those who came back"
    follow_up: tuple[str, ...] = ()  # where not all were followed equally long: who was not, and what was done
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Customers", "text"),
        "n": ("Returned", "count"),
        "first_value": ("First lifetime value", "money"),
        "second_value": ("Second lifetime value", "money"),
        "difference": ("Difference", "money"),
        "difference_within": ("Difference, both up to the horizon", "money"),
    }

    def describe(self) -> Sentences:
        """Say whether the second lifetime is worth more."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say the same of the other groups, and over how long lifetimes are counted."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say with which value of a customer who comes back to reckon."""
        return Sentences.of([_next_step(self)])


def after_an_offer(trial: Trial, horizon_months: float | None = None) -> Trial:
    """Return those of a trial who were sent an offer, nothing discounted: of whom first and second lives are compared.

    Second lives count up to a horizon; without one, as long as enough are still watched (`longest_watched`), or up to
    the trial's own horizon.

    Examples
    --------
    >>> import winback as wb
    >>> after_an_offer(wb.load_telecom_study().trial).horizon_months
    84.0
    """
    months = horizon_months or longest_watched(trial) or trial.horizon_months
    sent = (trial.lapsed["offer"].astype(object) != NO_OFFER).to_numpy()
    return trial.part(sent).over(horizon_months=months, annual_discount=0)


def first_and_second_value(
    customers: AnyTable,
    *,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    by: str | None = None,
    currency: str | None = None,
    level: float = 0.95,
) -> FirstAndSecondValue:
    r"""Compare what returned customers brought in their first lifetime and bring in their second.

    A value is margin per month times (discounted) months. First lifetimes have ended and count in full; second ones
    count up to the horizon, and where the data end before a customer does, months are pseudo-observations of the
    Kaplan-Meier curve; where follow-up differs by what was known beforehand, and a curve for each group followed alike
    would move a mean by more than a tenth of its standard error, those of these curves. The difference is taken
    customer by customer, so that its interval allows for the pairing:

    .. math:: \bar d = \frac1n \sum_i \big(m_{2i} \hat A_i - m_{1i} A(T_{1i})\big), \qquad
              \widehat{se} = s_d / \sqrt n

    Parameters
    ----------
    customers : pandas.DataFrame, path or Trial
        Lapsed customers with ``first_tenure``, ``first_margin``, ``returned`` and the three ``second_`` columns.
    horizon_months, annual_discount : float, optional
        Up to where second lifetimes count, and the rate a year; a trial's own where not given.
    by : str, optional
        Column whose labels make groups.
    currency : str, optional
        Put before money; by default the trial's.
    level : float
        Of the intervals.

    Returns
    -------
    FirstAndSecondValue

    Examples
    --------
    >>> import winback as wb
    >>> from winback.second_lifetime.first_and_second import first_and_second_value
    >>> sent = wb.load_telecom_study().lapsed.query("offer != 'none'")
    >>> found = first_and_second_value(sent, horizon_months=84, annual_discount=0.0)
    >>> found.frame[["n", "first_value", "second_value"]].round(2)
           n  first_value  second_value
    0  17800       1262.0       1410.13
    """
    months, rate, currency = read_horizon(customers, horizon_months, annual_discount, currency)
    needs = ["first_tenure", "first_margin", "returned", *SECOND_LIFETIME, *([] if by is None else [by])]
    table = check_lapsed(customers, needs=needs)
    if by == "offer":
        table = table[in_trial(table)]
    back = table[table["returned"].to_numpy(dtype=bool)]
    if len(back) < 2:
        raise ValueError(f"{counted(len(back), 'customers')} returned: at least two are needed to compare lifetimes.")
    codes, labels = (np.zeros(len(back), dtype=int), [EVERYBODY]) if by is None else label_codes(back[by])
    z = normal_quantile(level)
    groups = {label: codes == code for code, label in enumerate(labels) if (codes == code).sum() > 1}
    alike = np.zeros(len(back), dtype=int)
    rows = [{"group": label} | _row(back[of], alike[of], months, rate, z) for label, of in groups.items()]
    follow_up, said = follow_up_of(table, months, by), ()
    if follow_up.alike is not None:
        alike = follow_up.alike[table["returned"].to_numpy(dtype=bool)]
        apart = [{"group": label} | _row(back[of], alike[of], months, rate, z) for label, of in groups.items()]
        matters = _move(rows, apart, z)
        said = [each.finding for each in follow_up.findings] if matters else [FOLLOWED_ENOUGH.format(follow_up.by)]
        rows = apart if matters else rows
    after = "offer" in back and (back["offer"].astype(object) != NO_OFFER).all()
    whose = f"those who came back{' after an offer' if after else ''}"
    return FirstAndSecondValue(
        pd.DataFrame(rows), by, months, rate, currency=currency, whose=whose, follow_up=tuple(said)
    )


def _row(group, alike, horizon, rate, z) -> dict[str, float]:
    first = group["first_margin"] * discounted_months(group["first_tenure"], rate)
    ended = group["second_ended"].to_numpy(dtype=bool)
    second = group["second_margin"] * pseudo_months(group["second_tenure"].to_numpy(), ended, horizon, rate, alike)
    within = group["first_margin"] * discounted_months(group["first_tenure"].clip(upper=horizon), rate)
    row = {"n": len(group), "share_longer": float((group["first_tenure"] > horizon).mean())}
    amounts_of = {"first_value": first, "second_value": second, "difference": second - first}
    amounts_of |= {"first_value_within": within, "difference_within": second - within}
    for name, amounts in amounts_of.items():
        mean, margin = amounts.mean(), z * amounts.std() / np.sqrt(len(group))
        row |= {name: mean, f"{name}_low": mean - margin, f"{name}_high": mean + margin}
    return row


def _move(rows, others, z) -> bool:
    """Say whether a mean second value moves by more than is negligible."""
    return any(
        z * abs(other["second_value"] - row["second_value"])
        > NEGLIGIBLE * (row["second_value_high"] - row["second_value"])
        for row, other in zip(rows, others, strict=True)
    )


def _answer(found: FirstAndSecondValue) -> Iterator[str]:
    rows = found.frame.to_dict("records")
    if len(rows) > 1:
        more = sum(row["difference_low"] > 0 for row in rows)
        yield (
            f"Of {found.whose}, before any offer's cost, second lifetimes are clearly worth more than first ones in "
            f"{more} of {len(rows)} groups."
        )
    farthest = _farthest(rows)
    yield _verdict(farthest, found)
    yield _within(farthest, found) if farthest["share_longer"] > MANY_LONGER else _counted(found)
    if len(rows) == 1:
        yield NOT_COMPARED


def _next_step(found: FirstAndSecondValue) -> str:
    """Say in one sentence with which value to reckon: that of second lifetimes, whatever first ones brought."""
    frame = found.frame
    ends = format_alike([frame["second_value"].min(), frame["second_value"].max()], found.currency)
    value, by_group = (ends[0], "") if len(frame) == 1 else (f"{ends[0]} to {ends[1]}", ", by group")
    within = f" within {found.months:g} months" if np.isfinite(found.months) else ""
    if (frame["difference_low"] > 0).all():
        beside = "which is more than the first time"
    elif (frame["difference_high"] < 0).all():
        beside = "which is less than the first time"
    else:
        beside = "and not on more than the first time"
    return (
        f"Count on {value}{within} from each who comes back{by_group}, {beside}; take off what the offer costs and "
        "what would have come back by itself."
    )


def _farthest(rows) -> dict:
    """Return the group whose lifetimes differ most, of those of whom enough came back where there are any."""
    return max(rows, key=lambda row: (row["n"] >= MANY_RETURNED, abs(row["difference"])))


def _more(found: FirstAndSecondValue) -> Iterator[str]:
    rows = found.frame.to_dict("records")
    farthest = _farthest(rows)
    for row in rows:
        if row is not farthest:
            yield _verdict(row, found)
            if row["share_longer"] > MANY_LONGER:
                yield _within(row, found)
    few = [f"{value_words(found.by, row['group'])} ({row['n']:,})" for row in rows if row["n"] < MANY_RETURNED]
    if 0 < len(few) < len(rows):
        yield f"Few came back of those who {join_words(few)}: nothing should be concluded from these."
    if farthest["share_longer"] > MANY_LONGER:
        yield _counted(found)
    elif np.isfinite(found.months):
        yield _both_up_to_there(farthest, found)
    yield from found.follow_up
    if len(rows) > 1:
        yield NOT_COMPARED
    yield (
        "What is still running is estimated from those followed longer; the same customers are compared, and the "
        "interval allows for that."
    )


def _verdict(row, found) -> str:
    names = ("first_value", "second_value", "difference", "difference_low", "difference_high")
    first, second, difference, low, high = format_alike([row[name] for name in names], found.currency)
    if row["difference_low"] > 0:
        verdict = f"worth {difference} more"
    elif row["difference_high"] < 0:
        verdict = f"worth {difference.lstrip('-')} less"
    else:
        verdict = f"not clearly worth more or less (by {difference})"
    group = "" if found.by is None else f" ({value_words(found.by, row['group'])})"
    of = f"Of {found.whose}{group}, second lifetimes are {verdict} than first ones [{low}, {high}]"
    return f"{of}, before any offer's cost: {second} against {first}."


def _within(row, found) -> str:
    return (
        f"That sets whole first lifetimes against cut-off second ones: {format_percent(row['share_longer'])} of the "
        f"first ones were longer than the horizon; both up to the horizon, the difference is "
        f"{_difference_within(row, found)}."
    )


def _counted(found) -> str:
    """Say over what the two are counted: one span, of which all other figures speak."""
    if not np.isfinite(found.months):
        return "Both lifetimes count in full."
    return (
        f"First lifetimes count in full, second ones for {found.months:g} months: what these bring later is left out, "
        "so the difference is rather too small than too large."
    )


def _both_up_to_there(row, found) -> str:
    return f"Both counted for {found.months:g} months only, the difference is {_difference_within(row, found)}."


def _difference_within(row, found) -> str:
    names = ("difference_within", "difference_within_low", "difference_within_high")
    within, low, high = format_alike([row[name] for name in names], found.currency, signed=True)
    return f"{within} [{low}, {high}]"
