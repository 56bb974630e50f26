"""Frames that are no message, and events for many sessions."""

import json

import pytest

from skaldcast.bridge.protocol import (
    MAX_MESSAGE_BYTES,
    Error,
    ErrorCode,
    Identify,
    decode_client,
    decode_server,
    encode_event,
)
from skaldcast.bridge.protocol.events import ChunkStarted
from skaldcast.bridge.protocol.requests import Pause, Say


def refused(frame: str | bytes) -> Error:
    found = decode_client(frame)
    assert isinstance(found, Error), found
    return found


NO_OBJECTS = [
    *("", " ", "{", "[]", "null", "7", '"say"', '{"type":"pause","id":"1"}}', "\ud800"),
    '{"type":"pause","id":NaN}',
    "[" * 50_000,
    '{"type":"pause","id":"1","x":' + "[" * 50_000,
]


@pytest.mark.parametrize("frame", NO_OBJECTS)
def test_what_is_no_json_object_is_told(frame: str):
    assert refused(frame).code == ErrorCode.NOT_JSON


def test_a_binary_frame_is_told():
    assert refused(b'{"type":"pause","id":"1"}').code == ErrorCode.BINARY_FRAME


def test_an_unknown_type_is_told_with_the_id():
    found = refused('{"type":"dance","id":"7"}')
    assert (found.code, found.id) == (ErrorCode.UNKNOWN_TYPE, "7")
    assert "dance" in found.text


def test_a_message_without_a_type_lacks_it():
    assert refused('{"id":"7"}').code == ErrorCode.MISSING_FIELD


@pytest.mark.parametrize("letter", ["a", "ü", "語", "🐉"])
def test_a_frame_is_measured_in_bytes(letter: str):
    frame = '{"type":"pause","id":"9","x":"%s"}'
    room = MAX_MESSAGE_BYTES - len(frame % "")
    fits = letter * (room // len(letter.encode()))
    assert isinstance(decode_client(frame % fits), Pause)
    found = refused(frame % (fits + letter))
    assert (found.code, found.id) == (ErrorCode.TOO_LARGE, "9")


def test_an_id_that_cannot_be_repeated_is_left_out_or_cut():
    assert refused('{"type":"dance","id":7}').id == ""
    assert refused(json.dumps({"type": "dance", "id": "x" * 999})).id == "x" * 128


def test_a_whole_number_may_be_written_as_godot_writes_it():
    found = decode_client('{"type":"identify","protocol":1.0,"client":"g"}')
    assert isinstance(found, Identify)
    assert found.protocol == 1


def test_fields_of_a_newer_client_are_passed_over():
    frame = '{"type":"say","id":"1","text":"Hi.","mood":{"joy":[1,2]}}'
    assert decode_client(frame) == Say(id="1", text="Hi.")


@pytest.mark.parametrize("text", ["plain", '"seq":0', "ü\u2028\x00", "🐉"])
def test_an_event_is_the_same_in_all_sessions_but_for_its_number(text: str):
    event = ChunkStarted(seq=0, time_s=1.5, cue_id='"seq":0', text=text, start=0, duration_s=2.0)
    frame = encode_event(event)
    for seq in (1, 12_345):
        found = decode_server(frame.numbered(seq))
        assert isinstance(found, ChunkStarted)
        assert (found.seq, found.cue_id, found.text) == (seq, '"seq":0', text)
