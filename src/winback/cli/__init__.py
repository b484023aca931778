"""winback at the command line: report, lost, check, data.

report   which offer pays, as a page
lost     who is lost, and what does it cost, as a page
check    what is wrong with tables, and what can be asked of them?
data     ready tables to try
options  what several commands take, and how it is written
errors   one message that says what to do, in place of a traceback
"""

from __future__ import annotations

import click

from winback.cli import check, data, lost, report

CONTEXT = {"help_option_names": ["-h", "--help"], "show_default": True}


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="winback")
def main():
    """Who is lost, which lost customers come back, and which offer pays."""


for command in (report.report, lost.lost, check.check, data.data):
    main.add_command(command)
