"""Run winback at the command line: `python -m winback`."""

import os
import sys

# Python puts the working folder first, where a pandas.py of the analyst's would be taken for pandas.
sys.path[:] = [place for place in sys.path if os.path.realpath(place) != os.path.realpath(os.curdir)]

from winback.cli import main  # noqa: E402

if __name__ == "__main__":
    main(prog_name="winback")
