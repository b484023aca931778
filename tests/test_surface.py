"""Do an editor, a type checker and a reader of `dir(wb)` see the public surface, without loading it?"""

import ast
import inspect
import subprocess
import sys

import house
import stub
from house_debts import WITHOUT_A_TYPE

import winback as wb


def test_the_stub_names_all_that_is_public_and_nothing_else():
    nodes = ast.parse(stub.PATH.read_text(encoding="utf-8")).body
    named = [alias.asname for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(named) == sorted([*wb.__all__, *wb.ROOMS])
    assert (stub.PATH.parent / "py.typed").exists()


def test_public_functions_say_what_they_take_and_give():
    functions = {name: getattr(wb, name) for name in wb.__all__ if inspect.isfunction(getattr(wb, name))}
    untyped = []
    for name, function in functions.items():
        signature = inspect.signature(function)
        said = {each: asked.annotation for each, asked in signature.parameters.items()}
        said["return"] = signature.return_annotation
        untyped += [f"{name} {each}" for each, words in said.items() if words is inspect.Signature.empty]
    house.hold(untyped, owed=WITHOUT_A_TYPE)


def test_rooms_are_reached_without_an_import_of_their_own():
    code = (
        "import sys, winback as wb\n"
        "assert {'plots', 'tables', 'compare_offers'} <= set(dir(wb))\n"
        "assert 'matplotlib' not in sys.modules\n"
        "print(wb.plots.plot_survival.__name__, wb.tables.check_lapsed.__name__, 'matplotlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["plot_survival", "check_lapsed", "True"]
