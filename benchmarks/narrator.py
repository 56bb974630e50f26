"""A language model's stream, spoken while it is written: recorded streams of a real model at 12
tokens a second, replayed by a local server with their timing, stalls and cut.

    python benchmarks/narrator.py [VOICE] [NAME...]

Everything is real: the server's socket, the storyteller, the engine, and a private null sink whose
recording tells what was heard. Promised: the first sound within 0.6 s of the token that ends the
first chunk; no gap but the stream's own stalls, each at a pause of the text; the last chunk begins
within 0.3 s of the stream's end, or of the end of what was being spoken then.
"""

import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from skaldcast.core import Narrator, NarratorOptions
from skaldcast.core.events import ChunkStarted, Event, HoldEnded
from skaldcast.core.settings import LlmSettings
from skaldcast.core.source.llm.status import StoryState, StoryStatus
from skaldcast.core.source.llm.storyteller import Storyteller
from skaldcast.core.text.pauses import pause_after_s
from skaldcast.core.types import Boundary
from tests.chat_server import ChatServer, words
from tests.llm.recording import PLANS, Recording, words_in

QUIET_S = 0.02
"""Digital silence that counts: less is between samples of speech."""
_MARKS = tuple(".!?,;:—–…)\"'”’\n")


@dataclass
class Told:
    """One stream as it was heard. Times are `time.monotonic`."""

    tokens: list[tuple[float, str]]
    """When the server sent each piece, and its text."""
    taken: list[float]
    """When each was given to the narrator."""
    ended_s: float
    """When the answer was complete."""
    chunks: list[tuple[float, ChunkStarted]]
    holds: list[tuple[float, float]]
    """When a hold ended, and how long it was."""
    report: dict[str, Any]


async def tell(name: str, options: NarratorOptions) -> Told:
    """Speak a recorded stream; where it is cut, the server then goes on to the letter."""
    recording = Recording.load(name)
    rest = words(" and the trees", " closed behind you.", " Then there was silence.")
    taken: list[float] = []
    ended: list[float] = []
    events: list[Event] = []
    replies = [recording.reply(), rest] if recording.cut else [recording.reply()]
    async with ChatServer(*replies) as server, Narrator(options) as narrator:
        clock_0 = time.monotonic() - narrator.time_s
        listening = asyncio.create_task(_gather(narrator, events))
        settings = LlmSettings(endpoint=server.endpoint, model="tale", stall_s=60.0)

        def on_status(status: StoryStatus) -> None:
            if status.state is StoryState.DONE:
                ended.append(time.monotonic())

        async with Storyteller(settings, on_status) as storyteller:
            answer = storyteller.narrate(recording.asked["prompt"])

            async def stamped():
                async for piece in answer:
                    taken.append(time.monotonic())
                    yield piece

            cue = narrator.stream(stamped())
            await cue.wait_finished()
        tokens = [(at_s, text) for at_s, data in server.log for text in words_in(data)]
        report = narrator.report()
        listening.cancel()
    ours = [event for event in events if getattr(event, "cue_id", cue.cue_id) == cue.cue_id]
    chunks = [(e.time_s + clock_0, e) for e in ours if isinstance(e, ChunkStarted)]
    holds = [(e.time_s + clock_0, e.duration_s) for e in ours if isinstance(e, HoldEnded)]
    return Told(tokens, taken, ended[0], chunks, holds, report)


async def learn(options: NarratorOptions) -> None:
    """Speak once before, as every user has: the voice's speed is then known."""
    async with Narrator(options) as narrator:
        await narrator.play("Warm up. The gate stands open, and nobody is there.").wait_finished()


async def _gather(narrator: Narrator, events: list[Event]) -> None:
    async for event in narrator.events(capacity=100_000):
        events += (event,)


def token_that_ends(told: Told, chunk: ChunkStarted) -> float:
    """When the last visible character of a chunk had come."""
    end = chunk.start + len(chunk.text.rstrip())
    length = 0
    for at_s, text in told.tokens:
        length += len(text)
        if length >= end:
            return at_s
    raise AssertionError("the chunk is not of this stream")


def stalls(told: Told, longer_than_s: float = 0.5) -> list[float]:
    times = [at_s for at_s, _ in told.tokens]
    return [b - a for a, b in pairwise(times) if b - a > longer_than_s]


def show(name: str, told: Told, first_s: float | None, longest_s: float) -> None:
    """Print what was promised, and what it was."""
    first = told.chunks[0][1]
    ended_s = token_that_ends(told, first)
    began_s = told.chunks[0][0]
    heard = "-" if first_s is None else f"{first_s - ended_s:.3f} s"
    last_at_s, last = told.chunks[-1]
    free_s = told.ended_s
    if len(told.chunks) > 1:
        before_at_s, before = told.chunks[-2]
        # The pause that the text asks for after it is no lateness.
        free_s = max(free_s, before_at_s + before.duration_s + _pause_s(before.text))
    at_pauses = [_at_pause(told, at_s) for at_s, _ in told.holds]
    parts = {key: round(value, 3) for key, value in told.report["first_audio"].items()}
    work_s = sum(value for key, value in parts.items() if key != "chunk_s")
    print(f"{name}: {len(told.tokens)} tokens, first chunk {first.text.strip()!r}")
    print(f"  first sound after the token that ends it: {heard} (event: {began_s - ended_s:.3f} s)")
    delays = [took - sent for took, (sent, _) in zip(told.taken, told.tokens, strict=False)]
    print(f"  from the server's socket to the narrator: at most {max(delays) * 1000:.1f} ms")
    print(
        f"  of that the chunker kept it {began_s - ended_s - work_s:.3f} s for the text behind it, "
        f"and from there to the device it took {work_s:.3f} s {parts}"
    )
    print(
        f"  stalls of the stream: {[round(s, 2) for s in stalls(told)]}; holds "
        f"{[round(s, 2) for _, s in told.holds]}, at a pause of the text: {at_pauses}; "
        f"longest silence {longest_s:.2f} s; underruns {told.report['underruns']}"
    )
    print(
        f"  last chunk {last.text.strip()!r} began {last_at_s - free_s:+.3f} s from the end of the "
        f"stream, or of what was spoken then"
    )


def _at_pause(told: Told, at_s: float) -> bool:
    """Whether what was spoken before a hold ends with a mark."""
    before = [chunk for began_s, chunk in told.chunks if began_s < at_s - 0.001]
    return bool(before) and before[-1].text.rstrip(" ").endswith(_MARKS)


def _pause_s(text: str) -> float:
    """The pause that follows a chunk, by what it ends with."""
    if "\n\n" in text:
        return pause_after_s(Boundary.PARAGRAPH)
    last = text.rstrip().rstrip("\"'”’)")[-1:]
    if last in ".!?…":
        return pause_after_s(Boundary.SENTENCE)
    return pause_after_s(Boundary.COMMA if last == "," else Boundary.WORD)


def main() -> None:
    from benchmarks.sink import SoundServer, TimedRecording, silences

    voice, *names = sys.argv[1:] or ["hibari:heart"]
    learned = tempfile.TemporaryDirectory()
    options = NarratorOptions(voice=voice, state_folder=Path(learned.name))
    server = SoundServer()
    server.start()
    os.environ.update(server.environment)
    try:
        asyncio.run(learn(options))
        for name in names or PLANS:
            recording = TimedRecording(server.environment)
            told = asyncio.run(tell(name, options))
            first_s = recording.first_sound_after(told.tokens[0][0])
            longest_s = float(silences(recording.sounding(), QUIET_S).max(initial=0.0))
            recording.stop()
            show(name, told, first_s, longest_s)
    finally:
        server.close()


if __name__ == "__main__":
    main()
