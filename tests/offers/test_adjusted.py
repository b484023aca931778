"""Does the adjusted comparison stand beside the plain one, and take its place only where that was declared?"""

import households as hh
import numpy as np
import pytest
import statsmodels.api as sm
from trials import random_values

import winback as wb
from winback.offers.comparison import comparison_from_moments
from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.offers_file import write_offers
from winback.trial.compared import adjustable, compared_moments

OFFERS = [Offer(name=name, paid="per_contact", amount=2.0) for name in ("call", "letter")]
DECLARED = "adjusted for income and region, as declared beforehand"


@pytest.fixture(scope="module")
def table():
    """Return a trial whose customers' income tells much of what they bring."""
    rng = np.random.default_rng(7)
    drawn = random_values(rng, 1_500, call=0.5, letter=0.45, none=0.3)
    income = np.round(rng.normal(100, 20, len(drawn)), 2)
    region = rng.choice(["north", "south"], len(drawn))
    value = drawn["value"] + 8 * (income - 100) + 40 * (region == "north") + 200
    return drawn.assign(income=income, region=region, value=value.round(2))


@pytest.fixture(scope="module")
def plain(table):
    return wb.compare_offers(wb.read_trial(table, OFFERS))


@pytest.fixture(scope="module")
def declared(table):
    return wb.compare_offers(wb.read_trial(table, OFFERS, adjust=["income", "region"]))


def test_the_plain_figures_stay_the_headline_and_the_adjusted_ones_stand_beside(plain, table):
    beside = plain.adjusted
    assert not beside.declared
    assert beside.columns == ("income", "region")
    assert beside.kind == "incremental"
    for end in ("", "_low", "_high"):
        headline = plain.frame[f"incremental_profit{end}"]
        assert beside.frame[f"plain_profit{end}"].tolist() == pytest.approx(headline.tolist(), rel=1e-12)
        pairs = plain.differences[f"difference{end}"]
        assert beside.differences[f"plain_difference{end}"].tolist() == pytest.approx(pairs.tolist(), rel=1e-12)
    assert (beside.frame["narrower"] > 0.02).all()
    assert (beside.differences["narrower"] > 0.02).all()
    assert plain.adjusted_for == ""
    assert "adjusted" not in plain.describe()
    assert "adjusted" not in str(plain.tiles())
    assert "Allowing for income and region, known beforehand, call's lead over letter is" in plain.details()
    assert "was not declared beforehand, so the plain figure is the headline" in beside.describe()


def test_where_it_was_declared_every_figure_of_the_headline_is_the_adjusted_one(plain, declared):
    beside = declared.adjusted
    for end in ("", "_low", "_high"):
        headline = declared.frame[f"incremental_profit{end}"].tolist()
        assert headline == pytest.approx(plain.adjusted.frame[f"adjusted_profit{end}"].tolist(), rel=1e-12)
        assert headline == pytest.approx(beside.frame[f"adjusted_profit{end}"].tolist(), rel=1e-12)
        own, other = declared.differences[f"difference{end}"], plain.adjusted.differences[f"adjusted_difference{end}"]
        assert own.tolist() == pytest.approx(other.tolist(), rel=1e-12)
    assert beside.frame["plain_profit"].tolist() == pytest.approx(plain.frame["incremental_profit"].tolist())
    assert declared.frame[["n", "n_returned"]].equals(plain.frame[["n", "n_returned"]])  # counts are counted


def test_a_declared_headline_says_so_wherever_it_stands(plain, declared):
    answer, lead = declared.describe().splitlines()[:2]
    assert f"({DECLARED})" in answer
    assert f"(plain {plain.adjusted.plain_lead})" in lead
    tiles = declared.tiles().frame
    assert tiles["label"].iloc[1] == "Incremental profit per customer (adjusted)"
    assert tiles["note"].iloc[1].endswith(f"; {plain.tiles().frame['figure'].iloc[1]} plain, not adjusted")
    assert f"Figures are {DECLARED}" in declared.assumptions()
    assert "adjusted" not in plain.assumptions()
    assert "Plain difference, not adjusted" in declared.differences_table().frame
    assert "Allowing for" not in declared.details()
    assert "narrower, as if the trial had had" in declared.details()
    assert "Declared" not in declared.details()
    assert "so the adjusted figure is" in declared.adjusted.describe()


def test_the_adjusted_profit_is_that_of_statsmodels_interacted_regression(declared, table):
    known = np.column_stack([table["income"], table["region"] == "north"]).astype(float)
    known -= known.mean(axis=0)
    sent = [(table["offer"] == name).to_numpy(float)[:, None] for name in ("none", "call", "letter")]
    explained_by = np.hstack([np.ones((len(table), 1)), *sent[1:], *(arm * known for arm in sent)])
    outcome = table["value"].fillna(0.0) - np.where(table["offer"] == "none", 0.0, 2.0)
    fit = sm.OLS(outcome.to_numpy(), explained_by).fit(cov_type="HC2")
    frame = declared.frame.set_index("offer")
    for place, name in enumerate(("call", "letter"), start=1):
        assert frame.loc[name, "incremental_profit"] == pytest.approx(fit.params[place], rel=1e-10)
        # HC2 takes the trial's customers as given; who they happen to be shifts a difference by little
        assert frame.loc[name, "incremental_profit_std_error"] == pytest.approx(fit.bse[place], rel=0.01)


def test_what_is_looked_at_next_is_adjusted_too(declared, plain):
    assert declared.sensitivity("organic", [0.0]).frame["profit"].tolist() == pytest.approx(
        declared.frame["gross_profit"].tolist()
    )
    over = declared.trial.over(currency="EUR")
    assert over.adjust == ("income", "region")
    assert over.over(adjust=[]).adjust == ()
    other = wb.compare_offers(over.over(adjust=[]))
    assert other.frame["gross_profit"].tolist() == pytest.approx(plain.frame["gross_profit"].tolist())


def test_over_other_horizons_a_declared_comparison_stays_adjusted():
    trial = wb.load_telecom_study().trial.over(adjust=["first_margin"])
    found = wb.compare_offers(trial)
    same = found.sensitivity("horizon", [trial.horizon_months]).frame["profit"]
    assert same.tolist() == pytest.approx(found.frame["gross_profit"].tolist(), rel=1e-12)


def test_gross_and_assumed_figures_are_adjusted_as_well(table):
    offered = table[table["offer"] != "none"]
    gross = wb.compare_offers(wb.read_trial(offered, OFFERS, adjust=["income"]))
    assert gross.adjusted.kind == gross.kind == "gross"
    assert gross.adjusted.frame["adjusted_profit"].tolist() == pytest.approx(gross.frame["gross_profit"].tolist())
    assumed = wb.compare_offers(wb.read_trial(offered, OFFERS, adjust=["income"], organic=(0.1, 0.2)))
    beside = assumed.adjusted.frame
    for end in ("", "_low", "_high"):
        headline = assumed.frame[f"incremental_profit{end}"]
        assert beside[f"adjusted_profit{end}"].tolist() == pytest.approx(headline.tolist(), rel=1e-12)
    alone = wb.compare_offers(wb.read_trial(offered[offered["offer"] == "call"], OFFERS[:1]))
    assert "gross profit of call is" in alone.adjusted.describe()


def test_only_what_was_known_before_the_offer_may_be_allowed_for(table):
    late = table.assign(opened=np.where(table["returned"], np.arange(len(table)) % 2, 0))
    with pytest.raises(wb.TableError, match=r"(?s)`opened` is not known before.*`value` is not.*`wealth` is missing"):
        wb.read_trial(late, OFFERS, adjust=["income", "opened", "value", "wealth"])
    with pytest.raises(ValueError, match="adjust must be a list of columns"):
        wb.read_trial(table, OFFERS, adjust="income")


def test_a_group_too_small_for_the_columns_is_named_when_they_were_declared_and_left_plain_otherwise(table):
    small = table.groupby("offer").head(25)
    message = "'call' has 25 customers and 2 numbers to allow for need 30"
    with pytest.raises(ValueError, match=message):
        wb.read_trial(small, OFFERS, adjust=["income", "region"])
    trial = wb.read_trial(small, OFFERS)
    assert adjustable(trial) == ()
    assert compared_moments(trial) is trial.moments
    assert wb.compare_offers(trial).adjusted is None
    assert "Allowing" not in wb.compare_offers(trial).details()
    assert wb.read_trial(small, OFFERS, adjust=["region"]).adjust == ("region",)


def test_clusters_count_as_one_customer_each(rng):
    drawn = hh.table(rng, 40, 10)
    with pytest.raises(ValueError, match="draws by household and 2 numbers"):
        wb.read_trial(drawn, hh.OFFERS, cluster="household", adjust=["income", "age"])
    trial = hh.trial(rng, 400, 4)
    beside = wb.compare_offers(trial.over(adjust=["income", "age"])).adjusted
    assert beside.frame["plain_profit_low"].tolist() == pytest.approx(
        wb.compare_offers(trial).frame["incremental_profit_low"].tolist()
    )


def test_clusters_widen_an_adjusted_interval_by_what_they_do_to_it(rng):
    trial = hh.trial(rng, 400, 4)
    alone = trial.over(adjust=["age"])  # which tells nothing
    assert wb.compare_offers(alone).widening == pytest.approx(wb.compare_offers(trial).widening, rel=0.01)


def test_what_is_the_same_for_all_of_a_group_is_not_allowed_for(table):
    opened = np.where(table["offer"] == "none", 0, np.arange(len(table)) % 3)
    late = table.assign(opened=opened)
    trial = wb.read_trial(late, OFFERS)
    assert trial.design.control == "accepted"  # what came after the offer is named, left out, and adjusts nothing
    assert "opened" not in adjustable(trial)
    slow = table.assign(called=np.where(table["offer"] == "call", np.arange(len(table)) % 3, 0))
    with pytest.raises(wb.TableError, match="`called` is not known before the offer"):
        wb.read_trial(slow, OFFERS, adjust=["income", "called"])
    rare = table.assign(vip=np.arange(len(table)) == 5)  # whom chance gave to one group
    assert "vip" in adjustable(wb.read_trial(rare, OFFERS))


def test_the_adjusted_figures_are_those_of_cross_fitted_scores_but_for_their_folds():
    trial = wb.load_telecom_study().trial
    found, scored = wb.compare_offers(trial).adjusted.frame.set_index("offer"), wb.offer_scores(trial).frame
    for row in scored[scored["offer"] != "none"].itertuples():
        ours = found.loc[row.offer]
        assert ours["adjusted_profit"] == pytest.approx(row.effect, abs=0.1 * row.effect_std_error)
        width, other = ours["adjusted_profit_high"] - ours["adjusted_profit_low"], row.effect_high - row.effect_low
        assert width == pytest.approx(other, rel=0.01)


def test_the_offers_file_declares_and_an_argument_overrides_it(table, tmp_path):
    path = tmp_path / "offers.toml"
    write_offers(OfferCatalog(tuple(OFFERS), adjust=["income"]), path)
    assert wb.load_offers(path).adjust == ("income",)
    trial = wb.read_trial(table, path)
    assert trial.adjust == ("income",)
    assert trial.overruled == ()
    other = wb.read_trial(table, path, adjust=["region"])
    assert other.adjust == ("region",)
    assert other.overruled == ("adjust = ('income',)",)
    assert wb.read_trial(table, path, adjust=["income"]).overruled == ()
    path.write_text(path.read_text().replace('[\n    "income",\n]', '"income"'))
    with pytest.raises(ValueError, match="adjust must be a list of columns"):
        wb.load_offers(path)


def test_published_figures_cannot_be_adjusted(plain):
    arms = {name: plain.arms.arm(place) for place, name in enumerate(plain.frame["offer"])}
    published = comparison_from_moments(arms, plain.control, plain.settings)
    assert published.adjusted is None
    assert published.adjusted_for == ""
    assert "Allowing" not in published.details()
