"""What can go wrong with a language model, each in one line: what failed, why, what to do."""

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, cast

from ...errors import LanguageModelError

_LONGEST = 200
_MODEL_MISSING = re.compile(r"model", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"context|too long|max(imum)?[ _](model[ _])?len|prompt_tokens", re.IGNORECASE
)
_BUSY = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
)


class BrokenOffError(LanguageModelError):
    """The answer broke off, or could not begin now; asking again may help.

    The message says only why: whoever gives up adds what to do.
    """

    def __init__(self, why: str, *, after_s: float | None = None, in_vain: bool = False) -> None:
        super().__init__(why)
        self.after_s = after_s
        """How long the server asks to wait before that."""
        self.in_vain = in_vain
        """Whether asking again helps only where an answer had begun: nobody is there."""


class BusyError(BrokenOffError):
    """The server answers, and cannot do it now: asking at once would not help."""


class RefusedRequestError(LanguageModelError):
    """The server does not take a request of this form."""


def told_by(error: Any) -> str:
    """What a server says about an error, in one short line; it may be an object, or text."""
    for _ in range(3):
        if not isinstance(error, dict):
            break
        fields = cast("dict[str, Any]", error)
        error = fields.get("error") or fields.get("message") or fields.get("detail") or ""
    text = " ".join(str(error).split()) if isinstance(error, str) else ""
    return text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(" ")[0] + " ..."


def told_by_body(body: bytes) -> str:
    """The same of the body of an answer; empty where it is a web page, or unreadable."""
    try:
        return told_by(json.loads(body))
    except (ValueError, RecursionError):
        return ""


def fault_of_status(
    status: int, reason: str, headers: Mapping[str, str], body: bytes, url: str, model: str
) -> LanguageModelError:
    """The error that an HTTP status means; a `BrokenOffError` where asking again may help."""
    told = told_by_body(body)
    shown = f"{status} {reason}".strip() + (f": {told}" if told else "")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return LanguageModelError(
            f"the language model's server refuses the key ({shown}); "
            "set llm.api_key or SKALDCAST_LLM_API_KEY"
        )
    if status in _BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        why = f"{url} cannot answer now ({shown})"
        return BusyError(why, after_s=_retry_after(headers))
    if told and status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
        if _TOO_LONG.search(told):
            return LanguageModelError(
                f"the conversation is too long for the model ({shown}); "
                "lower llm.history_tokens or give the model a larger context"
            )
        if _MODEL_MISSING.search(told):
            return LanguageModelError(
                f"the server has no model {model!r} ({shown}); "
                f"fetch it (ollama pull {model}), or choose another with llm.model"
            )
    if told or status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
        return RefusedRequestError(
            f"{url} refuses the request ({shown}); look at the settings llm.model and llm.endpoint"
        )
    return LanguageModelError(
        f"{url} is no language model's address ({shown}); mend llm.endpoint, as in "
        "http://127.0.0.1:11434/v1"
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; the header has them, or a date, which counts from the server's own clock."""
    text = headers.get("retry-after", "").strip()
    try:
        return max(float(text), 0.0)
    except ValueError:
        pass
    try:
        now = parsedate_to_datetime(headers.get("date", ""))
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
