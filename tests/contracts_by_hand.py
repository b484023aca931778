"""What are the lives of customers with contracts, counted day by day with plain loops? And contracts to try it on."""

from __future__ import annotations

import datetime

import pandas as pd
from hypothesis import strategies as st

FIRST_DAY = datetime.date(2023, 1, 1)
DAYS = 300  # contracts begin within so many days


def on(day):
    """Return the date of a day, None for none."""
    return None if day is None else FIRST_DAY + datetime.timedelta(days=int(day))


def table(rows):
    """Return contracts (customer, start, end or None, margin or None) in days as a table."""
    columns = ["customer_id", "start", "end", "margin"]
    frame = pd.DataFrame([(who, on(start), on(end), margin) for who, start, end, margin in rows], columns=columns)
    kinds = {"start": "datetime64[ns]", "end": "datetime64[ns]", "margin": float}
    return frame.astype(kinds)


@st.composite
def contracts(draw, most=8, known=False):
    """Draw contracts of up to three customers, known on the first day or later."""
    rows = []
    for _ in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, DAYS))
        length = draw(st.one_of(st.none(), st.integers(0, 120)))
        margin = draw(st.integers(1, 9) if known else st.one_of(st.none(), st.integers(1, 9)))
        rows.append((draw(st.integers(1, 3)), start, None if length is None else start + length, margin))
    return rows


def lives(rows, until, grace):
    """Return each customer's lives as (start, end, runs, ended, margin), None for a margin that is not known."""
    found = {}
    for who in dict.fromkeys(row[0] for row in rows):
        own = sorted((row for row in rows if row[0] == who and row[1] <= until), key=lambda row: row[1])
        groups = []
        for _, start, end, margin in own:
            runs = end is None or end > until
            end = until if runs else end
            if groups and start - max(each[1] for each in groups[-1]) <= grace:
                groups[-1].append((start, end, runs, margin))
            else:
                groups.append([(start, end, runs, margin)])
        if groups:
            found[who] = [life(group, until, grace) for group in groups]
    return found


def life(group, until, grace):
    end, runs = max(each[1] for each in group), any(each[2] for each in group)
    return group[0][0], end, runs, not runs and until - end >= grace, margin_of(group)


def margin_of(group):
    known = [(start, end, margin) for start, end, _, margin in group if margin is not None]
    if not known:
        return None
    money, days = 0.0, 0
    for day in range(min(each[0] for each in known), max(each[1] for each in known)):
        running = [margin for start, end, margin in known if start <= day < end]
        money, days = money + sum(running), days + bool(running)
    return money / days if days else sum(each[2] for each in known) / len(known)
