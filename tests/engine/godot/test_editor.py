"""The addon in the editor: switched on and off, its dock, and what that records for a game."""

import shutil
from pathlib import Path

import pytest
import soundfile

from tests.engine.godot.conftest import BAKED, BAKED_FROM_FILE, MADE_SMALLER, Edited
from tests.engine.godot.heard import CHARACTER_S, Heard, take_sound
from tests.engine.godot.running import Game, choose

SHORTEST_S = 0.002
RECORDED = {BAKED: ".ogg", BAKED_FROM_FILE: ".wav", MADE_SMALLER: ".wav"}


def test_the_editor_switches_it_on_and_hears_a_line_through_its_dock(edited: Edited):
    assert edited.told == [
        "editor: on, autoload true",
        "editor: url setting true",
        "editor: the line has finished",
        "editor: baked",
        "editor: off, autoload false",
        "editor: url setting true",
    ]


def test_the_dock_records_lines_whole(edited: Edited):
    for line, kind in RECORDED.items():
        paths = edited.folder.glob(f"baked_lines/{line[:5].lower().replace(' ', '_')}*")
        (path,) = (path for path in paths if path.suffix != ".import")
        assert path.suffix == kind
        samples, rate = soundfile.read(path, dtype="float32")
        heard = Heard(samples, rate)
        assert heard.speech_s == pytest.approx(len(line) * CHARACTER_S, abs=SHORTEST_S)
        assert heard.silence_s < SHORTEST_S


def test_the_dock_remembers_what_kind_of_files_it_records(edited: Edited):
    assert 'baked/file="wav"' in (edited.folder / "project.godot").read_text("utf-8")


def test_a_game_plays_recordings_where_there_is_no_engine(
    godot: Path, project: Path, tmp_path: Path
):
    folder = shutil.copytree(project, tmp_path / "project")
    choose(
        folder,
        "connection/connect_at_start=false",
        'baked/lines="res://baked_lines/lines.tres"',
    )
    with Game(godot, folder) as game:
        game.do("get_node('/root/Driver').add_player('SkaldcastPlayer')")
        cue_id = game.do(f"say('{BAKED}', 'Mira')")
        assert game.until("cue_finished", cue_id)[1:] == ["finished", ""]
        heard = take_sound(game, tmp_path / "heard")
        assert heard.speech_s == pytest.approx(len(BAKED) * CHARACTER_S, abs=SHORTEST_S)
        assert game.words(cue_id) == ["Who", "goes", "there"]
        assert game.heard("cue_queued", cue_id) == [[cue_id, BAKED]]
        for line in (
            f"say('{BAKED_FROM_FILE}', '', {{'voice': 'tone'}})",
            f"say('{MADE_SMALLER}')",
        ):
            assert game.until("cue_finished", game.do(line))[1:] == ["finished", ""]
        following = [game.do(f"say('{BAKED}', 'Mira')") for _ in range(2)]
        game.until("word_started", following[0])
        game.do("skip()")
        game.until("cue_started", following[1])
        game.do("stop()")
        ends = [game.heard("cue_finished", cue_id)[0][1] for cue_id in following]
        assert ends == ["skipped", "interrupted"]
        unknown = game.say("Nobody has recorded this.")
        assert game.until("cue_refused", unknown)[1] == 0
