"""Which yes-or-no questions can be asked of the columns of a table?

Numbers are cut at quantiles of the column itself. No outcome is looked at, so a policy may be learned and judged on
different customers of one table with the same cuts: nothing leaks from those it is judged by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.policies.bins import MOST_LABELS, BinnedColumn, as_numbers, cut_column, kind_of
from winback.tables import LAPSED, ProblemList
from winback.tables.headings import shared_names
from winback.tables.kinds import parse_flag
from winback.tables.likeness import to_choose_from
from winback.trial.late_columns import measured_after_the_offer

OF_THE_TRIAL = {
    "offer": "is what the policy decides",
    "offer_probability": "is the trial's own draw",
    "followed": "is the trial's own calendar",
}
OUTCOMES = {column.name for column in LAPSED if column.outcome}
TABLE = "table of customers"


class Split(NamedTuple):
    """One question: its column, and who is on the yes side and on the no side, in words."""

    column: str
    yes: str
    no: str


@dataclass(frozen=True, eq=False)
class SplitTable:
    """Customers in bins and the splits that can part them, see `split_table`.

    Attributes
    ----------
    columns : tuple of BinnedColumn
    bins : numpy.ndarray of int, shape (n_columns, n)
        Each customer's bin of each column.
    notes : tuple of str
        What the reader should know, such as columns that part nobody.
    """

    columns: tuple[BinnedColumn, ...]
    bins: np.ndarray = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Customers."""
        return self.bins.shape[1]

    @property
    def splits(self) -> tuple[Split, ...]:
        """Every split in order and in words: columns as asked for, small numbers and single labels first."""
        return tuple(
            Split(column.name, column.say(yes), column.say(~yes)) for column in self.columns for yes in column.sides.T
        )

    def only(self, places: ArrayLike) -> SplitTable:
        """Return the splits of some columns only, given by positions."""
        return replace(self, columns=tuple(self.columns[place] for place in places), bins=self.bins[places])

    def rows(self, rows: ArrayLike) -> SplitTable:
        """Return the same cuts for some customers only, given by a mask (n,) of bool or by positions."""
        rows = np.asarray(rows)
        if rows.dtype == bool and rows.shape != (self.n,):
            raise ValueError(f"A mask of customers must have {self.n} entries; got shape {rows.shape}.")
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return replace(self, bins=np.take(self.bins, rows, axis=1))


def split_table(customers: pd.DataFrame, by: str | Sequence[str], most_splits: int = 32) -> SplitTable:
    """Find the yes-or-no questions that a policy can ask of these columns.

    A number is cut at each value seen, or at ``most_splits`` quantiles where there are more: "months away up to 6"
    against "months away above 6". A cut of many digits is rounded up as far as it parts the same customers, so the
    words are the rule. Labels and flags are parted as one against the rest, and for up to five labels as every set
    against the others: "left for price or for service" against "left for price and service". Missing values are on the
    no side of every split, which the words say where there are any; known against missing is then a split too.

    The cuts look at no outcome. Make them once for all customers, and learn on some of them with ``rows``.

    Parameters
    ----------
    customers : pandas.DataFrame
        One row per customer.
    by : str or sequence of str
        Columns known before an offer is sent: numbers, true or false, or at most 30 labels.
    most_splits : int

    Raises
    ------
    TableError
        When a column is unknown, named twice, an id, a date, text of more than 30 values, infinite, or measured after
        the offer, or when no column parts the customers; all problems at once.

    Examples
    --------
    >>> import pandas as pd
    >>> customers = pd.DataFrame({"months_away": [2, 6, 9, 6], "reason": ["price", "service", "both", "price"]})
    >>> for split in split_table(customers, ["months_away", "reason"]).splits:
    ...     print(split.yes, "/", split.no)
    months away up to 2 / months away above 2
    months away up to 6 / months away above 6
    left for price and service / left for price or for service
    left for price / left for price and service or for service
    left for service / left for price and service or for price
    """
    names = _names(by)
    if isinstance(most_splits, bool) or not isinstance(most_splits, int | np.integer) or most_splits < 1:
        raise ValueError(f"most_splits must be a whole number of at least 1; got {most_splits!r}.")
    problems = ProblemList(TABLE, customers)
    usable = _usable(problems, customers, names)
    cut = [_cut(problems, customers[name], most_splits) for name in usable]
    problems.raise_if_any()
    parting = [(column, bins) for column, bins in cut if column.n_splits]
    if not parting:
        for name in usable:
            problems.add(name, "is the same for every customer", "Name a column in by that differs between them.")
        problems.raise_if_any()
    notes = (f"{column.name} is the same for every customer: no split." for column, _ in cut if not column.n_splits)
    return SplitTable(tuple(column for column, _ in parting), np.stack([bins for _, bins in parting]), tuple(notes))


def what_can_be_asked(
    customers: pd.DataFrame, names: Sequence[str], most_splits: int = 32
) -> tuple[list[str], tuple[str, ...]]:
    """Return those of the columns that part customers, and what is wrong with the others, in words."""
    asked, notes = [], []
    for name in names:
        problems = ProblemList(TABLE, customers)
        cut = [_cut(problems, customers[each], most_splits) for each in _usable(problems, customers, [name])]
        if problems.found:
            notes.append(f"Not asked about: {problems.found[0]}")
        elif cut[0][0].n_splits:
            asked.append(name)
    return asked, tuple(notes)


def check_known_beforehand(customers: pd.DataFrame, by: str | Sequence[str]) -> None:
    """Refuse columns that nobody knows before the offer goes out.

    These are the outcomes of the table of lapsed customers (``returned``, ``value``, ...), what belongs to the trial
    (``offer``, ``offer_probability``, ``followed``), and columns measured after the offer (`late_columns`). One
    TableError names every such column, and every one that is not in the table.

    Examples
    --------
    >>> import winback as wb
    >>> check_known_beforehand(wb.load_telecom_study().lapsed, ["reason", "second_tenure"])
    Traceback (most recent call last):
    winback.tables.problems.TableError: 1 problem in the table of customers:
      1. `second_tenure` is known only after the offer went out. Leave it out of by: ...
    """
    problems = ProblemList(TABLE, customers)
    _usable(problems, customers, _names(by))
    problems.raise_if_any()


def _names(by: str | Sequence[str]) -> list[str]:
    names = [by] if isinstance(by, str) else list(by)
    if not names:
        raise ValueError("by names no column: a policy needs at least one column that is known beforehand.")
    return names


def _usable(problems: ProblemList, customers: pd.DataFrame, names: list[str]) -> list[str]:
    """Return the columns asked for that can be looked at; report the others, and those not known beforehand."""
    there, wanted = customers.columns.to_list(), list(dict.fromkeys(names))
    for name in wanted:
        if names.count(name) > 1:
            problems.add(name, "is named twice in by", "Name it once.")
    for name in wanted:
        if name not in there:
            problems.add(name, "is missing from the table", to_choose_from(name, there))
    problems.found += shared_names(there, wanted)
    usable = [name for name in wanted if there.count(name) == 1]
    late = _late(customers, [name for name in usable if name not in {*OUTCOMES, *OF_THE_TRIAL}])
    remedy = "Leave it out of by: a policy can ask only what is known when it decides."
    for name in usable:
        if name in OUTCOMES:
            problems.add(name, "is known only after the offer went out", remedy)
        elif name in OF_THE_TRIAL:
            problems.add(name, f"{OF_THE_TRIAL[name]}, not known of a customer beforehand", remedy)
        elif name in late:
            fault = "is known, or varies, only for those who returned or were sent something: measured after the offer"
            problems.add(name, fault, remedy)
    return usable


def _late(customers: pd.DataFrame, names: list[str]) -> list[str]:
    if customers.columns.to_list().count("returned") != 1:
        return []
    returned, bad = parse_flag(customers["returned"])[:2]
    if bad.any() or returned.isna().any():
        return []  # whoever reads outcomes says so
    readable = [name for name in names if kind_of(customers[name]) != "mixed"]
    sent = ["offer"] if "offer" in customers and "offer" not in readable else []
    return measured_after_the_offer(customers[[*readable, *sent]].assign(returned=returned))


def _cut(problems: ProblemList, column: pd.Series, most_splits: int) -> tuple[BinnedColumn, np.ndarray] | None:
    """Return a column's cuts and bins; what is wrong with it goes to the problems."""
    name, kind = column.name, kind_of(column)
    if name == "customer_id" or (str(name).endswith(("_id", "ID")) and column.is_unique):
        return problems.add(name, "says who a customer is, not what they are like", "Leave it out of by.")
    if kind == "date":
        return problems.add(name, "holds dates or times", "Turn it into months before the offer.")
    if kind == "mixed":
        fault = "holds neither numbers, nor true or false, nor text throughout"
        return problems.add(name, fault, "Make it one of them.")
    if kind == "number":
        endless = np.isinf(as_numbers(column))
        problems.add_rows(name, endless, "must be finite", "Write missing where it is not known.")
    cuts, bins = cut_column(column, kind, most_splits)
    if kind == "labels" and len(cuts.cuts) > MOST_LABELS:
        fault = f"has {len(cuts.cuts):,} different values, more than the {MOST_LABELS} that can be told apart"
        problems.add(name, fault, "Group them into fewer, or turn numbers written as text into numbers.")
    return cuts, bins
