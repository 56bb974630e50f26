"""The addon in the editor: switched on and off, its dock, and what that records for a game."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
import soundfile

from tests.engine.godot.heard import CHARACTER_S, Heard, take_sound
from tests.engine.godot.running import Engine, Game, choose, run_godot

HERE = Path(__file__).parent
PROJECT = """config_version=5
[editor_plugins]
enabled=PackedStringArray("res://addons/editor_test/plugin.cfg")
"""
BAKED = "Who goes there?"
"""As Mira, by the dock."""
FROM_FILE = "Nobody."
"""As nobody, with the voice \"tone\", by the file."""
SHORTEST_S = 0.002


class Edited(NamedTuple):
    """A project in which an editor was, and what that told."""

    folder: Path
    told: list[str]


@pytest.fixture(scope="module")
def edited(
    godot: Path, project: Path, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Edited:
    folder = tmp_path_factory.mktemp("edited") / "project"
    shutil.copytree(project / "addons", folder / "addons")
    shutil.copytree(HERE / "editor", folder / "addons" / "editor_test")
    url = f'[skaldcast]\nconnection/url="{engine.url}"\n'  # the editor reads no override.cfg
    (folder / "project.godot").write_text(PROJECT + url, "utf-8")
    (folder / "lines.tsv").write_text(f"{FROM_FILE}\t\ttone\n", "utf-8")
    told = run_godot(godot, folder, "--editor").splitlines()
    return Edited(folder, [row for row in told if row.startswith("editor:")])


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
    for line in (BAKED, FROM_FILE):
        (path,) = edited.folder.glob(f"baked_lines/{line[:5].lower().replace(' ', '_')}*.wav")
        samples, rate = soundfile.read(path, dtype="float32")
        heard = Heard(samples, rate)
        assert heard.speech_s == pytest.approx(len(line) * CHARACTER_S, abs=SHORTEST_S)
        assert heard.silence_s < SHORTEST_S


def test_a_game_plays_recordings_where_there_is_no_engine(
    godot: Path, project: Path, edited: Edited, tmp_path: Path
):
    folder = shutil.copytree(project, tmp_path / "project")
    shutil.copytree(edited.folder / "baked_lines", folder / "baked_lines")
    (recording,) = folder.glob("baked_lines/nobody*.wav")
    soundfile.write(recording.with_suffix(".ogg"), *soundfile.read(recording))
    recording.unlink()  # made smaller by another program
    choose(
        folder,
        "connection/connect_at_start=false",
        'baked/lines="res://baked_lines/lines.tres"',
    )
    run_godot(godot, folder, "--import")
    with Game(godot, folder) as game:
        game.do("get_node('/root/Driver').add_player('SkaldcastPlayer')")
        cue_id = game.do(f"say('{BAKED}', 'Mira')")
        assert game.until("cue_finished", cue_id)[1:] == ["finished", ""]
        heard = take_sound(game, tmp_path / "heard")
        assert heard.speech_s == pytest.approx(len(BAKED) * CHARACTER_S, abs=SHORTEST_S)
        assert game.words(cue_id) == ["Who", "goes", "there"]
        assert game.heard("cue_queued", cue_id) == [[cue_id, BAKED]]
        small = game.do(f"say('{FROM_FILE}', '', {{'voice': 'tone'}})")
        assert game.until("cue_finished", small)[1:] == ["finished", ""]
        following = [game.do(f"say('{BAKED}', 'Mira')") for _ in range(2)]
        game.until("word_started", following[0])
        game.do("skip()")
        game.until("cue_started", following[1])
        game.do("stop()")
        ends = [game.heard("cue_finished", cue_id)[0][1] for cue_id in following]
        assert ends == ["skipped", "interrupted"]
        unknown = game.say("Nobody has recorded this.")
        assert game.until("cue_refused", unknown)[1] == 0
