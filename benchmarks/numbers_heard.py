"""What a recogniser hears of numbers, dice and names, with and without them made speakable.

    python benchmarks/numbers_heard.py [VOICE] [FOLDER]

Prints both word error rates against what a game master would say, and each line that was heard
otherwise; with FOLDER the recordings are kept there. Figures that the recogniser writes are read
in words by the same rules in both cases. What must be installed: benchmarks/recogniser.py.
"""

import sys
from pathlib import Path

import jiwer
import soundfile
from recogniser import plain, recogniser, transcribe
from speaking import Speaker

from skaldcast.core.spoken.lexicon import Entry, Lexicon
from skaldcast.core.spoken.speaker import SpeakableText
from skaldcast.core.synthesis.pronunciation import inline
from skaldcast.core.types import SpokenForm

# Names whose sound is written as words that a recogniser knows.
LEXICON = Lexicon(
    [
        Entry("Xyla", ipa="ʃˈIlə"),
        Entry("Ghaun", ipa="ɡˈɔn"),
        Entry("Caer Brenn", ipa="kˈɛɹ bɹˈɛn"),
    ]
)
LINES = {
    "The fire burns you for 2d6+3 damage.": "the fire burns you for two d six plus three damage",
    "Roll a d20 and add 5.": "roll a d twenty and add five",
    "The blast reaches 60 ft. on each side.": "the blast reaches sixty feet on each side",
    "You need a DC 15 check to open it.": "you need a d c fifteen check to open it",
    "The guard wears plate, so his AC is 18.": "the guard wears plate so his a c is eighteen",
    "The chest holds 1,250 gp and 3 cp.": (
        "the chest holds one thousand two hundred and fifty gold pieces and three copper pieces"
    ),
    "On 3 May 1492 the king died.": "on the third of may fourteen ninety two the king died",
    "King Charles II ruled from 1660 to 1685.": (
        "king charles the second ruled from sixteen sixty to sixteen eighty five"
    ),
    "Queen Isabel read Chapter IV aloud.": "queen isabel read chapter four aloud",
    "It costs $5.50 or 3/4 of your wages.": (
        "it costs five dollars and fifty cents or three quarters of your wages"
    ),
    "The wall is 120' high and 5 ft. thick.": (
        "the wall is one hundred and twenty feet high and five feet thick"
    ),
    "He has 35/40 HP left.": "he has thirty five out of forty hit points left",
    "Make a DEX save with adv. on the roll.": "make a dexterity save with advantage on the roll",
    "The tavern opens at 5:30 p.m. sharp.": "the tavern opens at five thirty p m sharp",
    "About 50% of the 1,492 soldiers fled.": (
        "about fifty percent of the one thousand four hundred and ninety two soldiers fled"
    ),
    "The CR 1/4 goblin deals 1d4-1 damage.": (
        "the c r one quarter goblin deals one d four minus one damage"
    ),
    "Take potions, rope, etc. and meet Mr. Hale.": (
        "take potions rope et cetera and meet mister hale"
    ),
    "Write to the guild at hale@example.org today.": (
        "write to the guild at hale at example dot org today"
    ),
    "Xyla drew her sword.": "shyla drew her sword",
    "Ghaun's army marched to the gate.": "gones army marched to the gate",
}
SPELLED = {"shila": "shyla", "sheila": "shyla", "gauns": "gones", "gons": "gones", "gawns": "gones"}


def main(voice: str = "hibari:heart", folder: str = "") -> None:
    speaker = Speaker(voice)
    speakable = SpeakableText(LEXICON)
    words = SpeakableText()
    with recogniser() as model:
        for form in (SpokenForm.WRITTEN, SpokenForm.PHONEMES):
            heard: list[str] = []
            for number, (text, said) in enumerate(LINES.items()):
                given = speakable.speak(text, "en", form, inline).text
                samples, _ = speaker.speak(given)
                if folder:
                    path = Path(folder) / f"{number:02}-{form.value}.wav"
                    soundfile.write(path, samples, speaker.sample_rate)
                found = transcribe(model, samples, speaker.sample_rate)
                raw = "".join(word for word, _, _ in found)
                line = plain(words.speak(raw, "en", SpokenForm.WORDS).text)
                heard.append(" ".join(SPELLED.get(word, word) for word in line.split()))
                if heard[-1] != said:
                    print(f"  {form.value:9}{text}\n    said   {said}\n    heard  {raw.strip()}")
            rate = jiwer.wer(list(LINES.values()), heard)
            print(f"{voice}, {form.value}: word error rate {rate:.2%} on {len(LINES)} lines")


if __name__ == "__main__":
    main(*sys.argv[1:])
