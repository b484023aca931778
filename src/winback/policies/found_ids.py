"""Whose rows are these? The customers of a list made before, or of those who have bought since, by any heading."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from winback.policies.new_leavers import named_there
from winback.tables import LAPSED, TableError
from winback.tables.likeness import matched, to_choose_from
from winback.tables.problems import Problem
from winback.tables.reading import Reading

NO_NAMES: Mapping[str, str] = MappingProxyType({})
FOUND = ("customer_id", "returned")  # under other headings than winback's


def with_ids(frame: pd.DataFrame, names: Mapping[str, str], table: str) -> pd.DataFrame:
    """Return a table in which it stands under winback's names who somebody is, and whether they are back.

    ``names`` says what they are called in the analyst's tables; where it does not, they are found as in these.

    Raises
    ------
    TableError
        When it says nowhere who somebody is, or in several columns.

    Examples
    --------
    >>> with_ids(pd.DataFrame({"Kunden-Nr": [7]}), {}, "customers seen later, bk.csv").columns.tolist()
    ['customer_id']
    >>> with_ids(pd.DataFrame({"Kd": [7]}), {"customer_id": "Kd"}, "customers seen later, bk.csv").columns.tolist()
    ['customer_id']
    >>> with_ids(pd.DataFrame({"Konto": [7]}), {}, "customers seen later, bk.csv")
    Traceback (most recent call last):
    winback.tables.problems.TableError: 1 problem in the customers seen later, bk.csv: ...
    """
    if "customer_id" in frame or frame.columns.has_duplicates:  # told where it is looked at
        return frame
    ours = {name: names[name] for name in FOUND if name in names}
    reading = matched(named_there(Reading(frame), ours), [column for column in LAPSED if column.name in FOUND])
    if reading.problems:
        raise TableError(table, list(reading.problems))
    if "customer_id" not in reading.frame:
        heading = names.get("customer_id", "customer_id")
        remedy = f'Name it with --column customer_id="its heading". {to_choose_from(heading, frame.columns)}'
        raise TableError(table, [Problem("customer_id", "is missing", 0, "", remedy)])
    return reading.frame
