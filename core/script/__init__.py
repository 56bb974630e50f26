"""Scripts: who says what in a cue's text, and with which voice."""
