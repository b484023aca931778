"""Do damaged files, offers and command lines end in a right result or in one clear message?"""

from __future__ import annotations

import os
import re
import warnings

import numpy as np
import pytest
import valid_calls
from click.testing import CliRunner
from damages import pick

import winback as wb
from winback.cli import main

N_CASES = int(os.environ.get("WINBACK_FUZZ", 1_200)) // 3  # of each kind; 100,000 in `run.py proof`
SEED = 20160302
TOML = """currency = "$"

[[offer]]
name = "call"
amount = 2.0
paid = "per_contact"

[[offer]]
name = "gift"
amount = 9.0
paid = "on_acceptance"
max_cost = 12.0
"""
PIECES = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a", b"\r", b"\n\n", b'"', b"'", b",", b";", b"\t", b"\xe4",
    b"\xc3", b"TOTAL,",
    b"#N/A", b"=1+1", b"1,5", b"99999999999999999999", b"\\", b"<script>", b"\xe2\x80\xae", b"nan", b"-",
    b"#", b"[", b"[[offer]]",
]  # fmt: skip

VALUES = [
    '"x"',
    "-1",
    "nan",
    "inf",
    "true",
    "[]",
    "{}",
    "1e400",
    "0",
    '""',
    "2024-01-01",
    "[1, 2]",
    "{a = 1}",
    "0.5",
    "'''",
]
WORDS = ["--offers", "--horizon-months", "--column", "--table", "--organic", "--currency", "x", "-1",
    "0.5:0.1", "", "a=b", "--events", "--served-by", "--since", "--until", "2024-06-30",
    "offers.toml", "base.csv", "events.csv", "--customers", "people.csv", "log.csv", "purchases",
    "--sheet", "--decimal", ",",
         "customer_id=zz", "--out", "--help", "contracts", "lapsed", "nan", "../..", "--annual-discount",
    "10"]  # fmt: skip

STARTS = [
    ["check", "customers.csv", "--offers", "offers.toml"],
    ["check", "customers.csv", "--offers", "offers.toml"],
    ["check", "base.csv", "--table", "contracts", "--events", "events.csv", "--until", "2024-06-30"],
    ["check", "base.csv", "--table", "contracts"],
    ["check", "log.csv", "--table", "purchases", "--customers", "people.csv", "--until", "2024-06-30"],
    ["check", "log.csv", "--table", "purchases"],
    ["check"],
]


def _cut(raw: bytes, rng: np.random.Generator) -> tuple[bytes, bytes]:
    """Return what is before and after some place."""
    at = int(rng.integers(len(raw) + 1))
    return raw[:at], raw[at:]


def _without_some(raw: bytes, rng: np.random.Generator) -> bytes:
    before, after = _cut(raw, rng)
    return before + after[int(rng.integers(40)) :]


def _other_bytes(raw: bytes, rng: np.random.Generator) -> bytes:
    before, after = _cut(raw, rng)
    return before + bytes(rng.integers(0, 256, 3, dtype=np.uint8)) + after[3:]


def _other_encoding(raw: bytes, rng: np.random.Generator) -> bytes:
    encoding = pick(rng, ["utf-16", "utf-32", "cp1252", "utf-8-sig"])
    return raw.decode("utf-8", "replace").encode(encoding, "replace")


BYTES = [
    lambda raw, rng: _cut(raw, rng)[0],
    lambda raw, rng: pick(rng, PIECES).join(_cut(raw, rng)),
    _without_some,
    _other_bytes,
    lambda raw, rng: b"\n".join([*raw.split(b"\n")[1:], raw.split(b"\n")[0]]),
    lambda raw, rng: raw.split(b"\n")[0] + b"\n" + raw,
    lambda raw, rng: b"title\n\n" + raw,
    lambda raw, rng: raw.replace(b",", pick(rng, [b";", b"\t", b"|", b" "])),
    _other_encoding,
    lambda raw, rng: raw.replace(b"\n", pick(rng, [b"\r\n", b"\r", b"\n\n"])),
]


def damaged_bytes(raw: bytes, rng: np.random.Generator) -> bytes:
    """Return a file with one to three faults."""
    for _ in range(int(rng.integers(1, 4))):
        raw = pick(rng, BYTES)(raw, rng) or b" "
    return raw


def damaged_toml(text: str, rng: np.random.Generator) -> str:
    """Return offers with one fault: another value, a line less or twice, or another key."""
    lines = text.splitlines()
    at = int(rng.integers(len(lines)))
    what = int(rng.integers(4))
    if what == 0:
        lines[at] = re.sub(r"=.*", lambda _: f"= {pick(rng, VALUES)}", lines[at])
    elif what == 1:
        del lines[at]
    elif what == 2:
        lines.insert(at, lines[int(rng.integers(len(lines)))])
    else:
        lines[at] = lines[at].replace("a", pick(rng, ["b", "ä", ".", "[", "\\"]), 1)
    return "\n".join(lines)


def fault_of(call) -> str:
    """Make a call; return how it went wrong where that is neither a result nor a clear message."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            str(call())
    except (ValueError, OSError) as error:
        kind = f"{type(error).__module__}.{type(error).__name__}"
        clear = str(error).strip() and kind.split(".")[0] in ("builtins", "winback")
        return "" if clear else f"{kind}: {str(error)[:200]}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("files")
    valid_calls.measured().head(120).to_csv(path / "customers.csv", index=False)
    (path / "offers.toml").write_text(TOML)
    valid_calls.base_contracts().head(80).to_csv(path / "base.csv", index=False)
    valid_calls.log().to_csv(path / "log.csv", index=False)
    valid_calls.log()[["customer_id"]].drop_duplicates().assign(shop="web").to_csv(path / "people.csv", index=False)
    valid_calls.base_events().head(80).to_csv(path / "events.csv", index=False)
    return path


def escapes(n_cases, made, call) -> list[str]:
    """Return every escape of calls on what is made from a seed."""
    found = []
    for case in range(n_cases):
        what = made(np.random.default_rng([SEED, case]))
        if fault := fault_of(lambda what=what: call(what)):
            found.append(f"case {case}: {fault}")
    return found


@pytest.mark.slow
def test_no_damaged_table_escapes(folder):
    raw = (folder / "customers.csv").read_bytes()

    def read(damaged):
        (folder / "damaged.csv").write_bytes(damaged)
        return wb.read_trial(folder / "damaged.csv", folder / "offers.toml")

    found = escapes(N_CASES, lambda rng: damaged_bytes(raw, rng), read)
    assert not found, "\n".join([f"{len(found)} of {N_CASES} escaped:", *found[:40]])


@pytest.mark.slow
def test_no_damaged_offers_escape(folder):
    def read(text):
        (folder / "damaged.toml").write_text(text)
        return wb.load_offers(folder / "damaged.toml").offers

    found = escapes(N_CASES, lambda rng: damaged_toml(TOML, rng), read)
    assert not found, "\n".join([f"{len(found)} of {N_CASES} escaped:", *found[:40]])


@pytest.mark.slow
def test_no_command_line_ends_in_a_traceback(folder, monkeypatch):
    monkeypatch.chdir(folder)

    def line(rng):
        start = pick(rng, STARTS)
        return [*start, *(pick(rng, WORDS) for _ in range(int(rng.integers(1, 4))))]

    def run(words):
        done = CliRunner().invoke(main, words)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise RuntimeError(f"{words}: {done.exception!r}")
        return done.output or "nothing"

    found = escapes(N_CASES, line, run)
    assert not found, "\n".join([f"{len(found)} of {N_CASES} escaped:", *found[:40]])
