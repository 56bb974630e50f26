"""All keys of the console in one table, from which bindings, footer and help are made.

Transport keys are function keys, so that they hold while a line is being typed, and single letters
in the list: space is GO as in show control, the letters are those of cmus.
"""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """A few keys that do the same."""

    keys: str
    """Textual's names, separated by commas; the first one is shown."""
    action: str
    label: str
    """One or two words, for the footer."""
    meaning: str
    """One line, for the help."""
    in_footer: bool = False


EVERYWHERE = (
    Key("f5,ctrl+g", "go", "GO", "speak the cue that stands by; the next one stands by", True),
    Key("f6,ctrl+p", "pause", "Pause", "pause within 50 ms, or go on where it paused", True),
    Key("f7,ctrl+n", "skip", "Skip", "end what is being spoken; what waits follows", True),
    Key("f8,ctrl+c", "panic", "STOP", "fade everything out at once (panic)", True),
    Key(
        "f9,ctrl+r", "replay", "Replay", "speak again: the chosen cue, or what was typed last", True
    ),
    Key("f10", "follow", "Run", "run on from cue to cue by itself, or hold after this one"),
    Key("f1", "help", "Help", "all keys", True),
    Key("f2", "command_palette", "Commands", "everything by its name"),
    Key("f3", "log", "Messages", "all that was told, filtered as you type"),
    Key("f12,ctrl+k", "views", "Go to", "the other screens: cast, voices, devices ..."),
    Key("f4", "start_voice", "Start voice", "start the voice again after a failure"),
    Key("ctrl+b,f11", "give_up", "Give up", "give up the long work that began last"),
    Key("ctrl+o", "open", "Open", "open a script; a file that is dropped here opens too"),
    Key("ctrl+s", "save", "Save", "save the list as a script"),
    Key("ctrl+e", "script", "Script", "edit the whole list as a script"),
    Key("ctrl+t", "theme", "Theme", "dark or light"),
    Key("ctrl+z", "suspend", "Suspend", "back to the shell (fg returns); the voice pauses"),
    Key("ctrl+q", "quit", "Quit", "end", True),
)
"""Hold on every screen, also while a line is being typed."""

BY_NAME = (
    Key("", "prepare_list", "Prepare the list", "make the speech of all cues ahead"),
    Key("", "render", "Render to a file", "the whole list into a .wav or .flac file"),
    Key("", "listen", "Listen elsewhere", "the link and QR code for those who listen in browsers"),
)
"""Without a key: chosen in the palette."""

ON_MAIN = (Key("escape", "to_prompt", "Prompt", "back to the prompt; closes the guide"),)

IN_PROMPT = (
    Key("up", "older", "Older", "what was typed before"),
    Key("down", "newer", "Newer", "what was typed after that"),
    Key("right", "cursor_right", "Complete", "at the end: take the character's name offered"),
    Key("tab", "app.focus_next", "To the list", "to the list of cues"),
)

IN_LIST = (
    Key("space", "app.go", "GO", "speak the cue that stands by"),
    Key("enter", "stand_by", "Stand by", "let the chosen cue stand by"),
    Key("c", "app.pause", "Pause", "pause, or go on"),
    Key("b", "app.skip", "Skip", "skip"),
    Key("v", "app.panic", "Stop", "stop with a fade"),
    Key("x", "replay", "Replay", "speak the chosen cue again"),
    Key("f", "app.follow", "Run", "run on by itself, or hold"),
    Key("e", "edit", "Edit", "edit the chosen cue"),
    Key("a", "add", "Add", "a new cue behind the chosen one"),
    Key("y", "duplicate", "Duplicate", "the chosen cue once more"),
    Key("delete,D", "delete", "Delete", "delete the chosen cue"),
    Key("u", "undo", "Undo", "bring back what was deleted last"),
    Key("K,shift+up", "move(-1)", "Move up", "move the chosen cue up"),
    Key("J,shift+down", "move(1)", "Move down", "move the chosen cue down"),
    Key("slash", "search", "Search", "search; n finds the next"),
    Key("n", "next_match", "Next match", "the next match"),
    Key("up,k", "step(-1)", "Up", "choose the cue above"),
    Key("down,j", "step(1)", "Down", "choose the cue below"),
    Key("pageup", "page(-1)", "Page up", "a page up"),
    Key("pagedown", "page(1)", "Page down", "a page down"),
    Key("home,g", "first", "First", "the first cue"),
    Key("end,G", "last", "Last", "the last cue"),
)

IN_VIEW = (Key("escape,1", "app.main", "Cues", "back to the cues"),)

IN_ROWS = (
    Key("up,k", "step(-1)", "Up", "choose the row above"),
    Key("down,j", "step(1)", "Down", "choose the row below"),
    Key("pageup", "page(-1)", "Page up", "a page up"),
    Key("pagedown", "page(1)", "Page down", "a page down"),
    Key("home,g", "first", "First", "the first row"),
    Key("end,G", "last", "Last", "the last row"),
)
"""In the tables of the other screens."""

IN_CAST = (
    Key("enter", "choose_voice", "Voice", "choose a voice for the character", True),
    Key("x", "audition", "Hear", "hear the character, once nothing is being spoken", True),
    Key("left,left_square_bracket", "speed(-1)", "Speed", "slower by 0.05", True),
    Key("right,right_square_bracket", "speed(1)", "Speed", "faster by 0.05", True),
    Key("minus", "gain(-1)", "Gain", "quieter by 1 dB", True),
    Key("plus,equals_sign", "gain(1)", "Gain", "louder by 1 dB", True),
    Key("0", "reset", "Reset", "the voice's own speed and loudness"),
    Key("e", "edit", "Names", "edit the name and the other names", True),
    Key("a", "add", "Add", "somebody new", True),
    Key("delete,D", "delete", "Remove", "take the character out of the cast", True),
    Key("u", "undo", "Undo", "as it was before the last change", True),
    Key("slash", "search", "Search", "search names and voices; n finds the next"),
    Key("n", "next_match", "Next match", "the next match"),
    Key("ctrl+s", "write_over", "Write over", "write the cast file, whatever stands in it by now"),
)

IN_VOICES = (
    Key("enter", "take", "Take", "the narrator's voice; of a model: fetch it", True),
    Key("x", "audition", "Hear", "hear the voice, once nothing is being spoken", True),
    Key("a", "add", "Add", "make a voice of recordings", True),
    Key("m", "blend", "Mix", "make a voice between others", True),
    Key("delete,D", "delete", "Remove", "delete a voice that was added", True),
    Key("slash", "search", "Search", "search all that is told of voices; n finds the next", True),
    Key("n", "next_match", "Next match", "the next match"),
    Key("r", "reload", "Look again", "look again at what is there"),
    Key("tab", "app.focus_next", "Models", "from the voices to the models, and back", True),
)

IN_DEVICES = (
    Key("enter", "take", "Take", "let the voice go there; kept in the settings", True),
    Key("x", "audition", "Test tone", "a short, quiet tone, which measures the latency", True),
    Key("r", "reload", "Look again", "look again at what is connected", True),
)

_EDIT = Key("e,enter", "edit", "Edit", "change the chosen setting, in the settings file")
_RESET = Key("delete,D", "reset", "Default", "take the chosen setting out of the file again")
_RESTART = Key("R", "restart", "Restart", "start the voice again, with the settings as they are")

IN_NARRATOR = (
    _EDIT,
    Key("m", "models", "Models", "choose among the models that the server has"),
    Key("p", "prompt", "Prompt", "edit what the model is told to be"),
    Key("x", "test", "Test", "ask one short line, which is not spoken"),
    _RESET,
)

IN_BRIDGE = (
    Key("p", "password", "Password", "show the password, or hide it"),
    Key("n", "new_password", "New password", "make a new password; asks first"),
    Key("slash", "filter", "Filter", "show the messages with ..."),
    Key("a", "level", "Troubles", "all messages, or refusals only"),
    Key("y", "copy", "Copy", "copy the chosen message"),
    Key("tab", "app.focus_next", "Next", "between clients and messages"),
    _RESTART,
)

IN_SETTINGS = (
    _EDIT,
    _RESET,
    Key("slash", "filter", "Filter", "show the settings with ..."),
    Key("o", "open_file", "Open the file", "edit the settings file as text"),
    _RESTART,
)

IN_MESSAGES = (
    Key("escape,f3", "dismiss", "Close", "close"),
    Key("ctrl+l", "level", "Troubles", "all lines, or troubles only"),
    Key("ctrl+y", "copy", "Copy", "copy the chosen line"),
    Key("up", "step(-1)", "Up", "choose the line above"),
    Key("down", "step(1)", "Down", "choose the line below; at the end it follows what comes"),
    Key("pageup", "page(-1)", "Page up", "a page up"),
    Key("pagedown", "page(1)", "Page down", "a page down"),
)

IN_SCRIPT = (
    Key("ctrl+s", "save", "Save", "take the text over and save the script"),
    Key("ctrl+e", "take", "Take over", "take the text over, without saving the file"),
    Key("ctrl+f", "find", "Find", "find; Enter finds the next, Esc goes back to the text"),
    Key("ctrl+l", "problem", "Problem", "go to the next line that may be a mistake"),
    Key("escape", "close", "Close", "close; asks where something was changed"),
)

GROUPS = (
    ("Everywhere", (*EVERYWHERE, *ON_MAIN)),
    ("By name, with F2", BY_NAME),
    ("In the prompt", IN_PROMPT),
    ("In the list of cues", IN_LIST),
    ("On the other screens (2 to 9 go there, from the list too)", IN_VIEW),
    ("In lists on the other screens", IN_ROWS),
    ("On the cast (2)", IN_CAST),
    ("On voices and models (3)", IN_VOICES),
    ("On devices (4)", IN_DEVICES),
    ("On the screen Narrator", IN_NARRATOR),
    ("On the screen Bridge", IN_BRIDGE),
    ("On the screen Settings", IN_SETTINGS),
    ("In the messages", IN_MESSAGES),
    ("In the script's text (Ctrl+Z undoes, Ctrl+X cuts, Ctrl+V pastes)", IN_SCRIPT),
)
"""As the help shows them."""

_NAMES = {
    "slash": "/",
    "space": "Space",
    "escape": "Esc",
    "enter": "Enter",
    "delete": "Del",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "minus": "-",
    "plus": "+",
    "equals_sign": "=",
}


def bindings(keys: tuple[Key, ...], *, priority: bool = False) -> list[BindingType]:
    """What Textual makes of the table; `priority`: they go before what has the focus."""
    return [
        Binding(
            key.keys,
            key.action,
            key.label,
            show=key.in_footer,
            priority=priority,
            key_display=shown(key.keys.split(",")[0]),
        )
        for key in keys
    ]


def shown(key: str) -> str:
    """A key as people write it: ``Ctrl+G``."""
    if key in _NAMES:
        return _NAMES[key]
    *before, last = key.split("+")
    words = [word.capitalize() for word in before]
    last = last if len(last) == 1 and not words else last.capitalize()
    return "+".join([*words, _NAMES.get(last, last)])


def hint(keys: tuple[Key, ...], width: int) -> str:
    """The keys that are shown on their screen, those of one label together, ``-/+ Gain``, in lines
    of `width` cells; no key is parted from its label."""
    found: dict[str, list[str]] = {}
    for key in keys:
        if key.in_footer:
            found.setdefault(key.label, []).append(shown(key.keys.split(",")[0]))
    lines = [""]
    for label, names in found.items():
        item = f"{'/'.join(names)} {label}"
        if lines[-1] and len(lines[-1]) + 2 + len(item) > width:
            lines.append("")
        lines[-1] += f"  {item}" if lines[-1] else item
    return "\n".join(lines)
