r"""How far apart are one customer's purchases, and when will the next one come? Gamma gaps, customers who differ [1]_.

A customer's gaps are :math:`\Gamma(p, \lambda)`, and customers differ by :math:`\lambda \sim \Gamma(q, v)`: what the
gamma-gamma model says of spend (`winback.purchases.gamma_gamma`), said of days. Given x gaps over a span of s days, the
next gap G has

.. math:: \frac{G}{v + s} \sim \text{beta-prime}(p, \; p x + q)

and a customer without a gap yet the prior, x = s = 0. The model knows finished gaps only and nobody who leaves: it
tells when those who do buy again will. It takes the number of gaps to say nothing of their length. Where all customers
were watched equally long and nobody left it says nearly everything: then how alike a customer's own gaps are is not in
the mean gaps, and the boundaries may be far off. What they are worth is measured (`winback.base.false_alarms`).

References
----------
.. [1] Holtrop, N. & Wieringa, J. E. (2023). Timing customer reactivation initiatives. International Journal of Research
   in Marketing 40.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv

from winback.base.purchase_days import NEVER, Histories, Seen, as_date, histories
from winback.base.rules import INSTEAD, RuleNotFittedError
from winback.purchases import gamma_gamma
from winback.purchases.maximum import FitAtMaximum, edges_in_words
from winback.purchases.table import FEWEST
from winback.results import Sentences, counted, format_number
from winback.uncertainty import normal_quantile

MEANINGS = (
    "how alike one customer's gaps are (shape)",
    "how alike customers are (shape)",
    "scale of gaps: mean = p v / (q - 1) days",
)


@dataclass(frozen=True, repr=False, kw_only=True)
class GapModel(FitAtMaximum):
    """The fitted model of gaps between purchases, in days; ``n`` are the customers with at least one gap.

    What every fit has stands in `FitAtMaximum`; ``log_likelihood`` is that of the customers' mean gaps.
    """

    n_one_time: int  # customers without a gap, who tell nothing
    edge: str  # empty, or what makes the model a simpler one in these data

    def longer(self, n_days: np.ndarray, span: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Return the chance that the next gap is longer than so many days, shape (n,)."""
        p, q, v = np.exp(self.theta)
        so_far = v + span
        return betainc(p * (n_days - 1) + q, p, so_far / (so_far + days))

    def exceeded(self, n_days: np.ndarray, span: np.ndarray, chance: np.ndarray | float) -> np.ndarray:
        """Return the days that the next gap exceeds with a chance, shape (n,); infinite for a chance of 0."""
        p, q, v = np.exp(self.theta)
        share = betaincinv(p * (n_days - 1) + q, p, chance)  # of all days in those so far, exact also where tiny
        with np.errstate(divide="ignore"):
            return (v + span) * (1 - share) / share

    def next_purchase(self, seen: Seen, level: float = 0.95) -> NextPurchase:
        """Return when each customer's next purchase is expected, given the silence so far."""
        normal_quantile(level)
        tail = self.longer(seen.n_days, seen.span, seen.silent)
        days = (self.exceeded(seen.n_days, seen.span, tail * part) for part in ((1 + level) / 2, 0.5, (1 - level) / 2))
        low, median, high = (_day_after(seen, each) for each in days)
        return NextPurchase(median, low, high, level)

    def describe(self) -> Sentences:
        """Say how far apart purchases are."""
        own, new = np.array([1]), np.array([0])
        low, median, high = (float(self.exceeded(own, new, chance)[0]) for chance in (0.75, 0.5, 0.25))
        p = float(self.params["estimate"].iloc[0])
        lines = [
            f"half of the first gaps between purchases are longer than {format_number(median)} days, the middle half "
            f"of them are between {format_number(low)} and {format_number(high)} days.",
            f"a customer's own gaps vary by {100 / np.sqrt(p):.0f}% of their mean; {counted(self.n, 'customers')} with "
            f"at least one gap, {counted(self.n_one_time, 'customers')} without.",
            "the model knows nobody who leaves: it tells when those who do buy again will.",
        ]
        if not self.converged:
            lines[2] = "no maximum of the likelihood was found: do not use these estimates."
        return Sentences.of(lines)

    def details(self) -> Sentences:
        """Say at which edge the model lies, if it does."""
        return Sentences.of([f"On the edge of the model: {self.edge}."] if self.edge else [])


@dataclass(frozen=True)
class NextPurchase:
    """The day of each customer's next purchase if they buy again: median, and the interval that holds it.

    Days are numbers as of `datetime.date.toordinal`, later than the day the customers were seen on.
    """

    median: np.ndarray  # (n,)
    low: np.ndarray
    high: np.ndarray
    level: float  # chance that the purchase itself falls within, given that there is one


def _day_after(seen: Seen, gap: np.ndarray) -> np.ndarray:
    """Return the day on which a gap ends; NEVER where it has no end to speak of."""
    whole = np.where(np.isfinite(gap) & (gap < NEVER), np.ceil(np.minimum(gap, NEVER)), NEVER).astype(np.int64)
    return np.where(whole < NEVER, np.maximum(seen.last_day + whole, seen.end + 1), NEVER)


def fit_gaps(seen: Seen, level: float = 0.95) -> GapModel:
    """Fit the model to the mean gap of every customer who bought on two days or more.

    Examples
    --------
    >>> from winback.base.purchase_days import PurchaseDays
    >>> rng = np.random.default_rng(5)
    >>> own = rng.gamma(4, 1 / 60, 300)[:, None]
    >>> days = np.ceil(np.cumsum(rng.gamma(2, 1 / own, (300, 8)), axis=1))
    >>> log = PurchaseDays.of(np.repeat(np.arange(300), 8), days.ravel())
    >>> model = fit_gaps(log.asof(log.until))
    >>> model.n, model.converged, bool(1.5 < model.params["estimate"][0] < 2.5)
    (300, True, True)
    """
    normal_quantile(level)
    known = histories(seen.n_days, seen.span)
    again = known.n_days > 1
    n_again = int(known.n[again].sum())
    if n_again < FEWEST:
        raise RuleNotFittedError(
            f"{counted(n_again, 'customers')} bought on two days or more until {as_date(seen.end)}, too few to tell "
            f"usual gaps: at least {FEWEST} are needed. {INSTEAD}"
        )
    return _fitted(known, again, int(known.n.sum()) - n_again, level)


def _fitted(known: Histories, again: np.ndarray, n_one_time: int, level: float) -> GapModel:
    times, counts = (known.n_days[again] - 1).astype(float), known.n[again].astype(float)
    fit = gamma_gamma.fitted(times, known.span[again] / times, counts)
    return GapModel(
        params=fit.found.params(gamma_gamma.LETTERS, MEANINGS, fit.parameters, level),
        log_likelihood=fit.log_likelihood,
        n=int(counts.sum()),
        n_one_time=n_one_time,
        converged=fit.found.converged,
        edge=edges_in_words(fit.found.edges),
        covariance=fit.found.covariance,
        level=level,
    )
