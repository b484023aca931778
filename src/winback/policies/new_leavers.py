"""Who are the customers of another file, for whom a list is asked? Read by the names that the trial's table has."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from winback.labels import label_of
from winback.results import counted
from winback.tables import LAPSED, SECOND_LIFETIME, ProblemList
from winback.tables.checks import columns_mapped, lapsed_checked
from winback.tables.column_checks import check_flags
from winback.tables.files import read_file
from winback.tables.likeness import alike, bare_name, matched
from winback.tables.months_from_dates import with_months
from winback.tables.no_contact import has_labels
from winback.tables.numbers import decimal_evidence
from winback.tables.parsed import AS_THE_CELLS_TELL, Written
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.trial.trial import Trial

AGENT = "agent"  # who keeps a customer: no column of winback's tables, and read where contacts are shared out
OF_A_TRIAL = {"offer", "offered_on", "returned_on", "ended_on", "value", "second_reason", *SECOND_LIFETIME}


class Leavers(NamedTuple):
    """Customers of a file, and what is to be said of them."""

    frame: pd.DataFrame
    whom: str  # as in a sentence
    notes: tuple[str, ...]


def read_leavers(path: str | Path, trial: Trial) -> Leavers:
    r"""Read customers to be listed; columns are found as in the trial's table, also those that were mapped there.

    Numbers and dates that can be read in two ways are read as the trial's.

    What would be the outcome of an offer is carried along and not looked at: nobody has sent them this one.

    Raises
    ------
    TableError
        Listing every problem; it names the file.
    FileNotFoundError
        When there is no such file.

    Examples
    --------
    >>> import pathlib, tempfile, winback as wb
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "new.csv"
    >>> _ = path.write_text("Kundennr;reason\n0012;price\n")
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> found = read_leavers(path, study.trial)
    >>> found.whom, found.frame["customer_id"].tolist()
    ('customers of new.csv', ['0012'])
    """
    found, problems = leavers_looked_at(path, trial)
    problems.raise_if_any()
    return found


def leavers_looked_at(
    path: str | Path, trial: Trial | None, flags: Iterable[str] = (), columns: Mapping[str, str] = MappingProxyType({})
) -> tuple[Leavers, ProblemList]:
    """Do the work of `read_leavers`, and return what is wrong beside what could be read.

    Columns called like ``flags``, in letters only, must say yes or no. Without a trial, as it cannot be read, the table
    is looked at by itself, with the names of ``columns`` where it has them.
    """
    reading = named_there(read_file(path), columns if trial is None else trial.offers.columns, but=OF_A_TRIAL)
    known = matched(Reading(reading.frame.head(0)), LAPSED).frame.columns
    aside = reading.frame.loc[:, known.isin(OF_A_TRIAL)]
    reading = matched(reading.only(name for name in reading.frame if name not in aside), LAPSED)
    written = AS_THE_CELLS_TELL if trial is None else written_as_in(reading, trial)
    checked = lapsed_checked(with_months(with_types(reading, written), None, written), written=written)
    check_flags(checked, flags)
    checked.problems.table = f"table of whom to contact, {Path(path).name}"
    frame = pd.concat([checked.frame, aside], axis=1).reset_index(drop=True)  # carried along as it is written
    frame, meant = (frame, []) if trial is None else with_labels_of(frame, trial)
    said = (*dict.fromkeys(checked.notes), *meant, *(() if trial is None else _known(frame, trial)))
    return Leavers(frame, f"customers of {Path(path).name}", said), checked.problems


def with_labels_of(customers: pd.DataFrame, trial: Trial) -> tuple[pd.DataFrame, list[str]]:
    """Return customers with labels as the trial's table writes them, and what was read as what.

    Case, blanks and punctuation do not matter where one label of the trial only can be meant.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> frame, said = with_labels_of(pd.DataFrame({"reason": ["Price ", "service", "moved"]}), trial)
    >>> frame["reason"].tolist(), said
    (['price', 'service', 'moved'], ['The reason for leaving "Price " was read as price, as in the trial.'])
    """
    said = []
    for name in [name for name in ("reason", *trial.covariates) if name in customers and name in trial.customers]:
        if has_labels(trial.customers[name]) and has_labels(customers[name]):
            there = list(map(str, trial.customers[name].dropna().unique()))
            letters = pd.Series(there).groupby(list(map(bare_name, there))).agg(list)
            new = [label for label in customers[name].dropna().unique() if label not in there]
            like = {label: letters.get(bare_name(label), []) for label in new}
            meant = {label: found[0] for label, found in like.items() if len(found) == 1}
            if meant:
                own = customers[name].astype(object)
                customers = customers.assign(**{name: own.where(~own.isin(list(meant)), own.map(meant))})
            said += [f'The {label_of(name)} "{a}" was read as {b}, as in the trial.' for a, b in meant.items()]
    return customers, list(dict.fromkeys(said))


def named_apart(
    columns: Mapping[str, str],
    trial_file: str | Path,
    path: str | Path,
    sheet: str | int | None = None,
    without: Container[str] = OF_A_TRIAL,
) -> tuple[dict[str, str], dict[str, str]]:
    """Return, of winback's names of columns and the tables' own, those of a trial, and those of another file alone."""
    own, theirs = read_file(trial_file, sheet=sheet).frame.columns, read_file(path).frame.columns
    alone = {ours: name for ours, name in columns.items() if alike(name, theirs) and not alike(name, own)}
    alone = {ours: name for ours, name in alone.items() if ours not in theirs and ours not in without}
    return {ours: name for ours, name in columns.items() if ours not in alone}, alone


def named_as_in(reading: Reading, trial: Trial, but: Iterable[str] = ()) -> Reading:
    """Return a table with winback's names of columns where it has those that were mapped to them in the trial."""
    return named_there(reading, trial.offers.columns, but)


def named_there(reading: Reading, columns: Mapping[str, str], but: Iterable[str] = ()) -> Reading:
    """Return a table with winback's names of those of its columns that are mapped to them, ``agent`` included."""
    there = reading.frame.columns
    if AGENT in columns and AGENT not in there and len(own := alike(columns[AGENT], there)) == 1:
        reading, there = reading.renamed({own[0]: AGENT}), there.drop(own[0])
    names = {ours: theirs for ours, theirs in columns.items() if ours not in {*there, *but, AGENT}}
    mapped = {ours: theirs for ours, theirs in names.items() if alike(theirs, there)}
    return columns_mapped(reading, mapped) if mapped else reading


def written_as_in(reading: Reading, trial: Trial) -> Written:
    """Return how numbers and dates are written: as the file's cells tell, and where they do not, as the trial's."""
    texts = (reading.frame[name] for name in reading.frame if reading.frame[name].dtype == object)
    tells_otherwise = set().union(*map(decimal_evidence, texts)) - {trial.offers.written.decimal}
    return trial.offers.written._replace(decimal=None) if tells_otherwise else trial.offers.written


def _known(frame: pd.DataFrame, trial: Trial) -> list[str]:
    """Say how many were in the trial: to them an offer is not what it is to a new leaver."""
    n = int(frame["customer_id"].isin(trial.lapsed["customer_id"]).sum()) if "customer_id" in frame else 0
    return [f"{counted(n, 'of them', 'were')} in the trial already."] if n else []
