"""Sessions that wait to be resumed, and whose cues stall."""

from skaldcast.bridge.channel import Channel
from skaldcast.bridge.limits import Limits
from skaldcast.bridge.session import SessionStore
from skaldcast.core.errors import StateError
from tests.bridge.talking import Client, FakeSpeaker, Stage
from tests.fakes import Clock


def session_id(client: Client) -> str:
    assert client.connection.session is not None
    return client.connection.session.session_id


def resumes(stage: Stage, name: str) -> bool:
    answer = stage.client().identify(resume={"session": name, "last_seq": 0})
    assert isinstance(answer, dict)
    return answer["resumed"]


def test_a_session_waits_for_ten_minutes():
    stage = Stage()
    client = stage.identified()
    client.lose()
    name = next(iter(stage.hub.sessions)).session_id
    stage.clock.pass_time(599.0)
    stage.hub.tick(stage.clock())
    assert resumes(stage, name)
    stage = Stage()
    stage.identified().lose()
    stage.clock.pass_time(600.0)
    stage.hub.tick(stage.clock())
    assert len(stage.hub.sessions) == 0


def test_a_connected_session_does_not_expire():
    stage = Stage()
    client = stage.identified()
    stage.clock.pass_time(10_000.0)
    stage.hub.tick(stage.clock())
    assert client.ask("pause")["type"] == "ok"


def test_of_too_many_that_wait_the_oldest_goes():
    stage = Stage(sessions=2)
    clients = [stage.identified() for _ in range(3)]
    names = [session_id(client) for client in clients]
    for client in (clients[1], clients[0], clients[2]):
        client.lose()
    assert [resumes(stage, name) for name in names] == [True, False, True]


def test_names_cannot_be_guessed():
    asked: list[int] = []

    def source(size: int) -> bytes:
        asked.append(size)
        return bytes(range(size))

    session = SessionStore(Limits(), source).open(None, Channel(FakeSpeaker(Clock())))
    assert asked == [16]
    assert session.session_id == bytes(range(16)).hex()


def test_a_line_whose_text_stalls_is_taken_as_complete():
    stage = Stage()
    client = stage.identified()
    client.ask("say_start", cue_id="a")
    for _ in range(3):
        stage.clock.pass_time(59.0)
        stage.hub.tick(stage.clock())
        client.ask("say_append", cue_id="a", text="more ")
    assert stage.speaker.is_open("a")
    stage.clock.pass_time(60.0)
    stage.hub.tick(stage.clock())
    assert not stage.speaker.is_open("a")


def test_sooner_where_its_client_is_gone_but_it_may_come_back():
    stage = Stage()
    client = stage.identified()
    name = session_id(client)
    client.ask("say_start", cue_id="a")
    stage.clock.pass_time(50.0)
    client.lose()
    stage.clock.pass_time(9.0)
    stage.hub.tick(stage.clock())
    again = stage.client()
    again.identify(resume={"session": name, "last_seq": 0})
    assert again.ask("say_append", cue_id="a", text="more")["type"] == "ok"
    again.lose()
    stage.clock.pass_time(10.0)
    stage.hub.tick(stage.clock())
    assert not stage.speaker.is_open("a")


def test_also_where_the_session_itself_is_gone():
    stage = Stage(sessions=1)
    client = stage.identified()
    client.ask("say_start", cue_id="a")
    client.lose()
    stage.identified().lose()
    stage.clock.pass_time(10.0)
    stage.hub.tick(stage.clock())
    assert not stage.speaker.is_open("a")


def test_a_narrator_that_has_ended_does_not_keep_the_other_sessions_from_expiring():
    stage = Stage()
    client = stage.identified()
    client.ask("say_start", cue_id="a")
    client.lose()
    stage.speaker.raises = StateError("closed")
    stage.clock.pass_time(10_000.0)
    stage.hub.tick(stage.clock())
    assert len(stage.hub.sessions) == 0
