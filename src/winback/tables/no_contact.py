"""Who must not be contacted? By what a column is called, or what a label says: asked for it, died, moved away.

Such marks tell nothing of what an offer earns, and nobody who has one is ever on a list.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from winback.tables.dates import parse_date
from winback.tables.kinds import parse_flag
from winback.tables.likeness import bare_name
from winback.tables.parsed import Written

NO_CONTACT = {  # what a column is called, and a label may be, in letters only
    "asked not to be contacted": "donotcontact dnc nocontact optout optedout unsubscribed blocked werbesperre gesperrt "
    "nichtkontaktieren keinewerbung keinkontakt robinson desabonne nepascontacter nocontactar",
    "died": "deceased dead died verstorben tot decede decedee fallecido deceduto overleden",
    "moved away": "moved movedaway relocated verzogen umgezogen weggezogen demenage mudado verhuisd",
}
_MARKS = frozenset(word for words in NO_CONTACT.values() for word in words.split())
UNCLEAR = (
    "must be yes or no, or a date: it says who is never contacted",
    "Write yes for whoever must not be contacted and no for the others; if it means something else, rename it.",
)


def is_mark(name: object) -> bool:
    """Say whether a column is called like one that says who is never contacted.

    Examples
    --------
    >>> is_mark("Do not contact"), is_mark("contact")
    (True, False)
    """
    return bare_name(name) in _MARKS


def without_marks(names: Iterable[str]) -> list[str]:
    """Return the columns but for those that mark who is never contacted: of those who are, they say nothing.

    Examples
    --------
    >>> without_marks(["region", "Deceased", "do_not_contact", "removed"])
    ['region', 'removed']
    """
    return [name for name in names if not is_mark(name)]


def unwanted(customers: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Return for each reason not to contact somebody its words and whom it holds for, (n,) each.

    Examples
    --------
    >>> people = pd.DataFrame({"Do not contact": ["yes", "no", None], "reason": ["price", "died", "price"]})
    >>> [(words, rows.tolist()) for words, rows in unwanted(people)][:2]
    [('asked not to be contacted', [True, False, False]), ('died', [False, True, False])]
    """
    found = []
    for words, names in NO_CONTACT.items():
        known = set(names.split())
        rows = np.zeros(len(customers), dtype=bool)
        for name in customers:
            column = customers[name]
            if bare_name(name) in known:
                rows |= _marked(column)
            elif _has_labels(column):
                rows |= _labelled(column, known)
        found.append((words, rows))
    return found


def _marked(column: pd.Series) -> np.ndarray:
    """Return where a column of marks says yes: a flag, or anything written, such as a date."""
    flags, unread = parse_flag(column)[:2]
    return flags.fillna(False).to_numpy(dtype=bool) | unread


def unclear_marks(column: pd.Series) -> np.ndarray:
    """Return where a column of marks says neither yes nor no and is no date, (n,).

    Examples
    --------
    >>> unclear_marks(pd.Series(["yes", "maybe", "31.1.2024", None])).tolist()
    [False, True, False, False]
    """
    rows = parse_flag(column).unread
    if rows.any():  # which of day and month comes first is of no account
        rows = rows & np.all([parse_date(column, Written(day_first=first)).unread for first in (True, False)], axis=0)
    return rows


def _has_labels(column: pd.Series) -> bool:
    is_label = isinstance(column.dtype, pd.CategoricalDtype)
    return is_label or pd.api.types.infer_dtype(column, skipna=True) == "string"


def _labelled(column: pd.Series, known: set[str]) -> np.ndarray:
    codes, labels = pd.factorize(column)
    return np.array([*(bare_name(label) in known for label in labels), False])[codes]
