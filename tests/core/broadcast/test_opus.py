"""One Opus stream of the narration."""

import av
import numpy as np

from skaldcast.core.broadcast.opus import RATE, OpusEncoder, OpusPacket

VOICE_RATE = 24_000


def encoded(seconds: float, block: int) -> list[OpusPacket]:
    samples = np.sin(2 * np.pi * 440 * np.arange(int(seconds * VOICE_RATE)) / VOICE_RATE)
    samples = (0.5 * samples).astype(np.float32)
    encoder = OpusEncoder(VOICE_RATE)
    return [
        packet
        for start in range(0, samples.size, block)
        for packet in encoder.encode(samples[start : start + block])
    ]


def decoded(packets: list[OpusPacket]) -> np.ndarray:
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = RATE, "mono"
    frames = [frame for packet in packets for frame in decoder.decode(packet.for_sender())]
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames]) / 32_768


def test_times_count_on_in_packets_of_20_ms():
    packets = encoded(1.0, 480)
    assert [packet.frame for packet in packets] == [960 * n for n in range(len(packets))]
    assert len(packets) >= 48


def test_what_is_decoded_is_one_unbroken_tone():
    sound = decoded(encoded(1.0, 480))[4_800:-4_800]
    level = np.sqrt(np.mean(sound.reshape(-1, 480) ** 2, axis=1))
    assert 0.33 < level.min() < level.max() < 0.38


def test_blocks_of_any_size_give_the_same_stream():
    assert encoded(0.5, 480)[:20] == encoded(0.5, 1_000)[:20]
