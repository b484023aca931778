"""When are two words the same? Text without what people write now one way, now another: case, accents, joiners."""

from __future__ import annotations

import re
import unicodedata

# Scripts written without spaces: each character is a word of its own, so that a phrase is found anywhere in a line.
# Han and kana, then Thai and Lao, Burmese, Khmer.
UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3031-\u3035\u3041-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"
)
VOWEL_SIGNS = "\u0900-\u0963\u0966-\u0dff"  # Indian scripts: signs that Python counts as no letters
LETTER = rf"(?:(?![{UNSPACED}])[^\W_]|[{VOWEL_SIGNS}])"
BORDER = "\x1e"  # between two texts
CLAUSE = ".!?;:,،؛؟。、·|()[]{}\n" + BORDER  # where a part of a sentence ends; others were folded to these
_SILENT = r"\s_\-‐‑–—/\\'\"“”„‟«»‹›`~\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
TOKENS = re.compile(rf"[{UNSPACED}]|{LETTER}+|[{re.escape(CLAUSE)}]|[^\w{_SILENT}]")

_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\ufe0e\ufe0f\u00ad]+")
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ı": "i", "ø": "oe", "ł": "l", "’": "'", "ʼ": "'"})
_ARABIC = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه"})  # Persian typed on an Arabic keyboard
_PERSIAN_VERB = re.compile(
    rf"(?<!{LETTER})(ن?می)[ \u200c]+(?={LETTER})"
)  # its prefix: می‌کند is one word, and no form of کند
_NEGATED = re.compile(r"n'(?=t\b)")  # don't and dont are one word; any other apostrophe parts two


def lower_text(text: str) -> str:
    """Return a text case-folded and in one form of Unicode (NFKC), otherwise as it was written.

    Examples
    --------
    >>> lower_text("ＰＲＩＣＥ Größe"), lower_text("ﬁnally")
    ('price grösse', 'finally')
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).replace("\u00ad", "")


def plain_text(text: str) -> str:
    """Return a text without case, accents and forms of letters that differ by keyboard, as words are compared.

    Examples
    --------
    >>> [plain_text(text) for text in ("Kündigung", "KUENDIGUNG", "atención", "ещё", "Don’t")]
    ['kuendigung', 'kuendigung', 'atencion', 'еще', 'dont']
    """
    lower = lower_text(text).replace(BORDER, " ").translate(_SPELLED)
    if not lower.isascii():
        bare = _MARKS.sub("", unicodedata.normalize("NFD", lower))
        lower = unicodedata.normalize("NFC", bare).translate(_ARABIC)
        lower = _PERSIAN_VERB.sub(r"\1", lower)
    return _NEGATED.sub("n", lower)


def tokens_of(plain: str) -> list[str]:
    """Return the words of a plain text in order, with the marks that part them and signs such as emoji.

    Examples
    --------
    >>> tokens_of("too-expensive, 太贵 💸")
    ['too', 'expensive', ',', '太', '贵', '💸']
    """
    return TOKENS.findall(plain)
