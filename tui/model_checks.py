"""What `skaldcast doctor` says about the language model: nothing but `ask` needs it."""

import asyncio

from ..core.config import DEFAULT, LoadedSettings
from ..core.errors import LanguageModelError
from .checks import Check, Verdict

_NAME = "language model"
_WAIT_S = 5.0
_MOST_MODELS = 5
_START = "for `skaldcast ask`: start Ollama or another server, or set llm.endpoint"


async def check_language_model(loaded: LoadedSettings) -> Check:
    """Whether the endpoint answers and has the model."""
    from ..core.source.llm.api_key import find_api_key
    from ..core.source.llm.chat_client import ChatClient

    settings = loaded.settings.llm
    chosen = any(loaded.origins[f"llm.{key}"] != DEFAULT for key in ("endpoint", "model"))
    verdict = Verdict.WARN if chosen else Verdict.OK
    client = ChatClient(settings.endpoint, find_api_key(settings.api_key))
    try:
        async with asyncio.timeout(_WAIT_S):
            models = await client.list_models()
    except TimeoutError:
        return Check(_NAME, verdict, f"{settings.endpoint} does not answer", _START)
    except LanguageModelError as error:
        found = str(error) if chosen else f"not there, not needed: {error}"
        return Check(_NAME, verdict, found, _START)
    finally:
        await client.close()
    if not _has(models, settings.model):
        named = ", ".join(models[:_MOST_MODELS]) or "none"
        more = f" and {len(models) - _MOST_MODELS} more" if len(models) > _MOST_MODELS else ""
        return Check(
            _NAME,
            Verdict.WARN,
            f"{settings.endpoint} has no model {settings.model!r}, but {named}{more}",
            f"fetch it (ollama pull {settings.model}), or set llm.model",
        )
    return Check(_NAME, Verdict.OK, f"{settings.model} at {settings.endpoint}")


def _has(models: list[str], wanted: str) -> bool:
    """Ollama's "name" is "name:latest"."""
    return wanted in models or f"{wanted}:latest" in models
