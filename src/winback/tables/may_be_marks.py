"""Which column may say who must not be contacted, or something else? The analyst is asked, as nobody else can tell."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count

import pandas as pd

from winback.tables.columns import KNOWN
from winback.tables.denial import denies
from winback.tables.likeness import bare_name, words_of
from winback.tables.no_contact import NEARLY, is_mark, phrases_in, unclear_marks

DO_NOT = "do_not_contact"
CONSENT_STEMS = ("consent", "optin", "einwillig", "zustimm")


def may_be_mark(name: object, column: pd.Series) -> bool:
    """Say whether a column that is no mark may be one, by its name and its cells: yes or no, a tick, a date.

    Examples
    --------
    >>> [may_be_mark("STOP SMS", pd.Series(cells)) for cells in (["yes", None], [0, 4])]
    [True, False]
    """
    words = words_of(name)
    nearly = any(phrases_in(words, NEARLY | {"optout", "optedout"}))
    consent = any(stem in bare_name(name) for stem in CONSENT_STEMS) and denies(name)
    if name in KNOWN or is_mark(name) or not (nearly or consent):
        return False
    unclear, n_written = unclear_marks(column), int(column.notna().sum())
    most = 1 if pd.api.types.is_numeric_dtype(column) else n_written / 2
    return n_written > 0 and bool(unclear.sum() < most)


def marks_named(names: Iterable[object], there: Iterable[object]) -> str:
    """Say how to name columns as marks, each by a name that no column has.

    Examples
    --------
    >>> marks_named(["STOP SMS", "stop pub"], ["STOP SMS", "stop pub", "do_not_contact"])
    '--column do_not_contact_2="STOP SMS" --column do_not_contact_3="stop pub"'
    """
    taken = set(map(bare_name, there))
    free = (ours for ours in chain([DO_NOT], (f"{DO_NOT}_{n}" for n in count(2))) if bare_name(ours) not in taken)
    return " ".join(f'--column {ours}="{theirs}"' for ours, theirs in zip(free, names, strict=False))


def refuse_what_may_be_marks(customers: pd.DataFrame) -> None:
    """Refuse columns that may say who must not be contacted, and may not: nobody but the analyst can tell.

    Raises
    ------
    ValueError
        Naming the columns, and how to say which is meant.

    Examples
    --------
    >>> refuse_what_may_be_marks(pd.DataFrame({"STOP SMS": ["yes", "no"]}))
    Traceback (most recent call last):
    ValueError: `STOP SMS` may say who must not be contacted. If it does: --column do_not_contact="STOP SMS" ...
    """
    found = [name for name in customers if may_be_mark(name, customers[name])]
    if found:
        shown, many = " and ".join(f"`{name}`" for name in found), len(found) > 1
        raise ValueError(
            f"{shown} may say who must not be contacted. If {'they do' if many else 'it does'}: "
            f"{marks_named(found, customers)} (yes for whoever must not be); for one channel alone: turn yes and no "
            "round and call it consent_call or the like. If it means something else, give it another name."
        )
