"""The console: a game master's instrument. Textual is imported nowhere else."""
