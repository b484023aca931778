"""Does the comparison give the published figures, agree with other implementations, and say what it found?"""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from scipy import stats
from sentences import hold_to_three
from statsmodels.stats.weightstats import ttost_ind
from trials import critical_values, measured, random_lives, random_values

import winback as wb
from winback.money import format_money
from winback.terms.catalog import Offer

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade", "bundle")]


@pytest.fixture(scope="module")
def own_profits(study):
    """Work out each eligible customer's own value less cost, by offer, from the table alone."""
    table = study.lapsed[study.lapsed["eligible"]]
    value = (table["second_margin"] * np.minimum(table["second_tenure"], study.value_window)).fillna(0)
    full = {"discount": 120, "upgrade": 105, "bundle": 225, "none": 0}
    by_reason = table["reason"].astype(object).map({"price": 120, "service": 105, "both": 225})
    cost = table["offer"].astype(object).map(full).fillna(by_reason) * table["returned"]
    return {offer: rows.to_numpy() for offer, rows in (value - cost).groupby(table["offer"], observed=True)}


def row_of(result, offer):
    return result.frame.set_index("offer").loc[offer]


# the study


@pytest.mark.parametrize(
    ("offer", "acceptance", "profit", "roi"),
    [
        ("discount", 0.45, 360.72, 6.68),
        ("upgrade", 0.41, 341.3865, 7.93),
        ("bundle", 0.47, 319.365, 3.02),
    ],
)
def test_the_published_figures(comparison, offer, acceptance, profit, roi):
    row = row_of(comparison, offer)
    assert (row["n"], row["acceptance"]) == (10_000, acceptance)
    assert row["gross_profit"] == pytest.approx(profit, abs=1e-3)
    assert row["gross_roi"] == pytest.approx(roi, abs=2e-5)


def test_tailored_costs_what_its_own_reasons_cost(comparison, study):
    accepted = study.lapsed.query("offer == 'tailored' and returned")["reason"].value_counts()
    cost = (120 * accepted["price"] + 105 * accepted["service"] + 225 * accepted["both"]) / 10_000
    assert row_of(comparison, "tailored")["cost_per_customer"] == pytest.approx(cost, rel=1e-12)
    assert row_of(comparison, "tailored")["gross_roi"] == pytest.approx(5.96, abs=2e-5)


def test_offers_come_in_order_of_profit(comparison):
    assert comparison.frame["offer"].tolist() == ["discount", "upgrade", "bundle", "tailored"]
    assert comparison.frame["gross_profit"].is_monotonic_decreasing


def test_first_on_profit_and_first_on_roi_are_both_said_of_one_kind_of_figure(comparison):
    assert comparison.describe().startswith("Send discount: it earns most")
    text, roi = comparison.details(), comparison.frame.set_index("offer")["incremental_roi"]
    shares = f"upgrade is first on ROI ({roi['upgrade']:.0%} incremental against {roi['discount']:.0%})"
    assert f"Discount is first on profit ($291 incremental), {shares}" in text
    assert not any("gross" in line and "incremental" in line for line in text.splitlines())
    assert "earns $19.33 less per customer" in text


def test_that_the_first_two_are_told_apart_is_said_with_the_interval_of_the_difference(comparison):
    pair = comparison.differences.iloc[0]
    assert (pair["first"], pair["second"], pair["told_apart"]) == ("discount", "upgrade", True)
    low, high = f"{pair['difference_low']:.2f}", f"{pair['difference_high']:.2f}"
    said = (
        f"Discount leads upgrade narrowly, by $19.33 per customer [${low}, ${high}], allowing for every pair compared"
    )
    assert said in comparison.describe()


def test_incremental_stands_beside_gross(comparison):
    shown = comparison.table()
    assert shown.loc[0, "Gross profit per customer"].startswith("$361")
    assert shown.loc[0, "Incremental profit per customer"].startswith("$291")
    assert "incremental profit per customer offered" in comparison.describe()


def test_those_set_aside_are_left_out_and_counted(comparison):
    assert "8,000 customers judged not promising beforehand are left out." in comparison.details()
    assert comparison.control.n.tolist() == [5_000]


# second implementations


@pytest.mark.parametrize("offer", ["discount", "upgrade", "bundle", "tailored"])
def test_gross_profit_is_the_mean_of_each_customers_own(comparison, own_profits, offer):
    row, own = row_of(comparison, offer), own_profits[offer]
    assert row["gross_profit"] == pytest.approx(own.mean(), rel=1e-12)
    assert row["gross_profit_std_error"] == pytest.approx(stats.sem(own), rel=1e-12)


@pytest.mark.parametrize("offer", ["discount", "upgrade", "bundle", "tailored"])
def test_incremental_profit_is_over_the_holdout_with_welchs_error(comparison, own_profits, offer):
    row, own, held_out = row_of(comparison, offer), own_profits[offer], own_profits["none"]
    welch = stats.ttest_ind(own, held_out, equal_var=False)
    assert row["incremental_profit"] == pytest.approx(own.mean() - held_out.mean(), rel=1e-12)
    assert row["incremental_profit"] / row["incremental_profit_std_error"] == pytest.approx(welch.statistic, rel=1e-12)


def test_differences_between_offers_have_welchs_error(comparison, own_profits):
    assert len(comparison.differences) == 6
    for pair in comparison.differences.itertuples():
        welch = stats.ttest_ind(own_profits[pair.first], own_profits[pair.second], equal_var=False)
        assert pair.difference / pair.std_error == pytest.approx(welch.statistic, rel=1e-12)


def test_intervals_of_differences_allow_for_all_six_pairs(comparison):
    pairs = comparison.differences
    critical = (pairs["difference_high"] - pairs["difference"]) / pairs["std_error"]
    tukey = stats.studentized_range.ppf(0.95, 4, np.inf) / np.sqrt(2)  # exact where all variances are equal
    assert critical.to_numpy() == pytest.approx(tukey, abs=0.005)


def test_gross_intervals_hold_together_as_those_of_independent_arms(comparison):
    sidak = stats.norm.ppf((1 + 0.95 ** (1 / 4)) / 2)
    assert critical_values(comparison.frame, "gross") == pytest.approx(sidak, abs=0.003)


def test_incremental_intervals_hold_together_allowing_for_the_control_they_share(comparison, own_profits):
    spread = comparison.frame["incremental_profit_std_error"].to_numpy()
    shared = own_profits["none"].var(ddof=1) / len(own_profits["none"])
    correlation = np.where(np.eye(4), 1, shared / np.outer(spread, spread))
    critical = critical_values(comparison.frame, "incremental")
    joint = stats.multivariate_normal(cov=correlation, seed=1)
    assert joint.cdf(critical, lower_limit=-critical) == pytest.approx(0.95, abs=0.0006)


@pytest.mark.parametrize("kind", ["gross", "incremental"])
def test_totals_are_per_customer_times_customers(comparison, kind):
    frame = comparison.frame
    for end in ("", "_low", "_high"):
        total, each = frame[f"{kind}_profit_total{end}"], frame[f"{kind}_profit{end}"]
        assert (total / frame["n"]).to_numpy() == pytest.approx(each.to_numpy(), rel=1e-12)


@pytest.mark.parametrize("discount", [0.0, 0.10])
def test_months_cut_off_are_those_of_the_kaplan_meier_curve_within_the_arm(rng, discount):
    table = random_lives(rng, 400, longest=20, discount=0.5, upgrade=0.5)
    table["second_margin"] = table["second_margin"].where(table["second_margin"].isna(), 10.0)
    result = wb.compare_offers(wb.read_trial(table, OFFERS, horizon_months=15, annual_discount=discount))
    for offer, arm in table[table["returned"]].groupby("offer"):
        curve = KaplanMeierFitter().fit(arm["second_tenure"], arm["second_ended"].astype(bool))
        months = restricted_mean_survival_time(curve, t=15)
        if discount:
            grid = np.linspace(0, 15, 60_001)
            survival = curve.survival_function_at_times((grid[1:] + grid[:-1]) / 2).to_numpy()
            months = (survival * 1.10 ** (-(grid[1:] + grid[:-1]) / 24)).sum() * (grid[1] - grid[0])
        assert row_of(result, offer)["value_per_returned"] == pytest.approx(10 * months, rel=1e-5)


# settings


def test_horizon_and_rate_given_go_before_those_of_the_offers(study):
    given = wb.compare_offers(study.trial.over(horizon_months=12, annual_discount=0.1))
    assert (given.settings.horizon_months, given.settings.annual_discount) == (12, 0.1)
    months = np.minimum(study.lapsed["second_tenure"], 12)
    worth = (study.lapsed["second_margin"] * -np.expm1(-np.log(1.1) / 12 * months) / (np.log(1.1) / 12)).fillna(0)
    expected = worth[study.lapsed["offer"] == "upgrade"].mean()
    row = row_of(given, "upgrade")
    assert row["gross_profit"] + row["cost_per_customer"] == pytest.approx(expected, rel=1e-12)


def test_a_higher_level_gives_wider_intervals_of_the_same_figures(rng):
    table = random_values(rng, 300, discount=0.4, upgrade=0.3, none=0.2)
    low, high = (wb.compare_offers(wb.read_trial(table, OFFERS[:2]), level=level).frame for level in (0.80, 0.99))
    for name in ("acceptance", "cost_per_customer", "value_per_returned", "break_even_organic", "incremental_roi"):
        assert low[name].tolist() == high[name].tolist()
        assert (high[f"{name}_low"] < low[f"{name}_low"]).all()
        assert (high[f"{name}_high"] > low[f"{name}_high"]).all()


def test_chances_of_being_best_sum_to_one_where_nothing_is_not_an_option(rng):
    result = wb.compare_offers(wb.read_trial(random_values(rng, 300, discount=0.4, upgrade=0.38), OFFERS))
    assert result.frame["probability_best"].sum() == pytest.approx(1, rel=1e-12)


# clearly different or not, and verdicts


def test_equal_offers_are_not_told_apart_and_what_choosing_costs_is_said():
    values = [*np.linspace(50, 150, 60), *[None] * 40]
    result = wb.compare_offers(wb.read_trial(measured(discount=values, upgrade=values), OFFERS))
    answer = "Discount and upgrade are not clearly different: discount is ahead with $54.00 gross"
    assert result.describe().startswith(answer)
    assert "Discount leads upgrade by $0.00 per customer" in result.describe()
    loss = format_money(result.frame["expected_loss"].iloc[0])
    chosen = (
        f"with probability 50.0%, and choosing it is expected to lose {loss} per customer in case another is better"
    )
    assert f"contains zero: discount is the best of all offers {chosen}." in result.describe()
    assert "is expected to lose" not in result.details()
    assert "flat prior" in result.details()
    assert ["not clearly different from discount" in remark for remark in result.frame["remark"]] == [False, True]
    assert result.frame["probability_best"].tolist() == pytest.approx([0.5, 0.5], abs=0.002)
    hold_to_three(result)


def test_only_those_not_told_apart_from_the_leader_are_said_to_be(rng):
    table = random_values(rng, 400, discount=0.5, upgrade=0.5, bundle=0.2)
    result = wb.compare_offers(wb.read_trial(table, OFFERS))
    remarks = result.frame.set_index("offer")["remark"]
    assert result.frame["offer"].iloc[2] == "bundle"
    assert "clearly different" not in remarks["bundle"]
    assert "not clearly different from" in remarks.iloc[1]


def test_gross_figures_never_say_send(rng):
    result = wb.compare_offers(wb.read_trial(random_values(rng, 400, discount=0.5, upgrade=0.2), OFFERS))
    assert result.describe().startswith("Among the offers, discount earns most")
    assert "whether sending any pays is not known" in result.describe().splitlines()[0]
    assert "Send" not in result.describe() + result.details()


# equivalence


def compared_within(bound, table):
    return wb.compare_offers(wb.read_trial(table, OFFERS), equivalent_within=bound)


def test_two_offers_are_equivalent_where_two_one_sided_tests_say_so(rng):
    """Second implementation: statsmodels, at half the level that the interval leaves out."""
    table = random_values(rng, 2000, discount=0.5, upgrade=0.49)
    one, other = (table.loc[table["offer"] == name] for name in ("discount", "upgrade"))
    own = [rows["value"].fillna(0).to_numpy() - 10 * rows["returned"].to_numpy() for rows in (one, other)]
    found = {}
    for bound in np.linspace(2, 30, 29):
        said = compared_within(float(bound), table).differences["equivalent"].iloc[0]
        p_value, *_ = ttost_ind(*own, -bound, bound, usevar="unequal")
        if abs(p_value - 0.025) > 0.002:  # the interval allows for skewness, the tests do not
            found[bound] = (bool(said), bool(p_value < 0.025))
    assert all(said == tested for said, tested in found.values())
    assert {said for said, _ in found.values()} == {True, False}


def test_equivalence_is_said_in_the_answer_the_remark_the_table_and_the_tile(rng):
    table = random_values(rng, 3000, discount=0.5, upgrade=0.5, none=0.1)
    unsaid, result = wb.compare_offers(wb.read_trial(table, OFFERS)), compared_within(20, table)
    assert not unsaid.differences["equivalent"].any()
    assert "quivalent" not in str(unsaid) + unsaid.assumptions()
    assert "are equivalent within $20.00, so it hardly matters which" in result.describe().splitlines()[0]
    assert "lies within $20.00" in result.describe().splitlines()[1]
    assert result.frame["remark"].iloc[1].startswith("equivalent to ")
    assert result.differences_table().frame["Verdict"].tolist() == ["equivalent within $20.00"]
    assert result.tiles().frame["note"].iloc[0].endswith("within $20.00")
    assert "lies within $20.00 of zero, as named by the analyst" in result.assumptions()
    hold_to_three(result)


def test_offers_told_apart_may_be_equivalent_still(study):
    result = wb.compare_offers(study.trial, equivalent_within=40)
    assert result.differences[["told_apart", "equivalent"]].iloc[0].tolist() == [True, True]
    assert "leaves out zero, yet lies within $40.00: equivalent" in result.describe()
    assert result.differences["equivalent"].tolist() == [True, False, False, True, False, True]


@pytest.mark.parametrize("bound", [0, -5.0, float("nan"), float("inf")])
def test_a_bound_that_is_none_is_refused(study, bound):
    with pytest.raises(ValueError, match="equivalent_within must be money per customer above 0"):
        wb.compare_offers(study.trial, equivalent_within=bound)


def test_offers_that_cost_more_than_they_add_are_not_to_be_sent(rng):
    table = random_values(rng, 300, discount=0.5, upgrade=0.4, none=0.45)
    dear = [Offer(name=name, amount=150, paid="on_acceptance") for name in ("discount", "upgrade")]
    result = wb.compare_offers(wb.read_trial(table, dear))
    assert result.frame["gross_profit"].iloc[0] > 0  # gross alone would send it
    assert result.describe().startswith(
        f"Send no offer: even the best, {result.frame['offer'].iloc[0]}, loses money, -$"
    )


def test_an_offer_whose_interval_includes_zero_is_not_shown_to_pay(rng):
    table = random_values(rng, 300, discount=0.5, none=0.48)
    result = wb.compare_offers(wb.read_trial(table, OFFERS[:1]))
    assert result.frame["incremental_profit_low"].iloc[0] < 0 < result.frame["incremental_profit_high"].iloc[0]
    assert result.describe().startswith("No offer is shown to pay: the best, discount, earns")
    assert "which includes zero" in result.describe().splitlines()[0]


def test_the_frame_is_a_copy(comparison):
    frame = comparison.to_frame()
    frame["gross_profit"] = 0.0
    assert comparison.to_frame()["gross_profit"].iloc[0] > 360


# few sentences


def test_every_result_answers_in_at_most_three_sentences(comparison):
    varied = [comparison.sensitivity(name) for name in ("horizon", "discount", "organic")]
    hold_to_three(comparison, comparison.trial, comparison.trial.design, *varied)


@pytest.mark.parametrize("n_returned", [(5, 40), (25, 300), (300, 290)])
@pytest.mark.parametrize("organic", [None, 0.05])
def test_the_doubt_that_matters_most_is_one_sentence(n_returned, organic):
    arms = {name: [100.0] * n + [None] * (400 - n) for name, n in zip(("discount", "upgrade"), n_returned, strict=True)}
    result = wb.compare_offers(wb.read_trial(measured(**arms), OFFERS, organic=organic))
    hold_to_three(result)
    doubt = result.describe().splitlines()[-1]
    assert doubt.startswith("Too few returned") if min(n_returned) < 30 else doubt.startswith("No control group")
    assert doubt not in result.details()
