/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_LOOKUP_H
#define CORE_EXPERIMENT_LOOKUP_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/audience/criteria.h"

enum { LAYER_SLOTS = 10000 };

/* Mutual exclusion: of the 10,000 slots of a layer those that are an experiment's. */
struct layer {
	const char *id, *salt;
	enum subject_kind unit;
	size_t n;
	struct {
		int first, last; /* both inside */
	} *ranges;
};

/* An experiment, as a worker holds it: in effect, where nothing else is said. */
struct active {
	int64_t nr;
	const char *status;               /* core/experiment/lifecycle.h */
	const char *id, *name, *key, *client, *start, *end; /* end NULL: none */
	const char *url;                  /* of data.url; NULL: any */
	const char *salt;
	int64_t modulus;                  /* 0: everybody */
	double traffic;                   /* percent of the subjects */
	const struct layer *layer;        /* NULL: none */
	int64_t split;                    /* number of the shares in force */
	int state;                        /* core/experiment/delivery.h */
	const char *standard;             /* the default alternative; NULL: none is flagged */
	struct json_object *alternatives;
	const struct criteria *criteria;  /* NULL: everybody */
	int64_t audience;                 /* the version in effect */
};

/* Who asks, and from where. */
struct asker {
	const char *device; /* bare id */
	const char *user;   /* bare id, or NULL */
	const char *url;    /* or NULL */
	const char *client; /* or NULL */
	const char *today;  /* "2026-11-21" */
};

/* A candidate that was accepted. */
struct match {
	const struct active *active;
	bool by_user, by_device, by_url; /* the constraints that it matched */
};

/*
 * Whether an experiment whose audience the device or the user is in (or that has none) is for
 * this asker: dates, url, client and modulus, in that order.
 */
bool lookup_accepts(const struct active *a, const struct asker *who);

/*
 * Whether no audience limits it: without criteria, with such as are decided live, and with
 * criteria that replaced none until they have an audience of their own.
 */
bool lookup_is_open(const struct active *a);

/* Sorts matches: more matched constraints first, then by user, device, url, then the newest. */
void lookup_sort(struct match *list, size_t n);

/* The client in a producer: what stands behind its last dot; NULL for none. */
const char *lookup_client(const char *producer);

#endif
