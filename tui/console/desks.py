"""What the screens for cast, voices, models and devices work with. Each is made once it is asked
for: the console is there before."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from . import messages as m
from .works import Works

if TYPE_CHECKING:
    from .cast_desk import CastDesk
    from .device_desk import DeviceDesk
    from .engine_link import EngineLink
    from .model_desk import ModelDesk
    from .seam import ConsoleSetup as Setup
    from .voice_desk import VoiceDesk


class Desks:
    """They outlive the screens, and what is being made goes on behind them. `say` is told what the
    user is to know, and whether that is trouble; `post` takes messages for the screens."""

    def __init__(
        self,
        setup: "Setup",
        link: "EngineLink",
        works: Works,
        say: Callable[[str, bool], None],
        post: Callable[[m.FromEngine], object],
    ) -> None:
        self._setup = setup
        self._link = link
        self._works = works
        self._say = say
        self._post = post

    @cached_property
    def cast(self) -> "CastDesk":
        from .cast_desk import CastDesk

        return CastDesk(
            self._setup,
            self._link.cues,
            self._link.recast,
            self._say,
            lambda: self._post(m.CastSaved()),
        )

    @cached_property
    def voices(self) -> "VoiceDesk":
        from .voice_desk import VoiceDesk

        return VoiceDesk(
            self._setup, self._works, self._voices_changed, self._link.restart, self._say
        )

    @cached_property
    def models(self) -> "ModelDesk":
        from .model_desk import ModelDesk

        return ModelDesk(self._setup, self._works, self._voices_changed)

    @cached_property
    def devices(self) -> "DeviceDesk":
        from .device_desk import DeviceDesk

        return DeviceDesk(
            self._setup,
            self._works,
            self._changed,
            self._link.set_output,
            self._link.restart,
            lambda: self._link.narrates,
        )

    async def close(self) -> None:
        """Wait until what was changed is written."""
        if "cast" in self.__dict__:
            await self.cast.close()

    def _voices_changed(self) -> None:
        self._link.look_for_voices()
        self._changed()

    def _changed(self) -> None:
        self._post(m.DeskChanged())
