"""Run every notebook, store it, and write what the README files show. Called by: python3 run.py notebooks."""

import html
from pathlib import Path

import matplotlib as mpl
import nbformat
import pandas as pd

import winback as wb
from winback import plots
from winback.datasets.files import write_retail, write_telecom
from winback.datasets.telecom.company_assumptions import company_figures
from winback.datasets.telecom.dictionary import columns_of, events_frame
from winback.kernel import run_notebook
from winback.pages.chapters import chapters
from winback.pages.listed import listed
from winback.pages.settings import PARAMETERS
from winback.results import counted
from winback.tables import LAPSED, PURCHASES

NOTEBOOKS = Path(__file__).parent
ROOT = NOTEBOOKS.parent
README_COLUMNS = ("Offer", "Came back", "Gross ROI", "Gross profit per customer", "Incremental profit per customer")
ON_TOP = ("00", "06")  # what README itself opens with
FIGURES = NOTEBOOKS / "figures"
FIGURE = FIGURES / "which-offer-pays.png"
LIST = """# Notebooks

One question each, in the order of the story. Each opens with its answer; change the values in its first cell for your
own table. `python3 run.py lab` opens them in JupyterLab, `python3 run.py report --all` writes them as pages.

"""


def main():
    """Refresh notebooks, data files, and the generated parts of the README files."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = run_notebook(nbformat.read(path, as_version=4), folder=NOTEBOOKS)
        nbformat.write(collapsed(notebook), path)
    write_telecom(ROOT / "data" / "telecom")
    write_retail(ROOT / "data" / "retail")
    for path, parts in generated_parts().items():
        path.write_text(filled(path.read_text(encoding="utf-8"), parts), encoding="utf-8")
    draw_figure(FIGURE)
    write_list()


def collapsed(notebook):
    """Fold away a notebook's code in JupyterLab, but for the values that a reader may change."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and PARAMETERS not in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {**cell.metadata.get("jupyter", {}), "source_hidden": True}
    return notebook


def write_list() -> None:
    """Write the list of the stored notebooks, and their first figures: number, question, answer, picture, minutes."""
    columns = ["", "Question", "Answer", "", "To read"]
    rows = [_listed(chapter) for chapter in chapters().values()]
    table = "\n".join(f"| {' | '.join(row)} |" for row in [columns, ["---"] * len(columns), *rows])
    (NOTEBOOKS / "README.md").write_text(f"{LIST}{table}\n", encoding="utf-8")


def _listed(chapter) -> list[str]:
    """Return a notebook's row of the list; its first figure is written beside."""
    found = listed(chapter.number, chapter.read())
    picture, shown = FIGURES / f"{chapter.file.stem}.{'png' if found.picture else 'svg'}", ""
    if found.picture is not None:
        picture.write_bytes(found.picture)
    elif found.drawing:
        own = found.drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" ', 1)
        picture.write_text(own, encoding="utf-8")
    if found.picture is not None or found.drawing:
        said = html.escape(found.says or found.question).replace("|", "&#124;")
        shown = f'<img src="figures/{picture.name}" width="300" alt="{said}">'
    answer, question = found.answer.replace("|", "&#124;"), f"[{found.question}]({chapter.file.name})"
    return [chapter.number, question, answer, shown, counted(found.minutes, "minutes")]


def generated_parts() -> dict[Path, dict[str, str]]:
    """Return the generated parts of each README: marker -> Markdown."""
    study = wb.load_telecom_study()
    result = wb.compare_offers(study.trial)
    figures = study.assumptions.assign(value=study.assumptions["value"].map("{:g}".format))
    published = figures[figures["source"] == "published"].drop(columns="source")
    of_company = figures["name"].isin([figure[0] for figure in company_figures()])
    assumed = figures[(figures["source"] == "assumed") & ~of_company].drop(columns="source")
    columns = [(column.name, column.unit, column.meaning) for column in LAPSED if column.name in study.lapsed]
    dictionary = pd.DataFrame(columns, columns=["column", "unit", "meaning"])
    return {
        ROOT / "README.md": {
            "answer": "\n".join(f"> {line}\n>" for line in result.describe().splitlines()).removesuffix("\n>"),
            "table": markdown_table(result.first_table().frame[list(README_COLUMNS)]),
            "questions": questions(),
        },
        ROOT / "data" / "telecom" / "README.md": {
            "dictionary": markdown_table(dictionary),
            **{name: markdown_table(columns_of(name)) for name in ("contracts", "events", "served_by", "sent")},
            "names of events": markdown_table(events_frame()),
            "published": markdown_table(published),
            "assumed": markdown_table(assumed),
            "planted": markdown_table(figures[of_company].drop(columns="source")),
        },
        ROOT / "data" / "retail" / "README.md": shop_parts(),
    }


def shop_parts() -> dict[str, str]:
    """Return what the README of the shop's log shows: what is in the log, its columns and its parameters."""
    shop = wb.simulate_shop_study()
    found = wb.summarize_purchases(shop.purchases, period="W", until=shop.truth.until)
    columns = [(column.name, column.unit, column.meaning) for column in PURCHASES]
    columns += [
        ("discount", "share", "of the price that was taken off; 0 = none"),
        ("referrals", "customers", "new customers whom this one brought along after this purchase"),
        ("channel", "", f"how the customer was won: {', '.join(shop.customers['channel'].cat.categories)}"),
        ("referred", "", "yes = another customer brought this one"),
    ]
    figures = shop.truth.parameters.assign(value=shop.truth.parameters["value"].map("{:g}".format))
    return {
        "log": "\n>\n".join(f"> {line}" for line in found.describe().splitlines()),
        "dictionary": markdown_table(pd.DataFrame(columns, columns=["column", "unit", "meaning"])),
        "parameters": markdown_table(figures),
    }


def questions() -> str:
    """Return the other questions, each with the sentence that its stored notebook opens with, and the way there."""
    others = [chapter for number, chapter in chapters().items() if number not in ON_TOP]
    found = [(chapter.file.name, listed(chapter.number, chapter.read())) for chapter in others]
    return "\n".join(f"- [{each.question}](notebooks/{name}) {each.answer}" for name, each in found)


def markdown_table(frame: pd.DataFrame) -> str:
    """Return a frame of text as a Markdown table; figures to the right."""
    sides = [
        "---",
        *("--:" if frame.iloc[:, place].str.contains(r"\d").all() else "---" for place in range(1, frame.shape[1])),
    ]
    rows = [list(frame.columns), sides, *frame.itertuples(index=False)]
    return "\n".join("| " + " | ".join(str(cell).replace(" [", "<br>[") for cell in row) + " |" for row in rows)


def filled(text: str, parts: dict[str, str]) -> str:
    """Return the text with what stands between each pair of markers replaced."""
    for name, content in parts.items():
        start, end = f"<!-- {name}: written by run.py notebooks -->", f"<!-- end of {name} -->"
        before, _, rest = text.partition(start)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"There is no pair of markers for {name!r}.")
        text = f"{before}{start}\n{content}\n{end}{after}"
    return text


def draw_figure(path: Path) -> None:
    """Draw the README's figure."""
    mpl.use("Agg")
    path.parent.mkdir(exist_ok=True)
    figure = plots.plot_profit_and_roi(wb.compare_offers(wb.load_telecom_study().trial))
    figure.savefig(path, dpi=110, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    main()
