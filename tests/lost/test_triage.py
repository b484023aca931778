"""Whom to bring back first: by hand, by loops, by the study's tables, and nobody who must not be called."""

import re

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.doors import ArgumentError
from winback.lost import Classes
from winback.lost.at_stake import most_on_acceptance, most_per_contact
from winback.lost.lost_customers import lost_customers
from winback.money import format_money

UNTIL = "2024-12-31"


def contracts(margins, **more):
    n = len(margins)
    start = ["2022-01-01"] * n
    return pd.DataFrame(
        {"customer_id": np.arange(1, n + 1), "start": start, "end": "2023-12-31", "margin": margins, **more}
    )


def read(table, **more):
    return wb.read_contracts(table, until=UNTIL, **more)


@pytest.fixture(scope="module")
def of_study(study):
    return wb.triage(study.base, chance=0.4, organic=0.1)


def test_published_terms_of_an_offer_give_back_its_break_even():
    """Of the study's table: V = $921.60, p = .45, c = $120; organic return of .391 makes the discount earn nothing."""
    value, success, cost = 921.60, 0.45, 120.0
    break_even = success * (value - cost) / value
    assert round(break_even, 3) == 0.391
    assert most_on_acceptance(value, success, break_even) == pytest.approx(cost)
    assert most_per_contact(value, success, break_even) == pytest.approx(success * cost)


def test_by_hand():
    found = wb.triage(read(contracts([80.0, 15.0, 5.0])), horizon_months=12, chance=0.5, organic=0.1)
    assert found.customers["class"].tolist() == ["A", "B", "C"]
    assert found.customers["priority"].tolist() == ["bring back first", "if possible", "let go"]
    assert found.customers["yearly_margin"].tolist() == [960.0, 180.0, 60.0]
    # nobody came back, so second stays are taken to last as first ones: all 24 months, 12 of them within the horizon
    assert found.customers["value_at_stake"].tolist() == pytest.approx([960.0, 180.0, 60.0])
    assert found.customers["most_on_acceptance"].tolist() == pytest.approx([960 * 0.8, 180 * 0.8, 60 * 0.8])
    assert found.customers["most_per_contact"].tolist() == pytest.approx([960 * 0.4, 180 * 0.4, 60 * 0.4])
    assert found.call_list()["customer_id"].tolist() == [1, 2]
    assert "assumed to last as long as first ones, as nobody came back" in found.describe()
    assert "This is a rough list, made without a trial: the money is what customers brought before" in found.describe()
    assert "by money alone" in found.details()


def test_sums_of_priorities_are_those_of_all(of_study):
    table, rows = of_study.to_frame(), of_study.customers
    assert table["n"].sum() == rows["priority"].notna().sum() == len(rows)
    assert table["margin_share"].sum() == pytest.approx(1)
    for name in ("yearly_margin", "value_at_stake", "expected_profit", "hours", "contacts"):
        assert table[name].sum() == pytest.approx(rows[name].sum())
    assert table["effort_share"].sum() == pytest.approx(1)
    assert len(of_study.call_list()) + of_study.left_out().sum() == len(rows)


def test_the_same_in_another_currency():
    rng = np.random.default_rng(1)
    margins = rng.gamma(2, 20, 60)
    one, other = (wb.triage(read(contracts(margins * rate)), chance=0.3) for rate in (1.0, 7.25))
    assert one.customers["class"].tolist() == other.customers["class"].tolist()
    money = ["yearly_margin", "value_at_stake", "most_on_acceptance", "most_per_contact", "expected_profit"]
    np.testing.assert_allclose(one.customers[money] * 7.25, other.customers[money])


def test_the_order_of_rows_and_their_index_do_not_matter():
    rng = np.random.default_rng(8)
    table = contracts(rng.gamma(2, 20, 80).round())
    mixed = table.sample(frac=1, random_state=1).set_axis(np.arange(80) % 2)
    one, other = (wb.triage(read(each), chance=0.3).customers.set_index("customer_id") for each in (table, mixed))
    pd.testing.assert_frame_equal(one, other.loc[one.index])


def test_what_would_come_in_is_a_scenario_of_those_who_may_be_called(study, of_study):
    known = of_study.describe().splitlines()[0]
    assert "with the chance of return of 40.0%, as given" in known
    assert "scenario" not in known
    of_study = wb.triage(study.base)
    listed = of_study.call_list()
    first = listed[listed["priority"].isin(["bring back first", "must come back"])]
    said = of_study.describe().splitlines()[0]
    total = first["value_at_stake"].sum()
    some, more, most = (format_money(share * total) for share in (0.05, 0.1, 0.2))
    back = f"{some} if 5% of them came back, {more} if 10% and {most} if 20%"
    assert f"the {len(first):,} of them who may be called would bring {back}, a scenario" in said
    assert "every one" not in said
    assert "[" not in said
    assert "that must come back (much, but not evenly)" in said


def test_priorities_of_ones_own_are_not_explained_by_those_of_the_house():
    base = read(contracts([100.0, 50.0, 5.0]))
    assert "2 come first (they brought more than the others): " in wb.triage(base).describe()
    mixed = read(contracts([100.0, 1.0, 1.0, 1.0, 1.0]))
    assert "1 come first (they brought most): " in wb.triage(mixed).describe()
    own = wb.triage(base, classes=Classes(priorities={"C": "must come back", "A": "let go"}))
    assert "that must come back:" in own.describe()
    assert "(they brought" not in own.describe()


def test_value_at_stake_by_a_second_way(study, of_study):
    """Mean months of second lives within the horizon by lifelines' Kaplan-Meier curve, times the last margin."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    lives = study.base.lives
    later = lives[lives["life"] > 1]
    end = later["end"].fillna(pd.Timestamp(study.base.until))
    months = np.maximum((end - later["start"]).dt.days, 0.5) / 30.4375
    curve = KaplanMeierFitter().fit(months, later["ended"])
    mean = restricted_mean_survival_time(curve, t=24)
    np.testing.assert_allclose(of_study.stay.months, mean, rtol=2e-3)  # a stay of no day counts as half a day here
    assert of_study.stay.low < mean < of_study.stay.high
    last = lives.groupby("customer_id")["margin"].last()
    rows = of_study.customers.sample(500, random_state=1)
    np.testing.assert_allclose(rows["value_at_stake"], last.loc[rows["customer_id"]].to_numpy() * of_study.stay.months)


def test_discounting_makes_it_less():
    base = read(contracts([10.0, 20.0]))
    plain, less = (wb.triage(base, annual_discount=rate).customers["value_at_stake"] for rate in (0.0, 0.2))
    assert (less < plain).all()
    assert (less > plain / 1.2**2).all()


def test_nobody_who_must_not_be_called_is_listed(study, of_study):
    listed = of_study.call_list()
    assert len(listed) > 10_000
    reasons = study.base.lives.groupby("customer_id")["reason"].last()
    assert not reasons.loc[listed["customer_id"]].isin(["died", "moved"]).any()
    assert {"died", "moved away"} <= set(of_study.left_out().index)


@pytest.mark.parametrize(
    ("column", "values", "why"),
    [
        ("do_not_contact", [True, False, False], "asked not to be contacted"),
        ("Do not contact", ["yes", "no", None], "asked not to be contacted"),
        ("deceased", ["2024-01-01", None, None], "died"),
        ("reason", ["moved", "price", "price"], "moved away"),
        ("status", ["Verstorben", "aktiv", "aktiv"], "died"),
    ],
)
def test_marks_of_those_who_want_no_call(column, values, why):
    found = wb.triage(read(contracts([50.0, 40.0, 10.0], **{column: values})))
    assert found.customers["not_listed"].tolist() == [why, "", ""]
    assert 1 not in found.call_list()["customer_id"].tolist()
    assert f"1 {why}" in found.details()


def test_a_mark_among_the_events_counts_and_a_move_before_a_return_does_not():
    table = pd.DataFrame(
        {"customer_id": [1, 1, 2], "start": ["2020-01-01", "2022-01-01", "2022-01-01"], "margin": 30.0}
        | {"end": ["2021-01-01", "2023-01-01", "2023-01-01"], "reason": ["moved", "price", "price"]}
    )
    events = pd.DataFrame({"customer_id": [2], "date": "2024-01-01", "event": "Opt out", "amount": 1.0})
    found = wb.triage(read(table, events=events))
    assert found.customers["not_listed"].tolist() == ["", "asked not to be contacted"]


def volume_events(rng, n):
    rows = [(who, day, rng.gamma(1 / (0.1 + 0.1 * (who % 14)))) for who in range(1, n + 1) for day in range(who % 9)]
    days = pd.Timestamp("2022-03-01") + pd.to_timedelta([31 * row[1] for row in rows], unit="D")
    return pd.DataFrame({"customer_id": [row[0] for row in rows], "date": days, "event": "volume"}).assign(
        amount=[row[2] for row in rows]
    )


def test_regularity_of_volume_by_loop():
    rng = np.random.default_rng(2)
    events = volume_events(rng, 60)
    found = wb.triage(read(contracts(rng.gamma(2, 9, 60)), events=events))
    for who, got, label in found.customers[["customer_id", "variation", "class"]].itertuples(index=False):
        own = events.loc[events["customer_id"] == who, "amount"]
        if len(own) < 3:
            assert np.isnan(got)
            assert len(label) == 1
        else:
            assert got == pytest.approx(own.std() / own.mean())
            assert label[1] == ("X" if got <= 0.5 else "Y" if got <= 1 else "Z")
    assert "coefficient of variation of volume" in found.details()


def test_margins_that_moved_tell_regularity_where_there_is_no_volume():
    table = pd.DataFrame(
        {"customer_id": [1, 1, 2], "start": ["2022-01-01", "2022-07-02", "2022-01-01"]}
        | {"end": ["2022-07-02", "2022-12-31", "2022-12-31"], "margin": [10.0, 30.0, 20.0]}
    )
    found = wb.triage(read(table)).customers
    assert found["variation"].tolist() == pytest.approx([0.5, 0.0], abs=1e-3)


def test_regularity_of_purchases_by_loop():
    base = wb.load_shop_study().base
    found = wb.triage(base, classes=Classes(period_days=60))
    lost = lost_customers(base, 60)
    days = pd.DataFrame({"place": base.days.customer, "day": base.days.day, "amount": base.days.amount})
    start = pd.Series(base.lives.start[base.lives.is_last])
    rng = np.random.default_rng(3)
    for row in rng.choice(len(lost.place), 150, replace=False):
        place = lost.place[row]
        own = days[(days["place"] == place) & (days["day"] >= start[place])]
        last, sums = own["day"].max(), []
        for number in range((last - start[place]) // 60):
            inside = (last - own["day"] >= 60 * number) & (last - own["day"] < 60 * (number + 1))
            sums.append(own.loc[inside, "amount"].sum())
        wanted = np.std(sums, ddof=1) / np.mean(sums) if len(sums) >= 3 else np.nan
        np.testing.assert_allclose(found.customers["variation"].iloc[row], wanted, rtol=1e-9)
        year = own[own["day"] > last - 365]
        assert found.customers["yearly_margin"].iloc[row] == pytest.approx(year["amount"].sum())


def test_the_analysts_own_table_of_priorities():
    base = read(contracts([80.0, 15.0, 5.0]))
    own = wb.triage(base, classes=Classes(priorities={"C": "must come back", "A": "let go"}))
    assert own.customers["priority"].tolist() == ["let go", "if possible", "must come back"]
    assert own.call_list()["customer_id"].tolist() == [3, 2]
    wide = wb.triage(base, classes=Classes(money=(0.5, 0.9)))
    assert wide.customers["class"].tolist() == ["A", "B", "C"]


def test_a_fit_says_what_to_expect(study):
    fit = wb.fit_two_part(study.trial, reacquisition="offer + reason", tenure="reason", margin="reason + first_margin")
    values = wb.second_lifetime_value(fit, study.trial.over(horizon_months=24, annual_discount=0.1))
    found = wb.triage(study.base, values)
    rows = found.customers.dropna(subset=["chance"])
    assert len(rows) > 20_000
    net, costs, chances = (
        table.loc[rows["customer_id"]] for table in (values.net_values, values.costs, values.chances)
    )
    best = net.drop(columns="none").idxmax(axis=1)
    assert (best.to_numpy() == rows["offer"].to_numpy()).all()
    gain = net.drop(columns="none").max(axis=1) - net["none"]
    np.testing.assert_allclose(rows["expected_profit"], gain, atol=1e-8)
    np.testing.assert_allclose(rows["organic"], chances["none"])
    np.testing.assert_allclose(rows["most_per_contact"], rows["expected_profit"] + rows["cost"])
    assert (costs["discount"] > 0).all()
    assert "model" in found.describe()
    assert "not what a trial" in found.describe()


def test_a_fit_on_the_base_itself():
    rng = np.random.default_rng(4)
    n = 400
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    end = start + pd.to_timedelta(rng.integers(60, 500, n), unit="D")
    first = pd.DataFrame({"customer_id": np.arange(n), "start": start, "end": end, "margin": rng.gamma(4, 9, n)})
    back = first.head(n // 4).assign(start=end[: n // 4] + pd.Timedelta(days=90))
    back["end"] = back["start"] + pd.to_timedelta(rng.integers(30, 900, len(back)), unit="D")
    back["margin"] = back["margin"] * rng.uniform(0.5, 1.5, len(back))
    base = read(pd.concat([first, back], ignore_index=True))
    fit = wb.fit_two_part(base, reacquisition="first_margin", tenure="1", margin="first_margin")
    found = wb.triage(base, fit, horizon_months=12)
    once = found.customers[found.customers["customer_id"] >= n // 4]
    wanted = fit.predict(base.lapsed(asof=UNTIL).to_frame(), horizon_months=12).set_index("customer_id")
    wanted = wanted.loc[once["customer_id"]]
    np.testing.assert_allclose(once["chance"], wanted["chance_of_return"])
    np.testing.assert_allclose(once["value_at_stake"], wanted["tenure_if_returned"] * wanted["margin_if_returned"])
    again = found.customers[found.customers["customer_id"] < n // 4]
    assert again["value_at_stake"].isna().all()
    assert "lost for the second time" in found.details()
    assert "not taken off" in found.details() + found.describe()


def test_limits_at_several_chances(of_study):
    table = of_study.most_an_offer_may_cost([0.05, 0.4], organic=0.02)
    mean = of_study.customers.groupby("priority", observed=True)["value_at_stake"].mean()
    for row in table.itertuples():
        value = mean[row.priority]
        assert row.most_on_acceptance == pytest.approx(value * (1 - 0.02 / row.chance))
        assert row.most_per_contact == pytest.approx(value * (row.chance - 0.02))
    with pytest.raises(ValueError, match="chances must be above 0"):
        of_study.most_an_offer_may_cost([0.0])
    with pytest.raises(ValueError, match="organic must be between 0 and 1"):
        of_study.most_an_offer_may_cost(organic=5)


def test_at_most_three_sentences_and_few_lines(of_study):
    assert len(of_study.describe().splitlines()) <= 3
    assert len(str(of_study).splitlines()) <= 12


def test_all_equal_nobody_lost_and_losses():
    same = wb.triage(read(contracts([10.0] * 5)))
    assert set(same.customers["class"]) == {"A"}
    assert "tell nobody apart" in same.details()
    nobody = wb.triage(read(contracts([10.0] * 5).assign(end=None)))
    assert "nobody is lost today" in nobody.describe()
    assert nobody.to_frame()["n"].sum() == len(nobody.call_list()) == 0
    assert str(nobody)
    assert nobody.details() is not None
    at_a_loss = wb.triage(read(contracts([10.0, -4.0, np.nan])))
    assert at_a_loss.customers["class"].tolist()[:2] == ["A", "C"]
    assert at_a_loss.customers["priority"].isna().tolist() == [False, False, True]
    assert at_a_loss.call_list()["customer_id"].tolist() == [1]
    assert at_a_loss.left_out().to_dict() == {"let go": 1, "without a known margin": 1}


def test_no_events_means_no_effort():
    found = wb.triage(read(contracts([10.0, 20.0])))
    assert found.effort is None
    assert "hours" not in found.to_frame()
    with pytest.raises(ValueError, match="No event tells of time spent: add events"):
        found.effort_by_class()


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"chance": 40.0}, "chance must be between 0 and 1, such as 0.2; got 40.0"),
        ({"organic": 0.1}, "organic needs chance"),
        ({"chance": 0.0, "organic": 0.1}, "chance must be above 0"),
        ({"horizon_months": 0.0}, "horizon_months must be above 0"),
        ({"annual_discount": 10.0}, "annual_discount must be a rate"),
        ({"fit": 3.0}, "`fit` must be a fit of fit_two_part or fit_joint"),
        ({"fit": 3.0, "chance": 0.2}, "chance cannot be given with a fit"),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        wb.triage(read(contracts([10.0, 20.0])), **terms)


def test_without_margins_and_without_a_base_it_says_what_to_add():
    with pytest.raises(ValueError, match=r"no margin of a lost customer is known\. Add a column margin"):
        wb.triage(read(contracts([1.0, 2.0]).drop(columns="margin")))
    with pytest.raises(ValueError, match="amount to the purchases"):
        wb.triage(wb.read_purchases(pd.DataFrame({"customer_id": [1], "date": ["2024-01-01"]}), until=UNTIL, lost=90))
    with pytest.raises(ArgumentError, match="`base` must be a Base; got a DataFrame"):
        wb.triage(contracts([1.0]))
    with pytest.raises(ArgumentError, match="must be one of read_contracts or read_purchases; got Lapsed"):
        wb.triage(read(contracts([1.0])).lapsed())
