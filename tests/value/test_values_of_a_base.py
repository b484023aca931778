"""Are the customers of a base worth what they are worth as a frame, and is a fit of the other kind refused?"""

import contracts_by_hand as by_hand
import numpy as np
import pandas as pd
import pytest

import winback as wb

TERMS = {"annual_discount": 0.1, "horizon": "3Y"}


@pytest.fixture(scope="module")
def shop():
    return wb.load_shop_study().base


@pytest.fixture(scope="module")
def company():
    """Return a base of contracts with margins, some of which have ended."""
    rng = np.random.default_rng(6)
    start, stay = rng.integers(0, 900, 400), rng.geometric(0.002, 400)
    rows = [
        (who, int(first), int(first + days) if first + days < 1200 else None, float(margin))
        for who, first, days, margin in zip(range(400), start, stay, rng.integers(5, 40, 400), strict=True)
    ]
    contracts = by_hand.table(rows).assign(plan=np.array(["basic", "plus"])[np.arange(400) % 2])
    return wb.read_contracts(contracts, until=by_hand.on(1200))


@pytest.fixture(scope="module")
def purchase_fit(shop):
    return wb.fit_purchases(shop)


@pytest.fixture(scope="module")
def contract_fit(company):
    return wb.fit_contracts(company, period="M")


def test_fits_of_a_base_are_those_of_its_summary(shop, purchase_fit):
    expected = wb.fit_purchases(shop.summary)
    pd.testing.assert_frame_equal(purchase_fit.to_frame(), expected.to_frame())
    assert purchase_fit.period == shop.summary.period
    pd.testing.assert_frame_equal(wb.fit_spend(shop).to_frame(), wb.fit_spend(shop.summary).to_frame())


@pytest.mark.parametrize("by", [None, "channel"])
def test_buyers_are_worth_what_they_are_worth_as_a_frame(shop, purchase_fit, by):
    spend = wb.fit_spend(shop)
    found, expected = (
        wb.base_value(purchase_fit, each, margin=spend, by=by, **TERMS) for each in (shop, shop.customers)
    )
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame())
    assert found.total == expected.total
    each, alone = (wb.lifetime_value(purchase_fit, who, margin=spend, **TERMS) for who in (shop, shop.customers))
    pd.testing.assert_frame_equal(each.to_frame(), alone.to_frame())
    assert len(each.to_frame()) == shop.n


@pytest.mark.parametrize("by", [None, "plan"])
def test_contracts_are_worth_what_they_are_worth_as_a_frame(company, contract_fit, by):
    here = company.still_here("M")
    assert len(here) == company.to_frame().set_index("state")["n"][["here", "back"]].sum()
    found, expected = (wb.base_value(contract_fit, each, margin="margin", by=by, **TERMS) for each in (company, here))
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame())
    assert found.total == expected.total
    each, alone = (wb.lifetime_value(contract_fit, who, margin="margin", **TERMS) for who in (company, here))
    pd.testing.assert_frame_equal(each.to_frame(), alone.to_frame())


@pytest.fixture(scope="module")
def growing(company):
    """Return the base with what customers had before, beside and instead: at other prices, some of them unknown."""
    rows = company.contracts
    here = rows[rows["end"].isna()].reset_index(drop=True)
    before = here[::2].assign(end=here["start"][::2], start=here["start"][::2] - pd.Timedelta(days=200), margin=400.0)
    beside = here[::3].assign(start=pd.Timestamp(by_hand.on(1190)), margin=7.5, plan="plus")
    unknown = here[::5].assign(start=pd.Timestamp(by_hand.on(1195)), margin=np.nan, plan="basic")
    ended = here[::7].assign(end=here["start"][::7] + pd.Timedelta(days=3), margin=900.0)
    contracts = pd.concat([rows, before, beside, unknown, ended], ignore_index=True)
    contracts.loc[contracts["customer_id"] == here["customer_id"].iloc[-1], "margin"] = np.nan
    return wb.read_contracts(contracts, until=by_hand.on(1200))


@pytest.mark.parametrize(("period", "months"), [("M", 1), ("Y", 12)])
@pytest.mark.parametrize("base", ["company", "growing"])
def test_customers_still_here_by_a_plain_loop(base, period, months, request):
    base, until = request.getfixturevalue(base), pd.Timestamp(by_hand.on(1200))
    here = base.still_here(period).set_index("customer_id")
    rows = base.contracts
    running = rows[rows["end"].isna()]
    assert sorted(here.index) == sorted(set(running["customer_id"]))
    for who, own in running.groupby("customer_id"):
        renewal, start = 1, rows["start"][rows["customer_id"] == who].min()
        while start + pd.DateOffset(months=renewal * months) <= until:
            renewal += 1
        assert here.loc[who, "next_renewal"] == renewal
        known = [margin for margin in own["margin"] if not pd.isna(margin)]
        expected = sum(known) * months if known else np.nan
        assert here.loc[who, "margin"] == pytest.approx(expected, nan_ok=True)
        assert here.loc[who, "plan"] == own.sort_values("start")["plan"].iloc[-1]


@pytest.mark.parametrize("value", [wb.base_value, wb.lifetime_value])
def test_a_fit_of_the_other_kind_is_refused(shop, company, purchase_fit, contract_fit, value):
    with pytest.raises(ValueError, match="customers have contracts, the fit is of purchases: fit_contracts"):
        value(purchase_fit, company, margin=1.0, **TERMS)
    with pytest.raises(
        ValueError, match="customers buy without a contract, and the fit is of contracts: fit_purchases"
    ):
        value(contract_fit, shop, margin=1.0, **TERMS)


@pytest.mark.parametrize("value", [wb.base_value, wb.lifetime_value])
def test_a_base_that_counts_other_periods_is_refused(purchase_fit, value):
    study = wb.load_shop_study()
    other = wb.read_purchases(study.purchases, until=study.until, period="D", lost=90)
    with pytest.raises(ValueError, match=r"customers count time in .*, the fit in .*: fit_purchases\(base\)"):
        value(purchase_fit, other, margin=1.0, **TERMS)


def test_models_of_the_other_kind_are_not_fitted(shop, company):
    for fit in (wb.fit_purchases, wb.fit_spend):
        with pytest.raises(ValueError, match="customers have contracts, and this is a model of purchases"):
            fit(company)
    with pytest.raises(ValueError, match="without a contract"):
        wb.fit_contracts(shop, period="M")


def test_nobody_to_value_is_said():
    base = wb.read_contracts(by_hand.table([(1, 0, 50, 3.0), (2, 0, 60, 3.0)]), until=by_hand.on(300))
    with pytest.raises(ValueError, match="Nobody has a contract on 2023-10-28: there is nobody to value"):
        base.still_here("M")


@pytest.mark.parametrize("value", [wb.base_value, wb.lifetime_value])
def test_the_share_of_margin_travels_with_the_base(shop, purchase_fit, value):
    study = wb.load_shop_study()
    base = wb.read_purchases(study.purchases, until=study.until, lost=90, margin_share=0.35)
    spend = wb.fit_spend(base)
    found = value(purchase_fit, base, margin=spend, **TERMS)
    assert found.total == value(purchase_fit, shop, margin=spend, margin_share=0.35, **TERMS).total
    assert found.total == value(purchase_fit, base, margin=spend, margin_share=0.35, **TERMS).total
    with pytest.raises(ValueError, match=r"margin_share is 0\.35 for this base, as it was read; got 0\.5"):
        value(purchase_fit, base, margin=spend, margin_share=0.5, **TERMS)
    known = {name: value(purchase_fit, each, margin=10.0, **TERMS) for name, each in (("base", base), ("shop", shop))}
    assert known["base"].total == known["shop"].total  # money that is named is margin already
