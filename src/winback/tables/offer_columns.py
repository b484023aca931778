"""Which column says what each customer was sent? One with a word for sent nothing, or one that is often called so."""

from __future__ import annotations

import pandas as pd

from winback.tables.columns import LAPSED
from winback.tables.likeness import bare_name, matched
from winback.tables.reading import Reading

SENT_NOTHING = (  # English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish
    "none control controlgroup controls nooffer nothing notreatment untreated holdout holdoutgroup noemail nomail "
    "nocontact placebo kontrolle kontrollgruppe kg kein keine keinangebot keins ohne ohneangebot nichts aucun aucune "
    "sansoffre temoin groupetemoin ninguno ninguna sinoferta nessuno nessuna nessunaofferta nenhum nenhuma geen "
    "geenaanbod brak bezoferty ingen inget"
)
CONTROL_WORDS = frozenset(SENT_NOTHING.split())
OFTEN_CALLED = {"segment", "campaign", "kampagne", "aktion", "mailing", "group", "gruppe", "arm", "variant"}
MOST_OFFERS = 40  # a column of more labels than a campaign has offers is another one: a name, a city, a code


def with_control_word(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a few labels of which one is a word for sent nothing.

    Examples
    --------
    >>> with_control_word(pd.DataFrame({"id": [1, 2], "segment": ["No E-Mail", "Mens"]}))
    ['segment']
    """
    return [str(name) for name in frame.columns if _has_control(frame[name])]


def _has_control(column: pd.Series) -> bool:
    try:
        values = column.dropna().unique()
    except TypeError:  # lists and the like
        return False
    labels = {bare_name(value) for value in values[: MOST_OFFERS + 1]}
    # "no" and "none" alone are an answer: to be sent something takes another label
    return 1 < len(values) <= MOST_OFFERS and bool(labels & CONTROL_WORDS)


def likely_offers(frame: pd.DataFrame) -> list[str]:
    """Return the columns that may say what was sent: by their labels, else by what they are called."""
    return with_control_word(frame) or [str(name) for name in frame if bare_name(name) in OFTEN_CALLED]


def says_what_was_sent(frame: pd.DataFrame) -> str:
    """Return the column that says so without doubt, "" where none does: a table that has it is one of a trial.

    Examples
    --------
    >>> says_what_was_sent(pd.DataFrame({"id": [1, 2], "Angebot": ["a", "b"]}))
    'Angebot'
    """
    named = matched(Reading(frame.head(0)), LAPSED)
    if "offer" in named.frame:
        return named.headings.get("offer", "offer")
    found = with_control_word(frame)
    return found[0] if len(found) == 1 else ""
