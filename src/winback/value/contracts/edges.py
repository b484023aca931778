"""On which edge does a fit lie? What the parameters cannot say is a finding, and the simpler model is fitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from winback.value.contracts.maximum import LARGEST_LOG_C, SMALLEST_LOG_C, Cells, Maximum, Trials, maximise

NEARLY = 23.0  # log parameter that stands for infinity: 1e10 renewals before it would show
SAME = 1e-6  # of log-likelihood: nothing that data could tell
ALIKE, AT_ONCE, ONLY_AT_FIRST = "alike", "at_once", "only_at_first"
NO_SHAPE, STEEP, SLOW, UNTOLD = "no_shape", "steep", "slow", "untold"


def fit_beta_geometric(cells: Cells) -> Maximum:
    """Return the sBG's maximum, or the edge on which it lies."""
    p = cells.matrix.shape[1]
    free = np.append(np.ones(2 * p, dtype=bool), False)
    at_edge = _without_spread(cells, p)
    if at_edge:
        return at_edge
    share = _churn(cells)
    quick = Trials.of(cells) if p == 1 and (cells.matrix == 1).all() else cells
    found = maximise(quick, _flat(cells, np.log(3 * share), np.log(3 * (1 - share)), 0.0), free)
    return _or_alike(cells, quick, found, shape_free=False)


def fit_beta_weibull(cells: Cells, geometric: Maximum) -> Maximum:
    """Return the BdW's maximum, starting from the sBG's, or the edge on which it lies."""
    p = cells.matrix.shape[1]
    if geometric.edge in (AT_ONCE, ONLY_AT_FIRST):
        return geometric
    if cells.times.max() < 3:
        return replace(geometric, edge=NO_SHAPE)
    share = _churn(cells)
    apart = _flat(cells, np.log(20 * share), np.log(20 * (1 - share)), 0.0)
    starts = [apart if geometric.edge else geometric.location]
    tried = [maximise(cells, starts[0], np.ones(2 * p + 1, dtype=bool))]
    if not tried[0].converged:
        for log_c in (-0.7, 0.7):
            tried.append(maximise(cells, np.append(apart[:-1], log_c), np.ones(2 * p + 1, dtype=bool)))
    inside = [one for one in tried if one.converged]
    best = max(inside or tried, key=lambda one: one.log_likelihood)
    if not best.converged and not SMALLEST_LOG_C < best.location[-1] < LARGEST_LOG_C:
        return _held_shape(cells, best)
    return _or_alike(cells, cells, best, shape_free=True)


def _or_alike(cells, quick, found: Maximum, shape_free: bool) -> Maximum:
    """Return a maximum inside, or the model of customers who are all alike where it is as likely."""
    p = cells.matrix.shape[1]
    logs = np.maximum(cells.matrix @ found.location[:p], cells.matrix @ found.location[p:-1])
    if found.converged and logs.max() < 8:
        return found
    share = _churn(cells)
    log_odds, held = np.log(share / (1 - share)), np.zeros(p, dtype=bool)
    sides = [held, ~held] if share < 0.5 else [~held, held]  # both parameters must be large: the smaller one is held
    start = _flat(cells, NEARLY + max(log_odds, 0), NEARLY + max(-log_odds, 0), 0.0)
    start[-1] = np.clip(found.location[-1], -1.0, 1.0) if shape_free else 0.0
    alike = maximise(quick, start, np.concatenate([*sides, [shape_free]]))
    as_likely = alike.log_likelihood >= found.log_likelihood - SAME - 1e-13 * abs(found.log_likelihood)
    if alike.converged and as_likely:
        return replace(alike, edge=ALIKE)
    return replace(found, edge="" if found.converged else UNTOLD)


def _held_shape(cells, found: Maximum) -> Maximum:
    """Hold c at its farthest and fit the rest."""
    p = cells.matrix.shape[1]
    start = found.location.copy()
    start[-1] = np.clip(start[-1], SMALLEST_LOG_C, LARGEST_LOG_C)
    held = maximise(cells, start, np.append(np.ones(2 * p, dtype=bool), False))
    farthest = STEEP if start[-1] > 0 else SLOW
    return replace(held, edge=farthest if held.converged else UNTOLD)


def _without_spread(cells, p) -> Maximum | None:
    """Return the edges where nothing is known of a second period, or nobody left in it."""
    if (cells.ended & (cells.times > 1)).any():
        return None
    if not (~cells.ended & (cells.times >= 1)).any():
        nowhere = np.zeros(2 * p + 1, dtype=bool)
        return replace(maximise(cells, _flat(cells, NEARLY, -NEARLY, 0.0), nowhere), edge=AT_ONCE)
    share = cells.counts[cells.ended].sum() / cells.counts[cells.times >= 1].sum()
    free = np.append(np.ones(p, dtype=bool), np.zeros(p + 1, dtype=bool))
    start = _flat(cells, -NEARLY + np.log(share / (1 - share)), -NEARLY, 0.0)
    return replace(maximise(cells, start, free), edge=ONLY_AT_FIRST)


def _churn(cells) -> float:
    """Return the share that leaves per period, all periods taken together."""
    share = cells.counts[cells.ended].sum() / (cells.counts @ cells.times)
    return float(np.clip(share, 1e-9, 1 - 1e-9))


def _flat(cells, log_alpha, log_beta, log_c) -> np.ndarray:
    """Return coefficients that give everybody these parameters, or come nearest."""
    ones, *_ = np.linalg.lstsq(cells.matrix, np.ones(len(cells.matrix)), rcond=None)
    return np.concatenate([log_alpha * ones, log_beta * ones, [log_c]])
