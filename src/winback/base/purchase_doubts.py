"""What may be wrong with a log of purchases without being an error? Each is counted and said."""

from __future__ import annotations

from collections.abc import Iterator

from winback.purchases.logs.summary import PurchaseSummary
from winback.results import format_count, join_words

# What shops write in place of an id, in small letters and without anything around it.
NOBODY = {
    *("gast", "gastbestellung", "gast-bestellung", "guest", "guest order", "guest checkout", "invité", "ospite"),
    *("anonymous", "anonym", "anonyme", "unknown", "unbekannt", "inconnu", "desconocido", "sconosciuto"),
    *("null", "none", "nan", "na", "n/a", "n.a.", "k.a.", "nil", "undefined", "-", "--", "?"),
    *("bar", "barverkauf", "walk-in", "cash", "cash customer", "laufkunde", "laufkundschaft", "diverse"),
}


def doubts_of_log(summary: PurchaseSummary) -> Iterator[str]:
    """Say where guests may be counted as one customer, and where nothing tells a refund from a purchase."""
    yield from _guests(summary)
    if summary.log.amount is None:
        yield (
            "No column of amounts was found, so every row counts as a purchase, refunds too, and nothing is said of "
            'spend; if there is one, name it: columns={"amount": "..."}'
        )


def _guests(summary: PurchaseSummary) -> Iterator[str]:
    ids = summary.customers[summary.log.customer]
    if ids.dtype.kind in "iuf":
        return
    often = ids[summary.customers["frequency"] > 0]  # bought on one day only, a guest changes next to nothing
    stands_for_nobody = often.map(lambda each: isinstance(each, str) and each.strip().casefold() in NOBODY)
    found = often[stands_for_nobody.astype(bool)]
    if not len(found):
        return
    each = [f"{name!r} is one customer with {format_count(summary.log.n_rows_of(name))} purchases" for name in found]
    yield f"{join_words(each)}: if these are guests, leave the id empty"
