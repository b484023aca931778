"""Of whom can a trial not speak, and who must not be asked? Labels never seen, and those who want no contact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import pandas as pd

from winback.labels import label_of
from winback.policies.bins import as_numbers, kind_of
from winback.policies.list_day import AWAY
from winback.results import counted, format_count, join_words
from winback.tables import NO_OFFER, label_text
from winback.tables.likeness import bare_name
from winback.tables.may_be_marks import refuse_what_may_be_marks
from winback.tables.no_contact import has_labels, unwanted
from winback.trial.trial import Trial

UNSEEN = "which nobody in the trial had"
MOST_LABELS = 1_000  # of a column that sorts customers: names and the like do not
MOST_NAMED = 6  # labels, the most frequent first


def not_listed(
    trial: Trial,
    customers: pd.DataFrame,
    asked: Iterable[str],
    first: Iterable[tuple[str, np.ndarray]] = (),
) -> list[tuple[str, np.ndarray]]:
    """Return why customers are left out of a list, in words, and who, (n,) each; everyone once, by the first reason.

    ``first`` are reasons that come before all others. The policy reads the columns ``asked``, where also a missing
    value is strange that the trial never had. Who has moved away, by a label such as ``moved``, is left out unless the
    trial sent offers to customers of that label; who died always is.
    """
    refuse_what_may_be_marks(customers)
    out = np.zeros(len(customers), dtype=bool)
    reasons = []
    for words, rows in chain(
        first, unwanted(customers, _moved_too(trial)), _strange(trial, customers, list(asked), out)
    ):
        new = rows & ~out
        if new.any():
            reasons.append((words, new))
            out |= new  # in place: labels are named of who is not out yet
    return reasons


def _moved_too(trial: Trial) -> dict[str, set[str]]:
    """Return, of each column of labels, those of the trial's customers who were sent an offer, in letters only."""
    sent = trial.customers[trial.customers["offer"].astype(object) != NO_OFFER]
    named = {name: sent[name].dropna().unique() for name in sent if has_labels(sent[name])}
    return {name: set(map(bare_name, labels)) for name, labels in named.items() if len(labels) <= MOST_LABELS}


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
            is_new = np.array([*(label_text(label) not in known for label in labels), False])
            if is_new.any():
                new = pd.Series(np.asarray(labels, dtype=object)[codes[is_new[codes]]]).value_counts()
                yield f"with {label_of(name)} {_counted(new)}, {UNSEEN}", is_new[codes]


def beyond_anybody(trial: Trial, customers: pd.DataFrame) -> list[str]:
    """Say how many customers have more of something, or less, than anybody in the trial, or nothing.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> beyond_anybody(trial, pd.DataFrame({"first_margin": [30.0, 1e9, None]}))
    ['1 customer has more or less than anybody in the trial (first margin): expected as of the nearest.']
    """
    out, named = np.zeros(len(customers), dtype=bool), []
    numbers = [name for name in trial.covariates if kind_of(trial.customers[name]) == "number" and name != AWAY]
    for name in [name for name in numbers if name in customers]:
        known, own = as_numbers(trial.customers[name]), pd.to_numeric(customers[name], errors="coerce").astype(float)
        rows = ((own < np.nanmin(known)) | (own > np.nanmax(known))).to_numpy(dtype=bool, na_value=False)
        named += [label_of(name)] if rows.any() else []
        out |= rows
    if not named:
        return []
    n = int(out.sum())
    return [
        f"{counted(n, 'customers', 'have')} more or less than anybody in the trial ({join_words(named)}): expected as "
        "of the nearest."
    ]


def _counted(labels: pd.Series) -> str:
    """Name labels, the most frequent first, with how many have each where there are several.

    Examples
    --------
    >>> _counted(pd.Series({"quality": 712, "closed": 141})), _counted(pd.Series({"quality": 712}))
    ('quality (712) or closed (141)', 'quality')
    """
    if len(labels) == 1:
        return str(labels.index[0])
    named, rest = labels[:MOST_NAMED], labels[MOST_NAMED:]
    parts = [f"{label} ({format_count(n)})" for label, n in named.items()]
    parts += [f"{format_count(len(rest))} others ({format_count(rest.sum())})"] if len(rest) else []
    return f"{', '.join(parts[:-1])} or {parts[-1]}"
