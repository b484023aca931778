r"""Which regular expressions are safe to run on any text? Those whose ways to match can be counted, and are few.

Python tries one way after the other, and ``(a+)+b`` has more ways on a line of a's than there is time. So ``*`` and
``+`` reach up to `REACH` repetitions, and the ways to try from one place in a text are then at most

.. math:: w(ab) = w(a) w(b), \quad w(a|b) = w(a) + w(b), \quad w(a\{m,n\}) = \sum_{k=m}^n w(a)^k

An expression with more than `MOST_WAYS` is refused.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from dataclasses import dataclass

from winback.lost.folded import LETTER
from winback.lost.phrases import PatternError

REACH = 40  # characters: longer than words of any language here, and long enough for a few words between two others
MOST_WAYS = 2_000  # at 10 ns each and 1,000 places, a long text takes 20 ms at worst
LONGEST = 500  # characters: past it nobody can check what is meant
PARTS = re.compile(
    r"(?P<many>[*+?]|\{\d+,?\d*\}|\{,\d*\})|(?P<odd>\(\?(?!:)|\\\d)|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)"
    r"|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.",
    re.DOTALL,
)
WHAT_THERE_IS = r"Use characters, ., [...], \w \d \s \b, ( ), | and ? * + {m,n}"
# What has nothing in common but that it is text: an expression found in all of them is found in any.
UNLIKE = ("qxqxqxq vzv", "жщжщжщж ъыъ", "7170717 171", "口丫口丫口丫口", "ღჯღჯღჯღ ჯღჯ")


@dataclass
class _Group:
    """Ways to match what was read of a group: of alternatives before, of this one, and of its last part."""

    before: int = 0
    now: int = 1
    last: int = 1

    @property
    def ways(self) -> int:
        return self.before + self.now * self.last


def compiled(written: str) -> re.Pattern[str]:
    r"""Return an expression ready to search in lower text, whole words unless it is open at its ends by ``\w*``.

    Examples
    --------
    >>> bool(compiled("colou?rs?").search("two colors")), bool(compiled("colou?r").search("colors"))
    (True, False)
    >>> compiled("(a+)+b")
    Traceback (most recent call last):
    winback.lost.phrases.PatternError: can be tried in more than 2,000 ways ... Repeat less, or write several patterns
    """
    if len(written) > LONGEST:
        raise PatternError(f"is longer than {LONGEST} characters. Write several patterns")
    folded = _folded(written)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(folded)
            made = re.compile(rf"(?<!{LETTER})(?:{_bounded(folded)})(?!{LETTER})", re.IGNORECASE)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        what = getattr(error, "msg", None) or str(error).partition(" at position")[0]
        raise PatternError(f"is no regular expression: {what}. {WHAT_THERE_IS}") from None
    if made.search("") or all(made.search(text) for text in UNLIKE):
        raise PatternError("matches every text. Name some of the characters it is to find")
    return made


def _folded(written: str) -> str:
    """Return an expression folded as texts are; what only folding makes a sign of the language is a plain character."""
    parts = []
    for part in re.findall(r"\\.|[^\\]|\\", written, re.DOTALL):
        folded = part if part.startswith("\\") else unicodedata.normalize("NFKC", part.casefold())
        parts.append(re.escape(folded) if not part.isascii() and folded.isascii() else folded)
    return "".join(parts)


def _bounded(written: str) -> str:
    """Return a regular expression whose repetitions all end, if its ways to match are few."""
    groups, parts = [_Group()], []
    for found in PARTS.finditer(written):
        kind, text, group = found.lastgroup, found[0], groups[-1]
        if kind == "odd":
            raise PatternError(f"has {text}, which is not to be used here. {WHAT_THERE_IS}")
        if kind == "many":
            least, most = _times(text)
            group.last = sum(min(group.last, MOST_WAYS) ** times for times in range(least, most + 1))
            text = f"{{{least},{most}}}"
        elif kind == "open":
            groups.append(_Group())
        elif kind == "bar":
            groups[-1] = _Group(before=group.ways)
        else:
            inner = groups.pop().ways if kind == "close" else 1
            groups[-1].now, groups[-1].last = groups[-1].now * groups[-1].last, inner
        parts.append(text)
        if max(group.ways for group in groups) > MOST_WAYS:
            ways = f"can be tried in more than {MOST_WAYS:,} ways from one place, which may take for ever"
            raise PatternError(f"{ways}. Repeat less, or write several patterns")
    return "".join(parts)


def _times(many: str) -> tuple[int, int]:
    """Return how often a part is repeated at least and at most."""
    if many in ("?", "*", "+"):
        return int(many == "+"), 1 if many == "?" else REACH
    least, comma, most = many[1:-1].partition(",")
    found = int(least or 0), int(most) if most else REACH if comma else int(least)
    if max(found) > REACH:
        raise PatternError(f"has {many}; repetitions go up to {REACH}. Write a smaller range")
    return found
