"""The gatekeeper: how many of the planned chunks may be heard by now. Plain; the clock is an
argument."""

from collections.abc import Callable, Sequence

from .assembler import Assembler
from .events import Event, StateChanged
from .outlook import let_out_of, outlook_of
from .plan import CuePlan
from .playout.prebuffer import Decision, Prebuffer, PrebufferState
from .report import Tally


class Gatekeeper:
    """Moves the gate of the audio buffer as the prebuffer decides, for an output that plays in real
    time (`paced`); a file takes all it gets."""

    def __init__(
        self,
        prebuffer: Prebuffer,
        assembler: Assembler,
        rate: int,
        tally: Tally,
        emit: Callable[[Event], None],
        clock_0: float,
        *,
        paced: bool,
    ) -> None:
        self.state = PrebufferState.IDLE
        self.margin_s = 0.0
        """As `Decision.margin_s`, at the last decision."""
        self._prebuffer = prebuffer
        self._assembler = assembler
        self._tally = tally
        self._emit = emit
        self._clock_0 = clock_0
        self._rate = rate
        self._paced = paced
        assembler.set_gate()

    def let_out(self, plans: Sequence[CuePlan], now: float, *, playing: bool) -> float | None:
        """Move the gate; returns when the prebuffer wants to be asked again."""
        chunks = self._assembler.chunks
        count, again = len(chunks), None
        already = let_out_of(chunks)
        if self._paced:
            plan = next((p for p in plans if not p.all_chunked), None)
            outlook = outlook_of(
                self._assembler,
                self._rate,
                now,
                let_out=already,
                text_ended=plan is None,
                quiet_since=plan.text_came_at if plan and plan.waits_for_text else None,
            )
            decision = self._prebuffer.update(outlook)
            told = sum(row.let_out for row in outlook.chunks)
            count, again = already + decision.let_out - told, decision.reevaluate_at
            self._note(decision, now, playing=playing)
        for index in range(already, count):
            chunks[index].let_out_at_s = now
        self._assembler.set_gate()
        return again

    def _note(self, decision: Decision, now: float, *, playing: bool) -> None:
        if playing:
            self._tally.margin_min_s = min(self._tally.margin_min_s, decision.margin_s)
        self.margin_s = decision.margin_s
        if decision.state is not self.state:
            self.state = decision.state
            self._emit(StateChanged(now - self._clock_0, decision.state.value))
