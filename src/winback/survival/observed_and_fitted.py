"""What did customers do, and what did a model expect? Curves side by side, ends by class of months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.survival.watched_from import entry_of

N_CLASSES, ENDS_PER_CLASS = 10, 10
MOST_MONTHS, MONTHS_AT_ONCE = 200, 10


def fitted_and_observed(months, ended, cumulative_hazard, codes, names, counts, since, level) -> pd.DataFrame:
    """Return each group's mean fitted curve beside its Kaplan-Meier curve, see `GoodnessOfFit.curves`."""
    grid = _grid(months[ended])
    fitted = _mean_survival(cumulative_hazard, grid, codes, len(names), counts)
    curves = []
    for group, name in enumerate(names):
        observed = _kaplan_meier(months, ended, counts, codes == group, since=since, level=level)
        curves.append(_side_by_side(name, observed, grid, fitted[group]))
    return pd.concat(curves, ignore_index=True)


def _grid(ends) -> np.ndarray:
    """Return the months at which the curves are compared: those of the ends, at most 200 of them."""
    months = np.unique(ends)
    if len(months) > MOST_MONTHS:
        months = np.unique(np.quantile(months, np.linspace(0, 1, MOST_MONTHS)))
    return np.append(0.0, months)


def _kaplan_meier(months, ended, counts, members, since, level) -> pd.DataFrame:
    from lifelines import KaplanMeierFitter

    with np.errstate():  # lifelines switches numpy's warnings off for the whole process
        fitted = KaplanMeierFitter(alpha=1 - level).fit(
            months[members], ended[members], weights=counts[members], entry=entry_of(since[members])
        )
    low, high = fitted.confidence_interval_.to_numpy().T
    months, share = (
        fitted.survival_function_.index.to_numpy(dtype=float),
        fitted.survival_function_.iloc[:, 0].to_numpy(),
    )
    at_risk = fitted.event_table["at_risk"].to_numpy()
    return pd.DataFrame({"months": months, "observed": share, "low": low, "high": high, "at_risk": at_risk})


def _mean_survival(cumulative_hazard, grid, codes, n_groups, counts) -> np.ndarray:
    """Average the customers' fitted curves, some months at a time, shape (groups, m)."""
    shares = np.zeros((n_groups, len(codes)))
    shares[codes, np.arange(len(codes))] = counts
    shares /= shares.sum(axis=1, keepdims=True)
    parts = np.array_split(grid, np.ceil(len(grid) / MONTHS_AT_ONCE))
    return np.hstack([shares @ np.exp(-cumulative_hazard(part)) for part in parts])


def _side_by_side(name, observed, grid, fitted) -> pd.DataFrame:
    seen = grid <= observed["months"].iloc[-1]
    grid, fitted = grid[seen], fitted[seen]
    place = np.searchsorted(observed["months"], grid, side="right") - 1
    later = np.minimum(np.searchsorted(observed["months"], grid, side="left"), len(observed) - 1)
    curve = observed.iloc[place].reset_index(drop=True).assign(months=grid, fitted=fitted)
    curve["at_risk"] = observed["at_risk"].to_numpy()[later]
    curve.insert(0, "group", name)
    return curve


def expected_ends(months, ended, cumulative_hazard, codes, names, counts, since=None) -> pd.DataFrame:
    """Return observed and expected ends of each group by class of months."""
    edges = np.full((len(names), N_CLASSES + 1), np.inf)
    for group in range(len(names)):
        inner = _inner_edges(months, ended & (codes == group), counts)
        edges[group, : len(inner) + 1] = [0.0, *inner]
    watched = np.minimum(edges[codes], months[:, None])
    watched = watched if since is None else np.maximum(watched, since[:, None])
    expected = np.diff(cumulative_hazard(watched), axis=1) * counts[:, None]
    start, end = edges[codes, :-1], edges[codes, 1:]
    inside = (months[:, None] > start) & (months[:, None] <= end) & ended[:, None]
    parts = []
    for group, name in enumerate(names):
        members, real = codes == group, np.isfinite(edges[group, :-1])
        observed = (inside[members] * counts[members, None]).sum(axis=0)
        ends = {"observed": observed, "expected": expected[members].sum(axis=0)}
        part = pd.DataFrame({"group": name, "start": edges[group, :-1], "end": edges[group, 1:], **ends})
        parts.append(part[real])
    return pd.concat(parts, ignore_index=True)


def _inner_edges(months, members, counts) -> np.ndarray:
    """Cut the months so that each class has about equally many ends, ten at least."""
    ends, repeats = months[members], counts[members].astype(int)
    n_classes = int(np.clip(repeats.sum() // ENDS_PER_CLASS, 1, N_CLASSES))
    shares = np.arange(1, n_classes) / n_classes
    if not len(ends):
        return np.array([])
    cuts = np.unique(np.quantile(np.repeat(ends, repeats), shares, method="inverted_cdf"))
    return cuts[cuts < ends.max()]
