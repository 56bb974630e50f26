"""Keeps out of speech what a model writes to itself: thoughts, tokens of its template. Plain."""

import re

_THOUGHTS = {
    **{f"<{name}>": f"</{name}>" for name in ("think", "thinking", "thought", "reasoning")},
    "[think]": "[/think]",
    "<|channel|>analysis": "<|channel|>final<|message|>",
}
"""How thoughts begin and end, in lower case; the last is gpt-oss's, where its server leaves it."""
_DROPPED = (
    *_THOUGHTS.values(),
    *("<s>", "</s>", "<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>", "</answer>", "<answer>"),
)
_MARKS = (*_THOUGHTS, *_DROPPED)
_TOKEN = re.compile(r"<[|｜][^<>|｜\s]{1,48}[|｜]>")
_TOKEN_BEGUN = re.compile(r"<[|｜](?:[^<>|｜\s]{0,48}|[^<>|｜\s]{1,48}[|｜])\Z")
_BEGIN = re.compile(r"[<\[]")
_LONGEST = max(map(len, _MARKS))


class SpeechFilter:
    """Takes text as a model writes it and gives out what is meant to be heard.

    Whatever the pieces, `push` and `finish` give the same text in all. At most 51 characters are
    held back, while they may still become a mark. A thought that does not end lasts until
    `finish`. Blank space before the first word is left out, which thoughts leave behind, unless
    the answer has `begun` before.
    """

    def __init__(self, *, begun: bool = False) -> None:
        self.thought = False
        """Whether there was any thought so far."""
        self._held = ""
        self._until: str | None = None  # the end of the thought that is being had
        self._begun = begun

    def push(self, text: str) -> str:
        """What can be spoken now."""
        return self._take(text, final=False)

    def finish(self) -> str:
        """The rest: no more comes."""
        return self._take("", final=True)

    def _take(self, text: str, *, final: bool) -> str:
        self._held += text
        spoken: list[str] = []
        while self._held:
            left = len(self._held)
            spoken.append(self._step(final=final))
            if len(self._held) == left:
                break
        joined = "".join(spoken)
        if not self._begun:
            joined = joined.lstrip()
            self._begun = bool(joined)
        return joined

    def _step(self, *, final: bool) -> str:
        """Use up what is held as far as it is certain; what is to be spoken of it."""
        if self._until is not None:
            return self._think(self._until, final=final)
        begin = _BEGIN.search(self._held)
        if begin is None or begin.start():
            at = begin.start() if begin else len(self._held)
            return self._cut(at)
        head = self._held[:_LONGEST].lower()
        begun = any(mark.startswith(head) and mark != head for mark in _MARKS)
        begun = begun or _TOKEN_BEGUN.match(self._held) is not None
        if begun and not final:
            return ""
        return self._mark(head)

    def _think(self, until: str, *, final: bool) -> str:
        at = self._held.lower().find(until)
        if at >= 0:
            self._cut(at + len(until))
            self._until = None
        else:
            self._cut(max(len(self._held) - (0 if final else len(until) - 1), 0))
        return ""

    def _mark(self, head: str) -> str:
        """Leave out the mark that what is held begins with; without one, its first character is
        text."""
        for begin, end in _THOUGHTS.items():
            if head.startswith(begin):
                self._until, self.thought = end, True
                self._cut(len(begin))
                return ""
        found = next((mark for mark in _DROPPED if head.startswith(mark)), "")
        token = _TOKEN.match(self._held)
        if found or token:
            self._cut(max(len(found), token.end() if token else 0))
            return ""
        return self._cut(1)

    def _cut(self, count: int) -> str:
        cut, self._held = self._held[:count], self._held[count:]
        return cut
