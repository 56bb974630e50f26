"""Records what was heard of a session as one FLAC file with a chapter for each cue.

Owns one thread, which writes the file and does nothing else. Fed by the event loop, which never
waits for it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Full, Queue
from threading import Thread

import numpy as np

from ..audio_tap import AudioTap
from ..errors import OutputError
from ..synthesis.synthesizer import Samples
from .flac_chapters import Chapter, write_chapters
from .held_frames import HeldFrames

_MOST_BLOCKS = 4096
"""Blocks that wait for the disk: minutes of sound. One that is slower than that ends the record."""
_DEVICE_S = 11.0
"""What was cleared may be heard in spite of that where the device has it: 10 s at most."""
_TITLE_CHARACTERS = 60


class SessionRecorder(AudioTap):
    """An `AudioTap` that writes exactly the frames that were heard, once and in order, to 16-bit
    FLAC at `path`, where nothing may be yet. Pauses of the user's and what was cleared are not in
    it, nor is the volume.

    A file that cannot be written is told once, by `on_trouble` (on any thread), and speaking goes
    on. When the program is killed what was written so far can be played.
    """

    def __init__(self, path: Path, sample_rate: int, on_trouble: Callable[[str], None]) -> None:
        self._path = path
        self._sample_rate = sample_rate
        self._on_trouble = on_trouble
        self._held = HeldFrames()
        self._heard = 0
        self._chapters: list[Chapter] = []
        self._failed = False  # set by either side, never taken back
        self._queue: Queue[Samples | None] = Queue(_MOST_BLOCKS)
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def held(self) -> int:
        """Frames that may still be heard."""
        return len(self._held)

    def pushed(self, frame: int, samples: Samples) -> None:
        if not self._failed:
            self._held.push(frame, samples.copy())

    def cleared(self, begin: int, end: int) -> None:
        self._held.drop(self._heard + round(_DEVICE_S * self._sample_rate), end)

    def heard(self, begin: int, end: int) -> None:
        self._heard = end
        samples = self._held.take(begin, end)
        if self._failed or not len(samples):
            return
        try:
            self._queue.put_nowait(samples)
        except Full:
            self._fail(f"{self._path} is written too slowly to record the session")

    def cue_begun(self, text: str, heard_before: int) -> None:
        self._chapters.append(Chapter(_title(text), heard_before / self._sample_rate))

    def close(self) -> None:
        """Finish the file; waits for what is still to be written."""
        if self._thread.is_alive():
            self._queue.put(None)  # waits where the disk is slow: nothing is being said any more
            self._thread.join()

    def _fail(self, reason: str) -> None:
        if not self._failed:
            self._failed = True
            self._on_trouble(f"{reason}; the recording ends here, speaking goes on")

    def _run(self) -> None:
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        blocks = self._blocks()
        try:
            with soundfile.SoundFile(
                self._path, "x", self._sample_rate, 1, "PCM_16", format="FLAC"
            ) as file:
                for samples in blocks:
                    if not self._failed:
                        # As outputs that are files do, so that both are the same to the bit.
                        pcm = np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16)
                        file.write(pcm)
            if self._heard:
                write_chapters(self._path, self._chapters)
            else:
                self._path.unlink()  # without a frame it is no FLAC file
        except (OSError, soundfile.SoundFileError, OutputError) as error:
            self._fail(f"the session cannot be recorded to {self._path}: {error}")
            for _ in blocks:  # until `close`, if that has not come yet
                pass

    def _blocks(self) -> Iterator[Samples]:
        """What is to be written, until `close`."""
        while (samples := self._queue.get()) is not None:
            yield samples


def _title(text: str) -> str:
    """Its first words."""
    line = " ".join(text.split())
    if len(line) <= _TITLE_CHARACTERS:
        return line
    return line[:_TITLE_CHARACTERS].rpartition(" ")[0].rstrip(" ,;:—–-") + "…"
