"""Who serves whom on the last day, what do those customers bring, and who works together?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from winback.base.contract_base import ContractBase


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


def by_employee(pairs: pd.DataFrame, teams: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per employee, who has the most first."""
    found = pairs.groupby("manager").agg(n=("value", "size"), n_alone=("alone", "sum"), value=("value", "sum"))
    found = found.sort_values("value", ascending=False, kind="stable").reset_index()
    found.insert(1, "team", found["manager"].map(lambda name: teams.get(name, name)))
    total = found.groupby("team")["value"].transform("sum")
    found["share"] = found["value"] / (found["value"].sum() or np.nan)
    found["share_of_team"] = found["value"] / total.where(total != 0)
    return found


def teams_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per team: its value, the largest share in it, and its Herfindahl index."""
    by = frame.assign(square=frame["share_of_team"] ** 2).groupby("team", sort=False)
    found = by.agg(
        n_managers=("manager", "size"),
        value=("value", "sum"),
        share=("share", "sum"),
        largest_share=("share_of_team", "max"),
        herfindahl=("square", "sum"),
    )
    return found.reset_index()


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
