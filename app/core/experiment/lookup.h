/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_LOOKUP_H
#define CORE_EXPERIMENT_LOOKUP_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/audience/criteria.h"

enum { LAYER_SLOTS = 10000 }; /* of each layer */

/* Mutual exclusion: the slots of a layer that belong to one experiment. */
struct layer {
	const char *id, *salt;
	enum subject_kind unit;
	size_t n;
	struct {
		int first, last; /* both inclusive */
	} *ranges;
};

/*
 * An experiment as a worker holds it for decisions. Those in the list of an experiment set are in
 * effect; others may be in any status.
 */
struct experiment {
	int64_t nr;
	const char *status;               /* core/experiment/lifecycle.h */
	const char *id, *name, *key, *client, *start, *end; /* end NULL: none */
	const char *url;                  /* of data.url; NULL: any */
	const char *salt;
	int64_t modulus;                  /* 0: everybody */
	double traffic;                   /* percent of the subjects */
	const struct layer *layer;        /* NULL: none */
	int64_t allocation;               /* number of the allocation in force */
	int state;                        /* core/experiment/delivery.h */
	const char *default_name;         /* the default alternative; NULL: none is flagged */
	struct json_object *alternatives;
	const struct criteria *criteria;  /* NULL: everybody */
	int64_t audience;                 /* the version of the audience in effect */
	bool secret; /* of visibility `server`: client keys see it only if they name it, or
			register a device in its audience */
};

/* A look-up: the subject, and what has to match the constraints of experiments. */
struct lookup_request {
	const char *device; /* bare id */
	const char *user;   /* bare id, or NULL */
	const char *url;    /* or NULL */
	const char *client; /* or NULL */
	const char *today;  /* "2026-11-21" */
};

/* An experiment that a look-up selected. */
struct match {
	const struct experiment *experiment;
	bool by_user, by_device, by_url; /* the constraints that it matched */
};

/*
 * Whether the dates, url, client and modulus of an experiment select the request. Whether the
 * device or the user is in its audience is for the caller to check.
 */
bool lookup_accepts(const struct experiment *a, const struct lookup_request *who);

/*
 * Whether no stored audience limits the experiment: it has no criteria, or criteria that are
 * evaluated at decision time, or it got its first criteria while ACTIVE and they have not been
 * mapped yet.
 */
bool lookup_is_open(const struct experiment *a);

/* Sorts by number of matched constraints, then those matched by user, device, url, then newest. */
void lookup_sort(struct match *list, size_t n);

/* The client in a producer: the part after its last dot; NULL when there is none. */
const char *lookup_client(const char *producer);

#endif
