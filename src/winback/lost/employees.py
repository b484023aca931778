"""Who serves whom on the last day, what do those customers bring, and who works together?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from winback.lost.departures import Service, service_of


@dataclass(frozen=True, eq=False)
class ServedNow:
    """Who serves whom on the last day: k pairs of a customer and an employee."""

    customer: np.ndarray  # (k,) place of the customer
    manager: np.ndarray  # (k,)
    value: np.ndarray  # (k,) money a year, in equal parts where several serve one; customers where money is not known
    n_serving: np.ndarray  # (k,) how many serve that customer
    money: bool
    n_unserved: int  # customers who are here, and served by nobody in particular

    @property
    def n(self) -> int:
        """Customers who are served by somebody."""
        return len(np.unique(self.customer))

    @property
    def n_alone(self) -> int:
        """Customers who are served by one employee."""
        return int((self.n_serving == 1).sum())


def served_now(base) -> ServedNow:
    """Return who serves whom of those who are here on the last day of a base of contracts."""
    lives = base.all_lives
    here = np.flatnonzero(lives.runs)
    if base.served_by is None:
        customer = lives.customer[here]
        manager = base.contracts["manager"].iloc[lives.last[here]].reset_index(drop=True)
        pairs = pd.DataFrame({"customer": customer, "manager": manager})[manager.notna()]
    else:
        service = service_of(base)
        still = (service.until >= base.last) & np.isin(service.customer, lives.customer[here])
        pairs = pd.DataFrame({"customer": service.customer[still], "manager": service.manager[still]})
    pairs = pairs.astype({"manager": str}).drop_duplicates(ignore_index=True)
    paid = base.still_here("Y") if len(here) else pd.DataFrame()
    money = "margin" in paid and bool(paid["margin"].notna().any())
    margin = pd.Series(paid["margin"].to_numpy() if money else np.nan, index=lives.customer[here], dtype=float)
    n_serving = pairs.groupby("customer")["customer"].transform("size").to_numpy()
    each = margin.reindex(pairs["customer"]).fillna(0.0).to_numpy() if money else np.ones(len(pairs))
    return ServedNow(
        customer=pairs["customer"].to_numpy(),
        manager=pairs["manager"].to_numpy(),
        value=each / n_serving,
        n_serving=n_serving,
        money=money,
        n_unserved=len(here) - pairs["customer"].nunique(),
    )


def by_employee(served: ServedNow, teams: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per employee, who has the most first."""
    pairs = pd.DataFrame({"manager": served.manager, "value": served.value, "alone": served.n_serving == 1})
    found = pairs.groupby("manager").agg(n=("value", "size"), n_alone=("alone", "sum"), value=("value", "sum"))
    found = found.sort_values("value", ascending=False, kind="stable").reset_index()
    found.insert(1, "team", found["manager"].map(lambda name: teams.get(name, name)))
    total = found.groupby("team")["value"].transform("sum")
    found["share"] = found["value"] / (found["value"].sum() or np.nan)
    found["share_of_team"] = found["value"] / total.where(total != 0)
    return found if served.money else found.assign(value=np.nan)


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


def teams_together(service: Service | None, served: ServedNow) -> dict[str, str]:
    """Return each employee's team: those who serve customers together, and whoever works with one of them.

    A team is called by its members, up to three of them.
    """
    if service is None:
        who, together, life = served.manager, served.n_serving > 1, served.customer
    else:  # by life: who served a customer before a loss need not know who does now
        who, together, life = service.manager, service.shared, service.customer * 2.0**32 + service.end
    names, place = np.unique(np.append(who, served.manager).astype(str), return_inverse=True)
    place, lives = place[: len(who)][together], pd.factorize(life[together])[0]
    n = len(names)
    size = n + len(np.unique(lives))
    links = coo_matrix((np.ones(len(place)), (place, n + lives)), shape=(size, size))
    team = connected_components(links, directed=False)[1][:n]
    members = pd.Series(names).groupby(team).apply(list)
    called = members.map(lambda those: ", ".join(those[:3]) + (" and others" if len(those) > 3 else ""))
    return dict(zip(names, called.loc[team], strict=True))
