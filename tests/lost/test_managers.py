"""What hangs on employees, and who follows them: by loops, by the study's planted ratios, and coverage."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

import winback as wb
from winback.datasets.telecom import company_assumptions as planted
from winback.doors import ArgumentError
from winback.lost.departures import departures_of, difference_in_differences, rates_around
from winback.lost.served import service_of

TRUTH = {"by one": planted.ALONE_RATIO, "by several": planted.TEAM_RATIO}
MONTHS = planted.MANAGER_DAYS / 30.4375


@pytest.fixture(scope="module")
def found(study):
    return wb.manager_concentration(study.base, months=MONTHS, level=0.99)


def test_ratios_planted_in_the_study_are_found_from_its_tables(found):
    """Of the default draw 99% intervals hold the truth; that of several draws is looked at below."""
    rows = found.departures.set_index("served")
    for served, ratio in TRUTH.items():
        assert rows.loc[served, "ratio_low"] < ratio < rows.loc[served, "ratio_high"]
    assert rows.loc["by one", "ratio_low"] > rows.loc["by several", "ratio_high"]
    assert rows["n_departures"].tolist() == [len(planted.DEPARTURES)] * 2


@pytest.mark.slow
def test_ratios_of_other_draws():
    """Mean log ratio of six draws: within three standard errors of the truth."""
    logs = {served: [] for served in TRUTH}
    errors = {served: [] for served in TRUTH}
    for seed in range(1, 7):
        base = wb.simulate_telecom_study(calibrate=False, rng=seed).base
        rows = wb.manager_concentration(base, months=MONTHS).departures.set_index("served")
        for served in TRUTH:
            logs[served].append(np.log(rows.loc[served, "ratio"]))
            width = np.log(rows.loc[served, "ratio_high"] / rows.loc[served, "ratio_low"])
            errors[served].append(width / 2 / t.ppf(0.975, len(planted.DEPARTURES) - 1))
    for served, ratio in TRUTH.items():
        error = np.sqrt(np.square(errors[served]).sum()) / len(errors[served])
        assert abs(np.mean(logs[served]) - np.log(ratio)) < 3 * error


def test_shares_add_up_and_teams_are_those_of_the_study(found):
    frame, teams = found.frame, found.teams
    assert frame["share"].sum() == pytest.approx(1)
    assert frame.groupby("team")["share_of_team"].sum().tolist() == pytest.approx([1] * planted.N_TEAMS)
    assert len(teams) == planted.N_TEAMS
    assert teams["share"].sum() == pytest.approx(1)
    assert (teams["herfindahl"] >= 1 / teams["n_managers"] - 1e-12).all()
    assert (teams["herfindahl"] <= teams["largest_share"] + 1e-12).all()
    members = frame.groupby("team")["manager"].agg(list)
    assert all(len({(int(name[1:]) - 1) // planted.TEAM_SIZE for name in team}) == 1 for team in members)


def test_values_by_loop(study, found):
    base = study.base
    running = base.contracts[base.contracts["end"].isna()]
    here = running.groupby("customer_id")["margin"].sum()
    served = base.served_by
    now = served[served["to"].isna() & served["customer_id"].isin(here.index)]
    value, n, alone = {}, {}, 0.0
    for who, names in now.groupby("customer_id")["manager"].agg(list).items():
        for name in names:
            value[name] = value.get(name, 0.0) + 12 * here[who] / len(names)
            n[name] = n.get(name, 0) + 1
        alone += 12 * here[who] * (len(names) == 1)
    rows = found.frame.set_index("manager")
    assert rows["n"].to_dict() == n
    np.testing.assert_allclose(rows["value"].loc[list(value)], list(value.values()))
    assert found.value_alone == pytest.approx(alone / sum(value.values()))
    assert found.n_unserved == len(here) - now["customer_id"].nunique()


def company(rng, n=300, n_managers=5):
    """Return contracts, service and one or two departures of a small company, in days from 0 to 1000."""
    start = rng.integers(0, 700, n)
    end = np.minimum(start + rng.integers(20, 600, n), 1001)
    manager = rng.integers(0, n_managers, n)
    rows, gone = [], {0: 400, 1: 640}
    for who in range(n):
        left = gone.get(manager[who], 10**6)
        names = [manager[who]] if who % 3 else [manager[who], (manager[who] + 1) % n_managers]
        for name in names:
            stop = min(end[who], gone.get(name, 10**6)) if name == manager[who] else end[who]
            if stop > start[who]:
                rows.append((who, name, start[who], stop))
        if start[who] < left < end[who]:
            rows.append((who, n_managers, left + 1, end[who]))
    zero = pd.Timestamp("2020-01-01")
    contracts = pd.DataFrame(
        {"customer_id": np.arange(n), "start": zero + pd.to_timedelta(start, unit="D"), "margin": rng.gamma(3, 9, n)}
        | {"end": pd.Series(zero + pd.to_timedelta(end, unit="D")).where(end <= 1000)}
    )
    table = pd.DataFrame(rows, columns=["customer_id", "manager", "from", "to"])
    still = (table["to"] > 1000).to_numpy()
    served = pd.DataFrame(
        {"customer_id": table["customer_id"], "manager": "m" + table["manager"].astype(str)}
        | {"from": zero + pd.to_timedelta(table["from"], unit="D")}
        | {"to": pd.Series(zero + pd.to_timedelta(table["to"], unit="D")).mask(still)}
    )
    events = pd.DataFrame({"customer_id": [0, 1], "event": "manager_left", "amount": np.nan, "manager": ["m0", "m1"]})
    events["date"] = zero + pd.to_timedelta([400, 640], unit="D")
    return wb.read_contracts(contracts, events, served_by=served, until="2022-09-27"), zero


def rates_by_loop(base, name, day, n_days, near):
    """Count losses and customer-days customer by customer and day by day."""
    zero, counts = pd.Timestamp("2020-01-01"), {}
    lives = base.lives.set_index("customer_id")
    number = lambda date: 1000 if pd.isna(date) else (date - zero).days  # noqa: E731
    served = base.served_by.groupby("customer_id")
    of_near = set(base.served_by.loc[base.served_by["manager"].isin(near), "customer_id"])
    for who, rows in served:
        end, ended = number(lives.loc[who, "end"]), bool(lives.loc[who, "ended"])
        columns = zip(rows["manager"], rows["from"], rows["to"], strict=True)
        spans = [(manager, number(since), min(number(until), end)) for manager, since, until in columns]
        done = set()
        for manager, since, until in sorted(spans, key=lambda span: span[1]):
            others = [span for span in spans if span != (manager, since, until)]
            shared = any(min(until, span[2]) > max(since, span[1]) for span in others)
            group = "left" if manager == name else "stayed" if who not in of_near else None
            if group is None:
                continue
            served_as = "by several" if shared else "by one"
            if since < day and until > day - n_days and (group, served_as, False) not in done:
                done.add((group, served_as, False))
                cell = counts.setdefault((served_as, group, False), [0, 0, 0])
                cell[0] += 1
                cell[1] += ended and end == until and until <= day
                cell[2] += sum(1 for moment in range(day - n_days, day) if since <= moment < until)
            if since < day <= until and end > day and (group, served_as, True) not in done:
                done.add((group, served_as, True))
                cell = counts.setdefault((served_as, group, True), [0, 0, 0])
                cell[0] += 1
                cell[1] += ended and end <= day + n_days
                cell[2] += sum(1 for moment in range(day, day + n_days) if moment < end)
    return counts


def test_losses_around_departures_by_loop():
    base, _ = company(np.random.default_rng(3))
    service, left = service_of(base), departures_of(base)
    rates = rates_around(service, left, 90, (int(service.since.min()), base.last))
    zero = np.datetime64("2020-01-01").astype("datetime64[D]").astype(int)
    assert (left - zero).to_dict() == {"m0": 400, "m1": 640}
    for name in left.index:
        wanted = rates_by_loop(base, name, int(left[name] - zero), 90, [name])
        own = rates[rates["manager"] == name].set_index(["served", "group", "after"])
        for key, (n, losses, days) in wanted.items():
            assert own.loc[key, ["n_customers", "losses"]].tolist() == [n, losses]
            assert own.loc[key, "months"] == pytest.approx(days / 30.4375)
        assert own["losses"].sum() == sum(cell[1] for cell in wanted.values())


def cells(losses, months, name="m0"):
    index = {"group": ["left", "left", "stayed", "stayed"], "after": [False, True, False, True]}
    return pd.DataFrame({"manager": name, **index, "losses": losses, "months": months})


def test_one_departure_has_a_closed_form():
    losses, months = np.array([12, 50, 80, 90]), np.array([300.0, 250.0, 4000.0, 3900.0])
    found = difference_in_differences(cells(losses, months), 0.95)
    log = np.log(losses / months) @ [-1, 1, 1, -1]
    error = np.sqrt((1 / losses).sum())
    wanted = np.exp([log, log - 1.959964 * error, log + 1.959964 * error])
    np.testing.assert_allclose(list(found.values()), wanted, rtol=1e-5)


def test_departures_without_a_loss_say_nothing():
    assert np.isnan(difference_in_differences(cells([0, 5, 9, 9], [90.0] * 4), 0.95)["ratio"])
    assert np.isnan(difference_in_differences(cells([5, 5, 9, 9], [90.0, 0.0, 90.0, 90.0]), 0.95)["ratio"])
    apart = pd.concat([cells([0, 5, 5, 0], [90.0] * 4), cells([1, 0, 0, 5], [90.0] * 4, "m1")])
    assert np.isnan(difference_in_differences(apart, 0.95)["ratio"])  # every ratio fits them alike
    both = pd.concat([cells([5, 20, 40, 40], [90.0] * 4), cells([0, 0, 9, 9], [90.0] * 4, "m1")])
    assert difference_in_differences(both, 0.95)["ratio"] == pytest.approx(4)


def test_few_departures_make_for_a_wide_interval():
    """Two departures alike: the error of one, divided by the root of two, times Student's quantile for 1 degree."""
    losses, months = np.array([12, 50, 80, 90]), np.array([300.0, 250.0, 4000.0, 3900.0])
    found = difference_in_differences(pd.concat([cells(losses, months), cells(losses, months, "m1")]), 0.95)
    error = np.sqrt((1 / losses).sum() / 2)
    assert np.log(found["ratio_high"] / found["ratio"]) == pytest.approx(12.7062047 * error, rel=1e-5)
    assert np.log(found["ratio"] / found["ratio_low"]) == pytest.approx(12.7062047 * error, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_intervals_hold_the_true_ratio(spread):
    """Of 200 companies with 12 departures, .95 of the intervals or more hold a mean ratio of 4, within three errors.

    They hold it more often where departures are alike, as an error is never narrowed.
    """
    rng, n_draws, held = np.random.default_rng(7), 200, 0
    months = np.array([700.0, 610.0, 26000.0, 24000.0])
    for _ in range(n_draws):
        tables = []
        for number in range(12):
            own, trend = rng.uniform(0.8, 1.3), rng.uniform(0.8, 1.2)
            ratio = 4 * np.exp(rng.normal(0, spread) - spread**2 / 2)
            mean = 0.025 * months * [own, own * trend * ratio, 1.0, trend]
            tables.append(cells(rng.poisson(mean), months, f"m{number}"))
        found = difference_in_differences(pd.concat(tables), 0.95)
        held += found["ratio_low"] <= 4 <= found["ratio_high"]
    error = np.sqrt(0.95 * 0.05 / n_draws)
    assert 0.95 - 3 * error < held / n_draws <= 1


def contracts(**more):
    table = {"customer_id": [1, 2, 3], "start": "2023-01-01", "end": None, "margin": [60.0, 20.0, 20.0]}
    return pd.DataFrame({**table, "manager": ["ann", "ann", "bob"], **more})


def test_by_hand_and_in_another_currency():
    one, other = (
        wb.manager_concentration(
            wb.read_contracts(contracts(margin=np.array([60.0, 20.0, 20.0]) * rate), until="2024-12-31"),
            teams={"ann": "north", "bob": "north"},
        )
        for rate in (1.0, 7.25)
    )
    assert one.frame["share"].tolist() == [0.8, 0.2]
    assert one.teams["herfindahl"].tolist() == pytest.approx([0.68])
    assert one.teams["largest_share"].tolist() == [0.8]
    np.testing.assert_allclose(one.frame["share"], other.frame["share"])
    np.testing.assert_allclose(one.frame["value"] * 7.25, other.frame["value"])
    assert "ann, 80.0%" in one.describe()
    assert "cannot be told" in one.describe()
    assert "each customer counts as served by one" in one.details()


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 500), st.sampled_from("xy")), min_size=1, max_size=30),
    st.sampled_from([0.01, 7.25, 1000.0]),
)
def test_laws_of_shares(rows, rate):
    names, margins, teams = (np.array(each) for each in zip(*rows, strict=True))
    table = pd.DataFrame({"customer_id": range(len(rows)), "start": "2023-01-01", "end": None, "manager": names})
    one, other = (
        wb.manager_concentration(
            wb.read_contracts(table.assign(margin=margins * times), until="2024-12-31"),
            teams=dict(zip(names.tolist(), teams.tolist(), strict=True)),
        )
        for times in (1.0, rate)
    )
    assert one.frame["share"].sum() == pytest.approx(1)
    assert one.frame["n"].sum() == len(rows)
    np.testing.assert_allclose(one.frame.groupby("team")["share_of_team"].sum(), 1)
    assert (one.teams["herfindahl"] >= 1 / one.teams["n_managers"] - 1e-12).all()
    assert (one.teams["herfindahl"] <= one.teams["largest_share"] + 1e-12).all()
    shares = (each.frame.set_index("manager")["share"].sort_index() for each in (one, other))
    pd.testing.assert_series_equal(*shares)


def test_one_manager_no_margin_nobody_served():
    alone = wb.manager_concentration(wb.read_contracts(contracts(manager="ann"), until="2024-12-31"))
    assert alone.frame["share"].tolist() == [1.0]
    assert alone.teams["herfindahl"].tolist() == [1.0]
    plain = wb.manager_concentration(wb.read_contracts(contracts().drop(columns="margin"), until="2024-12-31"))
    assert plain.frame["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert "shares are of customers, not of money" in plain.details()
    assert str(plain)
    nobody = wb.manager_concentration(wb.read_contracts(contracts(manager=None), until="2024-12-31"))
    assert "Nobody who is here is served" in nobody.describe()
    assert str(nobody)


def test_what_makes_no_sense_is_refused():
    base = wb.read_contracts(contracts().drop(columns="manager"), until="2024-12-31")
    with pytest.raises(ValueError, match="Nothing tells who serves whom: add a column manager"):
        wb.manager_concentration(base)
    whole = wb.read_contracts(contracts(), until="2024-12-31")
    for months in (0.0, np.inf, -1.0):
        with pytest.raises(ValueError, match="months must be above 0 and at most 120"):
            wb.manager_concentration(whole, months=months)
    with pytest.raises(ArgumentError, match="must be one of read_contracts, which says who serves whom"):
        wb.manager_concentration(wb.load_shop_study().base)


def test_three_sentences(found):
    assert len(found.describe().splitlines()) == 3
    assert "times as often where they were served by one" in found.describe()
    n = found.departures["n_departures"].max()
    assert f"after an employee left ({n} departures), customers left" in found.describe()
    assert len(str(found).splitlines()) <= 12
