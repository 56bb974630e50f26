"""The sound among several sessions: who is sent it, whose pace is kept, what a lost one costs."""

from typing import Any

import pytest

from skaldcast.bridge.protocol import ErrorCode
from skaldcast.bridge.protocol.audio import unpack
from skaldcast.core import events as core
from skaldcast.core.errors import ProcessError
from skaldcast.core.playout.buffer_statistics import Heard
from skaldcast.core.types import Outcome
from tests.bridge.talking import Client, Stage
from tests.core.feeding import World

RATE = 24_000


class Sounding(Stage):
    """A stage on which a second of sound is let out."""

    def __init__(self, **limits: Any) -> None:
        super().__init__(**limits)
        self.world = World(RATE)
        self.hub.offer_audio(self.world.feed)
        self.world.push(RATE)
        self.world.let_out(RATE)

    def listener(self, credit: int = RATE) -> Client:
        client = self.identified()
        assert client.ask("audio_start", format={}, credit=credit)["type"] == "ok"
        return client

    def send(self) -> None:
        while self.hub.send_audio(self.clock()):
            pass

    def finish_a_cue(self) -> None:
        """It was heard up to the frame 12,000."""
        self.speaker.position = Heard(12_000, 1.0)
        self.hub.take(core.CueFinished(1.0, "a", Outcome.FINISHED), self.clock())


def played(client: Client, frame: int) -> None:
    assert client.ask("audio_position", stream=1, frame=frame, credit=0)["type"] == "ok"


def kinds(client: Client) -> list[str]:
    return [event["type"] for event in client.events()]


def test_the_feature_is_told():
    assert "audio" in Sounding().client().hello["features"]


def test_many_listeners_have_their_turns():
    stage = Sounding()
    clients = [stage.listener() for _ in range(70)]
    assert stage.hub.send_audio(stage.clock())
    assert sum(len(client.received) for client in clients) == 16
    for _ in range(20):
        stage.hub.send_audio(stage.clock())
    assert {sum(len(frame) - 16 for frame in client.received) for client in clients} == {RATE * 4}


def test_who_does_not_keep_up_is_sent_nothing_until_it_does():
    stage = Sounding()
    slow, other = stage.listener(), stage.listener()
    slow.congested = True
    stage.send()
    assert (len(slow.received), len(other.received) > 0) == (0, True)
    slow.congested = False
    stage.send()
    assert slow.received == other.received


def test_a_cue_ends_for_each_session_when_it_has_played_it():
    stage = Sounding()
    listener, watcher = stage.listener(), stage.identified()
    stage.send()
    stage.finish_a_cue()
    assert (kinds(listener), kinds(watcher)) == ([], ["cue_finished"])
    played(listener, 11_999)
    assert kinds(listener) == []
    played(listener, 12_000)
    assert kinds(listener) == ["cue_finished"]


def test_what_is_taken_back_is_told_to_who_was_sent_it_whatever_it_subscribed_to():
    stage = Sounding()
    listener, other = stage.listener(), stage.listener(credit=0)
    listener.ask("subscribe", events=[])
    stage.send()
    stage.world.hear(6_000)
    stage.world.clear(RATE)
    stage.send()
    (event,) = listener.events()
    assert (event["type"], event["from_frame"], event["to_frame"]) == ("audio_cleared", 6_000, RATE)
    assert kinds(other) == []


def test_the_pace_of_the_first_listener_is_kept():
    stage = Sounding()
    first, second = stage.listener(), stage.listener()
    stage.send()
    played(second, 200)
    played(first, 100)
    assert [frame for frame, _ in stage.speaker.paces] == [100]
    first.lose()
    played(second, 300)
    assert [frame for frame, _ in stage.speaker.paces] == [100, 300]


def test_a_position_that_comes_before_the_lost_stream_is_resumed_does_no_harm():
    stage = Sounding()
    listener = stage.listener()
    stage.send()
    session = listener.connection.session
    assert session is not None
    listener.lose()
    again = stage.client()
    again.identify(resume={"session": session.session_id, "last_seq": 0})
    played(again, 100)
    assert stage.speaker.paces == []


def test_a_stream_waits_for_its_lost_connection_and_then_its_events_are_told():
    stage = Sounding(kept_audio_s=10.0)
    listener = stage.listener()
    stage.send()
    stage.finish_a_cue()
    session = listener.connection.session
    assert session is not None
    listener.lose()
    stage.clock.pass_time(9.0)
    stage.hub.tick(stage.clock())
    assert session.audio is not None
    stage.clock.pass_time(1.5)
    stage.hub.tick(stage.clock())
    assert session.audio is None
    assert session.log.last_seq == 1


def test_who_comes_back_gets_nothing_until_it_asks_and_then_what_had_not_come():
    stage = Sounding()
    listener = stage.listener(credit=12_000)
    stage.send()
    assert listener.connection.session is not None
    resume = {"session": listener.connection.session.session_id, "last_seq": 0}
    listener.lose()
    again = stage.identified(resume=resume)
    stage.send()
    assert again.received == []
    point = {"stream": 1, "frame": 7_000}
    reply = again.ask("audio_start", format={}, credit=12_000, resume=point)
    assert (reply["stream"], reply["frame"], reply["resumed"]) == (1, 12_000, True)
    stage.send()
    frame = unpack(again.received[0])
    assert (frame.sequence, frame.position) == (0, 12_000)
    sent = sum(len(unpack(f).data) for f in again.received) // 4
    assert sent == 5_000  # it has 7,000 that it has not played
    assert again.ask("audio_start", format={}, resume=point | {"frame": 10**6})["code"] == (
        ErrorCode.WRONG_POSITION
    )


@pytest.mark.parametrize(
    ("form", "resume"),
    [
        ({"channels": 2}, {"stream": 1, "frame": 0}),
        ({}, {"stream": 2, "frame": 0}),
        ({}, None),
    ],
)
def test_another_stream_takes_the_place_of_the_one_there_was(
    form: dict[str, Any], resume: dict[str, int] | None
):
    stage = Sounding()
    listener = stage.listener()
    stage.send()
    fields = {} if resume is None else {"resume": resume}
    reply = listener.ask("audio_start", format=form, **fields)
    assert (reply["stream"], reply["frame"], reply.get("resumed", False)) == (2, 0, False)


def test_positions_are_taken_though_the_narration_has_failed():
    stage = Sounding()
    listener = stage.listener()
    stage.send()
    stage.finish_a_cue()
    stage.hub.fail(ProcessError("the voice is gone"))
    played(listener, RATE)
    assert kinds(listener) == ["cue_finished"]
    assert listener.ask("audio_start", format={})["code"] == ErrorCode.ENGINE_FAILED


def test_the_level_is_told_while_something_is_heard():
    stage = Sounding()
    client = stage.identified(events=["audio_level"])
    for frame in (0, 1_200, 1_200, 2_400):
        stage.speaker.position = Heard(frame, 1.0)
        stage.hub.follow_sound(stage.clock())
    levels = client.events()
    assert [level["type"] for level in levels] == ["audio_level"] * 2
    assert all(level["peak"] == level["rms"] == 1.0 for level in levels)
