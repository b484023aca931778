"""Is what to do with a part of the money that of the plan behind it, and said only where an offer pays?"""

import re
from types import SimpleNamespace

import pandas as pd

import winback as wb
from winback.budgets.assigned import CONTACTED
from winback.pages.chapters import chapters
from winback.questions.links import SHORT
from winback.questions.short_money import SHARE, when_money_is_short


def compared(first, low=1.0, kind="incremental"):
    return SimpleNamespace(kind=kind, frame=pd.DataFrame({"offer": [first], "incremental_profit_low": [low]}))


def test_of_the_study_it_is_another_offer_to_some(answered):
    said, values = answered.head.short, answered.found["values"]
    everything = wb.allocate_budget(values)
    plan = wb.allocate_budget(values, budget=SHARE * everything.cost_total)
    share = (plan.assignments["standing"] == CONTACTED).mean()
    most = plan.frame.set_index("offer")["n"].idxmax()
    who = rf"only to the {share:.0%} who promise most"
    assert re.search(rf"^With {SHARE:.0%} of the money that takes, send .*{most}.* {who}\.$", said)


def test_the_same_offer_is_called_the_same(answered):
    values, others = answered.found["values"], answered.found["comparison"].frame["offer"]
    named = [when_money_is_short(values, compared(offer)) for offer in others]
    assert sum(", send still " in each for each in named) <= 1
    assert len({each.replace("still ", "").replace(", but only", " only") for each in named}) == 1


def test_where_no_offer_pays_nothing_is_said(answered):
    values = answered.found["values"]
    assert when_money_is_short(values, compared("discount", low=-1.0)) == ""
    assert when_money_is_short(values, compared("discount", kind="gross")) == ""


def test_it_is_the_share_that_the_page_behind_it_takes():
    notebook = chapters()[f"{SHORT:02d}"].read()
    assert f"budget_share = {SHARE:g} " in notebook.cells[1].source
