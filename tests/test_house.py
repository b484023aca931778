"""Does the code keep the house's rules? Imports point down, no circles, short files, rooms with a complete map."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import house
import pytest
import stub
from house_debts import MORE_THAN_FIVE_POSITIONAL, MORE_THAN_NINE_PARAMETERS, STILL_CIRCLES, WITHOUT_A_TYPE

import winback as wb
from winback import surface

SOURCE = Path(wb.__file__).parent
FILES = house.files_of(SOURCE)
# From the top of the house to its ground; a module imports only from its own row or below.
ROWS = [
    "cli",
    "all_pages",
    "plan_check",
    "plan_page",
    "plan_asked",
    "plan_again",
    "plan_list",
    "plan_work",
    "report",
    "lost_page",
    "pages",
    "kernel",
    "questions",
    "plots",
    "datasets",
    "datasets.telecom",
    "datasets.retail",
    "outreach",
    "planning",
    "budgets",
    "policies",
    "offers",
    "second_lifetime",
    "trial",
    "retention",
    "lost",
    "value",
    "value.contracts",
    "base",
    "purchases",
    "purchases.logs",
    "survival",
    "terms",
    "held_out",
    "formulas",
    "formula_checks",
    "formula_language",
    "pseudo_observations",
    "expectations",
    "newton",
    "orthonormal",
    "winner",
    "skewness",
    "uncertainty",
    "clusters",
    "provenance",
    "labels",
    "colours",
    "minute",
    "asked",
    "said",
    "sources",
    "works",
    "results",
    "in_html",
    "in_svg",
    "money",
    "progress",
    "surface",
    "tables",
    "periods",
    "discounting",
    "doors",
    "annotations",
]


def row_of(dotted):
    """Return the row of the innermost room that holds a file; the door of the package has none."""
    parts = dotted.split(".")[1:]
    rooms = [".".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
    return next((ROWS.index(room) for room in rooms if room in ROWS), None)


def test_every_file_has_a_row_and_every_row_a_file():
    doors = {"winback", "winback.__main__"}
    house.hold(name for name in FILES if row_of(name) is None and name not in doors)
    house.hold(row for row in ROWS if f"winback.{row}" not in FILES)


def test_imports_point_down_only():
    upwards = [
        f"{name} imports {target}"
        for name, targets in house.graph_of(FILES).items()
        for target in targets
        if row_of(name) is not None and (row_of(target) is None or row_of(target) < row_of(name))
    ]
    house.hold(upwards)


def test_no_circle_between_files():
    """Imports for annotations and inside functions count: what needs each other to be read belongs together."""
    found = {FILES[name].within for circle in house.circles_of(house.graph_of(FILES)) for name in circle}
    house.hold(found, owed=STILL_CIRCLES)


def test_a_circle_is_found():
    assert house.circles_of({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == {frozenset("bc")}


def test_no_file_takes_the_private_names_of_another():
    taken = []
    for file in FILES.values():
        imports = list(house.house_imports(file, FILES))
        private = [(target, name) for target, name in imports if is_private(name) or is_private(target.split(".")[-1])]
        modules = {target.split(".")[-1] for target, name in imports if not name}
        attributes = [
            (node.value.id, node.attr)
            for node in file.nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
        ]
        private += [(module, name) for module, name in attributes if is_private(name)]
        taken += [f"{file.within} takes {name} from {target}" for target, name in private]
    house.hold(taken)


def is_private(name):
    return name.startswith("_") and not name.endswith("__")


def test_public_functions_take_at_most_nine_parameters():
    """Readers, where terms are stated once, may take more."""
    found = {
        f"{file.within} {function.name}"
        for file in FILES.values()
        for function in file.functions()
        if len(house.parameters_of(function)) > 9 and not function.name.startswith(("_", "read_"))
    }
    house.hold(found, owed=MORE_THAN_NINE_PARAMETERS)


def test_no_call_has_more_than_five_positional_arguments():
    found = {file.within for file in FILES.values() if any(len(call.args) > 5 for call in file.calls())}
    house.hold(found, owed=MORE_THAN_FIVE_POSITIONAL)


def test_the_map_of_every_room_is_complete():
    for room in FILES.values():
        if room.is_room:
            named, there = house.mapped_in(ast.get_docstring(room.tree)), house.inside(room, FILES)
            assert len(named) == len(set(named)), room.dotted
            house.hold(f"{room.within} misses {name}" for name in set(there) - set(named))
            house.hold(f"{room.within} maps {name}, which is not there" for name in set(named) - set(there))


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_files_are_short_and_say_what_they_answer(file):
    assert file.n_lines() <= 300
    assert ast.get_docstring(file.tree)


def test_functions_are_short():
    long = []
    for file in FILES.values():
        for function in file.functions():
            body = function.body[1:] if ast.get_docstring(function) else function.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            long += [f"{file.within} {function.name} has {length} lines"] if length > 40 else []
    house.hold(long)


@pytest.mark.parametrize("name", surface.NAMES)
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
    assert set(surface.NAMES) <= set(dir(wb))


def test_the_stub_is_what_the_map_of_public_names_asks_for():
    assert stub.PATH.read_text(encoding="utf-8") == stub.stub(), "run: python3 run.py stub"


def test_public_functions_say_what_they_take_and_give():
    functions = {name: getattr(wb, name) for name in surface.NAMES if inspect.isfunction(getattr(wb, name))}
    untyped = []
    for name, function in functions.items():
        signature = inspect.signature(function)
        said = {each: asked.annotation for each, asked in signature.parameters.items()}
        said["return"] = signature.return_annotation
        untyped += [f"{name} {each}" for each, words in said.items() if words is inspect.Signature.empty]
    house.hold(untyped, owed=WITHOUT_A_TYPE)


def test_help_is_one_screen_that_names_every_verb():
    words = set(re.findall(r"\w+", wb.__doc__))
    assert len(wb.__doc__.splitlines()) <= 45
    house.hold(f"help(winback) does not name {name}" for name in set(surface.NAMES) - words)
    verbs = set(re.findall(r"[a-z]+_\w+", wb.__doc__.partition("Rooms are")[2]))
    house.hold(f"help(winback) names {name}, which is not there" for name in verbs - {*surface.NAMES, *ROWS})


def test_plotting_libraries_stay_in_plots():
    for file in FILES.values():
        roots = {module.split(".")[0] for module, _ in file.imported()}
        assert file.within.startswith("plots/") or not roots & {"matplotlib", "seaborn"}, file.within


def test_every_module_can_be_imported_alone():
    for name in FILES:
        if not name.endswith("__main__"):
            importlib.import_module(name)
