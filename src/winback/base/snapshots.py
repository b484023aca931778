"""How does one row per customer, with tenure and status, become customers of whom the lost are known?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from winback.base.involuntary import INVOLUNTARY
from winback.base.snapshot_base import SnapshotBase
from winback.base.snapshot_status import STATUS, Status, read_status
from winback.periods import DAYS_IN_MONTH, Period, parse_period
from winback.provenance import sha256_of
from winback.tables import SNAPSHOT, AnyTable, label_codes
from winback.tables.checks import columns_mapped
from winback.tables.column_checks import Checked, check_columns, check_ids_once, refuse_other_than_frame
from winback.tables.currencies import shown_in
from winback.tables.likeness import bare_name, matched
from winback.tables.nouns import as_reading
from winback.tables.parsed import AS_THE_CELLS_TELL, Written
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.tables.unused import NOTHING_CHANGED, unused_marks
from winback.terms.margin_share import check_margin_share

CALLED = "table of customers"
MONTHS = {"days": 1 / DAYS_IN_MONTH, "weeks": 7 / DAYS_IN_MONTH, "months": 1.0, "years": 12.0}
UNIT_WORDS = {"days": ("day", "tag", "dias"), "weeks": ("week", "woche", "semana"), "years": ("year", "jahr", "anos")}
UNIT_WORDS |= {"months": ("month", "monat", "meses")}
LONGEST = 1200.0  # months: nobody has been a customer for a hundred years
FEW_MONTHS = 12.0  # where nobody has stayed for longer, tenures may as well be in years
TAKEN = ("lost", "first_tenure", "first_ended", "first_watched_from", "involuntary", "first_margin")
MOST_LABELS, ROWS_A_LABEL = 20, 10  # fewer rows a label than that may tell who is lost by chance


@dataclass(frozen=True, kw_only=True)
class SnapshotTerms:
    """What the table itself does not say; see `winback.base.any_base.read_base`."""

    columns: Mapping[str, str] = field(default_factory=dict)
    lost_labels: tuple[str, ...] | None = None
    tenure_in: str | None = None  # a key of MONTHS
    lost_within: Period | None = None
    margin_share: float | None = None
    involuntary: tuple[str, ...] = INVOLUNTARY
    currency: str | None = None
    written: Written = AS_THE_CELLS_TELL

    @classmethod
    def of(cls, *, lost_labels=None, lost_within=None, involuntary=None, tenure_in=None, margin_share=None, **how):
        """Return the terms as an analyst gives them, or refuse one that makes no sense."""
        if tenure_in is not None and tenure_in not in MONTHS:
            raise ValueError(f"tenure_in must be one of {', '.join(MONTHS)}; got {tenure_in!r}.")
        return cls(
            lost_labels=_texts(lost_labels, "lost_labels"),
            lost_within=None if lost_within is None else parse_period(lost_within, "lost_within"),
            involuntary=_texts(involuntary, "involuntary") or INVOLUNTARY,
            tenure_in=tenure_in,
            margin_share=check_margin_share(margin_share),
            **how,
        )


def read_snapshot(table: AnyTable | Reading, terms: SnapshotTerms) -> SnapshotBase:
    """Read and check a table with one row per customer: how long they stayed, and who is lost.

    Raises
    ------
    TableError
        Listing every problem.
    """
    reading, is_raw = as_reading(table, CALLED)
    refuse_other_than_frame(reading.frame, CALLED)
    named = columns_mapped(reading, terms.columns)
    if not named.frame.columns.has_duplicates:
        named = matched(named, SNAPSHOT)
    headings = dict(zip(map(str, named.frame.columns), map(str, reading.frame.columns), strict=True))
    named = _with_ids(_once(named.having(notes=unused_marks(named.frame, terms.written))))
    if is_raw and not named.frame.columns.has_duplicates:
        named = with_types(named, terms.written)
    checked = check_columns(named, CALLED, SNAPSHOT, ("tenure", STATUS), terms.written)
    if "customer_id" in checked.frame:
        check_ids_once(checked, checked.frame["customer_id"])
    status = _status(checked, headings, terms)
    tenure, doubts = _tenure(checked, headings, terms.tenure_in)
    _refuse_taken(checked)
    checked.problems.raise_if_any()
    money, notes = _money(checked, headings, terms.margin_share)
    customers, left_out = _without_outcomes(_framed(checked.frame, tenure, status.lost, money))
    shown, others = shown_in(checked.currencies, terms.currency)
    return SnapshotBase(
        customers=customers,
        lost_within=terms.lost_within,
        margin_share=terms.margin_share if money is not None else None,
        is_revenue=money is not None and "margin" not in checked.frame and terms.margin_share is None,
        involuntary=terms.involuntary,
        currency=shown,
        source=Path(table).name if isinstance(table, str | Path) else "a table",
        made_with=tuple((f"SHA-256 of {Path(each).name}", sha256_of(Path(each))) for each in _paths(table)),
        reading=tuple(dict.fromkeys([*checked.notes, status.said, *notes, *left_out])),
        doubts=(*doubts, *others, *_one_sided(status.lost)),
    )


def _paths(table) -> list[str | Path]:
    return [table] if isinstance(table, str | Path) else []


def _texts(given: Iterable[str] | None, name: str) -> tuple[str, ...] | None:
    if given is None:
        return None
    words = (given,) if isinstance(given, str) else tuple(given)
    if odd := [word for word in words if not isinstance(word, str)]:
        raise ValueError(f"{name} must be labels in text; got {odd[0]!r}.")
    return words or None


def _once(named: Reading) -> Reading:
    """Leave out rows that are alike to one before them in every cell, ids among them: a row exported twice."""
    if "customer_id" not in named.frame or named.frame.columns.has_duplicates:
        return named
    try:
        twice = named.frame.duplicated().to_numpy()
    except TypeError:  # cells that cannot be compared
        return named
    if not twice.any():
        return named
    first = named.frame["customer_id"][twice].iloc[0]
    note = f"Rows that are in the table twice, alike in every cell, count once: {twice.sum():,} (first: {first})."
    places = None if named.places is None else named.places.only(~twice)
    return replace(named.having(named.frame[~twice].reset_index(drop=True), [note]), places=places)


def _with_ids(named: Reading) -> Reading:
    """Give customers the number of their row where nothing names them."""
    told = {problem.column for problem in named.problems}
    if "customer_id" in named.frame or "customer_id" in told or named.frame.columns.has_duplicates:
        return named
    frame = named.frame.copy()
    frame.insert(0, "customer_id", np.arange(1, len(frame) + 1))
    return named.having(frame, ["No column names the customers: they are numbered by their row, from 1."])


def _status(checked: Checked, headings: Mapping[str, str], terms: SnapshotTerms) -> Status:
    if STATUS not in checked.frame:
        return Status(np.zeros(len(checked.frame), dtype=bool))
    found = read_status(checked.frame[STATUS], headings[STATUS], terms.lost_labels)
    checked.problems.found.extend(found.problems)
    return found


def _tenure(checked: Checked, headings: Mapping[str, str], unit: str | None) -> tuple[pd.Series, list[str]]:
    """Return tenures in months, and a doubt where the unit is a guess that may be wrong."""
    if "tenure" not in checked.frame or checked.unread["tenure"].any():
        return pd.Series(np.nan, checked.frame.index), []
    heading, given = headings["tenure"], unit
    said = [each for each, words in UNIT_WORDS.items() if any(word in bare_name(heading) for word in words)]
    unit = given or (said[0] if len(said) == 1 else "months")
    tenure = checked.frame["tenure"].astype("float64")
    longest = float(tenure.max()) if len(tenure) else 0.0
    why = "" if given or said else ", as its heading names no unit"
    checked.notes.append(f'"{heading}" was taken for {unit}{why}: up to {longest:g}.')
    months = tenure * MONTHS[unit]
    too_long = (months > LONGEST).to_numpy()
    remedy = 'Say the unit, such as tenure_in="days" (--tenure-in days), or correct them.'
    checked.problems.add_rows("tenure", too_long, f"is longer than a hundred years when taken for {unit}", remedy)
    if given is None and not said and longest <= FEW_MONTHS:
        return months, [
            f"No tenure is longer than {longest:g}, taken for months: if these are years, say so (tenure_in)"
        ]
    return months, []


def _refuse_taken(checked: Checked) -> None:
    for name in [name for name in TAKEN if name in checked.frame]:
        remedy = f"Rename it, such as own_{name}."
        checked.problems.add(name, "is also what a column of the base is called", remedy)


def _money(checked: Checked, headings, share: float | None) -> tuple[pd.Series | None, list[str]]:
    """Return the margin a month, or the share of revenue that is margin, or revenue; and what was taken for what."""
    frame = checked.frame
    if "margin" in frame:
        unused = f"margin_share was stated, but the table has margins: {NOTHING_CHANGED}."
        return frame["margin"].astype("float64"), [] if share is None else [unused]
    if "monthly_charge" in frame:
        return frame["monthly_charge"].astype("float64") * (share or 1.0), []
    return None, [] if share is None else [f"margin_share was stated, but the table has no money: {NOTHING_CHANGED}."]


def _framed(frame: pd.DataFrame, tenure: pd.Series, lost: np.ndarray, money: pd.Series | None) -> pd.DataFrame:
    columns = {"customer_id": frame["customer_id"], "tenure": tenure, "lost": lost}
    if money is not None and money.notna().any():
        columns["margin"] = money
    left = {STATUS, "monthly_charge", "margin", *columns}
    return pd.DataFrame({**columns, **{name: frame[name] for name in frame if name not in left}}).reset_index(drop=True)


def _without_outcomes(customers: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Leave out columns that say nothing but who is lost, under another name."""
    lost, notes = customers["lost"].to_numpy(), []
    if lost.all() or not lost.any():
        return customers, notes
    for name in [name for name in customers if name not in ("customer_id", "tenure", "lost", "margin", "reason")]:
        try:
            codes, labels = label_codes(customers[name])
        except TypeError:  # cells that cannot be compared
            continue
        if not 1 <= len(labels) <= min(MOST_LABELS, len(lost) // ROWS_A_LABEL) or name == "exit_text":
            continue
        n = np.bincount(codes + 1, minlength=len(labels) + 1)
        n_lost = np.bincount(codes + 1, weights=lost, minlength=len(labels) + 1)
        if ((n_lost == 0) | (n_lost == n)).all():
            customers = customers.drop(columns=name)
            notes.append(f'"{name}" says who is lost once more, so it tells no groups and is left out.')
    return customers, notes


def _one_sided(lost: np.ndarray) -> list[str]:
    if lost.all():
        return ["Everybody in the table is lost: without those who stayed no share lost and no risk can be told"]
    return []
