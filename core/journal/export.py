"""A session as a transcript: Markdown, SubRip, WebVTT or JSON. Plain.

Times are those of the session's audio: the n-th second of what was heard. A pause of the user's
moves no subtitle, and where a session was recorded they fit the recording.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from .record import CueRecord, SessionRecord
from .rows import ChunkRow, WordRow

_LINE_CHARACTERS = 42
"""What players show in one line, by the usual rules for subtitles."""

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~]|&(?=#?\w+;))")
_LIST_MARK = re.compile(r"^(\d*)([-+=.)])")
"""At the start of a line these make a list, a rule or a heading."""


@dataclass(frozen=True, slots=True)
class Subtitle:
    """What is shown while a chunk is heard."""

    start_s: float
    end_s: float
    text: str
    """In one line, as written."""
    speaker: str | None


def subtitles(record: SessionRecord) -> list[Subtitle]:
    """One for each chunk that was heard, in order and without overlap."""
    chunks = [(chunk, cue) for cue in record.cues for chunk in cue.chunks]
    chunks.sort(key=lambda pair: pair[0].audio_s)
    found: list[Subtitle] = []
    for index, (chunk, cue) in enumerate(chunks):
        text = " ".join(_printable(chunk.text).split())
        end_s = chunk.audio_s + chunk.duration_s
        if index + 1 < len(chunks):
            end_s = min(end_s, chunks[index + 1][0].audio_s)
        if text and end_s > chunk.audio_s:
            found.append(Subtitle(chunk.audio_s, end_s, text, cue.row.character or cue.row.voice))
    return found


def to_srt(record: SessionRecord) -> str:
    """SubRip. It knows no escapes, so an arrow in the text becomes another one."""
    entries = (
        f"{number}\n{_clock(s.start_s, ',')} --> {_clock(s.end_s, ',')}\n"
        + "\n".join(_lines(s.text.replace("-->", "→")))
        for number, s in enumerate(subtitles(record), 1)
    )
    return "".join(f"{entry}\n\n" for entry in entries)


def to_vtt(record: SessionRecord) -> str:
    """WebVTT; the speaker is a voice tag."""

    def payload(subtitle: Subtitle) -> str:
        lines = "\n".join(html.escape(line, quote=False) for line in _lines(subtitle.text))
        if subtitle.speaker is None:
            return lines
        return f"<v {html.escape(_printable(subtitle.speaker), quote=False)}>{lines}"

    entries = (
        f"{_clock(s.start_s, '.')} --> {_clock(s.end_s, '.')}\n{payload(s)}"
        for s in subtitles(record)
    )
    return "\n\n".join(("WEBVTT", *entries)) + "\n"


def to_markdown(record: SessionRecord) -> str:
    """Each cue a paragraph, with what did not end as it should in italics."""
    parts = [f"# Session of {_when(record.row.started_at)}", _about(record)]
    for cue in record.cues:
        speaker = cue.row.character or cue.row.voice
        name = f"**{_markdown(speaker)}:** " if speaker else ""
        text = "  \n".join(_markdown(line) for line in cue.text.splitlines())
        parts.append(f"{name}{text}{_ended(cue)}")
    return "\n\n".join(part for part in parts if part) + "\n"


def to_json(record: SessionRecord) -> str:
    """All that is recorded."""
    cues = [
        {key: value for key, value in asdict(cue.row).items() if key != "session"}
        | {
            "text": cue.text,
            "chunks": [_part(chunk) for chunk in cue.chunks],
            "words": [_part(word) for word in cue.words],
        }
        for cue in record.cues
    ]
    return json.dumps(asdict(record.row) | {"cues": cues}, ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[SessionRecord], str]] = {
    "md": to_markdown,
    "srt": to_srt,
    "vtt": to_vtt,
    "json": to_json,
}


def _part(row: ChunkRow | WordRow) -> dict[str, object]:
    return {key: value for key, value in asdict(row).items() if key not in ("session", "number")}


def _about(record: SessionRecord) -> str:
    row = record.row
    facts = [f"voice {row.voice}"] if row.voice else []
    facts += [f"read from {row.source}"] if row.source else []
    return _markdown("; ".join(facts))


def _ended(cue: CueRecord) -> str:
    """How a cue ended, where it was not heard to its end."""
    if cue.row.outcome == "finished":
        return ""
    left = cue.text[cue.row.heard :].split()
    how = cue.row.outcome or "cut off"
    if not left:
        return f" *({how})*"
    return f" *({how}; not heard: {len(left)} word{'s' * (len(left) > 1)})*"


def _clock(seconds: float, mark: str) -> str:
    whole, milliseconds = divmod(round(max(seconds, 0.0) * 1000), 1000)
    minutes, seconds_ = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds_:02}{mark}{milliseconds:03}"


def _when(at: float) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):  # a wall clock that told nonsense
        return "an unknown day"


def _lines(text: str) -> Iterator[str]:
    """Words in lines of up to 42 characters, where they allow it."""
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > _LINE_CHARACTERS:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c.isspace() else "" for c in text)


def _markdown(text: str) -> str:
    """A line that Markdown shows as it is."""
    text = _MARKUP.sub(r"\\\1", _printable(text).strip())
    return _LIST_MARK.sub(r"\1\\\2", text)
