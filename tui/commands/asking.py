"""`ask`: a language model narrates, spoken while it is still writing."""

import asyncio
import re
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from dataclasses import replace

from ...core.narrator import Narrator
from ...core.settings import LlmSettings
from ...core.source.llm.status import StoryState, StoryStatus
from ...core.source.llm.storyteller import Answer, Storyteller
from ...core.source.reader import TextReader
from ..feeding import typed
from ..journaling import Begun
from ..options import settings_of
from ..streams import emit, tell
from .speaking import narrate

_SILENT_S = 6.0
"""After so long without a first word the user is told what is waited for."""
_CONTROL = re.compile(r"[^\S\n]|[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""What a model could do to a terminal."""


def ask(arguments: Namespace) -> int:
    """Ask, speak the answer, and write its text to standard output as it comes."""
    return asyncio.run(_ask(arguments))


async def _ask(arguments: Namespace) -> int:
    settings = _settings(arguments)
    prompt = await _prompt(arguments)
    async with Storyteller(settings, _tell_status) as storyteller:
        # Before the voice: both take about a second to begin.
        answer = storyteller.narrate(prompt)
        waiting = asyncio.get_running_loop().call_later(
            _SILENT_S, _tell_waiting, storyteller, settings
        )

        async def feed(narrator: Narrator) -> None:
            await storyteller.speak(narrator, answer, _shown(answer)).wait_finished()

        try:
            return await narrate(
                arguments, feed, Begun("ask"), show_progress=not sys.stdout.isatty()
            )
        finally:
            waiting.cancel()


def _settings(arguments: Namespace) -> LlmSettings:
    settings = settings_of(arguments).settings.llm
    return settings if arguments.system is None else replace(settings, prompt_file=arguments.system)


async def _prompt(arguments: Namespace) -> str:
    if arguments.prompt != ["-"]:
        return typed(" ".join(arguments.prompt))
    return "".join([text async for text in TextReader.standard_input()])


async def _shown(answer: Answer) -> AsyncIterator[str]:
    """The answer, which is written to standard output as it passes."""
    ended = True
    try:
        async for piece in answer:
            emit(_CONTROL.sub(" ", piece), end="")
            ended = piece.endswith("\n")
            yield piece
    finally:
        if not ended:
            emit("")


def _tell_status(status: StoryStatus) -> None:
    if status.text and status.state is not StoryState.FAILED:  # the cue tells why it failed
        tell(status.text)


def _tell_waiting(storyteller: Storyteller, settings: LlmSettings) -> None:
    if storyteller.status.state is StoryState.WAITING:
        tell(f"waiting for {settings.model} to begin, at most {settings.first_token_s:g} s")
