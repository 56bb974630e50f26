"""A question to a process of its own: answered, refused, or never answered."""

import asyncio
from typing import Any

import pytest

from skaldcast.core.errand import ask_child
from skaldcast.core.errors import ProcessError, SynthesizerError


def ask(question: object, module: str = "tests.core.errand_child") -> Any:
    return asyncio.run(ask_child("the test", module, question))


def test_the_answer_comes_back_whatever_it_is():
    large = bytes(8_000_000)
    assert ask(large) == large
    assert ask("print") == "done"


def test_what_the_child_refuses_is_raised_here():
    with pytest.raises(SynthesizerError, match="not like that; do it otherwise"):
        ask("refuse")


def test_a_defect_of_the_child_is_told():
    with pytest.raises(ProcessError, match="ZeroDivisionError"):
        ask("fail")


def test_a_child_that_dies_is_told_with_its_status():
    with pytest.raises(ProcessError, match=r"the test ended without an answer \(status 9\)"):
        ask("die")


def test_a_child_that_cannot_begin_is_told():
    with pytest.raises(ProcessError, match=r"without an answer \(status 1\)"):
        ask("x", "tests.core.no_such_module")


def test_giving_up_ends_the_child():
    async def impatient() -> None:
        await asyncio.wait_for(ask_child("the test", "tests.core.errand_child", "x"), 0.0)

    with pytest.raises(TimeoutError):
        asyncio.run(impatient())
