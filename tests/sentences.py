"""Does a result answer in at most three sentences? A room's tests join with one line: ``hold_to_three(result)``."""

import re

from winback.results import Result, Sentences

MOST, LONGEST = 3, 60  # sentences, and words of one: what is longer is read twice
ONE_OF_MANY = re.compile(  # "1 findings", "1 customers are": one of what is called by its plural
    r"(?<![\d.,%$€-])(?<!of )(?<!to )1 (?:\w+ )?"
    r"(?:buyers|cells|columns|contacts|contracts|customers|dates|days|findings|groups|months|offers|purchases|"
    r"remedies|rows|rules|texts|times)\b"
)
A_SENTENCE_ENDS = re.compile(r"(?<!\bvs)[.!?](?= +[A-Z])")  # a point inside a number or a name ends nothing


def sentences_of(said: Sentences) -> list[str]:
    """Return the sentences that were said, whether each has a line of its own or shares it with another."""
    return [each.strip() for line in said.splitlines() for each in A_SENTENCE_ENDS.split(line) if each.strip()]


def all_of(result: Result) -> str:
    """Return all that a result says: its answer and its details."""
    return "\n".join(filter(None, [result.describe(), result.details()]))


def hold_to_three(*results: Result) -> None:
    """Demand of every result one to three readable sentences, one per line, and details that do not repeat them."""
    for result in results:
        said, more = result.describe(), result.details()
        name = type(result).__name__
        assert isinstance(said, Sentences), f"{name}.describe() returns {type(said).__name__}, not Sentences"
        assert isinstance(more, Sentences), f"{name}.details() returns {type(more).__name__}, not Sentences"
        sentences = sentences_of(said)
        assert 1 <= len(sentences) <= MOST, f"{name} answers in {len(sentences)} sentences:\n{said}"
        assert len(sentences) == len(said.splitlines()), f"{name} has several sentences in a line:\n{said}"
        long = [each for each in sentences if len(each.split()) > LONGEST]
        assert not long, f"{name} has a sentence of more than {LONGEST} words:\n{long[0]}"
        assert not ONE_OF_MANY.search(f"{said}\n{more}"), f"{name} counts one as many:\n{said}\n{more}"
        twice = set(said.splitlines()) & set(more.splitlines())
        assert not twice, f"{name} says twice: {twice}"
