"""Are frames of polars, pyarrow and DuckDB as good as those of pandas, wherever customers are asked for?"""

import pandas as pd
import pytest
import valid_calls as valid

import winback as wb

MAKERS = ("polars", "pyarrow", "duckdb")


def foreign(frame: pd.DataFrame, maker: str):
    package = pytest.importorskip(maker)
    if maker == "polars":
        return package.from_pandas(frame)
    return package.Table.from_pandas(frame) if maker == "pyarrow" else package.from_df(frame)


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize(
    "ask",
    [
        lambda frame_of: wb.fit_purchases(frame_of(valid.summary().customers), "bg_nbd", period="W"),
        lambda frame_of: wb.fit_spend(frame_of(valid.summary().customers)),
        lambda frame_of: wb.fit_contracts(
            frame_of(valid.contracts()), tenure="tenure", ended="ended", weights="n", period="Y"
        ),
        lambda frame_of: wb.read_trial(frame_of(valid.measured()), valid.OFFERS),
        lambda frame_of: wb.survival_curve(frame_of(valid.lapsed()), horizon_months=12.0),
    ],
    ids=["fit_purchases", "fit_spend", "fit_contracts", "read_trial", "survival_curve"],
)
def test_a_frame_of_another_package_says_the_same(ask, maker):
    other = ask(lambda frame: foreign(frame, maker))
    pd.testing.assert_frame_equal(other.to_frame(), ask(lambda frame: frame).to_frame())


@pytest.mark.parametrize("maker", MAKERS)
def test_values_of_customers_too(maker):
    customers = valid.summary().customers.reset_index(drop=True)
    terms = {"margin": 20.0, "annual_discount": 0.1, "horizon": "52W"}
    ours, theirs = (
        wb.lifetime_value(valid.purchase_fit(), frame, **terms).frame
        for frame in (customers, foreign(customers, maker))
    )
    pd.testing.assert_frame_equal(ours, theirs)
