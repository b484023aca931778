"""Whom to contact when not everybody can be: those likeliest to return, or those worth most?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from winback.results import Result, Sentences, format_money, format_percent
from winback.second_lifetime.measured import measured_outcomes
from winback.tables import NO_OFFER
from winback.uncertainty import normal_quantile

if TYPE_CHECKING:
    from winback.second_lifetime.valuation import SecondLifetimeValues

SHARES = (0.1, 0.2, 0.3, 0.5)


@dataclass(frozen=True, repr=False)
class RankingComparison(Result):
    """Ranking by chance of return against ranking by value, see `compare_rankings`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per share contacted: ``share``, ``n`` contacted, measured net value per customer contacted ``by_chance``
        and ``by_value``, ``forgone`` = by_value - by_chance with ``forgone_low``, ``forgone_high``, and
        ``forgone_predicted`` by the model.
    currency : str
    """

    frame: pd.DataFrame = field(repr=False)
    n: int
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "share": ("Share contacted", "percent0"),
        "n": ("Customers", "count"),
        "by_chance": ("Ranked by chance of return", "money"),
        "by_value": ("Ranked by value", "money"),
        "forgone": ("Forgone, measured", "money"),
        "forgone_predicted": ("Forgone, predicted", "money"),
    }

    def describe(self) -> Sentences:
        """Say what ranking by chance of return forgoes."""
        return Sentences.of(_lines(self))


def compare_rankings(
    values: SecondLifetimeValues, shares: Iterable[float] = SHARES, level: float = 0.95
) -> RankingComparison:
    r"""Say what ranking customers by their chance of return forgoes against ranking them by value.

    Customers who were sent an offer are ranked twice under their own offer: by the model's chance of return and by its
    expected value net of cost. The best share of each ranking is then judged by what these customers really brought,
    net of what they cost. The difference is

    .. math:: \frac{1}{n_c} \sum_i (1\{i \in V\} - 1\{i \in P\}) (\text{value}_i - \text{cost}_i)

    with :math:`V` and :math:`P` the two sets of :math:`n_c` customers; its standard error comes from the customers in
    which the two differ. Values are gross: some of these customers would have come back anyway.

    Parameters
    ----------
    values : SecondLifetimeValues
        Of customers the model was not fitted on (`hold_out`), over a horizon that the trial's follow-up supports.
    shares : iterable of float
        Shares of the customers that could be contacted.
    level : float
        Of the intervals.

    Returns
    -------
    RankingComparison

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> fit_on, judge_by = wb.hold_out(study.trial)
    >>> fit = wb.fit_two_part(fit_on, reacquisition="reason", tenure="reason", margin="reason + first_margin")
    >>> values = wb.second_lifetime_value(fit, judge_by)
    >>> wb.compare_rankings(values, [0.3]).frame["n"].tolist()
    [3589]
    """
    outcomes = measured_outcomes(values)
    outcomes = outcomes[outcomes["offer"] != NO_OFFER].reset_index(drop=True)
    if outcomes.empty:
        raise ValueError("None of these customers was sent an offer: there is nothing to rank.")
    chance = np.empty(len(outcomes))
    for offer, rows in outcomes.groupby("offer").groups.items():
        chance[rows] = values.chances[offer].to_numpy()[outcomes.loc[rows, "row"]]
    net = (outcomes["value"] - outcomes["cost"]).to_numpy()
    expected = (outcomes["expected_value"] - outcomes["expected_cost"]).to_numpy()
    orders = {"by_chance": np.argsort(-chance, kind="stable"), "by_value": np.argsort(-expected, kind="stable")}
    rows = [_row(share, orders, net, expected, normal_quantile(level)) for share in shares]
    return RankingComparison(pd.DataFrame(rows), len(outcomes), values.currency)


def _row(share, orders, net, expected, z) -> dict[str, float]:
    if not 0 < share <= 1:
        raise ValueError(f"A share to contact must be above 0 and up to 1; got {share!r}.")
    n = max(1, round(share * len(net)))
    inside = {name: np.isin(np.arange(len(net)), order[:n]) for name, order in orders.items()}
    weight = inside["by_value"].astype(float) - inside["by_chance"]
    differing = net[weight != 0] * weight[weight != 0]
    forgone = differing.sum() / n
    error = np.sqrt(len(differing) * differing.var(ddof=1)) / n if len(differing) > 1 else 0.0
    return {
        "share": float(share),
        "n": n,
        "by_chance": net[inside["by_chance"]].mean(),
        "by_value": net[inside["by_value"]].mean(),
        "forgone": forgone,
        "forgone_low": forgone - z * error,
        "forgone_high": forgone + z * error,
        "forgone_predicted": (weight * expected).sum() / n,
    }


def _lines(found: RankingComparison) -> Iterator[str]:
    for row in found.frame.to_dict("records"):
        money = [format_money(row[name], found.currency) for name in ("forgone", "forgone_low", "forgone_high")]
        share = format_percent(row["share"], 0)
        what = f"With {share} of customers contacted, ranking by chance of return instead of by value"
        if row["forgone_low"] > 0:
            yield f"{what} forgoes {money[0]} per customer contacted [{money[1]}, {money[2]}]."
        elif row["forgone_high"] < 0:
            yield f"{what} brings more: by {money[0].lstrip('-')} per customer contacted [{money[1]}, {money[2]}]."
        else:
            yield f"{what} makes no clear difference: {money[0]} per customer contacted [{money[1]}, {money[2]}]."
    yield (
        "Measured on customers the model has not seen, if they were held out; net of the offers' cost, and gross: some "
        "would have come back anyway."
    )
