"""What was read, and what was taken for what? A table with the sentences and problems that its reading left behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import pandas as pd

from winback.tables.places import Places
from winback.tables.problems import Problem


class OtherContacts(NamedTuple):
    """Which customers have rows that do not count, and what came of those."""

    back: frozenset = frozenset()  # ids of who came back after a later contact
    sent: frozenset = frozenset()  # ids of who was sent something else than their row that counts says


NO_OTHERS = OtherContacts()


@dataclass(frozen=True, eq=False)
class Reading:
    """A table as it was read: its rows, what is to be said, and what is wrong."""

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()  # sentences: what was taken for what
    problems: tuple[Problem, ...] = ()
    currencies: frozenset[str] = frozenset()  # of amounts that carry a sign
    doubts: tuple[str, ...] = ()  # sentences: what may not be what it is taken for
    other_contacts: OtherContacts = NO_OTHERS
    places: Places | None = None  # where in a file its rows stand
    decimal: str | None = None  # mark of its numbers: what its separator, and later its cells, say
    headings: Mapping[str, str] = field(default_factory=dict)  # winback's name -> the table's own, of those renamed

    def renamed(self, names: Mapping[str, str], notes=(), problems=()) -> Reading:
        """Return the same with columns under other names (the table's own -> winback's), and more to say."""
        own = {ours: self.headings.get(theirs, str(theirs)) for theirs, ours in names.items() if ours != theirs}
        frame = self.frame.rename(columns=dict(names)) if names else self.frame
        return replace(self.having(frame, notes, problems), headings={**self.headings, **own})

    def only(self, names: Iterable[str]) -> Reading:
        """Return the same with these columns only; cells are still named by where they stand in a sheet."""
        names, places = list(names), self.places
        if places is not None and places.letters:
            own = dict(zip(self.frame.columns, places.letters, strict=False))
            places = replace(places, letters=tuple(own.get(name, "") for name in names))
        return replace(self, frame=self.frame[names], places=places)

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
