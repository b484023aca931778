"""Were all who returned followed equally long, and if not, what is done about it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.labels import label_of, value_words
from winback.pseudo_observations import FEWEST_IN_GROUP, longest_supported_horizon
from winback.results import format_count, format_percent, join_words, state_p_value
from winback.tables import NO_OFFER, SECOND_LIFETIME, in_trial, label_codes
from winback.trial.balance import NOT_COVARIATES, known_beforehand
from winback.trial.finding import Finding
from winback.trial.followed_alike import (
    CLEAR,
    FEWEST_CUT_OFF,
    Group,
    Split,
    Watch,
    arms_p_value,
    clearest_split,
    groups_followed_alike,
)
from winback.trial.late_columns import measured_after_the_offer

OFFER = "offer"
CHECK, BEYOND = "follow-up", "watched up to the horizon"
MOST_NAMED = 3


@dataclass(frozen=True)
class FollowUp:
    """Who was followed like whom, and what is to be said of it."""

    findings: tuple[Finding, ...] = ()  # none where value was measured directly, or there is no horizon
    alike: np.ndarray | None = None  # (n,) group, numbered from the shortest followed; None: one curve for each arm
    by: str = ""  # what the groups differ in, in words


def follow_up_of(table: pd.DataFrame, horizon_months: float | None, arms: str | None = OFFER) -> FollowUp:
    """Find who was followed alike, among those who returned.

    Parameters
    ----------
    table : pandas.DataFrame
        Checked table of lapsed customers.
    horizon_months : float or None
        Being cut off later does not matter.
    arms : str or None
        Column whose labels have curves of their own anyway; by offer, those in the trial are looked at, else all, and
        the offer is one of the columns by which they may be parted.

    Returns
    -------
    FollowUp
        ``alike`` over all rows of the table.
    """
    if horizon_months is None or not {*([] if arms is None else [arms]), *SECOND_LIFETIME} <= set(table):
        return FollowUp()
    compared = in_trial(table) if arms == OFFER else np.ones(len(table), dtype=bool)
    back = np.flatnonzero(compared & table["returned"].to_numpy(dtype=bool))
    seen = table["second_tenure"].to_numpy(dtype=float)[back]
    ended = table["second_ended"].to_numpy(dtype=bool, na_value=True)[back]
    arm, names = _arms(table.iloc[back], arms)
    watch = Watch(np.minimum(seen, horizon_months), ~ended & (seen < horizon_months), arm)
    if not watch.cut_off.any():
        text = "The data of nobody who returned end within the horizon, unless the customer left before."
        return FollowUp((Finding(CHECK, "ok", text),))
    customers = table[_columns(table[compared], arms)].iloc[back]
    split = clearest_split(watch, customers)
    if split is None or not split.is_clear:
        return FollowUp((_even(watch, split, names, len(customers.columns) > 0),))
    groups = groups_followed_alike(watch, customers)
    alike = np.zeros(len(table), dtype=int)
    for place, group in enumerate(groups):
        alike[back[group.rows]] = place
    beyond = _beyond(groups, seen, ended, arm, horizon_months)
    by = join_words(map(label_of, dict.fromkeys(level.column for group in groups for level in group.path)))
    return FollowUp((_uneven(watch, split, groups, names, by), *beyond), alike, by)


def _arms(back: pd.DataFrame, by: str | None) -> tuple[np.ndarray, list[str]]:
    """Return whose curve is whose anyway, and each of them in words."""
    if by is None:
        return np.zeros(len(back), dtype=int), [""]
    codes, names = label_codes(back[by])
    return codes, [_sent(name) if by == OFFER else value_words(by, name) for name in names]


def _columns(compared: pd.DataFrame, by: str | None) -> list[str]:
    """Return what is known before a second life, dates included, by which follow-up may differ."""
    unfit = {*measured_after_the_offer(compared), "followed", by}
    dates = [name for name in compared if pd.api.types.is_datetime64_any_dtype(compared[name])]
    unfit |= NOT_COVARIATES & set(dates)
    known = [name for name in (*known_beforehand(compared), *dates) if name not in unfit]
    return known if by == OFFER or OFFER not in compared else [*known, OFFER]


def _even(watch: Watch, split: Split | None, arms: list[str], any_known: bool) -> Finding:
    """Say that follow-up was tested, or why it could not be, and whether it differs by offer only."""
    if watch.cut_off.sum() < FEWEST_CUT_OFF:
        n_cut = format_count(watch.cut_off.sum())
        text = f"Only {n_cut} of those who returned were cut off within the horizon by the end of the data."
        return Finding(CHECK, "ok", text)
    if arms_p_value(watch) < CLEAR:
        shares = _extremes(watch, watch.arm, arms)
        text = f"The groups were not followed equally long: {shares}; each one's months come from its own customers."
        return Finding(CHECK, "note", text)
    if split is None:
        why = "too few returned" if any_known else "nothing known before the offer is in the table"
        text = f"Whether all were followed equally long is untested: {why}."
        return Finding(CHECK, "note", text)
    chance = state_p_value(float(np.exp(split.log_p)))
    text = f"Customers of every kind were followed equally long, as far as can be told ({chance})."
    return Finding(CHECK, "ok", text)


def _uneven(watch: Watch, split: Split, groups: list[Group], arms: list[str], by: str) -> Finding:
    """Say by what follow-up differs most clearly, and that months are estimated within groups."""
    inside = np.ones(len(watch.arm), dtype=bool) if split.arm is None else watch.arm == split.arm
    whose = "" if split.arm is None else f"among those {arms[split.arm]} "
    shares = _extremes(watch.part(inside), split.codes[inside], [level.words for level in split.levels])
    text = (
        f"Customers were not followed equally long: {whose}{shares} ({state_p_value(float(np.exp(split.log_p)))}), so "
        f"their months are estimated within {len(groups)} groups of customers who were followed alike, by "
        f"{by}."
    )
    return Finding(CHECK, "warning", text)


def _extremes(watch: Watch, codes: np.ndarray, words) -> str:
    """Say which level was followed up to the horizon least and most often, leaving aside who left before."""
    shares = {code: watch.part(codes == code).share_to_the_end() for code in np.unique(codes)}
    low, high = min(shares, key=shares.get), max(shares, key=shares.get)
    return (
        f"the data reach up to the horizon for {format_percent(shares[low])} ({words[low]}) against "
        f"{format_percent(shares[high])} ({words[high]})"
    )


def _sent(name) -> str:
    return "sent nothing" if name == NO_OFFER else f"sent {name}"


def _beyond(groups: list[Group], seen, ended, arm, horizon) -> list[Finding]:
    """Say for whom nobody alike was watched up to the horizon, so that others speak for them."""
    places = [(group, rows) for group in groups for rows in _short(group.rows, seen, ended, arm, horizon)]
    if not places:
        return []
    who = list(dict.fromkeys(group.words for group, _ in places))
    named = "; ".join(who if len(who) <= MOST_NAMED else [*who[:MOST_NAMED], f"{len(who) - MOST_NAMED} more"])
    n, first = sum(len(rows) for _, rows in places), min(float(seen[rows].max()) for _, rows in places)
    text = (
        f"None of {format_count(n)} returned customers ({named}) was watched up to the horizon: what they do after "
        f"{first:.1f} months or more is taken from others who were followed longer, which is an extrapolation."
    )
    return [Finding(BEYOND, "warning", text)]


def _short(rows, seen, ended, arm, horizon) -> list[np.ndarray]:
    """Return the parts of a group, arm by arm, that were not watched up to the horizon; a few customers do not count.

    Unless nobody of the whole group was.
    """
    nobody = longest_supported_horizon(seen[rows], ended[rows]) < horizon
    parts = [rows[arm[rows] == code] for code in np.unique(arm[rows])]
    enough = [part for part in parts if nobody or len(part) >= FEWEST_IN_GROUP]
    return [part for part in enough if longest_supported_horizon(seen[part], ended[part]) < horizon]
