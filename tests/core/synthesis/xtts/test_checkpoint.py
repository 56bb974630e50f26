"""Checkpoints are loaded by upstream's own code, and bad ones are refused in one clear line."""

import contextlib
import json
import re
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts import checkpoint as module
from skaldcast.core.synthesis.xtts.checkpoint import (
    Checkpoint,
    load_checkpoint,
    pick_device,
    unfilled,
)
from skaldcast.core.synthesis.xtts.checkpoint_folder import open_folder
from skaldcast.core.synthesis.xtts.float32 import Float32
from skaldcast.core.synthesis.xtts.library import torch
from tests.core.synthesis.xtts import tiny


@pytest.fixture
def copy(tiny_folder: Path, tmp_path: Path) -> Path:
    """A checkpoint to be damaged."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "copy"))


def refused(folder: Path) -> str:
    with pytest.raises(SynthesizerError) as caught, tiny.narrow():
        load_checkpoint(open_folder(folder))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_checkpoint_is_loaded_in_float32_without_weight_norm(checkpoint: Checkpoint) -> None:
    assert {p.dtype for p in checkpoint.model.parameters()} == {torch.float32}
    names = [name for name, _ in checkpoint.model.hifigan_decoder.waveform_decoder.named_modules()]
    assert not [name for name in names if "parametrizations" in name]
    assert checkpoint.sample_rate == 24_000


def test_no_random_weights_are_drawn_for_what_the_file_replaces(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tiny.load(tiny_folder).model
    monkeypatch.setattr(module, "unfilled", contextlib.nullcontext)
    upstreams = tiny.load(tiny_folder).model
    with unfilled():
        layer = torch.nn.Linear(2, 2, bias=False)
        layer.weight.data.zero_().normal_()

    assert not layer.weight.any()
    for part in ("named_parameters", "named_buffers"):
        for (name, one), (_, other) in zip(
            getattr(ours, part)(), getattr(upstreams, part)(), strict=True
        ):
            assert torch.equal(one, other), name


def test_stripping_the_weight_norm_changes_no_sample(tiny_folder: Path) -> None:
    from TTS.tts.layers.xtts.hifigan_decoder import HifiDecoder

    from skaldcast.core.synthesis.xtts.checkpoint import strip_weight_norm

    with tiny.narrow():
        vocoder = HifiDecoder(decoder_input_dim=32).eval()
    latents, embedding = torch.randn(1, 9, 32), torch.randn(1, 512, 1)
    with torch.inference_mode():
        before = vocoder(latents, g=embedding)
    strip_weight_norm(vocoder.waveform_decoder)
    with torch.inference_mode():
        assert torch.equal(vocoder(latents, g=embedding), before)


def test_what_a_checkpoint_offers_is_read_without_torch(tiny_folder: Path) -> None:
    folder = open_folder(tiny_folder)

    assert folder.speakers() == list(tiny.SPEAKERS)
    assert folder.languages == tuple(tiny.LANGUAGES)


def test_a_folder_without_studio_speakers_offers_none(copy: Path) -> None:
    (copy / "speakers_xtts.pth").unlink()

    assert open_folder(copy).speakers() == []


@pytest.mark.parametrize("name", ["model.pth", "config.json", "vocab.json"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()

    assert f"has no {name}" in refused(copy)


def test_a_folder_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    assert "skaldcast fetch xtts-v2" in refused(tmp_path / "nothing")


@pytest.mark.parametrize("kept", [0.0, 0.001, 0.5, 0.999])
def test_a_truncated_model_is_refused(copy: Path, kept: float) -> None:
    data = (copy / "model.pth").read_bytes()
    (copy / "model.pth").write_bytes(data[: int(len(data) * kept)])

    assert "model.pth" in refused(copy)


def largest_tensor(path: Path) -> zipfile.ZipInfo:
    with zipfile.ZipFile(path) as archive:
        return max(archive.infolist(), key=lambda part: part.file_size)


@pytest.mark.parametrize("name", ["model.pth", "speakers_xtts.pth"])
@pytest.mark.parametrize("behind_header", [0, 2000])
def test_bytes_that_were_overwritten_are_noticed_before_they_are_spoken(
    copy: Path, name: str, behind_header: int
) -> None:
    at = largest_tensor(copy / name).header_offset + behind_header
    data = bytearray((copy / name).read_bytes())
    data[at : at + 16] = bytes(byte ^ 0xFF for byte in data[at : at + 16])
    (copy / name).write_bytes(data)

    assert re.search(rf"{name} is damaged \(.+\); fetch it again", refused(copy))


def test_a_checkpoint_that_was_saved_without_checksums_is_loaded(copy: Path) -> None:
    data = torch.load(copy / "model.pth", weights_only=True)
    computed = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    torch.save(data, copy / "model.pth")
    torch.serialization.set_crc32_options(computed)
    assert largest_tensor(copy / "model.pth").CRC == 0

    assert tiny.load(copy).sample_rate == 24_000


def test_a_truncated_configuration_is_refused(copy: Path) -> None:
    text = (copy / "config.json").read_text()
    (copy / "config.json").write_text(text[: len(text) // 2])

    assert "config.json is damaged" in refused(copy)


def test_a_vocabulary_of_another_model_is_refused_with_both_sizes(copy: Path) -> None:
    data = json.loads((copy / "vocab.json").read_text())
    number = len(data["model"]["vocab"])
    data["model"]["vocab"]["more"] = number
    (copy / "vocab.json").write_text(json.dumps(data))

    assert f"has {number + 1} tokens and the model {number}" in refused(copy)


def test_a_vocabulary_that_is_none_is_refused(copy: Path) -> None:
    (copy / "vocab.json").write_text('{"words": []}')

    assert "no vocabulary" in refused(copy)


def test_the_weights_of_another_model_are_refused(copy: Path) -> None:
    torch.save({"model": {"encoder.weight": torch.zeros(2, 2)}}, copy / "model.pth")

    assert "another architecture" in refused(copy)


def test_the_configuration_of_another_model_is_refused(copy: Path) -> None:
    tiny.edit_json(copy / "config.json", model="vits")

    assert "'vits'" in refused(copy)


def test_xtts_v1_is_refused(copy: Path) -> None:
    arguments = json.loads((copy / "config.json").read_text())["model_args"]
    tiny.edit_json(
        copy / "config.json", model_args=arguments | {"gpt_use_perceiver_resampler": False}
    )

    assert "v1" in refused(copy)


def test_weights_that_do_not_fit_the_configuration_are_refused(copy: Path) -> None:
    arguments = json.loads((copy / "config.json").read_text())["model_args"]
    tiny.edit_json(copy / "config.json", model_args=arguments | {"gpt_layers": 3})

    assert "cannot be loaded" in refused(copy)


def test_a_tensor_of_another_shape_is_named(copy: Path) -> None:
    data = torch.load(copy / "model.pth", weights_only=True)
    data["model"]["gpt.final_norm.weight"] = torch.zeros(7)
    torch.save(data, copy / "model.pth")

    assert "size mismatch for gpt.final_norm.weight" in refused(copy)


def test_a_file_that_would_run_code_runs_none(copy: Path, tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> object:
            return (Path.touch, (tmp_path / "touched",))

    with zipfile.ZipFile(copy / "speakers_xtts.pth", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"Mallory": Evil()}))

    assert open_folder(copy).speakers() == ["Mallory"]
    assert not (tmp_path / "touched").exists()


def test_the_precision_flags_are_set_and_given_back() -> None:
    torch.backends.cudnn.allow_tf32 = True
    flags = Float32()
    assert torch.get_float32_matmul_precision() == "highest"
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32

    flags.restore()

    assert torch.backends.cudnn.allow_tf32


def test_without_cuda_the_processor_is_picked_and_cuda_is_refused() -> None:
    if torch.cuda.is_available():
        assert pick_device("auto") == "cuda"
        return
    assert pick_device("auto") == "cpu"
    with pytest.raises(SynthesizerError, match=r"no CUDA .*set xtts.device to cpu"):
        pick_device("cuda")


def with_cuda(monkeypatch: pytest.MonkeyPatch, why_not: str, cards: int = 1) -> None:
    """A torch for CUDA, on a machine that has so many cards, or none that works."""
    cuda = SimpleNamespace(device_count=lambda: cards)
    fake = SimpleNamespace(cuda=cuda, version=SimpleNamespace(cuda="13.0"))
    monkeypatch.setattr(module, "torch", fake)
    monkeypatch.setattr(module, "why_no_cuda", lambda: why_not)


def test_a_driver_that_is_too_old_is_an_error_where_cuda_was_asked_for_and_else_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with_cuda(monkeypatch, "the NVIDIA driver is too old for this torch")

    with pytest.raises(SynthesizerError, match=r"too old.*set xtts.device to cpu"):
        pick_device("cuda")
    assert pick_device("auto") == "cpu"
    assert "XTTS runs on the processor, slower than speech: the NVIDIA driver" in caplog.text


def test_a_card_that_is_not_there_is_told_with_how_many_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_cuda(monkeypatch, "", cards=2)

    assert [pick_device(one) for one in ("auto", "cuda", "cuda:1")] == ["cuda", "cuda", "cuda:1"]
    with pytest.raises(SynthesizerError, match=r"'cuda:2' and torch finds 2 cards; .* to cuda:1"):
        pick_device("cuda:2")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "too little VRAM for the XTTS model"),
        (RuntimeError("CUDA error: no kernel image is available"), "a newer CUDA"),
    ],
)
def test_weights_that_do_not_get_onto_the_card_are_no_fault_of_the_checkpoint(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(module.Xtts, "to", refuse)
    with pytest.raises(SynthesizerError, match=told), tiny.narrow():
        load_checkpoint(open_folder(tiny_folder), "cuda")
