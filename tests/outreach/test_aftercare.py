"""Is each contact after a purchase on the day that a calendar gives by hand, and never one too many?"""

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from purchase_logs import grocery_log, skip_without
from schedules import keeps_limit

import winback as wb
from winback.outreach import Aftercare, Channel, News, Occasion, Playbook, Rule, Step, aftercare_plan

STEPS = (Step("counter"), Step("message", 2), Step("email", 5))  # on the day, 2 and 7 days after it
CARE = Aftercare(STEPS, monthly=Step("email", message="Write."))
CHANNELS = tuple(Channel(name, on_quiet_days=True) for name in ("counter", "message", "email"))


def book_of(care=CARE, channels=CHANNELS, contacts_a_month=31, **more):
    return Playbook(
        channels, (Rule("all", (Step("email"),)),), aftercare=care, contacts_a_month=contacts_a_month, **more
    )


def base_of(purchases, until="2024-12-31", lost=400, **people):
    """Return a base from days by customer; ``people`` are columns of the table of customers."""
    rows = [(customer, day, 10.0) for customer, days in purchases.items() for day in days]
    customers = pd.DataFrame({"customer_id": list(purchases), **people}) if people else None
    log = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return wb.read_purchases(log, until=until, lost=lost, customers=customers)


def dates_of(plan, customer):
    frame = plan.to_frame()
    return frame.loc[frame["customer_id"] == customer, "date"].dt.strftime("%y-%m-%d").tolist()


BY_HAND = {  # of CDNOW's sample, 120 silent days allowed; what follows the day of each purchase
    760: {
        "97-01-31": ["97-02-02", "97-02-07"],
        "97-02-27": ["97-03-01", "97-03-06", "97-03-27"],
        "97-04-05": ["97-04-07", "97-04-12", "97-05-05", "97-06-05", "97-07-05"],
    },
    763: {
        "97-01-31": ["97-02-02", "97-02-07", "97-02-28", "97-03-31", "97-04-30", "97-05-31"],
        "97-12-31": ["98-01-02", "98-01-07", "98-01-31", "98-02-28", "98-03-31"],
    },
    159: {
        "97-01-08": [],
        "97-01-09": ["97-01-11", "97-01-16"],
        "97-01-28": ["97-01-30", "97-02-04", "97-02-28", "97-03-28", "97-04-28", "97-05-28"],
        "97-06-30": ["97-07-02", "97-07-07", "97-07-30", "97-08-30", "97-09-30"],
    },
}


@pytest.mark.parametrize("customer", BY_HAND)
def test_three_customers_of_a_shop_by_hand(customer):
    skip_without("CDNOW_sample.txt")
    log = wb.load_cdnow().purchases
    base = wb.read_purchases(log[log["customer_id"].isin(BY_HAND)], until="1998-06-30", lost=120)
    plan = aftercare_plan(base, book_of(), start="1997-01-01", until="1998-03-31")
    assert dates_of(plan, customer) == [day for bought, after in BY_HAND[customer].items() for day in (bought, *after)]


GROCER_BY_HAND = {  # the same steps; over a year's end, and of 30 December the last day of a leap year's February
    "1004": {
        "06-02-28": ["06-03-02", "06-03-07", "06-03-28"],
        "06-04-07": ["06-04-09", "06-04-14", "06-05-07"],
        "06-05-31": ["06-06-02", "06-06-07", "06-06-30"],
        "06-07-19": ["06-07-21", "06-07-26", "06-08-19", "06-09-19", "06-10-19"],
        "06-11-07": ["06-11-09", "06-11-14", "06-12-07", "07-01-07"],
        "07-01-17": ["07-01-19", "07-01-24", "07-02-17", "07-03-17", "07-04-17", "07-05-17"],  # the 120th silent day
    },
    "1353": {
        "06-03-21": ["06-03-23", "06-03-28", "06-04-21", "06-05-21", "06-06-21"],
        "06-09-23": ["06-09-25", "06-09-30", "06-10-23", "06-11-23", "06-12-23"],
        "07-03-31": ["07-04-02"],
        "07-04-03": ["07-04-05", "07-04-10", "07-05-03", "07-06-03", "07-07-03"],
        "07-09-14": ["07-09-16", "07-09-21", "07-10-14", "07-11-14", "07-12-14"],
    },
    "1433": {
        "06-03-25": ["06-03-27", "06-04-01"],
        "06-04-04": ["06-04-06", "06-04-11", "06-05-04", "06-06-04", "06-07-04"],
        "07-04-26": ["07-04-28", "07-05-03", "07-05-26", "07-06-26", "07-07-26"],
        "07-09-23": ["07-09-25", "07-09-30"],
        "07-10-21": ["07-10-23", "07-10-28", "07-11-21"],
        "07-11-25": ["07-11-27", "07-12-02", "07-12-25"],
        "07-12-30": ["08-01-01", "08-01-06", "08-01-30", "08-02-29", "08-03-30"],
    },
}


@pytest.mark.parametrize("customer", GROCER_BY_HAND)
def test_three_customers_of_a_grocer_by_hand(customer):
    log = grocery_log()
    bought = log[log["customer_id"].isin(GROCER_BY_HAND)].assign(amount=1.0)
    base = wb.read_purchases(bought, until="2007-12-31", lost=120)
    years = [("2006-01-01", "2006-12-31"), ("2007-01-01", "2008-03-31")]  # one plan after the other
    found = [day for a, b in years for day in dates_of(aftercare_plan(base, book_of(), start=a, until=b), customer)]
    assert found == [day for bought, after in GROCER_BY_HAND[customer].items() for day in (bought, *after)]


DAYS = st.dates(datetime.date(2023, 11, 1), datetime.date(2025, 1, 31))
A_DAY = datetime.timedelta(1)


def month_after(bought, number):
    return (pd.Timestamp(bought) + pd.DateOffset(months=number)).date()


def nearest_month(bought, day):
    """Return which month after a purchase begins nearest to a day, of two the later one."""
    return min(range(30), key=lambda number: (abs((month_after(bought, number) - day).days), -number))


def due_by_hand(purchases, occasions, lost, first, last):
    """Return what is due for one customer, counted by the standard library: day and occasion."""
    found = []
    for bought, following in zip(purchases, [*purchases[1:], datetime.date.max], strict=True):
        over = min(bought + (lost + 1) * A_DAY, following)
        months = {number: (month_after(bought, number), None) for number in range(1, 30)}
        for name, days in reversed(occasions.items()):  # so that the first listed, and of its days the first, stays
            for day in sorted(days, reverse=True):
                if (number := nearest_month(bought, day)) in months:
                    months[number] = (day, name)
        steps = [(bought + after * A_DAY, None) for after in (0, 2, 7)]
        found += [each for each in [*steps, *months.values()] if first <= each[0] <= last and each[0] < over]
    return sorted(found, key=lambda each: (each[0], each[1] or ""))


@given(
    st.lists(st.dates(datetime.date(2023, 11, 1), datetime.date(2024, 12, 31)), min_size=1, max_size=4, unique=True),
    st.lists(DAYS, max_size=2, unique=True),
    st.dates(datetime.date(1950, 1, 1), datetime.date(2000, 12, 31)),
    st.integers(0, 300),
    st.integers(0, 200),
)
@settings(max_examples=30, deadline=None)
def test_days_are_those_of_the_standard_library(purchases, fairs, born, begin, length):
    first = datetime.date(2023, 12, 1) + begin * A_DAY
    last, purchases = first + length * A_DAY, sorted(purchases)
    occasions = (
        *(Occasion(f"fair {place}", day) for place, day in enumerate(fairs)),
        Occasion("birthday", column="born"),
    )
    base = base_of({7: purchases}, lost=100, born=[born])
    book = book_of(replace(CARE, occasions=occasions))
    birthdays = [month_after(born, 12 * (year - born.year)) for year in (2023, 2024, 2025)]
    every = {f"fair {place}": [day] for place, day in enumerate(fairs)} | {"birthday": birthdays}
    plan = aftercare_plan(base, book, start=first, until=last)
    expected = due_by_hand(purchases, every, 100, first, last)
    distinct = {day: name for day, name in reversed(expected)}  # two on a day are one, or the second a day later
    found = {day.date(): why for day, why in zip(plan.frame["date"], plan.frame["why"], strict=True)}
    assert set(found) >= set(distinct)
    assert len(found) <= len(expected)
    if len(distinct) == len(expected):
        assert list(found) == sorted(distinct)
        said = [next((name for name in every if name in why), None) for why in found.values()]
        assert said == [distinct[day] for day in found]


def test_months_count_from_the_purchase_across_a_leap_day_and_a_year_end():
    plan = aftercare_plan(base_of({7: ["2023-10-31"]}), book_of(), start="2023-11-08", until="2024-04-30")
    assert dates_of(plan, 7) == ["23-11-30", "23-12-31", "24-01-31", "24-02-29", "24-03-31", "24-04-30"]
    assert plan.frame["why"][0] == "1 month after the purchase of 31 October 2023"
    assert plan.frame["step"].tolist() == [4, 5, 6, 7, 8, 9]


def test_an_occasion_takes_the_place_of_the_contact_nearest_to_it_and_the_first_listed_counts():
    occasions = (Occasion("birthday", column="born"), Occasion("turn of the year", "12-28"))
    base = base_of({7: ["2024-10-10"], 8: ["2024-10-10"]}, born=["1980-02-29", "1970-12-30"])
    plan = aftercare_plan(base, book_of(replace(CARE, occasions=occasions)), start="2024-11-01", until="2025-03-10")
    assert dates_of(plan, 7) == ["24-11-10", "24-12-10", "24-12-28", "25-02-10", "25-02-28"]
    assert dates_of(plan, 8) == ["24-11-10", "24-12-10", "24-12-30", "25-02-10", "25-03-10"]
    frame = plan.to_frame()
    assert frame.loc[frame["date"] == "2025-02-28", ["message", "why"]].to_numpy().tolist() == [
        ["Write. Occasion: birthday.", "for the birthday, bought on 10 October 2024"]
    ]


def test_an_occasion_beyond_the_plan_takes_its_contact_with_it():
    """The contact of 12 December is made on the 24th: once in two plans that follow each other, not twice."""
    book = book_of(replace(CARE, occasions=(Occasion("Christmas", "12-24"),)))
    base = base_of({7: ["2024-09-12"]})
    parts = [("2024-12-01", "2024-12-15"), ("2024-12-16", "2025-01-31")]
    found = [dates_of(aftercare_plan(base, book, start=begin, until=end), 7) for begin, end in parts]
    assert found == [[], ["24-12-24", "25-01-12"]]
    whole = aftercare_plan(base, book, start="2024-12-01", until="2025-01-31")
    assert dates_of(whole, 7) == ["24-12-24", "25-01-12"]


def test_news_is_told_once_with_the_first_contact_of_a_month_after_it():
    news = (News("the spring range", datetime.date(2024, 3, 1)), News("a new shop", datetime.date(2024, 2, 11)))
    book = book_of(replace(CARE, news=news))
    plan = aftercare_plan(base_of({7: ["2024-01-10"]}), book, start="2024-01-10", until="2024-04-30")
    said = ["Write.", "Write. New: a new shop and the spring range.", "Write."]
    assert plan.to_frame()["message"].tolist()[3:] == said
    later = aftercare_plan(base_of({7: ["2024-01-10"]}), book, start="2024-03-05", until="2024-04-30")
    assert later.to_frame()["message"].tolist() == said[1:]


def test_news_of_the_first_days_waits_for_the_first_month_and_that_of_a_late_contact_is_told_with_it_alone():
    """News of 12 January, a step's own day, waits for February; that contact waits for the 13th."""
    news = tuple(
        News(name, datetime.date.fromisoformat(f"2024-{name}")) for name in ("01-12", "02-11", "02-13", "03-10")
    )
    channels = (*CHANNELS[:2], Channel("email"))
    book = book_of(replace(CARE, news=news), channels, quiet_days=("02-10", "02-11", "02-12"))
    plan = aftercare_plan(base_of({7: ["2024-01-10"]}), book, start="2024-01-10", until="2024-04-30")
    assert dates_of(plan, 7)[2:] == ["24-01-17", "24-02-13", "24-03-10", "24-04-10"]
    said = ["", "", "", "Write. New: 01-12, 02-11 and 02-13.", "Write. New: 03-10.", "Write."]
    assert plan.to_frame()["message"].tolist() == said


def test_what_is_due_on_the_day_of_the_next_purchase_or_of_the_loss_is_not_made():
    days = {7: ["2024-03-01", "2024-03-03"], 8: ["2024-02-25", "2024-03-03"], 9: ["2024-02-03", "2024-03-03"]}
    base = base_of(days, until="2024-03-03", lost=60)  # lost on the 61st silent day
    plan = aftercare_plan(base, book_of(), start="2024-03-03", until="2024-06-30")
    for customer in days:
        assert dates_of(plan, customer) == ["24-03-03", "24-03-05", "24-03-10", "24-04-03"], customer
    base = base_of({7: ["2024-03-03"]}, until="2024-03-03", lost=61)
    assert dates_of(aftercare_plan(base, book_of(), start="2024-05-01", until="2024-06-30"), 7) == ["24-05-03"]


def test_an_occasion_near_the_ends_of_a_plan_brings_a_contact_in_or_takes_it_out():
    base = base_of({7: ["2023-12-31"]})

    def planned(occasion, start, until):
        book = book_of(replace(CARE, occasions=(Occasion("fair", datetime.date.fromisoformat(occasion)),)))
        return dates_of(aftercare_plan(base, book, start=start, until=until), 7)

    assert planned("2024-02-10", "2024-02-05", "2024-02-20") == ["24-02-10"]  # that of 31 January
    assert planned("2024-02-10", "2024-01-20", "2024-02-05") == []
    assert planned("2024-03-20", "2024-03-05", "2024-03-25") == ["24-03-20"]  # that of 31 March
    assert planned("2024-03-20", "2024-03-25", "2024-04-10") == []
    base = base_of({7: ["2024-01-03"]})
    assert planned("2024-02-20", "2024-02-15", "2024-02-25") == ["24-02-20"]  # that of 3 March
    assert planned("2024-01-31", "2024-02-01", "2024-02-28") == []


def test_two_due_on_one_day_are_made_one_after_the_other():
    care = Aftercare((Step("email", 20),), monthly=Step("email"), occasions=(Occasion("fair", "01-30"),))
    plan = aftercare_plan(base_of({7: ["2024-01-10"]}), book_of(care), start="2024-01-10", until="2024-03-01")
    assert dates_of(plan, 7) == ["24-01-30", "24-01-31"]
    assert plan.frame["why"].tolist() == [
        "20 days after the purchase of 10 January 2024",
        "for the fair, bought on 10 January 2024",
    ]


def test_a_contact_waits_until_the_day_before_the_next_and_not_longer():
    for quiet, expected in ((range(12, 16), ["24-01-16", "24-01-17"]), (range(12, 17), ["24-01-17"])):
        book = book_of(channels=[Channel(each.name) for each in CHANNELS], quiet_days=[f"01-{day}" for day in quiet])
        plan = aftercare_plan(base_of({7: ["2024-01-10"]}), book, start="2024-01-11", until="2024-02-01")
        assert dates_of(plan, 7) == expected
    book = book_of(channels=[Channel(each.name) for each in CHANNELS], quiet_days=["01-10"])
    plan = aftercare_plan(base_of({7: ["2024-01-10"]}), book, start="2024-01-10", until="2024-01-15")
    assert dates_of(plan, 7) == ["24-01-12"], "what is due on the day of the purchase is not made up for"


def test_contacts_planned_for_after_the_end_count_for_the_limit():
    before = pd.DataFrame({"customer_id": [7], "date": ["2024-02-20"], "channel": ["email"]})
    asked = {"start": "2024-01-20", "until": "2024-02-15", "already": before}
    base = base_of({7: ["2024-01-10"]})
    assert dates_of(aftercare_plan(base, book_of(contacts_a_month=2), **asked), 7) == ["24-02-10"]
    assert dates_of(aftercare_plan(base, book_of(contacts_a_month=1), **asked), 7) == []


def test_two_years_are_the_longest_plan():
    base = base_of({7: ["2024-01-10"]})
    assert aftercare_plan(base, book_of(), start="2024-01-01", until="2025-12-31")
    with pytest.raises(ValueError, match="within two years"):
        aftercare_plan(base, book_of(), start="2024-01-01", until="2026-01-01")


def test_a_plan_that_follows_another_is_the_rest_of_one_plan():
    base = base_of({7: ["2024-01-31"], 8: ["2024-02-27", "2024-03-01"]}, until="2024-03-01")
    spans = [("2024-02-01", "2024-03-31"), ("2024-04-01", "2024-06-30"), ("2024-02-01", "2024-06-30")]
    first, second, whole = (aftercare_plan(base, book_of(), start=a, until=b).to_frame() for a, b in spans)
    columns = ["customer_id", "date", "step", "message", "why"]
    pd.testing.assert_frame_equal(pd.concat([first, second], ignore_index=True)[columns], whole[columns])


def test_what_was_due_on_the_day_of_the_purchase_is_not_made_up_for_and_all_else_waits_until_the_next():
    channels = (Channel("counter"), Channel("message"), Channel("email"))
    book = book_of(channels=channels, quiet_weekdays=("Saturday", "Sunday"), quiet_days=("01-15",))
    base = base_of({7: ["2024-01-13"], 8: ["2024-01-18"]}, until="2024-01-31")  # a Saturday and a Thursday
    plan = aftercare_plan(base, book, start="2024-01-13", until="2024-02-10")
    assert dates_of(plan, 7) == ["24-01-16", "24-01-22"]
    assert dates_of(plan, 8) == ["24-01-18", "24-01-22", "24-01-25"]
    assert plan.n_without_room == 1


def test_nobody_is_contacted_more_often_than_the_limit_where_winning_back_and_aftercare_meet():
    rng = np.random.default_rng(0)
    start = np.datetime64("2024-03-01")
    purchases = {name: np.unique(start + rng.integers(-40, 60, rng.integers(1, 9))).astype(str) for name in range(40)}
    base = base_of({name: list(days) for name, days in purchases.items()}, until="2024-05-31")
    before = pd.DataFrame({"customer_id": rng.integers(0, 40, 90), "date": start + rng.integers(-20, 70, 90)})
    before = before.drop_duplicates().assign(channel="email")
    plan = aftercare_plan(base, book_of(contacts_a_month=3), start="2024-03-01", until="2024-05-31", already=before)
    assert len(plan.frame) > 40
    assert plan.n_without_room > 0
    for customer, own in plan.frame.groupby("customer_id"):
        others = before.loc[before["customer_id"] == customer, "date"].tolist()
        days = own["date"].tolist()
        assert not set(days) & set(others)
        for day in days:
            rest = [*others, *(each for each in days if each != day)]
            assert keeps_limit(np.array(rest, "datetime64[D]"), np.datetime64(day, "D"), 3)


def test_those_who_spent_most_lately_come_first_where_a_channel_is_full():
    log = pd.DataFrame(
        {"customer_id": [1, 2, 2, 3], "date": ["2024-06-03", "2022-01-01", "2024-06-03", "2024-06-03"],
         "amount": [50.0, 900.0, 20.0, 90.0]}
    )  # fmt: skip
    base = wb.read_purchases(log, until="2024-06-03", lost=100)
    channels = (Channel("call", cost=4.0, per_day=2, agents=("Ann", "Ben")),)
    book = Playbook(channels, (Rule("all", (Step("call"),)),), aftercare=Aftercare((Step("call", 2),)))
    frame = aftercare_plan(base, book, start="2024-06-04", until="2024-06-30").to_frame()
    assert frame["customer_id"].tolist() == [3, 1, 2]
    assert frame["rank"].tolist() == [1, 2, 3]
    assert frame["date"].dt.day.tolist() == [5, 5, 6]
    assert frame["agent"].tolist() == ["Ann", "Ben", "Ann"]
    assert frame["cost"].sum() == 12.0


def test_what_is_given_to_a_manager_is_dealt_to_no_agent():
    base = base_of({7: ["2024-06-03"], 8: ["2024-06-03"]}, until="2024-06-03")
    care = Aftercare((Step("call", 2, by="agent"), Step("call", 2, by="manager")))
    book = book_of(care, (*CHANNELS, Channel("call", agents=("Ann", "Ben"))))
    frame = aftercare_plan(base, book, start="2024-06-04", until="2024-06-30").to_frame()
    dealt = list(zip(frame["by"], frame["agent"], strict=True))
    assert dealt == [("agent", "Ann"), ("agent", "Ben"), ("manager", ""), ("manager", "")]


def test_slots_that_a_plan_made_before_has_taken_are_not_given_again():
    base = base_of({7: ["2024-06-03"]}, until="2024-06-03")
    channels = (*CHANNELS[:2], Channel("email", per_day=1))
    plans = [pd.DataFrame({"customer_id": [99], "date": [day], "channel": ["email"]}) for day in ("2024-06-10", None)]
    plan = aftercare_plan(base, book_of(channels=channels), start="2024-06-09", until="2024-06-20", already=plans)
    assert dates_of(plan, 7) == ["24-06-11"]


def test_what_is_planned_already_is_not_planned_again():
    base = base_of({7: ["2024-06-03"]}, until="2024-06-03")
    first = aftercare_plan(base, book_of(), start="2024-06-03", until="2024-07-10")
    later = base_of({7: ["2024-06-03", "2024-07-01"]}, until="2024-07-01")
    both = [first, pd.DataFrame({"customer_id": ["7"], "date": ["2024-07-08"], "channel": ["call"]})]
    again = aftercare_plan(later, book_of(), start="2024-06-05", until="2024-07-20", already=both)
    assert dates_of(first, 7) == ["24-06-03", "24-06-05", "24-06-10", "24-07-03"]
    assert dates_of(again, 7) == ["24-07-01", "24-07-04", "24-07-09"]  # the 3rd and the 8th are taken


def test_who_does_not_consent_or_must_not_be_contacted_is_left_out_and_counted():
    base = base_of(
        {7: ["2024-06-03"], 8: ["2024-06-03"], 9: ["2024-06-03"]},
        until="2024-06-03",
        consent_email=["yes", "no", "yes"],
        do_not_contact=["no", "no", "yes"],
        name=["Ada", "Bo", "Cy"],
    )
    plan = aftercare_plan(base, book_of(), start="2024-06-03", until="2024-06-20")
    frame = plan.to_frame()
    assert frame.groupby("name")["channel"].agg(list).to_dict() == {
        "Ada": ["counter", "message", "email"],
        "Bo": ["counter", "message"],
    }
    assert (plan.n_refused, plan.n_without_room) == (4, 0)
    assert "Left out are 4 contacts" in plan.describe()


def test_who_is_lost_gets_no_more_and_a_base_of_lost_customers_has_an_empty_plan():
    base = base_of({7: ["2024-01-10"]}, lost=60)
    plan = aftercare_plan(base, book_of(), start="2024-01-11", until="2024-12-31")
    assert dates_of(plan, 7) == ["24-01-12", "24-01-17", "24-02-10", "24-03-10"]
    empty = aftercare_plan(base, book_of(), start="2024-06-01", until="2024-06-30")
    assert len(empty.to_frame()) == 0
    assert list(empty.to_frame()) == list(plan.to_frame())
    assert "0 contacts with 0 customers" in str(empty)
    assert empty.details()


def test_a_birthday_that_no_table_knows_is_said():
    book = book_of(replace(CARE, occasions=(Occasion("birthday", column="born"),)))
    plan = aftercare_plan(base_of({7: ["2024-06-03"]}), book, start="2024-06-03", until="2024-09-03")
    assert "Nobody's birthday is known" in plan.details()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"start": "2024-06-40"}, "start must be a date, such as 2026-12-31; got '2024-06-40'"),
        ({"start": pd.NaT}, "start must be a date, such as 2026-12-31; got NaT"),
        ({"until": "2024-05-31"}, r"until \(2024-05-31\) must not be before start \(2024-06-01\)"),
        ({"until": "2206-06-01"}, r"until \(2206-06-01\) must lie within two years of start"),
        ({"already": pd.DataFrame({"customer_id": [7]})}, "2 problems in the plan made before"),
        ({"already": ["plan.csv"]}, "must be a frame"),
    ],
)
def test_what_cannot_be_planned_is_refused(change, match):
    asked = {"start": "2024-06-01", "until": "2024-06-30"} | change
    with pytest.raises(ValueError, match=match):
        aftercare_plan(base_of({7: ["2024-06-03"]}), book_of(), **asked)


def test_a_playbook_without_aftercare_is_refused():
    with pytest.raises(ValueError, match="has no aftercare"):
        aftercare_plan(base_of({7: ["2024-06-03"]}), book_of(Aftercare()), start="2024-06-01", until="2024-06-30")


def test_all_contacts_with_those_who_spent_most_are_shown_customer_by_customer():
    base = base_of({1: ["2024-12-01"], 2: ["2024-11-01", "2024-12-02"], 3: ["2024-12-03", "2024-10-01", "2024-11-05"]})
    plan = aftercare_plan(base, book_of(), start="2024-12-01", until="2025-01-31")
    shown = plan.first_of(2).frame
    assert shown["Customer"].unique().tolist() == ["3", "2"]
    assert len(shown) == sum(len(dates_of(plan, customer)) for customer in (3, 2))
    assert shown.loc[shown["Customer"] == "3", "Day"].iloc[0] == "Tue 3 Dec 2024"
    assert "Cost" not in shown
    assert len(plan.first_of(9).frame) == len(plan.frame)
