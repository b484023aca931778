"""Which numbers does a formula take from a table? Right-hand-side formulas, checked before anything is fitted.

Formulas are written as in R: ``"offer + reason + log(first_tenure) + I(complaints - complaints_resolved)"``. A label
column is coded against its first label; ``C(reason, contr.treatment("service"))`` chooses another. What a formula may
say is a closed list; `winback.formula_language.with_functions` adds functions of one's own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.formula_checks import (
    CODED,
    check_columns,
    check_finite,
    check_labels,
    check_levels,
    check_ranges,
    check_rank,
    columns_of,
    is_label,
    named_columns,
    parse_formula,
    seen_numbers,
)
from winback.formula_language import functions_of
from winback.labels import contrast_words, label_of
from winback.tables import LAPSED_TABLE, ProblemList
from winback.tables.numbers import parse_number


@dataclass(frozen=True)
class Design:
    """A formula, bound to the table it was fitted on."""

    formula: str  # the right-hand side
    equation: str  # that it explains
    names: tuple[str, ...]  # of the p design columns, ``Intercept`` among them
    columns: tuple[str, ...]  # of the table that the formula uses
    labels: Mapping[str, tuple] = field(repr=False)  # column -> the labels seen, first one first
    spec: object = field(repr=False)
    seen: Mapping[str, np.ndarray] = field(
        repr=False, default_factory=dict
    )  # column of numbers -> those seen, ascending

    def matrix(self, customers: pd.DataFrame) -> np.ndarray:
        """Return the numbers of these customers, (n, p); a TableError names columns missing, gaps and new labels."""
        problems = ProblemList(LAPSED_TABLE, customers)
        if len(customers) == 0:
            problems.add("table", "has no rows", "Give at least one customer.")
            problems.raise_if_any()
        check_columns({self.equation: self.columns}, customers, problems)
        for name, labels in self.labels.items():
            if name in customers:
                new = (~customers[name].isin(labels) & customers[name].notna()).to_numpy()
                known = ", ".join(map(str, labels))
                problems.add_rows(name, new, "has a label that the model has not seen", f"Use one of: {known}.")
        given = customers.copy(deep=False)
        for name in set(self.columns) - set(self.labels):
            if list(customers.columns).count(name) == 1 and customers[name].dtype == object:
                given[name], unread = parse_number(customers[name])[:2]
                problems.add_rows(name, unread, "must be a number, as where the model was fitted", "Correct it.")
        check_levels(self, customers, problems)
        problems.raise_if_any()
        try:
            numbers = _numbers(self, _coded(given, self.columns, self.labels))
        except Exception as error:  # a function that holds only within the range it was fitted on, say
            check_ranges(self, customers, problems)
            if not problems.found:
                remedy = "Look at customers whose columns lie beyond those the model was fitted on."
                problems.add(f"{self.equation} formula", _not_computed(self.formula, error), remedy)
            problems.raise_if_any()
        check_finite(numbers, self, problems)
        problems.raise_if_any()
        return numbers

    def matrices(self, customers: pd.DataFrame, column: str, labels: Iterable) -> Iterator[np.ndarray]:
        """Yield the numbers of these customers as if a column had one label for everyone, label after label.

        Terms that use this column and no other are the same for everyone, so they are computed once.
        """
        labels = list(labels)
        own = list(self.terms_of([column]))
        if len(own) < sum(column in names for names in self.columns_of_terms()):  # mixed with other columns
            yield from (self.matrix(_with_label(customers, column, [label], self.labels)) for label in labels)
            return
        numbers = self.matrix(_with_label(customers, column, labels[:1], self.labels))
        first = customers.iloc[np.zeros(len(labels), dtype=int)]
        rows = self.matrix(_with_label(first, column, labels, self.labels))
        for row in rows:
            numbers = numbers.copy()
            numbers[:, own] = row[own]
            yield numbers

    def columns_of_terms(self) -> list[set[str]]:
        """Return the columns of the table that each design column uses."""
        places = self.spec.term_indices.items()
        return [named_columns(str(term), self.columns) for term, each in places for _ in each]

    def terms_of(self, columns: Collection[str]) -> tuple[int, ...]:
        """Return the positions of the design columns that use these columns of the table and no others."""
        given = set(columns)
        return tuple(place for place, names in enumerate(self.columns_of_terms()) if names and names <= given)

    def in_words(self, name: str) -> str:
        """Write a design column as a reader would say it: ``left for service rather than for price``."""
        if "]:" in name or ":" in name.partition("[")[0]:  # an interaction
            return " and ".join(self.in_words(part) for part in re.split(r":(?![^\[]*\])", name))
        found = CODED.match(name)
        if not found:
            words = name.removeprefix("I(").removesuffix(")") if name.startswith("I(") else name
            return label_of(words)
        column = coded_column(found["factor"])
        return contrast_words(column, _whole(found["label"]), self._base(found["factor"], column))

    def _base(self, factor: str, column: str) -> str:
        found = (CODED.match(name) for name in self.names if ":" not in name)
        coded = {each["label"] for each in found if each and each["factor"] == factor}
        known = [str(label) for label in self.labels.get(column, self.seen.get(column, ()))]
        return " or ".join(_whole(label) for label in known if label not in coded) or "the rest"


def _whole(label: str) -> str:
    """Return a label of C() without the point that a column of floats put there."""
    return re.sub(r"^(-?\d+)\.0$", r"\1", label)


def coded_column(factor: str) -> str:
    """Return the column of the table behind a coded factor.

    Examples
    --------
    >>> coded_column('C(reason, contr.treatment("price"))')
    'reason'
    """
    return re.sub(r"^C\((\w+).*\)$", r"\1", factor)


def bind_formula(formula: str, customers: pd.DataFrame, equation: str, rows: np.ndarray | None = None) -> Design:
    """Bind one formula to a table, see `bind_formulas`."""
    return bind_formulas({equation: formula}, customers, {} if rows is None else {equation: rows})[equation]


def bind_formulas(
    formulas: Mapping[str, str], customers: pd.DataFrame, rows: Mapping[str, np.ndarray] | None = None
) -> dict[str, Design]:
    """Bind the formulas of a model to a table, or raise one error with everything that is wrong.

    Parameters
    ----------
    formulas : mapping
        Equation -> right-hand side.
    rows : mapping, optional
        Equation -> mask of the customers it is estimated from; all of them where not given.

    Raises
    ------
    TableError
        When a formula cannot be read, names a missing column or an outcome, has gaps in its columns, or when its
        effects cannot be told apart.

    Examples
    --------
    >>> table = pd.DataFrame({"reason": ["price", "service", "price"], "referrals": [0, 1, 3]})
    >>> design = bind_formulas({"tenure": "reason + referrals"}, table)["tenure"]
    >>> design.names, design.in_words(design.names[1])
    (('Intercept', 'reason[T.service]', 'referrals'), 'left for service rather than for price')
    """
    problems = ProblemList(LAPSED_TABLE, customers)
    parsed = {equation: parse_formula(formula, equation, customers, problems) for equation, formula in formulas.items()}
    parsed = {equation: formula for equation, formula in parsed.items() if formula is not None}
    used = {equation: columns_of(formula, formulas[equation], customers) for equation, formula in parsed.items()}
    check_columns(used, customers, problems)
    check_labels(used, customers, problems)
    problems.raise_if_any()
    designs = {}
    for equation, formula in parsed.items():
        labels = {name: _labels(customers[name]) for name in used[equation] if is_label(customers[name])}
        among = None if rows is None else rows.get(equation)
        bound = (formulas[equation], equation, used[equation], labels)
        designs[equation] = _bind(formula, *bound, customers, among, problems)
    problems.raise_if_any()
    return designs


def _with_label(customers, column, labels, known) -> pd.DataFrame:
    """Return customers with one label for everyone, or a label for each."""
    if column not in known:
        return customers
    codes = np.arange(len(labels)) if len(labels) == len(customers) else np.zeros(len(customers), dtype=np.int8)
    return customers.assign(**{column: pd.Categorical.from_codes(codes, categories=labels)})


def _labels(column: pd.Series) -> tuple:
    """Return the labels that occur: in the order of a category, else in alphabetical order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return tuple(column.cat.remove_unused_categories().cat.categories)
    return tuple(sorted(column.dropna().unique(), key=str))


def _coded(customers, columns, labels) -> pd.DataFrame:
    """Return the columns a formula uses; labels as categories, flags and nullable numbers as plain ones."""
    coded = {
        name: pd.Categorical(customers[name].astype(object), categories=labels[name])
        if name in labels
        else customers[name].to_numpy(dtype=float)
        for name in columns
    }
    return pd.DataFrame(coded, index=pd.RangeIndex(len(customers)))


def _bind(formula, text, equation, columns, labels, customers, rows, problems) -> Design | None:
    coded = _coded(customers, columns, labels)
    try:
        with np.errstate(all="ignore"):
            matrix = formula.get_model_matrix(coded, context=functions_of(text), na_action="ignore")
    except Exception as error:  # whatever a function says of these columns
        problems.add(f"{equation} formula", _not_computed(text, error), "Check the names of functions and columns.")
        return None
    named = (text, equation, tuple(map(str, matrix.columns)))
    design = Design(*named, columns, labels=labels, spec=matrix.model_spec, seen=seen_numbers(coded, labels))
    numbers, n_found = matrix.to_numpy(dtype=float), len(problems.found)
    if not design.names:
        problems.add(f"{equation} formula", f"has no terms: {text!r}", "Write '1' for no covariates.")
        return design
    check_finite(numbers, design, problems)
    if len(problems.found) == n_found:
        check_rank(numbers, design, rows, problems)
    return design


def _not_computed(text: str, error: Exception) -> str:
    said = (str(error).splitlines() or [type(error).__name__])[0]
    return f"cannot be computed: {str(text)!r} ({said})"


def _numbers(design: Design, coded: pd.DataFrame) -> np.ndarray:
    with np.errstate(all="ignore"):
        matrix = design.spec.get_model_matrix(coded, context=functions_of(design.formula), na_action="ignore")
    return matrix.to_numpy(dtype=float)
