"""Prompts in the plainest words: one query, one candidate at a time, every prompt written out and counted anew.

Nothing here is taken from `votek.prompts` but the tokenizers, and no vector is multiplied by more than one other.
"""

import functools
import unicodedata

import numpy as np

DEMONSTRATIONS = {
    "Text: {text}\nLabel: {label}": lambda text, label: f"Text: {text}\nLabel: {label}",
    "Text: {text}\nLabel: {label}\n\n": lambda text, label: f"Text: {text}\nLabel: {label}\n\n",
    "{text}\n{label}\n": lambda text, label: f"{text}\n{label}\n",
    "{text}{label}": lambda text, label: text + label,
    "{{{label}}}%s ": lambda text, label: "{" + label + "}%s ",
}


def labels_of(row):
    return [row.value] if isinstance(row.value, str) else list(row.value) or [""]


def label_words(row):
    return row.value if isinstance(row.value, str) else ", ".join(row.value)


def same_text(a, b):
    return plain_text(a) == plain_text(b)


@functools.cache
def plain_text(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


def cosine(a, b, mean=None):
    a, b = (np.asarray(one, dtype=float) - (0 if mean is None else mean) for one in (a, b))
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    return round(float(a @ b) / norms, 12) + 0.0 if norms else 0.0


def rendered(chosen, demonstrations, query):
    """Of each part but the last, what the separator begins with is cut, then all are joined."""
    parts = [(chosen.instruction, chosen.instruction)] if chosen.instruction else []
    written = DEMONSTRATIONS[chosen.demonstration]
    parts += [(written(row.text, label_words(row)), written("\x00", "\x00")) for row in demonstrations]
    cut = []
    for text, template in parts:
        sizes = [at for at in range(1, len(chosen.separator) + 1) if template.endswith(chosen.separator[:at])]
        cut.append(text[: len(text) - max(sizes, default=0)])
    return chosen.separator.join([*cut, chosen.query.replace("{text}", query.text)])


class Plainly:
    """One query with its pool: `pool` rows, `vectors` of the whole data set (n, d), `copies` groups (n,)."""

    def __init__(self, chosen, pool, vectors, query, vector, *, mean, copies, count, drawn):
        self.chosen, self.query, self.count = chosen, query, count
        self.pool = sorted(pool, key=lambda row: row.row)
        self.close = {row.row: cosine(vectors[row.row], vector, mean) for row in pool}
        self.between = functools.cache(lambda a, b: cosine(vectors[a], vectors[b], mean))
        raw = {row.row for row in pool if cosine(vectors[row.row], vector) >= 0.95}
        own = {row.row for row in pool if same_text(row.text, query.text)}
        if query.row is not None:
            own |= {row.row for row in pool if row.row == query.row or copies[row.row] == copies[query.row]}
        groups = {copies[row] for row in raw | own}
        self.barred = {row.row for row in pool if copies[row.row] in groups}
        self.drawn = drawn

    @property
    def similarity(self):
        return self.chosen.retrieval in ("similar", "mmr", "balanced")

    def admissible(self, row, taken):
        """Whether a row may stand there at all, tokens aside."""
        chosen = self.chosen
        if row.row in self.barred or (
            self.similarity and chosen.floor is not None and self.close[row.row] < chosen.floor
        ):
            return False
        shown = [label for other in taken for label in labels_of(other)]
        return chosen.label_cap is None or all(shown.count(label) < chosen.label_cap for label in labels_of(row))

    def score(self, row, taken):
        """The smaller, the sooner."""
        close, weight = self.close[row.row], self.chosen.diversity
        if self.chosen.retrieval == "mmr" and taken:
            close = round((1 - weight) * close - weight * max(self.between(row.row, one.row) for one in taken), 12)
        if self.chosen.retrieval == "balanced":
            shown = [label for one in taken for label in labels_of(one)]
            return min(shown.count(label) for label in labels_of(row)), -close, row.row
        if self.chosen.retrieval == "fixed":
            return row.rank is None, row.rank or 0, row.row
        return self.drawn.index(row.row) if self.chosen.retrieval == "random" else (-close, row.row)

    def arranged(self, taken):
        if not self.similarity:
            return list(taken)
        best_first = sorted(taken, key=lambda row: (-self.close[row.row], row.row))
        return best_first[::-1] if self.chosen.order == "ascending" else best_first

    def tokens(self, taken):
        return self.count(rendered(self.chosen, self.arranged(taken), self.query))

    def taken(self, available):
        """Greedily, the best of what may still stand there; what does not fit is out for good."""
        taken, left = [], list(self.pool)
        if available is not None and self.tokens([]) > available:
            return taken
        while len(taken) < self.chosen.n:
            left = [row for row in left if self.admissible(row, taken)]
            if not left:
                break
            best = min(left, key=lambda row: self.score(row, taken))
            left.remove(best)
            if available is None or self.tokens([*taken, best]) <= available:
                taken.append(best)
        return taken
