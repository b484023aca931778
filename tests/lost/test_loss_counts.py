"""Do counts agree with plain loops, and do totals, groups, cohorts and periods add up?"""

import contracts_by_hand as by_hand
import losses_by_hand
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import winback as wb
from winback.lost.loss_counts import COUNTS, cohorts_of, count_losses
from winback.lost.report_periods import report_periods
from winback.lost.stays import stays_of

UNTIL = 330
FEW = settings(max_examples=35)  # each reads a table
NAMES = ("ann", "bob", None)


@st.composite
def company(draw):
    """Draw contracts of a few customers, each with a manager or none."""
    rows = draw(by_hand.contracts(most=10))
    assume(any(start <= UNTIL for _, start, _, _ in rows))
    return rows, draw(st.lists(st.sampled_from(NAMES), min_size=len(rows), max_size=len(rows)))


def read(rows, managers):
    table = by_hand.table(rows)
    if not any(managers):
        managers = ["ann", *managers[1:]]
    table["manager"] = pd.Series(managers, dtype=object)
    return wb.read_contracts(table, until=by_hand.on(UNTIL))


def lives_by_hand(rows):
    """Return (start, end or None, lost, number) of every life, in days of numpy."""
    zero = int(np.datetime64(by_hand.FIRST_DAY, "D").astype(int))
    found = by_hand.lives(rows, UNTIL, 30)
    return [
        (start + zero, None if runs else end + zero, ended, number)
        for lives in found.values()
        for number, (start, end, runs, ended, _) in enumerate(lives, 1)
    ]


def counted(base, by=None, period="10D"):
    stays = stays_of(base, by)
    periods = report_periods(stays.first, stays.until, period)
    return stays, periods, count_losses(stays, periods)


def whole(counts):
    return counts.groupby("start")[list(COUNTS)].sum()


def has_period(base):
    return base.last - int(base.spans.start.min()) >= 60


@FEW
@given(company())
def test_counts_agree_with_loops(drawn):
    base = read(*drawn)
    assume(has_period(base))
    _, periods, counts = counted(base)
    wanted = losses_by_hand.counts(lives_by_hand(drawn[0]), periods.edges.tolist())
    pd.testing.assert_frame_equal(whole(counts).reset_index(drop=True), pd.DataFrame(wanted)[list(COUNTS)])


@FEW
@given(company(), st.sampled_from(["7D", "30D", "M"]))
def test_who_is_here_next_is_who_was_here_and_came_less_who_went(drawn, period):
    base = read(*drawn)
    assume(base.last - int(base.spans.start.min()) >= 95)  # thirty days of grace, and a whole month in what is left
    _, _, counts = counted(base, period=period)
    rows = whole(counts)
    came, went = rows["n_won"] + rows["n_returned"], rows["n_lost"] + rows["n_lost_within"] + rows["n_pending"]
    assert (rows["n"] + came - went).iloc[:-1].tolist() == rows["n"].iloc[1:].tolist()
    frame = wb.lost_report(base, period=period).periods
    following = frame["n"] * (1 - frame["net_lost"].fillna(0)) + frame["n_won"]
    kept = (frame["n"] > 0).to_numpy()[:-1]
    np.testing.assert_allclose(following.iloc[:-1][kept], frame["n"].iloc[1:][kept], atol=1e-9)


@FEW
@given(company())
def test_groups_add_up_to_all_in_customers_and_money(drawn):
    base = read(*drawn)
    assume(has_period(base))
    one, other = counted(base)[2], counted(base, "manager")[2]
    pd.testing.assert_frame_equal(whole(one), whole(other))
    for money in ("money_lost", "money_lost_within"):
        sums = [frame.groupby("start")[money].sum(min_count=1).fillna(0) for frame in (one, other)]
        pd.testing.assert_series_equal(*sums)


@FEW
@given(company())
def test_a_long_period_is_what_its_short_ones_are_together(drawn):
    base = read(*drawn)
    assume(has_period(base))
    (_, long, of_long), (_, short, of_short) = counted(base, period="30D"), counted(base, period="10D")
    rows = whole(of_short).reset_index(drop=True)[-3 * long.n :]
    assert short.edges[-3 * long.n - 1 :: 3].tolist() == long.edges.tolist()
    added = rows.assign(lost=rows["n_lost"] + rows["n_lost_within"]).groupby(np.arange(len(rows)) // 3)
    wanted = whole(of_long).reset_index(drop=True)
    assert added["lost"].sum().tolist() == (wanted["n_lost"] + wanted["n_lost_within"]).tolist()
    for name in ("n_won", "n_returned", "n_pending"):
        assert added[name].sum().tolist() == wanted[name].tolist()
    assert added["n"].first().tolist() == wanted["n"].tolist()


@FEW
@given(company())
def test_cohorts_agree_with_loops_and_their_diagonals_with_the_report(drawn):
    base = read(*drawn)
    assume(has_period(base))
    stays, periods, counts = counted(base)
    cohorts = cohorts_of(stays, periods)
    wanted = losses_by_hand.still_here(lives_by_hand(drawn[0]), periods.edges.tolist())
    starts = periods.edges.astype("datetime64[D]").astype("datetime64[ns]").tolist()
    known = cohorts[cohorts["cohort"].notna() & (cohorts["periods_since"] > 0)]
    found = {
        (starts.index(row.cohort.value), starts.index(row.start.value)): row.n for row in known.itertuples(index=False)
    }
    assert found == wanted
    here = cohorts[(cohorts["periods_since"] > 0) | cohorts["cohort"].isna()].groupby("start")["n"].sum()
    rows = whole(counts)
    assert here.iloc[:-1].tolist() == rows["n"].tolist()
    came = cohorts[cohorts["cohort"].notna() & (cohorts["periods_since"] == 0)]["n"]
    assert came.tolist() == (rows["n_won"] + rows["n_returned"]).tolist()
    assert cohorts["share"].dropna().between(0, 1).all()


@FEW
@given(company())
def test_money_before_a_loss_agrees_with_a_loop(drawn):
    rows, _ = drawn
    base = read(*drawn)
    stays = stays_of(base)
    lives = [(who, life) for who, each in by_hand.lives(rows, UNTIL, 30).items() for life in each]
    found = dict(zip(zip(base.ids[stays.customer], stays.number, strict=True), stays.money, strict=True))
    for who in {who for who, _ in lives}:
        for number, life in enumerate([life for other, life in lives if other == who], 1):
            own = [
                (start, UNTIL if end is None else min(end, UNTIL), margin)
                for other, start, end, margin in rows
                if other == who and start <= UNTIL
            ]
            wanted = losses_by_hand.money_before(own, life[0], life[1])
            assert found[who, number] == pytest.approx(np.nan if wanted is None else wanted, nan_ok=True)


LOG = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 300)), min_size=2, max_size=14, unique=True)


@FEW
@given(LOG)
def test_buyers_agree_with_loops(rows):
    assume(min(day for _, day in rows) < 200)
    zero = int(np.datetime64(by_hand.FIRST_DAY, "D").astype(int))
    log = pd.DataFrame({"customer_id": [who for who, _ in rows], "date": [by_hand.on(day) for _, day in rows]})
    log = log.assign(date=log["date"].astype("datetime64[ns]"), amount=[float(day + 1) for _, day in rows])
    stays, periods, counts = counted(wb.read_purchases(log, until=by_hand.on(UNTIL), lost=40))
    lives = {
        (who, life[3]): life
        for who in {who for who, _ in rows}
        for life in losses_by_hand.lives_of_buyer(
            sorted(day + zero for each, day in rows if each == who), 40, UNTIL + zero
        )
    }
    wanted = losses_by_hand.counts([life[:4] for life in lives.values()], periods.edges.tolist())
    pd.testing.assert_frame_equal(whole(counts).reset_index(drop=True), pd.DataFrame(wanted)[list(COUNTS)])
    for who, number, money in zip(stays.ids[stays.customer], stays.number, stays.money, strict=True):
        days = lives[who, number][4]
        assert money == sum(day - zero + 1 for day in days if day > days[-1] - 365)


BUYERS = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 300), st.integers(1, 90)), min_size=4, max_size=25)


@FEW
@given(BUYERS, st.sampled_from(["7D", "30D", "M"]))
def test_the_report_of_a_shop_adds_up(rows, period):
    """Customers from period to period, groups to all in customers and money, cohorts to periods."""
    days = pd.Timestamp(by_hand.FIRST_DAY) + pd.to_timedelta([day for _, day, _ in rows], unit="D")
    log = pd.DataFrame({"customer_id": [who for who, *_ in rows], "date": days, "amount": [float(a) for *_, a in rows]})
    assume(log["date"].min() < pd.Timestamp(by_hand.on(200)))
    known = pd.DataFrame({"customer_id": range(1, 7), "channel": ["web", "shop", "web", None, "shop", "web"]})
    base = wb.read_purchases(log, until=by_hand.on(UNTIL), lost=40, customers=known)
    first = str(log["date"].min().date())
    one, other = (wb.lost_report(base, by=by, period=period, since=first) for by in (None, "channel"))
    frame = one.periods.reset_index(drop=True)
    came, went = frame["n_won"] + frame["n_returned"], frame["n_lost"] + frame["n_lost_within"]
    assert (frame["n"] + came - went).iloc[:-1].tolist() == frame["n"].iloc[1:].tolist()
    summed = other.frame.groupby("start")[["n", "n_lost", "n_lost_within", "n_won", "n_returned"]].sum()
    pd.testing.assert_frame_equal(summed.reset_index(drop=True), frame[summed.columns])
    money = other.frame.groupby("start")[["money_lost", "money_lost_within"]].sum().reset_index(drop=True)
    pd.testing.assert_frame_equal(money, frame[money.columns].fillna(0.0))
    cohorts = one.cohorts()
    here = cohorts[(cohorts["periods_since"] > 0) | cohorts["cohort"].isna()].groupby("start")["n"].sum()
    assert here[here.index.isin(frame["start"])].tolist() == frame.loc[frame["start"].isin(here.index), "n"].tolist()
    assert (one.frame["n_lost"] <= one.frame["n"]).all()


def test_a_customer_counts_where_they_belonged_at_the_start_of_the_period():
    table = pd.DataFrame(
        {
            "customer_id": [1, 1, 2],
            "start": ["2023-01-01", "2024-02-10", "2023-01-01"],
            "end": ["2024-02-09", "2024-02-25", None],
            "manager": ["ann", "bob", "bob"],
        }
    )
    base = wb.read_contracts(table, until="2024-04-30")
    frame = wb.lost_report(base, by="manager").to_frame().set_index(["start", "group"])
    assert frame.loc[("2024-02-01", "ann"), "n_lost"] == 1
    assert frame.loc[("2024-02-01", "bob"), "n_lost"] == 0
    assert frame.loc[("2024-03-01",), "n"].tolist() == [0, 1]
