"""Do the project file, the lock, conda's environment and run.py agree, and is the package light to import?"""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import winback
from winback import surface

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
RUN = (ROOT / "run.py").read_text(encoding="utf-8")

CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "seaborn": "seaborn-base",
    "duckdb": "python-duckdb",
    "playwright": "playwright-python",
}
PYTHONS = ("3.11.0", "3.12.0", "3.13.0", "3.14.0")
REGISTRIES = [".".join(words) for words in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"))]


def ranges(lines):
    """Map names to their ranges."""
    return {canonicalize_name(each.name): each.specifier for each in map(Requirement, lines)}


EXTRAS = PROJECT["optional-dependencies"]
SPARK = EXTRAS.pop("spark")  # larger than all others together, and of use only where Spark is: a lock of its own
NEEDED = ranges([*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)])


def pins_in(lock):
    """Return the pins of a lock."""
    return [Requirement(line) for line in lock.splitlines() if line and not line.startswith("#")]


PINS = pins_in(LOCK)
SPARK_LOCK = (ROOT / "requirements-spark.lock").read_text(encoding="utf-8")


def pins_of(name):
    return [pin for pin in PINS if canonicalize_name(pin.name) == name]


def test_conda_installs_what_the_project_needs_in_the_same_ranges():
    conda = ranges(line for line in CONDA if isinstance(line, str) and line != "pip")
    assert conda.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert conda == {CONDA_NAMES.get(name, name): specifier for name, specifier in NEEDED.items()}


def test_conda_installs_the_package_itself_and_nothing_else_with_pip():
    assert [line for line in CONDA if isinstance(line, dict)] == [{"pip": ["--editable ."]}]
    assert "pip" in CONDA


@pytest.mark.parametrize("name", NEEDED)
def test_every_pin_lies_in_its_range(name):
    versions = [pin.specifier for pin in pins_of(name)]
    assert versions
    assert all(NEEDED[name].contains(str(version).removeprefix("==")) for version in versions)


@pytest.mark.parametrize("python", PYTHONS)
def test_every_python_finds_one_pin_of_what_the_project_needs(python):
    here = {"python_version": python.rpartition(".")[0], "python_full_version": python}
    n_pins = {name: sum(not pin.marker or pin.marker.evaluate(here) for pin in pins_of(name)) for name in NEEDED}
    assert n_pins == dict.fromkeys(NEEDED, 1)


def test_the_locks_pin_exact_versions_only():
    pins = PINS + pins_in(SPARK_LOCK)
    assert [pin.name for pin in pins if not re.fullmatch(r"==[^*,]+", str(pin.specifier))] == []


def test_spark_has_a_lock_of_its_own_which_the_gate_installs():
    (needed,) = map(Requirement, SPARK)
    (pin,) = [pin for pin in pins_in(SPARK_LOCK) if pin.name == needed.name]
    assert needed.specifier.contains(str(pin.specifier).removeprefix("=="))
    assert not {pin.name for pin in pins_in(SPARK_LOCK)} & {pin.name for pin in PINS}
    assert "requirements-spark.lock" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_oldest_python_is_the_same_everywhere():
    oldest = PROJECT["requires-python"].removeprefix(">=")
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["target-version"]
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in RUN
    assert f"--python-version {oldest} " in LOCK
    assert ruff == "py" + oldest.replace(".", "")
    assert PYTHONS[0].startswith(oldest)


def version_in(name, pattern):
    path = ROOT / name
    return re.search(pattern, path.read_text(encoding="utf-8"), flags=re.MULTILINE).group(1)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("src/winback/__init__.py", r'^__version__ = "(.+)"$'),
        ("CITATION.cff", r"^version: (\S+)$"),
        pytest.param(
            "CHANGELOG.md",
            r"^#+ .*?(\d+\.\d+\.\d+)",  # the newest version stands first
            marks=pytest.mark.skipif(not (ROOT / "CHANGELOG.md").exists(), reason="there is no CHANGELOG.md yet"),
        ),
    ],
)
def test_the_version_is_the_same_everywhere(name, pattern):
    assert version_in(name, pattern) == PROJECT["version"]


def test_run_py_imports_the_standard_library_only():
    nodes = list(ast.walk(ast.parse(RUN)))
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {module.partition(".")[0] for module in modules} - sys.stdlib_module_names == set()


def test_run_py_uses_no_words_that_an_old_python_cannot_read():
    new_words = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Match, ast.AsyncFunctionDef)
    nodes = list(ast.walk(ast.parse(RUN)))
    assert [node.lineno for node in nodes if isinstance(node, new_words)] == []
    assert [node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.returns] == []
    assert [node.arg for node in nodes if isinstance(node, ast.arg) and node.annotation] == []
    assert RUN.isascii()


def test_run_py_tells_an_old_python_in_one_line():
    code = "import runpy, sys; sys.version_info = (3, 10, 9); runpy.run_path('run.py', run_name='__main__')"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr == "winback needs Python 3.11 or newer; this is Python 3.10.\n"


def test_importing_winback_loads_nothing_heavy():
    code = "import sys, winback; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "winback" in loaded
    assert loaded & {"pandas", "numpy", "scipy", "lifelines", "statsmodels", "matplotlib", "seaborn", "click"} == set()


@pytest.mark.parametrize("name", surface.NAMES)
def test_a_public_name_is_found_under_its_own_name(name):
    assert getattr(winback, name).__name__ == name


@pytest.mark.parametrize("folder", ["src", "tests", "notebooks"])
def test_no_file_names_a_registry(folder):
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert files
    assert [(path.name, host) for path in files for host in REGISTRIES if host.encode() in path.read_bytes()] == []
