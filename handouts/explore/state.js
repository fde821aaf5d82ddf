/* SPDX-License-Identifier: MIT
 *
 * The page's state in its address: what each part wants to keep, as JSON in
 * base64url after the #. A link carries it.
 */

/* The state of all parts from the address; {} where it has none. */
export function readState() {
    if (!location.hash.startsWith('#s=')) return {};
    try {
        const bytes = atob(
            location.hash.slice(3).replaceAll('-', '+').replaceAll('_', '/'),
        );
        const state = JSON.parse(
            new TextDecoder().decode(
                Uint8Array.from(bytes, (byte) => byte.codePointAt(0)),
            ),
        );
        return state && typeof state === 'object' ? state : {};
    } catch {
        return {};
    }
}

/* An index that a state names, if the list has it; else null. */
export function oneOf(list, index) {
    return Number.isInteger(index) && index in list ? index : null;
}

export function linkTo(state) {
    const bytes = new TextEncoder().encode(JSON.stringify(state));
    const text = btoa(String.fromCodePoint(...bytes))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
    return `${location.href.split('#')[0]}#s=${text}`;
}

/* The address bar has the link, too, where the browser lets it. */
let writing = 0;
export function keepState(state) {
    clearTimeout(writing);
    writing = setTimeout(() => {
        try {
            history.replaceState(null, '', linkTo(state));
        } catch {
            /* The link in part 6 is enough. */
        }
    }, 400);
}
