"""What becomes of an error, and of being stopped? One message that says what to do, in place of a traceback."""

from __future__ import annotations

import signal
import sys
import threading

import click

from winback.cli.wording import in_options


class _Stopped(BaseException):
    """The process was asked to end, as by a shutdown."""


class clear_errors:  # noqa: N801 (used as a statement)
    """Turn the errors a user can mend into one message, and being stopped too; else a traceback is shown."""

    def __enter__(self):
        self.before = None
        if threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGTERM, _stop)
        return self

    def __exit__(self, kind, error, trace):
        """Show the message and stop with exit code 1, or that of the signal."""
        if self.before is not None:
            signal.signal(signal.SIGTERM, self.before)
        if isinstance(error, KeyboardInterrupt | _Stopped):
            click.echo("Stopped; nothing was written.", err=True)
            sys.exit(128 + (signal.SIGTERM if isinstance(error, _Stopped) else signal.SIGINT))
        if isinstance(error, ValueError | RuntimeError | OSError):
            raise click.ClickException(in_options(str(error))) from None


def _stop(*_):
    raise _Stopped
