"""Does every name that the glossary mentions exist, and is every term explained in one line?"""

import inspect
import re
from pathlib import Path

import pytest

import winback as wb
from winback.base.base import Base
from winback.lost.triaged import Triage
from winback.policies.learned import LearnedPolicy
from winback.tables import LAPSED
from winback.terms.offers_file import MORE_ON_TOP, ON_TOP

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| ")]
TERMS = [row for row in ROWS if row[0] not in ("The field says", "---")]
CODE = sorted(set(re.findall(r"`([^`]+)`", TEXT)) - {"code", "wb.name", "import winback as wb", "none"})
METHODS = {"lapsed": Base, "contact_list": LearnedPolicy, "call_list": Triage}
WANTED = (
    "churn",
    "win-back",
    "lapsed",
    "reacquisition",
    "uplift",
    "holdout",
    "CLV",
    "second lifetime",
    "organic",
    "RFM",
    "hazard",
    "Kaplan-Meier",
    "ROI",
    "policy tree",
)


@pytest.mark.parametrize("code", CODE)
def test_every_name_exists(code):
    if code.endswith("="):
        assert code[:-1] in (*ON_TOP, *MORE_ON_TOP)
        return
    methods = re.findall(r"\.(\w+)\(", code)
    name = re.match(r"\w+", code)[0]
    if name in ("base", "organic", "second_ended"):
        assert name in {"base", *ON_TOP, *(column.name for column in LAPSED)}
    else:
        assert hasattr(wb, name), code
        known = inspect.signature(getattr(wb, name)).parameters
        assert {*re.findall(r"(\w+)=", code)} <= set(known), code
    for method in methods:
        assert hasattr(METHODS[method], method), code


@pytest.mark.parametrize("term", TERMS, ids=lambda row: row[0])
def test_every_term_has_its_meaning_and_its_place_here(term):
    assert len(term) == 3
    assert all(term)


@pytest.mark.parametrize("word", WANTED)
def test_the_words_of_the_field_are_there(word):
    assert word.lower() in " ".join(row[0] for row in TERMS).lower()


def test_no_term_stands_twice():
    names = [name.strip() for row in TERMS for name in row[0].split(",")]
    assert len(names) == len(set(names))


def test_readme_leads_to_it():
    assert "(GLOSSARY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
