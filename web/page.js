(() => {
"use strict";
const at = (id) => document.getElementById(id);

// make is an element with attributes, functions for events, and children: elements and
// texts. Nothing is ever read as HTML.
function make(tag, attributes, ...children) {
  const e = ["svg", "rect"].includes(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (typeof v === "function") e.addEventListener(k, v);
    else if (v !== undefined && v !== null && v !== false) e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.filter((c) => c !== undefined && c !== null && c !== false && c !== ""));
  return e;
}

const exact = (n) => n.toLocaleString("en-US");
function size(n) {
  if (n < 1000) return n + " B";
  let unit = 0, v = n / 1000;
  while (v >= 999.5 && unit < 3) { v /= 1000; unit++; }
  return (v >= 99.95 ? v.toFixed(0) : v >= 9.995 ? v.toFixed(1) : v.toFixed(2)) + " " + "kMGT"[unit] + "B";
}
const brief = (seconds) => seconds.toFixed(seconds < 10 ? 1 : 0) + " seconds";
const arrow = (words) => words.replace("->", "→");
const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);

// ---- the program, in a worker

const state = { module: null, worker: null, started: null, waiting: new Map(), next: 0, model: null, extra: {}, bundle: false, making: false, wanted: false, planning: false };

async function compile() {
  const packed = at("program").textContent, raw = atob(packed), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  at("program").remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

// lock takes a name that no other page has, for files on the disk; "" where there are none.
function lock() {
  const name = "quantize-" + Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");
  return new Promise((done) => {
    if (!navigator.locks) { done(""); return; }
    navigator.locks.request(name, () => { done(name); return new Promise(() => {}); }).catch(() => done(""));
  });
}
const folder = lock();

async function begin() {
  const source = new Blob([at("worker").textContent], { type: "text/javascript" }), address = URL.createObjectURL(source);
  const worker = new Worker(address);
  state.worker = worker;
  worker.onmessage = ({ data }) => { if (worker === state.worker) heard(data); };
  worker.onerror = (e) => { if (worker === state.worker) ended(e.message); };
  const name = await folder;
  if (worker === state.worker) await call({ kind: "start", module: state.module, folder: name });
  URL.revokeObjectURL(address);
}

function call(message) {
  const id = state.next++;
  return new Promise((done, failed) => {
    state.waiting.set(id, { done, failed });
    state.worker.postMessage({ id, ...message });
  });
}

function heard(m) {
  if (m.kind === "progress") showProgress(m.bytes, m.all);
  else if (m.kind === "made") showMade(m.value, m.file);
  else if (m.kind === "ended") ended(m.said);
  else {
    const { done } = state.waiting.get(m.id);
    state.waiting.delete(m.id);
    if (m.memory) document.documentElement.dataset.memory = m.memory;
    done(m);
  }
}

// end stops the worker and all it does.
function end(why) {
  state.worker?.terminate();
  state.worker = null;
  for (const { failed } of state.waiting.values()) failed(new Error(why));
  state.waiting.clear();
}

function ended(said) {
  const why = /out of memory|cannot allocate|makeslice/.test(said) ? "this browser gives the page too little memory for the model: the command quantize takes less" : "the program ended: " + said;
  end(why);
}

// again starts a new worker, with the files of the old one. Tasks wait for it.
function again() {
  end("stopped");
  state.started = (async () => {
    await begin();
    await call({ kind: "give", files: { ...state.extra, [state.model.name]: state.model } });
  })();
  state.started.catch(() => {}); // who waits for it is told
  return state.started;
}

async function perform(name, request) {
  await state.started;
  return call({ kind: "task", name, request });
}

// ---- the form

let fields = [];

function label(f) {
  const name = f.name.replaceAll("-", " ");
  return [sentence(name) + " ", make("code", null, "--" + f.name)];
}

function element(f) {
  const id = "f-" + f.name, help = make("p", { class: "note", id: id + "-help" }, sentence(f.help));
  const common = { id, "aria-describedby": id + "-help", change: wantPlan };
  if (f.kind === "switch") {
    f.input = make("input", { ...common, type: "checkbox" });
    return make("div", { class: "field" }, make("label", { class: "check", for: id }, f.input, make("span", null, ...label(f))), help);
  }
  if (f.kind === "choose") {
    f.input = make("select", common, ...options(f));
    f.input.value = f.default;
  } else if (f.kind === "list") {
    f.input = make("textarea", { ...common, rows: 1, placeholder: f.value + (f.choices ? "" : ", one a line"), spellcheck: "false", autocapitalize: "off", input: soon });
  } else {
    f.input = make("input", { ...common, type: f.kind === "number" ? "number" : "text", min: 0, input: soon });
    f.input.value = f.default;
  }
  return make("div", { class: "field" }, make("label", { for: id }, ...label(f)), f.input, help);
}

function options(f) {
  const out = [], groups = new Map();
  if (f.default === "") out.push(make("option", { value: "" }, "any"));
  for (const c of f.choices) {
    const option = make("option", { value: c.value }, c.value + (c.does ? ": " + c.does : ""));
    if (!c.maker) { out.push(option); continue; }
    if (!groups.has(c.maker)) {
      groups.set(c.maker, make("optgroup", { label: c.maker }));
      out.push(groups.get(c.maker));
    }
    groups.get(c.maker).append(option);
  }
  return out;
}

// valuesOf are those of a field where they are not the default.
function valuesOf(f) {
  if (f.kind === "switch") return f.input.checked ? ["true"] : [];
  if (f.kind === "list") return f.input.value.split("\n").map((s) => s.trim()).filter(Boolean);
  return f.input.value === f.default ? [] : [f.input.value];
}

function request() {
  const values = {};
  for (const f of fields) {
    const given = valuesOf(f);
    if (given.length) values[f.name] = given;
  }
  return { model: state.model.name, values, keep: [...kept], bundle: state.bundle };
}

function buildForm(form) {
  fields = form;
  for (const f of fields) at(f.first ? "fields" : "more-fields").append(element(f));
}

at("reset").addEventListener("click", () => {
  for (const f of fields) {
    if (f.kind === "switch") f.input.checked = false;
    else f.input.value = f.default;
  }
  kept.clear();
  wantPlan();
});

// takeRecipe gives a recipe file to the program, and chooses it.
async function takeRecipe(file) {
  if (!file || !state.model || state.making) return;
  const f = fields.find((one) => one.name === "recipe");
  state.extra[file.name] = file;
  await state.started;
  await call({ kind: "give", files: { [file.name]: file } });
  if (![...f.input.options].some((o) => o.value === file.name)) f.input.prepend(make("option", { value: file.name }, file.name));
  f.input.value = file.name;
  wantPlan();
}

at("recipe-file").addEventListener("change", ({ target }) => { takeRecipe(target.files[0]); target.value = ""; });

// ---- mistakes

function showMistake(words) {
  at("mistake").replaceChildren(...(words ? [make("p", null, words)] : []));
  const named = new Set((words || "").match(/--[a-z][a-z-]*/g));
  for (const f of fields) {
    if (named.has("--" + f.name) && valuesOf(f).length) {
      f.input.setAttribute("aria-invalid", "true");
      f.input.closest("details")?.setAttribute("open", "");
    } else f.input.removeAttribute("aria-invalid");
  }
}

// inWords is a mistake, with the remedy where the browser does not give a file any more.
const inWords = (mistake, lost) => lost?.length ? `${mistake}: ${lost.join(", ")} changed or went away since it was chosen: choose it again` : mistake;

const say = (words) => { at("said").textContent = words; };

// ---- the plan

const kept = new Set(), CHUNK = 20;
let shown = CHUNK, filter = "", plans = [], timer;

function soon() {
  clearTimeout(timer);
  timer = setTimeout(wantPlan, 400);
}

// wantPlan has the plan made anew: once more where one is being made.
async function wantPlan() {
  clearTimeout(timer);
  if (!state.model || state.making) return;
  state.wanted = true;
  if (state.planning) return;
  state.planning = true;
  at("plan").setAttribute("aria-busy", "true");
  at("plan").classList.add("stale");
  try {
    while (state.wanted) {
      state.wanted = false;
      const { value, mistake, lost } = await perform("plan", request());
      if (!state.wanted) showPlan(value, inWords(mistake, lost));
    }
  } catch (e) {
    if (state.worker === null && !state.making) {
      showMistake(sentence(e.message));
      again();
    }
  } finally {
    state.planning = false;
    at("plan").setAttribute("aria-busy", "false");
  }
}

function showPlan(value, mistake) {
  showMistake(mistake);
  at("quantize").disabled = Boolean(mistake);
  at("plan").classList.toggle("stale", Boolean(mistake));
  if (mistake) {
    at("model-status").textContent = at("options").hidden ? "Not read" : at("model-status").textContent;
    at("sum").textContent = "";
    if (plans.length === 0) at("bar").hidden = true;
    return;
  }
  plans = value.plans;
  state.bundle = plans.some((p) => p.member !== undefined);
  for (const id of ["plan", "options", "weights", "bar"]) at(id).hidden = false;
  at("command").textContent = value.command;
  at("plans").replaceChildren(...plans.map(planElement));
  const key = document.activeElement?.dataset.key; // of what is replaced, and keeps the focus
  at("tables").replaceChildren(...plans.map(weights));
  if (key) [...at("tables").querySelectorAll("[data-key]")].find((e) => e.dataset.key === key)?.focus({ preventScroll: true });
  at("sum").textContent = sum();
  at("model-status").textContent = state.model.name + ", " + size(state.model.size) + (state.bundle ? ", " + exact(plans.length) + " models" : "");
  say("Plan: " + sum());
}

function sum() {
  if (plans.length === 1) return plans[0].unchanged ? "Stays as it is" : arrow(plans[0].headline);
  const all = (key) => plans.reduce((n, p) => n + p[key], 0);
  return `${exact(plans.length)} models: ${size(all("before"))} → ${size(all("after"))}`;
}

function planElement(p) {
  const e = make("div", { class: "part" });
  if (p.member !== undefined) e.append(make("h3", null, p.member));
  e.append(make("p", { class: "headline" }, arrow(p.headline)));
  const most = Math.max(p.before, p.after, 1);
  for (const [name, bytes, kind] of [["before", p.before, "now"], ["after", p.after, "new"]]) {
    e.append(make("div", { class: "sizebar" },
      make("p", null, make("span", null, name), make("strong", null, size(bytes))),
      make("svg", { viewBox: "0 0 1000 30", preserveAspectRatio: "none", "aria-hidden": "true" },
        make("rect", { class: "rail", width: 1000, height: 30 }), make("rect", { class: kind, width: 1000 * bytes / most, height: 30 }))));
  }
  if (p.lines?.length) e.append(make("ul", { class: "lines" }, ...p.lines.map((l) => make("li", null, sentence(l)))));
  return e;
}

// weights is the table of a plan's constants.
function weights(p, i) {
  const body = make("tbody"), status = make("p", { class: "status", role: "status" });
  const search = make("input", { type: "search", "data-key": "search " + i, autocomplete: "off", spellcheck: "false", value: filter, input: () => { filter = search.value; shown = CHUNK; fill(); } });
  const more = make("button", { class: "button", type: "button", click: () => { shown += 100; fill(); } }, "Show more");
  const all = (on) => () => {
    for (const row of found()) if (row.keep) { if (on) kept.delete(row.keep); else kept.add(row.keep); }
    wantPlan();
  };
  const found = () => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return p.rows.filter((row) => words.every((w) => (row.name + " " + row.why).toLowerCase().includes(w)));
  };
  function fill() {
    const list = found();
    body.replaceChildren(...list.slice(0, shown).map((row) => rowElement(row, i)));
    more.hidden = list.length <= shown;
    const changed = p.rows.filter((row) => row.after > 0).length;
    status.textContent = `${exact(changed)} of ${exact(p.rows.length + p.more)} constants change` + (list.length < p.rows.length ? `; ${exact(list.length)} are shown` : "") + (p.more ? `; the ${exact(p.more)} smallest are not listed` : "");
  }
  fill();
  return make("div", { class: "weights" },
    p.member !== undefined && make("h3", null, p.member),
    make("div", { class: "controls" },
      make("label", { class: "grow" }, "Search names and reasons", search),
      make("button", { class: "button", type: "button", "data-key": "all " + i, click: all(true) }, "Quantize all"),
      make("button", { class: "button", type: "button", "data-key": "none " + i, click: all(false) }, "Keep all")),
    status,
    make("div", { class: "scroll", role: "group", "aria-label": "Weights" + (p.member !== undefined ? " of " + p.member : ""), tabindex: "0" },
      make("table", null,
        make("thead", null, make("tr", null, make("th", { scope: "col" }, "Name"), make("th", { scope: "col", class: "wide" }, "Shape"), make("th", { scope: "col", class: "n" }, "Size"), make("th", { scope: "col" }, "What happens, and why"))),
        body)),
    make("div", { class: "more" }, more));
}

function rowElement(row, i) {
  const name = row.name || "(no name)";
  let head;
  if (row.keep) {
    const box = make("input", { type: "checkbox", "data-key": i + " " + row.keep, change: () => { if (box.checked) kept.delete(row.keep); else kept.add(row.keep); wantPlan(); } });
    box.checked = !kept.has(row.keep);
    head = make("label", null, box, make("span", { class: "mono clamp", title: name }, name));
  } else head = make("span", { class: "name mono" }, make("span", { class: "clamp", title: name }, name));
  return make("tr", { class: row.after ? "" : "kept" }, make("th", { scope: "row" }, head), make("td", { class: "wide" }, row.shape || "–"),
    make("td", { class: "n" }, size(row.bytes), row.after ? make("span", { class: "to" }, " → " + size(row.after)) : ""), make("td", { class: "reason" }, row.why));
}

// ---- quantizing

let addresses = [];

function clearResult() {
  at("result").hidden = true;
  for (const id of ["results", "downloads", "report"]) at(id).replaceChildren();
  addresses.splice(0).forEach((a) => URL.revokeObjectURL(a));
}

function addressOf(blob) {
  const a = URL.createObjectURL(blob);
  addresses.push(a);
  return a;
}

function showProgress(bytes, all) {
  const percent = Math.min(100, Math.floor(100 * bytes / all));
  at("progress").value = percent;
  at("step").textContent = `Quantizing, ${percent} %`;
}

function working(on) {
  state.making = on;
  at("working").hidden = at("cancel").hidden = !on;
  at("quantize").hidden = on;
  for (const e of document.querySelectorAll("#options :is(input, select, textarea, button), #weights :is(input, button), #model")) e.disabled = on;
}

at("quantize").addEventListener("click", async () => {
  clearTimeout(timer);
  clearResult();
  showMistake("");
  at("progress").removeAttribute("value");
  at("step").textContent = "Quantizing";
  working(true);
  at("cancel").focus();
  say("Quantizing");
  state.began = performance.now();
  try {
    const { mistake, page, lost } = await perform("make", request());
    working(false);
    if (mistake) showMistake(inWords(mistake, lost));
    else if (page) showReport(page);
  } catch (e) {
    working(false);
    if (e.message !== "stopped") showMistake(sentence(e.message));
    if (at("result").hidden) say("Stopped, nothing was made");
    if (state.worker === null) again();
  }
  if (at("result").hidden) at("quantize").focus();
});

at("cancel").addEventListener("click", () => end("stopped"));

// lap is the seconds since it was called last.
function lap() {
  const now = performance.now(), seconds = (now - state.began) / 1000;
  state.began = now;
  return brief(seconds);
}

function showMade(made, file) {
  const name = made.file.replace(/^\.\//, "");
  for (const w of made.words) at("results").append(make("p", { class: "headline" }, arrow(w.headline)));
  at("results").append(make("p", { class: "note", id: "took" }, `Took ${lap()}.`));
  at("downloads").append(make("a", { class: "button main", id: "download", download: name, href: addressOf(file) }, `Download ${name} (${size(file.size)})`));
  at("result").hidden = false;
  at("step").textContent = "Making the report";
  at("progress").removeAttribute("value");
  say(`Done: ${name}, ${size(file.size)}`);
  at("download").focus();
  state.made = { name, page: made.page };
}

function showReport(page) {
  const address = addressOf(new Blob([page], { type: "text/html" }));
  at("took").append(` The report took ${lap()}.`);
  at("downloads").append(make("a", { class: "button", id: "download-report", download: state.made.page, href: address }, "Download the report"));
  at("report").append(make("h3", null, "Report"), make("iframe", { sandbox: "allow-scripts", title: "Report about " + state.made.name, src: address }));
  say("The report is below the download");
}

at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(at("command").textContent);
    at("copy").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(at("command"));
    at("copy").textContent = "Press Ctrl+C";
  }
  setTimeout(() => { at("copy").textContent = "Copy"; }, 2000);
});

// ---- the model

async function take(file) {
  if (!file || state.making) return;
  clearResult();
  showMistake("");
  kept.clear();
  plans = [];
  shown = CHUNK;
  filter = "";
  for (const id of ["plan", "options", "weights", "bar"]) at(id).hidden = true;
  state.model = file;
  state.bundle = false;
  at("drop").classList.add("chosen");
  at("model-status").textContent = `Reading ${file.name}, ${size(file.size)}`;
  try {
    await ready;
    if (state.used) await again(); // whose memory was grown for another model
    else await call({ kind: "give", files: { [file.name]: file } });
  } catch {
    return; // another model was chosen meanwhile, or there is no program, which is said
  }
  state.used = true;
  await wantPlan();
}

at("model").addEventListener("change", ({ target }) => { take(target.files[0]); target.value = ""; });
for (const kind of ["dragover", "dragenter"]) addEventListener(kind, (e) => { e.preventDefault(); at("drop").classList.add("over"); });
for (const kind of ["dragleave", "drop"]) addEventListener(kind, (e) => { e.preventDefault(); if (kind === "drop" || !e.relatedTarget) at("drop").classList.remove("over"); });
addEventListener("drop", (e) => {
  const [file] = e.dataTransfer.files;
  if (state.model && file?.name.endsWith(".json")) takeRecipe(file);
  else take(file);
});

const ready = (async () => {
  try {
    state.module = await compile();
    await begin();
    const { value } = await perform("begin", {});
    buildForm(value.fields);
    at("version").textContent = value.about.join("; ");
    if (!state.model) at("model-status").textContent = "Ready";
  } catch (e) {
    at("model-status").textContent = "";
    showMistake("This browser does not run the program: " + e.message);
    throw e;
  }
})();
})();
