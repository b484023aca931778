"""How do contacts become rows? From chains side by side to a list with an agent and what else is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.outreach.playbook import Playbook


def side_by_side(row: np.ndarray, values: np.ndarray, n_rows: int, empty) -> np.ndarray:
    """Lay values out by their rows, (n_rows, most values of a row), in the order in which they come.

    Examples
    --------
    >>> side_by_side(np.array([1, 0, 1]), np.array([5, 6, 7]), 3, -1).tolist()
    [[6, -1], [5, 7], [-1, -1]]
    """
    place = place_in_row(row, n_rows)
    found = np.full((n_rows, int(place.max(initial=-1)) + 1), empty)
    found[row, place] = values
    return found


def place_in_row(row: np.ndarray, n_rows: int) -> np.ndarray:
    """Return how many values of the same row come before each.

    Examples
    --------
    >>> place_in_row(np.array([1, 0, 1]), 3).tolist()
    [0, 0, 1]
    """
    order = np.argsort(row, kind="stable")
    begin = np.searchsorted(row[order], np.arange(n_rows))
    place = np.empty(len(row), dtype=np.int64)
    place[order] = np.arange(len(row)) - begin[row[order]]
    return place


def shared_out(contacts: pd.DataFrame, playbook: Playbook) -> np.ndarray:
    """Share the contacts of a channel and a day out among its agents, in turn; empty where the channel names none.

    Examples
    --------
    >>> from winback.outreach import Channel, Playbook, Rule, Step
    >>> book = Playbook((Channel("call", agents=("Ann", "Ben")),), (Rule("all", (Step("call"),)),))
    >>> day = pd.Timestamp("2026-01-05")
    >>> shared_out(pd.DataFrame({"channel": "call", "date": [day, day, day]}), book).tolist()
    ['Ann', 'Ben', 'Ann']
    """
    agent = np.full(len(contacts), "", dtype=object)
    for channel in playbook.channels:
        if channel.agents:
            rows = np.flatnonzero(contacts["channel"] == channel.name)
            turn = contacts["date"].iloc[rows].groupby(contacts["date"].iloc[rows]).cumcount()
            agent[rows] = np.array(channel.agents, dtype=object)[turn.to_numpy() % len(channel.agents)]
    return agent


def with_columns_of(contacts: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Join what else is known of the customer of each contact, ``table_`` before the name of a column of the list.

    Examples
    --------
    >>> with_columns_of(pd.DataFrame({"channel": ["call"]}), pd.DataFrame({"channel": ["web"], "name": ["Eve"]}))
      channel table_channel name
    0    call           web  Eve
    """
    named = people.rename(columns={name: f"table_{name}" for name in people if name in contacts})
    return contacts.join(named.reset_index(drop=True))
