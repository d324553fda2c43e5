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

// take takes a file that a task made.
function take(name) {
  made.push(name);
  return files.take(name);
}

// perform does a task, and tells the page of a file that is made before its report is.
const perform = (name, request) => new Promise((done, failed) => {
  let page;
  const progress = (bytes, all) => postMessage({ kind: "progress", bytes, all });
  const finished = (words, go) => {
    const value = JSON.parse(words);
    page = value.page;
    take(value.file).then((file) => { postMessage({ kind: "made", value, file }); go(); }).catch(failed);
  };
  globalThis.perform(name, JSON.stringify(request), progress, finished, async (words) => {
    const answer = JSON.parse(words);
    if (page && !answer.mistake) answer.page = await take(page);
    if (answer.mistake) answer.lost = files.lost();
    done(answer);
  });
});

async function handle({ kind, id, name, request, files: given, module, folder }) {
  if (kind === "start") await start(module, folder);
  for (const [called, file] of Object.entries(given || {})) files.give(called, file);
  if (kind !== "task") return { kind: "answer", id };
  if (name === "make") made.splice(0).forEach((one) => files.drop(one));
  return { kind: "answer", id, ...await perform(name, request), memory: instance.memory.buffer.byteLength };
}

let last = Promise.resolve();
onmessage = ({ data }) => {
  last = last.then(() => handle(data)).then(postMessage, (e) => postMessage({ kind: "ended", said: String(e) }));
};
