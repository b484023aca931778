"""How do people write a day? 2024-12-31, 31.12.24, 12/31/2024, 3. April 2025, Apr 3, 2025, 3 de abril de 2025."""

from __future__ import annotations

import unicodedata

TIME = r"(?:[ T]\d{1,2}:\d{2}.*)?"
YEAR = r"(?P<year>\d{4}|['\u2019]?\d{2})"
ISO = rf"\d{{4}}-\d{{2}}-\d{{2}}{TIME}"
ZONE = r"\s*(?:Z|[+-]\d{2}:?\d{2})$"
TOGETHER = r"(?P<year>(?:19|20|99)\d{2})(?P<month>\d{2})(?P<day>\d{2})"  # 20241231
YEAR_FIRST = rf"(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}}){TIME}"
# Wherever dots are used the day comes first.
DOTTED = rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{YEAR}{TIME}"
SLASHED = rf"(?P<first>\d{{1,2}})[/-](?P<second>\d{{1,2}})[/-]{YEAR}{TIME}"
NAME = r"(?P<month>[^\W\d_]{3,12})\.?"
DAY = r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th|er|º)?"
NAMED = (  # the day first, the month first, the year first
    rf"{DAY}[ /-]?\s?(?:de |of )?{NAME},?[ /-]?\s?(?:de |del )?{YEAR}{TIME}",
    rf"{NAME}[ /-]{DAY},?[ /-]\s?{YEAR}{TIME}",
    rf"(?P<year>\d{{4}})[ /-]{NAME}[ /-]{DAY}{TIME}",
)
MONTHS = (  # English, German, French, Spanish, as people shorten them; accents do not matter
    "jan january januar janner jaenner jän janv janvier ene enero",
    "feb february februar fev fevr fevrier febrero",
    "mar march marz maerz mrz mars marzo",
    "apr april avr avril abr abril",
    "may mai mayo",
    "jun june juni juin junio",
    "jul july juli juil juillet julio",
    "aug august aou aout ago agosto",
    "sep sept september septembre septiembre setiembre set",
    "oct october okt oktober octobre octubre",
    "nov november novembre noviembre",
    "dec december dez dezember decembre dic diciembre",
)


def bare_word(text: str) -> str:
    """Return a word in small letters, without accents.

    Examples
    --------
    >>> bare_word("Août"), bare_word("MÄRZ")
    ('aout', 'marz')
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


MONTH_OF = {bare_word(word): place for place, words in enumerate(MONTHS, 1) for word in words.split()}
