"""How much is a customer's purchase worth? The gamma-gamma model, and whether frequent buyers spend more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.doors import door
from winback.expectations import Expectations
from winback.purchases import gamma_gamma
from winback.purchases.logs.summary import HeldOutPurchases, PurchaseSummary, summarised
from winback.purchases.maximum import FitAtMaximum, edges_in_words
from winback.purchases.table import FEWEST, TABLE, check_frequency, read_counts, read_numbers
from winback.results import Sentences, counted, format_number, format_percent
from winback.tables import HasTables, ProblemList
from winback.tables.numbers import parse_number
from winback.uncertainty import normal_quantile

PAID, FREQUENCY = "n_paid", "frequency"


@dataclass(frozen=True, repr=False, kw_only=True)
class SpendFit(FitAtMaximum):
    """A fitted gamma-gamma model of spend per purchase.

    What every fit has stands in `FitAtMaximum`; ``n`` are the repeat buyers. The mean spend is expected of a customer
    of whom nothing is known; it is infinite where q is at most 1.
    """

    n_one_time: int  # customers without a repeat purchase, who tell nothing
    edge: str  # empty, or what makes the model a simpler one in these data
    mean_spend: float
    correlation: gamma_gamma.Correlation  # of frequency and spend, which the model holds to be unrelated
    frequency: str | None  # column of paid repeat purchases; None: the usual one
    spend: str
    currency: str = "$"  # sign or code put before money
    paid_share: float = 1.0  # of repeat purchases, those that were paid for; the model tells of these alone

    def counted_in(self, customers: pd.DataFrame) -> str:
        """Return the column of these customers that counts their paid repeat purchases."""
        return _counted_in(customers, self.frequency)

    def expectations(self, customers: pd.DataFrame) -> Expectations:
        """Return each customer's expected spend per purchase, with its slopes in the logarithms of the parameters."""
        frequency, spend, _ = _read(customers, self.frequency, self.spend, None, fit=False)

        def value(theta):
            return gamma_gamma.conditional_mean(theta, frequency, spend)

        if np.isinf(self.mean_spend) and not (frequency > 0).all():
            raise ValueError(
                "The expected spend of one-time buyers is not finite: customers differ too much (q is at most 1). "
                "Predict repeat buyers alone, or cap what they spend."
            )
        return Expectations(value, self.theta, np.arange(len(spend)), self.covariance)

    def predict(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Return each customer's expected spend per purchase, given what was spent so far.

        Parameters
        ----------
        customers : pandas.DataFrame
            One row per customer, with frequency and average spend; of one-time buyers, whose spend may be missing,
            the mean of all customers is expected.

        Returns
        -------
        pandas.DataFrame
            In the order and with the index of the customers: ``expected``, ``low``, ``high``.
        """
        return self.expectations(customers).to_frame(self.level, customers.index)

    def describe(self) -> Sentences:
        """Say what a purchase is worth, and whether frequent buyers spend more."""
        p = float(self.params["estimate"].iloc[0])
        are = "is" if self.n_one_time == 1 else "are"
        lines = [
            f"{counted(self.n, 'repeat buyers')}; {counted(self.n_one_time, 'customers')} without a repeat purchase "
            f"{are} left out and expected to spend what customers spend on average.",
            f"a purchase is worth {self.format(self.mean_spend, 'money')} on average over all customers; a customer's "
            f"own purchases vary by {format_percent(1 / np.sqrt(p), 0)} of their mean.",
            self.correlation.in_words(),
        ]
        free = format_percent(1 - self.paid_share)
        if free != format_percent(0):
            lines.append(
                f"{free} of repeat purchases were for nothing; a customer's value "
                "counts as many of those to come at nothing."
            )
        if np.isinf(self.mean_spend):
            lines[1] = f"the mean over all customers is not finite: q is {format_number(self.params['estimate'][1])}."
        if self.edge:
            lines.append(f"On the edge of the model: {self.edge}. The intervals take this for granted.")
        if not self.converged:
            lines.append("No maximum of the likelihood was found: do not use these estimates.")
        lines.append(
            f"Intervals at {self.level:.0%} are for what is expected, not for what one purchase will be worth."
        )
        return Sentences.of(lines)


@door
def fit_spend(
    customers: pd.DataFrame | PurchaseSummary | HeldOutPurchases | HasTables,
    *,
    frequency: str | None = None,
    mean_spend: str = "mean_spend",
    weights: str | None = None,
    level: float = 0.95,
    currency: str | None = None,
) -> SpendFit:
    """Fit the gamma-gamma model of spend per purchase [1]_.

    The likelihood is that of `winback.purchases.gamma_gamma`; it takes spend to be unrelated to frequency, which
    is checked by their correlation and said.

    Parameters
    ----------
    customers : PurchaseBase, PurchaseSummary, HeldOutPurchases or pandas.DataFrame
        From `summarize_purchases`, which brings its currency, or one row per customer. Those without a repeat purchase
        are counted and left out.
    frequency : str, optional
        Column of repeat purchases (all but the first) that were paid for. By default that of a summary, ``n_paid``, or
        ``frequency`` in a table without one.
    mean_spend : str
        Column of the average spend per repeat purchase, above zero; of one-time buyers it is not read.
    weights : str, optional
        Column that counts the customers each row stands for, where equal rows were collapsed into one.
    level : float
        Confidence level of all intervals.
    currency : str, optional
        Sign or code put before money; by default the summary's, else $.

    Returns
    -------
    SpendFit
        ``params`` are p, q and v.

    Raises
    ------
    TableError
        Listing every problem of the table, also when nobody bought again.

    References
    ----------
    .. [1] Fader, P. S. & Hardie, B. G. S. (2013). The gamma-gamma model of monetary value.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> seen = {"frequency": [0, 1, 3, 2, 5] * 9, "mean_spend": [None, 20, 35, 9, 14] * 9}
    >>> fit = wb.fit_spend(pd.DataFrame(seen))
    >>> fit.n, fit.n_one_time, fit.converged
    (36, 9, True)
    """
    normal_quantile(level)
    customers = summarised(customers)
    if isinstance(customers, PurchaseSummary | HeldOutPurchases):
        currency = customers.currency if currency is None else currency
        customers = customers.customers
    times, spend, counts = _read(customers, frequency, mean_spend, weights, fit=True)
    again, share = times > 0, _paid_share(customers, frequency, counts)
    n_one_time = int(counts[~again].sum())
    times, spend, counts = times[again], spend[again], counts[again]
    fit = gamma_gamma.fitted(times, spend, counts)
    found, (p, q, v) = fit.found, fit.parameters
    return SpendFit(
        params=found.params(gamma_gamma.LETTERS, gamma_gamma.MEANINGS, fit.parameters, level),
        log_likelihood=fit.log_likelihood,
        n=int(counts.sum()),
        n_one_time=n_one_time,
        converged=found.converged,
        edge=edges_in_words(found.edges),
        mean_spend=float(p * v / (q - 1)) if q > 1 else np.inf,
        correlation=gamma_gamma.correlation(times, spend, counts, level),
        covariance=found.covariance,
        frequency=frequency,
        spend=mean_spend,
        level=level,
        currency="$" if currency is None else currency,
        paid_share=share,
    )


def _paid_share(customers, frequency: str | None, counts: np.ndarray) -> float:
    """Return the share of repeat purchases that were paid for; all of them where a table does not tell."""
    if frequency is not None or not {PAID, FREQUENCY} <= set(customers):
        return 1.0
    paid, bought = (parse_number(customers[name]).column.to_numpy(dtype=float, na_value=np.nan) @ counts
                    for name in (PAID, FREQUENCY))  # fmt: skip
    return float(paid / bought) if 0 < paid <= bought else 1.0


def _counted_in(customers, asked: str | None) -> str:
    """Return the column asked for, or else the one that a summary has, or else the one of a table without zeros."""
    return asked or (PAID if isinstance(customers, pd.DataFrame) and PAID in customers else FREQUENCY)


def _read(customers, frequency, spend, weights, fit):
    """Return frequency, average spend and counts of customers, or raise one error with every problem."""
    frequency = _counted_in(customers, frequency)
    problems = ProblemList(TABLE, customers)
    times = read_numbers(customers, frequency, problems)
    known = isinstance(customers, pd.DataFrame) and spend in customers and customers[spend].ndim == 1
    repeat = pd.DataFrame({spend: customers[spend].where(times > 0, 1.0)}) if known else customers
    amounts = read_numbers(repeat, spend, problems)
    counts = np.ones(len(times)) if weights is None else read_numbers(customers, weights, problems)
    check_frequency(times, frequency, problems)
    remedy = (
        "Drop customers whose purchases were all refunded, or average purchases without refunds, as "
        "summarize_purchases does."
    )
    problems.add_rows(spend, (times > 0) & (amounts <= 0), "must be above 0 for repeat buyers", remedy)
    if weights is not None:
        counts = read_counts(counts, weights, problems)
    n = counts[times > 0].sum()
    if fit and n < FEWEST and not problems.found:
        problem = f"is above 0 for {counted(n, 'customers')}, too few"
        problems.add(frequency, problem, f"At least {FEWEST} repeat buyers are needed to tell what they spend.")
    problems.raise_if_any()
    return times, np.where(times > 0, amounts, 0.0), counts
