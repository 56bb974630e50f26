"""What a session is sent of the sound, and what it is told once it has played it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.bridge.protocol import AudioFormat, Encoding
from skaldcast.bridge.protocol.audio import HEADER_BYTES, MAX_AUDIO_BYTES, pack, unpack
from skaldcast.bridge.protocol.events import AudioCleared, CueFinished, WordStarted
from skaldcast.bridge.sent_audio import PositionError, SentAudio
from skaldcast.core.playout.buffer_ledger import NO_GATE
from skaldcast.core.types import Outcome
from tests.core.feeding import STEPS, Listener, Step, World

RATE = 24_000
FORMAT = AudioFormat()


def opened(world: World, credit: int = 0, form: AudioFormat = FORMAT) -> SentAudio:
    audio = SentAudio(world.feed, 1, form, credit)
    audio.open = True
    return audio


def speaking(frames: int = RATE) -> World:
    world = World(RATE)
    world.let_out(NO_GATE)
    world.push(frames)
    return world


def frames_of(audio: SentAudio) -> int:
    """Send all that may be sent."""
    before = audio.sent
    while audio.next_frame() is not None:
        pass
    return audio.sent - before


def word(at: int) -> WordStarted:
    return WordStarted(seq=0, time_s=at / RATE, cue_id="a", word="w", start=0, duration_s=0.1)


@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("channels", [1, 2])
def test_a_frame_is_read_as_it_was_written(encoding: Encoding, channels: int):
    form = AudioFormat(encoding=encoding, channels=channels)
    samples = np.array([0.0, 0.5, -1.0, 1.0, 1.5], np.float32)
    frame = pack(7, 2**32 - 1, 2**40, samples, form)
    assert len(frame) == HEADER_BYTES + 5 * form.frame_bytes
    found = unpack(frame)
    assert (found.stream, found.sequence, found.position) == (7, 2**32 - 1, 2**40)
    heard = samples if encoding is Encoding.F32 else samples.clip(-1, 1)
    expected = np.repeat(heard[:, None], channels, axis=1)
    assert np.abs(found.samples(form) - expected).max() <= 0.5 / 32_767


def test_a_frame_without_a_whole_header_is_refused():
    with pytest.raises(ValueError, match="header of 16 bytes"):
        unpack(b"short")


@pytest.mark.parametrize("channels", [1, 2])
def test_no_frame_is_larger_than_promised(channels: int):
    form = AudioFormat(sample_rate=48_000, channels=channels)
    audio = opened(speaking(), 48_000, form)
    sizes = []
    while (frame := audio.next_frame()) is not None:
        sizes.append(len(frame))
    assert max(sizes) <= MAX_AUDIO_BYTES
    assert max(sizes) > MAX_AUDIO_BYTES - 64


def test_without_credit_nothing_is_sent():
    audio = opened(speaking())
    assert audio.next_frame() is None
    audio.played(0, 1_000)
    assert frames_of(audio) == 1_000
    audio.played(400, 1_000)
    assert frames_of(audio) == 400
    audio.played(1_400, 0)
    assert frames_of(audio) == 0


def test_nothing_is_sent_before_the_request_is_answered():
    audio = SentAudio(speaking().feed, 1, FORMAT, 1_000)
    assert audio.next_frame() is None


@pytest.mark.parametrize("frame", [199, 1_001, 2**53])
def test_a_position_that_cannot_be_is_refused_and_changes_nothing(frame: int):
    audio = opened(speaking(), 1_000)
    frames_of(audio)
    audio.played(200, 800)
    with pytest.raises(PositionError):
        audio.played(frame, 5_000)
    assert frames_of(audio) == 0
    audio.played(200, 1_000)
    assert frames_of(audio) == 200


def test_what_a_client_drops_makes_room_at_once():
    world = speaking()
    audio = opened(world, 5_000)
    frames_of(audio)
    audio.played(1_000, 4_000)
    world.hear(2_000)
    world.clear(10_000)
    (event,) = audio.take_notices(1.0)
    assert event == AudioCleared(seq=0, time_s=1.0, stream=1, from_frame=2_000, to_frame=5_000)
    assert frames_of(audio) == 3_000  # 1,000 of 4,000 are still to be played
    audio.played(2_000, 4_000)
    assert frames_of(audio) == 1_000


def test_what_happened_is_told_once_its_sound_has_been_played():
    audio = opened(speaking(), RATE)
    frames_of(audio)
    audio.hold(word(100), 100)
    audio.hold(word(3_000), 3_000)
    assert audio.release(1.0) == []
    audio.played(220, RATE)
    assert [e.time_s for e in audio.release(1.0)] == [pytest.approx(0.995)]
    audio.played(5_400, RATE)
    assert [e.time_s for e in audio.release(2.0)] == [pytest.approx(1.9)]


@pytest.mark.parametrize("clock", [-3, 0, 3])
def test_nothing_begins_before_the_client_has_played_of_it(clock: int):
    world = speaking(6_000)
    audio = opened(world, RATE)
    frames_of(audio)
    audio.hold(word(0), clock)
    assert audio.release(1.0) == []
    audio.played(6_000, RATE)
    assert len(audio.release(1.0)) == 1
    world.push(6_000)  # another follows on it
    frames_of(audio)
    audio.hold(word(6_000), 6_000 + clock)
    assert audio.release(1.0) == []


def test_what_was_cut_off_ends_once_the_client_has_come_to_the_cut():
    world = speaking()
    audio = opened(world, RATE)
    frames_of(audio)
    world.hear(6_000)
    world.clear(RATE)
    audio.take_notices(1.0)
    audio.hold(CueFinished(seq=0, time_s=1.0, cue_id="a", outcome=Outcome.SKIPPED), 6_000)
    audio.played(5_999, RATE)
    assert audio.release(1.0) == []
    audio.played(6_000, RATE)
    assert len(audio.release(1.0)) == 1


def test_of_too_many_events_the_oldest_are_told_early():
    audio = opened(speaking(), RATE)
    frames_of(audio)
    for number in range(1_005):
        audio.hold(word(number), 10_000 + number)
    assert len(audio.release(0.0)) == 5


def test_events_are_told_with_their_own_time_where_the_stream_ends():
    audio = opened(speaking(), RATE)
    audio.hold(word(6_000), 6_000)
    assert [e.time_s for e in audio.release(9.0, all_of_them=True)] == [0.25]


def test_who_comes_back_gets_what_had_not_come_with_sequence_numbers_from_0():
    audio = opened(speaking(), 6_000)
    first = [unpack(f) for f in iter(audio.next_frame, None)]
    assert [f.sequence for f in first] == [0]
    audio.lost = True
    assert audio.next_frame() is None
    audio.resume(4_000, 6_000)
    audio.open = True
    frame = unpack(audio.next_frame() or b"")
    assert (frame.sequence, frame.position) == (0, 6_000)
    assert frame.samples(FORMAT)[0, 0] == 4_000


CLIENT = st.tuples(st.sampled_from(["credit", "play", "lie", "lose"]), st.integers(0, 3_000))


@given(steps=st.lists(st.one_of(STEPS, CLIENT), max_size=50))
def test_whatever_a_client_does_it_gets_what_was_let_out_once_and_within_its_credit(
    steps: list[Step],
):
    world, listener = World(RATE), Listener()
    audio = opened(world)
    played = credit = 0
    for kind, number in steps:
        match kind:
            case "credit":
                credit = number
                audio.played(played, credit)
            case "play":
                played = min(played + number, audio.sent)
                audio.played(played, credit)
            case "lie":
                for frame in (audio.sent + 1 + number, played - 1 - number):
                    with pytest.raises(PositionError):
                        audio.played(frame, 3_000)
            case "lose":
                received = max(audio.sent - number, played)
                listener.got = {p: v for p, v in listener.got.items() if p < received}
                audio.resume(received, credit)
                audio.open = True
            case _:
                world.do((kind, number))
        receive(audio, listener)
        assert sum(position >= played for position in listener.got) <= max(credit, 0) + 3_000
    audio.played(played, 10**6)
    receive(audio, listener)
    assert [n for n in listener.kept if n not in world.dropped] == world.wanted


def receive(audio: SentAudio, listener: Listener) -> None:
    sequences: list[int] = []
    for event in audio.take_notices(0.0):
        assert isinstance(event, AudioCleared)
        for position in range(event.from_frame, event.to_frame):
            listener.got.pop(position, None)
    while (frame := audio.next_frame()) is not None:
        found = unpack(frame)
        sequences.append(found.sequence)
        listener.take(found.position, found.samples(FORMAT)[:, 0])
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences))) if sequences else 1
