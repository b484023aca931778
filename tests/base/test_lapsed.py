"""Is what is known of lost customers what was known on the day, and what came of it all that came after?"""

import contracts_by_hand as by_hand
import numpy as np
import pandas as pd
import pytest
from contracts_by_hand import on, table
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import hold_to_three

import winback as wb
from winback.base.lapsed import BACK_BEFORE, LOST_AGAIN
from winback.tables import check_lapsed

MONTH = 365.25 / 12
UNTIL = 400
ROWS = [
    (1, 0, 100, 10), (1, 150, 200, 20), (1, 300, None, 30),  # lost twice, back twice
    (2, 0, 90, 12),  # lost for good
    (3, 0, None, 15),  # here
    (4, 0, 375, 15),  # pending
    (5, 50, 120, 9), (5, 160, 395, 11),  # lost, back, and pending now
]  # fmt: skip


def read(rows=None, until=UNTIL, **more):
    return wb.read_contracts(table(ROWS if rows is None else rows), until=on(until), **more)


def sent(*rows):
    return pd.DataFrame(
        [(who, offer, on(day)) for who, offer, day in rows], columns=["customer_id", "offer", "offered_on"]
    )


# as of the loss


def test_each_is_seen_as_of_the_loss():
    lapsed = read().lapsed()
    frame = lapsed.to_frame().set_index("customer_id")
    assert frame.index.tolist() == [1, 2, 5]
    months = frame[["first_tenure", "months_away", "followed", "second_tenure"]] * MONTH
    np.testing.assert_allclose(months.loc[1], [100, 0, 300, 50])
    np.testing.assert_allclose(months.loc[2], [90, 0, 310, np.nan])
    np.testing.assert_allclose(months.loc[5], [70, 0, 280, 235])
    assert frame["returned"].tolist() == [True, False, True]
    assert frame["second_ended"].tolist() == [True, pd.NA, False]  # the last one is pending
    assert frame[["first_margin", "second_margin"]].fillna(0).to_numpy().tolist() == [[10, 20], [12, 0], [9, 11]]
    assert lapsed.left_out == {"pending": 1, "never lost": 1}
    assert lapsed.n_again == 1
    assert frame["left_on"].tolist() == [pd.Timestamp(on(100)), pd.Timestamp(on(90)), pd.Timestamp(on(120))]
    hold_to_three(lapsed, read())


def test_the_table_is_one_of_lapsed_customers():
    base = read()
    frame = check_lapsed(base.lapsed(), needs=["first_tenure", "first_margin", "returned", "second_tenure"])
    pd.testing.assert_frame_equal(frame, check_lapsed(base))  # the base's own
    with pytest.raises(ValueError, match="Lost customers are a table of lapsed customers, and no table of events"):
        base.lapsed().table_of("table of events")
    with pytest.raises(
        ValueError, match="A base has a table of lapsed customers and a table of first lifetimes, and no x"
    ):
        base.table_of("x")


def test_same_day_leavers_were_there_for_a_day():
    frame = read([(1, 7, 7, 10), (1, 100, 100, 10)]).lapsed().frame
    np.testing.assert_allclose(frame[["first_tenure", "second_tenure"]] * MONTH, [[1, 1]])


def test_without_margin_or_reasons_there_is_no_such_column():
    contracts = table(ROWS).drop(columns="margin")
    frame = wb.read_contracts(contracts, until=on(UNTIL)).lapsed().frame
    assert not {"first_margin", "second_margin", "reason", "involuntary", "second_reason", "complaints"} & set(frame)


def test_columns_of_the_contracts_are_kept_unless_they_would_be_taken_for_what_came_later():
    contracts = table(ROWS).assign(product="a", value=3.0, returned=True, offer="x", reason="price", exit_text="bye")
    frame = wb.read_contracts(contracts, until=on(UNTIL)).lapsed().frame
    assert {"product", "reason", "exit_text"} <= set(frame)
    assert not {"value", "offer", "start", "end", "margin"} & set(frame)
    assert frame["returned"].tolist() == [True, False, True]
    assert frame["second_reason"].tolist() == ["price", np.nan, np.nan]  # of those whose second life has ended


# as of a day


def test_as_of_a_day_who_was_back_before_is_counted_apart():
    lapsed = read().lapsed(asof=on(155))
    frame = lapsed.frame.set_index("customer_id")
    assert frame.index.tolist() == [2, 5]  # the first one came back five days before
    np.testing.assert_allclose(frame["months_away"] * MONTH, [65, 35])
    np.testing.assert_allclose(frame["followed"] * MONTH, [245, 245])
    assert frame["returned"].tolist() == [False, True]
    assert lapsed.left_out == {
        "back before that day": 1,
        "back before that day and lost once more by then": 0,
        "pending on that day": 0,
        "not lost on that day": 2,
    }
    assert read().lapsed(asof=on(150)).frame["customer_id"].tolist() == [1, 2, 5]  # a return on the day is one after it
    assert read().lapsed(asof=on(149)).left_out["pending on that day"] == 1
    assert f"lost on {on(155)}" in lapsed.describe()


def test_pending_on_a_day_is_also_who_only_changed_the_contract():
    rows = [(1, 0, 100, 5), (1, 120, None, 5), (2, 0, 50, 5)]
    assert read(rows).lapsed(asof=on(110)).left_out["pending on that day"] == 1
    assert read(rows).lapsed(asof=on(121)).left_out["pending on that day"] == 0


def test_the_last_day_sees_nothing_after_it():
    lapsed = read().lapsed(asof=on(UNTIL))
    assert lapsed.frame["customer_id"].tolist() == [2]
    assert lapsed.frame["followed"].isna().all()
    assert not lapsed.frame["returned"].any()


def test_days_outside_of_the_data_are_refused():
    with pytest.raises(ValueError, match=r"asof \(2025-01-01\) must not be after the end of the data \(2024-02-05\)"):
        read().lapsed(asof="2025-01-01")
    with pytest.raises(ValueError, match="Nobody was a customer on 2022-01-01: all contracts begin later"):
        read().lapsed(asof="2022-01-01")
    with pytest.raises(ValueError, match=r"asof \(.*\) must be more than 30 days after since"):
        read(since=on(50)).lapsed(asof=on(80))
    with pytest.raises(ValueError, match="asof and sent cannot both be given"):
        read().lapsed(asof=on(300), sent=sent((1, "gift", 120)))


# as of an offer


def test_each_is_seen_from_the_day_of_the_offer():
    offers = sent(
        (1, "gift", 150), (2, "none", 130), (3, "gift", 130), (4, "gift", 380), (5, "gift", 161), (9, "gift", 9)
    )
    lapsed = read().lapsed(sent=pd.concat([offers, sent((8, "gift", 401))]).assign(agent="ann"))
    frame = lapsed.frame.set_index("customer_id")
    assert frame.index.tolist() == [1, 2]
    assert frame[["offer", "agent"]].to_numpy().tolist() == [["gift", "ann"], ["none", "ann"]]
    np.testing.assert_allclose(frame[["months_away", "followed"]] * MONTH, [[50, 250], [40, 270]])
    assert frame["returned"].tolist() == [True, False]
    assert {why: n for why, n in lapsed.left_out.items() if n} == {
        "back before their offer": 1,
        "pending on the day of their offer": 1,
        "not lost on the day of their offer": 1,
        "with an offer but unknown to the base": 2,
    }
    few = read().lapsed(sent=sent((1, "gift", 150), (2, "gift", 401)))
    assert few.left_out["with an offer after the end of the data"] == 1
    assert few.left_out["lost but not in the table of offers sent"] == 2
    hold_to_three(lapsed, few)


def test_what_the_base_knows_is_not_taken_from_the_offers_sent():
    offers = sent((1, "gift", 150)).assign(returned=False, months_away=1.0, agent="ann", until="x")
    lapsed = read().lapsed(sent=offers)
    assert lapsed.frame[["returned", "agent"]].iloc[0].tolist() == [True, "ann"]
    said = "Columns of the offers sent that the base knows itself are not used: returned and months_away."
    assert said in lapsed.details()
    renamed = read().lapsed(sent=offers.rename(columns={"offer": "Treatment"})).details()
    assert '"Treatment" was read as offer: offer sent; none = untreated control.' in renamed


def test_pending_second_lives_are_said():
    said = "Pending at the end of the data: 1 of those who came back; counted as here to the end of the contract."
    assert said in read().lapsed().details()


def test_offers_sent_are_checked():
    with pytest.raises(wb.TableError, match=r"`sent.customer_id` must be unique"):
        read().lapsed(sent=sent((1, "gift", 150), (1, "none", 160)))
    with pytest.raises(wb.TableError, match=r"(?s)`sent.offered_on` must be a date.*`sent.offer` is missing"):
        read().lapsed(sent=pd.DataFrame({"customer_id": [1, 2], "offered_on": ["x", "2023-05-01"]}))
    with pytest.raises(wb.TableError, match=r"holds none of the customers of the base \(there: 1, here: A1\)"):
        read().lapsed(sent=sent(("A1", "gift", 150)))


def test_a_campaign_on_lost_customers_becomes_a_trial(rng):
    n = 400
    end, back, away = rng.integers(60, 200, n), np.flatnonzero(rng.random(n) < 0.4), rng.integers(91, 150, n)
    first = [(who, 0, int(end[who]), float(rng.integers(5, 40))) for who in range(n)]
    again, stay = end + away, rng.integers(40, 300, n)
    second = [(who, int(again[who]), int(again[who] + stay[who]), float(rng.integers(5, 40))) for who in back]
    base = read(first + second, until=400)
    offers = sent(*((who, ["gift", "call", "none"][who % 3], int(end[who]) + 60) for who in range(n)))
    lapsed = base.lapsed(sent=offers)
    catalog = [wb.Offer(name=name, amount=3, paid="on_acceptance") for name in ("gift", "call")]
    trial = wb.read_trial(lapsed, catalog, horizon_months=2, annual_discount=0.1)
    assert len(trial.customers) == n
    assert trial.returned.sum() == len(back)
    assert set(wb.compare_offers(trial).to_frame()["offer"]) >= {"gift", "call"}
    fit = wb.fit_two_part(base, reacquisition="first_margin", tenure="first_margin", margin="first_margin")
    assert fit.n == n
    assert len(wb.second_lifetime_value(wb.fit_two_part(lapsed, **formulas()), trial).to_frame()) >= n


def formulas():
    return {"reacquisition": "offer + first_tenure", "tenure": "offer", "margin": "offer"}


# laws


def started_by(day):
    return lambda rows: any(row[1] <= day for row in rows)


@settings(max_examples=80)
@given(rows=by_hand.contracts().filter(started_by(100)), day=st.integers(100, 250))
def test_what_is_known_on_a_day_is_what_was_known_then(rows, day):
    """A base that ends on the day knows the same of the same customers, but not what came of it."""
    full, then = read(rows, until=450), read(rows, until=day)
    seen, known = full.lapsed(asof=on(day)), then.lapsed()
    second = then.lives[then.lives["life"] == 2].set_index("customer_id")["start"]
    back = known.frame["customer_id"].map(second) < pd.Timestamp(on(day))
    beforehand = ["customer_id", "first_tenure", "first_margin", "left_on"]
    columns = [name for name in beforehand if name in known.frame and name in seen.frame]
    expected, found = (each.sort_values("customer_id", ignore_index=True) for each in (known.frame[~back], seen.frame))
    pd.testing.assert_frame_equal(found[columns], expected[columns])
    assert seen.left_out[BACK_BEFORE] + seen.left_out[LOST_AGAIN] == back.sum()
    last = then.lives.drop_duplicates("customer_id", keep="last")
    assert seen.left_out[LOST_AGAIN] == (last["ended"] & (last["life"] > 1)).sum()
    assert seen.left_out["pending on that day"] == known.left_out["pending"]
    assert len(seen.frame) + sum(seen.left_out.values()) == then.n


@settings(max_examples=80)
@given(rows=by_hand.contracts().filter(started_by(100)), day=st.integers(100, 250))
def test_an_offer_on_a_day_sees_what_the_day_sees(rows, day):
    base = read(rows, until=450)
    offers = sent(*((who, "gift", day) for who in dict.fromkeys(row[0] for row in rows)))
    one, other = base.lapsed(asof=on(day)).frame, base.lapsed(sent=offers).frame
    pd.testing.assert_frame_equal(one, other[list(one)])


@settings(max_examples=80)
@given(rows=by_hand.contracts().filter(started_by(250)))
def test_lost_customers_are_those_of_a_plain_loop(rows):
    found = read(rows, until=250).lapsed().frame.set_index("customer_id")
    lives = by_hand.lives(rows, 250, 30)
    lost = {who: own for who, own in lives.items() if own[0][3]}
    assert sorted(found.index) == sorted(lost)
    for who, own in lost.items():
        row = found.loc[who]
        assert row["first_tenure"] * MONTH == pytest.approx(max(own[0][1] - own[0][0], 1))
        assert row["followed"] * MONTH == pytest.approx(250 - own[0][1])
        assert row["returned"] == (len(own) > 1)
        if len(own) > 1:
            assert row["second_tenure"] * MONTH == pytest.approx(max(own[1][1] - own[1][0], 1))
            assert row["second_ended"] == own[1][3]
