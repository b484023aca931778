"""Does a pattern stand for the words an analyst means, and is what cannot be meant refused with a way out?"""

import pytest

from winback.lost.phrases import GAP, MOST_PHRASES, PatternError, Step, Word, phrases_of


def said(pattern):
    return {tuple("|".join(word.text for word in step.words) for step in phrase) for phrase in phrases_of(pattern)}


def test_words_in_a_row_stars_alternatives_and_gaps():
    assert phrases_of("zu teuer") == ((Step((Word("zu"),)), Step((Word("teuer"),))),)
    assert phrases_of("Kündig*") == ((Step((Word("kuendig", open_end=True),)),),)
    assert phrases_of("*preis*") == ((Step((Word("preis", True, True),)),),)
    assert phrases_of("charged ... twice")[0][1].gap == GAP
    assert phrases_of("charged...twice") == phrases_of("charged … twice") == phrases_of("... charged ... twice ...")
    assert said("(zu|sehr) teuer") == {("zu|sehr", "teuer")}


def test_alternatives_of_several_words_are_phrases_of_their_own():
    assert said("cobr* ... (dos veces|doble)") == {("cobr", "doble"), ("cobr", "dos", "veces")}


def test_a_joiner_may_be_written_as_a_blank_or_left_out():
    assert said("جواب\u200cگو") == {("جواب", "گو"), ("جوابگو",)}
    assert phrases_of("(خراب|بی\u200cکیفیت)") == phrases_of("(خراب|بی کیفیت|بیکیفیت)")


def test_scripts_without_spaces_are_found_anywhere():
    assert said("太贵") == {("太", "贵")}
    assert phrases_of("太贵*") == phrases_of("太贵")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", "is empty. Delete it"),
        ("...", "is empty"),
        ("*", "matches every text. Write at least 2 letters beside a star"),
        ("* ... *", "matches every text"),
        ("a*", "matches nearly every text"),
        ("(price|p*)", "matches nearly every text"),
        ("un*lich", "has a star inside a word. Put stars at its ends, or write /un"),
        ("price, quality", "has the mark ',', at which phrases end"),
        ("zu|sehr teuer", "has | outside parentheses. Write (one|other)"),
        ("(zu|sehr teuer", "has a parenthesis without its other half"),
        ("zu) teuer", "has a parenthesis without its other half"),
        ("(zu|) teuer", "has an empty alternative"),
        ("-", "has no word in '-'"),
        (" ".join(["(a b|c d|e f)"] * 5), "has too many alternatives"),
    ],
)
def test_what_cannot_be_meant_is_refused(pattern, problem):
    with pytest.raises(PatternError) as refused:
        phrases_of(pattern)
    assert problem in str(refused.value)


def test_as_many_alternatives_as_are_allowed_are_read():
    assert len(phrases_of(" ".join(["(a b|c d|e f)"] * 4))) == 3**4 <= MOST_PHRASES
