"""One Opus stream of the narration, packet by packet. The one file that uses PyAV."""

from fractions import Fraction

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


class OpusEncoder:
    """Encodes mono float32 at `sample_rate` for the whole narration: a coder that was begun anew
    for each chunk would click at every seam."""

    def __init__(self, sample_rate: int) -> None:
        self._resampler = Resampler(sample_rate, RATE)
        self._waiting = np.zeros(0, np.float32)
        self._pts = 0
        self._sent = 0
        codec = av.CodecContext.create("libopus", "w")
        codec.sample_rate = RATE
        codec.format = "flt"
        codec.layout = "mono"
        codec.bit_rate = _BIT_RATE
        codec.time_base = _TIME_BASE
        # A lost packet is repeated, coarser, in the next one (in-band FEC).
        codec.options = {"application": "audio", "fec": "1", "packet_loss": "5"}
        self._codec = codec

    def encode(self, samples: Samples) -> list[Packet]:
        """The packets, of 20 ms each, that `samples` of shape (n,) complete; their times count on
        in frames of 48 kHz."""
        self._waiting = np.concatenate((self._waiting, self._resampler.process(samples)))
        packets: list[Packet] = []
        while self._waiting.size >= _FRAMES:
            packets += self._encode(self._waiting[:_FRAMES])
            self._waiting = self._waiting[_FRAMES:]
        return packets

    def _encode(self, samples: Samples) -> list[Packet]:
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate = RATE
        frame.time_base = _TIME_BASE
        frame.pts = self._pts
        self._pts += samples.size
        packets = self._codec.encode(frame)
        for packet in packets:  # the coder's own times begin before 0
            packet.pts, packet.time_base = self._sent, _TIME_BASE
            self._sent += _FRAMES
        return packets
