"""What must be said of offers before they are compared? A template of the offers file, and what is left to fill in.

A template is a file of TOML that `winback.load_offers` refuses until every "?" in it has been replaced, all named at
once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

UNFILLED = "?"
TO_DO = f'put a number or a word in place of every "{UNFILLED}"; the remarks in the file say which.'

HEADING = """\
# What do these offers cost, and when? Put a number or a word in place of every "?", then run the command again.
# Text stands between quotation marks, numbers do not, and their decimal mark is a point: amount = 7.50
# What follows a "#" is a remark.
"""
CURRENCY = "  # sign or code that is shown before money"
HORIZON = """\
horizon_months = "?"   # over how many months is a customer who came back counted? 24 is two years
annual_discount = "?"  # what is money a year later worth less? 0.10 for 10% a year, 0 for nothing
"""
SHARE = 'margin_share = "?"  # which share of {}, which customers pay, is margin? 0.3 for 30%\n'
CONTROL = "  # who was sent nothing"
PAYMENT = """
# For each offer:
#   amount  what it costs for one customer, in money. If it is so much a month instead, delete the line and write
#           amount_per_month = 20
#           months = 6
#           or, if it takes a share off what customers pay, 0.10 for 10%:
#           percent_of_value = 0.10
#   paid    when that is due:
#           "on_acceptance"  once a customer comes back (a discount, a gift for those who return)
#           "per_contact"    for everyone who is sent it (a call, a letter, a voucher that is used anyway)
#           "while_active"   month by month while the customer who came back stays (goes with amount_per_month)
# An offer that gave each customer one of the others, by a column of the table: write, in place of amount and paid,
#   tailored_by = "reason"
#   tailored = {price = "discount", service = "upgrade"}
# And if there is such a cost: contact_cost = 0.50 for sending it, on top; max_cost = 100 as the most for one customer.
# And if not everybody may get it: months_away = [1, 12] for who has been away for 1 to 12 months, least_tenure = 6 for
# who was a customer for 6 months or longer, wait_months = 3 for who was sent no offer in the last 3 months.
"""


class Template(NamedTuple):
    """What is known of a campaign before anybody says what its offers cost."""

    names: tuple[str, ...]  # of the offers
    remarks: Mapping[str, str] = {}  # offer -> what is to be said beside its name
    control: tuple[str, ...] = ()  # labels that mean sent nothing
    columns: Mapping[str, str] = {}  # winback's name of a column -> the table's own
    currency: str = "$"
    has_horizon: bool = True  # False where value was measured directly
    revenue: str = ""  # column that has revenue where margin is wanted


def template_text(known: Template) -> str:
    """Return the template as TOML, with what to fill in said in plain words.

    Examples
    --------
    >>> text = template_text(Template(("Gutschein",), columns={"value": "Deckungsbeitrag"}, has_horizon=False))
    >>> [line for line in text.splitlines() if line and not line.startswith("#")][1:6]
    ['[columns]', 'value = "Deckungsbeitrag"', '[[offer]]', 'name = "Gutschein"', 'amount = "?"']
    """
    parts = [HEADING, f"\ncurrency = {_quoted(known.currency)}{CURRENCY}\n"]
    if known.has_horizon:
        parts.append(HORIZON)
    if known.revenue:
        parts.append(SHARE.format(_quoted(known.revenue)))
    if known.control:
        parts.append(f"control = [{', '.join(map(_quoted, known.control))}]{CONTROL}\n")
    if known.columns:
        lines = [f"{_quoted_key(ours)} = {_quoted(theirs)}\n" for ours, theirs in known.columns.items()]
        parts.append("\n[columns]\n" + "".join(lines))
    parts.append(PAYMENT)
    for name in known.names:
        said = f"  # {known.remarks[name]}" if name in known.remarks else ""
        parts.append(f'\n[[offer]]\nname = {_quoted(name)}{said}\namount = "{UNFILLED}"\npaid = "{UNFILLED}"\n')
    return "".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON's strings are TOML's but for this


def _quoted_key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").isalnum() else _quoted(name)


def unfilled(content: Mapping, offers: Iterable[Mapping]) -> list[str]:
    """Return what of a file is still to be filled in, in words.

    Examples
    --------
    >>> unfilled({"horizon_months": "?"}, [{"name": "call", "amount": 5, "paid": "?"}])
    ['At the top: horizon_months.', "Offer 'call': paid."]
    """
    places = [("At the top", content)]
    places += [(f"Offer {offer.get('name', number)!r}", offer) for number, offer in enumerate(offers, start=1)]
    found = [(place, [key for key, value in row.items() if value == UNFILLED]) for place, row in places]
    return [f"{place}: {', '.join(keys)}." for place, keys in found if keys]
