"""Where does the page behind a question stand? By the number of its notebook, as a notebook or as a page."""

from __future__ import annotations

from collections.abc import Mapping

BEHIND = {1: 4, 2: 5, 3: 7, 4: 6}  # question -> number of the notebook behind it
WORDS = {
    1: "Who is lost, and what it cost",
    4: "Who comes back, and whom not to chase",
    5: "How long they stay, and how much they bring",
    6: "Which offer pays",
    7: "Who should get which offer",
    8: "Profit or market share",
    9: "How sure this is, and what to test next",
}
STEMS = {
    1: "01-who-is-lost-and-what-does-it-cost",
    4: "04-who-comes-back",
    5: "05-how-long-and-how-much",
    6: "06-which-offer-pays",
    7: "07-who-should-get-which-offer",
    8: "08-profit-or-market-share",
    9: "09-how-sure-are-we-and-what-to-test-next",
}


def links(ending: str = ".ipynb") -> Mapping[int, str]:
    """Return where the pages behind stand, beside this one.

    Examples
    --------
    >>> links(".html")[4]
    '04-who-comes-back.html'
    """
    return {number: f"{stem}{ending}" for number, stem in STEMS.items()}
