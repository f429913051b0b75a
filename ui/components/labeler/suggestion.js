// A likely label beside a text: one line under it and a mark on the choice. It chooses nothing, and no key takes it:
// whoever agrees presses the label's own key, as for every other label.

const FROM = { knn: "from the nearest labelled texts", model: "from the project’s model" };

function suggestedNames({ suggestion, state }) {
  return suggestion && state === "todo" ? [suggestion.value].flat() : [];
}

function fillSuggestion(line, item, suggesting) {
  const names = suggestedNames(item);
  line.hidden = !suggesting;
  const share = names.length ? Math.min(99, Math.round(100 * item.suggestion.confidence)) : 0; // never quite sure
  const drawn = JSON.stringify([item.id, names, share]);
  if (line.dataset.drawn === drawn) return;
  line.dataset.drawn = drawn;
  if (!names.length) {
    line.replaceChildren();
    return;
  }
  const parts = names.flatMap((name, at) => [at ? ", " : "", make("bdi", { text: name })]);
  line.replaceChildren("Suggested: ", ...parts, ` (${share} %), ${FROM[item.suggestion.source] ?? ""}`);
}
