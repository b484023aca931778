"""Which numbers does a formula take from a table? Right-hand-side formulas, checked before anything is fitted.

Formulas are written as in R: ``"offer + reason + log(first_tenure) + I(complaints - complaints_resolved)"``. A label
column is coded against its first label; ``C(reason, contr.treatment("service"))`` chooses another.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import pandas as pd
from formulaic import Formula
from formulaic.errors import FormulaicError

from winback.tables import LAPSED, ProblemList

TABLE = "table of lapsed customers"
OPERATORS = ("C", "Q", "I")  # functions of the formula language: a column of that name would shadow them
OUTCOMES = tuple(column.name for column in LAPSED if column.outcome)
MOST_LABELS = 50
CODED = re.compile(r"^(?P<factor>.+)\[T\.(?P<label>.+)\]$")


@dataclass(frozen=True)
class Design:
    """A formula, bound to the table it was fitted on.

    Attributes
    ----------
    formula, equation : str
        The right-hand side, and which equation it explains.
    names : tuple of str
        Names of the p design columns, ``Intercept`` among them.
    columns : tuple of str
        Columns of the table that the formula uses.
    """

    formula: str
    equation: str
    names: tuple[str, ...]
    columns: tuple[str, ...]
    labels: Mapping[str, tuple] = field(repr=False)  # column -> the labels seen, first one first
    spec: object = field(repr=False)

    def matrix(self, customers: pd.DataFrame) -> np.ndarray:
        """Return the numbers of these customers, shape (n, p).

        Raises
        ------
        TableError
            When a column is missing, or has gaps or labels that were not there when the model was fitted.
        """
        problems = ProblemList(TABLE, customers)
        _check_columns(self.columns, customers, self.equation, problems)
        for name, labels in self.labels.items():
            if name in customers:
                new = (~customers[name].isin(labels) & customers[name].notna()).to_numpy()
                known = ", ".join(map(str, labels))
                problems.add_rows(name, new, "has a label that the model has not seen", f"Use one of: {known}.")
        problems.raise_if_any()
        numbers = _numbers(self.spec, _coded(customers, self.columns, self.labels))
        _refuse_not_finite(numbers, self.names, problems)
        problems.raise_if_any()
        return numbers

    def matrices(self, customers: pd.DataFrame, column: str, labels: Iterable) -> Iterator[np.ndarray]:
        """Yield the numbers of these customers as if a column had one label for everyone, label after label.

        Terms that use this column and no other are the same for everyone, so they are computed once.
        """
        labels = list(labels)
        own = list(self.terms_of([column]))
        if len(own) < sum(column in names for names in self._columns_of_terms()):  # mixed with other columns
            yield from (self.matrix(_with_label(customers, column, [label], self.labels)) for label in labels)
            return
        numbers = self.matrix(_with_label(customers, column, labels[:1], self.labels))
        first = customers.iloc[np.zeros(len(labels), dtype=int)]
        rows = self.matrix(_with_label(first, column, labels, self.labels))
        for row in rows:
            numbers = numbers.copy()
            numbers[:, own] = row[own]
            yield numbers

    def _columns_of_terms(self) -> list[set[str]]:
        """Return the columns of the table that each design column uses."""
        used = [{str(name) for name in names} for names in self.spec.term_variables.values()]
        counts = [len(places) for places in self.spec.term_indices.values()]
        return [names for names, count in zip(used, counts, strict=True) for _ in range(count)]

    def terms_of(self, columns: Collection[str]) -> tuple[int, ...]:
        """Return the positions of the design columns that use these columns of the table and no others."""
        given = set(columns)
        known = [names & set(self.columns) for names in self._columns_of_terms()]
        return tuple(place for place, names in enumerate(known) if names and names <= given)

    def in_words(self, name: str) -> str:
        """Write a design column as a reader would say it: ``reason service against price``, ``months away``."""
        found = CODED.match(name)
        if not found:
            words = name.removeprefix("I(").removesuffix(")") if name.startswith("I(") else name
            return words.replace("_", " ")
        column = re.sub(r"^C\((\w+).*\)$", r"\1", found["factor"])
        return f"{column.replace('_', ' ')} {found['label']} against {self._base(found['factor'], column)}"

    def _base(self, factor: str, column: str) -> str:
        coded = {CODED.match(name)["label"] for name in self.names if name.startswith(f"{factor}[T.")}
        return " or ".join(str(label) for label in self.labels.get(column, ()) if str(label) not in coded) or "the rest"


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
    customers : pandas.DataFrame
        Checked table, one row per customer.
    rows : mapping, optional
        Equation -> mask of the customers it is estimated from; all of them where not given.

    Raises
    ------
    TableError
        When a formula cannot be read, names a missing column or an outcome, has gaps in its columns, or when its
        effects cannot be told apart.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"reason": ["price", "service", "price"], "referrals": [0, 1, 3]})
    >>> design = bind_formulas({"tenure": "reason + referrals"}, table)["tenure"]
    >>> design.names, design.in_words(design.names[1])
    (('Intercept', 'reason[T.service]', 'referrals'), 'reason service against price')
    """
    problems = ProblemList(TABLE, customers)
    parsed = {equation: _parse(formula, equation, customers, problems) for equation, formula in formulas.items()}
    problems.raise_if_any()
    designs = {}
    for equation, formula in parsed.items():
        columns = tuple(sorted(formula.required_variables))
        labels = {name: _labels(customers[name]) for name in columns if _is_label(customers[name])}
        used = None if rows is None else rows.get(equation)
        designs[equation] = _bind(formula, formulas[equation], equation, columns, labels, customers, used, problems)
    problems.raise_if_any()
    return designs


def _parse(text, equation, customers, problems) -> Formula | None:
    place = f"{equation} formula"
    if not isinstance(text, str) or not text.strip():
        problems.add(place, f"must be text such as 'reason + referrals'; got {text!r}", "Write '1' for no covariates.")
        return None
    if "~" in text or "|" in text:
        remedy = "Leave out everything but the explanatory part: the outcome is known."
        problems.add(place, f"must be a right-hand side only; got {text!r}", remedy)
        return None
    shadowed = [name for name in OPERATORS if name in map(str, customers.columns) and re.search(rf"\b{name}\b", text)]
    for name in shadowed:
        remedy = f"Rename the column: customers.rename(columns={{{name!r}: 'a_longer_name'}})."
        problems.add(name, f"is a function of the formula language, used in the {place}", remedy)
    try:
        formula = Formula(text)
        columns = formula.required_variables
    except FormulaicError as error:
        problem = f"cannot be read: {text!r} ({str(error).splitlines()[0]})"
        problems.add(place, problem, "Write terms with + between them.")
        return None
    _check_columns(sorted(columns), customers, equation, problems)
    _check_labels(sorted(columns), customers, equation, problems)
    return formula


def _check_columns(columns, customers, equation, problems):
    for name in columns:
        if name in OUTCOMES:
            remedy = "Explain outcomes by what was known before the offer went out."
            problems.add(name, f"is an outcome, so it cannot explain {equation}", remedy)
        elif name not in customers:
            close = get_close_matches(name, map(str, customers.columns), n=1)
            there = f"Did you mean `{close[0]}`?" if close else f"Columns: {', '.join(map(str, customers.columns))}."
            problems.add(name, f"is named in the {equation} formula but is not in the table", there)
        else:
            missing = customers[name].isna().to_numpy()
            remedy = "Fill it in, code it as a label of its own, or drop these rows."
            problems.add_rows(name, missing, f"must not be missing in the {equation} formula", remedy)


def _check_labels(columns, customers, equation, problems):
    for name in columns:
        labels = customers[name].nunique() if name in customers and _is_label(customers[name]) else 2
        if labels == 1:
            problems.add(name, "has the same value for everyone", f"Leave it out of the {equation} formula.")
        if labels > MOST_LABELS:
            remedy = "If these are numbers, convert them with pd.to_numeric; else group them first."
            problems.add(name, f"has {labels:,} different labels, too many for the {equation} formula", remedy)


def _with_label(customers, column, labels, known) -> pd.DataFrame:
    """Return customers with one label for everyone, or a label for each."""
    if column not in known:
        return customers
    codes = np.arange(len(labels)) if len(labels) == len(customers) else np.zeros(len(customers), dtype=np.int8)
    return customers.assign(**{column: pd.Categorical.from_codes(codes, categories=labels)})


def _is_label(column: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column))


def _labels(column: pd.Series) -> tuple:
    """Return the labels that occur: in the order of a category, else in alphabetical order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return tuple(column.cat.remove_unused_categories().cat.categories)
    return tuple(sorted(column.dropna().unique(), key=str))


def _coded(customers, columns, labels) -> pd.DataFrame:
    """Return the columns a formula uses; labels as categories, flags and nullable numbers as plain ones."""
    return pd.DataFrame(
        {
            name: pd.Categorical(customers[name].astype(object), categories=labels[name])
            if name in labels
            else customers[name].to_numpy(dtype=float)
            for name in columns
        },
        index=pd.RangeIndex(len(customers)),
    )


def _bind(formula, text, equation, columns, labels, customers, rows, problems) -> Design | None:
    coded = _coded(customers, columns, labels)
    try:
        with np.errstate(all="ignore"):
            matrix = formula.get_model_matrix(coded, na_action="ignore")
    except FormulaicError as error:
        problem = f"cannot be computed: {text!r} ({str(error).splitlines()[0]})"
        problems.add(f"{equation} formula", problem, "Check the names of functions and columns.")
        return None
    design = Design(text, equation, tuple(map(str, matrix.columns)), columns, labels, matrix.model_spec)
    numbers, n_found = matrix.to_numpy(dtype=float), len(problems.found)
    _refuse_not_finite(numbers, design.names, problems)
    if len(problems.found) == n_found:
        _check_rank(numbers, design, rows, problems)
    return design


def _numbers(spec, coded) -> np.ndarray:
    with np.errstate(all="ignore"):
        return spec.get_model_matrix(coded, na_action="ignore").to_numpy(dtype=float)


def _refuse_not_finite(numbers, names, problems):
    for name, bad in zip(names, ~np.isfinite(numbers).T, strict=True):
        problems.add_rows(name, bad, "is not a finite number", "Transform it so that every customer has a value.")


def _check_rank(numbers, design, rows, problems):
    """Report design columns that are constant, or that repeat what the others say."""
    among = "" if rows is None else " among those who returned"
    numbers = numbers if rows is None else numbers[rows]
    flat = (numbers == numbers[:1]).all(axis=0) & (np.array(design.names) != "Intercept")
    for name in np.array(design.names)[flat]:
        found = CODED.match(name)
        what = f"never occurs as {found['label']!r}" if found else "has the same value for everyone"
        remedy = f"Leave it out of the {design.equation} formula" + (", or merge the label." if found else ".")
        problems.add(found["factor"] if found else name, f"{what}{among}", remedy)
    if not flat.any():
        for name in repeated_columns(numbers, design.names):
            problem = f"says nothing that the other terms of the {design.equation} formula do not say{among}"
            problems.add(name, problem, "Leave one of them out.")


def repeated_columns(numbers: np.ndarray, names: tuple[str, ...]) -> list[str]:
    """Return the names of columns that are linear combinations of those before them.

    Examples
    --------
    >>> import numpy as np
    >>> repeated_columns(np.array([[1.0, 2, 2], [1, 3, 3], [1, 5, 5]]), ("Intercept", "a", "b"))
    ['b']
    """
    size = np.sqrt((numbers**2).sum(axis=0))
    diagonal = np.abs(np.diag(np.linalg.qr(numbers / np.where(size > 0, size, 1), mode="r")))
    diagonal = np.pad(diagonal, (0, len(names) - len(diagonal)))
    return [name for name, left in zip(names, diagonal, strict=True) if left < 1e-9]
