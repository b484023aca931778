r"""Which regular expressions are safe to run on any text? Those whose ways to match can be counted, and are few.

Python tries one way after the other, and ``(a+)+b`` has more ways on a line of a's than there is time. So only a part
of its language is used: characters, ``.``, classes ``[...]``, ``\w \d \s \b``, groups, ``|``, and ``? * + {m,n}``,
where ``*`` and ``+`` reach up to `REACH` repetitions. The ways to try from one place in a text are then at most

.. math:: w(ab) = w(a) w(b), \quad w(a|b) = w(a) + w(b), \quad w(a\{m,n\}) = \sum_{k=m}^n w(a)^k

and an expression with more than `MOST_WAYS` is refused.
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
LONGEST, DEEPEST = 500, 10  # characters, and groups within groups: past these nobody can check what is meant
PARTS = re.compile(
    r"(?P<many>(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})[?+]?)|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<single>\\[wWdDsSbBnt]|\\[^\w\s]|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[])|(?P<other>\\.?|\[)",
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
    may_repeat: bool = False

    @property
    def ways(self) -> int:
        return self.before + self.now * self.last

    def add(self, ways: int) -> None:
        self.now, self.last, self.may_repeat = self.now * self.last, ways, True

    def turn(self) -> None:
        self.before, self.now, self.last, self.may_repeat = self.ways, 1, 1, False

    def repeat(self, least: int, most: int) -> None:
        if not self.may_repeat:
            raise PatternError("repeats nothing, or a repetition. Put \\ before a sign that is meant as it stands")
        self.last = sum(min(self.last, MOST_WAYS) ** times for times in range(least, most + 1))
        self.may_repeat = False


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
    bounded = _bounded(_folded(written))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = re.compile(rf"(?<!{LETTER})(?:{bounded})(?!{LETTER})", re.IGNORECASE)
    except (re.error, Warning) as error:
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
    """Return an expression whose repetitions all end, if its ways to match are few."""
    groups, parts = [_Group()], []
    for found in PARTS.finditer(written):
        kind, text = found.lastgroup, found[0]
        if kind == "many":
            least, most = _times(text)
            groups[-1].repeat(least, most)
            text = f"{{{least},{most}}}"
        elif kind == "single":
            groups[-1].add(1)
        else:
            _nest(kind, text, groups, written[found.end() : found.end() + 1])
        parts.append("(?:" if kind == "open" else text)
        if max(group.ways for group in groups) > MOST_WAYS:
            ways = f"can be tried in more than {MOST_WAYS:,} ways from one place, which may take for ever"
            raise PatternError(f"{ways}. Repeat less, or write several patterns")
    if len(groups) > 1:
        raise PatternError("has a group that is not closed. Add ), or write \\(")
    return "".join(parts)


def _nest(kind: str | None, text: str, groups: list[_Group], following: str) -> None:
    """Begin, end or turn to another alternative of a group."""
    if kind == "bar":
        groups[-1].turn()
    elif kind == "close":
        if len(groups) == 1:
            raise PatternError("closes a group that was not opened. Delete ), or write \\)")
        inner = groups.pop()
        groups[-1].add(inner.ways)
    elif kind == "open" and not (text == "(" and following == "?"):
        if len(groups) > DEEPEST:
            raise PatternError(f"has more than {DEEPEST} groups within groups. Write several patterns")
        groups.append(_Group())
    elif text == "[":
        raise PatternError("has a class that is not closed. Add ], or write \\[")
    else:
        raise PatternError(
            f"has {text}{following if text == '(' else ''}, which is not to be used here. {WHAT_THERE_IS}"
        )


def _times(many: str) -> tuple[int, int]:
    """Return how often a part is repeated at least and at most."""
    if many[-1] in "?+" and len(many) > 1:
        raise PatternError(f"has {many}, which is not to be used here. {WHAT_THERE_IS}")
    if many in ("?", "*", "+"):
        return int(many == "+"), 1 if many == "?" else REACH
    least, comma, most = many[1:-1].partition(",")
    found = int(least or 0), int(most) if most else REACH if comma else int(least)
    if found[1] < found[0] or found[1] > REACH:
        raise PatternError(f"has {many}; repetitions go up to {REACH}. Write a smaller range")
    return found
