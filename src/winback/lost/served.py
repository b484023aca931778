"""Who serves whom: when, alone or together with others, on the last day, and who works together? Read once for all."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import days_of
from winback.base.customers import places_among
from winback.base.lives import latest_so_far
from winback.results import join_words

APART = "\x1e"  # between the names of a team, which may have any other sign


def service_of(base: ContractBase) -> pd.DataFrame:
    """Return who served whom in which life, by customer and first day; days are whole numbers.

    Without a table of who serves whom each life counts as served, from its first day to its last one, by the employee
    of its last contract.

    Returns
    -------
    pandas.DataFrame
        ``customer`` (place in the base), ``manager`` (name), ``since`` and ``until`` (first and last day within the
        life, at most that of the data), ``end`` and ``ended`` (last day of the life, and whether the customer was lost
        on it), ``shared`` (another one served the customer at the same time, for more than a day).
    """
    lives = base.all_lives
    if base.served_by is None:
        manager = base.contracts["manager"].iloc[lives.last].to_numpy(dtype=object)
        customer, since, until = lives.customer, lives.start, lives.end
    else:
        table = base.served_by
        manager, customer = table["manager"].to_numpy(dtype=object), places_among(table["customer_id"], base.ids)
        since, until = days_of(table["from"]), np.full(len(table), base.last)
        if "to" in table:
            until = np.where(table["to"].isna(), base.last, days_of(table["to"]))
    rows = pd.DataFrame({"customer": customer, "manager": manager, "since": since, "until": until})
    rows = rows[(customer >= 0) & rows["manager"].notna()].astype({"manager": str})
    alive = pd.DataFrame({"customer": lives.customer, "start": lives.start, "end": lives.end, "ended": lives.ended})
    found = rows.merge(alive, on="customer").query("since <= end and until >= start and since <= until")
    since, until = np.maximum(found["since"], found["start"]), np.minimum(found["until"], found["end"])
    found = found.drop(columns="start").assign(since=since, until=until)
    found = found.sort_values(["customer", "since", "until"], ascending=[True, True, False], kind="stable")
    found = found.drop_duplicates(["customer", "manager", "since"])  # the longest of what was written twice
    return found.assign(shared=_shared(found)).reset_index(drop=True)


def _shared(service: pd.DataFrame) -> np.ndarray:
    """Return which rows overlap with another one of the same customer by more than a day."""
    customer, since, until = (service[name].to_numpy() for name in ("customer", "since", "until"))
    same = customer[1:] == customer[:-1]
    shared = np.zeros(len(service), dtype=bool)
    shared[1:] |= same & (latest_so_far(customer, until)[:-1] > since[1:])
    shared[:-1] |= same & (since[1:] < until[:-1])
    return shared


def spells_of_service(base: ContractBase) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return customer, first day and team of every spell of service, and the teams' names; team -1: nobody.

    A team is who serves a customer at the same time. Every life begins a spell, as does every change of who serves.
    """
    service, lives = service_of(base), base.all_lives
    customer = np.concatenate([lives.customer, service["customer"], service["customer"]])
    day = np.concatenate([lives.start, service["since"], service["until"] + 1])
    spells = pd.DataFrame({"customer": customer, "day": day}).drop_duplicates()
    spells = spells.sort_values(["customer", "day"], ignore_index=True)
    there = spells.reset_index(names="spell").merge(service, on="customer").query("since <= day <= until")
    there = there.drop_duplicates(["spell", "manager"]).sort_values(["spell", "manager"])
    together = (there["manager"].astype(object) + APART).groupby(there["spell"]).sum()
    said = {each: join_words(each.split(APART)[:-1]) for each in together.unique()}  # each team is put into words once
    team, names = pd.factorize(together.map(said).reindex(spells.index), sort=True)
    return spells["customer"].to_numpy(), spells["day"].to_numpy(), team, tuple(names)


def served_now(base: ContractBase, service: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return who serves whom on the last day, and whether what customers bring is known.

    One row per customer and employee: ``customer`` (place in the base), ``manager``, ``alone`` (nobody else serves the
    customer) and ``value``, money a year in equal parts where several serve one; parts of customers where no money is
    known.
    """
    here = base.all_lives.customer[base.all_lives.runs]
    pairs = service[(service["until"] >= base.last) & service["customer"].isin(here)]
    pairs = pairs[["customer", "manager"]].drop_duplicates(ignore_index=True)
    paid = base.still_here("Y") if len(here) else pd.DataFrame()
    money = "margin" in paid and bool(paid["margin"].notna().any())
    brings = pd.Series(paid["margin"].to_numpy() if money else 1.0, index=here, dtype=float).fillna(0.0)
    n_serving = pairs.groupby("customer")["customer"].transform("size")
    return pairs.assign(alone=n_serving == 1, value=pairs["customer"].map(brings) / n_serving), money


def teams_together(service: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, str]:
    """Return each employee's team: those who serve customers together, and whoever works with one of them.

    A team is called by its members, up to three of them.
    """
    names = np.unique(np.append(service["manager"], pairs["manager"]).astype(str))
    together = service[service["shared"]]
    place, n = np.searchsorted(names, together["manager"].to_numpy(dtype=str)), len(names)
    # who served a customer before a loss need not know who does now: linked are those of one life
    life = together.groupby(["customer", "end"]).ngroup().to_numpy()
    size = n + len(together)
    links = coo_matrix((np.ones(len(place)), (place, n + life)), shape=(size, size))
    team = connected_components(links, directed=False)[1][:n]
    members = pd.Series(names).groupby(team).apply(list)
    called = members.map(lambda those: ", ".join(those[:3]) + (" and others" if len(those) > 3 else ""))
    return dict(zip(names, called.loc[team], strict=True))
