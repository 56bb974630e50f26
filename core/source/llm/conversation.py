"""What was asked and told so far, kept within a budget of tokens. Plain, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ...errors import StateError

_BYTES_PER_TOKEN = 3.5
"""English has about 4 bytes of UTF-8 to a token, Chinese and Russian about 3."""
_TOKENS_PER_MESSAGE = 4
_SUMMARY_WORDS = 200
_SUMMARY_SHARE = 4
"""The summary takes at most one part in so many of the budget."""

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message as the model is sent it."""

    role: Role
    content: str


@dataclass(slots=True)
class Turn:
    """A prompt and its answer."""

    prompt: str
    answer: str = ""
    """As far as it was written, or heard where it was interrupted; thoughts left out."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Turns that no longer fit, to be replaced by a summary."""

    turns: tuple[Turn, ...]
    messages: tuple[ChatMessage, ...]
    """What to ask the model for the summary."""


def estimate_tokens(messages: Sequence[ChatMessage]) -> int:
    """About how many tokens these take, rather too many than too few; no tokenizer is asked."""
    return sum(
        round(len(message.content.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)
        + _TOKENS_PER_MESSAGE
        for message in messages
    )


class Conversation:
    """The turns so far.

    `ask` begins a turn and `write` adds to its answer. Once the messages pass `budget_tokens`,
    `fold` says what a summary is to be made of; `folded` puts that in the turns' place.
    """

    def __init__(self, system: str, budget_tokens: int) -> None:
        self.system = system
        self.summary = ""
        self.turns: list[Turn] = []
        self.budget_tokens = budget_tokens

    def ask(self, prompt: str) -> None:
        """Begin a turn; one whose answer never began is replaced."""
        if self.turns and not self.turns[-1].answer:
            self.turns.pop()
        self.turns.append(Turn(prompt))

    def write(self, text: str) -> None:
        """More of the last answer has come."""
        self._last.answer += text

    def heard(self, upto: int) -> None:
        """The last answer was interrupted: only its first `upto` characters were heard, and the
        model is not to think that the rest was."""
        self._last.answer = self._last.answer[: max(upto, 0)].rstrip()

    def regenerate(self) -> None:
        """Drop the last answer; its prompt is asked again. Raises `StateError` where there is
        none."""
        self._last.answer = ""

    @property
    def answer(self) -> str:
        """The last answer so far; empty where there is none."""
        return self.turns[-1].answer if self.turns else ""

    @property
    def _last(self) -> Turn:
        if not self.turns:
            raise StateError("nothing has been asked yet: ask first")
        return self.turns[-1]

    @property
    def messages(self) -> list[ChatMessage]:
        """What to send for the last prompt, without what has come of its answer."""
        messages = self._heading()
        for turn in self.turns[:-1]:
            messages += _messages_of(turn)
        if self.turns:
            messages.append(ChatMessage("user", self.turns[-1].prompt))
        return messages

    def _heading(self) -> list[ChatMessage]:
        parts = [self.system] if self.system else []
        if self.summary:
            parts.append(f"The story so far: {self.summary}")
        # One message: some chat templates refuse a second system message.
        return [ChatMessage("system", "\n\n".join(parts))] if parts else []

    def fold(self) -> Fold | None:
        """The oldest turns, once all passes the budget: so many that the rest takes half of it.
        The last turn always stays."""
        everything = self._heading() + [m for turn in self.turns for m in _messages_of(turn)]
        tokens = estimate_tokens(everything)
        if tokens <= self.budget_tokens:
            return None
        count = 0
        while tokens > self.budget_tokens // 2 and count < len(self.turns) - 1:
            tokens -= estimate_tokens(_messages_of(self.turns[count]))
            count += 1
        if not count:
            return None
        turns = tuple(self.turns[:count])
        return Fold(turns, tuple(self._summary_messages(turns)))

    def _summary_messages(self, turns: Sequence[Turn]) -> list[ChatMessage]:
        told = [f"Before: {self.summary}"] if self.summary else []
        told += [f"Player: {turn.prompt}\nNarrator: {turn.answer}" for turn in turns]
        asked = (
            f"Sum up the story below in at most {_SUMMARY_WORDS} words, for the narrator who is to "
            "go on with it: people and their names, places, what happened, what is owed, open or "
            "in danger. Plain sentences in the language of the story; nothing else."
        )
        return [ChatMessage("user", asked + "\n\n" + "\n\n".join(told))]

    def folded(self, fold: Fold, summary: str) -> None:
        """The turns of `fold` are told by `summary` from now on; an empty one drops them, and
        what had been summed up before stays."""
        longest = int(self.budget_tokens * _BYTES_PER_TOKEN) // _SUMMARY_SHARE
        if summary.strip():
            self.summary = _shortened(" ".join(summary.split()), longest)
        self.turns = [turn for turn in self.turns if not any(turn is old for old in fold.turns)]

    def go_on(self, before: "Conversation") -> None:
        """Remember what another one does."""
        self.turns, self.summary = list(before.turns), before.summary

    def clear(self) -> None:
        """Forget all turns and the summary."""
        self.turns.clear()
        self.summary = ""


def _messages_of(turn: Turn) -> list[ChatMessage]:
    answer = [ChatMessage("assistant", turn.answer)] if turn.answer else []
    return [ChatMessage("user", turn.prompt), *answer]


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest].rpartition(" ")[0] + " ..."
