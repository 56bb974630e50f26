"""The numbers of the protocol: what an `error` means, and why a connection was closed."""

from enum import IntEnum


class ErrorCode(IntEnum):
    """Why a request was refused. The connection goes on."""

    NOT_JSON = 100
    """The frame is no JSON object."""
    UNKNOWN_TYPE = 101
    """No message has this `type`, or it is not a client's."""
    MISSING_FIELD = 102
    """A field that must be there is not."""
    WRONG_TYPE = 103
    """A field has a value of another type."""
    WRONG_VALUE = 104
    """A field has a value that is not allowed: too long, too great, none of the choices."""
    TOO_LARGE = 105
    """The frame has too many bytes."""
    BINARY_FRAME = 106
    """Clients send text frames only."""
    ALREADY_IDENTIFIED = 200
    """`identify` comes once in a connection."""
    UNKNOWN_CUE = 201
    """No cue has this `cue_id`, or it ended long ago."""
    TEXT_COMPLETE = 202
    """The cue takes no more text."""
    TEXT_MISSING = 203
    """Text before `start` has not come."""
    UNKNOWN_STREAM = 204
    """The session has no stream, or file, of this number: it ended, or another took its place."""
    WRONG_POSITION = 205
    """A position before one that was told, or past what was sent."""
    TOO_MANY_MESSAGES = 300
    """More messages a second than a client may send: this one was not acted upon."""
    TOO_MUCH_TEXT = 301
    """The client's cues that have not ended hold too much text: wait for some to finish."""
    TOO_MANY_CUES = 302
    """Too many cues wait: wait for some to finish."""
    TOO_MANY_RENDERS = 303
    """Too many files are being made: wait for some to finish."""
    UNKNOWN_VOICE = 400
    """No voice has this name, or it cannot speak here."""
    NOT_AVAILABLE = 500
    """This server cannot do it; `features` of `hello` tells what it can."""
    ENGINE_FAILED = 501
    """The narration cannot go on: the text says why. Without a request (`id` is empty) it is
    told to all."""
    ENDING = 502
    """The server is being shut down and takes no more cues."""
    INTERNAL = 503
    """A fault of the server's own."""


class CloseCode(IntEnum):
    """Why the server closed a connection. Beside these, 1001 means that the server ends."""

    NOT_UNDERSTOOD = 4002
    """The first message was not a whole `identify`."""
    NOT_IDENTIFIED = 4007
    """Something came before `identify`."""
    AUTH_FAILED = 4009
    """The answer to the challenge was missing or wrong."""
    PROTOCOL_UNSUPPORTED = 4010
    """The server does not speak this version of the protocol."""
    SESSION_TAKEN = 4011
    """The session was resumed by another connection: do not come back by yourself."""
    NO_IDENTIFY = 4020
    """No `identify` came in time."""
    TOO_SLOW = 4021
    """The client read so slowly that events it had not been sent were lost."""
    TOO_MANY_SESSIONS = 4023
    """The server has as many clients as it takes: try later."""
    NO_CHANNEL = 4025
    """The server has no channel of its own for one more session: try later, or identify with the
    policy `queue`."""
    INTERNAL = 4024
    """A fault of the server's own; other connections are not concerned."""
