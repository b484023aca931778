"""How is a model fitted to some customers of a trial and asked about others, again and again? Bound once, in rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.joint import fit_jointly
from winback.second_lifetime.offer_value import value_offers
from winback.second_lifetime.sample import EQUATIONS, Sample, draw_sample
from winback.second_lifetime.two_part import fit_sample
from winback.second_lifetime.two_part_fit import TwoPartFit
from winback.trial.trial import Trial


@dataclass(frozen=True, eq=False)
class ModelInParts:
    """A model of second lifetimes, as of `fit_joint` or `fit_two_part`, whose formulas are bound to a trial once.

    What takes long, from formulas to numbers under every offer, is done for all customers; a part is rows of it. Rows
    are positions among the trial's customers. Transformations that look at a whole column (``center``, ``bs``) look at
    everybody's: no outcome is among them.
    """

    trial: Trial = field(repr=False)
    formulas: Mapping[str, str]  # equation -> right-hand side
    joint: bool = False
    link: str = "probit"
    distribution: str = "lognormal"

    @cached_property
    def sample(self) -> Sample:
        """All customers of the trial."""
        return draw_sample(self.trial.customers, {equation: self.formulas[equation] for equation in EQUATIONS})

    @cached_property
    def whole(self) -> SecondLifetimeFit:
        """The model fitted to everybody."""
        return self._fitted(self.sample, None)

    def fit(self, rows: np.ndarray) -> SecondLifetimeFit:
        """Return the model fitted to some customers; it starts where the fit to everybody ended."""
        if len(rows) == self.sample.n:
            return self.whole
        return self._fitted(self.sample.part(rows), self.whole.two_part if self.joint else self.whole)

    def net_values(self, fit: SecondLifetimeFit, rows: np.ndarray) -> pd.DataFrame:
        """Return value less cost of some customers under each offer the model knows, as `second_lifetime_value`."""
        of_everybody = fit is self.whole and len(rows) == self.sample.n
        return self._values_of_everybody if of_everybody else self._net_values(fit, rows)

    @cached_property
    def _values_of_everybody(self) -> pd.DataFrame:
        return self._net_values(self.whole, np.arange(self.sample.n))

    def _net_values(self, fit, rows) -> pd.DataFrame:
        chosen, customers = fit.recommended if self.joint else fit, self.sample.customers.iloc[rows]
        return value_offers(chosen, self.trial, customers, lambda labels: self._numbers(labels, rows))["net_values"]

    def _fitted(self, sample: Sample, start: TwoPartFit | None) -> SecondLifetimeFit:
        if self.joint:
            return fit_jointly(sample, self.distribution, start=start)
        return fit_sample(sample, self.link, self.distribution, start=start)

    @cached_property
    def _by_label(self) -> dict[str, dict[str, np.ndarray]]:
        return {}

    def _numbers(self, labels: list[str], rows: np.ndarray) -> Iterator[dict[str, np.ndarray]]:
        """Yield the design of each equation under each label of ``offer``."""
        if lacking := [label for label in labels if label not in self._by_label]:
            self._by_label.update(zip(lacking, self.whole.numbers(self.sample.customers, lacking), strict=True))
        for label in labels:
            yield {equation: matrix[rows] for equation, matrix in self._by_label[label].items()}
