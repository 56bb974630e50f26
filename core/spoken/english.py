"""All rules of English in the order in which they are tried."""

import re

from .addresses import address_rule
from .english_amounts import amount_rules, die_rule, money_rule, signed_rules
from .english_dates import date_rules, month_rule
from .english_tables import LEFT, tables
from .english_words import capital_rules, dot_rule, symbol_rules, versus_rule
from .rules import Group, Rules

_WORD = r"(?<![^\W_])"


def english() -> Rules:
    """Takes some 30 ms to make; `SpeakableText` keeps it."""
    table = tables()
    symbols = re.escape("".join([*table.symbols, *table.currencies]))
    return Rules(
        rf"A-Z\d.\-+−±:v/#№§~<>%{symbols}",
        [
            Group(rf"(?=[A-Z]){_WORD}", [month_rule(), *capital_rules()]),
            Group(r"(?=[.:@])", [address_rule()]),
            Group(rf"(?=\d){LEFT}", [*date_rules(), *amount_rules()]),
            Group(r"(?=[\d%])", [die_rule()]),
            Group(r"(?=\.)(?<=[^\W\d_])", [dot_rule()]),
            Group(rf"(?=v){_WORD}", [versus_rule()]),
            Group(rf"(?=[+\-−±][\d{re.escape(''.join(table.currencies))}])", signed_rules()),
            Group(rf"(?=[{re.escape(''.join(table.currencies))}])", [money_rule()]),
            Group("", symbol_rules()),
        ],
    )
