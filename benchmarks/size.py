"""How large is the house, and how well kept? Names, parameters, lines, circles and long files, checkout by checkout.

Called by: python benchmarks/size.py [CHECKOUT ...]. A checkout is a folder that holds src/winback; this one, where none
is named.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from statistics import median

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import house

LONG = 250  # lines: past that, look again


def measured(checkout: Path) -> dict[str, object]:
    """Return the figures of one checkout, each under its name."""
    files = house.files_of(checkout / "src" / "winback")
    homes = homes_of(files)
    asked = {name: parameters(name, module, files) for name, module in homes.items()}
    asked = {name: n for name, n in asked.items() if n is not None}
    most = max(asked, key=lambda name: (not name.startswith("read_"), asked[name]))
    circles = house.circles_of(house.graph_of(files))
    every = files.values()
    return {
        "public names": len(homes),
        "most parameters, readers apart": f"{asked[most]} ({most})",
        "median parameters": f"{median(asked.values()):g}",
        "circles": f"{len(circles)} of {sum(map(len, circles))} files",
        f"files over {LONG} lines": sum(file.n_lines() > LONG for file in every),
        "longest file": max(file.n_lines() for file in every),
        "files": len(files),
        "lines (code)": lines(every),
        **{f"  {room}": lines(inside) for room, inside in rooms_of(files).items()},
    }


def homes_of(files: dict[str, house.File]) -> dict[str, str]:
    """Return each public name with the module it is loaded from, as the map of names says (once in the door itself)."""
    where, name = ("winback.surface", "_NAMES_OF") if "winback.surface" in files else ("winback", "_HOME")
    stated = {node.targets[0].id: node.value for node in files[where].tree.body if isinstance(node, ast.Assign)}
    return {name: f"winback.{module}" for module, names in ast.literal_eval(stated[name]).items() for name in names}


def parameters(name: str, module: str, files: dict[str, house.File]) -> int | None:
    """Return the number of parameters of a public function; None for a class."""
    near = sorted((file for file in files.values() if file.dotted.startswith(module)), key=lambda file: file.dotted)
    found = (node for file in near for node in file.tree.body if getattr(node, "name", None) == name)
    node = next(found)
    return len(house.parameters_of(node)) if isinstance(node, ast.FunctionDef) else None


def rooms_of(files: dict[str, house.File]) -> dict[str, list[house.File]]:
    """Return the files of each room, and all that lie beside the rooms."""
    rooms: dict[str, list[house.File]] = {}
    for file in files.values():
        room, _, inner = file.within.rpartition("/")
        rooms.setdefault(room.split("/")[0] if inner and room else "beside the rooms", []).append(file)
    return dict(sorted(rooms.items()))


def lines(files) -> str:
    """Return all lines, and those of code: blank lines, comments and docstrings apart."""
    return f"{sum(file.n_lines() for file in files):,} ({sum(file.n_code_lines() for file in files):,})"


if __name__ == "__main__":
    checkouts = [Path(name).resolve() for name in sys.argv[1:]] or [Path(__file__).resolve().parents[1]]
    found = {path.name: pd.Series(measured(path), dtype=object) for path in checkouts}
    order = list(dict.fromkeys(name for figures in found.values() for name in figures.index))
    print(pd.DataFrame(found).reindex(order).fillna("").to_string())
