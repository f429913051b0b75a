"""The check of all prompts: what was found, worst first, why it matters and what to do."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import errors_shown, escape
from ui.prompts_page_parts import state_of
from ui.remember import remembered
from votek.exports import catalogue
from votek.prompts import label_text
from votek.prompts.linter import rules
from votek.prompts.linter.masking import counted

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from ui.prompts_page_parts import Material
    from votek.prompts import Finding, LintReport

__all__ = ["draw_lint"]

_LISTED = 10
_AT_ONCE = 3_000  # prompts; more are checked when asked for
_LONG = 20_000  # characters of one text shown
_SEARCHES = {
    "langchain-selector": "LangChain, by its own search",
    "dspy-knn": "DSPy, by its own search",
    "llama-index-retriever": "LlamaIndex, by its own search",
    "haystack-retriever": "Haystack, by its own search",
}
_WORDS = {"error": "Error", "warning": "Warning", "note": "Note"}


def draw_lint(page: OpenPage, material: Material) -> None:
    """Draw the check of the labels, templates and prompts as they are kept."""
    st.subheader("Check before they leave", anchor=False)
    target = _target(page)
    report = _report(page, material, target)
    if report is None:
        return
    looked = (
        f"{counted(report.labelled, 'labelled text')}, {counted(report.tests, 'test item')} and "
        f"{counted(report.prompts, 'prompt')}"
    )
    if report.findings:
        said = [counted(count, severity) for severity, count in report.by_severity.items() if count]
        st.markdown(f"**{', '.join(said)}** in {looked}.")
    else:
        st.success(f"Nothing found in {looked}.")
    titles = {rule.name: rule.title for rule in rules()}
    for place, (name, count) in enumerate(report.counts.items()):
        worst = _WORDS[report.of(name)[0].severity]
        with st.expander(f"{worst}: {titles[name]} ({count:,})", expanded=place == 0, key=f"lint-{name}"):
            _group(page, material, report.of(name))
    _foot(page, report)


def _target(page: OpenPage) -> str | None:
    formats = {format.name: format.title for format in catalogue() if format.group == "libraries"}
    titles = {"": "A file, as they are"} | formats | _SEARCHES
    chosen: str = st.selectbox(
        "Where the prompts go",
        list(titles),
        format_func=titles.__getitem__,
        width=420,
        help="Libraries that search for examples themselves put the nearest first; the check compares that with your "
        "settings.",
        **remembered(page.project.id, "lint-target"),
    )
    return chosen or None


def _report(page: OpenPage, material: Material, target: str | None) -> LintReport | None:
    """The report for what is kept now: made when the section opens, of very many prompts when asked for."""
    key = f"{page.project.id}-lint-report"
    state: Hashable = (state_of(page, material), target)
    kept = st.session_state.get(key)
    if kept is not None and kept[0] == state:
        found: LintReport = kept[1]
        return found
    if material.asked > _AT_ONCE and not st.button(f"Check {material.asked:,} prompts", key="lint-now", type="primary"):
        st.caption("All prompts are written for the check, which takes a moment with so many.")
        return None
    with st.spinner("Checking labels, templates and prompts…"):
        report = page.workspace.lint(page.project.id, target=target)
    st.session_state[key] = (state, report)
    return report


def _group(page: OpenPage, material: Material, findings: tuple[Finding, ...]) -> None:
    for place, finding in enumerate(findings[:_LISTED]):
        words, way = st.columns([5, 1], vertical_alignment="center")
        name = finding.item if finding.about == "settings" else f"{finding.about} {finding.item}"
        words.markdown(f"**{escape(name[:1].upper() + name[1:])}.** {escape(finding.reason)}")
        with way:
            _way(page, material, finding, place)
        following = findings[place + 1 : _LISTED]
        if not following or following[0].fix != finding.fix:
            st.caption("What to do: " + escape(finding.fix))
    if len(findings) > _LISTED:
        st.caption(f"The first {_LISTED} are shown, and {len(findings) - _LISTED:,} more are in the list below.")


def _way(page: OpenPage, material: Material, finding: Finding, place: int) -> None:
    key = f"lint-go-{finding.rule}-{place}"
    if finding.about == "text":
        if st.button("Show the text", key=key, type="tertiary"):
            _show_text(page, material, finding.item)
    elif finding.prompt:
        if st.button("See a prompt" if finding.about != "test item" else "Show its prompt", key=key, type="tertiary"):
            _show_prompt(page, finding.prompt)
    elif finding.about == "settings":
        st.button("Go to its words", key=key, type="tertiary", on_click=_to_write, args=(page.project.id,))


def _to_write(project_id: str) -> None:
    st.session_state[f"{project_id}-prompts-section"] = "Write"


@st.dialog("The prompt, word for word", width="large")
def _show_prompt(page: OpenPage, item: str) -> None:
    with errors_shown():
        prompt = page.workspace.prompt_set(page.project.id, test_ids=[item]).prompts[0]
        st.text(f"Test item {item}")
        st.code(prompt.text[:_LONG], language=None, wrap_lines=True)


@st.dialog("The labelled text", width="large")
def _show_text(page: OpenPage, material: Material, item: str) -> None:
    row = next((row for row in material.labelled if row.id == item), None)
    if row is None:
        st.info("This text has no label any more. Open the check again.")
        return
    st.text(f"Text {item}")
    st.code(row.text[:_LONG], language=None, wrap_lines=True)
    st.text(f"Label: {label_text(row.value)[:_LONG]}")
    if row.rank is not None:  # the labeler opens at texts of the queue
        st.page_link(
            "pages/4_Annotate.py", label="Open it on the Annotate page", query_params={**page.query, "item": item}
        )


def _foot(page: OpenPage, report: LintReport) -> None:
    if report.findings:
        st.download_button(
            "All findings (JSON)",
            data=lambda: json.dumps(report.to_json(), ensure_ascii=False, indent=1).encode("utf-8", "replace"),
            file_name="findings.json",
            mime="application/json",
            on_click="ignore",
            key="lint-download",
        )
    with st.expander("What is looked for", key="lint-rules"):
        for rule in rules():
            reason = report.not_checked.get(rule.name)
            st.markdown(
                f"**{rule.title}.** {escape(rule.sentence)}" + (f" Not checked: {escape(reason)}." if reason else "")
            )
