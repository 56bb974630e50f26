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
    answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    status = 0

    def on_message(message: Any) -> None:
        child.retire()
        if not answered.done():
            answered.set_result(message)

    def on_death(found: int) -> None:
        nonlocal status
        status = found

    def on_lost(error: ProcessError) -> None:
        if not answered.done():
            reason = f"status {status}" if status else str(error)
            answered.set_exception(
                ProcessError(
                    f"the process for {name} ended without an answer ({reason}); is there memory "
                    "enough? `skaldcast doctor` may tell more"
                )
            )

    child = ChildProcess(
        name,
        module,
        first_messages=lambda: [question],
        on_message=on_message,
        on_death=on_death,
        on_lost=on_lost,
        back_off_s=(),
    )
    child.start()
    try:
        answer = await answered
    finally:
        await child.close()
    if isinstance(answer, SkaldcastError):
        raise answer
    return answer


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
