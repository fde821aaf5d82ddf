/* SPDX-License-Identifier: MIT
 *
 * Part 6: a real run above its virtual twin, and what differs.
 */
import {el, fixed, guess, table, twin} from './dom.js';
import {readTrace, virtualLanes} from './lab.js';
import {laneFigure, laneKeys, stateName} from './lanes.js';
import {sampleTrace} from './sample.js';

const WINDOW_MS = 100;
const MOST_TASKS = 16;
const MOST_BYTES = 50e6;

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted.length ? sorted[Math.floor((sorted.length - 1) / 2)] : 0;
}

function most(values) {
    return values.reduce((a, b) => Math.max(a, b), 0);
}

/* The figures that the two runs are compared by; both begin at 0. */
function figuresOf(lanes) {
    const all = lanes.flatMap(({slices}, task) =>
        slices.map((slice) => ({...slice, task})),
    );
    const lengths = (state) =>
        all
            .filter((slice) => slice.state === state)
            .map(({from, to}) => to - from);
    const holders = all
        .filter(({state}) => state === 'holds')
        .sort((a, b) => a.from - b.from);
    const handoffs = holders.filter(
        ({task}, i) => i > 0 && task !== holders[i - 1].task,
    ).length;
    const length = most(all.map(({to}) => to));
    return {
        length,
        handoffs,
        perSecond: length > 0 ? (handoffs / length) * 1e3 : 0,
        hold: median(lengths('holds')),
        longest: most(lengths('holds')),
        wait: median(lengths('waits')),
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
            'A real task waits longer for the lock: the holder sees the ' +
                'request late, or the wake-up is late.',
        );
    if (real.longest > 1.5 * twinRun.longest)
        said.push(
            `Once a real task held the lock for ${fixed(real.longest, 1)} ` +
                'ms. It may have lost its processor, or the other task woke ' +
                'late.',
        );
    if (!twinRun.isShorter && real.length > 1.1 * twinRun.length)
        said.push('The real run took longer as a whole.');
    if (!said.length)
        said.push('The two runs differ by a tenth at most in these figures.');
    return said;
}

/* What the virtual machine should do: the run's lock, tasks and length. The
 * older locks change hands so often that a short run must do. null: the run's
 * tasks do not only count, or not at the same time. */
function twinOf(real) {
    const counting = real.lanes.map(({slices}) =>
        slices
            .filter(({state}) => state === 'holds' || state === 'runs')
            .reduce((sum, {from, to}) => sum + to - from, 0),
    );
    const rests = real.lanes.some(({slices}) =>
        slices.some(({state}) => state === 'io' || state === 'sleeps'),
    );
    if (rests || real.name.startsWith('serial') || !most(counting)) return null;
    const lock =
        /lock (none|mutex|ticks|interval)/.exec(real.name)?.[1] ?? 'none';
    const limit = {mutex: 0.005, ticks: 0.1}[lock] ?? 20;
    const seconds = median(counting) / 1e3;
    return {
        lock,
        seconds: Math.min(limit, Math.max(0.001, seconds)),
        isShorter: seconds > limit,
        tasks: real.lanes.length,
    };
}

/* Named, and from 0 on. */
function shiftedLanes(lanes) {
    const first = lanes
        .flatMap(({slices}) => slices)
        .reduce((least, {from}) => Math.min(least, from), Infinity);
    return lanes.map(({slices}, i) => ({
        name: `task ${i + 1}`,
        slices: slices.map((slice) => ({
            ...slice,
            from: slice.from - first,
            to: slice.to - first,
        })),
    }));
}

async function twinLanes({lock, tasks, seconds}) {
    const run = await virtualLanes([
        '--lock',
        lock,
        '--tasks',
        String(tasks),
        '--seconds',
        seconds.toFixed(4),
    ]);
    return shiftedLanes(run.lanes);
}

function differences(real, virtual) {
    const row = (text, key, digits) => [
        text,
        fixed(real[key], digits),
        fixed(virtual[key], digits),
    ];
    return [
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
        el(
            'ul',
            {},
            compared(real, virtual).map((text) => el('li', {}, text)),
        ),
        el(
            'p',
            {class: 'note'},
            'On the virtual machine a wake-up takes 0.05 ms, and its tasks ' +
                'only count. ' +
                (virtual.isShorter
                    ? 'Its run is shorter: this lock changes hands very often.'
                    : ''),
        ),
    ];
}

export async function part6(section, saved, changed) {
    const figure = section.querySelector('.figure');
    const state = {
        guess: saved.guess,
        from: Number(saved.from) || 0,
        sample: Boolean(saved.sample),
    };
    const error = el('p', {class: 'verdict wrong', role: 'alert'});
    const head = el('div');
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
            const runs = readTrace(text);
            const select = el(
                'select',
                {onchange: () => compare(runs[Number(select.value)])},
                runs.map((run, i) =>
                    el('option', {value: i}, run.name || `run ${i + 1}`),
                ),
            );
            head.replaceChildren(
                el('p', {}, `${name}: ${runs[0].name || 'no name'}.`),
                runs.length > 1 ? el('label', {}, 'The run: ', select) : '',
            );
            await compare(runs[0]);
        } catch (wrong) {
            head.replaceChildren();
            result.replaceChildren();
            error.textContent =
                `${name} is not a trace of a lab: ` +
                `${wrong.message}. A lab's --trace writes one.`;
        }
    }

    /* The real run, above its twin if it has one. */
    async function compare(run) {
        if (run.lanes.length > MOST_TASKS)
            throw new Error(
                `it has ${run.lanes.length} tasks, and ${MOST_TASKS} is the ` +
                    'most that fit here',
            );
        const settings = twinOf(run);
        const real = shiftedLanes(run.lanes);
        const virtual = settings ? await twinLanes(settings) : [];
        const ours = figuresOf(real);
        const theirs = {...figuresOf(virtual), ...settings};
        const end = Math.max(ours.length, theirs.length);
        const span = Math.min(WINDOW_MS, end);
        const realBox = laneFigure('The real run');
        const virtualBox = laneFigure('The virtual run');
        const output = el('output');
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
        const begin = () => Math.min(state.from, Number(from.max));
        function showLanes() {
            const place = {from: begin(), to: begin() + span};
            from.value = String(begin());
            output.textContent = ` ${begin()} to ${fixed(place.to, 0)} ms`;
            realBox.show({...place, lanes: real});
            if (settings) virtualBox.show({...place, lanes: virtual});
        }
        const used = real
            .concat(virtual)
            .flatMap(({slices}) => slices.map(({state: what}) => what));
        const slicesOf = (which, lanes) =>
            lanes.flatMap(({name, slices}) =>
                slices
                    .filter(
                        (slice) =>
                            slice.to > begin() && slice.from < begin() + span,
                    )
                    .slice(0, 20)
                    .map((slice) => [
                        which,
                        name,
                        stateName(slice.state),
                        fixed(slice.from, 3),
                        fixed(slice.to, 3),
                    ]),
            );
        result.replaceChildren(
            run.lost
                ? el('p', {}, `The lab could not record ${run.lost} slices.`)
                : '',
            el('label', {}, 'Shown', output, from),
            el('h3', {}, 'The real run'),
            realBox,
            ...(settings
                ? [
                      el(
                          'h3',
                          {},
                          `The virtual run: lock ${settings.lock}, ` +
                              `${settings.tasks} task` +
                              `${settings.tasks === 1 ? '' : 's'} of ` +
                              `${fixed(settings.seconds, 3)} s`,
                      ),
                      virtualBox,
                  ]
                : [
                      el(
                          'p',
                          {},
                          'Only tasks that count at the same time have a twin.',
                      ),
                  ]),
            laneKeys(
                ['holds', 'waits', 'io', 'sleeps', 'runs', 'python'].filter(
                    (what) => used.includes(what),
                ),
            ),
            ...(settings ? differences(ours, theirs) : []),
            twin(() =>
                table(
                    'The first slices shown of each task',
                    ['run', 'task', 'what', '>from ms', '>to ms'],
                    [
                        ...slicesOf('real', real),
                        ...slicesOf('virtual', virtual),
                    ],
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
            figure.replaceChildren(area, error, head, result);
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
