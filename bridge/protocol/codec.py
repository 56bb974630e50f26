"""Frames to messages and back. What cannot be read becomes the `Error` that its sender is told."""

import re
from typing import TypeVar

import msgspec

from .codes import ErrorCode
from .events import BridgeEvent, Event
from .handshake import Hello, Identified, Identify
from .message import MAX_MESSAGE_BYTES, Message
from .rendering import RenderFinished, RenderWords
from .replies import Error, Ok
from .requests import ClientRequest

Reply = TypeVar("Reply", bound=Ok)

_client = msgspec.json.Decoder(Identify | ClientRequest)
ServerMessage = Hello | Identified | Ok | Error | RenderWords | RenderFinished | Event
_server = msgspec.json.Decoder(ServerMessage)
_encoder = msgspec.json.Encoder()


class _Head(msgspec.Struct):
    """As much of a message as an error about it needs."""

    id: str = ""


_head = msgspec.json.Decoder(_Head)
_MAX_ID = 128
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeError)
_SEQ_0 = b'"seq":0'


def decode_client(frame: str | bytes) -> Identify | ClientRequest | Error:
    """A client's frame: binary ones are refused."""
    if isinstance(frame, bytes):
        return Error(id="", code=ErrorCode.BINARY_FRAME, text="send JSON in a text frame")
    if _too_large(frame):
        text = f"a message has at most {MAX_MESSAGE_BYTES} bytes: send long text with say_append"
        return Error(id=_id_of(frame), code=ErrorCode.TOO_LARGE, text=text)
    try:
        return _client.decode(frame)
    except msgspec.ValidationError as error:
        fault = str(error)
        return Error(id=_id_of(frame), code=_code_of(fault), text=_told(fault))
    except _UNREADABLE as error:
        return Error(id="", code=ErrorCode.NOT_JSON, text=f"this is no JSON object: {error}")


def decode_server(frame: str | bytes) -> ServerMessage:
    """A server's frame; of a reply only the `id`. Raises `msgspec.DecodeError`."""
    return _server.decode(frame)


def decode_reply(frame: str | bytes, kind: type[Reply]) -> Reply:
    """The whole of an `ok`, as the reply that its request has; raises `msgspec.DecodeError`."""
    return msgspec.json.decode(frame, type=kind)


def encode(message: Message) -> str:
    """The frame of a message."""
    return _encoder.encode(message).decode()


def encode_event(event: BridgeEvent) -> "EventFrame":
    """An event for many sessions: only `seq`, 0 in `event`, differs between them."""
    head, _, tail = _encoder.encode(event).partition(_SEQ_0)
    return EventFrame(head + _SEQ_0[:-1], tail)


class EventFrame(msgspec.Struct, frozen=True):
    """An event that has been encoded but for its `seq`."""

    head: bytes
    tail: bytes

    def numbered(self, seq: int) -> bytes:
        """The frame for the session in which it is the event number `seq`."""
        return b"%b%d%b" % (self.head, seq, self.tail)


def _too_large(frame: str) -> bool:
    if len(frame) * 4 <= MAX_MESSAGE_BYTES:  # no character has more bytes
        return False
    return len(frame) > MAX_MESSAGE_BYTES or len(frame.encode()) > MAX_MESSAGE_BYTES


def _id_of(frame: str) -> str:
    """The request's id, where it can be found: whoever waits for the reply should get it."""
    try:
        return _head.decode(frame).id[:_MAX_ID]
    except _UNREADABLE:
        return ""


_WRONG_VALUE = re.compile(r"of length [<>]=|[<>]=? |Invalid enum value|multiple of|out of range")


def _code_of(fault: str) -> ErrorCode:
    """The number for what msgspec says is wrong."""
    if fault.startswith("Object missing required field"):
        return ErrorCode.MISSING_FIELD
    if fault.startswith("Invalid value") and fault.endswith("`$.type`"):
        return ErrorCode.UNKNOWN_TYPE
    if " - at" not in fault:
        return ErrorCode.NOT_JSON
    return ErrorCode.WRONG_VALUE if _WRONG_VALUE.search(fault) else ErrorCode.WRONG_TYPE


def _told(fault: str) -> str:
    """What msgspec says, in plainer words."""
    return fault.replace(" - at `$.", " at `").replace(" - at key in `$.", " at a key in `")
