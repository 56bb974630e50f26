"""What comes back to a screen that is being closed."""

from contextlib import suppress

from textual.css.query import NoMatches

while_open = suppress(NoMatches)
"""What is done inside is left undone where the screen is being closed: its widgets go before it and
its timers and tasks do."""
