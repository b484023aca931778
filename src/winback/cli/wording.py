"""How does a message that names arguments of Python read at the command line? With the options that do the same."""

from __future__ import annotations

import re

import click

OPTIONS = (
    *("keep", "decimal", "control", "until", "since", "sheet", "margin_share", "currency", "organic", "organic_value"),
    *("horizon_months", "annual_discount", "lost_within", "tenure_in", "keep_back"),
)
CELL = r"""(?:"[^"]*"|'[^']*'|\.\.\.|-?\d[\d.]*)"""
ARGUMENT = re.compile(rf"(?<![\w-])({'|'.join(OPTIONS)})=({CELL}|\[{CELL}(?:, {CELL})*\])")
QUOTES = "\"'"
COLUMN = re.compile(r"""columns=\{"([^"]*)": "([^"]*)"\}""")
NAMED = re.compile(r"^(start|keep_back)(?= must| \()", re.MULTILINE)  # a message that begins with what is wrong
ORDER = (("day_first=True", "--day-first"), ("day_first=False", "--month-first"))


def in_options(text: str) -> str:
    """Return a message with the command line's options in place of Python's arguments.

    Examples
    --------
    >>> in_options('Say which: decimal="," or decimal=".".')
    'Say which: --decimal "," or --decimal ".".'
    >>> in_options('Name it, columns={"value": "spend"}; or say control=["No", "KG"].')
    'Name it, --column "value=spend"; or say --control "No" --control "KG".'
    >>> in_options("keep_back must be a share from 0 to under 1.")
    '--keep-back must be a share from 0 to under 1.'
    """
    for python, option in ORDER:
        text = text.replace(python, option)
    text = COLUMN.sub(r'--column "\1=\2"', text)
    text = NAMED.sub(lambda found: f"--{found[1].replace('_', '-')}", text)
    return ARGUMENT.sub(_as_option, text)


def _as_option(found: re.Match) -> str:
    option = f"--{found[1].replace('_', '-')}"
    values = re.findall(CELL, found[2])
    return " ".join(
        f"{option} {value}" if value[0] in "-0123456789" else f'{option} "{value.strip(QUOTES)}"' for value in values
    )


def say(text: object) -> None:
    """Print a sentence as it reads at the command line."""
    click.echo(in_options(str(text)))
