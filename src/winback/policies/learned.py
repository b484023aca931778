"""Who should get which offer? The best tree of at most two questions, and whether it pays: `learn_policy`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.policies.candidates import TreePolicy
from winback.policies.evaluation import Judged, PolicyEvaluation, evaluate
from winback.policies.honest import over_splits
from winback.policies.tree import PolicyTree, leaf_of
from winback.results import Result, Sentences
from winback.trial.splits import Splits
from winback.trial.trial import Trial
from winback.uncertainty import normal_interval

EVERYBODY = "everybody"


@dataclass(frozen=True, repr=False, kw_only=True)
class LearnedPolicy(Result):
    """A tree that says who gets which offer, and whether following it pays; see `learn_policy`.

    Attributes
    ----------
    rules : pandas.DataFrame
        One row per leaf: ``rule`` in words, ``offer``, ``n`` customers and their ``share``, ``honest_gain`` per
        customer of the leaf over the best single offer with ``honest_gain_low`` and ``honest_gain_high`` (missing where
        the rule sends that very offer), and
        ``in_sample_gain`` with its ``in_sample_std_error``, which flatters.
    evaluation : PolicyEvaluation
        The tree's gain on customers it has not seen.
    tree : PolicyTree
    choices : tuple of str
        What the tree chooses among.
    """

    rules: pd.DataFrame = field(repr=False)
    evaluation: PolicyEvaluation = field(repr=False)
    tree: PolicyTree = field(repr=False)
    policy: TreePolicy = field(repr=False)
    currency: str = "$"
    learns: ClassVar[bool] = True
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "rule": ("Customers", "text"),
        "offer": ("Offer", "text"),
        "n": ("Number", "count"),
        "share": ("Share", "percent"),
        "honest_gain": ("Honest gain per customer", "money"),
        "in_sample_gain": ("In sample (flattering)", "money"),
    }

    @property
    def choices(self) -> tuple[str, ...]:
        """What the tree chooses among."""
        return self.evaluation.choices

    @property
    def honest_gain(self) -> float:
        """Gain per customer over the best single offer, on customers the tree has not seen."""
        return self.evaluation.honest_gain

    @property
    def name(self) -> str:
        """The policy in words."""
        return self.policy.name

    def to_frame(self) -> pd.DataFrame:
        """Return one row per rule."""
        return self.rules.copy()

    def decide(self, trial, choices, scores, learn_from, judge):
        """Learn the tree anew and decide, so that `evaluate_policy` can judge it."""
        return self.policy.decide(trial, choices, scores, learn_from, judge)

    def assign(self, customers: pd.DataFrame, *, as_learned: bool = False) -> pd.Series:
        """Return the offer each customer should get.

        The recommendation is followed: where the tree is not shown to pay, everybody gets the best single offer.

        Parameters
        ----------
        customers : pandas.DataFrame
            With the columns the rules read; customers who were never in the trial, too.
        as_learned : bool
            True: by the tree, whether it is shown to pay or not.

        Returns
        -------
        pandas.Series
            Offers, in the order and with the index of ``customers``.
        """
        names = np.array(self.choices, dtype=object)
        if as_learned or self.evaluation.pays:
            chosen = names[self.tree.assign(customers)]
        else:
            chosen = np.full(len(customers), self.evaluation.best_single, dtype=object)
        return pd.Series(chosen, index=customers.index, name="offer")

    def rule_of(self, customers: pd.DataFrame) -> np.ndarray:
        """Return in words the rule of the tree that each customer falls under, shape (n,)."""
        return self.rules["rule"].to_numpy(dtype=object)[leaf_of([each.steps for each in self.tree.leaves], customers)]

    def describe(self) -> Sentences:
        """Say what to do, what the tree would do, and what tailoring is worth."""
        from winback.policies.wording import evaluation_lines, rule_lines

        return Sentences.of([*evaluation_lines(self.evaluation), *rule_lines(self)])


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
        Columns the rules may read: known before the offer, numbers or categories; by default all there are.
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
        ``rules``, ``honest_gain``, ``assign(customers)``.

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
    judged = Judged(among=among, status_quo=status_quo, splits=splits, level=level)
    columns = [by] if isinstance(by, str) else list(trial.known if by is None else by)
    policy = TreePolicy(tuple(columns), depth, smallest_leaf, most_splits)
    policy.splits(trial.customers)  # refuses columns before anything is computed
    evaluation = evaluate(trial, policy, judged, columns[0])
    tree = policy.tree(trial, evaluation.gains.scores, np.arange(len(trial.arm)))
    return LearnedPolicy(
        rules=_rules(tree, evaluation),
        evaluation=evaluation,
        tree=tree,
        policy=policy,
        currency=evaluation.currency,
    )


def _rules(tree: PolicyTree, evaluation: PolicyEvaluation) -> pd.DataFrame:
    """Return one row per leaf; its honest gain is the median over splits, as that of the whole tree."""
    gains, choices, trial = evaluation.gains, evaluation.choices, evaluation.trial
    leaf = leaf_of([each.steps for each in tree.leaves], trial.customers)
    best = choices.index(evaluation.best_single)
    rows = []
    for place, each in enumerate(tree.leaves):
        inside = leaf == place
        n = int(inside.sum())
        naive = gains.scores[inside, each.arm] - gains.scores[inside, best]
        honest, root = gains.customer_gains[:, inside], np.sqrt(n)
        gain, error = over_splits(honest.mean(axis=1), honest.std(axis=1, ddof=1) / root)
        low, high = normal_interval(gain, error, evaluation.level)
        if each.arm == best:  # nothing else is sent there, so nothing is gained or lost
            gain = low = high = np.nan
        row = {"rule": " and ".join(each.conditions) or EVERYBODY, "offer": choices[each.arm], "n": n}
        row |= {"share": n / len(leaf), "honest_gain": float(gain), "honest_gain_low": low, "honest_gain_high": high}
        rows.append(row | {"in_sample_gain": naive.mean(), "in_sample_std_error": naive.std(ddof=1) / root})
    return pd.DataFrame(rows)
