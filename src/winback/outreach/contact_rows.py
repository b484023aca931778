"""How do contacts become rows? From chains side by side to a list with an agent and what else is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from winback.outreach.playbook import Playbook
from winback.policies.contact_list import OWN, ContactList
from winback.policies.new_leavers import OF_A_TRIAL
from winback.tables import LAPSED

OF_THE_LIST = ["rank", "customer_id", "offer", "why", "expected_profit", "kind"]  # the rest is carried along


def side_by_side(row: np.ndarray, values: np.ndarray, n_rows: int, empty) -> np.ndarray:
    """Lay values out by their rows, (n_rows, most values of a row), in the order in which they come.

    Examples
    --------
    >>> side_by_side(np.array([1, 0, 1]), np.array([5, 6, 7]), 3, -1).tolist()
    [[6, -1], [5, 7], [-1, -1]]
    """
    place = place_in_row(row)
    found = np.full((n_rows, int(place.max(initial=-1)) + 1), empty)
    found[row, place] = values
    return found


def place_in_row(row: np.ndarray) -> np.ndarray:
    """Return how many values of the same row come before each.

    Examples
    --------
    >>> place_in_row(np.array([1, 0, 1])).tolist()
    [0, 0, 1]
    """
    return pd.Series(row).groupby(row).cumcount().to_numpy(dtype=np.int64)


def shared_out(contacts: pd.DataFrame, playbook: Playbook, theirs: pd.Series | None = None) -> np.ndarray:
    """Deal the customers of a channel out among its agents, in turn; empty where the channel names none.

    A customer keeps one agent, also in another channel that has the same one; ``theirs``, the agent whom their table
    names, row by row, where that is one of the channel's.

    Examples
    --------
    >>> from winback.outreach import Channel, Playbook, Rule, Step
    >>> book = Playbook((Channel("call", agents=("Ann", "Ben")),), (Rule("all", (Step("call"),)),))
    >>> shared_out(pd.DataFrame({"customer_id": [7, 8, 9, 7], "channel": "call"}), book).tolist()
    ['Ann', 'Ben', 'Ann', 'Ann']
    >>> calls = pd.DataFrame({"customer_id": [7, 8, 9], "channel": "call"})
    >>> shared_out(calls, book, pd.Series(["Ben", "Zoe", None])).tolist()
    ['Ben', 'Ann', 'Ben']
    """
    whose, known = pd.factorize(contacts["customer_id"])
    named = np.full(len(known), "", dtype=object)
    named[whose] = "" if theirs is None else theirs.astype(object).fillna("").astype(str).str.strip()
    own, agent = np.full(len(known), "", dtype=object), np.full(len(contacts), "", dtype=object)
    for channel in playbook.channels:
        if channel.agents:
            rows = np.flatnonzero(contacts["channel"] == channel.name)
            met = pd.unique(whose[rows])  # in the order of the list
            kept = met[np.isin(named[met].astype(str), channel.agents)]
            own[kept] = named[kept]
            new = met[~np.isin(own[met].astype(str), channel.agents)]
            own[new] = np.array(channel.agents, dtype=object)[np.arange(len(new)) % len(channel.agents)]
            agent[rows] = own[whose[rows]]
    return agent


def carried_along(listed: ContactList) -> pd.DataFrame:
    """Return what contacts carry of each customer on a list: what it carries, and what winback knows by name.

    Whoever calls wants to see since when a customer is away, and with how many complaints, as the table says it. What
    came of an earlier offer is not carried of the trial's own customers.
    """
    own = listed.frame.drop(columns=OF_THE_LIST)
    hidden = {"customer_id", "eligible", *((*OF_A_TRIAL, "returned") if listed.whom in OWN else ())}
    names = [column.name for column in LAPSED if column.name in listed.customers and column.name not in hidden]
    names = [name for name in names if name not in own and f"table_{name}" not in own]
    return own.reset_index(drop=True).join(listed.customers[names].reset_index(drop=True))


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


def names_taken(contacts: pd.DataFrame) -> list[str]:
    """Return the names of columns that the customers' table and the list both have: the table's became ``table_...``.

    Examples
    --------
    >>> names_taken(pd.DataFrame(columns=["agent", "table_agent", "table_no"]))
    ['agent']
    """
    return [name for name in contacts if f"table_{name}" in contacts]


def written(said: Callable[..., str], columns: Sequence[np.ndarray]) -> np.ndarray:
    """Write a text for each row; those that are alike are written once.

    Examples
    --------
    >>> written(lambda month, day: f"{day}/{month}", [np.array([5, 5]), np.array([1, 31])]).tolist()
    ['1/5', '31/5']
    """
    rows = pd.DataFrame(dict(enumerate(columns)))
    alike = rows.groupby(list(rows), sort=False).ngroup().to_numpy()  # numbered as they come
    texts = [said(*map(int, row)) for row in rows.drop_duplicates().itertuples(index=False)]
    return np.array(texts, dtype=object)[alike]
