"""What sessions speak on: the channel that they share, or one of a session's own. Plain."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..core.audio_feed import AudioFeed
from .protocol import CloseCode
from .speaker import Speaker

if TYPE_CHECKING:
    from .session import Session


class ChannelRefusedError(Exception):
    """A client cannot have a channel of its own; inside the bridge only."""

    def __init__(self, code: CloseCode, text: str) -> None:
        super().__init__(text)
        self.code = code


class Channel:
    """Cues that are spoken one after another, and the sound of it. Ids of cues are the channel's.

    `gain` is the volume that its sound is sent with, `close` gives it back.
    """

    def __init__(
        self,
        speaker: Speaker,
        feed: AudioFeed | None = None,
        *,
        is_own: bool = False,
        gain: Callable[[], float] = lambda: 1.0,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.speaker = speaker
        self.feed = feed
        """The sound; None where there is none to be had."""
        self.is_own = is_own
        """One session's only: it ends with that."""
        self.gain = gain
        self.close = close
        self.level_at: int | None = None
        """Up to where its level was told; None while it is silent."""
        self.owners: dict[str, Session] = {}
        """Whose cue is whose, until the cue has ended."""
