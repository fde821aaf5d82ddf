/* SPDX-License-Identifier: MIT
 *
 * node engine.js ENGINE <COMMANDS: a command line of lab 13 or 14 on each line;
 * prints for each one JSON object of {status, out, err}. With --sources first
 * one of the sources.
 */
'use strict';
require(require('path').resolve(process.argv[2]));
(async () => {
    if (process.argv[3] === '--sources')
        console.log(JSON.stringify(sources));
    const lines = require('fs').readFileSync(0, 'utf8').split('\n');
    for (const line of lines.filter(Boolean))
        console.log(JSON.stringify(await gil(line.split(' '))));
})();
