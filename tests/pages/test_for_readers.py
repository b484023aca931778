"""Does a table on a page keep its words, and does each cell know its column where rows become cards?"""

import re

import pandas as pd
import pytest

from winback.in_html import html_table, html_tiles
from winback.pages.for_readers import FEW_COLUMNS, MOST_CARDS, for_readers


def words(shown):
    return re.sub(r"<[^>]+>", "|", shown)


def table(n_columns, n_rows=2):
    rows = [
        [f"<{row}&{place}>" if not place else f"{place}{row} [1, 2]" for place in range(n_columns)]
        for row in range(n_rows)
    ]
    return html_table(pd.DataFrame(rows, columns=[f'Column "{place}"' for place in range(n_columns)]))


@pytest.mark.parametrize("n_columns", [1, FEW_COLUMNS, FEW_COLUMNS + 1, 9])
@pytest.mark.parametrize("n_rows", [1, MOST_CARDS, MOST_CARDS + 1])
def test_no_word_is_changed_and_every_heading_is_one_of_a_column(n_columns, n_rows):
    before, after = table(n_columns, n_rows), for_readers(table(n_columns, n_rows))
    assert words(after).strip("|") == words(before).strip("|")
    assert after.count('scope="col"') == n_columns
    assert for_readers(f"<p>a</p>{before}<p>b</p>{before}") == f"<p>a</p>{after}<p>b</p>{after}"
    assert after.count('role="rowheader"') == n_rows
    assert len(re.findall(r'<td[^>]* role="[^"]*"[^>]* role=', after)) == 0


def test_a_table_is_named_by_what_is_clicked_to_see_it_or_by_the_heading():
    folded = f"<details><summary>The <b>figures</b></summary>{table(5)}</details>"
    shown = for_readers(f"{table(2)}{folded}", 'Who & "why"?')
    assert re.findall(r'<table [^>]*aria-label="([^"]*)"', shown) == ["Who &amp; &quot;why&quot;?", "The  figures"]


def test_each_cell_of_a_card_carries_the_name_of_its_column():
    after = for_readers(table(5))
    assert re.findall(r'data-column="([^"]*)"', after) == [f"Column &quot;{place}&quot;" for place in range(5)] * 2
    assert after.count('role="row"') == 3
    assert after.count('role="cell"') == 8  # the first of a row names it
    assert 'class="winback cards' in after


def test_a_long_table_is_moved_within_itself_by_keyboard_too():
    after = for_readers(table(5, MOST_CARDS + 1))
    assert after.startswith(
        '<div class="within" tabindex="0" role="region" aria-label="Table by Column &quot;0&quot;">'
    )
    assert "data-column" not in after


def test_tiles_are_a_list():
    tiles = html_tiles(pd.DataFrame([("Earns most", "mail", "by far"), ("ROI", "3%", "gross")]))
    after = for_readers(tiles)
    assert words(after) == words(tiles)
    assert after.count('role="listitem"') == 2


def test_a_table_without_a_head_stays_one_compact_table_whose_rows_have_names():
    rows = "".join(f"<tr><th>Fact {place}</th><td>known</td></tr>" for place in range(5))
    shown = for_readers(f'<table class="winback"><tbody>{rows}</tbody></table>', "Customer 7")
    assert 'class="winback" aria-label="Customer 7"' in shown
    assert shown.count('<th scope="row" role="rowheader">') == 5
    assert "data-column" not in shown
