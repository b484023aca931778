"""Who agreed to be reached by which channel, and by which is everybody taken as agreeing as no column says it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from winback.outreach.entries import Channel, Entry, Rule
from winback.results import join_words
from winback.tables import ProblemList
from winback.tables.columns import KNOWN
from winback.tables.kinds import WHAT_IS_READ, parse_flag
from winback.tables.likeness import alike, bare_name, runs_of, to_choose_from, words_of
from winback.tables.no_contact import is_mark

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
PLAIN_WORDS = {"agreed", "permission", "mayweuse"}  # alone they may mean anything
CHANNEL_WORDS = {  # "mail" may be either
    "call": "calls tel phone phonecall telephone anruf anrufe telefon appel telephonique llamada telefono telefonata",
    "letter": "letters post mail brief briefe briefpost postal courrier lettre carta lettera",
    "message": "messages sms text whatsapp nachricht nachrichten mensaje messaggio",
    "email": "emails mail mail newsletter courriel correo correoelectronico",
    "visit": "visits besuch besuche visite visita",
}
ASKED_TOO = {  # beside these, what a heading may say of a channel: whether it is consent is asked
    "call": "telefonieren anrufen appeler telefonwerbung telefonkontakt",
    "letter": "write mailing schreiben anschreiben ecrire postwerbung postmailing briefwerbung",
    "message": "texting smswerbung",
    "email": "emailwerbung emailmarketing",
    "visit": "besuchen",
}
# A yes or no of these is of something else: what was bought, or what has happened.
SOMETHING_ELSE = frozenset(
    word
    for words in (
        "service support line lines plan contract vertrag type number nummer provider complaint",
        "used uses sent made received opened clicked bounced address adresse verified valid known vorhanden",
    )
    for word in words.split()
)


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


def refuse_unclear_consent(
    channels: Sequence[Channel],
    rules: Sequence[Rule],
    customers: pd.DataFrame,
    *,
    table: str = "the table of customers",
    headings: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Refuse columns that look like consent and are of no channel, while a channel that rules use has none.

    ``table`` names the customers' table, ``headings`` are its own names of columns that have winback's here.

    Raises
    ------
    ValueError
        Naming the columns, the channels, and how to say which is meant.

    Examples
    --------
    >>> from winback.outreach import Step
    >>> people = pd.DataFrame({"May call": ["yes", "no"]})
    >>> refuse_unclear_consent([Channel("call")], [Rule("all", (Step("call"),))], people)
    Traceback (most recent call last):
    ValueError: `May call` looks like consent to calls, which no other column is; all would be taken as agreeing. ...
    """
    names = list(customers)
    lost = {each.name: each.consent for each in channels if each.consent and not consent_columns(each, names)}
    if lost:
        said = join_words([f"`{column}` (who agreed to {in_plural(name)})" for name, column in lost.items()])
        there = to_choose_from(next(iter(lost.values())), [headings.get(name, name) for name in names])
        raise ValueError(
            f"{said}: no such {'columns' if len(lost) > 1 else 'column'} in {table}. {there} Correct consent below "
            f"the [[channel]] of the playbook, or take it out where nobody was asked."
        )
    open_to_all = taken_as_agreed(channels, channels_in(rules), names)
    unread = [name for name in names if open_to_all and _looks_like_consent(name, channels, names)]
    if unread:
        raise ValueError(
            f"{_shown(unread)} {'look' if len(unread) > 1 else 'looks'} like consent to be reached, and "
            f"{'are' if len(unread) > 1 else 'is'} of no channel; nothing says who agreed to "
            f"{join_words(in_plural(name) for name in open_to_all)}. Say of which: --column "
            f'{CONSENT}_{bare_name(open_to_all[0])}="{unread[0]}" or consent = "{unread[0]}" below the [[channel]] of '
            "the playbook; if it means something else, give it another name."
        )
    meant = {channel: found for channel in open_to_all if (found := _may_be_consent(channel, channels, customers))}
    if meant:
        columns, many = list(dict.fromkeys(name for found in meant.values() for name in found)), len(meant) > 1
        named = [(f"{CONSENT}_{bare_name(channel)}", found[0]) for channel, found in meant.items()]
        raise ValueError(
            f"{_shown(columns)} {'look' if many else 'looks'} like consent to {join_words(map(in_plural, meant))}, "
            "which no other column is; all would be taken as agreeing. Say so: "
            + " ".join(f'--column {ours}="{theirs}"' for ours, theirs in named)
            + f", or call {'them' if many else 'it'} {join_words([ours for ours, _ in named])}; what means something "
            "else needs another name."
        )


def _shown(names: Iterable[object]) -> str:
    return join_words([f"`{name}`" for name in names])


def _may_be_consent(channel: str, channels: Sequence[Channel], customers: pd.DataFrame) -> list:
    """Return the columns of yes and no that name a channel, and are not known to be anything else."""
    known = {bare_name(channel), *f"{CHANNEL_WORDS.get(channel, '')} {ASKED_TOO.get(channel, '')}".split()}
    names = list(customers)
    taken = {name for each in channels for name in consent_columns(each, names)}
    return [
        name
        for name in names
        if not known.isdisjoint(_names_in(name))
        and name not in taken
        and name not in KNOWN
        and SOMETHING_ELSE.isdisjoint(words_of(name))
        and not is_mark(name)
        and _is_yes_or_no(customers[name])
    ]


def _names_in(name: object) -> set[str]:
    """Return all that a heading may name, where "E-Mail" is no "mail"."""
    runs = runs_of(name)
    return runs - {"mail"} if "email" in runs else runs


def _is_yes_or_no(column: pd.Series) -> bool:
    """Say whether most cells that are written are yes or no; numbers are where all are."""
    read = parse_flag(column)
    n_unread, n_read = int(read.unread.sum()), int(read.column.notna().sum())
    return n_read > 0 and n_unread < (1 if pd.api.types.is_numeric_dtype(column) else n_read)


def _looks_like_consent(name: object, channels: Sequence[Channel], names: list) -> bool:
    """Say whether a column is called like consent, and is of no channel, these or others."""
    bare = bare_name(name)
    is_read = any(name in consent_columns(each, names) for each in channels)
    if is_read or not any(word in bare for word in CONSENT_WORDS - PLAIN_WORDS):
        return False
    return not any(consent_columns(Channel(other), [name]) for other in CHANNEL_WORDS)


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
