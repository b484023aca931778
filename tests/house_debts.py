"""What does the house still owe its rules? Lists that only shrink: who mends a file takes it off; they end empty."""

STILL_CIRCLES: set[str] = set()

MORE_THAN_NINE_PARAMETERS: set[str] = set()

MORE_THAN_FIVE_POSITIONAL: set[str] = set()

WITHOUT_A_TYPE: set[str] = set()
