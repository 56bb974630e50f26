"""Text as the model is best given it. Plain."""

import re

_QUOTES = re.compile(r"[\"“”„‟«»‹›〝〞「」『』]|(?<!\w)['‘’‚]|['‘’](?!\w)")
_DASHES = re.compile(r"\s*(?:[—―]+|\s–\s|-{2,})\s*")
_ELLIPSIS = re.compile(r"…|\.{2,}")
_APART = re.compile(r"\s+(?=[.,;:!?](?:[.,;:!?\s]|$))")
_MARKS = re.compile(r"([.!?。！？])[.!?。！？]+")
_SPACE = re.compile(r"\s+")


def spoken_text(text: str) -> str:
    """`text` without what makes the model stumble: quotation marks, which it turns into noises at
    the end of a paragraph; full stops on their own, which it reads out; marks in heaps. Empty
    where nothing is left to say."""
    text = _QUOTES.sub("", text)
    text = _DASHES.sub(", ", text)
    text = _ELLIPSIS.sub(". ", text)
    text = _APART.sub("", _SPACE.sub(" ", text))
    text = _MARKS.sub(r"\1", text)
    text = re.sub(r",+(?=[.,;:!?])", "", text).strip().lstrip(".,;:!? ")
    return text if any(character.isalnum() for character in text) else ""
