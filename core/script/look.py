"""The text that has come and is not read yet, and what may be asked about it."""

import re
from typing import Final

KEPT: Final = 260
"""Characters kept of what has been read: what names who speaks may stand there."""
_TRIM: Final = 1024


class NeedMore(Exception):  # noqa: N818 - no error: more text settles it
    """What to do here depends on text that has not come; nothing was changed."""


class Look:
    """A window on the text; indices are into `text`, which begins at `base` in the cue."""

    def __init__(self) -> None:
        self.text = ""
        self.at = 0
        """What comes before it has been read."""
        self.base = 0
        self.ended = False
        """No more text comes."""
        self.stalled = False
        """What is held back in doubt is to be let go."""

    def append(self, text: str) -> None:
        """More text has come."""
        cut = self.at - KEPT
        if cut > _TRIM:
            self.text = self.text[cut:]
            self.base += cut
            self.at -= cut
        self.text += text

    def char(self, index: int) -> str:
        """The character there, empty at the text's end; raises `NeedMore` where it may still
        come."""
        if index < len(self.text):
            return self.text[index]
        if not self.ended:
            raise NeedMore
        return ""

    def guess(self, index: int) -> str:
        """As `char`, but what has come counts as the text's end where the source has stalled:
        for words that would be spoken in any reading."""
        if self.stalled and index >= len(self.text):
            return ""
        return self.char(index)

    def before(self, index: int) -> str:
        """The character before it, empty where the text begins."""
        return self.text[index - 1] if index else ""

    def run(self, pattern: re.Pattern[str], index: int, most: int) -> re.Match[str]:
        """A run of characters that ends at one that is none of it, after `most`, or at the end.

        `pattern` matches at any place, if nothing.
        """
        match = pattern.match(self.text, index, index + most)
        assert match is not None
        if match.end() - index < most:
            self.char(match.end())
        return match

    def find(self, closer: str, index: int, most: int) -> int:
        """Where `closer` stands within `most` characters, -1 where it does not."""
        found = self.text.find(closer, index, index + most)
        if found < 0 and len(self.text) < index + most and not self.ended:
            raise NeedMore
        return found

    def visible(self, index: int, most: int = 40) -> str:
        """The first character from there on that is no space; a line end, or empty at the end or
        after `most`."""
        for position in range(index, index + most):
            character = self.char(position)
            if character == "\n" or not character.isspace():
                return character
        return ""
