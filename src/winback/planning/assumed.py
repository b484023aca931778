r"""What do assumed figures say of one customer's profit? Its mean and variance from acceptance, value and cost.

A share :math:`p` returns. One who does is worth :math:`m_+` net of what falls due on acceptance, with standard
deviation :math:`s_+`; everyone else is worth nothing. Then

.. math:: \mu = p m_+ - c_0, \qquad s^2 = p (s_+^2 + m_+^2) - p^2 m_+^2

with :math:`c_0` what is paid for every contact. With a coefficient of variation :math:`v` of the value :math:`V` of
one who returned, :math:`s_+ = v V`; a cost, being certain, adds nothing to it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.offers.economics import LIMITS, TRIGGERS, read_numbers
from winback.planning.figures import ProfitFigures
from winback.tables import NO_OFFER, ProblemList


def mixture_variance(share, mean, std_dev):
    r"""Return :math:`p (s_+^2 + m_+^2) - p^2 m_+^2`, the variance of an amount that only a share has.

    Examples
    --------
    >>> mixture_variance(0.5, 10.0, 0.0)
    25.0
    """
    return share * (std_dev**2 + mean**2) - share**2 * mean**2


def assumed_figures(table: pd.DataFrame) -> ProfitFigures:
    """Return each arm's profit and variance from a table checked by `checked_summary`."""
    on_acceptance = (table["paid"] == "on_acceptance").to_numpy()
    names = ("acceptance", "value", "cost", "contact_cost")
    share, value, cost, contact = (table[name].to_numpy(dtype=float) for name in names)
    profit = share * (value - np.where(on_acceptance, cost, 0.0)) - contact - np.where(on_acceptance, 0.0, cost)
    return ProfitFigures.ordered(table["offer"], share, profit, assumed_spread(table))


def checked_summary(summary: pd.DataFrame, problems: ProblemList) -> pd.DataFrame:
    """Return the summary with numbers as numbers and ROI as value; what is wrong is added to ``problems``."""
    table = summary.reset_index(drop=True).copy()
    if len(table) == 0:
        problems.add("table", "has no rows", "Give one row per offer.")
    if "customer_id" in table:
        remedy = "Read it by winback.read_trial(customers, offers), and plan from the trial."
        problems.add("customer_id", "is there, so this is a pilot's table", remedy)
    for name in [name for name in ("offer", "acceptance", "cost", "value_variation") if name not in table]:
        remedy = "Add it: standard deviation over mean of the value of those who return; 1 is usual, more if a few "
        problems.add(name, "is missing", f"{remedy}carry most of it." if name == "value_variation" else "Add it.")
    unless_said = {"value": np.nan, "roi": np.nan, "contact_cost": 0.0, "paid": None, "currency": "$"}
    table = table.assign(**{name: value for name, value in unless_said.items() if name not in table})
    if problems.found:
        return table
    untreated = (table["offer"] == NO_OFFER).to_numpy()
    for name in ("cost", "contact_cost"):
        table[name] = table[name].mask(untreated & table[name].isna().to_numpy(), 0.0)
    _check_numbers(table, untreated, problems)
    _check_rows(table, untreated, problems)
    if not problems.found:
        _value_from_roi(table)
        no_spread = assumed_spread(table) <= 0
        remedy = "A trial of one customer would tell; leave the offer out, or give value_variation."
        problems.add_rows("value_variation", no_spread, "leaves profit without any spread", remedy)
    return table


def assumed_spread(table: pd.DataFrame) -> np.ndarray:
    """Return the variance of one customer's profit, row by row."""
    net = table["value"] - np.where(table["paid"] == "on_acceptance", table["cost"], 0.0)
    return mixture_variance(table["acceptance"], net, table["value_variation"] * table["value"]).to_numpy()


def _check_numbers(table, untreated, problems):
    read_numbers(table, LIMITS | {"value_variation": (0, np.inf)}, problems, optional=("value", "roi"))
    problems.add_rows("acceptance", (table["acceptance"] == 0).to_numpy(), "must be above 0", "Leave that row out.")
    spent = untreated & ((table["cost"] != 0) | (table["contact_cost"] != 0)).to_numpy()
    problems.add_rows("cost", spent, "is there for none, who are sent nothing", "Write 0.")


def _check_rows(table, untreated, problems):
    name, value, roi = table["offer"], table["value"].notna(), table["roi"].notna()
    problems.add_rows("offer", name.isna().to_numpy(), "must not be missing", "Name the offer.")
    problems.add_rows("offer", name.duplicated().to_numpy(), "is there twice", "Give one row per offer.")
    if untreated.all():
        problems.add("offer", "names no offer, only none", "Add a row for each offer.")
    wrong = ~table["paid"].isin(TRIGGERS).to_numpy() & ~untreated
    remedy = f"Write one of {', '.join(TRIGGERS)} there: what triggers the cost can decide which offer wins."
    problems.add_rows("paid", wrong, "must say when the cost is due", remedy)
    other = (table["currency"] != table["currency"].iloc[0]).to_numpy()
    problems.add_rows("currency", other, "differs between rows", "Write all money in one currency.")
    neither = (value == roi).to_numpy()
    problems.add_rows("value", neither, "or `roi` must be there, and not both", "Give the one that is known.")
    free = (roi & (table["cost"] + table["contact_cost"] <= 0)).to_numpy()
    problems.add_rows("roi", free, "is given, but nothing is spent", "Give the value of one who returns instead.")


def _value_from_roi(table):
    """Fill in the value of one who returned: V = C (1 + ROI) / p."""
    per_customer = np.where(table["paid"] == "on_acceptance", table["acceptance"] * table["cost"], table["cost"])
    spent = per_customer + table["contact_cost"]
    table["value"] = table["value"].fillna(spent * (1 + table["roi"]) / table["acceptance"])
