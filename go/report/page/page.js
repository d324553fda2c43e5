(() => {
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const SVG = document.querySelector("svg").namespaceURI;

// make is an element with attributes, functions for events, and children: elements and
// texts. Nothing is ever read as HTML.
function make(tag, attributes, ...children) {
  const svg = ["svg", "path", "rect", "circle"].includes(tag);
  const e = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (typeof v === "function") e.addEventListener(k, v);
    else if (v !== undefined && v !== null && v !== false) e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.filter((c) => c !== undefined && c !== null && c !== false && c !== ""));
  return e;
}

const exact = (n) => n.toLocaleString("en-US");
const figures = (v) => v >= 99.95 ? v.toFixed(0) : v >= 9.995 ? v.toFixed(1) : v.toFixed(2);
function size(n) {
  if (n < 1000) return n + " B";
  let unit = 0, v = n / 1000;
  while (v >= 999.5 && unit < 3) { v /= 1000; unit++; }
  return figures(v) + " " + "kMGT"[unit] + "B";
}
const short = (v) => v === 0 ? "0" : Math.abs(v) >= 0.001 && Math.abs(v) < 10000 ? String(Number(v.toPrecision(3))) : v.toExponential(2);
const count = (n, one, many) => exact(n) + " " + (n === 1 ? one : many);
const subgraphs = new Set(data.tensors.map((t) => t.subgraph)).size;

// ---- tensors

const isChanged = (t) => t.added || t.differs;
const isConstant = (t) => t.bytes > 0 || t.bytes_after > 0;
const reason = (t) => t.added ? "added" : t.reason || (isConstant(t) ? "" : "not a constant");
const types = (t) => t.added ? t.to : t.to !== undefined && t.to !== t.type ? t.type + " → " + t.to : t.type;
const snr = (t) => t.error ? (t.error.snr_db !== undefined ? t.error.snr_db : t.error.max === 0 ? Infinity : NaN) : NaN;
const shape = (t) => t.shape.length ? t.shape.join("×") : "scalar";

const columns = [
  { name: "Name", key: (t) => t.name, cell: null },
  { name: "Type", key: types, kind: "type", cell: (t) => types(t) },
  { name: "Shape", key: (t) => t.shape.reduce((a, d) => a * d, 1), kind: "shape wide", number: true, cell: shape },
  { name: data.pair ? "Before" : "Bytes", key: (t) => t.bytes, kind: "n", number: true, cell: (t) => t.bytes ? size(t.bytes) : "–" },
];
if (data.pair) columns.push(
  { name: "After", key: (t) => t.bytes_after, kind: "n", number: true, cell: (t) => t.bytes_after ? size(t.bytes_after) : "–" },
  { name: "Signal to noise", key: snr, kind: "n wide", number: true, ascending: true, cell: (t) => t.error ? (snr(t) === Infinity ? "exact" : isNaN(snr(t)) ? "–" : snr(t).toFixed(1) + " dB") : "" },
  { name: "Largest error", key: (t) => t.error && t.error.max !== undefined ? t.error.max : NaN, kind: "n wide", number: true, cell: (t) => t.error && t.error.max !== undefined ? short(t.error.max) : "" },
);
if (data.tensors.some((t) => t.reason)) columns.push({ name: "Reason", key: reason, kind: "reason wide", cell: reason });

const CHUNK = 100;
const table = { sort: 3, down: true, search: "", which: "constants", log: false, shown: CHUNK, open: new Set(), list: [] };
if (data.tensors.some(isChanged)) table.which = "changed";
else if (!data.tensors.some(isConstant)) table.which = "all";
const searched = data.tensors.map((t) => (t.name + "\n" + types(t) + "\n" + reason(t) + "\n" + (t.why || "")).toLowerCase());

function select() {
  const words = table.search.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = { changed: isChanged, kept: (t) => isConstant(t) && !isChanged(t), constants: isConstant, all: () => true }[table.which];
  table.list = [];
  data.tensors.forEach((t, i) => {
    if (wanted(t) && words.every((w) => searched[i].includes(w))) table.list.push(i);
  });
  const { key, number } = columns[table.sort], sign = table.down ? -1 : 1;
  const keys = new Map(table.list.map((i) => [i, key(data.tensors[i])]));
  table.list.sort((a, b) => {
    const x = keys.get(a), y = keys.get(b);
    if (!number) return sign * (x < y ? -1 : x > y ? 1 : 0) || a - b;
    if (isNaN(x) || isNaN(y)) return (isNaN(x) ? 1 : 0) - (isNaN(y) ? 1 : 0) || a - b; // what is not known comes last
    return sign * (x < y ? -1 : x > y ? 1 : 0) || a - b;
  });
}

const status = make("p", { class: "status", role: "status" });
const body = make("tbody");
const more = make("button", { class: "button", type: "button", click: () => { const at = table.shown; table.shown += 5 * CHUNK; render(at); } });
const heads = columns.map((c, i) => {
  const arrow = make("span", { "aria-hidden": "true" });
  const th = make("th", { scope: "col", class: c.kind }, make("button", {
    class: "sort", type: "button",
    click: () => {
      if (table.sort === i) table.down = !table.down;
      else { table.sort = i; table.down = !!c.number && !c.ascending; }
      restart();
    },
  }, c.name, arrow));
  th.arrow = arrow;
  return th;
});
const search = make("input", { type: "search", autocomplete: "off", spellcheck: "false", input: () => { table.search = search.value; restart(); } });
const which = make("select", { change: () => { table.which = which.value; restart(); } },
  data.pair && make("option", { value: "changed" }, "changed constants"), data.pair && make("option", { value: "kept" }, "kept constants"),
  make("option", { value: "constants" }, "all constants"), make("option", { value: "all" }, "all tensors"));
const log = make("input", { type: "checkbox", change: () => { table.log = log.checked; restart(true); } });
which.value = table.which;

function restart(keep) {
  if (!keep) table.shown = CHUNK;
  select();
  heads.forEach((th, i) => {
    if (i === table.sort) th.setAttribute("aria-sort", table.down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
    th.arrow.textContent = i === table.sort ? (table.down ? "▾" : "▴") : "";
  });
  render(0);
}

// render adds rows from one on, or makes all anew.
function render(from) {
  if (from === 0) body.textContent = "";
  for (const i of table.list.slice(from, table.shown)) {
    body.append(row(i));
    if (table.open.has(i)) body.append(details(i));
  }
  const shown = Math.min(table.shown, table.list.length);
  status.textContent = count(shown, "tensor", "tensors") + (shown < table.list.length ? " shown of " + exact(table.list.length) : "") + (table.list.length < data.tensors.length ? ", of " + exact(data.tensors.length) + " in the model" : "");
  more.hidden = shown === table.list.length;
  more.textContent = "Show " + exact(Math.min(5 * CHUNK, table.list.length - shown)) + " more";
}

function row(i) {
  const t = data.tensors[i], open = table.open.has(i);
  const button = make("button", { class: "open", type: "button", "aria-expanded": String(open), "aria-controls": open ? "d" + i : undefined, click: () => toggle(i) }, t.name || "(no name)");
  const tr = make("tr", { class: "row", id: "t" + i }, make("th", { scope: "row", class: "mono" }, button));
  for (const c of columns.slice(1)) tr.append(make("td", { class: c.kind }, c.cell(t)));
  if (isChanged(t)) tr.children[1].classList.add("changed");
  return tr;
}

function toggle(i) {
  const tr = document.getElementById("t" + i), button = tr.querySelector("button");
  if (table.open.delete(i)) {
    document.getElementById("d" + i).remove();
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
    return;
  }
  table.open.add(i);
  tr.after(details(i));
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", "d" + i);
}

function details(i) {
  const t = data.tensors[i], facts = make("dl", { class: "facts" });
  const fact = (name, ...words) => facts.append(make("dt", null, name), make("dd", null, ...words));
  if (t.why) fact("Why", t.why);
  fact("Place", (subgraphs > 1 ? "subgraph " + t.subgraph + ", " : "") + "tensor " + t.index + ", shape " + shape(t));
  if (t.format) fact("Stored as", t.format.type + ", " + t.format.scales + (t.format.count > 1 ? ", " + count(t.format.count, "scale", "scales") : "") + (t.quantized_dimension !== undefined ? " along dimension " + t.quantized_dimension : ""));
  if (t.error) fact("Error", (t.error.max !== undefined ? "at most " + short(t.error.max) : "not finite") + (t.error.snr_db !== undefined ? ", signal to noise " + t.error.snr_db.toFixed(1) + " dB" : ""));
  if (t.readers) fact("Read by", t.readers.map((u) => "operator " + u.operator + (u.dequantized ? " after DEQUANTIZE" : "")).join(", "));
  const charts = make("div", { class: "charts" });
  if (t.histogram) charts.append(histogram(t));
  if (t.scales) charts.append(scales(t));
  return make("tr", { class: "details", id: "d" + i }, make("td", { colspan: columns.length }, facts, charts.childNodes.length ? charts : ""));
}

function chart(caption, label, svg, low, high) {
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return make("figure", null, make("figcaption", null, ...caption), svg, make("div", { class: "axis" }, make("span", null, low), make("span", null, high)));
}

function histogram(t) {
  const h = t.histogram, all = [h.before, h.after].filter(Boolean), n = all[0].length;
  const height = (v) => table.log ? Math.log1p(v) : v;
  const most = Math.max(...all.map((list) => Math.max(...list)), 1), y = (v) => 100 - 98 * height(v) / height(most);
  const line = (list) => list.map((v, i) => `${i ? "L" : "M"}${i} ${y(v).toFixed(2)}H${i + 1}`).join("");
  const svg = make("svg", { viewBox: `0 0 ${n} 100`, preserveAspectRatio: "none" });
  if (h.before) svg.append(make("path", { class: "area", d: line(h.before) + `V100H0Z` }));
  if (h.after) svg.append(make("path", { class: "step", d: line(h.after) }));
  const key = (name, mark) => make("span", { class: "key" }, make("svg", { viewBox: "0 0 20 12", "aria-hidden": "true" }, mark), name);
  const caption = ["Values" + (table.log ? ", logarithmic" : "")];
  if (data.pair && h.before) caption.push(key(t.type.toLowerCase(), make("rect", { class: "area", width: 20, height: 12 })));
  if (h.after) caption.push(key(t.to.toLowerCase(), make("path", { class: "step", d: "M0 6H20" })));
  return chart(caption, `Histogram of ${n} ranges from ${short(h.low)} to ${short(h.high)}, at most ${exact(most)} values in one`, svg, short(h.low), short(h.high));
}

function scales(t) {
  const n = t.scales.length, most = Math.max(...t.scales), least = Math.min(...t.scales);
  if (n === 1) return make("figure", null, make("figcaption", null, "Scale"), make("p", null, short(t.scales[0])));
  const svg = make("svg", { viewBox: `0 0 ${n} 100`, preserveAspectRatio: "none", class: "bars" });
  t.scales.forEach((s, i) => { const h = most > 0 ? 98 * Math.max(s, 0) / most : 0; svg.append(make("rect", { x: i + 0.1, y: 100 - h, width: 0.8, height: h })); });
  const words = t.per_scale > 1 ? `, each bar the largest of ${t.per_scale}` : "";
  return chart([`Scales, from ${short(least)} to ${short(most)}${words}`], `Bars of ${n} scales, from ${short(least)} to ${short(most)}`, svg, "first", "last");
}

document.getElementById("tensor-table").append(
  make("div", { class: "controls" },
    make("label", { class: "grow" }, "Search names, types and reasons", search),
    make("label", null, "Show", which),
    make("label", { class: "check" }, log, "Logarithmic histograms")),
  status,
  make("div", { class: "scroll", role: "group", "aria-label": "Tensors", tabindex: "0" },
    make("table", null, make("thead", null, make("tr", null, ...heads)), body)),
  make("div", { class: "more" }, more));
restart();

// reveal opens a tensor of the table and goes there.
function reveal(i) {
  if (!table.list.slice(0, table.shown).includes(i)) {
    search.value = table.search = "";
    which.value = table.which = "all";
    select();
    table.shown = Math.max(CHUNK, table.list.indexOf(i) + 1);
    table.open.add(i);
    restart(true);
  } else if (!table.open.has(i)) toggle(i);
  const button = document.getElementById("t" + i).querySelector("button");
  button.scrollIntoView({ block: "center" });
  button.focus({ preventScroll: true });
}

// ---- graph

const WINDOW = 150, HEIGHT = 36, LANES = 9, LANE = 9;
const graph = { subgraph: 0, first: 0, filter: "", operators: [] };
const bySubgraph = new Map();
for (const o of data.operators) {
  if (!bySubgraph.has(o.subgraph)) bySubgraph.set(o.subgraph, []);
  bySubgraph.get(o.subgraph).push(o);
}

const isInteger = (o) => o.computes.startsWith("integer");

// edgesOf are the edges that are seen between operators first and last, with a lane each:
// short ones next to the operators, so that few cross.
function edgesOf(operators, first, last) {
  const edges = [];
  operators.forEach((o, to) => {
    for (const from of o.from || []) {
      if (to >= first && from < last && !(from < first && to >= last)) edges.push({ from, to, added: o.added || operators[from].added });
    }
  });
  edges.sort((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from) || a.from - b.from);
  const lanes = Array.from({ length: LANES }, () => []);
  for (const e of edges) {
    const low = Math.min(e.from, e.to), high = Math.max(e.from, e.to);
    if (high - low <= 1) { e.lane = 0; continue; }
    const free = lanes.findIndex((lane, k) => k > 0 && lane.every(([a, b, from]) => from === e.from || high <= a || low >= b));
    e.lane = free < 0 ? LANES - 1 : free;
    lanes[e.lane].push([low, high, e.from]);
  }
  return edges;
}

function edge(e, x, first, last) {
  const y = (i) => (Math.min(Math.max(i, first - 0.5), last - 0.5) - first + 0.5) * HEIGHT;
  const lane = x - e.lane * LANE, a = y(e.from), b = y(e.to), d = e.lane ? `M${x} ${a}C${lane} ${a} ${lane} ${a + 9} ${lane} ${a + 18}V${b - 18}C${lane} ${b - 9} ${lane} ${b} ${x} ${b}` : `M${x} ${a}V${b}`;
  return make("path", { class: "edge" + (e.added ? " added" : ""), d, "data-from": e.from, "data-to": e.to });
}

const graphStatus = make("p", { class: "status", role: "status" });
const drawing = make("div", { class: "graph" });
const earlier = make("button", { class: "button", type: "button", click: () => moveTo(graph.first - WINDOW) }, "Earlier operators");
const later = make("button", { class: "button", type: "button", click: () => moveTo(graph.first + WINDOW) }, "Later operators");
const find = make("input", { type: "search", autocomplete: "off", spellcheck: "false", input: () => { graph.filter = find.value; graph.first = 0; drawGraph(); } });
const onlyAdded = make("input", { type: "checkbox", change: () => { graph.first = 0; drawGraph(); } });
const whichSubgraph = make("select", { change: () => { graph.subgraph = Number(whichSubgraph.value); graph.first = 0; drawGraph(); } },
  ...[...bySubgraph.keys()].map((k) => make("option", { value: k }, "subgraph " + k + ", " + count(bySubgraph.get(k).length, "operator", "operators"))));
graph.subgraph = bySubgraph.size ? bySubgraph.keys().next().value : 0;

function moveTo(first) {
  graph.first = first;
  drawGraph();
  drawing.scrollIntoView({ block: "nearest" });
}

// drawGraph shows a window of the operators, or those that are looked for.
function drawGraph() {
  const all = bySubgraph.get(graph.subgraph) || [], words = graph.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const filtered = words.length > 0 || onlyAdded.checked;
  const list = filtered ? all.filter((o) => (!onlyAdded.checked || o.added) && words.every((w) => (o.index + " " + o.operator + " " + o.computes + " " + o.output).toLowerCase().includes(w))) : all;
  const first = graph.first = Math.max(0, Math.min(graph.first, list.length - 1)), last = Math.min(list.length, first + WINDOW);
  drawing.textContent = "";
  const rows = make("ol", filtered ? null : { start: first });
  list.slice(first, last).forEach((o) => rows.append(operator(o)));
  if (!filtered) {
    const edges = edgesOf(all, first, last), x = 8 + LANE * Math.max(0, ...edges.map((e) => e.lane));
    const svg = make("svg", { width: x + 8, height: (last - first) * HEIGHT, "aria-hidden": "true" });
    for (const e of edges) svg.append(edge(e, x, first, last));
    rows.style.paddingLeft = x + 8 + "px";
    list.slice(first, last).forEach((o, i) => svg.append(make("circle", { class: "dot" + (o.added ? " added" : isInteger(o) ? " int" : ""), cx: x, cy: (i + 0.5) * HEIGHT, r: 5 })));
    drawing.append(svg);
  }
  drawing.append(rows);
  graphStatus.textContent = list.length ? `Operators ${exact(first + 1)} to ${exact(last)} of ${exact(list.length)}` + (filtered ? " that were looked for" : ", in the order of computation") : "No such operator";
  earlier.hidden = later.hidden = list.length <= WINDOW;
  earlier.disabled = first === 0;
  later.disabled = last === list.length;
}

function operator(o) {
  const from = o.from || [];
  const li = make("li", { class: "op", id: "op" + o.index, mouseenter: () => light(o.index, true), mouseleave: () => light(o.index, false), focusin: () => light(o.index, true), focusout: () => light(o.index, false) },
    make("span", { class: "number" }, String(o.index)), make("span", { class: "mono" }, o.operator));
  if (o.added) li.append(make("span", { class: "badge added" }, "added"));
  li.append(make("span", { class: "way" }, o.computes));
  if (from.length) li.append(make("span", { class: "from" }, "from " + from.join(", ")));
  const constant = (o.constants || []).find((i) => isChanged(data.tensors[i])) ?? (o.constants || [])[0];
  const reads = make("span", { class: "reads" });
  if (constant !== undefined) {
    const t = data.tensors[constant];
    reads.append(make("button", { class: "open mono", type: "button", click: () => reveal(constant) }, make("span", { class: "hidden" }, "tensor "), t.name || "(no name)"));
  }
  li.append(reads);
  return li;
}

function light(index, on) {
  for (const e of drawing.querySelectorAll(`[data-from="${index}"], [data-to="${index}"]`)) e.classList.toggle("lit", on);
}

if (data.operators.length) {
  const added = data.operators.filter((o) => o.added).length;
  document.getElementById("operator-graph").append(
    make("p", { class: "note" }, data.pair ? (added ? count(added, "operator is", "operators are") + " added: dashed lines and the word “added”. " : "No operator is added. ") + "Filled green dots compute with integers." : "Filled green dots compute with integers."),
    make("div", { class: "controls" },
      make("label", { class: "grow" }, "Search operators", find),
      bySubgraph.size > 1 ? make("label", null, "Subgraph", whichSubgraph) : "",
      added ? make("label", { class: "check" }, onlyAdded, "Only added ones") : ""),
    graphStatus, drawing, make("div", { class: "more" }, earlier, later));
  drawGraph();
} else {
  document.getElementById("operator-graph").append(make("p", null, "The model has no operators."));
}
})();
