"""How is a notebook run? In a process of this very Python, which sees neither the user's folder nor other set-ups.

A ``pandas.py`` in the working folder, a foreign kernel of the name ``python3``, a start-up file: none of them runs.
"""

from __future__ import annotations

import asyncio
import logging
import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

from winback.in_svg import slim
from winback.progress import Waiting
from winback.tables import scratch_folder

if TYPE_CHECKING:
    from nbclient import NotebookClient
    from nbformat import NotebookNode

SVG = "image/svg+xml"
READING = "reading"  # tag of the cell that reads the analyst's tables
SECONDS_PER_CELL = 600
LONGEST_SOCKET = 90  # characters: a socket's path has little more than a hundred
OF_THE_USER = ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONWARNINGS", "MPLBACKEND")
# First the package that asks, wherever it lies; then what this Python has installed; what else was on the path last. A
# kernel that is told to end may find a socket closed already: its traceback of that is nothing to the reader.
START = (
    "import sys; sys.path[:0] = {first!r}; sys.path += [each for each in {last!r} if each not in sys.path]; "
    "import logging; logging.getLogger('tornado.general').setLevel(logging.CRITICAL); "
    "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()"
)


class CellError(RuntimeError):
    """A cell of a notebook failed.

    Attributes
    ----------
    kind, said : str
        Name and text of the error that was raised in it.
    tags : list of str
        Those of the cell.
    """

    def __init__(self, kind: str, said: str, tags: list[str]):
        super().__init__(f"A cell of the notebook failed: {kind}: {said}")
        self.kind, self.said, self.tags = kind, said, tags


def run_notebook(
    notebook: NotebookNode, folder: str | Path | None = None, tell: Callable[[str], object] | None = None
) -> NotebookNode:
    """Execute a notebook in a fresh kernel, in place, and return it; a RuntimeError tells what failed.

    ``folder`` is where it works; by default an empty one that is gone afterwards. ``tell`` is told, where it takes
    long, which part is being worked on.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    logging.getLogger("traitlets").setLevel(logging.ERROR)
    with scratch_folder(tempfile.gettempdir()) as scratch:
        work = scratch / "work"
        work.mkdir()
        place = {"metadata": {"path": str(folder or work)}}
        how = {"timeout": SECONDS_PER_CELL, "record_timing": False, "resources": place}
        waiting, at = Waiting(tell), {"place": 0}

        def begin(cell, cell_index):
            waiting.under_way, at["place"] = part_of(notebook, cell_index), cell_index

        client = NotebookClient(notebook, km=_kernel(scratch), on_cell_start=begin, **how)
        try:
            _run_to_the_end(client, _environment(scratch), waiting)
        except CellExecutionError as error:
            tags = notebook.cells[at["place"]].metadata.get("tags", [])
            raise CellError(error.ename, error.evalue, tags) from None
        except CellTimeoutError:
            raise RuntimeError(f"A cell of the notebook took longer than {SECONDS_PER_CELL} seconds.") from None
        except DeadKernelError:
            said = "The process that runs the notebook ended by itself. Is there memory enough?"
            raise RuntimeError(said) from None
    for data in [output.data for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]:
        if SVG in data:
            data[SVG] = slim(data[SVG])
    return notebook


def part_of(notebook: NotebookNode, place: int) -> str:
    """Return the heading under which a cell stands; for cells that read tables, that they do."""
    if READING in notebook.cells[place].metadata.get("tags", []):
        return "Reading the tables"
    texts = [cell.source for cell in notebook.cells[: place + 1] if cell.cell_type == "markdown"]
    lines = [line for text in texts for line in text.splitlines() if line.startswith(("# ", "## "))]
    return lines[-1].lstrip("# ") if lines else "Working"


def _kernel(scratch: Path):
    """Return a manager of a kernel of this Python; kernels that are set up on the machine are not asked."""
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class OfThisPython(KernelSpecManager):
        def get_kernel_spec(self, kernel_name):
            command = [sys.executable, "-P", "-c", START.format(first=_own_folder(), last=_other_folders())]
            options = ["-f", "{connection_file}", "--HistoryManager.enabled=False"]
            return KernelSpec(**{**get_kernel_dict(), "argv": [*command, *options]})

    connection = {"transport_encryption": "auto", "connection_file": str(scratch / "kernel.json")}
    if os.name == "posix" and len(str(scratch)) < LONGEST_SOCKET:  # ports may be taken between choosing and using them
        connection |= {"transport": "ipc", "ip": str(scratch / "kernel")}
    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OfThisPython(), **connection)


def _own_folder() -> list[str]:
    """Return the folder this package lies in, unless it is where packages are installed: it is on the path then."""
    own = str(Path(__file__).resolve().parents[1])
    installed = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), site.getusersitepackages())
    return [] if own in {os.path.realpath(each) for each in installed} else [own]


def _other_folders() -> list[str]:
    """Return what else is on the path here, but for the working folder."""
    here = os.path.realpath(os.curdir)
    return [each for each in sys.path if each and os.path.realpath(each) != here]


def _environment(scratch: Path) -> dict[str, str]:
    """Return the environment of the kernel: no start-up files or settings of the user, figures into the notebook."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_USER}
    own = {"IPYTHONDIR": str(scratch / "ipython"), "JUPYTER_RUNTIME_DIR": str(scratch)}
    own["MALLOC_MMAP_THRESHOLD_"] = (
        "1048576"  # where glibc is: arrays of a megabyte or more, once freed, are given back
    )
    # Nobody watches a bar in a report that is written.
    return {**kept, **own, "MPLBACKEND": "module://matplotlib_inline.backend_inline", "TQDM_DISABLE": "1"}


def _run_to_the_end(client: NotebookClient, environment: dict[str, str], waiting: Waiting) -> None:
    """Execute in a thread of its own, so that Ctrl-C and the like reach this one: they end the kernel, too.

    A notebook may ask for a report; its own loop runs in this thread.
    """
    begun = []

    async def execute():
        begun.extend((asyncio.get_running_loop(), asyncio.current_task()))
        await client.async_execute(cleanup_kc=True, env=environment)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_in_own_loop, execute())
        try:
            while not wait([running], timeout=0.5).done:  # in steps: on Windows a longer wait cannot be interrupted
                waiting.look()
        except BaseException:
            client.shutdown_kernel = "immediate"
            if begun and not running.done():
                loop, task = begun
                loop.call_soon_threadsafe(task.cancel)
            raise
        running.result()


def _in_own_loop(work: Coroutine) -> None:
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(work)
