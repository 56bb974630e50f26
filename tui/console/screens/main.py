"""The main screen: the list, what is being spoken, the buffer, the line of health, the prompt."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from ....core.cue_list import CueList
from .. import messages as m
from ..keys import ON_MAIN, bindings
from ..widgets.buffer_meter import BufferMeter
from ..widgets.cue_table import CueTable
from ..widgets.guide import Guide
from ..widgets.health import HealthLine
from ..widgets.key_bar import KeyBar
from ..widgets.last_told import LastTold
from ..widgets.level_meter import LevelMeter
from ..widgets.now_speaking import NowSpeaking
from ..widgets.progress import WorkBars
from ..widgets.prompt import Prompt
from ..works import Works

_STATES = {
    "idle": "quiet",
    "filling": "making speech",
    "playing": "SPEAKING",
    "holding": "holding at a pause",
    "paused": "PAUSED (F6 goes on)",
    "draining": "SPEAKING",
}


class MainScreen(Screen[None]):
    """Takes what the engine tells and shows it; what is asked for by key goes to the app."""

    BINDINGS = bindings(ON_MAIN)
    AUTO_FOCUS = "#prompt"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-short"), (17, "-tall"), (40, "-high")]  # noqa: RUF012

    def __init__(self, cues: CueList, works: Works, *, guided: bool) -> None:
        super().__init__()
        self._cues = cues
        self._works = works
        self._guided = guided
        self._title = self._top = ""
        self._state = "idle"
        self._follows = False

    def compose(self) -> ComposeResult:
        yield Static(id="top", markup=False)
        if self._guided:
            yield Guide(id="guide")
        with Vertical(id="body", classes="guided" if self._guided else ""):
            yield CueTable(self._cues, id="cues")
            with Vertical(id="side"):
                yield NowSpeaking(id="now")
                yield LastTold(id="told")
                yield BufferMeter(id="meter")
                yield LevelMeter(id="level")
        yield WorkBars(self._works, id="works")
        yield HealthLine(id="health")
        yield Static(id="notice", markup=False)
        yield Prompt(id="prompt")
        yield KeyBar(id="keys")

    # parts

    @property
    def cue_table(self) -> CueTable:
        return self.query_one("#cues", CueTable)

    @property
    def prompt(self) -> Prompt:
        return self.query_one("#prompt", Prompt)

    @property
    def now(self) -> NowSpeaking:
        return self.query_one("#now", NowSpeaking)

    @property
    def meter(self) -> BufferMeter:
        return self.query_one("#meter", BufferMeter)

    @property
    def level(self) -> LevelMeter:
        return self.query_one("#level", LevelMeter)

    @property
    def health(self) -> HealthLine:
        return self.query_one("#health", HealthLine)

    @property
    def guide(self) -> Guide | None:
        """The guide, while it is shown."""
        return next(iter(self.query(Guide)), None)

    @property
    def last_told(self) -> LastTold:
        return self.query_one("#told", LastTold)

    # what is shown

    def on_mount(self) -> None:
        self.cue_table.list_changed()
        self._show_top()

    def titled(self, title: str) -> None:
        """The script that is open, and whether it is saved."""
        self._title = title
        self._show_top()

    def follows(self, follows: bool) -> None:
        """Whether it runs on from cue to cue."""
        if follows != self._follows:
            self._follows = follows
            self._show_top()

    def _show_top(self) -> None:
        standby = self._cues.standby
        place = "end of list" if standby is None else f"cue {self._cues.index(standby) + 1}"
        parts = [
            "Skaldcast",
            self._title,
            f"{place} of {len(self._cues)}" if len(self._cues) else "",
        ]
        parts.append(_STATES.get(self._state, self._state))
        if self._follows:
            parts.append("RUNS ON")
        text = " | ".join(part for part in parts if part)
        if text != self._top:
            self._top = text
            self.query_one("#top", Static).update(text, layout=False)

    def list_changed(self) -> None:
        """Lines came or went."""
        self.cue_table.list_changed()
        self._show_top()

    def notice(self, text: str, *, is_trouble: bool = False) -> None:
        """One line for the user, until the next one."""
        label = self.query_one("#notice", Static)
        label.update(("Trouble: " if is_trouble else "") + " ".join(text.split()))
        label.set_class(is_trouble, "trouble")

    # what the engine tells

    def take(self, message: m.FromEngine) -> None:
        """Show it."""
        match message:
            case m.SpeechHeard():
                self.now.heard(message)
            case m.Metered(vitals=vitals):
                self.meter.metered(message)
                self.level.metered(message)
                self.health.measured(vitals)
                self.now.wait(vitals.waiting)
            case m.LineChanged(line=line):
                self.cue_table.line_changed(line)
                self._show_top()
            case m.TransportChanged(state=state):
                self._state = state
                self._show_top()
            case m.Marked():
                self.meter.marked(message)
            case m.ClientsTold(count=count):
                self.health.clients(count)
            case m.ClientSaid(text=text):
                if not self.query_one("#notice", Static).has_class("trouble"):
                    self.notice(f"a game says: {text}")
            case m.SpeechEnded():
                self._ended(message)
            case _:
                self._take_state(message)

    def _take_state(self, message: m.FromEngine) -> None:
        """Voice, output and model came, or went."""
        match message:
            case m.VoiceStarting(voice=voice):
                self.health.tell("voice", f"{voice} loading ...".strip())
            case m.VoiceReady():
                self.health.tell("voice", message.voice)
                self.health.tell("model", message.model)
                self.prompt.know(message.characters)
                self.cue_table.know(message.characters)
                self._tell_guide("The voice is there: press Enter to hear it.")
            case m.VoiceFailed(reason=reason):
                self.health.tell("voice", "FAILED (F4 tries again)")
                self._state = "idle"
                self.now.quiet()
                self.list_changed()
                self.notice(f"{reason}; F4 tries again", is_trouble=True)
                self._tell_guide(f"No voice yet: {reason}. F4 tries again.")
            case m.CastTold(characters=characters):
                self.prompt.know(characters)
                self.cue_table.know(characters)
            case m.OutputTold(text=text, is_there=there):
                self._tell_output(text, is_there=there)
            case m.ModelNamed(model=model):
                self.health.tell("model", model)
            case m.StoryTold(state=state, text=text):
                self.health.tell("model", state)
                if text:
                    self.notice(text, is_trouble=state == "failed")
            case m.Told(text=text, is_trouble=is_trouble):
                self.notice(text, is_trouble=is_trouble)
            case _:
                pass

    def _tell_output(self, text: str, *, is_there: bool) -> None:
        if not is_there:
            waits = f"the output is gone ({text}); waiting for it to come back"
            self.notice(waits, is_trouble=True)
        elif self.health.fact("device"):
            self.notice("the output is back; going on where it stopped")
        self.health.tell("device", text if is_there else "GONE")

    def _ended(self, ended: m.SpeechEnded) -> None:
        if ended.is_last:
            self.now.quiet()
        if ended.outcome == "finished":
            self._tell_guide("That was the voice. Heard nothing? Run `skaldcast doctor`.")

    def _tell_guide(self, text: str) -> None:
        if self.guide is not None:
            self.guide.tell(text)

    # keys

    def action_to_prompt(self) -> None:
        if self.guide is not None:
            self.guide.remove()
            self.query_one("#body").remove_class("guided")
        self.prompt.focus()
