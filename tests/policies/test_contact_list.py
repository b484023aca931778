"""Who is listed, in which order, with what expected profit? The list by hand, new customers, tiny trials, errors."""

import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_segment, free
from trials import leaning, length_by_loop, random_values

import winback as wb
from winback.money import format_money

OFFERS = [wb.Offer(name="a", amount=20, paid="on_acceptance"), wb.Offer(name="b", amount=35, paid="on_acceptance")]
CHANCES = {"a": {"x": 0.7, "y": 0.3}, "b": {"x": 0.2, "y": 0.3}, "none": {"x": 0.1, "y": 0.1}}
APART = {"a": {"x": 0.7, "y": 0.1}, "b": {"x": 0.1, "y": 0.7}, "none": {"x": 0.1, "y": 0.1}}
NEW = pd.DataFrame({"customer_id": ["p", "q", "r", "s"], "segment": ["y", "x", "unheard of", None],
                    "calls": [1, 0, np.nan, 2]})  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return by_segment(np.random.default_rng(1), 900, **CHANCES)[0]


@pytest.fixture(scope="module")
def policy(table):
    return wb.learn_policy(wb.read_trial(table, OFFERS), splits=wb.Splits(repeats=2))


@pytest.fixture(scope="module")
def found(table, policy):
    return policy.contact_list()


def test_the_untreated_who_are_away_are_listed_best_first(table, found):
    frame = found.frame
    away = table.loc[(table["offer"] == "none") & ~table["returned"], "customer_id"]
    assert set(frame["customer_id"]) == set(away)
    assert frame["rank"].tolist() == [1 + (frame["expected_profit"] > each).sum() for each in frame["expected_profit"]]
    assert (np.diff(frame["expected_profit"]) <= 0).all()
    assert found.n_left_alone == 0
    assert "sent nothing and are still away" in found.describe()
    assert "of the group that was held out: keep a random 10% of it back" in found.describe()
    assert found.kind == "incremental"
    total, low, high = (format_money(each) for each in (found.total, found.total_low, found.total_high))
    assert f"are expected to earn {total} [{low}, {high}] incremental profit in all (" in found.describe()
    assert f"({format_money(found.total / len(frame))} each on average), if a contact earns" in found.describe()
    assert found.total == pytest.approx(frame["expected_profit"].sum())


def test_the_order_is_found_where_there_is_one(table, found):
    assert found.value.ranks
    segment = table.set_index("customer_id")["segment"]
    assert (segment.loc[found.frame["customer_id"].head(50)] == "x").all()
    assert (segment.loc[found.frame["customer_id"].tail(50)] == "y").all()
    assert "The order is worth something" in found.describe()


IN_DOUBT = {"a": {"x": 0.6, "y": 0.02}, "b": {"x": 0.1, "y": 0.24}, "none": {"x": 0.1, "y": 0.26}}  # of y: b or none


@pytest.mark.parametrize("chances", [CHANCES, APART, IN_DOUBT])
def test_the_slope_and_the_fifths_by_least_squares(chances):
    """A second computation: scores from `offer_scores`, the regression by statsmodels."""
    import statsmodels.api as sm

    table = by_segment(np.random.default_rng(1), 900, **chances)[0]
    table["age"] = np.random.default_rng(2).normal(40, 10, 900)  # no two customers are the same
    policy = wb.learn_policy(wb.read_trial(table, free("a", "b")), by=["segment", "calls"], splits=wb.Splits(repeats=3))
    scored = wb.offer_scores(wb.read_trial(table, free("a", "b")), rng=0)
    found = policy.contact_list(rng=0)
    gains, rows = policy.evaluation.gains, []
    for customer in range(900):
        splits = (gains.decided if policy.evaluation.pays else gains.single)[:, customer]
        offers = [policy.choices[place] for place in splits if policy.choices[place] != "none"]
        if offers:  # who is contacted in no split does not count
            each = [frame.iloc[customer] for frame in (scored.scores, scored.expected)]
            sent = table["offer"].iloc[customer]
            counts = np.mean([(sent == name) - (sent == "none") for name in offers])
            means = [np.mean([row[name] - row["none"] for name in offers]) for row in each]
            rows.append([*means, scored.folds[customer], customer, counts])
    told = pd.DataFrame(rows, columns=["earned", "predicted", "fold", "customer", "counts"])
    told["predicted"] += told["predicted"].mean() - told.groupby("fold")["predicted"].transform("mean")
    centred = sm.add_constant(told["predicted"] - told["predicted"].mean())
    fit = sm.OLS(told["earned"], centred).fit(cov_type="HC0")
    assert found.value.average == pytest.approx(fit.params["const"], rel=1e-9)
    assert found.value.slope == pytest.approx(fit.params["predicted"], rel=1e-9)
    assert found.value.slope_std_error == pytest.approx(fit.bse["predicted"], rel=1e-9)
    order = np.argsort(-told["predicted"].to_numpy(), kind="stable")
    assert found.groups["n"].sum() == len(told)
    for row, members in zip(found.groups.to_dict("records"), np.array_split(order, 5), strict=True):
        each = told["earned"].iloc[members]
        error = each.std() / np.sqrt(len(each))
        part = told.iloc[members]
        length = length_by_loop(table, table["value"].fillna(0), part["counts"], part["customer"])
        wanted = (part["predicted"].mean(), each.mean(), *leaning(each.mean(), error, length / error))
        got = tuple(row[name] for name in ("predicted", "measured", "measured_low", "measured_high"))
        assert got == pytest.approx(wanted, rel=1e-6)


def test_expected_profit_is_the_average_and_the_slope_times_the_prediction(table, policy):
    """Predictions of new customers by least squares within each offer, another way."""
    import statsmodels.formula.api as smf

    found = policy.contact_list(NEW.head(2))
    profit = table["value"].fillna(0) - table["returned"] * table["offer"].map({"a": 20, "b": 35, "none": 0})
    told = {
        arm: smf.ols("profit ~ segment + calls", table.assign(profit=profit)[table["offer"] == arm]).fit()
        for arm in ("a", "b", "none")
    }
    chosen = dict(zip(NEW["customer_id"], policy.assign(NEW.head(2)), strict=False))
    for row in found.frame.to_dict("records"):
        customer = NEW[NEW["customer_id"] == row["customer_id"]]
        gain = float((told[chosen[row["customer_id"]]].predict(customer) - told["none"].predict(customer)).iloc[0])
        slope = min(found.value.slope, 1.0)
        assert row["expected_profit"] == pytest.approx(found.value.average + slope * (gain - found.value.centre))
        assert row["offer"] == chosen[row["customer_id"]]


def test_new_customers_with_unseen_and_missing_values(table, policy):
    contacts = policy.contact_list(NEW)
    found = contacts.frame.set_index("customer_id")["expected_profit"]
    assert set(found.index) == set("pqs")  # nobody in the trial was like r
    assert contacts.left_out == (("with segment unheard of, which nobody in the trial had", 1),)
    assert "Not listed: 1 with segment unheard of, which nobody in the trial had." in contacts.details()
    assert found.notna().all()
    assert found["p"] < found["s"] < found["q"]


def test_what_one_customer_is_predicted_does_not_depend_on_the_others(table, policy):
    whole = policy.contact_list(NEW).frame.set_index("customer_id")
    busy = NEW.assign(calls=[100, 0, np.nan, 3_000])
    mixed = policy.contact_list(busy).frame.set_index("customer_id")
    assert mixed.loc["q", "expected_profit"] == pytest.approx(whole.loc["q", "expected_profit"], rel=1e-9)
    alone = policy.contact_list(NEW.iloc[[1]]).frame
    assert alone["expected_profit"].iloc[0] == pytest.approx(whole.loc["q", "expected_profit"], rel=1e-9)


def test_the_order_of_rows_does_not_matter(table, policy):
    mixed = NEW.sample(frac=1, random_state=4)
    one, other = (policy.contact_list(each).frame for each in (NEW, mixed))
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-9)


def test_ids_may_be_numbers_or_words(table, policy):
    words = table.assign(customer_id="c" + table["customer_id"].astype(str))
    one = policy.contact_list().frame
    other = wb.learn_policy(wb.read_trial(words, OFFERS), splits=wb.Splits(repeats=2)).contact_list().frame
    assert ("c" + one["customer_id"].astype(str)).tolist() == other["customer_id"].tolist()
    np.testing.assert_allclose(one["expected_profit"], other["expected_profit"], rtol=1e-12)


def test_tables_are_not_changed(table, policy):
    before, new = table.copy(deep=True), NEW.copy(deep=True)
    policy.contact_list(NEW)
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(NEW, new)


def test_a_column_that_new_customers_lack(table, policy):
    """They are taken for average in it, and it is said; the list was refused."""
    found = policy.contact_list(NEW.drop(columns="calls"))
    assert "Not in the table: calls; predictions take everybody for average there." in found.describe()
    average = policy.contact_list(NEW.assign(calls=np.nan))
    np.testing.assert_allclose(found.frame["expected_profit"], average.frame["expected_profit"], rtol=1e-9)
    assert "lacks" not in average.describe()
    neither = wb.learn_policy(policy.trial, by=["calls"], splits=wb.Splits(repeats=2)).contact_list(
        NEW[["customer_id"]]
    )
    assert neither.frame["expected_profit"].nunique() == 1
    assert "The order says nothing: the table has no column by which the trial predicts." in neither.describe()


def test_marks_days_and_what_never_moves_are_no_predictors(table):
    days = np.where(np.arange(900) % 2 == 0, "2024-03-01", "2024-06-01")
    marked = table.assign(deceased=np.arange(900) % 50 == 0, Do_Not_Contact="no", wave="first", contact_date=days)
    trial = wb.read_trial(marked, OFFERS)
    assert trial.covariates == ("segment", "calls")
    assert not {"deceased", "Do_Not_Contact", "contact_date"} & set(trial.known)
    policy = wb.learn_policy(trial, splits=wb.Splits(repeats=2))
    listed = policy.contact_list(NEW.assign(contact_date="2025-01-01", wave="next"))
    assert set(listed.frame["customer_id"]) == set("pqs")
    assert not listed.lacking


@pytest.mark.parametrize("keep", ["first", "last"])
def test_what_rows_that_do_not_count_say_is_heeded(table, keep):
    """Who came back after a later contact was listed as still away, and who was sent an offer as sent nothing."""
    away = table[(table["offer"] == "none") & ~table["returned"]]["customer_id"].tolist()
    more = table[table["customer_id"].isin(away[:6])].copy()
    more["offer"] = ["a", "a", "none", "none", "b", "a"]
    more["returned"] = [True, False, True, False, False, True]
    more["value"] = np.where(more["returned"], 100.0, 0.0)
    rows = [table, more] if keep == "first" else [more, table]
    twice = wb.read_trial(pd.concat(rows), OFFERS, keep=keep)
    found = wb.learn_policy(twice, by=["segment"], splits=wb.Splits(repeats=2)).contact_list()
    ids = set(found.frame["customer_id"])
    if keep == "first":
        assert found.left_out == (
            ("came back after a later contact", 3),
            ("sent an offer at another contact", 2),
        )
        assert ids == set(away) - {away[0], away[1], away[2], away[4], away[5]}
    else:  # who came back before, and is away by the last row, is away
        assert found.left_out == (("sent an offer at another contact", 4),)
        assert ids == set(away) - {away[0], away[1], away[4], away[5]}


def test_a_number_that_is_a_word(table, policy):
    words = NEW.assign(calls=["1", "many", "0", None])
    with pytest.raises(
        wb.TableError, match=r"`calls` must be a number, as in the trial; 1 of 3 rows \(first: customer q"
    ):
        policy.contact_list(words)
    read = policy.contact_list(NEW.assign(calls=["1", "0", None, "2"]), keep=[]).frame
    pd.testing.assert_frame_equal(read, policy.contact_list(NEW, keep=[]).frame)


def test_who_loses_money_is_left_alone_and_counted():
    chances = {"a": {"x": 0.8, "y": 0.05}, "none": {"x": 0.1, "y": 0.3}}
    table = by_segment(np.random.default_rng(2), 900, **chances)[0]
    found = wb.learn_policy(wb.read_trial(table, OFFERS)).contact_list()
    segment = table.set_index("customer_id")["segment"]
    assert (segment.loc[found.frame["customer_id"]] == "x").all()
    away = table[(table["offer"] == "none") & ~table["returned"]]
    assert found.n_left_alone == (away["segment"] == "y").sum() > 50
    assert f"{found.n_left_alone} more are better left alone" in found.details()
    assert (found.frame["expected_profit"] > 0).all()


def test_whose_offer_costs_more_than_they_bring_is_left_alone():
    """One offer, so that nothing is chosen; who would lose is told by prediction alone."""
    chances = {"a": {"x": 0.7, "y": 0.1}, "none": {"x": 0.1, "y": 0.1}}
    table = by_segment(np.random.default_rng(2), 1_200, **chances)[0]
    costly = [wb.Offer(name="a", amount=60, paid="per_contact")]
    policy = wb.learn_policy(wb.read_trial(table[table["offer"] == "a"], costly))
    found = policy.contact_list(NEW.assign(segment=["x", "y", "y", "x"]))
    assert set(found.frame["customer_id"]) == {"p", "s"}
    assert found.n_left_alone == 2
    assert "2 more are better left alone" in found.details()


def test_ruinous_offers_leave_nobody_on_the_list(table):
    ruinous = [wb.Offer(name=name, amount=900, paid="on_acceptance") for name in "ab"]
    found = wb.learn_policy(wb.read_trial(table, ruinous)).contact_list()
    assert len(found.frame) == 0
    assert (found.total, found.total_low, found.total_high) == (0.0, 0.0, 0.0)
    assert found.n_left_alone == ((table["offer"] == "none") & ~table["returned"]).sum()
    assert "The order" not in found.describe()
    assert found.describe().startswith("No contact is expected to pay, so nobody is listed of customers who were sent")


def test_different_customers_get_different_offers_with_the_reason_why():
    table = by_segment(np.random.default_rng(3), 900, **APART)[0]
    found = wb.learn_policy(wb.read_trial(table.rename(columns={"segment": "reason"}), OFFERS)).contact_list()
    assert set(zip(found.frame["reason"], found.frame["offer"], found.frame["why"], strict=True)) == {
        ("x", "a", "reason for leaving x"),
        ("y", "b", "reason for leaving y"),
    }
    alike = wb.learn_policy(wb.read_trial(table.assign(segment="x"), OFFERS), splits=wb.Splits(repeats=1))
    alike = alike.contact_list(table).frame
    assert set(alike["why"]) == {"best for everybody"}


def test_gross_and_assumed(table):
    sent = table[table["offer"] != "none"]
    gross = wb.learn_policy(wb.read_trial(sent, OFFERS)).contact_list()
    assert gross.kind == "gross"
    assert "gross profit in all" in gross.describe()
    assert gross.describe().splitlines()[1].endswith("is counted as earned.")
    assert "customers who were asked once and did not return are expected" in gross.describe()
    assert set(gross.frame["customer_id"]) == set(sent.loc[~sent["returned"], "customer_id"])
    assumed = wb.learn_policy(wb.read_trial(sent, OFFERS, organic=0.1, organic_value=150.0)).contact_list()
    assert assumed.kind == "incremental"
    assert assumed.value.average == pytest.approx(gross.value.average - 15, rel=1e-9)
    np.testing.assert_allclose(assumed.frame["expected_profit"], gross.frame["expected_profit"] - 15, rtol=1e-9)


def test_nobody_is_listed_where_no_contact_is_shown_to_pay():
    """One value with a slip of the pen once made a list of millions beside "send none to all yet"."""
    table = random_values(np.random.default_rng(5), 450, a=0.4, none=0.1)
    table["calls"] = np.random.default_rng(6).poisson(2, len(table))
    assert len(wb.learn_policy(wb.read_trial(table, OFFERS[:1])).contact_list().frame)
    first = table.index[(table["offer"] == "a") & table["returned"]][0]
    slip = table.assign(value=table["value"].astype(float).where(table.index != first, 1e9))
    found = wb.learn_policy(wb.read_trial(slip, OFFERS[:1])).contact_list(keep_back=0.1)
    assert found.frame.empty
    assert len(found.unshown) > 0
    assert found.n_left_alone == 0
    assert found.describe().startswith("No contact is shown to pay, so nobody is listed of customers who were sent")
    assert found.describe().endswith("which includes zero.")


def test_one_offer_alone(table):
    policy = wb.learn_policy(wb.read_trial(table[table["offer"] == "a"], OFFERS))
    assert policy.refused == "there is one offer and nothing to compare it with"
    assert policy.describe().startswith(f"Customers are not told apart: {policy.refused}.")
    assert "apart" in policy.check()
    found = policy.contact_list()
    assert found.kind == "gross"
    assert set(found.frame["offer"]) == {"a"}


def test_a_trial_that_knows_nothing_of_its_customers():
    table = by_segment(np.random.default_rng(3), 60, **CHANCES)[0].drop(columns=["segment", "calls"])
    policy = wb.learn_policy(wb.read_trial(table, free("a", "b")))
    assert policy.refused == "nothing known before the offer is in the table"
    assert policy.rules[["rule", "offer", "n"]].to_numpy().tolist() == [["everybody", policy.best_single, len(table)]]
    found = policy.contact_list()
    assert found.value.slope == 0
    assert not found.value.ranks
    assert found.frame["expected_profit"].nunique() == 1
    assert found.frame["expected_profit"].iloc[0] == pytest.approx(found.value.average)
    assert "so all have the average and rank 1" in found.describe()


@pytest.mark.parametrize(("known", "said"), [(["calls"], " each; the comparison's figure differs, as here chance"),
                                             ([], " each), if a contact earns")])  # fmt: skip
def test_why_a_contact_earns_not_quite_what_the_comparison_says(known, said):
    """Said where the figure stands, and only where something was known beforehand that evens groups out."""
    table = random_values(np.random.default_rng(5), 450, a=0.4, none=0.1)
    table["calls"] = np.random.default_rng(6).poisson(2, len(table))
    trial = wb.read_trial(table, OFFERS[:1], covariates=known)
    found = wb.learn_policy(trial).contact_list()
    assert not found.value.ranks
    assert f"({format_money(found.frame['expected_profit'].iloc[0])}{said}" in found.describe()
    plain = wb.compare_offers(trial).frame["incremental_profit"].iloc[0]
    assert (found.frame["expected_profit"].iloc[0] == pytest.approx(plain, rel=1e-9)) == (known == [])


def test_of_several_offers_a_contact_is_judged_on_customers_whom_the_choice_has_not_seen():
    """Of equal offers the best seems to earn more than a contact does: the comparison has its luck in it."""
    gaps = []
    for seed in range(12):
        table = random_values(np.random.default_rng(seed), 300, a=0.3, b=0.3, none=0.1)
        trial = wb.read_trial(table, [OFFERS[0], wb.Offer(name="b", amount=20, paid="on_acceptance")])
        found = wb.learn_policy(trial, splits=wb.Splits(repeats=1)).contact_list()
        if found.value.ranks or len(found.frame["offer"].unique()) > 1:
            continue
        assert (
            "figure differs, as here the choice of the offer is judged on customers it had not seen)"
            in found.describe()
        )
        gaps.append(
            wb.compare_offers(trial).frame["incremental_profit"].iloc[0] - found.frame["expected_profit"].iloc[0]
        )
    assert len(gaps) > 5
    assert np.mean(gaps) > 2 * np.std(gaps, ddof=1) / np.sqrt(len(gaps))


def test_a_trial_too_small_for_folds_says_so():
    table = by_segment(np.random.default_rng(3), 9, **CHANCES)[0]
    with pytest.raises(ValueError, match="has no customer in"):
        wb.learn_policy(wb.read_trial(table.assign(returned=True, value=table["value"].fillna(9.0)), OFFERS))


def test_the_first_rows_are_shown_rounded(found):
    shown = found.table()
    assert len(shown) == 6
    assert shown["Rank"].tolist()[:2] == ["1", "2"]
    assert all(each.startswith("$") for each in shown["Expected incremental profit"])
    assert len(found.first(3).frame) == 3
    assert len(found.show_groups().frame) == 5


def test_who_is_back_is_left_out_and_who_is_hardly_meant_is_counted(table, policy):
    asked = table.head(50).assign(eligible=[False] * 3 + [True] * 47)
    found = policy.contact_list(asked)
    assert found.left_out == (("back already", int(asked["returned"].sum())),)
    assert not set(found.frame["customer_id"]) & set(asked["customer_id"][asked["returned"]])
    assert "(3 of them were judged not promising; " in found.describe()


def test_the_columns_of_the_analyst_are_carried_along_as_they_are(table, policy):
    own = NEW.assign(name=["Ann", "=Bob", "Çağ", None], rank=[9, 8, 7, 6], months_away=3.0)
    frame = policy.contact_list(own).frame.set_index("customer_id")
    assert list(frame)[-4:] == ["segment", "calls", "name", "table_rank"]  # but for those that winback knows
    assert frame.loc["q", ["name", "table_rank"]].tolist() == ["=Bob", 8]
    assert frame.loc["p", "name"] == "Ann"
    asked = policy.contact_list(own, keep=["name", "months_away"]).frame
    assert list(asked)[-3:] == ["kind", "name", "months_away"]
    assert list(policy.contact_list(own, keep="name").frame)[-1] == "name"
    assert list(policy.contact_list(own, keep=[]).frame)[-1] == "kind"
    with pytest.raises(ValueError, match=r"keep names 'email', which is no column of the customers to list"):
        policy.contact_list(own, keep=["email"])
