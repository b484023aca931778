"""With which values does a notebook of the package run? They are written into its first cell, as plain code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

PACKAGE = Path(__file__).parents[1]
PARAMETERS = "parameters"  # tag of the cell whose values are replaced


def load_notebook(name: str) -> NotebookNode:
    """Return a notebook: from the installed package, or from the folder ``notebooks`` of a checkout."""
    import nbformat

    for folder in (PACKAGE / "notebooks", PACKAGE.parents[1] / "notebooks"):
        if (folder / name).is_file():
            return nbformat.read(folder / name, as_version=4)
    raise FileNotFoundError(f"The notebook {name} is missing; install winback again.")


def with_parameters(notebook: NotebookNode, settings: Mapping[str, object]) -> NotebookNode:
    """Replace the values in the notebook's parameters cell."""
    cell = next(cell for cell in notebook.cells if PARAMETERS in cell.metadata.get("tags", []))
    cell.source = "\n".join(f"{name} = {as_code(value)}" for name, value in settings.items())
    return notebook


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
