"""Did it come as forecast? Return, cost and profit of those contacted, beside what the trial had foreseen of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.outreach.forecast_words import (
    IN_WORDS,
    LEVEL,
    doubts,
    factor,
    most_apart,
    rates,
    what_came,
    what_to_change,
    what_was_added,
)
from winback.outreach.foreseen import FIGURES, Foreseen, foreseen
from winback.outreach.matching import is_sent_an_offer
from winback.outreach.outcomes import Outcomes, outcomes_of
from winback.policies.contact_list import ContactList
from winback.results import Result, Sentences, Shown
from winback.skewness import skewed_interval, skewed_mean
from winback.tables import AnyTable
from winback.uncertainty import fieller_interval, normal_interval, normal_quantile, share_interval

FIFTHS = ("most promising fifth", "second fifth", "third fifth", "fourth fifth", "least promising fifth")
FEWEST = 2  # customers of a group, for an interval
ALL = "everybody contacted"


@dataclass(frozen=True)
class Added:
    """What a listed customer added, against those kept back at random; money with ends of intervals."""

    n_sent: int  # listed to be contacted, reached or not
    n_kept_back: int
    measured: tuple[float, float, float]
    forecast: tuple[float, float, float]


@dataclass(frozen=True, repr=False, kw_only=True)
class CameAsForecast(Result):
    """What came of a plan beside what was forecast; see `OutreachPlan.check`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group and figure: ``by`` (all, fifth of the rank, offer, first channel), ``group``, ``figure``
        (share ``returned``, ``cost`` and ``profit`` in money per customer contacted), ``n`` customers, ``measured`` and
        ``forecast``, each with ``_low`` and ``_high``. Profit is gross: what would have come back anyway is in both.
    ratios : pandas.DataFrame
        Of everybody contacted, by figure: ``ratio`` of measured to forecast, ``low``, ``high``; all hold together.
    added : Added or None
        What contacts added, where some of the list were kept back and all outcomes are known that it takes.
    n_unknown : int
        Customers who were contacted and have no outcome.
    n_not_listed : int
        Customers whose outcome is given, who were asked about and not listed: they are not looked at.
    """

    frame: pd.DataFrame = field(repr=False)
    ratios: pd.DataFrame = field(repr=False)
    added: Added | None = None
    n_unknown: int = 0
    n_not_listed: int = 0
    reading: tuple[str, ...] = ()  # sentences: what was taken for what in the outcomes
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Customers", "text"),
        "n": ("Number", "count"),
        "measured": ("Brought in, each", "money"),
        "forecast": ("Forecast", "money"),
    }

    def table(self) -> pd.DataFrame:
        """Return profit by group beside its forecast, rounded."""
        return self.rounded(self.frame[self.frame["figure"] == "profit"])

    @property
    def to_change(self) -> pd.DataFrame:
        """The ratios that chance does not explain."""
        return self.ratios[(self.ratios["low"] > 1) | (self.ratios["high"] < 1)]

    def describe(self) -> Sentences:
        """Say what came beside what was forecast, what contacts added, and the doubt."""
        return Sentences.of([what_came(self), what_was_added(self), doubts(self)[0]])

    def what_to_do(self) -> Sentences:
        """Say what to change in the next forecast."""
        return Sentences.of([what_to_change(self)])

    def beside_forecast(self) -> dict[str, str]:
        """Return who came back, what each cost and what contacts added, beside the forecast: a name, and a sentence."""
        back, cost = rates(self)
        return {"Came back": back, "Cost each": cost, "Extra": what_was_added(self)}

    def corrections(self) -> Shown:
        """Return by how much each figure of everybody contacted differs from its forecast, for readers."""
        factors = self.ratios[["ratio", "low", "high"]].itertuples(index=False)
        return Shown(
            pd.DataFrame(
                {
                    "Of everybody contacted": self.ratios["figure"].map(IN_WORDS),
                    "Actual divided by forecast": [factor(*each) for each in factors],
                }
            )
        )

    def details(self) -> Sentences:
        """Say how many came back, of whom nothing is known, and which group differs most from its forecast."""
        back, cost = rates(self)
        return Sentences.of([f"Came back: {back} Cost of each: {cost}", *most_apart(self), *doubts(self)[1:]])


def held_against(listed: ContactList, customers: pd.DataFrame, outcomes: AnyTable) -> CameAsForecast:
    """Hold outcomes of a list's customers against its forecast; ``customers`` is of the plan, see `OutreachPlan`."""
    found = outcomes_of(listed, customers, outcomes)
    reached = customers["is_reached"].to_numpy(dtype=bool)
    asked = reached & found.known
    if asked.sum() < FEWEST:
        raise ValueError(f"Outcomes are known of {asked.sum()} of {reached.sum():,} customers contacted: 2 are needed.")
    part = customers[asked].reset_index(drop=True)
    people = listed.customers[asked].reset_index(drop=True)
    before = foreseen(listed.value.trial, people, part["offer"], part["cost"].to_numpy())
    came = np.column_stack([found.returned, found.cost, found.profit])[asked]
    frame = pd.DataFrame(
        [row for by, group, rows in _groups(part, listed.value.ranks) for row in _rows(by, group, rows, came, before)]
    )
    return CameAsForecast(
        frame=frame,
        ratios=_ratios(came, before),
        added=_added(listed, customers, found),
        n_unknown=int((reached & ~found.known).sum()),
        n_not_listed=found.n_not_listed,
        reading=found.notes,
        currency=listed.currency,
    )


def _groups(part: pd.DataFrame, ranks: bool) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield everybody, then groups of at least two customers, where there are several."""
    n = len(part)
    yield "all", ALL, np.ones(n, dtype=bool)
    fifth = np.arange(n) * len(FIFTHS) // n if ranks else np.zeros(n, dtype=int)
    ways = {
        "fifth": pd.Series(fifth).map(lambda place: FIFTHS[place]),
        "offer": part["offer"].astype(object),
        "first channel": part["first_channel"].map(lambda name: f"first by {name}"),
    }
    for by, labels in ways.items():
        names = pd.unique(labels)
        for name in names if len(names) > 1 else ():
            rows = (labels == name).to_numpy()
            if rows.sum() >= FEWEST:
                yield by, str(name), rows


def _rows(by: str, group: str, rows: np.ndarray, came: np.ndarray, before: Foreseen) -> Iterator[dict]:
    foretold, variance = before.of(rows)
    ends = np.array(normal_interval(foretold, np.sqrt(variance), LEVEL))
    ends[:, 0] = ends[:, 0].clip(0, 1)  # a share
    for place, figure in enumerate(FIGURES):
        known = {"by": by, "group": group, "figure": figure, "n": int(rows.sum())}
        measured = _measured(came[rows, place], _skew(came[:, place]) / rows.sum(), figure)
        forecast = (float(foretold[place]), *map(float, ends[:, place]))
        for name, values in (("measured", measured), ("forecast", forecast)):
            known |= dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
        yield known


def _measured(values: np.ndarray, length: float, figure: str) -> tuple[float, float, float]:
    """Return a group's mean with low and high."""
    if figure == "returned":
        return float(values.mean()), *map(float, share_interval(values.sum(), len(values), LEVEL))
    mean, _, low, high = skewed_mean(values, length, LEVEL)
    return float(mean), float(low), float(high)


def _skew(values: np.ndarray) -> float:
    """Return third moment over variance, of all together: a small group hides its own skewness."""
    away = values - values.mean()
    variance = np.mean(away**2)
    return float(np.mean(away**3) / variance) if variance > 0 else 0.0


def _ratios(came: np.ndarray, before: Foreseen) -> pd.DataFrame:
    """Return measured over forecast of everybody, with Fieller's intervals that hold together (Bonferroni)."""
    foretold, variance = before.of(np.ones(len(came), dtype=bool))
    errors = came.var(axis=0, ddof=1) / len(came)
    level = 1 - (1 - LEVEL) / len(FIGURES)
    found = fieller_interval(
        came.mean(axis=0), foretold, errors, variance, covariance=np.zeros(len(FIGURES)), level=level
    )
    # Of a forecast that may be zero or a loss a factor says nothing.
    usable = found.bounded & (foretold > 0)
    table = {"figure": FIGURES, "ratio": found.ratio, "low": found.low, "high": found.high}
    return pd.DataFrame(table)[usable].reset_index(drop=True)


def _added(listed: ContactList, customers: pd.DataFrame, found: Outcomes) -> Added | None:
    """Compare all who were drawn to be contacted, reached or not, with those kept back: only so are they alike."""
    kept = ~is_sent_an_offer(customers)
    groups = [found.profit[found.known & rows] for rows in (~kept, kept)]
    if not found.known.all() or min(map(len, groups)) < FEWEST or listed.kind != "incremental":
        return None
    n_sent, n_kept = map(len, groups)
    error = np.sqrt(sum(group.var(ddof=1) / len(group) for group in groups))
    within = np.concatenate([group - group.mean() for group in groups])
    length = _skew(within) * (1 / n_sent - 1 / n_kept)
    gain = float(groups[0].mean() - groups[1].mean())
    ends = skewed_interval(gain, error, length, normal_quantile(LEVEL))
    expected = customers.loc[customers["is_reached"], "expected_profit"]
    mean = float(expected.mean())
    forecast = [float(each) * len(expected) / n_sent for each in (mean, *listed.value.around(mean))]
    return Added(n_sent, n_kept, (gain, *map(float, ends)), tuple(forecast))
