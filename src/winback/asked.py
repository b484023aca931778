"""Can this table answer a question? The answer, or why not."""

from __future__ import annotations

import dis
import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from winback.in_html import NO_TEX
from winback.results import Sentences

Answer = TypeVar("Answer")
UNANSWERED = "unanswered"  # class of what is shown instead of an answer


@dataclass(frozen=True)
class Unanswered:
    """Stands for the answer to a question that a table cannot answer; false, so that ``found and found.show()`` works.

    Attributes
    ----------
    why : str
        What is missing, and the remedy.
    """

    why: str

    def __bool__(self) -> bool:
        """Nothing was found."""
        return False

    def _repr_html_(self) -> str:
        return f'<p class="{UNANSWERED} {NO_TEX}">{html.escape(self.why)}</p>'

    def __str__(self) -> str:
        """Say why."""
        return self.why


def ask(verb: Callable[..., Answer], *about: Any, **how: Any) -> Answer | Unanswered:
    """Ask a table a question; where the verb refuses it, return why, so that the other questions can still be asked.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({"customer_id": [1, 2], "start": "2023-01-01", "end": ["2023-12-31", None]})
    >>> found = ask(wb.triage, wb.read_contracts(contracts, until="2024-12-31"))
    >>> bool(found), found.why[:60]
    (False, 'triage sorts customers by what they brought, and no margin o')
    """
    try:
        found = verb(*about, **how)
    except ValueError as error:  # which every refusal is: of a table, an argument, a question
        if not _is_refusal(error):
            raise
        return Unanswered(str(error))
    # A verb that answers in sentences alone, where a result was asked for, says why there is none.
    return Unanswered(str(found)) if isinstance(found, Sentences) else found


def _is_refusal(error: ValueError) -> bool:
    """Tell whether winback itself raised an error, by a statement of its own: another one would hide a fault."""
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    if innermost is None or not innermost.tb_frame.f_globals.get("__name__", "").startswith("winback."):
        return False
    return innermost.tb_frame.f_code.co_code[innermost.tb_lasti] == dis.opmap["RAISE_VARARGS"]


def draw(plot: Callable[..., object], found: Any, **how: Any) -> Unanswered | None:
    """Draw an answer; where there is none, or the plot refuses it, return why.

    Examples
    --------
    >>> print(draw(print, Unanswered("There is no column reason.")))
    There is no column reason.
    """
    if isinstance(found, Unanswered):
        return found
    drawn = ask(plot, found, **how)
    return drawn if isinstance(drawn, Unanswered) else None
