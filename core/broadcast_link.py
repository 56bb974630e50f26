"""Main's side of the broadcast process: who listens, and the volume.

The process is there from the first listener on. It reads the audio buffer by itself; nothing that
befalls it reaches the voice.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from uuid import uuid4

from .broadcast.messages import (
    BroadcastEnded,
    ConnectListener,
    DisconnectListener,
    EndBroadcast,
    ListenerAnswered,
    ListenerRefused,
    ListenersChanged,
    SetBroadcastGain,
    StartBroadcast,
)
from .child import ChildProcess
from .errors import BroadcastError, ProcessError
from .playout.audio_buffer import AudioBuffer

_log = logging.getLogger(__name__)

_ANSWER_S = 20.0
"""For the first listener the process starts: 2 s, ten on a machine that has too much to do."""
_HANG_S = 15.0
"""A process that is silent for so long hangs: it tells once a second that it does not."""
_TURN_S = 0.5
_END_S = 2.0
"""The longest wait for the last packets to be sent."""
_MOST_ASKED = 64
"""Offers that wait for an answer at once."""


@dataclass(frozen=True, slots=True)
class BroadcastOptions:
    """How listeners are served."""

    ice_servers: tuple[str, ...] = ()
    """Addresses of STUN servers, ``stun:host:port``, for listeners behind other routers."""
    most_listeners: int = 50


class BroadcastLink:
    """Starts the process, hands it offers, and ends it. All methods are called in the event loop
    of the narrator whose `buffer` it is."""

    def __init__(self, buffer: AudioBuffer, options: BroadcastOptions, gain: float) -> None:
        self.listeners: tuple[str, ...] = ()
        """Who is connected, by the ids that `connect` gave."""
        self._buffer = buffer
        self._options = options
        self._gain = gain
        self._child: ChildProcess | None = None
        self._asked: dict[ConnectListener, asyncio.Future[str]] = {}
        """Offers without an answer; each new process is told of them."""
        self._watch: asyncio.TimerHandle | None = None
        self._lost: ProcessError | None = None
        self._ended = asyncio.Event()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def connect(self, offer: str) -> tuple[str, str]:
        """Let somebody listen who sent this offer, in SDP; returns an id and the answer. Raises
        `BroadcastError`."""
        if find_spec("aiortc") is None:
            raise BroadcastError(
                "nobody can listen to this program: it was built without aiortc", later=True
            )
        if len(self._asked) >= _MOST_ASKED:
            raise BroadcastError("too many want to listen at once: try again soon", later=True)
        if self._child is None or self._lost is not None:
            self._start()
        assert self._child is not None
        request = ConnectListener(listener := uuid4().hex, offer)
        answer = self._asked[request] = asyncio.get_running_loop().create_future()
        self._child.send(request)
        try:
            return listener, await asyncio.wait_for(answer, _ANSWER_S)
        except TimeoutError as error:
            self.disconnect(listener)
            raise BroadcastError(
                f"no answer could be made within {_ANSWER_S:g} s: this machine has too much to do",
                later=True,
            ) from error
        finally:
            del self._asked[request]

    def disconnect(self, listener: str) -> None:
        """Let a listener go; one that is gone already is no error."""
        if self._child is not None:
            self._child.send(DisconnectListener(listener))

    def set_gain(self, gain: float) -> None:
        """The master volume, as a factor."""
        self._gain = gain
        if self._child is not None:
            self._child.send(SetBroadcastGain(gain))

    async def close(self) -> None:
        """Let listeners hear the end, and end the process. Idempotent."""
        self._stop_watching()
        self._refuse("the narration is over")
        child, self._child = self._child, None
        if child is None:
            return
        if child.pid is not None and self._lost is None:
            child.retire()
            child.send(EndBroadcast())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _END_S)
        await child.close()

    def _start(self) -> None:
        self._lost = None
        self._child = ChildProcess(
            "broadcast",
            f"{__package__}.broadcast.process",
            first_messages=self._first_messages,
            on_message=self._on_message,
            on_death=self._on_death,
            on_lost=self._give_up,
            inherited_fds=self._buffer.inherited_fds(),
        )
        self._child.start()

    def _first_messages(self) -> Sequence[object]:
        self._await_message()
        options = self._options
        start = StartBroadcast(
            self._buffer.handle, self._gain, options.ice_servers, options.most_listeners
        )
        return [start, *self._asked]

    def _await_message(self) -> None:
        self._stop_watching()
        self._watch = asyncio.get_running_loop().call_later(_HANG_S, self._look_again)

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look_again(self) -> None:
        """Where this process stood still, what the other said waits in the pipe yet."""
        self._watch = asyncio.get_running_loop().call_later(_TURN_S, self._end_hung)

    def _end_hung(self) -> None:
        if self._child is not None:
            _log.warning("the broadcast process hangs; it is ended and started again")
            self._child.kill()

    def _on_message(self, message: Any) -> None:
        if self._child is not None:  # else it is being closed, and has its time for that
            self._await_message()
        match message:
            case ListenerAnswered(listener, answer):
                self._settle(listener, answer)
            case ListenerRefused(listener, reason, is_full):
                self._settle(listener, BroadcastError(reason, later=is_full))
            case ListenersChanged(listeners):
                self.listeners = listeners
            case BroadcastEnded():
                self._ended.set()
            case _:  # BroadcastTicked
                if self._child is not None:
                    self._child.settled()

    def _settle(self, listener: str, result: str | BroadcastError) -> None:
        answer = next((a for r, a in self._asked.items() if r.listener == listener), None)
        if answer is None or answer.done():  # it was given up meanwhile
            if isinstance(result, str):
                self.disconnect(listener)
        elif isinstance(result, str):
            answer.set_result(result)
        else:
            answer.set_exception(result)

    def _on_death(self, status: int) -> None:
        del status
        self.listeners = ()

    def _refuse(self, reason: str) -> None:
        self.listeners = ()
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(BroadcastError(reason, later=True))

    def _give_up(self, error: ProcessError) -> None:
        self._lost = error
        self._stop_watching()
        self._refuse(f"nobody can listen: {error}")
