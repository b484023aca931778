"""Are buyers' lives, states and losses those that a plain loop finds, and does no day know what came after it?"""

import numpy as np
import pandas as pd
import purchases_by_hand as by_hand
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from purchases_by_hand import DAYS, ROWS, RULES, on, table
from sentences import hold_to_three

import winback as wb
from winback.base.lapsed import BACK_BEFORE, LOST_AGAIN
from winback.tables import check_lapsed

BOUGHT_BY_20 = ROWS.filter(lambda rows: any(row[1] <= 20 for row in rows))
LATER = st.integers(20, DAYS)


def read(rows, until=DAYS, lost=None, **more):
    return wb.read_purchases(table(rows), until=on(until), lost=lost, **more)


def sent(*rows):
    columns = ["customer_id", "offer", "offered_on"]
    return pd.DataFrame([(who, offer, on(day)) for who, offer, day in rows], columns=columns)


# a plain loop


@settings(max_examples=40)
@given(rows=ROWS, lost=RULES)
def test_lives_and_states_are_those_of_a_plain_loop(rows, lost):
    base, lives = read(rows, lost=lost), by_hand.lives(rows, DAYS, lost)
    assert sorted(base.customers["customer_id"]) == list(lives)
    expected = {who: lives[who] for who in base.customers["customer_id"]}
    found, zero = base.lives, on(0).toordinal()
    columns = (found.start - zero, found.end - zero, found.ended, found.n_days, found.money)
    each = list(zip(*(column.tolist() for column in columns), strict=True))
    assert each == [life[:5] for own in expected.values() for life in own]
    assert found.number.tolist() == [n + 1 for own in expected.values() for n in range(len(own))]
    states = ["lost" if own[-1][2] else "here" if len(own) == 1 else "back" for own in expected.values()]
    assert base.to_frame()["n"].tolist() == [states.count(state) for state in ("here", "back", "lost")]
    assert base.customers["lost"].tolist() == [state == "lost" for state in states]
    days = {who: sorted({row[1] for row in rows if row[0] == who}) for who in expected}
    called = [pd.Timestamp(on(own[-1] + by_hand.allowance(lost, own))) for own in days.values()]
    assert base.customers["lost_on"].tolist() == called
    assert base.customers["silent_days"].tolist() == [DAYS - own[-1] for own in days.values()]
    first = base.first_lives().set_index("customer_id")
    assert first["first_ended"].tolist() == [own[0][2] for own in expected.values()]
    stays = [max(own[0][1] - own[0][0], 1) for own in expected.values()]
    np.testing.assert_allclose(first["first_tenure"] * by_hand.MONTH, stays)
    assert base.table_of("table of first lifetimes").equals(base.first_lives())


@settings(max_examples=40)
@given(rows=ROWS, lost=RULES)
def test_lost_customers_are_those_of_a_plain_loop(rows, lost):
    lapsed, expected = read(rows, lost=lost).lapsed(), by_hand.lives(rows, DAYS, lost)
    ended = {who: own for who, own in expected.items() if own[0][2]}
    assert by_hand.in_days(lapsed) == by_hand.rounded(
        {who: by_hand.lost_row(own, own[0][1], DAYS) for who, own in ended.items()}
    )
    assert lapsed.left_out == {"never called lost": len(expected) - len(ended)}
    assert lapsed.n_again == sum(len(own) > 2 for own in ended.values())
    left_on = {who: pd.Timestamp(on(own[0][1])) for who, own in ended.items()}
    assert lapsed.frame.set_index("customer_id")["left_on"].to_dict() == left_on


@settings(max_examples=40)
@given(rows=BOUGHT_BY_20, lost=RULES, day=LATER)
def test_lost_on_a_day_are_those_of_a_plain_loop(rows, lost, day):
    lapsed, lives = read(rows, lost=lost).lapsed(asof=on(day)), by_hand.lives(rows, DAYS, lost)
    known = {who: own for who, own in lives.items() if own[0][0] <= day}
    gone = {who: own for who, own in known.items() if own[0][2] and own[0][1] <= day}
    back = [who for who, own in gone.items() if len(own) > 1 and own[1][0] < day]
    rows = {who: by_hand.lost_row(own, day, DAYS) for who, own in gone.items() if who not in back}
    assert by_hand.in_days(lapsed) == by_hand.rounded(rows)
    assert lapsed.left_out == {
        "back before that day": len(back) - by_hand.lost_again(lives, day),
        "back before that day and lost once more by then": by_hand.lost_again(lives, day),
        "not called lost on that day": len(known) - len(gone),
    }
    assert lapsed.day == on(day)


@settings(max_examples=40)
@given(
    rows=ROWS, lost=RULES, days=st.lists(st.integers(0, DAYS + 5), min_size=5, max_size=5), length=st.integers(1, 30)
)
def test_lost_on_the_day_of_an_offer_are_those_of_a_plain_loop(rows, lost, days, length):
    lives = by_hand.lives(rows, DAYS, lost)
    offers = dict(enumerate(days, start=1))  # the fifth has never bought
    table = sent(*((who, "gift", day) for who, day in offers.items()))
    lapsed = read(rows, lost=lost).lapsed(sent=table, within_months=length / by_hand.MONTH)
    in_time = {who: offers[who] for who in lives if offers[who] <= DAYS}
    gone = {who: day for who, day in in_time.items() if lives[who][0][2] and lives[who][0][1] <= day}
    back = [who for who, day in gone.items() if len(lives[who]) > 1 and lives[who][1][0] < day]
    short = {who for who, day in gone.items() if who not in back and day + length - 1 > DAYS}
    found = {
        who: by_hand.valued_row([row for row in rows if row[0] == who], lives[who], day, DAYS, length)
        for who, day in gone.items()
        if who not in back and who not in short
    }
    assert by_hand.in_days(lapsed) == by_hand.rounded(found)
    left_out = {why: n for why, n in lapsed.left_out.items() if n}
    followed = next(why for why in lapsed.left_out if why.startswith("followed for less than"))
    expected = {
        followed: len(short),
        "back before their offer": len(back),
        "not lost on the day of their offer": len(in_time) - len(gone),
        "with an offer but unknown to the base": len(offers) - len(lives),
        "with an offer after the end of the data": len(lives) - len(in_time),
        "lost but not in the table of offers sent": sum(lives[who][0][2] for who in lives if who not in in_time),
    }
    assert left_out == {why: n for why, n in expected.items() if n}


def test_who_buys_on_the_day_itself_comes_back_after_it():
    base = read([(1, 0, 4), (1, 30, 6)], lost=5)
    assert base.lapsed(on(30)).frame["returned"].tolist() == [True]
    assert base.lapsed(on(31)).left_out["back before that day"] == 1
    assert base.lapsed(on(6)).frame["months_away"].tolist() == [0]
    assert base.lapsed(on(5)).left_out["not called lost on that day"] == 1


# laws


@settings(max_examples=25)
@given(rows=BOUGHT_BY_20, lost=RULES, day=LATER, by=st.integers(-400, 400))
def test_other_dates_are_other_dates_only(rows, lost, day, by):
    one, other = (
        read(rows, lost=lost),
        wb.read_purchases(
            table(rows).assign(date=lambda log: log["date"] + pd.Timedelta(days=by)), until=on(DAYS + by), lost=lost
        ),
    )
    for asked in (None, day):
        frames = [
            base.lapsed(None if asked is None else on(asked + ahead)).frame for base, ahead in ((one, 0), (other, by))
        ]
        shifted = frames[0].assign(left_on=frames[0]["left_on"] + pd.Timedelta(days=by))
        pd.testing.assert_frame_equal(frames[1], shifted)


@settings(max_examples=25)
@given(rows=BOUGHT_BY_20, lost=RULES, day=LATER)
def test_what_comes_after_the_end_changes_nothing(rows, lost, day):
    one, other = (read(each, until=day, lost=lost) for each in ([row for row in rows if row[1] <= day], rows))
    pd.testing.assert_frame_equal(by_id(one.customers), by_id(other.customers))
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())
    pd.testing.assert_frame_equal(by_id(one.lapsed().frame), by_id(other.lapsed().frame))


@settings(max_examples=25)
@given(rows=ROWS, lost=RULES, rng=st.randoms(use_true_random=False))
def test_rows_come_in_any_order(rows, lost, rng):
    shuffled = rng.sample(rows, len(rows))
    names = {1: "b", 2: "a", 3: "d", 4: "c"}  # customers come as the log has them
    one, other = (read([(names[who], *row) for who, *row in each], lost=lost) for each in (rows, shuffled))
    pd.testing.assert_frame_equal(by_id(one.customers), by_id(other.customers))
    pd.testing.assert_frame_equal(by_id(one.lapsed().frame), by_id(other.lapsed().frame))
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())


def by_id(frame):
    return frame.sort_values("customer_id", ignore_index=True)


def assert_same_but_for_what_came_of_it(full, cut, day):
    """Hold lost customers as of a day to those of a base that ends on it."""
    seen, then = full.lapsed(asof=day), cut.lapsed()
    second = cut.lives.of_number(2, cut.n)
    back = cut.customers["customer_id"][(second >= 0) & (cut.lives.start[second] < pd.Timestamp(day).toordinal())]
    known = then.frame[~then.frame["customer_id"].isin(back)].reset_index(drop=True)
    columns = ["customer_id", "first_tenure", "first_margin", "purchase_days", "left_on"]
    columns = [name for name in columns if name in seen.frame]
    assert "purchase_days" in columns
    pd.testing.assert_frame_equal(*(by_id(frame[columns]) for frame in (seen.frame, known)))
    assert seen.left_out[BACK_BEFORE] + seen.left_out[LOST_AGAIN] == len(back)
    assert seen.left_out[LOST_AGAIN] == int((cut.lives.is_last & cut.lives.ended & (cut.lives.number > 1)).sum())
    assert seen.left_out["not called lost on that day"] == then.left_out["never called lost"]
    return len(known)


@settings(max_examples=25)
@given(rows=BOUGHT_BY_20, lost=RULES, day=LATER)
def test_a_day_does_not_know_what_came_after_it(rows, lost, day):
    cut = read([row for row in rows if row[1] <= day], until=day, lost=lost)
    assert_same_but_for_what_came_of_it(read(rows, lost=lost), cut, on(day))


@pytest.mark.parametrize(
    "lost", ["rhythm", "silence", "personal", "model", wb.base.rules.Silence(share=0.2, within=60), None]
)
def test_a_day_does_not_know_what_the_rule_learned_after_it(lost):
    log = wb.load_shop_study().purchases
    log = log[log["customer_id"].isin(log["customer_id"].dropna().unique()[::5])]
    full = wb.read_purchases(log, until="2024-06-30", lost=lost)
    cut = wb.read_purchases(log[log["date"] <= "2023-09-30"], until="2023-09-30", lost=lost)
    assert assert_same_but_for_what_came_of_it(full, cut, "2023-09-30") > 20


@settings(max_examples=25)
@given(rows=BOUGHT_BY_20, lost=RULES, day=LATER)
def test_an_offer_on_a_day_sees_what_the_day_sees(rows, lost, day):
    base = read(rows, lost=lost)
    offers = sent(*((who, "gift", day) for who in base.customers["customer_id"]))
    one, other = base.lapsed(asof=on(day), within_months=0.2), base.lapsed(sent=offers, within_months=0.2)
    pd.testing.assert_frame_equal(one.frame.reset_index(drop=True), other.frame[list(one.frame)])


def test_a_stay_that_goes_on_is_not_worth_more_a_month_than_it_can_be():
    """One purchase just before the end of the data is not a purchase every day."""
    base = read([(1, 0, 4), (1, DAYS - 1, 30)], lost=9)
    (row,) = base.lapsed().frame.to_dict("records")
    assert (row["returned"], row["second_ended"]) == (True, False)
    assert row["second_tenure"] == pytest.approx(1 / by_hand.MONTH)
    assert row["second_margin"] == pytest.approx(30 / (10 / by_hand.MONTH))  # it lasts ten silent days at least


@pytest.mark.parametrize(("months", "said"), [(0, "above 0"), (-1, "above 0"), (np.inf, "above 0")])
def test_a_time_that_is_none_is_refused(months, said):
    with pytest.raises(ValueError, match=said):
        read([(1, 0, 4)], lost=9).lapsed(within_months=months)


def test_money_is_not_counted_in_a_log_without_amounts():
    log = table([(1, 0, 4), (1, 30, 4)]).drop(columns="amount")
    with pytest.raises(ValueError, match="the log has no amounts"):
        wb.read_purchases(log, until=on(DAYS), lost=9).lapsed(within_months=1)


# what it is for


@pytest.fixture(scope="module")
def shop():
    """Return a base whose customers are told apart by a channel."""
    return wb.load_shop_study().base


def test_the_table_is_one_of_lapsed_customers(shop):
    needs = ["first_tenure", "first_margin", "returned", "second_tenure", "channel"]
    pd.testing.assert_frame_equal(check_lapsed(shop, needs=needs), check_lapsed(shop.lapsed(), needs=needs))
    with pytest.raises(ValueError, match="and no x"):
        shop.table_of("x")
    hold_to_three(shop, shop.lapsed(), shop.lapsed("2023-12-31"), shop.false_alarms())


def test_lost_buyers_become_a_trial_and_a_model_of_returns(shop):
    lost = shop.lapsed("2023-09-30").frame
    days = pd.DataFrame({"customer_id": lost["customer_id"], "offered_on": "2023-09-30"})
    sent = days.assign(offer=np.array(["gift", "call", "none"])[np.arange(len(days)) % 3])
    with pytest.raises(ValueError, match=r"sent needs within_months.* followed for 9 months\."):
        shop.lapsed(sent=sent)
    lapsed = shop.lapsed(sent=sent, within_months=6)
    assert set(lapsed.frame["customer_id"]) == set(lost["customer_id"])  # by the rule as it was known that day
    catalog = [wb.Offer(name=name, amount=3, paid="on_acceptance") for name in ("gift", "call")]
    trial = wb.read_trial(lapsed, catalog)
    assert len(trial.customers) == len(lapsed.frame)
    log, six_months = wb.load_shop_study().purchases, pd.Timedelta(days=round(6 * by_hand.MONTH) - 1)
    after = log[log["date"].between("2023-09-30", pd.Timestamp("2023-09-30") + six_months) & (log["amount"] >= 0)]
    paid = after.groupby("customer_id")["amount"].sum().reindex(lapsed.frame["customer_id"])
    np.testing.assert_allclose(trial.value, paid.fillna(0.0), atol=1e-6)
    assert (trial.returned == paid.notna()).all()
    assert set(wb.compare_offers(trial).to_frame()["offer"]) >= {"gift", "call"}
    formulas = {"reacquisition": "first_tenure + channel", "tenure": "first_margin", "margin": "first_margin"}
    fits = [wb.fit_two_part(given, **formulas) for given in (shop, shop.lapsed(), shop.lapsed().frame)]
    assert len({each.n for each in fits}) == 1
    pd.testing.assert_frame_equal(fits[0].to_frame(), fits[1].to_frame())
    pd.testing.assert_frame_equal(fits[0].to_frame(), fits[2].to_frame())


def test_first_lives_are_a_survival_curve_and_a_model_of_durations(shop):
    lives = shop.first_lives()
    expected = wb.survival_curve(lives, "channel", lifetime="first").to_frame()
    pd.testing.assert_frame_equal(wb.survival_curve(shop, "channel").to_frame(), expected)
    assert wb.fit_duration(shop, "channel").n == len(lives) == shop.n


def test_a_share_of_what_was_paid_is_margin():
    rows = [(1, 0, 8), (1, 4, 2), (2, 1, 5)]
    frames = [read(rows, lost=10, margin_share=share).lapsed().frame for share in (None, 0.25)]
    np.testing.assert_allclose(frames[1]["first_margin"], 0.25 * frames[0]["first_margin"])
    assert "Margin is 25.0% of what was paid." in read(rows, lost=10, margin_share=0.25).lapsed().details()
    assert "What was paid is taken for margin" in read(rows, lost=10).lapsed().details()
    with pytest.raises(ValueError, match="margin_share"):
        read(rows, margin_share=1.5)


def test_days_outside_of_the_data_are_refused():
    base = read([(1, 5, 1), (2, 40, 1)], lost=10)
    for day in (4, DAYS + 1):
        with pytest.raises(ValueError, match=r"asof \(.*\) must lie within the data, from 2023-01-06 to 2023-03-02"):
            base.lapsed(on(day))
    with pytest.raises(ValueError, match="asof must be a date"):
        base.lapsed("soon")
    with pytest.raises(ValueError, match="asof and sent cannot both be given"):
        base.lapsed(on(50), sent(("1", "gift", 50)))


def test_an_end_before_everything_is_refused():
    with pytest.raises(wb.TableError, match=r"`amount` has no purchase in it\. Check the columns, .* and `until`"):
        read([(1, 5, 1), (2, 40, 1)], until=4)
    with pytest.raises(ValueError, match="until must not lie in the future"):
        wb.read_purchases(table([(1, 5, 1)]), until="2199-01-01")
    with pytest.raises(ValueError, match="until must be a date"):
        wb.read_purchases(table([(1, 5, 1)]), until="soon")


def test_a_rule_that_cannot_be_fitted_says_why():
    base = read([(1, 5, 1), (2, 40, 1)], lost="personal")
    with pytest.raises(ValueError, match="0 customers bought on two days or more until 2023-03-02, too few"):
        base.lapsed()


def test_offers_sent_are_checked():
    base = read([(1, 5, 1), (2, 40, 1)], lost=10)
    with pytest.raises(wb.TableError, match=r"`sent.customer_id` must be unique"):
        base.lapsed(sent=sent((1, "gift", 50), (1, "none", 51)))
    with pytest.raises(wb.TableError, match="holds none of the customers of the base"):
        base.lapsed(sent=sent((7, "gift", 50)))
