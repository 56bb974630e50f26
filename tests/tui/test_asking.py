"""`ask`: a language model narrates, through a real server."""

from pathlib import Path

from tests.chat_server import ChatServer, Reply, cut, event, refused, serving, words
from tests.tui.command import (
    TO_NOWHERE,
    outcomes,
    read_report,
    run,
    texts,
)


def at(server: ChatServer, *others: str) -> tuple[str, ...]:
    return ("--set", f"llm.endpoint={server.endpoint}", "--set", "llm.model=tale", *others)


def test_the_answer_is_spoken_and_written_to_standard_output(tmp_path: Path):
    report = tmp_path / "r.json"
    with serving(words("The gate ", "is open.\n\n", "Nobody \x1b[2Jcomes.")) as server:
        done = run("ask", "I", "look.", *TO_NOWHERE, *at(server, "--report", str(report)))
    assert (done.status, done.err) == (0, "")
    assert done.out == "The gate is open.\n\nNobody  [2Jcomes.\n"
    assert server.messages()[1] == ("user", "I look.")
    assert outcomes(read_report(report)) == ["finished"]
    assert texts(read_report(report))[0].startswith("The gate is open.\n\nNobody")


def test_a_prompt_may_come_through_standard_input_and_a_file_say_how_to_narrate(tmp_path: Path):
    system = tmp_path / "s.txt"
    system.write_text("You are a dragon.", "utf-8")
    with serving(words("Yes.")) as server:
        done = run("ask", "-", "--system", str(system), *TO_NOWHERE, *at(server), stdin=b"Fire?\n")
    assert (done.status, done.out) == (0, "Yes.\n")
    assert server.messages() == [("system", "You are a dragon."), ("user", "Fire?\n")]


def test_an_answer_that_breaks_off_is_told_and_goes_on():
    with serving(cut("The gate sto"), words("od open.")) as server:
        done = run("ask", "I look.", *TO_NOWHERE, *at(server))
    assert (done.status, done.out) == (0, "The gate stood open.\n")
    assert done.only_line.endswith("asking again")


def test_a_server_that_fails_is_one_line_and_status_1(tmp_path: Path):
    report = tmp_path / "r.json"
    answer = Reply([event("The gate is open."), event(finish="content_filter")])
    with serving(answer) as server:
        done = run("ask", "I look.", *TO_NOWHERE, *at(server, "--report", str(report)))
    assert (done.status, done.out) == (1, "The gate is open.\n")
    assert done.only_line.startswith("the language model refuses to go on")
    assert outcomes(read_report(report)) == ["failed"]
    with serving(refused(401, {"error": "bad key"})) as server:
        assert "set llm.api_key" in run("ask", "I look.", *TO_NOWHERE, *at(server)).refusal()
    assert "cannot be reached" in run("ask", "I look.", *TO_NOWHERE, *at(server)).refusal()


def test_a_blank_prompt_and_a_missing_file_are_refused(tmp_path: Path):
    assert "the prompt is empty" in run("ask", " ", *TO_NOWHERE).refusal()
    missing = str(tmp_path / "none")
    assert "cannot be read" in run("ask", "x", "--system", missing, *TO_NOWHERE).refusal()
    assert run("ask", *TO_NOWHERE).status == 2


def test_doctor_tells_whether_the_model_is_there():
    def row(*arguments: str) -> list[str]:
        done = run("doctor", *TO_NOWHERE, *arguments)
        assert done.status == 0
        (line,) = [line for line in done.out.splitlines() if line.startswith("language model")]
        return line.split("\t")[1:]

    with serving(words("x"), models=("tale:latest", "other")) as server:
        assert row(*at(server)) == ["ok", f"tale at {server.endpoint}", ""]
        verdict, found, to_do = row(*at(server), "--set", "llm.model=none")
        assert (verdict, found) == (
            "warn",
            f"{server.endpoint} has no model 'none', but tale:latest, other",
        )
        assert to_do == "fetch it (ollama pull none), or set llm.model"
    verdict, found, _ = row(*at(server))
    assert verdict == "warn"
    assert "cannot be reached" in found
