"""With which values does a notebook of the package run? They are written into its first cell, as plain code."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING

from winback.pages.chapters import notebook_folders

if TYPE_CHECKING:
    from nbformat import NotebookNode

PARAMETERS = "parameters"  # tag of the cell whose values are replaced


def load_notebook(name: str) -> NotebookNode:
    """Return a notebook: from the installed package, or from the folder ``notebooks`` of a checkout."""
    import nbformat

    for folder in notebook_folders():
        if (folder / name).is_file():
            return nbformat.read(folder / name, as_version=4)
    raise FileNotFoundError(f"The notebook {name} is missing; install winback again.")


def parameters_of(notebook: NotebookNode) -> dict[str, str]:
    """Return the names that the notebook's parameters cell sets, each with the code that sets it.

    A line that sets several names is of the first of them.
    """
    source = _parameters_cell(notebook).source
    found = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    names = [next(each.id for each in ast.walk(node) if isinstance(each, ast.Name)) for node in found]
    lines = source.splitlines()
    return {name: "\n".join(lines[n.lineno - 1 : n.end_lineno]) for name, n in zip(names, found, strict=True)}


def with_parameters(notebook: NotebookNode, settings: Mapping[str, object]) -> NotebookNode:
    """Replace values in the notebook's parameters cell; those that are not set stay."""
    own = parameters_of(notebook)
    kept = {name: code for name, code in own.items() if name not in settings}
    given = {name: f"{name} = {as_code(value)}" for name, value in settings.items()}
    lines = [kept.get(name) or given[name] for name in [*own, *(name for name in given if name not in own)]]
    _parameters_cell(notebook).source = "\n".join(lines)
    return notebook


def without_folders(value: object) -> object:
    """Return a setting with files called by their names alone: whoever reads a page has no use for folders of another.

    Examples
    --------
    >>> without_folders({"whom": "/home/ann/new.csv", "already": ["/home/ann/plan.csv"], "currency": "$"})
    {'whom': 'new.csv', 'already': ['plan.csv'], 'currency': '$'}
    """
    if isinstance(value, Mapping):
        return {key: without_folders(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(without_folders(each) for each in value)
    return Path(value).name if isinstance(value, str | Path) and Path(value).is_absolute() else value


def of_the_notebook(notebook: NotebookNode, asked: Mapping[str, object]) -> dict[str, object]:
    """Return those of some settings that a notebook has; refuse terms of a trial where it takes none."""
    names = parameters_of(notebook)
    if (terms := asked.get("terms")) and "terms" not in names:
        raise ValueError(f"It takes no {' and no '.join(terms)}.")
    return {name: value for name, value in asked.items() if name in names}


def _parameters_cell(notebook: NotebookNode) -> NotebookNode:
    return next(cell for cell in notebook.cells if PARAMETERS in cell.metadata.get("tags", []))


def as_code(value: object) -> str:
    """Write a setting as code of plain values: a number of NumPy's is a number, a path is text.

    Examples
    --------
    >>> import numpy as np
    >>> as_code({"organic": (np.float64(0.02), 0.08), "horizon_months": np.int64(24)})
    "{'organic': (0.02, 0.08), 'horizon_months': 24}"
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{as_code(key)}: {as_code(each)}' for key, each in value.items())}}}"
    if isinstance(value, tuple | list):
        parts = [as_code(each) for each in value]
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
    if isinstance(value, str | Path):
        return repr(str(value))
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, Integral):
        return repr(int(value))
    if isinstance(value, Real):
        number = float(value)
        return repr(number) if math.isfinite(number) else f'float("{number}")'
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return as_code(value.item())
    raise ValueError(f"A page's settings are text, numbers and pairs of numbers; got {value!r}.")
