"""`doctor` on graphics cards and XTTS: what is not there is no fault."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.gpu import Card
from skaldcast.core.settings import ModelsSettings, Settings, XttsSettings
from skaldcast.core.synthesis.xtts.torch_facts import TorchFacts
from skaldcast.tui import gpu_checks
from skaldcast.tui.checks import Check, Verdict
from skaldcast.tui.gpu_checks import check_gpu, check_xtts, torch_rows

CPU = TorchFacts("2.13.0+cpu", "0.28.0", "5.23.0", cuda="")
CUDA = replace(CPU, torch="2.13.0+cu130", cuda="13.0")
WORKING = replace(CUDA, card="RTX 5090", vram_total=32 * 10**9, vram_free=30 * 10**9)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), models=ModelsSettings(folder=tmp_path / "models"))


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(gpu_checks, "open_nvml", lambda: None)
    monkeypatch.setattr(gpu_checks, "missing_libraries", lambda: ["torch", "TTS"])


def answer_with(monkeypatch: pytest.MonkeyPatch, answer: TorchFacts | Exception) -> None:
    async def facts() -> TorchFacts:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(gpu_checks, "missing_libraries", list)
    monkeypatch.setattr(gpu_checks, "torch_facts", facts)


def rows(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in asyncio.run(check_xtts(settings))}


@pytest.mark.usefixtures("nothing_installed")
def test_neither_a_card_nor_xtts_is_needed(settings: Settings):
    assert check_gpu().verdict is Verdict.OK
    table = rows(settings)
    assert {check.verdict for check in table.values()} == {Verdict.OK}
    assert "pip install" in table["XTTS"].to_do
    assert "skaldcast fetch xtts-v2" in table["XTTS checkpoint"].to_do
    assert "XTTS licence" not in table


def test_what_is_half_installed_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gpu_checks, "missing_libraries", lambda: ["torch"])
    assert "torch missing" in rows(settings)["XTTS"].found


def test_cards_are_told_with_driver_and_memory(monkeypatch: pytest.MonkeyPatch):
    class Nvml:
        def cards(self) -> list[Card]:
            return [Card("RTX 5090", "580.1", 32 * 10**9, 2 * 10**9, 0.1)]

        def close(self) -> None: ...

    monkeypatch.setattr(gpu_checks, "open_nvml", Nvml)
    assert check_gpu().found == "RTX 5090, driver 580.1, 2.0 of 32.0 GB used"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.usefixtures("nothing_installed")
def test_without_nvml_the_drivers_own_program_is_asked(tmp_path: Path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'RTX 5090, 580.1, 32607 MiB, 2 MiB'\n")
    program.chmod(0o755)
    assert check_gpu().found == "RTX 5090, 580.1, 32607 MiB, 2 MiB"
    program.write_text("#!/bin/sh\nexit 9\n")
    assert check_gpu().verdict is Verdict.WARN


@pytest.mark.parametrize(
    ("facts", "verdict", "found", "to_do"),
    [
        (CPU, Verdict.WARN, "without CUDA", "docs/xtts.md"),
        (CUDA, Verdict.WARN, "finds no card", "driver"),
        (
            replace(CUDA, fault="the NVIDIA driver is too old for this torch"),
            Verdict.WARN,
            "(the NVIDIA driver is too old for this torch): XTTS runs on the processor",
            "update the card's driver",
        ),
        (replace(WORKING, fault="no kernel image"), Verdict.WARN, "no kernel image", "driver"),
        (WORKING, Verdict.OK, "RTX 5090 works, 30.0 of 32.0 GB free, CUDA 13.0", ""),
    ],
)
def test_whether_the_card_can_be_used_is_told(
    facts: TorchFacts, verdict: Verdict, found: str, to_do: str
):
    libraries, cuda = torch_rows(facts)
    assert libraries.found == f"coqui-tts 0.28.0, transformers 5.23.0, torch {facts.torch}"
    assert cuda.verdict is verdict
    assert found in cuda.found
    assert to_do in cuda.to_do


def test_an_installation_that_does_not_import_is_a_warning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    answer_with(monkeypatch, SynthesizerError("it is broken (no six); install it with: pip"))
    row = rows(settings)["XTTS"]
    assert (row.verdict, row.found, row.to_do) == (
        Verdict.WARN,
        "it is broken (no six)",
        "install it with: pip",
    )


def test_a_checkpoint_that_is_set_and_broken_is_a_warning(settings: Settings, tmp_path: Path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model": "vits"}))
    for name in ("vocab.json", "model.pth"):
        (folder / name).write_text("x")
    for path in (folder, tmp_path / "nowhere"):
        row = rows(replace(settings, xtts=XttsSettings(checkpoint=path)))["XTTS checkpoint"]
        assert row.verdict is Verdict.WARN
        assert str(path) in row.found
        assert row.to_do


def test_doctor_itself_imports_no_torch():
    show = "import sys, skaldcast.tui.commands.doctor; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert {"torch", "TTS", "transformers", "httpx"}.isdisjoint(done.stdout.split())
