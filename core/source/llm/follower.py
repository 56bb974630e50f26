"""How much of a cue was heard, told from the events."""

from ...cue import Cue
from ...events import WordStarted
from ...subscription import Subscription


class HeardFollower:
    """Follows the words of one cue, whose events `events` will have. Run `follow` as a task."""

    def __init__(self, cue: Cue, events: Subscription) -> None:
        self._cue = cue
        self._events = events
        self._words: list[tuple[int, float]] = []  # the end of each, and when that is heard

    async def follow(self) -> None:
        """Take the events, until `heard` ends them."""
        async for event in self._events:
            if isinstance(event, WordStarted) and event.cue_id == self._cue.cue_id:
                self._words = self._words[-1:]  # the one before may have been the last whole one
                end = event.start + len(event.word)
                self._words.append((end, event.time_s + event.duration_s))

    def heard(self) -> int:
        """How many characters of the cue's text were heard, now that it has ended: a word counts
        once it was spoken to its end."""
        ended_s = self._cue.finished_s or 0.0
        return max((end for end, at_s in self._words if at_s <= ended_s), default=0)
