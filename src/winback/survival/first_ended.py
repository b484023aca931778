"""Has a first lifetime ended? In a table of all customers many have not, and the table must say so."""

from __future__ import annotations

import pandas as pd

from winback.tables import LAPSED_TABLE, Problem, TableError
from winback.tables.kinds import parse_flag
from winback.tables.likeness import bare_name

HAS_LEFT = (
    "firstended churn churned haschurned ischurned churnflag churnvalue exited left hasleft attrition attrited "
    "cancelled canceled lost gekuendigt abgewandert inactive terminated"
)
SAYS_SO = frozenset(HAS_LEFT.split())
OF_THE_LOST = ("returned", "offer", "months_away", "second_tenure", "left_on")  # columns only those who left can have


def with_first_ended(customers: object) -> object:
    """Return the table with ``first_ended`` where a column of that meaning is there; ask for it where it is needed.

    A table of lost customers needs none: it knows what became of them. A table of all customers has a column such as
    ``Churn`` (yes or no), which is used.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": [1, 2], "first_tenure": [3.0, 9.0], "Churn": ["Yes", "No"]})
    >>> with_first_ended(table)["first_ended"].tolist()
    [True, False]
    """
    if not isinstance(customers, pd.DataFrame) or "first_ended" in customers or customers.columns.has_duplicates:
        return customers
    found = [name for name in customers if bare_name(name) in SAYS_SO and _is_flag(customers[name])]
    if len(found) == 1:
        return customers.assign(first_ended=parse_flag(customers[found[0]]).column)
    known = any(name in customers and customers[name].notna().any() for name in OF_THE_LOST)
    if known and not found:
        return customers
    shown = f"; it may be {' or '.join(f'`{name}`' for name in map(str, found))}" if found else ""
    remedy = "Add it: false for those who are still here, true for everyone in a table of lost customers."
    said = f"is missing: it is not known whose first lifetime has ended{shown}"
    raise TableError(LAPSED_TABLE, [Problem("first_ended", said, 0, "", remedy)])


def _is_flag(column: pd.Series) -> bool:
    read = parse_flag(column)
    return bool(column.notna().all()) and not read.unread.any()
