"""What a language model's server says of itself: its models, and its answer to one short line."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...core.clock import monotonic_s
from ...core.errors import LanguageModelError, SkaldcastError
from ...core.settings import LlmSettings

if TYPE_CHECKING:
    from ...core.source.llm.chat_client import ChatClient
    from ...core.source.llm.storyteller import Storyteller

QUESTION = "In one short sentence: what do I see behind the old gate?"
_WAIT_S = 5.0
"""For the list of models."""
_ENOUGH = 400
"""Characters of an answer, past which no more is asked for."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a short question went, so far."""

    text: str = ""
    first_s: float | None = None
    """From the question to the first word; None before it."""
    took_s: float | None = None
    """To the end; None while it goes on."""
    error: str = ""
    """What went wrong, in one line."""


async def models_of(settings: LlmSettings) -> list[str]:
    """The models that the server has, by name; raises `LanguageModelError`."""
    client = await asyncio.to_thread(_client, settings)
    try:
        async with asyncio.timeout(_WAIT_S):
            return sorted(await client.list_models())
    except TimeoutError as error:
        raise LanguageModelError(
            f"{settings.endpoint} does not answer within {_WAIT_S:g} s; see that the server runs"
        ) from error
    finally:
        await client.close()


async def try_model(
    settings: LlmSettings,
    on_change: Callable[[Trial], None],
    clock: Callable[[], float] = monotonic_s,
) -> Trial:
    """Ask one short line, as the narrator is asked, and once; `on_change` gets what has come."""
    begin, trial = clock(), Trial()
    try:
        async with await asyncio.to_thread(_storyteller, settings) as storyteller:
            begin = clock()
            answer = storyteller.narrate(QUESTION)
            async for piece in answer:
                first_s = clock() - begin if trial.first_s is None else trial.first_s
                trial = replace(trial, text=_plain(trial.text + piece), first_s=first_s)
                on_change(trial)
                if len(trial.text) >= _ENOUGH:
                    answer.stop()
    except SkaldcastError as error:
        trial = replace(trial, error=str(error))
    return replace(trial, took_s=clock() - begin)


def said_of(settings: LlmSettings, models: Sequence[str]) -> str:
    """One line about the server and the model that is set."""
    there = f"{settings.endpoint} answers and has {len(models)} models"
    if settings.model in models or f"{settings.model}:latest" in models:
        return f"{there}, {settings.model} among them."
    return f"Trouble: {there}, but not {settings.model}: m chooses one."


def report(trial: Trial, model: str) -> str:
    """A trial in words."""
    if trial.error:
        said = f"\nBefore that it said: {trial.text}" if trial.text else ""
        return f"Trouble: {trial.error}{said}"
    if trial.first_s is None:
        return f"Asking {model}: {QUESTION}"
    end = "" if trial.took_s is None else f", the end after {trial.took_s:.2f} s"
    return f"{model}: first word after {trial.first_s:.2f} s{end}. Not spoken.\n{trial.text}"


def _client(settings: LlmSettings) -> "ChatClient":  # its module takes 0.1 s to import
    from ...core.source.llm.api_key import find_api_key
    from ...core.source.llm.chat_client import ChatClient

    return ChatClient(settings.endpoint, find_api_key(settings.api_key))


def _storyteller(settings: LlmSettings) -> "Storyteller":
    from ...core.source.llm.storyteller import Storyteller

    return Storyteller(replace(settings, retries=0))


def _plain(text: str) -> str:
    """Without what a model could do to a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
