"""Which offer does each label of a table mean, and which one means sent nothing? Said when it is not as written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from winback.results import format_count, join_words
from winback.tables import NO_OFFER, Problem, label_text
from winback.tables.likeness import bare_name
from winback.tables.offer_columns import CONTROL_WORDS
from winback.tables.reading import Reading

MOST_SHOWN = 12


def with_known_offers(reading: Reading, names: Iterable[str], control: str | Iterable[str] | None) -> Reading:
    """Return the table with the offers' own names in the column ``offer``, and ``none`` for those sent nothing.

    Case, blanks and punctuation do not matter where one offer only can be meant. ``control`` are the labels of the
    untreated, "" an empty cell; without it a single well-known word, such as control or kein, is taken for them.

    Examples
    --------
    >>> table = Reading(pd.DataFrame({"offer": ["Kein", "Gutschein ", "gutschein"]}))
    >>> with_known_offers(table, ["gutschein"], None).frame["offer"].tolist()
    ['none', 'gutschein', 'gutschein']
    """
    frame = reading.frame
    if "offer" not in frame or not isinstance(frame["offer"], pd.Series):
        return reading
    try:
        codes, values = pd.factorize(frame["offer"])
    except TypeError:  # lists and the like: the check of the column says so
        return reading
    labels = [label_text(value) for value in values]
    names = [*names]
    meant, notes, problems = _control(labels, names, control, bool((codes < 0).any()))
    problems = [replace(each, heading=reading.headings.get("offer", "")) for each in problems]
    for label in labels:
        if label and label not in meant and label not in (*names, NO_OFFER):
            like = [name for name in names if bare_name(name) == bare_name(label)]
            if len(like) == 1:
                meant[label] = like[0]
                notes.append(f'The label "{label}" was read as the offer {like[0]}.')
    if not meant:
        return reading.having(problems=problems)
    read = np.array([*(meant.get(label, label) for label in labels), meant.get(None)], dtype=object)
    return reading.having(frame.assign(offer=read[codes]), notes, problems)


def _control(labels, names, control, some_empty) -> tuple[dict, list[str], list[Problem]]:
    """Return which labels mean sent nothing, what is said of them, and what is wrong."""
    meant: dict = {}
    if control is not None:
        return _stated_control(labels, names, control, some_empty)
    taken = {bare_name(name) for name in names}
    words = [label for label in labels if label and bare_name(label) in CONTROL_WORDS - taken and label not in names]
    if NO_OFFER in words:
        words = [label for label in words if bare_name(label) == NO_OFFER]
    if len({bare_name(word) for word in words}) > 1:
        remedy = f"Say which: control={words!r} for all of them, or one of them."
        said = f"has several labels that may mean sent nothing: {join_words(words)}"
        return meant, [], [Problem("offer", said, 0, "", remedy)]
    others = [word for word in words if word != NO_OFFER]
    meant.update(dict.fromkeys(others, NO_OFFER))
    notes = [f"Customers labelled {_quoted(others)} were taken for those who were sent nothing."] if others else []
    return meant, notes, []


def _stated_control(labels, names, control, some_empty) -> tuple[dict, list[str], list[Problem]]:
    meant: dict = {}
    for word in [control] if isinstance(control, str) or not isinstance(control, Iterable) else list(control):
        text = label_text(word) if word is not None else None
        if text is None:
            found = [None] if some_empty or None in labels else []
        else:
            found = [label for label in labels if label == text] or [
                label for label in labels if label and bare_name(label) == bare_name(text)
            ]
        if not found:
            there = _quoted([label for label in labels if label][:MOST_SHOWN])
            said = f"has no label {word!r}, which control names" if text else "has no empty cell, which control names"
            known = _control(labels, names, None, some_empty)[
                0
            ]  # one cause, one problem: they are not unknown offers too
            return known, [], [Problem("offer", said, 0, "", f"There are {there}.")]
        meant.update(dict.fromkeys(found, NO_OFFER))
    others = ["(empty)" if label is None else label for label in meant if label != NO_OFFER]
    return meant, [f"As control says, {_quoted(others)} means sent nothing."] if others else [], []


def unknown_offers(column: pd.Series, names: Iterable[str]) -> tuple[np.ndarray, str]:
    """Return the rows whose offer has no cost stated, and the remedy, with all labels of the table."""
    counts = column.astype(object).value_counts()
    known = {*names, NO_OFFER}
    rows = (column.notna() & ~column.isin(known)).to_numpy(dtype=bool)
    shown = [f"{label} ({format_count(n)})" for label, n in counts.head(MOST_SHOWN).items()]
    more = f" and {format_count(len(counts) - MOST_SHOWN)} more" if len(counts) > MOST_SHOWN else ""
    offers = ", ".join(names)
    remedy = (
        f"Add it to the offers (they have {offers}), or write none for untreated customers (or say control=... if that "
        f"is what a label means); the table has {', '.join(shown)}{more}."
    )
    return rows, remedy


def _quoted(labels: Iterable[str]) -> str:
    return join_words([f'"{label}"' for label in labels])
