"""Which columns were recorded after the offer? They say what came of it, so they can neither test nor tell apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.results import join_words
from winback.tables import LAPSED, NO_OFFER, label_codes
from winback.tables.kinds import parse_flag
from winback.trial.balance import can_be_told
from winback.trial.finding import Finding

FEW_TO_TELL = 10  # customers who returned, or who did not, below which no column can be told to be late
FEW_LABELS = 30
BY_CHANCE = 1e-6  # chance that a group drawn at random has nobody of a kind, below which it is no chance
EXPECTED_BACK = 20  # returns expected of those whose column is 0; hardly any is then no chance
SLIPS = 0.05  # of these returns: a row or two that was booked wrongly makes no column one that was known before
CHECK = "measured after the offer"
OF_THE_RETURNED = "known, or varying, only for those who returned"
OF_THE_SENT = "0, no or empty for a whole group, sent nothing or something else"
BEFORE_RETURN = "hardly anybody returned without"


def measured_after_the_offer(table: pd.DataFrame) -> list[str]:
    """Return columns that seem to have been recorded after the offer, see `late_columns`."""
    return [name for names in late_columns(table).values() for name in names]


def late_columns(table: pd.DataFrame) -> dict[str, list[str]]:
    """Return columns of the analyst's own that seem to have been recorded after the offer, by what tells it.

    They are known, or move, only for those who returned, or tell without fail who did; they are nothing for everyone
    sent nothing and something for others, as opened and clicked are; or nobody, but for a few slips, returned without
    them. Too few on either side say nothing.
    """
    known = {column.name for column in LAPSED}
    own = [name for name in table.columns if name not in known and can_be_told(table[name])]
    back = table["returned"].to_numpy(dtype=bool) if "returned" in table else np.zeros(0, dtype=bool)
    tested = min(back.sum(), (~back).sum()) >= FEW_TO_TELL
    arms = _arms(table)
    found: dict[str, list[str]] = {OF_THE_RETURNED: [], OF_THE_SENT: [], BEFORE_RETURN: []}
    for name in own:
        column = table[name]
        if tested and _follows_return(column, back):
            found[OF_THE_RETURNED].append(name)
            continue
        nothing = _is_nothing(column)
        if nothing is None:
            continue
        if any(_only_elsewhere(nothing, arm) for arm in arms):
            found[OF_THE_SENT].append(name)
        elif tested and _hardly_any(back[nothing], expected=nothing.sum() * back.mean()):
            found[BEFORE_RETURN].append(name)
    return {why: names for why, names in found.items() if names}


def _hardly_any(back: np.ndarray, expected: float) -> bool:
    return bool(expected > EXPECTED_BACK and back.sum() <= SLIPS * expected)


def _follows_return(column: pd.Series, back: np.ndarray) -> bool:
    there = column.notna().to_numpy()
    only_known_then = there[back].mean() > 0.5 and there[~back].mean() < 0.01
    only_moves_then = len(column[~back].unique()) == 1 < len(column[back].unique())
    return bool(only_known_then or only_moves_then or _tells_who_returned(column, back))


def _tells_who_returned(column: pd.Series, back: np.ndarray) -> bool:
    """Say whether no label, or no range of a number, is shared by those who returned and those who did not."""
    codes, labels = pd.factorize(column)
    if len(labels) <= FEW_LABELS:
        return not np.intersect1d(codes[back], codes[~back]).size
    if not pd.api.types.is_numeric_dtype(column):
        return False
    one, other = column[back].dropna(), column[~back].dropna()
    return bool(len(one) and len(other) and (one.min() > other.max() or other.min() > one.max()))


def _arms(table: pd.DataFrame) -> list[np.ndarray]:
    """Return who is in each group, the untreated first."""
    if "offer" not in table:
        return []
    codes, names = label_codes(table["offer"])
    order = sorted(range(len(names)), key=lambda code: names[code] != NO_OFFER)
    return [codes == code for code in order]


def _is_nothing(column: pd.Series) -> np.ndarray | None:
    """Return where a column says nothing: 0, no or empty; None where it is no number and no yes or no."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.fillna(0).to_numpy(dtype=float) == 0
    read = parse_flag(column)
    if read.unread.any():
        return None
    return ~read.column.fillna(False).to_numpy(dtype=bool)


def _only_elsewhere(nothing: np.ndarray, arm: np.ndarray) -> bool:
    """Say whether a group has nothing throughout where chance would have given it something."""
    if not arm.any() or arm.all() or not nothing[arm].all():
        return False
    share = 1.0 - nothing[~arm].mean()
    return bool(share > 0 and arm.sum() * np.log1p(-min(share, 1 - 1e-12)) < np.log(BY_CHANCE))


def check_late_columns(late: dict[str, list[str]]) -> Finding:
    """Name columns that look as if measured after the offer."""
    if not late:
        return Finding(CHECK, "ok", "No column looks as if measured after the offer.")
    parts = [f"{why}: {join_words(map(str, names))}" for why, names in late.items()]
    text = f"Recorded after the offer, it seems, and left out of all checks and rules ({'; '.join(parts)})."
    if OF_THE_SENT in late:
        text += " If they were known before, the groups were chosen by them and are not random."
    if BEFORE_RETURN in late:
        names = join_words(map(str, late[BEFORE_RETURN]))
        text += f" Was {names} known before the offer? Then groups must be alike in it, too, which was not tested."
    return Finding(CHECK, "warning", text)
