"""What `skaldcast doctor` tries for real: the output is opened, the voice is loaded and speaks."""

import asyncio

from ..core.config import LoadedSettings
from ..core.errors import ConfigError, SkaldcastError
from ..core.playout.device_table import find_device
from ..core.playout.messages import OutputReady
from ..core.playout.outputs import OutputKind, OutputSpec, list_devices, parse_output
from ..core.playout_link import PlayoutLink, PlayoutListener
from ..core.settings import Settings
from ..core.synthesis.messages import BlockMade, JobFinished, JobStarted, SynthesizeChunk
from ..core.synthesis.registry import ResolvedVoice, VoiceRegistry
from ..core.synthesis.synthesizer import SynthesisRequest
from ..core.synthesis_link import SynthesisLink, SynthesisListener
from ..core.types import AudioFormat
from .checks import Check, Verdict, failed

_OPEN_S = 15.0
_LOAD_S = 60.0
"""The longest waits: past them something hangs. Kokoro on a busy machine takes 20 s to load."""
_OUTPUT = "output device"
_VOICE = "narrator's voice"
_SAMPLE = "The gate stood open, and beyond it the road ran down to the sea."
_INSTEAD = "choose another with --output, or write to a file: --output wav:PATH"


async def check_output(loaded: LoadedSettings) -> list[Check]:
    """The output, opened by a playout process, and the scheduling that the system grants it."""
    try:
        spec = parse_output(loaded.settings.output)
    except ConfigError as error:
        return [failed(_OUTPUT, error, "choose another with --output")]
    # A file is not opened: that would empty it.
    opened = "null" if spec.is_file else loaded.settings.output
    try:
        ready = await _open(opened, loaded.settings.playout.latency_s)
    except TimeoutError:
        found = f"it did not open within {_OPEN_S:g} s"
        return [Check(_OUTPUT, Verdict.FAIL, found, _INSTEAD)]
    except SkaldcastError as error:
        return [failed(_OUTPUT, error, _INSTEAD)]
    realtime = ready.scheduling.startswith(("real-time", "multimedia"))
    return [
        _file_row(spec) if spec.is_file else _device_row(spec, ready),
        Check(
            "scheduling",
            Verdict.OK if realtime else Verdict.WARN,
            f"playout process: {ready.scheduling}",
            "" if realtime else "nothing, unless there are gaps on a very busy machine",
        ),
    ]


def _device_row(spec: OutputSpec, ready: OutputReady) -> Check:
    found = f"{ready.sample_rate} Hz, opened and closed"
    if spec.kind is OutputKind.DEVICE:
        try:
            row = find_device(list_devices(spec.target), spec.target)
            found = f'"{row.name}" through {row.host_api}, {found}'
        except SkaldcastError:  # a sink by its server's own name is in no table
            found = f"{ready.output}, {found}"
    else:
        found = f"{ready.output} (no sound), {found}"
    return Check(_OUTPUT, Verdict.OK, found)


def _file_row(spec: OutputSpec) -> Check:
    return Check(_OUTPUT, Verdict.OK, f"a file: {spec.target} (not touched)")


async def _open(output: str, latency_s: float) -> OutputReady:
    nothing = PlayoutListener(
        opened=_ignore,
        lost=_ignore,
        restarted=_ignore,
        run_started=_ignore,
        run_ended=_ignore,
        failed=_ignore,
        anything=_ignore,
    )
    link = PlayoutLink(AudioFormat(), output, latency_s, 1.0, nothing)
    try:
        return await asyncio.wait_for(link.wait_ready(), _OPEN_S)
    finally:
        await link.close()


async def check_voice(settings: Settings) -> tuple[Check, str]:
    """The narrator's voice, loaded by a worker, and its speed; and its synthesizer's name."""
    try:
        voice = VoiceRegistry(settings=settings.synthesizers).resolve(settings.voice)
    except SkaldcastError as error:
        return failed(_VOICE, error, "choose another with --voice"), ""
    try:
        row = await asyncio.wait_for(_speak(voice), _LOAD_S)
    except TimeoutError:
        found = f"{voice.spec} did not speak within {_LOAD_S:g} s"
        row = Check(_VOICE, Verdict.FAIL, found, "end other work, or choose another with --voice")
    except SkaldcastError as error:
        row = failed(_VOICE, error, "choose another with --voice")
    return row, voice.synthesizer


async def _speak(voice: ResolvedVoice) -> Check:
    loop = asyncio.get_running_loop()
    spoken: asyncio.Future[JobFinished] = loop.create_future()
    started: list[float] = []
    blocks: list[BlockMade] = []

    def made(message: JobStarted | BlockMade | JobFinished) -> None:
        match message:
            case JobStarted():
                started.append(message.at_s)
            case BlockMade():
                blocks.append(message)
            case JobFinished() if not spoken.done():
                spoken.set_result(message)
            case _:
                pass

    def gave_up(error: SkaldcastError) -> None:
        if not spoken.done():
            spoken.set_exception(error)

    begun_s = loop.time()
    link = SynthesisLink(voice, SynthesisListener(_ignore, made, _ignore, gave_up))
    try:
        loaded = await link.wait_ready()
        loaded_s = loop.time() - begun_s
        link.send(SynthesizeChunk(1, SynthesisRequest(_SAMPLE, voice.voice.name)))
        end = await spoken
    finally:
        spoken.cancel()
        await link.close()
    audio_s = sum(block.samples.size for block in blocks) / loaded.sample_rate
    if end.reason is not None or not audio_s:
        reason = end.reason or "it made no sound"
        return Check(_VOICE, Verdict.FAIL, f"{voice.spec}: {reason}", "try another")
    return _speed_row(voice.spec, loaded_s, audio_s, end.at_s - started[0], blocks[0], started[0])


def _speed_row(
    name: str, loaded_s: float, audio_s: float, work_s: float, first: BlockMade, started_s: float
) -> Check:
    factor = work_s / audio_s
    found = (
        f"{name}, loaded in {loaded_s:.1f} s; first sound after "
        f"{(first.at_s - started_s) * 1000:.0f} ms, {1 / max(factor, 1e-3):.0f} times as fast as "
        f"speech (real-time factor {factor:.2f})"
    )
    if factor < 1.0:
        return Check(_VOICE, Verdict.OK, found)
    to_do = "too slow to speak without waits: end other work, or choose another with --voice"
    return Check(_VOICE, Verdict.WARN, found, to_do)


def _ignore(*_: object) -> None:
    return
