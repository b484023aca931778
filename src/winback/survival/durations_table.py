"""Which rows is a tenure fitted to, and can its terms be told apart?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.formula_checks import named_columns, repeated_columns
from winback.formulas import Design
from winback.survival.groups import TABLE, typed_lifetimes
from winback.tables import ProblemList, in_trial


def used_rows(customers: pd.DataFrame, lifetime: str, weights: str | None = None, formula: str = "") -> pd.DataFrame:
    """Return the checked rows a tenure is fitted to: those who returned, or everyone for first lifetimes.

    Where the formula compares offers, customers judged not promising beforehand are left out: they were in no trial.
    """
    table = typed_lifetimes(customers, lifetime, needs=() if weights is None else (weights,))
    problems = ProblemList(TABLE, table)
    if weights is not None:
        counts = pd.to_numeric(table[weights], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        bad = ~((counts >= 1) & (counts == np.floor(counts)) & np.isfinite(counts))
        problems.add_rows(weights, bad, "must count customers: 1, 2, 3, ...", "Collapse equal rows and count them.")
    if lifetime == "second" and not table["returned"].any():
        problems.add("returned", "is false for every customer: there is no second lifetime", "Check the export.")
    problems.raise_if_any()
    if "offer" in named_columns(str(formula), table.columns):
        table = table[in_trial(table)]
    return table[table["returned"].to_numpy(dtype=bool)] if lifetime == "second" else table


def row_counts(used: pd.DataFrame, weights: str | None) -> np.ndarray:
    """Return how many customers each row stands for."""
    return np.ones(len(used)) if weights is None else used[weights].to_numpy(dtype=float)


def check_ends(
    used: pd.DataFrame, design: Design, matrix: np.ndarray, ended: np.ndarray, counts: np.ndarray, lifetime: str
) -> None:
    """Refuse lengths of which too few are known to their end for the terms to be told apart."""
    problems = ProblemList(TABLE, used)
    column = "second_ended" if lifetime == "second" else "first_tenure"
    n_ended, n_params = counts[ended].sum(), matrix.shape[1] + 1
    if n_ended == 0:
        remedy = "Wait until some have left: before that nothing tells how long they stay."
        problems.add(column, "is false for everyone: nobody has left yet", remedy)
    elif n_ended < n_params:
        remedy = "Shorten the formula, or wait until more have left."
        problems.add(column, f"is true for {n_ended:g} customers, too few for {n_params} parameters", remedy)
    else:
        for name in repeated_columns(matrix[ended], design.names):
            problem = "has no effect that can be told among those who left: nobody there differs in it alone"
            problems.add(name, problem, "Leave it out of the tenure formula, or merge the label.")
    problems.raise_if_any()
