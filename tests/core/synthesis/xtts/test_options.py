"""Settings reach XTTS as text, and wrong ones are named."""

from pathlib import Path

import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.settings import Settings
from skaldcast.core.synthesis.xtts.options import XttsOptions
from skaldcast.core.synthesis.xtts.synthesizer import XttsSynthesizer


def test_all_settings_are_options_and_their_defaults_are_the_same() -> None:
    texts = Settings().synthesizers["xtts"]

    gains = Path(texts.pop("gains"))
    assert gains.name == "xtts-gains.json"
    assert XttsOptions.parse(texts) == XttsOptions.parse({})


def test_options_are_read() -> None:
    options = XttsOptions.parse(
        {"checkpoint": "/models/x", "slots": "8", "vram_share": "0.5", "graphs": "false"}
    )

    assert (options.checkpoint, options.slots) == (Path("/models/x"), 8)
    assert (options.vram_share, options.graphs) == (0.5, False)


@pytest.mark.parametrize(
    "option", ["device=gpu", "slots=0", "slots=many", "graphs=maybe", "colour=red", "step_codes=3"]
)
def test_a_wrong_option_is_named(option: str) -> None:
    name, _, text = option.partition("=")

    with pytest.raises(SynthesizerError, match=name):
        XttsSynthesizer({name: text})


def test_without_a_checkpoint_a_voice_stands_for_those_to_be_fetched(tmp_path: Path) -> None:
    synthesizer = XttsSynthesizer({"checkpoint": str(tmp_path / "no"), "voices": str(tmp_path)})

    assert [voice.name for voice in synthesizer.voices()] == ["Claribel Dervla"]
    assert synthesizer.missing()


def test_a_language_has_its_limits_by_any_tag(tmp_path: Path) -> None:
    synthesizer = XttsSynthesizer({"checkpoint": str(tmp_path / "no")})

    assert [synthesizer.most_characters(tag) for tag in ("en-GB", "zh", "ja")] == [250, 82, 71]
    assert [synthesizer.least_characters(tag) for tag in ("en-GB", "zh", "ja")] == [20, 7, 6]


def test_listing_voices_and_making_the_synthesizer_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from skaldcast.core.synthesis.registry import resolve, list_voices;"
        "list_voices(); from skaldcast.core.synthesis.xtts.synthesizer import XttsSynthesizer;"
        "XttsSynthesizer({}).missing(); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert not {"torch", "TTS", "transformers", "torchaudio"} & set(done.stdout.split())
