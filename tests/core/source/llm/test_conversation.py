"""What is remembered of a conversation, within a budget of tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import StateError
from skaldcast.core.source.llm.conversation import ChatMessage, Conversation, estimate_tokens


def told(turns: int, words: int = 10, budget: int = 1000) -> Conversation:
    """A conversation of so many turns, each of about `words` words of five letters."""
    conversation = Conversation("You narrate.", budget)
    for number in range(turns):
        conversation.ask(f"Prompt {number}.")
        conversation.write("brave " * words)
    return conversation


def sent(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in conversation.messages]


def test_the_last_answer_is_not_part_of_what_is_sent_for_it():
    conversation = told(1)
    conversation.ask("And?")
    conversation.write("Yes.")
    assert [role for role, _ in sent(conversation)] == ["system", "user", "assistant", "user"]
    assert conversation.answer == "Yes."


def test_without_a_system_prompt_none_is_sent():
    conversation = Conversation("", 100)
    conversation.ask("And?")
    assert sent(conversation) == [("user", "And?")]


def test_a_prompt_that_was_never_answered_is_replaced_by_the_next():
    conversation = told(1)
    conversation.ask("Nobody answers.")
    conversation.ask("And?")
    assert [turn.prompt for turn in conversation.turns] == ["Prompt 0.", "And?"]


def test_an_interrupted_answer_is_kept_as_far_as_it_was_heard():
    conversation = told(1)
    conversation.heard(12)
    assert conversation.answer == "brave brave"
    conversation.heard(0)
    assert conversation.answer == ""


def test_regenerating_keeps_the_prompt():
    conversation = told(2)
    conversation.regenerate()
    assert sent(conversation)[-1] == ("user", "Prompt 1.")
    assert conversation.answer == ""


def test_before_the_first_prompt_there_is_no_answer():
    conversation = Conversation("", 100)
    assert conversation.answer == ""
    for call in (conversation.regenerate, lambda: conversation.heard(1)):
        with pytest.raises(StateError, match="ask first"):
            call()


def test_within_the_budget_nothing_is_folded():
    assert told(3).fold() is None


def test_past_the_budget_the_oldest_turns_are_folded_into_a_summary():
    conversation = told(9, words=100)
    fold = conversation.fold()
    assert fold is not None
    assert fold.turns == tuple(conversation.turns[: len(fold.turns)])
    (message,) = fold.messages
    assert "Player: Prompt 0.\nNarrator: brave" in message.content
    conversation.folded(fold, " They were\nbrave. ")
    assert conversation.turns[0].prompt == f"Prompt {len(fold.turns)}."
    assert sent(conversation)[0] == (
        "system",
        "You narrate.\n\nThe story so far: They were brave.",
    )


def test_a_later_summary_is_made_of_the_earlier_one_too():
    conversation = told(9, words=100)
    conversation.summary = "They were brave."
    fold = conversation.fold()
    assert fold is not None
    assert "Before: They were brave." in fold.messages[0].content
    conversation.folded(fold, "")
    assert conversation.summary == "They were brave."


def test_a_turn_that_began_meanwhile_stays():
    conversation = told(9, words=100)
    fold = conversation.fold()
    assert fold is not None
    conversation.ask("And?")
    conversation.folded(fold, "So.")
    assert conversation.turns[-1].prompt == "And?"


@given(st.integers(0, 12), st.integers(0, 300), st.integers(200, 3000), st.text(max_size=5000))
def test_folding_brings_it_within_the_budget_as_far_as_the_last_turn_allows(
    turns: int, words: int, budget: int, summary: str
):
    conversation = told(turns, words, budget)
    while (fold := conversation.fold()) is not None:
        assert fold.turns
        before = len(conversation.turns)
        conversation.folded(fold, summary)
        assert len(conversation.turns) == before - len(fold.turns) >= 1
    assert len(conversation.turns) <= 1 or estimate_tokens(conversation.messages) <= budget


def test_the_estimate_counts_other_scripts_too():
    def tokens(text: str) -> int:
        return estimate_tokens([ChatMessage("user", text)])

    assert 90 <= tokens("The gate is open and nobody is there to close it again. " * 7) <= 140
    assert 90 <= tokens("城门敞开着无人把守" * 12) <= 140
