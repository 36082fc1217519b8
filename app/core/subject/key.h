/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_KEY_H
#define CORE_SUBJECT_KEY_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * API keys: their text and their properties. A key is asy_<class>_<id of 8 hex digits>_<secret of
 * 48>; the database stores its id and a digest of the secret.
 */

enum {
	KEY_NAME = 100,     /* bytes of a name, at most */
	KEY_DAYS = 3650,    /* until a key expires, at most */
	KEY_RATE = 1000000, /* requests per second, at most */
	KEY_ID = 9,         /* an id with its NUL */
	KEY_TEXT = 96,      /* a whole key with its NUL */
	KEY_SIGNING = 65,   /* a signing secret with its NUL */
};

/*
 * Makes a new key of class kind ("client", "server", "admin", "metrics"): its text, to be shown
 * once, and its id.
 */
void key_make(const char *kind, char text[KEY_TEXT], char id[KEY_ID]);

/*
 * Splits the text of a key into its id and its secret, which is a part of text. False when text is
 * not a key.
 */
bool key_split(const char *text, char id[KEY_ID], const char **secret);

/* Makes a new secret for signatures. */
void key_make_signing(char out[KEY_SIGNING]);

/* Whether kind is "client", "server" or "admin". */
bool key_is_class(const char *kind);

/*
 * Reads origins, "https://a.example", separated by commas or blanks, as a JSON array on ctx; NULL
 * when one is not valid. text may be NULL: no origins.
 */
struct json_object *key_origins(void *ctx, const char *text);

/*
 * Reads kinds of subjects, "user,session", separated by commas or blanks, as bits 1 << enum
 * subject_kind; text NULL: all kinds. 0 when a word is not a kind or there is no word. ctx is for
 * temporary memory.
 */
unsigned key_subjects(void *ctx, const char *text);

/* Why text is not a rate, a whole number from 0 to KEY_RATE, static; NULL when it is, or absent. */
const char *key_rate_fault(const char *text);

/* Whether text is "yes" or "no". */
bool key_is_choice(const char *text);

/* The kinds as the database stores them, "user,session", on ctx. */
const char *key_subjects_text(void *ctx, unsigned kinds);

#endif
