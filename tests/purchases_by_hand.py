"""When was each buyer a customer, who was lost, and what came of it? Counted with plain loops; logs to try it on."""

from __future__ import annotations

import datetime
from fractions import Fraction
from math import ceil

import pandas as pd
from hypothesis import strategies as st

from winback.base.rules import Rhythm, Silence

FIRST_DAY = datetime.date(2023, 1, 1)
DAYS = 60
MONTH = 365.25 / 12
RULES = st.sampled_from([Silence(5), Silence(0), Rhythm(1 / 3, 3, Silence(8)), Rhythm(2.0, 2, Silence(3))])
PURCHASES = st.tuples(st.integers(1, 4), st.integers(0, DAYS), st.integers(0, 9))
ROWS = st.lists(PURCHASES, min_size=1, max_size=30)


def on(day):
    """Return the date of a day."""
    return FIRST_DAY + datetime.timedelta(days=int(day))


def table(rows):
    """Return purchases (customer, day, amount) as a log."""
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return frame.assign(date=pd.to_datetime([on(day) for day in frame["date"]]), amount=frame["amount"].astype(float))


def allowance(rule, days):
    """Return after how many silent days a customer with these purchase days is lost."""
    if isinstance(rule, Silence):
        return rule.days + 1
    if len(days) < rule.least_days:
        return rule.otherwise.days + 1
    usual = Fraction(max(days) - min(days), len(days) - 1)
    return max(ceil((1 + Fraction(rule.slack).limit_denominator(100)) * usual), 1)


def lives(rows, until, rule):
    """Return each customer's lives as (start, end, ended, purchase days, money, end if silent from now on)."""
    found = {}
    for who in sorted({row[0] for row in rows if row[1] <= until}):
        own = sorted({row[1] for row in rows if row[0] == who and row[1] <= until})
        paid = {day: sum(row[2] for row in rows if row[:2] == (who, day)) for day in own}
        found[who], bought = [], []
        for day, next_day in zip(own, [*own[1:], None], strict=True):
            bought.append(day)
            lost_on = day + allowance(rule, own[: own.index(day) + 1])
            if lost_on <= (until if next_day is None else next_day):
                found[who].append((bought[0], lost_on, True, len(bought), sum(map(paid.get, bought)), lost_on))
                bought = []
        if bought:
            reach = own[-1] + allowance(rule, own)
            found[who].append((bought[0], until, False, len(bought), sum(map(paid.get, bought)), reach))
    return found


def lost_row(own, day, until):
    """Return what is known on a day of a customer with these lives who was lost first, and what came of it."""
    (start, end, _, n_days, money, _), *later = own
    row = {
        "first_tenure": max(end - start, 1),
        "first_margin": money / max(end - start, 1),
        "purchase_days": n_days,
        "months_away": day - end,
        "followed": until - day or None,
        "returned": bool(later),
        "second_tenure": None,
        "second_margin": None,
        "second_ended": None,
    }
    if later:
        start, end, ended, _, money, reach = later[0]
        stay = max(end - start, 1)
        row |= {"second_tenure": stay, "second_margin": money / max(reach - start, 1), "second_ended": ended}
    return row


def valued_row(rows, own, day, until, length):
    """Return the same with what was paid within so many days of the day, that day included, by a customer's rows."""
    row = {name: cell for name, cell in lost_row(own, day, until).items() if not name.startswith("second")}
    bought = [row[2] for row in rows if day <= row[1] < day + length]
    return row | {"returned": bool(bought), "value": float(sum(bought))}


def lost_again(lives, day):
    """Return how many were lost by a day after they had come back from an earlier loss."""
    begun = [[life for life in own if life[0] <= day] for own in lives.values()]
    return sum(len(own) > 1 and own[-1][2] and own[-1][1] <= day for own in begun)


def in_days(lapsed):
    """Return the rows of a table of lost customers by customer, durations in days, money per day, None for missing."""
    frame = lapsed.to_frame().set_index("customer_id")
    names = [*lost_row([(0, 1, True, 1, 0.0, 1)], 1, 2), "value"]
    found = {}
    for who, row in frame[[name for name in names if name in frame]].iterrows():
        cells = {name: None if pd.isna(cell) else cell for name, cell in row.items()}
        for name in [each for each in ("first_tenure", "months_away", "followed", "second_tenure") if each in cells]:
            cells[name] = None if cells[name] is None else round(cells[name] * MONTH, 6)
        for name in [name for name in ("first_margin", "second_margin") if cells.get(name) is not None]:
            cells[name] = round(cells[name] / MONTH, 6)
        found[who] = cells
    return found


def rounded(rows):
    """Return rows of `lost_row` as `in_days` writes them."""
    return {
        who: {name: round(cell, 6) if isinstance(cell, float) else cell for name, cell in row.items()}
        for who, row in rows.items()
    }
