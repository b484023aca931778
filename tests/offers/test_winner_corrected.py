"""Is the best offer's profit corrected for having been picked, on the figure that ranks, and is it said?"""

import re

import numpy as np
import pytest
from trials import measured, random_values

import winback as wb
from winback.offers.comparison import comparison_from_moments
from winback.offers.comparison_figures import ComparisonSettings
from winback.skewness import studentised_quantile
from winback.terms.catalog import Offer, OfferCatalog
from winback.trial.moments import ArmMoments, assumed_profit, pooled, skew_length
from winback.winner import OtherFigures, corrected_winner

PARTS = ("_low", "", "_high")
RETURNS = {"a": 0.40, "b": 0.42, "c": 0.41, "d": 0.30}


def offers(names="abcd", amount=10.0):
    return OfferCatalog(tuple(Offer(name=name, amount=amount, paid="on_acceptance") for name in names))


def ends(frame, kind):
    return [frame[f"{kind}_profit_corrected{part}"].iloc[0] for part in PARTS]


def answers(best, std_error=1.0, skewness=0.0):
    """Return the corrected figure; its interval leans as that of a skewed figure with so many standard errors does."""
    below, above = (best.naive - best.low) / std_error, (best.high - best.naive) / std_error
    low, high = studentised_quantile(below, skewness), studentised_quantile(-above, skewness)
    drawn = low / below if best.estimate < best.naive else high / -above  # the estimate goes along with its side's end
    middle = best.naive + drawn * (best.estimate - best.naive)
    return [float(each) for each in (best.naive - std_error * low, middle, best.naive - std_error * high)]


def own(frame, kind):
    """Return standard error and skewness of the first offer's profit."""
    return frame[f"{kind}_profit_std_error"].iloc[0], frame[f"{kind}_profit_skewness"].iloc[0]


def published(profits, std_errors, control=None, **settings):
    """Compare offers of which only profit and its standard error are published, 1,000 customers each."""

    def arm(profit, std_error):
        spread = 1000 * std_error**2 * np.eye(3)[1]
        return ArmMoments(np.array([1000]), np.array([[0.4, profit, 0.0]]), np.diag(spread)[None])

    arms = {f"offer {number}": arm(*each) for number, each in enumerate(zip(profits, std_errors, strict=True), 1)}
    return comparison_from_moments(arms, control and arm(*control), ComparisonSettings(None, None, **settings))


# the figure


@pytest.mark.parametrize(("control", "kind"), [({}, "gross"), ({"none": 0.1}, "incremental")])
def test_only_the_first_row_has_it_and_only_for_the_figure_that_ranks(rng, control, kind):
    result = wb.compare_offers(wb.read_trial(random_values(rng, 400, **RETURNS, **control), offers()))
    columns = result.frame.filter(like="corrected")
    assert list(columns) == [f"{kind}_profit_corrected{part}" for part in ("", "_low", "_high")]
    assert columns.iloc[0].notna().all()
    assert columns.iloc[1:].isna().all(axis=None)
    low, middle, high = ends(result.frame, kind)
    assert low < middle < high
    assert middle < result.frame[f"{kind}_profit"].iloc[0]


def test_gross_profit_is_corrected_with_the_error_of_each_offer(rng):
    frame = wb.compare_offers(wb.read_trial(random_values(rng, 400, **RETURNS), offers())).frame
    best = corrected_winner(frame["gross_profit"], np.diag(frame["gross_profit_std_error"] ** 2))
    assert ends(frame, "gross") == pytest.approx(answers(best, *own(frame, "gross")), rel=1e-12)


def test_incremental_profit_is_corrected_with_the_controls_error_in_all_offers(rng):
    """Second route: offers are picked by gross profit, and the winner's incremental profit is read off."""
    frame = wb.compare_offers(wb.read_trial(random_values(rng, 400, **RETURNS, none=0.1), offers())).frame
    gross = np.diag(frame["gross_profit_std_error"] ** 2)
    figures = OtherFigures(frame["incremental_profit"].to_numpy(), frame["incremental_profit_std_error"] ** 2, gross)
    best = corrected_winner(frame["gross_profit"], gross, figures=figures)
    assert ends(frame, "incremental") == pytest.approx(answers(best, *own(frame, "incremental")), rel=1e-9)


def test_from_published_figures_it_is_that_of_their_standard_errors():
    result = published([360, 345, 320], [7, 8, 7], control=(60, 3))
    best = corrected_winner([300, 285, 260], np.diag([49, 64, 49]) + 9)
    assert ends(result.frame, "incremental") == pytest.approx(answers(best), rel=1e-9)


@pytest.mark.parametrize("organic_value", [None, 300.0])
def test_an_assumed_organic_return_is_corrected_as_well(rng, organic_value):
    table = random_values(rng, 400, **RETURNS)
    found = wb.compare_offers(wb.read_trial(table, offers(), organic=0.05, organic_value=organic_value))
    estimate, weights = assumed_profit(found.arms, 0.05, organic_value)
    variance, frame = found.arms.variance(weights), found.frame
    std_error = np.sqrt(variance[0])
    skewness = skew_length(pooled(found.arms), weights, found.arms)[0] / std_error
    expected = answers(corrected_winner(estimate, np.diag(variance)), std_error, skewness)
    assert ends(frame, "incremental") == pytest.approx(expected, rel=1e-9)


def test_an_interval_of_organic_returns_widens_it_to_both_ends():
    """An organic returner's worth is given, so that profit only shifts, and the best stays the best."""
    settings = {"organic_value": 100.0}
    trial = random_values(np.random.default_rng(2), 400, **RETURNS)
    both, low, middle, high = (
        ends(wb.compare_offers(wb.read_trial(trial, offers(), organic=each, **settings)).frame, "incremental")
        for each in ((0.02, 0.08), 0.08, 0.05, 0.02)
    )
    assert both == pytest.approx([low[0], middle[1], high[2]], rel=1e-12)


def test_far_ahead_nothing_is_corrected():
    frame = published([900, 345, 320], [7, 8, 7]).frame
    assert frame["gross_profit_corrected"].iloc[0] == pytest.approx(900, abs=1e-6)


@pytest.mark.parametrize("control", [{}, {"none": 0.1}])
def test_of_skewed_money_it_stays_within_its_interval(rng, control):
    """Near-ties, where the correction is far and the end on the short side is drawn in."""
    kind = "incremental" if control else "gross"
    for _ in range(20):
        groups = {"a": 0.4, "b": 0.4, **control}
        trial = random_values(rng, 150, **groups)
        trial["value"] = trial["value"] ** 3  # a long tail
        low, estimate, high = ends(wb.compare_offers(wb.read_trial(trial, offers("ab"))).frame, kind)
        assert low <= estimate <= high


def test_a_single_offer_was_not_picked(rng):
    result = wb.compare_offers(wb.read_trial(random_values(rng, 400, a=0.4), offers("a")))
    assert result.frame["gross_profit_corrected"].isna().all()
    assert "picked" not in result.describe() + result.details() + result.assumptions()
    assert "corrected" not in " ".join(result.table())


def test_offers_without_any_spread_are_known_exactly():
    frame = wb.compare_offers(wb.read_trial(measured(a=[50.0] * 40, b=[40.0] * 40), offers("ab"))).frame
    assert ends(frame, "gross") == [40, 40, 40]


# the words


def said_in_all(result):
    return f"{result.describe()}\n{result.details()}"


def sentence(result):
    (line,) = [
        line
        for line in result.details().splitlines()
        if "aving been picked as the best of" in line or "the first place exactly" in line
    ]
    return line


def test_the_correction_is_said_with_both_figures():
    result = published([360, 351, 320], [7, 8, 7])
    low, middle, high = ends(result.frame, "gross")
    expected = f"goes from $360 to ${middle:.0f} per customer [${low:.0f}, ${high:.0f}]."
    assert sentence(result).startswith("Having been picked as the best of 3 offers, offer 1 looks better than it is: ")
    assert sentence(result).endswith(expected)


def test_far_ahead_it_is_said_that_the_figure_stays():
    assert "far ahead that its own gross profit stays $900" in sentence(published([900, 345], [7, 8]))


def test_a_narrow_lead_is_said_to_leave_a_rough_figure():
    rough = "the correction for the pick is large and rough"
    assert rough in said_in_all(published([360, 359.5], [7, 8]))
    assert "rough" not in said_in_all(published([360, 345], [7, 8]))


def test_of_an_exact_tie_only_the_interval_is_said():
    result = published([360, 360], [7, 8])
    low, _, high = ends(result.frame, "gross")
    assert "shares the first place exactly, so its own gross profit cannot be corrected" in sentence(result)
    assert sentence(result).endswith(f"[${low:.0f}, ${high:.0f}].")
    assert low < result.frame["gross_profit_low"].iloc[0]


def test_a_profit_that_only_the_pick_lifted_above_zero_is_said_to_be_that():
    result = published([15, 7], [7, 8])
    assert result.frame["gross_profit_low"].iloc[0] > 0 > result.frame["gross_profit_corrected_low"].iloc[0]
    said = "Corrected for having been picked as the best, offer 1 is no longer shown to pay."
    assert said in said_in_all(result)
    assert "no longer" not in said_in_all(published([60, 52], [7, 8]))


@pytest.mark.parametrize(("control", "kind"), [(None, "gross"), ((60, 3), "incremental")])
def test_assumptions_and_table_name_the_figure_that_is_corrected(control, kind):
    result = published([360, 351, 320], [7, 8, 7], control=control)
    said = result.assumptions()
    assert f"Its {kind} profit per customer is also given corrected for the pick" in said
    assert "not corrected." in said
    column = result.second_table().frame[f"{kind.capitalize()} profit corrected for the pick"]
    assert column.iloc[1:].eq("–").all()
    assert column.iloc[0].startswith(f"${result.frame[f'{kind}_profit_corrected'].iloc[0]:.0f} [")


def test_the_tile_shows_both_figures_where_they_differ():
    near, far, alone = published([360, 351], [7, 8]), published([900, 345], [7, 8]), published([360], [7])
    notes = [result.tiles().frame["note"].iloc[1] for result in (near, far, alone)]
    said = f"; ${near.frame['gross_profit_corrected'].iloc[0]:.0f} allowing for its luck in coming first"
    assert notes[0].endswith(said)
    assert "luck" not in notes[1] + notes[2]


def test_figures_of_a_tile_are_written_alike():
    """Neither a figure with cents beside an interval without, nor the same figure in two precisions."""
    for first in np.linspace(70, 130, 13):
        tile = published([first, 66], [20, 20]).tiles().frame.iloc[1]
        amounts = re.findall(r"\$[\d.,]+", f"{tile['figure']} {tile['note'].replace(';', ' ')}")
        assert len({"." in amount for amount in amounts}) == 1
        assert len(amounts) == len(set(amounts)) or "luck" not in tile["note"]
