"""Is a table recognised for what it is, read without a word where that is safe, and else asked about once?"""

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

import winback as wb
from winback.base.any_base import read_base
from winback.base.contract_base import ContractBase
from winback.base.purchase_base import PurchaseBase
from winback.base.questions import what_can_be_asked
from winback.base.snapshot_base import SnapshotBase
from winback.periods import DAYS_IN_MONTH

N = 400


def telecom(n=N, seed=0):
    """Return simulated customers under the headings of a well-known public table."""
    rng = np.random.default_rng(seed)
    churn = rng.random(n) < 0.27
    return pd.DataFrame(
        {
            "customerID": [f"{place:04d}-ABCDE" for place in range(n)],
            "gender": rng.choice(["Female", "Male"], n),
            "tenure": np.where(churn, rng.integers(1, 30, n), rng.integers(0, 73, n)),
            "Contract": rng.choice(["Month-to-month", "One year", "Two year"], n),
            "MonthlyCharges": np.round(rng.uniform(18, 118, n), 2),
            "TotalCharges": " ",
            "Churn": np.where(churn, "Yes", "No"),
        }
    )


def extended(n=N, seed=0):
    """Return the same under the headings of its later version, with status, category and reason of the lost."""
    rng, table = np.random.default_rng(seed + 1), telecom(n, seed)
    churned = (table["Churn"] == "Yes").to_numpy()
    status = np.where(churned, "Churned", rng.choice(["Stayed", "Joined"], n))
    made = pd.DataFrame(
        {
            "Customer ID": table["customerID"],
            "Tenure in Months": table["tenure"],
            "Monthly Charge": table["MonthlyCharges"],
            "Offer": rng.choice(["None", "Offer A"], n),
            "Customer Status": status,
            "Churn Label": table["Churn"],
            "Churn Value": churned.astype(int),
        }
    )
    reasons = rng.choice(["Competitor had better devices", "Price too high", "Moved", "Deceased"], n)
    return made.assign(**{"Churn Reason": np.where(churned, reasons, None)})


def bank(n=N, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "RowNumber": np.arange(1, n + 1),
            "CustomerId": rng.permutation(np.arange(15_565_701, 15_565_701 + n)),
            "Geography": rng.choice(["France", "Spain"], n),
            "Tenure": rng.integers(0, 11, n),
            "IsActiveMember": rng.integers(0, 2, n),
            "Exited": rng.integers(0, 2, n),
        }
    )


def card(n=N, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "CLIENTNUM": np.arange(n) + 700_000_000,
            "Attrition_Flag": rng.choice(["Existing Customer", "Attrited Customer"], n),
            "Months_on_book": rng.integers(13, 57, n),
        }
    )


def subscriptions(n=N, seed=0):
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 700, n), unit="D")
    end = start + pd.to_timedelta(rng.integers(30, 600, n), unit="D")
    end = pd.Series(end).where((end <= "2024-06-30") & (rng.random(n) < 0.6))
    return pd.DataFrame({"customer_id": np.arange(n), "subscription_start": start, "cancel_date": end})


def invoices(n=2_000, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "Invoice": np.arange(n) + 536_365,
            "Quantity": rng.integers(1, 12, n),
            "InvoiceDate": pd.Timestamp("2010-12-01") + pd.to_timedelta(rng.integers(0, 373 * 24, n), unit="h"),
            "Price": np.round(rng.uniform(1, 9, n), 2),
            "Customer ID": rng.integers(12_346, 12_646, n),
        }
    )


SHAPES = [
    (telecom, SnapshotBase, "a snapshot"),
    (extended, SnapshotBase, "a snapshot"),
    (bank, SnapshotBase, "a snapshot"),
    (card, SnapshotBase, "a snapshot"),
    (subscriptions, ContractBase, "a table of contracts"),
    (invoices, PurchaseBase, "a log of purchases"),
]


@pytest.mark.parametrize(("make", "kind", "said"), SHAPES)
@pytest.mark.parametrize("from_file", [False, True])
def test_each_shape_is_recognised_without_a_word(make, kind, said, from_file, tmp_path):
    table = make()
    shuffled = table[list(np.random.default_rng(3).permutation(table.columns))]
    path = tmp_path / "export.csv"
    shuffled.to_csv(path, index=False)
    base = read_base(path if from_file else shuffled)
    assert isinstance(base, kind)
    assert base.reading[0].startswith(f"Read as {said}")
    assert base.source == ("export.csv" if from_file else base.source)
    assert base.n == read_base(table).n


@pytest.mark.parametrize(
    ("headings", "status"),
    [
        ({"tenure": "Vertragsdauer", "Churn": "gekündigt", "customerID": "Kundennummer"}, {"Yes": "ja", "No": "nein"}),
        ({"tenure": "antigüedad", "Churn": "Baja", "customerID": "id_cliente"}, {"Yes": "sí", "No": "no"}),
        ({"tenure": "Tenure (months)", "Churn": "CHURNED"}, {"Yes": "1", "No": "0"}),
    ],
)
def test_headings_of_other_languages_are_found(headings, status):
    table = telecom().rename(columns=headings)
    named = headings["Churn"]
    columns = {"tenure": "Tenure (months)"} if named == "CHURNED" else {}
    base = read_base(table.assign(**{named: table[named].map(status)}), columns=columns)
    assert base.n_lost == (telecom()["Churn"] == "Yes").sum()


def test_share_lost_is_the_plain_count_and_the_time_is_not_claimed():
    table = telecom()
    base = read_base(table)
    frame = base.to_frame().set_index("state")
    assert frame.loc["lost", "n"] == (table["Churn"] == "Yes").sum()
    assert frame.loc["lost", "share"] == (table["Churn"] == "Yes").mean()
    assert frame["n"].sum() == len(table)
    assert "no rate a month or a year" in base.describe()
    said = read_base(table, lost_within="3M").describe()
    assert "within the last 3 months" in said
    assert "no rate" not in said


@pytest.mark.parametrize("unit", ["months", "days", "weeks", "years"])
def test_the_curve_is_that_of_kaplan_and_meier_on_tenure_and_status(unit):
    table = telecom()
    per_month = {"months": 1.0, "days": DAYS_IN_MONTH, "weeks": DAYS_IN_MONTH / 7, "years": 1 / 12}[unit]
    given = table.assign(tenure=table["tenure"] * per_month)
    curve = wb.survival_curve(read_base(given, tenure_in=unit)).curves
    other = KaplanMeierFitter().fit(table["tenure"], table["Churn"] == "Yes").survival_function_["KM_estimate"]
    np.testing.assert_allclose(curve["survival"], other.loc[np.round(curve["months"])].to_numpy(), rtol=1e-12)


def test_those_lost_within_a_quarter_were_watched_for_it_only():
    table = telecom()
    table = table[table["tenure"] > 0]
    curve = wb.survival_curve(read_base(table, lost_within="3M")).curves
    entry = np.maximum(table["tenure"] - 3.0, 0.0)
    tenure, lost = table["tenure"].to_numpy(), (table["Churn"] == "Yes").to_numpy()
    shares = [
        1 - (lost & (tenure == month)).sum() / ((entry < month) & (tenure >= month)).sum()
        for month in curve["months"][1:]
    ]
    np.testing.assert_allclose(curve["survival"][1:], np.cumprod(shares), rtol=1e-12)


def test_nothing_that_takes_a_date_is_shown():
    base = read_base(extended())
    assert base.until is None
    for frame in (base.customers, base.lapsed().frame, base.first_lives(), wb.triage(base).customers):
        assert not [name for name in frame if pd.api.types.is_datetime64_any_dtype(frame[name])]
        assert not {"left_on", "months_away", "followed", "returned", "started_on"} & set(frame)
    reasons = wb.reason_table(base)
    assert "returned" not in reasons.to_frame()
    assert "came back" not in reasons.details()
    for ask in (
        wb.lost_report,
        wb.manager_concentration,
        wb.base_stages,
        wb.satisfied_leavers,
        lambda base: base.lapsed("2024-01-01"),
        lambda base: wb.reason_table(base, remedied={"Moved": "2024-01-01"}),
    ):
        with pytest.raises(ValueError, match=r"needs a calendar, and a table says how long customers stayed"):
            ask(base)


def test_what_says_the_status_once_more_makes_no_group():
    base = read_base(extended())
    assert "Churn Label" not in base.customers
    assert "Churn Value" not in base.customers
    assert '"Churn Value" says who is lost once more' in base.details()
    assert {"gender", "Contract"} <= set(read_base(telecom()).further)


def test_money_is_revenue_until_a_share_is_said():
    table = extended()
    lost = table[table["Customer Status"] == "Churned"]
    plain, shared = (read_base(table, margin_share=share) for share in (None, 0.25))
    assert "revenue and not margin" in plain.details()
    assert "Margin is 25.0% of what customers pay" in shared.details()
    last_year = (lost["Monthly Charge"] * lost["Tenure in Months"].clip(upper=12)).sum()
    for base, share in ((plain, 1.0), (shared, 0.25)):
        found = wb.triage(base).customers["yearly_margin"].sum()
        assert found == pytest.approx(share * last_year)
        money = wb.reason_table(base).to_frame()["money"].sum()
        assert money == pytest.approx(share * last_year)


def test_reasons_and_who_must_not_be_called_are_those_of_the_table():
    table = extended()
    base = read_base(table)
    counts = table["Churn Reason"].value_counts()
    reasons = wb.reason_table(base).to_frame().set_index("reason")["n"]
    assert reasons.to_dict() == counts.to_dict()
    left_out = wb.triage(base).left_out()
    assert left_out["died"] == counts["Deceased"]
    assert left_out["moved away"] == counts["Moved"]


@pytest.mark.parametrize("make", [telecom, bank, subscriptions])
def test_ids_are_untouched(make, tmp_path):
    table = make()
    name = next(name for name in table if name.lower().replace("_", "") == "customerid")
    table[name] = [f"00{place}" for place in range(len(table))]
    table.to_csv(tmp_path / "t.csv", index=False)
    base = read_base(tmp_path / "t.csv")
    assert base.first_lives()["customer_id"].isin(table[name]).all()
    assert base.lapsed().frame["customer_id"].isin(table[name]).all()


def test_customers_without_a_name_are_numbered():
    base = read_base(telecom().drop(columns="customerID"))
    assert base.customers["customer_id"].tolist() == list(range(1, N + 1))
    assert "numbered by their row" in base.details()


def test_contracts_end_with_the_last_day_seen_and_what_lies_ahead_is_planned():
    table = subscriptions()
    last = max(table["subscription_start"].max(), table["cancel_date"].max())
    base = read_base(table)
    assert base.until == last.date()
    assert "no last day was said" in base.details()
    table.loc[table["cancel_date"].isna().idxmax(), "cancel_date"] = pd.Timestamp("2199-01-01")
    assert read_base(table).until == last.date()
    given = read_base(table, until="2024-12-31")
    assert "no last day was said" not in given.details()


def test_contracts_without_margin_and_reasons_then_with():
    table = subscriptions()
    bare = what_can_be_asked(read_base(table)).set_index("question")
    assert bare.loc[["why they leave", "whom to call first"], "missing"].tolist() == ["reason", "margin"]
    assert bare.loc[["who was lost", "who came back"], "possible"].all()
    rng = np.random.default_rng(1)
    more = table.assign(mrr=rng.uniform(5, 50, N), cancellation_reason=rng.choice(["price", "moved"], N))
    full, share = read_base(more), read_base(more, margin_share=0.5)
    asked = what_can_be_asked(full).set_index("question")
    assert asked.loc[["why they leave", "whom to call first", "what customers are worth"], "possible"].all()
    assert '"mrr" is revenue, taken for margin' in full.details()
    assert '"mrr" is revenue; margin is 50% of it.' in share.details()
    np.testing.assert_allclose(share.contracts["margin"], full.contracts["margin"] / 2)


def test_purchases_take_pieces_times_price_and_say_the_last_day():
    log = invoices()
    base = read_base(log)
    plain = wb.read_purchases(log.assign(amount=log["Quantity"] * log["Price"]), columns={"date": "InvoiceDate"})
    pd.testing.assert_frame_equal(base.summary.customers, plain.summary.customers)
    assert 'What was paid is "Quantity" times "Price".' in base.details()
    assert f"taken to end on {log['InvoiceDate'].max():%Y-%m-%d}" in base.details()
    assert wb.lost_report(base).to_frame()["n_lost"].sum() > 0


def test_a_lone_id_that_repeats_is_the_customers():
    log = invoices()[["InvoiceDate", "Customer ID"]].rename(columns={"Customer ID": "id", "InvoiceDate": "date"})
    assert read_base(log).n == log["id"].nunique()
    once = log.drop_duplicates("id")
    with pytest.raises(wb.TableError, match="`customer_id` is missing"):
        read_base(once)


def test_columns_override_what_would_be_found():
    table = extended().rename(columns={"Tenure in Months": "m", "Customer Status": "s"})
    table = table.drop(columns=["Churn Label", "Churn Value"])
    base = read_base(table, columns={"tenure": "m", "customer_status": "s"})
    assert base.n_lost == (table["s"] == "Churned").sum()


def test_negative_tenure_and_twice_the_same_customer_come_in_one_error():
    table = telecom()
    table.loc[3, "tenure"] = -2
    table.loc[7, "customerID"] = table.loc[8, "customerID"]
    with pytest.raises(wb.TableError) as error:
        read_base(table)
    said = str(error.value)
    assert "2 problems" in said
    assert "`tenure` must be >= 0; 1 of 400 rows (first: customer 0003-ABCDE" in said
    assert "(customer_id) must be unique" in said


def test_rows_exported_twice_count_once():
    table = telecom()
    base = read_base(pd.concat([table, table.iloc[[5]]], ignore_index=True))
    assert base.n == N
    assert "count once: 1 (first: 0005-ABCDE)" in base.details()


def test_an_unknown_status_is_asked_about_with_all_its_labels_and_counts():
    table = telecom()
    table["Churn"] = np.select([np.arange(N) < 50, np.arange(N) < 120], ["A1", "B2"], "C3")
    with pytest.raises(
        wb.TableError, match=r"does not tell who is lost: its labels are A1 \(50\), B2 \(70\) and C3 \(280\)"
    ):
        read_base(table)
    base = read_base(table, lost_labels=["B2", "a1"])
    assert base.n_lost == 120
    with pytest.raises(wb.TableError, match=r"is never 'd4'.*A1 \(50\)"):
        read_base(table, lost_labels=["D4"])


@pytest.mark.parametrize("heading", ["active", "censor", "retained", "Status"])
def test_yes_under_a_heading_that_does_not_say_lost_is_asked_about(heading):
    table = telecom().rename(columns={"Churn": heading})
    with pytest.raises(wb.TableError, match=r"does not tell who is lost.*--lost-label"):
        read_base(table, columns={"customer_status": heading})
    assert (
        read_base(table, columns={"customer_status": heading}, lost_labels=["no"]).n_lost
        == (table[heading] == "No").sum()
    )


def test_all_lost_and_nobody_lost():
    table = telecom()
    everybody = read_base(table.assign(Churn="Yes"))
    assert "all are lost" in everybody.describe()
    assert "no share lost and no risk can be told" in everybody.describe()
    nobody = read_base(table.assign(Churn=0))
    assert "nobody is lost" in nobody.describe()
    assert len(nobody.lapsed().frame) == 0
    assert nobody.first_lives()["first_ended"].sum() == 0
    assert len(wb.triage(nobody).customers) == 0


def test_a_table_that_is_nothing_is_refused_once_with_what_each_kind_lacks():
    with pytest.raises(wb.TableError) as error:
        read_base(pd.DataFrame({"colour": ["red"], "size": [3]}))
    said = str(error.value)
    assert "3 problems in the table" in said
    for words in ("a table of contracts", "a log of purchases", "a snapshot", "Columns: colour, size."):
        assert words in said
    with pytest.raises(
        wb.TableError, match=r"`customer_status` is missing: for a snapshot.*`tenure` as tenure is there"
    ):
        read_base(telecom().drop(columns="Churn"))
    with pytest.raises(wb.TableError, match=r"--column customer_status=\"\.\.\.\", and its labels that mean lost with"):
        read_base(pd.DataFrame({"customer": [1], "duration": [500], "censor": [0]}))
    with pytest.raises(wb.TableError, match=r"`end` is missing: for a table of contracts"):
        read_base(subscriptions().drop(columns="cancel_date"))


def test_years_and_days_taken_for_months_are_noticed():
    assert "if these are years, say so" in read_base(bank()).describe()
    years = read_base(bank(), tenure_in="years")
    assert "if these are years" not in years.describe()
    assert years.first_lives()["first_tenure"].max() == 120
    table = telecom()
    with pytest.raises(wb.TableError, match="longer than a hundred years when taken for months"):
        read_base(table.assign(tenure=table["tenure"] * 30))
    days = read_base(table.assign(tenure=table["tenure"] * 30).rename(columns={"tenure": "tenure_days"}))
    assert days.customers["tenure"].max() == pytest.approx(72 * 30 / DAYS_IN_MONTH)


def test_settings_of_another_kind_are_refused_and_useless_ones_said():
    with pytest.raises(ValueError, match=r"events: not used with a snapshot"):
        read_base(telecom(), events=pd.DataFrame())
    with pytest.raises(ValueError, match="kind must be one of"):
        read_base(telecom(), kind="lapsed")
    with pytest.raises(ValueError, match="tenure_in must be one of"):
        read_base(telecom(), tenure_in="moons")
    said = read_base(telecom().drop(columns="MonthlyCharges"), until="2024-12-31", margin_share=0.3).details()
    assert "ntil was stated, but a snapshot has no calendar: it changed nothing." in said
    assert "argin_share was stated, but the table has no money: it changed nothing." in said


def test_engines_keep_their_frames():
    polars = pytest.importorskip("polars")
    log = invoices()
    base = read_base(polars.from_pandas(log))
    assert base.n == log["Customer ID"].nunique()
    assert base.summary.log.amount
    assert read_base(polars.from_pandas(telecom())).n == N


def test_what_can_be_asked_of_a_snapshot_names_what_is_missing():
    asked = what_can_be_asked(read_base(telecom())).set_index("question")
    assert asked.loc[["how long customers stay", "who is lost", "which groups lose more"], "possible"].all()
    assert not asked.loc["how many a month", "possible"]
    assert asked.loc["how many a month", "missing"] == "start, end"
    assert "not when they came and left" in asked.loc["how many a month", "why_not"]


def test_a_trial_is_sent_to_where_trials_are_read():
    table = pd.DataFrame({"Customer No": [1, 2], "segment": ["No E-Mail", "Mens"], "spend": [0.0, 9.0]})
    with pytest.raises(
        wb.TableError, match=r"`segment` says what .* looks like a trial of offers.*winback offers"
    ) as no:
        read_base(table)
    assert len(no.value.problems) == 1
    with pytest.raises(wb.TableError, match=r"`start, end` is missing") as no:
        read_base(table.drop(columns="segment"))
    assert "spend" not in no.value.problems["remedy"][0]  # three letters of it are no likeness
