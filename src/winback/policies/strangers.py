"""Of whom can a trial not speak, and who must not be asked? Labels never seen, and those who want no contact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import pandas as pd

from winback.labels import label_of
from winback.policies.bins import kind_of
from winback.results import format_count, join_words
from winback.tables import label_text
from winback.tables.no_contact import unwanted
from winback.trial.trial import Trial

MOST_NAMED = 3


def not_listed(
    trial: Trial,
    customers: pd.DataFrame,
    asked: Iterable[str],
    first: Iterable[tuple[str, np.ndarray]] = (),
) -> tuple[np.ndarray, list[tuple[str, int]]]:
    """Return who is left out of a list, (n,), and why with how many; everyone is counted once, by the first reason.

    ``first`` are reasons that come before all others. The policy reads the columns ``asked``, where also a missing
    value is strange that the trial never had.
    """
    out = np.zeros(len(customers), dtype=bool)
    reasons = []
    for words, rows in chain(first, unwanted(customers), _strange(trial, customers, list(asked), out)):
        new = rows & ~out
        if new.any():
            reasons.append((words, int(new.sum())))
            out |= new  # in place: labels are named of who is not out yet
    return out, reasons


def said_of(reasons: Iterable[tuple[str, int]]) -> str:
    """Say why customers are not listed, or nothing."""
    parts = [f"{format_count(n)} {words}" for words, n in reasons]
    return f"Not listed: {join_words(parts)}." if parts else ""


def left_out_of(reasons: Iterable[tuple[str, int]]) -> str:
    """Say in few words how many are left out and why, the most frequent reason first, or nothing.

    Examples
    --------
    >>> left_out_of([("died", 7), ("moved away", 101)])
    '108 left out: 101 moved away, 7 died'
    """
    ordered = sorted(reasons, key=lambda reason: -reason[1])
    if not ordered:
        return ""
    parts = ", ".join(f"{format_count(n)} {words}" for words, n in ordered)
    return f"{format_count(sum(n for _, n in ordered))} left out: {parts}"


def _strange(
    trial: Trial, customers: pd.DataFrame, asked: list[str], out: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Say, column by column, who has a label that nobody in the trial had; of who is not out by then."""
    for name in dict.fromkeys([*asked, *trial.covariates]):
        if name not in customers or name not in trial.customers:
            continue
        seen = trial.customers[name]
        missing = customers[name].isna().to_numpy()
        if name in asked and not seen.hasnans and missing.any():
            yield f"without {label_of(name)}, which was known of everyone in the trial", missing
        if kind_of(seen) != "number":
            codes, labels = pd.factorize(customers[name].where(~out))
            known = {label_text(label) for label in seen.dropna().unique()}
            new = [label for label in labels if label_text(label) not in known]
            if new:
                rows = np.array([*(label in new for label in labels), False])[codes]
                shown = " or ".join([*map(str, new[:MOST_NAMED]), *(["others"] if len(new) > MOST_NAMED else [])])
                yield f"with {label_of(name)} {shown}, which nobody in the trial had", rows
