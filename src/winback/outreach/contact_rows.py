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
ANY_AGENT = ("", "agent")  # of a step that whoever of a channel's agents is free may do


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
    """Deal the customers of a channel out among its agents, in turn; empty where nobody is named.

    Agents share out the steps that a rule gives to nobody, or to any agent (``by``). What it gives to somebody else,
    such as a manager, stays with them, unless all steps of the channel are theirs: then these are its agents. A
    customer keeps one agent, also in another channel that has the same one; ``theirs``, the agent whom their table
    names, row by row, where that is one of the channel's, whatever the rule says.

    Examples
    --------
    >>> from winback.outreach import Channel, Playbook, Rule, Step
    >>> steps = (Step("call", by="agent"), Step("call", by="manager"))
    >>> book = Playbook((Channel("call", agents=("Ann", "Ben")),), (Rule("all", steps),))
    >>> calls = pd.DataFrame({"customer_id": [7, 8, 9, 7], "channel": "call", "by": ["agent", "", "manager", "agent"]})
    >>> shared_out(calls, book).tolist()
    ['Ann', 'Ben', '', 'Ann']
    >>> shared_out(calls, book, pd.Series(["Ben", "Zoe", "Ben", "Ben"])).tolist()
    ['Ben', 'Ann', 'Ben', 'Ben']
    """
    whose, known = pd.factorize(contacts["customer_id"])
    named = np.full(len(known), "", dtype=object)
    named[whose] = "" if theirs is None else theirs.astype(object).fillna("").astype(str).str.strip()
    own, agent = np.full(len(known), "", dtype=object), np.full(len(contacts), "", dtype=object)
    by = contacts["by"].to_numpy() if "by" in contacts else np.full(len(contacts), "", dtype=object)
    for channel in playbook.channels:
        if channel.agents:
            rows = np.flatnonzero(contacts["channel"] == channel.name)
            dealt = rows[np.isin(by[rows].astype(str), _anybody_by(playbook, channel.name))]
            kept = rows[np.isin(named[whose[rows]].astype(str), channel.agents)]
            said = rows[np.isin(by[rows].astype(str), channel.agents)]  # a rule may name one of them
            own[whose[kept]] = named[whose[kept]]
            met = pd.unique(whose[dealt])  # in the order of the list
            new = met[~np.isin(own[met].astype(str), channel.agents)]
            own[new] = np.array(channel.agents, dtype=object)[np.arange(len(new)) % len(channel.agents)]
            agent[dealt], agent[said], agent[kept] = own[whose[dealt]], by[said], named[whose[kept]]
    return agent


def _anybody_by(playbook: Playbook, channel: str) -> list[str]:
    """Return what a channel's steps say of who does them, where that is any of its agents."""
    after = playbook.aftercare
    steps = [step for rule in playbook.rules for step in rule.steps] + [*after.steps, after.monthly]
    said = {step.by for step in steps if step is not None and step.channel == channel}
    return [*ANY_AGENT, *said] if len(said) == 1 else [*ANY_AGENT]


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
