"""The demo, as somebody sees it who has just started the engine."""

from pathlib import Path

from tests.engine.godot.running import Engine, run_godot


def test_the_demo_hears_every_line_to_its_end(godot: Path, project: Path, engine: Engine):
    told = run_godot(godot, project, "--", f"--url={engine.url}", "--quit")
    assert [row for row in told.splitlines() if row.startswith("demo:")] == [
        "demo: line 1 of 3 finished",
        "demo: line 2 of 3 finished",
        "demo: line 3 of 3 finished",
        "demo: all was heard",
    ]
