"""The proof of the adaptive prebuffer: random synthesis traces on a virtual clock.

    python benchmarks/prebuffer_traces.py [--traces 100000] [--seed 1] [--processes 2]

A trace is a text (chunks of some length pattern, with the engine's pauses or without; all there
at once, streamed, or streamed with stalls) and a voice (latency, real-time factor, block size or
whole chunks, jitter). Chunks are made one after another. The policy sees only what the pipeline
sees: what has come so far, and a pace that a `VoiceProfile` learned from earlier chunks of the
voice (3 in 4), learned from one that was up to 3 times as fast or as slow (1 in 8), or has still
to learn (1 in 8). What a start delay is measured against: `prebuffer_simulation`.

Least hold seconds are those of a clairvoyant that started when the policy did: the maximum over
all blocks of (arrival - start - audio before it), if positive; what a stalled source costs is in
both. A hold is *needless* where that is zero.
"""

import argparse
import itertools
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from prebuffer_simulation import Eager, Made, Result, Run, Trace, observe

from skaldcast.core.playout.prebuffer import Prebuffer
from skaldcast.core.synthesis.synthesizer import SpeedHint
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.text.chunker import Chunker
from skaldcast.core.types import Boundary

SECONDS_PER_CHARACTER: Final = 0.065

PAUSES_S: Final = {Boundary.COMMA: 0.12, Boundary.SENTENCE: 0.35, Boundary.PARAGRAPH: 0.7}
PATTERNS: Final = ("grown", "mixed", "alternating", "long", "short")
TEXTS: Final = ("at once", "streamed", "stalling")
JITTERS: Final = ("even", "log-normal", "heavy", "hiccups")


def lengths_s(rng: np.random.Generator, pattern: str, count: int) -> list[float]:
    """Durations of speech as a chunker might cut them."""
    if pattern == "grown":
        growth = rng.uniform(1.1, 1.4)
        return [min(7.5, 2.4 * growth**i) * rng.uniform(0.9, 1.1) for i in range(count)]
    if pattern == "mixed":
        return list(rng.uniform(2.4, 8.0, count))
    if pattern == "alternating":
        return [(2.4 if i % 2 == 0 else 7.5) * rng.uniform(0.9, 1.1) for i in range(count)]
    if pattern == "long":
        return list(rng.uniform(11.0, 20.0, count))
    return list(rng.uniform(0.8, 3.0, count))


def boundaries(rng: np.random.Generator, count: int) -> list[Boundary]:
    choice = rng.choice([0, 1, 3, 6, 7, 7, 7, 8], count)
    return [Boundary(int(b)) for b in choice[:-1]] + [Boundary.PARAGRAPH]


@dataclass(frozen=True, slots=True)
class SimulatedVoice:
    """A voice's true speed and unevenness."""

    latency_s: float
    real_time_factor: float
    block_s: float
    """0: the whole chunk at once."""
    jitter: str

    def slowed(self, factor: float) -> "SimulatedVoice":
        return replace(
            self,
            latency_s=factor * self.latency_s,
            real_time_factor=factor * self.real_time_factor,
        )

    def work(self, rng: np.random.Generator, audio_s: float) -> tuple[list[float], list[float]]:
        """Blocks of a chunk and the work for each."""
        latency_sigma, rate_sigma, block_sigma = {
            "none": (0.0, 0.0, 0.0),
            "even": (0.02, 0.01, 0.02),
            "log-normal": (0.3, 0.08, 0.3),
            "heavy": (0.6, 0.15, 0.5),
            "hiccups": (0.05, 0.02, 0.05),
        }[self.jitter]
        blocks = [audio_s]
        if self.block_s and audio_s > self.block_s:
            whole = int(audio_s / self.block_s)
            rest = audio_s - whole * self.block_s
            blocks = [self.block_s] * whole + ([rest] if rest > 1e-3 else [])
        rate = self.real_time_factor * _log_normal(rng, rate_sigma)
        factors = np.exp(rng.normal(-0.5 * block_sigma**2, block_sigma, len(blocks)))
        if len(blocks) == 1:
            factors[:] = 1.0
        work = [rate * b * float(f) for b, f in zip(blocks, factors, strict=True)]
        work[0] += self.latency_s * _log_normal(rng, latency_sigma)
        if self.jitter == "hiccups" and rng.random() < 0.01:
            work[int(rng.integers(len(work)))] += float(rng.exponential(0.4))
        return blocks, work


def _log_normal(rng: np.random.Generator, sigma: float) -> float:
    """Of mean 1."""
    return float(np.exp(rng.normal(-0.5 * sigma * sigma, sigma)))


def random_chunks(
    rng: np.random.Generator, durations: Sequence[float], voice: SimulatedVoice, speaks: float
) -> tuple[list[Made], str]:
    """Chunks of these durations with their text times, and how the text comes."""
    text = str(rng.choice(TEXTS))
    count = len(durations)
    text_rate = float(rng.uniform(2.0, 8.0))  # seconds of speech that are written in a second
    stalls = rng.integers(1, count, int(rng.integers(1, 3))) if text == "stalling" else ()
    text_at = 0.0
    chunks: list[Made] = []
    for i, (audio_s, boundary) in enumerate(zip(durations, boundaries(rng, count), strict=True)):
        if i and text != "at once":
            text_at += audio_s / text_rate
        if i in stalls:
            text_at += float(rng.uniform(1.0, 6.0))
        characters = max(1, round(audio_s / speaks * _log_normal(rng, 0.1)))
        chunks.append(Made(characters, boundary, text_at, *voice.work(rng, audio_s)))
    if rng.random() < 0.5:
        for before, chunk in itertools.pairwise(chunks):
            chunk.pause_s = PAUSES_S.get(before.boundary, 0.0)
    return chunks, text


def random_trace(rng: np.random.Generator) -> Trace:
    pattern, jitter = str(rng.choice(PATTERNS)), str(rng.choice(JITTERS))
    streams = bool(rng.random() < 0.5)
    count = int(rng.integers(4, 9 if pattern == "long" else 20))
    durations = [float(s) for s in lengths_s(rng, pattern, count)]
    mean_s = statistics.fmean(durations)
    mean_rtf = float(rng.uniform(0.05, 0.9))
    latency_s = min(1.0, float(rng.uniform(0.03, 0.5)) * mean_rtf * mean_s)
    voice = SimulatedVoice(
        latency_s,
        mean_rtf - latency_s / mean_s,
        float(rng.uniform(0.2, 0.8)) if streams else 0.0,
        jitter,
    )
    speaks = SECONDS_PER_CHARACTER * float(rng.uniform(0.8, 1.25))
    chunks, text = random_chunks(rng, durations, voice, speaks)
    profile = VoiceProfile("trace:voice")
    known = str(rng.choice(("learned", "stale", "new"), p=(0.75, 0.125, 0.125)))
    if known != "new":
        factor = float(np.exp(rng.uniform(-1.1, 1.1))) if known == "stale" else 1.0
        teach(rng, profile, voice.slowed(factor), speaks, int(rng.integers(20, 64)))
    trace = Trace(chunks, profile, f"{'blocks' if streams else 'whole'}/{text}/{jitter}/{known}")
    trace.make()
    return trace


def teach(
    rng: np.random.Generator, profile: VoiceProfile, voice: SimulatedVoice, speaks: float, n: int
) -> None:
    """Let the profile see chunks of the voice, of other texts."""
    for audio_s in rng.uniform(1.5, 8.0, n).tolist():
        characters = max(1, round(audio_s / speaks * _log_normal(rng, 0.1)))
        made = Made(characters, Boundary.SENTENCE, 0.0, *voice.work(rng, audio_s))
        Trace([made], profile, "").make()
        observe(profile, made)


def run_seeded(seed: int, traces: int, policy: Callable[[], Prebuffer] = Prebuffer) -> list[Result]:
    """Random traces, played by a policy."""
    rng = np.random.default_rng(seed)
    return [Run(random_trace(rng), policy()).play() for _ in range(traces)]


# --- the two tone voices of the engine's targets ---------------------------------------------


def tone_text(chunks: int) -> str:
    """Sentences of mixed length, about so many chunks."""
    rng = np.random.default_rng(7)
    sentences = ("wind and rain " * int(n) for n in rng.integers(1, 12, chunks))
    return " ".join(f"{s.strip().capitalize()}." for s in sentences)


def alternating_text(sentences: int) -> str:
    """One-word and thirty-word sentences in turn."""
    long = "the old keeper walked down to the water and " * 3 + "lit his lamp"
    return " ".join("Silence." if i % 2 == 0 else f"{long.capitalize()}." for i in range(sentences))


def tone_run(text: str, hint: SpeedHint, *, hinted: bool) -> tuple[int, Result]:
    """The text cut by the real chunker, made by a tone voice, played by the policy."""
    profile = VoiceProfile("tone:tone", hint if hinted else None)
    chunker = Chunker(pace=profile.pace())
    voice = SimulatedVoice(hint.latency_s, hint.real_time_factor, hint.block_s, "none")
    rng = np.random.default_rng(1)
    chunks: list[Made] = []
    for chunk in chunker.push(text, 0.0) + chunker.finish():
        characters = len(chunk.text.strip())
        work = voice.work(rng, characters * SECONDS_PER_CHARACTER)
        chunks.append(Made(characters, chunk.boundary, 0.0, *work))
    trace = Trace(chunks, profile, "tone")
    trace.make()
    return len(chunks), Run(trace, Prebuffer()).play()


def print_tone() -> None:
    cases = (
        ("rtf=0.8 latency=0.3 block=0.2, mixed", tone_text(200), SpeedHint(0.3, 0.8, 0.2)),
        (
            "rtf=0.7 latency=0.25 block=0, 1 and 30 words",
            alternating_text(60),
            SpeedHint(0.25, 0.7),
        ),
    )
    for name, text, hint in cases:
        hint = replace(hint, seconds_per_character=SECONDS_PER_CHARACTER)
        for hinted in (True, False):
            count, r = tone_run(text, hint, hinted=hinted)
            print(
                f"tone {name}, {'its speed told' if hinted else 'nothing told'}: {count} chunks, "
                f"start {r.delay_s:.2f} s (least {r.least_s:.2f}), underruns {r.underruns}, "
                f"holds {r.holds} ({r.hold_s:.2f} s, least {r.least_hold_s:.2f})"
            )


# --- figures ---------------------------------------------------------------------------------


def describe(name: str, results: Sequence[Result]) -> str:
    """One line of the table."""
    n = len(results)
    failed = sum(r.underruns > 0 for r in results)
    delay_s = statistics.median(r.delay_s for r in results)
    least_s = statistics.median(r.least_s for r in results)
    within = sum(r.delay_s <= 1.5 * r.least_s + 0.1 for r in results) / n
    needless = sum(r.holds > 0 and r.least_hold_s <= 0.0 for r in results) / n
    holds = sum(r.holds for r in results)
    weak = sum(r.weak_holds for r in results) / max(1, holds)
    return (
        f"{name:26} {n:7} {failed:6} {100 * failed / n:7.3f} {delay_s:7.3f} {least_s:7.3f} "
        f"{1.5 * least_s + 0.1:7.3f} {100 * within:5.1f} {holds / n:6.3f} {100 * weak:5.0f} "
        f"{sum(r.hold_s for r in results) / n:7.3f} "
        f"{sum(r.least_hold_s for r in results) / n:7.3f} {100 * needless:6.1f}"
    )


def print_table(results: Sequence[Result]) -> None:
    print(
        f"{'':26} {'traces':>7} {'underrun':>14} {'median start s':>15} {'bound':>7} {'in it':>5} "
        f"{'holds':>6} {'weak':>5} {'hold s':>7} {'least':>7} {'needless':>8}\n"
        f"{'':26} {'':7} {'traces':>6} {'%':>7} {'policy':>7} {'least':>7} {'s':>7} {'%':>5} "
        f"{'each':>6} {'%':>5} {'each':>7} {'each':>7} {'% tr.':>6}"
    )
    print(describe("all", results))
    for names in itertools.zip_longest(*(r.kind.split("/") for r in results)):
        for name in sorted(set(names)):
            print(describe(name, [r for r, n in zip(results, names, strict=True) if n == name]))
    streamed = [r for r in results if r.kind.startswith("blocks")]
    for kind in sorted({r.kind.split("/", 2)[2] for r in streamed}):
        print(describe(f"blocks/{kind}", [r for r in streamed if r.kind.endswith(kind)]))


def print_claims(results: Sequence[Result]) -> bool:
    """The two claims, and whether they hold."""
    n = len(results)
    clean = 1.0 - sum(r.underruns > 0 for r in results) / n
    delay_s = statistics.median(r.delay_s for r in results)
    least_s = statistics.median(r.least_s for r in results)
    later_s = statistics.median(r.least_past_stalls_s for r in results)
    print(f"traces without an underrun: {100 * clean:.3f} % (claim: at least 99.9)")
    print(
        f"median start delay {delay_s:.3f} s, the clairvoyant's {least_s:.3f} s (stalls counted: "
        f"{later_s:.3f}); claim: at most {1.5 * least_s + 0.1:.3f} s"
    )
    return clean >= 0.999 and delay_s <= 1.5 * least_s + 0.1


def update_cost_us(traces: int) -> float:
    """Mean microseconds of an update, on this machine."""
    rng = np.random.default_rng(5)
    results = [Run(random_trace(rng), Prebuffer(), timed=True).play() for _ in range(traces)]
    return 1e6 * sum(r.update_s for r in results) / sum(r.updates for r in results)


def _run_seeded(job: tuple[int, int]) -> list[Result]:
    return run_seeded(*job)


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--traces", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    options = parser.parse_args(None if arguments is None else list(arguments))
    began = time.perf_counter()
    batch = 500
    jobs = [
        (options.seed * 1_000_003 + i, min(batch, options.traces - i))
        for i in range(0, options.traces, batch)
    ]
    with multiprocessing.Pool(options.processes) as pool:
        results = list(itertools.chain.from_iterable(pool.imap(_run_seeded, jobs)))
    print_table(results)
    few = min(options.traces, 2000)
    for name, policy in (("eager", Eager), ("fixed", lambda: Prebuffer("fixed"))):
        print(describe(f"({name}, for comparison)", run_seeded(options.seed, few, policy)))
    print_tone()
    print(f"an update takes {update_cost_us(100):.0f} us on average")
    print(f"{len(results)} traces in {time.perf_counter() - began:.0f} s")
    return 0 if print_claims(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
