"""How easily a text reads, in Spanish (Fernández Huerta) and in English (Flesch)."""

import re
from collections.abc import Sequence

VOWELS = "aeiouáéíóúü"
STRONG = "aeoáéíóú"


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; what a colon or an ellipsis parts counts as two."""
    parts = re.split(r"(?<=[.!?…:;])\s+", " ".join(text.split()))
    return [part for part in parts if re.search(r"[a-záéíóúñ]{2}", part, re.IGNORECASE)]


def words_of(sentences: Sequence[str]) -> list[str]:
    return [word for sentence in sentences for word in re.findall(r"[a-záéíóúüñ']+", sentence, re.IGNORECASE)]


def syllables(word: str) -> int:
    """Syllables of a Spanish word: each strong or accented vowel, or run of weak ones, is one."""
    word = re.sub(r"(?<=[gq])u(?=[eiéí])", "", word.lower())
    word = re.sub(r"y$", "i", word)
    count, before = 0, ""
    for letter in word:
        if letter in VOWELS:
            apart = {before, letter} & set("íú") or {before, letter} <= set(STRONG)
            count += 1 if not before or apart else 0
            before = letter
        else:
            before = ""
    return max(count, 1)


def english_syllables(word: str) -> int:
    """Syllables of an English word: runs of vowels, but for a silent e at the end."""
    word = re.sub(r"'s?$", "", word.lower())
    word = re.sub(r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeioutd])ed$|(?<=[^aeiouysxzcgh])es$", "", word)
    return max(len(re.findall(r"[aeiouy]+", word)), 1)


def reading_ease(sentences: Sequence[str]) -> float:
    """Fernández Huerta (1959): 206.84 − 60 × syllables per word − 1.02 × words per sentence."""
    words = words_of(sentences)
    return 206.84 - 60 * sum(map(syllables, words)) / len(words) - 1.02 * len(words) / len(sentences)


def english_reading_ease(sentences: Sequence[str]) -> float:
    """Flesch (1948): 206.835 − 84.6 × syllables per word − 1.015 × words per sentence."""
    words = words_of(sentences)
    return 206.835 - 84.6 * sum(map(english_syllables, words)) / len(words) - 1.015 * len(words) / len(sentences)
