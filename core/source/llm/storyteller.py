"""The storyteller: a conversation with a language model, told while it is being written.

Runs in main's event loop, as one task for each answer. Feeds whoever iterates the answer, mostly a
narrator's cue, and waits where that is behind.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Self

from ...cue import Cue
from ...errors import LanguageModelError, StateError, TextError
from ...narrator import Narrator
from ...reading import Texts
from ...settings import LlmSettings
from ...subscription import Subscription
from ...types import Outcome
from .api_key import find_api_key
from .conversation import Conversation, Fold
from .follower import HeardFollower
from .prompt import read_prompt
from .status import StoryState, StoryStatus

_log = logging.getLogger(__name__)
_PIECES_AHEAD = 64
"""Pieces of an answer, mostly tokens, that are read before they are wanted: 5 s of writing. Past
that nothing more is read from the server."""
_EVENTS = 1000
"""Events that may wait while the loop is busy: a minute of words."""
_SUMMARY_S = 60.0
"""The longest wait for a summary; past that the oldest turns are dropped."""

OnStatus = Callable[[StoryStatus], None]
Sleep = Callable[[float], Awaitable[None]]


class Answer:
    """An answer as it is being written: an async iterator of pieces of text, to be iterated once.

    Raises `LanguageModelError` where it fails. Cancelling a wait for its next piece, `aclose` and
    `stop` end the request to the server at once.
    """

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[str | LanguageModelError | None] = asyncio.Queue(_PIECES_AHEAD)
        self._writing: asyncio.Task[None] | None = None
        self._ended = False

    def start(self, write: "Callable[[Answer], Any]") -> None:
        """Called by the storyteller: begin to write."""
        self._writing = asyncio.create_task(write(self))

    async def put(self, piece: str | LanguageModelError | None) -> None:
        """Called by the storyteller: a piece, the error that ends it, or None at its end. Waits
        while 64 pieces are not taken."""
        await self._pieces.put(piece)

    @property
    def writing(self) -> bool:
        """Whether it is still being written."""
        return self._writing is not None and not self._writing.done()

    def stop(self) -> None:
        """End it here; what was taken of it stays."""
        if self._writing is not None:
            self._writing.cancel()
        self._ended = True
        while not self._pieces.empty():
            self._pieces.get_nowait()
        self._pieces.put_nowait(None)  # for one who waits

    async def wait_stopped(self) -> None:
        """Wait until the request has ended."""
        if self._writing is not None:
            await asyncio.wait((self._writing,))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        if self._ended:
            raise StopAsyncIteration
        try:
            piece = await self._pieces.get()
        except asyncio.CancelledError:
            self.stop()
            raise
        if isinstance(piece, str) and not self._ended:
            return piece
        self._ended = True
        if isinstance(piece, LanguageModelError):
            raise piece
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """End it here, and wait until the request has ended."""
        self.stop()
        await self.wait_stopped()


class Storyteller:
    """Asks a language model and keeps the conversation.

        async with Storyteller(settings.llm) as storyteller:
            cue = storyteller.tell(narrator, "I open the door.")
            await cue.wait_finished()

    One answer is written at a time. `on_status` is told how it goes, from the event loop.
    """

    def __init__(
        self,
        settings: LlmSettings,
        on_status: OnStatus | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`sleep` waits before an answer is asked for again. Raises `ConfigError` where the prompt
        file cannot be read."""
        self._settings = self._wanted = settings
        self._sleep = sleep
        self._on_status = on_status
        self.conversation = Conversation(read_prompt(settings.prompt_file), settings.history_tokens)
        self.status = StoryStatus(StoryState.IDLE)
        self._client: Any = None
        self._answer: Answer | None = None
        self._folding: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End what is being written and close the connections. Idempotent."""
        if self._answer is not None:
            await self._answer.aclose()
        tasks = [task for task in (self._folding, *self._ending) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    def use(self, settings: LlmSettings, system: str) -> None:
        """Heed other settings from the next question on; the conversation goes on. `system` is
        what the model is told to be."""
        self._wanted = settings
        self.conversation.system = system
        self.conversation.budget_tokens = settings.history_tokens

    # telling

    def narrate(self, prompt: str) -> Answer:
        """Ask; the answer comes as it is written. Raises `TextError` for a blank prompt, and
        `StateError` while another answer is being written."""
        if not prompt.strip():
            raise TextError("there is nothing to ask: the prompt is empty")
        self._check_free()
        self.conversation.ask(prompt)
        return self._start()

    def regenerate(self) -> Answer:
        """Drop the last answer and ask for another one. Raises `StateError` where nothing was
        asked, and while an answer is being written."""
        self._check_free()
        self.conversation.regenerate()
        return self._start()

    def tell(self, narrator: Narrator, prompt: str, **options: Any) -> Cue:
        """Ask, and speak the answer as a cue while it is written; `options` are those of
        `Narrator.stream`. The request ends with the cue. Raises what `narrate` does."""
        return self.speak(narrator, self.narrate(prompt), **options)

    def speak(
        self, narrator: Narrator, answer: Answer, texts: Texts | None = None, **options: Any
    ) -> Cue:
        """Speak an answer as a cue, with which the request ends; where it is not heard to its end,
        the model is told no more of it than was. `texts` is its text, where it is not read from
        `answer` itself."""
        events = narrator.events(capacity=_EVENTS)
        try:
            cue = narrator.stream(answer if texts is None else texts, **options)
        except BaseException:
            answer.stop()
            raise
        task = asyncio.create_task(self._end_with(cue, answer, events))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return cue

    def stop(self) -> None:
        """End the answer that is being written, and its request, at once."""
        if self._answer is not None and self._answer.writing:
            self._answer.stop()

    def heard(self, upto: int) -> None:
        """Only the first `upto` characters of the last answer were heard: the model is told no
        more of it. Raises `StateError` while it is being written."""
        self._check_free()
        self.conversation.heard(upto)

    def _check_free(self) -> None:
        if self._answer is not None and self._answer.writing:
            raise StateError("an answer is being written: stop it first")

    async def _end_with(self, cue: Cue, answer: Answer, events: Subscription) -> None:
        follower = HeardFollower(cue, events)
        following = asyncio.create_task(follower.follow())
        try:
            await cue.wait_finished()
        finally:
            answer.stop()
            events.end()
            await following
        if cue.outcome in (Outcome.SKIPPED, Outcome.INTERRUPTED):
            await answer.wait_stopped()
            if self._answer is answer:  # else another one has been asked for already
                self.conversation.heard(follower.heard())

    # writing

    def _start(self) -> Answer:
        self._answer = Answer()
        self._answer.start(self._write)
        return self._answer

    async def _write(self, answer: Answer) -> None:
        from .answering import Answering  # httpx comes with it

        try:
            self._tell(StoryState.WAITING)
            if self._folding is not None:
                await asyncio.wait((self._folding,))
            client = await self._open_anew()
            told = (answer.put, self._tell, self._sleep)
            await Answering(client, self._settings, self.conversation, *told).run()
        except asyncio.CancelledError:
            self._tell(StoryState.STOPPED)
            raise
        except LanguageModelError as error:
            self._tell(StoryState.FAILED, str(error))
            await answer.put(error)
            return
        except Exception as error:  # a defect of ours must not leave the voice waiting
            _log.exception("an answer broke off")
            self._tell(StoryState.FAILED, repr(error))
            await answer.put(LanguageModelError(f"the answer broke off: {error!r}"))
            return
        await answer.put(None)
        self._fold()

    async def _open_anew(self) -> Any:
        """The client for a new answer, by the settings that are wanted now."""
        if self._wanted != self._settings:
            self._settings, client, self._client = self._wanted, self._client, None
            if client is not None:
                await client.close()
        return self._open()

    def _open(self) -> Any:
        if self._client is None:
            from .chat_client import ChatClient

            key = find_api_key(self._settings.api_key)
            self._client = ChatClient(self._settings.endpoint, key)
        return self._client

    def _tell(self, state: StoryState, text: str = "") -> None:
        status = StoryStatus(state, text)
        if status != self.status:
            self.status = status
            if self._on_status is not None:
                self._on_status(status)

    # remembering

    def _fold(self) -> None:
        """Have the oldest turns summed up, while the answer is still being spoken."""
        fold = self.conversation.fold()
        if fold is not None:
            self._folding = asyncio.create_task(self._sum_up(fold))

    async def _sum_up(self, fold: Fold) -> None:
        from .answering import summary_of

        try:
            async with asyncio.timeout(_SUMMARY_S):
                summary = await summary_of(self._open(), self._settings, fold.messages)
        except (LanguageModelError, TimeoutError) as error:
            summary = ""
            reason = str(error) or f"it took longer than {_SUMMARY_S:g} s"
            self._tell(
                self.status.state,
                f"the language model forgets the oldest {len(fold.turns)} turns: "
                f"it could not sum them up ({reason})",
            )
        self.conversation.folded(fold, summary)
