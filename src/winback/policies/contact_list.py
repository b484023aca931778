"""Whom to contact first, with which offer, and what is that expected to earn? `contact_list`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.policies.honest_value import HonestValue, honest_value
from winback.policies.learned import LearnedPolicy, learn_policy
from winback.results import Result, Sentences, Shown, format_count, format_money, format_percent, join_words
from winback.tables import NO_OFFER, check_lapsed, in_trial
from winback.trial.assumed import assumption
from winback.trial.splits import Splits
from winback.trial.trial import Trial

FIRST_ROWS = 6
ASKED_BEFORE = "customers who did not return, though they were asked once"


@dataclass(frozen=True, repr=False, kw_only=True)
class ContactList(Result):
    """Customers to contact, best first; see `contact_list`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per customer worth a contact: ``rank``, ``customer_id``, ``offer``, ``why`` (the rule), ``reason`` (the
        stated one, where the table has it), ``expected_profit`` in money: incremental where what comes back anyway is
        known or assumed, else gross, as the column ``kind`` says.
    groups : pandas.DataFrame
        The trial's customers who would be contacted, in five equal parts by predicted profit: ``part``, ``n``,
        ``predicted``, and what they truly earned, ``measured`` with ``measured_low`` and ``measured_high``.
    policy : LearnedPolicy or None
        What decides; None where customers cannot be told apart and everybody gets the best single offer.
    value : HonestValue
        How expected profits follow from predictions.
    kind : str
        ``incremental`` or ``gross``.
    n_left_alone : int
        Customers on whom a contact is expected to lose money, or whose best offer is none.
    """

    frame: pd.DataFrame = field(repr=False)
    groups: pd.DataFrame = field(repr=False)
    policy: LearnedPolicy | None = field(repr=False)
    value: HonestValue
    kind: str
    whom: str
    refused: str  # why customers are not told apart, where they are not
    n_left_alone: int
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "rank": ("Rank", "count"),
        "customer_id": ("Customer", "text"),
        "offer": ("Offer", "text"),
        "reason": ("Left for", "text"),
        "why": ("Why this offer", "text"),
    }
    shown_groups: ClassVar[Mapping[str, tuple[str, str]]] = {
        "part": ("Fifth, most promising first", "count"),
        "n": ("Customers", "count"),
        "predicted": ("Predicted profit", "money"),
        "measured": ("Measured profit", "money"),
    }

    def table(self) -> pd.DataFrame:
        """Return the first rows of the list, rounded."""
        return self.first(FIRST_ROWS).frame

    def first(self, n: int = 10) -> Shown:
        """Return the first ``n`` customers of the list, as a notebook shows them."""
        shown = {**self.shown, "expected_profit": (f"Expected {self.kind} profit", "money")}
        return Shown(self.rounded(self.frame.head(n), shown))

    @property
    def tailoring(self) -> Sentences:
        """Whether different customers should get different offers."""
        if self.policy is None:
            return Sentences(f"Customers are not told apart: {self.refused}.")
        return self.policy.describe()

    def show_groups(self) -> Shown:
        """Return how predictions compare with what was measured, as a notebook shows it."""
        return Shown(self.rounded(self.groups, self.shown_groups))

    def describe(self) -> Sentences:
        """Say who is on the list, in which order, and what it is expected to earn."""
        return Sentences.of(_lines(self))


def contact_list(
    trial: Trial,
    *,
    whom: pd.DataFrame | None = None,
    policy: LearnedPolicy | None = None,
    rng: int | np.random.Generator | None = 0,
) -> ContactList:
    r"""List whom to contact, best first, with which offer and what that is expected to earn.

    Each customer gets the offer that the policy recommends: the tree's where tailoring is shown to pay, else the best
    single offer. What that earns is predicted from the trial and then made honest (`winback.policies.honest_value`):
    where predictions do not tell customers apart on held-out folds, everybody is expected to earn the average and the
    order says nothing, which is said.

    Parameters
    ----------
    trial : Trial
        To learn from, see `read_trial`.
    whom : pandas.DataFrame, optional
        Whom to list, with the columns the trial has: new leavers, say. By default the trial's own customers who were
        sent nothing and are still away; where there are none, all who did not return.
    policy : LearnedPolicy, optional
        From `learn_policy`; by default learned from all columns known beforehand.
    rng : int, Generator or None
        Seed of the folds.

    Returns
    -------
    ContactList
        ``to_frame()`` is the whole list.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> found = wb.contact_list(study.trial)
    >>> found.kind, int(found.frame["rank"].iloc[0])
    ('incremental', 1)
    """
    refused = ""
    if policy is None:
        policy, refused = _learned(trial, rng)
    elif strange := [name for name in policy.choices if name not in trial.choices]:
        raise ValueError(
            f"The policy may choose {join_words(strange)}, of which this trial says nothing; it has "
            f"{join_words(trial.choices)}. Learn the policy from this trial, with the same organic."
        )
    value = honest_value(trial, policy, rng=rng)
    wanted, said = _whom(trial, whom)
    chosen = pd.Series(value.best_single, index=wanted.index) if policy is None else policy.assign(wanted)
    expected = value.expected(wanted, chosen)
    frame = pd.DataFrame({"customer_id": wanted["customer_id"].to_numpy(), "offer": chosen.to_numpy()})
    frame["why"] = _why(policy, wanted)
    if "reason" in wanted:
        frame["reason"] = wanted["reason"].astype(object).to_numpy()
    kind = "incremental" if NO_OFFER in trial.choices else "gross"
    frame["expected_profit"], frame["kind"] = expected, kind
    kept = frame[(frame["expected_profit"] > 0) & (frame["offer"] != NO_OFFER)]
    kept = kept.sort_values("expected_profit", ascending=False, kind="stable", ignore_index=True)
    kept.insert(0, "rank", np.arange(1, len(kept) + 1))
    return ContactList(
        frame=kept,
        groups=value.groups,
        policy=policy,
        value=value,
        kind=kind,
        whom=said,
        refused=refused,
        n_left_alone=len(frame) - len(kept),
        currency=trial.currency,
    )


def _learned(trial: Trial, rng) -> tuple[LearnedPolicy | None, str]:
    """Return the best tree from all that is known beforehand, or why customers cannot be told apart."""
    if len(trial.choices) < 2:
        return None, "there is one offer and nothing to compare it with"
    if not trial.known:
        return None, "nothing known before the offer is in the table"
    try:
        return learn_policy(trial, splits=Splits(rng=rng)), ""
    except ValueError as error:
        return None, str(error).rstrip(".")


def _whom(trial, whom) -> tuple[pd.DataFrame, str]:
    """Return the customers to list, and who they are in words."""
    if whom is not None:
        return check_lapsed(whom).reset_index(drop=True), "the customers asked about"
    table = trial.lapsed
    away = in_trial(table) & ~table["returned"].to_numpy(dtype=bool)
    untouched = away & (table["offer"].astype(object) == NO_OFFER).to_numpy()
    if untouched.any():
        return table[untouched].reset_index(drop=True), "customers who were sent nothing and are still away"
    return table[away].reset_index(drop=True), ASKED_BEFORE


def _why(policy: LearnedPolicy | None, wanted: pd.DataFrame) -> np.ndarray | str:
    if policy is None or not policy.evaluation.pays:
        return "best for everybody"
    return policy.rule_of(wanted)


def _lines(found: ContactList) -> Iterator[str]:
    total = format_money(found.frame["expected_profit"].sum(), found.currency)
    yield (
        f"{format_count(len(found.frame))} contacts, expected to earn {total} {found.kind} profit in all. Listed: "
        f"{found.whom}."
    )
    for offer, rows in found.frame.groupby("offer", sort=False):
        yield f"{offer}: {format_count(len(rows))} customers ({format_percent(len(rows) / len(found.frame), 0)})."
    if found.whom == ASKED_BEFORE:
        yield (
            "Who declined once will earn less when asked again; how much less this trial cannot say. Take the order "
            "from here, not the money."
        )
    if found.n_left_alone:
        yield f"{format_count(found.n_left_alone)} more are better left alone: a contact is not expected to pay."
    if found.refused:
        yield f"Customers are not told apart: {found.refused}."
    if len(found.frame):  # nobody listed has no order
        yield found.value.says(found.currency)
    if assumption(found.value.trial):
        yield assumption(found.value.trial)
    if found.kind == "gross":
        yield "Gross: no random group was left without an offer, so what would come back anyway is counted as earned."
