"""Who has a channel of its own, and what is told on it."""

import pytest

from skaldcast.bridge.channel import Channel
from skaldcast.bridge.connection import Close
from skaldcast.bridge.protocol import ErrorCode
from skaldcast.core.errors import ProcessError
from tests.bridge.talking import Client, FakeSpeaker, Stage
from tests.core.feeding import World

RATE = 24_000


class Choir(Stage):
    """A stage where sessions may have channels of their own."""

    def __init__(self, **limits: int | float) -> None:
        super().__init__(**limits)
        self.opened: list[FakeSpeaker] = []
        self.closed: list[FakeSpeaker] = []
        self.worlds: list[World] = []
        self.fails = False
        self.hub.offer_channels(self._open)

    def _open(self) -> Channel:
        if self.fails:
            raise ProcessError("the voice is gone")
        speaker, world = FakeSpeaker(self.clock), World(RATE)
        self.opened.append(speaker)
        self.worlds.append(world)
        return Channel(
            speaker,
            world.feed,
            is_own=True,
            gain=lambda: speaker.volume,
            close=lambda: self.closed.append(speaker),
        )

    def alone(self) -> Client:
        return self.identified(policy="session")

    def refusal(self) -> Close:
        answer = self.client().identify(policy="session")
        assert isinstance(answer, Close)
        return answer

    def tell(self) -> None:
        super().tell()
        for channel in self.hub._own:
            speaker = channel.speaker
            assert isinstance(speaker, FakeSpeaker)
            told, speaker.told = speaker.told, []
            for event in told:
                self.hub.take(event, self.clock(), channel)


def cues(client: Client) -> list[tuple[str, str]]:
    return [(e["type"], e["cue_id"]) for e in client.events() if e["type"] != "cue_predicted"]


def test_the_feature_is_told_where_there_are_channels():
    assert "channels" in Choir().client().hello["features"]
    assert "channels" not in Choir(channels=0).client().hello["features"]
    assert "channels" not in Stage().client().hello["features"]


def test_cues_and_events_stay_on_their_channel_though_the_ids_are_the_same():
    stage = Choir()
    one, two, queue = stage.alone(), stage.alone(), stage.identified()
    for client in (one, two, queue):
        assert client.ask("say", text="Hi.", cue_id="a").get("known", False) is False
    assert [speaker.waiting for speaker in (*stage.opened, stage.speaker)] == [1, 1, 1]
    stage.opened[0].end(stage.opened[0].all["a"])
    stage.tell()
    assert cues(one) == [("cue_queued", "a"), ("cue_finished", "a")]
    assert cues(two) == cues(queue) == [("cue_queued", "a")]


@pytest.mark.parametrize("kind", ["pause", "resume", "skip", "stop", "clear"])
def test_the_transport_is_that_of_the_channel(kind: str):
    stage = Choir()
    client, other = stage.alone(), stage.alone()
    assert client.ask(kind)["type"] == "ok"
    assert kind in stage.opened[0].done
    assert stage.opened[1].done == stage.speaker.done == []
    assert other.ask("skip", cue_id="nobody's")["code"] == ErrorCode.UNKNOWN_CUE


def test_one_too_many_is_refused_and_the_queue_is_open_to_it():
    stage = Choir(channels=2)
    stage.alone()
    stage.alone()
    assert stage.refusal().code == 4025
    assert stage.identified(policy="queue").ask("say", text="Hi.")["type"] == "ok"


def test_a_channel_that_nobody_came_back_to_makes_way_after_ten_seconds():
    stage = Choir(channels=1)
    stage.alone().lose()
    stage.clock.pass_time(9.9)
    assert stage.refusal().code == 4025
    stage.clock.pass_time(0.1)
    stage.alone()
    assert stage.closed == stage.opened[:1]


def test_a_channel_lasts_until_its_session_can_be_resumed_no_more():
    stage = Choir()
    client = stage.alone()
    session = client.connection.session
    assert session is not None
    client.lose()
    stage.clock.pass_time(599.0)
    stage.hub.tick(stage.clock())
    point = {"session": session.session_id, "last_seq": 0}
    again = stage.client()
    answer = again.identify(policy="session", resume=point)
    assert isinstance(answer, dict)
    assert answer["resumed"]
    assert (len(stage.opened), stage.closed) == (1, [])
    again.ask("say", text="Still here.", cue_id="a")
    assert stage.opened[0].waiting == 1
    again.lose()
    stage.clock.pass_time(600.0)
    stage.hub.tick(stage.clock())
    assert stage.closed == stage.opened
    assert stage.hub._own == []


def test_a_voice_that_cannot_be_had_is_told_as_why_there_is_no_channel():
    stage = Choir()
    stage.fails = True
    refusal = stage.refusal()
    assert (refusal.code, refusal.reason) == (4025, "the voice is gone")
    assert len(stage.hub.sessions) == 0


def test_each_is_sent_the_sound_of_its_channel_and_moves_its_clock_only():
    stage = Choir()
    one, two = stage.alone(), stage.alone()
    for client in (one, two):
        assert client.ask("audio_start", format={}, credit=RATE)["type"] == "ok"
    stage.worlds[0].push(1_000)
    stage.worlds[0].let_out(1_000)
    while stage.hub.send_audio(stage.clock()):
        pass
    assert sum(len(frame) - 16 for frame in one.received) == 4_000
    assert two.received == []
    one.ask("audio_position", stream=1, frame=500, credit=RATE)
    assert [len(speaker.paces) for speaker in (*stage.opened, stage.speaker)] == [1, 0, 0]


def test_levels_are_told_by_channel():
    stage = Choir()
    client = stage.identified(policy="session", events=["buffer_level"])
    stage.opened[0].buffered_s, stage.speaker.buffered_s = 2.0, 7.0
    stage.hub.tell_level(stage.clock())
    assert [event["buffered_s"] for event in client.events()] == [2.0]


def test_text_that_stalls_on_a_channel_is_taken_as_complete():
    stage = Choir(open_cue_s=60.0)
    client = stage.alone()
    client.ask("say_start", text="And then", cue_id="a")
    stage.clock.pass_time(60.0)
    stage.hub.tick(stage.clock())
    assert not stage.opened[0].is_open("a")
    assert client.ask("say_append", cue_id="a", text="!")["code"] == ErrorCode.TEXT_COMPLETE
