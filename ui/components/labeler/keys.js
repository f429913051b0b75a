// Which key does what, and when a key is none of our business.

const DIGITS = [..."1234567890"];
const SLOTS = [...DIGITS, ...DIGITS.map((digit) => `shift+${digit}`)];

// Label name -> slot ("1" … "0", "shift+1" … "shift+0"): a label's own key first, then what is free, in order.
function assignKeys(labels) {
  const keys = new Map();
  const taken = new Set();
  for (const { name, key } of labels) {
    if (!key || !SLOTS.includes(key) || taken.has(key)) continue;
    keys.set(name, key);
    taken.add(key);
  }
  const free = SLOTS.filter((slot) => !taken.has(slot));
  for (const { name } of labels) if (!keys.has(name) && free.length) keys.set(name, free.shift());
  return keys;
}

// By place on the keyboard, so that layouts whose digits need shift work as well.
function slotOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] ?? (/^\d$/.test(event.key) ? event.key : null);
  if (digit === null || event.ctrlKey || event.metaKey) return null;
  return event.shiftKey && !event.code.startsWith("Numpad") ? `shift+${digit}` : digit;
}

function shown(slot) {
  return slot?.replace("shift+", "⇧") ?? "";
}

const BOXES =
  "input, textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox], [role=searchbox], " +
  "[role=combobox], [role=listbox], [role=menu], [role=menuitem], [role=option], [role=spinbutton], [role=slider], " +
  "[role=radio], [role=tab], [role=grid], dialog, [role=dialog], [role=alertdialog]";

// Whether the key is meant for something else: a box with the focus anywhere on the page, or an open dialog.
function isElsewhere(event) {
  const path = event.composedPath().filter((node) => node instanceof Element);
  return path.some((node) => node.matches(BOXES)) || dialogOpen();
}

function dialogOpen() {
  return [...document.querySelectorAll("dialog[open], [role=dialog], [role=alertdialog]")].some(
    (dialog) => dialog.checkVisibility?.() ?? dialog.getClientRects().length > 0,
  );
}

// Enter and space on a focused button, link or other control press that control.
function pressesControl(event) {
  if (event.key !== "Enter" && event.key !== " ") return false;
  const controls = "button, a[href], summary, [role=button]";
  return event.composedPath().some((node) => node instanceof Element && node.matches(controls));
}

function actionOf(event) {
  if (event.altKey || event.isComposing) return null;
  const command = event.ctrlKey || event.metaKey;
  if (command) {
    if (event.key === "Enter") return "submit";
    return event.key.toLowerCase() === "z" && !event.shiftKey ? "undo" : null;
  }
  if (event.key === "?") return "keys";
  if (event.key === "/") return "filter";
  const plain = {
    Enter: "submit",
    " ": "skip",
    u: "undo",
    f: "flag",
    c: "comment",
    g: "guidelines",
    ArrowLeft: "previous",
    ArrowRight: "next",
  };
  return event.shiftKey ? null : (plain[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null);
}

function sheetOf(task) {
  const rows = [];
  if (task.type === "text") {
    rows.push(
      ["Ctrl+Enter, ⌘Enter", "submit the answer (in the box)"],
      ["Enter", "a new line in the box; submit outside it"],
      ["/", "back to the answer box"],
    );
  } else {
    const single = task.type === "single";
    rows.push(["1 – 9, 0", single ? "give label 1 to 10, go on" : "switch label 1 to 10 on or off"]);
    if (task.labels.length > 10) rows.push(["⇧1 – ⇧0", "the same for label 11 to 20"]);
    rows.push(
      ["/", "type to filter the labels"],
      ["Enter", single ? "keep the label, go on" : "submit the chosen labels"],
    );
  }
  rows.push(
    ["space", "skip; the next-best text takes its place"],
    ["u, Ctrl+Z, ⌘Z", "undo, up to 20 times"],
    ["f", "flag for another look"],
    ["c", "write a comment"],
    ["g", "show or hide the guidelines"],
    ["← →", "previous and next text"],
    ["?", "this sheet"],
    ["Esc", "leave a box"],
  );
  return rows;
}
