"""The adapter for Dialogue Manager and Dialogic, with stand-ins that have their signals."""

from pathlib import Path

from tests.engine.godot.running import Engine, Game

MANAGER = "get_node('/root/DialogueManager').tell_manager"
DIALOGIC = "get_node('/root/Dialogic/Text').tell_dialogic"


def test_lines_of_both_are_spoken_without_their_tags(godot: Path, project: Path, engine: Engine):
    with Game(godot, project, engine.url) as game:
        game.until("connected")
        game.do("get_node('/root/Driver').add_dialogues()")
        game.do(f"{MANAGER}('Mira', 'Who [b]goes[/b] there?')")
        cue_id, *said = game.heard("line_said")[-1]
        assert said == ["Mira", "Who goes there?"]
        assert game.until("cue_finished", cue_id)[1] == "finished"
        game.do(f"{DIALOGIC}('Ada', '[color=red]Nobody.[/color]')")
        cue_id, *said = game.heard("line_said")[-1]
        assert said == ["Ada", "Nobody."]
        assert game.until("cue_finished", cue_id)[1] == "finished"


def test_a_line_takes_the_place_of_the_one_before_it(godot: Path, project: Path, engine: Engine):
    with Game(godot, project, engine.url) as game:
        game.until("connected")
        game.do("get_node('/root/Driver').add_dialogues()")
        game.do(f"{MANAGER}('Mira', 'This would take a long while, had nobody gone on.')")
        first = game.heard("line_said")[-1][0]
        game.until("word_started", first)
        game.do(f"{MANAGER}('Mira', 'Next.')")
        assert game.until("cue_finished", first)[1] == "interrupted"
        assert game.until("cue_finished")[1] == "finished"
