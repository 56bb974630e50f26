"""Records what was heard of a session as one FLAC file with a chapter for each cue.

Owns one thread, which writes the file and does nothing else. Fed by the event loop, which never
waits for it.
"""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import Full, Queue
from threading import Thread

from ..errors import OutputError
from ..synthesis.synthesizer import Samples
from .flac_chapters import Chapter, write_chapters
from .heard_frames import HeardFrames

_MOST_BLOCKS = 4096
"""Blocks that wait for the disk: minutes of sound. One that is slower than that ends the record."""


class SessionRecorder:
    """Writes exactly the frames that were heard, in order, to 16-bit FLAC at `path`, where nothing
    else may be: pauses of the user's and what was cleared are not in it.

    Call `push` as the audio buffer is filled, `heard` as it is played, and `clear` when it is
    cleared. A file that cannot be written is told once, by `on_trouble` (on the thread), and
    speaking goes on. When the program is killed what was written so far can be played.
    """

    def __init__(self, path: Path, sample_rate: int, on_trouble: Callable[[str], None]) -> None:
        self._path = path
        self._sample_rate = sample_rate
        self._on_trouble = on_trouble
        self._frames = HeardFrames()
        self._recorded = 0
        self._coming: deque[tuple[int, str]] = deque()
        self._chapters: list[Chapter] = []
        self._failed = False  # set by the thread, read by the loop
        self._queue: Queue[Samples | None] = Queue(_MOST_BLOCKS)
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def push(self, frame: int, samples: Samples) -> None:
        """`samples`, mono float32, were put into the audio buffer at `frame`."""
        if not self._failed:
            self._frames.push(frame, samples.copy())

    def chapter(self, title: str, frame: int) -> None:
        """A cue begins at `frame`, which is not before that of the last one."""
        self._coming.append((frame, title))

    def heard(self, frame: int) -> None:
        """All before `frame` has been heard."""
        while self._coming and self._coming[0][0] <= frame:
            start, title = self._coming.popleft()
            self._take(self._frames.heard(start))
            self._chapters.append(Chapter(title, self._recorded / self._sample_rate))
        self._take(self._frames.heard(frame))

    def clear(self, upto: int) -> None:
        """What is before frame `upto` and was not heard by now will not be."""
        self._frames.clear(upto)
        while self._coming and self._coming[0][0] < upto:
            self._coming.popleft()

    def close(self) -> None:
        """Finish the file; waits for what is still to be written."""
        if self._thread.is_alive():
            self._queue.put(None)  # waits where the disk is slow: nothing is being said any more
            self._thread.join()

    def _take(self, samples: Samples) -> None:
        if self._failed or not len(samples):
            return
        try:
            self._queue.put_nowait(samples)
            self._recorded += len(samples)
        except Full:
            self._fail(f"the disk of {self._path} is too slow to record the session")

    def _fail(self, reason: str) -> None:
        if not self._failed:
            self._failed = True
            self._on_trouble(f"{reason}; the recording ends here, speaking goes on")

    def _run(self) -> None:
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        try:
            file = soundfile.SoundFile(
                self._path, "x", self._sample_rate, 1, "PCM_16", format="FLAC"
            )
            with file:
                while (samples := self._queue.get()) is not None:
                    if not self._failed:
                        file.write(samples)
            write_chapters(self._path, self._chapters)
        except (OSError, soundfile.SoundFileError, OutputError) as error:
            self._fail(f"the session cannot be recorded to {self._path}: {error}")
            while self._queue.get() is not None:
                pass
