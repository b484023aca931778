"""Are the shares lost of a snapshot's groups plain counts, compared as those of a report by period are?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.base.any_base import read_base
from winback.lost.lost_shares import lost_shares
from winback.lost.small_groups import compare_groups

SHARES = {"month": 0.5, "year": 0.1, "two years": 0.03}


def snapshot(n=600, seed=0):
    rng = np.random.default_rng(seed)
    plan = rng.choice(list(SHARES), n)
    return pd.DataFrame(
        {
            "customerID": np.arange(n),
            "plan": plan,
            "tenure": rng.integers(1, 60, n),
            "MonthlyCharges": rng.uniform(20, 100, n),
            "Churn": np.where(rng.random(n) < pd.Series(plan).map(SHARES), "Yes", "No"),
        }
    )


def test_shares_are_plain_counts_and_add_up():
    table = snapshot()
    found = lost_shares(read_base(table), by="plan")
    frame, lost = found.to_frame().set_index("group"), table["Churn"] == "Yes"
    plain = lost.groupby(table["plan"]).agg(["sum", "count", "mean"])
    pd.testing.assert_series_equal(frame["share_lost"], plain["mean"], check_names=False)
    assert frame["n"].sum() == len(table)
    assert frame["n_lost"].sum() == lost.sum()
    assert frame["money_lost"].sum() == pytest.approx(12 * table.loc[lost, "MonthlyCharges"].sum())
    other = compare_groups(plain["sum"], plain["count"], lost.mean())
    assert frame["verdict"].tolist() == other.verdict.tolist()
    assert frame["verdict"].to_dict() == {"month": "loses more", "two years": "loses less", "year": "loses less"}
    assert "lost more than the others" in found.describe()
    assert "month (" in found.describe()


def test_they_are_those_of_a_report_over_one_period():
    """Contracts of which all ran at the start of one year give the same groups, verdicts and intervals."""
    table = snapshot()
    contracts = pd.DataFrame(
        {
            "customer_id": table["customerID"],
            "start": "2022-01-01",
            "end": np.where(table["Churn"] == "Yes", "2023-06-30", None),
            "plan": table["plan"],
        }
    )
    base = wb.read_contracts(contracts, until="2024-01-31")
    report = wb.lost_report(base, by="plan", period="Y", since="2023-01-01").groups.set_index("group")
    own = lost_shares(read_base(table), by="plan").frame.set_index("group")
    same = ["n", "n_lost", "share_lost", "share_lost_low_together", "share_lost_high_together", "shrunken", "common"]
    pd.testing.assert_frame_equal(own[same], report.loc[own.index, same], check_dtype=False, rtol=1e-9)
    assert own["verdict"].to_dict() == report["verdict"].to_dict()


def test_what_makes_no_groups_is_refused_and_unknown_ones_are_counted_apart():
    table = snapshot()
    base = read_base(table.assign(usage=np.arange(len(table)) / 7, note=[f"n{place}" for place in range(len(table))]))
    for by, said in (
        ("tenure", "is no column to group customers by; there are: plan, usage, note"),
        ("usage", "600 different numbers, which are no groups"),
        ("note", "is different for every customer"),
    ):
        with pytest.raises(ValueError, match=said):
            lost_shares(base, by=by)
    found = lost_shares(read_base(table.assign(plan=table["plan"].mask(table.index < 40))), by="plan")
    assert found.frame["n"].iloc[-1] == 40
    assert found.frame["verdict"].iloc[-1] == "not compared"
    assert "not compared: 40 customers" in found.details()
    one = lost_shares(read_base(table.assign(plan="all the same")), by="plan")
    assert "nothing to compare" in one.describe()
    assert len(one.table()) == 1
