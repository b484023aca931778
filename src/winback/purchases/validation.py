"""Do customers buy what a model predicted, on days that it has not seen? Totals, tenths, ranking and tracking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.expected_money import ExpectedMoney
from winback.periods import Period
from winback.purchases.doubts import purchase_doubts, spend_doubts
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.ranked_outcomes import Ranking, money_ends, outcome_interval, outcome_variance
from winback.purchases.spend import SpendFit
from winback.purchases.table import read_rows
from winback.purchases.tracking import track_purchases
from winback.purchases.transactions.summary import HeldOutPurchases
from winback.purchases.validation_wording import describe_validation, verdict
from winback.results import Result, Sentences

GRID = np.linspace(0, 1, 101)  # shares of customers at which concentration is told


@dataclass(frozen=True, repr=False)
class PurchaseValidation(Result):
    """How predicted purchases compare with those held out, see `validate_purchases`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per tenth of the customers by predicted purchases, most first: ``tenth``, ``n``, ``predicted`` with
        ``_low`` and ``_high`` (for what will be observed) and ``observed`` purchases of all of them, ``predicted_each``
        and ``observed_each``; with spend also ``predicted_money`` with ``_low`` and ``_high``, and ``observed_money``.
    totals : pandas.DataFrame
        One row for ``purchases`` and, with spend, one for ``money`` (``measure``): ``predicted`` with ``_low`` and
        ``_high``, ``observed``, ``error`` = predicted / observed - 1 with ``_low`` and ``_high`` (chance alone explains
        the error where they have zero between them), ``n_covered`` of ``n_tenths`` tenths whose observed total lies in
        its interval, ``gini`` (of the ranking by the prediction, divided by that of a perfect ranking),
        ``gini_outcomes`` (how unequal the outcomes are).
    tracking : pandas.DataFrame
        Cumulative repeat purchases by period, see `winback.purchases.tracking`: ``day``, ``periods``,
        ``observed``, ``expected``, ``held_out``.
    lorenz : pandas.DataFrame
        ``measure``, ``customers`` (share of them, ranked by prediction), ``by_model`` (share of all purchases or money
        that they have), ``perfect`` (if ranked by what they bought).
    model : str
    n : int
        Customers.
    periods : float
        Length of the held-out part, in units of ``period``.
    doubts : tuple of str
        What speaks against the fits themselves, in sentences.
    """

    frame: pd.DataFrame = field(repr=False)
    totals: pd.DataFrame = field(repr=False)
    tracking: pd.DataFrame = field(repr=False)
    lorenz: pd.DataFrame = field(repr=False)
    model: str
    n: int
    periods: float
    period: Period
    level: float
    doubts: tuple[str, ...] = ()
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "tenth": ("Tenth, most predicted first", "count"),
        "n": ("Customers", "count"),
        "predicted": ("Purchases predicted", "count"),
        "observed": ("Purchases observed", "count"),
        "predicted_each": ("Predicted each", "number"),
        "observed_each": ("Observed each", "number"),
        "predicted_money": ("Money predicted", "money"),
        "observed_money": ("Money observed", "money"),
    }

    @property
    def error(self) -> float:
        """Predicted purchases / observed ones - 1."""
        return float(self.totals["error"].iloc[0])

    @property
    def gini(self) -> float:
        """How much of what can be ranked the model ranks right, purchases."""
        return float(self.totals["gini"].iloc[0])

    @property
    def covered(self) -> tuple[int, int]:
        """How many tenths' observed purchases lie in their prediction interval, and of how many."""
        row = self.totals.iloc[0]
        return int(row["n_covered"]), int(row["n_tenths"])

    @property
    def verdict(self) -> str:
        """Whether the model fits, in one sentence."""
        return verdict(self)

    def describe(self) -> Sentences:
        """Say whether the model fits, and how well it ranks."""
        return describe_validation(self)


def validate_purchases(
    fit: PurchaseFit, held_out: HeldOutPurchases, *, spend: SpendFit | None = None, currency: str = "$"
) -> PurchaseValidation:
    """Judge a model of purchases by what its customers bought afterwards.

    Intervals are for what will be observed: the parameters are uncertain (delta method), and customers' purchases vary
    about what is expected of them (`winback.purchases.ranked_outcomes`, from the residuals, not from the model
    that is judged). Customers with equal predictions share their mean outcome before they are cut into tenths. Money in
    a tenth that buys little has a longer tail than its interval, which then holds somewhat less often than its level;
    it reaches at least to what the most purchases of its interval are expected to bring.

    Parameters
    ----------
    fit : PurchaseFit
        BG/NBD, MBG/NBD or Pareto/NBD, fitted to ``held_out.customers`` or a sample of them.
    held_out : HeldOutPurchases
        From `TransactionSummary.hold_out`.
    spend : SpendFit, optional
        From `fit_gamma_gamma` on the same customers: then money is judged as well, purchases times spend.
    currency : str
        Sign or code put before money.

    Returns
    -------
    PurchaseValidation

    Raises
    ------
    TypeError, ValueError
        When the fit is of another kind, counts time in another unit, or has seen what was held out.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). "Counting your customers" the easy way. Marketing
       Science 24, figures 2 and 3.

    Examples
    --------
    >>> import numpy as np, pandas as pd, winback as wb
    >>> rng = np.random.default_rng(3)
    >>> days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 180, 900), unit="D")
    >>> log = pd.DataFrame({"customer_id": rng.integers(0, 150, 900), "date": days, "amount": 10.0})
    >>> held_out = wb.summarize_transactions(log, period="W").hold_out("2024-03-31")
    >>> fit = wb.fit_mbg_nbd(held_out.customers, period="W")
    >>> found = wb.validate_purchases(fit, held_out)
    >>> found.verdict
    'The MBG/NBD fits: it predicts the total of purchases to the percent'
    """
    _check(fit, held_out, spend)
    customers = held_out.customers
    ones = np.ones(len(customers))
    purchases = ExpectedMoney(ones, (fit.expectations(customers, held_out.periods),))
    bought = customers["held_out_frequency"].to_numpy(dtype=float)
    tenths = Ranking.of(purchases.each()).tenths()
    judged = [_Judged("purchases", purchases, bought, fit.level, ones)]
    if spend is not None:
        each = spend.expectations(customers)
        paid, known = (customers[name].to_numpy(dtype=float) for name in ("held_out_spend", fit.columns.frequency))
        money = ExpectedMoney(ones, (*purchases.factors, each))
        units = each.each(), each.each() / (1 + known)
        judged.append(_Judged("money", money, paid, fit.level, *units, of=judged[0]))
    rows = [[one.sums(weights) for weights in tenths] for one in judged]
    frame = _tenths([weights.sum() for weights in tenths], rows)
    return PurchaseValidation(
        frame,
        pd.DataFrame([one.total(parts) for one, parts in zip(judged, rows, strict=True)]),
        track_purchases(fit, held_out),
        pd.concat([one.lorenz() for one in judged], ignore_index=True),
        fit.model.name,
        len(customers),
        held_out.periods,
        held_out.period,
        fit.level,
        purchase_doubts(fit, read_rows(customers, fit.columns, fit=False).age) + spend_doubts(spend),
        currency,
    )


class _Judged:
    """Predictions of customers beside their outcomes: purchases or money."""

    def __init__(self, measure, expected: ExpectedMoney, observed, level, *units, of: _Judged | None = None):
        self.measure, self.expected, self.observed, self.level = measure, expected, observed, level
        self.purchases = of  # that bring the money
        self.predicted = expected.each()
        self.variance = outcome_variance(self.predicted, observed, *units)
        self.ranking = Ranking.of(self.predicted)

    def sums(self, weights) -> dict[str, float]:
        """Return predicted and observed sums over customers with weights."""
        predicted = float(weights @ self.predicted)
        variance = float(np.square(weights) @ self.variance) + self.expected.total_error(weights) ** 2
        low, high = outcome_interval(predicted, variance, self.level, counted=self.measure == "purchases")
        observed = float(weights @ self.observed)
        found = {"predicted": predicted, "predicted_low": low, "predicted_high": high, "observed": observed}
        return found if self.purchases is None else found | money_ends(self.purchases.sums(weights), found)

    def total(self, tenths) -> dict[str, float | str]:
        """Return the sum over everybody, how far it is off, and how well customers are ranked."""
        found, names = self.sums(np.ones(len(self.observed))), ("predicted", "predicted_low", "predicted_high")
        observed = found["observed"] or np.nan
        errors = {name.replace("predicted", "error"): found[name] / observed - 1 for name in names}
        inside = sum(part["predicted_low"] <= part["observed"] <= part["predicted_high"] for part in tenths)
        perfect = Ranking.of(self.observed).gini(self.observed)
        return {
            "measure": self.measure,
            **found,
            **errors,
            "n_covered": inside,
            "n_tenths": len(tenths),
            "gini": self.ranking.gini(self.observed) / perfect if perfect > 0 else np.nan,
            "gini_outcomes": perfect,
        }

    def lorenz(self) -> pd.DataFrame:
        """Return which share of the outcomes is reached by which share of customers."""
        curves = {"by_model": self.ranking, "perfect": Ranking.of(self.observed)}
        shares = {name: np.interp(GRID, *ranking.concentration(self.observed)) for name, ranking in curves.items()}
        return pd.DataFrame({"measure": self.measure, "customers": GRID, **shares})


def _tenths(n, rows) -> pd.DataFrame:
    """Return the tenths with purchases and, where there is a second measure, money."""
    frame = pd.DataFrame(rows[0])
    frame = frame.assign(predicted_each=frame["predicted"] / n, observed_each=frame["observed"] / n)
    frame.insert(0, "tenth", np.arange(1, len(n) + 1))
    frame.insert(1, "n", np.round(n).astype(int))
    for more in rows[1:]:
        money = pd.DataFrame(more).rename(columns=lambda name: _money(name))
        frame = pd.concat([frame, money], axis=1)
    return frame


def _money(name: str) -> str:
    head, _, end = name.partition("_")
    return f"{head}_money_{end}" if end else f"{head}_money"


def _check(fit, held_out, spend):
    """Refuse what cannot be judged, or has seen what it is to be judged by."""
    for name, value, kind, source in (
        (
            "fit",
            fit,
            PurchaseFit,
            "fit_bg_nbd, fit_mbg_nbd or fit_pareto_nbd; contracts are judged by validate_contracts",
        ),
        ("held_out", held_out, HeldOutPurchases, "the hold_out() of a summary"),
        ("spend", spend, SpendFit | None, "fit_gamma_gamma"),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"{name} must come from {source}; got {type(value).__name__}.")
    if fit.columns.whole:
        raise ValueError(
            f"The {fit.model.name} counts opportunities, a log of purchases days: fit the BG/NBD, the MBG/NBD or the "
            "Pareto/NBD to held_out.customers."
        )
    if fit.n_repeat == 0:
        raise ValueError("Nobody bought again until the end of the calibration: nothing is predicted. Split later.")
    if fit.period != held_out.period:
        raise ValueError(f"fit counts time in {fit.period}, held_out in {held_out.period}: use the same period.")
    longest, watched = float(fit.cells.age.max()), float(held_out.customers["age"].max())
    if longest > watched * (1 + 1e-9):
        raise ValueError(
            f"fit has watched customers for {longest:,.1f} periods, the calibration only for {watched:,.1f}: it has "
            "seen what it is to be judged by. Fit held_out.customers."
        )
    if spend is not None:
        _check_spend(spend, held_out.customers, fit.columns.frequency)


def _check_spend(spend, customers, frequency):
    """Refuse a model of spend without amounts to judge it by, or of more customers than the calibration has."""
    if "held_out_spend" not in customers:
        raise ValueError("spend needs amounts: name their column in summarize_transactions.")
    n, n_repeat = len(customers), int((customers[frequency] > 0).sum())
    if spend.n > n_repeat or spend.n + spend.n_one_time > n:
        raise ValueError(
            f"spend was fitted to {spend.n:,} repeat buyers of {spend.n + spend.n_one_time:,} customers, the "
            f"calibration has {n_repeat:,} of {n:,}: it has seen what it is to be judged by. Fit held_out.customers."
        )
