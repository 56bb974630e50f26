"""XTTS: what batching and streaming are worth, as ratios, on models with random weights.

    python benchmarks/xtts.py [full] [tiny] [whole] [--threads N] [--device cpu|cuda] [--tune]

`full` is a model of the released size (1.9 GB): codes per second in 8 slots against one, in one
slot against upstream's streaming generator, and the vocoder's work for ten seconds against
upstream's streaming path. Promised are at least 2.5, 1.5 and 4. Each step reads all weights: it
also tells how long that takes alone. `tiny` is the tests' model through the real worker process on
one thread: a real-time factor below 0.2, and no underrun. `whole` is for a graphics card: a
checkpoint of the released size through the whole engine, in many chunks and then aloud. `--tune`
searches slots and window sizes on this machine. Without a name `full` and `tiny` are measured.
"""

import argparse
import asyncio
import copy
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

STORY = (
    "The bell rang once more over the frozen harbour, and nobody answered it. Far out on the ice a "
    "single lantern moved, slowly, the way a tired man walks. She counted its steps until it was "
    "gone; then she shut the door, put the bar across it, and sat down to wait for the morning. "
)
_CODES = 215  # ten seconds
_UPSTREAM_CODES = 20  # upstream's own step
_ROUNDS = 40  # a step of each in turn
_MUCH = 40  # stories
_LINE = "The bell rang once more, and nobody answered it."


def full(threads: int, device: str) -> None:
    from skaldcast.core.synthesis.xtts.library import torch
    from skaldcast.core.synthesis.xtts.measuring import vocoder_s
    from skaldcast.core.synthesis.xtts.random_model import random_model
    from skaldcast.core.synthesis.xtts.windows import StepSizes

    torch.set_num_threads(threads)
    model = random_model(device)
    with torch.inference_mode():
        _speeds(model, threads)
        ours, theirs = vocoder_s(model, StepSizes(), _CODES), _upstream_vocoder_s(model)
    print(f"vocoder for 10 s: {ours:.1f} s, upstream's streaming path {theirs:.1f} s")
    print(f"vocoder, upstream to ours: {theirs / ours:.2f} (at least 4)")


def _speeds(model: Any, threads: int) -> None:
    """Print codes per second in one slot, in eight and upstream's. They are timed in turns, and the
    best of each counts, so that what else the machine does falls on all of them."""
    from skaldcast.core.synthesis.xtts.measuring import SteppingDecoder

    upstream = UpstreamDecoder(model)  # before ours, which lays the weights out anew
    timed = {"1": SteppingDecoder(model, 1), "8": SteppingDecoder(model, 8), "up": upstream}
    for one in timed.values():
        one.seconds(3)
    reading = Reading(str(model.device))
    best = dict.fromkeys(timed, float("inf"))
    floor_s = float("inf")
    for _ in range(_ROUNDS):
        floor_s = min(floor_s, _weight_bytes(model) / reading.bytes_per_s())
        for name, one in timed.items():
            best[name] = min(best[name], one.seconds(1))
    one, eight, theirs = 1 / best["1"], 8 / best["8"], 1 / best["up"]
    print(
        f"codes/s: 1 slot {one:.1f}, 8 slots {eight:.1f} together, upstream's generator "
        f"{theirs:.1f} ({threads} threads)"
    )
    print(f"8 slots to 1: {eight / one:.2f} (at least 2.5)")
    print(f"1 slot to upstream: {one / theirs:.2f} (at least 1.5)")
    times = {"1 slot": best["1"], "8 slots": best["8"], "upstream's generator": best["up"]}
    print(
        f"reading all weights once takes {floor_s * 1000:.0f} ms; a step takes "
        + ", ".join(
            f"{s * 1000:.0f} ms ({name}, {s / floor_s:.2f} of it)" for name, s in times.items()
        ),
        flush=True,
    )


class UpstreamDecoder:
    """Upstream's streaming generator, with a prompt and a sampling like ours, to be timed step by
    step. It has weights of its own, which lie in memory as upstream has them."""

    def __init__(self, model: Any) -> None:
        from skaldcast.core.synthesis.xtts.library import torch
        from skaldcast.core.synthesis.xtts.random_model import random_voice
        from skaldcast.core.synthesis.xtts.sampling import Sampling

        gpt, how = copy.deepcopy(model.gpt), Sampling()
        latent, _ = random_voice(model)
        tokens = torch.arange(2, 62, dtype=torch.int32, device=model.device)[None]
        self._generator = gpt.get_generator(
            fake_inputs=gpt.compute_embeddings(latent, tokens),
            top_k=how.top_k,
            top_p=how.top_p,
            temperature=how.temperature,
            do_sample=True,
            num_beams=1,
            num_return_sequences=1,
            length_penalty=1.0,
            repetition_penalty=how.repetition_penalty,
            output_attentions=False,
            output_hidden_states=True,
            return_dict_in_generate=True,
            max_new_tokens=600,
        )

    def seconds(self, steps: int) -> float:
        """How long so many steps take, the last one's code read."""
        began = time.perf_counter()
        for _ in range(steps):
            next(self._generator)[0].item()
        return time.perf_counter() - began


class Reading:
    """How fast the machine reads memory, with the threads that torch has: the sum of 0.4 GB."""

    def __init__(self, device: str) -> None:
        from skaldcast.core.synthesis.xtts.library import torch

        self._much = torch.ones(100_000_000, device=device)

    def bytes_per_s(self) -> float:
        began = time.perf_counter()
        self._much.sum().item()
        return 4 * self._much.numel() / (time.perf_counter() - began)


def _weight_bytes(model: Any) -> int:
    """What each step reads of the weights, however many rows it has."""
    read = (*model.gpt.gpt.h.parameters(), *model.gpt.mel_head.parameters())
    return 4 * sum(weight.numel() for weight in read)


def _upstream_vocoder_s(model: Any) -> float:
    """The vocoder's calls of `inference_stream`: all latents so far, every twenty codes."""
    from skaldcast.core.synthesis.xtts.library import torch
    from skaldcast.core.synthesis.xtts.random_model import random_voice

    on_cuda = model.device.type == "cuda"
    clock = time.perf_counter if on_cuda else time.process_time
    _, embedding = random_voice(model)
    latents = torch.randn(1, _CODES, model.gpt.model_dim, device=model.device)
    for _ in range(2 if on_cuda else 1):  # a card is warmed up
        began = clock()
        for count in [*range(_UPSTREAM_CODES, _CODES, _UPSTREAM_CODES), _CODES]:
            model.hifigan_decoder(latents[:, :count], g=embedding).cpu()
        took = clock() - began
    return took


def tiny() -> None:
    from tests.core.synthesis.xtts import tiny as models
    from tests.core.synthesis.xtts.tiny_voice import tiny_registry

    os.environ["PYTHONPATH"] = str(ROOT)  # the worker imports the tests' model
    with tempfile.TemporaryDirectory() as name, models.narrow():
        folder = models.build(Path(name) / "tiny", stop_bias=models.NEVER)
        # It never stops by itself, so that each attempt would run away.
        registry = tiny_registry(folder, retries=0)
        to_file = asyncio.run(_speak(f"wav:{name}/out.wav", STORY * 4, registry))
        aloud = asyncio.run(_speak("null", STORY, registry))
    factor = to_file["real_time_factor"]
    print(f"tiny, end to end, one thread: real-time factor {factor:.3f} (below 0.2)")
    print(f"  {to_file['audio_s']:.0f} s of audio in {to_file['synthesis_s']:.1f} s")
    print(
        f"aloud: underruns {aloud['underruns']}, holds {aloud['holds']}, first audio "
        f"{aloud['time_to_first_audio_s']:.2f} s"
    )


def whole(device: str) -> None:
    from skaldcast.core.synthesis.registry import VoiceRegistry
    from skaldcast.core.synthesis.xtts.random_model import Size
    from tests.core.synthesis.xtts import tiny as models

    with tempfile.TemporaryDirectory() as name:
        folder = models.build(Path(name) / "released", stop_bias=models.NEVER, size=Size())
        options = {"checkpoint": str(folder), "device": device, "retries": "0"}
        registry = VoiceRegistry(settings={"xtts": options})
        much = asyncio.run(_speak(f"wav:{name}/out.wav", STORY * _MUCH, registry))
        print(f"{much['chunks']} chunks, {much['audio_s']:.0f} s, to a file: ", end="")
        print(f"in {much['synthesis_s']:.1f} s; {_figures(much)}")
        print(f"  card: {much.get('gpu')}", flush=True)
        aloud = asyncio.run(_speak("null", _LINE, registry))
    print(f"aloud: underruns {aloud['underruns']}, holds {aloud['holds']}; {_figures(aloud)}")
    print(f"  cue to first audio {aloud['time_to_first_audio_s']:.3f} s")


def _figures(report: dict[str, Any]) -> str:
    figures = report["synthesizer_figures"]
    return ", ".join(f"{name} {value:.4g}" for name, value in figures.items())


async def _speak(output: str, text: str, registry: Any) -> dict[str, Any]:
    from skaldcast.core import Narrator, NarratorOptions

    options = NarratorOptions(voice="xtts", output=output)
    async with Narrator(options, registry=registry) as narrator:
        await narrator.play(text).wait_finished()
        return narrator.report()


def tune(device: str, threads: int) -> None:
    from skaldcast.core.synthesis.xtts.library import torch
    from skaldcast.core.synthesis.xtts.measuring import tune as search
    from skaldcast.core.synthesis.xtts.random_model import random_model
    from skaldcast.core.synthesis.xtts.speeds import SlotSpeed, Tuned, WindowWork

    torch.set_num_threads(threads)
    for found in search(random_model(device), most_slots=16 if device != "cpu" else 8):
        match found:
            case SlotSpeed():
                print(
                    f"{found.slots} slots: {found.codes_per_s:.1f} codes/s, real-time factor "
                    f"{found.real_time_factor:.3f}, of each {found.slot_real_time_factor:.3f}"
                )
            case Tuned():
                print(f"best: xtts.slots={found.slots} xtts.step_codes={found.step_codes}")
            case WindowWork():
                step, seconds = found.step_codes, found.seconds
                print(f"windows of {step} codes: {seconds:.2f} s for ten seconds of audio")
            case _:
                pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", choices=["full", "tiny", "whole", []])
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--tune", action="store_true")
    arguments = parser.parse_args()
    if arguments.tune:
        tune(arguments.device, arguments.threads)
        return
    what = arguments.what or ["full", "tiny"]
    if "full" in what:
        full(arguments.threads, arguments.device)
    if "tiny" in what:
        tiny()
    if "whole" in what:
        whole(arguments.device)


if __name__ == "__main__":
    main()
