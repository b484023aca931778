"""Are the articles' worked examples found, is bad input refused clearly, and do the sentences say what was found?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.lost.published_rates import PUBLISHED

UNTIL = "2025-01-31"


def contracts(n=100, n_lost=10, **columns):
    """Return customers since 2023, of whom the first few left in June 2024."""
    ends = ["2024-06-30"] * n_lost + [None] * (n - n_lost)
    return pd.DataFrame({"customer_id": range(1, n + 1), "start": "2023-01-01", "end": ends, **columns})


def test_ten_customers_of_350_000_a_year_cost_3_5_million():
    base = wb.read_contracts(contracts(margin=350_000 / 12), until=UNTIL)
    report = wb.lost_report(base, period="Y")
    row = report.to_frame().iloc[-1]
    assert (row["n"], row["n_lost"]) == (100, 10)
    assert row["share_lost"] == 0.1
    assert row["money_lost"] == pytest.approx(3_500_000)
    assert "they had brought in $3.50 million in the year before they left" in report.describe()


def purchases(n, every, amount, until, stopped_on=None):
    """Return a log of n customers with equal gaps from 2021 on."""
    days = pd.date_range("2021-01-05", stopped_on or until, periods=None, freq=pd.DateOffset(days=every))
    return pd.DataFrame({"customer_id": np.repeat(np.arange(n), len(days)), "date": np.tile(days, n), "amount": amount})


def test_seven_purchases_of_50_000_by_ten_customers_cost_3_5_million():
    gone = purchases(10, 53, 50_000.0, "2024-12-31", stopped_on="2023-06-30")
    here = purchases(90, 53, 50_000.0, "2024-12-31").assign(customer_id=lambda frame: frame["customer_id"] + 10)
    base = wb.read_purchases(pd.concat([gone, here]), until="2024-12-31", lost="rhythm")
    report = wb.lost_report(base)
    assert (report.periods["n_lost"].sum(), report.periods["money_lost"].sum()) == (10, pytest.approx(3_500_000))
    assert str(report.period) == "3M"  # a gap of 53 days: months are shorter


def test_who_buys_every_three_months_is_lost_after_four():
    days = pd.to_datetime(["2023-01-01", "2023-04-01", "2023-06-30", "2023-09-28", "2023-12-27"])  # 90 days apart
    log = pd.DataFrame({"customer_id": 1, "date": days, "amount": 5.0})
    other = pd.DataFrame(
        {"customer_id": 2, "date": pd.date_range("2023-01-01", "2024-12-20", freq="30D"), "amount": 1.0}
    )
    base = wb.read_purchases(pd.concat([log, other]), until="2024-12-10", lost="rhythm")
    frame = wb.lost_report(base, period="M").to_frame()
    lost = frame[frame["n_lost"] > 0]
    assert lost["start"].astype(str).tolist() == ["2024-04-01"]  # 120 days after December 27: April 25
    day_before = wb.read_purchases(
        pd.concat([log, other[other["date"] < "2024-04-24"]]), until="2024-04-24", lost="rhythm"
    )
    assert not day_before.lives.ended.any()


def test_the_share_lost_is_lost_by_total_per_employee_and_period():
    table = contracts(manager=["ann"] * 40 + ["bob"] * 60)
    late = pd.DataFrame(
        {"customer_id": [101, 102], "start": "2024-07-10", "end": ["2024-07-20", None], "manager": "bob"}
    )
    frame = wb.lost_report(wb.read_contracts(pd.concat([table, late]), until=UNTIL), by="manager").to_frame()
    june, july = (frame[frame["start"] == day].set_index("group") for day in ("2024-06-01", "2024-07-01"))
    assert june["share_lost"].tolist() == [10 / 40, 0.0]
    assert june.loc["ann", ["share_lost_low", "share_lost_high"]].tolist() == pytest.approx([0.142, 0.402], abs=5e-4)
    assert july.loc["bob", ["n", "n_won", "n_lost", "n_lost_within", "share_lost"]].tolist() == [60, 2, 0, 1, 0.0]


def test_gross_and_net():
    table = pd.concat([contracts(), pd.DataFrame({"customer_id": range(1, 5), "start": "2024-09-15", "end": None})])
    report = wb.lost_report(wb.read_contracts(table, until=UNTIL), period="Y")
    row = report.to_frame().iloc[-1]
    assert (row["n"], row["n_lost"], row["n_returned"], row["n_won"]) == (100, 10, 4, 0)
    assert (row["share_lost"], row["net_lost"]) == (0.1, 0.06)
    beside = report.beside().set_index(["what", "whose"])["own"]
    assert beside[("of those who came, had been customers before", "streaming subscribers (Antenna 2024)")] == 1.0


def test_a_period_within_the_grace_is_not_final_and_not_taken_for_the_answer():
    table = contracts()
    table.loc[50:54, "end"] = "2025-01-20"
    report = wb.lost_report(wb.read_contracts(table, until=UNTIL), since="2024-01-01")
    last = report.periods.iloc[-1]
    assert (last["final"], last["n_lost"], last["n_pending"]) == (False, 0, 5)
    assert "from 2024-12-01" in report.describe()
    assert "Not known yet of 5 who have left so lately" in report.describe()


def test_own_figures_stand_beside_published_ones_with_their_evidence():
    report = wb.lost_report(wb.read_contracts(contracts(margin=1.0), until=UNTIL))
    frame = report.beside()
    assert set(frame["evidence"]) == {each.evidence for each in PUBLISHED}
    assert (frame["source"].str.startswith("https://") | frame["evidence"].str.endswith("not checked")).all()
    excellent = frame[frame["whose"] == "excellent firms"].set_index("months")
    assert excellent.loc[12, ["others_low", "others_high"]].tolist() == [0.09, 0.11]  # a year, and .8 to 1.0% a month
    assert excellent.loc[1, ["others_low", "others_high"]].astype(float).round(3).tolist() == [
        0.008,
        0.010,
    ]
    mobile = frame[frame["whose"].str.startswith("mobile")].set_index("months")
    assert round(mobile.loc[12, "others_low"], 2) == 0.31
    assert excellent.loc[12, "own"] == pytest.approx(0.1)  # of 100 here at the start of the year, counted
    assert excellent.loc[1, "own"] == pytest.approx(10 / report.last_year["n"])
    assert "rule of thumb" in str(report.show_beside())
    assert "9.0% to 11.0%" in str(report.show_beside())


def test_of_those_here_a_year_ago_who_were_lost_is_counted_one_by_one():
    rng = np.random.default_rng(11)
    start = pd.Timestamp("2022-06-01") + pd.to_timedelta(rng.integers(0, 900, 300), unit="D")
    end = start + pd.to_timedelta(rng.integers(20, 700, 300), unit="D")
    table = pd.DataFrame({"customer_id": range(300), "start": start, "end": end.where(end <= pd.Timestamp(UNTIL))})
    report = wb.lost_report(wb.read_contracts(table, until=UNTIL))
    rows = report.years_back(0)
    first, last = rows["start"].iloc[0], rows["end"].iloc[-1]
    gone = (table["end"] >= first) & (table["end"] <= last)
    here = (table["start"] < first) & ~(table["end"] < first)
    year = report.over_last_year
    assert year[["n", "n_lost", "n_lost_within"]].tolist() == [here.sum(), (here & gone).sum(), (~here & gone).sum()]
    assert year["n_lost"] + year["n_lost_within"] == rows[["n_lost", "n_lost_within"]].to_numpy().sum()
    n, lost = here.sum(), (here & gone).sum()
    assert report.lost_in(12)[0] == pytest.approx(lost / n)
    said = f"Of {n} customers here on {first:%Y-%m-%d} {lost} were lost by {last:%Y-%m-%d}, {lost / n:.1%}"
    assert said in report.describe()


def test_the_sentence_and_the_table_of_groups_say_one_share():
    report = wb.lost_report(
        wb.read_contracts(contracts(n=400, n_lost=120, manager=["ann"] * 200 + ["bob"] * 200), until=UNTIL),
        by="manager",
    )
    row = report.groups.set_index("group").loc["ann"]
    said = f"ann ({row['share_lost']:.1%} per month against {row['common']:.1%} at the rate of all) lost more"
    assert said in report.describe()
    assert report.table()["Share lost per period"].iloc[0].startswith(f"{row['share_lost']:.1%} ")


def test_a_report_of_one_manager_compares_nobody():
    report = wb.lost_report(wb.read_contracts(contracts(manager="ann"), until=UNTIL), by="manager")
    assert report.groups["verdict"].tolist() == ["not compared"]
    assert "nothing to compare" in report.describe()
    with pytest.raises(ValueError, match="no groups to compare"):
        report.funnel([10])
    with pytest.raises(ValueError, match="There are no groups"):
        wb.lost_report(wb.read_contracts(contracts(), until=UNTIL)).funnel([10])


def test_customers_without_a_manager_are_counted_and_not_compared():
    table = contracts(manager=["ann"] * 20 + ["bob"] * 20 + [None] * 60)
    report = wb.lost_report(wb.read_contracts(table, until=UNTIL), by="manager")
    groups = report.groups.set_index("group")
    assert groups.loc["not known", "verdict"] == "not compared"
    assert groups["n_lost"].sum() == report.periods["n_lost"][report.periods["final"]].sum() == 10
    in_all = groups.loc[["ann", "bob"]]
    assert (in_all["common"] * in_all["n"]).sum() == pytest.approx(in_all["n_lost"].sum())


def test_groups_are_compared_with_what_all_lost_in_the_same_periods():
    """Bob's customers came before the bad months: he is not better for it, nor is Ann worse."""
    start = np.repeat(["2022-01-01", "2023-12-01"], 200)
    end = np.concatenate(
        [np.repeat(["2022-06-30", "2022-07-31", None], [4, 96, 100])] * 1
        + [np.repeat([None, "2024-03-31"], [100, 100])]
    )
    table = pd.DataFrame(
        {"customer_id": range(400), "start": start, "end": end, "manager": np.repeat(["bob", "ann"], 200)}
    )
    groups = wb.lost_report(wb.read_contracts(table, until="2024-06-30"), by="manager").groups.set_index("group")
    alone = groups["n_lost"].sum() / groups["n"].sum()
    assert groups.loc["ann", "common"] > alone > groups.loc["bob", "common"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"by": "region"}, r"by = 'region' is no column of the contracts; there are manager"),
        ({"by": "reason"}, r"by = 'reason' makes no groups"),
        ({"period": "9Y"}, r"period \(9 years\) is longer than what can be reported"),
        ({"period": "monthly"}, "period must be written as a count"),
        ({"since": "2030-01-01"}, r"since \(2030-01-01\) must be before the end of the data \(2025-01-31\)"),
        ({"account_share": 4}, "account_share must be a share above 0"),
        ({"level": 95}, "level must be between 0 and 1"),
    ],
)
def test_bad_input_is_refused_clearly(arguments, said):
    base = wb.read_contracts(contracts(manager="ann", reason="price"), until=UNTIL)
    with pytest.raises(ValueError, match=said):
        wb.lost_report(base, **arguments)


def test_a_group_of_buyers_must_be_known_of_customers():
    base = wb.load_shop_study().base
    with pytest.raises(ValueError, match=r"by = 'manager' is no column of what is known.*there are channel, referred"):
        wb.lost_report(base, by="manager")
    assert wb.lost_report(base, by="channel").groups["group"].tolist() == ["shop", "web", "newsletter"]


def test_nobody_lost_is_no_error():
    report = wb.lost_report(wb.read_contracts(contracts(n_lost=0, manager=["a", "b"] * 50), until=UNTIL), by="manager")
    assert report.organic is None
    assert not len(report.returns)
    assert not len(report.accounts)
    assert "0 were lost" in report.describe()
    assert "nobody could come back" in report.details()
    with pytest.raises(ValueError, match="Nobody was lost"):
        report.chance_of_return()


def test_everybody_lost_is_no_error():
    report = wb.lost_report(
        wb.read_contracts(contracts(n_lost=100, manager=["a", "b"] * 50), until=UNTIL), by="manager"
    )
    assert set(report.groups["verdict"]) == {"not clearly different"}
    assert "nobody was a customer at the start" in report.describe()


@pytest.mark.parametrize("by", [None, "manager"])
def test_sentences_are_few_and_name_no_column(by):
    report = wb.lost_report(wb.read_contracts(contracts(margin=5.0, manager=["a", "b"] * 50), until=UNTIL), by=by)
    assert len(report.describe().splitlines()) <= 3
    for text in (str(report), report.details(), report._repr_html_()):
        assert "n_lost" not in text
        assert "share_lost" not in text
        assert "nan" not in text
    assert len(str(report).splitlines()) <= 12


def test_a_row_order_changes_nothing():
    table = contracts(margin=5.0, manager=["a", "b"] * 50)
    one, other = (
        wb.lost_report(wb.read_contracts(each, until=UNTIL), by="manager")
        for each in (table, table.sample(frac=1, random_state=3))
    )
    pd.testing.assert_frame_equal(one.frame, other.frame)
    pd.testing.assert_frame_equal(one.groups, other.groups)


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), ["x"], [None], [[1, 2]], 10**30])
def test_numbers_that_are_none_are_refused(wrong):
    report = wb.lost_report(wb.read_contracts(contracts(manager=["a", "b"] * 50), until=UNTIL), by="manager")
    with pytest.raises(ValueError, match="months_away must be numbers from 0 to 1,200"):
        report.chance_of_return(wrong)
    with pytest.raises(ValueError, match="n must be numbers of customers from 1"):
        report.funnel(wrong)
    with pytest.raises(ValueError, match="within_months must be"):
        report.chance_of_return(0, within_months=0)
