"""The messages of `skaldcast.v1`, without I/O. docs/protocol.md is generated from them."""

from ...core.file_encoding import FileKind
from .audio import AudioFormat, Encoding
from .codec import EventFrame, decode_client, decode_reply, decode_server, encode, encode_event
from .codes import CloseCode, ErrorCode
from .handshake import (
    HIGH_RATE,
    ORDINARY,
    STREAM,
    Challenge,
    EventName,
    Hello,
    Identified,
    Identify,
    Policy,
    ResumePoint,
)
from .message import MAX_MESSAGE_BYTES, PROTOCOL, SUBPROTOCOL, Message, Priority
from .rendering import RenderedWord, RenderFinished, RenderWords
from .replies import (
    AudioOk,
    CueOk,
    Error,
    Ok,
    RenderOk,
    Reply,
    StateOk,
    SubscribeOk,
    VoiceRow,
    VoicesOk,
)

__all__ = [
    "HIGH_RATE",
    "MAX_MESSAGE_BYTES",
    "ORDINARY",
    "PROTOCOL",
    "STREAM",
    "SUBPROTOCOL",
    "AudioFormat",
    "AudioOk",
    "Challenge",
    "CloseCode",
    "CueOk",
    "Encoding",
    "Error",
    "ErrorCode",
    "EventFrame",
    "EventName",
    "FileKind",
    "Hello",
    "Identified",
    "Identify",
    "Message",
    "Ok",
    "Policy",
    "Priority",
    "RenderFinished",
    "RenderOk",
    "RenderWords",
    "RenderedWord",
    "Reply",
    "ResumePoint",
    "StateOk",
    "SubscribeOk",
    "VoiceRow",
    "VoicesOk",
    "decode_client",
    "decode_reply",
    "decode_server",
    "encode",
    "encode_event",
]
