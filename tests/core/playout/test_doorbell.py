import threading
from collections.abc import Iterator

import pytest

from skaldcast.core.errors import StateError
from skaldcast.core.playout.doorbell import Doorbell, ProcessDoorbell, ThreadDoorbell


@pytest.fixture(params=[ThreadDoorbell, ProcessDoorbell.create])
def bell(request: pytest.FixtureRequest) -> Iterator[Doorbell]:
    bell: Doorbell = request.param()
    yield bell
    bell.close()


def test_a_ring_is_remembered_until_it_is_heard(bell: Doorbell) -> None:
    bell.ring()
    assert bell.wait(None)
    assert not bell.wait(0.0)


def test_many_rings_are_one(bell: Doorbell) -> None:
    for _ in range(100_000):  # more than a pipe holds
        bell.ring()
    assert bell.wait(0.0)
    assert not bell.wait(0.0)


def test_no_ring_is_no_error(bell: Doorbell) -> None:
    assert not bell.wait(0.001)


def test_a_time_that_has_passed_is_no_wait(bell: Doorbell) -> None:
    assert not bell.wait(-1.0)


def test_a_ring_wakes_a_waiting_thread(bell: Doorbell) -> None:
    heard: list[bool] = []
    thread = threading.Thread(target=lambda: heard.append(bell.wait(60)))
    thread.start()
    bell.ring()
    thread.join(60)
    assert heard == [True]


def test_both_sides_of_a_process_bell_hear_and_ring() -> None:
    ours = ProcessDoorbell.create()
    theirs = ProcessDoorbell.attach(ours.handle)
    ours.ring()
    assert theirs.wait(60)
    theirs.ring()
    assert ours.wait(60)
    theirs.close()
    theirs.close()
    ours.close()


def test_a_bell_between_threads_has_no_descriptor() -> None:
    with pytest.raises(StateError, match="wait"):
        ThreadDoorbell().fileno()
