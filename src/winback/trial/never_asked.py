"""Who must not be contacted, by what a column or a label is called? Such marks tell nothing of what an offer earns."""

from __future__ import annotations

from collections.abc import Iterable

from winback.tables.likeness import bare_name

NO_CONTACT = {  # what a column is called, and a label may be, in letters only
    "asked not to be contacted": "donotcontact dnc nocontact optout optedout unsubscribed blocked werbesperre gesperrt "
    "nichtkontaktieren keinewerbung keinkontakt robinson desabonne nepascontacter nocontactar",
    "died": "deceased dead died verstorben tot decede decedee fallecido deceduto overleden",
    "moved away": "moved movedaway relocated verzogen umgezogen weggezogen demenage mudado verhuisd",
}
_MARKS = frozenset(word for words in NO_CONTACT.values() for word in words.split())


def without_marks(names: Iterable[str]) -> list[str]:
    """Return the columns but for those that mark who is never contacted: of those who are, they say nothing.

    Examples
    --------
    >>> without_marks(["region", "Deceased", "do_not_contact", "removed"])
    ['region', 'removed']
    """
    return [name for name in names if bare_name(name) not in _MARKS]
