/* SPDX-License-Identifier: MIT
 *
 * Part 2: the reader draws a lane, then sees the truth over it.
 */
import {allow, el, fixed, keepTogether, table, twin} from './dom.js';
import {virtual} from './lab.js';
import {laneFigure, laneKeys, lanesOfEvents} from './lanes.js';
import {oneOf} from './state.js';

const CELLS = 20; /* of 1 ms */

const scenes = [
    {
        name: 'two tasks, 5 ms',
        tasks: 2,
        interval: 5000,
        wake: 50,
        text:
            'Two tasks count. The switch interval is 5 ms, and a wake-up ' +
            'takes 0.05 ms. Task 2 takes the lock first, at 0.02 ms.',
    },
    {
        name: 'a slow wake-up',
        tasks: 2,
        interval: 2000,
        wake: 1000,
        text:
            'Two tasks count. The switch interval is 2 ms, but a wake-up ' +
            'takes 1 ms. Task 2 takes the lock first, at 0.02 ms. Task 1 ' +
            'begins at 1 ms.',
    },
    {
        name: 'three tasks',
        tasks: 3,
        interval: 5000,
        wake: 50,
        text:
            'Three tasks count. The switch interval is 5 ms, and a wake-up ' +
            'takes 0.05 ms. Task 3 takes the lock first, at 0.02 ms.',
    },
];

/* The cells in which the lock is held for more than half of the time. */
function truthOf(slices) {
    return Array.from({length: CELLS}, (_, cell) => {
        let held = 0;
        for (const {state, from, to} of slices)
            if (state === 'holds')
                held += Math.max(
                    0,
                    Math.min(to, cell + 1) - Math.max(from, cell),
                );
        return held > 0.5;
    });
}

function eventOf(events, cell) {
    const said = events
        .filter(
            ({ms, event}) =>
                ms < cell + 1 &&
                (event === 'takes the lock' || event === 'drops the lock'),
        )
        .at(-1);
    return said
        ? `At ${fixed(said.ms, 2)} ms task ${said.task} ${said.event}.`
        : 'Nobody has taken the lock yet.';
}

export async function part2(section, saved, changed) {
    const figure = section.querySelector('.figure');
    const state = {
        scene: oneOf(scenes, saved.scene) ?? 0,
        cells: /^[01]{20}$/.test(saved.cells) ? saved.cells : '0'.repeat(CELLS),
        shown: Boolean(saved.shown),
    };
    const text = el('p');
    const chooser = el(
        'div',
        {class: 'buttons', role: 'group', 'aria-label': 'Scene'},
        scenes.map((scene, i) =>
            el(
                'button',
                {
                    type: 'button',
                    onclick: () => {
                        Object.assign(state, {
                            scene: i,
                            cells: '0'.repeat(CELLS),
                            shown: false,
                        });
                        show();
                        changed(state);
                    },
                },
                scene.name,
            ),
        ),
    );
    const cells = Array.from({length: CELLS}, (_, i) =>
        el('button', {type: 'button', tabindex: i ? '-1' : '0'}),
    );
    const row = el(
        'div',
        {
            class: 'cells',
            role: 'group',
            'aria-label': 'Task 1, one cell for each ms',
        },
        cells,
    );
    const yours = el(
        'div',
        {class: 'lanes'},
        el('span', {class: 'name', 'aria-hidden': 'true'}, 'you'),
        row,
    );
    const truth = laneFigure('The truth: who holds the lock');
    const verdict = el('p', {class: 'verdict', 'aria-live': 'polite'});
    const more = el('div');
    const check = el(
        'button',
        {
            type: 'button',
            class: 'main',
            onclick: () => {
                state.shown = true;
                show();
                changed(state);
            },
        },
        'Show the truth',
    );
    const clear = el(
        'button',
        {
            type: 'button',
            onclick: () => {
                Object.assign(state, {cells: '0'.repeat(CELLS), shown: false});
                show();
                changed(state);
            },
        },
        'Clear',
    );

    function put(i, on) {
        if (state.shown || (state.cells[i] === '1') === on) return;
        state.cells =
            state.cells.slice(0, i) +
            (on ? '1' : '0') +
            state.cells.slice(i + 1);
        showCells();
        changed(state);
    }

    function showCells() {
        cells.forEach((cell, i) => {
            const on = state.cells[i] === '1';
            cell.setAttribute('aria-pressed', String(on));
            cell.setAttribute('aria-label', `${i} to ${i + 1} ms`);
        });
        allow(check, !state.shown && state.cells.includes('1'));
    }

    /* A drag paints what its first cell became: all cells up to the one that it
     * has reached, for a fast one skips some. */
    let drag = null;
    const cellAt = (event) => {
        const place = row.getBoundingClientRect();
        const part = (event.clientX - place.left) / place.width;
        return Math.min(CELLS - 1, Math.max(0, Math.floor(part * CELLS)));
    };
    const paintTo = (cell) => {
        const [from, to] = [drag.at, cell].sort((a, b) => a - b);
        for (let i = from; i <= to; i++) put(i, drag.on);
        drag.at = cell;
    };
    row.addEventListener('pointerdown', (event) => {
        row.setPointerCapture(event.pointerId);
        const at = cellAt(event);
        drag = {at, on: state.cells[at] !== '1'};
        paintTo(at);
    });
    row.addEventListener('pointermove', (event) => {
        if (drag) paintTo(cellAt(event));
    });
    for (const end of ['pointerup', 'pointercancel'])
        row.addEventListener(end, () => {
            drag = null;
        });
    row.addEventListener('keydown', (event) => {
        const at = cells.indexOf(event.target);
        const to = {
            ArrowRight: at + 1,
            ArrowLeft: at - 1,
            Home: 0,
            End: CELLS - 1,
        }[event.key];
        if (event.key === ' ' || event.key === 'Enter') {
            event.preventDefault();
            put(at, state.cells[at] !== '1');
        } else if (cells[to]) {
            event.preventDefault();
            cells.forEach((cell, i) =>
                cell.setAttribute('tabindex', i === to ? '0' : '-1'),
            );
            cells[to].focus();
        }
    });

    async function showTruth() {
        const scene = scenes[state.scene];
        const run = await virtual([
            '--tasks',
            String(scene.tasks),
            '--seconds',
            '0.02',
            '--seed',
            '0',
            '--interval',
            String(scene.interval),
            '--wake',
            String(scene.wake),
            '--events',
        ]);
        const events = run.events.filter(({ms}) => ms <= CELLS);
        const lanes = lanesOfEvents(events, scene.tasks, CELLS);
        const right = truthOf(lanes[0].slices);
        const first = right.findIndex(
            (on, i) => on !== (state.cells[i] === '1'),
        );
        cells.forEach((cell, i) => {
            cell.classList.toggle('parts', i === first);
            cell.classList.toggle('truth', right[i]);
        });
        verdict.classList.toggle('wrong', first >= 0);
        verdict.replaceChildren(
            el(
                'b',
                {},
                first < 0
                    ? 'All cells are right. '
                    : `You first part at ${first} to ${first + 1} ms. `,
            ),
            first < 0
                ? ''
                : keepTogether(
                      (right[first]
                          ? 'There task 1 holds the lock. '
                          : 'There task 1 does not hold it most of the time. ') +
                          eventOf(events, first),
                  ),
        );
        more.replaceChildren(
            el(
                'p',
                {class: 'note'},
                'In your lane the lower half of each cell ' +
                    'now shows the truth. Below are all lanes.',
            ),
            truth,
            laneKeys(['holds', 'waits', 'switch']),
            twin(() =>
                table(
                    'Cells',
                    ['ms', 'you', 'truth'],
                    right.map((on, i) => [
                        `${i} to ${i + 1}`,
                        state.cells[i] === '1' ? 'holds' : '-',
                        on ? 'holds' : '-',
                    ]),
                ),
            ),
        );
        truth.show({from: 0, to: CELLS, lanes});
    }

    function show() {
        text.textContent = keepTogether(scenes[state.scene].text);
        [...chooser.children].forEach((button, i) =>
            button.setAttribute('aria-pressed', String(i === state.scene)),
        );
        cells.forEach((cell) => cell.classList.remove('parts', 'truth'));
        row.classList.toggle('shown', state.shown);
        verdict.replaceChildren();
        more.replaceChildren();
        showCells();
        if (state.shown) return showTruth();
        return null;
    }

    figure.replaceChildren(
        chooser,
        text,
        yours,
        el('div', {class: 'buttons'}, check, clear),
        verdict,
        more,
    );
    await show();
}
