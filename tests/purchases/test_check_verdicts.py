"""Is a verdict on purchases true where nothing, little or too much came, and is leaked spend refused?"""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from held_out_shoppers import followed, held_out, with_spend
from sentences import all_of

import winback as wb


def drawn(rng, n):
    customers = followed(rng, "bg_nbd", (0.6, 4.0, 0.9, 2.4), n, (30, 50), 26.0)
    return held_out(with_spend(rng, customers, (6.0, 4.0, 15.0)), 26.0)


def judged(given, spend=False):
    fit = wb.fit_purchases(given.customers, "bg_nbd", period="W")
    return fit.check(given, spend=wb.fit_spend(given.customers) if spend else None)


def test_nothing_held_out_is_a_miss_where_much_was_predicted_and_the_log_is_doubted():
    given = drawn(np.random.default_rng(5), n=300)
    nothing = given.customers.assign(held_out_frequency=0, held_out_spend=0.0)
    found = judged(replace(given, customers=nothing), spend=True)
    total = found.totals.iloc[0]
    assert total["predicted_low"] > 100
    ends = f"{total['predicted']:,.0f} purchases [{total['predicted_low']:,.0f}, {total['predicted_high']:,.0f}]"
    assert found.verdict == f"The BG/NBD misses: it predicts {ends} and none came"
    said = all_of(found)
    assert "No purchase at all after 2024-03-31: does the log really reach `until`?" in said
    assert "0 observed; 1 of 10 tenths lies in its interval" in said
    assert np.isnan(found.gini)
    assert "nan" not in said


def test_nothing_held_out_tells_too_little_where_little_was_predicted():
    given = drawn(np.random.default_rng(5), n=300)
    short = replace(given, customers=given.customers.assign(held_out_frequency=0), periods=0.1)
    found = judged(short)
    assert found.totals["predicted_low"][0] == 0
    assert found.verdict == "Too few purchases were held out to tell whether the BG/NBD fits: there were none"


def test_an_error_of_more_than_tenfold_is_told_in_counts():
    given = drawn(np.random.default_rng(5), n=300)
    three = given.customers.assign(held_out_frequency=0, held_out_spend=0.0)
    three.loc[:2, ["held_out_frequency", "held_out_spend"]] = 1, 5.0
    found = judged(replace(given, customers=three), spend=True)
    assert re.fullmatch(
        r"The BG/NBD misses: it predicts \d+ purchases \[\d+, \d+\] and 3 came, many times too many, more than chance",
        found.verdict,
    )
    assert "and $15.00 came, many times too much" in all_of(found)
    assert not re.search(r"\d,?\d{3}%", all_of(found))
    totals = found.totals.assign(error=1.0, error_low=-1.0, error_high=30.0)
    few = replace(found, totals=totals, frame=found.frame.assign(inside=True)).verdict
    assert few.startswith("Too few purchases were held out")
    assert few.endswith("and 3 came")


def test_spend_of_the_whole_log_is_refused():
    given = drawn(np.random.default_rng(5), n=300)
    known = given.customers
    whole = known.assign(frequency=known["frequency"] + known["held_out_frequency"], mean_spend=20.0)
    fit = wb.fit_purchases(known, "bg_nbd", period="W")
    n, of = ((table["frequency"] > 0).sum() for table in (whole, known))
    spend = replace(wb.fit_spend(known), n=int(n), n_one_time=int(300 - n))
    with pytest.raises(ValueError, match=f"fitted to {n} repeat buyers of 300 .* the calibration has {of} of 300: it"):
        fit.check(given, spend=spend)
    with pytest.raises(ValueError, match=r"Fit held_out\.customers"):
        fit.check(given, spend=replace(spend, n=int(of), n_one_time=300))
    some = wb.fit_spend(known.sample(frac=0.5, random_state=1))
    assert fit.check(given, spend=some).totals["measure"].tolist() == ["purchases", "money"]


@pytest.mark.parametrize("ahead", [0.5, 3.0])
def test_money_of_few_purchases_is_in_keeping_with_them(ahead):
    found = [judged(replace(drawn(np.random.default_rng(seed), n=60), periods=ahead), spend=True) for seed in range(8)]
    for row in pd.concat([one.frame for one in found]).itertuples():
        assert row.predicted_money_low <= row.predicted_money <= row.predicted_money_high
        most = row.predicted_high * row.predicted_money / row.predicted
        assert row.predicted_money_high >= most * (1 - 1e-12)
        assert row.predicted_money_low == 0 or row.predicted_low > 0


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (10, "all 10 tenths lie in their interval"),
        (1, "1 of 10 tenths lies in its interval"),
        (0, "none of the 10 tenths lie in their interval"),
    ],
)
def test_words_of_tracking_ranking_and_tenths(n, said):
    found = judged(drawn(np.random.default_rng(5), n=300))
    said_of = all_of(replace(found, frame=found.frame.assign(inside=np.arange(10) < n)))
    assert said in said_of
    share = f"{found.gini:.0%}"
    assert f"Of what a perfect ranking of customers by purchases tells, the model's tells {share}; " in said_of
    assert "Had nothing been known of them but the day of their first purchase, " in said_of
