"""Whom to contact first, with which offer, and what is that expected to earn? A learned policy's `contact_list`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.labels import label_of
from winback.money import format_money, money_interval
from winback.policies.honest_value import HonestValue, honest_value
from winback.policies.new_leavers import read_leavers
from winback.policies.strangers import left_out_of, not_listed, said_of
from winback.results import Result, Sentences, Shown, counted, format_count, format_percent, join_words
from winback.tables import LAPSED, NO_OFFER, AnyTable, check_lapsed, in_trial
from winback.tables.likeness import to_choose_from
from winback.trial.assumed import assumption
from winback.trial.trial import Trial

FIRST_ROWS = 6
UNTOUCHED = "customers who were sent nothing and are still away"
ASKED_BEFORE = "customers who did not return, though they were asked once"


@dataclass(frozen=True, repr=False, kw_only=True)
class ContactList(Result):
    """Customers to contact, best first; see `LearnedPolicy.contact_list`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per customer worth a contact: ``rank`` (one for all who are expected to earn the same),
        ``customer_id``, ``offer``, ``why`` (the rule), ``reason`` (the stated one, where the table has it),
        ``expected_profit`` in money: incremental where what comes back anyway is known or assumed, else gross, as the
        column ``kind`` says. Then the columns of the analyst's own table that were kept, ``table_`` before the name of
        one that is called like a column of the list.
    value : HonestValue
        How expected profits follow from predictions.
    n_left_alone : int
        Customers on whom a contact is expected to lose money, or whose best offer is none.
    left_out : tuple of (str, int)
        Who is not listed, in words and how many: with a label that nobody in the trial had, do not contact, deceased.
    total, total_low, total_high : float
        Expected profit of all contacts, in money, with its interval: if a contact earns what one earned with customers
        of the trial of the same prediction. It is for what is expected, not for what these customers will happen to do.
    """

    frame: pd.DataFrame = field(repr=False)
    value: HonestValue
    kind: str
    whom: str
    n_left_alone: int
    currency: str = "$"
    left_out: tuple[tuple[str, int], ...] = ()
    lacking: tuple[str, ...] = ()  # in words: what the trial predicts by, and the customers' table lacks
    hardly_meant: str = ""  # how many of those asked about are back already, or not promising
    reading: tuple[str, ...] = ()  # sentences: what was taken for what in the file they are from
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

    @door
    def first(self, n: int = 10) -> Shown:
        """Return the first ``n`` customers of the list, as a notebook shows them."""
        shown = {**self.shown, "expected_profit": (f"Expected {self.kind} profit", "money")}
        if self.frame["why"].nunique() < 2:  # it tells nobody apart
            del shown["why"]
        return Shown(self.rounded(self.frame.head(n), shown))

    @property
    def total(self) -> float:
        """Expected profit of all contacts."""
        return float(self.frame["expected_profit"].sum())

    @property
    def total_low(self) -> float:
        """Lower end of its interval."""
        return self._ends[0]

    @property
    def total_high(self) -> float:
        """Upper end of its interval."""
        return self._ends[1]

    @property
    def _ends(self) -> tuple[float, float]:
        n = len(self.frame)
        return tuple(n * end for end in self.value.around(self.total / n)) if n else (0.0, 0.0)

    @property
    def groups(self) -> pd.DataFrame:
        """The trial's customers who would be contacted, in five equal parts by predicted profit.

        ``part``, ``n``, ``predicted``, and what they truly earned: ``measured``, ``measured_low``, ``measured_high``.
        """
        return self.value.groups

    def show_groups(self) -> Shown:
        """Return how predictions compare with what was measured, as a notebook shows it."""
        return Shown(self.rounded(self.groups, self.shown_groups))

    def describe(self) -> Sentences:
        """Say how many are listed and what they are expected to earn, what the order is worth, and the doubt."""
        return Sentences.of(list(_answer(self))[:3])

    def details(self) -> Sentences:
        """Say who gets what, who is better left alone, and what else is in doubt."""
        return Sentences.of([*_who_gets_what(self), *list(_answer(self))[3:], *self.reading])


def list_contacts(
    trial: Trial,
    lapsed: AnyTable | None,
    assign: Callable[[pd.DataFrame], pd.Series],
    why: Callable[[pd.DataFrame], np.ndarray | str],
    *,
    decided: np.ndarray | None,
    keep: Iterable[str] | None = None,
    asked: Iterable[str] = (),
    rng: int | np.random.Generator | None,
) -> ContactList:
    """List whom to contact under a policy, see `LearnedPolicy.contact_list`.

    ``assign`` and ``why`` turn customers into their offers and the rule that says so; ``decided`` is what the policy
    gives the trial's customers unseen, see `honest_value`; ``asked`` are the columns that it reads.
    """
    value = honest_value(trial, decided, rng=rng)
    wanted, whom, reading = whom_to_list(trial, lapsed)
    hardly_meant = "" if lapsed is None else _unlikely(wanted)
    elsewhere = [] if lapsed is not None else _contacted_elsewhere(trial, wanted, whom)
    out, left_out = not_listed(trial, wanted, asked, elsewhere)
    wanted = wanted[~out].reset_index(drop=True) if out.any() else wanted
    offers, rules = assign(wanted), why(wanted)
    frame = wanted[["customer_id"]].reset_index(drop=True).assign(offer=offers.to_numpy(), why=rules)
    if "reason" in wanted:
        frame["reason"] = wanted["reason"].astype(object).to_numpy()
    kind = "incremental" if NO_OFFER in trial.choices else "gross"
    frame["expected_profit"], frame["kind"] = value.expected(wanted, offers), kind
    for name, column in _kept(wanted, keep).items():
        frame[f"table_{name}" if name in {*frame, "rank"} else name] = column.to_numpy()
    kept = frame[(frame["expected_profit"] > 0) & (frame["offer"] != NO_OFFER)]
    kept = kept.sort_values("expected_profit", ascending=False, kind="stable", ignore_index=True)
    kept.insert(0, "rank", kept["expected_profit"].rank(method="min", ascending=False).astype(int))
    left_alone = {"n_left_alone": len(frame) - len(kept), "whom": whom, "left_out": tuple(left_out)}
    lacking = tuple(label_of(name) for name in trial.covariates if name not in wanted)
    left_alone |= {"hardly_meant": hardly_meant, "lacking": lacking, "reading": reading}
    return ContactList(frame=kept, value=value, kind=kind, currency=trial.currency, **left_alone)


def _kept(wanted: pd.DataFrame, keep: Iterable[str] | None) -> pd.DataFrame:
    """Return the columns to carry along: those asked for, or all that are the analyst's own."""
    if keep is None:
        known = {column.name for column in LAPSED}
        return wanted[[name for name in wanted if name not in known]]
    names = [keep] if isinstance(keep, str) else list(keep)
    missing = [name for name in names if name not in wanted]
    if missing:
        there = to_choose_from(missing[0], wanted.columns)
        raise ValueError(f"keep names {missing[0]!r}, which is no column of the customers to list. {there}")
    return wanted[names]


def whom_to_list(trial: Trial, lapsed: AnyTable | None) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Return the customers to list, who they are in words, and what is to be said of how they were read."""
    if isinstance(lapsed, str | Path):
        return read_leavers(lapsed, trial)
    if lapsed is not None:
        return check_lapsed(lapsed).reset_index(drop=True), "the customers asked about", ()
    table = trial.lapsed
    away = in_trial(table) & ~table["returned"].to_numpy(dtype=bool)
    untouched = away & (table["offer"].astype(object) == NO_OFFER).to_numpy()
    if untouched.any():
        return table[untouched].reset_index(drop=True), UNTOUCHED, ()
    return table[away].reset_index(drop=True), ASKED_BEFORE, ()


def _contacted_elsewhere(trial: Trial, wanted: pd.DataFrame, whom: str) -> list[tuple[str, np.ndarray]]:
    """Say of whom a row that does not count says that they are not what the list is of; see `read_trial`, ``keep``."""
    ids, other = wanted["customer_id"], trial.other_contacts
    found = [("came back after a later contact", ids.isin(other.back).to_numpy())]
    if whom == UNTOUCHED:
        found.append(("sent an offer at another contact", ids.isin(other.sent).to_numpy()))
    return found


def _unlikely(asked: pd.DataFrame) -> str:
    """Say how many of those asked about are hardly meant: back already, or judged not promising."""
    n_back = int(asked["returned"].to_numpy(dtype=bool, na_value=False).sum()) if "returned" in asked else 0
    n_unpromising = int((~in_trial(asked)).sum())
    parts = [f"{counted(n_back, 'of them', 'are')} back already"] if n_back else []
    were = "was" if n_unpromising == 1 else "were"
    parts += [f"{format_count(n_unpromising)} {were} judged not promising"] if n_unpromising else []
    return join_words(parts) if parts else ""


def _answer(found: ContactList) -> Iterator[str]:
    if not len(found.frame):  # nobody listed has neither order nor money
        yield _why_nobody(found)
        return
    total = money_interval(found.total, found.total_low, found.total_high, found.currency)
    listed = counted(len(found.frame), f"contacts with {found.whom}{_aside(found)}", "are")
    like = "with customers of the same prediction" if found.value.ranks else "on average"
    yield (
        f"{listed} expected to earn {total} {found.kind} profit in all{_each(found)}, if a contact earns what it did "
        f"in the trial {like}."
    )
    if found.lacking and len(found.lacking) == len(found.value.trial.covariates):
        yield "The order says nothing: the table has no column by which the trial predicts."
    else:
        yield found.value.says(found.currency)
        if found.lacking:
            yield f"The table lacks {join_words(found.lacking)}: in predictions, everybody is taken for average there."
    if found.whom == ASKED_BEFORE:
        yield (
            "Who declined once will earn less when asked again; how much less this trial cannot say. Take the order "
            "from here, not the money."
        )
    if found.kind == "gross":
        yield "Gross: no random group was left without an offer, so what would come back anyway is counted as earned."
    if assumption(found.value.trial):
        yield assumption(found.value.trial)


def _each(found: ContactList) -> str:
    """Say in brackets what one contact earns, and why that is not quite what the comparison of offers says."""
    trial = found.value.trial
    each = f"{format_money(found.total / len(found.frame), found.currency)} each"
    if found.value.ranks or len(found.frame["offer"].unique()) > 1:
        return f" ({each} on average)"
    unlike = ["judged on customers the choice has not seen"] if len(trial.sent) > 1 else []
    unlike += ["chance differences between the groups evened out"] if trial.covariates and not trial.adjust else []
    return f" ({each}: unlike the comparison, {', '.join(unlike)})" if unlike else f" ({each})"


def _aside(found: ContactList) -> str:
    """Say in brackets who is left out and why, and who is hardly meant; nothing where there is nobody."""
    parts = [part for part in (found.hardly_meant, left_out_of(found.left_out)) if part]
    return f" ({'; '.join(parts)})" if parts else ""


def _why_nobody(found: ContactList) -> str:
    """Say why nobody is listed: no contact pays, all are left out, or nobody was there to list."""
    if found.n_left_alone:
        return f"No contact is expected to pay, so nobody is listed of {found.whom}{_aside(found)}."
    if not found.left_out:
        return f"Nobody is listed: there are no {found.whom}."
    n = sum(n for _, n in found.left_out)
    reasons = found.left_out[0][0] if len(found.left_out) == 1 else left_out_of(found.left_out).partition(": ")[2]
    everyone = "the only one is left out" if n == 1 else f"all {format_count(n)} are left out"
    return f"Nobody is listed of {found.whom}: {everyone} ({reasons})."


def _who_gets_what(found: ContactList) -> Iterator[str]:
    for offer, rows in found.frame.groupby("offer", sort=False):
        yield f"{offer}: {counted(len(rows), 'customers')} ({format_percent(len(rows) / len(found.frame), 0)})."
    if found.left_out:
        yield said_of(found.left_out)
    if found.n_left_alone:
        yield f"{format_count(found.n_left_alone)} more are better left alone: a contact is not expected to pay."
