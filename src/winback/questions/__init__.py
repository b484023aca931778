"""What do one's own customers answer to the study's four questions? The front page.

answer       `answer_questions`: from a trial, or from those who were lost, to the page
four         the answers as one result, and the page they make
headline     what to do, what it gains, the doubt
short_money  what if there is no money for everybody?
who          1. who comes back
how_long     2. how long they stay, and what they are worth
which_offer  3. which offer for whom: is tailoring shown to pay?
strategy     4. which strategy earns the most
after        chance against worth, payback, where offers change places
scenario     nothing was offered yet: the study's answers on one's own leavers, and the pilot to be made
card         what a card holds, and what is said where columns are missing
links        where the page behind a question stands
page         how all of it looks
"""

from winback.questions.answer import answer_questions
from winback.questions.four import FourQuestions

__all__ = ["FourQuestions", "answer_questions"]
