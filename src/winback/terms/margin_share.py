"""Which share of revenue is margin? Where a table has revenue, value is that share of it."""

from __future__ import annotations

from numbers import Real


def check_margin_share(share: float | None) -> float | None:
    """Return the share as given, or refuse what is none.

    Examples
    --------
    >>> check_margin_share(30)
    Traceback (most recent call last):
    ValueError: margin_share must be a share above 0 and up to 1; got 30. Write 0.3 for 30%.
    """
    is_number = isinstance(share, Real) and not isinstance(share, bool)
    if share is None or (is_number and 0 < share <= 1):
        return share
    hint = f" Write {share / 100:g} for {share:g}%." if is_number and 1 < share <= 100 else ""
    raise ValueError(f"margin_share must be a share above 0 and up to 1; got {share!r}.{hint}")
