/* SPDX-License-Identifier: MIT
 *
 * Real lines of C with a caret for each thread that is on one.
 */
import {el} from './dom.js';
import {functionLines, sourceLines} from './lab.js';

/* Show these functions of a file. mark(carets) puts the threads' carets on
 * lines: {line: [1, 2]}; markWrong(pattern) underlines lines. */
export function codeFigure(path, functions) {
    const lines = sourceLines(path);
    const rows = new Map();
    const box = el(
        'div',
        {class: 'codes'},
        functions.map((name) => {
            const [first, last] = functionLines(lines, name);
            const list = el('ol', {
                class: 'code',
                tabindex: '0',
                'aria-label': `${name}, ${path}`,
            });
            for (let line = first; line > 0 && line <= last; line++) {
                const carets = el('span');
                const indent = lines[line].search(/\S|$/);
                const row = el(
                    'li',
                    {},
                    carets,
                    el('span', {class: 'number'}, String(line)),
                    el(
                        'code',
                        {style: `padding-left:${indent}ch`},
                        lines[line].trim(),
                    ),
                );
                rows.set(line, {row, carets});
                list.append(row);
            }
            return list;
        }),
    );
    box.mark = (carets) => {
        for (const [line, {row, carets: place}] of rows) {
            const threads = carets[line] ?? [];
            row.classList.toggle('now', threads.length > 0);
            place.replaceChildren(
                ...threads.map((thread) =>
                    el(
                        'span',
                        {class: `caret${thread === 2 ? ' two' : ''}`},
                        el('span', {class: 'hidden-text'}, 'thread '),
                        String(thread),
                    ),
                ),
            );
        }
    };
    box.markWrong = (pattern) => {
        for (const [line, {row}] of rows)
            row.classList.toggle('wrong', pattern.test(lines[line]));
    };
    return box;
}
