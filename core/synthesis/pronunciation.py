"""Pronunciations in the text that hibari and Kokoro are given: "[Malachar](/mˈæləkɑɹ/)". Plain."""

import re

ALPHABET = frozenset(
    "AIOQSTWYabcdefhijklmnopqrstuvwxyz"
    "æçðøŋœɐɑɒɔɕɖəɚɛɜɟɡɣɤɥɨɪɯɰɲɳɴɸɹɻɽɾʁʂʃʈʊʋʌʎʒʔʝʣʤʥʦʧʨʰʲˈˌːβθχᵊᵝᵻꭧ "
)
"""What hibari's and Kokoro's models know, in misaki's alphabet: IPA, but for diphthongs, which are
one letter each ("A" as in "day"), and the affricates."""
_MISAKI = {
    "eɪ": "A", "aɪ": "I", "oʊ": "O", "əʊ": "Q", "aʊ": "W", "ɔɪ": "Y", "tʃ": "ʧ", "dʒ": "ʤ",
    "g": "ɡ", "r": "ɹ", "ɝ": "ɜɹ", "ɚ": "əɹ", "ɫ": "l", "ʍ": "w", "'": "ˈ",
    "ʼ": "ˈ", "’": "ˈ", ",": "ˌ", ":": "ː", ".": "", "\u0361": "", "\u035c": "", "‿": "",
}  # fmt: skip
_WRITTEN_OTHERWISE = re.compile("|".join(map(re.escape, sorted(_MISAKI, key=len, reverse=True))))
_VOWELS = "AIOQWYaeiouæøœɐɑɒɔəɚɛɜɤɨɪɯʊʌᵊᵻy"
_STRESS = re.compile(rf"([ˈˌ])([^{_VOWELS}ˈˌ ]+)(?=[{_VOWELS}])")
_INLINE = re.compile(r"\[([^\[\]]+)\]\((/[^()]*/)\)")


def in_alphabet(ipa: str) -> str:
    """`ipa` in the models' alphabet, the stress before the vowel, as they have it."""
    joined = ipa.strip().strip("/").replace("\u0361", "").replace("\u035c", "")
    spelled = _WRITTEN_OTHERWISE.sub(lambda match: _MISAKI[match.group()], joined)
    return _STRESS.sub(r"\2\1", spelled)


def unknown_symbols(ipa: str) -> str:
    """The characters of `ipa` that the models do not know, each once, in order."""
    return "".join(dict.fromkeys(c for c in in_alphabet(ipa) if c not in ALPHABET))


def inline(word: str, ipa: str) -> str:
    """`word` with its pronunciation; `word` alone where it cannot have one."""
    spelled = in_alphabet(ipa)
    if not spelled or unknown_symbols(ipa) or not set("[]()/").isdisjoint(word + spelled):
        return word
    return f"[{word}](/{spelled}/)"


def without_inline(text: str) -> str:
    """`text` of the same length with spaces for what is not said as written: of each inline
    pronunciation the word is left, where it stands."""
    return _INLINE.sub(lambda m: f" {m[1]}" + " " * (3 + len(m[2])), text)
