"""Reads the text of a script's lines: emphasis, brackets, links, notes, escapes."""

import re
from collections.abc import Callable
from typing import Final

from .brackets import MOST_PAUSE_S, Bracket, Surroundings, read_bracket
from .line_reader import BLOCK
from .look import NeedMore
from .quote_reader import QuoteReader
from .state import Place, ScriptState

BRACKET: Final = 160
"""Characters that square brackets hold at most."""
TARGET: Final = 500
"""Of a link's address."""
NOTE: Final = 1000
"""Of a note in double brackets."""
HTML: Final = 200
ACTION: Final = 300
WRAPPED: Final = (60, 100)
"""So many characters have the lines of wrapped text."""
_RUN: Final = 3
"""Longer runs of the same mark are text."""
_RUNS = {mark: re.compile(re.escape(mark) + "*") for mark in "*_([`~"}
_CONTENT = re.compile(r"[^\[\]\n]*")
_TARGET = re.compile(r"[^()\n]*")
_ACTION = re.compile(r"[^*\n]*")
_HTML = re.compile(r"[^<>\n]*")
_HTML_TAG = re.compile(r"/?([A-Za-z][A-Za-z0-9-]*)(?:[\s/].*)?")
_SCENES: Final = frozenset({"hr", "h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKING: Final = _SCENES | {"br", "p", "div", "li", "ul", "ol", "tr", "td", "table", "blockquote"}
_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SENTENCE_ENDS: Final = '.!?…"”»)*'
_ACTION_STARTS: Final = '.!?…:—–-"”»*_])'


class TextReader:
    """Acts on a `ScriptState` at the place `TEXT`. Each method reads on by one step, or raises
    `NeedMore` and changes nothing but what has been read before it."""

    def __init__(self, state: ScriptState) -> None:
        self._state = state
        self._run_to = -1  # where a run of marks ends that is read as text
        self._link = (-1, -1)  # where the text of a link ends, and its address
        quotes = QuoteReader(state)
        self._readers: dict[str, Callable[[int], None]] = {
            "\n": self._newline,
            "*": self._emphasis,
            "_": self._emphasis,
            "[": self._bracket,
            "]": self._close_bracket,
            "(": self._parenthesis,
            "<": self._angle,
            "\\": self._escape,
            "`": self._code,
            "~": self._strike,
            "!": self._image,
        } | dict.fromkeys('"“”„«»‹›「」『』', quotes.read_mark)

    def read(self) -> None:
        """Read the text, to the line's end or what has come of it."""
        state, look, speakers = self._state, self._state.look, self._state.speakers
        text, readers = look.text, self._readers
        length = len(text)
        while state.place is Place.TEXT and look.at < length:
            at = look.at
            end = state.plain.match(text, at).end()  # type: ignore[union-attr]  # even if of nothing
            if end > at:
                state.say(at, end)
                if speakers.fresh and not speakers.action and not text[at:end].isspace():
                    speakers.fresh = False
                    state.switch()  # a quotation mark is no longer special
                    continue
            if end < length:
                readers[text[end]](end)

    def _newline(self, at: int) -> None:
        state = self._state
        if state.silent:  # nothing of this line is spoken: without it there is no line
            state.drop(at + 1)
        else:
            state.say(at, at + 1)
        if state.heading:
            state.heading = False
            state.writer.begin()
            state.paragraph_from = state.offset(at + 1)
            state.speakers.end_section()
            state.switch()
        elif not state.silent and self._ends_paragraph(at):
            state.speakers.end_sentence_line()
            state.paragraph_from = state.offset(at + 1)
            state.switch()
        state.line_from = state.offset(at + 1)
        state.place = Place.LINE

    def _ends_paragraph(self, at: int) -> bool:
        """Whether the line that ends at `at` is one by itself: its end is a sentence's, and it is
        no line of wrapped text, by its length."""
        wrapped = WRAPPED[0] <= self._state.offset(at) - self._state.line_from <= WRAPPED[1]
        return not wrapped and self._last_visible(at) in _SENTENCE_ENDS

    def _last_visible(self, at: int) -> str:
        """The last character before `at` that is no space; a space where that is far off."""
        return self._state.look.text[max(0, at - 8) : at].rstrip()[-1:] or " "

    def _long_run(self, at: int) -> int | None:
        """Where the run of marks at `at` ends; None where it is too long and was spoken."""
        state, text = self._state, self._state.look.text
        end = _RUNS[text[at]].match(text, at).end()  # type: ignore[union-attr]
        if end - at > _RUN or state.offset(at) == self._run_to:
            state.say(at, end)
            self._run_to = state.offset(end)
            return None
        state.look.char(end)
        return end

    def _emphasis(self, at: int) -> None:
        state, look, speakers = self._state, self._state.look, self._state.speakers
        end = self._long_run(at)
        if end is None:
            return
        mark, before, after = look.text[at], look.before(at), look.char(end)
        opens = bool(after) and not after.isspace()
        closes = bool(before) and not before.isspace()
        inside = before.isdigit() and after.isdigit()  # 2*3
        if end - at == _RUN:  # f***ing
            inside = before.isalnum() and after.isalnum()
        if mark == "_":
            inside = before.isalnum() and after.isalnum()
        if inside or not (opens or closes):
            state.say(at, end)
            return
        if mark == "*" and speakers.action:
            speakers.action = False
            state.switch()
        elif mark == "*" and opens and not before.isalnum() and self._is_action(at, end):
            speakers.action = True
            state.switch()
        state.drop(end)

    def _is_action(self, at: int, begin: int) -> bool:
        """Whether a character's speech is interrupted here by what the character does."""
        state, look = self._state, self._state.look
        if not state.speakers.speaking or state.speakers.quotation is not None:
            return False
        match = _ACTION.match(look.text, begin, begin + ACTION)
        assert match is not None
        end, content = match.end(), match.group()
        if look.guess(end) != "*" and not look.stalled:
            return False
        words = content.split()
        before = self._last_visible(at)
        if not words:
            return False
        if before in (",", ";"):
            return words[0].islower() and (words[0].endswith("s") or len(words) > 2)
        if not state.speakers.fresh and before not in _ACTION_STARTS:
            return len(words) > 3
        if len(words) > 2 or content[0].islower() or content[-1] in ".!?…":
            return True
        return not look.guess(end + 1).isspace() or not self._goes_on(end + 1)

    def _goes_on(self, index: int) -> bool:
        """The sentence does: ``*Never* do that``."""
        return self._state.look.visible(index).islower()

    def _bracket(self, at: int) -> None:
        state, look = self._state, self._state.look
        if look.char(at + 1) == "[" or state.offset(at) == self._run_to:
            self._note(at, "]]")
            return
        end = look.run(_CONTENT, at + 1, BRACKET).end()
        if end - at > BRACKET or look.char(end) != "]":
            state.say(at, at + 1)
            return
        target = self._target(end + 1)
        if target is not None:
            self._link = (state.offset(end), state.offset(target))
            state.drop(at + 1)
            return
        self._act_on_bracket(at, end)

    def _act_on_bracket(self, at: int, end: int) -> None:
        """Do what the bracket from `at` to its closing mark at `end` says."""
        state, look, writer = self._state, self._state.look, self._state.writer
        around = Surroundings(
            leads=state.leads,
            before=look.text[max(0, at - 8) : at],
            after=look.char(end + 1),
            follower=look.visible(end + 1),
        )
        reading = read_bracket(look.text[at + 1 : end], around, state.characters)
        spoken = reading.kind is Bracket.WORDS
        if state.listed and reading.kind is Bracket.UNSPOKEN and around.follower in ("", "\n"):
            number = around.before.rpartition("\n")[2].strip().rstrip(".)")
            spoken = state.leads or number.isdigit()  # a choice: 1. [Attack]
        if spoken:
            self._link = (state.offset(end), state.offset(end + 1))
            state.drop(at + 1)
            return
        match reading.kind:
            case Bracket.TAG:
                self._take_tag(reading.character, end, block=around.follower == "\n")
                return
            case Bracket.PAUSE:
                writer.pause(reading.amount, MOST_PAUSE_S)
            case Bracket.SPEED:
                writer.speak_at(reading.amount)
            case _:
                self._part(at, end + 1)
        state.drop(end + 1)

    def _take_tag(self, character: str | None, end: int, *, block: bool) -> None:
        state, look = self._state, self._state.look
        colon = look.char(end + 1) == ":"
        state.take_tag(character, end + 1 + colon, block=block and state.leads)

    def _part(self, begin: int, end: int) -> None:
        """What is left out from `begin` to `end` does not join the words beside it."""
        look = self._state.look
        if look.before(begin).isalnum() and look.char(end).isalnum():
            self._state.writer.begin()

    def _close_bracket(self, at: int) -> None:
        state = self._state
        if state.offset(at) == self._link[0]:
            state.drop(self._link[1] - state.look.base)
        else:
            state.say(at, at + 1)

    def _target(self, at: int) -> int | None:
        """Where a link's address in parentheses ends that begins at `at`; None where there is
        none."""
        look = self._state.look
        if look.char(at) != "(":
            return None
        end = look.run(_TARGET, at + 1, TARGET).end()
        if look.char(end) == "(":  # addresses of encyclopedias have a pair of them
            end = look.run(_TARGET, end + 1, TARGET).end()
            if look.char(end) != ")":
                return None
            end = look.run(_TARGET, end + 1, TARGET).end()
        return end + 1 if look.char(end) == ")" else None

    def _image(self, at: int) -> None:
        state, look = self._state, self._state.look
        if look.char(at + 1) == "[":
            end = look.run(_CONTENT, at + 2, BRACKET).end()
            if look.char(end) == "]":
                target = self._target(end + 1)
                if target is not None:
                    state.drop(target)
                    return
        state.say(at, at + 1)

    def _parenthesis(self, at: int) -> None:
        state, look = self._state, self._state.look
        if look.char(at + 1) == "(" or state.offset(at) == self._run_to:
            self._note(at, "))")
        else:
            state.say(at, at + 1)

    def _note(self, at: int, closer: str) -> None:
        """A note in double brackets is not spoken."""
        state, look = self._state, self._state.look
        begin = self._long_run(at)
        if begin is None:
            return
        end = look.find(closer, begin, NOTE)
        if end < 0:
            state.say(at, begin)
            self._run_to = state.offset(begin)
            return
        end += len(closer)
        self._part(at, end)
        state.drop(end)

    def _angle(self, at: int) -> None:
        look = self._state.look
        if look.char(at + 1) == "!" and look.char(at + 2) == "-" and look.char(at + 3) == "-":
            self._comment(at)
        elif look.char(at + 1) == "/" or look.char(at + 1).isalpha():
            self._html(at)
        else:
            self._state.say(at, at + 1)

    def _comment(self, at: int) -> None:
        state, look = self._state, self._state.look
        try:
            end = look.find("-->", at + 4, BLOCK)
        except NeedMore:
            if not look.stalled:
                raise
            state.skip_block("-->")
            return
        if end >= 0:
            self._part(at, end + 3)
            state.drop(end + 3)
        elif look.ended and len(look.text) < at + 4 + BLOCK:
            state.drop(len(look.text))
        else:
            state.say(at, at + 4)

    def _html(self, at: int) -> None:
        state, look = self._state, self._state.look
        end = look.run(_HTML, at + 1, HTML).end()
        content = look.text[at + 1 : end]
        if look.char(end) != ">":
            state.say(at, at + 1)
        elif content.startswith(("http://", "https://", "mailto:")):
            state.say(at + 1, end)
            state.drop(end + 1)
        elif (tag := _HTML_TAG.fullmatch(content)) is not None:
            name = tag[1].lower()
            if name in _BREAKING:
                state.writer.begin(scene=name in _SCENES)
                state.speakers.end_line()
                state.paragraph_from = state.offset(end + 1)
                state.switch()
            state.drop(end + 1)
        else:
            state.say(at, at + 1)

    def _escape(self, at: int) -> None:
        state = self._state
        after = state.look.char(at + 1)
        if after in _PUNCTUATION and after:
            state.drop(at + 1)
            state.say(at + 1, at + 2)
        elif after == "\n":
            state.drop(at + 1)
        else:
            state.say(at, at + 1)

    def _code(self, at: int) -> None:
        end = self._long_run(at)
        if end is not None:
            self._state.drop(end)

    def _strike(self, at: int) -> None:
        end = self._long_run(at)
        if end is None:
            return
        if end - at == 2:
            self._state.drop(end)
        else:
            self._state.say(at, end)
