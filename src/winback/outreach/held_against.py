"""What came of a plan's customers, held against what was forecast of them: means, ratios, order, and what was added."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.clusters import cluster_codes, error_of_mean, part_of
from winback.outreach.by_rank import ByRank, came_by_rank
from winback.outreach.came_as_forecast import Added, CameAsForecast
from winback.outreach.forecast_words import LEVEL
from winback.outreach.foreseen import FIGURES, Foreseen, foreseen, foreseen_by_fold
from winback.outreach.matching import is_sent_an_offer
from winback.outreach.outcomes import Outcomes, outcomes_of
from winback.policies.contact_list import ContactList
from winback.policies.honest_value import FOLDS, predicted_without
from winback.skewness import skewed_interval, skewed_mean
from winback.tables import AnyTable
from winback.tables.likeness import alike
from winback.uncertainty import fieller_interval, normal_interval, normal_quantile, share_interval

FIFTHS = ("most promising fifth", "second fifth", "third fifth", "fourth fifth", "least promising fifth")
FEWEST = 2  # customers of a group, or clusters, for an interval
ALL = "everybody contacted"


def held_against(
    listed: ContactList, customers: pd.DataFrame, outcomes: AnyTable, *, n_asked_before: int = 0
) -> CameAsForecast:
    """Hold outcomes of a list's customers against its forecast; ``customers`` is of the plan, see `OutreachPlan`.

    Where plans made before contacted some of them (``n_asked_before``), what this one added is not told: sent are then
    whom either plan contacted, and among the kept back are all whom none did.
    """
    found = outcomes_of(listed, customers, outcomes)
    reached = customers["is_reached"].to_numpy(dtype=bool)
    asked, sent = reached & found.known, is_sent_an_offer(customers)
    if asked.sum() < FEWEST:
        raise ValueError(f"Outcomes are known of {asked.sum()} of {reached.sum():,} customers contacted: 2 are needed.")
    part = customers[asked].reset_index(drop=True)
    people = listed.customers[asked].reset_index(drop=True)
    before = foreseen(listed.value.trial, people, part["offer"], part["cost"].to_numpy())
    came = np.column_stack([found.returned, found.cost, found.profit])[asked]
    clusters = clusters_of(listed)
    own = part_of(clusters, asked)
    own = own if _n_drawn(came, own) >= FEWEST else None
    names = _groups(part, listed.value.ranks)
    rows = [each for *name, rows in names for each in _rows(name, rows, came, before, own)]
    profit = came[:, FIGURES.index("profit")]
    return CameAsForecast(
        frame=pd.DataFrame(rows),
        ratios=_ratios(came, before, own),
        added=None if n_asked_before else _added(listed, customers, found, clusters),
        n_asked_before=n_asked_before,
        order=_order(listed, people, part, profit, own) if listed.value.ranks else None,
        taken_apart="" if own is not None or listed.value.trial.clusters is None else listed.value.trial.cluster,
        n_unknown=int((reached & ~found.known).sum()),
        n_not_listed=found.n_not_listed,
        n_lacking=tuple(int((rows & ~found.known).sum()) for rows in (sent & ~reached, ~sent)),
        reading=found.notes,
        currency=listed.currency,
    )


def _order(
    listed: ContactList, people: pd.DataFrame, part: pd.DataFrame, profit: np.ndarray, clusters: np.ndarray | None
) -> ByRank | None:
    """Return how far differences along the list came true; its order is learned anew without each fold of the trial."""
    trial, offers = listed.value.trial, part["offer"]
    if trial.clusters is not None and len(np.unique(trial.clusters)) < FOLDS:
        return None
    folds = trial.folds(FOLDS, np.random.default_rng(0))
    before = foreseen_by_fold(trial, people, offers, part["cost"].to_numpy(), folds)
    return came_by_rank(predicted_without(trial, people, offers, folds), before, profit, clusters, LEVEL)


def clusters_of(listed: ContactList) -> np.ndarray | None:
    """Return the clusters of a list's customers as numbers, (n,); None where the trial or their table has none."""
    trial, people = listed.value.trial, listed.customers
    names = ["cluster"] if "cluster" in people else alike(trial.offers.columns.get("cluster", ""), people.columns)
    return cluster_codes(people[names[0]]) if names and trial.clusters is not None else None


def _n_drawn(values: np.ndarray, clusters: np.ndarray | None) -> int:
    """Return how many were drawn independently: clusters, or customers where there are none."""
    return len(values) if clusters is None else len(np.unique(clusters))


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


def _rows(
    name: list[str], rows: np.ndarray, came: np.ndarray, before: Foreseen, clusters: np.ndarray | None
) -> Iterator[dict]:
    own = part_of(clusters, rows)
    if _n_drawn(came[rows], own) < FEWEST:
        return
    foretold, variance = before.of(rows)
    ends = np.array(normal_interval(foretold, np.sqrt(variance), LEVEL))
    ends[:, 0] = ends[:, 0].clip(0, 1)  # a share
    for place, figure in enumerate(FIGURES):
        known = {"by": name[0], "group": name[1], "figure": figure, "n": int(rows.sum())}
        measure = _share if figure == "returned" else _mean
        measured = measure(came[rows, place], _skew(came[:, place]) / rows.sum(), own)
        forecast = foretold[place], *ends[:, place]
        for what, values in (("measured", measured), ("forecast", forecast)):
            known |= dict(zip((what, f"{what}_low", f"{what}_high"), map(float, values), strict=True))
        yield known


def _mean(values: np.ndarray, length: float, clusters: np.ndarray | None) -> tuple[float, ...]:
    """Return a group's mean with low and high."""
    mean, _, low, high = skewed_mean(values, length, LEVEL, clusters)
    return mean, low, high


def _share(values: np.ndarray, length: float, clusters: np.ndarray | None) -> tuple[float, ...]:
    """Return a group's share with low and high; of clusters as of so many independent ones as its error is that of."""
    share, n = values.mean(), len(values)
    if clusters is not None and 0 < share < 1:
        n = share * (1 - share) / error_of_mean(values, clusters) ** 2
    return share, *share_interval(share * n, n, LEVEL)


def _skew(values: np.ndarray) -> float:
    """Return third moment over variance, of all together: a small group hides its own skewness."""
    away = values - values.mean()
    variance = np.mean(away**2)
    return float(np.mean(away**3) / variance) if variance > 0 else 0.0


def _ratios(came: np.ndarray, before: Foreseen, clusters: np.ndarray | None = None) -> pd.DataFrame:
    """Return measured over forecast of everybody, with Fieller's intervals that hold together (Bonferroni)."""
    foretold, variance = before.of(np.ones(len(came), dtype=bool))
    errors = error_of_mean(came, clusters) ** 2
    level = 1 - (1 - LEVEL) / len(FIGURES)
    found = fieller_interval(
        came.mean(axis=0), foretold, errors, variance, covariance=np.zeros(len(FIGURES)), level=level
    )
    # Of a forecast that may be zero or a loss a factor says nothing.
    usable = found.bounded & (foretold > 0)
    table = {"figure": FIGURES, "ratio": found.ratio, "low": found.low, "high": found.high}
    return pd.DataFrame(table)[usable].reset_index(drop=True)


def _added(listed: ContactList, customers: pd.DataFrame, found: Outcomes, clusters: np.ndarray | None) -> Added | None:
    """Compare all who were drawn to be contacted, reached or not, with those kept back: only so are they alike."""
    kept = ~is_sent_an_offer(customers)
    groups = [found.profit[found.known & rows] for rows in (~kept, kept)]
    if not found.known.all() or min(map(len, groups)) < FEWEST or listed.kind != "incremental":
        return None
    n_sent, n_kept = map(len, groups)
    error = np.hypot(*(error_of_mean(group) for group in groups))
    within = np.concatenate([group - group.mean() for group in groups])
    if clusters is not None and len(np.unique(clusters)) >= FEWEST:
        weight = np.repeat([1 / n_sent, -1 / n_kept], [n_sent, n_kept])  # of one cluster may be sent and kept back
        error = error_of_mean(within * weight * len(within), np.concatenate([clusters[~kept], clusters[kept]]))
    length = _skew(within) * (1 / n_sent - 1 / n_kept)
    gain = float(groups[0].mean() - groups[1].mean())
    ends = skewed_interval(gain, error, length, normal_quantile(LEVEL))
    expected = customers.loc[customers["is_reached"], "expected_profit"]
    mean = float(expected.mean())
    forecast = [float(each) * len(expected) / n_sent for each in (mean, *listed.value.around(mean))]
    return Added(n_sent, n_kept, (gain, *map(float, ends)), tuple(forecast))
