"""Does a heading say no, so that a yes below it is no consent?"""

from __future__ import annotations

from winback.tables.likeness import bare_name, runs_of, words_of

# A word that says no, or two that follow each other, in letters only; and how such a word begins.
WORDS, BEGINNINGS = (
    tuple(word for words in lines for word in words.split())
    for lines in (
        (
            "no not dont donot cannot never none without against stop stopp stopped off optout optedout unsub ban",
            "banned dnc anti excl kein keine keinen nicht nie nein ohne gegen sperre sperren sperrt widerrief",
            "sans pas non ne contre retire baja niet geen nee ingen ej inte nie sin nunca senza",
        ),
        (
            "refus reject declin denie deny revok revoc withdr object oppos prohibit forbid unwanted",
            "unwilling suppress block exclu unsubscri cancel lapsed expired rescind disagree noconsent",
            "nonconsent revoked withdrawn widerruf widersproch widerspr gesperrt ausgeschl ausschl abgemeld",
            "abmeld abgelehnt ablehn verweiger verbot verbiet untersag unerwuensch entzogen zurueckgezogen",
            "kontaktsperr werbesperr mailsperr telefonsperr anrufsperr smssperr briefsperr postsperr",
            "desinscri desabonn interdi rifiut opzegg afgemeld geweig uitgeschr wypis sprzeciw optout optedout",
        ),
    )
)
SHORT = 5  # letters; a longer beginning may stand anywhere in a heading written as one word


def denies(name: object) -> bool:
    """Say whether a column is called like the opposite of consent: a yes there is a no.

    Examples
    --------
    >>> [denies(name) for name in ("STOP SMS", "Email consent revoked", "DoNotPostalMail", "Opt out: post", "Email ok")]
    [True, True, True, True, False]
    """
    words, bare = words_of(name), bare_name(name)
    begins = any(word.startswith(BEGINNINGS) for word in words)
    within = any(len(begin) > SHORT and begin in bare for begin in BEGINNINGS)
    return begins or within or not runs_of(name).isdisjoint(WORDS)
