"""Are effects on return those of statsmodels, in odds and in points, and said in the right direction?"""

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit
from scipy.stats import norm
from sentences import hold_to_three
from simulated_lives import FORMULAS, lost_customers

import winback as wb
from winback.second_lifetime.effects import ReturnEffects

FORMULA = "x + driver + reason"


def by_term(effects):
    """Return the rows of the effects under their column, or column: label."""
    frame = effects.frame
    labels = [f": {level}" if level is not None else "" for level in frame["level"]]
    return frame.set_index(
        pd.Index([f"{column}{label}" for column, label in zip(frame["column"], labels, strict=True)])
    )


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    return lost_customers(rng, 2_000).assign(reason=rng.choice(["price", "service", "both"], 2_000))


@pytest.fixture(scope="module")
def design(table):
    numbers = table[["x", "driver"]].assign(
        **{f"reason[T.{label}]": (table["reason"] == label) * 1.0 for label in ("price", "service")}
    )
    return sm.add_constant(numbers)


@pytest.mark.parametrize(("link", "model"), [("probit", sm.Probit), ("logit", sm.Logit)])
def test_average_marginal_effects_are_statsmodels(table, design, link, model):
    fit = wb.fit_two_part(table, **FORMULAS | {"reacquisition": FORMULA}, link=link)
    frame = by_term(fit.effects(table))
    other = model(table["returned"].astype(float), design).fit(disp=0).get_margeff(at="overall")
    theirs = other.summary_frame()
    for name in ("x", "driver"):
        assert frame.loc[name, "change"] == pytest.approx(theirs.loc[name, "dy/dx"], rel=1e-6)
        assert frame.loc[name, "change_std_error"] == pytest.approx(theirs.loc[name, "Std. Err."], rel=1e-4)
        assert frame.loc[name, "change_low"] == pytest.approx(theirs["Conf. Int. Low"][name], rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(("link", "model"), [("probit", sm.Probit), ("logit", sm.Logit)])
def test_labels_are_compared_with_the_first_one(table, design, link, model):
    """With two labels statsmodels' discrete change is the same; with three the others are set to the first one."""
    two = table[table["reason"] != "both"]
    fit = wb.fit_two_part(two, **FORMULAS | {"reacquisition": FORMULA}, link=link)
    row = by_term(fit.effects(two)).loc["reason: service"]
    numbers = design.loc[two.index].drop(columns="reason[T.price]")
    other = model(two["returned"].astype(float), numbers).fit(disp=0).get_margeff(at="overall", dummy=True)
    theirs = other.summary_frame().loc["reason[T.service]"]
    assert row["change"] == pytest.approx(theirs["dy/dx"], rel=1e-6)
    assert row["change_std_error"] == pytest.approx(theirs["Std. Err."], rel=1e-4)

    fit = wb.fit_two_part(table, **FORMULAS | {"reacquisition": FORMULA}, link=link)
    row = by_term(fit.effects(table)).loc["reason: service"]
    chances = [fit.chance_of_return(table.assign(reason=label)).mean() for label in ("service", "both")]
    assert row["change"] == pytest.approx(chances[0] - chances[1], rel=1e-9)


def test_odds_ratios(table, design):
    fit = wb.fit_two_part(table, **FORMULAS | {"reacquisition": FORMULA}, link="logit")
    frame = by_term(fit.effects(table))
    other = sm.Logit(table["returned"].astype(float), design).fit(disp=0)
    names = [re.sub(r"(\w+): (\w+)", r"\1[T.\2]", name) for name in frame.index]
    assert frame["odds_ratio"].to_numpy() == pytest.approx(np.exp(other.params[names]).to_numpy(), rel=1e-6)
    ends = frame[["odds_ratio_low", "odds_ratio_high"]].to_numpy()
    assert ends == pytest.approx(np.exp(other.conf_int().loc[names]).to_numpy(), rel=1e-4)
    assert frame["p_value"].to_numpy() == pytest.approx(other.pvalues[names].to_numpy(), rel=1e-3, abs=1e-12)
    probit = wb.fit_two_part(table, **FORMULAS | {"reacquisition": FORMULA})
    assert "odds_ratio" not in probit.effects(table).frame


def test_the_joint_fit_has_effects_too(table):
    fit = wb.fit_joint(table, **FORMULAS)
    joint, apart = (each.effects(table).frame["change"] for each in (fit, fit.two_part))
    assert joint.to_numpy() == pytest.approx(apart.to_numpy(), rel=0.05)


def test_order_and_names_of_customers_do_not_matter(table):
    fit = wb.fit_two_part(table, **FORMULAS | {"reacquisition": FORMULA})
    mixed = table.sample(frac=1, random_state=1).assign(customer_id=lambda t: [f"c{name}" for name in t["customer_id"]])
    pd.testing.assert_frame_equal(fit.effects(mixed).frame, fit.effects(table).frame, rtol=1e-9)


def test_the_telecom_study_in_words(study):
    formula = "reason + referrals + I(complaints - complaints_resolved) + complaints_resolved + contact_attempts"
    formulas = {"reacquisition": formula, "tenure": "reason", "margin": "reason"}
    fit = wb.fit_two_part(study.lapsed, **formulas, link="logit")
    promising = study.lapsed[study.lapsed["eligible"]]
    effects = fit.effects(promising)
    hold_to_three(effects)
    answer, sure, doubt = effects.describe().splitlines()
    hardest = (
        "hardest to win back are those who left for price and service, easier those whose complaints were settled."
    )
    assert answer == f"All else alike, {hardest}"
    settled = "1 complaint settled rather than left open (+"
    assert f"This goes with return, strongest first: {settled}" in effects.details()
    assert "1 more referral (+" in effects.details()
    assert "This goes with staying away, strongest first: left for price and service rather than" in effects.details()
    assert "odds" not in effects.describe()  # a word that has to be explained
    assert (
        f"1 more referral x {effects.frame.set_index('column').loc['referrals', 'odds_ratio']:.2f}" in effects.details()
    )
    assert f"among {len(promising):,} customers" in sure
    strongest = effects.frame.sort_values("change").iloc[0]
    assert f"between -{-100 * strongest['change_low']:.1f} and -{-100 * strongest['change_high']:.1f} points" in sure
    with_offers = wb.fit_two_part(study.trial, link="logit").effects(study.trial)
    changes = with_offers.frame.query("column == 'offer'")["change"]
    low, high = (f"{100 * change:.0f}" for change in (changes.min(), changes.max()))
    said = with_offers.describe().splitlines()[0]
    assert said == (f"All else alike, an offer brings back {low} to {high} more in 100; {hardest}")
    assert with_offers.what_to_do().startswith("Send an offer, first to those to whom it adds most")
    hold_to_three(with_offers)
    assert doubt == (
        "All of this shows who returns, not why: to settle more complaints need not bring more of them back."
    )


def test_an_offer_drawn_at_random_is_no_mere_association(table):
    sent = table.assign(offer=np.array(["letter", "none"])[np.arange(len(table)) % 2])
    fit = wb.fit_two_part(sent, **FORMULAS | {"reacquisition": "x + driver + offer"})
    doubt = fit.effects(sent).describe().splitlines()[-1]
    assert doubt == "Only an offer drawn at random shows what it does; all else shows who returns, not why."


def effects_of(*rows):
    """Return effects made up of a column, its reference, and an interval of the change."""
    frame = pd.DataFrame(rows, columns=["column", "reference", "change_low", "change_high"])
    frame = frame.assign(change=frame[["change_low", "change_high"]].mean(axis=1), in_words=frame["column"], level=None)
    return ReturnEffects(frame, "probit", 100)


HELPS, HARMS, UNCLEAR = (0.1, 0.2), (-0.2, -0.1), (-0.1, 0.1)


@pytest.mark.parametrize(
    ("rows", "step"),
    [
        ([("offer", "none", *HELPS), ("x", None, *HARMS)], "Send an offer, first to those to whom it adds most: "),
        ([("offer", "none", *HELPS), ("x", None, *UNCLEAR)], "Send an offer, to whom does not matter here"),
        ([("offer", "none", *HARMS), ("x", None, *HELPS)], "Send none of these offers: with each of them fewer"),
        ([("offer", "none", *UNCLEAR), ("offer", "none", *HARMS)], "Send none of these offers to all yet"),
        (
            [("offer", "letter", *HELPS), ("x", None, *HELPS)],
            "Ask first those whose signs speak for a return, and leave",
        ),
        ([("x", None, *UNCLEAR)], "Ask in any order, and leave a random part without an offer"),
    ],
)
def test_what_to_do_follows_from_the_offer_beside_none_and_the_signs(rows, step):
    effects = effects_of(*rows)
    assert effects.what_to_do().startswith(step)
    assert len(effects.what_to_do().splitlines()) == 1
    hold_to_three(effects)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("offer", "none", *HELPS)], "All else alike, the offer brings back 15 more in 100."),
        (
            [("offer", "none", *HELPS), ("offer", "none", 0.3, 0.5)],
            "All else alike, an offer brings back 15 to 40 more in 100.",
        ),
        (
            [("offer", "none", *HELPS), ("offer", "none", *UNCLEAR), ("x", None, *HARMS)],  # one is not shown to help
            "All else alike, hardest to win back are those with higher x, easier those with higher offer.",
        ),
        (
            [("x", None, 0.1, 0.12), ("y", None, -0.4, -0.3), ("z", None, -0.5, -0.4)],  # the strongest of a side
            "All else alike, hardest to win back are those with higher z, easier those with higher x.",
        ),
        ([("x", None, *HARMS)], "All else alike, hardest to win back are those with higher x."),
        ([("x", None, *HELPS)], "All else alike, easiest to win back are those with higher x."),
    ],
)
def test_the_answer_says_what_is_shown(rows, said):
    assert effects_of(*rows).describe().startswith(said)


def test_nothing_that_goes_with_return_is_said():
    said = effects_of(("x", None, *UNCLEAR)).describe().splitlines()
    assert said[0] == "Nothing in the formula is shown to go with return."
    assert said[1] == "That is of 100 customers: more of them may show what is small."


def test_interactions_and_powers_follow_their_column(table):
    formula = "x + I(x**2) + reason * driver"
    fit = wb.fit_two_part(table, **FORMULAS | {"reacquisition": formula}, link="logit")
    frame = by_term(fit.effects(table))
    assert list(frame.index) == ["driver", "reason: price", "reason: service", "x"]
    chances = {label: fit.chance_of_return(table.assign(reason=label)).mean() for label in ("both", "price")}
    assert frame.loc["reason: price", "change"] == pytest.approx(chances["price"] - chances["both"], rel=1e-9)
    for name in ("x", "driver"):
        above, below = (fit.chance_of_return(table.assign(**{name: table[name] + h})).mean() for h in (1e-5, -1e-5))
        assert frame.loc[name, "change"] == pytest.approx((above - below) / 2e-5, rel=1e-4)
    assert "odds_ratio" not in frame  # it is not the same for everybody
    rng = np.random.default_rng(1)
    place = fit.places["reacquisition"]
    draws = rng.multivariate_normal(fit.theta[place], fit.covariance[place, place], 400)
    numbers = [fit.designs["reacquisition"].matrix(table.assign(reason=label)) for label in ("price", "both")]
    spread = np.std([(expit(numbers[0] @ d) - expit(numbers[1] @ d)).mean() for d in draws])
    assert frame.loc["reason: price", "change_std_error"] == pytest.approx(spread, rel=0.15)


def test_offers_are_compared_with_none(table):
    sent = table.assign(offer=np.array(["letter", "none", "a visit"])[np.arange(len(table)) % 3])
    fit = wb.fit_two_part(sent, **FORMULAS | {"reacquisition": "x + driver + offer"})
    frame = fit.effects(sent).frame.query("column == 'offer'")
    assert frame["level"].tolist() == ["a visit", "letter"]
    assert frame["reference"].tolist() == ["none", "none"]
    assert frame["in_words"].tolist() == [f"with the {each} offered rather than nothing" for each in frame["level"]]


def complained(most=4, n=3_000):
    rng = np.random.default_rng(8)
    complaints = rng.integers(0, most + 1, n)
    table = lost_customers(rng, n).assign(complaints=complaints, complaints_resolved=rng.binomial(complaints, 0.5))
    open_ones = table["complaints"] - table["complaints_resolved"]
    return table[~table["returned"].astype(bool) | (rng.random(n) < 0.8**open_ones)]


@pytest.mark.parametrize("most", [1, 4])
@pytest.mark.parametrize(
    "formula", ["complaints + complaints_resolved", "I(complaints - complaints_resolved) + complaints_resolved"]
)
def test_one_settled_of_equally_many_complaints_is_said_as_such(formula, most):
    """However the formula is written, moving the one column holds the other equal: the effects are the same."""
    table = complained(most)
    effects = wb.fit_two_part(table, **FORMULAS | {"reacquisition": formula}).effects(table)
    words = effects.frame.set_index("column")["in_words"]
    assert words["complaints_resolved"] == "1 complaint settled rather than left open"
    assert words["complaints"] == "1 more complaint left open"
    apart = wb.fit_two_part(table, **FORMULAS | {"reacquisition": "complaints + complaints_resolved"})
    changes = apart.effects(table).frame["change"].to_numpy()
    assert effects.frame["change"].to_numpy() == pytest.approx(changes, rel=1e-4)


@pytest.mark.parametrize("most", [1, 4])
def test_one_more_is_one_more_and_counted_over_those_who_could_have_it(most):
    """A slope is another thing, and nobody without an open complaint can have one more of them settled."""
    table = complained(most)
    fit = wb.fit_two_part(table, **FORMULAS | {"reacquisition": "complaints * driver + complaints_resolved"})
    frame = fit.effects(table).frame.set_index("column")
    could = {
        "complaints_resolved": table["complaints_resolved"] < table["complaints"],
        "complaints": table["complaints"] < most,
    }
    for column, those in could.items():
        now, then = (fit.chance_of_return(table[those].assign(**{column: table[column] + more})) for more in (0, 1))
        assert frame.loc[column, "change"] == pytest.approx((then - now).mean(), rel=1e-9)
    rng = np.random.default_rng(2)
    place = fit.places["reacquisition"]
    draws = rng.multivariate_normal(fit.theta[place], fit.covariance[place, place], 400)
    open_ones = table[could["complaints_resolved"]]
    moved = open_ones.assign(complaints_resolved=open_ones["complaints_resolved"] + 1)
    before, after = (fit.designs["reacquisition"].matrix(each) for each in (open_ones, moved))
    spread = np.std([(norm.cdf(after @ each) - norm.cdf(before @ each)).mean() for each in draws])
    assert frame.loc["complaints_resolved", "change_std_error"] == pytest.approx(spread, rel=0.15)


def test_planned_attempts_are_no_effect_of_contacting(study):
    fit = wb.fit_two_part(study.trial, reacquisition="contact_attempts", tenure="reason", margin="reason")
    effects = fit.effects(study.trial)
    assert "1 more planned contact attempt" in effects.describe()
    assert "no effect of contacting" in effects.details()
    (points,) = effects.table()["Chance of return, in points"]
    assert re.fullmatch(r"\d+\.\d \[\d+\.\d, \d+\.\d\]", points)


@pytest.mark.parametrize(
    ("column", "words"), [("complaints_resolved", "1 more complaint settled"), ("complaints", "1 more complaint")]
)
def test_where_only_one_of_the_two_is_known_nothing_is_held_equal(column, words):
    table = complained()
    effects = wb.fit_two_part(table, **FORMULAS | {"reacquisition": f"{column} + driver"}).effects(table)
    assert effects.frame.set_index("column").loc[column, "in_words"] == words
    assert "rather than left open" not in effects.describe()
