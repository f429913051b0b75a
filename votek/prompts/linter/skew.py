"""One label far more frequent than an even share."""

from __future__ import annotations

from collections.abc import Iterator

from votek.prompts.linter.chance import at_least
from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import shown
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule

__all__ = ["RULE"]

_LEVEL = 0.01
_ODDS = 3.0


def _check(given: Material) -> Iterator[Finding]:
    """A label stands out when its odds are at least three times those of an even share, and when so many would come
    by chance in less than one of a hundred draws (binomial tail, times the number of labels).
    """
    labels = len(set(given.names) | set(given.label_counts))
    total = sum(given.label_counts.values())
    if labels < 2 or not total:
        return
    even = 1 / labels
    for name, count in given.label_counts.most_common():
        share = count / total
        if share * (1 - even) < _ODDS * even * (1 - share) or labels * at_least(count, total, even) >= _LEVEL:
            return
        yield Finding(
            "skew",
            "warning",
            "label",
            name,
            f"{count:,} of {total:,} labels ({share:.0%}) are {shown(name)}; an even share of {labels} labels would be "
            f"{total * even:,.1f} ({even:.0%}). Models lean towards the label they see most often.",
            "Label more texts of the other labels, choose label-balanced examples, or set a limit per label.",
        )


RULE = Rule(
    "skew",
    "A label that crowds out the others",
    "A label far above an even share of all labels given.",
    _check,
    ("labelled", "classes"),
)
