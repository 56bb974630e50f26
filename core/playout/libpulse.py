"""The few calls of libpulse (LGPL, the system's own) that `PulseDevice` needs, through ctypes.

PulseAudio serves them, and PipeWire's pulse server does as well. A `Connection` has no thread of
its own: its main loop turns whenever `turn` or `wait` is called, by the one thread that owns it.
"""

import ctypes
import sys
import time
from collections.abc import Callable
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_int64,
    c_long,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
)
from dataclasses import dataclass
from typing import Any

from ..errors import OutputError

NOAUTOSPAWN = 1
CONTEXT_READY, CONTEXT_FAILED = 4, 5
STREAM_READY, STREAM_FAILED = 2, 3
OPERATION_RUNNING = 0
FLOAT32 = 5 if sys.byteorder == "little" else 6
UNSET = 0xFFFFFFFF
FIX_RATE, EARLY_REQUESTS = 0x0080, 0x4000
SEEK_ABSOLUTE = 1


class SampleSpec(Structure):
    _fields_ = (("format", c_int), ("rate", c_uint32), ("channels", c_uint8))


class BufferAttributes(Structure):
    _fields_ = (
        ("maxlength", c_uint32),
        ("tlength", c_uint32),
        ("prebuf", c_uint32),
        ("minreq", c_uint32),
        ("fragsize", c_uint32),
    )


class TimingInfo(Structure):
    _fields_ = (
        ("timestamp_s", c_long),
        ("timestamp_us", c_long),
        ("synchronized_clocks", c_int),
        ("sink_usec", c_uint64),
        ("source_usec", c_uint64),
        ("transport_usec", c_uint64),
        ("playing", c_int),
        ("write_index_corrupt", c_int),
        ("write_index", c_int64),
        ("read_index_corrupt", c_int),
        ("read_index", c_int64),
        ("configured_sink_usec", c_uint64),
        ("configured_source_usec", c_uint64),
        ("since_underrun", c_int64),
    )


class SinkInfo(Structure):
    """The first fields of pa_sink_info."""

    _fields_ = (
        ("name", c_char_p),
        ("index", c_uint32),
        ("description", c_char_p),
        ("sample_spec", SampleSpec),
    )


class ServerInfo(Structure):
    """The first fields of pa_server_info."""

    _fields_ = (
        ("user_name", c_char_p),
        ("host_name", c_char_p),
        ("server_version", c_char_p),
        ("server_name", c_char_p),
        ("sample_spec", SampleSpec),
        ("default_sink_name", c_char_p),
    )


_SINK_CALLBACK = CFUNCTYPE(None, c_void_p, POINTER(SinkInfo), c_int, c_void_p)
_SERVER_CALLBACK = CFUNCTYPE(None, c_void_p, POINTER(ServerInfo), c_void_p)

_PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "pa_strerror": (c_char_p, [c_int]),
    "pa_mainloop_new": (c_void_p, []),
    "pa_mainloop_free": (None, [c_void_p]),
    "pa_mainloop_get_api": (c_void_p, [c_void_p]),
    "pa_mainloop_iterate": (c_int, [c_void_p, c_int, c_void_p]),
    "pa_mainloop_prepare": (c_int, [c_void_p, c_int]),
    "pa_mainloop_poll": (c_int, [c_void_p]),
    "pa_mainloop_dispatch": (c_int, [c_void_p]),
    "pa_context_new": (c_void_p, [c_void_p, c_char_p]),
    "pa_context_connect": (c_int, [c_void_p, c_char_p, c_int, c_void_p]),
    "pa_context_get_state": (c_int, [c_void_p]),
    "pa_context_errno": (c_int, [c_void_p]),
    "pa_context_disconnect": (None, [c_void_p]),
    "pa_context_unref": (None, [c_void_p]),
    "pa_context_get_sink_info_list": (c_void_p, [c_void_p, _SINK_CALLBACK, c_void_p]),
    "pa_context_get_server_info": (c_void_p, [c_void_p, _SERVER_CALLBACK, c_void_p]),
    "pa_operation_get_state": (c_int, [c_void_p]),
    "pa_operation_unref": (None, [c_void_p]),
    "pa_stream_new": (c_void_p, [c_void_p, c_char_p, POINTER(SampleSpec), c_void_p]),
    "pa_stream_connect_playback": (
        c_int,
        [c_void_p, c_char_p, POINTER(BufferAttributes), c_int, c_void_p, c_void_p],
    ),
    "pa_stream_get_state": (c_int, [c_void_p]),
    "pa_stream_get_sample_spec": (POINTER(SampleSpec), [c_void_p]),
    "pa_stream_get_device_name": (c_char_p, [c_void_p]),
    "pa_stream_get_underflow_index": (c_int64, [c_void_p]),
    "pa_stream_cork": (c_void_p, [c_void_p, c_int, c_void_p, c_void_p]),
    "pa_stream_write": (c_int, [c_void_p, c_char_p, c_size_t, c_void_p, c_int64, c_int]),
    "pa_stream_update_timing_info": (c_void_p, [c_void_p, c_void_p, c_void_p]),
    "pa_stream_get_timing_info": (POINTER(TimingInfo), [c_void_p]),
    "pa_stream_disconnect": (c_int, [c_void_p]),
    "pa_stream_unref": (None, [c_void_p]),
}


def load() -> Any:
    """libpulse with its prototypes. Raises `OSError` where it is not installed."""
    library = ctypes.CDLL("libpulse.so.0")
    for name, (result, arguments) in _PROTOTYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


@dataclass(frozen=True, slots=True)
class Sink:
    """An output of the sound server."""

    name: str
    """The server's name for it."""
    description: str
    """The name people read."""
    sample_rate: int
    channels: int
    is_default: bool


class Connection:
    """A connection to the user's sound server. Raises `OutputError` where none answers.

    The server remembers a volume for each `application`.
    """

    TIMEOUT_S = 2.0
    """For what a server on this machine answers in milliseconds."""

    def __init__(self, application: str = "Skaldcast") -> None:
        try:
            self.pulse = load()
        except OSError as error:
            raise OutputError(f"libpulse could not be loaded: {error}") from error
        self._loop = self.pulse.pa_mainloop_new()
        self.context = self.pulse.pa_context_new(
            self.pulse.pa_mainloop_get_api(self._loop), application.encode()
        )
        try:
            if self.pulse.pa_context_connect(self.context, None, NOAUTOSPAWN, None) < 0:
                raise OutputError(f"no sound server answers: {self.why()}")
            self.wait(lambda: self.pulse.pa_context_get_state(self.context) >= CONTEXT_READY)
            self.turn()
        except BaseException:
            self.close()
            raise

    def turn(self) -> None:
        """Deal with what has arrived, without waiting. Raises `OutputError` for a lost server."""
        while self.pulse.pa_mainloop_iterate(self._loop, 0, None) > 0:
            pass
        if self.pulse.pa_context_get_state(self.context) >= CONTEXT_FAILED:
            raise OutputError(f"the sound server is gone: {self.why()}; start it again")

    def wait(self, done: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> bool:
        """Turn until `done`, for at most `timeout_s` seconds; whether it was."""
        end_s = time.monotonic() + timeout_s
        self.turn()
        while not done():
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                return False
            self.pulse.pa_mainloop_prepare(self._loop, max(1, int(left_s * 1e6)))
            self.pulse.pa_mainloop_poll(self._loop)
            self.pulse.pa_mainloop_dispatch(self._loop)
            self.turn()
        return True

    def finished(self, operation: Any) -> bool:
        return self.pulse.pa_operation_get_state(operation) != OPERATION_RUNNING

    def complete(self, operation: Any, timeout_s: float = TIMEOUT_S) -> bool:
        """Wait for an operation; whether it came to its end."""
        if not operation:
            return False
        done = self.wait(lambda: self.finished(operation), timeout_s)
        self.pulse.pa_operation_unref(operation)
        return done

    def why(self) -> str:
        return self.pulse.pa_strerror(self.pulse.pa_context_errno(self.context)).decode()

    def sinks(self) -> tuple[str, list[Sink]]:
        """The server's name and its sinks."""
        server: list[tuple[str, bytes | None]] = []
        found: list[tuple[bytes, bytes, int, int]] = []

        def take_server(_context: Any, info: Any, _data: Any) -> None:
            if info:
                server.append((info.contents.server_name.decode(), info.contents.default_sink_name))

        def take_sink(_context: Any, info: Any, end: int, _data: Any) -> None:
            if not end:
                sink = info.contents
                spec = sink.sample_spec
                found.append((sink.name, sink.description, spec.rate, spec.channels))

        on_server, on_sink = _SERVER_CALLBACK(take_server), _SINK_CALLBACK(take_sink)
        self.complete(self.pulse.pa_context_get_server_info(self.context, on_server, None))
        self.complete(self.pulse.pa_context_get_sink_info_list(self.context, on_sink, None))
        server_name, default = server[0] if server else ("", None)
        return server_name, [
            Sink(name.decode(), (description or name).decode(), rate, channels, name == default)
            for name, description, rate, channels in found
        ]

    def close(self) -> None:
        if self._loop:
            self.pulse.pa_context_disconnect(self.context)
            self.pulse.pa_context_unref(self.context)
            self.pulse.pa_mainloop_free(self._loop)
            self._loop = None
