/* SPDX-License-Identifier: MIT
 *
 * Steps of lab 14 as columns, one a thread.
 */
import {el} from './dom.js';
import {sourceLines} from './lab.js';

const words = {
    locks: 'locks the mutex',
    unlocks: 'unlocks the mutex',
    waits: 'waits for a signal',
    'wakes-up': 'wakes up',
    signals: 'sends a signal',
    reads: 'reads',
    writes: 'writes',
};

export function stepText({does, how}) {
    const text = words[does] ?? does;
    return how === 'time is up'
        ? `${text}: its time is up`
        : how
          ? `${text} for ${how}`
          : text;
}

export function stepLine({place}) {
    return Number(place?.split(':')[1] ?? 0);
}

/* A table of all steps. The one at `now` is marked; later ones are faint. */
export function stepTable(caption, steps, now = steps.length - 1) {
    const lines = sourceLines('labs/14_gil_orders.c');
    return el(
        'table',
        {class: 'steps'},
        el('caption', {}, caption),
        el('colgroup', {}, el('col', {class: 'count'})),
        el(
            'thead',
            {},
            el(
                'tr',
                {},
                ['', 'thread 1', 'thread 2'].map((text) =>
                    el(
                        'th',
                        {scope: 'col'},
                        text || el('span', {class: 'hidden-text'}, 'step'),
                    ),
                ),
            ),
        ),
        el(
            'tbody',
            {},
            steps.map((step, i) => {
                const line = stepLine(step);
                const cell = el(
                    'td',
                    {},
                    stepText(step),
                    line ? el('br') : '',
                    line
                        ? el(
                              'code',
                              {},
                              `${line}`,
                              el('span', {}, ` ${lines[line]?.trim() ?? ''}`),
                          )
                        : '',
                );
                return el(
                    'tr',
                    {class: i === now ? 'now' : i > now ? 'later' : null},
                    el('td', {}, String(i + 1)),
                    step.thread === 1 ? cell : el('td'),
                    step.thread === 2 ? cell : el('td'),
                );
            }),
        ),
    );
}

/* Where each thread is after its last step, for carets: {line: [threads]}. */
export function caretsAfter(steps, count) {
    const at = {};
    for (const step of steps.slice(0, count))
        if (stepLine(step)) at[step.thread] = stepLine(step);
    const carets = {};
    for (const [thread, line] of Object.entries(at))
        (carets[line] ??= []).push(Number(thread));
    return carets;
}
