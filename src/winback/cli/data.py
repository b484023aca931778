"""Which ready tables are there to try? `winback data`."""

from __future__ import annotations

from pathlib import Path

import click

from winback.cli.errors import clear_errors


@click.command()
@click.argument("name", type=click.Choice(["telecom", "retail", "hillstrom"]))
@click.option("--out", default="data", type=click.Path(path_type=Path), help="Folder to write into.")
def data(name, out):
    """Write ready tables: the telecom study, a shop's log of purchases, or Hillstrom's public e-mail trial."""
    with clear_errors():
        from winback.datasets.files import write_hillstrom, write_retail, write_telecom

        for path in {"telecom": write_telecom, "retail": write_retail, "hillstrom": write_hillstrom}[name](out):
            click.echo(path)
