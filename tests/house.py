"""What is the house built of? Its files, what each of them imports, and which lean on each other in a circle."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class File:
    """One file of the source."""

    path: Path
    dotted: str  # how it is imported
    within: str  # where it lies, seen from the source's folder

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def is_room(self) -> bool:
        return self.path.name == "__init__.py"

    def imported(self) -> Iterator[tuple[str, str]]:
        """Every module and name that is imported from anywhere, for annotations and inside functions too."""
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                yield from (("." * node.level + (node.module or ""), alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef]:
        yield from (node for node in self.nodes if isinstance(node, ast.FunctionDef))

    def calls(self) -> Iterator[ast.Call]:
        yield from (node for node in self.nodes if isinstance(node, ast.Call))

    def n_lines(self) -> int:
        return len(self.text.splitlines())

    def n_code_lines(self) -> int:
        """Lines without blank ones, comments and docstrings."""
        lines = {i for i, line in enumerate(self.text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"}
        for node in self.nodes:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
                lines -= set(range(node.lineno, node.end_lineno + 1))
        return len(lines)


def files_of(source: Path) -> dict[str, File]:
    """Every file below ``source``, the folder of the package, by the name under which it is imported."""
    paths = [path.relative_to(source) for path in sorted(source.rglob("*.py"))]
    dotted = [".".join((source.name, *path.with_suffix("").parts)).removesuffix(".__init__") for path in paths]
    return {name: File(source / path, name, path.as_posix()) for name, path in zip(dotted, paths, strict=True)}


def graph_of(files: dict[str, File]) -> dict[str, set[str]]:
    """Which files of the house each file imports."""
    return {name: {target for target, _ in house_imports(file, files)} for name, file in files.items()}


def house_imports(file: File, files: dict[str, File]) -> Iterator[tuple[str, str]]:
    """Yield a file's imports from the house: the file that is meant, and the name taken from it ("" for the whole)."""
    for module, name in file.imported():
        if module.startswith(".") or module.split(".")[0] == file.dotted.split(".")[0]:
            inner = f"{module}.{name}"
            yield (inner, "") if inner in files else (module, name)


def circles_of(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """Find groups of files of which each reaches every other."""
    reached = {name: _reach(graph, name) for name in graph}
    groups = {frozenset(other for other in reached[name] if name in reached[other]) for name in graph}
    return {group for group in groups if group}


def _reach(graph: dict[str, set[str]], start: str) -> set[str]:
    reached, ahead = set(), [start]
    while ahead:
        new = graph.get(ahead.pop(), set()) - reached
        reached |= new
        ahead.extend(new)
    return reached


def parameters_of(function: ast.FunctionDef) -> list[str]:
    """Names of a function's parameters, without ``self`` and ``cls``."""
    asked = function.args
    every = [*asked.posonlyargs, *asked.args, *asked.kwonlyargs, *filter(None, (asked.vararg, asked.kwarg))]
    return [each.arg for each in every if each.arg not in ("self", "cls")]


def mapped_in(docstring: str) -> list[str]:
    """Names on the map in a room's docstring: ``name  what it is for``, or several names with commas between them."""
    lines = re.findall(r"^(\w+(?:, \w+)*) {2,}\S", docstring, flags=re.MULTILINE)
    return [name for line in lines for name in line.split(", ")]


def inside(room: File, files: dict[str, File]) -> list[str]:
    """Names of the files and rooms that lie directly in a room."""
    depth = room.dotted.count(".") + 1
    found = [name for name in files if name.startswith(f"{room.dotted}.") and name.count(".") == depth]
    return [name.rpartition(".")[2] for name in found if not name.endswith("__main__")]


def hold(found, owed=()):
    """Demand that what breaks a rule is exactly what house_debts.py says is owed still."""
    new, mended = sorted(set(found) - set(owed)), sorted(set(owed) - set(found))
    assert not new, "\n".join(["Against the rules of the house:", *new])
    assert not mended, "\n".join(["Mended, take off house_debts.py:", *mended])
