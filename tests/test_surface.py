"""Do an editor, a type checker and a reader of `dir(wb)` see the public surface, without loading it?"""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import stub

import winback as wb
from winback import surface

ROOT = Path(__file__).parents[1]


def test_the_stub_names_all_that_is_public_and_nothing_else():
    nodes = ast.parse(stub.PATH.read_text(encoding="utf-8")).body
    named = [alias.asname for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(named) == sorted([*surface.NAMES, *surface.ROOMS])
    assert (stub.PATH.parent / "py.typed").exists()


def test_rooms_are_reached_without_an_import_of_their_own():
    code = (
        "import sys, winback as wb\n"
        "assert {'plots', 'tables', 'compare_offers'} <= set(dir(wb))\n"
        "assert 'matplotlib' not in sys.modules\n"
        "print(wb.plots.plot_survival.__name__, wb.tables.check_lapsed.__name__, 'matplotlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["plot_survival", "check_lapsed", "True"]


@pytest.mark.slow
def test_the_way_in_that_help_shows_leads_from_two_files_to_a_contact_list(tmp_path, monkeypatch):
    study = wb.load_telecom_study()
    study.lapsed[study.lapsed["eligible"]].head(3_000).to_csv(tmp_path / "campaign.csv", index=False)
    shutil.copy(ROOT / "data" / "telecom" / "offers.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^ {4}(\w.*)", wb.__doc__, flags=re.MULTILINE)
    names = {"wb": wb}
    exec("\n".join(lines[:-1]), names)
    contacts = eval(lines[-1], names)
    assert len(lines) == 5
    assert {"rank", "customer_id", "offer"} <= set(contacts)
