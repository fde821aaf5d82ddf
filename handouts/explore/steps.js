/* SPDX-License-Identifier: MIT
 *
 * Steps of lab 14 as columns, one a thread.
 */
import {el, listed} from './dom.js';
import {functionLines, sourceLines} from './lab.js';

const FILE = 'labs/14_gil_orders.c';

const words = {
    locks: 'locks the mutex',
    unlocks: 'unlocks the mutex',
    waits: 'waits for the signal',
    'wakes-up': 'wakes up',
    signals: 'sends the signal',
    reads: 'reads',
    writes: 'writes',
};

/* The field of the lock that a step is about: the first one on its line. */
function fieldOf(step) {
    if (!['waits', 'signals', 'reads', 'writes'].includes(step.does)) return '';
    const line = sourceLines(FILE)[stepLine(step)];
    const field = line?.match(/\block\.(\w+)/)?.[1];
    return field ? ` ${field}` : '';
}

export function stepText(step) {
    const {does, how} = step;
    const text = (words[does] ?? does) + fieldOf(step);
    return how === 'time is up'
        ? `${text}: its time is up`
        : how
          ? `${text} for ${how}`
          : text;
}

/* What is wrong after the last step, as a sentence. */
export function failureText({shows}) {
    return `${shows[0].toUpperCase()}${shows.slice(1)}.`;
}

export function stepLine({place}) {
    return Number(place?.split(':')[1] ?? 0);
}

/* Who holds the lock after the first `count` steps. */
export function holderText(steps, count) {
    const lines = sourceLines(FILE);
    const taken = lines.findIndex((line) => line.includes('locked = true'));
    const [, takeEnd] = functionLines(lines, 'take');
    const [first, last] = functionLines(lines, 'drop');
    const holders = new Set();
    for (const step of steps.slice(0, count)) {
        const line = stepLine(step);
        if (line > taken && line < takeEnd) holders.add(step.thread);
        else if (line >= first && line <= last) holders.delete(step.thread);
    }
    const who = [...holders].sort();
    return who.length === 0
        ? 'Nobody holds the lock.'
        : who.length === 1
          ? `Thread ${who[0]} holds the lock.`
          : `Threads ${listed(who.map(String))} hold the lock.`;
}

/* A table of all steps. The one at `now` is marked; later ones are faint. */
export function stepTable(caption, steps, now = steps.length - 1) {
    const lines = sourceLines(FILE);
    return el(
        'table',
        {class: 'steps'},
        el('caption', {}, caption),
        el(
            'colgroup',
            {},
            ['count', 'one', 'both', 'two'].map((name) =>
                el('col', {class: name}),
            ),
        ),
        el(
            'thead',
            {},
            el(
                'tr',
                {},
                el(
                    'th',
                    {scope: 'col'},
                    el('span', {class: 'hidden-text'}, 'step'),
                ),
                el('th', {scope: 'col'}, 'thread 1'),
                el('th', {scope: 'col', colspan: '2'}, 'thread 2'),
            ),
        ),
        el(
            'tbody',
            {},
            steps.map((step, i) => {
                const line = stepLine(step);
                const cell = el(
                    'td',
                    {colspan: '2'},
                    el(
                        'span',
                        {class: 'hidden-text'},
                        `thread ${step.thread} `,
                    ),
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
