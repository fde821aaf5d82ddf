/* SPDX-License-Identifier: MIT
 *
 * Part 6: a real run above its virtual twin, and what differs.
 */
import {el, fixed, guess, table, twin} from './dom.js';
import {readTrace, virtualLanes} from './lab.js';
import {laneFigure, laneKeys} from './lanes.js';
import {sampleTrace} from './sample.js';

const WINDOW_MS = 100;
const MOST_TASKS = 16;
const MOST_BYTES = 50e6;

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted.length ? sorted[Math.floor((sorted.length - 1) / 2)] : 0;
}

/* The figures that the two runs are compared by. */
function figuresOf(lanes) {
    const holds = lanes
        .flatMap(({slices}, task) =>
            slices
                .filter(({state}) => state === 'holds')
                .map(({from, to}) => ({task, from, to})),
        )
        .sort((a, b) => a.from - b.from);
    const end = Math.max(
        0,
        ...lanes.flatMap(({slices}) => slices.map(({to}) => to)),
    );
    const begin = Math.min(
        end,
        ...lanes.flatMap(({slices}) => slices.map(({from}) => from)),
    );
    const waits = lanes.flatMap(({slices}) =>
        slices
            .filter(({state}) => state === 'waits')
            .map(({from, to}) => to - from),
    );
    let handoffs = 0;
    let together = 0;
    let until = 0;
    let last = null;
    for (const hold of holds) {
        if (last !== null && hold.task !== last.task) handoffs++;
        together += Math.max(0, Math.min(until, hold.to) - hold.from);
        until = Math.max(until, hold.to);
        last = hold;
    }
    const length = end - begin;
    return {
        length,
        handoffs,
        together,
        perSecond: length > 0 ? (handoffs / length) * 1e3 : 0,
        hold: median(holds.map(({from, to}) => to - from)),
        longest: Math.max(0, ...holds.map(({from, to}) => to - from)),
        wait: median(waits),
    };
}

function compared(real, twinRun) {
    const said = [];
    const ratio = real.perSecond / twinRun.perSecond;
    if (ratio < 0.9)
        said.push(
            'The real lock changes hands less often. Something delays the ' +
                'hand-offs: wake-ups are later, or other programs use the ' +
                'processors.',
        );
    else if (ratio > 1.1) said.push('The real lock changes hands more often.');
    if (real.wait > 1.2 * twinRun.wait)
        said.push(
            'A real task waits longer for the lock: after its 5 ms it ' +
                'asks, but the holder or the wake-up is late.',
        );
    if (real.longest > 1.5 * twinRun.longest)
        said.push(
            `Once a real task held the lock for ${fixed(real.longest, 1)} ` +
                'ms. It may have lost its processor, or the other task woke ' +
                'late.',
        );
    if (real.length > 1.1 * twinRun.length)
        said.push('The real run took longer as a whole.');
    if (!said.length)
        said.push('The two runs differ by a tenth at most in these figures.');
    return said;
}

/* What the virtual machine should do: the run's lock, tasks and length. */
function twinOf(real) {
    const lock = /lock (\w+)/.exec(real.name)?.[1] ?? 'interval';
    const counting = real.lanes.map(({slices}) =>
        slices
            .filter(({state}) => state === 'holds' || state === 'runs')
            .reduce((sum, {from, to}) => sum + to - from, 0),
    );
    const seconds = median(counting) / 1e3;
    return {
        lock,
        seconds: Math.min(60, Math.max(0.001, seconds)),
        tasks: real.lanes.length,
    };
}

export async function part6(section, saved, changed) {
    const figure = section.querySelector('.figure');
    const state = {
        guess: saved.guess,
        from: Number(saved.from) || 0,
        sample: Boolean(saved.sample),
    };
    const error = el('p', {class: 'verdict wrong', role: 'alert'});
    const result = el('div');
    const file = el('input', {
        type: 'file',
        accept: '.json,application/json',
        id: 'trace',
        onchange: () => {
            if (file.files[0]) open(file.files[0]);
        },
    });
    const area = el(
        'div',
        {class: 'drop'},
        el('label', {for: 'trace'}, 'Drop a trace file here, or choose one: '),
        file,
        el(
            'div',
            {class: 'buttons'},
            el(
                'button',
                {
                    type: 'button',
                    onclick: () => {
                        state.sample = true;
                        changed(state);
                        show(
                            sampleTrace,
                            'A run of ours: lab 05, two tasks, on a busy ' +
                                'machine with two processors',
                        );
                    },
                },
                'I have none: show one of yours',
            ),
        ),
    );

    async function open(chosen) {
        error.textContent = '';
        state.sample = false;
        if (chosen.size > MOST_BYTES) {
            error.textContent = `${chosen.name} is too large: 50 MB at most.`;
            return;
        }
        await show(await chosen.text(), chosen.name);
        changed(state);
    }

    async function show(text, name) {
        error.textContent = '';
        try {
            await compare(readTrace(text), name);
        } catch (wrong) {
            result.replaceChildren();
            error.textContent =
                `${name} is not a trace of a lab: ` +
                `${wrong.message}. A lab's --trace writes one.`;
        }
    }

    async function compare(real, name) {
        const settings = twinOf(real);
        if (real.lanes.length > MOST_TASKS)
            throw new Error(
                `it has ${real.lanes.length} tasks, and ` +
                    `${MOST_TASKS} is the most that fit here`,
            );
        const first = Math.min(
            ...real.lanes.flatMap(({slices}) => slices.map(({from}) => from)),
        );
        const shifted = real.lanes.map(({slices}, i) => ({
            name: `task ${i + 1}`,
            slices: slices.map(({state: what, from, to}) => ({
                state: what,
                from: from - first,
                to: to - first,
            })),
        }));
        const argv = [
            '--lock',
            settings.lock,
            '--tasks',
            String(settings.tasks),
            '--seconds',
            settings.seconds.toFixed(4),
        ];
        const twinRun = await virtualLanes(argv);
        const lanes = twinRun.lanes.map(({slices}, i) => ({
            name: `task ${i + 1}`,
            slices,
        }));
        const ours = figuresOf(shifted);
        const theirs = figuresOf(lanes);
        const end = Math.max(ours.length, theirs.length);
        const span = Math.min(WINDOW_MS, end);
        const realLanes = laneFigure('The real run');
        const virtualBox = laneFigure('The virtual run');
        const from = el('input', {
            type: 'range',
            min: '0',
            step: '1',
            max: String(Math.max(0, Math.ceil(end - span))),
            oninput: () => {
                state.from = Number(from.value);
                showLanes();
                changed(state);
            },
        });
        const output = el('output');
        const showLanes = () => {
            const begin = Math.min(state.from, Number(from.max));
            from.value = String(begin);
            output.textContent = ` ${begin} to ${fixed(begin + span, 0)} ms`;
            realLanes.show({from: begin, to: begin + span, lanes: shifted});
            virtualBox.show({from: begin, to: begin + span, lanes});
        };
        const used = new Set(
            shifted
                .concat(lanes)
                .flatMap(({slices}) => slices.map(({state: what}) => what)),
        );
        const row = (text, key, digits) => [
            text,
            fixed(ours[key], digits),
            fixed(theirs[key], digits),
        ];
        result.replaceChildren(
            el(
                'p',
                {},
                `${name}: ${real.name || 'no name'}. ` +
                    (real.lost
                        ? `The lab could not record ${real.lost} slices.`
                        : ''),
            ),
            el('label', {}, 'Both show', output, from),
            el('h3', {}, 'The real run'),
            realLanes,
            el(
                'h3',
                {},
                `The virtual run: lock ${settings.lock}, ${settings.tasks} ` +
                    `tasks of ${fixed(settings.seconds, 3)} s`,
            ),
            virtualBox,
            laneKeys(
                ['holds', 'waits', 'io', 'sleeps', 'runs'].filter((what) =>
                    used.has(what),
                ),
            ),
            el('h3', {}, 'What differs'),
            table(
                'The two runs',
                ['figure', '>real', '>virtual'],
                [
                    row('the whole run, ms', 'length', 1),
                    row('hand-offs', 'handoffs', 0),
                    row('hand-offs a second', 'perSecond', 0),
                    row('a holder keeps it, median, ms', 'hold', 2),
                    row('longest, ms', 'longest', 2),
                    row('a task waits for it, median, ms', 'wait', 2),
                ],
            ),
            ours.together > 0.1
                ? el(
                      'p',
                      {},
                      'In the real run two tasks seem to hold the lock at ' +
                          'the same moment. Is it a run without a lock?',
                  )
                : '',
            el(
                'ul',
                {},
                compared(ours, theirs).map((text) => el('li', {}, text)),
            ),
            el(
                'p',
                {class: 'note'},
                'A wake-up takes 0.05 ms on the virtual machine.',
            ),
            twin(() =>
                table(
                    'The slices shown, up to 80',
                    ['run', 'task', 'what', '>from ms', '>to ms'],
                    [
                        ['real', shifted],
                        ['virtual', lanes],
                    ]
                        .flatMap(([which, all]) =>
                            all.flatMap(({name: task, slices}) =>
                                slices
                                    .filter(
                                        (slice) =>
                                            slice.to > state.from &&
                                            slice.from < state.from + span,
                                    )
                                    .slice(0, 20)
                                    .map((slice) => [
                                        which,
                                        task,
                                        slice.state,
                                        fixed(slice.from, 3),
                                        fixed(slice.to, 3),
                                    ]),
                            ),
                        )
                        .slice(0, 80),
                ),
            ),
        );
        showLanes();
    }

    area.addEventListener('dragover', (event) => {
        event.preventDefault();
        area.classList.add('over');
    });
    area.addEventListener('dragleave', () => area.classList.remove('over'));
    area.addEventListener('drop', (event) => {
        event.preventDefault();
        area.classList.remove('over');
        if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
    });

    guess(
        section,
        'How will a real run of two counting tasks differ from the ' +
            'virtual one?',
        [
            {text: 'not at all'},
            {
                text: 'its hand-offs will come at less regular times',
                right: true,
            },
            {text: 'two tasks will hold the lock at the same moment'},
        ],
        () =>
            'A real machine has other programs, and its wake-ups do not all ' +
            'take the same time. But the steps of the lock are the same.',
        saved.guess,
        async (i, before) => {
            state.guess = i;
            figure.replaceChildren(area, error, result);
            if (state.sample)
                await show(
                    sampleTrace,
                    'A run of ours: lab 05, two tasks, on a busy ' +
                        'machine with two processors',
                );
            if (!before) changed(state);
        },
    );
}
