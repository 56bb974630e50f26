"""Tells which of a few languages a text is in. The one file that uses py3langid."""

import logging
from collections.abc import Sequence
from importlib.util import find_spec
from threading import Thread
from typing import Any

from ..errors import ConfigError

_log = logging.getLogger(__name__)

SURE = 0.7
"""Below it a text is not taken for what it seems: names and single words stay below."""


class LanguageGuess:
    """Knows languages apart, once it has loaded, which takes a second in a thread of its own."""

    def __init__(self, languages: Sequence[str]) -> None:
        """`languages`: the BCP 47 tags among which it chooses; nothing is loaded yet."""
        self._tags: dict[str, str] = {}
        for tag in languages:
            self._tags.setdefault(_base(tag), tag)
        self._thread: Thread | None = None
        self._model: Any = None

    def begin(self) -> None:
        """Begin to load, where there is a choice; idempotent. Raises `ConfigError` where py3langid
        is not installed."""
        if self._thread is not None or len(self._tags) < 2:
            return
        if find_spec("py3langid") is None:
            raise ConfigError(
                "the language 'auto' needs py3langid, which is not installed; install it with: "
                "pip install py3langid, or name the language"
            )
        self._thread = Thread(target=self._load, name="loading py3langid", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until it has loaded."""
        if self._thread is not None:
            self._thread.join()

    @property
    def loading(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _load(self) -> None:
        from py3langid import langid  # pyright: ignore[reportMissingTypeStubs]

        library: Any = langid
        try:
            model = library.LanguageIdentifier.from_model_file(library.MODEL_FILE, norm_probs=True)
            model.set_languages([base for base in self._tags if base in model.labels])
            self._model = model
        except Exception as error:  # numpy, lzma: what they raise, a cue is spoken all the same
            _log.warning("languages cannot be told apart, the voice's own is used: %s", error)

    def of(self, text: str) -> str | None:
        """The tag of the language that `text` is in; None where that is not sure."""
        if self._model is None:
            return None
        language, sure = self._model.classify(text)
        return self._tags.get(language) if sure >= SURE else None


def _base(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
