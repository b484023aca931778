"""Is it said who is there twice, and who does alike?"""

import households as hh
import numpy as np
import pandas as pd
import pytest
from trials import random_values

import winback as wb
from winback.clusters import FEW_CLUSTERS
from winback.terms.catalog import Offer

OFFERS = [Offer(name="letter", paid="per_contact", amount=0.5)]


def finding(trial, check):
    rows = trial.design.to_frame().set_index("check")
    return rows.loc[check, "verdict"], rows.loc[check, "finding"]


def money_of_many_cents(rng, n):
    values = random_values(rng, n, letter=0.5, none=0.5)
    return values.assign(value=values["value"] + rng.random(len(values)))


def twice(table):
    return pd.concat([table, table.assign(customer_id=table["customer_id"] + 10_000)], ignore_index=True)


def test_every_customer_twice_under_new_ids_is_counted_and_said_first(rng):
    found = wb.read_trial(twice(money_of_many_cents(rng, 200)), OFFERS)
    verdict, text = finding(found, "duplicate ids")
    assert verdict == "warning"
    assert "800 of 800 customers have the same row as another but for the id" in text
    assert "name what they share as cluster" in found.design.describe()


def test_doubles_of_one_cluster_are_allowed_for(rng):
    once = money_of_many_cents(rng, 200)
    doubled = twice(once).assign(person=lambda table: table["customer_id"] % 10_000)
    found = wb.read_trial(doubled, OFFERS, cluster="person")
    assert finding(found, "duplicate ids")[0] != "warning"  # those who brought nothing are alike in a table so small
    before, after = (wb.compare_offers(each).frame for each in (wb.read_trial(once, OFFERS), found))
    ends = ["incremental_profit_low", "incremental_profit_high", "acceptance_low", "gross_roi_high"]
    assert after[ends].to_numpy() == pytest.approx(before[ends].to_numpy(), rel=1e-9)


def test_equal_rows_of_a_table_of_few_columns_are_counted_without_alarm(rng):
    coarse = random_values(rng, 300, letter=0.1, none=0.1)
    coarse["value"] += np.where(coarse["returned"], rng.random(len(coarse)), 0.0)
    verdict, text = finding(wb.read_trial(coarse, OFFERS), "duplicate ids")
    assert verdict == "note"
    assert text.endswith("as is usual where a table has few columns.")


@pytest.mark.parametrize(("whole", "words"), [(True, "each was sent one offer"), (False, "some were sent different")])
def test_it_is_said_who_does_alike_and_whether_they_were_drawn_whole(rng, whole, words):
    verdict, text = finding(hh.trial(rng, 400, 3, whole=whole), "clusters")
    assert verdict == "ok"
    assert "Customers of one household may do alike: 400 count as one draw each, of 3.0 customers" in text
    assert words in text


def test_customers_without_a_household_are_counted(rng):
    table = hh.table(rng, 400, 3).assign(household=lambda table: table["household"].where(table["customer_id"] >= 30))
    verdict, text = finding(wb.read_trial(table, hh.OFFERS, cluster="household"), "clusters")
    assert verdict == "ok"
    assert "30 without a household stand for themselves" in text


def test_a_group_of_few_clusters_is_a_warning(rng):
    verdict, text = finding(hh.trial(rng, 60, 30, shares=(0.5, 0.5)), "clusters")
    assert verdict == "warning"
    assert f"fewer than {FEW_CLUSTERS} draws by household" in text


@pytest.mark.slow
def test_households_that_are_alike_beforehand_raise_no_false_alarm():
    """Income is the household's: as if customers were independent, balance fails in trials drawn at random."""
    rng, alarms = np.random.default_rng(20160301), []
    for _ in range(60):
        found = [hh.trial(rng, 200, 20, cluster=cluster) for cluster in ("household", None)]
        alarms.append([each.design.control == "refused" for each in found])
    known, unknown = np.mean(alarms, axis=0)
    assert known == 0.0
    assert unknown > 0.2


def test_empty_cells_are_compared_like_others(rng):
    table = money_of_many_cents(rng, 100).assign(note=[None, "x"] * 100)
    assert finding(wb.read_trial(table, OFFERS), "duplicate ids")[0] in ("ok", "note")
    assert finding(wb.read_trial(twice(table), OFFERS), "duplicate ids")[0] == "warning"
