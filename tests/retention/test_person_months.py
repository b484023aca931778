"""Is what was known at the start of a month all that was known, and nothing more? Against plain loops."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from at_risk import base_at_risk, drawn, read

import winback as wb
from winback.retention.bands import (
    came_back_column,
    own_column,
    season_column,
    since_column,
    tenure_column,
    trend_column,
)
from winback.retention.person_months import History, count_cells, month_starts, months_of, own_table

NAMES = ("tenure", "since_complaint", "trend_volume", "month_of_year", "came_back", "plan")


def columns_for(base):
    named = [tenure_column(), since_column("since_complaint"), trend_column("trend_volume"), season_column()]
    return [*named, came_back_column(), own_column("plan", base.contracts["plan"])]


def messy_base(rng):
    """Return customers with gaps, returns, changes of plan, and events at any time, also after they left."""
    rng = np.random.default_rng(rng)
    n = 60
    start, stay, away = rng.integers(0, 500, n), rng.integers(5, 400, n), rng.choice([1, 12, 31, 90], n)
    first = pd.DataFrame({"customer_id": np.arange(n), "start": start, "end": start + stay})
    second = first.assign(start=start + stay + away, end=start + stay + away + rng.integers(5, 300, n))[: n // 2]
    table = pd.concat([first, second], ignore_index=True)
    table = table.assign(plan=rng.choice(["a", "b"], len(table)), margin=10.0)
    table["end"] = table["end"].where(table["end"] < 700)
    day0 = pd.Timestamp("2022-01-01")
    for name in ("start", "end"):
        table[name] = day0 + pd.to_timedelta(table[name], unit="D")
    events = pd.DataFrame({"customer_id": rng.integers(0, n, 300), "date": rng.integers(0, 730, 300)})
    events = events.assign(event="complaint", amount=np.nan)
    months = pd.date_range("2022-01-31", "2023-12-31", freq="ME")
    used = pd.DataFrame({"customer_id": np.repeat(np.arange(n), len(months)), "date": np.tile(months, n)})
    used = used.assign(event="volume", amount=rng.gamma(4, 5, len(used)))[rng.random(len(used)) < 0.9]
    events["date"] = day0 + pd.to_timedelta(events["date"], unit="D")
    return wb.read_contracts(table, pd.concat([events, used], ignore_index=True), until="2023-12-31")


def plainly(base, day):
    """Return what was known of everybody here on a day, customer by customer."""
    found, lives = [], base.all_lives
    contracts = base.contracts.assign(place=pd.factorize(base.contracts["customer_id"])[0])
    for life in range(len(lives.start)):
        own = base.contracts[base.contracts["customer_id"] == base.ids[lives.customer[life]]]
        here = pd.Timestamp(int(day), unit="D")
        runs = (own["start"] <= here) & (own["end"].isna() | (own["end"] >= here))
        if not lives.start[life] <= day <= lives.end[life] or not runs.any():  # between two contracts nobody is here
            continue
        start, here, who = lives.start[life], np.datetime64(int(day), "D"), lives.customer[life]
        own = base.happened[(base.happened["customer"] == who) & base.happened["day"].between(start, day - 1)]
        complaints = own.loc[own["event"] == "complaint", "day"]
        begin = np.datetime64(int(start), "D").astype(date)
        now = here.astype(date)
        months = 12 * (now.year - begin.year) + now.month - begin.month
        tenure = months - (begin.day > now.day)
        since = np.nan
        if len(complaints):
            last = np.datetime64(int(complaints.max()), "D").astype("datetime64[M]")
            since = float((here.astype("datetime64[M]") - last).astype(int))
        used = own[own["event"] == "volume"]
        by_month = used.groupby(used["day"].to_numpy().astype("datetime64[D]").astype("datetime64[M]"))["amount"].sum()
        late, early = (
            [by_month.get(pd.Timestamp(here.astype("datetime64[M]") - k), np.nan) for k in each]
            for each in ((1, 2, 3), (4, 5, 6))
        )
        rows = contracts[(contracts["place"] == who) & (contracts["start"] <= pd.Timestamp(here))]
        plan = rows.sort_values("start", kind="stable")["plan"].iloc[-1]
        trend = np.sum(late) / np.sum(early)
        found.append((life, tenure, since, trend, now.month, float(lives.number[life] > 1), plan))
    return pd.DataFrame(found, columns=["life", *NAMES])


@pytest.mark.parametrize("rng", [1])
def test_what_is_known_each_month_is_what_plain_loops_find(rng):
    base = messy_base(rng)
    columns, starts = columns_for(base), month_starts(base)
    assert len(starts) > 20
    for known in months_of(base, columns, starts):
        wanted = plainly(base, known.day)
        assert known.life.tolist() == wanted["life"].tolist()
        for name in NAMES[:-1]:
            np.testing.assert_allclose(known.told[name], wanted[name].to_numpy(float), err_msg=name)
        assert columns[-1].values_of(wanted["plan"]).tolist() == known.told["plan"].tolist()
        following = starts[np.searchsorted(starts, known.day) + 1]
        ended = base.all_lives.ended & (base.all_lives.end >= known.day) & (base.all_lives.end < following)
        assert known.left.tolist() == ended[known.life].tolist()


def test_what_comes_later_changes_nothing_that_is_known_before():
    contracts, events, _ = drawn(300, volumes=True)
    base = read(contracts, events)
    starts, columns = month_starts(base), columns_for(base)
    cut = pd.Timestamp(int(starts[20]), unit="D")
    more = events.assign(date=cut + pd.to_timedelta(np.arange(len(events)) % 200, unit="D"), amount=3.0)
    other = read(contracts, pd.concat([events[events["date"] < cut], more], ignore_index=True))
    one, two = (count_cells(months_of(each, columns, starts[:22]), columns) for each in (base, other))
    np.testing.assert_array_equal(one.places, two.places)
    np.testing.assert_array_equal(one.n, two.n)
    then, whole = History(base.as_of(cut - pd.Timedelta(days=1)), columns), History(base, columns)
    known = [each.at(int(starts[20]), None if each is then else int(starts[21])) for each in (then, whole)]
    for name in NAMES:
        np.testing.assert_array_equal(known[0].told[name], known[1].told[name][: len(known[0].life)], err_msg=name)


def test_who_serves_a_customer_is_who_did_when_the_month_began():
    contracts = pd.DataFrame({"customer_id": [1, 2], "start": "2023-01-10", "end": [None] * 2, "manager": "last"})
    served = pd.DataFrame({"customer_id": [1, 1, 2], "manager": ["ann", "bob", "eve"]})
    served = served.assign(**{"from": ["2023-01-10", "2023-04-01", "2023-03-05"], "to": ["2023-02-28", None, None]})
    base = wb.read_contracts(contracts, served_by=served, until="2023-12-31")
    column = own_column("manager", own_table(base, "manager")["value"])
    history, said = History(base, [column]), {}
    for day in ("2023-02-01", "2023-03-01", "2023-04-01", "2023-06-01"):
        places = history.at(int(np.datetime64(day).astype(int))).told["manager"]
        said[day] = [["not known", "ann", "bob", "eve"][place] for place in places]
    assert said == {
        "2023-02-01": ["ann", "not known"],
        "2023-03-01": ["not known", "not known"],
        "2023-04-01": ["bob", "eve"],
        "2023-06-01": ["bob", "eve"],
    }


def test_months_of_customers_and_losses_are_those_simulated():
    base, truth = base_at_risk(500)
    columns = [tenure_column(), since_column("since_complaint")]
    cells = count_cells(months_of(base, columns, month_starts(base)), columns)
    assert cells.n.sum() == len(truth)
    assert cells.lost.sum() == truth["left"].sum()
    places = np.column_stack([columns[0].places(truth["tenure"].to_numpy(float)), columns[1].places(truth["since"])])
    wanted = pd.DataFrame(places).assign(left=truth["left"]).groupby([0, 1])["left"].agg(["size", "sum"])
    found = pd.DataFrame({"n": cells.n, "lost": cells.lost}, index=pd.MultiIndex.from_arrays(cells.places.T))
    np.testing.assert_array_equal(found.sort_index().to_numpy(), wanted.sort_index().to_numpy())


def test_earlier_time_than_the_base_was_watched_is_not_at_risk():
    contracts, events, truth = drawn(300)
    base = wb.read_contracts(contracts, events, until="2024-01-31", since="2022-06-30")
    starts = month_starts(base)
    assert str(np.datetime64(int(starts[0]), "D")) == "2022-07-01"
    cells = count_cells(months_of(base, [tenure_column()], starts), [tenure_column()])
    assert cells.n.sum() == (truth["month"] >= 18).sum()


def test_a_lost_customer_needs_the_grace_period_to_be_one():
    base, _ = base_at_risk(50)
    assert str(np.datetime64(int(month_starts(base)[-1]), "D")) == "2024-01-01"
    assert month_starts(base.as_of("2024-01-29"))[-1] == month_starts(base)[-2]


def test_what_is_known_of_all_goes_before_a_column_of_the_contracts_of_that_name():
    contracts, events, _ = drawn(200)
    base = read(contracts.assign(tenure=99.0), events)
    starts = month_starts(base)
    found = History(base, [tenure_column()]).at(int(starts[9]), int(starts[10]))
    assert found.told["tenure"].max() < 12
