"""Is it clear who must never be contacted, whatever the column is called and written in?"""

import pandas as pd
import pytest

from winback.tables import TableError, check_contracts, check_lapsed, map_columns
from winback.tables.no_contact import unclear_marks, unwanted


@pytest.mark.parametrize(
    ("cells", "unclear"),
    [
        (["yes", "nein", None], []),
        (["x", "", None], []),  # a mark
        (["yes", "", " "], []),  # blank, as an empty cell of a file
        ([1, 0, None], []),
        (["03/04/2024", "13/04/2024", "04/13/2024"], []),  # the day does not matter
        (["yes", "maybe", "by mail", "2024-02-31"], [1, 2, 3]),
        ([123.4, 0.0, 7.0], [0, 2]),  # a total that is called "tot" is nobody's death
    ],
)
def test_what_is_neither_yes_nor_no_and_no_date_is_unclear(cells, unclear):
    assert unclear_marks(pd.Series(cells)).nonzero()[0].tolist() == unclear


@pytest.mark.parametrize("check", [check_lapsed, check_contracts])
@pytest.mark.parametrize("heading", ["do_not_contact", "Do not contact", "Werbesperre", "deceased"])
def test_an_unclear_mark_is_a_problem_of_any_table_of_customers(check, heading):
    table = pd.DataFrame({"customer_id": [7, 8, 9], heading: ["no", "maybe", "perhaps"]})
    with pytest.raises(TableError, match=rf"`{heading}` must be yes or no.*2 of 3 rows \(first: customer 8.*Write yes"):
        check(table)
    assert len(check(table.assign(**{heading: ["no", "yes", "2024-01-31"]}))) == 3


def test_a_column_can_be_named_as_the_one_that_says_who_is_not_contacted():
    table = map_columns(pd.DataFrame({"customer_id": [7, 8], "Sperre": ["ja", "nein"]}), {"do_not_contact": "Sperre"})
    assert dict(unwanted(table))["asked not to be contacted"].tolist() == [True, False]


@pytest.mark.parametrize("cells", [["", "yes", " "], ["", "2024-01-31", ""]])
def test_a_blank_cell_of_a_frame_marks_nobody_as_an_empty_one_of_a_file(cells):
    table = pd.DataFrame({"customer_id": [7, 8, 9], "Do not contact": cells})
    assert dict(unwanted(check_lapsed(table)))["asked not to be contacted"].tolist() == [False, True, False]
    none = table.assign(**{"Do not contact": ""})
    assert not dict(unwanted(check_lapsed(none)))["asked not to be contacted"].any()
