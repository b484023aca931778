"""Can an analyst's own log take the place of the simulated shop?"""

import pandas as pd
import pytest

import winback as wb

LOG = "kunde,date,amount\nA,2024-01-01,10\nA,2024-01-20,5\nB,2024-01-03,7\n"
PEOPLE = "kunde,channel\nA,web\nC,shop\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return tmp_path


def test_own_files_take_the_place_of_the_shop(files):
    shop = wb.load_shop_study(
        files / "log.csv", files / "people.csv", until="2024-02-01", columns={"customer_id": "kunde"}
    )
    summary = wb.summarize_purchases(shop.purchases, period="W", until=shop.until)
    customers = shop.labelled(summary)
    assert customers["customer_id"].tolist() == ["A", "B"]
    assert customers["frequency"].tolist() == [1, 0]
    assert customers["channel"].isna().tolist() == [False, True]
    assert "log.csv: a log of 3 rows" in shop.subtitle
    assert shop.provenance.to_frame()["which"].tolist()[:2] == ["log.csv", "3"]


def test_customers_are_not_needed(files):
    shop = wb.load_shop_study(files / "log.csv", columns={"customer_id": "kunde"})
    summary = wb.summarize_purchases(shop.purchases, period="W")
    pd.testing.assert_frame_equal(shop.labelled(summary), summary.customers)


def test_the_simulated_shop_comes_by_itself():
    shop = wb.load_shop_study()
    assert shop.n_rows == len(wb.simulate_shop_study().purchases)
    assert "simulated" in shop.caveat
    assert len(shop.sha256) == 64
    assert str(wb.load_shop_study(until="2023-12-31").until) == "2023-12-31"


def test_what_does_not_go_together_is_refused(files):
    with pytest.raises(ValueError, match="needs the log"):
        wb.load_shop_study(customers=files / "people.csv")
    with pytest.raises(wb.TableError, match="`client` is not a column, so it cannot be used as `customer_id`"):
        wb.load_shop_study(files / "log.csv", files / "people.csv", columns={"customer_id": "client"})
    strangers = (files / "log.csv").read_text().replace("kunde", "person")
    (files / "strangers.csv").write_text(strangers)
    with pytest.raises(wb.TableError, match="`customer_id` is missing from the table"):
        wb.load_shop_study(files / "strangers.csv", files / "people.csv")
    (files / "people.csv").write_text("customer_id,channel\nA,web\nA,shop\n")
    with pytest.raises(wb.TableError, match="must not repeat; 1 of 2 rows"):
        wb.load_shop_study(files / "log.csv", files / "people.csv", columns={"customer_id": "kunde"})
