"""The password's challenge."""

import base64
import hashlib
import os

import pytest

from skaldcast.bridge.protocol.auth import answer, is_right, make_challenge


def test_the_answer_is_the_one_of_the_contract():
    challenge = make_challenge(os.urandom)
    secret = base64.b64encode(hashlib.sha256(("hüsh" + challenge.salt).encode()).digest())
    whole = secret + challenge.challenge.encode()
    expected = base64.b64encode(hashlib.sha256(whole).digest()).decode()
    assert answer("hüsh", challenge) == expected
    assert is_right("hüsh", challenge, expected)


@pytest.mark.parametrize("given", ["", "x", "ü", "🐉" * 100])
def test_any_other_answer_is_wrong(given: str):
    assert not is_right("hush", make_challenge(os.urandom), given)


def test_an_answer_that_was_overheard_is_worth_nothing_in_another_connection():
    first, second = make_challenge(os.urandom), make_challenge(os.urandom)
    assert first.salt != second.salt
    assert first.challenge != second.challenge
    assert not is_right("hush", second, answer("hush", first))


def test_the_random_bytes_are_those_it_is_given():
    asked: list[int] = []

    def source(size: int) -> bytes:
        asked.append(size)
        return bytes(size)

    challenge = make_challenge(source)
    assert asked == [32, 32]
    assert base64.b64decode(challenge.salt) == bytes(32)
