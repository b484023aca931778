"""What does the report of lost customers say? Its sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.labels import label_of
from winback.lost.published_rates import ARTICLE, PUBLISHED, RULE
from winback.lost.small_groups import LESS, MORE, NOT_COMPARED
from winback.results import counted, format_count, format_percent, join_words

MOST_NAMED = 5


def answer_lines(report) -> Iterator[str]:
    """Say how many were lost and what they had brought in, in which groups, and the doubt that matters most."""
    yield _lost(report)
    yield _groups(report) if report.groups is not None else _gross_and_net(report)
    yield _doubt(report)


def detail_lines(report) -> Iterator[str]:
    """Say everything else."""
    if report.groups is not None:
        yield _gross_and_net(report)
        yield from _how_compared(report)
    yield from _returns(report)
    yield from _accounts(report)
    yield beside_others(report)
    yield (
        "The share lost is of those who were here at the start of a period; who came and was lost within it is counted "
        "apart, and so is who came back."
    )
    yield (
        "Money lost is what the lost brought in within the year before they left: those who were here for less than a "
        "year brought in less, and nothing is projected."
    )
    yield from report.notes
    yield from (f"{doubt}." for doubt in report.doubts)


def _lost(report) -> str:
    row, span = _last_final(report), report.period.in_words
    if not row["n"] > 0:
        return f"{report.source}: nobody was a customer at the start of the last {span}, which began on {_day(row)}."
    share = report.interval(row, "share_lost", "percent")
    money = ""
    if row["n_lost"] and not pd.isna(row["money_lost"]):
        money = f"; they had brought in {report.format(row['money_lost'], 'money')} in the year before they left"
    return (
        f"{report.source}: of {counted(row['n'], 'customers')} here at the start, {format_count(row['n_lost'])} were "
        f"lost in the {span} from {_day(row)}, {share}{money}{_in_the_year(report)}."
    )


def _in_the_year(report) -> str:
    """Say which share of those here a year ago were lost; where no year was watched, at which rate of a year."""
    if round(report.period.years, 3) == 1 or not report.last_year["n"] > 0:
        return ""
    share = format_percent(report.lost_in(12)[0])
    if not report.is_year:
        return f"; at the rate of that time {share} would be lost in a year"
    year, rows = report.over_last_year, report.years_back(0)
    lost, here = format_count(year["n_lost"]), f"Of {counted(year['n'], 'customers')} here on {_day(rows.iloc[0])}"
    return f". {here} {lost} were lost by {rows['end'].iloc[-1]:%Y-%m-%d}, {share}"


def _last_final(report) -> pd.Series:
    final = report.periods[report.periods["final"]]
    return (final if len(final) else report.periods).iloc[-1]


def _day(row) -> str:
    return f"{row['start']:%Y-%m-%d}"


def _last_year(report) -> str:
    return "the last year" if report.period.years < 1 else "that time"


def _gross_and_net(report) -> str:
    year = report.last_year
    came = year["n_won"] + year["n_returned"]
    if not year["n"] > 0:
        return "There was nobody to lose."
    net = (year["n_lost"] + year["n_lost_within"] - year["n_returned"]) / year["n"]
    back = f", {format_percent(year['n_returned'] / came)} of all who came" if came else ""
    return (
        f"Over {_last_year(report)} {format_count(year['n_lost'] + year['n_lost_within'])} were lost, "
        f"{format_count(year['n_won'])} won anew and {format_count(year['n_returned'])} came back{back}: gross "
        f"{format_percent(year['n_lost'] / year['n'])}, net {format_percent(net)} per {report.period.in_words}."
    )


def _groups(report) -> str:
    groups, what = report.groups, label_of(report.by)
    compared = groups[groups["verdict"] != NOT_COMPARED]
    if not len(compared):
        return f"By {what} there is nothing to compare: the table has one group."
    parts = [
        _named(report, compared[compared["verdict"] == verdict], words)
        for verdict, words in ((MORE, "lost more than the others"), (LESS, "lost less"))
    ]
    parts = [part for part in parts if part]
    n = int((~compared["verdict"].isin([MORE, LESS])).sum())
    are = "is" if n == 1 else "are"
    of_all = f"{format_count(n)} of {format_count(len(compared))}"
    alike = f"{of_all} {are} not clearly different from the others" if n else ""
    return f"By {what}: {'; '.join([*parts, *([alike] if alike else [])])}."


def _named(report, rows: pd.DataFrame, words: str) -> str:
    if not len(rows):
        return ""
    far = rows.assign(apart=(rows["shrunken"] - rows["common"]).abs()).sort_values("apart", ascending=False)
    said = [
        f"{row['group']} ({format_percent(row['share_lost'])} per {report.period.in_words} against "
        f"{format_percent(row['common'])} at the rate of all)"
        for _, row in far.head(MOST_NAMED).iterrows()
    ]
    more = [f"{format_count(len(rows) - MOST_NAMED)} more"] if len(rows) > MOST_NAMED else []
    return f"{join_words([*said, *more])} {words} beyond chance"


def _doubt(report) -> str:
    if report.groups is not None and (report.groups["verdict"].isin([MORE, LESS])).any():
        in_100 = format_percent(1 - report.level, 0).removesuffix("%")
        return (
            "What is beyond chance is a question to ask, not yet anybody's fault: groups differ in which customers "
            f"they have, and in {in_100} of 100 such comparisons of groups that are alike one stands out all the same."
        )
    pending = report.n_pending
    if pending:
        one = "who has" if pending == 1 else "who have"
        return f"Not known yet of {format_count(pending)} {one} left so lately that another contract may still follow."
    if report.kind == "purchases":
        return "Without a contract nobody says goodbye: who is lost is what the rule calls so, and some buy again."
    return "Customers who came back within the grace period are not among the lost."


def _how_compared(report) -> Iterator[str]:
    groups = report.groups
    compared = groups[groups["verdict"] != NOT_COMPARED]
    if len(compared):
        yield (
            f"Groups are named where their interval leaves out what they would have lost at the rates of all in the "
            f"same periods; at {format_percent(report.level, 0)} the intervals hold for all "
            f"{format_count(len(compared))} at once, so that nobody is named for having few customers and bad luck."
        )
        yield "Shrunken shares are drawn towards that of all, the more the smaller the group: they err less on average."
    unknown = groups[groups["group"].eq("not known")]
    if len(unknown):
        n, lost = (format_count(float(unknown[name].iloc[0])) for name in ("n", "n_lost"))
        yield f"Whose {label_of(report.by)} is not known is counted and not compared: {lost} lost of {n}, all periods."


def _returns(report) -> Iterator[str]:
    organic = report.organic
    if organic is None:
        yield "Nobody was lost, so nobody could come back."
        return
    rows = report.returns[report.returns["months"].isin([3, 12, 24])]
    said = [
        f"{report.interval(row, 'returned', 'percent')} within {row['months']:g} months" for _, row in rows.iterrows()
    ]
    if said:
        yield f"Back by themselves: {join_words(said)} of the loss."
    stops = (
        (organic.n_sent, "until an offer went out"),
        (organic.n_told, "until they were contacted, or told of a new service"),
    )
    if watched := [f"{format_count(n)} only {what}" for n, what in stops if n]:
        yield f"Watched for that: {join_words(watched)}."
    if organic.n_after_offers:
        yield f"Losses after an offer or such word are left out: {format_count(organic.n_after_offers)}."
    if not organic.n_sent:
        yield (
            "If offers went out to them, these are not returns by themselves alone: that takes a table of the offers "
            "sent (sent)."
        )


def _accounts(report) -> Iterator[str]:
    accounts = report.accounts
    share = format_percent(report.account_share)
    if not len(accounts):
        yield f"No lost customer was {share} or more of the turnover of their last year."
        return
    said = []
    for _, row in accounts.head(MOST_NAMED).iterrows():
        back = "" if pd.isna(row["returned_on"]) else f", back since {row['returned_on']:%Y-%m-%d}"
        if back and np.isfinite(row["share_back"]):
            back += f" and {format_percent(row['share_back'])} since"
        said.append(f"{row['customer_id']} ({format_percent(row['share'])}{back})")
    more = [f"{format_count(len(accounts) - MOST_NAMED)} more"] if len(accounts) > MOST_NAMED else []
    yield f"Lost accounts of {share} of turnover or more: {join_words([*said, *more])}."


def beside_others(report) -> str:
    """Say what is lost in a year and in a month, beside what others lose."""
    excellent, mobile = (
        next(each for each in PUBLISHED if each.evidence == evidence and each.kind == "lost")
        for evidence in (RULE, ARTICLE)
    )
    own = [report.lost_in(months)[0] for months in (12, 1)]
    return (
        f"Lost in a year: {format_percent(own[0])}, beside {format_percent(excellent.shares[0], 0)} to "
        f"{format_percent(excellent.shares[1], 0)} of {excellent.whose} ({excellent.evidence}); in a month "
        f"{format_percent(own[1])}, beside {format_percent(mobile.shares[0], 0)} of {mobile.whose} ({mobile.evidence})."
    )
