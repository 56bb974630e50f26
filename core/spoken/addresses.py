"""Web and mail addresses, said short: "example dot org", "anna at example dot org"."""

import re

from .rules import Rule
from .spoken_text import Edit

_MOST = 300  # characters looked at on each side: a wall of addresses costs no more for being one
_ENDS = frozenset(" \t\n\"'“”‘’«»<>()[]{}|,;")
_TRAILING = ".,;:!?…*_"
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}")
_TOP = "com|org|net|edu|gov|io|de|uk|fr|eu|info|dev|app|gg|tv"
_PATH = re.compile(r"/([^\W\d_]{2,20})/?(?:[?#].*)?\Z")


def address_rule() -> Rule:
    """Begins at what no other word has: "://", "@", or a full stop before a known ending."""
    found = (
        rf"://|(?<=[\w.+-])@(?=[\w-]+\.\w)|(?<=[\w-])\.(?=(?:{_TOP})(?![\w-]))|(?<=\bwww)\.(?=\w)"
    )
    return Rule("address", found, _address)


def _address(match: re.Match[str]) -> Edit | None:
    text = match.string
    begin, end = match.span()
    least, most = max(0, begin - _MOST), min(len(text), end + _MOST)
    while begin > least and text[begin - 1] not in _ENDS:
        begin -= 1
    while end < most and text[end] not in _ENDS:
        end += 1
    while end > match.end() and text[end - 1] in _TRAILING:
        end -= 1
    while begin < match.start() and text[begin] in _TRAILING:
        begin += 1
    words = _said(text[begin:end])
    return Edit(begin, end, words) if words else None


def _said(address: str) -> str:
    """Empty where it is no address."""
    scheme, found, rest = address.partition("://")
    rest = (rest if found else address).removeprefix("mailto:")
    user, at, domain = rest.partition("@")
    if at and "/" not in user:
        return f"{_dots(user)} at {_dots(domain)}" if _HOST.fullmatch(domain) and user else ""
    if found and not scheme.isalpha():
        return ""
    host, _, path = rest.partition("/")
    host = host.partition(":")[0].partition("?")[0]
    if not _HOST.fullmatch(host):
        return _dots(host) if found else ""
    page = _PATH.fullmatch("/" + path) if path else None
    return _dots(host.removeprefix("www.")) + (f" slash {page[1]}" if page else "")


def _dots(name: str) -> str:
    return " ".join(
        {".": "dot", "-": "dash", "_": "underscore", "+": "plus"}.get(part, part)
        for part in re.split(r"([.\-_+])", name)
        if part
    )
