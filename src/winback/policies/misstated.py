"""What do untrue reasons do to a rule that reads them? The gain by the share of reasons that are not true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.clusters import covariance_of_means
from winback.labels import label_of
from winback.policies.candidates import Policy, WrittenRule
from winback.results import Result, Sentences, format_percent
from winback.skewness import skewed_ratio
from winback.tables import NO_OFFER, label_codes
from winback.trial.assumed import with_assumed
from winback.trial.scores import trial_scores
from winback.trial.skewed_scores import mean_of_scores, own_arm, score_length
from winback.trial.splits import Splits
from winback.trial.trial import Trial

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
COLUMNS = ("share_untrue", "gain", "std_error", "gain_low", "gain_high")


@dataclass(frozen=True, repr=False, kw_only=True)
class MisstatedReasons(Result):
    """A rule's gain as reasons become untrue, see `PolicyEvaluation.misstated`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per share of untrue reasons: ``share_untrue``, ``gain`` per customer over the best single offer, with
        ``std_error``, ``gain_low``, ``gain_high``.
    break_even, break_even_low, break_even_high : float
        Share of untrue reasons at which the rule gains nothing over the best single offer. NaN where the rule loses
        even with true reasons; infinite where no share of untrue reasons takes the gain away.
    """

    frame: pd.DataFrame = field(repr=False)
    break_even: float
    break_even_low: float
    break_even_high: float
    by: str
    best_single: str
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "share_untrue": ("Untrue", "percent0"),
        "gain": ("Gain over the best single offer, per customer", "money"),
    }

    def describe(self) -> Sentences:
        """Say how much untruth the rule bears."""
        return Sentences.of(_lines(self))


def misstated_reasons(
    trial: Trial, rule: Policy, shares: Iterable[float] | float, *, splits: Splits, level: float
) -> MisstatedReasons:
    r"""Say what is left of a written rule's gain when some of the reasons it reads are not true.

    The labels in the table are taken as true. At a share :math:`u` of untrue reasons each customer states another
    reason than the true one with chance :math:`u`, any other in proportion to how often it is stated. The rule then
    gains over the best single offer b

    .. math:: G(u) = (1 - u) A + u B, \quad A = \overline{\Gamma_{i, \pi(r_i)} - \Gamma_{i, b}}, \quad
              B = \overline{\textstyle\sum_{s \ne r_i} w_{s | r_i} \Gamma_{i, \pi(s)} - \Gamma_{i, b}}

    with scores :math:`\Gamma`. It gains nothing at :math:`u^* = A / (A - B)`, whose interval ends where an end of the
    gain's is zero. A policy that is no written rule is refused: it has no words that customers could have misstated.
    """
    if not isinstance(rule, WrittenRule):
        raise ValueError("Only a written rule, such as {'price': 'discount'}, reads what customers may have misstated.")
    shares = _checked(shares)
    scores, _ = trial_scores(trial, "profit", trial.folds(splits.folds, np.random.default_rng(splits.rng)))
    scores, choices = with_assumed(trial, scores), trial.choices
    best = int(scores.mean(axis=0).argmax())
    (true, untrue), own = (
        [told - each[:, best] for told in _differences(rule, trial.customers, choices, each)]
        for each in (scores, own_arm(trial))
    )
    rows = []
    for share in shares:
        gain, counts = ((1 - share) * one + share * other for one, other in ((true, untrue), own))
        figures = map(float, mean_of_scores(trial, gain, counts, level=level))
        rows.append(dict(zip(COLUMNS, (share, *figures), strict=True)))
    return MisstatedReasons(
        frame=pd.DataFrame(rows),
        **_break_even(trial, (true, true - untrue), (own[0], own[0] - own[1]), level),
        by=rule.by,
        best_single=choices[best],
        currency=trial.currency,
    )


def _checked(shares) -> list[float]:
    given = list(shares) if isinstance(shares, Iterable) and getattr(shares, "ndim", 1) else [shares]
    if not given or not all(isinstance(share, Real) and 0 <= share <= 1 for share in given):
        raise ValueError(f"shares must be one or more shares from 0 to 1; got {shares!r}.")
    return [float(share) for share in given]


def _differences(rule: WrittenRule, customers, choices, scores) -> tuple[np.ndarray, np.ndarray]:
    """Return each customer's score under the offer for the true label, and its mean over the other labels' offers."""
    own = rule.checked(customers, choices)
    codes, labels = label_codes(customers[rule.by])
    if len(labels) < 2:
        raise ValueError(f"`{rule.by}` has one value only: nothing can be misstated.")
    frequency = np.bincount(codes, minlength=len(labels)) / len(codes)
    offer_of = np.zeros(len(labels), dtype=int)
    offer_of[codes] = own  # every customer with a label gets the same offer
    by_label = scores[:, offer_of]  # (n, labels): the score if that label were stated
    others = (by_label @ frequency - by_label[np.arange(len(codes)), codes] * frequency[codes]) / (1 - frequency[codes])
    return by_label[np.arange(len(codes)), codes], others


def _break_even(trial: Trial, scores: tuple, counts: tuple, level: float) -> dict[str, float]:
    """Return the share at which mean(gain) - share x mean(loss) is zero, with the interval of `skewed_ratio`.

    Scores, and what each customer's own arm counts in them, are of the gain and of the loss, shape (n,) each.
    """
    names, (gain, loss) = ("break_even", "break_even_low", "break_even_high"), scores
    if gain.mean() <= 0 or loss.mean() <= 0:
        return dict.fromkeys(names, np.nan if gain.mean() <= 0 else np.inf)
    (own, both), (_, other) = covariance_of_means(np.column_stack([gain, loss]), trial.clusters)

    def length(share):
        return score_length(trial, counts[0] - share * counts[1])

    found = skewed_ratio(gain.mean(), loss.mean(), own, other, both, length=length, level=level)
    return dict(zip(names, (float(found.ratio), float(found.low), float(found.high)), strict=True))


def _lines(found: MisstatedReasons) -> Iterator[str]:
    single = "no offer" if found.best_single == NO_OFFER else f"{found.best_single} for everybody"
    first = found.frame.iloc[found.frame["share_untrue"].argmin()]
    share = format_percent(first["share_untrue"], 0)
    untrue = f"{share} of them untrue" if first["share_untrue"] else f"every stated {label_of(found.by)} true"
    yield f"With {untrue}, the rule gains {found.interval(first, 'gain', 'money')} per customer over {single}."
    if np.isnan(found.break_even):
        yield f"The rule does not earn more even when every {label_of(found.by)} is true, so no gain is there to lose."
    elif np.isneginf(found.break_even_low):
        yield "From which share of untrue ones on the gain is gone, the data do not tell."
    elif found.break_even > 1:
        yield f"However many are untrue, the rule still earns more than {single}."
    else:
        share = format_percent(found.break_even, 0)
        ends = [format_percent(min(max(end, 0.0), 1.0), 0) for end in (found.break_even_low, found.break_even_high)]
        yield f"The gain is gone when {share} are untrue [{ends[0]}, {ends[1]}]: the share that the rule can bear."
    yield "Untrue means that another value is stated than the true one, in proportion to how often each is stated."
