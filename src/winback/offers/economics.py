r"""Which offer pays, when only summary figures are known? Profit, ROI and break-even from a published table.

Per customer who is made an offer: value :math:`pV`, cost :math:`C` (:math:`pc` when paid on acceptance, :math:`c` when
paid on every contact), gross profit :math:`pV - C`, ROI :math:`(pV - C) / C`. Customers who would have returned
without an offer, a share :math:`r_0` worth :math:`V_0` each, are not the offer's doing: incremental profit is
:math:`pV - C - r_0 V_0`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door_of_settings
from winback.money import format_money
from winback.offers.sensitivity import break_even_lines
from winback.results import Result, Sentences, format_percent
from winback.tables import AnyTable, Problem, ProblemList, TableError, as_table
from winback.tables.headings import shared_names
from winback.tables.numbers import parse_number
from winback.terms.organic import assumed_organic, check_organic_value

TRIGGERS = ("on_acceptance", "per_contact")
LIMITS = {"acceptance": (0, 1), "cost": (0, np.inf), "contact_cost": (0, np.inf)}
LIMITS |= {"value": (-np.inf, np.inf), "roi": (-1, np.inf)}


@dataclass(frozen=True, repr=False)
class OfferEconomics(Result):
    """Profit, ROI and break-even of each offer, from summary figures; no intervals, since no sample is known."""

    frame: pd.DataFrame
    flips: pd.DataFrame  # first, second, measure, organic: above it the second overtakes the first
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "acceptance": ("Accepted", "percent"),
        "value_per_returned": ("Value per returned", "money"),
        "cost_per_customer": ("Cost per customer", "money"),
        "gross_profit": ("Gross profit per customer", "money"),
        "gross_roi": ("Gross ROI", "percent0"),
        "break_even_organic": ("Break-even organic return", "percent"),
        "organic": ("Organic return assumed", "percent"),
        "incremental_profit": ("Incremental profit per customer", "money"),
        "incremental_roi": ("Incremental ROI", "percent0"),
    }

    def describe(self) -> Sentences:
        """Say which offer wins on profit and which on ROI, and that gross figures are gross."""
        kind = "incremental" if "incremental_profit" in self.frame else "gross"
        by_profit, by_roi = self.frame.iloc[0], self.frame.loc[self.frame[f"{kind}_roi"].idxmax()]
        lines = [f"{by_profit['offer']} earns most per customer offered: {self._earned(by_profit, kind)}."]
        roi = format_percent(by_roi[f"{kind}_roi"], 0)
        if by_roi["offer"] == by_profit["offer"]:
            lines.append(f"It also has the highest {kind} ROI, {roi}.")
        else:
            behind = format_money(by_profit[f"{kind}_profit"] - by_roi[f"{kind}_profit"], self.currency)
            lines.append(
                f"{by_roi['offer']} has the highest {kind} ROI, {roi}, and earns {behind} less per customer: "
                "ROI divides by the cost and favours the cheaper offer."
            )
        if kind == "gross":
            lines.append("All figures are gross: how many would have returned without an offer is not known.")
        return Sentences.of(lines)

    def details(self) -> Sentences:
        """Say where offers stop paying, and where two of them change places."""
        turns = (
            f"On incremental {flip.measure} {flip.second} overtakes {flip.first} "
            f"when more than {format_percent(flip.organic)} would have returned without an offer."
            for flip in self.flips.itertuples()
        )
        return Sentences.of([*break_even_lines(self.frame), *turns])

    def _earned(self, row, kind) -> str:
        """Return what an offer earns, and at which assumed organic return; of an interval, both ends."""
        if kind == "gross":
            return f"{format_money(row['gross_profit'], self.currency)} gross"
        amount, low, high = self.formats([row[f"incremental_profit{end}"] for end in ("", "_low", "_high")], "money")
        if row["organic_low"] == row["organic_high"]:
            return f"{amount} incremental if {format_percent(row['organic'])} return anyway"
        ends = " to ".join(format_percent(row[f"organic_{end}"]) for end in ("low", "high"))
        middle = format_percent(row["organic"])
        return (
            f"{amount} incremental if {middle} return anyway, the middle of the assumed {ends}, and {low} to {high} "
            "over it"
        )


@door_of_settings
def offer_economics(
    summary: pd.DataFrame,
    *,
    paid: str | None = None,
    organic: float | tuple[float, float] | None = None,
    organic_value: float | None = None,
    currency: str = "$",
) -> OfferEconomics:
    r"""Compute profit, ROI and break-even organic return of offers from a table of summary figures.

    .. math:: r_0 = \frac{pV - C}{V_0}, \qquad
              r_0^{flip} = \frac{p_1 V_1 C_2 - p_2 V_2 C_1}{V_0 (C_2 - C_1)}

    the break-even organic return of an offer, and the organic return at which two offers' incremental ROI are equal.

    Parameters
    ----------
    summary : pandas.DataFrame
        One row per offer: ``offer``, ``acceptance`` (share), ``cost`` (money for one customer, when it is due) and
        either ``value`` (money per returned customer) or ``roi`` (gross, ratio); ``paid`` and ``contact_cost``
        (money per customer contacted) if they differ by offer.
    paid : {"on_acceptance", "per_contact"}
        What triggers the cost, where the table has no column ``paid``. It is required: it can decide the winner.
    organic : float or (low, high), optional
        Share who would have returned without an offer; with it incremental figures are given: of an interval, those
        of its middle, ``_low`` at its upper end and ``_high`` at its lower end.
    organic_value : float, optional
        Value of one who returns without an offer; by default the offer's own value per returned customer.
    currency : str
        Shown before money.

    Raises
    ------
    TableError
        Listing every problem of the table.
    ValueError
        When an organic return is no share, or given by segment: a summary has no customers to average it over.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> published = pd.DataFrame({"offer": ["discount", "upgrade"], "acceptance": [.45, .41], "cost": [120, 105],
    ...                           "roi": [6.68, 7.93]})
    >>> wb.offer_economics(published, paid="on_acceptance").frame["gross_profit"].round(2).tolist()
    [360.72, 341.39]
    """
    if isinstance(organic, Mapping):
        remedy = "Give their average share, or an interval."
        raise ValueError(f"organic by segment needs customers, and a summary has none. {remedy}")
    assumed = None if organic is None else assumed_organic(organic, None)
    check_organic_value(organic_value)
    table = _checked(summary, paid)
    p, c, contact = table["acceptance"], table["cost"], table["contact_cost"]
    cost = contact + c * np.where(table["paid"] == "on_acceptance", p, 1.0)
    value = cost * (1 + table["roi"]) if "roi" in table else p * table["value"]
    own_value = value / p
    baseline = own_value if organic_value is None else pd.Series(float(organic_value), index=table.index)
    frame = pd.DataFrame({"offer": table["offer"], "acceptance": p, "value_per_returned": own_value})
    frame = frame.assign(cost_per_customer=cost, gross_profit=value - cost, gross_roi=(value - cost) / cost)
    frame["break_even_organic"] = (value - cost) / baseline
    if assumed is not None:
        frame = frame.assign(organic=assumed.middle, organic_low=assumed.low, organic_high=assumed.high)
        for end, share in (("", assumed.middle), ("_low", assumed.high), ("_high", assumed.low)):
            frame[f"incremental_profit{end}"] = value - cost - share * baseline
            frame[f"incremental_roi{end}"] = frame[f"incremental_profit{end}"] / cost
    ranked_by = "gross_profit" if organic is None else "incremental_profit"
    order = np.argsort(-frame[ranked_by].to_numpy(), kind="stable")
    flips = organic_flips(table["offer"], value, cost, baseline)
    return OfferEconomics(frame.iloc[order].reset_index(drop=True), flips, currency)


def organic_flips(names, value, cost, organic_value) -> pd.DataFrame:
    """Return where two offers change places as more customers would have returned without an offer.

    From value and cost per customer offered, and value of one organic returner, each of shape (k,): ``first``,
    ``second``, ``measure`` (profit or ROI) and ``organic``: above this share, and below the break-even of both, the
    second overtakes the first. Crossings outside (0, 1), or where both offers lose, are left out.
    """
    names = list(names)
    value, cost, baseline = (np.asarray(each, dtype=float) for each in (value, cost, organic_value))
    rows = []
    for one, other in combinations(range(len(names)), 2):
        for measure, scale in (("profit", np.ones(len(names))), ("ROI", cost)):
            if not (scale[one] > 0 and scale[other] > 0):
                continue  # without a cost there is no ROI
            with np.errstate(over="ignore", invalid="ignore"):  # a cost next to nothing
                start = [(value[k] - cost[k]) / scale[k] for k in (one, other)]
                slope = [-baseline[k] / scale[k] for k in (one, other)]
                steepness = slope[1] - slope[0]
                organic = (start[0] - start[1]) / steepness if steepness else np.nan
            if 0 < organic < 1 and start[0] + slope[0] * organic > 0:
                first, second = (one, other) if start[0] > start[1] else (other, one)
                rows.append((names[first], names[second], measure, organic))
    flips = pd.DataFrame(rows, columns=["first", "second", "measure", "organic"])
    return flips.sort_values(["measure", "organic"], ignore_index=True)


def _checked(summary: pd.DataFrame, paid: str | None) -> pd.DataFrame:
    """Return the summary with numbers as numbers, or list all its problems."""
    table = plain_table(summary, "summary of offers")
    problems = ProblemList("summary of offers", table)
    if len(table) == 0:
        problems.add("table", "has no rows", "Give one row per offer.")
    if ("value" in table) == ("roi" in table):
        problems.add("value", "or `roi` must be there, and not both", "Give the one that was published.")
    for name in ("offer", "acceptance", "cost"):
        if name not in table:
            problems.add(name, "is missing", "Add it.")
    unless_said = {"paid": paid, "contact_cost": 0.0}
    table = table.assign(**{name: value for name, value in unless_said.items() if name not in table})
    unknown = ~table["paid"].isin(TRIGGERS).to_numpy()
    remedy = f"Say paid= one of {', '.join(TRIGGERS)}: what triggers the cost can decide which offer wins."
    problems.add_rows("paid", unknown, "must say when the cost is due", remedy)
    read_numbers(table, LIMITS, problems)
    if {"acceptance", "cost"} <= set(table):
        nothing = (table["cost"] + table["contact_cost"] <= 0).to_numpy()
        problems.add_rows("cost", nothing, "must be above 0: a free offer has no ROI", "State its cost.")
        problems.add_rows("acceptance", (table["acceptance"] == 0).to_numpy(), "must be above 0", "Leave it out.")
    problems.raise_if_any()
    return table


def plain_table(figures: AnyTable, kind: str) -> pd.DataFrame:
    """Return a copy of a table of figures; refuse headings in two rows."""
    table = as_table(figures, kind)
    if table.columns.nlevels > 1:
        remedy = "Give each column one name."
        raise TableError(kind, [Problem("table", "must have one row of headings", 0, "", remedy)])
    return table.reset_index(drop=True).copy()


def read_numbers(table: pd.DataFrame, limits: Mapping, problems: ProblemList, optional: Sequence[str] = ()) -> None:
    """Turn the columns of a summary into numbers; list what is none within its bounds, or missing where it may not."""
    if table.columns.has_duplicates:
        problems.found += shared_names(table.columns)
        problems.raise_if_any()
    for name, (low, high) in {name: ends for name, ends in limits.items() if name in table}.items():
        numbers, unread = parse_number(table[name])[:2]
        bad = ~numbers.between(low, high) | unread
        bad &= table[name].notna() | (name not in optional)
        problems.add_rows(name, bad.to_numpy(), f"must be a number from {low:g} to {high:g}", "Correct it.")
        table[name] = numbers
