/* SPDX-License-Identifier: MIT
 *
 * The labs' own C code, and its sources. The page's builder gives both:
 * gil(argv) runs a lab as its command line would, and sources has the files.
 */

/* Run a lab. A fault of the command line is an error here. */
async function run(argv) {
    const result = await globalThis.gil(argv);
    if (result.status > 1 || (result.status === 1 && !result.out))
        throw new Error(result.err.trim());
    return result;
}

export async function labJson(argv) {
    return JSON.parse((await run([...argv, '--json'])).out);
}

/* The figures of a run on the virtual machine. */
export function virtual(argv) {
    return labJson(['13_gil_virtual', ...argv]);
}

export function orders(argv) {
    return labJson(['14_gil_orders', ...argv]);
}

const states = {
    'holds the lock': 'holds',
    'waits for the lock': 'waits',
    'waits for I/O': 'io',
    sleeps: 'sleeps',
    runs: 'runs',
    'in CPython': 'python',
};

/* The runs of a --trace file, those called threads first: {name, lanes: [{task,
 * slices: [{state, from, to}]}], lost}. Times are in ms. `lost` counts slices
 * of the whole file that are not in it. */
export function readTrace(text) {
    const trace = JSON.parse(text);
    const runs = new Map();
    if (!Array.isArray(trace.traceEvents))
        throw new Error('it has no "traceEvents"');
    const runOf = (event) => {
        if (!runs.has(event.pid))
            runs.set(event.pid, {name: '', lanes: new Map()});
        return runs.get(event.pid);
    };
    for (const event of trace.traceEvents) {
        const known = states[event.name];
        if (event.ph === 'M' && event.name === 'process_name')
            runOf(event).name = String(event.args?.name);
        const isName =
            event.ph === 'M' &&
            event.name === 'thread_name' &&
            /^task \d+$/.test(event.args?.name);
        if (!isName && (event.ph !== 'X' || !known)) continue;
        const lanes = runOf(event).lanes;
        if (!lanes.has(event.tid)) lanes.set(event.tid, []);
        if (isName) continue;
        if (!Number.isFinite(event.ts) || !Number.isFinite(event.dur))
            throw new Error('a slice has no time');
        lanes.get(event.tid).push({
            state: known,
            from: event.ts / 1e3,
            to: (event.ts + event.dur) / 1e3,
        });
    }
    const lost = trace.otherData?.slices_lost ?? 0;
    const read = [...runs.values()]
        .filter(({lanes}) => lanes.size > 0)
        .map(({name, lanes}) => ({
            name,
            lost,
            lanes: [...lanes]
                .sort((a, b) => a[0] - b[0])
                .map(([task, slices]) => ({task, slices})),
        }));
    if (!read.length)
        throw new Error('no task of it takes, holds or waits for anything');
    const rank = ({name}) =>
        name.startsWith('threads, lock')
            ? 0
            : name.startsWith('threads')
              ? 1
              : 2;
    return read.sort((a, b) => rank(a) - rank(b));
}

/* What the tasks of a virtual run did when. */
export async function virtualLanes(argv) {
    const result = await run(['13_gil_virtual', ...argv, '--trace', '-']);
    return readTrace(result.out)[0];
}

/* The lines of a source file, from 1. */
export function sourceLines(path) {
    const text = globalThis.sources[path];
    return text === undefined ? [] : ['', ...text.split('\n')];
}

/* The numbers of a C function's first and last line. */
export function functionLines(lines, name) {
    const first = lines.findIndex((line) =>
        new RegExp(`^\\w.*\\b${name}\\(`).test(line),
    );
    const last = lines.findIndex((line, i) => i > first && line === '}');
    return [first, last];
}

/* "1x3,2,2t": an order in short. */
export function orderText(steps) {
    const parts = [];
    for (const step of steps) {
        const last = parts.at(-1);
        if (last && last.step === step) last.times++;
        else parts.push({step, times: 1});
    }
    return parts
        .map(({step, times}) =>
            times > 1 && /^\d+$/.test(step)
                ? `${step}x${times}`
                : Array(times).fill(step).join(','),
        )
        .join(',');
}
