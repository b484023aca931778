r"""What is known of other customers, beside the trial's? The same columns, and an average where nothing is known.

A label is one column per value, 1 for who has it. Who is asked about and has no known label gets in each of them the
share of the trial's customers who have it, so that a linear prediction is the average over the labels,

.. math:: \sum_l p_l\, \hat\beta_l, \qquad p_l = \text{share of the trial with label } l,

as it is over numbers where a number is missing. Zeros in all of them would be no customer's row: the fit could make of
it what it likes, such as the middle of a rare label and a common one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.tables import ProblemList, label_codes
from winback.trial.trial import Trial

FEWEST_MISSING = 30  # customers of an arm without a label for them to be a kind of their own, of whom a mean is learned


def covariates_beside(trial: Trial, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the trial's covariates as numbers, (n, p), and those of other customers, (m, p), in the same columns.

    The trial's average stands for a missing number, a column that the customers lack, and a label that not every arm of
    the trial has. A missing label is a kind of its own where each arm has `FEWEST_MISSING` such, else an average, too.
    What stands for a customer does not depend on who else is asked about.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> known, asked = covariates_beside(trial, trial.customers.head(1).drop(columns="reason"))
    >>> own = covariates_beside(trial, trial.customers.head(1))[1]
    >>> changed = ~np.isclose(asked, own)[0]  # one column for each reason
    >>> bool(np.allclose(asked[:, changed], known[:, changed].mean(axis=0)))
    True
    """
    problems = ProblemList("table of customers to list", customers)
    blocks = []
    for name in trial.covariates:
        known = trial.customers[name]
        asked = customers.get(name)
        if asked is None:  # the list says which, see `contact_list`
            asked = pd.Series(np.nan, index=customers.index, dtype=object)
        if pd.api.types.is_numeric_dtype(known) and not pd.api.types.is_bool_dtype(known):
            blocks.append(_numbers(known, asked, problems))
        else:
            blocks.append(_labels(known, asked, trial.arm, is_lacking=name not in customers))
    problems.raise_if_any()
    n, m = len(trial.arm), len(customers)
    both = np.concatenate([np.empty((n + m, 0)), *blocks], axis=1)
    both -= both[:n].mean(axis=0)
    both /= np.maximum(both[:n].std(axis=0), 1e-12)
    return both[:n], both[n:]


def _numbers(known: pd.Series, asked: pd.Series, problems: ProblemList) -> np.ndarray:
    """Return both as one column, (n + m, 1), no further out than the trial's."""
    read = (pd.to_numeric(column, errors="coerce") for column in (known, asked))
    inside, outside = (column.to_numpy(dtype=float, na_value=np.nan) for column in read)
    unread = ~np.isfinite(outside) & asked.notna().to_numpy()
    problems.add_rows(known.name, unread, "must be a number, as in the trial", "Correct it, or leave it empty.")
    seen = inside[np.isfinite(inside)]
    seen = seen if len(seen) else np.zeros(1)
    both = np.concatenate([inside, outside])
    return np.where(np.isfinite(both), both, seen.mean()).clip(seen.min(), seen.max())[:, None]


def _labels(known: pd.Series, asked: pd.Series, arm: np.ndarray, *, is_lacking: bool) -> np.ndarray:
    """Return a column for each label of the trial, (n + m, n_labels)."""
    n, n_arms = len(known), arm.max() + 1
    codes, values = label_codes(pd.concat([known.astype(object), asked.astype(object)], ignore_index=True))
    kinds = np.append(np.eye(len(values)), np.zeros((1, len(values))), axis=0)[codes]  # who has none is the last, -1
    counts = np.zeros((n_arms, len(values) + 1), dtype=int)
    np.add.at(counts, (arm, codes[:n]), 1)
    fewest = counts.min(axis=0)
    learned = np.append(fewest[:-1] > 0, fewest[-1] >= FEWEST_MISSING)  # in every arm
    from_trial = learned[codes[:n]]
    average = kinds[:n][from_trial if from_trial.any() else slice(None)].mean(axis=0)
    unknown = ~learned[codes]
    unknown[:n] &= codes[:n] < 0  # the trial's own labels stay
    unknown[n:] |= is_lacking
    return np.where(unknown[:, None], average, kinds)[:, counts[:, :-1].any(axis=0)]
