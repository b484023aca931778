"""Who enters a second-lifetime model, and can it be estimated from them at all?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from winback.formula_checks import check_rank
from winback.formulas import Design, bind_formulas
from winback.labels import label_of
from winback.second_lifetime.usual import usual_formulas
from winback.survival.families import Family
from winback.tables import LAPSED_TABLE, SECOND_LIFETIME, AnyTable, ProblemList, check_lapsed, in_trial

FAR_OUT = 8.0  # spreads; among a million normal values the furthest lies near 5
LARGEST_MARGIN = 1e12
EXACT = 1e-8  # of the largest value: what is left over is rounding
ON_ONE_THREAD = 2**18  # multiplications up to which OpenBLAS starts no further threads
TELLS_ALL = (
    "tells who returned without error: its effects are infinite",
    "Leave out what was known only after the return, or use fewer terms.",
)
EQUATIONS = ("reacquisition", "tenure", "margin")


@dataclass(frozen=True)
class Sample:
    """The customers a model is fitted on, with the designs of its three equations."""

    customers: pd.DataFrame  # checked, not eligible ones left out
    designs: Mapping[str, Design]
    matrices: Mapping[str, np.ndarray] = field(repr=False)  # designs of all customers, by equation
    returned: np.ndarray  # (n,) bool
    months: np.ndarray  # (n1,) second tenure of those who returned
    ended: np.ndarray  # (n1,) bool
    margin: np.ndarray  # (n1,) money per month
    n_set_aside: int

    @property
    def n(self) -> int:
        """Number of customers."""
        return len(self.returned)

    @property
    def ids(self) -> pd.Index | None:
        """Who they are; None where the table does not say."""
        return pd.Index(self.customers["customer_id"]) if "customer_id" in self.customers else None

    def numbers(self, equation: str) -> np.ndarray:
        """Return the design of an equation: of everybody for reacquisition, else of those who returned."""
        matrix = self.matrices[equation]
        return matrix if equation == "reacquisition" else matrix[self.returned]

    def part(self, rows: np.ndarray) -> Sample:
        """Return the sample of some customers, given by positions; formulas stay bound to the whole table.

        Raises
        ------
        TableError
            When a model cannot be estimated from these customers alone.
        """
        returned = self.returned[rows]
        back = (np.cumsum(self.returned) - 1)[rows[returned]]  # their places among those who returned
        part = replace(
            self,
            customers=self.customers.iloc[rows],
            matrices={equation: matrix[rows] for equation, matrix in self.matrices.items()},
            returned=returned,
            months=self.months[back],
            ended=self.ended[back],
            margin=self.margin[back],
        )
        _refuse_without_outcomes(part.customers)
        problems = ProblemList(LAPSED_TABLE, part.customers)
        for equation, design in self.designs.items():
            check_rank(part.matrices[equation], design, None if equation == "reacquisition" else returned, problems)
        problems.raise_if_any()
        _refuse_what_cannot_be_estimated(part)
        return part


def draw_sample(customers: AnyTable, formulas: Mapping[str, str | None]) -> Sample:
    """Check the table and the formulas, and leave out who was set aside (``eligible`` false).

    A formula that nobody gave is of the usual columns.

    Raises
    ------
    TableError
        Listing everything that stands in the way of a fit.
    """
    table = check_lapsed(customers, needs=("returned", *SECOND_LIFETIME))
    n_all = len(table)
    table = table[in_trial(table)]
    _refuse_without_outcomes(table)
    returned = table["returned"].to_numpy(dtype=bool)
    usual = usual_formulas(table) if any(each is None for each in formulas.values()) else {}
    formulas = {equation: usual[equation] if each is None else each for equation, each in formulas.items()}
    designs = bind_formulas(formulas, table, {"tenure": returned, "margin": returned})
    back = table[returned]
    sample = Sample(
        customers=table,
        designs=designs,
        matrices={equation: designs[equation].matrix(table) for equation in EQUATIONS},
        returned=returned,
        months=back["second_tenure"].to_numpy(dtype=float),
        ended=back["second_ended"].to_numpy(dtype=bool),
        margin=back["second_margin"].to_numpy(dtype=float),
        n_set_aside=n_all - len(table),
    )
    _refuse_what_cannot_be_estimated(sample)
    return sample


def _refuse_without_outcomes(table):
    problems = ProblemList(LAPSED_TABLE, table)
    if len(table) == 0:
        problems.add("eligible", "is true for nobody", "Leave the column out, or correct it.")
        problems.raise_if_any()
    returned = table["returned"].to_numpy(dtype=bool)
    if not returned.any():
        problems.add("returned", "is false for everyone", "Nothing can be learnt about return without a customer back.")
    elif returned.all():
        remedy = "Add those who were lost for good: without them return cannot be explained."
        problems.add("returned", "is true for everyone", remedy)
    if returned.any() and not table["second_ended"][returned].to_numpy(dtype=bool).any():
        remedy = "Wait until some have left again: how long they stay cannot be seen yet."
        problems.add("second_ended", "is false for everyone who returned", remedy)
    problems.raise_if_any()


def _refuse_what_cannot_be_estimated(sample):
    problems = ProblemList(LAPSED_TABLE, sample.customers)
    _check_separation(sample, problems)
    ended = ("tenure", int(sample.ended.sum()), "second lifetimes that ended")
    for equation, there, what in (ended, ("margin", len(sample.margin), "customers who returned")):
        needed = len(sample.designs[equation].names) + 1
        if there <= needed:
            problem = f"has {needed} unknowns, but there are {there} {what}"
            problems.add(f"{equation} formula", problem, "Use fewer terms, or more data.")
    too_large = np.zeros(sample.n, dtype=bool)
    too_large[sample.returned] = np.abs(sample.margin) > LARGEST_MARGIN
    remedy = "Correct it, or state money in a larger unit."
    problems.add_rows("second_margin", too_large, "is too large for money per month", remedy)
    if not problems.found:
        _check_exact("second_margin", sample.margin, sample.numbers("margin"), problems)
        _check_exact("second_tenure", np.log(sample.months), sample.numbers("tenure"), problems)
    problems.raise_if_any()


def _check_exact(column, outcome, covariates, problems):
    """Report an outcome that follows from its covariates without error: no likelihood has a maximum then."""
    fitted = covariates @ np.linalg.lstsq(covariates, outcome, rcond=None)[0]
    if np.abs(outcome - fitted).max() <= EXACT * max(np.abs(outcome).max(), 1e-300):
        remedy = "Check that it was measured and not computed; explain it by fewer terms."
        problems.add(column, "follows from the formula's terms without any error", remedy)


def outliers(sample: Sample, tenure: np.ndarray, margin: np.ndarray, family: Family) -> tuple[str, ...]:
    """Say whose tenure or margin lies so far from what is expected that it may be a mistake, in words.

    ``tenure`` and ``margin`` (n1,) are what those who returned differ from that by, in spreads. Tenures still running
    are expected to be long, so only ended ones are looked at.
    """
    back = sample.customers["customer_id"].to_numpy()[sample.returned]
    far_tenure = family.score(np.where(sample.ended, tenure, 0.0))
    found = []
    pairs = (("second_tenure", far_tenure, sample.months), ("second_margin", margin, sample.margin))
    for column, far, values in pairs:
        n, worst = int((np.abs(far) > FAR_OUT).sum()), int(np.abs(far).argmax())
        if n:
            found.append(
                f"{n:,} of {len(back):,} values of {label_of(column)} lie more than {FAR_OUT:g} spreads from what is "
                f"expected, furthest customer {back[worst]} with {values[worst]:g}: check them, one can move everything"
            )
    return tuple(found)


def _check_separation(sample, problems):
    """Report yes-or-no terms of which all or none returned: their effect on return would be infinite."""
    design = sample.designs["reacquisition"]
    columns = np.ascontiguousarray(sample.numbers("reacquisition").T)
    _check_labels(sample, design, problems)
    if problems.found:
        return  # one word about a separation is enough
    for name, column in zip(design.names, columns, strict=True):
        ends = column.min(), column.max()
        if ends[0] < ends[1] and np.isin(column, ends).all():
            for value in ends:
                who = f"{design.in_words(name)} = {value:g}"
                _add_separation(name, who, sample.returned[column == value], problems, of="term")
    if not problems.found and _is_ordered(columns, sample.returned):
        problems.add("reacquisition formula", *TELLS_ALL)


def _add_separation(name, who, back, problems, of):
    """Report that of some customers, described in words, all or none returned, if it is so."""
    if back.all() or not back.any():
        what = f"separates: of the {len(back):,} customers with {who}, {'all' if back.all() else 'none'} returned"
        problems.add(name, what, f"Merge the label with another, or leave these customers or the {of} out.")


def _check_labels(sample, design, problems):
    """Report labels, and combinations of labels that interact, of whom all or none returned; first labels included."""
    plain = ["(" not in name.replace("C(", "") for name in design.names]
    cells = {tuple(sorted(each)) for each, is_plain in zip(design.columns_of_terms(), plain, strict=True) if is_plain}
    for columns in sorted(cells - {()}):
        table = sample.customers[list(columns)]
        if not all(name in design.labels or table[name].nunique() <= 2 for name in columns):
            continue
        if not _some_alike(table, sample.returned):
            continue
        grouped = pd.Series(sample.returned, index=table.index).groupby([table[name].to_numpy() for name in columns])
        for labels, back in grouped:
            values = labels if isinstance(labels, tuple) else (labels,)
            who = " and ".join(f"{name} = {_plain(value)}" for name, value in zip(columns, values, strict=True))
            _add_separation(" x ".join(columns), who, back, problems, of="column")


def _some_alike(table: pd.DataFrame, returned: np.ndarray) -> bool:
    """Tell whether of some cell of these columns all or none returned."""
    cell = np.zeros(len(table), dtype=np.int64)
    for _, column in table.items():
        codes, labels = pd.factorize(column)
        cell = cell * len(labels) + codes
    n, back = np.bincount(cell), np.bincount(cell, weights=returned)
    return bool(((n > 0) & ((back == 0) | (back == n))).any())


def _plain(value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _is_ordered(columns, returned):
    """Tell whether one of the columns alone separates those who returned."""
    pairs = ((column[returned], column[~returned]) for column in columns if np.ptp(column) > 0)
    return any(back.min() >= lost.max() or lost.min() >= back.max() for back, lost in pairs)


def weighted_products(columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return X' diag(w) X, shape (p, p), from blocks of rows.

    A block is so small that its product stays on one thread: threads that wait for each other made a fit on a busy
    machine take fifty times as long.

    Examples
    --------
    >>> weighted_products(np.array([[1.0, 2.0], [1.0, 3.0]]), np.array([1.0, 2.0])).tolist()
    [[3.0, 8.0], [8.0, 22.0]]
    """
    n_rows = max(1, ON_ONE_THREAD // columns.shape[1] ** 2)
    blocks = ((columns[at : at + n_rows], weights[at : at + n_rows]) for at in range(0, len(columns), n_rows))
    return sum(block.T @ (block * each[:, None]) for block, each in blocks)


def refuse_separated(linear: np.ndarray, returned: np.ndarray) -> None:
    """Refuse a fitted reacquisition equation that puts all who returned above all who did not."""
    if linear[returned].min() > linear[~returned].max():
        problems = ProblemList(LAPSED_TABLE, pd.DataFrame())
        problems.add("reacquisition formula", *TELLS_ALL)
        problems.raise_if_any()
