"""How many were lost in the last year, and what had they brought in? One sentence, with the number of the figures."""

from __future__ import annotations

import pandas as pd

from winback.results import counted, format_count, format_money, format_percent


def year_in_words(row: pd.Series, periods: pd.DataFrame, currency: str = "$") -> str:
    """Say how many were lost in the periods: of those who were here at the start, and of those who had come since.

    Parameters
    ----------
    row : pandas.Series
        ``n`` here at the start, ``n_lost`` of these, their ``share``, ``n_lost_within`` who had come since, and
        ``money`` that all the lost had brought in, missing where it is not known.

    Examples
    --------
    >>> periods = pd.DataFrame({"start": pd.to_datetime(["2023-01-01"]), "end": pd.to_datetime(["2023-12-31"])})
    >>> row = pd.Series({"n": 50, "n_lost": 10, "share": 0.2, "n_lost_within": 3, "money": None})
    >>> year_in_words(row, periods).partition(": ")[2]
    '10 of the 50 here at its start (20.0%) and 3 who joined since'
    """
    within, money = row["n_lost_within"], ""
    if pd.notna(row["money"]):
        money = f"had brought in {format_money(row['money'], currency)} in the year before they left"
    all_lost = f"{span_in_words(periods)}, {counted(row['n_lost'] + within, 'customers', 'were')} lost"
    of_these = f"{format_count(row['n_lost'])} of the "
    if not row["n"]:
        return f"{all_lost}, all of whom joined since{f'; they {money}' if money else ''}"
    if within:
        since = f"{format_count(within)} who joined since"
        of_these += f"{format_count(row['n'])} here at its start ({format_percent(row['share'])}) and {since}"
        return f"{all_lost}{f', who {money}' if money else ''}: {of_these}"
    were = "was" if row["n_lost"] == 1 else "were"
    of_these += f"{counted(row['n'], 'customers')} here at its start {were} lost ({format_percent(row['share'])})"
    return f"{span_in_words(periods)}, {of_these}{f'; they {money}' if money else ''}"


def span_in_words(periods: pd.DataFrame) -> str:
    """Say from when to when the periods reach."""
    first, last = periods["start"].iloc[0], periods["end"].iloc[-1]
    if 360 <= (last - first).days <= 372:
        return f"in the year to {last:%Y-%m-%d}"
    return f"from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
