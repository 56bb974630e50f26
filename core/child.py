"""A child process under supervision: started, listened to, started again when it dies.

Main's side of `core.channel`. Runs in main's event loop; the child's death shows as the end of
its pipe, so it is noticed in milliseconds.
"""

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from typing import Any

from .channel import GREETING, HEADER_BYTES, LOG_JSON, LOG_LEVEL, body_length, decode, encode
from .child_job import ChildJob
from .clock import monotonic_s
from .errors import ProcessError
from .frozen import CHILD, is_frozen
from .json_log import is_json

_log = logging.getLogger(__name__)

BACK_OFF_S = (0.0, 0.2, 0.5, 1.0, 2.0)
"""The waits before the restarts in a row of a child that does not settle; then it is given up."""
_LASTING_S = 10.0
"""A child that ran for so long was no failed start, whatever it did."""
_END_S = 1.0
"""How long a child may take to end by itself."""
_PIPE_LIMIT = 4 * 1024 * 1024
"""Bytes that asyncio reads ahead of us; past that the child waits in `send`."""


class ChildProcess:
    """Keeps one child running until `close`.

    `module` is run with ``python -m``, or by this very program where it is frozen. `on_message`
    gets what the child sends, `on_death` is called with the exit status before a restart,
    `first_messages` gives what each new child is told first, `on_lost` is called when the child is
    given up. All are called in the event loop.
    """

    def __init__(
        self,
        name: str,
        module: str,
        *,
        first_messages: Callable[[], Sequence[object]],
        on_message: Callable[[Any], None],
        on_death: Callable[[int], None],
        on_lost: Callable[[ProcessError], None],
        inherited_fds: Sequence[int] = (),
        back_off_s: Sequence[float] = BACK_OFF_S,
    ) -> None:
        self.name = name
        self.restarts = 0
        self._module = module
        self._first_messages = first_messages
        self._on_message = on_message
        self._on_death = on_death
        self._on_lost = on_lost
        self._inherited_fds = tuple(inherited_fds)
        self._back_off_s = tuple(back_off_s)
        self._process: Process | None = None
        self._job = ChildJob()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._retiring = False
        self._failed_starts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self._task = asyncio.create_task(self._supervise(), name=f"supervise {self.name}")

    def settled(self) -> None:
        """The child has got somewhere: the next restart is immediate again."""
        self._failed_starts = 0

    def send(self, message: object) -> None:
        """Send to the child that runs now; a message to a dead one is dropped, since what it was
        about is told anew to the next one."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(ConnectionError, RuntimeError):
                self._process.stdin.write(encode(message))

    def retire(self) -> None:
        """The child was asked to end: once it does so in good order it is not started again."""
        self._retiring = True

    def kill(self) -> None:
        """End a child that hangs; it is then started again."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def abandon(self) -> None:
        """End a child that hangs, for good."""
        self._closing = True
        self.kill()

    async def close(self) -> None:
        """End the child by closing its input, within a second by force. Idempotent."""
        self._closing = True
        process = self._process
        # Where it is dead, the next one may be starting at this very moment: it ends with the
        # supervision, which must not be left the time to bring it to life.
        if process is not None and process.returncode is None:
            await self._end(process)
        await self._stop_supervising()
        self._job.close()

    async def _end(self, process: Process) -> None:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _END_S)
        except TimeoutError:
            self.kill()
            await self._bury(process)

    async def _bury(self, process: Process) -> None:
        """Wait for one that was killed: asyncio tells of its end only once all that it said was
        read, and where the supervision has failed nobody reads."""
        await self._stop_supervising()
        try:
            await asyncio.wait_for(process.communicate(), _END_S)
        except TimeoutError:
            _log.warning("the %s process was killed, and its pipe stays open", self.name)

    async def _stop_supervising(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _supervise(self) -> None:
        try:
            while await self._run_once():
                if self._failed_starts >= len(self._back_off_s):
                    raise ProcessError(
                        f"the {self.name} process ended {self._failed_starts + 1} times in a row "
                        "before it got anywhere; run `skaldcast doctor` to see why"
                    )
                await asyncio.sleep(self._back_off_s[self._failed_starts])
                self._failed_starts += 1
                self.restarts += 1
        except ProcessError as error:
            self._on_lost(error)
        except OSError as error:
            self._on_lost(ProcessError(f"the {self.name} process cannot be started: {error}"))
        except Exception as error:
            _log.exception("the supervision of the %s process failed", self.name)
            self._on_lost(ProcessError(f"the {self.name} process was given up: {error!r}"))

    async def _run_once(self) -> bool:
        """Start a child and listen until it ends; false where no other shall follow."""
        self._process = process = await self._spawn()
        self._job.adopt(process.pid)
        started_s = monotonic_s()
        for message in self._first_messages():
            self.send(message)
        assert process.stdout is not None
        await self._listen(process.stdout)
        status = await process.wait()
        if self._closing or (self._retiring and status == 0):
            return False
        _log.warning("the %s process ended with status %s", self.name, status)
        if monotonic_s() - started_s > _LASTING_S:
            self.settled()
        self._on_death(status)
        return True

    async def _listen(self, stdout: StreamReader) -> None:
        try:
            await stdout.readuntil(GREETING)
            while True:
                header = await stdout.readexactly(HEADER_BYTES)
                self._on_message(decode(await stdout.readexactly(body_length(header))))
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def _spawn(self) -> Process:
        options: dict[str, Any] = {"pass_fds": self._inherited_fds, "start_new_session": True}
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", LOG_LEVEL: str(_log_level())}
        if is_json(logging.getLogger()):
            environment[LOG_JSON] = "1"
        if sys.platform == "win32":
            options = {"creationflags": _creation_flags()}
        return await asyncio.create_subprocess_exec(
            *_command(self._module, environment),
            stdin=PIPE,
            stdout=PIPE,
            limit=_PIPE_LIMIT,
            env=environment,
            **options,
        )


def _command(module: str, environment: dict[str, str]) -> list[str]:
    if is_frozen():
        return [sys.executable, CHILD, module]
    # It finds the modules that we find, and those alone: with plain `-m` a random.py in the
    # current folder would be imported in the place of Python's own.
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    python = _windows_python(environment) if sys.platform == "win32" else sys.executable
    return [python, "-P", "-m", module]


def _log_level() -> int:
    """What main logs from on; its children log as much."""
    return logging.getLogger(__package__).getEffectiveLevel()


if sys.platform == "win32":

    def _creation_flags() -> int:
        """Keep Ctrl-C from the child, and a console window from the screen where main has none."""
        import ctypes

        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        has_console = ctypes.WinDLL("kernel32").GetConsoleCP() != 0
        return flags if has_console else flags | subprocess.CREATE_NO_WINDOW

    def _windows_python(environment: dict[str, str]) -> str:
        """The interpreter itself: in a virtual environment python.exe only starts another one,
        whose process we would neither see nor kill. `multiprocessing` does the same."""
        base: str = getattr(sys, "_base_executable", sys.executable)
        if os.path.normcase(base) != os.path.normcase(sys.executable):
            environment["__PYVENV_LAUNCHER__"] = sys.executable
        return base
