"""Which budget problems do the tests use? Random customers, and the same problem as one linear programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, kron, vstack

from winback.terms.catalog import Offer, OfferCatalog

OFFERS = ("discount", "upgrade", "bundle", "call")


def random_profits(rng, n=40, k=3, rounded=False):
    """Draw expected profits with `none`, and costs, of n customers; rounded ones have ties and losses."""
    names = [*OFFERS[:k], "none"]
    index = pd.Index(rng.permutation(10 * n)[:n], name="customer_id")
    profits, costs = rng.normal(20, 30, (n, k + 1)), rng.gamma(2, 10, (n, k + 1))
    costs[:, -1] = 0.0
    if rounded:
        profits, costs = 20 * np.round(profits / 20), 10 * np.round(costs / 10)
    return tuple(pd.DataFrame(each, index=index, columns=names) for each in (profits, costs))


def catalog(profits, **terms):
    """Return offers of the names of a frame, paid when they are accepted, under some terms."""
    names = [name for name in profits if name != "none"]
    return OfferCatalog(tuple(Offer(name=name, amount=1, paid="on_acceptance") for name in names), **terms)


def gains(profits):
    return profits.drop(columns="none").sub(profits["none"], axis=0)


@dataclass(frozen=True)
class Programme:
    """The optimum of one programme for all customers, solved as it stands by HiGHS."""

    value: float
    prices: dict


def whole_programme(profits, costs, budget=None, max_customers=None, caps=None) -> Programme:
    gain, cost = gains(profits), costs.drop(columns="none")
    n, k = gain.shape
    rows, right, names = [kron(eye_array(n), np.ones((1, k)))], list(np.ones(n)), []

    def limit(name, entries, bound):
        rows.append(csr_array(np.reshape(entries, (1, n * k)))), right.append(bound), names.append(name)

    if budget is not None:
        limit("budget", cost.to_numpy(), budget)
    if max_customers is not None:
        limit("max_customers", np.ones((n, k)), max_customers)
    for offer, (at_least, at_most) in (caps or {}).items():
        place = np.tile(gain.columns == offer, (n, 1)).astype(float)
        limit(f"{offer} at most", place, at_most)
        limit(f"{offer} at least", -place, -at_least)
    found = linprog(-gain.to_numpy().ravel(), A_ub=vstack(rows).tocsr(), b_ub=right, bounds=(0, 1), method="highs")
    assert found.status == 0, found.message
    prices = dict(zip(names, -found.ineqlin.marginals[n:], strict=True))
    return Programme(-found.fun, prices)
