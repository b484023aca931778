"""What do those work through who write, call and visit? A plan's contacts in the order of work, and whom to leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from winback.outreach.contact_rows import OF_THE_LIST
from winback.outreach.dates import day_words
from winback.outreach.first_day import ANYBODY, a_contact, makes_the_offer, who_makes
from winback.outreach.not_contacted import STANDS
from winback.outreach.plan_words import contacts_by
from winback.outreach.planned import OutreachPlan
from winback.policies.contact_list import KEPT_BACK
from winback.results import join_words
from winback.tables import LAPSED, NO_OFFER
from winback.tables.kinds import parse_flag
from winback.tables.likeness import words_of
from winback.tables.no_contact import NO_CONTACT
from winback.terms.cost_words import cost_in_words

NONE_YET = "none yet"
BY_PHONE = (
    "phone phonenumber telephone tel mobile mobil cell cellphone handy fon telefon telefonnummer festnetz telefono "
)
BY_PHONE = frozenset((BY_PHONE + "movil cellulare telefoon portable").split())
BY_EMAIL = frozenset(("mail", "email", "emailaddress"))
WHY_NOT = "Not contacted because"
SAID = "What to say"
WIDTHS = {"Date": 11, "Channel": 10, "Who": 12, "Left for": 14, SAID: 60, "Offer": 30, "Not after": 11, "Done": 7}
WIDTHS |= {"Result": 24, WHY_NOT: 60, "message": 60}
NARROWEST, WIDEST = 10, 30  # characters of a column of the analyst's own
# What a column may be called by which somebody is recognised or reached, in letters only: one of these words,
WHO_AND_WHERE = frozenset(
    word
    for words in (
        "name names firstname lastname surname forename fullname customername vorname nachname familienname kundenname",
        "anrede salutation firma company nom prenom nombre apellido apellidos cognome nome naam voornaam achternaam",
        "phone phonenumber telephone tel mobile mobil cell cellphone handy fon telefon telefonnummer festnetz telefono",
        "movil cellulare telefoon portable mail email emailaddress address adresse anschrift direccion indirizzo adres",
        "street strasse rue calle city town ort stadt ville ciudad citta plz postcode postleitzahl zip zipcode",
    )
    for word in words.split()
)
# and beside it nothing but these.
BESIDE = {
    "full",
    "first",
    "last",
    "family",
    "given",
    "customer",
    "client",
    "kunde",
    "contact",
    "e",
    "no",
    "nr",
    "number",
}
BESIDE |= {"code", "home", "work"}


def with_what_is_carried(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return contacts with the offer ``none`` where a later one makes it; their message says which, when and by whom.

    Examples
    --------
    >>> rows = {"customer_id": 7, "step": [1, 2], "channel": ["letter", "visit"], "by": "", "agent": ["", "Ines"]}
    >>> rows |= {"date": pd.to_datetime(["2026-12-07", "2026-12-12"]), "offer": "gift"}
    >>> said = with_what_is_carried(pd.DataFrame(rows | {"message": ["Announce the visit.", "Ask. Offer: gift."]}))
    >>> said["offer"].tolist(), said["message"].iloc[0]
    (['none', 'gift'], 'Announce the visit. No offer yet: gift comes with a visit on 12 December 2026 (Ines).')
    """
    made = contacts[makes_the_offer(contacts)].drop_duplicates("customer_id").set_index("customer_id")
    ahead = (contacts["step"] < contacts["customer_id"].map(made["step"])).to_numpy()
    if not ahead.any():
        return contacts
    later = made.loc[contacts["customer_id"][ahead]]
    who = who_makes(later)
    by_whom = np.where(who == ANYBODY, "", " (" + who + ")")
    days = {day: day_words(day) for day in later["date"].unique()}
    words = " No offer yet: " + later["offer"].astype(str) + " comes with " + later["channel"].map(a_contact)
    words = words + " on " + later["date"].map(days) + by_whom + "."
    message, offer = (contacts[name].astype(object).to_numpy(copy=True) for name in ("message", "offer"))
    message[ahead] = message[ahead] + words.to_numpy(dtype=object)
    offer[ahead] = NO_OFFER
    return contacts.assign(message=message, offer=offer)


def to_work_through(plan: OutreachPlan, contacts: pd.DataFrame) -> pd.DataFrame:
    """Return contacts of a plan in the order of work, as whoever makes them reads them, with room to tick off."""
    rows = contacts.assign(who=who_makes(contacts)).sort_values(["date", "channel", "who"], kind="stable")
    named = {"Date": rows["date"], "Customer": rows["customer_id"]}
    named |= {name: rows[name] for name in who_and_where(plan.listed.frame) if name in rows}
    named |= {"Channel": rows["channel"], "Who": rows["who"]}
    named |= {"Left for": rows["reason"]} if "reason" in rows else {}
    offers = rows["offer"].astype(object).map(_offers_in_words(plan))
    return pd.DataFrame(
        {**named, SAID: rows["message"], "Offer": offers, "Not after": rows["deadline"], "Done": "", "Result": ""}
    )


def _offers_in_words(plan: OutreachPlan) -> dict[str, str]:
    """Return each offer that is made with what it costs and when."""
    catalog = plan.listed.value.trial.offers.as_paid
    offers = [catalog[name] for name in plan.reached["offer"].astype(object).unique()]
    costs = {offer.name: cost_in_words(offer, catalog).removeprefix(offer.name).strip() for offer in offers}
    return {NO_OFFER: NONE_YET} | {name: f"{name} ({words})" for name, words in costs.items()}


def by_whom(plan: OutreachPlan, contacts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what each is to do who is named, or asked for by a rule, and last what any staff may do."""
    who = who_makes(contacts)
    names = sorted(set(who), key=lambda name: (name == ANYBODY, name))
    return {name: to_work_through(plan, contacts[who == name]) for name in names}


def who_and_where(table: pd.DataFrame) -> list[str]:
    """Return which of the analyst's own columns say who somebody is and where to be reached.

    Examples
    --------
    >>> known = {"Full Name": ["Eve"], "E-Mail": ["a@b"], "Phone": ["0170"], "E-mail ok": ["yes"], "Tel": ["no"]}
    >>> who_and_where(pd.DataFrame(known | {"complaints": [1]}))
    ['Full Name', 'E-Mail', 'Phone']
    """
    winbacks = {*OF_THE_LIST, "why", *(column.name for column in LAPSED)}
    return [name for name in table if name not in winbacks and _is_called_so(name) and not _says_yes_or_no(table[name])]


def without_a_number(contacts: pd.DataFrame) -> str:
    """Say how many contacts cannot be made, as the cell of the number or address is empty; nothing where none is.

    Examples
    --------
    >>> calls = pd.DataFrame({"channel": ["call", "call", "email", "letter"], "Telefon": ["0170 1", None, None, " "]})
    >>> without_a_number(calls)
    'Without a telephone number in their row: 1 call.'
    """
    words = {name: set(words_of(name)) for name in who_and_where(contacts)}
    said = []
    for what, named, channels in (
        ("a telephone number", BY_PHONE, ("call", "message")),
        ("an email address", BY_EMAIL, ("email",)),
    ):
        cells = contacts[[name for name in words if words[name] & named]]
        if cells.shape[1]:
            empty = (cells.isna() | (cells.astype(str).apply(lambda column: column.str.strip()) == "")).all(axis=1)
            n = contacts.loc[empty & contacts["channel"].isin(channels), "channel"].value_counts()
            kinds = [contacts_by(str(channel), count) for channel, count in n.items()]
            said += [f"Without {what} in their row: {join_words(kinds)}."] if kinds else []
    return " ".join(said)


def _is_called_so(name: object) -> bool:
    words = set(words_of(name))
    return bool(words & WHO_AND_WHERE) and words <= WHO_AND_WHERE | BESIDE


def _says_yes_or_no(column: pd.Series) -> bool:
    """Say whether a column is of consent, or of what somebody has, rather than a number or a name."""
    return bool(column.notna().any()) and not parse_flag(column).unread.any()


def left_out(plan: OutreachPlan) -> pd.DataFrame:
    """Return who is not contacted and why, with what tells who they are: first who must not be."""
    out = plan.out.reset_index(drop=True)
    why = out["why"].astype(object).to_numpy(copy=True)
    order = [*NO_CONTACT, *out["why"].unique()]
    place = out["why"].map({words: order.index(words) for words in order}).to_numpy(dtype=int)
    never, stands = out["why"].isin(list(NO_CONTACT)).to_numpy(), (out["why"] == STANDS).to_numpy()
    why[never] = "do not contact: " + why[never]
    if stands.any() and "reason" in plan.listed.customers:  # a cause is told by it
        left_for = plan.listed.customers.set_index("customer_id")["reason"].astype(object)
        why[stands] = why[stands] + ": " + left_for.reindex(out["customer_id"][stands]).astype(str).to_numpy()
    named = {"Customer": out["customer_id"], **{name: out[name] for name in who_and_where(out)}, WHY_NOT: why}
    return pd.DataFrame(named).iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def kept_back(plan: OutreachPlan) -> pd.DataFrame:
    """Return who is kept back: nothing by which somebody may be contacted, or that makes them look promising."""
    listed = plan.listed.frame
    ids = listed["customer_id"][(listed["offer"].astype(object) == NO_OFFER).to_numpy()].reset_index(drop=True)
    return pd.DataFrame({"Customer": ids, WHY_NOT: KEPT_BACK})


def widths_of(sheets: Mapping[str, pd.DataFrame]) -> Callable[[str, str], int | None]:
    """Return how wide each column of these sheets is made; None: as wide as its heading.

    Examples
    --------
    >>> widths = widths_of({"Ann": pd.DataFrame({"Name": ["Ann Bergström"], "What to say": ["Ask."]})})
    >>> widths("Ann", "Name"), widths("Ann", "What to say"), widths_of({"calendar": pd.DataFrame()})("calendar", "day")
    (15, 60, None)
    """

    def width(sheet: str, name: str) -> int | None:
        table = sheets[sheet]
        if name in WIDTHS or not {SAID, WHY_NOT} & {*table}:
            return WIDTHS.get(name)
        longest = table[name].astype(str).str.len().max()
        return int(np.clip(np.nan_to_num(longest) + 2, max(NARROWEST, len(name) + 2), WIDEST))

    return width
