"""Does bad input to the question of who is about to leave end in one clear message, or in what is stated of it?"""

import numpy as np
import pandas as pd
import pytest
from at_risk import drawn, read
from valid_calls import base, base_contracts, base_events, buyers, lapsed, lives

import winback as wb
from winback.base.any_base import read_base
from winback.doors import ArgumentError

UNTIL = "2024-06-30"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"months": 0}, "months must be 1 or more; got 0"),
        ({"months": -3}, "months must be 1 or more"),
        ({"months": 2.5}, "`months` must be a whole number"),
        ({"level": 1.0}, "level must be between 0 and 1"),
        ({"formula": "tenuer"}, r"`tenuer` is not known of customers before they leave\. Did you mean `tenure`"),
        ({"formula": "reason + exit"}, r"^2 problems in the table of customers"),
        ({"formula": ""}, "must be text such as"),
    ],
)
def test_what_cannot_be_fitted_is_one_message(asked, said):
    with pytest.raises(ValueError, match=said):
        wb.fit_churn_risk(base(), **({"months": 3} | asked))


def test_what_is_no_base_of_contracts_is_told_so():
    table = pd.DataFrame({"customerID": ["a", "b", "c"], "tenure": [3, 24, 50], "Churn": ["Yes", "No", "No"]})
    for customers in (buyers(), lapsed(), lives(), read_base(table)):
        with pytest.raises(ArgumentError, match=r"read_contracts returns|must be a ContractBase"):
            wb.fit_churn_risk(customers)


def test_nobody_who_left_and_no_whole_month_are_told():
    here = base_contracts().head(60).assign(end=pd.NaT)
    with pytest.raises(ValueError, match="In these months 0 customers left; at least 20 must have"):
        wb.fit_churn_risk(wb.read_contracts(here, base_events(), until=UNTIL))
    with pytest.raises(ValueError, match="There is no whole month of which it is known who left"):
        wb.fit_churn_risk(wb.read_contracts(base_contracts(), base_events(), until=UNTIL).as_of("2022-02-20"))
    gone = base_contracts().assign(end=lambda rows: rows["start"] + pd.Timedelta(days=1))
    with pytest.raises(ValueError, match=r"Nobody was a customer at the start of any of these months|In these months"):
        wb.fit_churn_risk(wb.read_contracts(gone, until=UNTIL))


@pytest.mark.parametrize("months", [0, -1, 121])
def test_a_horizon_of_zero_or_beyond_reason_is_refused(months):
    fit = wb.fit_churn_risk(base(), "tenure")
    for ask in (lambda: fit.predict(months=months), lambda: _keep(fit, months=months)):
        with pytest.raises(ValueError, match=r"horizon_months must be above 0|months must be at most 120"):
            ask()


def _keep(fit, **how):
    return fit.about_to_leave(**({"cost": 1.0, "share_prevented": 0.2} | how))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"share_prevented": 20}, "share_prevented must be a share from 0 to 1"),
        ({"share_prevented": np.nan}, "share_prevented must be"),
        ({"cost": -1.0}, "cost must be money from 0 to"),
        ({"cost": np.inf}, "cost must be money"),
        ({"annual_discount": 10}, "annual_discount must be a rate"),
        ({"worth_lost": -5.0}, "worth_lost must be money"),
    ],
)
def test_a_measure_that_makes_no_sense_is_refused(how, said):
    with pytest.raises(ValueError, match=said):
        _keep(wb.fit_churn_risk(base(), "tenure"), **how)


def test_without_margins_nobody_is_worth_more_than_another():
    fit = wb.fit_churn_risk(wb.read_contracts(base_contracts().drop(columns="margin"), until=UNTIL), "tenure")
    assert fit.predict()["margin"].isna().all()
    with pytest.raises(wb.TableError, match="`margin` is not known of anybody here"):
        _keep(fit)


def test_labels_of_any_script_are_said_as_they_are_and_escaped():
    contracts, events, _ = drawn(800, rng=2)
    odd = contracts.assign(plan=np.where(contracts["plan"] == "small", "<b>太贵了</b>", "a: b[T.c] 👎"))
    strange = events.assign(event="<i>Ünfall</i> 3")
    fit = wb.fit_churn_risk(read(odd, strange), "plan + log1p(tenure)")
    plain = wb.fit_churn_risk(read(contracts, events), "plan + log1p(tenure)")
    assert sorted(np.abs(fit.coefficients)[1:]) == pytest.approx(sorted(np.abs(plain.coefficients)[1:]))
    assert "<b>" not in fit._repr_html_()
    default = wb.fit_churn_risk(read(contracts, strange))
    assert "1 month after i ünfall i 3" in default.to_frame()["in_words"].tolist()
    assert default.score({"tenure": 3, "month_of_year": 1, "since_i_ünfall_i_3": 1}) > 0


def test_overlapping_contracts_and_events_twice_change_nothing():
    contracts, events, _ = drawn(800, rng=2)
    fit = wb.fit_churn_risk(read(contracts, events), "since_complaint + log1p(tenure)")
    halves = contracts.assign(end=contracts["start"] + pd.Timedelta(days=3))
    again = wb.fit_churn_risk(
        read(pd.concat([contracts, halves]), pd.concat([events] * 2)), "since_complaint + log1p(tenure)"
    )
    np.testing.assert_allclose(again.coefficients, fit.coefficients, rtol=1e-9)


def test_a_horizon_of_one_month_and_one_customer_left_work():
    contracts, events, _ = drawn(500, rng=2)
    fit = wb.fit_churn_risk(read(contracts, events), "tenure")
    assert len(str(fit).splitlines()) <= 12
    same = wb.fit_churn_risk(read(contracts, events), "1")
    assert same.predict()["risk"].to_numpy() == pytest.approx(same.n_lost / same.n)
    assert same.check().ranked_right == 0.5
    one = contracts["customer_id"] == contracts.loc[contracts["end"].isna(), "customer_id"].iloc[0]
    alone = read(contracts[one], None)
    assert len(fit.predict(alone)) == 1
    assert len(fit.about_to_leave(alone, cost=0, share_prevented=1, months=1).frame) == 1
