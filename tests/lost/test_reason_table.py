"""Does the table of reasons count right, hold the truth, and keep what is assumed apart from what is measured?"""

from dataclasses import replace

import losses_by_hand
import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers, coverage, shortfall
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import hold_to_three
from statsmodels.stats.proportion import multinomial_proportions_confint

import winback as wb
from winback.datasets.telecom import company_assumptions as planted
from winback.lost.reason_table import money_by_reason
from winback.uncertainty import share_interval, shares_together

UNTIL = "2024-12-31"
STUDY_SHARES = {"price": 0.45, "service": 0.40, "both": 0.15}


def contracts(reasons, margins=None, **columns):
    """Return contracts of customers who left for these reasons, one after the other, and of one who is here."""
    n = len(reasons)
    ends = pd.Series(pd.Timestamp("2023-01-31") + pd.to_timedelta(np.arange(n), unit="D"))
    table = pd.DataFrame({"customer_id": np.arange(n + 1), "start": pd.Timestamp("2022-01-01")})
    table["end"] = pd.concat([ends, pd.Series([pd.NaT])], ignore_index=True)
    table["reason"] = pd.Series([*reasons, None], dtype=object)
    if margins is not None:
        table["margin"] = [*margins, 10.0]
    return table.assign(**{name: [*values, None] for name, values in columns.items()})


def base_of(*args, events=None, **columns):
    return wb.read_contracts(contracts(*args, **columns), events, until=UNTIL)


@pytest.fixture(scope="module")
def table(study):
    return wb.reason_table(study.base)


@pytest.fixture(scope="module")
def lost(study):
    return study.base.lapsed().frame


# ---- the study: what was planted, found from its tables alone


def test_planted_shares_lie_within_intervals_that_hold_together(study, lost):
    """Others leave at a planted rate per loss of the study, but to the competitor, who is new for a year."""
    shares = STUDY_SHARES | {name: rate for name, rate in planted.OTHER_CAUSES.items() if name != "competitor"}
    total = sum(shares.values())
    known = study.base.contracts
    to_rival = lost.loc[(lost["reason"] == "competitor").to_numpy(), "customer_id"]  # with the first loss
    others = known[~known["customer_id"].isin(to_rival)].reset_index(drop=True)
    found = wb.reason_table(replace(study.base, contracts=others)).reasons.set_index("reason")
    assert set(found.index) == set(shares)
    truth = found.index.map(shares) / total
    assert ((found["share_low"] <= truth) & (truth <= found["share_high"])).all()


def test_complaints_are_as_planted_for_the_reasons_they_lead_to(table):
    """Where they are Poisson at a planted rate a life; none of the study's own leavers are among these."""
    frame = table.behaviour.frame
    for reason in ("quality", "indifference"):
        row = frame[(frame["group"] == reason) & (frame["what"] == "complained")].iloc[0]
        low, high = share_interval(row["n_yes"], row["n"], 0.99)
        assert low <= 1 - np.exp(-planted.COMPLAINTS[reason]) <= high


def test_those_who_said_price_complained_less_but_some_did_and_they_are_the_doubtful_ones(study, table, lost):
    """Only the truth knows who said price and met an indifferent employee; those who complained did so far more."""
    frame = table.behaviour.frame
    row = frame[(frame["group"] == "price") & (frame["what"] == "complained")].iloc[0]
    assert row["difference_high"] < 0
    said = (lost["reason"] == "price").to_numpy()
    complained = said & (lost["complaints"] >= 1).to_numpy()
    assert row["n_yes"] == complained.sum()
    truth = study.company.truth[study.company.truth["life"] == 1].set_index("customer_id")["true_reason"]
    untrue = (truth.loc[lost["customer_id"]] != "price").to_numpy()
    rates = [planted.UNTRUE[who, True] * share for who, share in planted.REPORTED_BY.items()]
    expected = planted.TEXT_SHARE * sum(rates)
    sure = 3 * np.sqrt(expected * (1 - expected) / complained.sum())
    assert untrue[complained].mean() == pytest.approx(expected, abs=sure)
    assert untrue[complained].mean() > 4 * untrue[said & ~complained].mean()


def test_those_whom_nobody_can_mend_had_not_used_less(table):
    frame = table.behaviour.frame
    used = frame[frame["what"] == "used less before leaving"].set_index("group")
    none = list(planted.NOBODY_CAN_MEND)
    assert (used.loc[none, "difference_high"] < 0).all()
    assert not used.drop(index=none)["told_apart"].any()  # shrinks as often for every other reason


def test_price_changes_and_reporters_tell_no_reason_from_another(table):
    """Neither was planted to: whoever reports it, and after a price change all reasons are as frequent."""
    frame = table.behaviour.frame
    assert not frame.loc[frame["what"].str.contains("price change"), "told_apart"].any()
    assert not table.reporters.frame["told_apart"].any()
    assert table.reporters.frame["group"].eq("employee").all()  # beside customers, the only others
    assert "No difference between those who reported reasons shows." in table.reporters.describe()


def test_where_they_went_is_as_planted_and_attracts_for_nothing_else(table):
    frame = table.went_to.frame
    n = frame.drop_duplicates("group").set_index("group")["n"]
    rivals = n[list(planted.COMPETITORS)]
    low, high = shares_together(rivals, rivals.sum())
    truth = np.array([*planted.COMPETITORS.values()])
    assert ((low <= truth) & (truth <= high)).all()
    price = frame[frame["what"] == "price"].set_index("group")
    assert not price.loc[list(planted.COMPETITORS), "told_apart"].any()
    assert price.loc["with their manager", "difference_high"] < 0  # who followed a manager left for any reason


def test_involuntary_losses_bring_nobody_back_and_nothing_is_at_stake(table):
    found = table.reasons.set_index("reason")
    none = list(planted.NOBODY_CAN_MEND)
    assert found.loc[none, "involuntary"].all()
    assert (found.loc[none, "n_returned"] == 0).all()
    assert found.loc[none, "at_stake"].isna().all()
    assert found.drop(index=none)["at_stake"].gt(0).all()


def test_customers_money_and_returns_are_those_of_the_lapsed_table(table, lost, study):
    """Counted a second time with pandas."""
    lost = lost.assign(money=losses_by_hand.money_of_first_losses(study.base).loc[lost["customer_id"]].to_numpy())
    found = table.reasons.set_index("reason")
    groups = lost.groupby(lost["reason"].astype(str))
    np.testing.assert_array_equal(found["n"], groups.size()[found.index])
    np.testing.assert_allclose(found["money"], groups["money"].sum()[found.index])
    np.testing.assert_allclose(found["returned"], groups["returned"].mean()[found.index])
    away = lost[~lost["returned"]].groupby(lost["reason"].astype(str))["money"].sum()
    there = found["at_stake"].dropna()
    np.testing.assert_allclose(there, away[there.index])
    ends = multinomial_proportions_confint(found["n"].to_numpy(), method="goodman")
    np.testing.assert_allclose(found[["share_low", "share_high"]], ends)


def test_exit_texts_are_coded_where_a_codebook_is_given(study, lost):
    coded = wb.reason_table(study.base, codebook=wb.lost.load_codebook())
    assert coded.n_several > 0
    said = lost["exit_text"].notna().sum()
    assert coded.frame.loc[coded.frame["reason"].isna(), "n"].sum() == len(lost) - said
    assert coded.reasons["n"].sum() > said
    again = wb.code_reasons(lost).reasons.set_index("reason")["n"]
    found = coded.reasons.set_index("reason")["n"].drop("other")
    assert found.to_dict() == again[again > 0].to_dict()
    assert "named several reasons" in coded.details()
    assert "all" not in coded.table()["Reason"].tolist()


def test_sentences(table, study):
    hold_to_three(table, table.behaviour, table.reporters, table.went_to)
    hold_to_three(wb.reason_table(study.base, codebook=wb.lost.load_codebook()))
    asked = {"remedied": {"price": "2023-01-31"}, "mending_cost": {"price": 40.0, "b": 1.0}, "chance": 0.1}
    for reasons in (["price", "b"], ["price", "price", "b", "b", None, " Price"]):
        hold_to_three(wb.reason_table(base_of(reasons, [9.0] * len(reasons)), **asked))
        hold_to_three(wb.reason_table(base_of(reasons)), wb.reason_table(base_of(reasons[:1])))


# ---- mending: what is assumed is never shown as measured


def test_mending_needs_no_assumption_to_say_which_chance_would_pay():
    base = base_of(["price"] * 4 + ["service"], [10.0, 20.0, 30.0, 40.0, 50.0])
    found = wb.reason_table(base, mending_cost={"price": 240.0})
    row = found.reasons.set_index("reason").loc["price"]
    assert (row["at_stake"], row["least_chance"]) == (1200.0, 0.2)
    assert np.isnan(row["chance"])
    assert np.isnan(row["recovered"])
    assert np.isnan(row["net"])
    assert not any("assumed" in heading for heading in found.table())
    assert "breaks even by winning back if 20.0% of that value return" in found.details()


def test_who_named_another_reason_too_is_not_at_stake():
    said = ["too expensive", "too expensive and rude staff", "too expensive", None]
    base = base_of([None] * 4, [10.0, 20.0, 40.0, 80.0], exit_text=said)
    row = wb.reason_table(base, mending_cost={"price": 60.0}).reasons.set_index("reason").loc["price"]
    assert (row["n"], row["n_away"], row["money"], row["at_stake"]) == (3, 2, 840.0, 600.0)


def test_causes_are_the_codebooks_or_what_the_label_says():
    found = wb.reason_table(base_of(["price", "both", "competitor", "moved", "xyz"])).reasons.set_index("reason")
    causes = {"price": "company", "both": "company", "competitor": "competitor", "moved": "customer", "xyz": ""}
    assert found["cause"].to_dict() == causes


def test_what_follows_from_a_chance_is_called_assumed():
    base = base_of(["price"] * 4 + ["service"], [10.0, 20.0, 30.0, 40.0, 50.0])
    found = wb.reason_table(base, mending_cost={"price": 240.0}, chance=0.5)
    row = found.reasons.set_index("reason").loc["price"]
    assert (row["recovered"], row["net"]) == (600.0, 360.0)
    assert {"Would recover (assumed)", "After cost (assumed)", "Assumed to come back"} <= set(found.table())
    assert "which is assumed" in found.details()


def test_mending_that_costs_more_than_is_at_stake_cannot_pay():
    found = wb.reason_table(base_of(["price", "service"], [10.0, 20.0]), mending_cost={"price": 121.0})
    assert "cannot pay by winning back" in found.details()


def test_a_remedied_reason_has_those_who_left_for_it_since_and_as_long_before():
    base = base_of(["price"] * 10 + ["service"] * 2)  # they leave one a day from 31 January 2023 on
    row = wb.reason_table(base, remedied={"price": "2023-02-04"}).reasons.set_index("reason").loc["price"]
    assert (row["n_since"], row["n_as_long_before"], row["n_waiting"]) == (5, 5, 5)


def test_the_day_of_a_remedy_may_stand_in_a_column():
    days = ["2023-02-04"] * 10 + [None] * 2
    base = base_of(["price"] * 10 + ["service"] * 2, remedied_on=days)
    found = wb.reason_table(base).reasons.set_index("reason")
    assert found.loc["price", "n_since"] == 5
    assert pd.isna(found.loc["service", "n_since"])
    days[0] = "2023-02-05"
    with pytest.raises(wb.TableError, match=r"`remedied_on` has 2 different days for price"):
        wb.reason_table(base_of(["price"] * 10 + ["service"] * 2, remedied_on=days))


# ---- laws


REASONS = st.lists(st.sampled_from(["price", "service", "moved", None]), min_size=1, max_size=12)


@settings(max_examples=25)
@given(REASONS.filter(lambda reasons: any(reasons)), st.randoms(use_true_random=False))
def test_shares_add_up_and_the_order_of_rows_does_not_matter(reasons, random):
    margins = [random.randint(1, 40) for _ in reasons]
    given = contracts(reasons, margins)
    rows = list(range(len(given)))
    random.shuffle(rows)
    found = wb.reason_table(wb.read_contracts(given, until=UNTIL))
    again = wb.reason_table(wb.read_contracts(given.iloc[rows].reset_index(drop=True), until=UNTIL))
    pd.testing.assert_frame_equal(found.frame, again.frame)
    assert found.reasons["share"].sum() == pytest.approx(1)
    assert found.frame["n"].sum() == len(reasons) == found.n_lost
    assert found.frame["money"].sum() == pytest.approx(12 * sum(margins))
    inside = found.reasons["share"].between(found.reasons["share_low"], found.reasons["share_high"])
    assert inside.all()


def test_money_scales_with_the_currency_and_shares_do_not():
    reasons, margins = ["price"] * 5 + ["service"] * 3, np.arange(1.0, 9.0)
    one, hundred = (wb.reason_table(base_of(reasons, list(margins * times))).reasons for times in (1, 100))
    for name in ("money", "money_low", "money_high", "at_stake"):
        np.testing.assert_allclose(100 * one[name], hundred[name])
    np.testing.assert_allclose(one["share_low"], hundred["share_low"])


# ---- coverage


def test_shares_hold_together_whether_one_reason_is_named_or_several(rng):
    """10,000 draws of 300 customers; several reasons are drawn together, half of them alike."""
    p = np.array([0.45, 0.3, 0.15, 0.06, 0.04])
    n, draws = 300, 10_000
    counts = rng.multinomial(n, p, draws)
    low, high = _each(counts, n)
    assert_covers(low, high, p)
    together = rng.binomial(n, 0.1, draws)  # customers who name the first two reasons both
    several = np.stack([together + rng.binomial(n - together, 0.2), together + rng.binomial(n - together, 0.1)], axis=1)
    truth = np.array([0.1 + 0.9 * 0.2, 0.1 + 0.9 * 0.1])
    assert shortfall(coverage(_each(several, n), truth)) < 3


def _each(counts, n):
    """Return the ends of every draw's intervals; each draw is called by itself."""
    ends = [shares_together(row, n) for row in counts]
    return np.array([low for low, _ in ends]), np.array([high for _, high in ends])


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_sums_of_skewed_money_hold_together(rng, spread):
    """2,000 draws of 1,000 customers, five reasons of whom the rarest is named by 40; log-normal money."""
    p, n, draws = np.array([0.46, 0.3, 0.15, 0.05, 0.04]), 1000, 2000
    truth = n * p * np.exp(spread**2 / 2)
    low, high = np.empty((draws, 5)), np.empty((draws, 5))
    for draw in range(draws):
        named = rng.choice(5, n, p=p)[:, None] == np.arange(5)
        found = money_by_reason(named, rng.lognormal(0, spread, n))
        low[draw], high[draw] = found["money_low"], found["money_high"]
    assert shortfall(coverage((low, high), truth)) < 3


# ---- bad input


def test_nobody_lost_or_no_reason_is_refused_with_the_remedy():
    here = pd.DataFrame({"customer_id": [1, 2], "start": "2023-01-01", "end": None, "reason": None})
    with pytest.raises(wb.TableError, match="nobody was lost"):
        wb.reason_table(wb.read_contracts(here, until=UNTIL))
    with pytest.raises(wb.TableError, match=r"`reason` is missing or empty for everybody"):
        wb.reason_table(base_of([None, None, None]))
    with pytest.raises(wb.TableError, match=r"`exit_text` says nothing"):
        wb.reason_table(base_of([None, None], exit_text=["  ", " "]))
    with pytest.raises(wb.TableError, match=r"`exit_text` is missing or empty"):
        wb.reason_table(base_of(["price", "service"]), codebook=wb.lost.load_codebook())


def test_free_text_for_reasons_is_refused():
    said = [f"They told me {number} times that it was my own fault {'and so on ' * 20}" for number in range(80)]
    with pytest.raises(wb.TableError, match=r"80 different values.*free text.*`exit_text`"):
        wb.reason_table(base_of(said))
    found = wb.reason_table(wb.read_contracts(contracts([None] * 80, exit_text=said), until=UNTIL))
    assert found.frame["n"].sum() == 80


def test_a_reason_that_one_customer_has_gets_no_interval_of_money():
    found = wb.reason_table(base_of(["price"] * 5 + ["🤷 weiß nicht"], [1.0, 2, 3, 4, 5, 6])).reasons.set_index(
        "reason"
    )
    row = found.loc["🤷 weiß nicht"]
    assert (row["n"], row["money"]) == (1, 72.0)
    assert np.isnan(row["money_low"])
    assert 0 < row["share_low"] < row["share"] < row["share_high"]


def test_a_reason_written_in_several_ways_is_one_and_blanks_are_none():
    found = wb.reason_table(base_of(["price", "Price", " price", "service", " ", "", "PRICE", "price"]))
    assert found.frame["n"].tolist() == [5, 1, 2]
    assert found.reasons["reason"].tolist() == ["price", "service"]
    assert "only case and blanks tell from another reason: 2" in found.details()


def test_one_reason_and_no_money():
    found = wb.reason_table(base_of(["price"] * 3))
    assert found.reasons["share"].tolist() == [1.0]
    assert "money" not in found.frame
    assert found.behaviour is None
    assert len(found.describe().splitlines()) <= 3


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"mending_cost": {"pricee": 1.0}}, r"mending_cost: nobody left for 'pricee'"),
        ({"mending_cost": {"price": -1.0}}, r"mending_cost of 'price' must be a number, 0 or more; got -1.0"),
        ({"mending_cost": {"price": 10**30}}, r"mending_cost of 'price' must be a number, 0 or more; got 10{30}\.$"),
        ({"chance": 1.5}, r"chance of 'price' must be a number, between 0 and 1; got 1.5"),
        ({"remedied": {"moved": "2023-01-01"}}, r"remedied: nobody left for 'moved'"),
        ({"remedied": {"price": "2030-01-01"}}, r"after the end of the data"),
        ({"level": 1.0}, "level must be between 0 and 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(asked, what):
    with pytest.raises(ValueError, match=what):
        wb.reason_table(base_of(["price"] * 3), **asked)


def test_money_that_is_not_known_of_some_is_said():
    found = wb.reason_table(base_of(["price"] * 4, [1.0, 2.0, None, 4.0]))
    assert found.reasons["money"].tolist() == [84.0]
    assert "What 1 customer brought in is not known" in found.details()


def test_a_shop_with_reasons_is_a_base_too():
    log = pd.DataFrame({"customer_id": np.repeat(np.arange(6), 2), "date": ["2023-01-01", "2023-03-01"] * 6})
    people = pd.DataFrame({"customer_id": np.arange(6), "reason": ["price", "service"] * 3})
    base = wb.read_purchases(log.assign(amount=9.0), customers=people, until=UNTIL, lost=90)
    found = wb.reason_table(base).frame
    assert found["n"].tolist() == [3, 3]
    assert found["money"].gt(0).all()


def test_losses_since_a_day_are_those_of_the_table_of_the_lost():
    base = wb.load_telecom_study().base
    since = "2015-07-01"
    found = wb.reason_table(base, since=since)
    lost = base.lapsed().frame
    lost = lost[lost["left_on"] >= since]
    counts = lost["reason"].value_counts()
    assert found.reasons.set_index("reason")["n"].to_dict() == counts[counts > 0].to_dict()
    assert found.n_lost == len(lost)
    assert found.reasons["n_returned"].sum() == (lost["returned"] & lost["reason"].notna()).sum()
    assert f"from {since} on" in found.describe().splitlines()[0]
    assert "from 2" not in wb.reason_table(base).describe().splitlines()[0]


def test_since_and_remedied_are_refused_together():
    with pytest.raises(ValueError, match="since and remedied cannot both be given"):
        wb.reason_table(wb.load_telecom_study().base, since="2015-07-01", remedied={"price": "2015-08-01"})


def test_nobody_lost_since_a_day_is_said():
    with pytest.raises(wb.TableError, match="nobody was lost"):
        wb.reason_table(wb.load_telecom_study().base, since="2016-07-01")
