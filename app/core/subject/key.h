/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_KEY_H
#define CORE_SUBJECT_KEY_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * API keys: their text, and what they may be. A key is asy_<class>_<id of 8 hex digits>_<secret of
 * 48>; the database stores its id and a digest of the secret.
 */

enum {
	KEY_NAME = 100,     /* bytes of a name */
	KEY_DAYS = 3650,    /* of its life */
	KEY_RATE = 1000000, /* a second */
	KEY_ID = 9,         /* an id with its NUL */
	KEY_TEXT = 96,      /* a whole key with its NUL */
	KEY_SIGNING = 65,   /* a signing secret with its NUL */
};

/* A new key of class kind ("client", "server", "admin", "metrics"): its text, which is shown once,
 * and its id. */
void key_make(const char *kind, char text[KEY_TEXT], char id[KEY_ID]);

/* Splits the text of a key into its id and its secret, which is a part of text; false when it is
 * none. */
bool key_split(const char *text, char id[KEY_ID], const char **secret);

/* A new secret for signatures. */
void key_make_signing(char out[KEY_SIGNING]);

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
