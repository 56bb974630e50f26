"""Channels that share one worker with the narration: what holds in whatever order things happen."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.simulated import Voice
from tests.core.simulation import sentences
from tests.core.voice_channels.choir import Choir

VOICES = (
    Voice(),
    Voice(latency_s=0.1, real_time_factor=0.25),
    Voice(capacity=3, real_time_factor=0.6, tells_words=False),
    Voice(block_s=0.0, real_time_factor=0.3, latency_s=0.2),
)


@dataclass(frozen=True)
class Step:
    after_s: float
    action: str
    singer: int
    words: int


STEPS = st.lists(
    st.builds(
        Step,
        after_s=st.sampled_from((0.0, 0.005, 0.3, 1.0, 4.0)),
        action=st.sampled_from(
            ("say", "say", "say", "narrate", "skip", "stop", "pause", "resume", "kill")
        ),
        singer=st.integers(0, 1),
        words=st.integers(1, 12),
    ),
    min_size=1,
    max_size=12,
)


def text_of(name: str, number: int, words: int) -> str:
    """Words that are nowhere else, and of which none is another's beginning: one that is cut off
    in its middle counts for none."""
    return " ".join(f"{name}{number:02}x{word:02}e" for word in range(words)) + "."


@settings(max_examples=60, deadline=None)
@given(STEPS, st.sampled_from(VOICES))
def test_whatever_one_channel_does_the_others_say_all_once_and_in_order(
    steps: list[Step], voice: Voice
):
    choir = Choir(voice, singers=3)
    narrated = 0
    for number, step in enumerate(steps):
        choir.run(step.after_s)
        singer = choir.singers[step.singer]
        match step.action:
            case "say":
                singer.say(text_of("s", number, step.words))
                choir.singers[2].say(text_of("u", number, step.words))
            case "narrate":
                narrated += 1
                choir.play(text_of("n", number, step.words))
            case "kill":
                choir.worker.kill()
            case action:
                getattr(singer, action)()
    for singer in choir.singers:
        singer.resume()
    choir.finish_all()
    undisturbed = choir.singers[2]
    if not undisturbed.lost_a_chunk:
        assert undisturbed.heard_words() == undisturbed.said
        assert set(undisturbed.outcomes()) <= {"finished"}
    for number, singer in enumerate(choir.singers):
        heard = [word for word in singer.heard_words() if word.endswith("e")]
        assert len(set(heard)) == len(heard)
        assert [w for w in singer.said if w in set(heard)] == heard
        assert len(singer.outcomes()) == len(singer.cues)
        told = {cue for e in singer.events if (cue := getattr(e, "cue_id", None)) is not None}
        assert all(cue.startswith(f"{number}-") for cue in told)
    if "kill" not in {step.action for step in steps}:
        assert set(choir.outcomes().values()) <= {"finished"}
        assert len(choir.outcomes()) == narrated


def test_two_channels_are_made_alike_far():
    choir = Choir(Voice(real_time_factor=0.3))
    one, two = choir.singers
    one.say(sentences(range(30), name="a"))
    choir.run(1.0)
    late = two.say(sentences(range(30), name="b"))
    choir.run(30.0)
    assert late.started_s is not None
    assert late.started_s - late.queued_s < 5.0
    assert abs(one.ready_s - two.ready_s) < 6.0
    assert one.underrun_frames == two.underrun_frames == 0


def test_channels_that_have_little_have_their_turns():
    choir = Choir(Voice(real_time_factor=0.3), singers=3)
    for singer, name in zip(choir.singers, "abc", strict=True):
        singer.say(sentences(range(30), 4, name))
    choir.run(5.0)
    order = [text[0].casefold() for _, text in sorted(choir.worker.texts.items())]
    assert order[:3] == ["a", "b", "c"]


def test_one_that_says_and_stops_all_the_time_keeps_nobody_from_the_worker():
    choir = Choir(Voice(real_time_factor=0.3))
    restless, other = choir.singers
    cue = other.say(sentences(range(10), name="b"))
    for number in range(200):
        restless.say(sentences([number], 20, "r"))
        choir.run(0.1)
        restless.stop()
    choir.finish_all()
    assert cue.started_s is not None
    assert cue.started_s - cue.queued_s < 5.0
    assert other.heard_words() == other.said
    assert other.underrun_frames == 0


def test_a_chunk_that_gave_way_in_the_middle_is_heard_whole_and_once():
    choir = Choir(Voice(real_time_factor=0.5), singers=1)
    (singer,) = choir.singers
    singer.say(sentences(range(6), name="a"))
    for number in range(5):
        choir.run(0.9)
        choir.play(sentences([number], name="n"))
    choir.finish_all()
    assert choir.worker.cancelled, "nothing gave way"
    assert singer.heard_words() == singer.said


def test_the_narration_is_made_first_and_is_heard_as_if_it_were_alone():
    voice = Voice(real_time_factor=0.5)
    text = sentences(range(8), name="n")

    def start_of(singers: int) -> tuple[float, int]:
        choir = Choir(voice, singers)
        for singer in choir.singers:
            singer.say(sentences(range(8), name="a"))
        choir.run(3.0)
        began = choir.clock.now
        choir.play(text)
        choir.finish_all()
        assert choir.heard_words() == text.replace(".", "").split()
        return choir.playout.runs[0][0] - began, choir.playout.underrun_frames

    alone_s, _ = start_of(0)
    beside_s, underrun_frames = start_of(2)
    assert underrun_frames == 0
    assert beside_s < 2 * alone_s + 0.1


def test_work_on_a_channel_is_seldom_thrown_away_once_the_narration_has_audio_to_spare():
    choir = Choir(Voice(real_time_factor=0.3), singers=1)
    choir.play(sentences(range(60), name="n"))
    (singer,) = choir.singers
    choir.run(30.0)
    before = len(choir.worker.cancelled)
    singer.say(sentences(range(20), name="a"))
    choir.finish_all()
    assert len(choir.worker.cancelled) - before <= 2
    assert singer.heard_words() == singer.said
    assert choir.playout.underrun_frames == singer.underrun_frames == 0


@pytest.mark.parametrize("capacity", [1, 4])
def test_a_channel_that_is_closed_in_the_middle_has_no_chunk_in_work_left(capacity: int):
    choir = Choir(Voice(real_time_factor=0.5, capacity=capacity))
    gone, other = choir.singers
    gone.say(sentences(range(20), name="a"))
    other.say(sentences(range(3), name="b"))
    choir.run(1.0)
    gone.close()
    choir.run(0.1)
    assert len(choir.channels) == 1
    assert not any(given.port is gone.line.port for given in choir.channels._given.values())
    choir.finish_all()
    assert other.heard_words() == other.said
    assert not choir.channels._given


def test_a_deadly_line_fails_on_its_own_channel_only():
    choir = Choir(Voice(deadly=frozenset({"doom"})))
    cursed, other = choir.singers
    cursed.say("The doom is near.")
    other.say(sentences(range(3), name="b"))
    choir.finish_all()
    assert cursed.outcomes() == ["failed"]
    assert other.outcomes() == ["finished"]
    assert other.heard_words() == other.said
