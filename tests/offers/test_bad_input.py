"""Is what cannot be compared refused with one clear error: where, how often, who first, and what to do?"""

import re

import numpy as np
import pandas as pd
import pytest
from trials import measured, second_lives

import winback as wb
from winback.terms.catalog import Offer

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance", contact_cost=1) for name in ("discount", "upgrade")]
YEAR = {"horizon_months": 12, "annual_discount": 0.0}


VALUES = measured(discount=[40, 60, None] * 20, upgrade=[50, None, None] * 20, none=[30, None, None, None] * 15)
LIFE = (8.0, True, 5.0)
LIVES = second_lives(discount=[LIFE, None] * 30, upgrade=[LIFE, None, None] * 20, none=[LIFE, None, None, None] * 15)


def values(**changes):
    """Return 180 customers with measured value, 75 of them returned, with some columns replaced."""
    return VALUES.assign(**changes)


def lives(**changes):
    """Return 180 customers with second lives, 65 of them returned, with some columns replaced."""
    return LIVES.assign(**changes)


def renamed(old, new):
    return VALUES["offer"].replace(old, new)


# refused with one clear error


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            values(offer=renamed("upgrade", "bundle")),
            "`offer` names an offer whose cost is not stated; 60 of 180 rows (first: customer 61, row 61, bundle). "
            "Add it to the offers (they have discount, upgrade), or write none for untreated customers (or say con",
        ),
        (
            values(offer=renamed("none", "post")),
            "`offer` names an offer whose cost is not stated; 60 of 180 rows (first: customer 121, row 121, post)",
        ),
        (
            values(offer=renamed("none", np.nan)),
            "`offer` must not be missing; 60 of 180 rows (first: customer 121, row 121, missing). Write none for untr",
        ),
        (
            values(returned=pd.array([None] * 180, dtype="boolean")),
            "`returned` must not be missing; 180 of 180 rows (first: customer 1, row 1, missing). Fill it in or drop",
        ),
        (
            values(returned="perhaps"),
            "`returned` must be true or false; 180 of 180 rows (first: customer 1, row 1, perhaps). Write true/false",
        ),
        (
            values(returned=False, value=np.nan),
            "`returned` is false for every customer: there is nothing to value. Check the export.",
        ),
        (
            values(offer="none"),
            "`offer` has no customer with an offer to compare. Check the column and `eligible`.",
        ),
        (
            values(eligible=False),
            "`offer` has no customer with an offer to compare. Check the column and `eligible`.",
        ),
        (
            measured(discount=[10.0], none=[1.0, None]),
            "`offer` is the offer of a single customer; 1 of 3 rows (first: customer 1, row 1, discount). Drop it",
        ),
        (
            measured(discount=[10.0, None], none=[1.0]),
            "`offer` is the offer of a single customer; 1 of 3 rows (first: customer 3, row 3, none). Drop it; 2",
        ),
        (
            values(offer_probability=np.where(VALUES.index == 3, 0.5, 0.3)),
            "`offer_probability` differs between customers of one offer; 1 of 180 rows (first: customer 4, row 4, "
            "0.5). Compare within groups of equal chance, or use offer_scores, which weighs each customer by it.",
        ),
        (
            values(value=5.0),
            "`value` must be empty unless `returned`; 105 of 105 rows (first: customer 3, row 3, 5",
        ),
        (
            values(value=VALUES["value"].where(VALUES.index != 1)),
            "`value` must be there for returned customers; 1 of 75 rows (first: customer 2, row 2, missing). Fill it",
        ),
        (
            values().drop(columns="value"),
            "`value` is missing, and so are second lives: nothing says what returned customers brought",
        ),
        (values().drop(columns="offer"), "`offer` is missing from the table. Add it (offer sent; none = untreated"),
        (values().head(0), "`table` has no rows. Check that the right file was exported."),
        (
            values(customer_id=VALUES["customer_id"].replace(9, 8)),
            "`customer_id` must be unique: one row per customer; 1 of 180 rows (first: row 9, 8)",
        ),
    ],
)
def test_a_table_of_values_that_cannot_be_compared_is_refused(table, said):
    with pytest.raises(
        wb.TableError, match=rf"^\d problems? in the table of lapsed customers:\n  1\. {re.escape(said)}"
    ):
        wb.compare_offers(wb.read_trial(table, OFFERS))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            lives(second_tenure=5.0),
            "`second_tenure` must be empty unless `returned`; 115 of 115 rows (first: customer 2, row 2, 5",
        ),
        (
            lives(second_margin=LIVES["second_margin"].astype(object).where(LIVES.index != 2, "five")),
            "`second_margin` must be a number; 1 of 180 rows (first: customer 3, row 3, five). Write numbers",
        ),
        (
            lives(second_tenure=LIVES["second_tenure"].where(LIVES.index != 2, -1.0)),
            "`second_tenure` must be > 0; 1 of 180 rows (first: customer 3, row 3, -1",
        ),
    ],
)
def test_a_table_of_second_lives_that_cannot_be_compared_is_refused(table, said):
    with pytest.raises(wb.TableError, match=re.escape(said)):
        wb.compare_offers(wb.read_trial(table, OFFERS, **YEAR))


@pytest.mark.parametrize(
    ("table", "settings", "said"),
    [
        (
            lives(),
            {"annual_discount": 0},
            r"^horizon_months is required: over how many months is a second lifetime val",
        ),
        (
            lives(followed=40.0),
            {"annual_discount": 0},
            r"Everybody was followed for 40 months: that is the longest without a correction\.$",
        ),
        (lives(), {"horizon_months": 12}, r"^annual_discount is required: 0\.10 for 10% a year, 0 for plain money\.$"),
        (lives(), {"horizon_months": 12, "annual_discount": 10}, r"^annual_discount must be .* Write 0\.1 for 10%\.$"),
        (
            lives(),
            {"horizon_months": 0, "annual_discount": 0},
            r"^horizon_months must be above 0 and at most 1,000,000; got 0\.$",
        ),
        (
            values(),
            {"horizon_months": 12},
            "^`value` was measured directly, within a horizon of its own: .*Leave both out",
        ),
        (
            values(),
            {"annual_discount": 0},
            "^`value` was measured directly, within a horizon of its own: .*Leave both out",
        ),
    ],
)
def test_settings_that_cannot_be_used_are_refused(table, settings, said):
    with pytest.raises(ValueError, match=said):
        wb.compare_offers(wb.read_trial(table, OFFERS, **settings))


def test_what_is_no_level_is_refused():
    with pytest.raises(ValueError, match=r"^level must be between 0 and 1, such as 0\.95; got 95\.$"):
        wb.compare_offers(wb.read_trial(values(), OFFERS), level=95)


def test_a_horizon_in_the_offers_file_is_refused_with_measured_value():
    catalog = wb.OfferCatalog(tuple(OFFERS), horizon_months=24)
    with pytest.raises(ValueError, match="Leave both out, here and in the offers file"):
        wb.compare_offers(wb.read_trial(values(), catalog))


def test_a_horizon_beyond_the_data_is_refused_with_the_longest_that_is_not():
    cut = {"discount": [(14.0, False, 5.0), (3.0, True, 5.0)], "upgrade": [(9.5, False, 5.0), (3.0, True, 5.0)]}
    table = second_lives(**{offer: life * 20 for offer, life in cut.items()})
    with pytest.raises(ValueError, match=r"^horizon_months = 12 reaches beyond the data: .*'upgrade'.*at most 9\.5;"):
        wb.compare_offers(wb.read_trial(table, OFFERS, **YEAR))
    assert (
        wb.compare_offers(wb.read_trial(table, OFFERS, horizon_months=9.5, annual_discount=0)).settings.horizon_months
        == 9.5
    )


@pytest.mark.parametrize("frame", [[1, 2], {"customer_id": [1]}, None])
def test_what_is_no_table_is_refused(frame):
    with pytest.raises(wb.TableError, match="`table` must be a frame of pandas, polars, pyarrow or DuckDB, or a path"):
        wb.compare_offers(wb.read_trial(frame, OFFERS))


def test_no_offers_at_all_are_refused():
    with pytest.raises(ValueError, match=r"There is no offer\."):
        wb.compare_offers(wb.read_trial(values(), []))


def test_where_nobody_knows_how_long_they_were_followed_no_horizon_is_suggested():
    with pytest.raises(ValueError, match="horizon_months is required") as caught:
        wb.compare_offers(wb.read_trial(lives(followed=np.nan), OFFERS, annual_discount=0))
    assert "nan" not in str(caught.value)


def test_empty_columns_of_second_lives_beside_measured_value_are_ignored_or_named_as_such():
    table = values(second_tenure=np.nan, second_ended=None, second_margin=np.nan)
    try:
        wb.compare_offers(wb.read_trial(table, OFFERS))
    except wb.TableError as error:
        assert "is there beside second_ columns" in str(error)  # noqa: PT017 (either is fine)
