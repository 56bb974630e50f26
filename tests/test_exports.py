"""`__init__.py` only re-exports, and the public names of docs and games are there."""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
INITS = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("core", "bridge", "tui")
    for path in (ROOT / package).rglob("__init__.py")
)
# The names of contracts.md; the error tree and the events are added below.
PUBLIC = {
    *("AudioBuffer", "AudioFormat", "Chunk", "Chunker", "Cue", "Narrator", "Prebuffer"),
    *("SkaldcastError", "Synthesizer", "Voice"),
}


@pytest.mark.parametrize("init", INITS)
def test_an_init_only_re_exports(init: str):
    allowed = (ast.Import, ast.ImportFrom, ast.If)  # if: TYPE_CHECKING
    for node in ast.parse((ROOT / init).read_text("utf-8")).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        table = isinstance(node, ast.Assign | ast.AnnAssign)
        lazy = isinstance(node, ast.FunctionDef) and node.name in ("__getattr__", "__dir__")
        assert docstring or table or lazy or isinstance(node, allowed), ast.unparse(node)


@pytest.mark.parametrize("init", INITS)
def test_all_that_an_init_names_is_there(init: str):
    module = importlib.import_module(
        "skaldcast." + init.replace("/", ".").removesuffix(".__init__.py")
    )
    names = getattr(module, "__all__", [])
    assert sorted(set(names)) == sorted(names)
    for name in names:
        assert getattr(module, name) is not None


def test_the_public_names_are_exported():
    core = importlib.import_module("skaldcast.core")
    errors = importlib.import_module("skaldcast.core.errors")
    tree = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert (PUBLIC | tree) - set(core.__all__) == set()
