"""What does the two-part model say, and what of it is in doubt? The two-part fit and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.results import Sentences, format_count
from winback.second_lifetime.expected_value import Outlook
from winback.second_lifetime.fit_words import basis, doubts_of_the_search, shapes
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.selection import HeckmanStep, mills_ratio
from winback.survival.families import find_family
from winback.uncertainty import normal_quantile


@dataclass(frozen=True, repr=False, kw_only=True)
class TwoPartFit(SecondLifetimeFit):
    """A fitted two-part model, see `fit_two_part`.

    Attributes
    ----------
    mills : mapping
        Equation -> `HeckmanStep`, when the Mills ratio was asked for.
    """

    mills: Mapping[str, HeckmanStep] = field(default_factory=dict, repr=False)
    kind: ClassVar[str] = "two-part"

    @cached_property
    def params(self) -> pd.DataFrame:
        """Parameters, with a row for the Mills ratio and its implied correlation where asked for."""
        frame = super().params
        return pd.concat([frame, *(self._mills_rows(name) for name in self.mills)], ignore_index=True)

    def _mills_rows(self, equation) -> pd.DataFrame:
        step = self.mills[equation]
        estimate, error = step.coefficients[-1], np.sqrt(step.covariance[-1, -1])
        margin = normal_quantile(self.level) * error
        row = {"equation": equation, "term": "mills_ratio", "in_words": "Mills ratio (who returned)"}
        figures = {"estimate": estimate, "std_error": error, "z": estimate / error}
        ends = {"p_value": 2 * ndtr(-abs(estimate / error)), "low": estimate - margin, "high": estimate + margin}
        return pd.DataFrame([row | figures | ends])

    def outlook(self, numbers: Mapping[str, np.ndarray]) -> Outlook:
        """Return what the model says about customers; with the Mills ratio, about those who return."""
        outlook = super().outlook(numbers)
        moved = {
            f"mean_{name}": getattr(outlook, f"mean_{name}") + step.coefficients[-1] * mills_ratio(outlook.a)
            for name, step in self.mills.items()
        }
        return replace(outlook, **moved)

    def describe(self) -> Sentences:
        """Say what was fitted, what the Mills ratio finds, and what is in doubt."""
        return Sentences.of([basis(self), *self._most_important()[:2]])

    def details(self) -> Sentences:
        """Say which shapes are assumed, and what else is in doubt."""
        return Sentences.of([shapes(self), *self._most_important()[2:]])

    def _most_important(self) -> list[str]:
        """Return what there is to say of these figures, what changes them most first."""
        wrong, found = list(_outside(self)), list(_mills(self))
        unrelated = ["Return, tenure and margin are taken as unrelated beyond the covariates: fit_joint looks at that."]
        return [*wrong, *doubts_of_the_search(self), *found, *([] if self.mills else unrelated)]


def _outside(fit: TwoPartFit) -> Iterator[str]:
    for equation, step in fit.mills.items():
        if abs(step.rho) > 1:
            yield (
                f"The Mills ratio implies a correlation of return and {equation} of {step.rho:.3f}, outside [-1, 1]: "
                f"the shape assumed ({find_family(fit.distribution).in_words}) does not suit these data, try another "
                "distribution."
            )


def _mills(fit: TwoPartFit) -> Iterator[str]:
    for equation, step in fit.mills.items():
        if abs(step.rho) <= 1:
            yield f"The Mills ratio implies a correlation of return and {equation} of {step.rho:.2f}."
    if fit.mills and "tenure" not in fit.mills:
        running = format_count(fit.n_returned - fit.n_ended)
        yield (
            f"Tenure is not corrected by the Mills ratio: {running} second lifetimes are still running, and the "
            "correction needs all to have ended; fit_joint allows for them."
        )
