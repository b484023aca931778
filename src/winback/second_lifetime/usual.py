"""What explains return, tenure and margin, if nobody says? Formulas of the usual columns that a table has."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.tables import AnyTable, check_lapsed, in_trial

LABELS, MOST_LABELS = ("offer", "reason"), 30  # more labels than that are names
COMPLAINTS = ("I(complaints - complaints_resolved)", "complaints_resolved")  # of which the second were settled
# Attempts planned and months away move return alone, as far as one knows: by them what is unseen is told from effects.
OF_RETURN_ALONE = ("contact_attempts", "months_away")


def usual_formulas(customers: AnyTable) -> dict[str, str]:
    """Return formulas of return, tenure and margin from the usual columns that can explain something.

    A column is left out where cells are empty, where all of those who returned have the same in it, and a label column
    where one of its labels is of nobody, or of everybody, who returned.

    Parameters
    ----------
    customers : pandas.DataFrame, path or Trial
        Lapsed customers with ``returned``.

    Returns
    -------
    dict
        ``reacquisition``, ``tenure`` and ``margin``: arguments of `fit_two_part` and `fit_joint`.

    Examples
    --------
    >>> import winback as wb
    >>> usual_formulas(wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial)["margin"]
    'offer + reason + first_margin + referrals'
    """
    table = check_lapsed(customers, needs=("returned",))
    table = table[in_trial(table)]
    returned = table["returned"].to_numpy(dtype=bool)
    labels = [name for name in LABELS if name in table and _label_explains(table[name], returned)]
    referrals, complaints = list(_numbers(table, returned, "referrals")), _complaints(table, returned)
    tenure = [f"log({name})" for name in _numbers(table, returned, "first_tenure")]
    terms = {
        "reacquisition": [*labels, *referrals, *complaints, *_numbers(table, returned, *OF_RETURN_ALONE)],
        "tenure": [*labels, *tenure, *referrals, *complaints[:1]],
        "margin": [*labels, *_numbers(table, returned, "first_margin"), *referrals],
    }
    return {equation: " + ".join(each) or "1" for equation, each in terms.items()}


def _label_explains(labels: pd.Series, returned) -> bool:
    shares = pd.Series(returned).groupby(labels.to_numpy(dtype=object)).mean()
    return not labels.isna().any() and 1 < len(shares) <= MOST_LABELS and bool(shares.between(0, 1, "neither").all())


def _numbers(table, returned, *names: str) -> Iterator[str]:
    yield from (name for name in names if name in table and _moves(table[name], returned))


def _complaints(table, returned) -> list[str]:
    if "complaints_resolved" not in table:
        return list(_numbers(table, returned, "complaints"))
    if "complaints" not in table or table[["complaints", "complaints_resolved"]].isna().any(axis=None):
        return []
    moved = (table["complaints"] - table["complaints_resolved"], table["complaints_resolved"])
    return [term for term, numbers in zip(COMPLAINTS, moved, strict=True) if _moves(numbers, returned)]


def _moves(numbers: pd.Series, returned) -> bool:
    return not numbers.isna().any() and len(numbers[returned].unique()) > 1
