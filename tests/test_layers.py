"""The layers, read from the source: tui over bridge over core, and each heavy library in its place.

`make check` proves the layers a second time with import-linter, on an installed wheel.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {"core": {"bridge", "tui"}, "bridge": {"tui"}, "tui": set[str]()}
# Where each heavy library may be imported: files, or folders with a slash at the end.
HEAVY = {
    "aiohttp": ("bridge/web/",),
    "aiortc": ("core/broadcast/webrtc.py",),
    "av": ("core/broadcast/opus.py", "core/sound_encoding.py"),
    "hibari": ("core/synthesis/hibari_model.py", "core/synthesis/phonemes.py"),
    "httpx": ("core/models/sources.py", "core/source/llm/chat_client.py"),
    "httpx_sse": ("core/source/llm/chat_client.py",),
    "num2words": ("core/spoken/foreign.py",),
    "onnxruntime": ("core/synthesis/onnx_session.py",),
    "prometheus_client": ("bridge/web/metrics.py",),
    "pynvml": ("core/gpu.py",),
    "safetensors": ("core/synthesis/xtts/",),
    "soxr": ("core/playout/resampler.py",),
    "sounddevice": ("core/playout/portaudio.py",),
    "textual": ("tui/console/",),
    "torch": ("core/synthesis/xtts/",),
    "TTS": ("core/synthesis/xtts/",),
    "websockets": ("bridge/server.py", "bridge/peer.py", "bridge/client.py"),
    "wyoming": ("bridge/web/wyoming.py",),
}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Absolute names of all that a file imports, however deep inside it."""
    module = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ["skaldcast", *module[: len(module) - node.level]] if node.level else []
            stem = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            yield from (f"{stem}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_layer_imports_nothing_above_it(package: str):
    assert sources(package)
    above = {f"skaldcast.{name}" for name in FORBIDDEN[package]}
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources(package)
        for name in imports(path)
        if ".".join(name.split(".")[:2]) in above
    }
    assert not found


@pytest.mark.parametrize("package", FORBIDDEN)
def test_inside_the_packages_imports_of_our_own_are_relative(package: str):
    own = ("skaldcast", "core", "bridge", "tui")
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(package)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (
            isinstance(node, ast.ImportFrom) and not node.level and node.module.split(".")[0] in own
        )
        or (isinstance(node, ast.Import) and any(a.name.split(".")[0] in own for a in node.names))
    ]
    assert not found


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_is_imported_in_its_place_only(library: str):
    files = [
        path.relative_to(ROOT).as_posix()
        for package in FORBIDDEN
        for path in sources(package)
        if any(name.split(".")[0] == library for name in imports(path))
    ]
    assert [file for file in files if not file.startswith(HEAVY[library])] == []


def test_importing_core_loads_nothing_heavy():
    heavy = {*HEAVY, "rich", "scipy"}
    program = "import sys, skaldcast.core; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "skaldcast" in loaded
    assert not loaded & heavy
