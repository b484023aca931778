"""Where does a link to another notebook lead on a page? To the page of its number, or nowhere if none is written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from winback.pages.chapters import chapters

UNWRITTEN = "unwritten"  # class of what would lead to a page that is not there
LINK = re.compile(r'<a\b([^>]*?)\bhref="(?:\./)?(\d\d)-[\w-]+\.(?:ipynb|html)(#[^"]*)?"([^>]*)>(.*?)</a>', re.DOTALL)


# A paragraph that was such a link and nothing else, as on a card: its words would promise what is not there.
ALONE = re.compile(rf'<p\b[^>]*><span class="{UNWRITTEN}">[^<]*</span></p>')


def links_to(ending: str = ".ipynb") -> dict[int, str]:
    """Return where each notebook is found from another one, or each page from another: number -> link.

    Examples
    --------
    >>> links_to(".ipynb")[6], links_to(".html")[6]
    ('06-which-offer-pays.ipynb', 'offer-roi.html')
    """
    pages = ending == ".html"
    return {int(number): each.page if pages else f"{each.file.stem}{ending}" for number, each in chapters().items()}


def linked(shown: str, pages: Mapping[str, str]) -> str:
    """Let the links of a page lead to the pages written beside it (number -> name); of the others the words stay.

    A paragraph that is nothing but such a link goes. In a notebook they lead to notebooks, and the words of results may
    name pages by the notebook's name.

    Examples
    --------
    >>> linked('<a href="04-who.ipynb#Whom?">who</a> and <a href="05-how.ipynb">how long</a>', {"04": "who.html"})
    '<a href="who.html#Whom?">who</a> and <span class="unwritten">how long</span>'
    """

    def led(found: re.Match) -> str:
        before, number, anchor, after, words = found.groups()
        if number not in pages:
            return f'<span class="{UNWRITTEN}">{words}</span>'
        return f'<a{before}href="{pages[number]}{anchor or ""}"{after}>{words}</a>'

    return ALONE.sub("", LINK.sub(led, shown))
