"""Do a log and a table of customers that do not fit together say so, and those that do come together?"""

import dataclasses

import pandas as pd
import pytest

import winback as wb

LOG = "customer_id,date,amount\n{a},2024-01-01,10\n{a},2024-01-20,5\n{b},2024-01-03,7\n"


@pytest.fixture
def shop(tmp_path):
    """Return a shop of two customers in the log and a table of customers."""

    def load(a, b, people, log=LOG, **more):
        (tmp_path / "log.csv").write_text(log.format(a=a, b=b))
        (tmp_path / "people.csv").write_text(people)
        return wb.load_shop_study(tmp_path / "log.csv", tmp_path / "people.csv", until="2024-02-01", **more)

    return load


def labelled(shop, log=None):
    log = shop.purchases if log is None else log
    return shop.labelled(wb.summarize_purchases(log, period="W", until="2024-02-01"))


def test_ids_that_lost_their_zeros_are_refused(shop):
    with pytest.raises(wb.TableError, match=r"names 0 of 2 customers of the log \(such as '001'; there: '1'\)\. Write"):
        labelled(shop("001", "002", "customer_id,channel\n1,web\n2,shop\n"))


def test_text_and_numbers_in_frames_are_refused(shop):
    found = shop("1", "2", "customer_id,channel\n1,web\n2,shop\n")
    found = dataclasses.replace(found, purchases=found.purchases.astype({"customer_id": str}))
    with pytest.raises(wb.TableError, match=r"names 0 of 2 customers of the log \(such as '1'; there: 1\)\."):
        labelled(found)


def test_ids_that_are_text_in_one_file_are_text_in_both(shop):
    found = shop("A7", "1001", "customer_id,channel\n1001,web\n1002,shop\n")
    assert labelled(found).set_index("customer_id")["channel"].dropna().to_dict() == {"1001": "web"}
    found = shop("1001", "", "customer_id,channel\n1001,web\nA7,shop\n")  # a missing id makes the others 1001.0
    assert labelled(found)["channel"].tolist() == ["web"]


def test_nobody_and_few_that_match_are_said(shop):
    with pytest.raises(wb.TableError, match=r"`customer_id` names 0 of 2 customers of the log \(such as 1; there: 10"):
        labelled(shop("1", "2", "customer_id,channel\n1001,web\n"))
    with pytest.raises(wb.TableError, match="there: nobody"):
        labelled(shop("1", "2", "customer_id,channel\n"))
    some = shop("1", "2", "customer_id,channel\n1,web\n7,shop\n")
    assert some.n_unknown == 1
    assert "a log of 3 rows; 1 customer of it not in the table of customers" in some.subtitle
    assert "not in" not in shop("1", "2", "customer_id,channel\n1,web\n2,shop\n").subtitle


def test_blanks_around_ids_do_not_count(shop):
    found = labelled(shop("A1", " B2 ", "customer_id,channel\nA1 ,web\nB2,shop\n"))
    assert found["channel"].tolist() == ["web", "shop"]


def test_columns_named_as_the_summarys_are_refused_together(shop):
    people = "customer_id,age,recency,channel\n1,40,3,web\n2,50,3,shop\n"
    with pytest.raises(wb.TableError, match="2 problems") as caught:
        labelled(shop("1", "2", people))
    assert caught.value.problems["column"].tolist() == ["age", "recency"]
    assert "`age` is also what a column of the summary is called. Rename it, such as own_age." in str(caught.value)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_summary_of_another_engine_is_labelled_in_pandas(shop, engine):
    found = shop("A", "B", "customer_id,channel\nA,web\nB,shop\n")
    log = found.purchases.assign(date=pd.to_datetime(found.purchases["date"]))
    module = pytest.importorskip(engine)
    log = module.from_df(log) if engine == "duckdb" else module.from_pandas(log)
    assert labelled(found, log).set_index("customer_id")["channel"].to_dict() == {"A": "web", "B": "shop"}


def test_columns_may_have_another_name_in_each_file(shop):
    log = LOG.replace("customer_id", "Kundennummer")
    people = "KdNr,channel\n1,web\n2,shop\n"
    found = shop("1", "2", people, log, columns={"customer_id": ("Kundennummer", "KdNr")})
    assert labelled(found)["channel"].tolist() == ["web", "shop"]
    with pytest.raises(wb.TableError, match="`Nr` is not a column, so it cannot be used as `customer_id`"):
        shop("1", "2", people, log, columns={"customer_id": ("Kundennummer", "Nr")})
    with pytest.raises(ValueError, match=r"one name, or two: in the log and in the table of customers; got \('a',\)"):
        shop("1", "2", people, log, columns={"customer_id": ("a",)})


def test_missing_columns_say_how_to_name_them(shop):
    people = "customer_id,channel\n1,web\n"
    with pytest.raises(wb.TableError, match="2 problems in the table of purchases") as caught:
        shop("1", "2", people, LOG.replace("customer_id,date", "Person,Tag"))
    assert 'Name it, columns={"customer_id": "..."}. Columns: Person, Tag, amount.' in str(caught.value)
    assert 'Name it, columns={"date": "..."}' in str(caught.value)


def test_a_shop_has_a_currency(shop):
    assert shop("1", "2", "customer_id,channel\n1,web\n", currency="€").currency == "€"
    assert wb.load_shop_study(currency="€").currency == "€"
    assert wb.load_shop_study().currency == "$"
