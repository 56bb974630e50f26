"""Every message, made from its class: it goes there and back, and what is wrong is refused."""

import json
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect as mi

from skaldcast.bridge.protocol import (
    Error,
    ErrorCode,
    EventName,
    Hello,
    Identified,
    Identify,
    Message,
    RenderFinished,
    RenderWords,
    decode_reply,
    decode_server,
    encode,
)
from skaldcast.bridge.protocol.events import Event
from skaldcast.bridge.protocol.replies import Ok, Reply
from skaldcast.bridge.protocol.requests import ClientRequest
from tests.bridge.talking import decoded, samples, too_large_values, wrong_values

Kind = type[Message]
REPLIES: list[Kind] = [kind for kind in get_args(Reply) if kind is not Error]
FROM_CLIENT: list[Kind] = [Identify, *get_args(ClientRequest)]
FROM_SERVER: list[Kind] = [
    Hello,
    Identified,
    Error,
    RenderWords,
    RenderFinished,
    *get_args(Event),
]


def fields(kind: Kind) -> tuple[mi.Field, ...]:
    info = mi.type_info(kind)
    assert isinstance(info, mi.StructType)
    return info.fields


def altered(kind: Kind, field: mi.Field, value: Any) -> dict[str, Any]:
    return next(samples(kind)) | {field.encode_name: value}


def without(message: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key != name}


CLIENT_FIELDS = [(kind, field) for kind in FROM_CLIENT for field in fields(kind)]
CLIENT_NAMES = [f"{kind.__name__}.{field.name}" for kind, field in CLIENT_FIELDS]
each_client_field = pytest.mark.parametrize(("kind", "field"), CLIENT_FIELDS, ids=CLIENT_NAMES)


@pytest.mark.parametrize("kind", FROM_CLIENT)
def test_what_a_client_sends_goes_there_and_back(kind: Kind):
    for sample in samples(kind):
        message = decoded(sample)
        assert type(message) is kind
        assert decoded(json.loads(encode(message))) == message


@pytest.mark.parametrize("kind", FROM_SERVER)
def test_what_the_server_sends_goes_there_and_back(kind: Kind):
    for sample in samples(kind):
        message = decode_server(json.dumps(sample))
        assert type(message) is kind
        assert decode_server(encode(message)) == message


@pytest.mark.parametrize("kind", REPLIES)
def test_a_reply_goes_there_and_back_as_the_one_that_was_asked_for(kind: type[Ok]):
    for sample in samples(kind):
        reply = decode_reply(json.dumps(sample), kind)
        assert decode_reply(encode(reply), kind) == reply
        assert decode_server(encode(reply)) == Ok(id=reply.id)


@each_client_field
def test_a_field_that_must_be_there_is_missed(kind: Kind, field: mi.Field):
    for sample in samples(kind):
        found = decoded(without(sample, field.encode_name))
        if not field.required:
            assert type(found) is kind
            continue
        assert isinstance(found, Error)
        assert found.code == ErrorCode.MISSING_FIELD
        assert f"`{field.encode_name}`" in found.text
        assert found.id == without(sample, field.encode_name).get("id", "")


@each_client_field
def test_a_value_of_another_type_is_refused(kind: Kind, field: mi.Field):
    for value in wrong_values(field.type):
        found = decoded(altered(kind, field, value))
        assert isinstance(found, Error), value
        assert found.code in (ErrorCode.WRONG_TYPE, ErrorCode.MISSING_FIELD), found
        assert field.encode_name in found.text


@each_client_field
def test_a_value_that_is_too_large_or_none_of_the_choices_is_refused(kind: Kind, field: mi.Field):
    for value in too_large_values(field.type):
        found = decoded(altered(kind, field, value))
        assert isinstance(found, Error), value
        assert found.code == ErrorCode.WRONG_VALUE, found
        assert field.encode_name in found.text


@pytest.mark.parametrize("kind", FROM_SERVER)
def test_a_client_does_not_take_a_servers_message_in_pieces(kind: Kind):
    for field in fields(kind):
        if field.required:
            sample = without(next(samples(kind)), field.encode_name)
            with pytest.raises(msgspec.ValidationError, match=field.encode_name):
                decode_server(json.dumps(sample))


@pytest.mark.parametrize("kind", [*FROM_SERVER, *REPLIES])
def test_what_the_server_says_is_not_a_clients_to_send(kind: Kind):
    found = decoded(next(samples(kind)))
    assert isinstance(found, Error)
    assert found.code == ErrorCode.UNKNOWN_TYPE


def test_the_events_to_subscribe_to_are_those_there_are():
    assert {kind.__struct_config__.tag for kind in get_args(Event)} == set(EventName)


def test_no_two_messages_of_a_side_have_one_name():
    for kinds in (FROM_CLIENT, FROM_SERVER):
        tags = [kind.__struct_config__.tag for kind in kinds]
        assert len(set(tags)) == len(tags)
