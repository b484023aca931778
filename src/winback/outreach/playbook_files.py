"""How is a playbook read, and where does one to edit come from? One TOML file, every fault of it in one error."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

from winback.doors import door
from winback.outreach.entries import Aftercare, Cause, Channel, Entry, News, Occasion, Remedy, Rule, Step
from winback.outreach.playbook import Playbook
from winback.outreach.playbook_problems import problems_of
from winback.tables import write_files_together
from winback.tables.toml_files import read_toml

SHIPPED = "playbook.toml"
HOW = "A playbook to start from is written by: winback playbook, or winback.outreach.write_playbook in Python."
# A heading of the file -> the field that its tables are put into, and what each of them is.
LISTED: dict[type, dict[str, tuple[str, type]]] = {
    Playbook: {
        "channel": ("channels", Channel),
        "rule": ("rules", Rule),
        "remedy": ("remedies", Remedy),
        "cause": ("causes", Cause),
    },
    Rule: {"step": ("steps", Step)},
    Aftercare: {"step": ("steps", Step), "occasion": ("occasions", Occasion), "news": ("news", News)},
}
SINGLE: dict[type, dict[str, type]] = {Playbook: {"aftercare": Aftercare}, Aftercare: {"monthly": Step}}


@door
def load_playbook(path: str | Path | None = None) -> Playbook:
    r"""Read a playbook from a TOML file: whom to contact how and when, and with which remedy.

    The file has ``[[channel]]``, ``[[rule]]`` with its ``[[rule.step]]``, ``[[remedy]]``, ``[[cause]]`` and
    ``[aftercare]``, with the fields of the classes of these names in `winback.outreach`; ``currency``,
    ``contacts_a_month``, ``quiet_weekdays`` and ``quiet_days`` stand on top.

    Parameters
    ----------
    path : str or Path, optional
        The TOML file; without it, the playbook that comes with winback: rules and remedies of the articles on winning
        customers back, each tagged as theirs or as an assumption.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When the file is not TOML, or listing everything that is wrong with it: where, what, and the remedy.

    Examples
    --------
    >>> import winback as wb
    >>> book = wb.load_playbook()
    >>> book.to_frame().loc[lambda steps: steps["rule"] == "call soon", ["day", "channel", "cost"]]
       day channel  cost
    4    0    call  4.00
    5    7   email  0.05
    """
    if path is None:
        return _shipped_playbook()
    return _playbook_of(read_toml(path, HOW), Path(path).name)


@door
def write_playbook(path: str | Path, *, overwrite: bool = False) -> Path:
    """Write the playbook that comes with winback, with its remarks, to be edited and read by `load_playbook`.

    Parameters
    ----------
    path : str or Path
        Where to; its folder is made if missing.
    overwrite : bool
        Whether a file that is there is replaced.

    Returns
    -------
    Path
        Where the file stands.

    Raises
    ------
    FileExistsError
        When there is a file, and it is not to be replaced.

    Examples
    --------
    >>> import pathlib, tempfile, winback as wb
    >>> path = wb.outreach.write_playbook(pathlib.Path(tempfile.mkdtemp()) / "playbook.toml")
    >>> wb.load_playbook(path) == wb.load_playbook()
    True
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} is there already, and may have been edited. Name another, or overwrite it.")
    write_files_together(path.parent, {path.name: lambda place: place.write_text(_shipped_text(), encoding="utf-8")})
    return path


@cache
def _shipped_playbook() -> Playbook:
    return _playbook_of(tomllib.loads(_shipped_text()), SHIPPED)


def _shipped_text() -> str:
    return (files("winback.outreach") / SHIPPED).read_text(encoding="utf-8")


def _playbook_of(content: Mapping, source: str) -> Playbook:
    problems: list[str] = []
    given = _values_of(Playbook, content, "On top", problems)
    parts = _defaults(Playbook) | given
    problems += problems_of(SimpleNamespace(**parts))
    if problems:
        raise ValueError("\n".join([f"{source} cannot be used:", *(f"  - {problem}" for problem in problems), HOW]))
    return Playbook(**parts)


def _values_of(kind: type, row: Mapping, place: str, problems: list[str]) -> dict:
    """Return a table's values as fields of what it is, tables inside it made into what they are."""
    listed, single = LISTED.get(kind, {}), SINGLE.get(kind, {})
    fielded = {name for name, _ in listed.values()} | set(single)
    plain = [each.name for each in fields(kind) if each.name not in fielded]
    known, values = [*plain, *listed, *single], {}
    for written, value in row.items():
        key = written
        if key not in known:
            key = next(iter(get_close_matches(written, known, n=1)), "")  # taken as meant: one fault is one problem
            meant = f"Did you mean {key}?" if key else f"There are {', '.join(known)}."
            problems.append(f"{place}: there is no place for {written!r}. {meant}")
            if key in row:
                continue
        if key in plain:
            values[key] = tuple(value) if isinstance(value, list) else value
        elif key in listed:
            name, inner = listed[key]
            values[name] = _entries(inner, key, value, place, problems)
        elif key in single and isinstance(value, Mapping):
            values[key] = _entry(single[key], value, _within(place, key), problems)
        elif key in single:
            problems.append(f"{place}: {key} must be a table. Write [{_headed(kind, key)}].")
    return values


def _entries(kind: type[Entry], key: str, rows, place: str, problems: list[str]) -> tuple[Entry, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        heading = {Step: "rule.step", Occasion: "aftercare.occasion", News: "aftercare.news"}.get(kind, key)
        problems.append(f"{place}: {key} must be tables. Write [[{heading}]] above each.")
        return ()
    return tuple(
        _entry(kind, row, _within(place, _called(key, row, number)), problems) for number, row in enumerate(rows, 1)
    )


def _entry(kind: type[Entry], row: Mapping, place: str, problems: list[str]) -> Entry:
    """Make what a table is; what it must have and lacks is left empty, which is then said of it."""
    return kind(**_defaults(kind) | _values_of(kind, row, place, problems))


def _defaults(kind: type) -> dict:
    """Return a value for each field: empty where one must be given."""
    found = {}
    for each in fields(kind):
        made = each.default_factory() if each.default_factory is not MISSING else each.default
        found[each.name] = (() if "tuple[" in str(each.type) else "") if made is MISSING else made
    return found


def _called(key: str, row: Mapping, number: int) -> str:
    name = row.get("name") or row.get("reason")
    if key == "step":
        return f"step {number}"
    return f"{key} {name!r}" if isinstance(name, str) else f"{key} number {number}"


def _within(place: str, inner: str) -> str:
    return f"{inner[:1].upper()}{inner[1:]}" if place == "On top" else f"{place}, {inner}"


def _headed(kind: type, key: str) -> str:
    return key if kind is Playbook else f"aftercare.{key}"
