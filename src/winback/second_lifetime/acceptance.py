"""What if more customers came back? Value of a returned customer as the share who return is moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr

from winback.labels import value_words
from winback.money import format_alike
from winback.results import Result, Sentences, format_percent
from winback.second_lifetime.expected_value import expected_value
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.tables import AnyTable, as_table

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, repr=False)
class ValueByAcceptance(Result):
    """Value of a returned customer by the share who return, see `JointFit.value_by_acceptance`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per share: ``share`` returned, value per returned customer by the ``joint`` and the ``two_part`` model
        (money), ``two_part_off`` = two_part / joint - 1.
    observed_share : float
        The share the model expects as things are.
    """

    frame: pd.DataFrame = field(repr=False)
    observed_share: float
    offer: str
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "share": ("Share who return", "percent0"),
        "joint": ("Value of one, joint model", "money"),
        "two_part": ("Value of one, two-part model", "money"),
        "two_part_off": ("Two-part off by", "percent"),
    }

    def describe(self) -> Sentences:
        """Say what happens to the value of a returned customer when more of them return."""
        return Sentences.of(_lines(self))


def value_by_acceptance(
    models: Mapping[str, SecondLifetimeFit],
    customers: AnyTable,
    offer: str,
    shares: Iterable[float],
    terms: tuple[float, float, str],
) -> ValueByAcceptance:
    """Value those who come back as the share who return is moved, see `JointFit.value_by_acceptance`.

    ``models`` are the fitted ones by name, ``joint`` and ``two_part``; ``terms`` are from `read_horizon`.
    """
    customers = as_table(customers)
    outlooks = {name: model.outlook(next(model.numbers(customers, [offer]))) for name, model in models.items()}
    months, rate, currency = terms
    rows = []
    for share in shares:
        if not 0 < share < 1:
            raise ValueError(f"A share who return must be between 0 and 1; got {share!r}.")
        row = {"share": float(share)}
        for name, outlook in outlooks.items():
            moved = replace(outlook, a=outlook.a + _shift(outlook.a, share))
            row[name] = expected_value(moved, months, rate).sum() / ndtr(moved.a).sum()
        rows.append(row | {"two_part_off": row["two_part"] / row["joint"] - 1})
    return ValueByAcceptance(pd.DataFrame(rows), float(ndtr(outlooks["joint"].a).mean()), offer, currency)


def _shift(a: np.ndarray, share: float) -> float:
    return float(brentq(lambda shift: ndtr(a + shift).mean() - share, -20 - a.max(), 20 - a.min()))


def _lines(found: ValueByAcceptance) -> Iterator[str]:
    few, many = found.frame.iloc[0], found.frame.iloc[-1]
    money = format_alike([row["joint"] for row in (few, many)], found.currency)
    shares = [format_percent(row["share"], 0) for row in (few, many)]
    verb = "falls" if many["joint"] < few["joint"] else "rises"
    sent = value_words("offer", found.offer)
    yield (
        f"If {shares[1]} instead of {shares[0]} came back {sent}, the value of a returned customer {verb} "
        f"from {money[0]} to {money[1]}, says the joint model."
    )
    off = [f"{abs(row['two_part_off']):.1%} too {'high' if row['two_part_off'] > 0 else 'low'}" for row in (few, many)]
    yield f"Compared with it the two-part model is {off[0]} at {shares[0]} and {off[1]} at {shares[1]}."
    yield (
        f"As things are {format_percent(found.observed_share)} come back: what is said of shares far from that is "
        "extrapolated by the model, with its correlations taken at their estimates."
    )
