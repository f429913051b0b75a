// Small helpers that make elements. Texts only ever become text nodes: nothing from data is read as HTML.

function make(tag, { text = "", ...attributes } = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function shorten(text, length) {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > length ? `${flat.slice(0, length - 1)}…` : flat;
}

// A name of several words joined by _ - . or /, which may break after these rather than inside a word.
function breakable(name) {
  const parts = name.split(/(?<=[_./-])(?=[^_./-])/);
  return parts.flatMap((part, at) => (at ? [make("wbr"), part] : [part]));
}

// `**bold**` and `` `code` `` inside a line.
function inline(line) {
  return line.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (/^\*\*.+\*\*$/.test(part)) return make("strong", { text: part.slice(2, -2) });
    if (/^`.+`$/.test(part)) return make("code", { text: part.slice(1, -1) });
    return document.createTextNode(part);
  });
}

// The little of markdown that guidelines need: headings, bullets, paragraphs.
function guide(text) {
  const blocks = [];
  for (const line of text.split("\n")) {
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const bullet = /^\s*[-*]\s+(.*)$/.exec(line);
    if (heading) {
      blocks.push(make("h3", {}, inline(heading[1])));
    } else if (bullet) {
      if (blocks.at(-1)?.localName !== "ul") blocks.push(make("ul"));
      blocks.at(-1).append(make("li", {}, inline(bullet[1])));
    } else if (!line.trim()) {
      blocks.push(null);
    } else if (blocks.at(-1)?.localName === "p") {
      blocks.at(-1).append(make("br"), ...inline(line));
    } else {
      blocks.push(make("p", {}, inline(line)));
    }
  }
  return blocks.filter(Boolean);
}
