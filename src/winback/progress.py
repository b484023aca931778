"""How far is a long call? A bar after some seconds where somebody is watching; else what is being worked on is told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

Item = TypeVar("Item")
PATIENCE = 5  # seconds a reader waits without asking whether anything happens; a shorter call shows no bar


def progress(items: Iterable[Item], label: str) -> Iterable[Item]:
    """Go through the items in order, with a bar where the way takes longer than five seconds and somebody watches.

    Nobody watches a script's log, a test or a report that is being written: there the items come as they are.
    ``TQDM_DISABLE=1`` in the environment shuts the bar off everywhere. A bar clears itself away at the end; where the
    items have a length, it knows how much is left. ``label`` says what is counted (``"splits"``).

    Examples
    --------
    >>> [number**2 for number in progress([1, 2, 3], "squares")]
    [1, 4, 9]
    """
    if not _is_watched():
        return items
    from tqdm import tqdm

    return tqdm(items, desc=label, delay=PATIENCE, leave=False)


@dataclass
class Waiting:
    """Tells in a line what is being worked on, once a reader has waited for five seconds; each thing once.

    Examples
    --------
    >>> waiting = Waiting(print, begun=time.monotonic() - PATIENCE)
    >>> waiting.under_way = "Reading the table"
    >>> waiting.look(), waiting.look()
    Reading the table ...
    (None, None)
    """

    tell: Callable[[str], object] | None = None
    under_way: str = ""
    told: str = ""
    begun: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Tell what is under way where it is time for that; to be called now and then."""
        is_new = self.under_way != self.told
        if self.tell is not None and is_new and time.monotonic() - self.begun >= PATIENCE:
            self.told = self.under_way
            self.tell(f"{self.under_way} ...")


def _is_watched() -> bool:
    """Tell whether what is written shows at once: in a terminal or under a notebook's cell."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel") or (sys.stderr is not None and sys.stderr.isatty())
