"""The plan keeps every limit, whoever is on the list and whatever the playbook says; and says who is left out."""

import datetime
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from lists_to_plan import OFFERS, ONE_LETTER, REASONS, START, list_of, people_of
from schedules import keeps_limit
from trials import random_values
from valid_calls import measured

import winback as wb
from winback.outreach import Cause, Channel, Playbook, Remedy, Rule, Step, outreach_plan
from winback.outreach.dates import short_day
from winback.outreach.matching import first_that_fits
from winback.policies import list_day, may_get
from winback.tables import TableError

NAMES = ("call", "letter", "visit")


@st.composite
def steps(draw):
    n = draw(st.integers(1, 4))
    made = [
        Step(
            draw(st.sampled_from(NAMES)),
            after_days=draw(st.integers(0, 12)),
            after=draw(st.sampled_from([None, *(f"s{each}" for each in range(place))])) if place else None,
            name=f"s{place}",
            brings_offer=draw(st.booleans()),
            cost=draw(st.sampled_from([None, 0.25])),
        )
        for place in range(n)
    ]
    waits = draw(st.sampled_from([None, 0, 70]))
    return (replace(made[0], after_leaving_days=waits, after_days=0 if waits else made[0].after_days), *made[1:])


@st.composite
def playbooks(draw):
    per_day, agents = st.sampled_from([1, 2, None]), {"call": ("Ann", "Ben"), "letter": (), "visit": ("Ben", "Eve")}
    channels = tuple(
        Channel(name, draw(st.sampled_from([0.0, 1.1, 4.0])), draw(per_day), draw(st.booleans()), agents[name])
        for name in NAMES
    )
    asked = st.sampled_from([None, ("price",), ("service",)])
    months = st.sampled_from([None, (0, 2), (2, 12)])
    rules = [
        Rule(f"r{place}", draw(steps()), draw(asked), draw(months), within_days=draw(st.integers(0, 70)))
        for place in range(draw(st.integers(1, 3)))
    ]
    rules = [rule for rule in rules if not rule.is_for_all] + [rule for rule in rules if rule.is_for_all][:1]
    mended = START.date() + datetime.timedelta(days=draw(st.integers(-90, 20)))
    causes = [(), (Cause("price", stands=True),), (Cause("price", remedied_on=mended, told="T."),)]
    try:
        return Playbook(
            channels,
            tuple(rules),
            (Remedy("a gift", draw(asked), cost=3.3),),
            draw(st.sampled_from(causes)),
            contacts_a_month=draw(st.integers(1, 4)),
            quiet_weekdays=draw(st.sampled_from([(), ("Sunday",), ("Saturday", "Sunday")])),
            quiet_days=draw(st.sampled_from([(), ("02-29", datetime.date(2024, 2, 13))])),
        )
    except ValueError:  # a chain that is longer than its days
        reject()


@st.composite
def people(draw):
    n = draw(st.integers(1, 10))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    left = START - pd.to_timedelta(rng.integers(0, 200, n), unit="D")
    consent = {f"consent_{name}": rng.random(n) < 0.8 for name in rng.choice(NAMES, rng.integers(0, 4), replace=False)}
    offer = rng.choice(["call", "gift", "none"], n, p=[0.4, 0.5, 0.1])
    away = (START - left).days / (365.25 / 12)
    offer = np.where((offer == "call") & (away > 6), "gift", offer)  # as the list leaves them out
    return people_of(n, offer=offer, reason=rng.choice(REASONS, n), left_on=left, months_away=away, **consent)


@st.composite
def plans_before(draw):
    n = draw(st.integers(0, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    days = START + pd.to_timedelta(rng.integers(-35, 30, n), unit="D")
    before = pd.DataFrame({"customer_id": rng.integers(1, 12, n), "date": days, "channel": rng.choice(NAMES, n)})
    return before.assign(offer=rng.choice(["gift", "none"], n, p=[0.2, 0.8]))


@settings(max_examples=30, deadline=None)
@given(playbooks(), people(), plans_before(), st.sampled_from([(), (2, 3)]), st.booleans())
def test_a_plan_keeps_every_limit(playbook, people, before, back, despite):
    made = {"already": before, "back": back, "despite_causes": despite}
    plan = outreach_plan(list_of(people, playbook), start=START.date(), **made)
    frame, known = plan.to_frame(), people.set_index("customer_id")
    assert plan.customers["customer_id"].tolist() == people["customer_id"].tolist()
    for channel in playbook.channels:
        keeps_limits_of(channel, frame[frame["channel"] == channel.name], playbook, before)
    for customer, own in frame.groupby("customer_id"):
        keeps_own_limits(own, known.loc[customer], playbook, despite)
        keeps_customers_limit(own["date"], before.loc[before["customer_id"] == customer, "date"], playbook)
        assert customer not in back
        assert not before.loc[before["customer_id"] == customer, "offer"].eq("gift").any()
    assert sum(n for _, n, _ in plan.left_out) + len(plan.reached) == (people["offer"] != "none").sum()
    lost = sum(money for *_, money in plan.left_out)
    assert lost + plan.reached["expected_profit"].sum() == pytest.approx(plan.listed.frame["expected_profit"].sum())


def keeps_limits_of(channel, contacts, playbook, before):
    own = contacts["date"]
    taken = before.loc[before["channel"] == channel.name, "date"]
    if channel.per_day is not None:
        for day, n in own.value_counts().items():
            assert n + (taken == day).sum() <= channel.per_day
    if not channel.on_quiet_days:
        assert not own.dt.day_name().isin(playbook.quiet_weekdays).any()
        assert not playbook.quiet_days or not own.isin(pd.to_datetime(["2024-02-29", "2024-02-13"])).any()
    assert contacts["agent"].isin(channel.agents or ("",)).all()


def keeps_customers_limit(own, before, playbook):
    days = [*own, *before]
    assert own.is_unique
    assert not own.isin(before).any()
    for each in own:
        rest = np.array([other for other in days if other != each], "datetime64[D]")
        assert keeps_limit(rest, np.datetime64(each, "D"), playbook.contacts_a_month)


def first_possible(person, playbook, chain, despite):
    """Return the day from which this customer's chain may be made."""
    days = [START]
    for cause in playbook.causes:
        if cause.reason == person["reason"]:
            assert despite or not cause.stands
            mended = pd.Timestamp(cause.remedied_on or START)
            days += [mended] if person["left_on"] < mended and not despite else []
    waited = chain.steps[0].after_leaving_days
    return max([*days, person["left_on"] + pd.Timedelta(days=waited)] if waited else days)


def bringing_of(chain):
    """Return the places of the steps that bring the offer: all of a chain that names none."""
    return [place for place, step in enumerate(chain.steps) if step.brings_offer] or range(len(chain.steps))


def needed_of(chain):
    """Return the places of the steps that must be made, up to the offer: none of a chain that names no such step."""
    return range(bringing_of(chain)[0] + 1) if any(step.brings_offer for step in chain.steps) else ()


def rule_of(alone, person, playbook):
    """Return the first rule that fits a customer who agreed to all it needs, and its chain."""
    for rule, chain in zip(playbook.rules, playbook.chains, strict=True):
        agreed = [person.get(f"consent_{step.channel}", True) for step in chain.steps]
        needed = needed_of(chain)
        if first_that_fits([rule], alone)[0] == 0 and (all(agreed[k] for k in needed) if needed else any(agreed)):
            return rule, chain
    return None


def keeps_own_limits(own, person, playbook, despite):
    """Hold one customer's contacts against the rule that is theirs, step by step."""
    alone = person.to_frame().T.infer_objects()
    rule, chain = rule_of(alone, person, playbook)
    own = own.set_index("step").sort_index()
    ready = first_possible(person, playbook, chain, despite)
    last = ready + pd.Timedelta(days=rule.within_days)
    may_get = person["left_on"] + pd.Timedelta(days=6 * 365.25 / 12) if person["offer"] == "call" else last
    its_end = person["left_on"] + pd.Timedelta(days=rule.months_away[1] * 365.25 / 12) if rule.months_away else None
    day = {place: own["date"].get(place + 1) for place in range(len(chain.steps))}
    for place in [place for place in day if day[place] is not None]:
        step, before_it = chain.steps[place], chain.follows[place]
        counts_from = ready if before_it < 0 else day[before_it]
        assert own["channel"][place + 1] == step.channel
        assert person.get(f"consent_{step.channel}", True)
        assert day[place] <= own["deadline"][place + 1] <= last
        assert counts_from is None or day[place] >= counts_from + pd.Timedelta(days=step.after_days)
        assert day[place] >= ready
        assert not step.brings_offer or day[place] <= may_get
        assert its_end is None or place not in bringing_of(chain) or day[place] < its_end
    assert any(day[place] is not None for place in bringing_of(chain))
    assert all(day[place] is not None for place in needed_of(chain))  # what announces the offer is made before it
    if all(each is not None for each in day.values()):
        due = 2.0 if person["offer"] == "call" else 0.0  # the offer itself, paid on contact
        assert own["cost"].sum() == pytest.approx(playbook.contact_costs(alone)[0] + due)


def test_what_happens_on_monday_by_hand():
    channels = (Channel("call", 4.0, per_day=2, agents=("Ann", "Ben")), Channel("letter", 1.5))
    chain = (
        Step("call", message="Call.", brings_offer=True),
        Step("letter", 7, message="Write.", stop_if="they declined"),
    )
    book = Playbook(channels, (Rule("call, then write", chain, why="Soon.", source="practice"),),
                    (Remedy("a workshop", ("service",), cost=10.0),), quiet_weekdays=("Sunday",))  # fmt: skip
    people = people_of(5, reason=["service", "price", "price", "price", "price"], offer=["gift"] * 4 + ["none"])
    plan = outreach_plan(list_of(people, book), start="2024-02-12")
    frame = plan.to_frame()
    assert frame["customer_id"].tolist() == [1, 2, 3, 4, 1, 2, 3, 4]
    assert (
        frame["date"].dt.strftime("%a %d").tolist() == ["Mon 12"] * 2 + ["Tue 13"] * 2 + ["Mon 19"] * 2 + ["Tue 20"] * 2
    )
    assert frame["agent"].tolist() == ["Ann", "Ben", "Ann", "Ben", "", "", "", ""]
    assert frame["cost"].tolist() == [14.0, 4.0, 4.0, 4.0, 1.5, 1.5, 1.5, 1.5]
    assert frame["message"].tolist()[0] == "Call. Offer: gift. With it: a workshop."
    assert frame["message"].tolist()[4] == "Write. Not if they declined."
    assert frame["deadline"].eq(pd.Timestamp("2024-03-13")).all()
    assert frame["name"].tolist()[:2] == ["n0", "n1"]
    assert frame["source"].eq("practice").all()
    assert frame["why"].eq("Soon.").all()
    assert plan.cost == book.contact_costs(people).sum() == 32.0
    assert plan.expected_profit[0] == 5 + 4 + 3 + 2
    week = plan.calendar("week")
    assert week["planned"].tolist() == [4, 0, 0, 4]
    assert week.loc[week["channel"] == "call", "capacity"].tolist() == [
        12.0,
        4.0,
    ]  # Sunday is quiet; Tuesday is the last
    text = plan.describe()
    assert len(text.splitlines()) == 3
    first = "Monday 12 February 2024: make 2 calls"
    assert text.splitlines()[0] == f"{first}; in all 8 contacts with 4 customers until 20 February 2024."
    assert plan.what_to_do().startswith(f"{first} with the offer gift (Ann 1 and Ben 1). ")
    rest = "2 calls (13 February) and 4 letters (19 to 20 February)."
    assert plan.what_to_do().endswith(f", then make the contacts of that day: {rest}")
    assert "Calls and letters $22.00; a workshop for 1 customer $10.00, together $32.00" in text
    assert text.endswith("The trial tested the offers, not this sequence of call and letter.")
    assert "1 customer is held back at random, to compare with: do not contact them." in plan.not_contacted()
    assert list(plan.for_whoever_pays()) == ["Do not contact", "Cost", "Earns", "Decide"]
    unknown = "Not known: who asked not to be contacted; strike them out before anything is sent."
    assert plan.for_whoever_pays()["Do not contact"] == f"{unknown} 1 held back at random."
    assert plan.for_whoever_pays(sheets=True)["Do not contact"].endswith(" 1 held back at random (sheet 'kept back').")


def test_who_is_left_out_is_counted_once_with_the_money_they_were_to_bring():
    channels = (Channel("call", 4.0, per_day=1), Channel("letter", 1.5))
    book = Playbook(
        channels,
        (Rule("call", (Step("call", brings_offer=True),), reasons=("price", "service"), within_days=1),),
        causes=(Cause("service", stands=True),),
    )
    people = people_of(
        9,
        reason=["price", "service", "other", "price", "price", "price", "price", "price", "service"],
        offer=["gift"] * 7 + ["call", "gift"],
        left_on=[START - pd.Timedelta(days=days) for days in (61, 61, 61, 61, 61, 61, 61, 200, 61)],
        consent_call=[True, True, True, False, None, True, True, True, True],
    )
    plan = outreach_plan(list_of(people, book), start=START.date(), back=[9])
    assert plan.reached["customer_id"].tolist() == [1, 6]
    assert plan.left_out == (
        ("are back already", 1, 1.0),
        ("left for a cause that stands", 1, 8.0),
        ("are under no rule of the playbook", 1, 7.0),
        ("do not consent to the channels by which their offer is made", 1, 6.0),
        ("are not known to consent to the channels by which their offer is made", 1, 5.0),
        ("cannot be made their offer in time on any day", 1, 2.0),
        ("find no room in their channels in time", 1, 3.0),
    )
    assert plan.full == ("call",)
    assert "1 more, expected to earn $3.00, find no room" in plan.describe()
    assert "1 left for a cause that stands" in plan.details()
    despite = outreach_plan(list_of(people, book), start=START.date(), despite_causes=True)
    assert despite.reached["customer_id"].tolist() == [1, 2]
    assert despite.n_despite == 1
    assert "1 customer is contacted though" in despite.details()


def test_a_visit_that_has_no_room_is_not_announced():
    channels = (Channel("letter", 1.0, per_day=2), Channel("visit", 40.0, per_day=1))
    chain = (Step("letter", message="Announce."), Step("visit", 5, brings_offer=True))
    book = Playbook(channels, (Rule("visit", chain, within_days=6),))
    plan = outreach_plan(list_of(people_of(4), book), start=START.date())
    assert plan.reached["customer_id"].tolist() == [1, 2]
    assert sorted(plan.frame["customer_id"]) == [1, 1, 2, 2]


@pytest.mark.parametrize("start", ["2024-02-27", "2024-12-30"])
def test_a_call_that_is_for_the_first_month_is_not_made_later_and_its_reminder_may_be(start):
    """They left 28 to 31 days ago, and a month ends 30.4 days after leaving."""
    chain = (Step("call", brings_offer=True), Step("letter", 7))
    rules = (Rule("soon", chain, months_away=(0, 1)), Rule("write", (Step("letter", brings_offer=True),)))
    book = Playbook((Channel("call", 4.0, per_day=1), Channel("letter", 1.5)), rules)
    left = pd.Timestamp(start) - pd.to_timedelta([28, 28, 28, 28, 30, 31], unit="D")
    people = people_of(6, left_on=left, months_away=(pd.Timestamp(start) - left).days / (365.25 / 12))
    plan = outreach_plan(list_of(people, book), start=start)
    days = (plan.frame["date"] - pd.Timestamp(start)).dt.days
    found = pd.Series(days.to_numpy(), [plan.frame["customer_id"], plan.frame["channel"]]).to_dict()
    calls, reminders = (
        {(place + 1, by): place + after for place in range(3)} for by, after in (("call", 0), ("letter", 7))
    )
    assert found == {**calls, **reminders, (6, "letter"): 0}
    assert plan.left_out == (("find no room in their channels in time", 2, 3.0 + 2.0),)


def test_whose_months_away_alone_are_known_may_be_called_on_the_first_day_if_the_rule_fits():
    book = Playbook((Channel("call"),), (Rule("soon", (Step("call", brings_offer=True),), months_away=(0, 2)),))
    people = people_of(3, months_away=[1.99, 0.3, 2.0]).drop(columns="left_on")  # 1.99 months are 61 days, rounded
    plan = outreach_plan(list_of(people, book), start=START.date())
    assert plan.frame["customer_id"].tolist() == [1, 2]
    assert plan.frame["date"].eq(START).all()


def test_those_who_left_before_the_mending_are_told_or_wait_for_it():
    mended, soon = datetime.date(2024, 1, 15), datetime.date(2024, 2, 20)
    causes = (
        Cause("price", remedied_on=mended, told="Cheaper now."),
        Cause("service", remedied_on=soon, told="Better now."),
    )
    book = replace(ONE_LETTER, causes=causes)
    left = pd.to_datetime(["2023-12-01", "2024-01-31", "2024-01-31"])
    people = people_of(3, reason=["price", "price", "service"], left_on=left, months_away=(START - left).days / 30.4375)
    frame = outreach_plan(list_of(people, book), start=START.date()).to_frame().sort_values("customer_id")
    assert frame["message"].tolist() == ["Cheaper now. Offer: gift.", "Offer: gift.", "Better now. Offer: gift."]
    assert frame["date"].dt.day.tolist() == [12, 12, 20]


def test_contacts_are_shared_evenly_and_a_customer_keeps_one_agent():
    channels = (Channel("call", 4.0, per_day=7, agents=("Ann", "Ben", "Eve")),)
    book = Playbook(
        channels,
        (
            Rule(
                "call",
                (Step("call", brings_offer=True), Step("call", 3)),
            ),
        ),
    )
    frame = outreach_plan(list_of(people_of(31), book), start=START.date()).to_frame()
    assert frame.groupby("customer_id")["agent"].nunique().eq(1).all()
    counts = frame["agent"].value_counts()
    assert counts.max() - counts.min() <= 2  # one customer


def test_what_cannot_be_planned_is_refused_with_the_remedy():
    people = people_of(3)
    listed = list_of(people, ONE_LETTER)
    dear = replace(ONE_LETTER, channels=(Channel("letter", cost=9.0),))
    with pytest.raises(
        ValueError, match=r"contacts at \$1.50 each as Playbook says, not contacts at \$9.00 each .*over"
    ):
        outreach_plan(listed, playbook=dear, start=START.date())
    bare = replace(listed, value=replace(listed.value, trial=listed.value.trial.over(contact_costs=None)))
    with pytest.raises(ValueError, match=r"Learn it from trial.over\(contact_costs=playbook\)"):
        outreach_plan(bare, start=START.date())
    slow = replace(ONE_LETTER, contacts_a_month=1)
    assert len(outreach_plan(listed, playbook=slow, start=START.date()).frame) == 3
    with pytest.raises(ValueError, match=r"start \(2024-02-11\) is before the day of the list, 2024-02-12"):
        outreach_plan(listed, start="2024-02-11")
    with pytest.raises(ValueError, match=r"start must be a date"):
        outreach_plan(listed, start="soon")
    twice = replace(listed, frame=listed.frame.assign(customer_id=[1, 2, 1]))
    with pytest.raises(ValueError, match=r"1 of the customers stand on the list more than once \(customer 1\)"):
        outreach_plan(twice, start=START.date())
    with pytest.raises(ValueError, match="customers and keep_back are for a policy"):
        outreach_plan(listed, measured(), start=START.date())
    with pytest.raises(TableError, match="Say who bought again"):
        outreach_plan(listed, start=START.date(), back=pd.DataFrame({"id": [1]}))


def test_nobody_is_contacted_where_all_are_back():
    plan = outreach_plan(list_of(people_of(2), ONE_LETTER), start=START.date(), back=people_of(2))
    assert plan.frame.empty
    assert plan.cost == 0
    assert plan.expected_profit == (0.0, 0.0, 0.0)
    assert plan.describe() == "Nobody is contacted: on the list and not contacted: 2 are back already."
    assert plan.calendar().empty
    assert "Nobody is contacted" in str(plan)


def test_a_policy_lists_whom_it_is_asked_about():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    trial = study.trial.over(contact_costs=wb.load_playbook())
    policy = wb.learn_policy(trial, by="reason", splits=wb.Splits(folds=3, repeats=1))
    plan = wb.outreach_plan(policy, study.new_leavers, start="2016-01-04", keep_back=0.2, rng=3)
    listed = policy.contact_list(study.new_leavers, keep_back=0.2, asof="2016-01-04", rng=3)
    assert plan.customers["customer_id"].tolist() == listed.frame["customer_id"].tolist()
    total, low, high = plan.expected_profit
    assert low < total < high
    shown = plan.first(2).frame
    kinds = shown.groupby(["Channel", "Who", "What is said"]).size()
    assert (kinds <= 2).all()
    assert 1 < len(kinds) <= 6
    offers = shown["Offer"].str.removesuffix(", with a later contact")
    assert set(offers) <= set(trial.arms)
    assert ((offers != shown["Offer"]) == (shown["What is said"] == "Announce the visit.")).all()
    in_order = pd.to_datetime(plan.frame["date"]).map(short_day).tolist()
    assert [in_order.index(day) for day in shown["Day"]] == sorted(in_order.index(day) for day in shown["Day"])
    assert len(plan.table()) == len(kinds)


@pytest.mark.parametrize("today", [datetime.date(2024, 2, 1), datetime.date(2031, 1, 1)])
def test_the_same_tables_give_the_same_plan_on_any_day(monkeypatch, today):
    """Only the days of leaving, and of an offer written down, are known: both are counted to the first day."""

    class Today(datetime.date):
        today = staticmethod(lambda: today)

    for module in (list_day, may_get):
        monkeypatch.setattr(module, "datetime", SimpleNamespace(date=Today))
    table = random_values(np.random.default_rng(2), 600, gift=0.6, none=0.1)
    table["months_away"] = np.tile(np.linspace(1, 12, 40), 30)
    offer = wb.Offer(name="gift", amount=1.0, paid="on_acceptance", wait_months=1.1)
    trial = wb.read_trial(table, [offer]).over(contact_costs=ONE_LETTER)
    policy = wb.learn_policy(trial, splits=wb.Splits(folds=3, repeats=1))
    left = START - pd.to_timedelta(np.arange(30, 630, 10), unit="D")
    people = pd.DataFrame({"customer_id": np.arange(9001, 9061), "left_on": left, "offered_on": None})
    people.loc[:9, "offered_on"] = "2024-01-12"  # a month before
    plan = outreach_plan(policy, people, start=START.date(), keep_back=0.2)
    away = ((START - left).days / (365.25 / 12)).to_numpy()
    same = people.drop(columns=["left_on", "offered_on"]).assign(months_away=away)[10:]
    listed = policy.contact_list(same, keep_back=0.2).frame
    pd.testing.assert_frame_equal(plan.listed.frame.drop(columns=plan.listed.frame.columns[7:]), listed)
    assert 10 < len(plan.reached) < (away < 13).sum()


def test_who_is_away_on_the_first_day_for_longer_than_anybody_in_the_trial_is_left_out_and_counted():
    left = START - pd.to_timedelta([61, 400, 30], unit="D")
    listed = list_of(people_of(3, left_on=left, months_away=(START - left).days / (365.25 / 12)), ONE_LETTER)
    longest = int((measured()["months_away"].max() + 1) * 365.25 / 12)
    for first in (START, left[1] + pd.Timedelta(days=longest), left[0] + pd.Timedelta(days=longest)):
        found = outreach_plan(listed, start=max(first, START).date())
        too_long = ((max(first, START) - left).days > longest).sum()
        assert len(found.reached) == 3 - too_long
        assert [n for words, n, _ in found.left_out if "for longer than anybody in the trial was" in words] == (
            [too_long] if too_long else []
        )
    assert str(outreach_plan(listed, start="2034-01-02").describe()).startswith("Nobody is contacted: on the list")


@pytest.mark.parametrize("days", [-3, 0, 3, 60, 61, 400])
@pytest.mark.parametrize("wait", [None, 2.0])
def test_whoever_was_made_an_offer_is_made_the_next_only_once_its_waiting_time_has_passed(days, wait):
    """The first was made one so many days ago, the second only heard from us, the third is in no plan."""
    listed = list_of(people_of(3), ONE_LETTER)
    offers = tuple(replace(offer, wait_months=wait) for offer in OFFERS)
    trial = replace(listed.value.trial, offers=replace(listed.value.trial.offers, offers=offers))
    listed = replace(listed, value=replace(listed.value, trial=trial))
    dates = [START - pd.Timedelta(days=days), START - pd.Timedelta(days=max(days, 0) + 900)]
    before = pd.DataFrame({"customer_id": ["1", "1", "2"], "date": [*dates, dates[0]], "channel": "letter"})
    found = outreach_plan(listed, start=START.date(), already=before.assign(offer=["gift", "gift", "none"]))
    waited = wait is not None and days >= 2 * 365.25 / 12
    assert set(found.frame["customer_id"]) == {2, 3, *([1] if waited else [])}
    assert found.left_out == (() if waited else (("were made an offer in a plan made before", 1, 3.0),))
    on_days = found.frame.set_index("customer_id")["date"]
    assert (on_days[2] > START) == (days == 0)  # the limit of one contact a day counts all that were made


@pytest.mark.parametrize(
    ("steps", "waits_from"),
    [
        ((Step("letter"), Step("letter", 30)), 0),  # the letter makes it, a reminder comes after it
        ((Step("letter"), Step("letter", 30, brings_offer=True)), 30),  # it is announced only
        ((Step("letter", brings_offer=True), Step("letter", 30, brings_offer=True)), 0),  # made, and made again
    ],
)
def test_the_wait_counts_from_the_contact_that_first_makes_the_offer(steps, waits_from):
    playbook = Playbook((Channel("letter", 1.5),), (Rule("all", steps),))
    listed = list_of(people_of(3), playbook)
    offers = tuple(replace(offer, wait_months=2.0) for offer in OFFERS)
    trial = replace(listed.value.trial, offers=replace(listed.value.trial.offers, offers=offers))
    listed = replace(listed, value=replace(listed.value, trial=trial))
    before = outreach_plan(listed, start=START.date())
    for days in (60, 62, 90, 92):
        again = outreach_plan(listed, start=(START + pd.Timedelta(days=days)).date(), already=before)
        assert len(again.reached) == (3 if days - waits_from >= 61 else 0), days
    only_ahead = before.frame[before.frame["step"] == 1]  # what made it was struck out: it counts as made, to be safe
    assert outreach_plan(listed, start=(START + pd.Timedelta(days=60)).date(), already=only_ahead).frame.empty


def test_a_plan_that_is_planned_again_makes_nobody_the_offer_twice():
    listed = list_of(people_of(3), ONE_LETTER)
    plan = outreach_plan(listed, start=START.date())
    one = plan.frame[plan.frame["customer_id"] == 2]
    assert set(outreach_plan(listed, start="2024-02-15", already=one).frame["customer_id"]) == {1, 3}
    assert outreach_plan(listed, start="2024-03-20", already=plan).frame.empty


def test_an_offer_paid_on_contact_is_due_with_the_contact_that_brings_it_and_counted_once_in_the_check():
    steps = (Step("letter"), Step("letter", 7, brings_offer=True), Step("letter", 7, brings_offer=True))
    book = Playbook((Channel("letter", 1.5),), (Rule("all", steps),))
    plan = outreach_plan(list_of(people_of(2, offer=["call", "gift"]), book), start=START.date())
    cost = {who: rows.sort_values("step")["cost"].tolist() for who, rows in plan.frame.groupby("customer_id")}
    assert cost == {1: [1.5, 3.5, 1.5], 2: [1.5, 1.5, 1.5]}  # a call costs 2 bought or not, a gift when they buy
    assert plan.cost == 11.0
    assert plan.for_whoever_pays()["Cost"].startswith("Letters $9.00; offers paid on contact $2.00, together $11.00")
    assert plan.customers["cost"].tolist() == [4.5, 4.5]
    nobody = pd.DataFrame({"customer_id": [1, 2], "returned": False, "value": 0.0})
    spent = plan.check(nobody).frame.set_index(["by", "figure"])["measured"]
    assert spent["all", "cost"] * 2 == plan.cost
