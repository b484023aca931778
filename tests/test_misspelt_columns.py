"""Is a misspelt name of a column answered with the column that was meant, wherever an analyst names one?"""

import pandas as pd
import pytest
import valid_calls as valid

import winback as wb
from winback.policies.candidates import WrittenRule
from winback.second_lifetime.first_and_second import first_and_second_value

SPLIT = {"splits": valid.ONE_SPLIT}
RULE = {"price": "call", "service": "gift"}


def tailored():
    offer = wb.Offer(name="either", tailored_by="resaon", tailored=RULE)
    return wb.read_trial(valid.measured().replace({"offer": {"gift": "either"}}), [*valid.OFFERS, offer])


def value_by_a_column():
    shoppers = valid.summary().customers
    return wb.lifetime_value(valid.purchase_fit(), shoppers, margin="mean_spnd", annual_discount=0.1)


CALLS = {
    "learn_policy": ("reason", lambda: wb.learn_policy(valid.trial(), by=["resaon"], **SPLIT)),
    "evaluate_policy": ("reason", lambda: wb.evaluate_policy(valid.trial(), RULE, by="resaon", **SPLIT)),
    "rule": ("reason", lambda: wb.evaluate_policy(valid.trial(), WrittenRule("resaon", RULE), **SPLIT)),
    "keep": ("reason", lambda: valid.policy().contact_list(valid.lapsed(), keep=["resaon"])),
    "segments": ("reason", lambda: valid.values().segments("resaon")),
    "table of values": ("reason", lambda: valid.values().table(by="resaon")),
    "not_worth_a_contact": ("reason", lambda: valid.values().not_worth_a_contact(by="resaon")),
    "adjust": ("reason", lambda: wb.read_trial(valid.measured(), valid.OFFERS, adjust=["resaon"])),
    "covariates": ("reason", lambda: wb.read_trial(valid.measured(), valid.OFFERS, covariates=["resaon"])),
    "organic": (
        "reason",
        lambda: wb.read_trial(
            valid.measured().query("offer != 'none'"), valid.OFFERS, organic={"resaon": {"price": 0.1, "service": 0.2}}
        ),
    ),
    "tailored": ("reason", tailored),
    "columns": ("reason", lambda: wb.read_trial(valid.measured(), valid.OFFERS, columns={"exit_text": "resaon"})),
    "survival_curve": ("reason", lambda: wb.survival_curve(valid.lapsed(), "resaon")),
    "competing_risks": ("reason", lambda: wb.competing_risks(valid.lapsed(), "resaon")),
    "first_and_second": ("reason", lambda: first_and_second_value(valid.lapsed(), by="resaon", **valid.TERMS)),
    "check_shape": ("reason", lambda: valid.duration().check_shape(valid.lapsed(), by="resaon")),
    "shape of a fit": ("reason", lambda: valid.two_part().check_shape(valid.lapsed(), by="resaon")),
    "formula": ("reason", lambda: wb.fit_duration(valid.lapsed(), "resaon", "weibull")),
    "fit_two_part": ("complaints", lambda: wb.fit_two_part(valid.lapsed(), **valid.FORMULAS | {"tenure": "complants"})),
    "tenure": ("tenure", lambda: wb.fit_contracts(valid.contracts(), tenure="tenrue", ended="ended", period="Y")),
    "ended": (
        "ended",
        lambda: wb.fit_contracts(valid.contracts(), tenure="tenure", ended="ened", weights="n", period="Y"),
    ),
    "amount": ("amount", lambda: wb.summarize_purchases(valid.log(), period="W", amount="amuont")),
    "frequency": ("frequency", lambda: wb.fit_purchases(valid.summary().customers, period="W", frequency="freqeuncy")),
    "margin": ("mean_spend", value_by_a_column),
    "base_value": (
        "reason",
        lambda: wb.base_value(
            valid.contract_fit(),
            pd.DataFrame({"tenure": [1, 2, 3], "ended": 0, "reason": "price"}),
            by="resaon",
            margin=9.0,
            annual_discount=0.1,
        ),
    ),
}


@pytest.mark.parametrize(("meant", "call"), CALLS.values(), ids=CALLS)
def test_the_column_that_was_meant_is_named(meant, call):
    with pytest.raises(ValueError, match=rf"Did you mean `{meant}`\?"):
        call()
