"""Who gets which offer? The ways of deciding that can be judged: a tree, a written rule, a model, a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np
import pandas as pd

from winback.doors import ArgumentError, door
from winback.labels import label_of
from winback.policies.exact_tree import exact_tree
from winback.policies.questions import OF_THE_TRIAL, OUTCOMES, SplitTable, check_known_beforehand, split_table
from winback.policies.screening import best_columns
from winback.policies.tree import PolicyTree
from winback.results import join_words
from winback.tables import NO_OFFER, ProblemList, label_codes, label_text
from winback.tables.likeness import to_choose_from
from winback.trial.assumed import assumed_alone
from winback.trial.late_columns import measured_after_the_offer
from winback.trial.trial import Trial


@dataclass(frozen=True)
class Decision:
    """What a policy chose for some customers, and what it promises where it promises anything."""

    choice: np.ndarray  # (n,) position among the choices
    promised: np.ndarray | None = None  # (n, n_choices) money per customer


class Policy(Protocol):
    """A way of deciding. What it learns, it learns from ``learn_from`` only."""

    name: str
    learns: bool

    def decide(
        self, trial: Trial, choices: tuple[str, ...], scores: np.ndarray, learn_from: np.ndarray, judge: np.ndarray
    ) -> Decision:
        """Decide for the customers ``judge`` after learning from others; both are positions in the trial."""


@dataclass(frozen=True)
class TreePolicy:
    """The best tree of at most two questions, found anew from the customers it may learn from."""

    by: tuple[str, ...]
    depth: int = 2
    smallest_leaf: int | None = None  # of all customers; of those learned from as large a share
    most_splits: int = 32
    most_columns: int | None = None  # those that part customers best by themselves, chosen anew; None: all
    name: str = "the tree"
    learns: ClassVar[bool] = True
    _splits: dict = field(default_factory=dict, repr=False, compare=False)

    def splits(self, customers: pd.DataFrame) -> SplitTable:
        """Return the splits of a table, which are found once."""
        if id(customers) not in self._splits:
            self._splits[id(customers)] = (customers, split_table(customers, self.by, self.most_splits))
        return self._splits[id(customers)][1]

    def tree(self, trial: Trial, scores: np.ndarray, learn_from: np.ndarray) -> PolicyTree:
        """Return the tree learned from some customers, given by positions."""
        smallest = self.smallest_leaf
        if smallest is not None and len(learn_from) < len(scores):
            smallest = max(1, round(smallest * len(learn_from) / len(scores)))
        scores, splits = scores[learn_from], self.splits(trial.customers).rows(learn_from)
        if self.most_columns is not None:
            splits = best_columns(scores, splits, self.most_columns, smallest)
        return exact_tree(scores, splits, self.depth, smallest)

    def decide(self, trial, choices, scores, learn_from, judge) -> Decision:
        """Decide by the best tree for those it learned from."""
        return Decision(self.tree(trial, scores, learn_from).assign(self.splits(trial.customers).rows(judge)))


@dataclass(frozen=True)
class WrittenRule:
    """The analyst's own rule: value of a column -> offer, None for no offer. It learns nothing."""

    by: str
    offers: Mapping[object, str | None]
    learns: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The rule in words."""
        return f"the rule by {label_of(self.by)}"

    def decide(self, trial, choices, scores, learn_from, judge) -> Decision:
        """Decide as written."""
        return Decision(self.positions(trial.customers.iloc[judge], choices))

    def checked(self, customers: pd.DataFrame, choices: tuple[str, ...]) -> np.ndarray:
        """Return `positions`, or refuse a rule that reads what nobody knows before the offer."""
        if self.by in customers:
            check_known_beforehand(customers, self.by)
        return self.positions(customers, choices)

    def positions(self, customers: pd.DataFrame, choices: tuple[str, ...]) -> np.ndarray:
        """Return each customer's offer as a position among the choices, or say why the rule cannot be followed."""
        problems = ProblemList("rule", customers)
        if self.by not in customers:
            remedy = f"Add it, or write the rule by another column. {to_choose_from(self.by, customers.columns)}"
            problems.add(self.by, "is missing, and the rule reads it", remedy)
            problems.raise_if_any()
        named = {value: NO_OFFER if offer is None else _as_label(offer) for value, offer in self.offers.items()}
        for offer in dict.fromkeys(named.values()):
            if offer not in choices:
                fault, remedy = f"is given offer {offer!r}, which was not tried", f"Tried: {join_words(choices)}."
                if offer == NO_OFFER:
                    fault = "leaves some customers without an offer, and what they do then is unknown"
                    remedy = "Without untreated customers say organic=, what would come back anyway."
                problems.add(self.by, fault, remedy)
        codes, labels = label_codes(customers[self.by])
        place = {offer: position for position, offer in enumerate(choices)}
        by_text = {label_text(value): offer for value, offer in named.items()}  # 1, 1.0 and "1" are one label
        positions = np.array([*(place.get(by_text.get(label_text(label)), -1) for label in labels), -1])[codes]
        left_out = np.array([*(label_text(label) not in by_text for label in labels), True])[codes]
        remedy = f"Say what they get, None for no offer; the rule knows {join_words(map(str, named))}."
        problems.add_rows(self.by, left_out, "has values for which the rule says nothing", remedy)
        problems.raise_if_any()
        return positions


def _as_label(offer: object) -> str:
    """Return what a rule says as text: what is none, such as a list or a missing value, names no offer."""
    return offer if isinstance(offer, str) else repr(offer)


@dataclass(frozen=True)
class ModelPolicy:
    """The offer with the highest second lifetime value, by a model fitted anew; see `model_policy`."""

    formulas: Mapping[str, str]
    joint: bool = False
    link: str = "probit"
    distribution: str = "lognormal"
    name: str = "the model"
    learns: ClassVar[bool] = True
    _bound: dict = field(default_factory=dict, repr=False, compare=False)

    def decide(self, trial, choices, scores, learn_from, judge) -> Decision:
        """Decide by the largest expected value net of cost."""
        if trial.horizon_months is None:
            raise ValueError("A model of second lifetimes needs second_tenure, second_ended and second_margin.")
        if id(trial) not in self._bound:  # a model is bound to a trial once; of several the last is remembered
            from winback.second_lifetime.in_parts import ModelInParts

            self._bound.clear()
            self._bound[id(trial)] = ModelInParts(trial, self.formulas, self.joint, self.link, self.distribution)
        model = self._bound[id(trial)]
        values = model.net_values(model.fit(learn_from), judge)
        if NO_OFFER in choices and trial.organic is not None:  # nobody was untreated: what is assumed of them
            alone = pd.DataFrame(assumed_alone(trial, trial.customers.iloc[judge]), values.index, trial.arms)
            values = (values - alone)[list(trial.arms)].assign(**{NO_OFFER: 0.0})
        unknown = [name for name in choices if name not in values]
        if unknown:
            raise ValueError(f"The model knows nothing of {join_words(unknown)}; put `offer` into its formulas.")
        promised = values[list(choices)].to_numpy()
        return Decision(promised.argmax(axis=1), promised)


@dataclass(frozen=True)
class FunctionPolicy:
    """A function of the caller's, see `evaluate_policy`."""

    function: Callable[[pd.DataFrame, pd.DataFrame], object]
    learns: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The function's name."""
        return getattr(self.function, "__name__", "the policy")

    def decide(self, trial, choices, scores, learn_from, judge) -> Decision:
        """Decide as the function does."""
        late = {*OF_THE_TRIAL, *OUTCOMES, *measured_after_the_offer(trial.customers)}
        known = [column for column in trial.customers if column not in late]
        wanted = trial.customers[known].iloc[judge]  # a look at their outcomes would be no decision but a prophecy
        try:
            chosen = np.asarray(self.function(trial.customers.iloc[learn_from], wanted), dtype=object)
        except Exception as error:  # whatever the analyst's own function raises
            text = f"{self.name}, called with customers to learn from and to decide for, failed"
            raise ValueError(f"{text}: {type(error).__name__}: {error}") from error
        chosen = np.where(pd.isna(chosen), NO_OFFER, chosen)
        position = pd.Index(choices).get_indexer(chosen) if chosen.shape == (len(wanted),) else np.array([-1])
        if (position < 0).any():
            wanted = f"one of {join_words(choices)} for each of {len(wanted):,} customers"
            raise ValueError(f"The policy must return {wanted}.")
        return Decision(position)


@door
def model_policy(
    *,
    reacquisition: str,
    tenure: str,
    margin: str,
    joint: bool = False,
    link: str = "probit",
    distribution: str = "lognormal",
) -> ModelPolicy:
    """Return the policy that sends each customer the offer with the highest second lifetime value.

    The model is fitted anew wherever the policy is judged, on customers other than those it decides for.

    Parameters
    ----------
    reacquisition, tenure, margin, link, distribution : str
        As for `fit_two_part`. Let ``offer`` interact with what should decide (``offer * reason``): without an
        interaction a model can hardly do anything but send one offer to everybody.
    joint : bool
        Fit `fit_joint` instead, which has the probit link.

    Examples
    --------
    >>> model_policy(reacquisition="offer * reason", tenure="offer", margin="offer").name
    'the model'
    """
    if link not in ("probit", "logit") or (joint and link != "probit"):
        raise ValueError(f"link must be probit, or logit where joint is False; got {link!r}.")
    formulas = {"reacquisition": reacquisition, "tenure": tenure, "margin": margin}
    return ModelPolicy(formulas, joint, link, distribution)


def as_policy(policy, by: str | None = None) -> Policy:
    """Return what decides: a mapping becomes a written rule, a function a policy."""
    if isinstance(policy, Mapping):
        if not isinstance(by, str):
            raise ValueError("A written rule needs by=, the column whose values it reads.")
        if not policy:
            raise ValueError("The rule is empty: say which value of the column gets which offer, None for no offer.")
        return WrittenRule(by, dict(policy))
    if hasattr(policy, "decide"):
        return policy
    if callable(policy):
        return FunctionPolicy(policy)
    raise ArgumentError(
        f"policy must be a rule such as {{'price': 'discount'}}, a learned policy, model_policy(...) or a function; "
        f"got {type(policy).__name__}."
    )
