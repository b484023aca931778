"""Is a day read as it is meant in every order and type, and a date that stands for none never taken for one?"""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.tables import TableError, check_contracts, check_purchases
from winback.tables.date_forms import MONTH_OF, MONTHS, bare_word
from winback.tables.dates import parse_date
from winback.tables.months_from_dates import with_months
from winback.tables.parsed import Written
from winback.tables.reading import Reading

FAR = {
    "text": ["9999-12-31"],
    "German text": ["31.12.9999"],
    "text without marks": ["99991231"],
    "date": [dt.date(9999, 12, 31)],
    "seconds": pd.array(["9999-12-31"], dtype="datetime64[s]"),
    "2999": ["2999-12-31"],
    "nanoseconds": pd.to_datetime(["2262-01-01"]),
    "1900": ["1900-01-01"],
    "1900 as a date": [dt.date(1900, 1, 1)],
    "epoch": pd.to_datetime(["1970-01-01"]),
}


def days(values, **written):
    found = parse_date(pd.Series(values), Written(**written))
    assert found.doubt is None
    return [None if pd.isna(day) else str(day.date()) for day in found.column]


@pytest.mark.parametrize("form", FAR)
def test_an_end_far_away_is_that_of_an_active_contract(form):
    table = pd.DataFrame({"customer_id": [1], "start": ["2024-02-29"], "end": FAR[form]})
    assert check_contracts(table)["end"].isna().tolist() == [True]


@pytest.mark.parametrize("form", FAR)
def test_another_date_that_stands_for_none_is_refused(form):
    table = pd.DataFrame({"customer_id": [1], "start": FAR[form]})
    with pytest.raises(TableError, match=r"`start` holds dates that stand for none .*; 1 of 1 rows .*Leave these"):
        check_contracts(table)


@pytest.mark.parametrize(
    "values",
    [
        ["31.12.2024", "1.2.2025"],
        ["31.12.2024 13:45", "01.02.2025 00:00"],
        ["31/12/2024", "01/02/2025"],
        ["12/31/2024", "02/01/2025"],
        ["31-12-2024", "01-02-2025"],
        ["2024/12/31", "2025/2/1"],
        ["20241231", "20250201"],
        [20241231, 20250201],
        [20241231.0, 20250201.0],
        pd.PeriodIndex(["2024-12-31", "2025-02-01"], freq="D"),
        [pd.Period("2024-12-31", "D"), pd.Period("2025-02-01", "D")],
    ],
)
def test_a_day_is_read_in_every_order_that_can_be_told(values):
    assert days(values) == ["2024-12-31", "2025-02-01"]


@pytest.mark.parametrize("text", ["03/02/2024", "3-2-2024"])
def test_an_order_that_no_date_tells_is_asked(text):
    problem, remedy = parse_date(pd.Series([text, None])).doubt
    assert "can be read in two ways" in problem
    assert "day_first=True" in remedy
    assert days([text], day_first=True) == ["2024-02-03"]
    assert days([text], day_first=False) == ["2024-03-02"]


def test_two_orders_in_one_column_are_asked():
    assert "two orders (31/12/2024 and 12/31/2024)" in parse_date(pd.Series(["31/12/2024", "12/31/2024"])).doubt[0]


@pytest.mark.parametrize(
    "text", ["32.1.2024", "30.2.2024", "2024-13-01", "20241301", "Feb 2024", "12/2024", "3 Foo 2024"]
)
def test_what_is_no_day_is_not_read(text):
    assert parse_date(pd.Series([text, "2024-01-01"])).unread.tolist() == [True, False]


def test_a_period_of_a_month_is_no_day():
    log = pd.DataFrame({"customer_id": [1], "date": pd.PeriodIndex(["2024-03"], freq="M"), "amount": [1.0]})
    with pytest.raises(TableError, match="`date` must be a date"):
        check_purchases(log)


APRIL_AND_DECEMBER = {
    "English": ["3 Apr 2025", "31 December 2024"],
    "English with the month first": ["April 3, 2025", "Dec 31 2024"],
    "English ordinals": ["3rd April 2025", "31st of December 2024"],
    "a database": ["03-APR-2025", "31-DEC-2024"],
    "a database, short": ["03-Apr-25", "31-Dec-24"],
    "SAS": ["03APR2025", "31DEC2024"],
    "German": ["3. April 2025", "31. Dezember 2024"],
    "German, short": ["3. Apr. 25", "31. Dez. 24"],
    "French": ["3 avril 2025", "31 déc. 2024"],
    "Spanish": ["3 de abril de 2025", "31 de diciembre de 2024"],
    "Spanish, short": ["3-abr-2025", "31-dic-2024"],
    "the year first": ["2025 April 3", "2024-Dec-31"],
    "with a time": ["3 Apr 2025 10:30", "31 Dec 2024 23:59"],
    "points": ["03.04.25", "31.12.24"],
    "slashes, the day first": ["03/04/25", "31/12/24"],
    "slashes, the month first": ["04/03/25", "12/31/24"],
    "an apostrophe": ["3.4.'25", "31.12.'24"],
}


@pytest.mark.parametrize("form", APRIL_AND_DECEMBER)
def test_months_in_words_and_years_of_two_digits_are_read(form):
    assert days(APRIL_AND_DECEMBER[form]) == ["2025-04-03", "2024-12-31"]


@pytest.mark.parametrize(
    ("place", "words"), [(place, words) for place, words in enumerate(MONTHS, 1)], ids=lambda each: str(each)[:3]
)
def test_every_word_for_a_month_is_that_month(place, words):
    texts = [f"7 {word} 2024" for word in words.split()] + [f"7. {word.upper()} 2024" for word in words.split()]
    assert set(days(texts)) == {f"2024-{place:02d}-07"}


def test_no_word_means_two_months():
    assert sum(len({bare_word(word) for word in words.split()}) for words in MONTHS) == len(MONTH_OF)


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "es_ES"])
def test_months_as_unicode_s_tables_shorten_them_are_read(locale):
    """A second source: the names of months that browsers and spreadsheets write (Unicode CLDR), by babel."""
    names = pytest.importorskip("babel.dates").get_month_names
    for width in ("wide", "abbreviated"):
        assert days([f"9 {name} 2024" for name in names(width, locale=locale).values()]) == [
            f"2024-{month:02d}-09" for month in range(1, 13)
        ]


@pytest.mark.parametrize(
    ("texts", "said", "remedy"),
    [
        (["03.04.45"], "may be of two centuries (03.04.45)", "four digits"),
        (["24-12-28"], "may come first or last (24-12-28)", "day_first=True"),
        (["24/12/28", "24/12/15"], "may come first or last", "day_first=True"),
        ([f"24.{month:02d}.{day:02d}" for month in (1, 2) for day in range(1, 25)], "may come first or last", "four"),
        (["01.02.24", "31.12.99"], "may mean that there is none (31.12.99)", "Leave these cells empty"),
        (["03/04/25"], "can be read in two ways: 03/04/25", "day_first=True"),
    ],
)
def test_a_year_of_two_digits_that_cannot_be_told_is_asked(texts, said, remedy):
    problem, cure = parse_date(pd.Series(texts)).doubt
    assert said in problem
    assert remedy in cure


def test_years_of_two_digits_near_the_turn_of_the_century_are_read():
    assert days(["31.12.99", "1.3.98", "01.01.00", "5.6.01"]) == [
        "1999-12-31",
        "1998-03-01",
        "2000-01-01",
        "2001-06-05",
    ]


def test_what_was_taken_for_years_is_said():
    assert "years of two digits as 2024 to 2025" in parse_date(pd.Series(["3.4.25", "31.12.24"])).taken_for
    assert "months in words" in parse_date(pd.Series(["3 avril 2025"])).taken_for


@given(
    st.lists(st.dates(dt.date(1970, 1, 2), dt.date(2028, 12, 28)), min_size=1, max_size=30),
    st.sampled_from(["%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%d %b %y", "%y-%m-%d", "%y/%m/%d"]),
)
def test_dates_of_two_digits_are_read_as_they_were_written_or_asked(dates, form):
    """Whatever was written is read back, or a doubt is raised; only a year in front may pass where few dates tell."""
    dates = [day for day in dates if day.strftime("%y") not in {f"{year:02d}" for year in range(30, 70)}]
    read = parse_date(pd.Series([day.strftime(form) for day in dates], dtype=object))
    if read.doubt is None and not form.startswith("%y/"):
        assert [str(day.date()) for day in read.column] == [str(day) for day in dates]


def test_the_last_day_of_the_data_is_read_as_other_days_are():
    table = Reading(pd.DataFrame({"offered_on": ["2024-01-01"]}))
    for until in ("31.12.2024", "31 Dec 2024", dt.date(2024, 12, 31), pd.Timestamp("2024-12-31 10:00", tz="UTC")):
        assert with_months(table, until).frame["followed"].round(2).tolist() == [11.99]
    with pytest.raises(ValueError, match=r"until can be read in two ways: 03/04/2024 .* write it as 2024-12-31"):
        with_months(table, "03/04/2024")
