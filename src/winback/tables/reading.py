"""What was read, and what was taken for what? A table with the sentences and problems that its reading left behind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from winback.tables.problems import Problem


@dataclass(frozen=True, eq=False)
class Reading:
    """A table as it was read: its rows, what is to be said, and what is wrong."""

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()  # sentences: what was taken for what
    problems: tuple[Problem, ...] = ()
    currencies: frozenset[str] = frozenset()  # of amounts that carry a sign
    doubts: tuple[str, ...] = ()  # sentences: what may not be what it is taken for
    decimal: str | None = None  # what the file's separator says of decimal marks

    def having(self, frame: pd.DataFrame | None = None, notes=(), problems=(), currencies=frozenset()) -> Reading:
        """Return the same with another frame, and more to say."""
        frame = self.frame if frame is None else frame
        return replace(
            self,
            frame=frame,
            notes=(*self.notes, *notes),
            problems=(*self.problems, *problems),
            currencies=self.currencies | currencies,
        )
