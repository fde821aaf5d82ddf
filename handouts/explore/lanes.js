/* SPDX-License-Identifier: MIT
 *
 * Lanes: a row for each task, in which a fill shows what the task does when.
 */
import {el, svg} from './dom.js';

const names = {
    holds: 'holds the lock',
    waits: 'waits for the lock',
    switch: 'has dropped the lock, waits until another task has it',
    ready: 'waits for a processor',
    sleeps: 'sleeps',
    io: 'waits for I/O',
    runs: 'counts without a lock',
    python: 'is in CPython, which does not tell who holds its lock',
};

function fillOf(state) {
    if (state === 'holds') return 'var(--holds)';
    return `url(#fill-${state === 'python' ? 'runs' : state})`;
}

export function stateName(state) {
    return names[state];
}

/* What the fills mean. */
export function laneKeys(states) {
    return el(
        'ul',
        {class: 'keys'},
        states.map((state) =>
            el(
                'li',
                {},
                svg(
                    'svg',
                    {'aria-hidden': 'true'},
                    svg('rect', {
                        width: '100%',
                        height: '100%',
                        style: `fill:${fillOf(state)}`,
                    }),
                ),
                names[state],
            ),
        ),
    );
}

/* Where slices are narrower than a pixel, each pixel shows what takes most of
 * it. */
function byPixel(slices, from, to, width) {
    const pixel = (to - from) / width;
    const merged = [];
    let next = 0;
    for (let x = 0; x < width; x++) {
        const begin = from + x * pixel;
        const end = begin + pixel;
        const time = {};
        while (slices[next]?.to <= begin) next++;
        for (let i = next; i < slices.length && slices[i].from < end; i++) {
            const {state} = slices[i];
            time[state] =
                (time[state] ?? 0) +
                Math.min(end, slices[i].to) -
                Math.max(begin, slices[i].from);
        }
        const [state] = Object.entries(time).sort((a, b) => b[1] - a[1])[0] ?? [
            null,
        ];
        const last = merged.at(-1);
        if (state && last?.state === state && last.to === begin) last.to = end;
        else if (state) merged.push({state, from: begin, to: end});
    }
    return merged;
}

/* One path for each state. */
function paths(slices, from, to, width, height) {
    const within = slices.filter((slice) => slice.to > from && slice.from < to);
    const shown =
        within.length > width / 8 ? byPixel(within, from, to, width) : within;
    const path = {};
    const scale = width / (to - from);
    for (const slice of shown) {
        const begin = Math.max(0, (slice.from - from) * scale);
        const end = Math.min(width, (slice.to - from) * scale);
        if (end <= begin) continue;
        path[slice.state] =
            (path[slice.state] ?? '') +
            `M${begin.toFixed(2)} 0H${end.toFixed(2)}V${height}` +
            `H${begin.toFixed(2)}Z`;
    }
    return Object.entries(path).map(([state, d]) =>
        svg('path', {d, style: `fill:${fillOf(state)}`}),
    );
}

/* A step of 1, 2 or 5 times a power of ten. */
function niceStep(least) {
    const power = 10 ** Math.floor(Math.log10(least));
    return power * [1, 2, 5, 10].find((factor) => factor * power >= least);
}

function axis(from, to, width) {
    const step = niceStep((to - from) / Math.max(2, Math.floor(width / 90)));
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    const marks = [];
    for (let i = Math.ceil(from / step - 1e-9); i * step <= to + 1e-9; i++)
        marks.push(i * step);
    return el(
        'div',
        {class: 'axis', 'aria-hidden': 'true'},
        marks.map((ms) => {
            const place = ((ms - from) / (to - from)) * 100;
            return el(
                'span',
                {style: `left:${place.toFixed(3)}%`},
                `${ms.toFixed(digits)}${ms === marks.at(-1) ? ' ms' : ''}`,
            );
        }),
    );
}

/* Lanes that redraw when their width changes. show({from, to, lanes, head}):
 * lanes are {name, slices}. `moves(ms)` is called where the reader puts the
 * head. */
export function laneFigure(label, moves, low = false) {
    const box = el('div', {
        class: `lanes${moves ? ' moves' : ''}` + (low ? ' low' : ''),
        'aria-label': label,
        role: moves ? 'slider' : 'img',
        tabindex: moves ? '0' : null,
    });
    let now = null;
    let drawn = 0;
    const heads = [];

    function putHead() {
        for (const head of heads) {
            const place = (now.head - now.from) / (now.to - now.from);
            head.hidden = !(place >= 0 && place <= 1);
            head.style.left = `${place * 100}%`;
        }
    }

    function draw() {
        const wide = box.clientWidth;
        if (!now || !wide) return;
        drawn = wide;
        const rows = [];
        heads.length = 0;
        const width = Math.max(40, Math.round(wide - 65));
        for (const lane of now.lanes) {
            const row = el(
                'div',
                {class: 'lane'},
                svg(
                    'svg',
                    {
                        viewBox: `0 0 ${width} 32`,
                        preserveAspectRatio: 'none',
                        'aria-hidden': 'true',
                    },
                    paths(lane.slices, now.from, now.to, width, 32),
                ),
            );
            if (now.head !== undefined) {
                heads.push(el('div', {class: 'head'}));
                row.append(heads.at(-1));
            }
            rows.push(
                el('span', {class: 'name', 'aria-hidden': 'true'}, lane.name),
                row,
            );
        }
        box.replaceChildren(...rows, axis(now.from, now.to, width));
        putHead();
    }

    function timeAt(event) {
        const place = box.querySelector('.lane').getBoundingClientRect();
        const part = (event.clientX - place.left) / place.width;
        return now.from + Math.min(1, Math.max(0, part)) * (now.to - now.from);
    }

    if (moves) {
        box.addEventListener('pointerdown', (event) => {
            box.setPointerCapture(event.pointerId);
            moves(timeAt(event));
        });
        box.addEventListener('pointermove', (event) => {
            if (box.hasPointerCapture(event.pointerId)) moves(timeAt(event));
        });
    }
    new ResizeObserver(() => {
        if (Math.abs(box.clientWidth - drawn) > 1) draw();
    }).observe(box);

    function describe() {
        const texts = now.lanes.map(({name, slices}) => {
            const time = {};
            for (const {state, from, to} of slices)
                time[state] =
                    (time[state] ?? 0) +
                    Math.max(
                        0,
                        Math.min(to, now.to) - Math.max(from, now.from),
                    );
            return `${name} ${Object.entries(time)
                .filter(([, ms]) => ms > 0)
                .map(([state, ms]) => `${names[state]} for ${ms.toFixed(2)} ms`)
                .join(', ')}`;
        });
        box.setAttribute('aria-label', `${label}. ${texts.join('. ')}.`);
    }

    box.show = (what) => {
        const same =
            now &&
            now.lanes === what.lanes &&
            now.from === what.from &&
            now.to === what.to &&
            drawn;
        now = what;
        if (!moves) describe();
        if (same) putHead();
        else draw();
    };
    return box;
}

/* What a task does from each event to the next, from a list of events. */
export function lanesOfEvents(events, tasks, end) {
    const lanes = [];
    for (let task = 1; task <= tasks; task++) {
        const slices = [];
        let state = null;
        let since = 0;
        const become = (next, ms) => {
            if (next === state) return;
            if (state && ms > since) slices.push({state, from: since, to: ms});
            state = next;
            since = ms;
        };
        let sleeps = 0; /* each second one is I/O */
        const own = events.filter(({task: who}) => who === task);
        for (const [i, {ms, event}] of own.entries()) {
            if (event === 'takes the lock') become('holds', ms);
            else if (event === 'waits for the lock') become('waits', ms);
            else if (event === 'waits until another has it')
                become('switch', ms);
            else if (event === 'drops the lock')
                become(
                    own[i + 1]?.event === 'waits until another has it'
                        ? 'switch'
                        : null,
                    ms,
                );
            else if (event === 'ends') become(null, ms);
            else if (event === 'sleeps')
                become(sleeps++ % 2 ? 'io' : 'sleeps', ms);
        }
        become(null, end);
        lanes.push({name: `task ${task}`, slices});
    }
    return lanes;
}
