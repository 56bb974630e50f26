"""The meter for messages."""

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.bridge.limits import Meter


@given(
    st.floats(1, 100),
    st.integers(1, 20),
    st.lists(st.floats(0, 0.5), max_size=60),
)
def test_never_more_than_the_burst_and_the_rate_pass(rate: float, burst: int, waits: list[float]):
    meter, now, passed = Meter(rate, burst, 0.0), 0.0, 0
    for wait in waits:
        now += wait
        passed += meter.take(now)
        assert passed <= burst + rate * now + 1e-6


def test_a_burst_passes_and_more_only_as_fast_as_the_rate():
    meter = Meter(10.0, 3.0, 100.0)
    assert [meter.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert not meter.take(100.05)
    assert meter.take(100.15)
    assert [meter.take(900.0) for _ in range(4)] == [True, True, True, False]
