"""Speech that was synthesised before, kept on disk by what it sounds like."""
