"""All rules of English in the order in which they are tried."""

import re

from .addresses import address_rule
from .english_amounts import amount_rules
from .english_dates import date_rules
from .english_tables import tables
from .english_words import word_rules
from .rules import Rules


def english() -> Rules:
    """Takes some 30 ms to make; `SpeakableText` keeps it."""
    first = rf"\d.\-+:A-Zv/#№§~<>{re.escape(''.join(tables().symbols) + ''.join(tables().currencies))}−"
    return Rules(
        first, [address_rule(), *date_rules(), *amount_rules(), *word_rules()]
    )
