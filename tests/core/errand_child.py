"""What `ask_child` runs in the tests: it does what the question says."""

import os
from typing import Any

from skaldcast.core.errand import answer_once
from skaldcast.core.errors import SynthesizerError


def answer(question: Any) -> object:
    match question:
        case "refuse":
            raise SynthesizerError("not like that; do it otherwise")
        case "fail":
            raise ZeroDivisionError("oops")
        case "die":
            os._exit(9)
        case "print":
            print("a library that talks")
            return "done"
        case _:
            return question


if __name__ == "__main__":
    answer_once(answer)
