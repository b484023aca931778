"""Who should get which offer? The best tree of at most two questions, and whether it pays: `learn_policy`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from winback.clusters import part_of
from winback.doors import door
from winback.labels import label_of
from winback.policies.candidates import TreePolicy
from winback.policies.evaluate import chosen_among, evaluate_policy
from winback.policies.evaluation import PolicyEvaluation
from winback.policies.honest import over_splits
from winback.policies.learned import LearnedPolicy
from winback.policies.questions import what_can_be_asked
from winback.policies.screening import MOST_COLUMNS, says_what_is_searched
from winback.policies.tree import Leaf, PolicyTree
from winback.results import join_words
from winback.skewness import skewed_interval
from winback.trial.assumed import with_assumed
from winback.trial.predictions import fold_problems
from winback.trial.same_terms import check_is_trial
from winback.trial.scores import trial_scores
from winback.trial.skewed_scores import own_arm, score_length
from winback.trial.splits import Splits
from winback.trial.trial import Trial
from winback.uncertainty import mean_interval, normal_quantile

EVERYBODY = "everybody"
MOST_NAMED = 5  # columns that a sentence can hold


@door
def learn_policy(
    trial: Trial,
    by: str | Iterable[str] | None = None,
    *,
    depth: int = 2,
    smallest_leaf: int | None = None,
    most_splits: int = 32,
    among: Iterable[str] | None = None,
    status_quo: str | Mapping | None = None,
    splits: Splits = Splits(),  # noqa: B008 (frozen)
    level: float = 0.95,
) -> LearnedPolicy:
    r"""Learn who should get which offer, and judge it on customers it has not seen.

    Of all trees of at most ``depth`` questions about the columns ``by``, the one that earns most is found exactly:

    .. math:: \hat\pi = \arg\max_{\pi} \frac{1}{n} \sum_i \Gamma_{i, \pi(X_i)}

    with the scores of `offer_scores`, averaged over the repeated splits (Zhou, Athey & Wager 2023, Operations Research
    71). A tree found that way looks better than it is; so the whole search is repeated on parts of the customers and
    judged on the rest, as in `evaluate_policy`, and the recommendation follows the lower bound of that honest gain.

    Parameters
    ----------
    trial : Trial
        From `read_trial`.
    by : str or iterable of str, optional
        Columns the rules may read: known before the offer, numbers or categories. By default all there are; of more
        than eight, those that part customers best by themselves, chosen anew on each part. Where there are none, or
        nothing to choose among, the policy is one offer for everybody and says why.
    depth : {1, 2}
        Questions asked in a row.
    smallest_leaf : int, optional
        Fewest customers of a rule; by default 1% of them, and at least 30.
    most_splits : int
        A number is cut at no more than this many values.
    among, status_quo, splits, level
        As in `evaluate_policy`; a ``status_quo`` rule needs one column in ``by``.

    Returns
    -------
    LearnedPolicy

    Raises
    ------
    TableError, ValueError
        When the table is broken, or a column in ``by`` is missing or was measured after the offer.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> policy = wb.learn_policy(study.trial, by=["reason", "complaints"], splits=wb.Splits(repeats=2))
    >>> int(policy.rules["n"].sum())
    4500
    """
    check_is_trial(trial)
    columns, notes, most_columns = [by] if isinstance(by, str) else by, (), None
    if by is None:
        columns, notes = what_can_be_asked(trial.customers, trial.known, most_splits)
        if refused := _not_told_apart(trial, columns, splits):
            return _one_offer(trial, chosen_among(trial, among if len(trial.choices) > 1 else None), refused, splits)
        most_columns = MOST_COLUMNS
        notes += says_what_is_searched(len(columns)) if depth == 2 else ()
    columns = tuple(columns)
    name = _tree_in_words(columns, everything=by is None)
    policy = TreePolicy(columns, depth, smallest_leaf, most_splits, most_columns, name=name)
    policy.splits(trial.customers)  # refuses columns before anything is computed
    asked = {"among": among, "status_quo": status_quo, "splits": splits, "level": level}
    evaluation = evaluate_policy(trial, policy, by=columns[0], **asked)
    tree = policy.tree(trial, evaluation.gains.scores, np.arange(len(trial.arm)))
    found = {"tree": tree, "rules": _rules(tree, evaluation), "evaluation": evaluation, "policy": policy}
    found |= {name: getattr(evaluation, name) for name in ("trial", "best_single", "choices", "currency")}
    return LearnedPolicy(**found, notes=notes)


def _tree_in_words(columns: tuple[str, ...], everything: bool) -> str:
    """Name a tree by what it may ask about: figures of trees of other columns are other figures."""
    few = join_words(map(label_of, columns)) if len(columns) <= MOST_NAMED else f"{len(columns)} columns"
    return "the tree of questions about what was known beforehand" if everything else f"the tree by {few}"


def _not_told_apart(trial: Trial, columns: list[str], splits: Splits) -> str:
    """Return why customers cannot be told apart in this trial; empty where they can."""
    if len(trial.choices) < 2:
        return "there is one offer and nothing to compare it with"
    if not columns:
        return "nothing known before the offer is in the table" + (" that differs between them" if trial.known else "")
    folds = trial.folds(splits.folds, np.random.default_rng(0))  # every deal has the same sizes
    n_columns = trial.matrix.shape[1] if trial.model == "linear" else 0
    return "; ".join(fold_problems(folds, trial.arm, trial.arms, n_columns, n_left_out=2))


def _one_offer(trial: Trial, choices: tuple[str, ...], refused: str, splits: Splits) -> LearnedPolicy:
    """Return the policy that sends everybody what is best on average."""
    folds = trial.folds(splits.folds, np.random.default_rng(splits.rng))
    scores = with_assumed(trial, trial_scores(trial, "profit", folds)[0])
    means = scores[:, [trial.choices.index(name) for name in choices]].mean(axis=0)
    best, n = int(means.argmax()), len(scores)
    gains = dict.fromkeys(("honest_gain", "honest_gain_low", "honest_gain_high"), np.nan)
    row = {"rule": EVERYBODY, "offer": choices[best], "n": n, "share": 1.0, **gains}
    found = {"rules": pd.DataFrame([row | {"in_sample_gain": 0.0, "in_sample_std_error": 0.0}])}
    found |= {"tree": PolicyTree((Leaf((), best, n),), float(means[best]), n), "best_single": choices[best]}
    return LearnedPolicy(trial=trial, choices=choices, refused=refused, currency=trial.currency, **found)


def _rules(tree: PolicyTree, evaluation: PolicyEvaluation) -> pd.DataFrame:
    """Return one row per leaf; its honest gain is the median over splits, as that of the whole tree."""
    gains, choices, trial = evaluation.gains, evaluation.choices, evaluation.trial
    leaf = tree.leaf_of(trial.customers)
    best = choices.index(evaluation.best_single)
    own, rows = own_arm(trial)[:, [trial.choices.index(name) for name in choices]], []
    for place, each in enumerate(tree.leaves):
        inside = leaf == place
        n = int(inside.sum())
        together = part_of(trial.clusters, inside)
        flattering = gains.scores[inside, each.arm] - gains.scores[inside, best]
        naive, naive_error, *_ = mean_interval(flattering, clusters=together)
        honest, honest_error, *_ = mean_interval(gains.customer_gains[:, inside].T, clusters=together)
        gain, error = over_splits(honest, honest_error)
        members = np.flatnonzero(inside)
        counts = own[members, gains.decided[:, inside]] - own[members, gains.single[:, inside]]  # (n_splits, n)
        length = np.median(score_length(trial, counts.T, rows=members))
        low, high = skewed_interval(gain, error, length, normal_quantile(evaluation.level))
        if each.arm == best:  # nothing else is sent there, so nothing is gained or lost
            gain = low = high = np.nan
        row = {"rule": " and ".join(each.conditions) or EVERYBODY, "offer": choices[each.arm], "n": n}
        row |= {"share": n / len(leaf), "honest_gain": float(gain), "honest_gain_low": low, "honest_gain_high": high}
        rows.append(row | {"in_sample_gain": naive, "in_sample_std_error": naive_error})
    return pd.DataFrame(rows)
