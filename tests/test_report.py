"""Is the report one offline page with the answer first, and does it carry the package's figures?"""

import re
import shutil
import subprocess
import zlib
from html.parser import HTMLParser

import browser
import numpy as np
import openpyxl
import pandas as pd
import pytest

import winback as wb
from winback import report
from winback.pages import chapters, settings

pytestmark = pytest.mark.slow
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


class Links(HTMLParser):
    """Collects every src, href and import of a page, but for links that a reader may follow elsewhere."""

    def __init__(self):
        super().__init__()
        self.targets, self.ids = [], set()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            elsewhere = tag == "a" and str(value).startswith("https://")
            if name in ("src", "href", "xlink:href", "data", "action", "srcset") and not elsewhere:
                self.targets.append(value)
            if name == "id":
                self.ids.add(value)


@pytest.fixture(scope="module")
def study_report(tmp_path_factory):
    out = tmp_path_factory.mktemp("reports")
    return {path.name: path for path in report.write_report(out=out)}


@pytest.fixture(scope="module")
def page(study_report):
    return study_report["offer-roi.html"].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def result():
    study = wb.load_telecom_study()
    return wb.compare_offers(study.trial)


def test_the_front_page_answers_in_short_and_leads_to_the_offers(study_report, result):
    front, offers = (study_report[name].read_text(encoding="utf-8") for name in list(study_report)[:2])
    assert list(study_report)[:2] == ["00-the-four-questions.html", "offer-roi.html"]
    assert 'href="offer-roi.html"' in front
    assert 'href="00-the-four-questions.html"' in offers
    assert ".ipynb" not in front.partition('<details class="code">')[0]
    assert result.currency in front


def test_the_page_needs_no_network(page):
    links = Links()
    links.feed(page)
    outside = [target for target in links.targets if not target.startswith(("#", "data:", "00-"))]
    assert outside == []
    assert not re.search(r"@import|url\(\s*['\"]?(?!#|data:)|<script[^>]*\bsrc|<link", page)


def test_the_page_is_small(page):
    assert len(page.encode()) < 500_000


def test_the_page_is_read_on_a_phone_as_it_was_written(study_report, chromium):
    with browser.opened(chromium, study_report["offer-roi.html"], width=390) as found:
        seen, wrong = found
        assert browser.overflow(seen) == 0
        assert "$291" in seen.locator(".answer").first.inner_text()
    assert wrong == []


@pytest.mark.skipif(not BROWSER, reason="only a browser prints: install chromium")
def test_what_is_folded_away_is_printed_and_the_code_is_not(tmp_path):
    css = (chapters.PACKAGE / "page_template" / "page.css").read_text()

    def glyphs(body):
        (tmp_path / "page.html").write_text(f"<style>{css}</style><p>Answer</p>{body}")
        asked = [BROWSER, "--headless", "--no-sandbox", "--no-pdf-header-footer", f"--print-to-pdf={tmp_path}/page.pdf"]
        subprocess.run([*asked, (tmp_path / "page.html").as_uri()], check=True, capture_output=True, timeout=60)
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", (tmp_path / "page.pdf").read_bytes(), re.DOTALL)
        texts = [zlib.decompress(each) for each in streams if each[:1] == b"x"]
        return sum(len(shown) // 4 for text in texts if b"BT" in text for shown in re.findall(rb"<([0-9A-F]+)>", text))

    folded = "<details><summary>How</summary><p>The rest</p></details>"
    assert glyphs(folded) == glyphs(folded.replace("<details>", "<details open>")) > glyphs("<p>How</p>")
    assert glyphs('<details class="code"><summary>Code</summary><pre>def</pre></details>') == glyphs("")


def test_every_entry_of_the_contents_leads_somewhere(page):
    links = Links()
    links.feed(page)
    inside = [target[1:] for target in links.targets if target.startswith("#") and "nav" not in target]
    wanted = {target for target in inside if "-" in target and not re.match(r"^[a-z]{1,2}[0-9a-f]{8,}$", target)}
    assert wanted
    assert wanted <= links.ids


def test_answer_chart_and_what_to_do_come_first_in_this_order(page, result):
    answer = page.index(result.describe().splitlines()[0].replace("'", "&#x27;"))
    chart = page.index("<svg")
    do = page.index(str(result.what_to_do()).replace("'", "&#x27;"))
    tiles = page.index('<table class="tiles')
    contents = page.index('<nav aria-label="Contents"')
    assert page.index("<h1") < answer < chart < do < tiles < contents


def test_the_page_carries_the_figures_of_the_result(page, result):
    for heading, text in result.first_table().frame.iloc[0].items():
        assert heading in page
        assert text.split(" [")[0] in page


def test_the_code_is_folded_away_at_the_end(page):
    code = page.index("import winback as wb")
    assert page.rindex('<details class="code">', 0, code) > page.index("Versions and data")


def test_assumptions_versions_and_hash_are_there(page):
    items = wb.load_telecom_study().trial.provenance.to_frame().set_index("what")["which"]
    for text in (
        "due in full when a customer accepts",
        items["SHA-256 of the data"],
        "lifelines",
        wb.__version__,
        "2016",
    ):
        assert text in page


def test_no_traceback_or_warning_reaches_the_page(page):
    assert not re.search(r"Traceback|Warning|nan\b|NaN", page)


def test_csv_and_workbook_carry_the_same_figures(study_report, result):
    frame = result.to_frame()
    written = pd.read_csv(study_report["offer-roi.csv"]).fillna({"remark": ""})
    pd.testing.assert_frame_equal(written, frame, check_dtype=False)
    sheet = openpyxl.load_workbook(study_report["offer-roi.xlsx"])["offers"]
    profit = [cell.value for cell in sheet[1]].index("gross_profit")
    assert [row[profit].value for row in sheet.iter_rows(min_row=2)] == pytest.approx(frame["gross_profit"].tolist())


def test_the_contact_list_is_ranked_and_the_same_in_both_files(study_report):
    contacts = pd.read_csv(study_report["contact-list.csv"])
    assert list(contacts) == ["rank", "customer_id", "offer", "why", "reason", "expected_profit", "kind"]
    sent = contacts["offer"].notna() & (contacts["offer"] != "none")
    assert contacts["rank"][sent].is_monotonic_increasing
    assert contacts["rank"][sent].iloc[[0, -1]].tolist() == [1, sent.sum()]
    n_kept_back = (~sent).sum()
    assert not sent.tail(n_kept_back).any()  # at the end
    assert abs(n_kept_back - 0.1 * len(contacts)) < 3 * (0.1 * 0.9 * len(contacts)) ** 0.5  # each by a lot of its own
    assert contacts["rank"][~sent].eq(sent.sum() + 1).all()
    assert contacts["expected_profit"].is_monotonic_decreasing
    study = wb.load_telecom_study()
    away = study.new_leavers.frame.set_index("customer_id").loc[contacts["customer_id"]]
    assert away["months_away"].max() <= 12
    assert not contacts["customer_id"].isin(study.lapsed["customer_id"]).any()  # a control group that is called is none
    sheet = openpyxl.load_workbook(study_report["offer-roi.xlsx"])["contacts"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == contacts["customer_id"].tolist()


def test_who_is_left_out_of_the_list_is_told_beside_the_page():
    """The stored page tells what the command line does: the cell is there, and its first sentence alone."""
    notebook = settings.load_notebook(report.NOTEBOOK)
    said = report.said_of_the_list(notebook)
    assert "contacts with" in said
    assert "The order" not in said
    assert "first rows" not in "".join(cell.source for cell in notebook.cells)  # of a list that may be empty


def test_the_report_runs_on_the_analysts_own_table(tmp_path):
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=11)
    own = study.lapsed.query("offer in ('discount', 'upgrade')").drop(columns="eligible")
    own = own.rename(columns={"customer_id": "Kunde", "returned": "zurück"})
    own.assign(zurück=own["zurück"].map({True: "yes", False: "no"})).to_csv(
        tmp_path / "kunden.csv", sep=";", index=False
    )
    (tmp_path / "offers.toml").write_text(
        '[[offer]]\nname = "discount"\namount = 120\npaid = "on_acceptance"\n'
        '[[offer]]\nname = "upgrade"\namount = 105\npaid = "on_acceptance"\n'
    )
    columns = {"customer_id": "Kunde", "returned": "zurück"}
    paths = report.write_report(
        tmp_path / "kunden.csv",
        tmp_path / "offers.toml",
        horizon_months=24,
        annual_discount=0.1,
        currency="EUR",
        columns=columns,
        out=tmp_path / "out",
    )
    page = paths[1].read_text(encoding="utf-8")
    assert "kunden.csv" in page
    assert "EUR " in page
    assert "No control group" in page
    assert "telecom study" not in page


def test_without_a_holdout_the_report_shows_what_is_assumed(tmp_path):
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=11)
    offered = study.lapsed.query("offer in ('discount', 'upgrade')").drop(columns="eligible")
    offered.to_csv(tmp_path / "customers.csv", index=False)
    costs = {"discount": 120, "upgrade": 105}
    text = "".join(
        f'[[offer]]\nname = "{name}"\namount = {cost}\npaid = "on_acceptance"\n' for name, cost in costs.items()
    )
    (tmp_path / "offers.toml").write_text("horizon_months = 24\nannual_discount = 0.1\norganic = 0.3\n" + text)
    assumed = {"organic": (0.02, 0.08), "organic_value": 500.0}
    files = tmp_path / "customers.csv", tmp_path / "offers.toml"
    page = report.write_report(*files, **assumed, out=tmp_path / "out")[1].read_text(encoding="utf-8")
    assert "under an assumed organic return of 2.0% to 8.0%" in page
    assert "Incremental profit per customer (organic return assumed)" in page
    assert "An offer stops paying when this share would have returned without it" in page
    assert "to be worth $500." in page
    written = pd.read_csv(tmp_path / "out" / "offer-roi.csv")
    expected = wb.compare_offers(wb.read_trial(offered, files[1], **assumed))
    assert written["incremental_profit_low"].tolist() == pytest.approx(
        expected.frame["incremental_profit_low"].tolist()
    )


def test_the_report_runs_on_value_measured_directly(tmp_path, hillstrom):
    from winback.terms.offers_file import write_offers

    hillstrom.lapsed.to_csv(tmp_path / "customers.csv", index=False)
    write_offers(hillstrom.offers, tmp_path / "offers.toml")
    paths = report.write_report(tmp_path / "customers.csv", tmp_path / "offers.toml", out=tmp_path / "out")
    page = paths[1].read_text(encoding="utf-8")
    assert "$0.28" in page
    assert "When has an offer paid back?" not in page  # nothing tells when the money came in


def test_names_that_mean_something_elsewhere_and_columns_of_the_analyst(tmp_path):
    """Dollar signs, other scripts, formulas and long ids, numbers of NumPy as arguments."""
    offers = {"$5_off_$10": 120, "=折扣": 105}
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=11).lapsed
    table = study[study["offer"].isin(["discount", "upgrade", "none"])].drop(columns=["eligible", "followed"])
    names = dict(zip(("discount", "upgrade"), offers, strict=True))
    table["offer"] = table["offer"].astype(str).replace(names)
    table["customer_id"] = "0049" + table["customer_id"].astype(str)
    mail = [f"a{place}@example.org" for place in range(len(table))]
    table = table.assign(**{"Name": "=HYPERLINK(A1)", "E-mail": mail})
    table.to_csv(tmp_path / "customers.csv", index=False)
    rows = (f'[[offer]]\nname = "{name}"\namount = {cost}\npaid = "on_acceptance"\n' for name, cost in offers.items())
    (tmp_path / "offers.toml").write_text("".join(rows), encoding="utf-8")
    terms = {"horizon_months": np.int64(24), "annual_discount": np.float64(0.1)}
    paths = report.write_report(tmp_path / "customers.csv", tmp_path / "offers.toml", **terms, out=tmp_path / "out")
    page = paths[1].read_text(encoding="utf-8")
    assert page.count("<svg") == 8
    assert "texts that a spreadsheet program would run as formulas" in page
    contacts = pd.read_csv(tmp_path / "out" / "contact-list.csv", dtype={"customer_id": str})
    assert list(contacts)[-2:] == ["Name", "E-mail"]
    assert set(contacts["Name"]) == {"'=HYPERLINK(A1)"}
    assert set(contacts["customer_id"]) <= set(table["customer_id"])
    assert (
        dict(zip(contacts["customer_id"], contacts["E-mail"], strict=True)).items()
        <= dict(zip(table["customer_id"], table["E-mail"], strict=True)).items()
    )
    np.testing.assert_array_equal(contacts["expected_profit"], contacts["expected_profit"].round(2))
    book = openpyxl.load_workbook(tmp_path / "out" / "offer-roi.xlsx")
    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert set(offers) <= {row[0].value for row in book["offers"].iter_rows(min_row=2)}


def test_what_a_cell_does_not_show_stops_the_page(tmp_path, monkeypatch):
    def without_figure(name):
        notebook = original(name)
        if name != report.NOTEBOOK:
            return notebook
        cell = next(cell for cell in notebook.cells if "figure" in cell.metadata.get("tags", []))
        cell.source = "import matplotlib.pyplot as plt; plt.figure().text(0, 0, '$\\\\nonsense$');"
        return notebook

    original = report.load_notebook
    monkeypatch.setattr(report, "load_notebook", without_figure)
    with pytest.raises(RuntimeError, match="The page would lack a figure, so nothing was written"):
        report.write_report(out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def broken(name):
        notebook = original(name)
        if name == report.NOTEBOOK:
            notebook.cells[3].source = "raise ValueError('on purpose')"
        return notebook

    original = report.load_notebook
    monkeypatch.setattr(report, "load_notebook", broken)
    with pytest.raises(RuntimeError, match="ValueError: on purpose"):
        report.write_report(out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
