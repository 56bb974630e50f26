"""Main's side of the ambience process: which file is wanted, and what becomes of it.

The process is there only while ambience is wanted. Nothing that befalls it reaches the voice: its
faults are told as `AmbienceFailed`, and it is started again or given up.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .ambience.checks import MUTE_DB, check_ambience, check_level
from .ambience.messages import (
    ChangeScene,
    EndAmbience,
    OutputRefused,
    OutputThere,
    SceneFailed,
    SceneSilent,
    SceneStarted,
    SetLevel,
    StartAmbience,
    VoiceSounds,
)
from .ambience.times import END_S
from .child import ChildProcess
from .clock import monotonic_s
from .errors import ProcessError
from .events import AmbienceFailed
from .narrator_options import NarratorOptions

_log = logging.getLogger(__name__)

HANG_S = 15.0
"""A process that is silent for so long hangs: it tells once a second that it does not."""
_BACK_OFF_S = (0.0, 0.0, 0.1, 0.2, 0.3, 0.5, 0.5, 0.5, 1.0, 1.0, 2.0, 2.0)
"""A process that dies within 10 s is started again so often in a row: a file that its decoder
cannot bear would else be begun for ever."""
_LAST_FADE_S = END_S + 0.5
"""The longest wait for the last fade."""


class AmbienceLink:
    """Starts and ends the ambience process, and tells it what it must know.

    `tell` gets its events; `clock_0` is where their times begin. All methods are called in the
    event loop, and but for `close` they return at once.
    """

    def __init__(
        self, options: NarratorOptions, tell: Callable[[AmbienceFailed], None], clock_0: float
    ) -> None:
        self.file: Path | None = None
        """What is wanted."""
        self._options = options
        self._tell = tell
        self._clock_0 = clock_0
        self._level_db = options.ambience_level_db
        self._gain = options.volume
        self._voice_sounds = self._output_there = False
        self._child: ChildProcess | None = None
        self._lost = False  # the child was given up
        self._watch: asyncio.TimerHandle | None = None
        self._ended = asyncio.Event()
        self._closings: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def play(self, file: Path | None, level_db: float) -> None:
        """Fade to `file`, or to silence; raises `ConfigError` and changes nothing then."""
        check_level(level_db)
        if file is not None:
            check_ambience(file, self._options.output, exclusive=self._options.exclusive)
            file = file.absolute()  # of a process whose current folder may be another
        self.set_level(level_db)
        self.file = file
        if self._child is not None and not self._lost:
            self._child.send(ChangeScene(file))
        elif file is not None:
            self._start()

    def set_level(self, level_db: float) -> None:
        """Raises `ConfigError`."""
        check_level(level_db)
        self._level_db = level_db
        self._send(SetLevel(self._total_db))

    def set_gain(self, gain: float) -> None:
        """The master volume, as a factor."""
        self._gain = gain
        self._send(SetLevel(self._total_db))

    def move_to(self, output: str) -> None:
        """Go on, on another output, in a process of its own."""
        self._options = replace(self._options, output=output)
        if self._child is not None:
            self._child.kill()

    def voice(self, *, sounds: bool) -> None:
        """The voice began to sound, or ended."""
        self._voice_sounds = sounds
        self._send(VoiceSounds(sounds))

    def output(self, *, there: bool) -> None:
        """The voice's output is open, or lost."""
        self._output_there = there
        self._send(OutputThere(there))

    async def close(self) -> None:
        """Fade out, and end the process. Idempotent."""
        child = self._child
        if child is not None and not self._lost and child.pid is not None:
            self.file = None
            self._ended.clear()
            child.retire()
            child.send(EndAmbience())
            try:
                await asyncio.wait_for(self._ended.wait(), _LAST_FADE_S)
            except TimeoutError:
                _log.warning("the ambience process did not end by itself")
        self._give_back()
        await asyncio.gather(*self._closings, return_exceptions=True)

    @property
    def _total_db(self) -> float:
        return self._level_db + 20 * math.log10(self._gain) if self._gain > 0 else MUTE_DB

    def _send(self, request: object) -> None:
        if self._child is not None:
            self._child.send(request)

    def _start(self) -> None:
        self._give_back()
        self._lost = False
        self._child = ChildProcess(
            "ambience",
            f"{__package__}.ambience.process",
            first_messages=self._first_messages,
            on_message=self._on_message,
            on_death=lambda _: None,
            on_lost=self._give_up,
            back_off_s=_BACK_OFF_S,
        )
        self._child.start()

    def _give_back(self) -> None:
        """End the process, without waiting for it."""
        if self._watch is not None:
            self._watch.cancel()
        child, self._child = self._child, None
        if child is not None:
            closing = asyncio.get_running_loop().create_task(child.close())
            self._closings.add(closing)
            closing.add_done_callback(self._closings.discard)

    def _first_messages(self) -> list[object]:
        self._await_message()
        starting = StartAmbience(
            self._options.output,
            self.file,
            self._total_db,
            self._options.ambience_duck_db,
            voice_sounds=self._voice_sounds,
            output_there=self._output_there,
        )
        return [starting]

    def _await_message(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._watch = asyncio.get_running_loop().call_later(HANG_S, self._end_hung)

    def _end_hung(self) -> None:
        if self._child is not None:
            _log.warning("the ambience process hangs; it is ended and started again")
            self._child.kill()

    def _on_message(self, message: Any) -> None:
        self._await_message()
        match message:
            case SceneFailed(file, reason, instead):
                if self.file == file:
                    self.file = instead
                self._fail(reason)
            case OutputRefused(reason):
                self._fail(f"the ambience has no output beside the voice: {reason}")
            case SceneSilent():
                self._ended.set()
                if self.file is None:  # else another one was asked for meanwhile
                    self._give_back()
            case SceneStarted(file):
                _log.info("ambience: %s", file)
            case _:  # StillThere
                pass

    def _give_up(self, error: ProcessError) -> None:
        self._lost = True
        self.file = None
        self._ended.set()
        self._fail(f"{error}; the ambience is left out until another one is chosen")

    def _fail(self, reason: str) -> None:
        self._tell(AmbienceFailed(monotonic_s() - self._clock_0, reason))
