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
from winback.second_lifetime.bivariate_normal import normal_density
from winback.second_lifetime.expected_value import Outlook, expected_value, expected_value_slopes
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.offer_value import summed_slopes
from winback.tables import AnyTable, as_table
from winback.uncertainty import normal_interval

ENDS = ("", "_low", "_high")
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, repr=False)
class ValueByAcceptance(Result):
    """Value of a returned customer by the share who return, see `JointFit.value_by_acceptance`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per share: ``share`` returned, value per returned customer by the ``joint`` and the ``two_part`` model
        (money), each with ``_low`` and ``_high``; ``two_part_off`` = two_part / joint - 1.
    change, change_low, change_high : float
        By how much the joint model's value at the last share lies above that at the first one.
    observed_share : float
        The share the model expects as things are.
    doubts : tuple of str
        Why the joint model should not be trusted; empty when it may be.
    """

    frame: pd.DataFrame = field(repr=False)
    change: float
    change_low: float
    change_high: float
    level: float
    observed_share: float
    offer: str
    currency: str = "$"
    doubts: tuple[str, ...] = ()
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
    shares = [_checked(share) for share in shares]
    cases = {name: _Case.of(model, customers, offer) for name, model in models.items()}
    months, rate, currency = terms
    found = {name: [case.value(share, months, rate) for share in shares] for name, case in cases.items()}
    columns = {"share": shares}
    for name, values in found.items():
        columns |= {f"{name}{end}": each for end, each in zip(ENDS, _intervals(models[name], values), strict=True)}
    frame = pd.DataFrame(columns)
    first, last = found["joint"][0], found["joint"][-1]
    moved = _intervals(models["joint"], [(last[0] - first[0], last[1] - first[1])])
    return ValueByAcceptance(
        frame.assign(two_part_off=frame["two_part"] / frame["joint"] - 1),
        *(float(each[0]) for each in moved),
        level=models["joint"].level,
        observed_share=float(ndtr(cases["joint"].outlook.a).mean()),
        offer=offer,
        currency=currency,
        doubts=models["joint"].doubts,
    )


@dataclass(frozen=True)
class _Case:
    """Customers as one model sees them, all of them sent the same offer."""

    fit: SecondLifetimeFit
    numbers: Mapping[str, np.ndarray]  # equation -> (n, p_equation)
    outlook: Outlook

    @classmethod
    def of(cls, fit, customers, offer) -> _Case:
        numbers = next(fit.numbers(customers, [offer]))
        return cls(fit, numbers, fit.outlook(numbers))

    def value(self, share: float, months: float, rate: float) -> tuple[float, np.ndarray]:
        r"""Return the value of one who returns where so many do, and how it moves with the parameters, (p,).

        The shift is tied to the share: where the linear part of one customer moves, that of all others gives way,
        :math:`d\Delta / d a_i = -\phi(a_i + \Delta) / \sum_j \phi(a_j + \Delta)`.
        """
        moved = replace(self.outlook, a=self.outlook.a + _shift(self.outlook.a, share))
        n_returned, density = ndtr(moved.a).sum(), normal_density(moved.a)
        slopes = expected_value_slopes(moved, months, rate)
        slopes[0] -= density * (slopes[0].sum() / density.sum())
        return expected_value(moved, months, rate).sum() / n_returned, (
            summed_slopes(self.fit, self.numbers, slopes) / n_returned
        )


def _checked(share: float) -> float:
    if not 0 < share < 1:
        raise ValueError(f"A share who return must be between 0 and 1; got {share!r}.")
    return float(share)


def _intervals(fit, values) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return estimates, low and high ends by the delta method, from estimates and their slopes."""
    estimates, slopes = (np.array(part) for part in zip(*values, strict=True))
    variances = np.einsum("ij,jk,ik->i", slopes, fit.covariance, slopes)
    return estimates, *normal_interval(estimates, np.sqrt(np.maximum(variances, 0.0)), fit.level)


def _shift(a: np.ndarray, share: float) -> float:
    return float(brentq(lambda shift: ndtr(a + shift).mean() - share, -20 - a.max(), 20 - a.min()))


def _lines(found: ValueByAcceptance) -> Iterator[str]:
    few, many = found.frame.iloc[0], found.frame.iloc[-1]
    shares = [format_percent(row["share"], 0) for row in (few, many)]
    sent = value_words("offer", found.offer)
    yield (
        f"If {shares[1]} instead of {shares[0]} came back {sent}, the value of a returned customer {_moved(found)}, "
        f"says the joint model{f', which is in doubt: {found.doubts[0]}' if found.doubts else ''}."
    )
    off = [f"{abs(row['two_part_off']):.1%} too {'high' if row['two_part_off'] > 0 else 'low'}" for row in (few, many)]
    yield f"Compared with it the two-part model is {off[0]} at {shares[0]} and {off[1]} at {shares[1]}."
    yield (
        f"As things are {format_percent(found.observed_share)} come back: what is said of shares far from that is "
        "extrapolated by the model; intervals allow for chance in all it estimates, its correlations too, not for a "
        "model that is wrong."
    )


def _moved(found) -> str:
    """Say how far the joint model's value moves from the first to the last share, and how sure that is."""
    ends = [found.frame["joint"].iloc[place] for place in (0, -1)]
    ends += [abs(end) for end in (found.change_low, found.change_high)]
    before, after, *reach = format_alike(ends, found.currency)
    if found.change_low <= 0 <= found.change_high:
        within = format_alike([found.change_low, found.change_high], found.currency, signed=True)
        return f"is not shown to move ({before} and {after}, apart by [{within[0]}, {within[1]}])"
    verb, (least, most) = ("falls", reach[::-1]) if found.change < 0 else ("rises", reach)
    return f"{verb} from {before} to {after} (by {least} to {most}, {format_percent(found.level, 0)} interval)"
