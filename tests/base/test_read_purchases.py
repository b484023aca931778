"""Is an analyst's own log read as it is written, ids and guests included, and do tables that do not fit say so?"""

import datetime as dt

import pandas as pd
import polars as pl
import pytest

import winback as wb
from winback.base.people import OURS
from winback.tables import LAPSED, TableError

ROWS = "204817733095561170,2024-01-03,10\n204817733095561171,2024-01-05,12\n204817733095561170,2024-02-03,11\n"
LOG = "customer_id,date,amount\n{a},2024-01-01,10\n{a},2024-01-20,5\n{b},2024-01-03,7\n"
PEOPLE = "customer_id,channel\n"


@pytest.fixture
def put(tmp_path):
    """Write a file and return its path."""

    def write(text, name="log.csv", encoding="utf-8"):
        (tmp_path / name).write_bytes(text.encode(encoding))
        return tmp_path / name

    return write


@pytest.fixture
def shop(put):
    """Return the base of two customers in a log and a table of customers."""

    def read(a, b, people, log=LOG, **more):
        files = put(log.format(a=a, b=b)), put(people, "people.csv")
        return wb.read_purchases(files[0], customers=files[1], until="2024-02-01", lost=90, **more)

    return read


def channels(base):
    return base.customers.set_index("customer_id")["channel"].dropna().to_dict()


# one file


@pytest.mark.parametrize("guest", ["", ",2024-02-06,9\n"])
def test_a_guest_s_order_changes_no_id_and_is_counted(put, guest):
    base = wb.read_purchases(put("customer_id,date,amount\n" + ROWS + guest), lost=90)
    assert [str(each) for each in base.customers["customer_id"]] == ["204817733095561170", "204817733095561171"]
    assert base.summary.frame.set_index("what")["n"]["without a customer"] == bool(guest)
    assert ("without a customer" in base.details()) == bool(guest)


def test_a_german_log_is_read_and_said(put):
    text = "Kunden-Nr;Kaufdatum;Betrag\n0012;31.01.2024;1.234,50 €\n0012;1.2.2024;5,00 €\n0013;29.02.2024;7,5 €\n"
    base = wb.read_purchases(put(text, encoding="cp1252"), currency="€", lost=90)
    assert base.customers["customer_id"].tolist() == ["0012", "0013"]
    assert base.customers["frequency"].tolist() == [1, 0]
    assert base.days.amount.tolist() == [1234.5, 5, 7.5]
    assert base.until == dt.date(2024, 2, 29)
    for part in ("Windows-1252", '"Kunden-Nr" was read as customer_id', "decimal comma", "EUR"):
        assert part in " ".join(base.reading)
        assert part in base.details()


def test_two_columns_that_may_be_the_amount_are_asked(put):
    path = put("customer_id;date;Betrag;Bestellwert\n1;2024-01-01;1;2\n")
    with pytest.raises(TableError, match=r"1 problem .*\n.*`amount` may be `Betrag` and `Bestellwert`"):
        wb.read_purchases(path)
    base = wb.read_purchases(path, columns={"amount": "Bestellwert"})
    assert base.days.amount.tolist() == [2]


def test_months_before_days_are_read_as_asked(put):
    path = put("customer_id,date,amount\n1,03/02/2024,1\n")
    assert wb.read_purchases(path, day_first=True).until == dt.date(2024, 2, 3)
    assert wb.read_purchases(path, day_first=False).until == dt.date(2024, 3, 2)
    log = pd.read_csv(path, dtype=str)
    assert wb.read_purchases(log, day_first=True).until == dt.date(2024, 2, 3)
    with pytest.raises(TableError, match="`date` can be read in two ways"):
        wb.read_purchases(log)
    with pytest.raises(TableError, match=r"(?s)2 problems.*`date` must be a date.*`amount` must be a number"):
        wb.read_purchases(log.assign(date="soon", amount="much"), day_first=True)


def test_amounts_are_read_as_asked(put):
    path = put("customer_id;date;amount\n1;2024-01-01;1.234\n2;2024-01-01;5.678\n")
    assert wb.read_purchases(path, decimal=".").days.amount.tolist() == [1.234, 5.678]
    assert wb.read_purchases(path, decimal=",").days.amount.tolist() == [1234, 5678]


def test_missing_columns_say_how_to_name_them(shop):
    people = PEOPLE + "1,web\n"
    with pytest.raises(TableError, match="2 problems in the table of purchases") as caught:
        shop("1", "2", people, LOG.replace("customer_id,date", "Person,Tag"))
    assert 'Name it, columns={"customer_id": "..."}. Columns: Person, Tag, amount.' in str(caught.value)
    assert 'Name it, columns={"date": "..."}' in str(caught.value)
    base = shop("1", "2", people, LOG.replace("date", "Tag"), columns={"date": "Tag"})
    assert base.n == 2


def test_the_file_is_what_the_base_comes_from(put):
    base = wb.read_purchases(put(LOG.format(a=1, b=2)), until="2024-02-01", lost=90)
    assert base.source == "log.csv"
    assert "SHA-256 of log.csv" in dict(base.made_with)
    assert str(base.describe()).startswith("log.csv: 2 customers from 2024-01-01 to 2024-02-01")
    assert base.provenance.to_frame()["which"].tolist()[:2] == ["log.csv", "2"]


def test_what_is_no_log_is_refused(put, tmp_path):
    for given in (None, 7, [1, 2]):
        with pytest.raises(TableError, match="must be a pandas, polars, DuckDB or Spark frame, or a file, not"):
            wb.read_purchases(given, customers=put(PEOPLE))
    with pytest.raises(FileNotFoundError):
        wb.read_purchases(tmp_path / "nothing.csv")
    with pytest.raises(ValueError, match="must have one row of headings"):
        wb.read_purchases(pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])))


def test_a_base_has_a_currency(shop):
    assert shop("1", "2", PEOPLE + "1,web\n", currency="€").currency == "€"
    assert shop("1", "2", PEOPLE + "1,web\n").currency == "$"


@pytest.mark.parametrize(("sign", "shown"), [("€", "€"), ("EUR", "€"), ("CHF", "CHF"), ("$", "$"), ("", "$")])
def test_the_currency_is_that_of_the_amounts(put, sign, shown):
    text = f"customer_id;date;amount\n1;2024-01-01;10,50 {sign}\n1;2024-02-01;7,25 {sign}\n"
    for log in (put(text), pd.read_csv(put(text), sep=";", dtype=str)):
        base = wb.read_purchases(log, lost=90)
        assert base.currency == base.summary.currency == shown
        assert base.doubts == ()
        doubts = wb.read_purchases(log, lost=90, currency="£").doubts
        assert [each.endswith("which are shown in £: leave currency= out, or convert them") for each in doubts] == [
            True
        ] * (sign != "")


def test_amounts_in_two_currencies_are_doubted(put):
    log = put("customer_id;date;amount;list\n1;2024-01-01;10,50 €;11,00 $\n1;2024-02-01;7,25 €;8,00 $\n")
    base = wb.read_purchases(log, lost=90)
    assert base.currency == "$"
    assert base.doubts[0].startswith("The table has amounts in EUR and USD, which are shown in $: say currency=")


def test_a_log_without_amounts_says_so(put):
    base = wb.read_purchases(put("customer_id,date,paid\n1,2024-01-01,5\n1,2024-02-01,-5\n"), lost=90)
    assert "every row counts as a purchase, refunds too" in base.describe() + base.details()
    assert base.summary.frame.set_index("what")["n"]["purchases"] == 2
    assert wb.read_purchases(put("customer_id,date,amount\n1,2024-01-01,5\n"), lost=90).doubts == ()


@pytest.mark.parametrize("name", ["Gast", "guest", " ANONYMOUS", "unknown", "Unbekannt", "null"])
@pytest.mark.parametrize("engine", [pd.DataFrame, pl.DataFrame])
def test_guests_who_are_one_customer_are_doubted(name, engine):
    ids = [name] * 3 + ["gasta", "gasta", "unknown gmbh", "unknown gmbh"]
    dates = [dt.date(2024, 1, day) for day in (1, 2, 2, 3, 4, 5, 6)]
    base = wb.read_purchases(engine({"customer_id": ids, "date": dates, "amount": [1.0] * 7}), lost=90)
    expected = f"{name!r} is one customer with 3 purchases: if these are guests, leave the id empty"
    assert base.doubts == (expected,)
    assert f"{expected}." in base.describe() + base.details()


# a log and a table of customers


def test_customers_are_told_apart_by_what_else_is_known(shop):
    base = shop("A", "B", PEOPLE + "B,shop\nA,web\nC,web\n")
    assert channels(base) == {"A": "web", "B": "shop"}
    assert base.customers["frequency"].tolist() == [1, 0]
    assert base.first_lives()["channel"].tolist() == ["web", "shop"]
    assert base.doubts == ()


def test_customers_are_not_needed(put):
    base = wb.read_purchases(put(LOG.format(a="A", b="B")), until="2024-02-01", lost=90)
    assert base.people is None
    pd.testing.assert_frame_equal(base.customers[list(base.summary.customers)], base.summary.customers)


def test_ids_that_lost_their_zeros_are_refused(shop):
    with pytest.raises(TableError, match=r"names 0 of 2 customers of the log \(such as '001'; there: 1\)\. Write"):
        shop("001", "002", PEOPLE + "1,web\n2,shop\n")


def test_ids_that_are_text_in_one_table_are_those_of_the_other(shop):
    assert channels(shop("A7", "1001", PEOPLE + "1001,web\n1002,shop\n")) == {"1001": "web"}
    assert channels(shop("1001", "", PEOPLE + "1001,web\nA7,shop\n")) == {1001: "web"}  # blank ids made them 1001.0
    log = pd.DataFrame({"customer_id": ["1", "2"], "date": ["2024-01-01", "2024-01-02"]})
    people = pd.DataFrame({"customer_id": [2, 1], "channel": ["shop", "web"]})
    assert channels(wb.read_purchases(log, customers=people)) == {"1": "web", "2": "shop"}
    log, people = (each.astype({"customer_id": kind}) for each, kind in ((log, int), (people, str)))
    assert channels(wb.read_purchases(log, customers=people)) == {1: "web", 2: "shop"}


def test_nobody_and_few_that_match_are_said(shop):
    with pytest.raises(TableError, match=r"`customer_id` names 0 of 2 customers of the log \(such as 1; there: 1001\)"):
        shop("1", "2", PEOPLE + "1001,web\n")
    with pytest.raises(TableError, match=r"table of customers:\n.*has no rows"):
        shop("1", "2", PEOPLE)
    some = shop("1", "2", PEOPLE + "1,web\n7,shop\n")
    assert some.doubts == ("1 of 2 customers of the log is not in the table of customers",)
    assert some.doubts[0] in f"{some.describe()} {some.details()}"
    assert some.doubts[0] in some.lapsed().details()


def test_strangers_keep_the_kinds_of_the_known(put):
    known = pd.DataFrame(
        {
            "customer_id": ["A", "C"],
            "children": [2, 1],
            "member": [True, False],
            "since": pd.to_datetime(["2020-01-01", "2021-01-01"]),
            "region": pd.Categorical(["north", "south"]),
        }
    )
    found = wb.read_purchases(put(LOG.format(a="A", b="B")), customers=known, lost=90).customers
    own = found.set_index("customer_id")[["children", "member", "since", "region"]]
    assert own.loc["A"].tolist() == [2, True, pd.Timestamp("2020-01-01"), "north"]
    assert own.loc["B"].isna().all()
    assert own["region"].dtype == "category"
    assert own["since"].dtype.kind == "M"


def test_blanks_around_ids_do_not_count(shop):
    assert list(channels(shop("A1", " B2 ", PEOPLE + "A1 ,web\nB2,shop\n")).values()) == ["web", "shop"]
    with pytest.raises(TableError, match="ids that differ only in blanks around them"):
        shop("A1", "A1 ", PEOPLE + "A1,web\n")


def test_columns_named_as_the_bases_own_are_refused_together(shop):
    with pytest.raises(TableError, match="2 problems in the table of customers") as caught:
        shop("1", "2", "customer_id,age,recency,channel\n1,40,3,web\n2,50,3,shop\n")
    assert set(caught.value.problems["column"]) == {"age", "recency"}
    assert "`age` is also what a column of the base is called. Rename it, such as own_age." in str(caught.value)


def test_every_column_of_the_base_has_a_name_of_its_own():
    base = wb.load_shop_study().base
    assert base.people is not None
    tables = (base.customers, base.first_lives(), base.lapsed().frame)
    ours = {name for table in tables for name in table} - set(base.people) - {"customer_id"}
    assert ours - {column.name for column in LAPSED} <= set(OURS)
    assert set(OURS) <= ours
    assert all(table.columns.is_unique for table in tables)


def test_columns_may_have_another_name_in_each_table(shop):
    log = LOG.replace("customer_id", "Kundennummer")
    base = shop("1", "2", "KdNr,channel\n1,web\n2,shop\n", log)
    assert channels(base) == {1: "web", 2: "shop"}
    said = " ".join(base.reading)
    assert '"Kundennummer" was read as customer_id' in said
    assert '"KdNr" was read as customer_id' in said
    assert said in " ".join(base.details().splitlines())


@pytest.mark.parametrize("own", ["who", "customer_id"])
@pytest.mark.parametrize("there", ["who", "customer_id"])
def test_names_of_columns_hold_for_both_tables(shop, own, there):
    log, people = LOG.replace("customer_id", own), f"{there},channel\n1,web\n2,shop\n"
    names = {"customer_id": "who"} if "who" in (own, there) else None
    assert channels(shop("1", "2", people, log, columns=names)) == {1: "web", 2: "shop"}


def test_names_that_no_table_has_are_refused(shop):
    people = PEOPLE + "1,web\n2,shop\n"
    with pytest.raises(TableError, match="`client` is not a column, so it cannot be used as `customer_id`"):
        shop("1", "2", people, columns={"customer_id": "client"})
    with pytest.raises(TableError, match="`customer_id` is missing from the table"):
        shop("1", "2", "wer,channel\n1,web\n")


def test_a_customer_with_two_rows_is_refused(shop):
    with pytest.raises(TableError, match=r"must be unique: one row per customer; 1 of 2 rows \(first: line 3 of the"):
        shop("A", "B", PEOPLE + "A,web\nA,shop\n")


@pytest.mark.parametrize("name", ["amount", "discount", "note"])
def test_a_name_of_two_columns_is_refused_with_all_else(name):
    log = pd.DataFrame({"customer_id": [1, 1], "date": ["2024-01-01", "soon"], "amount": 5.0, "discount": 0, "note": 1})
    with pytest.raises(TableError) as refused:
        wb.read_purchases(pd.concat([log, log[[name]]], axis=1), until="2024-06-30")
    assert [problem.column for problem in refused.value.found] == [name, "date"] or name == "amount"
    assert f"`{name}` is the name of more than one column" in str(refused.value)
    assert "`date` must be a date" in str(refused.value)
