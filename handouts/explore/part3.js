/* SPDX-License-Identifier: MIT
 *
 * Part 3: turn the screws of the lock and of the machine.
 */
import {el, fixed, guess, keepTogether, svg, table, twin} from './dom.js';
import {virtual, virtualLanes} from './lab.js';
import {laneFigure, laneKeys, lanesOfEvents, stateName} from './lanes.js';
import {oneOf} from './state.js';

const INTERVALS = [
    50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000,
];
const WAKES = [5, 10, 20, 50, 100, 175, 250, 350, 500];
const POST = {
    lock: 'interval',
    interval: 5000,
    wake: 175,
    tasks: 2,
    processors: 2,
    io: false,
};
const USUAL = {...POST, wake: 50};

/* Its name, where it is found, and how it works. */
const locks = [
    [
        'interval',
        'Python since 3.2',
        'A task that has waited for the switch interval asks the holder to ' +
            'drop the lock.',
    ],
    [
        'ticks',
        'Python up to 3.1',
        'The holder drops the lock after every 100 additions, and takes it ' +
            'again.',
    ],
    [
        'mutex',
        'the obvious try',
        'The holder drops the lock after each addition, and takes it again.',
    ],
    ['none', 'no lock', 'Every task counts when it has a processor.'],
];

/* Locks that change hands more often are shown for less time: an answer takes
 * at most some 100 hand-offs, whatever is chosen. */
function spanMs({lock, interval, tasks, wake}) {
    if (lock === 'mutex') return 0.05;
    if (lock === 'ticks') return Math.min(tasks > 2 ? 1 : 3, wake / 10);
    return lock === 'none' || interval >= 1000 ? 100 : interval >= 200 ? 20 : 2;
}

/* All tasks together count for so many times what is shown, so that mostly no
 * task ends within it. Without a lock each of them, 8 at most, needs it all. */
const WORK = {interval: 1.2, ticks: 1.6, mutex: 1.6, none: 8};

/* What an addition takes where nobody else wants the lock. */
const ADDITION_NS = {interval: 5, ticks: 7, mutex: 105, none: 5};

/* --count, for --seconds does not take less than a ms. */
function countOf(set, ms) {
    return ['--count', String(Math.ceil((ms * 1e6) / ADDITION_NS[set.lock]))];
}

/* Long enough for some hundred hand-offs, and not for many more. */
function secondsOf(set) {
    const seconds = {
        mutex: 0.002 / set.tasks,
        ticks: 0.012 / set.tasks,
        none: 1,
        interval: (450e-6 * (set.interval + 2 * set.wake)) / set.tasks,
    }[set.lock];
    return Math.min(1, Number(seconds.toPrecision(2)));
}

function machineOf(set) {
    return [
        '--lock',
        set.lock,
        '--tasks',
        String(set.tasks),
        '--processors',
        String(set.processors),
        '--wake',
        String(set.wake),
        ...(set.lock === 'interval'
            ? ['--interval', String(set.interval)]
            : []),
        ...(set.io ? ['--io', '20:1'] : []),
    ];
}

function isPost(set) {
    return Object.keys(POST).every((key) => set[key] === POST[key]);
}

function msText(us) {
    return `${us / 1000} ms`;
}

/* Five questions: found when the figures say so. `seen` are figures of earlier
 * settings in this sitting. */
const questions = [
    {
        ask: 'Make the total half as long as one by one.',
        found: (set, run) => run.ratio?.total <= 0.6,
        why:
            'Without a lock two tasks count at the same moment, on two ' +
            'processors. No setting of a lock can do that.',
    },
    {
        ask:
            'Keep the lock interval. Make the total at least 1.8 times as ' +
            'long as one by one.',
        found: (set, run) => set.lock === 'interval' && run.ratio?.total >= 1.8,
        why:
            'When the lock is dropped, nobody counts until the next task is ' +
            'awake. If a wake-up is much longer than the interval, nearly ' +
            'half of the time is lost.',
    },
    {
        ask:
            'Let a task do I/O. Bring the median of its waits for the lock ' +
            'below 1 ms.',
        found: (set, run) =>
            set.lock === 'interval' && run.runs[0].wait_p50_us < 1000,
        why:
            'After each I/O the task waits a whole interval before it asks. ' +
            'Then it needs one wake-up. So p50 is the interval and a wake-up.',
    },
    {
        ask:
            'Take the lock ticks. See how CPU/wall changes from one ' +
            'processor to two.',
        found: (set, run, seen) => seen.has('ticks 1') && seen.has('ticks 2'),
        why:
            'On two processors the woken task runs while the holder takes ' +
            'the lock back. It looks, and mostly comes too late. That work ' +
            'is for nothing, and it is counted. On one processor it cannot ' +
            'run at that moment.',
    },
    {
        ask:
            'Do four tasks hand the lock over more often than two? Try it ' +
            'with interval, 5 ms.',
        found: (set, run, seen) => seen.has('tasks 2') && seen.has('tasks 4'),
        why:
            'There is about one hand-off in an interval, however many tasks ' +
            'wait. With four tasks, each one waits longer until it gets the ' +
            'lock again.',
    },
];

/* Short times are in ms. */
function figureRows(run, inMs) {
    const time = (s) => (inMs ? fixed(1000 * s, 2) : fixed(s, 3));
    const row = (
        name,
        {task, total_s: total, cpu_per_wall: cpu, handoffs_per_s: handoffs},
    ) => {
        const counting = task.filter(({result}) => result !== '0');
        const each =
            counting.reduce((sum, {wall_s: s}) => sum + s, 0) /
            Math.max(1, counting.length);
        return [
            name,
            time(each),
            time(total),
            fixed(cpu, 2),
            handoffs?.toLocaleString('en') ?? '-',
        ];
    };
    const [threads, serial] = run.runs;
    const rows = [row('at once', threads)];
    if (serial) rows.push(row('one by one', serial));
    return rows;
}

function headings(inMs) {
    const unit = inMs ? 'ms' : 's';
    return [
        'the tasks run',
        `>each ${unit}`,
        `>total ${unit}`,
        '>CPU/wall',
        '>hand-offs/s',
    ];
}

export async function part3(section, saved, changed) {
    const figure = section.querySelector('.figure');
    const state = {guess: saved.guess, set: {...USUAL}, found: []};
    for (const key of Object.keys(USUAL))
        if (typeof saved.set?.[key] === typeof USUAL[key])
            state.set[key] = saved.set[key];
    if (Array.isArray(saved.found))
        state.found = saved.found.filter((i) => oneOf(questions, i) !== null);
    const set = state.set;
    if (!locks.some(([lock]) => lock === set.lock)) set.lock = USUAL.lock;
    const seen = new Set();
    const lanes = laneFigure('What each task does', null, true);
    const lanesText = el('p', {class: 'note', 'aria-live': 'polite'});
    const keys = el('div');
    const bars = el('div', {class: 'bars'});
    const noBars = el(
        'p',
        {class: 'note', hidden: true},
        'The lab could not record where the time went: there are too many ' +
            'hand-offs.',
    );
    const figures = el('div', {'aria-live': 'polite'});
    const list = el('ol', {class: 'questions'});
    let newest = 0;
    let drawn = null;
    let shares = [];

    function slider(name, key, values, text) {
        const output = el('output');
        const input = el('input', {
            type: 'range',
            min: '0',
            max: String(values.length - 1),
            step: '1',
            oninput: () => {
                set[key] = values[Number(input.value)];
                turned();
            },
        });
        const label = el('label', {}, name, output, input);
        label.refresh = () => {
            const at = values.findIndex((value) => value >= set[key]);
            set[key] = values[at < 0 ? values.length - 1 : at];
            input.value = String(values.indexOf(set[key]));
            output.textContent = text(set[key]);
            input.setAttribute('aria-valuetext', text(set[key]));
        };
        return label;
    }

    const lock = el(
        'select',
        {
            onchange: () => {
                set.lock = lock.value;
                turned();
            },
        },
        locks.map(([value, found]) =>
            el('option', {value}, `${value}: ${found}`),
        ),
    );
    const io = el('input', {
        type: 'checkbox',
        onchange: () => {
            set.io = io.checked;
            turned();
        },
    });
    const count = (most) => Array.from({length: most}, (_, i) => i + 1);
    const sliders = [
        slider('switch interval', 'interval', INTERVALS, msText),
        slider('a wake-up takes', 'wake', WAKES, (us) => `${us} us`),
        slider('tasks', 'tasks', count(8), String),
        slider('processors', 'processors', count(4), String),
    ];
    const screws = el(
        'div',
        {class: 'screws'},
        el('label', {}, 'the lock', el('br'), lock),
        sliders,
        el('label', {class: 'check'}, io, 'task 1 does I/O: 1 ms in 20 ms'),
    );
    const lockText = el('p', {class: 'note'});
    const presets = el(
        'div',
        {class: 'buttons'},
        el(
            'button',
            {type: 'button', onclick: () => preset(POST)},
            'The post’s settings',
        ),
        el(
            'button',
            {type: 'button', onclick: () => preset(USUAL)},
            'As at the beginning',
        ),
    );

    function preset(values) {
        Object.assign(set, values);
        turned();
    }

    function showControls() {
        lock.value = set.lock;
        lockText.textContent = locks.find(([name]) => name === set.lock)[2];
        io.checked = set.io;
        sliders.forEach((label) => label.refresh());
        sliders[0].querySelector('input').disabled = set.lock !== 'interval';
    }

    function showBars(run) {
        noBars.hidden = run.runs[0].task.some(({spent}) => spent);
        const order = ['holds', 'runs', 'waits', 'ready', 'sleeps', 'io'];
        shares = run.runs[0].task.map(({spent}) => spent ?? {});
        bars.replaceChildren(
            ...shares.flatMap((spent, i) => {
                let left = 0;
                const parts = order
                    .filter((kind) => spent[kind])
                    .map((kind) => {
                        const rect = svg('rect', {
                            x: `${left}%`,
                            width: `${spent[kind]}%`,
                            height: '100%',
                            style:
                                kind === 'holds'
                                    ? 'fill:var(--holds)'
                                    : `fill:url(#fill-${kind})`,
                        });
                        left += spent[kind];
                        return rect;
                    });
                const text = order
                    .filter((kind) => spent[kind])
                    .map((kind) => `${stateName(kind)} ${spent[kind]} %`)
                    .join(', ');
                return [
                    el(
                        'span',
                        {class: 'name', 'aria-hidden': 'true'},
                        `task ${i + 1}`,
                    ),
                    el(
                        'div',
                        {
                            class: 'bar',
                            role: 'img',
                            'aria-label': `task ${i + 1}: ${text}`,
                            title: text,
                        },
                        svg('svg', {'aria-hidden': 'true'}, parts),
                    ),
                ];
            }),
        );
    }

    function showQuestions() {
        list.replaceChildren(
            ...questions.map(({ask, why}, i) => {
                const found = state.found.includes(i);
                return el(
                    'li',
                    {},
                    found ? el('span', {class: 'tick'}, '✓ found. ') : '',
                    ask,
                    found ? el('p', {class: 'note'}, why) : '',
                );
            }),
        );
    }

    function lanesSaid(span) {
        const what = `The first ${span} ms.`;
        if (set.lock === 'mutex')
            return (
                `These are ${span} ms. They begin when a task takes the lock ` +
                'for the first time. A lane shows at each place what takes ' +
                'most of the time there.'
            );
        if (set.lock === 'none' && set.tasks > set.processors)
            return (
                `${what} There are more tasks than processors. The lanes do ` +
                'not show who has one: the bars below do.'
            );
        return what;
    }

    /* Events tell more than a trace: after the lock is dropped, nobody holds it
     * until the next task is awake, and times are exact. But ticks has too many
     * of them: it drops the lock 100 times before another task is awake. */
    async function lanesOf(span) {
        const counting = Math.max(1, set.tasks - (set.io ? 1 : 0));
        const alone = (WORK[set.lock] * span) / counting;
        const argv = [...machineOf(set), ...countOf(set, alone)];
        const {tasks} = set;
        if (set.lock === 'interval' || set.lock === 'mutex') {
            const {events} = await virtual([...argv, '--events']);
            const taken = events.find(({event}) => event === 'takes the lock');
            const from =
                set.lock === 'mutex' ? Math.floor(taken.ms * 100) / 100 : 0;
            const last = events.findIndex(({ms}) => ms > from + span);
            return {
                from,
                lanes: lanesOfEvents(
                    last < 0 ? events : events.slice(0, last),
                    tasks,
                    last < 0 ? events.at(-1).ms : from + span,
                ),
            };
        }
        const {lanes: all} = await virtualLanes(argv);
        return {
            from: 0,
            lanes: all.map(({task, slices}) => ({
                name: `task ${task}`,
                slices,
            })),
        };
    }

    async function showLanes(mine) {
        const span = spanMs(set);
        const {from, lanes: shown} = await lanesOf(span);
        if (mine !== newest) return;
        drawn = {from, to: from + span, lanes: shown};
        lanes.show(drawn);
        lanesText.textContent = keepTogether(lanesSaid(span));
        keys.replaceChildren(
            laneKeys([
                ...(set.lock === 'none' ? ['runs'] : ['holds', 'waits']),
                ...(set.lock === 'interval' ? ['switch'] : []),
                'ready',
                ...(set.io ? ['sleeps', 'io'] : []),
            ]),
        );
    }

    function waitText(run) {
        const wait = run.runs[0].wait_p50_us;
        if (wait !== undefined && set.lock !== 'none')
            return (
                'After an I/O task 1 waits for the lock for ' +
                `${fixed(wait / 1000, 3)} ms. This is p50, the median.`
            );
        if (!run.ratio) return '';
        const compared =
            'Compared with one by one, each takes ' +
            `${fixed(run.ratio.each, 2)} times as long. The total is ` +
            `${fixed(run.ratio.total, 2)} times as long.`;
        const {handoffs} = run.runs[0];
        return isPost(set)
            ? `${compared} The lock changes hands ` +
                  `${handoffs.toLocaleString('en')} times. Each time nobody ` +
                  `counts for about ${set.wake} us. Together that is ` +
                  `${fixed((handoffs * set.wake) / 1e6, 2)} s.`
            : compared;
    }

    async function showFigures(mine) {
        const seconds = secondsOf(set);
        const inMs = !isPost(set) && seconds < 0.1;
        const run = await virtual([
            ...machineOf(set),
            ...(isPost(set) ? ['--document'] : countOf(set, 1000 * seconds)),
        ]);
        if (mine !== newest) return;
        showBars(run);
        const rows = figureRows(run, inMs);
        if (isPost(set))
            rows.push(
                ['the post, at once', '14.67', '14.69', '', ''],
                ['the post, one by one', '7.09', '14.18', '', ''],
            );
        figures.replaceChildren(
            table(
                isPost(set)
                    ? 'As in the post: a task alone takes 7.09 s'
                    : `Tasks that take ${
                          inMs
                              ? `${Number((1000 * seconds).toPrecision(2))} ms`
                              : `${seconds} s`
                      } alone`,
                headings(inMs),
                rows,
            ),
            el('p', {}, waitText(run)),
        );
        if (set.lock === 'ticks' && set.processors <= 2 && set.tasks > 1)
            seen.add(`ticks ${set.processors}`);
        if (set.lock === 'interval' && set.interval === 5000 && !set.io)
            seen.add(`tasks ${set.tasks}`);
        questions.forEach(({found}, i) => {
            if (!state.found.includes(i) && found(set, run, seen))
                state.found.push(i);
        });
        showQuestions();
        changed(state);
    }

    /* While a run goes on, only the newest of the settings waits for the next
     * one. */
    let timer = 0;
    let running = false;
    async function turned() {
        newest++;
        showControls();
        clearTimeout(timer);
        if (running) return;
        running = true;
        try {
            for (let mine = 0; mine !== newest;) {
                mine = newest;
                await showLanes(mine);
            }
        } finally {
            running = false;
        }
        timer = setTimeout(async () => {
            await showFigures(newest);
            twins.refresh();
        }, 100);
    }

    const twins = twin(() => [
        table(
            'Where each task’s time went, in percent',
            [
                'task',
                '>holds the lock',
                '>counts without a lock',
                '>waits for it',
                '>waits for a processor',
                '>sleeps',
                '>I/O',
            ],
            shares.map((spent, i) => [
                `task ${i + 1}`,
                ...['holds', 'runs', 'waits', 'ready', 'sleeps', 'io'].map(
                    (kind) => spent[kind] ?? 0,
                ),
            ]),
        ),
        table(
            'The lanes: the first 20 pieces of each task',
            ['task', 'what', '>from ms', '>to ms'],
            (drawn?.lanes ?? []).flatMap(({name, slices}) =>
                slices
                    .filter(({from, to}) => from < drawn.to && to > drawn.from)
                    .slice(0, 20)
                    .map(({state: what, from, to}) => [
                        name,
                        stateName(what),
                        fixed(from, drawn.to - drawn.from < 1 ? 6 : 3),
                        fixed(to, drawn.to - drawn.from < 1 ? 6 : 3),
                    ]),
            ),
        ),
    ]);

    guess(
        section,
        'How long does each of the two take then?',
        [
            {text: 'about half a second'},
            {text: 'about a second'},
            {text: 'about two seconds', right: true},
        ],
        () =>
            'Each one counts for half of the time, and waits for the other ' +
            'half. So each takes two seconds, and the total stays as it was.',
        saved.guess,
        async (i, before) => {
            state.guess = i;
            figure.replaceChildren(
                screws,
                lockText,
                presets,
                lanesText,
                lanes,
                keys,
                el('h3', {}, 'Where the time went'),
                bars,
                noBars,
                figures,
                twins,
                el(
                    'p',
                    {class: 'note'},
                    'The post is the blog post of 2018 whose ' +
                        'measurements the labs repeat: “An Interesting ' +
                        'Example on Demonstrating the Feature of Threading ' +
                        'in Python”. Its two tasks took 14.67 s each under ' +
                        'the lock.',
                ),
                el('h3', {}, 'Five questions'),
                list,
            );
            showQuestions();
            await turned();
            if (!before) changed(state);
        },
    );
}
