"""Bytes of a text, in any pieces, to characters. Plain, no I/O."""

import codecs

_MARKS = (
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
_REPLACEMENT = "\ufffd"


class TextDecoder:
    """Decodes UTF-8, or UTF-16 where a byte order mark at the start says so, as Windows' Notepad
    saves "Unicode".

    What cannot be decoded is left out and counted in `left_out`, as is U+FFFD, which is what an
    earlier program put in its place: the rest of the text is not lost for it.
    """

    def __init__(self) -> None:
        self.left_out = 0
        self._head = b""  # the first bytes, while they may still be a mark
        self._decoder: codecs.IncrementalDecoder | None = None

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """The characters that `data` completes; `final`: no more bytes come."""
        if self._decoder is None:
            data = self._head + data
            self._head = b""
            if not final and _may_be_mark(data):
                self._head = data
                return ""
            mark, encoding = _mark_of(data)
            self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
            data = data[len(mark) :]
        text = self._decoder.decode(data, final)
        self.left_out += text.count(_REPLACEMENT)
        return text.replace(_REPLACEMENT, "")


def _may_be_mark(data: bytes) -> bool:
    """Whether more bytes could make a mark of these."""
    return any(mark.startswith(data) and mark != data for mark, _ in _MARKS)


def _mark_of(data: bytes) -> tuple[bytes, str]:
    found = (entry for entry in _MARKS if data.startswith(entry[0]))
    return next(found, (b"", "utf-8"))
