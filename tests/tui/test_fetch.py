"""`fetch`: nothing comes before its licence is agreed to."""

import io
import os
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from skaldcast.core.errors import ModelError
from skaldcast.core.models.catalogue import MODELS
from skaldcast.core.models.fetch import Progress
from skaldcast.tui.commands.fetch import FetchBar, fetch
from skaldcast.tui.parser import make_parser
from tests.core.models.mirror import Mirror, serving
from tests.core.models.test_fetch import CONTENT, MODEL
from tests.tui.command import run


class Terminal(io.StringIO):
    """Somebody who has typed something."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A small model in the catalogue, and a mirror of it."""
    monkeypatch.setitem(MODELS, "small", MODEL)  # pyright: ignore[reportArgumentType]
    with serving(dict(CONTENT)) as mirror:
        yield mirror


def arguments(folder: Path, *words: str) -> Namespace:
    return make_parser().parse_args(["fetch", *words, "--set", f"models.folder={folder}"])


def asked(monkeypatch: pytest.MonkeyPatch, answer: str) -> Terminal:
    """A terminal where `answer` is typed; what is shown there."""
    shown = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr", shown)
    return shown


def test_without_a_name_the_models_are_listed(tmp_path: Path):
    done = run("fetch", "--set", f"models.folder={tmp_path}")
    assert (done.status, done.err) == (0, "")
    header, row = (line.split("\t") for line in done.out.splitlines())
    assert header == ["model", "size", "licence", "here", "what it is"]
    assert row[:2] == ["xtts-v2", "1876 MB"]
    assert "CPML" in row[2]
    assert row[3] == "no"


def test_a_model_that_is_not_known_is_told_with_those_that_are():
    assert "there are: xtts-v2" in run("fetch", "bark").refusal()


def test_where_nobody_can_be_asked_the_licence_must_be_accepted_by_option(tmp_path: Path):
    folder = f"models.folder={tmp_path / 'models'}"
    line = run("fetch", "xtts-v2", "--set", folder, stdin=b"y\n").refusal()
    assert "non-commercial" in line
    assert "--accept-licence" in line
    assert not (tmp_path / "models").exists()


def test_a_source_that_is_none_is_told_before_the_question(tmp_path: Path):
    line = run("fetch", "xtts-v2", "--from", str(tmp_path / "nowhere")).refusal()
    assert "neither a folder nor an address" in line


def test_with_the_licence_accepted_by_option_the_folder_is_printed(
    small: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert fetch(arguments(tmp_path, "small", "--accept-licence", "--from", small.address)) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'small'}\n"
    assert "CPML" in err
    assert "non-commercial" in err.lower()
    assert (tmp_path / "small" / "model.pth").read_bytes() == CONTENT["model.pth"]
    assert "COQUI_TOS_AGREED" not in os.environ


@pytest.mark.parametrize("answer", ["y\n", " Yes \n"])
def test_who_agrees_gets_the_model_and_sees_how_far_it_is(
    answer: str, small: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shown = asked(monkeypatch, answer)
    assert fetch(arguments(tmp_path, "small", "--from", small.address)) == 0
    assert "Do you agree to this licence? [y/N]" in shown.getvalue()
    assert "\rconfig.json [." in shown.getvalue()
    assert (tmp_path / "small").is_dir()


def test_the_line_shows_how_far_it_is_how_fast_and_how_long_it_takes():
    bar = FetchBar()
    total = 2_000_000_000
    begun = Progress("model.pth", False, 500_000_000, total)
    assert bar.text(begun, 10.0) == f"model.pth [{'#' * 6:.<24}]  25%, 500 of 2000 MB"
    later = Progress("model.pth", False, 1_000_000_000, total)
    assert bar.text(later, 20.0).endswith(" 50%, 1000 of 2000 MB, 50.0 MB/s, 0:20 left")
    checking = Progress("model.pth", True, 20_000_000, total)
    assert bar.text(checking, 30.0) == "checking model.pth   1%"


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yeah\n"])
def test_who_does_not_agree_gets_nothing(
    answer: str, small: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked(monkeypatch, answer)
    with pytest.raises(ModelError, match="its licence was not agreed to"):
        fetch(arguments(tmp_path, "small", "--from", small.address))
    assert small.requests == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_here_and_whole_is_not_asked_about_again(
    small: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    fetch(arguments(tmp_path, "small", "--accept-licence", "--from", small.address))
    small.requests.clear()
    assert fetch(arguments(tmp_path, "small")) == 0
    assert "is here already, and whole" in capsys.readouterr().err
    assert small.requests == []
