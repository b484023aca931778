"""Is it clear who must never be contacted, whatever the column is called and written in?"""

import re

import numpy as np
import pandas as pd
import pytest
from trials import random_values

import winback as wb
from winback.tables import TableError, check_contracts, check_lapsed, map_columns
from winback.tables.may_be_marks import may_be_mark, refuse_what_may_be_marks
from winback.tables.no_contact import (
    is_mark,
    marks_said,
    unclear_marks,
    unwanted,
)


@pytest.mark.parametrize(
    ("cells", "unclear"),
    [
        (["yes", "nein", None], []),
        (["x", "", None], []),  # a mark
        (["x", "no", "yes", " X "], []),  # a tick beside words
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


MARKS = (
    "Kontaktsperre|Kontakt gesperrt|Werbesperre aktiv|Sperrvermerk|Keine Werbung|nicht anrufen|verstorben am|"
    "Do not call|DoNotCall|do-not-contact flag|don't contact|Robinson list|Opted out on|unsubscribed_at|is_blocked|"
    "Date of death|Blacklisted|Ne pas contacter|ne_pas_appeler|Liste rouge|Opposition au démarchage|Lista Robinson|"
    "donotbulkemail|donotsendmm|DoNotPostalMail|Unsubscribe date|unsubscribe|global unsubscribe|Widerspruch|DNC list|"
    "Widerspruch gegen Direktwerbung|Kontakt verboten|Werbung verboten|Nicht mehr kontaktieren|Keine Werbeanrufe|"
    "gesperrt für Werbung|on DNC list|must not be contacted|no further contact|Exclude from marketing|GDPR erased|"
    "Löschantrag|date de décès|Todestag|Refus prospection|ne plus contacter|désinscription|moved abroad|"
    "ins Ausland verzogen|a déménagé|hs_email_optout|HasOptedOutOfEmail|exclude_from_campaigns|contact prohibited|"
    "not to be contacted|do not contact again|unbekannt verzogen|ne souhaite plus être contacté|national DNC registry"
)
NO_MARKS = (
    "contact|Last contact|No of calls|No. contacts|no_contact_days|blocked calls|May call|total|tot charge|Tottenham|"
    "moved to plan|removed|Opt out reason|Robinson list checked|Werbesperre aufgehoben|not opted out|status|Kunde|date|"
    "no contact since|pas de contact depuis|Kein Kontakt in 90 Tagen|No contact 90d|never email opened|no_phone_calls|"
    "no marketing spend|black list country|block list feature|opt_out_roaming|paperless opt-out|moved_date|"
    "opt out of paperless|auto-renew opted out|STOP SMS|no email|last unsubscribed|opt out count|number of opt outs"
)
MAY_BE = (
    "STOP SMS|stop pub|no email|no_phone_calls|no calls please|no sales calls|moved_date|date moved|no consent|"
    "Email consent revoked|opt out tv|nicht angerufen"
)


@pytest.mark.parametrize("heading", MARKS.split("|"))
def test_a_heading_that_says_who_is_never_contacted_is_known_by_its_words(heading):
    assert is_mark(heading)
    table = pd.DataFrame({"customer_id": [7, 8], heading: ["yes", "no"]})
    assert sum(rows for _, rows in unwanted(table)).tolist() == [1, 0]


@pytest.mark.parametrize("heading", NO_MARKS.split("|"))
def test_a_heading_that_only_has_some_of_the_letters_is_no_mark(heading):
    assert not is_mark(heading)


@pytest.mark.parametrize("cells", [["yes", "no"], ["x", ""], ["2024-01-31", None], [1, 0]])
@pytest.mark.parametrize("heading", MAY_BE.split("|"))
def test_a_heading_that_may_be_a_mark_is_asked_about_where_its_cells_are_as_of_one(heading, cells):
    said = f"`{heading}` may say who must not be contacted.*--column do_not_contact=.*turn yes and no.*another n"
    with pytest.raises(ValueError, match=said):
        refuse_what_may_be_marks(pd.DataFrame({"customer_id": [7, 8], heading: cells}))
    refuse_what_may_be_marks(pd.DataFrame({"customer_id": [7, 8], heading: [3, 0]}))  # a count


@pytest.mark.parametrize("heading", [*MARKS.split("|"), *NO_MARKS.split("|"), "consent_email", "email opt in"])
def test_what_is_clear_is_not_asked_about(heading):
    asked = may_be_mark(heading, pd.Series(["yes", "no"]))
    assert asked == (heading in MAY_BE.split("|"))


def test_following_the_advice_for_several_columns_leaves_out_whom_any_of_them_marks():
    people = pd.DataFrame({"customer_id": [7, 8, 9], "STOP SMS": ["yes", "no", "no"], "stop pub": ["no", "yes", "no"]})
    with pytest.raises(ValueError, match="may say who must not be contacted") as asked:
        refuse_what_may_be_marks(people)
    named = dict(re.findall(r'--column (\S+)="([^"]+)"', str(asked.value)))
    assert len(named) == 2
    mapped = map_columns(people, named)
    refuse_what_may_be_marks(mapped)
    assert sum(rows for _, rows in unwanted(mapped)).tolist() == [1, 1, 0]


def test_a_column_that_may_be_a_mark_is_asked_about_before_a_list_is_made():
    table = random_values(np.random.default_rng(2), 300, gift=0.6, none=0.1)
    trial = wb.read_trial(table, [wb.Offer(name="gift", amount=1.0, paid="on_acceptance")])
    people = pd.DataFrame({"customer_id": ["n1", "n2"], "stop mail": ["yes", "no"]})
    policy = wb.learn_policy(trial, splits=wb.Splits(folds=3, repeats=1))
    with pytest.raises(ValueError, match="`stop mail` may say who must not be contacted"):
        policy.contact_list(people)
    listed = policy.contact_list(people.rename(columns={"stop mail": "do_not_contact"}))
    assert listed.frame["customer_id"].tolist() == ["n2"]


def test_a_name_is_no_mark_where_it_stands_in_a_cell():
    assert not sum(rows for _, rows in unwanted(pd.DataFrame({"Name": ["Robinson"]}))).any()


def test_it_is_said_which_columns_mark_and_that_none_says_who_asked():
    assert marks_said(["x", "Do not call", "died"]) == 'Never contacted: whom "Do not call" or "died" marks.'
    assert marks_said(["died"]).endswith('contacted: name it with --column do_not_contact="its heading".')
