"""What can be the name of a character, in a script that a person or a language model wrote."""

import re
from collections.abc import Callable
from typing import Final

Characters = Callable[[str], str | None]
"""Name, in any case, or alias -> the name that the cast uses; None where it knows none."""

LONGEST: Final = 48
NARRATORS: Final = frozenset(
    "narrator narration narrateur narratrice narrador narradora narratore narratrice erzähler "
    "erzählerin gm dm".split()
) | {"the narrator", "game master", "dungeon master", "der erzähler"}
PARTICLES: Final = frozenset(
    "von van der den de del della di da du des la le les el al ibn bin of the zu zum zur und and "
    "y e et dos das af av ap ben".split()
)
_ARTICLES: Final = frozenset("the a an der die das ein eine le la les un une el los las".split())
_LABELS: Final = frozenset(
    # Words that head a note, a list or a value, and are no one's name.
    "note notes warning caution danger tip tips hint hints example examples reminder important "
    "chapter scene act part prologue epilogue title subtitle section page book volume verse "
    "location place setting time date day night morning evening year weather mood tone genre "
    "summary recap overview background context description details detail info information "
    "name names class race level age alignment gender role occupation status stats skills skill "
    "abilities ability feats feat spells spell inventory equipment items item loot treasure gold "
    "rewards reward quest quests objective objectives goal goals task tasks mission missions "
    "option options choice choices step steps rule rules result results outcome effect effects "
    "success failure critical hit miss damage attack attacks defense initiative turn round action "
    "actions reaction reactions bonus movement speed range cost price weight duration target "
    "casting components languages senses challenge perception insight investigation stealth "
    "persuasion deception intimidation athletics acrobatics arcana history nature religion "
    "strength dexterity constitution intelligence wisdom charisma str dex con int wis cha "
    "hp ac xp dc cr mp sp ap pp gp cp ep health mana stamina armor armour points point score "
    "saving throw throws check checks resistances immunities vulnerabilities conditions "
    "question questions answer answers q a ps nb todo fixme edit update disclaimer source sources "
    "reference references link links image images figure table map maps key keys legend "
    "exits exit entrance north south east west up down left right door doors room rooms hall "
    "sights sounds smells first second third fourth fifth last next then finally later meanwhile "
    "also however therefore thus yes no well so and but or if when while because remember "
    "i he she it we they one this that these those here there what who why how where "
    "hinweis achtung beispiel kapitel szene ort zeit wetter ziel optionen ergebnis frage antwort "
    "attention exemple chapitre lieu nota ejemplo escena lugar nota capitolo scena "
    "output input response system prompt assistant user version author language model".split()
)
_LABEL_ENDS: Final = ("ly", "tion", "tions", "sion", "ment", "ments", "ness", "ung", "ity")
_SOUNDS: Final = frozenset(
    # Single words in brackets that are heard or done, not named.
    "thunder lightning rain wind storm music silence applause laughter laughs laugh laughing "
    "sigh sighs sighing gasp gasps whisper whispers whispering shout shouts shouting screams scream "
    "screaming cries crying sobs sobbing coughs cough groans groan growls growl giggles chuckles "
    "smiles smiling nods grins smirks pause pauses beat silent quietly softly loudly angrily sadly "
    "crash bang boom knock knocking footsteps explosion door bell bells drums drum horn cut fade "
    "end continued cont'd aside singing sings song sfx fx vo os combat initiative sound sounds "
    "ooc ic redacted inaudible unintelligible sic edit note laughter".split()
)
_SHORT: Final = re.compile(r"(?:[^\W\d_]\.)+|[^\W\d_]{1,5}\.")


def could_be_name(run: str) -> bool:
    """Whether text at a line's start may still become a name: False for a text means False for
    every longer one."""
    words = run.split()
    if len(words) > 5:
        return False
    for word in words:
        if "." in word and (not word[0].isupper() or not _SHORT.match(word)):
            return False
    if len(words) <= 3:
        return True
    last = "" if run[-1:].isspace() else words[-1]
    return all(
        word[0].isupper() or word[0].isdigit() or word in PARTICLES or (word is last and _is_begun(word))
        for word in words
    )


def _is_begun(word: str) -> bool:
    return any(particle.startswith(word) for particle in PARTICLES)


def is_narrator(name: str) -> bool:
    """Whether it names the narrator, in a script."""
    return name.casefold() in NARRATORS


def is_name_like(name: str, *, quoted: bool) -> bool:
    """Whether an unknown name at a line's start is likely one. `quoted`: quoted speech follows,
    which little but a name stands before."""
    words = name.split()
    lowered = [word.casefold() for word in words]
    if not words or len(words) > 5 or not _all_capitals(words):
        return False
    if lowered[0] in _ARTICLES and (not quoted or len(words) == 1):
        return False
    if any(word in _LABELS for word in lowered):
        return False
    return len(name) > 1 and not (len(words) == 1 and lowered[0].endswith(_LABEL_ENDS))


def is_tag_like(content: str) -> bool:
    """Whether an unknown name in brackets, with text behind it, is likely one."""
    words = content.split()
    if not words or len(words) > 5 or not _all_capitals(words):
        return False
    lowered = [word.casefold() for word in words]
    return len(content) > 1 and lowered[0] not in _SOUNDS and not any(w in _LABELS for w in lowered)


def _all_capitals(words: list[str]) -> bool:
    """Each word begins like a name's; numbers and particles may follow the first."""
    if not words[0][0].isupper():
        return False
    return all(
        word[0].isupper() or word in PARTICLES or (word.isdigit() and len(word) < 4)
        for word in words[1:]
    )
