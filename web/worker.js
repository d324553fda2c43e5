// The worker has the program and its files, and does tasks one after another.
"use strict";

const instance = { memory: null };
let said = "", files, made = [];

async function start(module, folder) {
  files = makeFiles((text) => { said = (said + text).slice(-4000); }, await makeStore(folder));
  globalThis.fs = files.fs;
  globalThis.process = { pid: 1, ppid: 1, getuid: () => 0, geteuid: () => 0, getgid: () => 0, getegid: () => 0, getgroups: () => [], umask: () => 0, cwd: () => "/", chdir: () => { throw Object.assign(new Error(), { code: "ENOSYS" }); } };
  globalThis.path = { resolve: (...parts) => parts.join("/") };
  const go = new Go();
  go.argv = ["quantize"];
  go.env = { GOGC: "25" }; // memory that is taken is never given back
  go.exit = (code) => postMessage({ kind: "ended", code, said });
  const running = await WebAssembly.instantiate(module, go.importObject);
  instance.memory = running.exports.mem;
  go.run(running);
}

const perform = (name, request) => new Promise((done) => {
  globalThis.perform(name, JSON.stringify(request), (bytes, all) => postMessage({ kind: "progress", bytes, all }), (answer) => done(JSON.parse(answer)));
});

// finish takes the files that a task made.
async function finish(value) {
  const out = { file: await files.take(value.file) };
  made.push(value.file);
  if (value.page) {
    out.page = await files.take(value.page);
    made.push(value.page);
  }
  return out;
}

async function handle({ kind, id, name, request, files: given, module, folder }) {
  if (kind === "start") await start(module, folder);
  for (const [called, file] of Object.entries(given || {})) files.give(called, file);
  if (kind !== "task") return { kind: "answer", id };
  if (name === "make") made.splice(0).forEach(files.drop);
  const { value, mistake } = await perform(name, request);
  const content = name === "make" && !mistake ? await finish(value) : undefined;
  return { kind: "answer", id, value, mistake, content, memory: instance.memory.buffer.byteLength };
}

let last = Promise.resolve();
onmessage = ({ data }) => {
  last = last.then(() => handle(data)).then(postMessage, (e) => postMessage({ kind: "ended", said: String(e) }));
};
