"""Is nobody contacted by a channel they did not agree to, and is it said where nothing is known of it?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lists_to_plan import START, list_of, people_of

from winback.outreach import Channel, Playbook, Rule, Step, aftercare_plan, customer_cards, outreach_plan
from winback.outreach.consent import may_be_reached
from winback.outreach.unclear_consent import refuse_unclear_consent
from winback.tables.denial import denies
from winback.tables.no_contact import is_mark

BOTH = Playbook(
    (Channel("call", cost=4.0), Channel("message", cost=0.1)),
    (Rule("call, then write", (Step("call", brings_offer=True), Step("message", after_days=2))),),
)
NO = np.array(["ja", "nein"] * 10)
CALLED_IN_MANY_LANGUAGES = ("Einwilligung_Anruf", "Consent Call", "opt-in phone", "Consentimiento llamada")


def plan_of(people, playbook=BOTH):
    return outreach_plan(list_of(people, playbook), start=START.date())


@pytest.mark.parametrize("heading", CALLED_IN_MANY_LANGUAGES)
def test_nobody_who_said_no_is_called_in_whatever_language_the_column_is_headed(heading):
    people = people_of(20, **{heading: NO})
    calls = plan_of(people).frame.query("channel == 'call'")
    assert sorted(calls["customer_id"]) == people.loc[NO == "ja", "customer_id"].tolist()


def test_a_column_that_only_looks_like_consent_is_asked_about_and_can_be_named():
    people = people_of(20, **{"Zustimmung": NO})
    with pytest.raises(
        ValueError, match=r'`Zustimmung` looks like consent.*calls and messages.*consent = "Zustimmung"'
    ):
        plan_of(people)
    named = replace(BOTH, channels=tuple(replace(each, consent="zustimmung") for each in BOTH.channels))
    assert set(plan_of(people, named).frame["customer_id"]) == set(people.loc[NO == "ja", "customer_id"])


@pytest.mark.parametrize("call", ["May call", "Phone", "Anruf erlaubt", "Telefonwerbung"])
@pytest.mark.parametrize("message", ["SMS ok", "Nachricht"])
def test_a_column_of_yes_and_no_that_names_a_channel_is_asked_about_with_both_remedies(call, message):
    people = people_of(20, **{call: NO, message: ["yes", "no", "perhaps", None] * 5})
    said = (
        f"`{call}` and `{message}` look like consent to calls and messages, which no other column is.*"
        f'--column consent_call="{call}" --column consent_message="{message}", or call them consent_call and consent_me'
    )
    with pytest.raises(ValueError, match=said):
        plan_of(people)
    with pytest.raises(ValueError, match=f"`{message}` looks like consent to messages, which.*or call it consent_mess"):
        plan_of(people.rename(columns={call: "consent_call"}))


OPPOSITES = (
    "STOP SMS|no email|Email consent revoked|email consent withdrawn|consent withdrawn|no consent|no email consent|"
    "consent email revoked|emailconsentrevoked|Newsletter abgemeldet|Einwilligung widerrufen|Anruf gesperrt|SMS-Sperre|"
    "Widerspruch Post|sans courrier|Refus SMS|opt-out of mail|calls not wanted|DoNotPostalMail|kein Anruf|"
    "DoNotSMS|no calls please|exclude from mailing|email unsubscribed|unsubscribed email|Telefon verboten|post refused"
)


@pytest.mark.parametrize("heading", OPPOSITES.split("|"))
def test_a_heading_that_says_no_is_never_proposed_as_consent(heading):
    channels = [Channel(name) for name in ("call", "letter", "message", "email")]
    people = pd.DataFrame({heading: ["yes", "no"]})
    assert denies(heading)
    assert may_be_reached(people, channels).all()
    if not is_mark(heading):  # else whoever it marks is on no list
        with pytest.raises(
            ValueError, match=r"opposite of consent.*--column do_not_contact=.*turn yes and no round"
        ) as no:
            refuse_unclear_consent(channels, [Rule("all", tuple(Step(each.name) for each in channels))], people)
        assert "--column consent_" not in str(no.value)
        assert "consent =" not in str(no.value)


@pytest.mark.parametrize("heading", [*CALLED_IN_MANY_LANGUAGES, "May call", "SMS ok", "Post", "Zustimmung"])
def test_a_heading_that_may_be_consent_does_not_say_no(heading):
    assert not denies(heading)


@pytest.mark.parametrize("heading", ["DoNotPostalMail", "Refus SMS", "Email consent revoked"])
def test_a_column_that_says_no_is_not_taken_for_consent_where_it_is_named_as_that(heading):
    channels = [Channel("letter", consent=heading)]
    with pytest.raises(ValueError, match=rf"`{heading}` seems to say who must not be reached.*turn yes and no round"):
        refuse_unclear_consent(channels, [Rule("all", (Step("letter"),))], pd.DataFrame({heading: ["yes", "no"]}))


def test_a_heading_that_names_a_channel_and_is_no_consent_is_not_asked_about():
    other = {"Phone service": "yes", "Phone": "0152 1556618", "calls": [0, 1, 2, 0] * 5, "Email": "no", "Called": "no"}
    assert len(plan_of(people_of(20, **other)).reached) == 20
    assert len(plan_of(people_of(20, consent_call="yes", **{"E-Mail ok": "no", "phone ok": "no"})).reached) == 20


def test_a_column_of_consent_that_is_not_there_is_refused():
    named = replace(BOTH, channels=(replace(BOTH.channels[0], consent="Zustimung"), BOTH.channels[1]))
    with pytest.raises(ValueError, match=r"`Zustimung` \(who agreed to calls\): no such column in the table"):
        plan_of(people_of(20), named)


def test_consent_to_a_channel_that_no_rule_uses_troubles_nobody():
    assert len(plan_of(people_of(20, consent_visit=NO)).reached) == 20


def test_only_the_consent_to_channels_that_are_used_is_spoken_of():
    visit = Rule("visit", (Step("visit", brings_offer=True),), reasons=("nobody's",))
    book = replace(BOTH, channels=(*BOTH.channels, Channel("visit", cost=45.0)), rules=(visit, *BOTH.rules))
    some = plan_of(people_of(20, consent_call=NO, consent_message=NO), book)
    assert str(some.consent()) == "Consent to calls and messages is kept to."
    assert "isits" not in str(some.describe()) + some.for_whoever_pays()["Decide"]


def test_every_channel_of_which_nothing_is_known_is_named():
    nothing = plan_of(people_of(20))
    assert str(nothing.consent()) == "Consent to calls and messages is not in the table: all are taken as agreeing."
    assert str(nothing.consent()) in str(nothing.details())
    assert "check that they agreed to calls and messages" in nothing.for_whoever_pays()["Decide"]


def test_a_channel_that_lacks_the_column_others_have_is_the_first_doubt():
    some = plan_of(people_of(20, consent_call=NO))
    said = "Consent to messages is not in the table: all are taken as agreeing. Consent to calls is kept to."
    assert str(some.consent()) == said
    assert str(some.describe()).endswith(said)


def test_nothing_is_claimed_to_be_lacking_where_all_is_known():
    known = plan_of(people_of(20, consent_call=NO, consent_message=NO))
    assert str(known.consent()) == "Consent to calls and messages is kept to."
    assert "agree" not in str(known.details()) + known.for_whoever_pays()["Decide"]


def test_a_heading_that_may_mean_letters_or_emails_keeps_both_back():
    people = people_of(2, consent_mail=["no", "yes"])
    channels = [Channel("letter"), Channel("email"), Channel("call")]
    assert may_be_reached(people, channels).tolist() == [[False, False, True], [True, True, True]]


def test_a_reason_that_customers_name_in_their_own_words_alone_is_told():
    rules = (Rule("audit", (Step("letter"),), reasons=("better offer",)), Rule("all", (Step("letter"),)))
    book = Playbook((Channel("letter"),), rules)
    people = people_of(4, exit_text=["I got a better offer", "ein besseres Angebot", "too expensive", None])
    told = outreach_plan(list_of(people, book), start=START.date()).what_is_said()
    said = (
        "Rule 'audit': none of these customers has better offer as the reason on record; 2 name it in their own words"
    )
    assert said in told
    without = outreach_plan(list_of(people.drop(columns="exit_text"), book), start=START.date()).what_is_said()
    assert "as the reason on record." in without


def test_a_rule_for_a_reason_or_an_offer_that_nobody_has_is_named():
    steps = BOTH.rules[0].steps
    vain = (Rule("misspelt", steps, reasons=("bettr offer",)), Rule("no such", steps, offers=("vouchr",)))
    said = str(plan_of(people_of(20), replace(BOTH, rules=(*vain, *BOTH.rules))).what_is_said())
    assert "Rule 'misspelt': none of these customers has bettr offer as the reason on record." in said
    assert "Rule 'no such': there is no offer vouchr." in said
    sound = (Rule("sound", steps, reasons=("bettr offer", "Price"), offers=("gift",)), *BOTH.rules)
    assert "Rule 's" not in str(plan_of(people_of(20), replace(BOTH, rules=sound)).what_is_said())


def test_reasons_that_no_rule_names_are_said_with_how_many_left_for_them():
    steps = BOTH.rules[0].steps
    book = replace(BOTH, rules=(Rule("dear", steps, reasons=("Price",)), *BOTH.rules))
    reasons = ["price"] * 8 + ["moved"] * 6 + ["price; moved", "both"] + ["a", "b", "c"] + [None]
    said = str(plan_of(people_of(20, reason=reasons), book).what_is_said())
    assert (
        "9 customers left for reasons that no rule names and follow the rules for any reason: moved (6), a (1), b (1) "
        "and 1 other reason." in said
    )
    one = str(plan_of(people_of(20, reason=["price", "moved"] * 10), book).what_is_said())
    assert "10 customers left for moved, which no rule names: they follow the rules for any reason." in one
    for none in (plan_of(people_of(20, reason=reasons)), plan_of(people_of(20), book)):
        assert "no rule names" not in str(none.what_is_said())


def test_an_offer_that_may_be_the_contact_itself_is_doubted():
    steps = BOTH.rules[0].steps
    people = people_of(20).assign(offer=["call"] * 8 + ["gift"] * 12)
    write = Rule("write", (Step("message", brings_offer=True),))
    assert (
        "The offer call is called like a channel. If it is that contact, 8 of 8 customers do not get it and it is paid "
        'twice: let a rule for offers = ["call"] make it'
        in str(plan_of(people, replace(BOTH, rules=(write,))).in_doubt())
    )
    twice = str(plan_of(people, replace(BOTH, rules=(Rule("call", steps, offers=("call",)), write))).in_doubt())
    assert "If it is that contact, it is paid twice" in twice
    free = replace(BOTH, channels=(Channel("call"), BOTH.channels[1]))
    assert "called like a channel" not in str(plan_of(people, free).in_doubt())


def test_contacts_that_cost_another_sum_than_the_trial_s_are_said():
    dear = replace(BOTH, channels=(BOTH.channels[0], Channel("message", cost=2.0)))
    said = str(plan_of(people_of(20, consent_message=NO), dear).in_doubt())
    assert "Contacts with each of these customers cost $5.00 on average, with those of the trial $6.00" in said
    assert "off by the difference" not in str(plan_of(people_of(20), dear).in_doubt())


def test_a_trial_in_place_of_a_base_is_refused_by_what_to_read():
    trial = list_of(people_of(2), BOTH).value.trial
    with pytest.raises(TypeError, match=r"takes purchases, not Trial.*read_purchases"):
        aftercare_plan(trial, BOTH, start="2024-01-01", until="2024-02-01")
    with pytest.raises(TypeError, match=r"takes contracts or purchases, not Trial.*trial=trial"):
        customer_cards(trial)
