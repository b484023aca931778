"""Who should get which offer, and whom to contact first? The result of `learn_policy`, and what can be asked of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.policies.candidates import TreePolicy
from winback.policies.contact_list import ContactList
from winback.policies.evaluation import (
    PolicyEvaluation,
    against_today,
    as_judged,
    doubts,
    flattering,
    in_short,
    next_step,
    send,
)
from winback.policies.listing import Chooser, list_contacts
from winback.policies.tree import PolicyTree
from winback.policies.truth import Judged, TruthComparison
from winback.results import Result, Sentences, format_percent
from winback.tables import NO_OFFER, AnyTable
from winback.trial.trial import Trial

NO_RULE = "no rule: never seen in the trial"


@dataclass(frozen=True, repr=False, kw_only=True)
class LearnedPolicy(Result):
    """A tree that says who gets which offer, and whether following it pays; see `learn_policy`.

    Attributes
    ----------
    trial : Trial
        From which it was learned, under whose terms it lists contacts.
    rules : pandas.DataFrame
        One row per leaf: ``rule`` in words, ``offer``, ``n`` customers and their ``share``, ``honest_gain`` per
        customer of the leaf over the best single offer with ``honest_gain_low`` and ``honest_gain_high`` (missing where
        the rule sends that very offer), and
        ``in_sample_gain`` with its ``in_sample_std_error``, which flatters.
    best_single : str
        The offer that earns most when everybody gets it; ``none``: no offer does.
    policy : TreePolicy
        How the tree is found, anew on each part of the customers.
    evaluation : PolicyEvaluation or None
        The tree's gain on customers it has not seen; None where customers cannot be told apart, ``refused`` says why.
    notes : tuple of str
        What else a reader should know of the columns.
    """

    trial: Trial = field(repr=False)
    rules: pd.DataFrame = field(repr=False)
    tree: PolicyTree = field(repr=False)
    best_single: str
    choices: tuple[str, ...]
    policy: TreePolicy | None = field(repr=False, default=None)
    evaluation: PolicyEvaluation | None = field(repr=False, default=None)
    refused: str = ""
    notes: tuple[str, ...] = ()
    currency: str = "$"
    learns: ClassVar[bool] = True
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "rule": ("Customers", "text"),
        "offer": ("Offer", "text"),
        "n": ("Number", "count"),
        "share": ("Share", "percent"),
        "honest_gain": ("Gain, on customers not seen", "money"),
        "in_sample_gain": ("On those learned from (flattering)", "money"),
    }

    @property
    def pays(self) -> bool:
        """Whether telling customers apart is shown to pay."""
        return self.evaluation is not None and self.evaluation.pays

    @property
    def honest_gain(self) -> float:
        """Gain per customer over the best single offer, on customers the tree has not seen."""
        return 0.0 if self.evaluation is None else self.evaluation.honest_gain

    @property
    def name(self) -> str:
        """The policy in words."""
        return "one offer for everybody" if self.policy is None else self.policy.name

    def to_frame(self) -> pd.DataFrame:
        """Return one row per rule."""
        return self.rules.copy()

    def decide(self, trial, choices, scores, learn_from, judge):
        """Learn the tree anew and decide, so that `evaluate_policy` can judge it."""
        if self.policy is None:
            raise ValueError(f"Customers are not told apart ({self.refused}): there is no rule to judge.")
        return self.policy.decide(trial, choices, scores, learn_from, judge)

    @door
    def assign(self, customers: pd.DataFrame, *, as_learned: bool = False) -> pd.Series:
        """Return the offer each customer should get.

        The recommendation is followed: where the tree is not shown to pay, everybody gets the best single offer;
        ``as_learned``: by the tree, whether it is shown to pay or not. Customers, who need not be of the trial, have
        the columns the rules read; the offers have their index. Who has a label that nobody in the trial had, or none
        where all had one, is under no rule and gets the best single offer, too.
        """
        if as_learned or self.pays:
            chosen = np.array(self.choices, dtype=object)[self.tree.assign(customers)]
            chosen[self.tree.never_seen(customers)] = self.best_single
        else:
            chosen = np.full(len(customers), self.best_single, dtype=object)
        return pd.Series(chosen, index=customers.index, name="offer")

    @door
    def rule_of(self, customers: pd.DataFrame) -> np.ndarray:
        """Return in words the rule of the tree that each customer falls under, or that there is none, shape (n,)."""
        rules = self.rules["rule"].to_numpy(dtype=object)[self.tree.leaf_of(customers)]
        return np.where(self.tree.never_seen(customers), NO_RULE, rules)

    @door
    def contact_list(
        self,
        lapsed: AnyTable | None = None,
        *,
        keep: Iterable[str] | None = None,
        keep_back: float = 0.0,
        asof: datetime.date | str | None = None,
        rng: int | np.random.Generator | None = 0,
    ) -> ContactList:
        r"""List whom to contact, best first, with which offer and what that is expected to earn.

        Each customer gets the offer that the policy recommends: the tree's where tailoring is shown to pay, else the
        best single offer. What that earns is predicted from the trial, under its terms, and then made honest
        (`winback.policies.honest_value`): where predictions do not tell customers apart on held-out folds, everybody
        is expected to earn the average and the order says nothing, which is said.

        Parameters
        ----------
        lapsed : pandas.DataFrame, path or Lapsed, optional
            Whom to list, with the columns the trial has: new leavers, say, or ``base.lapsed(asof=...)``. In a file they
            are found by the names that the trial's own table has. By default the trial's own customers who were sent
            nothing and are still away; where there are none, all who did not return. They are listed as they are on
            the last day of their data (`winback.policies.list_day`): whoever has been away for longer than the trial
            knows by then is left out and counted, and so is who is back.
        keep : iterable of str, optional
            Columns of that table to carry along, at the end: names, addresses. By default all that are the analyst's
            own, which is all but those winback knows; ``[]`` for none.
        keep_back : float
            Chance of each who is worth a contact to be sent nothing, at the end of the list with the offer ``none``:
            without them nobody can tell afterwards what the contacts earned. It is drawn by the id, so that with the
            same ``rng`` a later list, longer or shorter, keeps the same customers back.
        asof : date or text, optional
            Day of the list: of whom it is known when they left, or were last sent an offer, the months are counted
            to it. By default it is as the data say, and where only the day of leaving is known it is today.
        rng : int, Generator or None
            Seed of the folds.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
        >>> policy = wb.learn_policy(study.trial, by="reason", splits=wb.Splits(repeats=2))
        >>> found = policy.contact_list(study.new_leavers)
        >>> found.kind, found.whom, int(found.frame["rank"].iloc[0])
        ('incremental', 'customers lost by 2015-12-31', 1)
        """
        why = self.rule_of if self.pays else lambda customers: "best for everybody"
        decided, asked = None, self.tree.asked if self.pays else ()
        if self.evaluation is not None:  # what the trial's customers would get, decided without them
            gains = self.evaluation.gains
            place = pd.Index(self.trial.choices).get_indexer(self.choices)
            decided = place[gains.decided if self.pays else gains.single]
        chooser = Chooser(self.assign, why, decided, asked)
        return list_contacts(self.trial, lapsed, chooser, keep=keep, keep_back=keep_back, asof=asof, rng=rng)

    @door
    def check(
        self, truth: pd.DataFrame | None = None, *, beside: Mapping[str, Judged] | None = None
    ) -> TruthComparison | Sentences:
        """Hold the tree's honest gain against what it truly earned, see `PolicyEvaluation.check`."""
        if self.evaluation is None:
            return Sentences(f"Customers are not told apart ({self.refused}): there is no gain to check.")
        return self.evaluation.check(truth, beside=beside)

    def describe(self) -> Sentences:
        """Say what to do, whom the tree sends what or else what that earns over today, and the doubt that matters."""
        if self.evaluation is None:
            only = f"it is {self.best_single}, for everybody or nobody"  # of one offer, with nothing beside it
            choice = send(self.best_single, self.trial) if len(self.choices) > 1 else only
            return Sentences.of([f"Customers are not told apart: {self.refused}.", f"{choice}."])
        second = [*self._over_today()[:1], _rules(self.rules)][0]
        return Sentences.of([in_short(self.evaluation), second, *self._in_doubt()[:1]])

    def details(self) -> Sentences:
        """Say what the tree would do or what it earns over today, what else is in doubt, and which columns it reads."""
        if self.evaluation is None:
            return Sentences.of(self.notes)
        today = self._over_today()
        rest = [_rules(self.rules), *today[1:]] if today else against_today(self.evaluation)
        return Sentences.of([*rest, *self._in_doubt()[1:], *self.notes])

    def _in_doubt(self) -> list[str]:
        """Return what is in doubt, then what tailoring earned where it does not pay, and what promises too much."""
        earned = [] if self.pays else [as_judged(self.evaluation)]
        return [*doubts(self.evaluation), *earned, *flattering(self.evaluation)]

    def _over_today(self) -> list[str]:
        """Return what one offer for all earns over today; nothing where the tree's rules are what matters, or gross."""
        return [] if self.pays else list(against_today(self.evaluation))

    def what_to_do(self) -> Sentences:
        """Say what to do next: follow the tree, send one offer to all, or find out first what tells customers apart."""
        if self.evaluation is not None:
            return Sentences.of([next_step(self.evaluation)])
        return Sentences.of(
            ["Compare the offers for all customers alike, and note what is known of each before an offer is sent."]
        )


def _rules(rules: pd.DataFrame) -> str:
    """Say what the tree would do, rule by rule."""
    offers = rules["offer"].replace(NO_OFFER, "no offer")
    if len(rules) == 1:
        return f"The best tree asks nothing: {offers.iloc[0]} for everybody."
    named = zip(rules["rule"], offers, rules["share"], strict=True)
    parts = (f"{rule}: {offer} ({format_percent(share, 0)} of customers)" for rule, offer, share in named)
    return f"By the tree itself, {'; '.join(parts)}."
