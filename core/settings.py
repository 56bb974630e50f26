"""Every setting with its default, its meaning and what it allows: a tree of frozen dataclasses."""

import functools
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal

from .config_values import (
    RULE,
    Rule,
    check_endpoint,
    check_not_empty,
    check_optional_address,
    computed,
    setting,
    split_address,
    split_ice_servers,
    split_origins,
    split_pairs,
)

ENVIRONMENT_PREFIX = "SKALDCAST_"
XTTS_MODEL = "xtts-v2"
"""The name under which `fetch` keeps the released XTTS checkpoint."""


def cache_folder() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("skaldcast", appauthor=False)


def journal_path() -> Path:
    import platformdirs

    return platformdirs.user_data_path("skaldcast", appauthor=False) / "journal.db"


def lexicon_file() -> Path:
    import platformdirs

    return platformdirs.user_data_path("skaldcast", appauthor=False) / "lexicon.toml"


def models_folder() -> Path:
    import platformdirs

    return platformdirs.user_data_path("skaldcast", appauthor=False) / "models"


def voices_folder() -> Path:
    import platformdirs

    return platformdirs.user_data_path("skaldcast", appauthor=False) / "voices"


@dataclass(frozen=True)
class PlayoutSettings:
    latency_s: float = setting(
        1.0,
        "Depth of the device's buffer, in seconds: safety, not delay.",
        low=0.01,
        high=10.0,
    )
    exclusive: bool = setting(
        False, "Windows: take the device for ourselves (WASAPI exclusive), past the system's mixer."
    )
    volume: float = setting(1.0, "Master volume; 1 leaves the level as it is.", low=0.0, high=1.0)


@dataclass(frozen=True)
class ChunkerSettings:
    profile: Literal["cinematic", "longform"] = setting(
        "cinematic",
        "Chunk sizes: cinematic for pace and a quick start, longform for prosody.",
    )


@dataclass(frozen=True)
class PrebufferSettings:
    policy: Literal["adaptive", "fixed"] = setting(
        "adaptive",
        "When playout starts: adaptive as early as the voice's speed allows, fixed at start_s.",
    )
    start_s: float = setting(
        2.0, "Policy fixed: start above so many buffered seconds.", low=1.5, high=3.0
    )
    pause_s: float = setting(
        1.5, "Policy fixed: hold at or below so many buffered seconds.", low=1.5, high=3.0
    )


@dataclass(frozen=True)
class LoudnessSettings:
    target_lufs: float = setting(
        -18.0, "Integrated loudness that each voice is brought to, in LUFS.", low=-40.0, high=-10.0
    )


@dataclass(frozen=True)
class CastSettings:
    auto: bool | None = setting(
        None,
        "Give voices to unknown characters; empty: on once a second voice is installed "
        "and none was chosen.",
    )
    file: Path | None = setting(
        None, "The campaign's cast: which voice each character has; empty: nobody is cast."
    )


@dataclass(frozen=True)
class AmbienceSettings:
    file: Path | None = setting(
        None, "A sound file that is looped under the voice; empty: no ambience."
    )
    level_db: float = setting(
        -20.0, "How loud it is, in dB; 0 is as loud as in the file.", low=-60.0, high=12.0
    )
    duck_db: float = setting(
        12.0, "How much quieter it is while the voice speaks, in dB.", low=0.0, high=60.0
    )


@dataclass(frozen=True)
class CacheSettings:
    folder: Path = computed(
        cache_folder, "Where prepared speech and learned voice speeds are kept."
    )
    size_mb: int = setting(
        1024,
        "How much prepared speech is kept, in MB (an hour takes 350); 0 keeps none.",
        low=0,
        high=1_000_000,
    )

    @property
    def speech_folder(self) -> Path:
        """Where the prepared speech is, in a folder of its own."""
        return self.folder / "speech"


@dataclass(frozen=True)
class JournalSettings:
    enabled: bool = setting(True, "Keep a record of each session; `--resume` goes on by it.")
    path: Path = computed(journal_path, "Where the session record is kept.")
    keep_days: int = setting(
        90, "Sessions that ended so many days ago are removed; 0 keeps all.", low=0, high=36_500
    )


@dataclass(frozen=True)
class LexiconSettings:
    file: Path = computed(lexicon_file, "How invented names are said: one file for each campaign.")


@dataclass(frozen=True)
class LlmSettings:
    endpoint: str = setting(
        "http://127.0.0.1:11434/v1",
        "The language model's OpenAI-compatible address; Ollama's by default.",
        check=check_endpoint,
    )
    model: str = setting("qwen3:4b-instruct", "The model's name there.", check=check_not_empty)
    api_key: str = setting("", "The key that the endpoint asks for; empty: none.", secret=True)
    temperature: float = setting(
        0.8, "How freely the model writes; 0: the likeliest words.", low=0.0, high=2.0
    )
    prompt_file: Path | None = setting(
        None, "A text that tells the model how to narrate; empty: the one that is built in."
    )
    history_tokens: int = setting(
        2500,
        "Tokens of the conversation that are sent; older turns are summed up.",
        low=200,
        high=1_000_000,
    )
    answer_tokens: int = setting(1000, "The longest answer, in tokens.", low=16, high=100_000)
    first_token_s: float = setting(
        120.0, "The longest wait for an answer to begin, in seconds.", low=0.1, high=3600.0
    )
    stall_s: float = setting(
        20.0, "Silence inside an answer after which it is asked for again.", low=0.1, high=3600.0
    )
    retries: int = setting(
        2, "How often an answer is asked for again that broke off.", low=0, high=10
    )


@dataclass(frozen=True)
class ModelsSettings:
    folder: Path = computed(models_folder, "Where `fetch` keeps models, one folder each.")


@dataclass(frozen=True)
class XttsSettings:
    checkpoint: Path | None = setting(
        None, "Folder of an XTTS checkpoint; empty: the one that was fetched."
    )
    voices: Path = computed(voices_folder, "Where the voices are kept that `voices add` makes.")
    slots: int = setting(4, "Chunks synthesised at once.", low=1, high=64)
    device: str = setting(
        "auto", "Where it runs: auto (the GPU where there is one), cpu, cuda or cuda:N."
    )
    decoder: Literal["batched", "upstream"] = setting(
        "batched", "How codes are made: batched in slots, or by coqui-tts's own generator."
    )
    vram_share: float = setting(
        0.6, "Share of the free VRAM that slots may take.", low=0.05, high=0.95
    )
    first_codes: int = setting(
        12, "Codes (46 ms each) before a chunk's first audio.", low=6, high=200
    )
    step_codes: int = setting(
        48, "Codes between later pieces of audio; more is cheaper.", low=6, high=200
    )
    retries: int = setting(
        2, "Further attempts at a chunk that went wrong, while it is not due.", low=0, high=10
    )
    graphs: bool = setting(True, "Launch steps as CUDA graphs.")


@dataclass(frozen=True)
class BridgeSettings:
    address: str = setting(
        "127.0.0.1:7525", "Where games connect, as host:port.", check=split_address
    )
    password: str = setting(
        "", "What every client must prove to know; empty: loopback only.", secret=True
    )
    origins: str = setting(
        "",
        "Web pages that may connect, as https://host or http://host:port, separated by spaces; "
        "empty: none.",
        check=split_origins,
    )
    certificate: Path | None = setting(
        None, "TLS certificate chain (PEM), which makes the address wss://; empty: no TLS."
    )
    key: Path | None = setting(
        None, "The certificate's private key (PEM); empty: it is in the same file."
    )
    channels: int = setting(
        4,
        "How many clients may have a voice of their own beside the others' at a time (policy "
        "session), played by themselves; 0: none.",
        low=0,
        high=64,
    )


@dataclass(frozen=True)
class WebSettings:
    address: str = setting(
        "127.0.0.1:7526", "Where browsers and HTTP clients connect.", check=split_address
    )
    origins: str = setting(
        "",
        "Web pages of others that may use it, as https://host or http://host:port, separated by "
        "spaces; empty: none.",
        check=split_origins,
    )
    require_token: bool = setting(
        False, "Want a token also of this machine: for a proxy that does not say that it is one."
    )
    voices: str = setting(
        "",
        "Which voice each name of OpenAI's means for /v1/audio/speech, as NAME=VOICE, separated by "
        "spaces; others are the narrator's.",
        check=split_pairs,
    )
    listeners: int = setting(50, "How many may listen at once.", low=1, high=1000)
    ice_servers: str = setting(
        "",
        "STUN servers that tell listeners behind other routers how to be reached, as "
        "stun:host:port, separated by spaces; empty: none is asked.",
        check=split_ice_servers,
    )


@dataclass(frozen=True)
class WyomingSettings:
    address: str = setting(
        "",
        "Where Home Assistant and others use the voices by Wyoming, as host:10200; empty: nowhere. "
        "The protocol knows no password.",
        check=check_optional_address,
    )


@dataclass(frozen=True)
class LogSettings:
    level: Literal["debug", "info", "warning", "error"] = setting(
        "warning", "The least severe messages on standard error; debug adds tracebacks."
    )
    format: Literal["text", "json"] = setting(
        "text", "Messages on standard error: text for people, json an object a line for programs."
    )


@dataclass(frozen=True)
class Settings:
    """All settings. Values made by `load_settings` are checked; those made by hand are not."""

    voice: str = setting(
        "hibari:heart", "The narrator's voice: NAME or SYNTHESIZER:NAME.", check=check_not_empty
    )
    language: str = setting(
        "", "What the text is written in, as de or zh-CN, or auto; empty: the voice's own."
    )
    speed: float = setting(1.0, "Speaking rate; 1 is the voice's own.", low=0.5, high=2.0)
    output: str = setting(
        "device", "device, device:NAME-OR-INDEX, wav:PATH, webrtc or null.", check=check_not_empty
    )
    seed: int = setting(0, "Same seed, same speech, where the voice can.", low=0, high=2**32 - 1)
    playout: PlayoutSettings = field(default_factory=PlayoutSettings)
    chunker: ChunkerSettings = field(default_factory=ChunkerSettings)
    prebuffer: PrebufferSettings = field(default_factory=PrebufferSettings)
    loudness: LoudnessSettings = field(default_factory=LoudnessSettings)
    cast: CastSettings = field(default_factory=CastSettings)
    ambience: AmbienceSettings = field(default_factory=AmbienceSettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    lexicon: LexiconSettings = field(default_factory=LexiconSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    models: ModelsSettings = field(default_factory=ModelsSettings)
    xtts: XttsSettings = field(default_factory=XttsSettings)
    bridge: BridgeSettings = field(default_factory=BridgeSettings)
    web: WebSettings = field(default_factory=WebSettings)
    wyoming: WyomingSettings = field(default_factory=WyomingSettings)
    log: LogSettings = field(default_factory=LogSettings)

    @property
    def xtts_checkpoint(self) -> Path:
        """The folder of the XTTS checkpoint in force: the one that is set, else the fetched one,
        which may not be there."""
        return self.xtts.checkpoint or self.models.folder / XTTS_MODEL

    @property
    def synthesizers(self) -> dict[str, dict[str, str]]:
        """The settings of synthesizers, by their names, as options of theirs."""
        xtts = replace(self.xtts, checkpoint=self.xtts_checkpoint)
        options = {entry.name: str(getattr(xtts, entry.name)) for entry in fields(xtts)}
        return {"xtts": options | {"gains": str(self.cache.folder / "voices" / "xtts-gains.json")}}


@dataclass(frozen=True, slots=True)
class Key:
    """One setting by its name in the file."""

    name: str
    """Dotted, as ``playout.latency_s``."""
    path: tuple[str, ...]
    kind: Any
    """The field's type."""
    rule: Rule

    @property
    def variable(self) -> str:
        """Its name in the environment: ``SKALDCAST_PLAYOUT_LATENCY_S``."""
        return ENVIRONMENT_PREFIX + "_".join(self.path).upper()


@functools.cache
def keys() -> Mapping[str, Key]:
    """All settings by name, in the order in which they are shown."""
    return {key.name: key for key in _keys(Settings, ())}


def _keys(section: type, path: tuple[str, ...]) -> Iterator[Key]:
    kinds = typing.get_type_hints(section)
    for entry in fields(section):
        inner = (*path, entry.name)
        if is_dataclass(kinds[entry.name]):
            yield from _keys(kinds[entry.name], inner)
        else:
            yield Key(".".join(inner), inner, kinds[entry.name], entry.metadata[RULE])
