"""From when to when was bought, and is there a pause that a mistyped date may have made?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from winback.purchases.transactions.checks import LONGEST_GAP

MONTH = 31  # days; no shorter silence at the end is worth a word


@dataclass(frozen=True)
class Span:
    """Days with a purchase: the first, the last, and those around the longest pause."""

    first: date
    last: date
    before_pause: date
    after_pause: date

    @classmethod
    def of(cls, days: np.ndarray) -> Span:
        """Return the span of days as `datetime.date.toordinal` counts, ascending, at least one.

        Examples
        --------
        >>> Span.of(np.array([1, 3, 9])).pause
        6
        """
        place = int(np.argmax(np.diff(days))) if len(days) > 1 else 0
        edges = (days[0], days[-1], days[place], days[min(place + 1, len(days) - 1)])
        return cls(*(date.fromordinal(int(day)) for day in edges))

    @property
    def pause(self) -> int:
        """Days of the longest pause between two days with a purchase."""
        return (self.after_pause - self.before_pause).days

    def cautions(self, end: date) -> Iterator[str]:
        """Say where a mistyped date or a wrong end of the data is likely."""
        if self.pause > LONGEST_GAP:
            yield (
                f"A caution: nothing was bought between {self.before_pause} and {self.after_pause}, {self.pause:,} "
                "days: are these dates right?"
            )
        silence = (end - self.last).days
        if silence > min(LONGEST_GAP, max(MONTH, self.pause)):
            yield (
                f"A caution: the last purchase is of {self.last}, {silence:,} days before the end: is the log complete "
                "until then?"
            )
