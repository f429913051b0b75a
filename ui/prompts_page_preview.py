"""The literal prompt of one test item, and the demonstrations in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from ui.frame import errors_shown, escape
from ui.remember import remembered
from votek.prompts import count_parts, is_estimate, label_text

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from ui.prompts_page_parts import Material
    from votek.datatypes import Dataset, Prompt, PromptSettings

__all__ = ["cosines", "draw_preview", "items_like", "show_prompt"]

_LISTED = 200
_ALL_SHOWN = 24  # rows; a longer table scrolls in its box
_ESTIMATE = " These are estimates, a quarter of the characters; a real tokenizer counts differently."
_LONG = 4_000  # characters; a longer prompt scrolls in its box


def draw_preview(
    page: OpenPage, material: Material, settings: PromptSettings | None, *, problem: str = "", place: str = "page"
) -> None:
    """Draw the prompt of a chosen test item; without `settings` it says instead what the `problem` is.

    `place`: keeps two previews in one run apart.
    """
    if place == "page":
        st.subheader("Preview", anchor=False)
    if settings is None:
        st.info("There is no preview until this is mended. " + escape(problem))
        return
    chosen = _choose(page, material, place)
    if chosen is None:
        return
    prompt = page.workspace.prompt_set(page.project.id, test_ids=[material.items.ids[chosen]]).prompts[0]
    _counted(prompt, settings)
    long = len(prompt.text) > _LONG or prompt.text.count("\n") > _LONG // 80
    st.code(prompt.text, language=None, wrap_lines=True, height=640 if long else "content")
    _tokens(page, prompt, settings, material, place)
    _demonstrations(page, prompt, material, chosen, place)


@st.dialog("One prompt, word for word", width="large")
def show_prompt(page: OpenPage, material: Material) -> None:
    """Show the prompt of a test item over the page, by the settings that are kept."""
    with errors_shown():
        draw_preview(page, material, page.workspace.project(page.project.id).prompts, place="dialog")


def items_like(items: Dataset, wanted: str, taken: set[int]) -> list[int]:
    """Rows whose id or text holds `wanted` (upper and lower case alike), without the rows in `taken`."""
    needle = wanted.strip().casefold()
    return [
        row
        for row, (item, text) in enumerate(zip(items.ids, items.texts, strict=True))
        if row not in taken and (not needle or needle in text.casefold() or needle in item.casefold())
    ]


def _choose(page: OpenPage, material: Material, place: str) -> int | None:
    key = page.project.id if place == "page" else f"{page.project.id}-{place}"
    items, taken = material.items, {row.row for row in material.labelled} if material.own else set[int]()
    wanted = st.text_input(
        "Find a test item", placeholder="words of its text, or its id", **remembered(key, "prompt-search")
    )
    rows = items_like(items, wanted, taken)
    if not rows:
        st.caption("No test item holds these words." if wanted.strip() else "Every text is labelled: none is left.")
        return None
    more = f" (the first {_LISTED:,} of {len(rows):,})" if len(rows) > _LISTED else f" ({len(rows):,})"
    chosen: int = st.selectbox(
        f"Test item{more}",
        rows[:_LISTED],
        format_func=lambda row: f"{items.ids[row]}   {_line(items.texts[row])}",
        key=f"{key}-prompt-item-{wanted}",
    )
    return chosen


def _line(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= 90 else joined[:89] + "…"


def _counted(prompt: Prompt, settings: PromptSettings) -> None:
    shown = len(prompt.demonstrations)
    estimated = ", estimated" if is_estimate(settings.tokenizer) else ""
    words = f"**{prompt.tokens:,} tokens**{estimated} · {shown} demonstration" + ("s" if shown != 1 else "")
    if prompt.skipped:
        words += f" · {prompt.skipped} of the {settings.n} best did not fit"
    st.markdown(words)
    if prompt.over_budget:
        st.warning("Even without a demonstration this prompt is longer than the tokens allow. Allow more of them.")


def _tokens(page: OpenPage, prompt: Prompt, settings: PromptSettings, material: Material, place: str) -> None:
    counts = count_parts(prompt, settings, pool=material.labelled, task=page.project.task)
    with st.expander("Where the tokens go", key=f"prompt-tokens-{place}"):
        st.caption("Counted part by part; the parts add up to the prompt." + _ESTIMATE * counts.estimated)
        rows = [*counts.rows(), ("The whole prompt", counts.total)]
        if counts.left is not None:
            rows += [("Kept free for the answer", counts.answer_reserve), (f"Left of {counts.budget:,}", counts.left)]
        st.dataframe(
            pd.DataFrame(
                {
                    "Part": [name for name, _ in rows],
                    "Tokens": [tokens for _, tokens in rows],
                    "Share": [max(tokens, 0) for _, tokens in rows],
                }
            ),
            hide_index=True,
            height="content" if len(rows) <= _ALL_SHOWN else "auto",
            key=f"prompt-parts-{place}",
            column_config={
                "Part": st.column_config.TextColumn(width=160),
                "Tokens": st.column_config.NumberColumn(width=80),
                "Share": st.column_config.ProgressColumn(
                    max_value=max(counts.total, counts.budget or 0, 1), format=" ", color="primary"
                ),
            },
            alt="The tokens of each part of the prompt, in the order of the text",
        )


def _demonstrations(page: OpenPage, prompt: Prompt, material: Material, item: int, place: str) -> None:
    if not prompt.demonstrations:
        return
    pool = page.workspace.embeddings(page.project.id)
    asked = pool if material.own else page.workspace.embeddings(page.project.id, "test")
    if pool is None or asked is None:
        return
    rows = {row.row: row for row in material.labelled}
    shown = [rows[row] for row in prompt.demonstrations]
    similarity = cosines(np.asarray(pool.vectors[[row.row for row in shown]]), asked.vectors[item], pool.mean)
    st.caption(
        "The demonstrations, from first to last. Similarity: the cosine of the two texts' vectors, 1 at most. "
        "An item's own text and its copies never stand in its prompt."
    )
    st.dataframe(
        pd.DataFrame(
            {
                "Place": range(1, len(shown) + 1),
                "Similarity": similarity.round(2) + 0.0,  # no "-0.00"
                "Label": [label_text(row.value) for row in shown],
                "Text": [row.text[:500] for row in shown],
                "Pick": [str(row.rank or "") for row in shown],
                "Item": [row.id for row in shown],
            }
        ),
        hide_index=True,
        key=f"prompt-demonstrations-{place}",
        column_config={
            "Place": st.column_config.NumberColumn(width=60),
            "Similarity": st.column_config.NumberColumn(width=80, format="%.2f"),
            "Text": st.column_config.TextColumn(width="large"),
            "Pick": st.column_config.TextColumn(width=60, alignment="right"),
            "Item": st.column_config.TextColumn(width="small"),
        },
        alt="The demonstrations in the prompt, from first to last",
    )


def cosines(pool: NDArray[np.float32], query: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cosine of each row of `pool` (m, d) to `query` (d,), both centred by `mean` (d,); zero vectors give 0."""
    rows, one = pool.astype(np.float64) - mean, query.astype(np.float64) - mean
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(one)
    products: NDArray[np.float64] = rows @ one
    found: NDArray[np.float64] = np.divide(products, lengths, out=np.zeros(len(rows)), where=lengths > 0)
    return found
