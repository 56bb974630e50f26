"""Who speaks at each place of a script: the narrator, a tagged character, or one who is quoted."""

from dataclasses import dataclass
from typing import Final

CLOSERS: Final = {
    '"': '"',
    "“": "”",
    "„": '“”"',
    "«": "»",
    "»": "«»",
    "”": "”",
    "‹": "›",
    "「": "」",
    "『": "』",
}
"""The marks that open a quotation, and those that close it."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation that is open."""

    closers: str
    character: str | None


class Speakers:
    """The state of speaking. A tag holds to the end of its paragraph."""

    def __init__(self, speaker: str | None, *, quotes: bool) -> None:
        """`speaker`: who speaks what has no tag. `quotes`: quotations have voices."""
        self._base = speaker
        self._base_is_quoted = False
        """The base speaker's text is narration with the speech in quotation marks."""
        self._quotes = quotes
        self._tag: str | None = None
        self._tagged = False
        self._block = False
        self.quotation: Quotation | None = None
        self.action = False
        """Inside an action of a character, which the narrator tells."""
        self.fresh = speaker is not None
        """Nothing has been said yet that shows whether quotation marks set off the speech."""
        self._quoted = False
        self._carried: Quotation | None = None
        self.last_quoted: str | None = None
        """Who spoke the last quotation of the paragraph, by the words around it."""

    @property
    def speaking(self) -> bool:
        """A character says all the text, but for actions."""
        return not self._quoted and self._whose is not None

    @property
    def awaits_speech(self) -> bool:
        """A tag stood on a line of its own, and nothing has been said yet."""
        return self._block and self.fresh

    @property
    def hears_quotes(self) -> bool:
        """Quotation marks may change who speaks."""
        return self._quotes and (self.fresh or not self.speaking)

    @property
    def _whose(self) -> str | None:
        return self._tag if self._tagged else self._base

    @property
    def character(self) -> str | None:
        """Who speaks now."""
        if self.action:
            return None
        if self.quotation is not None:
            return self.quotation.character
        return None if self._quoted else self._whose

    @property
    def quoted_by(self) -> str | None:
        """Whose speech it is that quotation marks set off here; None where that must be told by
        the words around them."""
        return self._whose if self._quoted or self.speaking else None

    def take_tag(self, character: str | None, *, block: bool) -> None:
        """A line's tag names `character`."""
        self.end_line()
        self._tag, self._tagged, self._block = character, True, block
        self._quoted = False
        self._carried = None
        self.fresh = character is not None

    def open(self, mark: str, character: str | None) -> None:
        """A quotation begins, said by `character`."""
        if self.fresh and self.speaking:
            self._quoted = True
            if not self._tagged:
                self._base_is_quoted = True
        self.fresh = False
        self.quotation = Quotation(CLOSERS[mark], character)

    def resume(self, mark: str) -> bool:
        """A paragraph begins with a quotation mark: whether the last one's quotation goes on."""
        carried, self._carried = self._carried, None
        if carried is None:
            return False
        self.open(mark, carried.character)
        return True

    def close(self) -> None:
        """The quotation ends."""
        self.quotation = None

    def end_line(self) -> None:
        """What cannot go on in the next line of another kind ends."""
        self.action = False
        self.quotation = None

    def end_sentence_line(self) -> None:
        """A line ended with a sentence, as a paragraph does, not as wrapped text: so does the tag
        that stood in it."""
        self.last_quoted = None
        if self._tagged and not self._block and not self.fresh:
            self._untag()

    def end_paragraph(self) -> None:
        """A blank line. A quotation may go on if the next paragraph begins with its mark."""
        self._carried = self.quotation
        self.end_line()
        self.last_quoted = None
        if self._carried is None and not (self._tagged and self.fresh):
            self._untag()

    @property
    def carries(self) -> bool:
        """The last paragraph's quotation may go on in this one."""
        return self._carried is not None

    def drop_carried(self) -> None:
        """It does not."""
        self._carried = None
        self._untag()

    def end_section(self) -> None:
        """A heading or a scene break."""
        self.end_line()
        self._carried = None
        self.last_quoted = None
        self._untag()

    def _untag(self) -> None:
        self._tagged = self._block = False
        self._tag = None
        self._quoted = self._base_is_quoted
        self.fresh = self._base is not None and not self._base_is_quoted
