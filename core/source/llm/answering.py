"""Gets one answer written: asks, keeps thoughts out, and asks again where it breaks off.

Runs as one task in main's event loop; it reads from the client and gives to `put`, which may wait.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

from ...errors import LanguageModelError
from ...settings import LlmSettings
from .chat_client import ChatClient
from .conversation import ChatMessage, Conversation
from .deltas import Delta
from .faults import BrokenOffError, BusyError, RefusedRequestError
from .resumption import Resumption, unfinished_sentence
from .speech_filter import SpeechFilter
from .status import StoryState

_QUIET_S = 2.0
"""Silence inside an answer that is told as a stall: at 12 tokens a second two dozen are due."""
_LONGEST_WAIT_S = 30.0
"""A server that asks for a longer wait is given up: a table does not wait that long."""
_MOST_CHARACTERS = 16
"""For each token that an answer may have; past that the server does not heed it."""
_GO_ON = (
    "(Your last message was cut off. {where} Do not mention this, and do not tell again what you "
    "have told.)"
)

_T = TypeVar("_T")
Tell = Callable[[StoryState, str], None]


class _AstrayError(Exception):
    """The server neither goes on with the answer nor repeats it."""


class Answering:
    """One answer, the last of the conversation. `put` takes its text and says when more is
    wanted; `tell` is told how it goes."""

    def __init__(
        self,
        client: ChatClient,
        settings: LlmSettings,
        conversation: Conversation,
        put: Callable[[str], Awaitable[None]],
        tell: Tell,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._settings = settings
        self._conversation = conversation
        self._messages = conversation.messages
        self._put = put
        self._tell = tell
        self._sleep = sleep
        self._instructed = False
        self._thought = False

    async def run(self) -> None:
        """Write it to its end; raises `LanguageModelError`."""
        tries = 0
        while True:
            try:
                await self._attempt()
                return
            except _AstrayError:
                self._instructed = True
            except RefusedRequestError:
                # Some servers take no message of the assistant's as the last one.
                if self._instructed or not self._conversation.answer:
                    raise
                self._instructed = True
            except BrokenOffError as fault:
                tries += 1
                await self._wait(fault, tries)

    async def _wait(self, fault: BrokenOffError, tries: int) -> None:
        """Wait before the next attempt; raises where there is none."""
        # A connection that broke is taken up at once: the voice has little left to say.
        patience = tries if isinstance(fault, BusyError) else tries - 1
        wait_s = float(2**patience // 2) if fault.after_s is None else fault.after_s
        in_vain = fault.in_vain and not self._conversation.answer
        if in_vain or tries > self._settings.retries or wait_s > _LONGEST_WAIT_S:
            raise self._given_up(fault, tries - 1) from fault
        when = f" in {wait_s:.0f} s" if wait_s else ""
        self._tell(StoryState.RETRYING, f"the language model: {fault}; asking again{when}")
        await self._sleep(wait_s)

    def _given_up(self, fault: BrokenOffError, retries: int) -> LanguageModelError:
        tried = f", asked {retries + 1} times" if retries else ""
        spoken = "what had come was spoken" if self._conversation.answer else ""
        if fault.after_s is not None and fault.after_s > _LONGEST_WAIT_S:
            to_do = f"ask again in {fault.after_s:.0f} s"
        else:
            to_do = "see that the server runs (skaldcast doctor), and ask again"
        parts = "; ".join(part for part in (f"{fault}{tried}", spoken, to_do) if part)
        return LanguageModelError(f"the language model: {parts}")

    async def _attempt(self) -> None:
        """Ask once, and write what comes of it."""
        said = self._conversation.answer
        resumption = Resumption(said, instructed=self._instructed) if said else None
        words = SpeechFilter(begun=bool(said))
        limit_s, refusal, finish = self._settings.first_token_s, "", None
        if not said:
            self._tell(StoryState.WAITING, "")
        async with contextlib.AsyncExitStack() as stack:
            entering = stack.enter_async_context(self._client.stream(self._body(said)))
            deltas = await self._within(limit_s, entering)
            while finish is None and (delta := await self._within(limit_s, _next(deltas))):
                limit_s = self._settings.stall_s
                self._thought = self._thought or delta.thought
                refusal, finish = refusal + delta.refusal, delta.finish
                await self._write(words.push(delta.text), resumption)
                finish = "length" if self._too_long else finish
        await self._write(words.finish(), resumption)
        if resumption is not None:
            await self._say(resumption.finish())
            if resumption.astray:
                raise _AstrayError
        self._thought = self._thought or words.thought
        self._end(finish, refusal)

    @property
    def _too_long(self) -> bool:
        most = self._settings.answer_tokens * _MOST_CHARACTERS
        return len(self._conversation.answer) > most

    async def _write(self, text: str, resumption: Resumption | None) -> None:
        if resumption is not None and text:
            text = resumption.push(text)
            if resumption.astray:
                raise _AstrayError
        await self._say(text)

    async def _say(self, text: str) -> None:
        if text:
            self._tell(StoryState.WRITING, "")
            self._conversation.write(text)
            await self._put(text)

    async def _within(self, limit_s: float, work: Awaitable[_T]) -> _T:
        """Wait for the server, and no longer than that; raises `BrokenOffError`."""
        quiet = asyncio.get_running_loop().call_later(_QUIET_S, self._tell_stall)
        try:
            async with asyncio.timeout(limit_s):
                return await work
        except TimeoutError as error:
            raise BrokenOffError(f"nothing came for {limit_s:g} s", in_vain=True) from error
        finally:
            quiet.cancel()

    def _tell_stall(self) -> None:
        if self._conversation.answer:
            self._tell(StoryState.STALLED, "")

    def _end(self, finish: str | None, refusal: str) -> None:
        """Tell how it ended, where that is not as it should; raises `LanguageModelError`."""
        if refusal or finish == "content_filter":
            why = f" ({' '.join(refusal.split())[:200]})" if refusal else ""
            raise LanguageModelError(
                f"the language model refuses to go on{why}; ask in other words, or another model"
            )
        if not self._conversation.answer.strip():
            why = "only thought, and said nothing" if self._thought else "answered nothing"
            raise LanguageModelError(
                f"the language model {why}; ask again, raise llm.answer_tokens, or choose another "
                "with llm.model"
            )
        told = ""
        if finish == "length":
            told = (
                f"the answer ends at {self._settings.answer_tokens} tokens; "
                "ask to go on, or raise llm.answer_tokens"
            )
        self._tell(StoryState.DONE, told)

    def _body(self, said: str) -> dict[str, Any]:
        messages = list(self._messages)
        if said:
            messages.append(ChatMessage("assistant", said))
            if self._instructed:
                messages.append(ChatMessage("user", _instruction(said)))
        return {
            "model": self._settings.model,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "stream": True,
            "temperature": self._settings.temperature,
            "max_tokens": self._settings.answer_tokens,
        }


async def _next(deltas: AsyncIterator[Delta]) -> Delta | None:
    """The next delta that is not empty: servers send some to keep the connection."""
    async for delta in deltas:
        if delta != Delta():
            return delta
    return None


def _instruction(said: str) -> str:
    if sentence := unfinished_sentence(said)[-300:]:
        where = (
            f"It stops in this sentence: “{sentence}” Begin with that sentence, word for word from "
            "its first word, and then go on."
        )
    else:
        where = "It stops after a full sentence. Begin with the sentence that comes next."
    return _GO_ON.format(where=where)


async def summary_of(
    client: ChatClient, settings: LlmSettings, messages: Sequence[ChatMessage]
) -> str:
    """What the model makes of these, in one piece; raises `LanguageModelError`."""
    body = {
        "model": settings.model,
        "messages": [{"role": m.role, "content": m.content} for m in messages],
        "stream": True,
        "temperature": 0.2,
        "max_tokens": settings.answer_tokens,
    }
    words = SpeechFilter()
    text = ""
    async with client.stream(body) as deltas:
        async for delta in deltas:
            text += words.push(delta.text)
            if delta.finish is not None:
                break
    return (text + words.finish()).strip()
