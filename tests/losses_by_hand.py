"""What does the report of lost customers count, with plain loops over customers and periods? And companies to try."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

MONTH = 365.25 / 12


def counts(lives, edges):
    """Return per period what happened to lives (start, end or None, lost, number), an end of None going on."""
    rows = []
    for first, following in itertools.pairwise(edges):
        row = dict.fromkeys(("n", "n_lost", "n_lost_within", "n_won", "n_returned", "n_pending"), 0)
        for start, end, lost, number in lives:
            here = start < first and (end is None or end >= first)
            ended = end is not None and first <= end < following
            row["n"] += here
            row["n_lost"] += here and ended and lost
            row["n_lost_within"] += ended and lost and not here
            row["n_pending"] += ended and not lost
            came = first <= start < following
            row["n_won"] += came and number == 1
            row["n_returned"] += came and number > 1
        rows.append(row)
    return rows


def still_here(lives, edges):
    """Return how many of those who came in each period were here on the eve of each later one."""
    found = {}
    for place, (first, following) in enumerate(itertools.pairwise(edges)):
        came = [end for start, end, *_ in lives if first <= start < following]
        for later in range(place + 1, len(edges)):
            found[place, later] = sum(end is None or end >= edges[later] for end in came)
    return found


def money_before(contracts, start, end):
    """Return what the contracts (start, end, margin) of a life brought in within the year before its end."""
    total, known = 0.0, False
    for begins, ends, margin in contracts:
        if margin is None or not start <= begins <= end:
            continue
        known = True
        total += margin * max(0.0, min(ends, end) - max(begins, end - 365.25)) / MONTH
    return total if known else None


def money_by_day(contracts, last):
    """Return what contracts brought in within the year before a day, from a table with start, end and margin."""
    zero = pd.Timestamp("1970-01-01")
    days = [[(min(day, last) - zero).days for day in contracts[name].fillna(last)] for name in ("start", "end")]
    rows = [row for row in zip(*days, contracts["margin"], strict=True) if row[0] < row[1]]
    return money_before(rows, -np.inf, (last - zero).days) or 0.0


def money_of_first_losses(base):
    """Return by customer what came in within the year before the first loss, from the tables of contracts and lives."""
    lives = base.lives.query("life == 1 and ended").set_index("customer_id")
    rows = base.contracts[["customer_id", "start", "end", "margin"]].join(
        lives[["end"]], on="customer_id", rsuffix="_of"
    )
    rows = rows[rows["start"] <= rows["end_of"]]
    ago = rows["end_of"] - pd.Timedelta(days=365.25)
    days = (rows[["end", "end_of"]].min(axis=1) - rows["start"].clip(lower=ago)) / pd.Timedelta(days=1)
    return (rows["margin"] * days.clip(lower=0) / MONTH).groupby(rows["customer_id"]).sum()


def lives_of_buyer(days, silence, until):
    """Return (start, end or None, lost, number, purchase days) of one who is lost when silent for more than so long."""
    lives, own = [], [days[0]]
    for day in [*days[1:], None]:
        lost_on = own[-1] + silence + 1
        if lost_on <= (until if day is None else day):
            lives.append((own[0], lost_on, True, len(lives) + 1, own))
            own = []
        elif day is None:
            lives.append((own[0], None, False, len(lives) + 1, own))
        if day is not None:
            own.append(day)
    return lives


def return_chance(gaps, away, until):
    """Return one less the product of the shares who stayed away on each day after ``away``; gaps are (days, back)."""
    share = 1.0
    for day in sorted({days for days, back in gaps if back and away < days <= until}):
        watched = sum(days >= day for days, _ in gaps)
        share *= 1 - sum(back and days == day for days, back in gaps) / watched
    return 1 - share


def companies(rng, n_companies, *, n_employees=40, rate=0.15, weight=60.0, bad=None):
    """Draw how many customers each employee has and loses; one may be truly bad, all others are alike at no weight.

    Employees have 5 to 200 customers. Returns n, lost and the true rates, each (n_companies, n_employees).
    """
    n = np.exp(rng.uniform(np.log(5), np.log(200), (n_companies, n_employees))).astype(int)
    truth = np.full(n.shape, rate) if weight is None else rng.beta(rate * weight, (1 - rate) * weight, n.shape)
    if bad is not None:
        n[:, 0], truth[:, 0] = bad
    return n, rng.binomial(n, truth), truth


def judged(rng, n_companies, *, wilson=False, **company):
    """Return of each company which employees are said to lose more, and the shrunken and raw shares."""
    from winback.lost.small_groups import MORE, compare_groups
    from winback.uncertainty import share_interval

    n, lost, truth = companies(rng, n_companies, **company)
    named, errors = [], []
    for sizes, ends, rates in zip(n, lost, truth, strict=True):
        common = ends.sum() / sizes.sum()
        found = compare_groups(ends, sizes, common)
        low, _ = share_interval(ends, sizes, 0.95 ** (1 / len(sizes)))
        named.append(low > common if wilson else found.verdict == MORE)
        errors.append([((share - rates) ** 2).sum() for share in (found.share, found.shrunken)])
    return np.array(named), np.array(errors)
