"""One setting's value: what is allowed, and text turned into it. No I/O."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin
from unicodedata import category
from urllib.parse import urlsplit

T = TypeVar("T")

BOOLEANS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
RULE = "skaldcast"
"""Where `setting` keeps the `Rule` in a dataclass field's metadata."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting means and which values it takes, beyond its type."""

    meaning: str
    low: float = -math.inf
    """The least number allowed."""
    high: float = math.inf
    """The greatest number allowed."""
    secret: bool = False
    """Never shown, in no message and no table."""
    check: Callable[[str], object] | None = None
    """Raises `ValueError` ("must be ...") for text that will not do."""


def setting(
    default: T,
    meaning: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    secret: bool = False,
    check: Callable[[str], object] | None = None,
) -> T:
    """A dataclass field with its default, its meaning and what it allows."""
    rule = Rule(meaning, low, high, secret, check)
    return field(default=default, repr=not secret, metadata={RULE: rule})


def computed(default: Callable[[], T], meaning: str) -> T:
    """A dataclass field whose default depends on the machine, asked for when it is needed."""
    return field(default_factory=default, metadata={RULE: Rule(meaning)})


def parse(text: str, kind: Any) -> object:
    """Text from the environment or the command line as the value that a file would hold; text
    that does not read as `kind` is returned as it is, for `convert` to refuse."""
    try:
        if kind is int or kind is float:
            return kind(text)
    except ValueError:
        return text
    if bool in alternatives(kind):
        return BOOLEANS.get(text.strip().lower(), text)
    return text


def convert(value: object, kind: Any, rule: Rule, folder: Path) -> object:
    """The value as the field's type; relative paths count from `folder`.

    Raises `ValueError` with what is wrong and what is allowed, fit to follow the setting's name.
    """
    kinds = alternatives(kind)
    if type(None) in kinds and value in (None, ""):
        return None
    converted = _convert(value, kinds[0], folder)
    if converted is None or not _in_range(converted, rule):
        found = "" if rule.secret else f", not {shown(value)}"
        raise ValueError(f"must be {allowed(kind, rule)}{found}")
    if rule.check is not None:
        rule.check(cast("str", converted))
    return converted


def _convert(value: object, kind: Any, folder: Path) -> object:
    """The value as `kind`, None where it is none."""
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < 2**53 else None
    if get_origin(kind) is Literal:
        return value if value in get_args(kind) else None
    if kind is Path:
        return _path(str(value), folder) if isinstance(value, str | Path) else None
    if type(value) is not kind or (isinstance(value, str) and not _in_one_line(value)):
        return None
    return value


def _path(text: str, folder: Path) -> Path | None:
    if not text or not _in_one_line(text):
        return None
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:  # "~name" of a user that does not exist
        return None


def _in_one_line(text: str) -> bool:
    """Whether text has no control characters, which no name or path of ours needs."""
    return not any(category(character) == "Cc" for character in text)


def _in_range(value: object, rule: Rule) -> bool:
    return not isinstance(value, int | float) or rule.low <= value <= rule.high


def alternatives(kind: Any) -> tuple[Any, ...]:
    """The types a field takes: two for ``bool | None``, else one."""
    return get_args(kind) if isinstance(kind, UnionType) else (kind,)


def allowed(kind: Any, rule: Rule) -> str:
    """What a setting takes, in words: "a number from 0.5 to 2"."""
    kind = alternatives(kind)[0]
    if get_origin(kind) is Literal:
        return " or ".join(shown(choice) for choice in get_args(kind))
    if kind is bool:
        return "true or false"
    if kind is Path:
        return "a path"
    if kind is str:
        return "text in one line"
    noun = "a whole number" if kind is int else "a number"
    return f"{noun} from {rule.low:.10g} to {rule.high:.10g}"


def shown(value: object) -> str:
    """A value as TOML writes it, cut to one short line."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, str | Path):
        text = repr(str(value))[1:-1].replace("\\'", "'").replace('"', '\\"')
        return f'"{text}"' if len(text) <= 200 else f'"{text[:200]}..."'
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def check_not_empty(text: str) -> None:
    if not text.strip():
        raise ValueError("must not be empty")


def split_address(text: str) -> tuple[str, int]:
    """Host and port of ``host:port`` (``[::1]:7525`` for IPv6); raises `ValueError`."""
    try:
        parts = urlsplit(f"//{text}")
        if parts.hostname and parts.port is not None and parts.netloc == text and "@" not in text:
            return parts.hostname, parts.port
    except ValueError:  # a port that is no number or above 65535, a broken [address]
        pass
    raise ValueError(f"must be host:port, like 127.0.0.1:7525, not {shown(text)}")


def check_endpoint(text: str) -> None:
    """Refuses what is no address of an OpenAI-compatible server."""
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname and parts.path.endswith("/v1"):
            return
    except ValueError:
        pass
    raise ValueError(f"must be http://HOST:PORT/v1 or https://.../v1, not {shown(text)}")


def check_optional_address(text: str) -> None:
    """Raise `ValueError` where it is neither empty nor ``host:port``."""
    if text:
        split_address(text)


def split_ice_servers(text: str) -> tuple[str, ...]:
    """Addresses of STUN servers; raises `ValueError`."""
    servers = tuple(text.split())
    for server in servers:
        scheme, _, rest = server.partition(":")
        if scheme not in ("stun", "stuns") or not rest or "/" in rest:
            raise ValueError(f"must be STUN servers like stun:host:3478, not {server}")
    return servers


def split_pairs(text: str) -> dict[str, str]:
    """Names and what they mean, as NAME=VALUE between spaces; raises `ValueError`."""
    pairs: dict[str, str] = {}
    for pair in text.split():
        name, _, value = pair.partition("=")
        if not name or not value:
            raise ValueError(f"must be pairs like nova=hibari:heart, not {pair}")
        pairs[name] = value
    return pairs


def split_origins(text: str) -> tuple[str, ...]:
    """The origins of web pages, as browsers write them; raises `ValueError`."""
    origins = tuple(text.lower().split())
    for origin in origins:
        parts = urlsplit(origin)
        # A page from a file has the origin "null".
        if origin != "null" and (not parts.scheme or f"{parts.scheme}://{parts.netloc}" != origin):
            raise ValueError(f"must be origins like https://host or http://host:8060, not {origin}")
    return origins
