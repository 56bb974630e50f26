"""XTTS v2: the model, its decoder and vocoder, and its voices. torch is imported here only."""
