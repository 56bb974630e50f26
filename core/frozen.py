"""What differs where Skaldcast is a program of its own, without a Python (PyInstaller; see
docs/shipping.md). Such a program has one executable, which is its children's too."""

import runpy
import sys
from collections.abc import Sequence

CHILD = "--child"
"""The first word of a child's command line."""


def is_frozen() -> bool:
    """Whether this is such a program."""
    return getattr(sys, "frozen", False)


def run_child(arguments: Sequence[str]) -> bool:
    """Be the child process that `arguments` ask for, until it ends; false where they do not."""
    if list(arguments[:1]) != [CHILD]:
        return False
    runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    return True
