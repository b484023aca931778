"""How does the list of all pages look? For each its number, question, answer, picture, and the minutes it takes."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Mapping

from winback.pages.chapters import PACKAGE
from winback.pages.listed import Listed
from winback.results import counted

TITLE = "Lost customers: questions and answers"


def index_page(entries: Iterable[Listed], pages: Mapping[str, str], about: str = "", date: str = "") -> str:
    """Return the list of pages as a page; what could not be made stands below, with the reason."""
    style = (PACKAGE / "page_template" / "page.css").read_text(encoding="utf-8")
    entries = list(entries)
    made = "".join(_made(each, pages[each.number]) for each in entries if not each.why_not)
    left = "".join(f"<dt><b>{_title(each)}</b></dt><dd>{_text(each.why_not)}</dd>" for each in entries if each.why_not)
    left = f'<h2>Not on these data</h2><dl class="next-steps not-made">{left}</dl>' if left else ""
    about = f'<div class="minute"><p class="about">{_text(about)}</p></div>' if about else ""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{TITLE}</title><style>{style}</style></head><body><main><h1>{TITLE}</h1>{about}"
        f'<nav aria-label="All pages"><ol class="pages">{made}</ol></nav>{left}</main>'
        f'<footer><p class="date">{_text(date)}</p></footer></body></html>'
    )


def _made(entry: Listed, page: str) -> str:
    title = f'<h2><a href="{html.escape(page)}">{_title(entry)}</a></h2>'
    picture = f"<div>{entry.drawing}</div>" if entry.drawing else ""
    if not picture and entry.picture is not None:
        data = base64.b64encode(entry.picture).decode()
        picture = f'<img alt="{html.escape(entry.says)}" src="data:image/png;base64,{data}">'
    minutes = f'<p class="minutes">{counted(entry.minutes, "minutes")} to read</p>'
    return f'<li>{title}<p class="answer">{_text(entry.answer)}</p>{picture}{minutes}</li>'


def _title(entry: Listed) -> str:
    return _text(f"{entry.number} · {entry.question}")


def _text(text: str) -> str:
    return html.escape(text)
