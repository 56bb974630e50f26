"""Speech as a file that is sent while it is being made."""

import io

import av
import numpy as np
import pytest
import soundfile

from skaldcast.core.playout.frame_ring import Samples
from skaldcast.core.sound_encoding import FORMS, PCM_RATE, SoundForm, sound_encoder

RATE = 24_000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)).astype(np.float32)
CODED = [form for form in FORMS.values() if form.container]


def pieces(form: SoundForm, samples: Samples, rate: int = RATE, block: int = 4_800) -> list[bytes]:
    encoder = sound_encoder(form, rate)
    parts = [encoder.encode(samples[n : n + block]) for n in range(0, samples.size, block)]
    return [*parts, encoder.finish()]


def decoded(data: bytes) -> tuple[Samples, int]:
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        frames = list(container.decode(stream))
    planes = [frame.to_ndarray().reshape(1, -1) for frame in frames]
    samples = np.concatenate(planes, axis=1)[0]
    if samples.dtype == np.int16:
        samples = samples / 32_768
    return samples.astype(np.float32), frames[0].sample_rate


@pytest.mark.parametrize("form", CODED, ids=lambda f: f.name)
def test_what_is_decoded_is_what_was_said_from_end_to_end(form: SoundForm):
    samples, rate = decoded(b"".join(pieces(form, TONE)))
    assert abs(samples.size / rate - 2.0) < 0.1
    inner = samples[rate // 4 : -rate // 4]
    level = np.sqrt(np.mean(inner[: inner.size // 240 * 240].reshape(-1, 240) ** 2, axis=1))
    assert 0.3 < level.min() < level.max() < 0.41


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda f: f.name)
def test_it_is_given_out_while_it_is_being_made(form: SoundForm):
    parts = pieces(form, TONE)
    first_s = next(n for n, part in enumerate(parts) if len(part) > 100) * 0.2
    assert first_s <= 0.4
    assert sum(len(part) > 0 for part in parts) >= 8


def test_flac_loses_nothing():
    samples, rate = decoded(b"".join(pieces(FORMS["flac"], TONE)))
    assert rate == RATE
    assert np.abs(samples - TONE).max() < 1 / 32_767


def test_wav_is_read_whole_though_its_header_knows_no_end():
    data = b"".join(pieces(FORMS["wav"], TONE))
    samples, rate = soundfile.read(io.BytesIO(data))
    assert (rate, samples.size) == (RATE, TONE.size)
    assert np.abs(samples - TONE).max() < 1 / 32_767


@pytest.mark.parametrize("rate", [22_050, 24_000, 48_000])
def test_bare_pcm_has_one_rate_whatever_the_voices_is(rate: int):
    data = b"".join(pieces(FORMS["pcm"], np.zeros(rate, np.float32), rate))
    assert abs(len(data) / 2 - PCM_RATE) <= 2


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda f: f.name)
def test_nothing_said_is_still_a_file(form: SoundForm):
    data = b"".join(pieces(form, np.zeros(0, np.float32)))
    assert data or form.name in ("pcm", "mp3", "aac")


def test_what_is_too_loud_is_clipped_and_does_not_wrap():
    samples, _ = soundfile.read(io.BytesIO(b"".join(pieces(FORMS["wav"], 4 * TONE))))
    assert samples.max() > 0.99
    assert np.abs(np.diff(samples)).max() < 0.6
