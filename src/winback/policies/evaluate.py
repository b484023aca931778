"""Does this way of deciding earn more than one offer for everybody? `evaluate_policy`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from winback.doors import door
from winback.policies.candidates import Policy, WrittenRule, as_policy
from winback.policies.evaluation import PolicyEvaluation
from winback.policies.honest import BEST_SINGLE, STATUS_QUO, HonestGains, honest_gains
from winback.skewness import skewed_interval
from winback.tables import NO_OFFER
from winback.trial.assumed import organic_ends, taken_off
from winback.trial.same_terms import check_is_trial, check_same_trial
from winback.trial.splits import Splits
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile


@door
def evaluate_policy(
    trial: Trial,
    policy: Mapping | Policy | Callable,
    *,
    by: str | None = None,
    among: Iterable[str] | None = None,
    status_quo: str | Mapping | None = None,
    splits: Splits = Splits(),  # noqa: B008 (frozen)
    level: float = 0.95,
) -> PolicyEvaluation:
    r"""Judge a way of deciding who gets which offer by customers it has not seen.

    The policy, and the best single offer it competes with, are learned on all folds of customers but one and judged on
    the one left out, fold by fold; this is repeated over several splits (see `winback.policies.honest` for the
    equations). The gain is the median over splits, with a paired interval. Beside it stand two figures that promise too
    much: the gain when the same customers serve for learning and judging, and the gain the predictions promise.

    Parameters
    ----------
    trial : Trial
        From `read_trial`.
    policy : mapping, `model_policy`, learned policy or callable
        The analyst's own rule ``{"price": "discount", "both": None}`` (None: no offer) with ``by="reason"``, the column
        that it reads; a model (`model_policy`); what `learn_policy` returned for this trial (learned anew on each
        part); or a function (customers to learn from, customers to decide for) -> offers; of those it decides for it
        sees what was known before the offer, not their offers or outcomes.
    among : iterable of str, optional
        The offers that may be chosen, ``none`` among them; by default all that were tried, and none where a random
        group was left without an offer or ``organic`` is given.
    status_quo : str or mapping, optional
        What customers get today: an offer, or a rule as above read from ``by``. By default no offer, where that is
        known or assumed.
    splits : Splits
        Folds, how often anew, and their seed.
    level : float
        Of the intervals. With an assumed organic return they reach over its range as well.

    Raises
    ------
    TableError, ValueError
        When the rule leaves customers out or names an offer that was not tried, an offer is absent from a fold, or the
        policy was learned from another trial or under other terms.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> rule = {"price": "discount", "service": "upgrade", "both": None}
    >>> found = wb.evaluate_policy(study.trial, rule, by="reason", splits=wb.Splits(repeats=2))
    >>> found.frame["against"].tolist()
    ['best single offer', 'status quo']
    """
    check_is_trial(trial)
    policy = as_policy(policy, by)
    if made_on := getattr(policy, "trial", None):
        check_same_trial("the policy", made_on, trial)
    normal_quantile(level)  # refuses what is not a level
    choices = chosen_among(trial, among)
    if isinstance(policy, WrittenRule):
        policy.checked(trial.customers, choices)
    today, today_is = _status_quo(trial, choices, status_quo, by)
    gains = honest_gains(trial, policy, choices, today, splits)
    best_single = choices[int(gains.scores.mean(axis=0).argmax())]
    yardsticks = {BEST_SINGLE: best_single} | ({} if today is None else {STATUS_QUO: today_is})
    rows = pd.DataFrame([_row(gains, against, offer, trial, level) for against, offer in yardsticks.items()])
    found = {"best_single": best_single, "choices": choices, "gains": gains, "currency": trial.currency}
    return PolicyEvaluation(frame=rows, trial=trial, policy=policy, level=level, splits=splits, **found)


def _row(gains: HonestGains, against: str, offer: str, trial: Trial, level: float) -> dict:
    found, n = gains.summary(against), len(trial.arm)
    length = found["skewness"] * found["std_error"]
    low, high = skewed_interval(found["honest_gain"], found["std_error"], length, normal_quantile(level))
    below, above = _organic_reach(gains, against, trial)
    ends = {"honest_gain_low": float(low) + below, "honest_gain_high": float(high) + above}
    total = {f"honest_total{end}": n * {**found, **ends}[f"honest_gain{end}"] for end in ("", "_low", "_high")}
    return {"against": against, "offer": offer, **found, **ends, **total}


def _organic_reach(gains: HonestGains, against: str, trial: Trial) -> tuple[float, float]:
    """Return how far the gain falls and rises between the ends of an assumed organic return."""
    worth = taken_off(trial, gains.choices)
    instead = gains.single if against == BEST_SINGLE else gains.status_quo[None]
    ends = organic_ends(trial, worth[instead].mean(axis=0) - worth[gains.decided].mean(axis=0))
    return float(ends.min()), float(ends.max())


def chosen_among(trial: Trial, among: Iterable[str] | None) -> tuple[str, ...]:
    """Return the offers that may be chosen, in the trial's order."""
    if among is None:
        return trial.choices
    wanted = [among] if isinstance(among, str) else list(among)
    unknown = [str(name) for name in wanted if name not in trial.choices]
    if unknown or len(set(wanted)) < 2:
        known = ", ".join(trial.choices)
        raise ValueError(f"among must name two or more of {known}; got {', '.join(map(str, wanted)) or 'nothing'}.")
    return tuple(name for name in trial.choices if name in wanted)


def _status_quo(trial, choices, status_quo, by) -> tuple[np.ndarray | None, str]:
    """Return what each customer gets today as a position among the choices, and its name."""
    if isinstance(status_quo, Mapping):
        rule = as_policy(status_quo, by)
        return rule.checked(trial.customers, choices), rule.name
    if status_quo is None and NO_OFFER not in choices:
        return None, ""
    status_quo = NO_OFFER if status_quo is None else status_quo
    if status_quo not in choices:
        raise ValueError(f"status_quo must be one of {', '.join(choices)}; got {status_quo!r}.")
    return np.full(len(trial.arm), choices.index(status_quo)), status_quo
