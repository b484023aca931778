"""Does the proof go on where it was cut off, and tell what it found?"""

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def proof(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for name in ("proof", "proof_parts"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import proof

    monkeypatch.setattr(proof, "HERE", tmp_path)
    monkeypatch.setattr(proof, "fingerprint", lambda: "this source")
    return proof


def test_a_part_that_was_run_on_this_source_is_not_run_again(proof, monkeypatch, tmp_path):
    runs = []
    row = {"what": "a claim", "nominal": 0.025, "before": 0.1, "now": 0.03, "error": 0.001, "draws": 1000}
    parts = {name: lambda name=name: runs.append(name) or [row] for name in ("one", "two")}
    monkeypatch.setattr(proof, "PARTS", parts)
    proof.main(["one"])
    proof.main([])
    assert runs == ["one", "two"]
    proof.main(["two", "--again"])
    assert runs == ["one", "two", "two"]
    table = (tmp_path / "proof.md").read_text()
    assert table.count("| a claim | 0.0250 | 0.1000 | 0.0300 | 0.0010 | 1,000 |") == 2
    assert json.loads((tmp_path / "proof" / "one.json").read_text())["rows"] == [row]
    monkeypatch.setattr(proof, "fingerprint", lambda: "another source")
    proof.main(["one"])
    assert runs[-1] == "one"


def test_an_unknown_part_is_refused_with_those_there_are(proof):
    with pytest.raises(
        SystemExit, match="There is no part all; there are skewness, spending, censoring, clusters, heavy_tails, joint"
    ):
        proof.main(["all"])


@pytest.mark.slow
def test_a_small_draw_of_every_part(proof):
    import proof_churn_risk
    import proof_parts
    import proof_repeat_churn

    rows = [*proof_parts.skewness(draws=200), *proof_parts.spending(draws=3), *proof_parts.censoring(draws=3)]
    rows += [*proof_parts.clusters(draws=10), *proof_parts.heavy_tails(draws=20), *proof_parts.joint(draws=2)]
    rows += [*proof_parts.planning(draws=10), *proof_parts.adjusting(draws=5), *proof_parts.damages(draws=80)]
    rows += proof_parts.key_moments(draws=2)
    rows += proof_parts.keep_or_win_back(draws=3)
    rows += proof_churn_risk.churn_risk(draws=2)
    rows += proof_repeat_churn.repeat_churn(draws=5)
    assert {tuple(row) for row in rows} == {("what", "nominal", "before", "now", "error", "draws")}
    assert all(row["now"] <= 0.025 + 0.01 + 4 * row["error"] for row in rows if "pay" in row["what"])


@pytest.mark.slow
def test_tables_and_page_survive_another_program(proof):
    import round_trips

    rows = round_trips.libreoffice(draws=20)
    if not rows:
        pytest.skip("LibreOffice is not installed")
    assert {tuple(row) for row in rows} == {("what", "nominal", "before", "now", "error", "draws")}
    assert [row["what"] for row in rows if row["now"] > 0] == []
    assert [row["before"] for row in rows if "XLSX" in row["what"] and "formula" in row["what"]] == [1.0]
