/* SPDX-License-Identifier: MIT
 *
 * Part 7: the puzzles of labs 13 and 14, made and checked by their C code.
 */
import {el} from './dom.js';
import {labJson} from './lab.js';

const labs = {
    '13_gil_virtual': '13: the virtual machine',
    '14_gil_orders': '14: orders of steps',
};

/* The labs' lines: sentences may be wrapped, columns may not. */
function showLines(box, text) {
    const blocks = [];
    for (const line of text.trimEnd().split('\n')) {
        const tag = /^ | {2}/.test(line) ? 'pre' : 'p';
        const last = blocks.at(-1);
        if (!line) blocks.push({tag: null});
        else if (last?.tag === tag) last.lines.push(line);
        else blocks.push({tag, lines: [line]});
    }
    box.replaceChildren(
        ...blocks
            .filter(({tag}) => tag)
            .map(({tag, lines}) =>
                tag === 'p'
                    ? el('p', {}, lines.join(' '))
                    : el('pre', {tabindex: '0'}, lines.join('\n')),
            ),
    );
    box.hidden = !text;
}

export async function part7(section, saved, changed) {
    const figure = section.querySelector('.figure');
    const state = {
        lab: Object.hasOwn(labs, saved.lab) ? saved.lab : '13_gil_virtual',
        seed:
            Number.isInteger(saved.seed) &&
            saved.seed > 0 &&
            saved.seed < 2 ** 32
                ? saved.seed
                : 1,
        answer: typeof saved.answer === 'string' ? saved.answer : '',
    };
    const lab = el(
        'select',
        {
            onchange: () => {
                state.lab = lab.value;
                next(state.seed);
            },
        },
        Object.entries(labs).map(([value, text]) =>
            el('option', {value}, text),
        ),
    );
    const seed = el('input', {
        type: 'number',
        min: '1',
        max: '4294967295',
        step: '1',
        onchange: () => next(seed.value),
    });
    const title = el('h3');
    const question = el('div', {class: 'question'});
    const form = el('p', {class: 'note', id: 'form'});
    const answer = el('input', {
        type: 'text',
        class: 'wide',
        id: 'answer',
        autocomplete: 'off',
        spellcheck: 'false',
        'aria-describedby': 'form',
        oninput: () => {
            state.answer = answer.value;
            changed(state);
        },
    });
    const verdict = el('p', {class: 'verdict', 'aria-live': 'polite'});
    const why = el('div', {class: 'question'});

    function say(right, text) {
        verdict.classList.toggle('wrong', !right);
        verdict.replaceChildren(
            el('b', {}, right ? 'Right. ' : text ? 'Wrong. ' : ''),
        );
        showLines(why, text);
    }

    /* The reader may have gone on to the next puzzle meanwhile. */
    const asked = () => `${state.lab} ${state.seed}`;

    async function check(event) {
        event.preventDefault();
        if (!answer.value.trim()) return;
        const puzzle = asked();
        try {
            const said = await labJson([
                state.lab,
                '--puzzle',
                String(state.seed),
                '--answer',
                answer.value.trim(),
            ]);
            if (puzzle === asked()) say(said.answer.right, said.answer.why);
        } catch {
            if (puzzle !== asked()) return;
            say(
                false,
                `This cannot be read as an answer. It should be ` +
                    form.textContent,
            );
        }
    }

    async function solve() {
        const puzzle = asked();
        const said = await labJson([
            state.lab,
            '--puzzle',
            String(state.seed),
            '--solve',
        ]);
        if (puzzle !== asked()) return;
        verdict.replaceChildren(`The answer is ${said.solution.answer}`);
        verdict.classList.remove('wrong');
        showLines(why, said.solution.why);
    }

    async function show() {
        lab.value = state.lab;
        seed.value = String(state.seed);
        answer.value = state.answer;
        say(true, '');
        verdict.replaceChildren();
        const {puzzle} = await labJson([
            state.lab,
            '--puzzle',
            String(state.seed),
        ]);
        title.textContent = `Puzzle ${puzzle.seed}: ${puzzle.level}`;
        showLines(question, puzzle.question);
        form.textContent = puzzle.form;
    }

    async function next(value) {
        const number = Math.min(
            2 ** 32 - 1,
            Math.max(1, Math.floor(Number(value)) || 1),
        );
        Object.assign(state, {seed: number, answer: ''});
        await show();
        changed(state);
    }

    figure.replaceChildren(
        el(
            'div',
            {class: 'screws'},
            el('label', {}, 'Which lab', el('br'), lab),
            el('label', {}, 'Number of the puzzle', el('br'), seed),
        ),
        title,
        question,
        el(
            'form',
            {onsubmit: check},
            el('label', {for: 'answer'}, 'Your answer'),
            answer,
            form,
            el(
                'div',
                {class: 'buttons'},
                el('button', {type: 'submit', class: 'main'}, 'Check'),
                el(
                    'button',
                    {type: 'button', onclick: solve},
                    'Show the answer',
                ),
                el(
                    'button',
                    {type: 'button', onclick: () => next(state.seed + 1)},
                    'Next puzzle',
                ),
            ),
        ),
        verdict,
        why,
    );
    await show();
}
