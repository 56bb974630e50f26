"""`skaldcast lexicon`: how the names of a campaign are said."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace

from ...core.cue import Cue
from ...core.spoken.lexicon import Entry, Lexicon
from ...core.spoken.lexicon_file import add_entry, read_lexicon, remove_entry
from ...core.synthesis.registry import VoiceRegistry
from ..campaign import read_campaign_cast
from ..options import UsageError, narrator_options, settings_of
from ..streams import emit, tell
from ..tables import print_table


def lexicon(arguments: Namespace) -> int:
    """List the entries, try a text, or add or remove an entry."""
    if arguments.action != "add" and (arguments.ipa or arguments.case):
        raise UsageError("--ipa and --case belong to `lexicon add WORD SAY`")
    if arguments.action != "try" and arguments.quiet:
        raise UsageError("--quiet belongs to `lexicon try TEXT`")
    return _ACTIONS[arguments.action](arguments)


def _list(arguments: Namespace) -> int:
    if arguments.words:
        raise UsageError(f"not understood: {' '.join(arguments.words)}")
    print_table(
        ("word", "said", "IPA", "capitals matter"),
        [
            (entry.word, entry.say, entry.ipa, "yes" if entry.minds_case else "no")
            for entry in _read(arguments).entries.values()
        ],
    )
    return 0


def _try(arguments: Namespace) -> int:
    """Print what the narrator's voice is given, then let it be heard."""
    if not arguments.words:
        raise UsageError("lexicon try: give the text to try")
    text = " ".join(arguments.words)
    emit(_said(arguments, text))
    if arguments.quiet:
        return 0
    from ..feeding import words
    from .speaking import speak

    return speak(arguments, words(text))


def _said(arguments: Namespace, text: str) -> str:
    """What the narrator would ask the voice for, as one text: cut, directed and put in words."""
    from ...core.preparing import SteadyCut

    loaded = settings_of(arguments)
    options = replace(
        narrator_options(loaded.settings),
        script=True,
        cast=read_campaign_cast(loaded),
        lexicon=_read(arguments, tells=arguments.quiet),  # who speaks it, tells of it
    )
    voice = VoiceRegistry(settings=options.synthesizers).resolve(options.voice)
    speech = options.speech(voice)
    cue = Cue("try")
    cue.add_text(text)
    language = speech.languages.of(cue, complete=True, waited_s=0.0) or speech.languages.usual
    cuts = SteadyCut(cue, language, speech)
    said: list[str] = []
    while (chunk := cuts.next_said()) is not None:
        if chunk.request is not None:
            said.append(chunk.request.text.strip())
    return " ".join(said)


def _add(arguments: Namespace) -> int:
    if len(arguments.words) not in (1, 2) or (len(arguments.words) == 1 and not arguments.ipa):
        raise UsageError('lexicon add: give the word and how it is said: add Malachar "MAL-a-kar"')
    word, say = arguments.words[0], (arguments.words[1:] or [""])[0]
    path = settings_of(arguments).settings.lexicon.file
    add_entry(path, Entry(word.strip(), say.strip(), arguments.ipa or "", arguments.case))
    tell(f"{word} is in {path}")
    return 0


def _remove(arguments: Namespace) -> int:
    if len(arguments.words) != 1:
        raise UsageError("lexicon remove: name the word")
    path = settings_of(arguments).settings.lexicon.file
    remove_entry(path, arguments.words[0])
    tell(f"{arguments.words[0]} is no longer in {path}")
    return 0


def _read(arguments: Namespace, *, tells: bool = True) -> Lexicon:
    """The lexicon in force; what is wrong with its file is told."""
    read = read_lexicon(settings_of(arguments).settings.lexicon.file)
    for problem in read.problems if tells else ():
        tell(problem)
    return read.lexicon


_ACTIONS: dict[str, Callable[[Namespace], int]] = {
    "list": _list,
    "try": _try,
    "add": _add,
    "remove": _remove,
}
