"""Is what was recorded after the offer named and left out, and what was known before kept?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.trial.late_columns import BEFORE_RETURN, OF_THE_RETURNED, OF_THE_SENT, late_columns

OFFERS = [wb.Offer(name="mail", amount=1, paid="per_contact"), wb.Offer(name="call", amount=5, paid="per_contact")]


def trial_table(n=1_500, rng=4, **more):
    """Return a trial of two offers and a holdout; what came of it depends on nothing known."""
    rng = np.random.default_rng(rng)
    offer = np.array(["none", "mail", "call"])[np.arange(n) % 3]
    back = rng.random(n) < 0.3
    table = pd.DataFrame(
        {
            "customer_id": range(n),
            "offer": offer,
            "returned": back,
            "value": np.where(back, rng.gamma(2, 50, n), 0.0),
            "orders": rng.poisson(3, n),
            "premium": rng.random(n) < 0.3,
        }
    )
    return table.assign(**{name: column(table, rng) for name, column in more.items()})


def opened(table, rng):
    return ((table["offer"] != "none") & (rng.random(len(table)) < 0.4)).astype(int)


def day_of_opening(table, rng):
    return pd.Series(np.where(opened(table, rng) == 1, np.datetime64("2024-01-01"), np.datetime64("NaT")))


def visits(table, rng, slips=0):
    """Return who visited: of those who returned all but a few whose rows were booked wrongly, of others some."""
    seen = (table["returned"] | (rng.random(len(table)) < 0.3)).astype(int)
    return seen.where(~table.index.isin(table.index[table["returned"]][:slips]), 0)


LATE = {
    "opened": (opened, OF_THE_SENT),
    "opened in words": (lambda t, rng: opened(t, rng).map({1: "yes", 0: "no"}), OF_THE_SENT),
    "clicked, empty otherwise": (lambda t, rng: opened(t, rng).replace(0, np.nan), OF_THE_SENT),
    "only mails are opened": (lambda t, rng: opened(t, rng) * (t["offer"] == "mail"), OF_THE_SENT),
    "day of opening": (day_of_opening, OF_THE_SENT),
    "copy of the return": (lambda t, rng: t["returned"].astype(int), OF_THE_RETURNED),
    "revenue": (lambda t, rng: t["value"] * 3, OF_THE_RETURNED),
    "visits before": (visits, BEFORE_RETURN),
    "visits before, and a slip": (lambda t, rng: visits(t, rng, slips=1), BEFORE_RETURN),
}  # fmt: skip


@pytest.mark.parametrize("name", LATE)
def test_a_late_column_is_named_and_the_analysis_goes_on(name):
    column, why = LATE[name]
    table = trial_table(late_one=column)
    assert late_columns(table) == {why: ["late_one"]}
    trial = wb.read_trial(table, OFFERS)
    assert trial.arms == ("mail", "call", "none")
    assert trial.design.control == "accepted"
    assert "late_one" not in (*trial.known, *trial.covariates)
    finding = {each.check: each for each in trial.design.findings}["measured after the offer"]
    assert finding.verdict == "warning"
    assert "late_one" in finding.finding


def test_a_rule_by_a_late_column_is_refused():
    trial = wb.read_trial(trial_table(opened=opened), OFFERS)
    with pytest.raises(wb.TableError, match="`opened` is known, or varies, only for those who returned or were sent"):
        wb.learn_policy(trial, by=["opened"])


def test_what_was_known_before_is_kept():
    table = trial_table(rare=lambda t, rng: (rng.random(len(t)) < 0.01).astype(int))
    assert late_columns(table) == {}
    assert set(wb.read_trial(table, OFFERS).known) == {"orders", "premium", "rare"}


def test_a_region_of_its_own_is_no_late_column():
    table = trial_table(
        region=lambda t, rng: np.where(t["offer"] == "none", "south", rng.choice(["north", "south"], len(t)))
    )
    assert late_columns(table) == {}
    assert wb.read_trial(table, OFFERS).design.control == "refused"


def test_a_refused_control_group_still_shows_what_is_late():
    table = trial_table(opened=opened, age=lambda t, rng: rng.normal(40, 5, len(t)) + 9 * (t["offer"] == "none"))
    trial = wb.read_trial(table, OFFERS)
    assert trial.design.control == "refused"
    assert "opened" not in trial.known


def test_a_few_slips_do_not_turn_a_visit_into_something_known_before():
    """One buyer booked without a visit once refused a random control group, and turned the page's verdict."""
    some = lambda t, rng: visits(t, rng, slips=1)  # noqa: E731
    (name,) = late_columns(trial_table(visit=some))[BEFORE_RETURN]
    assert name == "visit"
    finding = {each.check: each for each in wb.read_trial(trial_table(visit=some), OFFERS).design.findings}
    assert "Was visit known before the offer?" in finding["measured after the offer"].finding
    for slips in (60, 200):  # no slips any more
        assert late_columns(trial_table(visit=lambda t, rng, slips=slips: visits(t, rng, slips))) == {}


def test_who_is_refused_for_one_column_is_asked_whether_it_came_later():
    def clicked(table, rng):
        return (rng.random(len(table)) < np.where(table["offer"] == "none", 0.2, 0.4)).astype(int)

    table = trial_table(clicked=clicked)
    trial = wb.read_trial(table, OFFERS)
    assert trial.design.control == "refused"
    assert 'was "clicked" recorded after the offer? Then leave that column out' in trial.design.control_reason
    assert wb.read_trial(table.drop(columns="clicked"), OFFERS).design.control == "accepted"
    both = trial_table(clicked=clicked, age=lambda t, rng: rng.normal(40, 5, len(t)) + 9 * (t["offer"] == "none"))
    assert "In all else" not in wb.read_trial(both, OFFERS).design.control_reason
