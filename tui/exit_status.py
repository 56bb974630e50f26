"""What a command's exit status says."""

DONE = 0
FAILED = 1
"""One line on standard error says what failed, why, and what to do."""
USAGE = 2
"""The command line makes no sense."""
INTERRUPTED = 130
"""By Ctrl-C or a signal like it."""
