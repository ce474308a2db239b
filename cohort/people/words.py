"""Find names by the beginnings of their words, whatever the accents. An index holds the words, so that it stays fast.

PostgreSQL's own text search does it, with no list of common words and no endings cut off; no extension is needed.
"""

from __future__ import annotations

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func

MOST = 6  # words of a question that count


class Words(Func):
    """The words of some text fields (never null), in small letters and without accents: what an index is made of.

    Signs are taken out and letters made small before the search sees them: what it takes for a letter depends on the
    locale of the database. A migration makes the index from this, so a change here needs a new index.
    """

    template = (
        "to_tsvector('simple'::regconfig, lower(regexp_replace("
        "regexp_replace(normalize(%(expressions)s, NFKD), '[\\u0300-\\u036f]', '', 'g'),"
        " '[!-/:-@\\[-`{-~\\u0080-\\u00bf\\u2000-\\u206f\\u3000-\\u303f]+', ' ', 'g')))"
    )
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


def words_in(text: str) -> list[str]:
    """The words somebody is looking for, folded as :class:`Words` folds them."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not "\u0300" <= c <= "\u036f")
    return re.findall(r"[^\W_]+", plain.lower())[:MOST]


def beginning_with(text: str) -> SearchQuery | None:
    """A query for :class:`Words`: every word of ``text`` begins one of theirs. None when ``text`` holds no word."""
    found = words_in(text)
    if not found:
        return None
    return SearchQuery(" & ".join(f"'{word}':*" for word in found), search_type="raw", config="simple")
