// What is written or chosen and not submitted yet, kept per text in this browser.

class Drafts {
  constructor(scope) {
    this.prefix = `votek:draft:${scope}:`;
  }

  read(item) {
    return kept.read(this.prefix + encodeURIComponent(item.id)) ?? {};
  }

  // Keeps only what differs from the stored state. False: this browser keeps nothing.
  keep(item, task, { answer, chosen, comment }) {
    const labelled = item.state === "labelled";
    const draft = {};
    if (task.type === "text" && answer !== (labelled ? item.value : "")) draft.answer = answer;
    if (task.type === "multi" && !sameNames(chosen, labelled ? item.value : [])) draft.labels = chosen;
    if (comment !== item.comment) draft.comment = comment;
    return kept.write(this.prefix + encodeURIComponent(item.id), Object.keys(draft).length ? draft : null);
  }

  drop(item) {
    kept.write(this.prefix + encodeURIComponent(item.id), null);
  }
}

function sameNames(one, other) {
  return one.length === other.length && one.every((name) => other.includes(name));
}
