// The map: draws the figure it is given, keeps the zoom while the figure changes, and reports what
// was clicked or encircled as row numbers (they travel in customdata; plotly counts points per trace).

const HINTS = {
  pan: "Click a point to read it and see its neighbours. Drag to move, scroll to zoom.",
  select: "Drag a box around the texts you want.",
  lasso: "Draw around the texts you want.",
};
const BLANK = "\u00a0"; // an empty label is taken out of the page by plotly, which then loses count of the others
const LEGEND = 31; // pixels that the legend takes below the points
const CROWDED = 19; // pixels between the centres of two numbers that can both be read

let loading;
function library(address) {
  loading ??= new Promise((resolve, reject) => {
    if (window.Plotly?.newPlot) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { loading = undefined; reject(new Error("not loaded")); };
    document.head.append(script);
  });
  return loading;
}

const VERBATIM = new Set(["hovertext", "text", "customdata", "name", "x", "y"]); // may hold what a user wrote
function themed(value, colors) {
  if (typeof value === "string") return value.startsWith("@") ? colors[value] ?? value : value;
  if (Array.isArray(value)) return value.map((part) => themed(part, colors));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, VERBATIM.has(k) ? v : themed(v, colors)]));
}

function themeColors(root) {
  const style = getComputedStyle(root);
  const read = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  return {
    "@text": read("--st-text-color", "#1B2026"),
    "@background": read("--st-background-color", "#FFFFFF"),
    "@secondary": read("--st-secondary-background-color", "#F3F5F7"),
    "@border": read("--st-border-color", "#D5DAE0"),
    "@font": style.fontFamily,
  };
}

function rowsOf(points) {
  const rows = new Set();
  for (const point of points ?? []) if (Number.isInteger(point.customdata)) rows.add(point.customdata);
  return [...rows];
}

// Of picks that lie on each other only the earliest keeps its number; zooming in brings the others back.
function declutter(state) {
  const { Plotly, chart } = state;
  const at = chart.data?.findIndex((trace) => trace.uid === "picks");
  const trace = at >= 0 ? chart.data[at] : undefined;
  if (!trace?.mode?.includes("text") || !state.numbers?.length) return;
  const { xaxis, yaxis } = chart._fullLayout;
  const full = chart._fullData[at];
  const placed = [];
  const shown = state.numbers.map(() => BLANK);
  for (let i = shown.length - 1; i >= 0; i -= 1) { // the last in the list is the earliest pick
    const x = xaxis.d2p(full.x[i]), y = yaxis.d2p(full.y[i]);
    if (placed.some(([a, b]) => Math.hypot(a - x, b - y) < CROWDED)) continue;
    placed.push([x, y]);
    shown[i] = state.numbers[i];
  }
  const signature = shown.join("|");
  if (signature === state.shown) return;
  state.shown = signature;
  Plotly.restyle(chart, { text: [shown], "marker.size": [shown.map((number) => (number === BLANK ? 9 : 20))] }, [at]);
}

// The pick whose disc is under the pointer. Plotly prefers the smaller of two markers there, which is hidden below it.
function pickUnder(chart, pointer) {
  const curve = chart._fullData.findIndex((trace) => trace.uid === "picks");
  if (curve < 0 || !pointer || chart._fullData[curve].visible !== true) return undefined;
  const { customdata, marker, x, y } = chart._fullData[curve];
  const { xaxis, yaxis, _size } = chart._fullLayout;
  const frame = chart.getBoundingClientRect();
  const [left, top] = [pointer.clientX - frame.left - _size.l, pointer.clientY - frame.top - _size.t];
  for (let i = x.length - 1; i >= 0; i -= 1) { // the last in the list lies on top
    const radius = (Array.isArray(marker.size) ? marker.size[i] : marker.size) / 2;
    if (Math.hypot(xaxis.d2p(x[i]) - left, yaxis.d2p(y[i]) - top) <= radius)
      return { curveNumber: curve, pointNumber: i, row: customdata[i] };
  }
  return undefined;
}

// An area without a point fades all of them and keeps its outline, as if something were chosen.
function unfade({ Plotly, chart }) {
  const drawn = chart.data.map((_, i) => i).filter((i) => chart.data[i].customdata);
  Plotly.update(chart, { selectedpoints: null }, { selections: [] }, drawn);
}

function listen(state) {
  const { chart } = state;
  const later = () => { clearTimeout(state.timer); state.timer = setTimeout(() => declutter(state), 60); };
  chart.on("plotly_click", (event) => {
    const row = pickUnder(chart, event.event)?.row ?? rowsOf(event.points)[0];
    if (row !== undefined) state.send("picked", { row });
  });
  chart.on("plotly_hover", (event) => {
    const frame = chart.getBoundingClientRect();
    const upper = event.event && event.event.clientY - frame.top < frame.height / 2;
    chart.style.setProperty("--votek-map-lift", upper ? "28px" : "-28px");
    const pick = pickUnder(chart, event.event);
    if (pick && pick.row !== rowsOf(event.points)[0]) state.Plotly.Fx.hover(chart, [pick]);
  });
  chart.on("plotly_selected", (event) => {
    const { range, lassoPoints } = event ?? {};
    if (!range && !lassoPoints) return; // not drawn by a person: a new figure clears the outline of the last area
    const outline = range
      ? { x: [range.x[0], range.x[1], range.x[1], range.x[0]], y: [range.y[0], range.y[0], range.y[1], range.y[1]] }
      : { x: Array.from(lassoPoints.x), y: Array.from(lassoPoints.y) };
    const rows = rowsOf(event.points);
    if (!rows.length) setTimeout(() => unfade(state));
    state.send("area", { rows, outline });
  });
  chart.on("plotly_doubleclick", () => {
    if (state.mode === "pan") zoom(state, "reset");
    else state.send("area", { rows: [], outline: null });
  });
  chart.on("plotly_relayout", later);
  const fit = () => { if (chart.isConnected) { state.Plotly.Plots.resize(chart); later(); } };
  new ResizeObserver(fit).observe(chart);
}

function mode(state, name) {
  state.mode = name;
  for (const button of state.root.querySelectorAll("[data-mode]"))
    button.setAttribute("aria-pressed", String(button.dataset.mode === name));
  state.root.querySelector(".votek-map-hint").textContent = HINTS[name];
  if (state.chart._fullLayout) state.Plotly.relayout(state.chart, { dragmode: name });
}

function zoom(state, factor) {
  const { Plotly, chart } = state;
  if (!chart._fullLayout) return undefined; // still loading
  if (factor === "reset") return Plotly.relayout(chart, { "xaxis.range": state.home.x, "yaxis.range": state.home.y });
  const scaled = ([low, high]) => {
    const middle = (low + high) / 2, half = ((high - low) / 2) * Number(factor);
    return [middle - half, middle + half];
  };
  const { xaxis, yaxis } = chart._fullLayout;
  return Plotly.relayout(chart, { "xaxis.range": scaled(xaxis.range), "yaxis.range": scaled(yaxis.range) });
}

function numbers(packed) {
  if (!packed?.bdata) return packed ?? [];
  const bytes = Uint8Array.from(atob(packed.bdata), (letter) => letter.charCodeAt(0));
  return packed.dtype === "f4" ? new Float32Array(bytes.buffer) : [];
}

// The points alone, at once: the library takes a second to load, and a map is worth seeing meanwhile.
function sketch(state, figure) {
  const canvas = state.chart.appendChild(document.createElement("canvas"));
  const { width, height } = state.chart.getBoundingClientRect();
  const density = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: width * density, height: height * density, className: "votek-map-sketch" });
  const pen = canvas.getContext("2d");
  const place = ([low, high], value) => (value - low) / (high - low);
  const { xaxis, yaxis, margin } = figure.layout;
  const inner = { w: width - margin.l - margin.r, h: height - margin.t - margin.b - LEGEND };
  pen.scale(density, density);
  for (const { x, y, marker, mode } of figure.data) {
    if (!marker || !mode?.includes("markers")) continue;
    const [xs, ys] = [numbers(x), numbers(y)];
    const size = typeof marker.size === "number" ? marker.size : 5;
    const color = typeof marker.color === "string" ? marker.color : "#E9B44C"; // a scale is shown by its middle
    pen.globalAlpha = marker.opacity ?? 1;
    for (let i = 0; i < xs.length; i += 1) {
      pen.fillStyle = Array.isArray(marker.color) ? marker.color[i] : color;
      const left = margin.l + place(xaxis.range, xs[i]) * inner.w;
      const top = margin.t + (1 - place(yaxis.range, ys[i])) * inner.h;
      if (size < 8) pen.fillRect(left - size / 2, top - size / 2, size, size);
      else { pen.beginPath(); pen.arc(left, top, size / 2, 0, 7); pen.fill(); }
    }
  }
  state.chart.dataset.sketched = "true";
  return canvas;
}

async function draw(state, data) {
  const colors = themeColors(state.root);
  const revision = data.revision + Object.values(colors).join();
  if (state.revision === revision) return;
  state.revision = revision;
  const figure = themed(JSON.parse(data.figure), colors);
  state.home = { x: figure.layout.xaxis.range, y: figure.layout.yaxis.range };
  state.first ??= window.Plotly?.newPlot ? undefined : sketch(state, figure);
  state.Plotly = await library(data.script);
  if (state.revision !== revision) return; // a newer figure came meanwhile and draws itself
  state.first?.remove();
  Object.assign(figure.layout, {
    autosize: true, dragmode: state.mode, selections: [],
    uirevision: data.legend, selectionrevision: data.selection,
  });
  const shown = state.chart._fullLayout;
  if (shown && state.layout === data.layout) { // the same map: stay where the reader is
    figure.layout.xaxis.range = [...shown.xaxis.range];
    figure.layout.yaxis.range = [...shown.yaxis.range];
  }
  state.layout = data.layout;
  state.numbers = figure.data.find((trace) => trace.uid === "picks")?.text;
  state.shown = state.numbers?.join("|");
  const config = { displayModeBar: false, scrollZoom: true, responsive: false, doubleClick: false, showTips: false };
  await state.Plotly.react(state.chart, figure.data, figure.layout, config);
  if (!shown) listen(state);
  declutter(state);
  state.chart.dataset.drawn = data.revision;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".votek-map");
  const state = (root.votek ??= { root, chart: root.querySelector(".votek-map-chart"), mode: "pan" });
  state.send = setTriggerValue;
  state.chart.setAttribute("aria-label", data.alt);
  if (!state.wired) {
    state.wired = true;
    root.querySelectorAll("[data-mode]").forEach((b) => b.addEventListener("click", () => mode(state, b.dataset.mode)));
    root.querySelectorAll("[data-zoom]").forEach((b) => b.addEventListener("click", () => zoom(state, b.dataset.zoom)));
    root.querySelector(".votek-map-hint").textContent = HINTS.pan;
    root.querySelector(".votek-map-clear").addEventListener("click", () => {
      if (state.chart._fullLayout) unfade(state);
      state.send("area", { rows: [], outline: null });
    });
  }
  root.querySelector(".votek-map-listed").textContent = data.listed;
  root.querySelector(".votek-map-clear").hidden = !data.listed;
  draw(state, data).catch(() => {
    state.revision = undefined;
    state.chart.innerHTML = '<p class="votek-map-problem">The drawing library did not load. Reload the page.</p>';
  });
}
