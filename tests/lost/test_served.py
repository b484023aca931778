"""Is service by one and by several cut into spells that do not overlap, as a loop over days has it?"""

import contracts_by_hand as by_hand
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb
from winback.lost.stays import stays_of

UNTIL = 200
SERVICE = st.tuples(
    st.integers(1, 2), st.sampled_from("abc"), st.integers(0, UNTIL), st.one_of(st.none(), st.integers(0, 90))
)


def read(service):
    rows = [(1, 0, 80, 1.0), (1, 150, None, 1.0), (2, 20, None, 1.0)]
    columns = ["customer_id", "manager", "from", "to"]
    days = [(who, name, by_hand.on(at), None if n is None else by_hand.on(at + n)) for who, name, at, n in service]
    served = pd.DataFrame(days, columns=columns).astype({"from": "datetime64[ns]", "to": "datetime64[ns]"})
    return wb.read_contracts(by_hand.table(rows), served_by=served, until=by_hand.on(UNTIL))


@settings(max_examples=40)
@given(st.lists(SERVICE, min_size=1, max_size=5))
def test_who_serves_on_each_day_agrees_with_a_loop(service):
    stays = stays_of(read(service), by="manager")
    zero = int(np.datetime64(by_hand.FIRST_DAY, "D").astype(int))
    for who, days in ((1, [0, 40, 80, 150, 199]), (2, [20, 90, 200])):
        code = int(np.flatnonzero(stays.ids == who)[0])
        found = stays.spells.at(np.full(len(days), code), zero + np.array(days))
        for day, team in zip(days, found, strict=True):
            there = {
                n for other, n, at, to in service if other == who and at <= day <= (UNTIL if to is None else at + to)
            }
            said = "" if team < 0 else stays.names[team].replace(" and ", ", ")
            assert said == ", ".join(sorted(there))


def test_nobody_is_blamed_for_customers_they_were_handed():
    """All of Ann's customers are handed to Bob in spring; the table of contracts names the last one only."""
    ends = ["2024-02-20"] * 5 + ["2024-09-20"] * 5 + [None] * 90
    table = pd.DataFrame({"customer_id": range(100), "start": "2023-06-01", "end": ends})
    table["manager"] = ["ann"] * 5 + ["bob"] * 95
    ann = pd.DataFrame(
        {
            "customer_id": range(100),
            "manager": "ann",
            "from": "2023-06-01",
            "to": ["2024-02-20"] * 5 + ["2024-03-31"] * 95,
        }
    )
    bob = pd.DataFrame({"customer_id": range(5, 100), "manager": "bob", "from": "2024-04-01", "to": ends[5:]})
    blind = wb.lost_report(wb.read_contracts(table, until="2024-12-31"), by="manager").groups.set_index("group")
    served = pd.concat([ann, bob])
    report = wb.lost_report(wb.read_contracts(table, until="2024-12-31", served_by=served), by="manager")
    groups = report.groups.set_index("group")
    assert blind.loc["ann", "share_lost"] > 0.1
    assert blind.loc["ann", "verdict"] == "loses more"
    assert groups["n_lost"].tolist() == [5, 5]
    assert set(groups["verdict"]) == {"not clearly different"}
    assert groups["n"].tolist() == [8 * 100 + 95, 8 * 95 - 2 * 5]
    assert "table of service" in report.details()
