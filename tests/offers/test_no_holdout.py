"""Without untreated customers: is every figure labelled gross, or said to rest on an assumption, everywhere?"""

import pandas as pd
import pytest
from trials import random_values

import winback as wb
from winback import plots
from winback.money import money_interval
from winback.offers.organic_range import GRID
from winback.terms.catalog import Offer, OfferCatalog

OFFERS = OfferCatalog(tuple(Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade")))
PUBLISHED = pd.DataFrame(
    {
        "offer": ["discount", "upgrade", "bundle"],
        "acceptance": [0.45, 0.41, 0.47],
        "cost": [120, 105, 225],
        "roi": [6.68, 7.93, 3.02],
    }
)


@pytest.fixture
def trial(rng):
    """Draw a trial without untreated customers, of two regions."""
    table = random_values(rng, 300, discount=0.4, upgrade=0.3)
    return table.assign(region=rng.choice(["north", "south"], len(table), p=[0.3, 0.7]))


def economics(**assumed):
    return wb.offer_economics(PUBLISHED, paid="on_acceptance", organic_value=921.60, **assumed)


# gross everywhere


def test_every_profit_and_roi_of_frame_tables_and_tiles_is_called_gross(trial):
    result = wb.compare_offers(wb.read_trial(trial, OFFERS))
    shown = [*result.first_table().frame, *result.second_table().frame]
    names = [*result.frame, *shown, *result.tiles().frame["label"]]
    money = [name for name in names if "profit" in name.lower() or "roi" in name.lower()]
    assert money
    assert all(name.lower().startswith("gross") for name in money)
    assert not [name for name in names if "incremental" in name.lower()]


def test_every_axis_is_called_gross(trial):
    figure = plots.plot_profit_and_roi(wb.compare_offers(wb.read_trial(trial, OFFERS)))
    labels = [" ".join(axes.get_xlabel().split()) for axes in figure.axes]
    assert labels == ["gross profit per customer offered", "gross return on investment (profit / cost)"]


def test_the_sentences_and_the_assumptions_say_that_all_is_gross(trial):
    result = wb.compare_offers(wb.read_trial(trial, OFFERS))
    assert "No control group: all figures are gross, for how many would have returned" in result.describe()
    assert "so every figure is gross." in result.assumptions()
    assert "All figures are gross: how many would have returned" in economics().describe()


# an assumption everywhere


@pytest.mark.parametrize(
    ("organic", "shown"),
    [
        (0.05, "5.0%"),
        ((0.02, 0.08), "5.0% [2.0%, 8.0%]"),
        ({"region": {"north": 0.05, "south": 0.05}}, "5.0%"),
    ],
)
def test_what_is_assumed_stands_in_frame_table_tiles_figures_and_words(trial, organic, shown):
    result = wb.compare_offers(wb.read_trial(trial, OFFERS, organic=organic))
    first = result.frame.iloc[0]
    assert first[["organic_low", "organic", "organic_high"]].is_monotonic_increasing
    assert result.first_table().frame["Organic return assumed"].tolist() == [shown] * 2
    labels = result.tiles().frame["label"].tolist()
    assert labels[1] == "Incremental profit per customer (organic return assumed)"
    left, right = plots.plot_profit_and_roi(result).axes
    below = " ".join(left.get_xlabel().split())
    assert below == "incremental profit per customer offered (organic return assumed)"
    assert right.get_xlabel().replace("\n", " ").endswith("(organic return assumed)")
    said = f"Incremental figures rest on {result.settings.organic.says}; no control group shows it."
    assert said in result.assumptions()


def test_bounds_of_an_interval_stand_in_table_and_words(trial):
    result = wb.compare_offers(wb.read_trial(trial, OFFERS, organic=(0.02, 0.08), organic_value=300))
    first = result.frame.iloc[0]
    bounds = money_interval(*first[["incremental_profit", "incremental_profit_low", "incremental_profit_high"]])
    bounds = bounds[bounds.index("[") :]
    assert result.first_table().frame["Incremental profit per customer"].iloc[0].endswith(bounds)
    assert f"{bounds} under an assumed organic return of 2.0% to 8.0%" in result.describe().splitlines()[0]


def test_the_assumed_ends_are_marked_in_the_figure(trial):
    axes = plots.plot_ranking_against_organic(wb.compare_offers(wb.read_trial(trial, OFFERS, organic=(0.02, 0.08))))
    assert "assumed 2.0% to 8.0%" in [text.get_text() for text in axes.texts]
    assert [line.get_xdata()[0] for line in axes.lines[-2:]] == [0.02, 0.08]


@pytest.mark.parametrize("organic", [None, 0.07, (0.02, 0.08)])
def test_the_break_even_return_is_always_said(trial, organic):
    result = wb.compare_offers(wb.read_trial(trial, OFFERS, organic=organic))
    even = result.frame.set_index("offer")["break_even_organic"]
    said = f"without it: {' and '.join(f'{offer} {share:.1%}' for offer, share in even.items())} (break-even"
    assert said in result.details()
    assert said in result.sensitivity("organic").details()


def test_the_shares_assumed_are_tried_beside_the_others(trial):
    result = wb.compare_offers(wb.read_trial(trial, OFFERS, organic=(0.02, 0.07)))
    settings = result.sensitivity("organic").frame["setting"].unique().tolist()
    assert settings == ["0%", "2%", "4.5%", "5%", "7%", "10%", "20%", "30%", "40%"]
    assert len(wb.compare_offers(wb.read_trial(trial, OFFERS)).sensitivity("organic").table()) == len(GRID)


# summary figures


def test_the_published_table_prints_its_break_even_returns():
    said = "An offer stops paying when this share would have returned without it: discount 39.1%, upgrade 37.0% and"
    for organic in (None, 0.05, (0.02, 0.08)):
        assert f"{said} bundle 34.7% (break-even organic return)." in economics(organic=organic).details()


def test_an_interval_for_summary_figures_reaches_from_its_upper_end_to_its_lower():
    both, low, high = (economics(organic=each).frame.set_index("offer") for each in ((0.02, 0.08), 0.08, 0.02))
    for name in ("incremental_profit", "incremental_roi"):
        assert both[f"{name}_low"].tolist() == pytest.approx(low[name].tolist(), rel=1e-12)
        assert both[f"{name}_high"].tolist() == pytest.approx(high[name].tolist(), rel=1e-12)
        assert both[name].tolist() == pytest.approx(((low[name] + high[name]) / 2).tolist(), rel=1e-12)


def test_an_interval_for_summary_figures_stands_in_table_and_words():
    result = economics(organic=(0.02, 0.08))
    assert result.table()["Incremental profit per customer"].iloc[0] == "$315 [$287, $342]"
    assert result.table()["Organic return assumed"].iloc[0] == "5.0% [2.0%, 8.0%]"
    said = "$315 incremental if 5.0% return anyway, the middle of the assumed 2.0% to 8.0%, and $287 to $342"
    assert said in result.describe()


def test_segments_of_summary_figures_are_refused():
    with pytest.raises(ValueError, match="organic by segment needs customers, and a summary has none"):
        economics(organic={"region": {"north": 0.1}})


@pytest.mark.parametrize("organic_value", [-5, 0, float("nan"), "300"])
def test_an_organic_value_of_summary_figures_that_is_no_amount_is_refused(organic_value):
    with pytest.raises(ValueError, match="organic_value must be an amount of money above 0"):
        wb.offer_economics(PUBLISHED, paid="on_acceptance", organic_value=organic_value)


# from the offers of a campaign


@pytest.mark.parametrize("organic", [0.05, (0.02, 0.08), [0.02, 0.08], {"region": {"north": 0.02, "south": 0.1}}])
def test_an_assumption_of_the_catalog_is_that_of_the_comparison(trial, organic):
    catalog = OfferCatalog(OFFERS.offers, organic=organic, organic_value=300)
    given = wb.compare_offers(wb.read_trial(trial, OFFERS, organic=organic, organic_value=300))
    pd.testing.assert_frame_equal(wb.compare_offers(wb.read_trial(trial, catalog)).frame, given.frame)


def test_an_argument_overrides_the_catalog(trial):
    catalog = OfferCatalog(OFFERS.offers, organic=0.3, organic_value=10)
    found = wb.compare_offers(wb.read_trial(trial, catalog, organic=0.05, organic_value=300)).frame
    pd.testing.assert_frame_equal(
        found, wb.compare_offers(wb.read_trial(trial, OFFERS, organic=0.05, organic_value=300)).frame
    )


@pytest.mark.parametrize(
    "organic", [5, "5%", True, [0.1], [0.3, 0.1], {}, {"region": {}}, {"region": 0.1}, {"region": {"north": 2}}]
)
def test_a_catalog_refuses_what_is_no_organic_return(organic):
    with pytest.raises(
        ValueError, match=r"^organic (by segment )?must be .*(share from 0 to 1|\(low, high\)|one column)"
    ):
        OfferCatalog(OFFERS.offers, organic=organic)
