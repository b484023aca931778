"""Does the first minute say the answer, what to do and how sure, and as little else as may be?"""

import pandas as pd
import pytest
from sentences import hold_to_three

import winback as wb
from winback.asked import Unanswered
from winback.minute import BRACKETS, MOST_WORDS, next_steps, opening
from winback.results import Result, Sentences


class Said(Result):
    """A result that says what it is told to."""

    def __init__(self, *lines, do=""):
        self.lines, self.do = lines, do

    def describe(self):
        return Sentences.of(self.lines)

    def what_to_do(self):
        return Sentences.of([self.do] if self.do else [])


def test_the_opening_is_the_first_sentence_and_the_rest_comes_after_the_figure():
    result = Said("Many left.", "It is sure.", "But who knows.", do="Call them.")
    assert str(opening(result, "a shop")) == "a shop\nMany left."
    steps = next_steps(result, "Analysts: the table below.")
    assert str(steps).splitlines() == [
        "What to do: Call them.",
        "How sure: It is sure.",
        "The doubt: But who knows.",
        "Read on: Analysts: the table below.",
    ]


@pytest.mark.parametrize("load", [lambda: wb.load_telecom_study().trial, lambda: wb.load_telecom_study().base])
def test_simulated_data_have_one_badge_and_ones_own_have_none(load):
    shown = opening(Said("Many left."), str(load().subtitle))._repr_html_()
    assert shown.count("Simulated data") == 1
    assert "(simulated)" not in shown
    assert "Simulated" not in opening(Said("Many left."), "sales.csv: 12 customers")._repr_html_()


def test_the_simulated_shop_has_it_too():
    assert "Simulated data" in opening(Said("Many left."), str(wb.load_shop_study().base.subtitle))._repr_html_()


def test_a_heading_in_brackets_leads_to_its_section_and_what_a_result_says_in_brackets_does_not():
    steps = next_steps(Said("One.", "It pays [a lot]."), "For agents: [Who is <left> out?] Others: nothing.")
    assert '<a href="#Who-is-&lt;left&gt;-out?">Who is &lt;left&gt; out?</a> Others' in steps._repr_html_()
    assert steps._repr_html_().count("<a ") == 1
    assert str(steps).endswith("Read on: For agents: Who is <left> out? Others: nothing.")
    assert BRACKETS not in str(steps)


def test_without_an_answer_there_is_no_opening_but_the_reason():
    with pytest.raises(ValueError, match="There is no column reason"):
        opening(Unanswered("There is no column reason."))


def test_another_result_may_say_how_sure():
    steps = next_steps(Said("One.", "It is sure.", "Two."), sure=Said("It came true.", "More."))
    assert (steps.sure, steps.doubt) == ("It came true.", "Two.")


def test_rows_of_its_own_stand_in_place_of_how_sure():
    steps = next_steps(Said("One.", "$5 [$4, $6].", "Two."), beside={"Cost": "$5.", "Earns": "$9 [$8, $10]."})
    assert str(steps).splitlines() == ["Cost: $5.", f"Earns: $9 [$8, $10]. {BRACKETS}", "The doubt: Two."]


def test_what_else_is_to_be_done_comes_after_it_one_sentence_of_each_result():
    call, both = Said("One.", do="Call them."), Said("Two.", do="Do both.\nThen count.")
    assert next_steps(call, also=[both, Said("Three."), Unanswered("Nobody left.")]).do == "Call them.\nDo both."
    assert next_steps(Said("One."), also=[both]).do == "Do both."


def test_what_is_not_said_has_no_row():
    assert str(next_steps(Said("Many left."))) == ""
    assert "<dt>" not in next_steps(Said("Many left."))._repr_html_()


def test_brackets_are_explained_once_where_the_first_stands():
    sure, unsure = "It pays $3 [$1, $5].", "It pays."
    at_first = Said(sure, sure, "But who knows.")
    assert str(opening(at_first, "a shop")).splitlines() == [f"a shop. {BRACKETS}", sure]
    assert BRACKETS not in str(next_steps(at_first))
    later = Said(unsure, sure, "But who knows.")
    assert BRACKETS not in str(opening(later, "a shop"))
    assert str(next_steps(later)).splitlines()[0] == f"How sure: {sure} {BRACKETS}"
    assert BRACKETS not in str(opening(Said("Group [a] pays."))) + str(next_steps(Said(unsure, unsure)))


@pytest.mark.parametrize("odd", ["<b>bold</b>", "$a$ and $b$", "🙂 & co"])
def test_what_customers_write_is_text_and_not_markup(odd):
    shown = opening(Said(f"{odd} left.", odd), odd)._repr_html_() + next_steps(Said("One.", odd, do=odd))._repr_html_()
    assert "<b>bold" not in shown
    assert "mathjax_ignore" in shown


def trial_of(*values, control=0.05, n=400):
    """Return a trial in which every offer has n customers, a given share of whom return and bring 100."""
    shares = dict(zip("abc", values, strict=False)) | ({} if control is None else {"none": control})
    rows = [(offer, i < round(share * n)) for offer, share in shares.items() for i in range(n)]
    frame = pd.DataFrame(rows, columns=["offer", "returned"])
    frame["customer_id"] = range(len(frame))
    frame["value"] = frame["returned"].map({True: 100.0, False: 0.0})
    offers = [wb.Offer(name=name, amount=10.0, paid="on_acceptance") for name in "abc"[: len(values)]]
    return wb.read_trial(frame, offers)


@pytest.mark.parametrize(
    ("trial", "step"),
    [
        (lambda: trial_of(0.5, 0.2), "Send a to all who can still be won"),
        (lambda: trial_of(0.5, 0.5), "Send a and b each to a random part"),
        (lambda: trial_of(0.05, 0.05), "Send none of these offers to all yet"),
        (lambda: trial_of(0.01, 0.01, control=0.5), "Send none of these offers; look for one that costs less"),
        (lambda: trial_of(0.5, 0.2, control=None), "Before sending any to all, leave a random part"),
    ],
)
def test_what_to_do_follows_from_what_was_found(trial, step):
    comparison = wb.compare_offers(trial())
    hold_to_three(comparison)
    assert comparison.what_to_do().startswith(step)
    assert len(opening(comparison).answer.split()) <= MOST_WORDS
