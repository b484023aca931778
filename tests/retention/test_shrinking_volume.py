"""Is the alarm of shrinking use judged by what came, and is what was planted found?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from at_risk import FACTORS, base_at_risk, drawn, read

import winback as wb
from winback.doors import ArgumentError
from winback.results import format_money
from winback.retention.alarm_worth import worth_of_alarms
from winback.retention.bands import trend_column
from winback.retention.keeping import Keeping
from winback.retention.person_months import month_starts, months_of


@pytest.fixture(scope="module")
def base():
    return base_at_risk(1_500, rng=4, volumes=True)[0]


@pytest.fixture(scope="module")
def found(base):
    return wb.retention.shrinking_volume(base)


def plainly(base, below, within):
    """Return losses, those caught, leads in days, alarms and false ones, life by life."""
    starts = month_starts(base)
    column = trend_column("trend_volume")
    trend = pd.DataFrame(np.nan, index=range(len(base.all_lives.start)), columns=range(len(starts) - 1))
    for place, known in enumerate(months_of(base, [column], starts)):
        trend.loc[known.life, place] = known.told["trend_volume"]
    lives, found = base.all_lives, {"losses": 0, "caught": 0, "leads": [], "alarms": 0, "false": 0}
    for life in trend.index:
        end = int(np.searchsorted(starts, lives.end[life], side="right")) - 1 if lives.ended[life] else 10**6
        flags = (trend.loc[life] < below).to_numpy()
        if end < len(starts) - 1 and np.isfinite(trend.loc[life, end]):
            found["losses"] += 1
            recent = [place for place in range(max(0, end - within + 1), end + 1) if flags[place]]
            found["caught"] += bool(recent)
            found["leads"] += [lives.end[life] - starts[recent[0]]] if recent else []
        for place in np.flatnonzero(flags & ~np.append(False, flags[:-1])):
            if place + within < len(starts):
                found["alarms"] += 1
                found["false"] += end >= place + within
    return found


def test_figures_are_those_of_plain_loops(base, found):
    wanted = plainly(base, 0.75, 3)
    row = found.chosen
    assert (row["n_losses"], row["n_alarms"]) == (wanted["losses"], wanted["alarms"])
    assert row["caught"] == pytest.approx(wanted["caught"] / wanted["losses"])
    assert row["false"] == pytest.approx(wanted["false"] / wanted["alarms"])
    assert row["lead_months"] == pytest.approx(np.median(wanted["leads"]) / 30.4375)


def test_what_was_planted_is_found(found):
    """Half of those who leave shrink; the alarm sees it from the second whole month before the loss on."""
    row = found.chosen
    assert 0.45 < row["caught"] < 0.60
    assert 0.5 < row["lead_months"] < 2.5
    late, early = np.mean(FACTORS[1:4]), np.mean([FACTORS[4], 1, 1])
    assert late / early < 0.75
    wider = found.frame.set_index("below")
    assert wider["caught"].is_monotonic_increasing
    assert wider["flagged"].is_monotonic_increasing
    said = found.describe().splitlines()
    right, anyway = (f"{100 * share:.1f}%" for share in (1 - row["false"], found.lost_anyway))
    ends = ", ".join(f"{100 * (1 - row[name]):.1f}%" for name in ("false_high", "false_low"))
    assert said[0].startswith("After a fall of volume by over 25% in three months ")
    assert said[0].endswith(f" {right} [{ends}] leave within 3 months, of all customers {anyway}.")
    assert f"{100 * row['caught']:.1f}%" in said[1]
    assert len(said) == 3
    silent = replace(found, frame=found.frame.assign(n_alarms=0))  # of which none could be followed
    assert silent.describe().startswith("A fall of volume by over 25% in three months comes before ")


def test_an_alarm_is_chosen_by_what_a_call_costs_and_prevents(base, found):
    """By plain loops: each loss soon after an alarm brings the margin of the months after it, less what is lost."""
    starts, lives = month_starts(base), base.all_lives
    column, trend = trend_column("trend_volume"), {}
    for place, known in enumerate(months_of(base, [column], starts)):
        trend |= {(life, place): each for life, each in zip(known.life, known.told["trend_volume"], strict=True)}
    gains = dict.fromkeys(found.frame["below"], 0.0)
    for below in gains:
        for (life, place), each in trend.items():
            if each < below and not trend.get((life, place - 1), np.inf) < below and place + 3 < len(starts):
                gains[below] -= 20.0
                end = int(np.searchsorted(starts, lives.end[life], side="right")) - 1 if lives.ended[life] else 10**6
                if end < place + 3:
                    gains[below] += 0.2 * (lives.margin[life] * (24 - (end - place + 1)) - 30.0)
    best = max(gains, key=gains.get)
    said = found.for_a_cost(cost=20.0, share_prevented=0.2, months=24, worth_lost=30.0)
    assert f"the alarm at a fall by over {100 - 100 * best:.0f}% gains most: {format_money(gains[best])} [" in said
    half = worth_of_alarms(found.alarms, found.n, Keeping(20.0, 0.2, 24, worth_lost=30.0), 0.95)
    on_either, on_one = (
        "It is the best of 6 on either half",
        "It is the best of 6, picked on those it is judged by; picked",
    )
    assert (on_either if half.holds else on_one) in said
    assert "none of these alarms pays" in found.for_a_cost(cost=1e6, share_prevented=0.2)
    unknown = replace(found, alarms=found.alarms.assign(margin=np.nan))
    assert unknown.for_a_cost(cost=1, share_prevented=0.2) == ""
    assert (found.table()["Months ahead"].str.len() <= 3).all()


def test_who_is_flagged_now_is_told():
    contracts, events, _ = drawn(400, rng=4, volumes=True)
    now = events["date"] >= "2023-10-01"
    less = events.assign(amount=np.where(now & (events["customer_id"] == 7), 10.0, events["amount"]))
    extra = less[(less["event"] == "volume") & (less["date"] >= "2023-12-01")]
    extra = extra.assign(date=pd.Timestamp("2024-01-28"))
    contracts.loc[7, "end"] = pd.NaT
    found = wb.retention.shrinking_volume(read(contracts, pd.concat([less, extra])))
    if 7 in set(extra["customer_id"]):
        assert found.now["customer_id"].iloc[0] == 7
        assert "flagged now" in found.what_to_do()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"event": "volumes"}, r"There are no amounts of 'volumes'\. Did you mean `volume`\?"),
        ({"event": "complaint"}, "There are no amounts of 'complaint'"),
        ({"below": 1.0}, "below must be a share between 0 and 1"),
        ({"within_months": 0}, "within_months must be from 1 to 24"),
    ],
)
def test_an_alarm_that_makes_no_sense_is_refused(base, how, said):
    with pytest.raises(ValueError, match=said):
        wb.retention.shrinking_volume(base, **how)


def test_amounts_of_too_few_months_tell_no_trend(base):
    contracts, events, _ = drawn(200, rng=4, volumes=True)
    few = events[(events["event"] == "volume") & (events["date"] < "2021-08-01") & (events["date"] > "2021-04-01")]
    with pytest.raises(ValueError, match="in six whole months one after the other"):
        wb.retention.shrinking_volume(read(contracts, few))
    here = contracts.assign(end=pd.NaT)
    with pytest.raises(ValueError, match="Nobody with amounts of 'volume' was lost"):
        wb.retention.shrinking_volume(read(here, events))
    with pytest.raises(ArgumentError, match=r"must be a ContractBase|give what read_contracts returns"):
        wb.retention.shrinking_volume(contracts)
