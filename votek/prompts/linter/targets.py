"""How tools that prompts go to arrange the demonstrations they retrieve."""

from __future__ import annotations

from votek.errors import UnknownNameError

__all__ = ["FIRST", "LAST", "PICKS", "TARGETS", "target_order"]

FIRST, LAST, PICKS = "most similar first", "most similar last", "order of the picks"

TARGETS = {
    "dspy-knn": FIRST,
    "haystack-retriever": FIRST,
    "langchain-selector": FIRST,
    "llama-index-retriever": FIRST,
}
"""Order in which a library's own search gives the examples: DSPy's KNN, the retrievers of Haystack and LlamaIndex and
LangChain's SemanticSimilarityExampleSelector all return the nearest first, and templates write them in that order."""


def target_order(target: str) -> str:
    """The order of a library, or an order given in these words; "" for "as in the prompt"."""
    if target in (FIRST, LAST, PICKS):
        return target
    if target in ("", "as in the prompt"):
        return ""
    if target not in TARGETS:
        known = ", ".join([*TARGETS, repr(FIRST), repr(LAST), repr(PICKS)])
        raise UnknownNameError(f"The order of the target {target!r} is not known; choose one of {known}.")
    return TARGETS[target]
