/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_KEY_H
#define CORE_SUBJECT_KEY_H

#include <json-c/json.h>
#include <stdbool.h>

/* What keys may be. */

enum {
	KEY_NAME = 100,     /* bytes of a name */
	KEY_DAYS = 3650,    /* of its life */
	KEY_RATE = 1000000, /* a second */
};

/* Whether kind is "client", "server" or "admin". */
bool key_is_class(const char *kind);

/* Origins, "https://a.example", with commas or blanks between, as a JSON array on ctx; NULL when
 * one is none. text may be NULL: no origins. */
struct json_object *key_origins(void *ctx, const char *text);

/*
 * The kinds of subjects that text names, "user,session", with commas or blanks between, as bits
 * 1 << enum subject_kind; NULL: all. 0 when a word is no kind or there is none. ctx is for work.
 */
unsigned key_subjects(void *ctx, const char *text);

/* Why text (NULL: none) cannot be a rate, a whole number from 0 to KEY_RATE; NULL: it can. */
const char *key_rate_fault(const char *text);

/* Whether text is "yes" or "no". */
bool key_is_choice(const char *text);

/* The kinds as the database keeps them, on ctx: "user,session". */
const char *key_subjects_text(void *ctx, unsigned kinds);

#endif
