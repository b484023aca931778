"""What came of the customers of a plan? Their outcomes, read as a trial's are, in the order of the list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from winback.base.customers import places_among
from winback.policies.contact_list import ContactList
from winback.policies.new_leavers import named_as_in, written_as_in
from winback.tables import LAPSED, NO_OFFER, SECOND_LIFETIME, AnyTable, ProblemList
from winback.tables.checks import lapsed_checked
from winback.tables.column_checks import Checked, refuse_other_than_frame
from winback.tables.headings import shared_names
from winback.tables.ids import as_index
from winback.tables.likeness import alike, matched, to_choose_from
from winback.tables.months_from_dates import with_months
from winback.tables.nouns import as_reading
from winback.tables.numbers import parse_number
from winback.tables.problems import Problem, TableError
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.terms.catalog import Offer
from winback.trial.outcomes import trial_groups, trial_money
from winback.trial.trial import Trial
from winback.trial.trial_table import in_margin

TABLE = "table of outcomes"
READ = ("customer_id", "returned", "returned_on", "value", *SECOND_LIFETIME)
MEANING = {column.name: column.meaning for column in LAPSED}
WHICH = "Keep the one that is meant, and drop or rename the other."
ONLY_BACK = (
    "List the others with returned = no; whose outcome is not known yet, check when it is. In Python: "
    'plan.customers[["customer_id"]].merge(outcomes, how="left").fillna({"returned": "no"}).'
)


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of the n customers of a list; missing where there is none."""

    known: np.ndarray = field(repr=False)  # (n,) bool
    returned: np.ndarray = field(repr=False)  # (n,) 0 or 1
    cost: np.ndarray = field(repr=False)  # (n,) money, contacts included
    profit: np.ndarray = field(repr=False)  # (n,) value less cost
    n_not_listed: int = 0  # who were asked about, and not listed: a contact with them was expected to lose money
    notes: tuple[str, ...] = ()  # sentences: what was taken for what


def outcomes_of(listed: ContactList, customers: pd.DataFrame, outcomes: AnyTable) -> Outcomes:
    """Read what came of listed customers; see `OutreachPlan.check`. Columns are found as in the trial's table.

    Raises
    ------
    TableError
        Listing every problem: columns that are missing, customers who are not on the list, costs that are no numbers;
        or that only those are there who came back.
    """
    trial = listed.value.trial
    checked = outcomes_read(trial, outcomes)
    problems = checked.problems
    place, not_listed = _places(listed, checked)
    problems.raise_if_any()
    read = in_margin(Reading(checked.frame), trial.offers.margin_share)  # revenue, where the trial's table has that
    table = read.frame
    table, place = table[~not_listed].reset_index(drop=True), place[~not_listed]
    cost = parse_number(table["cost"]).column.to_numpy(dtype=float, na_value=np.nan) if "cost" in table else None
    _refuse_only_back(problems, customers, place, table["returned"].to_numpy(dtype=bool))
    reached = customers["is_reached"].to_numpy()[place]
    offer = np.where(reached, customers["offer"].astype(object).to_numpy()[place], NO_OFFER)
    value, paid = _money(listed, table, place, offer, is_told=cost is not None)
    contacts = np.where(reached, customers["cost"].to_numpy()[place], 0.0)
    found = np.full((3, len(listed.frame)), np.nan)
    spent = paid + contacts if cost is None else cost
    found[:, place] = table["returned"].to_numpy(dtype=float), spent, value - spent
    return Outcomes(~np.isnan(found[0]), *found, n_not_listed=int(not_listed.sum()), notes=read.notes)


def outcomes_read(trial: Trial, outcomes: AnyTable) -> Checked:
    """Return the columns that are looked at, by names and in numbers of the trial's table, with what is wrong."""
    given, is_raw = as_reading(outcomes, TABLE)
    refuse_other_than_frame(given.frame, TABLE)
    if given.frame.columns.has_duplicates:
        raise TableError(TABLE, shared_names(given.frame.columns))
    mapped = named_as_in(given, trial)
    reading = matched(mapped, [column for column in LAPSED if column.name in READ])
    unclear = [replace(each, remedy=WHICH) for each in reading.problems[len(mapped.problems) :]]
    if "cost" not in reading.frame:
        reading = reading.renamed({name: "cost" for name in alike("cost", reading.frame.columns)[:1]})
    written, is_measured = written_as_in(reading, trial), "value" in reading.frame or trial.horizon_months is None
    if is_measured and "returned" not in reading.frame:
        reading = with_months(reading, None, written)  # a day of return says who came back
    needs = ["customer_id", "returned", *(["value"] if is_measured else SECOND_LIFETIME)]
    told = {each.column for each in unclear}
    lacking = [
        _lacking(name, given, trial.offers.columns.get(name, name))
        for name in needs
        if name not in {*reading.frame, *told}
    ]
    reading = replace(reading, problems=(*mapped.problems, *unclear, *lacking))
    reading = reading.only(name for name in reading.frame if name in (*needs, "cost"))
    if is_raw:
        reading = with_types(reading, written)
    checked = lapsed_checked(reading, needs, written)
    checked.problems.table = f"{TABLE}, {Path(outcomes).name}" if isinstance(outcomes, str | Path) else TABLE
    if "cost" in checked.frame:
        read = parse_number(checked.frame["cost"])
        bad = read.unread | ~(read.column.to_numpy(dtype=float, na_value=np.nan) >= 0)
        remedy = "Write what was spent on this customer, 0 for nothing; or leave the column out."
        checked.problems.add_rows("cost", bad, "must be a number of at least 0", remedy)
    return checked


def _lacking(name: str, given: Reading, heading: str) -> Problem:
    also = "" if heading == name else f" or `{heading}`, as the trial's table calls it"
    remedy = f"Add it ({MEANING[name]}), as `{name}`{also}. {to_choose_from(heading, given.frame.columns)}"
    return Problem(name, "is missing", 0, "", remedy)


def _places(listed: ContactList, checked: Checked) -> tuple[np.ndarray, np.ndarray]:
    """Return each customer's place on the list, -1 where none is, and who was asked about and not listed, (m,) each."""
    ids = checked.frame.get("customer_id")
    if ids is None:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=bool)
    place = places_among(ids, as_index(listed.frame["customer_id"]))
    not_listed = (place < 0) & _asked_about(listed, ids)
    unknown = (place < 0) & ~not_listed & ids.notna().to_numpy() & checked.read("customer_id")
    checked.problems.add_rows("customer_id", unknown, "must be on the list that was planned", "Leave others out.")
    return place, not_listed


def _refuse_only_back(problems: ProblemList, customers: pd.DataFrame, place: np.ndarray, returned: np.ndarray) -> None:
    """Refuse a table of those alone who came back, as sales are recorded: nothing is known of all others."""
    reached = customers["is_reached"].to_numpy()
    n, known = int(reached.sum()), reached[place]
    n_unknown = n - int(known.sum())
    if n_unknown and known.any() and returned[known].all():
        said = f"holds only customers who came back, and {n_unknown:,} of {n:,} contacted are not in the table"
        problems.add("returned", said, ONLY_BACK)
        problems.raise_if_any()


def _asked_about(listed: ContactList, ids: pd.Series) -> np.ndarray:
    """Tell who was in the table from which the list was made, (m,): their outcomes are known with the others'."""
    if not len(listed.asked_about):
        return np.zeros(len(ids), dtype=bool)
    return places_among(ids, as_index(pd.Series(listed.asked_about))) >= 0


def _money(
    listed: ContactList, table: pd.DataFrame, place: np.ndarray, offer: np.ndarray, *, is_told: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each customer brought, and what the offer itself cost by its terms unless that is told, (m,) each."""
    catalog = listed.value.trial.offers
    catalog = replace(catalog.as_paid, contact_costs=None)
    if is_told:
        catalog = replace(
            catalog, offers=tuple(Offer(name=name, amount=0.0, paid="per_contact") for name in catalog.names)
        )
    if "value" in table:
        catalog = replace(catalog, horizon_months=None, annual_discount=None)
    told = [name for name in ("customer_id", "returned", "value", *SECOND_LIFETIME) if name in table]
    deciding = {each.tailored_by for each in catalog} - {None}
    known = listed.customers.iloc[place].reset_index(drop=True)
    own = table[told].reset_index(drop=True).assign(offer=offer, **{name: known[name] for name in deciding})
    return trial_money(own, catalog, trial_groups(own, catalog))
