"""Who is here, who was lost and when, and who came back? `ContractBase`, the customers of a company with contracts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from winback.base import contract_words
from winback.base.contract_lives import ContractLives, as_number
from winback.base.lapsed import BACK_BEFORE, LOST_AGAIN, PENDING_THEN, Lapsed
from winback.base.lapsed_table import Losses, lapsed_table
from winback.base.sent import lapsed_with_offers, read_sent
from winback.doors import door
from winback.provenance import Provenance, sha256_of
from winback.results import Sentences, format_count
from winback.tables import AnyTable

HERE, BACK, LOST, PENDING = "here", "back", "lost", "pending"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ContractBase(ContractLives):
    """Customers with contracts over time, read and checked once; see `read_contracts`."""

    is_revenue: bool = False  # what customers pay stands for margin, as no share is known

    @cached_property
    def provenance(self) -> Provenance:
        """Data with their hash, seeds and versions."""
        return Provenance.of(self.source, len(self.contracts), sha256_of(self.contracts), self.made_with)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per state on the last day: ``state``, ``n`` customers, ``share`` of all.

        ``here``: never lost; ``back``: here again; ``lost``; ``pending``: without a contract for less than the grace
        period.
        """
        found = self.all_lives
        is_last = found.is_last
        runs, first = found.runs[is_last], found.number[is_last] == 1
        n = {
            HERE: runs & first,
            BACK: runs & ~first,
            LOST: found.ended[is_last],
            PENDING: found.pending[is_last],
        }
        counts = [int(each.sum()) for each in n.values()]
        return pd.DataFrame({"state": list(n), "n": counts, "share": np.array(counts) / max(self.n, 1)})

    def describe(self) -> Sentences:
        """Say how many customers were lost and came back, how sure that is, and the doubt that matters most."""
        return Sentences.of(contract_words.answer_lines(self))

    def details(self) -> Sentences:
        """Say what else is in doubt, and what was taken for what when the tables were read."""
        return Sentences.of(contract_words.detail_lines(self))

    @door
    def lapsed(self, asof: datetime.date | str | None = None, sent: AnyTable | None = None) -> Lapsed:
        """Return one row per lost customer: what was known of them on a day, and what has come of it since.

        Parameters
        ----------
        asof : date or text, optional
            The day from which all are seen: who was lost by then and had not come back before. Without it each is seen
            as of their loss.
        sent : pandas.DataFrame or path, optional
            Offers sent (`winback.tables.SENT`): ``customer_id``, ``offer`` or ``none``, ``offered_on``, which is then
            the day from which each is seen; further columns are kept. Those without a row are left out.

        Returns
        -------
        Lapsed
            Ready for `fit_two_part` and `second_lifetime_value`, with ``sent`` for `read_trial`.

        Raises
        ------
        TableError
            Listing every problem of the offers sent.
        ValueError
            When the day is not within the data, or both are given.

        Examples
        --------
        >>> import pandas as pd, winback as wb
        >>> contracts = pd.DataFrame({
        ...     "customer_id": [1, 1, 2], "start": ["2023-01-01", "2024-03-01", "2023-06-01"],
        ...     "end": ["2023-12-31", None, "2024-01-31"]})
        >>> base = wb.read_contracts(contracts, until="2024-12-31")
        >>> sent = pd.DataFrame({"customer_id": [2], "offer": ["gift"], "offered_on": ["2024-04-30"]})
        >>> base.lapsed(sent=sent).to_frame()[["customer_id", "offer", "months_away", "returned"]].round(2)
           customer_id offer  months_away  returned
        0            2  gift         2.96     False
        """
        if asof is not None and sent is not None:
            raise ValueError("asof and sent cannot both be given: each customer is seen from the day of the offer.")
        losses = self.losses
        if sent is not None:
            return lapsed_with_offers(losses, read_sent(sent, self.ids, self.last), self._lapsed)
        if asof is None:
            rows = np.flatnonzero(losses.lost)
            pending = int((self.all_lives.pending & (self.all_lives.number == 1)).sum())
            left_out = {"pending": pending, "never lost": self.n - len(rows) - pending}
            return self._lapsed(losses, rows, losses.end[rows], left_out)
        day = self.day_within(asof, "asof")
        known = self.as_of(asof).all_lives
        at = as_number(day.date())
        lost, back = losses.state(np.full(len(self.ids), at))
        pending = int((known.pending & (known.number == 1)).sum())
        here = int((known.number == 1).sum()) - int(lost.sum()) - pending
        again = int((known.is_last & known.ended & (known.number > 1)).sum())
        left_out = {
            BACK_BEFORE: int(back.sum()) - again,
            LOST_AGAIN: again,
            PENDING_THEN: pending,
            "not lost on that day": here,
        }
        rows = np.flatnonzero(lost & ~back)
        return replace(self._lapsed(losses, rows, np.full(len(rows), at), left_out), day=day.date())

    def _lapsed(self, losses: Losses, rows: np.ndarray, days: np.ndarray, left_out: Mapping[str, int]) -> Lapsed:
        found = self.all_lives
        pending = np.isin(rows, found.customer[(found.number == 2) & found.pending])
        notes = [f"{doubt}." for doubt in self.doubts]
        if pending.any():
            who = f"{format_count(pending.sum())} of those who came back"
            notes.append(f"Pending at the end of the data: {who}; counted as here to the end of the contract.")
        return Lapsed(
            frame=lapsed_table(losses, rows, days, self.last),
            until=self.until,
            left_out=left_out,
            n_again=int((losses.n_lives[rows] > 2).sum()),
            notes=tuple(notes),
            source=self.source,
            currency=self.currency,
        )
