/* SPDX-License-Identifier: MIT
 *
 * Part 4: break one line of a lock, say what fails, and see the order.
 */
import {codeFigure} from './code.js';
import {el, player} from './dom.js';
import {orders, sourceLines} from './lab.js';
import {oneOf} from './state.js';
import {
    caretsAfter,
    failureText,
    holderText,
    stepLine,
    stepTable,
    stepText,
} from './steps.js';

/* Lab 14's --mistake, what it makes wrong, and why that fails. */
const mistakes = [
    {name: 'none', text: 'No mistake: the lock as it is.'},
    {
        name: 'if',
        text: 'take looks only once whether the lock is free.',
        why:
            'A thread also wakes up because its time is up. The lock need ' +
            'not be free then. So take has to look again.',
    },
    {
        name: 'outside',
        text: 'drop frees the lock before it has the mutex.',
        why:
            'Another thread reads the field locked at the same time. Only ' +
            'the mutex brings the two into an order.',
    },
    {
        name: 'signal',
        text: 'drop wakes nobody.',
        why:
            'The thread that waits in take does not look by itself. Without ' +
            'a signal it never sees that the lock is free.',
    },
    {
        name: 'other',
        text: 'drop wakes those that wait for the other condition.',
        why:
            'A signal reaches only those that wait for the same condition. ' +
            'In take they wait for released, and not for switched.',
    },
    {
        name: 'forced',
        text: 'drop does not wait until another thread has the lock.',
        why:
            'The thread that drops the lock is awake, and the other one is ' +
            'not yet. So the first one has the lock again before the other.',
    },
    {
        name: 'clear',
        text: 'drop clears the request.',
        why:
            'drop waits for another thread only while there is a request. ' +
            'Now there is none, so it does not wait. Only the thread that ' +
            'takes the lock may clear the request.',
    },
    {
        name: 'once',
        text: 'drop waits only once until another thread has the lock.',
        why:
            'A wait may end for no reason: POSIX, the standard for threads, ' +
            'permits that. So drop has to look again. Only for this mistake ' +
            'the orders contain such a wait.',
        argv: ['--spurious', '1'],
    },
    {
        name: 'wake',
        text: 'take does not wake the thread that waits in drop.',
        why:
            'The thread that waits in drop does not look by itself. Without ' +
            'a signal it never sees that another thread has the lock.',
    },
    {
        name: 'request',
        text: 'take leaves the request as it is.',
        why:
            'The next holder finds the old request, and drops the lock. Then ' +
            'it waits until another thread has the lock. But no other thread ' +
            'wants it.',
    },
    {
        name: 'back',
        text: 'checkpoint drops the lock, but does not take it back.',
        why:
            'After its checkpoint the thread counts on as if it had the ' +
            'lock. But now another thread has it.',
    },
];

/* What can fail, and how lab 14 says it. */
const failures = [
    {text: 'nothing', says: null},
    {text: 'two threads hold the lock', says: 'both have the lock'},
    {text: 'a thread waits for ever', says: 'nobody can go on'},
    {text: 'a thread that was asked keeps the lock', says: 'keeps the lock'},
    {
        text: 'two threads use one variable without any order (a data race)',
        says: 'data race',
    },
];

function failureOf(walk) {
    return failures.findIndex(({says}) =>
        says ? walk.shows?.includes(says) : !walk.shows,
    );
}

export async function part4(section, saved, changed) {
    const figure = section.querySelector('.figure');
    const isKnown = mistakes.some(({name}) => name === saved.mistake);
    const state = {
        mistake: isKnown ? saved.mistake : 'if',
        guess: isKnown ? oneOf(failures, saved.guess) : null,
        at: Number.isInteger(saved.at) ? saved.at : 0,
    };
    const radios = mistakes.map(({name, text}) =>
        el(
            'label',
            {},
            el('input', {
                type: 'radio',
                name: 'mistake',
                value: name,
                onchange: () => {
                    Object.assign(state, {mistake: name, guess: null, at: 0});
                    show();
                    changed(state);
                },
            }),
            ` ${text}`,
        ),
    );
    const code = codeFigure('labs/14_gil_orders.c', [
        'take',
        'drop',
        'checkpoint',
    ]);
    const lines = sourceLines('labs/14_gil_orders.c');
    const place = el('div');
    const answers = el('fieldset');
    const verdict = el('p', {class: 'verdict', 'aria-live': 'polite'});
    const result = el('div');

    function markMistake() {
        code.markWrong(new RegExp(`\\b${state.mistake.toUpperCase()}\\b`));
        code.mark({});
    }

    function ask() {
        verdict.replaceChildren();
        answers.replaceChildren(
            el('legend', {}, 'Guess first'),
            el('p', {}, 'What fails in the shortest order that fails?'),
            el(
                'div',
                {class: 'buttons'},
                failures.map(({text}, i) =>
                    el(
                        'button',
                        {
                            type: 'button',
                            'aria-pressed': String(state.guess === i),
                            'aria-disabled': String(state.guess !== null),
                            onclick: () => {
                                if (state.guess !== null) return;
                                state.guess = i;
                                show(i);
                                changed(state);
                            },
                        },
                        text,
                    ),
                ),
            ),
            verdict,
        );
    }

    async function showResult(focus) {
        const {mistake} = state;
        const {why, argv = []} = mistakes.find(({name}) => name === mistake);
        const walk = await orders(['--mistake', mistake, ...argv]);
        if (mistake !== state.mistake || state.guess === null) return;
        const truth = failureOf(walk);
        const right = truth === state.guess;
        verdict.classList.toggle('wrong', !right);
        verdict.replaceChildren(
            el('b', {}, right ? 'Yes. ' : 'No. '),
            walk.shows
                ? `There are ${walk.orders} orders, and ${walk.failing} of ` +
                      `them fail. In the shortest one, this fails: ` +
                      `${failures[truth]?.text ?? walk.shows}. ${why}`
                : `There are ${walk.orders} orders, and none fails.`,
        );
        if (focus !== undefined)
            answers.querySelectorAll('button')[focus].focus();
        if (!walk.shows) {
            result.replaceChildren(el('p', {}, 'Make a line wrong now.'));
            return;
        }
        const {steps} = walk;
        state.at = Math.min(Math.max(0, state.at), steps.length - 1);
        const said = el('div', {class: 'says'});
        const list = el('div');
        const status = el('p', {class: 'hidden-text', 'aria-live': 'polite'});
        const showStep = () => {
            const step = steps[state.at];
            const text = `Thread ${step.thread} ${stepText(step)}.`;
            const isLast = state.at === steps.length - 1;
            const fails = failureText(walk);
            const held = holderText(steps, state.at + 1);
            /* A thread that only believes that it has the lock has it, too. */
            const notes = !isLast
                ? [held]
                : fails.includes('both have')
                  ? [fails]
                  : [held, fails];
            said.replaceChildren(
                el(
                    'span',
                    {class: 'time'},
                    `step ${state.at + 1} of ${steps.length}`,
                ),
                text,
                el('code', {}, lines[stepLine(step)]?.trim() ?? ''),
                ...notes.map((note) =>
                    el('p', {class: note === fails ? 'bad' : 'holder'}, note),
                ),
            );
            status.textContent = [text, ...notes].join(' ');
            code.mark(caretsAfter(steps, state.at + 1));
            list.replaceChildren(
                stepTable('The shortest order that fails', steps, state.at),
            );
        };
        const go = (by) => {
            if (!steps[state.at + by]) return false;
            state.at += by;
            showStep();
            changed(state);
            return true;
        };
        result.replaceChildren(
            el(
                'div',
                {class: 'follow'},
                player(
                    () => go(-1),
                    () => go(1),
                    ['Previous step', 'Next step'],
                ),
                said,
            ),
            status,
            code,
            list,
        );
        showStep();
    }

    async function show(focus) {
        radios.forEach((label) => {
            const radio = label.querySelector('input');
            radio.checked = radio.value === state.mistake;
        });
        place.replaceChildren(code);
        markMistake();
        ask();
        result.replaceChildren();
        if (state.guess !== null) await showResult(focus);
    }

    figure.replaceChildren(
        el(
            'fieldset',
            {},
            el('legend', {}, 'The wrong line'),
            el('div', {class: 'switches'}, radios),
        ),
        el(
            'p',
            {class: 'note'},
            'The program is labs/14_gil_orders.c. Its variable “mistake” ' +
                'makes one line wrong, at the place that is underlined.',
        ),
        place,
        answers,
        result,
    );
    await show();
}
