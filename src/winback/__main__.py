"""Run the command line: python -m winback."""

from winback.cli import main

main(prog_name="winback")
