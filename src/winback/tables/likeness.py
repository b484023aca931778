"""Which column is meant? "Customer Id" is customer_id, and so is Kundennummer; what fits two is asked.

Letters decide, not case, blanks, punctuation or a plural; a name that is there exactly always wins. A name that is only
near is asked about, never taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from winback.tables.columns import KNOWN, Column
from winback.tables.problems import Problem
from winback.tables.reading import Reading

# Behind a bar stands what is meant only where nothing before it is there.
SYNONYMS = {
    "customer_id": "customernumber customerno custid clientid clientno clientnumber memberid accountid kundennummer "
    "kundennr kundenid kdnr clientnum numeroclient idclient idcliente klantnummer idklienta kundnummer | "
    "userid subscriberid contactid | customer kunde cliente cust | id emailid",
    "offer": "offername offersent angebot angebote treatment offre oferta offerta aanbod erbjudande",
    "returned": "cameback wonback reactivated zurueckgewonnen zurueckgekehrt zurueckgekommen wiedergewonnen revenu "
    "regreso ritornato teruggekomen",
    "value": "wert deckungsbeitrag valeur valor valore waarde",
    "reason": "reasonforleaving leavingreason churnreason cancellationreason cancelreason exitreason kuendigungsgrund "
    "abwanderungsgrund grund motif motivo motivobaja | churncategory",
    "exit_text": "exitcomment kommentar comment",
    "months_away": "monthssinceloss monateweg",
    "first_tenure": "tenuremonths monthsascustomer",
    "offered_on": "offerdate dateofoffer senton sentdate angebotam angebotsdatum",
    "returned_on": "returndate dateofreturn zurueckam rueckkehrdatum",
    "ended_on": "secondend endedagainon wiedergekuendigtam",
    "left_on": "leftdate churndate lossdate canceldate gekuendigtam kuendigungsdatum",
    "start": "startdate contractstart contractstartdate subscriptionstart subscriptionstartdate vertragsbeginn beginn "
    "fechainicio fechaalta iniciocontrato | signupdate joindate joinedon startedat registrationdate activationdate "
    "customersince membersince membershipstart kundeseit",
    "end": "enddate contractend contractenddate subscriptionend subscriptionenddate vertragsende ende fechafin "
    "fechabaja fincontrato | canceldate cancellationdate cancelledat canceledat cancelledon canceledon churndate "
    "churnedat terminationdate membershipend kuendigungsdatum gekuendigtam",
    "date": "purchasedate orderdate datum kaufdatum bestelldatum fecha data | invoicedate transactiondate saledate "
    "dateofpurchase orderpurchasetimestamp ordertimestamp rechnungsdatum fechacompra fechapedido fechafactura",
    "amount": "purchaseamount orderamount transactionamount ordervalue purchasevalue totalprice linetotal dollarvalue "
    "betrag bestellwert montant importe importo",
    "margin": "monatsmarge monatlichemarge monatlicherdeckungsbeitrag monthlymargin marginpermonth | deckungsbeitrag "
    "marge",
    # Of a table with one row per customer; what says it most plainly stands first.
    "tenure": "tenureinmonths tenuremonths customertenure monthsascustomer monthsonbook tenureindays tenuredays "
    "tenureinyears tenureyears tenureinweeks tenureweeks accountlength accountweeks subscriptionlength "
    "subscriptionage accountage vertragsdauer kundendauer antiguedad antigueedad antiguedadmeses mesescliente "
    "| duration durationdays durationmonths",
    "customer_status": "churn churned churnstatus exited attrition attritionflag abgewandert kundenstatus abandono "
    "estadocliente | churnlabel | churnvalue churnflag ischurn ischurned haschurned | cancelled canceled gekuendigt "
    "baja cancelado | status accountstatus subscriptionstatus estado",
    "monthly_charge": "monthlyrevenue monthlyfee monthlybill monthlyprice monthlypayment monthlyspend mrr mrramount "
    "arpu billavg avgbill averagebill monatsumsatz monatlichegebuehr monatspreis cargomensual cuotamensual "
    "ingresomensual",
}
# What is meant only in a table that has one of the first columns, and none of the second.
ONLY_BESIDE = {
    "amount": (  # of purchases; what an event's amount is, is its own unit
        "umsatz revenue sales ordertotal rechnungsbetrag gesamtbetrag summe",
        ("date",),
        ("event",),
    ),
    "returned": ("converted conversion purchased", ("offer",), ("returned_on",)),
    "second_margin": (
        "monthlymargin marginpermonth monatsmarge monatlicherdeckungsbeitrag",
        ("returned_on", "second_tenure"),
        ("first_margin", "value"),
    ),
}
CELLS_TOO = {"sales", "summe", "churn", "churned", "exited", "attrition", "cancelled", "canceled", "gekuendigt", "baja"}
CELLS_TOO |= {"abgewandert", "cancelado"}  # may as well stand in a cell below the headings, or in a title above them
_NAMES = {
    word
    for words in (*SYNONYMS.values(), *(words for words, *_ in ONLY_BESIDE.values()))
    for word in words.split()
    if word not in {"|", *CELLS_TOO}
} | {name.replace("_", "") for name in KNOWN}
NEAR = 0.7  # letters in common: two exchanged in a word of six pass, reason and region, two words, do not
SHORT, NEAR_IF_SHORT = 3, 0.8  # letters; three of them stand in many a word: end in spend
MOST_SHOWN = 20  # columns
BETWEEN_WORDS = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|[\W_]+")
SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l"})


def bare_name(name: object) -> str:
    """Return the letters and digits of a name, in lower case, without accents.

    Examples
    --------
    >>> bare_name("Customer Id"), bare_name("Kündigungs-Grund"), bare_name("customerID")
    ('customerid', 'kuendigungsgrund', 'customerid')
    """
    lower = str(name).strip().lower().translate(SPELLED)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "", plain)


def words_of(name: object) -> list[str]:
    """Return the words of a name as `bare_name` writes them.

    Examples
    --------
    >>> words_of("doNotCall"), words_of("E-Mail erlaubt?")
    (['do', 'not', 'call'], ['e', 'mail', 'erlaubt'])
    """
    return [bare for bare in map(bare_name, BETWEEN_WORDS.split(str(name))) if bare]


def runs_of(name: object) -> set[str]:
    """Return all words of a name that follow each other, written as one.

    Examples
    --------
    >>> sorted(runs_of("E-Mail ok"))
    ['e', 'email', 'emailok', 'mail', 'mailok', 'ok']
    """
    words = words_of(name)
    return {"".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}


def alike(wanted: str, names: Iterable[object]) -> list:
    """Return the names that are the same but for case, blanks, punctuation or a plural.

    Examples
    --------
    >>> alike("customer_id", ["Customer Id", "offer", "Customer-IDs"])
    ['Customer Id', 'Customer-IDs']
    """
    letters = bare_name(wanted)
    return [
        name for name in names if letters and bare_name(name) in (letters, f"{letters}s", letters.removesuffix("s"))
    ]


def nearest(name: object, names: Iterable[object]) -> object | None:
    """Return the name that may have been meant by one that is not there; None where none is near.

    A name of winback's own is no misspelling of another: ``second_tenure`` does not mean ``first_tenure``.

    Examples
    --------
    >>> nearest("resaon", ["customer_id", "Reason"]), nearest("region", ["reason"])
    ('Reason', None)
    """
    bare = {bare_name(each): each for each in names if not (str(name) in KNOWN and each in KNOWN)}
    if like := alike(str(name), bare.values()):
        return like[0]
    cutoff = NEAR if len(bare_name(name)) > SHORT else NEAR_IF_SHORT
    close = get_close_matches(bare_name(name), bare, n=1, cutoff=cutoff)
    return bare[close[0]] if close else None


def to_choose_from(name: object, names: Iterable[object]) -> str:
    """Return what to write instead of a name that no column has: the nearest one, and which there are.

    Examples
    --------
    >>> to_choose_from("resaon", ["customer_id", "reason"])
    'Did you mean `reason`? Columns: customer_id, reason.'
    """
    names = list(names)
    shown = [str(each) for each in names[:MOST_SHOWN]]
    if len(names) > MOST_SHOWN:
        shown.append(f"and {len(names) - MOST_SHOWN:,} more")
    near = nearest(name, names)
    meant = "" if near is None else f"Did you mean `{near}`? "
    return f"{meant}Columns: {', '.join(shown) or 'none'}."


def names_columns(cells: Iterable[object]) -> bool:
    """Say whether one of these cells is the name of a column of winback's, or like one.

    Examples
    --------
    >>> names_columns(["Kunden-Nr.", "x"]), names_columns(["Campaign 2024"])
    (True, False)
    """
    return any(bare_name(cell) in _NAMES for cell in cells)


def matched(reading: Reading, columns: Iterable[Column]) -> Reading:
    """Return the table under winback's names of columns, with what was taken for what; refuse what fits two."""
    names, notes, problems = {}, [], []
    columns = list(columns)
    ours = {column.name for column in columns}
    free = [name for name in reading.frame.columns if name not in ours]
    absent = [column for column in columns if column.name not in reading.frame.columns]
    for column, is_last in [*((column, False) for column in absent), *((column, True) for column in absent)]:
        if is_last and column.name in (*names.values(), *(problem.column for problem in problems)):
            continue
        there = {*reading.frame.columns, *names.values()}
        found = _meant_beside(column, free, there) if is_last else alike(column.name, free) or _meant(column, free)
        if len(found) == 1:
            names[found[0]] = column.name
            free.remove(found[0])
            notes.append(f'"{found[0]}" was read as {column.name}: {column.meaning}.')
        elif found:
            shown = " and ".join(f"`{name}`" for name in found)
            remedy = f'Say which one: columns={{"{column.name}": "{found[0]}"}}.'
            problems.append(Problem(column.name, f"may be {shown}", 0, "", remedy))
    if not names and not problems:
        return reading
    return reading.renamed(names, notes, problems)


def _meant(column: Column, names: Iterable[object]) -> list:
    """Return the names that mean a column; ``id`` alone is a customer's only where each customer has one row."""
    for words in SYNONYMS.get(column.name, "").split("|"):
        known = set(words.split()) - (set() if column.meaning.startswith("one row per") else {"id", "emailid"})
        if found := [name for name in names if bare_name(name) in known]:
            return found
    return []


def _meant_beside(column: Column, names: Iterable[object], there: set) -> list:
    """Return the names that mean a column by what else the table has."""
    words, beside, without = ONLY_BESIDE.get(column.name, ("", (), ()))
    if not there & set(beside) or there & set(without):
        return []
    return [name for name in names if bare_name(name) in words.split()]
