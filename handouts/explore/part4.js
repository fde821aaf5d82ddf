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
    holderText,
    stepLine,
    stepTable,
    stepText,
} from './steps.js';

const mistakes = [
    ['none', 'No mistake: the lock as it is.'],
    ['if', 'take looks only once whether the lock is free.'],
    ['outside', 'drop frees the lock before it has the mutex.'],
    ['signal', 'drop wakes nobody.'],
    ['forced', 'drop does not wait until another thread has the lock.'],
    ['wake', 'take does not wake the thread that waits in drop.'],
    ['request', 'take leaves the request as it is.'],
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
    const isKnown = mistakes.some(([name]) => name === saved.mistake);
    const state = {
        mistake: isKnown ? saved.mistake : 'if',
        guess: isKnown ? oneOf(failures, saved.guess) : null,
        at: Number.isInteger(saved.at) ? saved.at : 0,
    };
    const radios = mistakes.map(([name, text]) =>
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
    const result = el('div');

    function markMistake() {
        code.markWrong(new RegExp(`\\b${state.mistake.toUpperCase()}\\b`));
        code.mark({});
    }

    function ask() {
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
        );
    }

    async function showResult(focus) {
        const {mistake} = state;
        const walk = await orders(['--mistake', mistake]);
        if (mistake !== state.mistake || state.guess === null) return;
        const truth = failureOf(walk);
        const right = truth === state.guess;
        const verdict = el(
            'p',
            {class: `verdict${right ? '' : ' wrong'}`, 'aria-live': 'polite'},
            el('b', {}, right ? 'Yes. ' : 'No. '),
            walk.shows
                ? `There are ${walk.orders} orders, and ${walk.failing} of ` +
                      `them fail. In the shortest one, this fails: ` +
                      `${failures[truth]?.text ?? walk.shows}. A test sees ` +
                      `the orders that the machine happens to choose, mostly ` +
                      `the same few.`
                : `There are ${walk.orders} orders, and none fails.`,
        );
        answers.append(verdict);
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
            said.replaceChildren(
                el(
                    'span',
                    {class: 'time'},
                    `step ${state.at + 1} of ${steps.length}`,
                ),
                text,
                el('code', {}, lines[stepLine(step)]?.trim() ?? ''),
                el('p', {class: 'holder'}, holderText(steps, state.at + 1)),
                state.at === steps.length - 1
                    ? el('p', {class: 'bad'}, `${walk.shows}.`)
                    : '',
            );
            status.textContent = `${text} ${holderText(steps, state.at + 1)}`;
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
