"""Which offers does a table of one's own name, and what is to be said of them? A template for the offers file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from winback.doors import door
from winback.results import counted, format_count, join_words
from winback.tables import LAPSED, LAPSED_TABLE, NO_OFFER, AnyTable, Problem, TableError, label_text
from winback.tables.checks import columns_mapped
from winback.tables.column_checks import refuse_other_than_frame
from winback.tables.kinds import parse_flag
from winback.tables.likeness import NEAR, bare_name, matched, to_choose_from
from winback.tables.money_columns import looks_like_revenue, says_money, with_revenue
from winback.tables.nouns import as_reading
from winback.tables.offer_columns import MOST_OFFERS, likely_offers
from winback.tables.parsed import Written
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.tables.written import write_files_together
from winback.terms.template import Template, template_text
from winback.trial.offer_labels import with_known_offers

RARE = 0.05  # of the customers of another offer of nearly the same name: a slip, and no offer of its own


@dataclass(frozen=True)
class OwnOffers:
    """What a table says of its offers, and the template in which the rest is to be filled in."""

    template: Template
    n_untreated: int  # customers who were sent nothing
    notes: tuple[str, ...]  # what was taken for what
    lacking: tuple[Problem, ...] = ()  # what else the table must tell before offers can be compared

    @property
    def text(self) -> str:
        """The template as TOML."""
        return template_text(self.template)

    @property
    def said(self) -> tuple[str, ...]:
        """What was found, in sentences."""
        names = [f"{name} ({self.template.remarks[name]})" for name in self.template.names]
        found = f"{counted(len(names), 'offers')}: {join_words(names)}."
        lacking = (str(each) for each in self.lacking)
        return (*self.notes, *lacking, found, self._untreated())

    def _untreated(self) -> str:
        if self.n_untreated:
            return f"Sent nothing, and what the offers are compared with: {counted(self.n_untreated, 'customers')}."
        return (
            "Nobody is known to have been sent nothing: figures will be gross. If one of these is the control group, "
            'say so with --control "its name"; if nobody was left out, --organic 0.05 assumes that share to return '
            "by themselves."
        )


@door
def find_offers(
    customers: AnyTable,
    *,
    columns: Mapping[str, str] | None = None,
    control: str | Iterable[str] | None = None,
    sheet: str | int | None = None,
) -> OwnOffers:
    """Find the offers that a table of lost customers names, and write a template of what they cost.

    Parameters
    ----------
    customers : pandas.DataFrame or path
        As for `winback.read_trial`; the column ``offer`` is enough.
    columns : mapping, optional
        winback's name of a column -> the table's own.
    control : str or list of str, optional
        Labels that mean sent nothing, "" for an empty cell.
    sheet : str or int, optional
        Of a workbook: its name, or its position from 1.

    Raises
    ------
    TableError
        When the table cannot be read, no column says what was sent, or a label cannot be an offer.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": [1, 2, 3], "offer": ["kein", "call", "call"], "value": [0, 7, 0]})
    >>> found = find_offers(table)
    >>> found.template.names, found.n_untreated
    (('call',), 1)
    """
    reading, is_raw = as_reading(customers, LAPSED_TABLE, sheet)
    refuse_other_than_frame(reading.frame, LAPSED_TABLE)
    reading = columns_mapped(reading, columns) if columns else reading
    reading = matched(reading, LAPSED)
    reading = with_types(reading, Written()) if is_raw else reading
    if "offer" not in reading.frame and not reading.problems:
        like = likely_offers(reading.frame)
        then = matched(reading.renamed({like[0]: "offer"}), LAPSED) if len(like) == 1 else reading
        raise TableError(LAPSED_TABLE, [_no_offers(reading, like), *_lacking(then, _revenue(then, columns or {}))])
    known = with_known_offers(reading, [], control)
    if known.problems:
        raise TableError(LAPSED_TABLE, list(known.problems))
    labels = reading.frame["offer"].map(label_text, na_action="ignore").astype(object)
    untreated = (known.frame["offer"].astype(object) == NO_OFFER).to_numpy()
    n_compared = int((untreated & _compared(known.frame)).sum())
    counts = _counted(labels[~untreated].dropna())
    if not 1 <= len(counts) <= MOST_OFFERS:
        raise TableError(LAPSED_TABLE, [_too_many_or_none(reading, len(counts))])
    words = tuple(dict.fromkeys(labels[untreated].fillna("")))
    revenue = _revenue(known, columns or {})
    template = Template(
        names=tuple(counts),
        remarks={name: counted(n, "customers") for name, n in counts.items()},
        control=() if set(words) <= {NO_OFFER} else words,
        columns=dict(columns or {}),
        has_horizon=not revenue and "value" not in known.frame,
        revenue=revenue,
    )
    n_empty = int(labels[~untreated].isna().sum())
    notes = (*known.notes, *_alike(labels[~untreated].dropna(), counts), *_empty(n_empty))
    return OwnOffers(template, n_compared, notes, tuple(_lacking(known, revenue)))


@door
def write_offers_template(found: OwnOffers, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write a template for `winback.load_offers`; what stands there is replaced only if that is said.

    Raises
    ------
    TableError
        When the table lacks what offers are compared by: all of it is asked for, and nothing is written until it is
        there.
    FileExistsError
        When there is such a file already, and ``overwrite`` does not say that it may go.
    """
    if found.lacking:
        raise TableError(LAPSED_TABLE, list(found.lacking))
    path = Path(path)
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"{path} is there already, and was not changed. Name another file with --out, or say --overwrite."
        )
    text = found.text
    return write_files_together(path.parent, {path.name: lambda place: place.write_text(text, encoding="utf-8")})[0]


def _counted(labels: pd.Series) -> dict[str, int]:
    """Count the customers of each label in order of appearance; those that differ by case and blanks are one offer."""
    counts: dict[str, int] = {}
    meant: dict[str, str] = {}
    for label, n in labels.value_counts(sort=False).items():
        name = meant.setdefault(bare_name(label) or label.strip(), label.strip())
        counts[name] = counts.get(name, 0) + int(n)
    return {name: n for name, n in counts.items() if name}


def _compared(frame: pd.DataFrame) -> np.ndarray:
    """Return who is part of the trial: who was set aside as not promising is no control."""
    if "eligible" not in frame:
        return np.ones(len(frame), dtype=bool)
    return parse_flag(frame["eligible"])[0].fillna(True).to_numpy(dtype=bool)


def _no_offers(reading: Reading, like: list[str]) -> Problem:
    """Say that the column is missing, and which it may be."""
    name = like[0] if len(like) == 1 else "..."
    remedy = f'Say which column has the name of what was sent: columns={{"offer": "{name}"}}. {_columns(reading)}'
    return Problem("offer", "is missing: no column says what each customer was sent", 0, "", remedy)


def _too_many_or_none(reading: Reading, n: int) -> Problem:
    said = f"has {format_count(n)} different values, more than a campaign has offers" if n else "names no offer"
    remedy = f'Say which column has the name of what was sent: columns={{"offer": "..."}}. {_columns(reading)}'
    return Problem("offer", said, 0, "", remedy, heading=reading.headings.get("offer", ""))


def _columns(reading: Reading) -> str:
    """Say which columns there are, under their own names."""
    return to_choose_from("", [reading.headings.get(str(name), name) for name in reading.frame.columns])


def _alike(labels: pd.Series, counts: Mapping[str, int]) -> Iterator[str]:
    """Say which labels were read as one offer, and which may be a slip for another one."""
    spelled: dict[str, list[str]] = {}
    for label in labels.unique():
        spelled.setdefault(bare_name(label) or label.strip(), []).append(label.strip())
    for each in ([*dict.fromkeys(names)] for names in spelled.values()):
        if len(each) > 1:
            written = join_words([f'"{name}"' for name in each])
            yield f"{written} differ only in case, blanks or punctuation: they were read as one offer, {each[0]}."
    for name, n in counts.items():
        larger = [other for other, m in counts.items() if n < RARE * m]
        if near := get_close_matches(name, larger, n=1, cutoff=NEAR):
            few, many = counted(n, "customers"), counted(counts[near[0]], "customers")
            yield f'"{name}" ({few}) is nearly "{near[0]}" ({many}): a slip? Then correct it in the table.'


def _empty(n: int) -> list[str]:
    if not n:
        return []
    return [f'Of {counted(n, "customers")} no offer is written. If they were sent nothing, say --control "".']


def _revenue(known: Reading, columns: Mapping[str, str]) -> str:
    """Return the column whose revenue is to become margin by a share; nothing where there is none."""
    if "value" in columns:
        return columns["value"] if looks_like_revenue(columns["value"]) else ""
    gone = [name for name in known.frame if name not in with_revenue(known, 1.0).frame]
    return str(gone[0]) if gone else ""


def _lacking(reading: Reading, revenue: str) -> Iterator[Problem]:
    """Yield what else the table must tell before offers can be compared."""
    frame = reading.frame
    needed = (
        ("customer_id", {"customer_id"}, "who a customer is"),
        ("returned", {"returned", "returned_on"}, "who came back"),
    )
    told = {problem.column for problem in reading.problems}
    for name, any_of, what in needed:
        if not any_of & {*frame, *told}:
            remedy = f'Name that column: columns={{"{name}": "..."}}.'
            yield Problem(name, f"is missing: no column says {what}", 0, "", remedy)
    if not (revenue or says_money(frame) or "returned_on" in frame):
        said = "is missing: nothing says what those who came back brought in"
        yield Problem("value", said, 0, "", 'Name the column with their margin: columns={"value": "..."}.')
