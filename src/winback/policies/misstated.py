"""What do untrue reasons do to a rule that reads them? The gain by the share of reasons that are not true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.clusters import covariance_of_means
from winback.labels import label_of
from winback.money import money_interval
from winback.policies.candidates import Policy, WrittenRule
from winback.policies.honest import HonestGains
from winback.results import Result, Sentences, format_percent
from winback.skewness import skewed_interval, skewed_ratio
from winback.tables import NO_OFFER, label_codes
from winback.trial.assumed import organic_ends, taken_off, with_assumed
from winback.trial.scores import trial_scores
from winback.trial.skewed_scores import own_arm, score_length
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile

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
    trial: Trial, rule: Policy, shares: Iterable[float] | float, *, gains: HonestGains, level: float
) -> MisstatedReasons:
    r"""Say what is left of a written rule's gain when some of the reasons it reads are not true.

    The labels in the table are taken as true. At a share :math:`u` of untrue reasons each customer states another
    reason than the true one with chance :math:`u`, any other in proportion to how often it is stated. The rule then
    gains over the best single offer b

    .. math:: G(u) = (1 - u) A + u B, \quad A = \overline{\Gamma_{i, \pi(r_i)} - \Gamma_{i, b}}, \quad
              B = \overline{\textstyle\sum_{s \ne r_i} w_{s | r_i} \Gamma_{i, \pi(s)} - \Gamma_{i, b}}

    with scores :math:`\Gamma` and the b of each split of ``gains``; A and A - B are medians over splits, their
    covariance is the median of that within a split and the square of how far it lies from them (as in
    `winback.policies.honest`), so that G(0) is the honest gain itself. It gains nothing at :math:`u^* = A / (A - B)`,
    whose interval ends where an end of the gain's is zero. A policy that is no written rule is refused: it has no words
    that customers could have misstated.
    """
    if not isinstance(rule, WrittenRule):
        raise ValueError("Only a written rule, such as {'price': 'discount'}, reads what customers may have misstated.")
    shares = _checked(shares)
    line = _line_of_gains(trial, rule, gains)
    frame = pd.DataFrame([line.at(share, level) for share in shares], columns=COLUMNS)
    best = gains.choices[int(gains.scores.mean(axis=0).argmax())]
    even = line.break_even(level)
    return MisstatedReasons(frame=frame, **even, by=rule.by, best_single=best, currency=trial.currency)


@dataclass(frozen=True)
class _Line:
    """The gain at share 0 and what is lost of it at share 1, over all splits: a straight line in the share."""

    mean: np.ndarray  # (2,)
    covariance: np.ndarray  # (2, 2)
    length: Callable  # skew length of the gain at a share
    ends: np.ndarray  # (2, 2): by how much both move at the ends of an assumed organic return

    def at(self, share: float, level: float) -> tuple[float, ...]:
        """Return the share, the gain there, its standard error and its interval."""
        weights = np.array([1.0, -share])
        error = np.sqrt(max(weights @ self.covariance @ weights, 0.0))
        low, high = skewed_interval(self.mean @ weights, error, self.length(share), normal_quantile(level))
        moved = self.ends @ weights
        return tuple(map(float, (share, self.mean @ weights, error, low + moved.min(), high + moved.max())))

    def break_even(self, level: float) -> dict[str, float]:
        """Return the share at which the gain is zero, with the interval of `skewed_ratio` at both organic ends."""
        names, (gain, loss) = ("break_even", "break_even_low", "break_even_high"), self.mean
        if gain <= 0 or loss <= 0:
            return dict.fromkeys(names, np.nan if gain <= 0 else np.inf)
        (own, both), (_, other) = self.covariance
        found = [
            skewed_ratio(gain + moved[0], loss + moved[1], own, other, both, length=self.length, level=level)
            for moved in self.ends
        ]
        ends = min(float(each.low) for each in found), max(float(each.high) for each in found)
        return dict(zip(names, (float(gain / loss), *ends), strict=True))


def _line_of_gains(trial: Trial, rule: WrittenRule, gains: HonestGains) -> _Line:
    """Return the gain by share from the scores of every split, dealt and judged as the honest gain was."""
    columns = [trial.choices.index(name) for name in gains.choices]
    everyone, means, covariances = np.arange(len(trial.arm)), [], []
    mixed = _Mixed.of(rule, trial.customers, gains.choices)
    for folds, single in zip(gains.folds.astype(int), gains.single, strict=True):
        scores, _ = trial_scores(trial, "profit", folds)
        scores = with_assumed(trial, scores)[:, columns]
        both = mixed.gain_and_loss(scores, scores[everyone, single])
        means.append(both.mean(axis=0))
        covariances.append(covariance_of_means(both, trial.clusters))
    middle = np.median(means, axis=0)
    off = np.array(means) - middle
    covariance = np.median(np.array(covariances) + off[:, :, None] * off[:, None, :], axis=0)
    own, worth = own_arm(trial)[:, columns], taken_off(trial, gains.choices)
    singles, split_of = np.unique(gains.single, axis=0, return_inverse=True)
    counts = np.array([mixed.gain_and_loss(own, own[everyone, single]) for single in singles])  # (n_singles, n, 2)

    def length(share):
        found = score_length(trial, (counts[:, :, 0] - share * counts[:, :, 1]).T)
        return np.median(found[split_of.ravel()])

    instead = worth[gains.single].mean(axis=0)
    less = -mixed.gain_and_loss(np.broadcast_to(worth, (len(everyone), len(worth))), instead)
    ends = np.column_stack([organic_ends(trial, each) for each in less.T])
    return _Line(middle, covariance, length, ends)


def _checked(shares) -> list[float]:
    given = list(shares) if isinstance(shares, Iterable) and getattr(shares, "ndim", 1) else [shares]
    if not given or not all(isinstance(share, Real) and 0 <= share <= 1 for share in given):
        raise ValueError(f"shares must be one or more shares from 0 to 1; got {shares!r}.")
    return [float(share) for share in given]


@dataclass(frozen=True)
class _Mixed:
    """What a written rule sends each customer by the true label, and by each other label as often as it is stated."""

    codes: np.ndarray  # (n,) the true label
    frequency: np.ndarray  # (n_labels,) how often each is stated
    offer_of: np.ndarray  # (n_labels,) position of the offer of each label

    @classmethod
    def of(cls, rule: WrittenRule, customers: pd.DataFrame, choices: tuple[str, ...]) -> _Mixed:
        own = rule.checked(customers, choices)
        codes, labels = label_codes(customers[rule.by])
        if len(labels) < 2:
            raise ValueError(f"`{rule.by}` has one value only: nothing can be misstated.")
        offer_of = np.zeros(len(labels), dtype=int)
        offer_of[codes] = own  # every customer with a label gets the same offer
        return cls(codes, np.bincount(codes, minlength=len(labels)) / len(codes), offer_of)

    def gain_and_loss(self, table: np.ndarray, instead: np.ndarray) -> np.ndarray:
        """Return what the true label's offer has more than ``instead``, and than the other labels' offers, (n, 2)."""
        by_label, rows = table[:, self.offer_of], np.arange(len(self.codes))  # as if that label were stated
        true, chance = by_label[rows, self.codes], self.frequency[self.codes]
        others = (by_label @ self.frequency - true * chance) / (1 - chance)
        return np.column_stack([true - instead, true - others])


def _lines(found: MisstatedReasons) -> Iterator[str]:
    single = "no offer" if found.best_single == NO_OFFER else f"{found.best_single} for everybody"
    first = found.frame.iloc[found.frame["share_untrue"].argmin()]
    share = format_percent(first["share_untrue"], 0)
    untrue = f"{share} of them untrue" if first["share_untrue"] else f"every stated {label_of(found.by)} true"
    if first["gain_high"] < 0:
        lost = money_interval(*(-first[f"gain{end}"] for end in ("", "_high", "_low")), found.currency)
        yield f"With {untrue}, the rule loses {lost} per customer against {single}."
    else:
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
