"""The models that `skaldcast fetch` knows, with the sizes and checksums of their files. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import ModelError
from ..settings import XTTS_MODEL


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model; what has another size or checksum is refused."""

    name: str
    size: int
    """In bytes."""
    sha256: str
    """In lower-case hexadecimal digits."""
    optional: bool = False
    """Mirrors and local copies may lack it."""


@dataclass(frozen=True, slots=True)
class Licence:
    """What a user agrees to."""

    name: str
    gist: tuple[str, ...]
    """What it means, in our words, one line each; the text itself decides."""
    url: str
    """Where its text is."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be fetched."""

    name: str
    title: str
    licence: Licence
    files: tuple[ModelFile, ...]
    sources: tuple[str, ...]
    """Addresses of folders that hold the files; the next is asked where one fails."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


CPML = Licence(
    "Coqui Public Model License 1.0.0 (CPML)",
    (
        "Non-commercial use only, of the model and of the speech it makes: private and hobby use,",
        "research, study, testing and charity are fine; anything that is paid for is not, be it",
        "directly or indirectly. Whoever gets the model, or speech from it, must get the licence",
        "or its address with it. Coqui has closed, so nobody sells a commercial licence.",
    ),
    "https://huggingface.co/coqui/XTTS-v2/blob/main/LICENSE.txt",
)

XTTS_V2 = Model(
    XTTS_MODEL,
    "Coqui XTTS v2.0.3, voices from short clips in 17 languages",
    CPML,
    (
        ModelFile(
            "config.json", 4368, "ef262b1454dd2a77e1461b0b2cd53e19b8a7624cc131b837d36df67356bc75e8"
        ),
        ModelFile(
            "vocab.json",
            361_219,
            "928260878a59da8a72a2a5b7687fea29d5106137669d90945430fe17e415304a",
        ),
        ModelFile(
            "speakers_xtts.pth",
            7_754_818,
            "f0f6137c19a4eab0cbbe4c99b5babacf68b1746e50da90807708c10e645b943b",
        ),
        ModelFile(
            "LICENSE.txt",
            4014,
            "190f6d7c19b8984f91b97712b94ce92d2b2e640fc677dacab966e955ece9d043",
            optional=True,
        ),
        ModelFile(
            "model.pth",
            1_867_929_118,
            "c7ea20001c6a0a841c77e252d8409f6a74fb423e79b3206a0771ba5989776187",
        ),
    ),
    (
        # A fixed revision: what is there can never change under the checksums.
        "https://huggingface.co/coqui/XTTS-v2/resolve/6c2b0d75eae4b7047358e3b6bd9325f857d43f77",
        "https://huggingface.co/tts-hub/XTTS-v2/resolve/main",
    ),
)

MODELS: Mapping[str, Model] = {XTTS_V2.name: XTTS_V2}


def find_model(name: str) -> Model:
    """The model of that name; raises `ModelError`, which names those there are."""
    model = MODELS.get(name.strip().lower())
    if model is None:
        raise ModelError(f"there is no model {name!r} to fetch; there are: {', '.join(MODELS)}")
    return model
