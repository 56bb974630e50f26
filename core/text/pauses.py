"""The silence between two chunks, by what the first one ends with."""

from ..types import Boundary

_PAUSES_S = {
    Boundary.WORD: 0.0,
    Boundary.CONJUNCTION: 0.06,
    Boundary.BRACKET: 0.10,
    Boundary.COMMA: 0.14,
    Boundary.DASH: 0.20,
    Boundary.COLON: 0.28,
    Boundary.SEMICOLON: 0.28,
    Boundary.SENTENCE: 0.35,
    Boundary.PARAGRAPH: 0.70,
}
"""Chosen for narration: a clause pause is short, a paragraph about twice a sentence."""


SCENE_PAUSE_S = 1.5
"""The silence before a new scene, about twice that between paragraphs."""


def pause_after_s(boundary: Boundary) -> float:
    """Seconds of silence after a chunk that ends with `boundary`, at speed 1."""
    return _PAUSES_S[boundary]
