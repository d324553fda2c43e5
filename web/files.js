// The file system that Go's package os calls: one folder with the files that were given and
// those that are made. Functions are those of Node, as far as they are called.
"use strict";

// makeFiles needs what is told about text on standard output and error, and a function that
// gives a new empty file.
function makeFiles(say, create) {
  const CREATE = 1, EXCLUSIVE = 2, TRUNCATE = 4;
  const files = new Map(), opened = new Map();
  let nextDescriptor = 3, nextInode = 2;
  const failure = (code) => Object.assign(new Error(code), { code });

  // translated is an error of the browser as one of the system.
  function translated(e) {
    if (typeof e.code === "string") return e;
    return failure(e.name === "QuotaExceededError" ? "ENOSPC" : "EIO");
  }

  // calls makes a function with a callback of one that returns or throws.
  const calls = (f) => (...given) => {
    const done = given.pop();
    let value;
    try {
      value = f(...given);
    } catch (e) {
      done(translated(e));
      return;
    }
    done(null, value);
  };

  const nameOf = (path) => path.replace(/^(\.?\/)+/, "").replace(/^\.$/, "");
  function find(path) {
    const name = nameOf(path);
    if (name === "") return null; // the folder
    const file = files.get(name);
    if (!file) throw failure(name.includes("/") ? "ENOTDIR" : "ENOENT");
    return file;
  }
  function descriptor(number) {
    const d = opened.get(number);
    if (!d) throw failure("EBADF");
    return d;
  }
  function open(file) {
    opened.set(nextDescriptor, { file, at: 0 });
    return nextDescriptor++;
  }
  function enter(path, content) {
    content.inode = nextInode++;
    files.set(nameOf(path), content);
    return content;
  }

  // status is that of a file, or of the folder where there is none.
  const status = (file) => ({
    dev: 1, ino: file ? file.inode : 1, mode: file ? 0o100644 : 0o40755, nlink: 1, uid: 0, gid: 0, rdev: 0,
    size: file ? file.size : 0, blksize: 4096, blocks: 0, atimeMs: 0, mtimeMs: 0, ctimeMs: 0, isDirectory: () => !file,
  });

  // at is where a call reads or writes: the place it names, or where the descriptor stands.
  function advance(d, position, move) {
    const at = position === null ? d.at : position, n = move(at);
    if (position === null) d.at += n;
    return n;
  }

  const nothing = calls(() => undefined);
  const fs = {
    constants: { O_WRONLY: 8, O_RDWR: 16, O_CREAT: CREATE, O_EXCL: EXCLUSIVE, O_TRUNC: TRUNCATE, O_APPEND: 32, O_DIRECTORY: 64 },
    open(path, flags, mode, done) {
      if (nameOf(path) !== "" && !files.has(nameOf(path)) && flags & CREATE) {
        create().then((content) => done(null, open(enter(path, content))), (e) => done(translated(e)));
        return;
      }
      calls(() => {
        const file = find(path);
        if (flags & EXCLUSIVE) throw failure("EEXIST");
        if (flags & TRUNCATE) file.truncate(0);
        return open(file);
      })(done);
    },
    close: calls((number) => { descriptor(number); opened.delete(number); }),
    read: calls((number, into, from, length, position) => {
      const d = descriptor(number);
      return advance(d, position, (at) => {
        const n = Math.max(0, Math.min(length, d.file.size - at));
        if (n > 0) d.file.read(into.subarray(from, from + n), at);
        return n;
      });
    }),
    write: (number, bytes, from, length, position, done) => calls(() => {
      const part = bytes.subarray(from, from + length);
      if (number < 3) return fs.writeSync(number, part);
      const d = descriptor(number);
      return advance(d, position, (at) => { d.file.write(part, at); return length; });
    })(done),
    writeSync: (number, bytes) => { say(new TextDecoder().decode(bytes)); return bytes.length; },
    stat: calls((path) => status(find(path))),
    lstat: calls((path) => status(find(path))),
    fstat: calls((number) => status(number < 3 ? null : descriptor(number).file)),
    ftruncate: calls((number, size) => descriptor(number).file.truncate(size)),
    fsync: calls((number) => descriptor(number).file.flush()),
    readdir: calls(() => [...files.keys()]),
    rename: calls((from, to) => {
      const file = find(from);
      files.get(nameOf(to))?.drop();
      files.set(nameOf(to), file);
      files.delete(nameOf(from));
    }),
    unlink: calls((path) => { find(path).drop(); files.delete(nameOf(path)); }),
    chmod: nothing, fchmod: nothing,
  };
  for (const name of ["chown", "fchown", "lchown", "link", "mkdir", "readlink", "rmdir", "symlink", "truncate", "utimes"]) {
    fs[name] = calls(() => { throw failure("ENOSYS"); });
  }
  return {
    fs,
    // give puts a file into the folder, in the place of one of the same name.
    give: (name, blob) => { enter(name, new Given(blob)); },
    // take is a file that was made, as one that the page can keep.
    async take(name) {
      const file = find(name), blob = await file.finished();
      const kept = new Given(blob);
      kept.inode = file.inode;
      kept.drop = () => file.drop();
      files.set(nameOf(name), kept);
      return blob;
    },
    // lost are the names of files that could not be read any more.
    lost: () => [...files].filter(([, file]) => file.lost).map(([name]) => name),
    // drop removes a file that was made, if there is one.
    drop(path) { files.get(nameOf(path))?.drop(); files.delete(nameOf(path)); },
  };
}

// A Given file is read part by part, and never written to.
class Given {
  lost = false; // a browser refuses to read what was changed since it was chosen
  constructor(blob) { this.blob = blob; }
  get size() { return this.blob.size; }
  read(into, at) {
    try {
      into.set(new Uint8Array(new FileReaderSync().readAsArrayBuffer(this.blob.slice(at, at + into.length))));
    } catch (e) {
      this.lost = true;
      throw e;
    }
  }
  write() { throw Object.assign(new Error(), { code: "EROFS" }); }
  truncate() { this.write(); }
  flush() {}
  drop() {}
  async finished() { return this.blob; }
}

// A Stored file is one of the browser's own, on the disk.
class Stored {
  constructor(folder, name, entry, handle) { Object.assign(this, { folder, name, entry, handle, size: 0 }); }
  read(into, at) { this.handle.read(into, { at }); }
  write(bytes, at) {
    if (this.handle.write(bytes, { at }) < bytes.length) throw Object.assign(new Error(), { code: "ENOSPC" });
    this.size = Math.max(this.size, at + bytes.length);
  }
  truncate(size) { this.handle.truncate(size); this.size = size; }
  flush() { this.handle.flush(); }
  drop() { this.handle.close(); this.folder.removeEntry(this.name).catch(() => {}); }
  async finished() {
    this.handle.close();
    return this.entry.getFile();
  }
}

// A Held file is in memory, in parts.
class Held {
  static PART = 1 << 20;
  parts = [];
  size = 0;
  each(length, at, f) {
    for (let done = 0; done < length;) {
      const i = Math.floor((at + done) / Held.PART), from = (at + done) % Held.PART, n = Math.min(length - done, Held.PART - from);
      this.parts[i] ??= new Uint8Array(Held.PART);
      f(this.parts[i].subarray(from, from + n), done, n);
      done += n;
    }
  }
  read(into, at) { this.each(into.length, at, (part, done) => into.set(part, done)); }
  write(bytes, at) {
    this.each(bytes.length, at, (part, done, n) => part.set(bytes.subarray(done, done + n)));
    this.size = Math.max(this.size, at + bytes.length);
  }
  truncate(size) {
    if (size < this.size) {
      this.parts.length = Math.ceil(size / Held.PART);
      if (size % Held.PART) this.parts.at(-1).fill(0, size % Held.PART);
    }
    this.size = size;
  }
  flush() {}
  drop() { this.parts = []; }
  async finished() {
    const parts = [];
    this.each(this.size, 0, (part) => parts.push(part));
    return new Blob(parts);
  }
}

// makeStore returns a function that gives new files: in a folder of the browser's own, with
// the name that the page holds a lock of, or in memory where there is no such folder.
// Folders that no page holds are removed.
async function makeStore(folder) {
  try {
    const root = await navigator.storage.getDirectory();
    const held = new Set((await navigator.locks.query()).held.map((lock) => lock.name));
    if (!held.has(folder)) throw new Error("no lock");
    for await (const name of root.keys()) {
      if (name.startsWith("quantize-") && !held.has(name)) root.removeEntry(name, { recursive: true }).catch(() => {});
    }
    const own = await root.getDirectoryHandle(folder, { create: true });
    let next = 0;
    const create = async () => {
      const name = Date.now() + "-" + next++;
      const entry = await own.getFileHandle(name, { create: true });
      return new Stored(own, name, entry, await entry.createSyncAccessHandle());
    };
    (await create()).drop(); // where it fails, there is memory
    return create;
  } catch {
    return async () => new Held();
  }
}
