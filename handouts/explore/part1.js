/* SPDX-License-Identifier: MIT
 *
 * Part 1: one lock, two threads, from event to event.
 */
import {codeFigure} from './code.js';
import {el, fixed, guess, keepTogether, player, table, twin} from './dom.js';
import {functionLines, sourceLines, virtual} from './lab.js';
import {laneFigure, laneKeys, lanesOfEvents} from './lanes.js';

const FILE = 'common/gil/interval.c';
const SHOWN_MS = 30;
const LENS_MS = 0.15;

/* What the lock's fields are after the first `count` events. */
function fieldsAfter(events, count) {
    const fields = {locked: false, asked: false, last: 0, ended: 0};
    for (const {event, task} of events.slice(0, count)) {
        if (event === 'takes the lock')
            Object.assign(fields, {locked: true, asked: false, last: task});
        else if (event === 'drops the lock') fields.locked = false;
        else if (event === 'asks for the lock') fields.asked = true;
        else if (event === 'ends') fields.ended++;
    }
    return fields;
}

const sentences = {
    begins: (me) => `Task ${me} begins. It wants the lock.`,
    'waits for the lock': (me, other, {asked}) =>
        asked
            ? `Task ${me} has asked. It sleeps again until the lock is free.`
            : `Task ${me} wants the lock, but task ${other} has it. ` +
              `Task ${me} sleeps, for 5 ms at most.`,
    'times out': (me) =>
        `Task ${me} has slept for 5 ms. The lock has not gone to another ` +
        'task in this time.',
    'asks for the lock': (me, other) =>
        `Task ${me} asks for the lock: it sets eval_breaker. ` +
        `Task ${other} will see that at its next checkpoint.`,
    'takes the lock': (me, other, {asked}) =>
        `Task ${me} takes the lock: locked becomes true, and last_holder ` +
        `becomes task ${me}.` +
        (asked ? ' It clears eval_breaker.' : '') +
        ' Now it counts.',
    'drops the lock': (me, other, {asked, ended}) =>
        `Task ${me} drops the lock: locked becomes false.` +
        (asked ? '' : ` Nobody has asked for it: task ${me} is done.`) +
        (ended ? '' : ` It sends a signal to task ${other}.`),
    'waits until another has it': (me, other) =>
        `Task ${me} was asked. So it may not take the lock back now. It ` +
        `waits until task ${other} has it.`,
    "waits for the lock's mutex": (me, other) =>
        `Task ${me} sees the request at its checkpoint. It wants to drop the ` +
        `lock. It needs the mutex for that, and task ${other} still has it.`,
    'is awake': (me) =>
        `The signal has woken task ${me}. The wake-up took 0.05 ms.`,
    ends: (me) => `Task ${me} has counted everything. It ends.`,
};

function say({event, task}, before) {
    const sentence = sentences[event];
    return sentence
        ? sentence(task, 3 - task, before)
        : `Task ${task} ${event}.`;
}

/* The line in the lock on which each task is: 0 where it is outside. */
function linesAfter(events, count) {
    const lines = [0, 0, 0];
    const outside = ['takes the lock', 'begins', 'ends'];
    events.slice(0, count).forEach(({event, task, place}) => {
        lines[task] = outside.includes(event)
            ? 0
            : Number(place.split(':')[1] ?? 0);
    });
    return lines;
}

function functionAt(line) {
    return ['interval_take', 'interval_drop'].find((name) => {
        const [first, last] = functionLines(sourceLines(FILE), name);
        return line >= first && line <= last;
    });
}

/* What a task does that is not in take or drop. */
function outsideText(events, count, task) {
    const last = events
        .slice(0, count)
        .filter((event) => event.task === task)
        .at(-1)?.event;
    return last === 'takes the lock'
        ? 'counts, and holds the lock'
        : last === 'begins'
          ? 'has begun'
          : last === 'ends'
            ? 'has ended'
            : 'has not begun yet';
}

export async function part1(section, saved, changed) {
    const run = await virtual([
        '--seconds',
        '0.0148',
        '--seed',
        '0',
        '--events',
    ]);
    const events = run.events;
    const lanes = lanesOfEvents(events, 2, SHOWN_MS);
    const state = {guess: saved.guess, at: saved.at ?? 0, ms: saved.ms};
    const figure = section.querySelector('.figure');
    const wide = laneFigure(
        'Two lanes over 30 ms. Arrow keys go from event to ' + 'event.',
        (ms) => goTo(ms),
    );
    const lens = laneFigure('The same lanes near the line', null, true);
    const lensText = el('p');
    const said = el('div', {class: 'says'});
    const lamps = el('ul', {
        class: 'lamps',
        'aria-label': 'Fields of the lock',
    });
    const where = el('ul', {
        class: 'where',
        'aria-label': 'Where the tasks are',
    });
    const code = codeFigure(FILE, ['interval_take', 'interval_drop']);
    const steps = player(
        () => step(-1),
        () => step(1),
        ['Previous event', 'Next event'],
    );
    const status = el('p', {class: 'hidden-text', 'aria-live': 'polite'});

    function show() {
        const count = state.at + 1;
        const ms = state.ms ?? events[state.at].ms;
        const before = fieldsAfter(events, state.at);
        const fields = fieldsAfter(events, count);
        const text = say(events[state.at], before);
        wide.show({from: 0, to: SHOWN_MS, lanes, head: ms});
        const middle = Math.min(SHOWN_MS - LENS_MS, Math.max(LENS_MS, ms));
        lens.show({
            from: middle - LENS_MS,
            to: middle + LENS_MS,
            lanes,
            head: ms,
        });
        lensText.textContent = 'Near the line, 100 times as wide';
        wide.setAttribute('aria-valuemin', '0');
        wide.setAttribute('aria-valuemax', String(SHOWN_MS));
        wide.setAttribute('aria-valuenow', fixed(ms, 3));
        wide.setAttribute('aria-valuetext', `${fixed(ms, 3)} ms. ${text}`);
        said.replaceChildren(
            el(
                'span',
                {class: 'time'},
                `${fixed(events[state.at].ms, 3)} ms, ` +
                    `event ${count} of ${events.length}` +
                    (events[state.at].place
                        ? `, ${events[state.at].place.replace(':', ' line ')}`
                        : ''),
            ),
            keepTogether(text),
        );
        const lamp = (name, on, value) =>
            el(
                'li',
                {class: `lamp${on ? ' on' : ''}`},
                el('i'),
                el('code', {}, name),
                ` ${value}`,
            );
        lamps.replaceChildren(
            lamp('locked', fields.locked, fields.locked ? 'true' : 'false'),
            lamp('eval_breaker', fields.asked, fields.asked ? 'true' : 'false'),
            el(
                'li',
                {},
                el('code', {}, 'last_holder'),
                fields.last ? ` = task ${fields.last}` : ' = nobody',
            ),
        );
        const carets = {};
        const at = linesAfter(events, count);
        const places = [1, 2].map((task) => {
            if (at[task]) (carets[at[task]] ??= []).push(task);
            return el(
                'li',
                {},
                el(
                    'span',
                    {class: `caret${task === 2 ? ' two' : ''}`},
                    String(task),
                ),
                ` Task ${task} `,
                at[task]
                    ? `is in ${functionAt(at[task])}, line ${at[task]}`
                    : outsideText(events, count, task),
                '.',
            );
        });
        where.replaceChildren(...places);
        code.mark(carets);
    }

    function goTo(ms) {
        steps.stop();
        let at = events.findLastIndex((event) => event.ms <= ms);
        at = Math.max(0, at);
        Object.assign(state, {at, ms: Math.max(ms, events[0].ms)});
        show();
        changed(state);
    }

    function step(by) {
        const at = state.at + by;
        if (at < 0 || at >= events.length) return false;
        Object.assign(state, {at, ms: undefined});
        show();
        status.textContent =
            document.activeElement === wide
                ? ''
                : say(events[at], fieldsAfter(events, at));
        changed(state);
        return true;
    }

    wide.addEventListener('keydown', (event) => {
        const by = {
            ArrowRight: 1,
            ArrowUp: 1,
            ArrowLeft: -1,
            ArrowDown: -1,
            PageUp: 5,
            PageDown: -5,
            Home: -state.at,
            End: events.length - 1 - state.at,
        }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        const least = -state.at;
        const most = events.length - 1 - state.at;
        steps.stop();
        step(Math.min(most, Math.max(least, by)));
    });

    guess(
        section,
        'Task 1 wants the lock a moment later, and has to wait. When ' +
            'does it get the lock?',
        [
            {text: 'immediately: the tasks alternate after each addition'},
            {text: 'after about 5 ms', right: true},
            {text: 'when task 2 has ended, after 15 ms'},
        ],
        () =>
            'Task 1 waits for 5 ms: this is the switch interval. Then it asks ' +
            'for the lock. Task 2 drops the lock at its next checkpoint. Go ' +
            'from event to event and see each step.',
        saved.guess,
        (i, before) => {
            state.guess = i;
            figure.replaceChildren(
                wide,
                laneKeys(['holds', 'waits', 'switch']),
                el('div', {class: 'lens'}, lensText, lens),
                el('div', {class: 'follow'}, steps, said),
                lamps,
                el(
                    'p',
                    {class: 'note'},
                    'The field locked is true while a task holds the ' +
                        'lock. The field eval_breaker is true when a task ' +
                        'has asked for it. The field last_holder names the ' +
                        'task that had it last.',
                ),
                where,
                el(
                    'p',
                    {class: 'note'},
                    'The lines below are from the file ' +
                        'common/gil/interval.c. The badges 1 and 2 show ' +
                        'the line on which each task is. A task that counts ' +
                        'is in neither function.',
                ),
                code,
                status,
                twin(() =>
                    table(
                        'Events',
                        ['>ms', 'task', 'event', 'line'],
                        events.map((event) => [
                            fixed(event.ms, 3),
                            event.task,
                            event.event,
                            event.place,
                        ]),
                    ),
                ),
            );
            show();
            if (!before) changed(state);
        },
    );
}
