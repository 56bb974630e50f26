"""Voices beside the narration: each channel has cues, a timeline and a clock of its own, and all
share the worker that makes speech."""
