// What stands around the text: guidelines, the sheet of keys, and what the server did not accept.

function fillGuidelines(panel, { guidelines, task }) {
  const source = JSON.stringify([guidelines, task.labels]);
  if (panel.dataset.drawn === source) return;
  panel.dataset.drawn = source;
  const blocks = guide(guidelines);
  if (!blocks.length) blocks.push(make("p", { text: "No guidelines have been written yet." }));
  const list = task.labels
    .filter((label) => label.definition)
    .flatMap(({ name, definition }) => [
      make("dt", { dir: "auto", text: name }),
      make("dd", { dir: "auto", text: definition }),
    ]);
  panel.replaceChildren(make("h2", { text: "Guidelines" }), ...blocks);
  if (list.length) panel.append(make("h3", { text: "Labels" }), make("dl", {}, list));
}

function fillSheet(sheet, task) {
  const rows = sheetOf(task).flatMap(([key, what]) => [make("dt", { text: key }), make("dd", { text: what })]);
  sheet.querySelector("dl").replaceChildren(...rows);
}

function fillAlerts(place, rejections, onDismiss) {
  if (!rejections.length && !place.childElementCount) return;
  const alerts = rejections.map((rejection) => {
    const text = shorten(rejection.text, 60);
    const words = `Not accepted (${rejection.kind}): ${rejection.reason}. The text “${text}” is as it was before.`;
    const close = make("button", { type: "button", "aria-label": "Dismiss", text: "×" });
    close.addEventListener("click", () => onDismiss(rejection));
    return make("div", { class: "alert" }, [make("p", { text: words }), close]);
  });
  place.replaceChildren(...alerts);
}
