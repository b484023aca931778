"""Did it come as forecast? Return, cost and profit of those contacted, beside what the trial had foreseen of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.money import format_alike, money_interval
from winback.outreach.foreseen import FIGURES, Foreseen, foreseen
from winback.outreach.matching import is_sent_an_offer
from winback.outreach.outcomes import Outcomes, outcomes_of
from winback.policies.contact_list import ContactList
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words
from winback.skewness import skewed_interval, skewed_mean
from winback.tables import AnyTable
from winback.uncertainty import fieller_interval, normal_interval, normal_quantile, share_interval

FIFTHS = ("most promising fifth", "second fifth", "third fifth", "fourth fifth", "least promising fifth")
FEWEST = 2  # customers of a group, for an interval
LEVEL = 0.95
IN_WORDS = {"returned": "the share who come back", "cost": "the cost", "profit": "the profit"}
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
        """Say what came beside what was forecast, what to change in the next forecast, and what contacts added."""
        return Sentences.of([_what_came(self), _what_to_change(self), _what_was_added(self)])

    def details(self) -> Sentences:
        """Say how many came back, of whom nothing is known, and which group differs most from its forecast."""
        return Sentences.of(_more(self))


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


def _figures(found: CameAsForecast) -> dict[str, pd.Series]:
    rows = found.frame[found.frame["by"] == "all"].set_index("figure")
    return {name: rows.loc[name] for name in FIGURES}


def _what_came(found: CameAsForecast) -> str:
    back, _, profit = _figures(found).values()
    known = f"{format_count(back['n'])} customers contacted"
    known += f" whose outcome is known ({format_count(found.n_unknown)} more have none)" if found.n_unknown else ""
    return (
        f"Each of {known} brought in {_money(found, profit, 'measured')}, costs paid; the forecast was "
        f"{_money(found, profit, 'forecast')}."
    )


def _rates(found: CameAsForecast) -> str:
    """Say how many came back and what they cost, beside what was forecast."""
    back, cost, _ = _figures(found).values()
    share, foretold = (
        f"{format_percent(back[name])} [{format_percent(back[f'{name}_low'])}, {format_percent(back[f'{name}_high'])}]"
        for name in ("measured", "forecast")
    )
    return (
        f"{share} came back (forecast {foretold}); each cost {_money(found, cost, 'measured')} "
        f"(forecast {_money(found, cost, 'forecast')})."
    )


def _money(found: CameAsForecast, row: pd.Series, name: str) -> str:
    return money_interval(row[name], row[f"{name}_low"], row[f"{name}_high"], found.currency)


def _what_to_change(found: CameAsForecast) -> str:
    changes = [
        f"{IN_WORDS[row.figure]} by {row.ratio:.2f} [{row.low:.2f}, {row.high:.2f}]"
        for row in found.to_change.itertuples()
    ]
    if changes:
        return f"In the next forecast multiply {join_words(changes)}: chance does not explain the difference."
    return "It came as forecast: what differs may be chance, so the next forecast needs no correction."


def _what_was_added(found: CameAsForecast) -> str:
    if found.added is None:
        return (
            "What the contacts added is not known: for that some of the list must be kept back, and the outcomes of "
            "all on it be known, those not reached included."
        )
    gain, forecast = (money_interval(*each, found.currency) for each in (found.added.measured, found.added.forecast))
    return (
        f"Against {counted(found.added.n_kept_back, 'customers')} kept back at random, each of the "
        f"{format_count(found.added.n_sent)} others on the list added {gain} (forecast {forecast})."
    )


def _more(found: CameAsForecast) -> Iterator[str]:
    yield _rates(found)
    if found.n_unknown:
        yield "Who has no outcome may differ from those who have one: take nobody for lost whose outcome is not known."
    yield from _most_apart(found)
    if found.n_not_listed:
        yield f"{counted(found.n_not_listed, 'customers', 'are')} not looked at: they were asked about and not listed."
    yield from found.reading
    yield "The forecast is the trial's: of customers of the same kind, under the same offers, counted in the same way."


def _most_apart(found: CameAsForecast) -> Iterator[str]:
    """Say of which group profit differs most from its forecast, and whether chance does that among so many groups."""
    rows = found.frame[(found.frame["figure"] == "profit") & (found.frame["by"] != "all")]
    if rows.empty:
        return
    error = np.hypot(*((rows[f"{name}_high"] - rows[f"{name}_low"]) for name in ("measured", "forecast")))
    away = ((rows["measured"] - rows["forecast"]).abs() / (error / (2 * normal_quantile(LEVEL)))).fillna(0.0)
    row = rows.loc[away.idxmax()]
    came, forecast = format_alike([row["measured"], row["forecast"]], found.currency)
    few = away.max() > normal_quantile(1 - (1 - LEVEL) / len(rows))
    how = "chance hardly does that" if few else "chance alone can do that"
    yield (
        f"Furthest from its forecast is {row['group']}: {came}, forecast {forecast}; "
        f"{how} in one of {len(rows)} groups."
    )
