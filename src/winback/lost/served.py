"""Who served each customer when, alone or together with others? Service as spells that do not overlap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import days_of
from winback.base.customers import places_among
from winback.results import join_words
from winback.tables import label_codes


def spells_of_service(base: ContractBase) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return customer, first day and team of every spell of service, and the teams' names; team -1: nobody.

    A team is who serves a customer at the same time. Every life begins a spell, as does every change of who serves.
    """
    served = base.served_by
    customer = places_among(served["customer_id"], base.ids)
    codes, names = label_codes(served["manager"])
    since = days_of(served["from"])
    until = np.full(len(served), base.last)
    if "to" in served:
        until = np.where(served["to"].isna(), base.last, days_of(served["to"]))
    rows = pd.DataFrame({"customer": customer, "manager": codes, "from": since, "to": until})
    rows = rows[(customer >= 0) & (codes >= 0) & (since <= until)]
    lives = base.all_lives
    days = pd.DataFrame(
        {
            "customer": np.concatenate([lives.customer, rows["customer"], rows["customer"]]),
            "day": np.concatenate([lives.start, rows["from"], rows["to"] + 1]),
        }
    )
    days = days.drop_duplicates().sort_values(["customer", "day"], ignore_index=True)
    there = days.reset_index(names="spell").merge(rows, on="customer")
    there = there[(there["from"] <= there["day"]) & (there["day"] <= there["to"])]
    there = there[["spell", "manager"]].drop_duplicates().sort_values(["spell", "manager"], ignore_index=True)
    team, teams = _teams(there["spell"].to_numpy(), there["manager"].to_numpy(), len(days), names)
    return days["customer"].to_numpy(), days["day"].to_numpy(), team, teams


def _teams(spell: np.ndarray, manager: np.ndarray, n: int, names: list) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the team of each of n spells, and the names of the teams; rows are by spell and manager."""
    team = np.full(n, -1)
    if not len(spell):
        return team, ()
    first = np.flatnonzero(np.append(True, spell[1:] != spell[:-1]))
    # The sum of one large random number a manager tells sets of managers apart, without a loop over customers.
    marks = np.random.default_rng(0).integers(1, 2**63, len(names), dtype=np.uint64)
    sets, where, of = np.unique(np.add.reduceat(marks[manager], first), return_index=True, return_inverse=True)
    stop = np.append(first[1:], len(spell))
    said = [join_words([str(names[each]) for each in manager[first[at] : stop[at]]]) for at in where]
    order = np.argsort(np.array(said, dtype=object), kind="stable")
    place = np.empty(len(sets), dtype=np.int64)
    place[order] = np.arange(len(sets))
    team[spell[first]] = place[of]
    return team, tuple(said[each] for each in order)
