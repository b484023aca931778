"""What does a TOML file say? Where it cannot be read: which line, and how that is written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from winback.tables.files import existing_file

NUMBER = r"([-+]?\d+)(?:[.,](\d+))?"
MONEY = r"(?:[€£$¥₹%]|[A-Z]{3})"
REMARK = r"\s*(?:#.*)?"
A_NUMBER = re.compile(rf"\s*(\w+)\s*=\s*{MONEY}?\s*{NUMBER}\s*{MONEY}?{REMARK}")
A_WORD = re.compile(rf"\s*(\w+)\s*=\s*(?!(?:true|false|inf|nan)\b)([^\W\d][^\"'#\[\]{{}}=]*?){REMARK}")
WORDS = re.compile(rf"\s*(\w+)\s*=\s*\[\s*([^\W\d][^\"'#\[\]{{}}=]*?),?\s*\]{REMARK}")


def read_toml(path: str | Path, remedy: str) -> dict:
    r"""Return what a TOML file holds, or refuse it with the line that is no TOML, and a remedy where none tells.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "offers.toml"
    >>> _ = path.write_text('name = "call"\namount = 0,10\n')
    >>> read_toml(path, "")
    Traceback (most recent call last):
    ValueError: offers.toml is not a TOML file: ... (at line 2, column 11). Line 2: write amount = 0.10, with a point.
    """
    path = existing_file(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        told = [f"{path.name} is not a TOML file: {error}.", how_to_write(text), remedy]
        raise ValueError(" ".join(filter(None, told))) from None


def how_to_write(text: str) -> str:
    r"""Say which line of what is no TOML is to be written how; nothing where no line tells.

    Examples
    --------
    >>> how_to_write('name = "call"\ncost = 4,50 €  # each'), how_to_write("agents = [Ann, Ben]")
    ('Line 2: write cost = 4.50, with a point.', 'Line 1: write agents = ["Ann", "Ben"], with quotation marks.')
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if (found := A_NUMBER.fullmatch(line)) and not _is_toml(line):
            key, whole, part = found.groups()
            how = "with a point" if part and f"{whole},{part}" in line else "as a bare number"
            return f"Line {number}: write {key} = {whole}{f'.{part}' if part else ''}, {how}."
        if (found := A_WORD.fullmatch(line)) and not _is_toml(line):
            return f'Line {number}: write {found[1]} = "{found[2]}", with quotation marks.'
        if (found := WORDS.fullmatch(line)) and not _is_toml(line):
            listed = ", ".join(f'"{word.strip()}"' for word in found[2].split(","))
            return f"Line {number}: write {found[1]} = [{listed}], with quotation marks."
    return ""


def _is_toml(line: str) -> bool:
    try:
        return bool(tomllib.loads(line))
    except tomllib.TOMLDecodeError:
        return False
