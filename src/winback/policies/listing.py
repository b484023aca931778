"""Who is listed, under which offer, with what expected profit? How a `ContactList` is made."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.util import hash_array

from winback.base.lapsed import LOST_AGAIN, PENDING_THEN, Lapsed
from winback.labels import label_of
from winback.policies.contact_list import (
    ASKED_BEFORE,
    DOES_NOT_PAY,
    KEPT_BACK,
    NOT_SHOWN,
    TOO_LATELY,
    UNTOUCHED,
    ContactList,
)
from winback.policies.honest_value import honest_value
from winback.policies.list_day import AWAY, FOLLOWED, as_they_are, time_unknown, unknown_times
from winback.policies.may_get import may_not_get, months_since_offer, wait_not_told
from winback.policies.new_leavers import read_leavers
from winback.policies.strangers import beyond_anybody, not_listed
from winback.results import counted
from winback.tables import LAPSED, NO_OFFER, AnyTable, check_lapsed, in_trial
from winback.tables.ids import parse_id
from winback.tables.likeness import to_choose_from
from winback.tables.months_from_dates import last_day
from winback.trial.trial import Trial

NOT_ASKED = {PENDING_THEN: TOO_LATELY, LOST_AGAIN: "had come back once and were lost again"}


class Chooser(NamedTuple):
    """How a policy chooses an offer."""

    assign: Callable[[pd.DataFrame], pd.Series]  # customers -> their offers
    why: Callable[[pd.DataFrame], np.ndarray | str]  # customers -> the rule that says so
    decided: np.ndarray | None  # what the trial's customers get, unseen; see `honest_value`
    asked: Iterable[str] = ()  # columns that it reads


def list_contacts(
    trial: Trial,
    lapsed: AnyTable | None,
    chooser: Chooser,
    *,
    keep: Iterable[str] | None = None,
    keep_back: float = 0.0,
    asof: datetime.date | str | None = None,
    rng: int | np.random.Generator | None,
) -> ContactList:
    """List whom to contact under a policy, see `LearnedPolicy.contact_list`."""
    if not 0 <= keep_back < 1:
        raise ValueError(f"keep_back must be a share from 0 to under 1, such as 0.1; got {keep_back!r}.")
    value = honest_value(trial, chooser.decided, rng=rng)
    wanted, whom, reading = whom_to_list(trial, lapsed)
    asked_about = wanted["customer_id"].to_numpy()
    hardly_meant = "" if lapsed is None else _unlikely(wanted)
    untold = lapsed is None and time_unknown(trial, wanted)
    first = _contacted_elsewhere(trial, wanted, whom) if lapsed is None else _back(wanted)
    asof = last_day(asof, name="asof")
    since = months_since_offer(trial, wanted, asof)
    reading = (*reading, *wait_not_told(trial, wanted, since))
    wanted = as_they_are(wanted, asof)
    theirs = _kept(wanted, keep).set_axis(wanted["customer_id"])
    strangers = not_listed(trial, wanted, chooser.asked, [*first, *unknown_times(trial, wanted)])
    wanted, since, left_out = _without(wanted, since, strangers)
    reading = (*reading, *beyond_anybody(trial, wanted))
    offers = chooser.assign(wanted)
    wanted, offers, barred = _without(wanted, offers, may_not_get(trial.offers, wanted, offers, since))
    left_out += barred
    frame = wanted[["customer_id"]].assign(offer=offers.to_numpy(), why=chooser.why(wanted))
    if "reason" in wanted:
        frame["reason"] = wanted["reason"].astype(object).to_numpy()
    kind = "incremental" if NO_OFFER in trial.choices else "gross"
    frame["expected_profit"], frame["kind"] = value.expected(wanted, offers), kind
    for name, column in _kept(wanted, keep).items():
        frame[f"table_{name}" if name in {*frame, "rank"} else name] = column.to_numpy()
    pays = (frame["expected_profit"] > 0) & (frame["offer"] != NO_OFFER)
    kept = frame[pays]
    unshown = kept.head(0) if value.pays(kept["expected_profit"].to_numpy()) else kept
    kept = _with_some_kept_back(kept.drop(unshown.index), keep_back, rng)
    kept = kept.sort_values("expected_profit", ascending=False, kind="stable")
    customers, kept = wanted.loc[kept.index].reset_index(drop=True), kept.reset_index(drop=True)
    kept.insert(0, "rank", kept["expected_profit"].rank(method="min", ascending=False).astype(int))
    alone = [(DOES_NOT_PAY, frame["customer_id"][~pays].to_numpy()), (NOT_SHOWN, unshown["customer_id"].to_numpy())]
    who = {"customers": customers, "whom": whom, "n_left_alone": int((~pays).sum()), "asked_about": asked_about}
    who |= {"left_out": tuple((words, len(ids)) for words, ids in left_out), "not_asked": _not_asked(lapsed)}
    who |= {"not_listed": _by_id([*left_out, *alone], theirs), "unshown": unshown["expected_profit"].to_numpy()}
    known = {"hardly_meant": hardly_meant, "lacking": lacking_of(trial, wanted), "reading": reading}
    known |= {"time_unknown": untold, "unscreened": _unscreened(trial, wanted)}
    return ContactList(frame=kept, value=value, kind=kind, currency=trial.currency, **who, **known)


def lacking_of(trial: Trial, customers: pd.DataFrame) -> tuple[str, ...]:
    """Return in words what the trial predicts by, and a table of customers lacks."""
    told = {*customers, FOLLOWED} | ({AWAY} if "left_on" in customers else set())
    return tuple(label_of(name) for name in trial.covariates if name not in told)


def _by_id(reasons: list[tuple[str, np.ndarray]], theirs: pd.DataFrame) -> pd.DataFrame:
    """Return one row per customer who is not listed: ``customer_id``, ``why``, and the columns to carry along."""
    parts = [pd.DataFrame({"customer_id": ids, "why": words}) for words, ids in reasons if len(ids)]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"customer_id": [], "why": []})
    known = theirs[~theirs.index.duplicated()].reindex(found["customer_id"]).reset_index(drop=True)
    return found.join(known.rename(columns={name: f"table_{name}" for name in known if name in found}))


def _not_asked(lapsed: AnyTable | None) -> tuple[tuple[str, int], ...]:
    """Say who has left and is not among the lost that a base gave: too lately to be sure of it, or once more."""
    known = lapsed.left_out if isinstance(lapsed, Lapsed) else {}
    return tuple((said, known[words]) for words, said in NOT_ASKED.items() if known.get(words))


def _without(
    wanted: pd.DataFrame, beside: np.ndarray | pd.Series, reasons: Iterable[tuple[str, np.ndarray]]
) -> tuple[pd.DataFrame, np.ndarray | pd.Series, list[tuple[str, np.ndarray]]]:
    """Return the customers for whom none of these reasons holds, what stands beside them, and the ids of the others.

    Everybody is left out once, by the first reason that holds.
    """
    out, left_out = np.zeros(len(wanted), dtype=bool), []
    for words, rows in reasons:
        if (rows & ~out).any():
            left_out.append((words, wanted["customer_id"].to_numpy()[rows & ~out]))
        out = out | rows
    return (wanted[~out].reset_index(drop=True), beside[~out], left_out) if out.any() else (wanted, beside, left_out)


def _with_some_kept_back(contacts: pd.DataFrame, share: float, rng: int | np.random.Generator | None) -> pd.DataFrame:
    """Return the contacts with a share of them, drawn at random, sent nothing: a control group for what comes next.

    Chance looks at the id alone, and each is drawn by an own lot: on a later list, in another order, longer or shorter,
    the same customers are kept back. So the share is met on average; only of a list so short that chance would keep
    back nobody, or all, one is taken whose lot is nearest.
    """
    lot = _lots(contacts["customer_id"], np.random.default_rng(rng).bytes(8).hex())
    drawn, n_meant = lot < share, round(share * len(contacts))
    if n_meant > 0 and not drawn.any():
        drawn = lot == lot.min()
    if n_meant < len(contacts) and drawn.all():
        drawn = lot < lot.max()
    sent_nothing = {"offer": NO_OFFER, "why": KEPT_BACK, "expected_profit": 0.0}
    return contacts.assign(**{name: contacts[name].mask(drawn, value) for name, value in sent_nothing.items()})


def _lots(ids: pd.Series, key: str) -> np.ndarray:
    """Return a number from 0 to 1 for each id, (n,), the same whether it is written as 7, 7.0 or "7"."""
    plain = ids.astype(ids.cat.categories.dtype) if isinstance(ids.dtype, pd.CategoricalDtype) else ids
    texts = parse_id(plain).column.astype(str).to_numpy(dtype=object)
    return hash_array(texts, hash_key=key) / 2.0**64


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
        whom = (
            f"customers lost by {lapsed.day:%Y-%m-%d}" if getattr(lapsed, "day", None) else "the customers asked about"
        )
        return check_lapsed(lapsed).reset_index(drop=True), whom, ()
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


def _unscreened(trial: Trial, customers: pd.DataFrame) -> bool:
    """Say whether the trial's customers had been judged promising, and nobody has judged these."""
    return trial.n_not_promising > 0 and "eligible" not in customers


def _back(asked: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Say who is back already: whoever asks with a table of the past does not mean them."""
    known = "returned" in asked
    return [("back already", asked["returned"].to_numpy(dtype=bool, na_value=False))] if known else []


def _unlikely(asked: pd.DataFrame) -> str:
    """Say how many of those asked about were judged not promising, and are hardly meant."""
    n = int((~in_trial(asked)).sum())
    return f"{counted(n, 'of them', 'were')} judged not promising" if n else ""
