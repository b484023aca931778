"""Are the customers' rows fit for use? Every problem is listed at once."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from winback.doors import ArgumentError
from winback.results import counted
from winback.tables import ProblemList, label_codes
from winback.tables.headings import shared_names
from winback.tables.likeness import to_choose_from
from winback.tables.numbers import parse_number

TABLE = "table of customers"
FEWEST = 10
EVERYBODY, UNLABELLED = "everybody", "(missing)"
NO_NUMBERS = {"boolean", "date", "datetime", "datetime64", "timedelta", "timedelta64", "period", "complex"}


@dataclass(frozen=True)
class Columns:
    """Which columns hold what."""

    frequency: str = "frequency"
    recency: str = "recency"
    age: str = "age"
    whole: bool = False  # recency and age count opportunities


@dataclass(frozen=True)
class PurchaseRows:
    """One row per customer, or per group of equal ones; arrays (n,)."""

    frequency: np.ndarray  # int64
    recency: np.ndarray
    age: np.ndarray
    counts: np.ndarray | None


def read_rows(customers: pd.DataFrame, columns: Columns, weights: str | None = None, fit: bool = True) -> PurchaseRows:
    """Return the rows as numbers, or raise one `TableError` with every problem.

    To fit a model to them, enough customers must have been watched for some time.
    """
    names = [columns.frequency, columns.recency, columns.age, *([] if weights is None else [weights])]
    problems = ProblemList(TABLE, customers)
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.add(name, "is named for more than one thing", "Name a column for each of them.")
    values = {name: read_numbers(customers, name, problems) for name in names}
    frequency, recency, age = (values[name] for name in names[:3])
    _check_each(problems, columns, frequency, recency, age)
    if len(set(names)) == len(names):
        _check_together(problems, columns, frequency, recency, age)
    counts = None if weights is None else read_counts(values[weights], weights, problems)
    if fit and not problems.found:
        seen = age > 0  # who first bought on the last day tells nothing
        _check_enough(problems, columns.frequency, seen.sum() if counts is None else counts[seen].sum())
    problems.raise_if_any()
    return PurchaseRows(frequency.astype(np.int64), recency, age, counts)


def check_pandas(customers) -> None:
    """Refuse customers that are no table of pandas, and say how to get one."""
    if isinstance(customers, pd.DataFrame):
        return
    kind, hint = type(customers), ""
    if "customers" in getattr(kind, "__dataclass_fields__", ()):
        hint = " Give its table: .customers."
    elif hasattr(kind, "columns"):  # asking the frame itself may start to compute it
        hint = f" A summary of a log in {kind.__module__.split('.')[0].strip('_')} has one: .customers."
    raise ArgumentError(f"customers must be a pandas DataFrame, one row per customer; got {kind.__name__}.{hint}")


def read_numbers(customers: pd.DataFrame, name: str, problems: ProblemList) -> np.ndarray:
    """Return a column as numbers; those that are not finite are problems, and no second time in later checks."""
    check_pandas(customers)
    if name not in customers:
        remedy = f"Name the column that holds it. {to_choose_from(name, customers.columns)}"
        problems.add(name, "is missing from the table", remedy)
        return np.full(len(customers), np.nan)
    if shared := shared_names(customers.columns, [name]):
        problems.found += shared
        return np.full(len(customers), np.nan)
    column = customers[name]
    if pd.api.types.infer_dtype(column) in NO_NUMBERS:
        problems.add(name, "holds no numbers", "Write counts, time in periods, and plain amounts as numbers.")
        return np.full(len(customers), np.nan)
    numbers = parse_number(column).column
    numbers = numbers.to_numpy(dtype=float, na_value=np.nan)
    problems.add_rows(name, ~np.isfinite(numbers), "must be a finite number", "Fill it in or drop these rows.")
    return numbers


def read_counts(counts: np.ndarray, name: str, problems: ProblemList) -> np.ndarray:
    """Return counts of customers; others are problems."""
    bad = np.isfinite(counts) & ~((counts >= 1) & (counts == np.floor(counts)))
    problems.add_rows(name, bad, "must count customers: 1, 2, 3, ...", "Collapse equal rows and count them.")
    return counts


def read_groups(customers: pd.DataFrame, by: str | None) -> tuple[list, np.ndarray]:
    """Return the names of groups and the number of each customer's; those without a label are a group of their own."""
    if by is None:
        return [EVERYBODY], np.zeros(len(customers), dtype=int)
    if not pd.api.types.is_hashable(by):
        raise ValueError(f"by must be a column of the customers, or None; got {type(by).__name__}.")
    if by not in customers:
        raise ValueError(f"by must be a column of the customers; got {by!r}. {to_choose_from(by, customers.columns)}")
    codes, names = label_codes(customers[by])
    missing = codes < 0
    return ([*names, UNLABELLED], np.where(missing, len(names), codes)) if missing.any() else (names, codes)


def check_frequency(frequency: np.ndarray, name: str, problems: ProblemList) -> None:
    """Add what is no count of repeat purchases to the problems."""
    bad = np.isfinite(frequency) & ~((frequency >= 0) & (frequency == np.floor(frequency)) & (frequency < 2**31))
    remedy = "Count each customer's purchases after the first."
    problems.add_rows(name, bad, "must count repeat purchases: 0, 1, 2, ...", remedy)


def _check_each(problems, columns, frequency, recency, age):
    check_frequency(frequency, columns.frequency, problems)
    problems.add_rows(columns.recency, recency < 0, "must be at least 0", "Measure it from the first purchase on.")
    if columns.whole:
        for name, values in ((columns.recency, recency), (columns.age, age)):
            bad = np.isfinite(values) & (values != np.floor(values))
            problems.add_rows(name, bad, "must count opportunities: 0, 1, 2, ...", "For time, fit the BG/NBD.")
    noun = "opportunities" if columns.whole else "time"
    problems.add_rows(columns.age, age < 0, f"must be at least 0: {noun} since the first purchase", "Check the end.")


def _check_together(problems, columns, frequency, recency, age):
    """Check what must fit together in rows of which each value alone is right."""
    fine = (frequency >= 0) & (recency >= 0) & (age >= 0)
    fine &= np.isfinite(frequency) & np.isfinite(recency)
    remedy = "Both are measured from the first purchase, to the last one and to the end of the data."
    problems.add_rows(columns.recency, fine & (recency > age), f"must not be above `{columns.age}`", remedy)
    remedy = "Without a repeat purchase the last one is the first: recency 0."
    never = fine & (frequency == 0) & (recency > 0)
    problems.add_rows(columns.recency, never, f"must be 0 where `{columns.frequency}` is 0", remedy)
    remedy = "Count purchases of one day as one, or check the dates."
    at_once = fine & (frequency > 0) & (recency == 0)
    problems.add_rows(columns.recency, at_once, f"must be above 0 where `{columns.frequency}` is", remedy)
    if columns.whole:
        remedy = "At most one purchase counts at each opportunity."
        bad = fine & (frequency > recency) & (recency > 0)
        problems.add_rows(columns.frequency, bad, f"must not be above `{columns.recency}`", remedy)


def _check_enough(problems, name, n):
    if n < FEWEST:
        problem = f"is known for {counted(n, 'customers')} watched after their first purchase, too few"
        problems.add(name, problem, f"At least {FEWEST} are needed.")


def check_periods(periods: float, columns: Columns) -> float:
    """Return the horizon in periods of the fit, or refuse what is not one."""
    if not isinstance(periods, Real) or isinstance(periods, bool) or not 0 < periods < np.inf:
        raise ValueError(f"periods must be above 0 and finite, in periods of the fit; got {periods!r}.")
    if columns.whole and periods != int(periods):
        raise ValueError(f"periods must be a whole number of opportunities; got {periods:g}.")
    return float(periods)
