r"""Who is about to leave and worth keeping? Customers by what keeping them would gain, not by risk.

With e the share of losses within H months that a measure prevents, of a customer who leaves at the end of month t with
chance :math:`P_t`, against doing nothing,

.. math:: \text{gain} = \sum_{t=1}^{H} e \, P_t \, (V_{\text{stay},t} - V_{\text{lost},t}) - c

:math:`V_{\text{stay},t}` is the margin from t to H of one who stays, :math:`V_{\text{lost},t}` what a lost customer is
still worth, both discounted to today; c is paid for all who get it. Ranking by risk alone can lose money [1]_ [2]_.

References
----------
.. [1] Ascarza, E. (2018). Retention futility: targeting high-risk customers might be ineffective. Journal of Marketing
   Research 55(1).
.. [2] Lemmens, A. & Gupta, S. (2020). Managing churn to maximize profits. Marketing Science 39(5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.discounting import check_annual_discount, check_horizon, discount_factor, discounted_months
from winback.doors import door
from winback.results import Result, Sentences, Shown, counted, format_count, format_money, format_percent
from winback.tables import Problem, TableError

MOST = 1e12  # money: beyond it somebody has mistaken a column
SHARES = np.arange(1, 101) / 100  # of the customers, contacted


@dataclass(frozen=True)
class Keeping:
    """What a measure costs each customer who gets it and prevents, and what counts."""

    cost: float
    share_prevented: float  # of the losses within the months
    months: int = 12
    annual_discount: float = 0.0
    worth_lost: float = 0.0  # of a lost customer, on the day of leaving

    def __post_init__(self):
        """Refuse what makes no sense."""
        check_horizon(self.months)
        check_annual_discount(self.annual_discount)
        if not 0 <= self.share_prevented <= 1:
            raise ValueError(f"share_prevented must be a share from 0 to 1; got {self.share_prevented:g}.")
        for name in ("cost", "worth_lost"):
            if not 0 <= getattr(self, name) <= MOST:
                raise ValueError(f"{name} must be money from 0 to {MOST:g}; got {getattr(self, name):g}.")


def gain_of_keeping(leaves: np.ndarray, margin: np.ndarray, terms: Keeping) -> np.ndarray:
    """Return what keeping each customer would gain; ``leaves`` (n, months) are chances of leaving in each month.

    Examples
    --------
    >>> hazard = 0.1 * 0.9 ** np.arange(12)
    >>> gain_of_keeping(hazard[None], np.array([100.0]), Keeping(cost=0, share_prevented=0.3)).round(2).tolist()
    [144.73]
    """
    month = np.arange(1, leaves.shape[1] + 1)
    ahead = discounted_months(leaves.shape[1], terms.annual_discount) - discounted_months(month, terms.annual_discount)
    lost = terms.worth_lost * discount_factor(month, terms.annual_discount)
    return terms.share_prevented * ((leaves @ ahead) * margin - leaves @ lost) - terms.cost


@dataclass(frozen=True, repr=False, kw_only=True)
class AboutToLeave(Result):
    """Customers by what keeping them would gain, most first.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``customer_id``, ``gain`` (expected, less the cost), ``risk`` of leaving next month, ``within`` all months,
        ``margin`` a month, ``rank_by_risk`` (1: most likely to leave).
    curve : pandas.DataFrame
        Total expected gain where a ``share`` of the customers is contacted, ranked ``by_gain`` and ``by_risk``.
    """

    frame: pd.DataFrame = field(repr=False)
    curve: pd.DataFrame = field(repr=False)
    terms: Keeping
    n_unknown: int  # customers without a margin, left out
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "customer_id": ("Customer", "text"),
        "gain": ("Expected gain", "money"),
        "risk": ("Leaves next month", "percent"),
        "within": ("Leaves within the months", "percent"),
        "margin": ("Margin a month", "money"),
        "rank_by_risk": ("Rank by risk", "count"),
    }

    @property
    def worth_it(self) -> pd.DataFrame:
        """Those whom keeping is expected to gain more than it costs."""
        return self.frame[self.frame["gain"] > 0]

    @property
    def by_risk(self) -> pd.Series:
        """What as many would gain who are ranked by risk alone, customer by customer."""
        return self.frame.nsmallest(len(self.worth_it), "rank_by_risk")["gain"]

    @door
    def first(self, n: int = 10) -> Shown:
        """Return the first ``n`` customers of the list, as a notebook shows them."""
        return Shown(self.rounded(self.frame.head(n)).drop(columns="Rank by risk"))

    def describe(self) -> Sentences:
        """Say whom it pays to keep, what ranking by risk would cost, and the doubt."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say what the gain counts."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say whom to contact."""
        n = format_count(len(self.worth_it))
        said = "and leave a random share of them alone, so that what the measure prevents is measured."
        return Sentences() if self.worth_it.empty else Sentences(f"Contact the first {n} of the list, {said}")


def worth_keeping(customers: pd.DataFrame, leaves: np.ndarray, terms: Keeping, currency: str) -> AboutToLeave:
    """Rank customers (``customer_id``, ``margin``) by what keeping them would gain."""
    known = customers["margin"].notna().to_numpy()
    if not known.any():
        said = "is not known of anybody here, so nothing tells whom it pays to keep"
        raise TableError("contracts", [Problem("margin", said, 0, "", "Give contracts with a margin a month.")])
    customers, leaves = customers[known], leaves[known]
    within = leaves.sum(axis=1)
    frame = customers.assign(
        gain=gain_of_keeping(leaves, customers["margin"].to_numpy(), terms),
        risk=leaves[:, 0],
        within=within,
        rank_by_risk=pd.Series(-within).rank(method="first").astype(int).to_numpy(),
    )
    frame = frame.sort_values(["gain", "rank_by_risk"], ascending=[False, True], ignore_index=True)
    by_risk = frame.sort_values("rank_by_risk")["gain"].to_numpy()
    n = np.ceil(SHARES * len(frame)).astype(int)
    totals = {"by_gain": frame["gain"].cumsum().to_numpy()[n - 1], "by_risk": by_risk.cumsum()[n - 1]}
    names = ["customer_id", "gain", "risk", "within", "margin", "rank_by_risk"]
    curve = pd.DataFrame({"share": SHARES, "n": n, **totals})
    return AboutToLeave(frame=frame[names], curve=curve, terms=terms, n_unknown=int((~known).sum()), currency=currency)


def _answer(found: AboutToLeave) -> Iterator[str]:
    paying, n = found.worth_it, len(found.frame)
    if paying.empty:
        cost = format_money(found.terms.cost, found.currency)
        yield f"Keeping pays for nobody of {counted(n, 'customers')}: it would not save the {cost} it costs."
    else:
        total = format_money(paying["gain"].sum(), found.currency)
        yield (
            f"Keeping is expected to pay for {format_count(len(paying))} of {counted(n, 'customers')} "
            f"({format_percent(len(paying) / n)}) and to gain {total} within {found.terms.months} months."
        )
        yield (
            f"As many ranked by risk alone would gain {format_money(found.by_risk.sum(), found.currency)}: for "
            f"{format_count((found.by_risk <= 0).sum())} of those the measure costs more than it saves."
        )
    yield (
        f"That it costs {format_money(found.terms.cost, found.currency)} each and prevents "
        f"{format_percent(found.terms.share_prevented, 0)} of losses, of everybody's alike, is assumed: only a trial "
        "with some left alone tells, and those who can be kept need not be those at risk."
    )


def _more(found: AboutToLeave) -> Iterator[str]:
    yield (
        f"Gain = share prevented x sum over {found.terms.months} months of chance of leaving x (margin from then on - "
        "worth of a lost customer) - cost; what is earned before leaving cancels."
    )
    yield "Chances of months ahead rest on what is known today, and on average on what may happen: no gain is certain."
    if found.n_unknown:
        yield f"Without a margin, and left out: {counted(found.n_unknown, 'customers')}."
