/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * API keys: making and splitting their text, and validation of their properties. The secret is
 * shown once, when a key is made; only a digest of it is stored.
 */
#include "core/subject/key.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/subject/subject.h"

enum { SECRET_BYTES = 24 };

void
key_make(const char *kind, char text[KEY_TEXT], char id[KEY_ID])
{
	char secret[2 * SECRET_BYTES + 1];
	const char *const parts[] = {"asy_", kind, "_", id, "_", secret};

	hash_random_hex(id, (KEY_ID - 1) / 2);
	hash_random_hex(secret, SECRET_BYTES);
	for (const char *const *s = parts; s < parts + sizeof parts / sizeof parts[0]; s++)
		text = stpcpy(text, *s);
}

bool
key_split(const char *text, char id[KEY_ID], const char **secret)
{
	enum { DIGITS = KEY_ID - 1 };
	const char *s = strncmp(text, "asy_", 4) == 0 ? strchr(text + 4, '_') : NULL;

	if (s == NULL || strlen(text) >= KEY_TEXT ||
	    strspn(s + 1, "0123456789abcdef") < DIGITS || s[1 + DIGITS] != '_')
		return false;
	memcpy(id, s + 1, DIGITS);
	id[DIGITS] = '\0';
	*secret = s + 2 + DIGITS;
	return true;
}

void
key_make_signing(char out[KEY_SIGNING])
{
	hash_random_hex(out, (KEY_SIGNING - 1) / 2);
}

bool
key_is_class(const char *kind)
{
	return strcmp(kind, "client") == 0 || strcmp(kind, "server") == 0 ||
	    strcmp(kind, "admin") == 0;
}

struct json_object *
key_origins(void *ctx, const char *text)
{
	struct json_object *list = mem_json(ctx, json_object_new_array());
	char *rest = mem_dup(ctx, text == NULL ? "" : text);

	for (char *origin; (origin = strsep(&rest, ", \r\n\t")) != NULL;) {
		if (*origin == '\0')
			continue;
		const char *host = strstr(origin, "://");
		if (host == NULL || host[3] == '\0' || strpbrk(host + 3, "/\"") != NULL)
			return NULL;
		json_object_array_add(list, json_object_new_string(origin));
	}
	return list;
}

/* The word for a kind, "user": the name of its member in bodies without the _id. */
static const char *
kind_word(void *ctx, int kind)
{
	const char *field = subject_field((enum subject_kind)kind);

	return mem_dupn(ctx, field, strlen(field) - strlen("_id"));
}

unsigned
key_subjects(void *ctx, const char *text)
{
	unsigned kinds = 0;
	char *rest = mem_dup(ctx, text == NULL ? "" : text);

	if (text == NULL)
		return (1u << SUBJECT__MAX) - 1;
	for (char *word; (word = strsep(&rest, ", ")) != NULL;) {
		int kind = 0;
		while (kind < SUBJECT__MAX && strcmp(word, kind_word(ctx, kind)) != 0)
			kind++;
		if (*word != '\0' && kind == SUBJECT__MAX)
			return 0;
		kinds |= *word == '\0' ? 0 : 1u << kind;
	}
	return kinds;
}

const char *
key_subjects_text(void *ctx, unsigned kinds)
{
	const char *text = "";

	for (int kind = 0; kind < SUBJECT__MAX; kind++)
		if ((kinds & 1u << kind) != 0)
			text = mem_printf(ctx, "%s%s%s", text, *text == '\0' ? "" : ",",
			    kind_word(ctx, kind));
	return text;
}

const char *
key_rate_fault(const char *text)
{
	int64_t rate;

	return text == NULL || num_int(text, 0, KEY_RATE, &rate)
	    ? NULL : "must be a whole number from 0 to 1000000";
}

bool
key_is_choice(const char *text)
{
	return strcmp(text, "yes") == 0 || strcmp(text, "no") == 0;
}
