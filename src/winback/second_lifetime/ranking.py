"""Whom to contact when not everybody can be: those likeliest to return, or those worth most?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.clusters import cluster_codes, error_of_mean, part_of
from winback.money import format_alike
from winback.results import Result, Sentences, counted, format_count, format_percent
from winback.second_lifetime.check import count_seen, is_fair
from winback.tables import NO_OFFER
from winback.uncertainty import normal_interval

GROSS = "What customers brought is net of the offers' cost, and gross: some would have come back anyway."
SHARES = (0.1, 0.2, 0.3, 0.5)


@dataclass(frozen=True, repr=False)
class RankingComparison(Result):
    """Ranking by chance of return against ranking by value, see `SecondLifetimeValues.rankings`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per share contacted: ``share``, ``n`` contacted, measured net value per customer contacted ``by_chance``
        and ``by_value``, ``forgone`` = by_value - by_chance with ``forgone_low``, ``forgone_high``, and
        ``forgone_predicted`` by the model.
    """

    frame: pd.DataFrame = field(repr=False)
    n: int  # sent an offer, of whom shares are taken
    currency: str = "$"
    n_seen: int | None = None  # of these the model was fitted on; None: not known
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
        return Sentences.of([_said(self.frame.iloc[0], self), is_fair(self.n_seen, self.n)])

    def details(self) -> Sentences:
        """Say the same of the other shares, and what is compared."""
        others = (_said(row, self) for row in self.frame.iloc[1:].to_dict("records"))
        return Sentences.of([*others, GROSS])


def rank_customers(values, shares: Iterable[float], level: float) -> RankingComparison:
    """Rank customers who were sent an offer by chance and by value, see ``values.rankings``."""
    if not (shares := list(shares)):
        raise ValueError("shares names none: give one or more shares of customers to contact, such as 0.1.")
    outcomes = values.measured
    outcomes = outcomes[outcomes["offer"] != NO_OFFER]
    if outcomes.empty:
        raise ValueError("None of these customers was sent an offer: there is nothing to rank.")
    net = (outcomes["value"] - outcomes["cost"]).to_numpy()
    expected = (outcomes["expected_value"] - outcomes["expected_cost"]).to_numpy()
    by = {"by_chance": outcomes["chance"].to_numpy(), "by_value": expected}
    orders = {name: np.argsort(-each, kind="stable") for name, each in by.items()}
    clusters = cluster_codes(outcomes["cluster"]) if "cluster" in outcomes else None
    rows = [_row(share, orders, net, expected, clusters=clusters, level=level) for share in shares]
    seen = count_seen(values.fit, values.customers.iloc[outcomes["row"].to_numpy()])
    return RankingComparison(pd.DataFrame(rows), len(outcomes), values.currency, seen)


def _row(share, orders, net, expected, *, clusters, level) -> dict[str, float]:
    if not 0 < share <= 1:
        raise ValueError(f"A share to contact must be above 0 and up to 1; got {share!r}.")
    n = max(1, round(share * len(net)))
    inside = {name: np.isin(np.arange(len(net)), order[:n]) for name, order in orders.items()}
    weight = inside["by_value"].astype(float) - inside["by_chance"]
    differ = weight != 0
    differing, together = net[differ] * weight[differ], part_of(clusters, differ)
    forgone = differing.sum() / n
    error = len(differing) * error_of_mean(differing, together) / n if len(differing) > 1 else 0.0
    low, high = normal_interval(forgone, error, level)
    means = {name: net[chosen].mean() for name, chosen in inside.items()}
    row = {"share": float(share), "n": n, **means, "forgone": forgone, "forgone_low": low, "forgone_high": high}
    return row | {"forgone_predicted": (weight * expected).sum() / n}


def _said(row, found) -> str:
    names = ("forgone", "forgone_low", "forgone_high")
    forgone, low, high = format_alike([row[name] for name in names], found.currency)
    verdict = f"makes no clear difference: {forgone} gross"
    if row["forgone_low"] > 0:
        verdict = f"forgoes {forgone} gross"
    elif row["forgone_high"] < 0:
        verdict = f"brings more: by {forgone.lstrip('-')} gross"
    share = f"{format_percent(row['share'], 0)} ({format_count(row['n'])})"
    return (
        f"Of {counted(found.n, 'customers')} who were sent an offer, choosing {share} by chance of return instead of "
        f"by value {verdict} for each one chosen [{low}, {high}]."
    )
