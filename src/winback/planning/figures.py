"""What carries every size? Each arm's expected profit and variance of one customer's profit, as a pilot shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.tables import NO_OFFER, ProblemList
from winback.terms.organic import organic_shares
from winback.trial import moments as m
from winback.trial.design_findings import FEW_RETURNED
from winback.trial.outcomes import check_one_chance
from winback.trial.trial import Trial


@dataclass(frozen=True)
class ProfitFigures:
    """Expected profit and its variance, offers first, most profitable first; the untreated last, where known."""

    names: tuple[str, ...]  # offers, then perhaps "none"
    acceptance: np.ndarray  # (k,) share who return
    profit: np.ndarray  # (k,) money per customer
    variance: np.ndarray  # (k,) of one customer
    variance_error: np.ndarray  # (k,) its standard error in a pilot; 0 where figures are assumed
    n: np.ndarray  # (k,) customers of the pilot; NaN where all figures are assumed, infinite where the untreated's are

    @classmethod
    def ordered(cls, names, acceptance, profit, variance, variance_error=None, n=None) -> ProfitFigures:
        """Put the figures in order: by profit, then by name, the untreated last."""
        names = [str(name) for name in names]
        places = sorted(range(len(names)), key=lambda place: (names[place] == NO_OFFER, -profit[place], names[place]))
        missing = np.full(len(names), np.nan)
        columns = (acceptance, profit, variance, np.zeros(len(names)) if variance_error is None else variance_error)
        arrays = [np.asarray(each, dtype=float)[places] for each in (*columns, missing if n is None else n)]
        return cls(tuple(names[place] for place in places), *arrays)

    @property
    def has_untreated(self) -> bool:
        """Whether the organic return is known or assumed."""
        return self.names[-1] == NO_OFFER

    @property
    def offers(self) -> tuple[str, ...]:
        """The offers, without the untreated."""
        return self.names[:-1] if self.has_untreated else self.names

    @property
    def from_pilot(self) -> bool:
        """Whether the figures were measured."""
        return not np.isnan(self.n).any()

    def of_offers(self, values: np.ndarray) -> np.ndarray:
        """Return the entries of the offers alone."""
        return values[: len(self.offers)]

    def place(self, name: str) -> int:
        """Return the position of a name."""
        return self.names.index(str(name))

    def best_increment(self) -> float:
        """Return what the best offer earns more per customer than no offer; NaN where that is not known."""
        return float(self.profit[0] - self.profit[-1]) if self.has_untreated else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm."""
        frame = pd.DataFrame({"offer": self.names, "acceptance": self.acceptance, "profit": self.profit})
        deviation = np.sqrt(self.variance)
        return frame.assign(std_dev=deviation, std_dev_error=self.variance_error / (2 * deviation), n_pilot=self.n)


def check_pilot(trial: Trial) -> None:
    """Refuse a trial of different chances to get an offer, or name every arm of too few returned to know a variance."""
    check_one_chance(trial.lapsed)
    problems = ProblemList("pilot", trial.customers)
    for name in compared_arms(trial):
        count = int(trial.moments[name].n_returned[0])
        if count < FEW_RETURNED:
            text = f"{name!r} has {count} who returned, and below {FEW_RETURNED} the spread of profit is not known"
            problems.add("offer", text, "Leave the arm out, or plan from a table of assumed figures.")
    problems.raise_if_any()


def compared_arms(trial: Trial) -> tuple[str, ...]:
    """Return the arms that a plan is made from: the untreated only where they are a random control group."""
    return trial.arms if trial.design.control == "accepted" else trial.sent


def pilot_figures(trial: Trial) -> ProfitFigures:
    r"""Return each arm's profit and variance, with the variance's standard error.

    That of a variance :math:`s^2` with fourth central moment :math:`\mu_4` is :math:`\sqrt{(\mu_4 - s^4) / n}`.
    """
    arms = compared_arms(trial)
    stacked = m.stack_arms([trial.moments[name] for name in arms])
    profit, variance_of_mean = m.profit(stacked)
    variance = variance_of_mean * stacked.n
    errors = [variance_error(trial.profit[trial.arm == trial.arms.index(name)]) for name in arms]
    columns = [stacked.mean[:, 0], profit, variance, errors, stacked.n]
    if NO_OFFER not in arms and None not in (trial.organic, trial.offers.organic_value):
        columns = [np.append(column, one) for column, one in zip(columns, _assumed_untreated(trial), strict=True)]
        arms = [*arms, NO_OFFER]
    return ProfitFigures.ordered(arms, *columns)


def _assumed_untreated(trial: Trial) -> tuple[float, ...]:
    """Return acceptance, profit, variance, its error and n of customers without an offer, as the catalog assumes them.

    Their values vary, relative to the mean, as those of the customers who returned with an offer.
    """
    share = float(organic_shares(trial.organic, trial.customers)[:, 1].mean())
    values, value = trial.value[trial.returned], trial.offers.organic_value
    spread = value * float(values.std(ddof=1) / values.mean())
    return share, share * value, share * (spread**2 + value**2) - (share * value) ** 2, 0.0, np.inf


def variance_error(values: np.ndarray) -> float:
    """Return the standard error of the variance of a sample.

    Examples
    --------
    >>> import numpy as np
    >>> round(variance_error(np.array([0.0, 0.0, 0.0, 4.0])), 3)
    1.732
    """
    squares = (values - values.mean()) ** 2
    return float(np.sqrt(squares.var() / len(values)))
