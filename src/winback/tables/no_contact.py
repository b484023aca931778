"""Who must not be contacted? By what a column is called, or what a label says: asked for it, died, moved away.

Such marks tell nothing of what an offer earns, and nobody who has one is ever on a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from winback.tables.dates import parse_date
from winback.tables.kinds import parse_flag
from winback.tables.likeness import bare_name, words_of
from winback.tables.parsed import Written
from winback.tables.words import MARKS

ASKED, MOVED = "asked not to be contacted", "moved away"
NO_CONTACT = {  # what a column is called, and a label may be, in letters only
    ASKED: "dnc nocontact optout optedout unsubscribe unsubscribed blocked suppressed werbesperre gesperrt abgemeldet "
    "robinson desabonne desinscrit desinscription opposition nocontactar widerspruch "
    "bloctel inscritbloctel "
    "tps tpsregistered",
    "died": "deceased dead died dateofdeath verstorben tot sterbedatum todesdatum todestag decede decedee deces "
    "dateofdeces fallecido deceduto overleden",
    MOVED: "moved movedaway movedabroad relocated verzogen umgezogen weggezogen unbekanntverzogen insauslandverzogen "
    "demenage mudado verhuisd",
}
NO_LABELS = {"opposition", "robinson", "widerspruch", "unsubscribe", "tps"}  # in a cell names, or other words
# Words that follow each other anywhere in what a column is called, in letters only: a mark whatever stands beside.
_NEVER = (  # each beginning before each end
    ("donot dont never", "contact call phone telephone email mail write text sms message disturb market solicit visit"),
    ("donot dont", "bulkemail bulkmail postalmail bulkpostalmail sendmm sendmarketing sendemail fax"),
    ("notbe notto nottobe nofurther nolonger no cannot", "contacted"),
    ("nolonger nofurther cannot not", "contact"),
    ("", "notcontactable uncontactable"),
    ("nicht nichtmehr", "kontaktieren anrufen anschreiben anmailen bewerben besuchen stoeren"),
    ("kein keine keinen", "werbung werbeanruf werbeanrufe werbepost werbemails werbekontakte"),
    ("nepas neplus", "contacter appeler telephoner demarcher solliciter deranger ecrire relancer"),
    ("plusetre", "contacte contactee appele appelee"),
    ("no non", "contactar llamar molestar contattare chiamare"),
    ("niet", "bellen contacteren benaderen"),
    ("no", "marketing advertising"),
    ("contact marketing", "ban block blocked forbidden prohibited suppressed"),
    ("excludefrom excludedfrom", "marketing campaign campaigns mailing mailings contact contacts"),
    ("suppression", "list flag"),
    ("black block", "list listed"),
    ("robinson", "list liste eintrag"),
    ("kontakt werbe werbung anruf telefon mail mailing brief post", "sperre verbot verboten untersagt gesperrt"),
    ("kontakt werbung anrufe", "unerwuenscht"),
    ("gesperrtfuer", "werbung kontakt mailings"),
    ("newsletter", "abgemeldet"),
    ("sms", "sperre"),
    ("sperr", "vermerk kennzeichen liste"),
    ("", "werbewiderspruch werbesperrkennzeichen widerspruchwerbung widerspruchgegenwerbung"),
    ("", "widerspruchgegendirektwerbung widerspruchdirektwerbung"),
    ("loeschung", "beantragt verlangt"),
    ("", "loeschantrag dsgvoloeschung gdprerased gdprerasure erasurerequested erasurerequest righttobeforgotten"),
    ("", "refusdecontact listerouge listenoire bloctel listedopposition listerobinson"),
    ("refus refusde refusdu", "prospection demarchage sollicitation publicite appel appels"),
    ("opposition", "marketing demarchage audemarchage commerciale"),
    ("", "listarobinson registroopposizioni donotcallregistry"),
)
_LACKING = (  # none where a time stands beside: "no contact since"
    ("kein keine keinen", "kontakt kontakte kontaktaufnahme anruf anrufe mailing mailings newsletter"),
    ("", "pasdecontact pasdappel"),
)
# May be a mark, or a count, what was bought, a file's own note: asked about where the cells are as those of a mark.
_NEARLY = (
    (
        "no",
        "call calls phonecall phonecalls phone salescalls email emails sms mail mails mailing mailings letters post",
    ),
    ("stop", "sms email emails mail mails mailing mailings call calls phone post pub publicite newsletter appels"),
    ("nicht nie", "angerufen kontaktiert angeschrieben"),
    ("moved", "date on at"),
    ("date", "moved"),
)
NEVER, LACKING, NEARLY = (
    frozenset(first + last for begin, end in pairs for first in (begin.split() or [""]) for last in end.split())
    for pairs in (_NEVER, _LACKING, _NEARLY)
)
PHRASES = NEVER | LACKING | {"optout", "optedout"}
# What may stand beside a word that is a mark when it stands alone, and what makes something else of any.
BESIDE, OTHERWISE, TIMES, OUT_OF = (
    frozenset(words.split())
    for words in (
        "is has was on at date of since flag status mark customer list register registry registered global "
        "national all already ist hat am seit datum kunde liste le la est a de du",
        "reason grund motif source quelle comment kommentar commentaire count number anzahl nombre checked geprueft "
        "verifie lifted aufgehoben levee removed not last letzte letzter dernier opened geoeffnet ouvert spend sent "
        "file drops center country feature roaming paperless autorenew renew renewal support",
        "since seit depuis in for days day tage tagen months monate monaten mois jours weeks wochen years jahre last",
        "email emails e mail mails sms text phone call calls fax post postal letter letters marketing advertising "
        "newsletter mailing mailings contact contacts commercial communication communications promotion promotions "
        "gdpr dsgvo hs crm werbung telefon anruf brief user client member kontakt in by from out opt opted",
    )
)
UNCLEAR = (
    "must be yes or no, or a date: it says who is never contacted",
    "Write yes for whoever must not be contacted and no for the others; if it means something else, rename it.",
)


def is_mark(name: object) -> bool:
    """Say whether a column is called like one that says who is never contacted.

    Examples
    --------
    >>> [is_mark(name) for name in ("Do not contact", "Kontaktsperre seit", "contact", "Opt-out reason")]
    [True, True, False, False]
    """
    return _says(str(name)) is not None


@cache
def _says(name: str) -> str | None:
    """Return why nobody is contacted whom a column of this name marks; None where it marks nobody."""
    words = words_of(name)
    alone = {bare_name(name), "".join(word for word in words if word not in BESIDE)}
    timed = any(word in TIMES or word[:1].isdigit() for word in words)
    for reason, known in NO_CONTACT.items():
        if found := alone.intersection(known.split()):
            sure = not (timed and "nocontact" in found) and NEARLY.isdisjoint({"".join(words)})
            return reason if sure else None
    return ASKED if any(_is_sure(phrase, beside, timed) for phrase, beside in phrases_in(words, PHRASES)) else None


def phrases_in(words: list[str], known: Set[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each known phrase in the words of a heading with those beside it that tell something.

    Examples
    --------
    >>> list(phrases_in(["sms", "opt", "out", "date"], {"optout"}))
    [('optout', {'sms'})]
    """
    for i in range(len(words)):
        for j in range(i + 1, len(words) + 1):
            phrase, beside = "".join(words[i:j]), {*words[:i], *words[j:]}
            if phrase in known and OTHERWISE.isdisjoint(beside):
                yield phrase, beside - BESIDE


def _is_sure(phrase: str, beside: set[str], timed: bool) -> bool:
    """Say whether a phrase is a mark, with these words beside: no "opt out" of anything, no "no contact" since."""
    return not timed if phrase in LACKING else phrase in NEVER or beside <= OUT_OF


def marks_said(names: Iterable[object]) -> str:
    """Say which columns mark who asked not to be contacted, or that there is none.

    Examples
    --------
    >>> marks_said(["Kontaktsperre", "region"])
    'Never contacted: whom "Kontaktsperre" marks.'
    >>> marks_said(["region"])
    'No column says who asked not to be contacted: name it with --column do_not_contact="its heading".'
    """
    names = [str(name) for name in names]
    marks = [name for name in names if is_mark(name)]
    shown = " or ".join(f'"{name}"' for name in marks)
    said = [f"Never contacted: whom {shown} marks."] if marks else []
    if not says_who_asked(marks):
        said.append(f'No column says who {ASKED}: name it with --column do_not_contact="its heading".')
    return " ".join(said)


def says_who_asked(names: Iterable[object]) -> bool:
    """Tell whether a column says who asked not to be contacted.

    Examples
    --------
    >>> says_who_asked(["region", "Kontaktsperre"]), says_who_asked(["died"])
    (True, False)
    """
    return ASKED in (_says(str(name)) for name in names)


def without_marks(names: Iterable[str]) -> list[str]:
    """Return the columns but for those that mark who is never contacted: of those who are, they say nothing.

    Examples
    --------
    >>> without_marks(["region", "Deceased", "do_not_contact", "removed"])
    ['region', 'removed']
    """
    return [name for name in names if not is_mark(name)]


def unwanted(
    customers: pd.DataFrame, moved_too: Mapping[str, Set[str]] = MappingProxyType({})
) -> list[tuple[str, np.ndarray]]:
    """Return for each reason not to contact somebody its words and whom it holds for, (n,) each.

    ``moved_too``: of each column the labels of who has moved, in letters only, that are no such reason, as others who
    had them were sent offers.

    Examples
    --------
    >>> people = pd.DataFrame({"Do not contact": ["yes", "no", None], "reason": ["price", "died", "price"]})
    >>> [(words, rows.tolist()) for words, rows in unwanted(people)][:2]
    [('asked not to be contacted', [True, False, False]), ('died', [False, True, False])]
    """
    found = []
    for words, names in NO_CONTACT.items():
        known = {*names.split(), *(PHRASES if words == ASKED else ())} - NO_LABELS
        rows = np.zeros(len(customers), dtype=bool)
        for name in customers:
            column = customers[name]
            if _says(str(name)) == words:
                rows |= _marked(column)
            elif has_labels(column):
                rows |= _labelled(column, known - moved_too.get(name, set()) if words == MOVED else known)
        found.append((words, rows))
    return found


def _marked(column: pd.Series) -> np.ndarray:
    """Return where a column of marks says yes: a flag, or anything written, such as a date."""
    flags, unread = parse_flag(column)[:2]
    return flags.fillna(False).to_numpy(dtype=bool) | unread


def unclear_marks(column: pd.Series) -> np.ndarray:
    """Return where a column of marks says neither yes nor no, is no date and no tick, (n,).

    Examples
    --------
    >>> unclear_marks(pd.Series(["yes", "maybe", "31.1.2024", "x", None])).tolist()
    [False, True, False, False, False]
    """
    rows = parse_flag(column).unread & ~column.astype(str).str.strip().str.lower().isin(MARKS).to_numpy()
    if rows.any():  # which of day and month comes first is of no account
        rows = rows & np.all([parse_date(column, Written(day_first=first)).unread for first in (True, False)], axis=0)
    return rows


def has_labels(column: pd.Series) -> bool:
    """Say whether a column holds words."""
    is_label = isinstance(column.dtype, pd.CategoricalDtype)
    return is_label or pd.api.types.infer_dtype(column, skipna=True) == "string"


def _labelled(column: pd.Series, known: set[str]) -> np.ndarray:
    codes, labels = pd.factorize(column)
    return np.array([*(bare_name(label) in known for label in labels), False])[codes]
