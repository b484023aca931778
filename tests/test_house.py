"""Does the code keep the house's rules? Imports point down, files are short, public names are documented."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import winback as wb

SOURCE = Path(wb.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
# From the top of the house to its ground; a module imports only from its own row or below.
ROWS = [
    "cli",
    "report",
    "campaign",
    "shop",
    "plots",
    "datasets",
    "planning",
    "budgets",
    "policies",
    "offers",
    "second_lifetime",
    "trial",
    "value",
    "purchases",
    "survival",
    "terms",
    "formulas",
    "formula_checks",
    "pseudo_observations",
    "expected_money",
    "expectations",
    "winner",
    "uncertainty",
    "provenance",
    "results",
    "progress",
    "periods",
    "discounting",
    "tables",
]


def row_of(dotted):
    parts = dotted.split(".")
    return ROWS.index(parts[1]) if len(parts) > 1 and parts[1] in ROWS else None


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "winback":
            yield node.module if node.module != "winback" else f"winback.{node.names[0].name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_down_only(path):
    dotted = ".".join(("winback", *path.relative_to(SOURCE).with_suffix("").parts))
    own = row_of(dotted)
    if own is None:
        return  # the door of the package
    for target in imports_of(path):
        assert row_of(target) is not None, f"{target} has no row in the house"
        assert row_of(target) >= own, f"{dotted} imports {target}, which is above it"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_are_short_and_say_what_they_answer(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_functions_are_short(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 40, f"{node.name} has {length} lines"


@pytest.mark.parametrize("name", wb.__all__)
def test_every_public_name_is_documented_with_an_example(name):
    thing = getattr(wb, name)
    doc = inspect.getdoc(thing)
    assert doc
    if inspect.isfunction(thing) or name in ("TableError", "Offer"):
        assert ">>>" in doc, f"{name} has no example"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'win_them_all'"):
        _ = wb.win_them_all


def test_public_names_are_listed():
    assert set(wb.__all__) <= set(dir(wb))


def test_plotting_libraries_stay_in_plots():
    for path in MODULES:
        inside = path.relative_to(SOURCE).parts[0] == "plots"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        roots = {
            (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
            if not (isinstance(node, ast.ImportFrom) and node.module is None)
        }
        assert inside or not roots & {"matplotlib", "seaborn"}, path


def test_every_module_can_be_imported_alone():
    for path in MODULES:
        if path.name != "__main__.py":
            importlib.import_module(".".join(("winback", *path.relative_to(SOURCE).with_suffix("").parts)))
