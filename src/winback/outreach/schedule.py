"""On which day is each contact made? As early as rank, capacity, consent, quiet days and the customer's limit allow."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

LONGEST_MONTH = 31  # days: what holds in any so many days in a row holds in every month
NEVER = 2**40  # later than any day, and still far from overflowing when days are added


@dataclass(frozen=True, kw_only=True)
class Chains:
    """One chain of steps per customer, the most valuable customer first, steps in the order in which they are made.

    A step takes its turn until its deadline; what was not made by then is dropped, and the next one has its turn from
    the day after: one deadline for all steps of a customer ends the chain. A step that is not allowed takes no slot,
    and later ones count from the day on which it was due. Chains of different lengths are filled up with steps that
    are not allowed.
    """

    ready: np.ndarray = field(repr=False)  # (n,) datetime64[D]: the day from which delays count
    deadline: np.ndarray = field(repr=False)  # (n,) or (n, k) datetime64[D]: last day
    offsets: np.ndarray = field(repr=False)  # (n, k) days of delay, at least 0
    channels: np.ndarray = field(repr=False)  # (n, k) row of the calendar
    allowed: np.ndarray = field(repr=False)  # (n, k) bool
    after: np.ndarray | None = field(repr=False, default=None)  # (n, k) step counted from, -1: `ready`; the one before
    contacts_before: np.ndarray | None = field(repr=False, default=None)  # (n, m) datetime64[D], also days to come

    def __post_init__(self):
        """Refuse arrays that do not fit together, and steps that wait for themselves or for later ones."""
        shape = self.offsets.shape
        for name in ("channels", "allowed", "after"):
            found = getattr(self, name)
            if found is not None and found.shape != shape:
                raise ValueError(f"{name} must have a row per customer, a column per step {shape}; got {found.shape}.")
        if (self.offsets < 0).any():
            raise ValueError(f"offsets must be at least 0 days; the first that is not is {_first_below_zero(self)}.")
        if self.after is not None and (self.after >= np.arange(shape[1])).any():
            raise ValueError("after must be the position of an earlier step, or -1 for the first day.")
        if np.isnat(self.ready).any() or np.isnat(self.deadline).any():
            raise ValueError("ready and deadline must be days; some are missing.")


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days from ``start`` on, and how many contacts they hold; `schedule` makes none on later ones."""

    start: np.datetime64
    is_open: np.ndarray = field(repr=False)  # (c, n_days) bool: a row per channel
    capacity: np.ndarray  # (c,) contacts a day; infinite: no limit
    at_most: int | None = None  # contacts with one customer in any 31 days in a row; None: no limit
    taken: np.ndarray | None = field(repr=False, default=None)  # (c, n_days) contacts that were planned before

    def __post_init__(self):
        """Refuse a limit under which nobody could be contacted."""
        if self.at_most is not None and self.at_most < 1:
            raise ValueError(f"at_most must be at least 1 contact in any 31 days; got {self.at_most}.")

    @property
    def last(self) -> np.datetime64:
        """Its last day."""
        return self.start + self.is_open.shape[1] - 1

    @property
    def left(self) -> np.ndarray:
        """Contacts that each channel can still make on each day, (c, n_days)."""
        free = np.floor(self.capacity)[:, None] - (0 if self.taken is None else self.taken)
        return np.where(self.is_open, np.maximum(free, 0), 0)

    def number(self, days: np.ndarray) -> np.ndarray:
        """Return days as numbers, 0 for the first one of the calendar; missing days are never."""
        numbers = (np.asarray(days, dtype="datetime64[D]") - self.start).astype(np.int64)
        return np.where(np.isnat(days), NEVER, numbers)


def schedule(chains: Chains, calendar: Calendar) -> np.ndarray:
    """Return the day of each step; missing: not made.

    Day by day, those whose step is due take what their channel has left, in order of rank; the others wait. This gives
    the days that customers get who are served one after the other, each as early as those before left it. A customer
    has one contact a day at most, and at most ``calendar.at_most`` in any 31 days in a row, those before counted.

    Returns
    -------
    numpy.ndarray, shape (n, k), of datetime64[D]

    Examples
    --------
    Two letters a week apart to each of two customers, and one letter a day:

    >>> import numpy as np
    >>> day = np.datetime64("2024-02-26")
    >>> chains = Chains(
    ...     ready=np.array([day, day]),
    ...     deadline=np.array([day, day]) + 30,
    ...     offsets=np.array([[0, 7], [0, 7]]),
    ...     channels=np.zeros((2, 2), dtype=int),
    ...     allowed=np.ones((2, 2), dtype=bool),
    ... )
    >>> schedule(chains, Calendar(start=day, is_open=np.ones((1, 31), dtype=bool), capacity=np.ones(1))).tolist()
    [[datetime.date(2024, 2, 26), datetime.date(2024, 3, 4)], [datetime.date(2024, 2, 27), datetime.date(2024, 3, 5)]]
    """
    run = _Run(chains, calendar)
    for day, left in enumerate(calendar.left.T):
        run.drop_late(day)
        due = np.flatnonzero(run.due <= day)
        channel = run.channels[due, run.place[due]]
        for each in np.flatnonzero(left):
            run.serve(due[channel == each], day, left[each])
    return np.where(run.made == NEVER, np.datetime64("NaT", "D"), calendar.start + run.made)


class _Run:
    """Where each customer stands; days are numbers."""

    def __init__(self, chains: Chains, calendar: Calendar):
        n, n_steps = chains.offsets.shape
        self.n_steps, self.at_most = n_steps, calendar.at_most
        self.channels, self.allowed = chains.channels, chains.allowed
        self.offsets = np.ceil(chains.offsets).astype(np.int64)
        before = np.arange(-1, n_steps - 1)
        self.after = np.broadcast_to(before, (n, n_steps)) if chains.after is None else chains.after
        self.ready = calendar.number(chains.ready)
        deadline = calendar.number(chains.deadline)
        self.deadline = np.broadcast_to(deadline if deadline.ndim == 2 else deadline[:, None], (n, n_steps))
        asked = np.empty((n, 0)) if chains.contacts_before is None else calendar.number(chains.contacts_before)
        self.before = asked.astype(np.int64)
        self.made = np.full((n, n_steps), NEVER)
        self.when = np.full((n, n_steps), NEVER)  # from which later steps count
        self.past = self.ready - 1  # contacts are made after this day
        self.place = np.full(n, -1)  # of the step whose turn it is, from the day `due` to `last_day`
        self.due, self.last_day = np.full(n, NEVER), np.full(n, NEVER)
        self.turn_to_next(np.arange(n))

    def turn_to_next(self, rows: np.ndarray) -> None:
        """Turn to the next step of some customers, past those that are not allowed or due after their deadline."""
        while rows.size:
            self.place[rows] += 1
            self.due[rows] = self.last_day[rows] = NEVER
            rows = rows[self.place[rows] < self.n_steps]
            place = self.place[rows]
            after, deadline = self.after[rows, place], self.deadline[rows, place]
            begin = np.where(after < 0, self.ready[rows], self.when[rows, after])
            due = np.maximum(begin + self.offsets[rows, place], self.past[rows] + 1)
            allowed = self.allowed[rows, place]
            late = allowed & (due > deadline)
            self.when[rows, place] = np.where(late, deadline, due)
            self.past[rows[late]] = np.maximum(self.past[rows[late]], deadline[late])
            self.due[rows], self.last_day[rows] = due, deadline
            rows = rows[late | ~allowed]

    def drop_late(self, day: int) -> None:
        """Drop the steps whose deadline has passed."""
        while (rows := np.flatnonzero(self.last_day < day)).size:
            self._end_step(rows, self.last_day[rows])

    def serve(self, rows: np.ndarray, day: int, left: float) -> None:
        """Make the steps of the first of these customers who may be contacted, as many as there are slots left."""
        while rows.size and left > 0:
            n_asked = int(min(left, rows.size))
            asked, rows = rows[:n_asked], rows[n_asked:]
            asked = asked[self._may_be_contacted(asked, day)]
            self.made[asked, self.place[asked]] = day
            self._end_step(asked, day)
            left -= asked.size

    def _end_step(self, rows: np.ndarray, day) -> None:
        self.when[rows, self.place[rows]] = day
        self.past[rows] = day
        self.turn_to_next(rows)

    def _may_be_contacted(self, rows: np.ndarray, day: int) -> np.ndarray:
        """Tell who may; the others are due again on the first day that is not yet ruled out."""
        others = np.column_stack([self.before[rows], self.made[rows]])
        again = np.where((others == day).any(axis=1), day + 1, day)
        if self.at_most is not None:
            # Sorted with this day among them, one more contact than the limit must span more than the longest month;
            # where they do not, no day is free before the first of them is so long ago.
            days = np.sort(np.column_stack([others, np.full(rows.size, day)]), axis=1)
            first, last = days[:, : -self.at_most], days[:, self.at_most :]
            crowded = (first <= day) & (last - first < LONGEST_MONTH)
            again = np.maximum(again, np.where(crowded, first + LONGEST_MONTH, day).max(axis=1, initial=day))
        self.due[rows] = again
        return again == day


def _first_below_zero(chains: Chains) -> str:
    row, place = np.argwhere(chains.offsets < 0)[0]
    return f"{chains.offsets[row, place]:g}, of step {place + 1} of customer {row + 1}"
