"""Does a column look like consent, or like the opposite, while nothing else says who agreed? It is asked, not taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from winback.outreach.consent import (
    CHANNEL_WORDS,
    CONSENT,
    CONSENT_WORDS,
    channels_in,
    consent_columns,
    in_plural,
    taken_as_agreed,
)
from winback.outreach.entries import Channel, Rule
from winback.results import join_words
from winback.tables.columns import KNOWN
from winback.tables.denial import denies
from winback.tables.kinds import parse_flag
from winback.tables.likeness import bare_name, runs_of, to_choose_from, words_of
from winback.tables.may_be_marks import marks_named, refuse_what_may_be_marks
from winback.tables.no_contact import is_mark

PLAIN_WORDS = {"agreed", "permission", "mayweuse"}  # alone they may mean anything
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


def refuse_unclear_consent(
    channels: Sequence[Channel],
    rules: Sequence[Rule],
    customers: pd.DataFrame,
    *,
    table: str = "the table of customers",
    headings: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Refuse columns that look like consent, or refusal, and are of no channel, while one that rules use has none.

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
    if contrary := {each.consent: each.name for each in channels if denies(each.consent)}:
        raise ValueError(_turn_round(contrary, names))
    open_to_all = taken_as_agreed(channels, channels_in(rules), names)
    unread = [name for name in names if open_to_all and _looks_like_consent(name, channels, names)]
    meant = {channel: found for channel in open_to_all if (found := _may_be_consent(channel, channels, customers))}
    if refused := {name: open_to_all[0] for name in unread if denies(name)} | {
        name: channel for channel, found in meant.items() for name in found if denies(name)
    }:
        raise ValueError(_turn_round(refused, names))
    if unread:
        raise ValueError(
            f"{_shown(unread)} {'look' if len(unread) > 1 else 'looks'} like consent to be reached, and "
            f"{'are' if len(unread) > 1 else 'is'} of no channel; nothing says who agreed to "
            f"{join_words(in_plural(name) for name in open_to_all)}. Say of which: --column "
            f'{CONSENT}_{bare_name(open_to_all[0])}="{unread[0]}" or consent = "{unread[0]}" below the [[channel]] of '
            "the playbook; if it means something else, give it another name."
        )
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
    refuse_what_may_be_marks(customers)


def _turn_round(refused: Mapping[str, str], names: Iterable[object]) -> str:
    """Say what to do with columns that seem to say the opposite of consent, each with a channel: never call it that."""
    many = len(refused) > 1
    columns = join_words([f"{CONSENT}_{bare_name(channel)}" for channel in dict.fromkeys(refused.values())])
    return (
        f"{_shown(refused)} {'seem' if many else 'seems'} to say who must not be reached, the opposite of consent. "
        f"To leave out whoever {'one' if many else 'it'} marks: {marks_named(refused, names)}. For one channel "
        f"alone: turn yes and no round and call it {columns}. What means something else needs another name."
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
