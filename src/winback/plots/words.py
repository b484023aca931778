"""How do words stand in a figure as they are written? No dollar sign is mathematics, any script, long ones wrap.

Letters that the figure's font lacks are taken from other fonts of the machine. One that none of them has is drawn as
``□``; in tables and files it stands as it is. Scripts written from right to left are drawn letter by letter.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable
from functools import cache

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.transforms import ScaledTranslation

LONGEST_LINE = 28  # letters of a name beside an axis
LONGEST_SHORT = 28  # in a title, or beside a mark
LONGEST_KEY = 40  # in a legend
LONGEST_BELOW = 58  # below a figure
LETTER = 5.6  # points that a letter of a legend takes
KEY, SCALE = 11, 8  # letters: what a line with its mark takes beside a name, and a scale beside the axes
MOST_LINES = 3
LINE = 0.17  # inches that a line of a name takes
LACKING = "□"
AS_WRITTEN = {"parse_math": False, "usetex": False}
# Fonts that systems come with, for the scripts that the figure's own font lacks.
FONTS = (
    *("DejaVu Sans", "Noto Sans", "Segoe UI", "Arial Unicode MS", "Arial"),
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Heiti SC"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Yu Gothic", "MS Gothic", "Hiragino Sans"),
    *("IPAexGothic", "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic", "Unifont"),
    *("Noto Sans Devanagari", "Nirmala UI", "Kohinoor Devanagari", "Mangal", "Noto Sans Bengali", "Noto Sans Tamil"),
    *("Noto Sans Thai", "Leelawadee UI", "Thonburi", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Ethiopic"),
    *("Noto Sans Symbols", "Noto Sans Symbols 2", "Noto Emoji", "Segoe UI Symbol", "Segoe UI Emoji", "Symbola"),
)


def drawn(text: str, width: int | None = None, most_lines: int | None = None) -> tuple[str, dict]:
    """Return a text as it is drawn, in lines of at most ``width`` letters, and how: its fonts, and as written.

    Examples
    --------
    >>> drawn("$5_off_$10")
    ('$5_off_$10', {'parse_math': False, 'usetex': False})
    """
    lines = [" ".join("".join(filter(_is_seen, _spaced(line))).split()) for line in str(text).split("\n")]
    if width is not None:
        cut = {"max_lines": most_lines, "placeholder": "…"}
        lines = [part for line in lines for part in textwrap.wrap(line, width, **cut)]
    text, fonts = _in_fonts("\n".join(lines))
    return text, {**AS_WRITTEN, **({"fontfamily": list(fonts)} if fonts else {})}


def drawn_name(name: object, width: int = LONGEST_LINE) -> tuple[str, dict]:
    """Return a name as it is drawn, in at most three lines, and how."""
    return drawn(_spaced(str(name)), width, MOST_LINES)


def short(name: object, longest: int = LONGEST_SHORT) -> str:
    r"""Return a name in one line of at most 28 letters.

    Examples
    --------
    >>> short("a  name\nin two lines"), short("x" * 40, 6)
    ('a name in two lines', 'xxxxx…')
    """
    text = _spaced(str(name))
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _spaced(line: str) -> str:
    """Return a line with blanks for every kind of white space."""
    return " ".join(line.split())


def _is_seen(letter: str) -> bool:
    """Tell whether a letter is there to be seen: no mark that joins letters or turns their direction."""
    return unicodedata.category(letter) != "Cf"


def _in_fonts(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text with what no font has replaced, and the fonts it needs; none where the figure's own will do."""
    own = tuple(mpl.rcParams["font.family"])
    lacking = set(text) - {"\n"} - _letters(own)
    if not lacking:
        return text, ()
    fonts = list(own)
    for font in _installed():
        if found := lacking & _letters((font,)):
            fonts.append(font)
            lacking -= found
    return text.translate({ord(letter): LACKING for letter in lacking}), tuple(fonts)


@cache
def _installed() -> tuple[str, ...]:
    there = {font.name for font in fontManager.ttflist}
    return tuple(name for name in FONTS if name in there)


@cache
def _letters(fonts: tuple[str, ...]) -> frozenset[str]:
    """Return the letters of the first font of a list that is installed, which a bold one has as well."""
    weights = ("normal", "bold")
    paths = {findfont(FontProperties(family=list(fonts), weight=weight)) for weight in weights}
    return frozenset.intersection(*(frozenset(map(chr, get_font(path).get_charmap())) for path in paths))


def name_ticks(axis, places: Iterable, names: Iterable, width: int = LONGEST_LINE) -> None:
    """Write names at places of an axis, long ones in several lines."""
    lines, look = [], dict(AS_WRITTEN)
    fonts: dict[str, None] = {}
    for name in names:
        line, how = drawn_name(name, width)
        lines.append(line)
        fonts |= dict.fromkeys(how.pop("fontfamily", ()))
    axis.set_ticks(list(places), lines, **look, **({"fontfamily": list(fonts)} if fonts else {}))


def row_height(names: Iterable, least: float) -> float:
    """Return the inches a row needs for the longest of its names, at least ``least``."""
    lines = [drawn_name(name)[0].count("\n") + 1 for name in names]
    return max(least, LINE * max(lines, default=1) + 0.06)


def named(name: object) -> str:
    """Return a name as a label of a line: one that begins with an underscore would be left out of the legend."""
    return f" {name}" if str(name).startswith("_") else str(name)


def write_legend_below(ax, **look) -> None:
    """Write the legend under a figure's axis, one name a line, so that it stays as narrow as the figure."""
    ticks = max((tick.get_text().count("\n") for tick in ax.get_xticklabels()), default=0)
    lines = ax.get_xlabel().count("\n") + 1 + ticks
    shift = ScaledTranslation(0, -0.34 - 0.18 * lines, ax.figure.dpi_scale_trans)
    place = {"loc": "upper left", "bbox_to_anchor": (0, 0), "bbox_transform": ax.transAxes + shift}
    room = 72 * ax.get_position().width * ax.figure.get_figwidth() / LETTER - 6  # letters, less the line or mark
    write_legend(
        ax, max(min(LONGEST_BELOW, int(room)), LONGEST_SHORT), borderaxespad=0, handlelength=3, **place, **look
    )


def columns_below(ax, names: Iterable[str], beside: int = 0) -> int:
    """Return in how many columns the names of marks stand under an axes, so many letters being taken beside it."""
    names = list(names)
    room = 72 * ax.figure.get_figwidth() / LETTER - max(beside, SCALE)
    return max(1, min(len(names), int(room / (max(map(len, names)) + KEY))))


def write_legend(ax, width: int = LONGEST_KEY, **look) -> None:
    """Write the legend of what is drawn, as written, long names in several lines; lines under it stay faint."""
    frame = {"facecolor": "white", "edgecolor": "none", "framealpha": 0.8}
    for text in ax.legend(fontsize=10.5, **{**frame, **look}).get_texts():
        words, how = drawn_name(text.get_text(), width)
        text.set(text=words, **how)
