"""A question that a process of its own answers, for what main must not import: asked once."""

import asyncio
import logging
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from .channel import ChildChannel
from .child import ChildProcess
from .errors import ProcessError, SkaldcastError

_log = logging.getLogger(__name__)


async def ask_child(name: str, module: str, question: object) -> Any:
    """Run `module` (which calls `answer_once`), ask it, and return its answer.

    Raises what the module raised on purpose, and `ProcessError` where it ended without an answer.
    """
    answer = await _Errand(name, module, question).run()
    if isinstance(answer, SkaldcastError):
        raise answer
    return answer


class _Errand:
    """One question and the process that answers it."""

    def __init__(self, name: str, module: str, question: object) -> None:
        self._name = name
        self._answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._status = 0
        self._child = ChildProcess(
            name,
            module,
            first_messages=lambda: [question],
            on_message=self._on_message,
            on_death=self._on_death,
            on_lost=self._on_lost,
            back_off_s=(),
        )

    async def run(self) -> Any:
        self._child.start()
        try:
            return await self._answered
        finally:
            await self._child.close()

    def _on_message(self, message: Any) -> None:
        self._child.retire()
        if not self._answered.done():
            self._answered.set_result(message)

    def _on_death(self, status: int) -> None:
        self._status = status

    def _on_lost(self, error: ProcessError) -> None:
        if not self._answered.done():
            reason = f"status {self._status}" if self._status else str(error)
            self._answered.set_exception(
                ProcessError(
                    f"the process for {self._name} ended without an answer ({reason}); is there "
                    "memory enough? `skaldcast doctor` may tell more"
                )
            )


def answer_once(answer: Callable[[Any], object]) -> None:
    """The child's side: answer main's one question. What goes wrong is raised there."""
    questions: SimpleQueue[Any] = SimpleQueue()
    channel = ChildChannel(questions.put)
    channel.start()
    try:
        message = answer(questions.get())
    except SkaldcastError as error:
        message = error
    except Exception as error:  # libraries raise what they like
        _log.exception("the question could not be answered")
        message = ProcessError(f"an internal error, {error!r}; report what stands above")
    channel.send(message)
