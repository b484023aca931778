"""Can a formula be fitted to this table? Everything that is wrong with it, before anything is fitted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from formulaic import Formula

from winback.formula_language import called_in, read_formula
from winback.results import join_words
from winback.tables import LAPSED
from winback.tables.headings import shared_names
from winback.tables.kinds import WHAT_IS_READ
from winback.tables.likeness import to_choose_from
from winback.tables.parsed import without_containers

OPERATORS = ("C", "Q", "I")  # of the formula language: no column of that name can be used at all
OUTCOMES = tuple(column.name for column in LAPSED if column.outcome)
MOST_LABELS = 50
WELL_APART = 1e-8  # smallest eigenvalue of unit columns: none is nearer than its root, 1e-4, to a sum of the others
CODED = re.compile(r"^(?P<factor>.+)\[T\.(?P<label>.+)\]$")


def parse_formula(text, equation, customers, problems) -> Formula | None:
    """Return a right-hand side as a formula; None, and the problem noted, where it is none."""
    place = f"{equation} formula"
    if not isinstance(text, str) or not text.strip():
        problems.add(place, f"must be text such as 'reason + referrals'; got {text!r}", "Write '1' for no covariates.")
        return None
    if "~" in text or "|" in text:
        remedy = "Leave out everything but the explanatory part: the outcome is known."
        problems.add(place, f"must be a right-hand side only; got {text!r}", remedy)
        return None
    columns = set(map(str, customers.columns))
    meant = {name for name in OPERATORS if re.search(rf"\b{name}\b", text)}
    for name in sorted((called_in(text) | meant) & columns):
        remedy = f"Rename the column: customers.rename(columns={{{name!r}: 'a_longer_name'}})."
        problems.add(name, f"is a function of the formula language, used in the {place}", remedy)
    return read_formula(text, place, columns, problems)


def columns_of(formula: Formula, text: str, customers: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns a formula uses; those inside functions that learn from the data are found by their names."""
    named = {str(each.expr) for term in formula for each in term.factors if each.eval_method.value == "lookup"}
    inside = {str(name) for name in formula.required_variables} - (called_in(text) - named)
    return tuple(sorted(named | inside | named_columns(text, customers.columns)))


def named_columns(text: str, columns: Iterable) -> set[str]:
    """Return the columns that a formula's text names: words outside quotation marks that are no function."""
    words = re.findall(r"(?<![\w.])([^\W\d]\w*)(?!\w|\s*\()", re.sub(r"'[^']*'|\"[^\"]*\"", "", text))
    quoted = re.findall(r"`([^`]+)`", text)
    return {*words, *quoted} & set(map(str, columns))


def check_columns(used: Mapping[str, Iterable[str]], customers, problems):
    """Check every column once, however many equations use it."""
    for name in sorted({name for names in used.values() for name in names}):
        equations = [equation for equation, names in used.items() if name in names]
        what = join_words(equations)
        where = f"{what} formula{'s' if len(equations) > 1 else ''}"
        if name in OUTCOMES:
            remedy = "Explain outcomes by what was known before the offer went out."
            problems.add(name, f"is an outcome, so it cannot explain {what}", remedy)
        elif name not in customers:
            remedy = to_choose_from(name, customers.columns)
            problems.add(name, f"is named in the {where} but is not in the table", remedy)
        elif shared := shared_names(customers.columns, [name]):
            problems.found += shared
        elif pd.api.types.is_complex_dtype(customers[name]):
            problems.add(name, f"has complex numbers, in the {where}", "Use real numbers.")
        else:
            missing = customers[name].isna().to_numpy()
            remedy = "Fill it in, code it as a label of its own, or drop these rows."
            problems.add_rows(name, missing, f"must not be missing in the {where}", remedy)


def check_labels(used, customers, problems):
    """Report label columns with one label, or with too many."""
    for name in sorted({name for names in used.values() for name in names} & set(map(str, customers.columns))):
        if _is_number_text(customers[name]):
            remedy = "Convert it with pd.to_numeric; if these are labels, with .astype('category')."
            problems.add(name, "holds numbers written as text", remedy)
            continue
        listed = without_containers(customers[name])[1]
        if listed.any():
            problems.add_rows(name, listed, *WHAT_IS_READ["category"])
            continue
        labels = customers[name].nunique() if is_label(customers[name]) else 2
        if labels == 1:
            problems.add(name, "has the same value for everyone", "Leave it out of the formulas.")
        if labels > MOST_LABELS:
            remedy = "If these are numbers, convert them with pd.to_numeric; else group them first."
            problems.add(name, f"has {labels:,} different labels, too many for a formula", remedy)


def _is_number_text(column: pd.Series) -> bool:
    """Tell whether nearly all the texts of a column are numbers, decimal commas included."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return False  # declared to be labels
    if not (pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)):
        return False
    texts = column[column.map(lambda value: isinstance(value, str))]
    numbers = pd.to_numeric(texts.str.strip().str.replace(",", "."), errors="coerce") if len(texts) else texts
    return len(texts) > 0.5 * len(column) and bool(numbers.notna().mean() > 0.9)


def is_label(column: pd.Series) -> bool:
    """Tell whether a column holds labels rather than numbers or flags."""
    return not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column))


def seen_numbers(coded: pd.DataFrame, labels: Mapping) -> dict[str, np.ndarray]:
    """Return the different numbers of each column of numbers, ascending."""
    return {name: np.unique(coded[name].to_numpy(dtype=float)) for name in coded if name not in labels}


def check_levels(design, customers, problems):
    """Report numbers that C() takes for labels and that the model has not seen: they would pass for the first one."""
    for name in re.findall(r"\bC\(\s*`?([^\W\d]\w*)", design.formula):
        if name in design.seen and name in customers:
            levels = design.seen[name]
            new = ~np.isin(customers[name].to_numpy(dtype=float), levels)
            known = ", ".join(f"{level:g}" for level in levels)
            problems.add_rows(name, new, "has a label that the model has not seen", f"Use one of: {known}.")


def check_ranges(design, customers, problems):
    """Report numbers beyond those that the model has seen, where a formula cannot be computed beyond them."""
    for name, seen in design.seen.items():
        numbers = customers[name].to_numpy(dtype=float)
        beyond = (numbers < seen[0]) | (numbers > seen[-1])
        remedy = f"Keep to {seen[0]:g} to {seen[-1]:g}, or leave these customers out."
        fault = f"lies beyond what the {design.equation} formula was fitted to"
        problems.add_rows(name, beyond, fault, remedy)


def check_finite(numbers, design, problems):
    """Report design columns that are no finite number for somebody."""
    for name, columns, bad in zip(design.names, design.columns_of_terms(), ~np.isfinite(numbers).T, strict=True):
        what = "is not a finite number" if {name} == columns else f"makes {name} no finite number"
        remedy = "Transform it so that every customer has a value."
        problems.add_rows(min(columns, default=name), bad, what, remedy)


def check_rank(numbers, design, rows, problems):
    """Report design columns that are constant, or that repeat what the others say."""
    among = "" if rows is None else " among those who returned"
    numbers = numbers if rows is None else numbers[rows]
    flat = (numbers == numbers[:1]).all(axis=0) & (np.array(design.names) != "Intercept")
    for name in np.array(design.names)[flat]:
        found = CODED.match(name) if ":" not in name else None
        what = "never occurs" if "[T." in name else "has the same value for everyone"
        what += f" as {found['label']!r}" if found else ""
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
    >>> repeated_columns(np.array([[1.0, 2, 2], [1, 3, 3], [1, 5, 5]]), ("Intercept", "a", "b"))
    ['b']
    """
    largest = np.abs(numbers).max(axis=0, initial=0.0)
    numbers = numbers / np.where(largest > 0, largest, 1.0)  # first, as the square of a huge number is none
    sizes = np.linalg.norm(numbers, axis=0)
    columns = numbers / np.where(sizes > 0, sizes, 1.0)
    if np.linalg.eigvalsh(columns.T @ columns).min(initial=np.inf) > WELL_APART:
        return []
    triangle = np.linalg.qr(columns, mode="r")  # the same combinations, in few rows
    kept, found = np.empty((len(triangle), 0)), []
    for name, column in zip(names, triangle.T, strict=True):
        left = column
        for _ in range(2):  # a second time against rounding
            left = left - kept @ (kept.T @ left)
        size = np.linalg.norm(left)
        if size < 1e-9:
            found.append(name)
        else:
            kept = np.column_stack([kept, left / size])
    return found
