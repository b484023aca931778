"""What if more customers came back? Value of a returned customer as the share who return is moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr

from winback.discounting import check_annual_discount, check_horizon
from winback.results import Result, Sentences, format_money, format_percent
from winback.second_lifetime.expected_value import expected_value
from winback.second_lifetime.joint import JointFit
from winback.tables import as_table

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, repr=False)
class ValueByAcceptance(Result):
    """Value of a returned customer by the share who return, see `value_by_acceptance`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per share: ``share`` returned, value per returned customer by the ``joint`` and the ``two_part`` model
        (money), ``two_part_off`` = two_part / joint - 1.
    observed_share : float
        The share the model expects as things are.
    offer : str
    currency : str
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
    fit: JointFit,
    customers: pd.DataFrame,
    *,
    offer: str,
    horizon_months: float,
    annual_discount: float,
    shares: Iterable[float] = SHARES,
    currency: str = "$",
) -> ValueByAcceptance:
    r"""Move the share who return, by an inducement that acts on return alone, and value those who then come back.

    The linear part of reacquisition is shifted for everybody until the mean chance of return is the share asked for.
    Those who come back first are those who come back most easily: when the unseen parts of return and tenure go
    together, each further one is worth less. The two-part model cannot see that.

    .. math:: \frac{\sum_i E[z_i m_i A_i \mid a_i + \Delta]}{\sum_i \Phi(a_i + \Delta)}

    Parameters
    ----------
    fit : JointFit
        From `fit_joint`.
    customers : pandas.DataFrame
        Lapsed customers with the columns of the formulas.
    offer : str
        The offer everyone is thought to have been sent.
    horizon_months, annual_discount : float
        Over how long money is counted, and the rate a year.
    shares : iterable of float
        Shares who return, between 0 and 1.
    currency : str
        Put before money.

    Returns
    -------
    ValueByAcceptance

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, deal_seekers=0, rng=1)
    >>> fit = wb.fit_joint(study.lapsed, reacquisition="offer + contact_attempts", tenure="offer", margin="offer")
    >>> found = wb.value_by_acceptance(
    ...     fit, study.lapsed, offer="discount", horizon_months=60, annual_discount=0.1, shares=[0.1, 0.8]
    ... )
    >>> found.frame["two_part_off"].round(2).tolist()
    [-0.15, 0.13]
    """
    if not isinstance(fit, JointFit):
        raise TypeError(f"A fit from fit_joint is needed, which has both models; got {type(fit).__name__}.")
    horizon, rate = check_horizon(horizon_months), check_annual_discount(annual_discount)
    customers, outlooks = as_table(customers), {}
    for name, model in (("joint", fit), ("two_part", fit.two_part)):
        outlooks[name] = model.outlook(next(model.numbers(customers, [offer])))
    rows = []
    for share in shares:
        if not 0 < share < 1:
            raise ValueError(f"A share who return must be between 0 and 1; got {share!r}.")
        row = {"share": float(share)}
        for name, outlook in outlooks.items():
            moved = replace(outlook, a=outlook.a + _shift(outlook.a, share))
            row[name] = expected_value(moved, horizon, rate).sum() / ndtr(moved.a).sum()
        rows.append(row | {"two_part_off": row["two_part"] / row["joint"] - 1})
    return ValueByAcceptance(pd.DataFrame(rows), float(ndtr(outlooks["joint"].a).mean()), offer, currency)


def _shift(a: np.ndarray, share: float) -> float:
    return float(brentq(lambda shift: ndtr(a + shift).mean() - share, -20 - a.max(), 20 - a.min()))


def _lines(found: ValueByAcceptance) -> Iterator[str]:
    few, many = found.frame.iloc[0], found.frame.iloc[-1]
    money = [format_money(row["joint"], found.currency) for row in (few, many)]
    shares = [format_percent(row["share"], 0) for row in (few, many)]
    verb = "falls" if many["joint"] < few["joint"] else "rises"
    yield (
        f"If {shares[1]} instead of {shares[0]} came back with {found.offer}, the value of a returned customer {verb} "
        f"from {money[0]} to {money[1]}, says the joint model."
    )
    off = [f"{abs(row['two_part_off']):.1%} too {'high' if row['two_part_off'] > 0 else 'low'}" for row in (few, many)]
    yield f"Compared with it the two-part model is {off[0]} at {shares[0]} and {off[1]} at {shares[1]}."
    yield (
        f"As things are {format_percent(found.observed_share)} come back. Shares far from that were not seen: what is "
        "said of them is extrapolated by the model, with its correlations taken at their estimates."
    )
