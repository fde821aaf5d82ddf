/* SPDX-License-Identifier: MIT
 *
 * The page: its parts, and the link that carries their state.
 */
import {el} from './dom.js';
import {part1} from './part1.js';
import {part2} from './part2.js';
import {part3} from './part3.js';
import {part4} from './part4.js';
import {part5} from './part5.js';
import {part6} from './part6.js';
import {part7} from './part7.js';
import {keepState, linkTo, readState} from './state.js';

const parts = {part1, part2, part3, part4, part5, part6, part7};

function showLink(state) {
    const field = el('input', {
        type: 'text',
        class: 'wide',
        readonly: true,
        'aria-label': 'The link',
        onfocus: () => field.select(),
    });
    const said = el('span', {role: 'status'});
    document.querySelector('#link').replaceChildren(
        field,
        el(
            'div',
            {class: 'buttons'},
            el(
                'button',
                {
                    type: 'button',
                    onclick: async () => {
                        field.select();
                        try {
                            await navigator.clipboard.writeText(field.value);
                            said.textContent = 'Copied.';
                        } catch {
                            said.textContent = 'Copy it with your keyboard.';
                        }
                    },
                },
                'Copy the link',
            ),
            said,
        ),
    );
    return () => {
        field.value = linkTo(state);
    };
}

async function start() {
    const state = readState();
    const refresh = showLink(state);
    refresh();
    for (const [name, part] of Object.entries(parts)) {
        const section = document.getElementById(name);
        const saved = state[name];
        try {
            await part(
                section,
                saved && typeof saved === 'object' ? saved : {},
                (now) => {
                    state[name] = now;
                    refresh();
                    keepState(state);
                },
            );
        } catch (wrong) {
            section.append(
                el(
                    'p',
                    {class: 'bad', role: 'alert'},
                    `This part cannot be shown: ${wrong.message}`,
                ),
            );
            console.error(wrong);
        }
    }
    document.documentElement.dataset.ready = 'yes';
}

/* A grey button does nothing. */
addEventListener(
    'click',
    (event) => {
        if (event.target.closest?.('button[aria-disabled="true"]'))
            event.stopPropagation();
    },
    true,
);

/* Another link in the same window. */
addEventListener('hashchange', () => {
    if (location.hash.startsWith('#s=')) location.reload();
});
start();
