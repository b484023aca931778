"""How are two calls timed against each other? In turn, several times; the median of the paired ratios is judged.

Absolute times depend on the machine and on what else it does. Of two calls made one after the other, load slows both
alike: the ratio of a pair hardly depends on it, and the median of several less.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

# Measures the memory of a command. A process inherits the peak of the one that starts it, and this one is small.
LAUNCHER = """
import json, os, sys
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
print(json.dumps(used.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""
BYTES = 1 if sys.platform == "darwin" else 1024  # of one unit of ru_maxrss
LONG_ENOUGH = 1.0  # second: a call that takes less is made again in the same process
HEADER = f"{'ours / theirs':<72}{'ours, s':>9}{'theirs, s':>11}{'ratio':>8}{'at most':>9}"


@dataclass(frozen=True)
class Row:
    """Two calls, timed in turn."""

    what: str  # "ours / theirs"
    seconds: Sequence[tuple[float, float]]  # of ours and theirs, round by round
    at_most: float | None = None  # bound of the ratio
    note: str = ""
    peaks: tuple[float, float] | None = None  # MB of memory, ours and theirs
    memory_at_most: float | None = None  # bound of their ratio

    @property
    def ratio(self) -> float:
        """Return the median of the paired ratios, ours / theirs."""
        return median(ours / theirs for ours, theirs in self.seconds)

    @property
    def is_missed(self) -> bool:
        """Tell whether the ratio of time, or that of memory, is above its bound."""
        slow = self.at_most is not None and self.ratio > self.at_most
        return slow or (self.memory_at_most is not None and self.peaks[0] > self.memory_at_most * self.peaks[1])

    def __str__(self):
        """Write one line of the table."""
        ours, theirs = (median(side) for side in zip(*self.seconds, strict=True))
        bound = "" if self.at_most is None else f"{self.at_most:.3f}"
        note = "; ".join(filter(None, ["MISSED" if self.is_missed else "", self.note]))
        return f"{self.what:<72}{ours:>9.4f}{theirs:>11.4f}{self.ratio:>8.3f}{bound:>9}   {note}".rstrip()


def in_turn(what: str, ours: Callable, theirs: Callable, *, at_most: float | None = None, rounds: int = 5) -> Row:
    """Time two calls in this process, after one warm-up each."""
    ours(), theirs()
    return Row(what, alternately(lambda: seconds(ours), lambda: seconds(theirs), rounds), at_most)


def apart(
    what: str,
    ours: Sequence[str],
    theirs: Sequence[str],
    *,
    at_most: float | None = None,
    rounds: int = 3,
    gap: Callable | None = None,
    memory_at_most: float | None = None,
) -> Row:
    """Time two commands that `report`, each in fresh processes; ``gap`` compares their answers in words."""
    found = alternately(lambda: fresh(ours), lambda: fresh(theirs), rounds)
    peaks = tuple(median(pair[side]["peak"] for pair in found) for side in (0, 1))
    answers = [answer["answer"] for answer in found[0]]
    note = f"{peaks[0]:.0f} and {peaks[1]:.0f} MB; {(gap or relative_gap)(*answers)}"
    note += f"; memory at most {memory_at_most}" if memory_at_most else ""
    seconds = [(own["seconds"], other["seconds"]) for own, other in found]
    return Row(what, seconds, at_most, note, peaks, memory_at_most)


def alternately(ours: Callable, theirs: Callable, rounds: int) -> list[tuple]:
    """Return what both calls give, pair by pair; every other pair begins with theirs."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            other = theirs()
            pairs.append((ours(), other))
        else:
            pairs.append((ours(), theirs()))
    return pairs


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def fresh(command: Sequence[str]) -> dict:
    """Return what a command reports, and the peak of its memory in MB."""
    launched = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    lines = subprocess.run(launched, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {**json.loads(lines[-2]), "peak": json.loads(lines[-1]) * BYTES / 1e6}


def report(call: Callable[[], Iterable[float]]) -> None:
    """Time a call in this process, again where it is short, and print the seconds and the numbers it gives."""
    times: list[float] = []
    while sum(times) < LONG_ENOUGH:
        start = perf_counter()
        answer = call()
        times.append(perf_counter() - start)
    print(json.dumps({"seconds": median(times), "answer": [float(number) for number in answer]}))


def relative_gap(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Say by how much two answers differ."""
    return f"answers differ by {max(abs(a / b - 1) for a, b in zip(ours, theirs, strict=True)):.1e}"


def show(rows: Iterable[Row]) -> None:
    """Print the rows as they come, and stop with an error that names the bounds that were missed."""
    print(HEADER)
    done = []
    for row in rows:
        print(row, flush=True)
        done.append(row)
    missed = [row.what for row in done if row.is_missed]
    if missed:
        sys.exit(f"{len(missed)} of {sum(row.at_most is not None for row in done)} bounds missed: {'; '.join(missed)}")
