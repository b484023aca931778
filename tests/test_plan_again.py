"""Does the command by which a plan is checked say what the one said that made it, as the command line reads it?"""

import os
import shlex

import pytest
from click.testing import CliRunner

from winback.cli import main
from winback.plan_again import FILE, checking_command

SETTINGS = {
    "offers": "my offers.toml",
    "playbook": "playbook.toml",
    "whom": "new.csv",
    "columns": {"value": "DB gesamt", "consent_call": "Darf"},
    "start": "2027-01-04",
    "keep_back": 0.2,
    "already": ["a.csv", "b's.csv"],
    "back": "back.csv",
    "despite_causes": True,
    "horizon_months": 12.0,
    "annual_discount": 0.1,
    "currency": "$",
    "organic": (0.02, 0.08),
    "organic_value": 30.0,
    "control": ["", "Gruppe B"],
    "keep": "last",
    "until": "2024-12-31",
    "sheet": 2,
    "decimal": ",",
    "day_first": False,
    "margin_share": 0.3,
    "out": "my reports",
}


def read_by_the_command_line(command, monkeypatch, of):
    """Return what the command hands on to the function that checks, or to the one that plans."""
    asked = {}

    def page(customers, **settings):
        asked.update(customers=customers, **settings)
        return []

    monkeypatch.setattr(of, page)
    words = shlex.split(command)
    assert words[:2] == ["winback", "plan"]
    result = CliRunner().invoke(main, words[1:])
    assert result.exit_code == 0, result.output
    return asked


@pytest.mark.skipif(os.name == "nt", reason="words are quoted there as Windows reads them")
def test_every_setting_comes_back_as_it_was_given(monkeypatch):
    command = checking_command("customers.csv", SETTINGS)
    asked = read_by_the_command_line(command, monkeypatch, "winback.plan_check.write_check_page")
    asked |= asked.pop("how")
    assert str(asked.pop("customers")) == "customers.csv"
    assert str(asked.pop("outcomes")) == FILE
    del asked["tell"]
    assert set(asked) == set(SETTINGS)  # every option of the plan is one of the settings
    for name, value in SETTINGS.items():
        found = [str(each) for each in asked[name]] if name == "already" else asked[name]
        assert (found if isinstance(value, type(found)) else str(found)) == value, name


def test_what_was_not_said_is_not_said_again():
    settings = dict.fromkeys(SETTINGS) | {"columns": {}, "already": (), "despite_causes": None, "offers": "o.toml"}
    assert checking_command("c.csv", settings) == "winback plan c.csv --offers o.toml --outcomes FILE"
    settings |= {"day_first": True, "organic": 0.05, "despite_causes": False}
    assert checking_command("c.csv", settings).endswith("--organic 0.05 --day-first --outcomes FILE")
