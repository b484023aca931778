"""Does every result show itself rounded, with its intervals, in a dozen lines and safely in HTML?"""

import re
from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from sentences import ONE_OF_MANY, hold_to_three

from winback.in_html import html_table, html_tiles
from winback.money import DASH
from winback.results import Result, Sentences, Shown, counted

INF, NAN = np.inf, np.nan


@dataclass(frozen=True)
class Harvest(Result):
    """A small result: what each offer brought."""

    frame: pd.DataFrame
    sentences: str = "The bundle wins.\nIt is a close race."
    currency: str = "$"
    shown: ClassVar = {
        "offer": ("Offer", "text"),
        "n": ("Customers", "count"),
        "profit": ("Profit", "money"),
        "share": ("Returned", "percent"),
        "roi": ("ROI", "percent0"),
    }

    def to_frame(self):
        return self.frame

    def describe(self):
        return Sentences(self.sentences)


def cells(heading="Profit", currency="$", **columns):
    """Return the cells under one heading of a harvest's table."""
    return Harvest(pd.DataFrame(columns), currency=currency).table()[heading].tolist()


def test_a_result_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Harvest(pd.DataFrame()).currency = "€"


def test_a_table_shows_the_named_columns_in_their_order_and_format():
    frame = pd.DataFrame({"roi": [7.934], "share": [0.45], "profit": [12.0], "n": [1200], "offer": ["none"], "id": [1]})
    assert Harvest(frame, currency="EUR").table().to_dict("list") == {
        "Offer": ["none"],
        "Customers": ["1,200"],
        "Profit": ["EUR 12.00"],
        "Returned": ["45.0%"],
        "ROI": ["793%"],
    }


def test_the_frame_is_not_rounded():
    result = Harvest(pd.DataFrame({"profit": [1 / 3]}))
    assert result.table()["Profit"].item() == "$0.33"
    assert result.to_frame()["profit"].item() == 1 / 3


def test_a_column_of_money_has_one_format_its_intervals_included():
    assert cells(profit=[360.7, 2.0, 0.2]) == ["$361", "$2", "under $1"]
    assert cells(profit=[60.0, 2.0], profit_low=[20.0, NAN], profit_high=[100.0, NAN]) == ["$60 [$20, $100]", "$2"]


@pytest.mark.parametrize(("name", "heading"), [("offer", "Offer"), ("n", "Customers"), ("profit", "Profit")])
def test_a_missing_value_is_a_dash(name, heading):
    assert cells(heading, **{name: [None, 1]})[0] == DASH


def test_a_missing_count_of_a_nullable_column_is_a_dash():
    assert cells("Customers", n=pd.array([None, 3], "Int64")) == [DASH, "3"]


def test_a_column_without_any_value_is_left_out():
    assert list(Harvest(pd.DataFrame({"offer": ["none"], "profit": [NAN]})).table()) == ["Offer"]


def test_an_interval_is_shown_beside_its_figure():
    assert cells(profit=[2.0], profit_low=[-1.0], profit_high=[5.0]) == ["$2.00 [-$1.00, $5.00]"]


def test_an_interval_has_the_currency_and_format_of_its_figure():
    assert cells(profit=[2.0], profit_low=[1.0], profit_high=[5.0], currency="€") == ["€2.00 [€1.00, €5.00]"]
    assert cells("ROI", roi=[7.9], roi_low=[1.0], roi_high=[12.5]) == ["790% [100%, 1,250%]"]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (1.0, INF, "$2.00 [$1.00, no upper limit]"),
        (-INF, 5.0, "$2.00 [no lower limit, $5.00]"),
        (-INF, INF, "$2.00 [no lower limit, no upper limit]"),
        (NAN, 5.0, f"$2.00 [{DASH}, $5.00]"),
    ],
)
def test_an_interval_without_an_end_says_so(low, high, text):
    assert cells(profit=[2.0], profit_low=[low], profit_high=[high]) == [text]


def test_a_figure_without_interval_stands_alone():
    assert cells(profit=[2.0, 3.0], profit_low=[NAN, 2.0], profit_high=[NAN, 4.0]) == ["$2.00", "$3.00 [$2.00, $4.00]"]


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="There is no format 'months'; there are text"):
        Harvest(pd.DataFrame()).format(2.0, "months")


@pytest.mark.parametrize("n_rows", [1, 3, 40])
@pytest.mark.parametrize("n_sentences", [1, 5, 40])
def test_printed_it_takes_at_most_12_lines_and_begins_with_the_answer(n_rows, n_sentences):
    sentences = "\n".join(f"Sentence {number}." for number in range(n_sentences))
    lines = str(Harvest(pd.DataFrame({"offer": ["none"] * n_rows}), sentences)).splitlines()
    assert len(lines) <= 12
    assert lines[0] == "Sentence 0."


def test_printed_it_shows_its_sentences_and_its_table():
    text = str(Harvest(pd.DataFrame({"offer": ["none", "bundle"], "profit": [0.0, 2.0]})))
    assert [line.split() for line in text.splitlines()[1:]] == [
        ["It", "is", "a", "close", "race."],
        ["Offer", "Profit"],
        ["none", "$0.00"],
        ["bundle", "$2.00"],
    ]


def test_printed_it_says_that_rows_are_left_out():
    assert "40" in str(Harvest(pd.DataFrame({"offer": ["none"] * 40})))


def test_printed_without_a_table_it_is_its_sentences():
    assert str(Harvest(pd.DataFrame({"offer": []}))) == "The bundle wins.\nIt is a close race."


def test_in_html_the_sentences_come_before_the_table():
    text = Harvest(pd.DataFrame({"offer": ["none"]}))._repr_html_()
    assert re.findall(r">([^<>]+)<", text) == ["The bundle wins.", "It is a close race.", "Offer", "none"]


def test_in_html_details_are_folded_away_and_come_last():
    class WithDetails(Harvest):
        def details(self):
            return Sentences("It was <counted>.")

    text = WithDetails(pd.DataFrame({"offer": ["none"]}))._repr_html_()
    assert text.endswith(
        "<details><summary>How this was found</summary>"
        '<div class="tex2jax_ignore mathjax_ignore"><p>It was &lt;counted&gt;.</p></div></details>'
    )


def test_a_result_without_details_folds_nothing_away():
    harvest = Harvest(pd.DataFrame({"offer": ["none"]}))
    assert harvest.details() == ""
    assert "<details>" not in harvest._repr_html_()


def test_a_result_that_answers_in_few_sentences_is_let_through():
    hold_to_three(Harvest(pd.DataFrame()), Harvest(pd.DataFrame(), "It earns $1.50, i.e. a lot."))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("One.\nTwo.\nThree.\nFour.", "answers in 4 sentences"),
        ("One. Two. Three. Four.", "answers in 4 sentences"),
        ("", "answers in 0 sentences"),
        ("One. Two.", "several sentences in a line"),
        (" ".join(["word"] * 61), "more than 60 words"),
    ],
)
def test_a_result_that_says_too_much_at_once_is_caught(said, why):
    with pytest.raises(AssertionError, match=why):
        hold_to_three(Harvest(pd.DataFrame(), said))


@pytest.mark.parametrize(
    "text",
    [
        html_table(pd.DataFrame({"<script>": ["R&D"]})),
        html_table(pd.DataFrame({"R&D": ["<script>"]})),
        html_table(pd.DataFrame({"R&D": ["none"], "n": ["2 [1, <script>]"]})),
        html_tiles(pd.DataFrame([["<script>", "R&D", ""]])),
        html_tiles(pd.DataFrame([["R&D", "2", "<script>"]])),
    ],
)
def test_whatever_is_shown_is_escaped(text):
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "R&amp;D" in text


def test_dollars_are_not_read_as_mathematics():
    shown = (
        Sentences("$1 or $2"),
        Harvest(pd.DataFrame({"profit": [1.0]})).show(),
        Shown(pd.DataFrame([["$1"] * 3]), True),
    )
    assert [thing._repr_html_().count("tex2jax_ignore mathjax_ignore") for thing in shown] == [1, 1, 1]


def test_an_interval_is_small_and_below_its_figure_in_html():
    text = html_table(pd.DataFrame({"Offer": ["none"], "Profit": ["$2 [$1, $5]"]}))
    assert ">$2<br><small>[$1, $5]</small></td>" in text


def test_amounts_too_small_to_show_are_figures_like_the_others():
    text = html_table(pd.DataFrame({"Offer": ["a", "b"], "Profit": ["under $1 [just below 0, $1]", "$12 [$8, $16]"]}))
    assert text.count('class="figure"') == 3


def test_a_figure_without_limit_does_not_make_its_column_text():
    text = html_table(pd.DataFrame({"Offer": ["a", "b"], "ROI": ["790% [100%, 1,250%]", "no upper limit"]}))
    assert 'text-align: right">790%<br><small>[100%, 1,250%]</small></td>' in text


def test_a_bracket_in_a_name_is_no_interval_in_html():
    assert ">bundle [old]<" in Harvest(pd.DataFrame({"offer": ["bundle [old]"]}))._repr_html_()


@pytest.mark.parametrize(("n", "text"), [(1, "1 customer is"), (0, "0 customers are"), (1_200, "1,200 customers are")])
def test_one_is_not_counted_as_many(n, text):
    assert counted(n, "customers", "are") == text
    assert ONE_OF_MANY.search(counted(n, "findings")) is None
    assert ONE_OF_MANY.search("usable, with 1 findings")


@pytest.mark.parametrize(
    ("what", "one"),
    [("rules", "rule"), ("times", "time"), ("remedies", "remedy"), ("boxes", "box"), ("branches", "branch"),
     ("classes", "class"), ("purchases of two things", "purchase of two things"), ("less rows", "less row")],
)  # fmt: skip
def test_the_first_plural_is_made_a_singular_whatever_is_counted(what, one):
    assert counted(1, what) == f"1 {one}"
    assert counted(2, what) == f"2 {what}"


def test_what_rounds_to_one_is_one():
    assert counted(1.0004, "more customers", "are") == "1 more customer is"
