"""Do the study's contracts and the offers sent give back its 53,000 lost customers?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb

DAYS = 365.25 / 12


@pytest.mark.slow
def test_the_company_gives_back_the_leavers_of_the_study(study):
    base = wb.read_contracts(study.contracts, study.events, until=study.until, served_by=study.served_by)
    found = base.lapsed(sent=study.sent).to_frame().set_index("customer_id")
    known = study.lapsed.set_index("customer_id")
    assert len(found) == len(known) == 53_000
    known = known.loc[found.index]
    same = [
        "returned",
        "offer",
        "reason",
        "referrals",
        "complaints",
        "complaints_resolved",
        "contact_attempts",
        "eligible",
    ]
    for name in same:
        assert (found[name].astype(str) == known[name].astype(str)).all(), name
    for name, room in (("first_tenure", 1), ("second_tenure", 1), ("months_away", 2)):  # months_away: two dates rounded
        apart = (found[name] - known[name]) * DAYS
        assert apart.isna().equals(known[name].isna())
        assert np.nanmax(np.abs(apart)) < room, name
    for name in ("first_margin", "second_margin"):
        np.testing.assert_allclose(found[name], known[name], atol=0.005)
    # Who left again so lately that another contract may still follow has not left for sure.
    pending = base.lives[(base.lives["life"] == 2) & base.lives["pending"]]["customer_id"]
    apart = (found["second_ended"] != known["second_ended"]).fillna(False)
    assert set(found.index[apart]) == set(pending) & set(found.index)
    assert not found.loc[apart, "second_ended"].any()


@pytest.mark.slow
def test_a_company_known_from_a_later_day_on_gives_the_same_curve(study):
    whole = wb.read_contracts(study.contracts, until=study.until)
    since = pd.Timestamp(study.until) - pd.DateOffset(years=9)
    late = wb.read_contracts(study.contracts, until=study.until, since=since)
    assert late.n < whole.n
    one, other = (wb.survival_curve(base, horizon_months=60).frame.iloc[0] for base in (whole, late))
    error = np.hypot(one["std_error"], other["std_error"])
    assert abs(one["restricted_mean"] - other["restricted_mean"]) < 3 * error
