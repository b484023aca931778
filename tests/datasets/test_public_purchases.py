"""Are CDNOW's log and the donors read as published, and do the published models follow from the loaded tables?"""

import hashlib
import json
import os
from pathlib import Path

import pandas as pd
import pooch
import pytest

import winback as wb
from winback.datasets import public_purchases
from winback.datasets.public_purchases import CDNOW_MASTER, CDNOW_SAMPLE, DONATIONS

REFERENCE = Path(__file__).parents[1] / "reference"
END = "1997-09-30"  # 39 weeks: whoever bought on 1 January is observed for 272 days, T = 38.86
LOADERS = {
    CDNOW_SAMPLE: wb.load_cdnow,
    CDNOW_MASTER: lambda: wb.load_cdnow(sample=False),
    DONATIONS: wb.load_donations,
}


def reference(name):
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder():
    if not os.environ.get("WINBACK_DATA_DIR"):
        pytest.skip("WINBACK_DATA_DIR is not set: no copies of the CDNOW and donations files to read")
    return Path(os.environ["WINBACK_DATA_DIR"])


@pytest.fixture(scope="module")
def log(folder):
    return wb.load_cdnow().purchases


@pytest.fixture(scope="module")
def customers(log):
    """Return what the published summary counts: every order, free ones too."""
    found = wb.summarize_purchases(log, period="W", until=END).customers
    return found.sort_values("customer_id", ignore_index=True)


@pytest.fixture(scope="module")
def donors(folder):
    return wb.load_donations().customers


# CDNOW's log


def test_the_sample_has_every_row_of_its_file(log):
    table = wb.tables.check_purchases(log, needs=["date", "amount"])
    assert (len(table), table["customer_id"].nunique(), table["master_id"].nunique()) == (6919, 2357, 2357)
    assert table["date"].dtype == "datetime64[ns]"
    assert table["date"].agg(["min", "max"]).astype(str).tolist() == ["1997-01-01", "1998-06-30"]
    assert (table["amount"] == 0).sum() == 8
    assert table.iloc[0].tolist() == [1, pd.Timestamp("1997-01-01"), 29.33, 2, 4]


def test_all_customers_contain_the_sample(folder, log):
    everyone = wb.load_cdnow(sample=False).purchases
    assert (len(everyone), everyone["customer_id"].nunique()) == (69_659, 23_570)
    assert list(everyone) == ["customer_id", "date", "amount", "n_cds"]
    assert everyone.iloc[1].tolist() == [2, pd.Timestamp("1997-01-12"), 12.0, 1]
    chosen = everyone[everyone["customer_id"].isin(log["master_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        chosen.sort_values(list(chosen), ignore_index=True),
        log.drop(columns="customer_id")
        .rename(columns={"master_id": "customer_id"})[list(chosen)]
        .sort_values(list(chosen), ignore_index=True),
    )


def test_the_log_gives_the_published_39_week_summary(folder, customers):
    published = pd.read_csv(folder / "cdnow_customers_summary.csv")
    rounded = customers.assign(recency=customers["recency"].round(2), age=customers["age"].round(2))
    found = rounded[["customer_id", "frequency", "recency", "age"]].set_axis(list(published), axis=1)
    pd.testing.assert_frame_equal(found, published, check_exact=False, rtol=0, atol=1e-9)
    assert published["T"].max() == 38.86


def test_the_log_gives_the_committed_cells(customers):
    rounded = customers.assign(recency=customers["recency"].round(2), age=customers["age"].round(2))
    names = ["frequency", "recency", "age"]
    found = rounded.groupby(names).size().rename("customers").reset_index()
    cells = pd.DataFrame(reference("cdnow")["cells"]).sort_values(names, ignore_index=True)
    pd.testing.assert_frame_equal(found, cells, check_exact=False, rtol=0, atol=1e-9)


def test_the_log_gives_the_committed_spend(log):
    found = wb.summarize_purchases(log, period="W", until=END).customers
    again = found[found["frequency"] > 0]
    cents = (again["frequency"] * again["mean_spend"] * 100).round().astype(int)
    counts = again.assign(total_cents=cents).groupby(["frequency", "total_cents"]).size().rename("customers")
    kept = pd.DataFrame(reference("cdnow")["spend"]).sort_values(["frequency", "total_cents"], ignore_index=True)
    pd.testing.assert_frame_equal(counts.reset_index(), kept)


def test_free_orders_are_purchases_of_which_nothing_is_said_but_of_spend(log, customers):
    found = wb.summarize_purchases(log, period="W", until=END)
    n = found.frame.set_index("what")["n"]
    free = "purchases of zero, left out of spend"
    assert (n[free], n["customers"], n["customers without a purchase, left out"]) == (8, 2357, 0)
    without = wb.summarize_purchases(log, period="W", until=END, amount=None).customers
    pd.testing.assert_frame_equal(found.customers[list(without)], without)
    assert (found.customers["n_paid"] == found.customers["frequency"]).all()  # only first orders were free


def test_a_free_repeat_order_is_left_out_of_spend_alone(log):
    """Three free orders more: of two customers who pay for others, and of one who never pays again."""
    seen = wb.summarize_purchases(log, period="W", until=END)
    by_id = seen.customers.set_index("customer_id")
    paying = by_id.index[by_id["frequency"] > 1][:2]
    never = by_id.index[by_id["frequency"] == 0][0]
    free = pd.DataFrame({"customer_id": [*paying, never], "date": pd.Timestamp("1997-09-29"), "amount": 0.0})
    more = wb.summarize_purchases(pd.concat([log, free]), period="W", until=END)
    found = more.customers.set_index("customer_id")
    assert (found["frequency"] - by_id["frequency"]).loc[[*paying, never]].tolist() == [1, 1, 1]
    pd.testing.assert_frame_equal(found[["n_paid", "mean_spend"]], by_id[["n_paid", "mean_spend"]])
    fits = [wb.fit_spend(each) for each in (seen, more, seen.customers, more.customers)]
    assert {fit.n for fit in fits} == {946}
    for fit in fits[1:]:
        pd.testing.assert_frame_equal(fit.params, fits[0].params)
    expected = [fit.predict(each.customers)["expected"] for fit, each in zip(fits[:2], (seen, more), strict=True)]
    pd.testing.assert_series_equal(*expected)


def test_fader_hardie_lee_2005_table_2_from_the_log(customers):
    """The paper's digits need its times, rounded to two decimals; by the day the likelihood differs by .004."""
    fit = wb.fit_purchases(customers.assign(**customers[["recency", "age"]].round(2)), "bg_nbd", period="W")
    assert fit.params["estimate"].round(4).tolist() == [0.2426, 4.4135, 0.7929, 2.4258]
    assert round(fit.log_likelihood, 4) == -9582.4256
    by_day = wb.fit_purchases(customers, "bg_nbd", period="W")
    assert by_day.params["estimate"].tolist() == pytest.approx([0.2426, 4.4135, 0.7929, 2.4258], abs=1.5e-4)
    assert by_day.log_likelihood == pytest.approx(-9582.4256, abs=0.004)


def test_gamma_gamma_from_the_log(log):
    """No repeat purchase before the end was free: spend is the same with free orders counted or not."""
    fit = wb.fit_spend(wb.summarize_purchases(log, period="W", until=END).customers)
    assert fit.params["estimate"].round(4).tolist() == [6.2496, 3.7442, 15.4435]
    assert (round(fit.log_likelihood, 4), fit.n) == (-4055.9177, 946)


# donors


def test_donors_are_the_committed_cells(donors):
    names = ["frequency", "recency", "opportunities"]
    cells = pd.DataFrame(reference("donations")["cells"])
    found = donors.groupby(names).size().rename("customers").reset_index()
    pd.testing.assert_frame_equal(found, cells.sort_values(names, ignore_index=True))
    assert donors["customer_id"].tolist() == list(range(1, 11_105))


def test_fader_hardie_shang_2010_from_the_donors(donors):
    fit = wb.fit_purchases(donors, "bg_bb", period="Y")
    assert fit.params["estimate"].round(4).tolist() == [1.2035, 0.7497, 0.6567, 2.7834]
    assert (round(fit.log_likelihood, 3), fit.n) == (-33225.581, 11_104)


# the formats, without a copy of the files


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        (True, " 00004 0001 19970101  2   29.33\r\n 00021 0002 19970112  1    0.00\r\n"),
        (
            False,
            " customer_id  date number_of_cds  dollar_value\n 00001 19970101 2 29.33\n 00002 19970112  1   0.00\n",
        ),
    ],
    ids=["sample", "all"],
)
def test_both_formats_give_one_table(monkeypatch, tmp_path, sample, text):
    (tmp_path / "log.txt").write_text(text)
    monkeypatch.setattr(public_purchases, "load_public_file", lambda file: tmp_path / "log.txt")
    found = wb.load_cdnow(sample=sample).purchases
    assert found["customer_id"].tolist() == [1, 2]
    assert found["date"].tolist() == [pd.Timestamp("1997-01-01"), pd.Timestamp("1997-01-12")]
    assert found["amount"].tolist() == [29.33, 0.0]
    assert found["n_cds"].tolist() == [2, 1]
    assert list(found)[4:] == (["master_id"] if sample else [])


def test_every_donor_gets_a_row(monkeypatch, tmp_path):
    (tmp_path / "donations.csv").write_text("frequency,recency,periods,weights\n0,0,6,2\n1,4,6,1\n")
    monkeypatch.setattr(public_purchases, "load_public_file", lambda file: tmp_path / "donations.csv")
    assert wb.load_donations().customers.to_dict("list") == {
        "customer_id": [1, 2, 3],
        "frequency": [0, 0, 1],
        "recency": [0, 0, 4],
        "opportunities": [6, 6, 6],
    }


# where the files come from


def test_the_committed_statistics_come_from_the_files_that_the_loaders_fetch():
    kept = reference("cdnow")["origin"]
    assert (CDNOW_SAMPLE.url, CDNOW_SAMPLE.sha256) in zip(kept["url"], kept["sha256"], strict=True)
    kept = reference("donations")["origin"]
    assert (DONATIONS.url, DONATIONS.sha256) == (kept["url"], kept["sha256"])


@pytest.mark.parametrize("file", LOADERS, ids=lambda file: file.name)
def test_the_loader_asks_the_pinned_source_for_the_pinned_hash(monkeypatch, file):
    asked = {}

    def fail(url, **how):
        asked.update(url=url, **how)
        raise ConnectionError("no network in tests")

    monkeypatch.delenv("WINBACK_DATA_DIR", raising=False)
    monkeypatch.setattr(pooch, "retrieve", fail)
    with pytest.raises(RuntimeError, match=rf"^{file.name} could not be fetched.*Fetch it by hand from {file.url} "):
        LOADERS[file]()
    assert (asked["url"], asked["known_hash"]) == (file.url, f"sha256:{file.sha256}")
    assert "/4f2833f4518621343bb6983eb3e540c11f66ec6a/" in file.url
    assert file.licence.startswith("none stated")


@pytest.mark.parametrize("file", LOADERS, ids=lambda file: file.name)
def test_what_the_source_sends_is_read(monkeypatch, tmp_path, folder, file):
    """The fetched copy is read as the copy at hand is."""
    at_hand = LOADERS[file]()
    copy = tmp_path / file.name
    copy.write_bytes((folder / file.name).read_bytes())
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == file.sha256
    monkeypatch.delenv("WINBACK_DATA_DIR")
    monkeypatch.setattr(pooch, "retrieve", lambda url, **how: str(copy))
    fetched = LOADERS[file]()
    name = "customers" if file is DONATIONS else "purchases"
    pd.testing.assert_frame_equal(getattr(fetched, name), getattr(at_hand, name))
    assert fetched.source is file


@pytest.mark.parametrize("file", LOADERS, ids=lambda file: file.name)
def test_another_file_of_that_name_is_refused(monkeypatch, tmp_path, file):
    monkeypatch.setenv("WINBACK_DATA_DIR", str(tmp_path))
    (tmp_path / file.name).write_text("frequency,recency,periods,weights\n")
    with pytest.raises(RuntimeError, match=rf"^{file.name} in WINBACK_DATA_DIR is not the published file\. Fetch"):
        LOADERS[file]()


@pytest.mark.parametrize("sample", [0.1, "no", None])
def test_a_sample_that_is_neither_true_nor_false_is_refused(sample):
    with pytest.raises(ValueError, match="`sample` must be True or False; got"):
        wb.load_cdnow(sample=sample)
