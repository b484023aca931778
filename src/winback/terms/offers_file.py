"""What do a campaign's offers cost, read from its file and written to it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

from winback.discounting import check_annual_discount, check_horizon
from winback.doors import door
from winback.tables.toml_files import read_toml
from winback.terms.catalog import Offer, OfferCatalog, check_adjust, check_organic
from winback.terms.contract_problems import names_twice, problems_between, problems_of, problems_of_names
from winback.terms.margin_share import check_margin_share
from winback.terms.organic import check_organic_value
from winback.terms.template import TO_DO, unfilled

ON_TOP = ("currency", "horizon_months", "annual_discount", "organic", "organic_value", "adjust")
TEMPLATE = "A template of such a file is written by: winback offers FILE."
MORE_ON_TOP = ("columns", "margin_share", "control")  # how the table is to be read


@door
def load_offers(path: str | Path) -> OfferCatalog:
    r"""Read a campaign's offers from a TOML file.

    The file may set ``currency``, ``horizon_months``, ``annual_discount``, ``organic`` (``0.05``, ``[0.02, 0.08]`` or
    a table ``[organic.column]`` of shares by value), ``organic_value`` and ``adjust`` (columns that the headline is
    adjusted for, see `winback.read_trial`) on top, and ``[columns]``: winback's name of a column = the table's own;
    ``margin_share`` where the table has revenue; and ``control``, the labels of who was sent nothing. Each
    ``[[offer]]`` has the fields of `Offer`. ``winback offers`` writes a template of such a file.

    Parameters
    ----------
    path : str or Path
        The TOML file.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When the file is not TOML, or listing every unknown key and every broken contract in it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "offers.toml"
    >>> _ = path.write_text('[[offer]]\nname = "call"\namount = 5\npaid = "per_contact"\n')
    >>> load_offers(path)["call"].full_cost
    5.0
    """
    content, path = read_toml(path, TEMPLATE), Path(path)
    rows = content.pop("offer", [])
    rows = rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []
    if lacking := unfilled(content, rows):
        raise ValueError(
            "\n".join([f"{path.name} is not filled in yet: {TO_DO}", *(f"  - {each}" for each in lacking)])
        )
    problems = [*_unknown_keys("on top", content, (*ON_TOP, *MORE_ON_TOP)), *_problems_on_top(content)]
    for number, row in enumerate(rows, start=1):
        problems += _problems_of_row(row, number)
    problems += names_twice(row.get("name") for row in rows)
    if not rows:
        problems.append("There is no [[offer]] in the file.")
    offers = () if problems else tuple(Offer(**row) for row in rows)
    problems += [] if problems else problems_between(offers)
    if problems:
        raise ValueError("\n".join([f"{path.name} cannot be used:", *(f"  - {problem}" for problem in problems)]))
    return OfferCatalog(offers, **content)


def _problems_of_row(row: Mapping, number: int) -> list[str]:
    """Return what is wrong with one [[offer]] of a file."""
    known = dict.fromkeys(each.name for each in fields(Offer))
    if unknown := _unknown_keys(f"in offer {row.get('name', number)!r}", row, known):
        return unknown
    wrong = list(problems_of(SimpleNamespace(**known | {"contact_cost": 0.0} | row)))
    name = repr(row["name"]) if row.get("name") else f"number {number}"
    return [f"Offer {name}: " + " ".join(wrong)] if wrong else []


def write_offers(catalog: OfferCatalog, path: str | Path) -> None:
    """Write a campaign's offers as TOML, readable by `load_offers`."""
    import tomli_w

    common = {name: getattr(catalog, name) for name in (*ON_TOP, *MORE_ON_TOP)}
    offers = [{each.name: getattr(offer, each.name) for each in fields(Offer)} for offer in catalog]
    content = {**_given(common), "offer": [_given(offer) for offer in offers]}
    Path(path).write_text(tomli_w.dumps(content), encoding="utf-8")


def _given(values: Mapping) -> dict:
    """Leave out what was not given; a contact cost of zero is the default."""
    given = {name: value for name, value in values.items() if value is not None and value != {}}
    return {name: value for name, value in given.items() if (name, value) != ("contact_cost", 0)}


def _problems_on_top(content: Mapping) -> list[str]:
    checks = (check_horizon, check_annual_discount, check_organic, check_organic_value, check_adjust)
    problems = []
    for name, check in zip(ON_TOP[1:], checks, strict=True):
        try:
            _ = check(content[name]) if name in content else None
        except (ValueError, TypeError) as error:
            problems += error.args
    try:
        check_margin_share(content.get("margin_share"))
    except ValueError as error:
        problems += error.args
    return [*problems, *problems_of_names(content)]


def _unknown_keys(place: str, row: Mapping, known: Iterable[str]) -> list[str]:
    return [f"Unknown key {key!r} {place}; known: {', '.join(sorted(known))}." for key in row if key not in known]
