"""In which currency are a table's amounts? What their signs and codes say, unless the analyst says it."""

from __future__ import annotations

from collections.abc import Iterable

from winback.tables.numbers import SIGNS

UNKNOWN = "$"  # where no amount carries a sign or a code
WRITTEN = {code: sign for sign, code in SIGNS.items() if len(sign) == 1}


def other_currencies(found: Iterable[str], currency: str) -> str:
    """Return in words the currencies of a table's amounts where they are not the one they are shown in, else nothing.

    Examples
    --------
    >>> other_currencies({"EUR"}, "€"), other_currencies({"EUR"}, "$"), other_currencies((), "$")
    ('', 'EUR', '')
    """
    found = set(found)
    code = SIGNS.get(currency.strip(), currency.strip().upper())
    return "" if found <= {code} else " and ".join(sorted(found))


def shown_in(found: Iterable[str], asked: str | None) -> tuple[str, tuple[str, ...]]:
    """Return what to put before money, and a doubt where the amounts say something else.

    Examples
    --------
    >>> shown_in({"EUR"}, None), shown_in({"CHF"}, None), shown_in((), None)
    (('€', ()), ('CHF', ()), ('$', ()))
    >>> shown_in({"EUR"}, "$")
    ('$', ('The table has amounts in EUR, which are shown in $: leave currency= out, or convert them',))
    """
    found = sorted(found)
    currency = asked
    if currency is None:
        currency = WRITTEN.get(found[0], found[0]) if len(found) == 1 else UNKNOWN
    others = other_currencies(found, currency)
    if not others:
        return currency, ()
    remedy = "say currency=, and convert the others to it" if asked is None else "leave currency= out, or convert them"
    return currency, (f"The table has amounts in {others}, which are shown in {currency}: {remedy}",)
