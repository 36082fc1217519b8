/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals as a descriptor to wait for: a process that polls for work and for signals together
 * cannot miss one between the two.
 */
#include "run/signals.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

int
signals_open(int how, const int numbers[])
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; numbers[i] != 0; i++)
		sigaddset(&set, numbers[i]);
	sigprocmask(how, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}
