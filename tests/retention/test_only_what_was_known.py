"""Is what is said on a day the same whatever is written later? All that comes after it is drawn anew."""

import numpy as np
import pandas as pd
import pytest
from at_risk import drawn

import winback as wb

CUT, LAST = pd.Timestamp("2023-07-01"), "2024-01-31"


def company(n=1_500):
    """Return contracts, events and who served whom: managers change halfway, and a third change contracts in a gap."""
    rng = np.random.default_rng(3)
    contracts, events, _ = drawn(n, rng=5, volumes=True)
    contracts = contracts.assign(score=rng.normal(0, 1, n))
    start, end = contracts["start"], contracts["end"].fillna(pd.Timestamp(LAST))
    half = (start + (end - start) / 2).dt.floor("D")
    first = {"customer_id": contracts["customer_id"], "manager": rng.choice(["ann", "bob"], n), "from": start}
    then = {"customer_id": contracts["customer_id"], "manager": "eve", "from": half + pd.Timedelta(days=1)}
    served = pd.concat([pd.DataFrame(each | {"to": to}) for each, to in ((first, half), (then, end))])
    gap = contracts["customer_id"] % 3 == 0
    gap &= end > start + pd.Timedelta(days=70)
    contracts = pd.concat(
        [
            contracts.assign(end=contracts["end"].mask(gap, start + pd.Timedelta(days=40))),
            contracts[gap].assign(start=start + pd.Timedelta(days=60), margin=50.0, plan="small"),
        ]
    )
    return contracts, events, served


def written_anew(contracts, events, served):
    """Return the same where all that is dated from a day on is drawn anew, and says other things."""
    rng = np.random.default_rng(8)

    def late(n):
        return CUT + pd.to_timedelta(rng.integers(1, 200, n), unit="D")

    old = contracts[contracts["start"] <= CUT]
    old = old.assign(end=np.where(old["end"] < CUT, old["end"], late(len(old))))
    new = {"customer_id": rng.integers(0, 4_000, 700), "start": late(700), "end": pd.Timestamp(LAST)}
    new |= {"plan": rng.choice(["small", "large", "new"], 700), "margin": 1e4, "score": rng.normal(1e3, 9, 700)}
    again = {"customer_id": rng.integers(0, 1_500, 900), "date": late(900), "amount": 1e5}
    again["event"] = rng.choice(["complaint", "volume", "flood"], 900)
    before = served[served["from"] <= CUT]
    other = {
        "customer_id": before["customer_id"],
        "manager": "new",
        "from": late(len(before)),
        "to": pd.Timestamp(LAST),
    }
    return (
        pd.concat([old, pd.DataFrame(new)]),
        pd.concat([events[events["date"] < CUT], pd.DataFrame(again)]),
        pd.concat([before.assign(to=before["to"].clip(upper=CUT)), pd.DataFrame(other)]),
    )


@pytest.mark.parametrize(
    "formula", [None, "tenure + since_complaint + trend_volume + plan", "score + margin", "manager"]
)
def test_what_is_said_on_a_day_does_not_change_with_what_is_written_later(formula):
    found = []
    for contracts, events, served in (company(), written_anew(*company())):
        base = wb.read_contracts(contracts, events, served_by=served, until=LAST)
        check = wb.fit_churn_risk(base, formula, months=24).check(months=6)
        assert check.since == str(CUT.date())
        then = wb.fit_churn_risk(base.as_of(CUT - pd.Timedelta(days=1)), formula, months=18)
        found.append((check, then, then.about_to_leave(cost=1.0, share_prevented=0.2).frame))
    (one, fit, kept), (two, other, same) = found
    pd.testing.assert_frame_equal(kept, same)
    assert fit.formula == other.formula
    np.testing.assert_allclose(fit.coefficients, other.coefficients, rtol=1e-12)
    told = ["customer_id", "within", "margin"]
    pd.testing.assert_frame_equal(one.customers[told], two.customers[told])
    np.testing.assert_allclose(one.leaves, two.leaves, rtol=1e-12)
    assert one.n_lost != two.n_lost  # what came is another thing
