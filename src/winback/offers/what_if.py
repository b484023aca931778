"""What if costs, organic return, horizon or discount rate were others than in the trial? A comparison's `what_if`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pandas as pd

from winback.discounting import check_horizon
from winback.doors import door
from winback.in_html import html_table
from winback.money import format_alike, format_money
from winback.offers.longer import other_when_longer
from winback.offers.what_if_page import section
from winback.offers.what_if_steps import Steps
from winback.offers.what_if_widget import sliders_of
from winback.results import Result, Sentences, join_words
from winback.terms.contact_costs import CONTACT_COST
from winback.terms.other_costs import at_other_costs

NO_OFFER_PAYS, NONE_SHOWN = "no offer pays", "none is shown to pay"
AS_IN_TRIAL = "As in the trial"


@dataclass(frozen=True, repr=False)
class WhatIf(Result):
    """A comparison under other assumptions: sliders on a page or in JupyterLab, and the same by `at`.

    Attributes
    ----------
    comparison : OfferComparison
        As in the trial.
    frame : pandas.DataFrame
        One row per offer at each step of each slider, the others at rest: ``assumption`` and ``setting`` in words,
        ``as_in_trial``, ``offer``, its ``profit`` per customer with ``profit_low`` and ``profit_high`` (incremental
        where that is known or assumed, else gross), and ``verdict``: who earns most, and whether beyond chance.
    """

    comparison: Result
    steps: Steps = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    currency: str = "$"

    @door
    def at(
        self,
        *,
        cost: float | None = None,
        contact_cost: float | None = None,
        organic: float | None = None,
        horizon_months: float | None = None,
        annual_discount: float | None = None,
    ) -> Result:
        """Return the whole comparison under other assumptions; what is not named stays as in the trial.

        Parameters
        ----------
        cost : float, optional
            How many times as much every offer costs as in the trial; contact costs, caps and percentages move with it.
        contact_cost : float, optional
            Money that each contact costs beyond that.
        organic : float, optional
            Share that would have come back anyway, in place of what the untreated showed or of what was assumed. One
            who does is worth ``organic_value`` of the trial, else as much as the untreated who returned, else as much
            as the offer's own.
        horizon_months : float, optional
            At most the trial's own: beyond it only a model speaks.
        annual_discount : float, optional
            Discount rate a year as a share.

        Returns
        -------
        OfferComparison

        Examples
        --------
        >>> import winback as wb
        >>> what_if = wb.compare_offers(wb.load_telecom_study().trial).what_if()
        >>> what_if.at(cost=3.0, organic=0.15).frame["offer"].iloc[0]
        'upgrade'
        """
        trial = self.comparison.trial
        terms = {"horizon_months": horizon_months, "annual_discount": annual_discount}
        terms = {name: value for name, value in terms.items() if value is not None}
        if horizon_months is not None and trial.horizon_months is not None:
            _refuse_beyond(check_horizon(horizon_months), trial.horizon_months)
        if terms:
            trial = trial.over(**terms)
        if cost is not None or contact_cost is not None:
            times = 1.0 if cost is None else cost
            offers, lapsed = at_other_costs(trial.offers, times, contact_cost or 0.0), trial.lapsed
            if CONTACT_COST in lapsed:
                lapsed = lapsed.assign(**{CONTACT_COST: lapsed[CONTACT_COST] * times})
            trial = replace(trial, offers=offers, lapsed=lapsed, true_profits=None)
        return self.comparison.again(trial, organic=organic)

    def widget(self):
        """Return the same sliders for JupyterLab, which ask this package; they need ipywidgets (extra ``widgets``)."""
        return sliders_of(self)

    def describe(self) -> Sentences:
        """Say whether the first offer stays first, one assumption at a time, and what cannot be known of it."""
        return Sentences.of([*self._first_at_rest(), *self._doubt(), *other_when_longer(self.comparison)])

    def _first_at_rest(self) -> Iterator[str]:
        """Say at which steps another verdict holds than in the trial."""
        each = self.frame.drop_duplicates(["assumption", "setting"])
        rest = each.loc[each["as_in_trial"], "verdict"].iloc[0]
        others = each[each["verdict"] != rest]
        if others.empty:
            yield f"Whichever of these assumptions is moved alone, the verdict stays: {rest}."
            return
        parts = []
        for assumption, rows in others.groupby("assumption", sort=False):
            runs = (rows["verdict"] != rows["verdict"].shift()).cumsum()
            ends = [(run.iloc[0], run.iloc[-1]) for _, run in rows.groupby(runs)]
            said = join_words(
                f"{one['setting']}{'' if one['setting'] == last['setting'] else ' to ' + last['setting']} "
                f"({one['verdict']})"
                for one, last in ends
            )
            parts.append(f"{assumption[:1].lower()}{assumption[1:]} {said}")
        yield f"As in the trial, {rest}; moved alone, it is otherwise at: {'; '.join(parts)}."

    def _doubt(self) -> Iterator[str]:
        settings, control = self.comparison.settings, self.comparison.control
        worth = "as much as those whom the offer brought back"  # each offer's own
        if settings.organic_value is not None:
            whose = ", as the untreated who did" if settings.organic_value_error else ""
            worth = f"{format_money(settings.organic_value, self.currency)}{whose}"
        shown = "Another share than was measured to" if control is not None else "How many would have"
        yield f"{shown} come back anyway is an assumption; one who does is taken to be worth {worth}."

    def table(self) -> pd.DataFrame:
        """Return profit per customer of each offer as in the trial, and at the ends of each slider."""
        rows, frame = [], self.frame
        names = list(self.comparison.frame["offer"])
        texts = format_alike(
            frame[["profit", "profit_low", "profit_high"]].to_numpy().ravel(), self.currency, exact=True
        )
        cells = [f"{figure} [{low}, {high}]" for figure, low, high in zip(*(iter(texts),) * 3, strict=True)]
        for place, (key, part) in enumerate(frame.assign(cell=cells).groupby(["assumption", "setting"], sort=False)):
            row = dict(zip(part["offer"], part["cell"], strict=True))
            first = part.iloc[0]
            what = AS_IN_TRIAL if first["as_in_trial"] else f"{key[0]}: {key[1]}"
            if what == AS_IN_TRIAL or first["at_an_end"]:
                rows.append({"If": what, "Verdict": first["verdict"], **{name: row[name] for name in names}, "": place})
        found = pd.DataFrame(rows).sort_values("If", key=lambda column: column != AS_IN_TRIAL, kind="stable")
        return found.drop_duplicates("If").drop(columns="").reset_index(drop=True)

    def _repr_html_(self) -> str:
        sentences = Sentences.of(self._doubt())._repr_html_()
        return section(self.steps, sentences, html_table(self.table()))


def what_if(comparison: Result) -> WhatIf:
    """Return a comparison with its sliders; refused where only figures of each offer are known."""
    if comparison.trial is None:
        raise ValueError("Only figures of each offer are known, so nothing can be worked out at other assumptions.")
    steps = Steps(comparison)
    return WhatIf(comparison, steps, _frame(steps), comparison.currency)


def _frame(steps: Steps) -> pd.DataFrame:
    parts = []
    for slider, place, known in steps.one_at_a_time():
        profit, low, high = known.profit()
        figures = {"offer": steps.trial.sent, "profit": profit, "profit_low": low, "profit_high": high}
        said = {
            "assumption": slider.label,
            "setting": slider.texts[place],
            "as_in_trial": place == slider.start,
            "at_an_end": place in (0, len(slider.values) - 1),
            "verdict": _verdict(pd.DataFrame(figures), known.not_told_from_the_first()),
        }
        parts.append(pd.DataFrame({**said, **figures}))
    return pd.concat(parts, ignore_index=True)


def _verdict(figures: pd.DataFrame, unsure: tuple[int, ...]) -> str:
    """Say in few words who earns most, as the comparison's answer does."""
    first = figures.loc[figures["profit"].idxmax()]
    if first["profit_high"] < 0:
        return NO_OFFER_PAYS
    if first["profit_low"] <= 0:
        return NONE_SHOWN
    if unsure:
        return f"{join_words([first['offer'], *figures['offer'].iloc[list(unsure)]])} are not clearly different"
    return f"{first['offer']} earns most" if len(figures) > 1 else f"{first['offer']} pays"


def _refuse_beyond(asked: float, own: float) -> None:
    if asked > own:
        raise ValueError(
            f"horizon_months = {asked:g} is beyond the {own:g} months of the trial, where only a model speaks. Choose "
            f"at most {own:g}, or read the trial with a longer horizon if its data reach so far."
        )
