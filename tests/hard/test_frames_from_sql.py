"""Do tables from a database lead to the same base, trial and figures as the CSV of the same rows?

What SQL returns is of other types than what a file holds: decimals, days, flags that are missing, ids of bytes.
"""

import numpy as np
import pandas as pd
import postgres
import pytest

import winback as wb

OFFERS = (wb.Offer(name="call", amount=5, paid="per_contact"), wb.Offer(name="gift", amount=20, paid="on_acceptance"))
TERMS = {"horizon_months": 12, "annual_discount": 0.1}
N = 600
TRIAL_IN_SQL = """
    select customer_id::bigint as customer_id, nullif(offer, '') as offer, returned::boolean as returned,
           second_tenure::numeric(8, 2) as second_tenure, second_ended::boolean as second_ended,
           second_margin::numeric(10, 2) as second_margin, reason, complaints::smallint as complaints
    from trial order by 1"""
CONTRACTS_IN_SQL = """
    select customer_id::integer as customer_id, start::date as start, "end"::date as "end",
           margin::numeric(10, 2) as margin, region
    from contracts order by place::integer"""
PURCHASES_IN_SQL = """
    select customer_id::bigint as customer_id, date::timestamp as date, amount::numeric(10, 2) as amount
    from purchases order by place::integer"""
QUESTIONS = {"trial": TRIAL_IN_SQL, "contracts": CONTRACTS_IN_SQL, "purchases": PURCHASES_IN_SQL}


def trial_rows():
    """Return a trial with second lifetimes, amounts to the cent, and an empty cell for who was sent nothing."""
    rng = np.random.default_rng(11)
    offer = np.array(["", "call", "gift"])[np.arange(N) % 3]
    back = rng.random(N) < np.select([offer == "call", offer == "gift"], [0.35, 0.5], 0.2)
    tenure, margin = rng.gamma(2, 6, N).round(2) + 0.05, rng.gamma(3, 8, N).round(2)
    return pd.DataFrame(
        {
            "customer_id": np.arange(N) + 2**53,  # ids that floats cannot tell apart
            "offer": offer,
            "returned": back,
            "second_tenure": np.where(back, np.minimum(tenure, 24), np.nan),
            "second_ended": np.where(back, tenure < 24, None),
            "second_margin": np.where(back, margin, np.nan),
            "reason": np.array(["price", "service", "move"])[rng.integers(0, 3, N)],
            "complaints": rng.poisson(1, N),
        }
    )


def contract_rows():
    rng = np.random.default_rng(12)
    start = pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 1_500, N), unit="D")
    end = start + pd.to_timedelta(rng.integers(40, 1_200, N), unit="D")
    return pd.DataFrame(
        {
            "place": np.arange(N),
            "customer_id": np.arange(N) // 2 * 2,
            "start": start.where(np.arange(N) % 2 == 0, end + pd.Timedelta(days=1)).strftime("%Y-%m-%d"),
            "end": np.where(np.arange(N) % 2 == 0, end.strftime("%Y-%m-%d"), None),
            "margin": rng.gamma(3, 10, N).round(2),
            "region": np.array(["north", "south"])[np.arange(N) % 4 // 2],
        }
    ).drop_duplicates("customer_id")


def purchase_rows():
    rng = np.random.default_rng(13)
    day = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 900, 5 * N), unit="D")
    return pd.DataFrame(
        {
            "place": np.arange(5 * N),
            "customer_id": rng.integers(0, N, 5 * N),
            "date": day.strftime("%Y-%m-%d"),
            "amount": rng.gamma(2, 15, 5 * N).round(2),
        }
    )


ROWS = {"trial": trial_rows(), "contracts": contract_rows(), "purchases": purchase_rows()}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Write the tables as CSV files."""
    folder = tmp_path_factory.mktemp("files")
    for name, frame in ROWS.items():
        frame.drop(columns="place", errors="ignore").to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def database():
    """Fill a PostgreSQL with the tables, every cell as text; the queries give them their types."""
    with postgres.started() as address:
        import sqlalchemy

        engine = sqlalchemy.create_engine(address)
        for name, frame in ROWS.items():
            text = frame.astype(object).where(frame.notna(), None).map(lambda cell: None if cell is None else str(cell))
            text.to_sql(name, engine, index=False)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def duckdb_file(tmp_path_factory):
    """Fill a DuckDB file in the same way."""
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path_factory.mktemp("duckdb") / "company.duckdb"
    with duckdb.connect(path) as connection:
        for name, frame in ROWS.items():
            text = frame.astype(object).where(frame.notna(), None).map(lambda cell: None if cell is None else str(cell))
            connection.register("rows_of", text)
            connection.execute(f"create table {name} as select * from rows_of")
            connection.unregister("rows_of")
    with duckdb.connect(path, read_only=True) as connection:
        yield connection


def trial_figures(table):
    trial = wb.read_trial(table, OFFERS, control="", **TERMS)
    return wb.compare_offers(trial).to_frame(), trial.lapsed


def contract_figures(table):
    base = wb.read_contracts(table, until="2024-06-30")
    return wb.lost_report(base, by="region").to_frame(), base.lapsed().to_frame()


def purchase_figures(table):
    base = wb.read_purchases(table, until="2024-06-30", lost=180)
    return wb.triage(base).to_frame(), base.lapsed().to_frame()


FIGURES = {"trial": trial_figures, "contracts": contract_figures, "purchases": purchase_figures}
WAYS = {
    "as pandas does": {},
    "with decimals": {"coerce_float": False},
    "with nullable types": {"dtype_backend": "numpy_nullable"},
    "with types of arrow": {"dtype_backend": "pyarrow"},
}


def same(name, table, files):
    for ours, theirs in zip(FIGURES[name](table), FIGURES[name](files / f"{name}.csv"), strict=True):
        ours, theirs = by_customer(ours), by_customer(theirs)
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, check_categorical=False)


def by_customer(frame):
    """Sort by ids as they are written, which a comparison of numbers as floats would not tell apart."""
    if "customer_id" not in frame:
        return frame
    frame = frame.assign(customer_id=frame["customer_id"].map(str).astype(object))
    return frame.sort_values("customer_id", ignore_index=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("way", WAYS)
def test_a_frame_from_postgres_says_the_same_as_the_file(database, files, name, way):
    if way == "with types of arrow":
        pytest.importorskip("pyarrow")
    same(name, pd.read_sql(QUESTIONS[name], database, **WAYS[way]), files)


@pytest.mark.parametrize("name", FIGURES)
def test_a_relation_of_a_duckdb_file_says_the_same(duckdb_file, files, name):
    same(name, duckdb_file.sql(QUESTIONS[name]), files)


@pytest.mark.parametrize("kind", ["customer_id::text::bytea", "md5(customer_id)::uuid", "customer_id::numeric"])
def test_whatever_an_id_is_customers_stay_themselves(database, files, kind):
    table = pd.read_sql(PURCHASES_IN_SQL.replace("customer_id::bigint", kind), database)
    figures, lapsed = purchase_figures(table)
    expected, plain = purchase_figures(files / "purchases.csv")
    pd.testing.assert_frame_equal(figures, expected)
    assert lapsed["customer_id"].nunique() == len(plain)
    assert {*lapsed["customer_id"]} <= {*map(_hashable, table["customer_id"])}


def _hashable(cell):
    return bytes(cell) if isinstance(cell, memoryview | bytearray) else cell


def test_moments_of_another_time_zone_are_days_too(database, files):
    zoned = PURCHASES_IN_SQL.replace("date::timestamp", "(date || ' 12:00+00')::timestamptz")
    same("purchases", pd.read_sql(zoned, database), files)
