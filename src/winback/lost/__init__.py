"""Who is lost, why, and is it worth a try?

reasons         which reasons do exit texts name? `code_reasons`
coded_reasons   its answer: reasons counted, texts that no pattern matches, reasons as a column
exit_texts      what did each customer say?
coding          which reasons does each distinct text name, and what is taken back?
codebook        reasons, their causes and patterns, and what takes a reason back
codebook_files  `load_codebook`, `write_codebook`: a codebook as TOML
pattern         is a list of patterns fit for use?
phrases         which words does a pattern stand for?
regexes         which regular expressions are safe to run on any text?
words_in_order  where in many texts does a phrase stand?
folded          when are two words the same?
"""

from winback.lost.codebook import Codebook, Reason
from winback.lost.codebook_files import load_codebook, write_codebook

__all__ = ["Codebook", "Reason", "load_codebook", "write_codebook"]
