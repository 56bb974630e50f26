"""A text as the frames of a sound file."""

import asyncio
import io
import json
from typing import Any

import numpy as np
import pytest
import soundfile

from skaldcast.bridge.protocol.audio import MAX_AUDIO_BYTES, AudioFrame, unpack
from skaldcast.bridge.sent_render import SentRender
from skaldcast.core.cue import Cue
from skaldcast.core.file_encoding import FileKind
from skaldcast.core.rendering import Rendition

RATE = 24_000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(10 * RATE) / RATE)).astype(np.float32)


def frames(kind: FileKind, *, error: str | None = None) -> tuple[list[AudioFrame], list[Any]]:
    """The binary frames and the messages for ten seconds of a tone, in two blocks."""

    async def work() -> list[str | bytes]:
        rendition = Rendition(Cue("a"), RATE, lambda: None)
        rendition.put(TONE[: 7 * RATE])
        rendition.put(TONE[7 * RATE :])
        rendition.end(error)
        return [frame async for frame in SentRender(3, rendition, kind).frames()]

    sent = asyncio.run(work())
    assert max(len(frame) for frame in sent if isinstance(frame, bytes)) <= MAX_AUDIO_BYTES
    return (
        [unpack(frame) for frame in sent if isinstance(frame, bytes)],
        [json.loads(frame) for frame in sent if isinstance(frame, str)],
    )


@pytest.mark.parametrize("kind", FileKind)
def test_what_is_written_where_it_belongs_is_the_file(kind: FileKind):
    parts, (end,) = frames(kind)
    assert {part.stream for part in parts} == {3}
    assert [part.sequence for part in parts] == list(range(len(parts)))
    data = bytearray()
    for part in parts:
        data[part.position : part.position + len(part.data)] = part.data
    assert end == {
        "type": "render_finished",
        "stream": 3,
        "size": len(data),
        "duration_s": 10.0,
    }
    samples, rate = soundfile.read(io.BytesIO(data))
    assert (rate, samples.size) == (RATE, TONE.size)


def test_what_cannot_be_spoken_is_told_at_the_end():
    _, (end,) = frames(FileKind.WAV, error="the voice is gone")
    assert end["error"] == "the voice is gone"
