/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_AUTH_KEY_BOUNDS_H
#define WEB_AUTH_KEY_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

/* What a client key may do. Keys of other classes have no bounds. */
struct key_bounds {
	const char *subjects; /* the kinds that it may name, as core/subject/key.h reads them */
	const char *signing;  /* the secret that proves ids; NULL: no proof is needed */
	bool attributes;      /* requests may bring attributes of their subject */
	int64_t rate;         /* requests a second; 0: any number, -1: as configured */
	int64_t new_rate;     /* subjects a second that are seen for the first time; as rate */
};

#endif
