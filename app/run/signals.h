/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_SIGNALS_H
#define RUN_SIGNALS_H

/*
 * Blocks the signals of the list, which ends with 0, and opens a descriptor that can be read when
 * one of them has come (signalfd), non-blocking and closed on exec. How: SIG_BLOCK adds them to
 * those that are blocked, SIG_SETMASK blocks no other. -1 when it cannot be opened.
 */
int signals_open(int how, const int numbers[]);

#endif
