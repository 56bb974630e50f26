"""A cue's text becomes utterances of one speaker each, and these become chunks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.script.parser import ScriptParser
from skaldcast.core.script.pieces import ScriptPiece
from skaldcast.core.script.plain import PlainText
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.text.chunker import Chunker
from skaldcast.core.types import Boundary
from skaldcast.core.utterances import (
    DOUBT_S,
    UtteranceChunk,
    Utterances,
    boundary_at_end,
    cue_offset,
)
from skaldcast.core.voice_in_use import Part, VoiceInUse

VOICES = {
    name: VoiceInUse(name or "narrator", VoiceProfile(name or "narrator"))
    for name in ("", "Ada", "Bo")
}


class Marks:
    """A grammar for tests: ``<Ada>`` changes the speaker, ``<>`` back; ``<!>`` begins anew,
    ``<#>`` is a new scene and ``<...>`` a second of silence. `doubts` holds all text back."""

    def __init__(self, *, doubts: bool = False) -> None:
        self._doubts = doubts
        self._text = ""
        self._start = 0
        self._speaker: str | None = None

    @property
    def holds(self) -> bool:
        return self._doubts and bool(self._text)

    def push(self, text: str) -> list[ScriptPiece]:
        self._text += text
        return [] if self._doubts else self._read()

    def release(self) -> list[ScriptPiece]:
        return self._read()

    def finish(self) -> list[ScriptPiece]:
        return self._read()

    def _read(self) -> list[ScriptPiece]:
        pieces: list[ScriptPiece] = []
        for part in re.split(r"(<[^>]*>)", self._text):
            match part:
                case "":
                    continue
                case "<!>" | "<#>" | "<...>":
                    pieces.append(
                        ScriptPiece(
                            "",
                            self._start,
                            self._speaker,
                            pause_s=1.0 if part == "<...>" else 0.0,
                            begins=part == "<!>",
                            scene=part == "<#>",
                        )
                    )
                case _ if part[0] == "<":
                    self._speaker = part[1:-1] or None
                case _:
                    pieces.append(ScriptPiece(part, self._start, self._speaker))
            self._start += len(part)
        self._text = ""
        return pieces


class Bench:
    def __init__(self, *, doubts: bool = False, begin: int = 0) -> None:
        self.utterances = Utterances(
            Marks(doubts=doubts),
            lambda piece: Part(VOICES[piece.character or ""], piece.character),
            lambda _: Chunker(),
            begin=begin,
        )

    def read(self, *texts: str) -> list[UtteranceChunk]:
        chunks = [chunk for text in texts for chunk in self.utterances.push(text, 0.0)]
        return chunks + self.utterances.finish(0.0)


def told(chunks: list[UtteranceChunk]) -> list[tuple[str | None, str]]:
    return [(cut.part.character, cut.chunk.text) for cut in chunks]


def test_each_utterance_is_spoken_by_its_own_speaker():
    chunks = Bench().read("It was late. <Ada>Who is there?<> Nobody. <Bo>It is I.")
    assert told(chunks) == [
        (None, "It was late. "),
        ("Ada", "Who is there?"),
        (None, " Nobody. "),
        ("Bo", "It is I."),
    ]


def test_a_change_of_speaker_inside_a_sentence_makes_the_pause_of_its_mark():
    chunks = Bench().read('<Ada>"Good evening,"<> said Ada. <Bo>"And to"<>, said Bo.\n\n<Ada>Yes.')
    assert [cut.chunk.boundary for cut in chunks] == [
        Boundary.COMMA,
        Boundary.SENTENCE,
        Boundary.BRACKET,
        Boundary.PARAGRAPH,
        Boundary.PARAGRAPH,
    ]


def test_markup_inside_an_utterance_leaves_it_whole_and_its_words_where_they_are_written():
    text = "He <>really<> went."
    (cut,) = Bench().read(text)
    assert cut.chunk.text == "He really went."
    places = [cue_offset(cut.chunk, cut.offsets, at) for at in range(len(cut.chunk.text))]
    assert "".join(text[place] for place in places) == cut.chunk.text
    assert cut.end == len(text)


def test_what_begins_anew_is_an_utterance_of_its_own():
    chunks = Bench().read("A heading<!>and a text.")
    assert told(chunks) == [(None, "A heading"), (None, "and a text.")]
    assert chunks[0].chunk.boundary is Boundary.PARAGRAPH


def test_a_pause_is_asked_for_before_the_chunk_that_follows_it():
    chunks = Bench().read("One. <...><...>Two. <#>Three. <...>")
    assert [cut.pause_s for cut in chunks] == [0.0, 2.0, 0.0]
    assert [cut.scene for cut in chunks] == [False, False, True]


def test_white_space_belongs_to_what_it_follows():
    assert told(Bench().read("<Ada>Yes.<> \n\n<Ada>No.")) == [("Ada", "Yes. \n\nNo.")]


def test_text_that_is_held_in_doubt_is_let_go_when_the_source_is_silent():
    bench = Bench(doubts=True)
    assert bench.utterances.push("Who goes there at night?", 10.0) == []
    assert bench.utterances.deadline() == 10.0 + DOUBT_S
    assert bench.utterances.release(10.0 + DOUBT_S - 0.01, buffered_s=0.0) == []
    chunks = bench.utterances.release(10.0 + DOUBT_S, buffered_s=0.0)
    assert told(chunks) == [(None, "Who goes there at night?")]


@given(
    st.lists(st.sampled_from(["A word. ", "and, ", "<Ada>", "<>", "<!>", "<#>", "\n\n", "yes"])),
    st.data(),
)
def test_the_chunks_do_not_depend_on_the_pieces_that_the_text_came_in(
    words: list[str], data: st.DataObject
):
    text = "".join(words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    # The grammar of this test reads no mark that is cut in two.
    cuts = [at for at in cuts if text.rfind("<", 0, at) <= text.rfind(">", 0, at)]
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole, cut = Bench().read(text), Bench().read(*pieces)
    assert [(c.part, c.chunk, c.pause_s) for c in cut] == [
        (c.part, c.chunk, c.pause_s) for c in whole
    ]
    spoken = "".join(c.chunk.text for c in whole)
    assert spoken == re.sub("<[^>]*>", "", text)
    for c in whole:
        for at, character in enumerate(c.chunk.text):
            assert text[cue_offset(c.chunk, c.offsets, at)] == character


def spoken_characters(chunks: list[UtteranceChunk]) -> list[tuple[int, str, Part]]:
    """Each character that is spoken: where it stands in the cue, and who says it."""
    return [
        (cue_offset(c.chunk, c.offsets, at), character, c.part)
        for c in chunks
        for at, character in enumerate(c.chunk.text)
    ]


@given(
    st.lists(st.sampled_from(["A word. ", "and, ", "<Ada>", "<>", "<!>", "<...>", "\n\n", "yes"])),
    st.data(),
)
def test_what_was_heard_before_is_read_and_all_that_follows_is_spoken_as_it_would_have_been(
    words: list[str], data: st.DataObject
):
    text = "".join(words)
    begin = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, len(text)))
    if text.rfind("<", 0, cut) > text.rfind(">", 0, cut):
        cut = 0
    whole = spoken_characters(Bench().read(text))
    rest = spoken_characters(Bench(begin=begin).read(text[:cut], text[cut:]))
    expected = [spoken for spoken in whole if spoken[0] >= begin]
    for characters in (rest, expected):
        while characters and characters[0][1].isspace():
            del characters[0]  # blank at the beginning belongs to nobody
    assert [(at, character) for at, character, _ in rest] == [
        (at, character) for at, character, _ in expected
    ]
    for (_, character, part), (_, _, as_before) in zip(rest, expected, strict=True):
        assert character.isspace() or part == as_before


@given(
    st.lists(
        st.sampled_from(
            [
                *("[Strahd] Come in. ", "Ada: Who is it? ", "*He bows.* ", "*really* ", "\n\n"),
                *(
                    "[slow]",
                    "[/slow]",
                    "[pause 1]",
                    "# At night\n",
                    "He went, ",
                    '"Yes," ',
                    "<!--x-->",
                ),
            ]
        )
    ),
    st.data(),
)
def test_markup_before_the_place_still_says_how_a_script_is_spoken(
    words: list[str], data: st.DataObject
):
    text = "".join(words)
    begin, cut = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))

    def read(begin: int) -> list[tuple[int, str, Part]]:
        utterances = Utterances(
            ScriptParser(),
            lambda p: Part(VOICES[""], p.character, p.speed),
            lambda _: Chunker(),
            begin=begin,
        )
        chunks = [c for part in (text[:cut], text[cut:]) for c in utterances.push(part, 0.0)]
        spoken = spoken_characters([*chunks, *utterances.finish(0.0)])
        return [entry for entry in spoken if not entry[1].isspace()]

    assert read(begin) == [entry for entry in read(0) if entry[0] >= begin]


def test_a_pause_that_was_heard_is_not_made_again():
    text = "One. <...>Two. <...>Three."
    for begin, pauses in ((0, [0.0, 1.0, 1.0]), (text.index("wo"), [0.0, 1.0])):
        assert [cut.pause_s for cut in Bench(begin=begin).read(text)] == pauses


def test_plain_text_is_one_utterance():
    part = Part(VOICES["Ada"], "Ada")
    utterances = Utterances(PlainText("Ada"), lambda _: part, lambda _: Chunker())
    text = 'He said: "No." [Ada] *Really?*'
    chunks = [*utterances.push(text, 0.0), *utterances.finish(0.0)]
    assert "".join(cut.chunk.text for cut in chunks) == text
    assert {cut.part for cut in chunks} == {part}
    assert [cut.offsets for cut in chunks] == [()] * len(chunks)


@pytest.mark.parametrize(
    ("text", "boundary"),
    [
        ("The end.", Boundary.SENTENCE),
        ("“Really?” ", Boundary.SENTENCE),
        ("he said, ", Boundary.COMMA),
        ("he said:", Boundary.COLON),
        ("wait — ", Boundary.DASH),
        ("first; ", Boundary.SEMICOLON),
        ("nothing ", Boundary.BRACKET),
        ("one.\n \n", Boundary.PARAGRAPH),
        ("", Boundary.BRACKET),
    ],
)
def test_an_utterance_ends_with_its_last_mark(text: str, boundary: Boundary):
    assert boundary_at_end(text) is boundary
