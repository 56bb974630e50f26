"""What a client remembers, and how long it waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.bridge.client_state import Backoff, ClientState, FinalError, may_repeat
from skaldcast.bridge.protocol import Hello, Identified
from skaldcast.bridge.protocol.auth import is_right
from skaldcast.bridge.protocol.events import StateChanged
from skaldcast.bridge.protocol.handshake import Challenge
from skaldcast.bridge.protocol.requests import Pause, Say, SayAppend, Skip
from skaldcast.core.errors import BridgeError


def hello(protocol: int = 1, auth: Challenge | None = None) -> Hello:
    return Hello(protocol=protocol, server="skaldcast 9", features=[], auth=auth)


def identified(session: str, *, resumed: bool) -> Identified:
    return Identified(session=session, resumed=resumed)


def event(seq: int) -> StateChanged:
    return StateChanged(seq=seq, time_s=0.0, state="idle")


@given(st.floats(0, 1))
def test_each_wait_is_twice_the_one_before_up_to_five_seconds(random: float):
    backoff = Backoff(lambda: random)
    waits = [backoff.next_s() for _ in range(9)]
    whole = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]
    assert all(w / 2 <= wait <= w for wait, w in zip(waits, whole, strict=True))
    backoff.connected()
    assert backoff.next_s() <= 0.1


def test_the_first_time_there_is_nothing_to_resume():
    state = ClientState("c", "")
    assert state.identify(hello()).resume is None
    assert state.identified(identified("s", resumed=False))
    assert state.receive(event(1))
    point = state.identify(hello()).resume
    assert point is not None
    assert (point.session, point.last_seq) == ("s", 1)


def test_an_event_is_taken_once_and_none_may_be_missing():
    state = ClientState("c", "")
    assert [state.receive(event(seq)) for seq in (1, 2, 2, 1, 3)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    with pytest.raises(BridgeError, match="missing"):
        state.receive(event(5))
    assert state.last_seq == 3


def test_a_session_that_is_gone_is_noticed_and_its_numbers_begin_anew():
    state = ClientState("c", "")
    state.identified(identified("s", resumed=False))
    state.receive(event(1))
    assert state.identified(identified("s", resumed=True))
    assert state.last_seq == 1
    assert not state.identified(identified("t", resumed=False))
    assert state.last_seq == 0


def test_a_challenge_is_answered_and_a_password_that_is_lacking_is_final():
    challenge = Challenge(challenge="c", salt="s")
    message = ClientState("c", "hush").identify(hello(auth=challenge))
    assert message.auth is not None
    assert is_right("hush", challenge, message.auth)
    with pytest.raises(FinalError, match="password"):
        ClientState("c", "").identify(hello(auth=challenge))


def test_an_older_server_is_told():
    with pytest.raises(FinalError, match="update the server"):
        ClientState("c", "").identify(hello(protocol=0))


def test_what_would_be_done_twice_is_not_sent_again():
    assert may_repeat(Pause(id="1"))
    assert may_repeat(Say(id="1", text="Hi.", cue_id="a"))
    assert may_repeat(Skip(id="1", cue_id="a"))
    assert may_repeat(SayAppend(id="1", cue_id="a", text="x", start=0))
    assert not may_repeat(Skip(id="1"))
    assert not may_repeat(Say(id="1", text="Hi."))
    assert not may_repeat(SayAppend(id="1", cue_id="a", text="x"))
