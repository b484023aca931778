"""What may a formula say? Columns, numbers, operators and a closed list of functions; all else is refused unread.

A formula's functions are evaluated as Python, so without a list ``first_margin.to_csv("x")`` would write a file. A
function of one's own is handed over as a function: `with_functions`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from formulaic import Formula
from formulaic.errors import FormulaicError
from formulaic.parser import DefaultFormulaParser

from winback.tables import ProblemList

SPLINE = ("df", "knots", "lower_bound", "upper_bound", "extrapolation")
# Name -> most arguments by position, and the names of others.
FUNCTIONS = {
    "I": (1, ()),
    "Q": (1, ()),
    "C": (2, ("contrasts", "levels", "spans_intercept")),
    **dict.fromkeys(("log", "log1p", "log2", "log10", "exp", "sqrt", "abs"), (1, ())),
    "center": (1, ()),
    **dict.fromkeys(("scale", "standardize"), (1, ("center", "scale", "ddof"))),
    "poly": (2, ("degree", "raw")),
    "bs": (3, (*SPLINE, "degree", "include_intercept")),
    **dict.fromkeys(("cr", "cs", "cc"), (3, (*SPLINE, "constraints"))),
    **dict.fromkeys(("Treatment", "Sum", "Helmert", "Diff", "Poly"), (2, ("base", "reference", "scores", "scale"))),
}
OF_NUMPY = ("log", "log1p", "log2", "log10", "exp", "expm1", "sqrt", "abs", "sign", "square", "floor", "ceil", "tanh")
OF_CONTRASTS = ("treatment", "sum", "helmert", "diff", "poly", "SAS")
ROOMS = {"np": (1, ()), "contr": (2, ("base", "scores", "backward", "reverse", "scale"))}
TAKE_NO_COLUMN = ("Q", "Treatment", "Sum", "Helmert", "Diff", "Poly")
MAKE_COLUMNS = ("poly", "bs", "cr", "cs", "cc")
EXTRA = {"log1p": np.log1p, "sqrt": np.sqrt, "abs": np.abs}  # which formulaic does not have by itself
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UAdd, ast.USub)
COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
ALLOWED = (
    f"Allowed are columns, numbers, + - * / ** : ( ), comparisons, and {', '.join(FUNCTIONS)}, "
    f"np.{', np.'.join(OF_NUMPY)} and contr.{', contr.'.join(OF_CONTRASTS)}. A function of your own: "
    "winback.formula_language.with_functions."
)
LONGEST = 2_000  # characters
MOST_CROSSED = 10  # operators that multiply terms: 2 to that power are a thousand terms
HIGHEST_POWER = 3  # of terms in brackets; the number of terms grows with it
MOST_COLUMNS = 50  # of a spline or a polynomial


class FormulaText(str):
    """A formula with functions of one's own, see `with_functions`."""

    __slots__ = ("functions",)
    functions: Mapping[str, Callable]


def with_functions(formula: str, **functions: Callable) -> FormulaText:
    """Return a formula that may use functions of one's own, by their names.

    Examples
    --------
    >>> formula = with_functions("offer + in_years(first_tenure)", in_years=lambda months: months / 12)
    >>> formula, sorted(formula.functions)
    ('offer + in_years(first_tenure)', ['in_years'])
    """
    for name, function in functions.items():
        if name in (*FUNCTIONS, *ROOMS):
            raise ValueError(f"{name} is a function of the formula language. Give yours another name.")
        if not callable(function):
            raise ValueError(f"{name} must be a function; got {function!r}.")
    text = FormulaText(formula)
    text.functions = MappingProxyType(dict(functions))
    return text


def functions_of(formula: str) -> dict[str, Callable]:
    """Return the functions that a formula may use beside those of the formula language."""
    return {**EXTRA, **getattr(formula, "functions", {})}


def read_formula(text: str, place: str, columns: Collection[str], problems: ProblemList) -> Formula | None:
    """Return a text as a formula, without running anything in it; None, and the problem noted, where it is none."""
    try:
        _check_size(text)
        formula = Formula(text)
    except Exception as error:  # whatever a text that is no formula makes its parser say
        said = (str(error).splitlines() or [type(error).__name__])[0]
        problems.add(place, f"cannot be read: {_short(text)} ({said})", "Write terms with + between them.")
        return None
    known = _Known(getattr(text, "functions", {}), columns)
    codes = {str(each.expr) for term in formula for each in term.factors if each.eval_method.value == "python"}
    refused = sorted(part for code in codes for part in _refused(code, known))
    if refused:
        problems.add(place, f"says {_short(refused[0])}, which is not of the formula language", ALLOWED)
        return None
    return formula


def called_in(text: str) -> set[str]:
    """Return the names that a formula calls, or takes functions from: a column of that name would shadow them.

    Examples
    --------
    >>> sorted(called_in("C(reason) + np.log(tenure) + log"))
    ['C', 'np']
    """
    return set(re.findall(r"(?<![\w.])([^\W\d]\w*)(?=\s*\(|\.\w+\s*\()", text))


def _short(text: str) -> str:
    return repr(str(text) if len(text) <= 100 else f"{text[:100]}...")


def _check_size(text: str) -> None:
    """Refuse a formula whose terms multiply beyond any table, before they do."""
    if len(text) > LONGEST:
        raise FormulaicError(f"it has {len(text):,} characters, more than {LONGEST:,}")
    tokens = list(DefaultFormulaParser().get_tokens(text))
    signs = [str(token.token) if token.kind is not None and token.kind.value == "operator" else "" for token in tokens]
    for sign, power in zip(signs, tokens[1:], strict=False):
        if sign in ("**", "^") and str(power.token).isdigit() and int(str(power.token)) > HIGHEST_POWER:
            raise FormulaicError(f"a power of terms is at most {HIGHEST_POWER}; of a column write I(column ** 4)")
    if sum(sign in ("*", ":", "/", "in", "**", "^") for sign in signs) > MOST_CROSSED:
        raise FormulaicError(f"it crosses terms more than {MOST_CROSSED} times")


@dataclass(frozen=True)
class _Known:
    """What a formula may name, beside the functions of the language."""

    functions: Mapping[str, Callable]
    columns: Collection[str]

    def is_function(self, name: str) -> bool:
        return name not in self.columns and (name in self.functions or name in FUNCTIONS or name in ROOMS)


def _refused(code: str, known: _Known) -> Iterator[str]:
    """Yield what a factor says that it may not."""
    code = re.sub(r"`[^`'\"]+`", "_column", code)
    try:
        tree = ast.parse(code.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a quotation mark in a name, nesting without end
        yield code
        return
    yield from _in_expression(tree.body, known)


def _in_expression(node: ast.AST, known: _Known) -> Iterator[str]:
    """Yield the parts of an expression that are neither columns, numbers, known operators nor known functions."""
    if isinstance(node, ast.Name) and not known.is_function(node.id):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return
    if isinstance(node, ast.Call):
        yield from _in_call(node, known)
    elif isinstance(node, ast.BinOp | ast.UnaryOp) and isinstance(node.op, OPERATORS):
        numbers_only = not any(isinstance(each, ast.Name) for each in ast.walk(node))
        if isinstance(node.op, ast.Pow) and numbers_only:  # 9 ** 9 ** 9 would never end
            yield ast.unparse(node)
        for operand in [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]:
            yield from _in_expression(operand, known)
    elif isinstance(node, ast.Compare) and all(isinstance(sign, COMPARISONS) for sign in node.ops):
        for operand in (node.left, *node.comparators):
            if not _is_text(operand):
                yield from _in_expression(operand, known)
    else:
        yield ast.unparse(node)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _in_call(node: ast.Call, known: _Known) -> Iterator[str]:
    name = ast.unparse(node.func)
    most, keywords = _signature(name, known)
    named = {each.arg: each.value for each in node.keywords}
    if len(node.args) > most or not (set(named) <= set(keywords) or (name in known.functions and None not in named)):
        yield ast.unparse(node)
        return
    settings = [*node.args[1:], *named.values()]
    if name in TAKE_NO_COLUMN or name.startswith("contr."):
        settings += node.args[:1]
    else:
        yield from (part for each in node.args[:1] for part in _in_expression(each, known))
    for setting in settings:
        if not _is_setting(setting):
            yield from _in_expression(setting, known)
    sizes = [*node.args[1:2], *(named[each] for each in ("df", "degree") if each in named)]
    if name in MAKE_COLUMNS and any(map(_too_many, sizes)):
        yield ast.unparse(node)


def _signature(name: str, known: _Known) -> tuple[int, tuple[str, ...]]:
    """Return how many arguments a function takes by position, -1 if there is no such function, and which by name."""
    if name in known.functions:
        return LONGEST, ()
    room, _, inner = name.rpartition(".")
    if room in ROOMS:
        return ROOMS[room] if inner in (OF_NUMPY if room == "np" else OF_CONTRASTS) else (-1, ())
    return FUNCTIONS.get(name, (-1, ()))


def _is_setting(node: ast.AST) -> bool:
    """Tell whether an argument is a plain value, or a list of them."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _too_many(node: ast.AST) -> bool:
    return not (isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value <= MOST_COLUMNS)
