"""Which organization names may mean the same organization. Pure: names in, pairs out.

Names are compared as people fold them: no case, accents, punctuation, “the”, or company endings (that part is
``organization_key``). Equal folded names are one record already; this finds the ones that are nearly equal:

* the same words in another order, or one name inside the other (“Skagit Valley Health”, “Skagit Valley Health System”);
* spelling slips (ratio of matching blocks, as in :mod:`difflib`, at least 0.87);
* an abbreviation made of first letters (“SVH”, “Skagit Valley Health”).

Only names that share a rare word, a first letter group or an abbreviation are compared, so a thousand names take well
under a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
NEAR = 0.87
SMALL = frozenset({"of", "for", "and", "in", "at", "to", "a", "an", "de", "la", "el", "y"})
#: Words that many organizations share say little about which one it is.
COMMON = frozenset(
    {
        "county",
        "health",
        "care",
        "services",
        "service",
        "center",
        "centre",
        "community",
        "network",
        "north",
        "south",
        "east",
        "west",
        "northwest",
        "department",
        "dept",
        "district",
        "association",
        "foundation",
        "council",
        "coalition",
        "family",
        "social",
        "public",
        "clinic",
        "clinics",
        "hospital",
        "housing",
        "program",
        "programs",
        "group",
        "system",
        "systems",
        "society",
        "institute",
        "agency",
        "organization",
        "city",
        "state",
        "washington",
        "valley",
        "regional",
    }
)
SHORT = {
    "dept": "department",
    "svc": "services",
    "svcs": "services",
    "ctr": "center",
    "centre": "center",
    "assn": "association",
    "co": "county",
    "hosp": "hospital",
    "mt": "mount",
    "st": "saint",
    "univ": "university",
    "wa": "washington",
    "comm": "community",
    "nw": "northwest",
    "org": "organization",
}
MOST_TOGETHER = 60  # a word that more names share is too common to compare all of them


@dataclass(frozen=True)
class Alike:
    """Two keys that may mean the same, how alike they are (0 to 1), and why: ``words``, ``inside``, ``near``,
    ``letters``."""

    first: Hashable
    second: Hashable
    ratio: float
    why: str


def words_of(folded: str) -> tuple[str, ...]:
    """The words of a folded name, abbreviations spelled out, small words left out."""
    return tuple(SHORT.get(word, word) for word in folded.split() if word not in SMALL)


def alike(one: str, two: str) -> tuple[float, str] | None:
    """How alike two folded names are and why; None when they are not."""
    first, second = words_of(one), words_of(two)
    if not first or not second:
        return None
    if sorted(first) == sorted(second):
        return 1.0, "words"
    small, large = sorted((set(first), set(second)), key=len)
    if small < large and len(small) >= 2 and small - COMMON:
        return len(small) / len(large), "inside"
    short, long = sorted((first, second), key=len)
    if len(short) == 1 and len(short[0]) >= 3 and short[0] == "".join(word[0] for word in long) and len(long) >= 3:
        return 0.8, "letters"
    ratio = SequenceMatcher(None, " ".join(first), " ".join(second), autojunk=False).ratio()
    telling = (set(first) ^ set(second)) - COMMON  # "Island Health" and "Inland Health" differ in what tells them apart
    if ratio >= NEAR and all(_slip(word, set(first) | set(second)) for word in telling):
        return ratio, "near"
    return None


def _slip(word: str, others: Iterable[str]) -> bool:
    """Whether ``word`` is another word with one slip: two letters swapped, or one missing, added or doubled."""
    return any(word != other and SequenceMatcher(None, word, other, autojunk=False).ratio() >= 0.85 for other in others)


def pairs(names: Mapping[Key, str]) -> list[Alike]:
    """Pairs of keys whose folded names may mean the same, most alike first; the same input gives the same order."""
    blocks: dict[str, list[Key]] = defaultdict(list)
    order = {key: place for place, key in enumerate(sorted(names, key=lambda key: (names[key], str(key))))}
    for key in order:
        words = words_of(names[key])
        for word in set(words) - COMMON:
            blocks[word].append(key)
            blocks[f"{word[:3]}*"].append(key)
        if len(words) >= 3:
            blocks["".join(word[0] for word in words)].append(key)
        blocks[" ".join(sorted(words))].append(key)
    seen: set[tuple[int, int]] = set()
    found: list[tuple[float, tuple[int, int], Alike]] = []
    for keys in blocks.values():
        if len(keys) > MOST_TOGETHER:
            continue
        for at, one in enumerate(keys):
            for two in keys[at + 1 :]:
                pair = (order[one], order[two])  # names come in order, so the first is before the second
                if one == two or pair in seen:
                    continue
                seen.add(pair)
                result = alike(names[one], names[two])
                if result:
                    found.append((-result[0], pair, Alike(one, two, *result)))
    return [row for _ratio, _pair, row in sorted(found, key=lambda found: found[:2])]
