"""What was offered to whom, as one checked table? One error lists every problem, of the file, the table, the offers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from winback.labels import label_of
from winback.results import format_percent
from winback.tables import LAPSED, LAPSED_TABLE, NO_OFFER, SECOND_LIFETIME, AnyTable, HasTables, in_trial, label_codes
from winback.tables.checks import columns_mapped, lapsed_checked
from winback.tables.column_checks import Checked, refuse_other_than_frame
from winback.tables.likeness import matched
from winback.tables.money_columns import money_needs, money_problems, with_revenue
from winback.tables.months_from_dates import with_months
from winback.tables.nouns import as_reading
from winback.tables.parsed import Written, written_as
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.tables.unused import NOTHING_CHANGED, unused_marks
from winback.tables.worth_a_look import odd_cells
from winback.terms.catalog import OfferCatalog
from winback.terms.contact_costs import contact_cost_problems
from winback.trial.contacted_twice import one_row_each
from winback.trial.offer_labels import unknown_offers, with_known_offers
from winback.trial.plausible import currency_doubts, revenue_doubts


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a trial's table is to be read, where it does not tell itself; see `winback.read_trial`."""

    columns: Mapping[str, str] = field(default_factory=dict)
    control: str | Iterable[str] | None = None
    keep: str | None = None
    until: datetime.date | str | None = None
    sheet: str | int | None = None
    decimal: str | None = None
    day_first: bool | None = None

    @property
    def written(self) -> Written:
        """How numbers and dates are written."""
        return written_as(self.decimal, self.day_first)


def trial_table(customers: AnyTable, catalog: OfferCatalog, asked: Asked = Asked()) -> Reading:
    """Return the checked table of a trial whose offers are all in the catalog, with what was taken for what.

    Raises
    ------
    TableError
        Listing every problem: of the file, the columns, offers that the catalog lacks, arms of one customer.
    """
    written = asked.written
    reading, is_raw = as_reading(customers, LAPSED_TABLE, asked.sheet)
    refuse_other_than_frame(reading.frame, LAPSED_TABLE)
    reading = columns_mapped(reading, asked.columns) if asked.columns else reading
    reading = with_revenue(matched(reading, LAPSED), None if isinstance(customers, HasTables) else catalog.margin_share)
    reading = reading.having(notes=unused_marks(reading.frame, written))
    if is_raw and not reading.frame.columns.has_duplicates:
        reading = with_types(reading, written)
    reading = one_row_each(with_months(reading, asked.until, written), asked.keep, written)
    reading = with_known_offers(reading, catalog.names, asked.control)
    checked = lapsed_checked(reading, ["offer", "returned", *money_needs(reading.frame)], written)
    checked.problems.found += money_problems(reading.frame, reading.headings)
    both = "value" in reading.frame and set(SECOND_LIFETIME) & set(reading.frame)
    if both:
        remedy = "Keep measured value or second lives, and drop the other."
        checked.problems.add("value", "is there beside second_ columns", remedy)
    if {"offer", "returned"} <= set(checked.frame):
        _check_arms(checked, catalog)
    checked.problems.raise_if_any()
    if reading.places is not None:  # of a file, where a slip can be looked up
        checked.notes.extend(odd_cells(checked, LAPSED))
    doubts = revenue_doubts(asked.columns, catalog.margin_share)
    doubts += currency_doubts(frozenset(checked.currencies), catalog.currency)
    read = Reading(checked.frame, tuple(dict.fromkeys(checked.notes)), doubts=tuple(doubts))
    read = replace(read, other_contacts=reading.other_contacts, decimal=reading.decimal)
    return read if isinstance(customers, HasTables) else in_margin(read, catalog.margin_share)


def in_margin(reading: Reading, share: float | None) -> Reading:
    """Turn revenue into margin where the analyst says which share of it is margin."""
    if share is None:
        return reading
    if not {"value", "second_margin"} & set(reading.frame):
        said = f"margin_share was stated, but nothing says what returned customers brought: {NOTHING_CHANGED}."
        return reading.having(notes=[said])
    name = "value" if "value" in reading.frame else "second_margin"
    said = f"{label_of(name)[:1].upper()}{label_of(name)[1:]} is {format_percent(share)} of the revenue in the table."
    return reading.having(reading.frame.assign(**{name: reading.frame[name] * share}), [said])


def typed_trial(customers: AnyTable, catalog: OfferCatalog) -> pd.DataFrame:
    """Return the checked table of a trial whose offers are all in the catalog, in margin already; see `trial_table`."""
    return trial_table(customers, replace(catalog, margin_share=None)).frame


def _check_arms(checked: Checked, catalog: OfferCatalog) -> None:
    """Add offers without a cost, arms of a single customer, and trials without an offer or a return."""
    table, problems = checked.frame, checked.problems
    unknown, remedy = unknown_offers(table["offer"], catalog.names)
    problems.add_rows("offer", unknown & checked.read("offer"), "names an offer whose cost is not stated", remedy)
    if checked.unread.get("eligible", np.zeros(1, dtype=bool)).any() or checked.unread["returned"].any():
        return
    codes, names = label_codes(table["offer"])
    compared = in_trial(table)
    untreated = (table["offer"].astype(object) == NO_OFFER).to_numpy()
    contact_cost_problems(table, compared & ~untreated & (codes >= 0), untreated, problems)
    sizes = np.bincount(codes[compared & (codes >= 0)], minlength=len(names))
    alone = np.append(sizes == 1, False)[codes] & compared & ~unknown
    problems.add_rows("offer", alone, "is the offer of a single customer", "Drop it; 2 is the least, 30 better.")
    if not any(size and name in catalog.names for size, name in zip(sizes, names, strict=True)):
        problems.add("offer", "has no customer with an offer to compare", "Check the column and `eligible`.")
    elif not table["returned"].to_numpy(dtype=bool, na_value=False)[compared].any():
        problems.add("returned", "is false for every customer: there is nothing to value", "Check the export.")
