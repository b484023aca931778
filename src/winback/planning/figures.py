r"""What carries every size? Each arm's expected profit and variance of one customer's profit, measured or assumed.

Of assumed figures, a share :math:`p` returns. One who does is worth :math:`m_+` net of what falls due on acceptance,
with standard deviation :math:`s_+`; everyone else is worth nothing. Then

.. math:: \mu = p m_+ - c_0, \qquad s^2 = p (s_+^2 + m_+^2) - p^2 m_+^2

with :math:`c_0` what is paid for every contact. With a coefficient of variation :math:`v` of the value :math:`V` of
one who returned, :math:`s_+ = v V`; a cost, being certain, adds nothing to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.clusters import part_of, sums_within
from winback.offers.economics import LIMITS, TRIGGERS, read_numbers
from winback.planning.in_clusters import Drawn, pilot_moments
from winback.planning.skewed import LogNormalSkew, MeasuredSkew
from winback.tables import NO_OFFER, ProblemList
from winback.terms.organic import organic_shares
from winback.trial import moments as m
from winback.trial.chances import check_one_chance
from winback.trial.design_findings import FEW_RETURNED
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
    skew: MeasuredSkew | LogNormalSkew = field(
        default_factory=MeasuredSkew
    )  # of one customer's profit, all arms together
    drawn: Drawn | None = None  # how customers who belong together are; None: all are independent

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

    def of_assumed(self, name: str) -> np.ndarray:
        """Return the entries of the untreated whom a pilot's catalog only assumes; none elsewhere."""
        return getattr(self, name)[np.isinf(self.n)]

    def place(self, name: str) -> int:
        """Return the position of a name."""
        return self.names.index(str(name))

    def best_increment(self) -> float:
        """Return what the best offer earns more per customer than no offer; NaN where that is not known."""
        return float(self.profit[0] - self.profit[-1]) if self.has_untreated else float("nan")

    def error_of_best(self) -> tuple[float, float]:
        """Return the pilot's standard error of the best offer's increment, and its skew length."""
        ends = [0, -1]
        squares, shares = self.variance[ends] / self.n[ends], self.acceptance[ends] / self.n[ends]
        scale = float(self._skew_scale(self.acceptance @ self.n))
        return float(np.sqrt(squares.sum())), scale * float(shares / self.n[ends] @ [1, -1]) / shares.sum()

    def skewness(self, one: int, other: int, ratio: ArrayLike, n_per_arm: ArrayLike) -> np.ndarray:
        """Return the skewness of the difference of two arms in a trial of so many customers an offer.

        ``ratio`` is the size of the holdout in arms. Between arms of one size skewness is taken to cancel.
        """
        ratio, n = np.broadcast_arrays(np.asarray(ratio, dtype=float), np.asarray(n_per_arm, dtype=float))
        if self.names[other] != NO_OFFER:
            return np.zeros(n.shape)
        sizes, share = (n, n * ratio), self.acceptance
        n_returned = n * (self.of_offers(share).sum() + ratio * share[other])
        scale = self._skew_scale(n_returned)
        length = m.difference_length((scale, scale), sizes, (share[one] * sizes[0], share[other] * sizes[1]))
        std_error = np.sqrt(self.variance[one] / sizes[0] + self.variance[other] / sizes[1])
        return np.where(np.isclose(ratio, 1.0), 0.0, length / std_error)

    def _skew_scale(self, n_returned: ArrayLike) -> np.ndarray:
        """Return third moment over variance; an assumed correlation raises it as if clusters were fewer customers."""
        return self.skew.scale_among(n_returned) * (self.drawn.design_effect if self.is_assumed_drawn else 1.0)

    @property
    def is_assumed_drawn(self) -> bool:
        """Whether what clusters do is assumed and not measured."""
        return self.drawn is not None and self.drawn.assumed

    def in_clusters(self, drawn: Drawn) -> ProfitFigures:
        """Return the figures of customers so drawn, from those of independent ones."""
        effect = drawn.design_effect
        spread = {"variance": self.variance * effect, "variance_error": self.variance_error * effect}
        return replace(self, **spread, drawn=drawn)

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
    """Return each arm's profit and variance, with the variance's standard error."""
    arms = compared_arms(trial)
    moments, drawn = pilot_moments(trial)
    stacked = m.stack_arms([moments[name] for name in arms])
    profit, variance_of_mean = m.profit(stacked)
    variance = variance_of_mean * stacked.n
    places = [trial.arm == trial.arms.index(name) for name in arms]
    clusters = trial.clusters if drawn is not None and drawn.whole else None
    errors = [variance_error(trial.profit[rows], part_of(clusters, rows)) for rows in places]
    columns = [stacked.mean[:, 0], profit, variance, errors, stacked.n]
    if NO_OFFER not in arms and None not in (trial.organic, trial.offers.organic_value):
        columns = [
            np.append(column, one) for column, one in zip(columns, _assumed_untreated(trial, drawn), strict=True)
        ]
        arms = [*arms, NO_OFFER]
    skew = MeasuredSkew(float(m.pooled(stacked).skew_scale(m.PROFIT)[0]))
    return replace(ProfitFigures.ordered(arms, *columns), skew=skew, drawn=drawn)


def _assumed_untreated(trial: Trial, drawn: Drawn | None) -> tuple[float, ...]:
    """Return acceptance, profit, variance, its error and n of customers without an offer, as the catalog assumes them.

    Their values vary, relative to the mean, as those of the customers who returned with an offer, and correlate so.
    """
    share = float(organic_shares(trial.organic, trial.customers)[:, 1].mean())
    values, value = trial.value[trial.returned], trial.offers.organic_value
    spread = value * float(values.std(ddof=1) / values.mean())
    effect = 1.0 if drawn is None else drawn.design_effect
    return share, share * value, mixture_variance(share, value, spread) * effect, 0.0, np.inf


def variance_error(values: np.ndarray, clusters: np.ndarray | None = None) -> float:
    r"""Return the standard error of the variance of a sample: a mean of squares, of independent customers or clusters.

    That of a variance :math:`s^2` with fourth central moment :math:`\mu_4` is :math:`\sqrt{(\mu_4 - s^4) / n}`.

    Examples
    --------
    >>> import numpy as np
    >>> round(variance_error(np.array([0.0, 0.0, 0.0, 4.0])), 3)
    1.732
    """
    sums = values - values.mean() if clusters is None else sums_within(values - values.mean(), clusters)
    return float((sums**2).std() * np.sqrt(len(sums)) / len(values))


def mixture_variance(share, mean, std_dev):
    r"""Return :math:`p (s_+^2 + m_+^2) - p^2 m_+^2`, the variance of an amount that only a share has.

    Examples
    --------
    >>> mixture_variance(0.5, 10.0, 0.0)
    25.0
    """
    return share * (std_dev**2 + mean**2) - share**2 * mean**2


def assumed_figures(table: pd.DataFrame) -> ProfitFigures:
    """Return each arm's profit and variance from a table checked by `checked_summary`."""
    names = ("acceptance", "value", "cost", "contact_cost", "value_variation")
    share, value, cost, contact, variation = (table[name].to_numpy(dtype=float) for name in names)
    due = np.where(table["paid"] == "on_acceptance", cost, 0.0)
    profit = share * (value - due) - contact - (cost - due)
    figures = ProfitFigures.ordered(table["offer"], share, profit, assumed_spread(table))
    return replace(figures, skew=LogNormalSkew(share, value, variation, due))


def checked_summary(summary: pd.DataFrame, problems: ProblemList) -> pd.DataFrame:
    """Return the summary with numbers as numbers and ROI as value; what is wrong is added to ``problems``."""
    table = summary.reset_index(drop=True).copy()
    if len(table) == 0:
        problems.add("table", "has no rows", "Give one row per offer.")
    if "customer_id" in table:
        remedy = "Read it by winback.read_trial(customers, offers), and plan from the trial."
        problems.add("customer_id", "is there, so this is a pilot's table", remedy)
    for name in [name for name in ("offer", "acceptance", "cost", "value_variation") if name not in table]:
        remedy = "Add it: standard deviation over mean of the value of those who return; 1 is usual, more if a few "
        problems.add(name, "is missing", f"{remedy}carry most of it." if name == "value_variation" else "Add it.")
    unless_said = {"value": np.nan, "roi": np.nan, "contact_cost": 0.0, "paid": None, "currency": "$"}
    table = table.assign(**{name: value for name, value in unless_said.items() if name not in table})
    if problems.found:
        return table
    untreated = (table["offer"] == NO_OFFER).to_numpy()
    for name in ("cost", "contact_cost"):
        table[name] = table[name].mask(untreated & table[name].isna().to_numpy(), 0.0)
    _check_numbers(table, untreated, problems)
    _check_rows(table, untreated, problems)
    if not problems.found:
        _value_from_roi(table)
        no_spread = assumed_spread(table) <= 0
        remedy = "A trial of one customer would tell; leave the offer out, or give value_variation."
        problems.add_rows("value_variation", no_spread, "leaves profit without any spread", remedy)
    return table


def assumed_spread(table: pd.DataFrame) -> np.ndarray:
    """Return the variance of one customer's profit, row by row."""
    net = table["value"] - np.where(table["paid"] == "on_acceptance", table["cost"], 0.0)
    return mixture_variance(table["acceptance"], net, table["value_variation"] * table["value"]).to_numpy()


def _check_numbers(table, untreated, problems):
    read_numbers(table, LIMITS | {"value_variation": (0, np.inf)}, problems, optional=("value", "roi"))
    problems.add_rows("acceptance", (table["acceptance"] == 0).to_numpy(), "must be above 0", "Leave that row out.")
    spent = untreated & ((table["cost"] != 0) | (table["contact_cost"] != 0)).to_numpy()
    problems.add_rows("cost", spent, "is there for none, who are sent nothing", "Write 0.")


def _check_rows(table, untreated, problems):
    name, value, roi = table["offer"], table["value"].notna(), table["roi"].notna()
    problems.add_rows("offer", name.isna().to_numpy(), "must not be missing", "Name the offer.")
    problems.add_rows("offer", name.duplicated().to_numpy(), "is there twice", "Give one row per offer.")
    if untreated.all():
        problems.add("offer", "names no offer, only none", "Add a row for each offer.")
    wrong = ~table["paid"].isin(TRIGGERS).to_numpy() & ~untreated
    remedy = f"Write one of {', '.join(TRIGGERS)} there: what triggers the cost can decide which offer wins."
    problems.add_rows("paid", wrong, "must say when the cost is due", remedy)
    other = (table["currency"] != table["currency"].iloc[0]).to_numpy()
    problems.add_rows("currency", other, "differs between rows", "Write all money in one currency.")
    neither = (value == roi).to_numpy()
    problems.add_rows("value", neither, "or `roi` must be there, and not both", "Give the one that is known.")
    free = (roi & (table["cost"] + table["contact_cost"] <= 0)).to_numpy()
    problems.add_rows("roi", free, "is given, but nothing is spent", "Give the value of one who returns instead.")


def _value_from_roi(table):
    """Fill in the value of one who returned: V = C (1 + ROI) / p."""
    per_customer = np.where(table["paid"] == "on_acceptance", table["acceptance"] * table["cost"], table["cost"])
    spent = per_customer + table["contact_cost"]
    table["value"] = table["value"].fillna(spent * (1 + table["roi"]) / table["acceptance"])
