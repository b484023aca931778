"""winback at the command line: report, lost, plan, offers, playbook, check, data.

report   which offer pays, as a page
lost     who is lost, and what does it cost, as a page
plan     whom to contact how and when, as a page and a list
offers   which offers does a table name? A template of what they cost
playbook  who is contacted how, when, and with which remedy? One to edit
check    what is wrong with tables, and what can be asked of them?
data     ready tables to try
options  what several commands take, and how it is written
wording  Python's arguments as options, in messages
errors   one message that says what to do, in place of a traceback
"""

from __future__ import annotations

import click

from winback.cli import check, data, lost, offers, plan, playbook, report

CONTEXT = {"help_option_names": ["-h", "--help"], "show_default": True}


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="winback")
def main():
    """Who is lost, which lost customers come back, and which offer pays."""


for command in (report.report, lost.lost, plan.plan, offers.offers, playbook.playbook, check.check, data.data):
    main.add_command(command)
