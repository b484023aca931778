"""Who agreed to be reached by which channel, and by which is everybody taken as agreeing as no column says it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from winback.outreach.entries import Channel, Entry, Rule
from winback.results import join_words
from winback.tables import ProblemList
from winback.tables.kinds import WHAT_IS_READ, parse_flag
from winback.tables.likeness import alike, bare_name

CONSENT = "consent"  # begins the name of a column that says who may be reached by a channel
# In letters only. A column that is taken for consent by mistake keeps contacts back, which harms nobody.
CONSENT_WORDS = frozenset(
    word
    for words in (
        "consent consents consented optin optedin permission mayweuse agreed",
        "einwilligung eingewilligt einverstaendnis einverstanden zustimmung werbeeinwilligung",
        "consentement consentimiento consenso consentimento toestemming samtycke",
    )
    for word in words.split()
)
CHANNEL_WORDS = {  # "mail" may be either
    "call": "calls tel phone phonecall telephone anruf anrufe telefon appel telephonique llamada telefono telefonata",
    "letter": "letters post mail brief briefe briefpost postal courrier lettre carta lettera",
    "message": "messages sms text whatsapp nachricht nachrichten mensaje messaggio",
    "email": "emails mail mail newsletter courriel correo correoelectronico",
    "visit": "visits besuch besuche visite visita",
}


def consent_named(columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return, of winback's names of columns and a table's own, those of no consent; and a column for each channel.

    Examples
    --------
    >>> consent_named({"customer_id": "Kunde", "consent_call": "Anruf ja"})
    ({'customer_id': 'Kunde'}, {'call': 'Anruf ja'})
    """
    agreed = {ours: theirs for ours, theirs in columns.items() if ours.startswith(f"{CONSENT}_")}
    left = {ours: theirs for ours, theirs in columns.items() if ours not in agreed}
    return left, {ours.removeprefix(f"{CONSENT}_"): theirs for ours, theirs in agreed.items()}


def with_consent(book: Entry, names: Mapping[str, str] | None) -> Entry:
    """Return a playbook whose channels know in which column it stands who agreed: their names -> the columns.

    Raises
    ------
    ValueError
        When there is no such channel.

    Examples
    --------
    >>> from winback.outreach import load_playbook
    >>> [channel.consent for channel in with_consent(load_playbook(), {"call": "May call"}).channels][:2]
    ['', 'May call']
    """
    names = names or {}
    there = {bare_name(channel.name): channel.name for channel in book.channels}
    for name in names:
        if bare_name(name) not in there:
            known = join_words(there.values())
            raise ValueError(f"{CONSENT}_{name} is for no channel of the playbook. There are {known}.")
    asked = {bare_name(name): column for name, column in names.items()}
    known = (replace(each, consent=asked.get(bare_name(each.name), each.consent)) for each in book.channels)
    return replace(book, channels=tuple(known)) if names else book


def headings_of(channel: Channel) -> set[str]:
    """Return what a column may be called that says who agreed to be reached by a channel, in letters only."""
    if channel.consent:
        return {bare_name(channel.consent)}
    words = [bare_name(channel.name), *CHANNEL_WORDS.get(channel.name, "").split()]
    return {pair for word in words for each in CONSENT_WORDS for pair in (each + word, word + each)}


def headings_of_consent(channels: Iterable[Channel]) -> set[str]:
    """Return what columns may be called that say who agreed to be reached by any of these channels."""
    return set().union(*map(headings_of, channels))


def consent_columns(channel: Channel, names: Iterable[object]) -> list:
    """Return the columns that say who agreed to be reached by a channel.

    Examples
    --------
    >>> consent_columns(Channel("call"), ["Einwilligung_Anruf", "consent_call", "consent_letter", "called"])
    ['Einwilligung_Anruf', 'consent_call']
    """
    if channel.consent:
        return alike(channel.consent, names)
    known = headings_of(channel)
    return [name for name in names if bare_name(name) in known]


def may_be_reached(customers: pd.DataFrame, channels: Sequence[Channel], *, empty: bool = False) -> np.ndarray:
    """Return who may be reached by which channel, (n, c) bool.

    Where a column such as ``consent_<channel>`` says who agreed, an empty cell is no consent (``empty``: it is one);
    without a column all may be.

    Examples
    --------
    >>> leavers = pd.DataFrame({"Consent call": ["yes", "no", None]})
    >>> may_be_reached(leavers, [Channel("call"), Channel("letter")]).tolist()
    [[True, True], [False, True], [False, True]]
    """
    may = np.ones((len(customers), len(channels)), dtype=bool)
    problems = ProblemList("table of customers", customers)
    for place, channel in enumerate(channels):
        for column in consent_columns(channel, customers.columns):
            read = parse_flag(customers[column])
            problems.add_rows(column, read.unread, *WHAT_IS_READ["flag"])
            may[:, place] &= read.column.fillna(empty).to_numpy(dtype=bool)
    problems.raise_if_any()
    return may


def channels_in(rules: Iterable[Rule]) -> list[str]:
    """Return the channels that rules use, in their order."""
    return list(dict.fromkeys(step.channel for rule in rules for step in rule.steps))


def taken_as_agreed(channels: Sequence[Channel], used: Iterable[str], names: Iterable[object]) -> tuple[str, ...]:
    """Return the channels that are used and of which no column says who agreed: all are taken as agreeing.

    Examples
    --------
    >>> taken_as_agreed([Channel("call"), Channel("letter"), Channel("visit")], ["call", "letter"], ["consent_call"])
    ('letter',)
    """
    names, used = list(names), set(used)
    return tuple(each.name for each in channels if each.name in used and not consent_columns(each, names))


def consent_words(channels: Sequence[Channel], used: Sequence[str], names: Iterable[object]) -> str:
    """Say by which channels nobody is contacted without consent, and by which everybody is taken as agreeing.

    Examples
    --------
    >>> consent_words([Channel("call"), Channel("letter")], ["call", "letter"], ["consent_call"])
    'Consent to letters is not in the table: all are taken as agreeing. Consent to calls is kept to.'
    """
    open_to_all = taken_as_agreed(channels, used, names)
    kept = [name for name in used if name not in open_to_all]
    parts = []
    if open_to_all:
        lacking = join_words(in_plural(name) for name in open_to_all)
        parts.append(f"Consent to {lacking} is not in the table: all are taken as agreeing.")
    if kept:
        parts.append(f"Consent to {join_words(in_plural(name) for name in kept)} is kept to.")
    return " ".join(parts)


def in_plural(channel: str) -> str:
    """Name contacts by a channel.

    Examples
    --------
    >>> in_plural("call"), in_plural("in person")
    ('calls', 'contacts in person')
    """
    return f"contacts {channel}" if " " in channel else f"{channel}s"
