"""Where the bridge may listen."""

import pytest

from skaldcast.bridge.options import BridgeOptions
from skaldcast.core.errors import BridgeError, ConfigError
from tests.core.narrating import run


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_others_are_not_let_in_without_a_password(host: str):
    async def work() -> None:
        with pytest.raises(ConfigError, match="needs a password"):
            await BridgeOptions(host=host).check()
        await BridgeOptions(host=host, password="hush").check()

    run(work)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_this_machine_alone_needs_none(host: str):
    async def work() -> None:
        await BridgeOptions(host=host).check()

    run(work)


def test_a_host_that_is_not_known_is_told():
    async def work() -> None:
        with pytest.raises(BridgeError, match="not known"):
            await BridgeOptions(host="no-such-host.invalid").check()

    run(work)


def test_the_address_for_clients_is_told_as_they_write_it():
    assert BridgeOptions().url(7525) == "ws://127.0.0.1:7525"
    assert BridgeOptions(host="::1").url(1) == "ws://[::1]:1"


def test_the_password_is_in_no_message():
    assert "hush" not in repr(BridgeOptions(password="hush"))
