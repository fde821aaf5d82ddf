/* SPDX-License-Identifier: MIT
 *
 * Part 5: the reader is the scheduler.
 */
import {codeFigure} from './code.js';
import {allow, el, guess} from './dom.js';
import {orders, orderText} from './lab.js';
import {
    caretsAfter,
    failureText,
    holderText,
    stepTable,
    stepText,
} from './steps.js';

const TIMES = 3;

/* counter += 1 as Python compiles it. A thread may lose the lock after a
 * bytecode with a checkpoint: up to Python 3.9, as labs/08_gil_race.c has it,
 * after nearly each; since 3.10 after calls and jumps back. */
const plain = [
    {name: 'LOAD_GLOBAL', of: 'counter', does: 'load', old: true},
    {name: 'LOAD_CONST', of: '1', does: 'none'},
    {name: 'INPLACE_ADD', does: 'add', old: true},
    {name: 'STORE_GLOBAL', of: 'counter', does: 'store', old: true},
    {name: 'JUMP_BACKWARD', does: 'jump', old: true, since310: true},
];
const withCall = [
    plain[0],
    {name: 'CALL', of: 'f', does: 'none', old: true, since310: true},
    ...plain.slice(2),
];

const modes = {
    old: {
        name: 'Python up to 3.9',
        code: plain,
        field: 'old',
        text:
            'A * marks a checkpoint: there the lock may go to the other ' +
            'thread. Up to Python 3.9 nearly every bytecode has one.',
        goals: [
            ['lose one addition', (sum) => sum === 5],
            ['lose as many as possible', (sum) => sum === 2],
        ],
    },
    new: {
        name: 'Python since 3.10',
        code: plain,
        field: 'since310',
        text:
            'Since Python 3.10 a checkpoint comes only after a jump back or ' +
            'a call. So the button of the other thread is mostly grey. Try ' +
            'to lose an addition.',
        goals: [
            [
                'end, and see that nothing is lost: is that safe?',
                (sum) => sum === 6,
            ],
        ],
        end:
            'Nothing was lost, because no checkpoint lies between the load ' +
            'and the store. That is luck. Python does not promise it. A call ' +
            'in the line brings a checkpoint back (the third button). A ' +
            'free-threaded Python has no such lock. Use threading.Lock.',
    },
    call: {
        name: 'since 3.10, counter += f()',
        code: withCall,
        field: 'since310',
        text:
            'Now a call of f lies between the load and the store. f returns ' +
            '1. After the call there is a checkpoint.',
        goals: [
            ['lose one addition', (sum) => sum === 5],
            ['lose as many as possible', (sum) => sum === 2],
        ],
    },
};

/* The threads after these moves. Each move is "1" or "2": a bytecode. */
function playMoves(mode, moves) {
    const world = {
        counter: 0,
        last: 0,
        free: true,
        thread: [1, 2].map(() => ({at: 0, done: 0, value: null})),
    };
    for (const move of moves) {
        const thread = world.thread[move - 1];
        const bytecode = mode.code[thread.at];
        if (bytecode.does === 'load') thread.value = world.counter;
        else if (bytecode.does === 'add') thread.value += 1;
        else if (bytecode.does === 'store') world.counter = thread.value;
        if (bytecode.does === 'jump') {
            thread.done++;
            thread.value = null;
        }
        thread.at = (thread.at + 1) % mode.code.length;
        world.last = Number(move);
        world.free = Boolean(bytecode[mode.field]) || thread.done === TIMES;
    }
    return world;
}

function mayGo(world, thread) {
    return (
        world.thread[thread - 1].done < TIMES &&
        (world.free || world.last === thread)
    );
}

function isOver(world) {
    return world.thread.every(({done}) => done === TIMES);
}

/* Lab 14's shortest order of the smallest sum, as moves: its two steps are the
 * load and the store. */
async function leastMoves(mode) {
    const walk = await orders(['--counter', '--count', String(TIMES)]);
    let moves = '';
    const goUntil = (thread, does) => {
        for (;;) {
            const world = playMoves(mode, moves);
            const {at, done} = world.thread[thread - 1];
            if (done === TIMES) return;
            moves += thread;
            if (mode.code[at].does === does) return;
        }
    };
    for (const {thread, does} of walk.steps)
        goUntil(thread, does === 'reads' ? 'load' : 'store');
    for (const thread of [1, 2])
        while (playMoves(mode, moves).thread[thread - 1].done < TIMES)
            moves += thread;
    return moves;
}

function counterGame(box, saved, changed) {
    const state = {
        mode: Object.hasOwn(modes, saved.mode) ? saved.mode : 'old',
        moves: '',
        won: [],
    };
    if (Array.isArray(saved.won))
        state.won = saved.won.filter((name) => typeof name === 'string');
    for (const move of typeof saved.moves === 'string' ? saved.moves : '') {
        const world = playMoves(modes[state.mode], state.moves);
        if (/[12]/.test(move) && mayGo(world, Number(move)))
            state.moves += move;
    }
    const chooser = el(
        'div',
        {class: 'buttons', role: 'group', 'aria-label': 'Version of Python'},
        Object.entries(modes).map(([key, {name}]) =>
            el(
                'button',
                {
                    type: 'button',
                    value: key,
                    onclick: () => {
                        Object.assign(state, {mode: key, moves: ''});
                        update();
                    },
                },
                name,
            ),
        ),
    );
    const text = el('p');
    const columns = [1, 2].map((number) => {
        const list = el('ol');
        const register = el('p', {class: 'mono'});
        const head = el('h4', {}, `thread ${number}`);
        const one = el(
            'button',
            {type: 'button', onclick: () => move(number, false)},
            'one bytecode',
        );
        const more = el(
            'button',
            {type: 'button', onclick: () => move(number, true)},
            'to its next *',
        );
        return {
            list,
            register,
            head,
            one,
            more,
            box: el(
                'div',
                {
                    class: 'thread',
                    role: 'group',
                    'aria-label': `thread ${number}`,
                },
                head,
                list,
                register,
                one,
                more,
            ),
        };
    });
    const counter = el('p', {class: 'big', 'aria-live': 'polite'});
    const said = el('p', {class: 'verdict', 'aria-live': 'polite'});
    const goals = el('ul', {class: 'goals'});
    const undo = el(
        'button',
        {
            type: 'button',
            onclick: () => {
                state.moves = state.moves.slice(0, -1);
                update();
            },
        },
        'Undo (u)',
    );
    const again = el(
        'button',
        {
            type: 'button',
            onclick: () => {
                state.moves = '';
                update();
            },
        },
        'From the beginning',
    );
    const least = el(
        'button',
        {
            type: 'button',
            onclick: async () => {
                state.moves = await leastMoves(modes[state.mode]);
                update(true);
            },
        },
        'Show me the least sum',
    );

    function move(number, far) {
        const mode = modes[state.mode];
        let world = playMoves(mode, state.moves);
        if (!mayGo(world, number)) {
            if (world.thread[number - 1].done === TIMES)
                said.textContent = `Thread ${number} has ended. It has nothing to do.`;
            return;
        }
        do {
            state.moves += number;
            world = playMoves(mode, state.moves);
        } while (far && !world.free);
        update();
    }

    function update(shown = false) {
        const mode = modes[state.mode];
        const world = playMoves(mode, state.moves);
        [...chooser.children].forEach((button) =>
            button.setAttribute(
                'aria-pressed',
                String(button.value === state.mode),
            ),
        );
        text.textContent = mode.text;
        columns.forEach(({list, register, head, one, more}, i) => {
            const {at, done, value} = world.thread[i];
            list.replaceChildren(
                ...mode.code.map((bytecode, j) => {
                    const now = j === at && done < TIMES;
                    return el(
                        'li',
                        {
                            class: now ? 'now' : null,
                            'aria-current': now ? 'step' : null,
                        },
                        el(
                            'code',
                            {},
                            bytecode.name,
                            el('span', {}, ` ${bytecode.of ?? ''}`),
                            bytecode[mode.field] ? ' *' : '',
                        ),
                    );
                }),
            );
            head.textContent =
                `thread ${i + 1}: ` +
                (done === TIMES
                    ? 'has ended'
                    : `addition ${done + 1} of ${TIMES}`);
            register.textContent =
                value === null ? 'has no copy yet' : `its copy: ${value}`;
            for (const button of [one, more])
                allow(button, mayGo(world, i + 1));
        });
        counter.textContent = `counter = ${world.counter}`;
        said.classList.remove('wrong');
        said.replaceChildren();
        if (isOver(world)) {
            const lost = 2 * TIMES - world.counter;
            said.replaceChildren(
                el('b', {}, `The sum is ${world.counter}. `),
                lost
                    ? `${lost} of 6 additions are lost: a store wrote an old ` +
                          'value back. '
                    : 'Nothing is lost. ',
                mode.end ?? '',
                shown ? 'This order is lab 14’s shortest.' : '',
            );
            mode.goals.forEach(([, isWon], j) => {
                const name = `${state.mode}${j}`;
                if (!shown && isWon(world.counter) && !state.won.includes(name))
                    state.won.push(name);
            });
        } else if (state.moves && !world.free) {
            said.textContent =
                `Thread ${world.last} holds the lock, and it is ` +
                'at no checkpoint. So only this thread can go on.';
        }
        goals.replaceChildren(
            ...mode.goals.map(([goal], j) =>
                el(
                    'li',
                    {},
                    state.won.includes(`${state.mode}${j}`)
                        ? el('span', {class: 'good'}, '✓ ')
                        : '○ ',
                    goal,
                ),
            ),
        );
        allow(undo, state.moves);
        allow(again, state.moves);
        least.hidden = state.mode === 'new';
        changed(state);
    }

    box.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === '1' || event.key === '2')
            move(Number(event.key), false);
        else if (event.key === 'u' && state.moves) undo.click();
    });
    box.replaceChildren(
        chooser,
        text,
        el('h4', {}, 'Your goals'),
        goals,
        counter,
        el(
            'div',
            {class: 'pair'},
            columns.map((column) => column.box),
        ),
        said,
        el('div', {class: 'buttons'}, undo, again, least),
        el(
            'p',
            {class: 'note'},
            'LOAD_GLOBAL copies the counter. LOAD_CONST gets ' +
                'the number 1. INPLACE_ADD adds the two. STORE_GLOBAL writes ' +
                'the sum into the counter. JUMP_BACKWARD goes back for the ' +
                'next addition. The names are simplified: they differ ' +
                'from version to version.',
        ),
        el(
            'p',
            {class: 'note'},
            'Keys: 1 and 2 let a thread go on, and u takes a ' +
                'step back. They work when the focus is in this figure.',
        ),
    );
    update();
}

const broken = [
    ['signal', 'drop wakes nobody'],
    ['other', 'drop wakes those that wait for the other condition'],
    ['wake', 'take does not wake the thread that waits in drop'],
    ['none', 'no mistake'],
];

async function hangGame(box, saved, changed) {
    const state = {
        mistake: broken.some(([name]) => name === saved.mistake)
            ? saved.mistake
            : 'signal',
        steps: Array.isArray(saved.steps)
            ? saved.steps
                  .filter((step) => /^[12][tn]?$/.test(step))
                  .slice(0, 200)
            : [],
    };
    const select = el(
        'select',
        {
            onchange: () => {
                Object.assign(state, {mistake: select.value, steps: []});
                update();
            },
        },
        broken.map(([value, text]) => el('option', {value}, text)),
    );
    const code = codeFigure('labs/14_gil_orders.c', [
        'take',
        'drop',
        'checkpoint',
    ]);
    const choices = el('div', {
        class: 'buttons',
        role: 'group',
        'aria-label': 'Who goes on',
    });
    const said = el('p', {class: 'verdict', 'aria-live': 'polite'});
    const list = el('div');
    const undo = el(
        'button',
        {
            type: 'button',
            onclick: () => {
                state.steps.pop();
                update();
            },
        },
        'Undo (u)',
    );
    const again = el(
        'button',
        {
            type: 'button',
            onclick: () => {
                state.steps = [];
                update();
            },
        },
        'From the beginning',
    );
    const every = ['1', '2', '1t', '2t'];
    const buttons = every.map((step) =>
        el(
            'button',
            {
                type: 'button',
                onclick: () => {
                    if (busy) return;
                    state.steps.push(step);
                    update();
                },
            },
            step.length === 1
                ? `thread ${step} goes on`
                : `thread ${step[0]}: its time is up`,
        ),
    );

    let busy = false;
    async function update() {
        const before = state.steps.length;
        let walk = {steps: [], next: 'who can go on: 1, 2'};
        busy = true;
        if (before)
            walk = await orders([
                '--mistake',
                state.mistake,
                '--order',
                orderText(state.steps),
            ]).catch(() => null);
        busy = false;
        if (!walk) {
            /* an order that this lock does not have */
            state.steps = [];
            update();
            return;
        }
        if (before !== state.steps.length) return;
        const can = (walk.next ?? '').replace(/^.*: /, '').split(', ');
        select.value = state.mistake;
        buttons.forEach((button, i) => {
            allow(button, can.includes(every[i]));
        });
        allow(undo, before);
        allow(again, before);
        code.markWrong(new RegExp(`\\b${state.mistake.toUpperCase()}\\b`));
        code.mark(caretsAfter(walk.steps, walk.steps.length));
        const last = walk.steps.at(-1);
        const hangs = walk.shows?.includes('nobody can go on');
        said.classList.toggle('wrong', Boolean(walk.shows) && !hangs);
        said.replaceChildren(
            walk.shows
                ? el('b', {}, hangs ? 'Done: it hangs. ' : 'It fails. ')
                : '',
            walk.shows
                ? failureText(walk)
                : !walk.next
                  ? 'Both threads have ended, and nothing is wrong. ' +
                    'Go back and try another order.'
                  : last
                    ? `Thread ${last.thread} ${stepText(last)}. ` +
                      holderText(walk.steps, walk.steps.length)
                    : 'No step is made yet.',
        );
        list.replaceChildren(
            walk.steps.length ? stepTable('Your order', walk.steps) : '',
        );
        changed(state);
    }

    box.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.target === select) return;
        if (event.key === '1' || event.key === '2')
            buttons[Number(event.key) - 1].click();
        else if (event.key === 'u') undo.click();
    });
    box.replaceChildren(
        el('label', {}, 'The wrong line: ', select),
        choices,
        said,
        el('div', {class: 'buttons'}, undo, again),
        el('p', {class: 'note'}, 'The keys 1, 2 and u work here, too.'),
        code,
        list,
    );
    choices.append(...buttons);
    await update();
}

export async function part5(section, saved, changed) {
    const state = {
        guess: saved.guess,
        counter: saved.counter ?? {},
        hang: saved.hang ?? {},
    };
    guess(
        section,
        'How small can the counter be at the end? It would be 6 if ' +
            'nothing were lost.',
        [{text: '5'}, {text: '3'}, {text: '2', right: true}, {text: '1'}],
        () => 'The smallest sum is 2. Try to reach it.',
        saved.guess,
        async (i) => {
            state.guess = i;
            counterGame(
                section.querySelector('#counter'),
                state.counter,
                (part) => {
                    state.counter = part;
                    changed(state);
                },
            );
            await hangGame(
                section.querySelector('#hang'),
                state.hang,
                (part) => {
                    state.hang = part;
                    changed(state);
                },
            );
        },
    );
}
