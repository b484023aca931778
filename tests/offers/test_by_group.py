"""Are figures of a group those of its customers alone, and do many looks find nothing by chance?"""

import numpy as np
import pandas as pd
import pytest
from households import OFFERS
from households import table as household_table
from hypothesis import given, settings
from hypothesis import strategies as st
from tailored_trials import by_segment, free
from trials import random_values

import winback as wb
from winback.offers.by_group import FEWEST, offers_by_group

APART = {"a": {"x": 0.7, "y": 0.2}, "b": {"x": 0.2, "y": 0.7}, "none": {"x": 0.1, "y": 0.1}}
ALIKE = {"a": {"x": 0.4, "y": 0.4}, "b": {"x": 0.4, "y": 0.4}, "none": {"x": 0.1, "y": 0.1}}


def compared(n, chances, seed=1, **terms):
    table = by_segment(np.random.default_rng(seed), n, **chances)[0]
    return wb.compare_offers(wb.read_trial(table, free(*(name for name in chances if name != "none")), **terms))


def test_each_cell_is_the_groups_own_mean_less_that_of_its_held_out():
    result = compared(900, APART)
    found = offers_by_group(result, "segment")
    trial = result.trial
    table = trial.customers.assign(profit=trial.profit)
    means = table.groupby(["segment", "offer"], observed=True)["profit"].agg(["mean", "size", "var"])
    for cell in found.frame.itertuples():
        own, alone = means.loc[(cell.group, cell.offer)], means.loc[(cell.group, "none")]
        assert cell.profit == pytest.approx(own["mean"] - alone["mean"], rel=1e-12)
        assert cell.n == own["size"]
        std_error = np.sqrt(own["var"] / own["size"] + alone["var"] / alone["size"])
        reach = (cell.profit_high - cell.profit_low) / 2 / std_error
        assert 2.2 < reach < 2.6  # of 4 cells: beyond 2.24, that of two groups, below Bonferroni of four, with skew


def test_one_group_is_the_whole_comparison():
    result = compared(300, APART)
    trial = wb.read_trial(result.trial.lapsed.assign(region="north"), result.trial.offers)
    whole = wb.compare_offers(trial)
    found = offers_by_group(whole, "region").frame
    assert list(found["offer"]) == list(whole.frame["offer"])
    for column in ("", "_low", "_high"):
        together = "incremental_profit" + (f"_simultaneous{column}" if column else "")
        assert np.allclose(found[f"profit{column}"], whole.frame[together], rtol=1e-12)


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_gross_figures_of_the_groups_add_up_to_that_of_all(seed):
    chances = {name: APART[name] for name in "ab"}
    result = compared(200, chances, seed)
    found = offers_by_group(result, "segment").frame
    totals = (found["n"] * found["profit"]).groupby(found["offer"]).sum()
    assert np.allclose(totals[result.frame["offer"]], result.frame["gross_profit_total"], rtol=1e-9)


def test_a_group_that_wants_another_offer_is_found_and_named():
    result = compared(900, APART)
    found = offers_by_group(result, "segment")
    leader = result.frame["offer"].iloc[0]
    other = {"a": "b", "b": "a"}[leader]
    assert list(found.beaten.values()) == [other]
    group = next(iter(found.beaten))
    assert found.headline == f"Beyond chance {other} ({group}) earns more than {leader}"


@pytest.mark.slow
def test_looking_at_groups_of_no_difference_finds_one_in_no_more_than_one_of_twenty_trials():
    draws = 150
    beaten = sum(bool(offers_by_group(compared(150, ALIKE, seed), "segment").beaten) for seed in range(draws))
    slack = 3 * np.sqrt(0.05 * 0.95 / draws)
    assert beaten / draws <= 0.05 + slack


def test_what_is_not_told_apart_is_not_called_so():
    found = offers_by_group(compared(100, ALIKE), "segment")
    assert found.headline.startswith("In no group is another offer shown to earn more than")
    assert not found.frame["told_apart"].any()
    assert found.frame.groupby("group")["first"].sum().eq(1).all()


def test_few_returned_are_marked():
    found = offers_by_group(compared(40, ALIKE), "segment").frame
    assert found["few"].all()  # of 20 held out in each group hardly any came back
    assert FEWEST == 30


def test_an_organic_return_assumed_by_segment_is_each_groups_own():
    chances = {name: APART[name] for name in "ab"}
    result = compared(300, chances, organic={"segment": {"x": 0.0, "y": 0.2}})
    found = offers_by_group(result, "segment").frame.set_index(["group", "offer"])
    trial = result.trial
    means = trial.customers.assign(profit=trial.profit, value=trial.value).groupby(["segment", "offer"], observed=True)
    gross = means["profit"].mean()
    assert found.loc[("x", "a"), "profit"] == pytest.approx(gross[("x", "a")])
    back = means["returned"].mean()[("y", "a")]
    own = means["value"].mean()[("y", "a")] / back
    assert found.loc[("y", "a"), "profit"] == pytest.approx(gross[("y", "a")] - 0.2 * own)


def test_customers_of_one_household_are_not_taken_for_independent():
    lapsed = household_table(np.random.default_rng(1), 300, 4)
    lapsed["region"] = np.where(lapsed["household"] % 2, "north", "south")
    width = {}
    for cluster in ("household", None):
        trial = wb.read_trial(lapsed if cluster else lapsed.drop(columns="household"), OFFERS, cluster=cluster)
        found = offers_by_group(wb.compare_offers(trial), "region").frame.set_index("group")
        width[cluster] = (found["profit_high"] - found["profit_low"]).sort_index()
    assert (width["household"] > 1.1 * width[None]).all()


def test_groups_without_enough_customers_are_left_out_and_counted():
    table = by_segment(np.random.default_rng(1), 200, **APART)[0]
    table.loc[table.index[:1], "segment"] = "z"
    found = offers_by_group(wb.compare_offers(wb.read_trial(table, free("a", "b"))), "segment")
    assert set(found.frame["group"]) == {"x", "y"}
    assert "1 group without two customers" in str(found.details())


def test_a_missing_group_is_counted():
    table = by_segment(np.random.default_rng(1), 200, **APART)[0]
    table.loc[table.index[:3], "segment"] = None
    found = offers_by_group(wb.compare_offers(wb.read_trial(table, free("a", "b"))), "segment")
    assert "3 customers without a known segment are left out." in str(found.details())
    assert found.frame["n"].sum() < 400


def test_what_makes_no_groups_is_refused():
    result = compared(100, ALIKE)
    with pytest.raises(wb.TableError, match="`returned` is not known before the offer"):
        offers_by_group(result, "returned")
    with pytest.raises(wb.TableError, match="`regin` is not known before the offer, or is not there"):
        offers_by_group(result, "regin")
    table = result.trial.lapsed.assign(months_away=np.arange(len(result.trial.lapsed), dtype=float))
    with pytest.raises(wb.TableError, match="at most 20 can be told apart"):
        offers_by_group(wb.compare_offers(wb.read_trial(table, result.trial.offers)), "months_away")


def test_bare_figures_have_no_groups():
    from winback.offers.comparison import comparison_from_moments

    table = random_values(np.random.default_rng(1), 60, a=0.5, b=0.4)
    whole = wb.compare_offers(wb.read_trial(table, free("a", "b")))
    bare = comparison_from_moments({name: whole.trial.moments[name] for name in "ab"}, None, whole.settings)
    with pytest.raises(ValueError, match="cannot be told by group"):
        offers_by_group(bare, "segment")


def test_one_offer_is_told_where_it_pays():
    chances = {"a": APART["a"], "none": APART["none"]}
    found = offers_by_group(compared(900, chances), "segment")
    assert found.headline == "a is shown to pay in 2 of 2 groups"
    assert isinstance(found.frame, pd.DataFrame)
