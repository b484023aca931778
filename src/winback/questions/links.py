"""Which notebook shows how an answer was found? Where it stands, the caller says: number -> link."""

from __future__ import annotations

BEHIND = {1: 4, 2: 5, 3: 7, 4: 6}  # question -> number of the notebook behind it
SHORT = 8  # number of the notebook behind what to do with a part of the money
WORDS = {
    1: "Who is lost, and what it cost",
    4: "Who comes back, and whom not to chase",
    5: "How long they stay, and how much they bring",
    6: "Which offer pays",
    7: "Who should get which offer",
    8: "Profit or market share",
    9: "How sure this is, and what to test next",
}
