"""The record of each session: what was said, how far it was heard, and what to do with that."""
