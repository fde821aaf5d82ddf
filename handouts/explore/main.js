/* SPDX-License-Identifier: MIT */
const run = await gil(['13_gil_virtual', '--seconds', '0.03', '--events']);
document.getElementById('events').textContent = run.out;
