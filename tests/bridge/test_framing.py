"""Frames as websockets reads them."""

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from skaldcast.bridge.framing import binary_frame, text_frame


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 100_000])
def test_a_client_reads_what_was_written(length: int):
    client = ClientProtocol(parse_uri("ws://127.0.0.1"), state=State.OPEN)
    payload = b"x" * length
    client.receive_data(text_frame(payload) + binary_frame(payload))
    assert client.events_received() == [
        Frame(Opcode.TEXT, payload),
        Frame(Opcode.BINARY, payload),
    ]
