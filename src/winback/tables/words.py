"""Which words mean yes and no?

Those of English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Swedish.
"""

YES = "true yes y 1 1.0 t wahr ja j vrai oui o verdadero sí si s vero verdadeiro sim waar prawda tak sant"
NO = "false no n 0 0.0 f falsch nein faux non falso não nao onwaar nee fałsz nie falskt nej"
TRUE_WORDS, FALSE_WORDS = frozenset(YES.split()), frozenset(NO.split())
MARKS = frozenset("x✓✔☑")  # yes where the other cells are empty
# Read without a word about it.
ENGLISH = frozenset(["true", "yes", "y", "1", "1.0", "t", "false", "no", "n", "0", "0.0", "f"])
