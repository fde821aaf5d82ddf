/* SPDX-License-Identifier: MIT
 *
 * Small helpers that all parts share: elements, guesses, table twins.
 */

const SVG = 'http://www.w3.org/2000/svg';

/* A number stays on one line with its unit, and with what it counts. */
export function keepTogether(text) {
    return text
        .replace(/(\d) (ms|us|s|%)(?!\w)/g, '$1\u00a0$2')
        .replace(/\b(task|thread|line|part|lab) (\d)/gi, '$1\u00a0$2');
}

function furnish(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith('on'))
            element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, '');
        else if (value !== false && value !== null && value !== undefined)
            element.setAttribute(name, value);
    }
    element.append(
        ...children
            .flat()
            .filter((child) => child !== null)
            .map((child) =>
                typeof child === 'string' ? keepTogether(child) : child,
            ),
    );
    return element;
}

/* el('p', {class: 'note'}, 'text', other): an element with its children. */
export function el(tag, attributes = {}, ...children) {
    return furnish(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
    return furnish(document.createElementNS(SVG, tag), attributes, children);
}

/* A button that is not to be pressed keeps the focus: it is grey, and main.js
 * lets no click through. */
export function allow(button, on) {
    button.setAttribute('aria-disabled', String(!on));
}

/* 5.0502 -> "5.050" */
export function fixed(value, digits) {
    return value.toFixed(digits);
}

/* A list of words: "a, b and c". */
export function listed(words) {
    if (words.length < 2) return words.join('');
    return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/* A table from texts; a column whose heading begins with > is of numbers. */
export function table(caption, headings, rows) {
    const isNumber = headings.map((text) => text.startsWith('>'));
    const cell = (tag, text, i) =>
        el(
            tag,
            {
                class: isNumber[i] ? 'number' : null,
                scope: tag === 'th' ? 'col' : null,
            },
            text,
        );
    return el(
        'div',
        {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption},
        el(
            'table',
            {},
            el('caption', {}, caption),
            el(
                'thead',
                {},
                el(
                    'tr',
                    {},
                    headings.map((text, i) =>
                        cell('th', text.replace('>', ''), i),
                    ),
                ),
            ),
            el(
                'tbody',
                {},
                rows.map((row) =>
                    el(
                        'tr',
                        {},
                        row.map((text, i) => cell('td', String(text), i)),
                    ),
                ),
            ),
        ),
    );
}

/* A figure's twin for those who read rather than look. The table is made when
 * it is opened, and again by refresh(). */
export function twin(make) {
    const box = el('div');
    const details = el(
        'details',
        {class: 'twin', ontoggle: () => details.refresh()},
        el('summary', {}, 'The same as a table'),
        box,
    );
    details.refresh = () => {
        if (details.open) box.replaceChildren(...[make()].flat());
    };
    return details;
}

/* Ask before anything moves. `options` are {text, right}; `why(option)` is said
 * after the choice. Calls then() once it is made; `made` is the place of one
 * that was made before. */
export function guess(section, question, options, why, made, then) {
    const verdict = el('p', {class: 'verdict', 'aria-live': 'polite'});
    const buttons = options.map((option, i) =>
        el(
            'button',
            {type: 'button', 'aria-pressed': 'false', onclick: () => choose(i)},
            option.text,
        ),
    );
    let chosen = false;
    function choose(i, before) {
        if (chosen) return;
        chosen = true;
        buttons.forEach((button, j) => {
            button.setAttribute('aria-pressed', String(i === j));
            allow(button, false);
        });
        const option = options[i];
        verdict.classList.toggle('wrong', !option.right);
        verdict.replaceChildren(
            el('b', {}, option.right ? 'Yes. ' : 'No. '),
            why(option),
        );
        const after = section.querySelector('.after');
        if (after) after.hidden = false;
        then(i, before);
    }
    section
        .querySelector('.guess')
        .replaceChildren(
            el(
                'fieldset',
                {},
                el('legend', {}, 'Guess first'),
                el('p', {}, question),
                el('div', {class: 'buttons'}, buttons),
                verdict,
            ),
        );
    if (Number.isInteger(made) && options[made]) choose(made, true);
}

/* Back, on and play, for what goes in steps. Where motion is not wanted, there
 * is no play. */
export function player(back, on, names = ['Back', 'On']) {
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    let timer = 0;
    function stop() {
        clearInterval(timer);
        timer = 0;
        play.textContent = 'Play';
    }
    const play = el(
        'button',
        {
            type: 'button',
            onclick: () => {
                if (timer) {
                    stop();
                    return;
                }
                play.textContent = 'Stop';
                timer = setInterval(() => {
                    if (!on()) stop();
                }, 1100);
            },
        },
        'Play',
    );
    const show = () => {
        play.hidden = still.matches;
        stop();
    };
    still.addEventListener('change', show);
    show();
    const bar = el(
        'div',
        {class: 'buttons'},
        el(
            'button',
            {
                type: 'button',
                onclick: () => {
                    stop();
                    back();
                },
            },
            names[0],
        ),
        el(
            'button',
            {
                type: 'button',
                onclick: () => {
                    stop();
                    on();
                },
            },
            names[1],
        ),
        play,
    );
    bar.stop = stop;
    return bar;
}
