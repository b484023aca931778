"""Whom to bring back first, before any trial? Lost customers by what they brought and how regularly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.discounting import check_annual_discount, check_horizon
from winback.doors import ArgumentError, door
from winback.lost.at_stake import expected_by, most_on_acceptance, most_per_contact, second_stay
from winback.lost.classes import ORDER, PRIORITIES, Classes, abc_classes, class_words, xyz_classes
from winback.lost.effort import effort_of
from winback.lost.lost_customers import LostCustomers, lost_customers
from winback.lost.triaged import Triage
from winback.results import counted, format_percent

KNOWN = ("customer_id", "left_on", "months_away", "yearly_margin")  # of each lost customer, where there is a calendar


@door
def triage(
    base: Base,
    fit: Any = None,
    *,
    horizon_months: float = 24.0,
    annual_discount: float = 0.0,
    chance: float | None = None,
    organic: float | None = None,
    classes: Classes | None = None,
) -> Triage:
    r"""Sort the lost customers into four priorities, and say whom to call and what an offer may cost: without a trial.

    Customers are A, B or C by what they brought in within the year before they left, the money lost of `lost_report`,
    and X, Y or Z by how regularly. An analyst's table says which
    priority each of the nine has. Value at stake is what one who comes back is expected to bring within the horizon:
    the own margin a month times the months that second lives last in the base, or what a fit expects. With a chance of
    return p, and a chance :math:`r_0` without an offer, an offer may cost at most :math:`V - r_0 V_0 / p` on acceptance
    and :math:`p V - r_0 V_0` per contact.

    Parameters
    ----------
    base : Base
        From `read_contracts` (with margins; regularity from events ``volume``, or from margins where they moved) or
        `read_purchases` (what was paid in the year before the last purchase).
    fit : fit of `fit_two_part` or `fit_joint`, or what `second_lifetime_value` gives, optional
        What to expect of each customer.
    horizon_months, annual_discount : float
        Over how many months, and at which rate; values have terms of their own.
    chance : float, optional
        A published chance of return after an offer, the same for everybody.
    organic : float, optional
        The chance of return without one.
    classes : Classes, optional
        Boundaries and priorities.

    Returns
    -------
    Triage
        ``to_frame()`` has a row per priority, ``customers`` one per customer, ``call_list()`` whom to call.

    Raises
    ------
    ValueError
        When no margin is known, or a chance is none.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({
    ...     "customer_id": [1, 2, 3], "start": "2022-01-01", "end": ["2023-06-30", "2023-09-30", "2023-12-31"],
    ...     "margin": [85.0, 12.0, 3.0], "reason": ["price", "price", "died"]})
    >>> found = wb.triage(wb.read_contracts(contracts, until="2024-12-31"), horizon_months=12, chance=0.4, organic=0.1)
    >>> found.customers[["customer_id", "class", "priority"]].to_dict("list")["priority"]
    ['bring back first', 'if possible', 'let go']
    >>> found.call_list()[["customer_id", "value_at_stake", "most_on_acceptance", "most_per_contact"]].round(1)
       customer_id  value_at_stake  most_on_acceptance  most_per_contact
    0            1          1020.0               765.0             306.0
    1            2           144.0               108.0              43.2
    """
    if not isinstance(base, Base):
        kind = type(base).__name__
        raise ArgumentError(f"triage: `base` must be one of read_contracts or read_purchases; got {kind}.")
    terms = check_horizon(horizon_months), check_annual_discount(annual_discount)
    _check_chances(fit, chance, organic)
    asked = Classes() if classes is None else classes
    lost = lost_customers(base, asked.period_days)
    if len(lost.place) and np.isnan(lost.margin).all():
        raise ValueError(
            "triage sorts customers by what they brought, and no margin of a lost customer is known. Add a column "
            "margin to the contracts, amount to the purchases, or monthly_charge to a snapshot."
        )
    effort, stay = effort_of(base), second_stay(base, lost, *terms)
    by_fit = fit is not None
    frame = expected_by(fit, base, lost, terms) if by_fit else _flat(lost, stay.months, chance, organic)
    frame = _with_limits(frame)
    known = [name for name in KNOWN if name in lost.frame]
    for name, spent in ({} if effort is None else effort.spent).items():
        frame[name] = spent[lost.place]
    frame["not_listed"] = _not_listed(lost, frame["value_at_stake"])
    classed = _classed(lost, asked)
    further = lost.frame.drop(columns=[*known, *[name for name in lost.frame if name in frame or name in classed]])
    return Triage(
        customers=pd.concat([lost.frame[known], classed, frame, further], axis=1),
        horizon_months=terms[0],
        annual_discount=terms[1],
        stay=stay,
        by_fit=by_fit,
        chance_source=_source(fit, chance),
        has_organic=bool("organic" in frame and frame["organic"].notna().any()),
        has_cost="cost" in frame,
        varies_in=lost.varies_in,
        effort=effort,
        money_bounds=asked.money,
        own_priorities=bool(asked.priorities),
        money_from=lost.money_from,
        source=base.source,
        notes=tuple(_notes(lost, frame)),
        currency=base.currency,
    )


def _check_chances(fit, chance: float | None, organic: float | None) -> None:
    for name, share in (("chance", chance), ("organic", organic)):
        if share is not None and not 0 <= share <= 1:
            raise ValueError(f"{name} must be between 0 and 1, such as 0.2; got {share!r}.")
        if share is not None and fit is not None:
            raise ValueError(f"{name} cannot be given with a fit, which has chances of its own.")
    if organic is not None and chance is None:
        raise ValueError("organic needs chance: what comes back unasked is taken off what an offer brings back.")
    if organic is not None and chance == 0:
        raise ValueError("chance must be above 0 where organic is given.")


def _classed(lost: LostCustomers, asked: Classes) -> pd.DataFrame:
    """Return class and priority of each customer, and what the class is from."""
    yearly = lost.frame["yearly_margin"].to_numpy(dtype=float)
    abc, xyz = abc_classes(yearly, asked.money), xyz_classes(lost.variation, asked.regularity)
    label = class_words(abc, xyz)
    priority = label.map({**PRIORITIES, **asked.priorities})
    columns = {"class": label, "priority": pd.Categorical(priority, categories=ORDER, ordered=True)}
    return pd.DataFrame({**columns, "variation": lost.variation})


def _flat(lost: LostCustomers, months: float, chance: float | None, organic: float | None) -> pd.DataFrame:
    """Return what is at stake with each customer's own margin, and one chance for all where it is given."""
    shares = {"chance": chance, "organic": organic}
    frame = pd.DataFrame({"value_at_stake": lost.margin * months})
    return frame.assign(**{name: share for name, share in shares.items() if share is not None})


def _with_limits(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what an offer may cost at most, and what a contact is expected to earn, where a chance of return is known."""
    if "chance" not in frame:
        return frame
    value, chance = frame["value_at_stake"].to_numpy(), frame["chance"].to_numpy()
    organic = frame["organic"].fillna(0.0).to_numpy() if "organic" in frame else 0.0
    organic_value = frame["organic_value"].fillna(0.0).to_numpy() if "organic_value" in frame else value
    contact = most_per_contact(value, chance, organic, organic_value)
    found = frame.assign(
        most_on_acceptance=most_on_acceptance(value, chance, organic, organic_value),
        most_per_contact=contact,
        expected_profit=contact - frame["cost"] if "cost" in frame else contact,
    )
    found = found.drop(columns="organic_value", errors="ignore")
    return found.drop(columns="organic") if "organic" in found and found["organic"].isna().all() else found


def _not_listed(lost: LostCustomers, value: pd.Series) -> np.ndarray:
    """Return why each customer must not be on a list, or nothing; the first reason counts."""
    unknown = lost.frame["yearly_margin"].isna().to_numpy()
    reasons = [*lost.marks, ("without a known margin", unknown), ("without a known value", value.isna().to_numpy())]
    return np.select([rows for _, rows in reasons], [words for words, _ in reasons], default="").astype(object)


def _source(fit, chance: float | None) -> str:
    if fit is not None:
        return "by the model that was given"
    return "" if chance is None else f"{format_percent(chance)}, as given"


def _notes(lost: LostCustomers, frame: pd.DataFrame) -> Iterator[str]:
    yearly = lost.frame["yearly_margin"].to_numpy(dtype=float)
    if (n := int(np.isnan(yearly).sum())) and len(yearly):
        yield f"{counted(n, 'customers')} without a known margin are in no priority."
    known = yearly[~np.isnan(yearly)]
    if len(known) > 1 and known.min() == known.max():
        yield "All lost customers brought the same, so the classes tell nobody apart."
    if (n := int((yearly < 0).sum())) and len(yearly):
        yield f"{counted(n, 'customers')} brought a loss and are C."
    if "offer" in frame and (n := int((frame["value_at_stake"].isna() & lost.first_loss).sum())):
        yield f"The model says nothing of {counted(n, 'customers')}, who are in no sum of money at stake."
    if n := int((frame["value_at_stake"].isna() & ~lost.first_loss).sum()):
        said = "lost for the second time or more are not valued: a model tells of first losses."
        yield f"{counted(n, 'customers')} {said}"
    if "offer" in frame:
        yield "Of each customer the offer counts that is expected to earn most beyond its cost, where that is known."
