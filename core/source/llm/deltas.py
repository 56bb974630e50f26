"""What a server sends while a model writes: the data of one event. Plain, no I/O."""

from dataclasses import dataclass
from typing import Any

import msgspec

from .faults import BrokenOffError, told_by


@dataclass(frozen=True, slots=True)
class Delta:
    """What one event adds to an answer."""

    text: str = ""
    thought: bool = False
    """Whether the model thinks, in a field of its own that is not read."""
    refusal: str = ""
    """Why the model does not answer, in its words."""
    finish: str | None = None
    """Why the answer has ended: ``stop``, ``length``, ``content_filter`` or the like."""


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    reasoning: Any = None
    reasoning_content: Any = None


class _Choice(msgspec.Struct):
    delta: _Message | None = None
    message: _Message | None = None
    finish_reason: str | None = None


class _Event(msgspec.Struct):
    choices: list[_Choice] | None = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Event)


def parse_event(data: str | bytes) -> Delta:
    """The delta in an event's data, or in a whole answer that was not streamed.

    Raises `BrokenOffError` for what is none, and where it tells of an error in the middle.
    """
    try:
        event = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise BrokenOffError("it sent what is no part of an answer") from error
    if event.error:
        raise BrokenOffError(f"it reported: {told_by(event.error) or 'an error'}")
    if not event.choices:
        return Delta()
    choice = event.choices[0]
    message = choice.delta or choice.message or _Message()
    return Delta(
        message.content or "",
        bool(message.reasoning or message.reasoning_content),
        message.refusal or "",
        choice.finish_reason,
    )
