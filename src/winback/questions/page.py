"""How does the front page look? Headline, waterfall, four cards and what comes after, all of it inside."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import pandas as pd

from winback.in_html import NO_TEX, html_table, with_badge
from winback.plots.small import as_svg
from winback.questions.card import Card, Picture
from winback.questions.headline import Headline
from winback.questions.links import BEHIND, SHORT, WORDS

STYLE = "page.css"
SCENARIO = "Scenario, not measured"


@dataclass(frozen=True)
class Section:
    """A part below the cards: its heading, why it matters, a picture or a table, and sentences.

    ``label`` marks what was not measured.
    """

    heading: str
    why: str = ""
    picture: Picture | None = None
    table: pd.DataFrame | None = field(default=None, repr=False)
    lines: Sequence[str] = ()
    label: str = ""
    behind: int | None = None  # number of the notebook behind it


def page(parts: Iterable[str]) -> str:
    """Return the body of the page: its style and its parts."""
    style = (files("winback.questions") / STYLE).read_text(encoding="utf-8")
    return f'<div class="wb-front {NO_TEX}">{"".join(parts)}<style>{style}</style></div>'


def head(about: str, found: Headline, pages: Mapping[int, str]) -> str:
    """Return the headline: whom it is about, what to do, the gain and the waterfall; below, how sure and the doubt."""
    lines = [
        f'<p class="wb-kicker">{with_badge(about)}</p>' if about else "",
        f'<h2 class="wb-do answer">{_text(found.do)}</h2>',
    ]
    lines.append(_gain(found))
    picture = "" if found.picture is None else _picture(found.picture, "wb-head")
    below = _paragraph("wb-gain", found.short) + (_link(SHORT, pages) if found.short else "")
    below += _paragraph("wb-doubt", found.lead) + _paragraph("wb-doubt", _joined(found.limit, found.doubt))
    return f'<div class="minute">{_label(found.label)}{"".join(lines)}{picture}</div>{below}'


def cards(four: Iterable[Card], study: Mapping[int, str], pages: Mapping[int, str]) -> str:
    """Return the four questions as cards, what the study answered beside one's own figures."""
    each = "".join(_card(card, study[card.number], pages) for card in four)
    return f'<section class="wb-cards" aria-label="The four questions">{each}</section>'


def section(part: Section, pages: Mapping[int, str], name: str) -> str:
    """Return one of the parts below the cards."""
    picture = _picture(part.picture, name) if part.picture is not None else ""
    items = "".join(f"<li>{_text(line)}</li>" for line in part.lines)
    listed = f'<ul class="wb-list">{items}</ul>' if items else ""
    heading = f'{_label(part.label)}<h2 class="wb-head">{_text(part.heading)}</h2>{_paragraph("wb-why", part.why)}'
    table = "" if part.table is None else f'<div class="wb-scroll">{html_table(part.table)}</div>'
    inside = f"{picture}{table}{listed}{_link(part.behind, pages)}"
    return f'<section class="wb-more" aria-label="{_text(part.heading)}">{heading}{inside}</section>'


def foot(lines: Iterable[str]) -> str:
    """Return what the page rests on."""
    return f'<div class="wb-foot">{"".join(f"<p>{_text(line)}</p>" for line in lines)}</div>'


def _gain(found: Headline) -> str:
    before, amount, after = found.gain.partition(found.amount)
    strong = f"<b>{_text(amount)}</b>" if amount else ""
    return f'<p class="wb-gain">{_text(before)}{strong}{_text(_joined(after, found.on_top))}</p>'


def _card(card: Card, study: str, pages: Mapping[int, str]) -> str:
    title = f"<h3>{card.number} · {_text(card.question)}</h3>"
    picture = _picture(card.picture, f"wb-q{card.number}") if card.picture is not None else ""
    here = f"<dt>Here</dt><dd>{_text(card.here)}</dd>" if card.here else ""
    beside = f'<dl class="wb-beside"><dt>Published</dt><dd class="wb-study">{_text(study)}</dd>{here}</dl>'
    missing = _paragraph("wb-missing", card.missing)
    link = _link(BEHIND[card.number], pages) if card.is_answered else ""
    answer = _paragraph("wb-answer", card.answer)
    return f'<article class="wb-card">{title}{answer}{picture}{missing}{beside}{link}</article>'


def _picture(picture: Picture, name: str) -> str:
    drawn = as_svg(picture.draw(), picture.label, name)
    if picture.narrow is not None:
        narrow = as_svg(picture.narrow(), picture.label, f"{name}-narrow")
        drawn = f'<div class="wb-wide">{drawn}</div><div class="wb-narrow">{narrow}</div>'
    return f'<div class="wb-picture">{drawn}{_paragraph("wb-caption", picture.caption)}</div>'


def _label(text: str) -> str:
    return f'<p><span class="wb-label">{_text(text)}</span></p>' if text else ""


def _link(number: int | None, pages: Mapping[int, str]) -> str:
    if number is None or number not in pages:
        return ""
    return f'<p class="wb-link"><a href="{html.escape(pages[number])}">{_text(WORDS[number])}</a></p>'


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _paragraph(kind: str, text: str) -> str:
    return f'<p class="{kind}">{_text(text)}</p>' if text else ""


def _text(text: object) -> str:
    return html.escape(str(text))
