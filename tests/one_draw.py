"""How are the two studies drawn once a process, however many tests load them, and is it noticed when one is changed?"""

from functools import cache, wraps

from winback.datasets.retail import study as shop
from winback.datasets.telecom import study as telecom

TABLES = {
    "simulate_telecom_study": ("lapsed", "assumptions"),
    "simulate_shop_study": ("purchases", "customers", "later"),
}
_SHARED = []  # name, how it is drawn anew, the one that all are given


def share():
    """Let `load_telecom_study` and `load_shop_study` give everybody the same draw, which takes seconds with its base.

    What is drawn by `simulate_...`, as it is named on the surface, is drawn each time: tests of draws are of draws.
    """
    for module, name in ((telecom, "simulate_telecom_study"), (shop, "simulate_shop_study")):
        if not hasattr(getattr(module, name), "drawn_anew"):
            setattr(module, name, _shared(name, getattr(module, name)))


def _shared(name, draw):
    @cache
    def the_one():
        study = draw()
        _SHARED.append((name, draw, study))
        return study

    @wraps(draw)
    def drawn(*given, **asked):
        return draw(*given, **asked) if given or asked else the_one()

    drawn.drawn_anew = draw
    return drawn


def changed() -> list[str]:
    """Tables of the shared draws that are no longer what a new draw holds."""
    pairs = [(name, study, draw()) for name, draw, study in _SHARED]
    return [
        f"{table} of {name}"
        for name, study, again in pairs
        for table in TABLES[name]
        if not getattr(study, table).equals(getattr(again, table))
    ]
