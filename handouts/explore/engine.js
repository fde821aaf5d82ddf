/* SPDX-License-Identifier: MIT
 *
 * Labs 13 and 14 in the page. scripts/explore puts two names in front of this:
 * `packed`, the labs as WebAssembly, and `program`, emscripten's own part.
 *
 *     const {status, out, err} = await gil(['13_gil_virtual', '--json']);
 *
 * takes the command line of the program, and gives what it prints on standard
 * output and standard error. `sources` has the text of the C files, by path; the
 * labs read them from there.
 */
'use strict';

const MOST_BYTES = 64 << 20; /* of memory that is used again */

const unpacked = (async () => {
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream()
        .pipeThrough(new DecompressionStream('gzip'));
    return WebAssembly.compile(await new Response(stream).arrayBuffer());
})();

/* Each call has an instance of its own. All share one memory, because browsers
 * grant few of them: it is 0 again when a call begins. */
let memory;

function emptyMemory() {
    if (memory?.buffer.byteLength > MOST_BYTES)
        memory = undefined;
    if (memory)
        new Uint8Array(memory.buffer).fill(0);
    return memory;
}

function writeSources(FS) {
    for (const [path, text] of Object.entries(sources)) {
        FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
        FS.writeFile(path, text);
    }
}

/* Keep what is written to a file descriptor. Returns a function that gives it
 * as text. */
function keep(FS, descriptor) {
    const stream = FS.streams[descriptor], parts = [];
    const write = (_, bytes, from, length) => {
        parts.push(new Uint8Array(bytes.subarray(from, from + length)));
        return length;
    };
    stream.stream_ops = {...stream.stream_ops, write};
    return () => {
        const decoder = new TextDecoder();
        const texts = parts.map((part) => decoder.decode(part, {stream: true}));
        return texts.join('') + decoder.decode();
    };
}

async function call(argv) {
    const module = await unpacked;
    let out, err;
    const status = await new Promise((resolve, reject) => {
        const settings = {
            thisProgram: argv[0],
            arguments: argv.slice(1),
            wasmMemory: emptyMemory(),
            preRun: [() => {
                const FS = settings.FS;
                FS.init(() => null);
                out = keep(FS, 1);
                err = keep(FS, 2);
                writeSources(FS);
            }],
            quit: (code, why) => {
                if (why.name === 'ExitStatus')
                    resolve(code);
                throw why;
            },
            instantiateWasm: (imports, run) => {
                memory = imports.env.memory;
                WebAssembly.instantiate(module, imports).then(run)
                    .catch(reject);
                return {};
            },
        };
        program(settings).catch(reject);
    });
    return {status, out: out(), err: err()};
}

let last = Promise.resolve();

globalThis.gil = (argv) => {
    const result = last.then(() => call(argv));
    last = result.catch(() => {});
    return result;
};
globalThis.sources = sources;
