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

from .channel import HEADER_BYTES, body_length, decode, encode
from .errors import ProcessError

_log = logging.getLogger(__name__)

_BACK_OFF_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
"""The wait before the n-th start in a row that did not lead to a ready child."""
_PIPE_LIMIT = 4 * 1024 * 1024
"""Bytes that asyncio reads ahead of us; past that the child waits in `send`."""


class ChildProcess:
    """Keeps one child running until `close`.

    `module` is run with ``python -m``. `on_message` gets what the child sends, `on_death` is
    called with the exit status before a restart, `first_messages` gives what each new child is
    told first. All are called in the event loop.
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
    ) -> None:
        self.name = name
        self.restarts = 0
        self._module = module
        self._first_messages = first_messages
        self._on_message = on_message
        self._on_death = on_death
        self._on_lost = on_lost
        self._inherited_fds = tuple(inherited_fds)
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._status: int | None = None
        self._closing = False
        self._retiring = False
        self._failed_starts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self._task = asyncio.create_task(self._supervise(), name=f"supervise {self.name}")

    def settled(self) -> None:
        """The child is ready: the next restart is immediate again."""
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

    async def close(self) -> None:
        """End the child by closing its input, within a second by force."""
        self._closing = True
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 1.0)
            except TimeoutError:
                self.kill()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _supervise(self) -> None:
        try:
            while not self._closing:
                await asyncio.sleep(_BACK_OFF_S[max(self._failed_starts - 1, 0)])
                await self._run_once()
                if self._closing or (self._retiring and self._status == 0):
                    return
                self.restarts += 1
                self._failed_starts += 1
                if self._failed_starts == len(_BACK_OFF_S):
                    break
        except OSError as error:
            self._on_lost(ProcessError(f"the {self.name} process cannot be started: {error}"))
            return
        except Exception as error:
            _log.exception("the supervision of the %s process failed", self.name)
            self._on_lost(ProcessError(f"the {self.name} process was given up: {error}"))
            return
        self._on_lost(
            ProcessError(
                f"the {self.name} process ended {len(_BACK_OFF_S)} times in a row before it was "
                "ready; run `skaldcast doctor` to see why"
            )
        )

    async def _run_once(self) -> None:
        self._process = process = await self._spawn()
        for message in self._first_messages():
            self.send(message)
        assert process.stdout is not None
        await self._listen(process.stdout)
        self._status = status = await process.wait()
        if not self._closing and not (self._retiring and status == 0):
            _log.warning("the %s process ended with status %s", self.name, status)
            self._on_death(status)

    async def _listen(self, stdout: StreamReader) -> None:
        try:
            while True:
                header = await stdout.readexactly(HEADER_BYTES)
                self._on_message(decode(await stdout.readexactly(body_length(header))))
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def _spawn(self) -> Process:
        options: dict[str, Any] = {"pass_fds": self._inherited_fds, "start_new_session": True}
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._module,
            stdin=PIPE,
            stdout=PIPE,
            limit=_PIPE_LIMIT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            **options,
        )
