"""What a model writes to itself is not heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.source.llm.speech_filter import SpeechFilter


def heard(*pieces: str) -> str:
    words = SpeechFilter()
    return "".join([*(words.push(piece) for piece in pieces), words.finish()])


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("The gate is open.", "The gate is open."),
        ("<think>A gate, then.</think>\n\nThe gate is open.", "The gate is open."),
        ("<THINKING>hm</Thinking> Yes.", "Yes."),
        ("[THINK]hm[/THINK]Yes.", "Yes."),
        ("The gate <think>or the door?</think>is open.", "The gate is open."),
        ("The gate is open.<think>What now", "The gate is open."),
        ("<think>What now", ""),
        ("what now</think>The gate.", "what nowThe gate."),
        ("<think>a < b, </thin and </think>The gate.", "The gate."),
        ("The gate is open.<|im_end|>\n<|im_start|>", "The gate is open.\n"),
        ("<｜begin▁of▁sentence｜>The gate.</s>", "The gate."),
        ("The gate.<end_of_turn>", "The gate."),
        ("<|channel|>analysis<|message|>A gate.<|end|><|start|>assistant"
         "<|channel|>final<|message|>The gate.", "The gate."),
        ("2 < 3, <b>bold</b>, [Ana] No. <", "2 < 3, <b>bold</b>, [Ana] No. <"),
        ("<| not a token, but a drawing |>", "<| not a token, but a drawing |>"),
        ("<|a|b|>", "<|a|b|>"),
        ("<|" + "x" * 60 + "|>", "<|" + "x" * 60 + "|>"),
    ],
)  # fmt: skip
def test_thoughts_and_template_tokens_are_left_out(text: str, spoken: str):
    assert heard(text) == spoken


MARKS = st.sampled_from(
    (
        *("<", ">", "|", "think", "<think>", "</think>", "<|im_end|>", "[THINK]", "[/THINK]"),
        *("</s>", "<|channel|>analysis", "<|channel|>final<|message|>", " ", "\n", "a b ", "İ"),
    )
)
TEXTS = st.lists(st.one_of(MARKS, st.text(max_size=3)), max_size=12).map("".join)


@given(TEXTS, st.data())
def test_it_is_the_same_however_the_text_is_cut(text: str, data: st.DataObject):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert heard(*pieces) == heard(text) == heard(*text)


@given(TEXTS)
def test_little_is_held_back(text: str):
    words = SpeechFilter()
    whole = heard(text)
    spoken = ""
    for count, character in enumerate(text, 1):
        spoken += words.push(character)
        assert whole.startswith(spoken)
        assert len(heard(text[:count])) - len(spoken) <= 52


@given(st.text(alphabet=st.characters(exclude_characters="<[")))
def test_plain_text_passes_at_once(text: str):
    words = SpeechFilter()
    assert words.push(text) == text.lstrip()


def test_it_tells_whether_there_was_a_thought():
    words = SpeechFilter()
    words.push("Yes.")
    assert not words.thought
    words.push("<think>no")
    assert words.thought
