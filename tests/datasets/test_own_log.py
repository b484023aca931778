"""Is a shop's own log read as it is written, ids and guests included?"""

import pytest

import winback as wb

ROWS = "204817733095561170,2024-01-03,10\n204817733095561171,2024-01-05,12\n204817733095561170,2024-02-03,11\n"


@pytest.fixture
def put(tmp_path):
    """Write a log and return its path."""

    def write(text, encoding="utf-8"):
        (tmp_path / "log.csv").write_bytes(text.encode(encoding))
        return tmp_path / "log.csv"

    return write


@pytest.mark.parametrize("guest", ["", ",2024-02-06,9\n"])
def test_a_guest_s_order_changes_no_id_and_is_counted(put, guest):
    log = wb.load_shop_study(put("customer_id,date,amount\n" + ROWS + guest))
    found = wb.summarize_purchases(log.purchases, period="D")
    assert [str(each) for each in found.customers["customer_id"]] == ["204817733095561170", "204817733095561171"]
    assert found.frame.set_index("what")["n"]["without a customer"] == bool(guest)


def test_a_german_log_is_read_and_said(put):
    text = "Kunden-Nr;Kaufdatum;Betrag\n0012;31.01.2024;1.234,50 €\n0012;1.2.2024;5,00 €\n0013;29.02.2024;7,5 €\n"
    log = wb.load_shop_study(put(text, "cp1252"), currency="€")
    found = wb.summarize_purchases(log.purchases, period="D")
    assert found.customers["customer_id"].tolist() == ["0012", "0013"]
    assert found.customers["frequency"].tolist() == [1, 0]
    assert log.purchases["amount"].tolist() == [1234.5, 5, 7.5]
    ((_, said),) = log.details
    for part in ("Windows-1252", '"Kunden-Nr" was read as customer_id', "decimal comma", "EUR"):
        assert part in said


def test_two_columns_that_may_be_the_amount_are_asked(put):
    with pytest.raises(wb.TableError, match="`amount` may be `Betrag` and `Bestellwert`"):
        wb.load_shop_study(put("customer_id;date;Betrag;Bestellwert\n1;2024-01-01;1;2\n"))
