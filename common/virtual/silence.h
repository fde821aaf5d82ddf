/* SPDX-License-Identifier: MIT
 *
 * While a program that is not the kit's is walked, what it prints goes nowhere.
 * What fail() prints is shown all the same.
 */
#ifndef VIRTUAL_SILENCE_H
#define VIRTUAL_SILENCE_H

void silence_begin(void);
void silence_end(void);

#endif
