r"""Of which losses does a trial speak? Of those for reasons, and as promising, as those on whom winning back was tried.

A trial holds who left for some reasons only, and of these mostly those judged promising beforehand. Whoever is lost for
another reason gets no offer, and what such customers do by themselves the untreated of the trial do not tell: of them
nothing is counted, neither with winning back nor without. The share of losses counted is, segment by segment,

.. math:: s = \sum_r p_r \\, e_r

with :math:`p_r` the share of the losses of the last year that were for reason r, and :math:`e_r` the share of those
lost for it whom the trial holds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.labels import short_words
from winback.offers.strategy_inputs import COMPARABLE, THIRDS, Inputs, third_of, with_ends
from winback.offers.strategy_measured import RECENT_MONTHS, last_year
from winback.results import format_count, format_percent, join_words
from winback.tables.checks import in_trial
from winback.trial.trial import Trial
from winback.uncertainty import normal_interval


def with_comparable(inputs: Inputs, base: object, trial: Trial, level: float) -> Inputs:
    """Return the inputs with the share of losses that are like those of a trial; as they are where that is all."""
    if COMPARABLE in inputs.segments:
        return inputs
    held = _held(trial)
    if not isinstance(base, ContractBase) or inputs.edges is None:
        note = "That all who leave are like those in the trial is taken for granted: for which reasons is not known."
        return inputs if held is None else replace(inputs, notes=(*inputs.notes, note))
    losses = _recent_losses(base)
    known = set() if held is None or "reason" not in losses else set(losses["reason"].dropna()) & {*held.index}
    if not known:
        return _as_promising(inputs, trial, level)
    losses = losses.dropna(subset="reason")
    rows = [
        losses[(third_of(losses["margin"], inputs.edges) == THIRDS.index(name))] for name in inputs.segments["segment"]
    ]
    shares = [_share(part if len(part) > 1 else losses, held, level) for part in rows]
    columns = dict(zip(with_ends(COMPARABLE), np.array(shares).T, strict=True))
    share, words = _share(losses, held, level)[0], join_words(short_words("reason", each) for each in sorted(known))
    note = (
        f"Of {format_count(len(losses))} losses of the last {RECENT_MONTHS} months whose reason is known "
        f"{format_percent(share)} are like those on whom winning back was tried: for {words}, and "
        "judged promising as often as such losses were. Of the others nothing is counted, neither won back nor back by "
        "themselves."
    )
    return _with(inputs, columns, note)


def _held(trial: Trial) -> pd.DataFrame | None:
    """Return the share of those lost for each reason whom a trial holds, and of how many; None: no reason is known."""
    if "reason" not in trial.lapsed:
        return None
    reason = trial.lapsed["reason"].astype(object)
    held = pd.Series(in_trial(trial.lapsed), dtype=float).groupby(reason.to_numpy()).agg(["mean", "size"])
    return held if len(held) else None


def _recent_losses(base: ContractBase) -> pd.DataFrame:
    """Return margin and, where it is known, reason of the losses of the last year."""
    lives, (since, until) = base.all_lives, last_year(base)
    rows = np.flatnonzero(lives.ended & (lives.end > since) & (lives.end <= until) & ~np.isnan(lives.margin))
    found = pd.DataFrame({"margin": lives.margin[rows]})
    if "reason" not in base.contracts:
        return found
    return found.assign(reason=base.contracts["reason"].astype(object).iloc[lives.last[rows]].to_numpy())


def _share(losses: pd.DataFrame, held: pd.DataFrame, level: float) -> tuple[float, float, float]:
    """Return the share of losses that a trial speaks of, with its interval: of reasons, and of who is promising."""
    n, counts = len(losses), losses["reason"].value_counts()
    by_reason = held.reindex(counts.index).fillna({"mean": 0.0, "size": 1.0})
    p, e = counts / n, by_reason["mean"]
    share = float(p @ e)
    variance = (p @ e**2 - share**2) / n + (p**2) @ (e * (1 - e) / by_reason["size"])
    low, high = normal_interval(share, np.sqrt(max(variance, 0.0)), level)
    return share, max(float(low), 0.0), min(float(high), 1.0)


def _as_promising(inputs: Inputs, trial: Trial, level: float) -> Inputs:
    """Return the inputs with the share judged promising in a trial, where no reasons can be compared."""
    alike = pd.DataFrame({"reason": np.zeros(len(trial.lapsed))})
    held = pd.DataFrame({"mean": [in_trial(trial.lapsed).mean()], "size": [len(trial.lapsed)]}, index=[0.0])
    note = (
        "For which reasons customers leave now is not known in the words of the trial: that they are those of the "
        "trial is taken for granted; counted are as many as were judged promising there."
    )
    return _with(inputs, dict(zip(with_ends(COMPARABLE), _share(alike, held, level), strict=True)), note)


def _with(inputs: Inputs, columns: dict, note: str) -> Inputs:
    segments = inputs.segments.assign(**columns)
    notes = (*inputs.notes, note)
    return (
        replace(inputs, notes=notes)
        if (segments[COMPARABLE] == 1).all()
        else replace(inputs, segments=segments, notes=notes)
    )
