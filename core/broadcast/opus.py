"""One Opus stream of the narration, packet by packet, by PyAV."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.packet import Packet

from ..playout.frame_ring import Samples
from ..playout.resampler import Resampler

RATE = 48_000
PACKET_S = 0.020
_FRAMES = round(RATE * PACKET_S)
_TIME_BASE = Fraction(1, RATE)
_BIT_RATE = 64_000
"""Mono speech at 24 kHz: nothing is heard of the coding, and 20 listeners take 1.3 Mbit/s."""


@dataclass(frozen=True, slots=True)
class OpusPacket:
    """20 ms of sound."""

    frame: int
    """The first one, at 48 kHz, counted from the start."""
    data: bytes

    def for_sender(self) -> Any:
        """As PyAV's own packet, which aiortc's senders take and do not encode."""
        packet: Any = Packet(self.data)
        packet.pts, packet.time_base = self.frame, _TIME_BASE
        return packet


class OpusEncoder:
    """Encodes mono float32 at `sample_rate` for the whole narration: a coder that was begun anew
    for each chunk would click at every seam."""

    def __init__(self, sample_rate: int) -> None:
        self._resampler = Resampler(sample_rate, RATE)
        self._waiting = np.zeros(0, np.float32)
        self._pts = 0
        self._sent = 0
        codec: Any = av.CodecContext.create("libopus", "w")
        codec.sample_rate = RATE
        codec.format = "flt"
        codec.layout = "mono"
        codec.bit_rate = _BIT_RATE
        codec.time_base = _TIME_BASE
        # In-band FEC is for modes that the encoder hardly chooses at this rate: of 5 % of lost
        # packets Chromium got none back. It costs nothing.
        codec.options = {"application": "audio", "fec": "1", "packet_loss": "5"}
        self._codec = codec

    def encode(self, samples: Samples) -> list[OpusPacket]:
        """The packets that `samples`, float32 of shape (n,), complete."""
        self._waiting = np.concatenate((self._waiting, self._resampler.process(samples)))
        packets: list[OpusPacket] = []
        while self._waiting.size >= _FRAMES:
            packets += self._encode(self._waiting[:_FRAMES])
            self._waiting = self._waiting[_FRAMES:]
        return packets

    def _encode(self, samples: Samples) -> Iterator[OpusPacket]:
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate = RATE
        frame.time_base = _TIME_BASE
        frame.pts = self._pts
        self._pts += samples.size
        for packet in self._codec.encode(frame):  # their own times begin before 0
            yield OpusPacket(self._sent, bytes(packet))
            self._sent += _FRAMES
