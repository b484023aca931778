"""Which offer pays?

comparison          which offer earns most, how much, how surely? `compare_offers`
carriers            who carries an offer's value: its largest customers, and profit with amounts capped
comparison_figures  its figures, from each offer's moments
adjusted            which offer pays, once what was known beforehand is allowed for? a comparison's `adjusted`
compared            what it shows: answer, tiles, tables, other assumptions
comparison_words    its sentences
tiles               its headline figures at a glance
longer              does another offer come first where more months are counted? a comparison's `longer`
told_apart          is the first offer told apart from the others, and what to do where it is not?
assumptions         what it assumes, in words
organic_range       how far is organic return moved?
tailored            does a tailored offer earn what its own rule promises? a comparison's `tailored`
what_if             sliders for cost, organic return, horizon and discount rate: a comparison's `what_if`
what_if_steps       at which steps, and what is known there?
what_if_page        how that stands on a page (what_if.js, what_if.css)
what_if_widget      and in JupyterLab
sensitivity         what if horizon, discount rate or organic return were others? and break-even in words
by_group            is another offer better for some customers? every offer's profit in every group of a column
payback             by which month has an offer earned its cost back?
money_ladder        which value is this? every amount that is named for the first offer, one below the other
economics           profit, ROI and break-even from summary figures alone: `offer_economics`
keep_or_win_back    keep customers, wait and win them back, or acquire others? `compare_win_back_keep_acquire`
strategy_settings   what is assumed of each: `Keep`, `WinBack`, `ByThemselves`, `Acquire`
strategy_inputs     what is known of each segment of customers at risk, from figures or from customers
strategy_measured   the same from a fitted risk, or a base, and from a trial
strategy_reasons    of which losses does a trial speak? the share that is like those it was tried on
strategy_worth      what each strategy earns per customer at risk, and where it breaks even
strategies_compared  what is shown of it: gains, break-evens, and where it turns
strategy_words      its sentences
"""

from winback.offers.strategy_settings import Acquire, ByThemselves, Keep, WinBack

__all__ = ["Acquire", "ByThemselves", "Keep", "WinBack"]
