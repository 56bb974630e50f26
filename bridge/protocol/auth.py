"""The password's challenge, as obs-websocket 5 has it: nothing secret goes over the wire, and an
answer that was overheard is worth nothing in another connection."""

import base64
import hashlib
import hmac
from collections.abc import Callable

from .handshake import Challenge

_BYTES = 32


def make_challenge(random_bytes: Callable[[int], bytes]) -> Challenge:
    """A new challenge with a new salt, of 32 random bytes each."""
    return Challenge(challenge=_base64(random_bytes(_BYTES)), salt=_base64(random_bytes(_BYTES)))


def answer(password: str, challenge: Challenge) -> str:
    """What a client that knows the password says."""
    secret = _digest(password + challenge.salt)
    return _digest(secret + challenge.challenge)


def is_right(password: str, challenge: Challenge, given: str) -> bool:
    """Whether `given` answers the challenge; takes the same time for every wrong answer."""
    return hmac.compare_digest(answer(password, challenge).encode(), given.encode())


def _digest(text: str) -> str:
    return _base64(hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
