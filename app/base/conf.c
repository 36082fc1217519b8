/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration as one typed table, made from conf.def. An unknown key is an error with its
 * line: a typing error must not silently mean the default.
 */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/net/net.h"
#include "base/num.h"
#include "base/net/public_url.h"

struct key {
	const char *name;
	const char *init_text; /* NULL for a number */
	int64_t init, min, max;
	size_t offset; /* of the member in struct conf */
};

static const struct key keys[] = {
#define CONF_STR(key, init) {#key, init, 0, 0, 0, offsetof(struct conf, key)},
#define CONF_INT(key, init, min, max) {#key, NULL, init, min, max, offsetof(struct conf, key)},
#include "base/conf.def"
#undef CONF_STR
#undef CONF_INT
};

enum { KEYS = sizeof keys / sizeof keys[0] };

/* The member of c for key k, by the type of the key. */
static const char **
text_member(const struct conf *c, const struct key *k)
{
	return (const char **)((uintptr_t)c + k->offset);
}

static int64_t *
number_member(const struct conf *c, const struct key *k)
{
	return (int64_t *)((uintptr_t)c + k->offset);
}

/*
 * Texts whose form is checked here; the others are checked where they are used. None of these forms
 * has room for a secret.
 */
static const struct form {
	const char *name;
	bool (*is_good)(const char *value);
	const char *must;
} forms[] = {
    {"proxies", net_is_list, "must be addresses and networks such as 192.0.2.1, 10.0.0.0/8"},
    {"public_url", public_url_is_valid,
	"must be a URL such as https://www.example.org or https://www.example.org/path"},
};

/* The form that the value of key k must have, or NULL. */
static const struct form *
form_of(const struct key *k)
{
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strcmp(forms[i].name, k->name) == 0)
			return &forms[i];
	return NULL;
}

/* Sets a key. NULL on success; otherwise what its value must be, static or on c. */
static const char *
set_key(struct conf *c, const struct key *k, const char *value)
{
	if (k->init_text == NULL)
		return num_int(value, k->min, k->max, number_member(c, k)) ? NULL :
		    mem_printf(c, "must be a whole number from %lld to %lld", (long long)k->min,
			(long long)k->max);
	const struct form *form = form_of(k);
	if (form != NULL && !form->is_good(value))
		return form->must;
	*text_member(c, k) = mem_dup(c, value);
	return NULL;
}

static enum err
refuse_key(char message[CONF_MESSAGE], const char *where, const char *name, const char *fault)
{
	snprintf(message, CONF_MESSAGE, "%s: %s %s", where, name, fault);
	return ERR_INVALID;
}

static const struct key *
find_key(const char *name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* s without white space at either end; changes it in place. */
static char *
trim_spaces(char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	size_t n = strlen(s);
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

/* Reads `key = value`, an empty line or a comment; where is "file:line" for the message. */
static enum err
read_conf_line(struct conf *c, char *line, const char *where, char message[CONF_MESSAGE])
{
	char *text = trim_spaces(line);

	if (*text == '\0' || *text == '#')
		return OK;
	char *eq = strchr(text, '=');
	if (eq == NULL) {
		snprintf(message, CONF_MESSAGE, "%s: expected `key = value`", where);
		return ERR_INVALID;
	}
	*eq = '\0';
	const char *name = trim_spaces(text);
	const struct key *k = find_key(name);
	if (k == NULL) {
		snprintf(message, CONF_MESSAGE, "%s: unknown key `%.64s`", where, name);
		return ERR_INVALID;
	}
	const char *fault = set_key(c, k, trim_spaces(eq + 1));
	return fault == NULL ? OK : refuse_key(message, where, k->name, fault);
}

static enum err
read_conf_file(struct conf *c, const char *file, char message[CONF_MESSAGE])
{
	enum err e = OK;
	char *line = NULL;
	size_t room = 0;
	FILE *f = fopen(file, "re");

	if (f == NULL) {
		snprintf(message, CONF_MESSAGE, "%.128s: %s", file, strerror(errno));
		return ERR_NOT_FOUND;
	}
	for (unsigned n = 1; e == OK && getline(&line, &room, f) >= 0; n++) {
		char where[160];
		snprintf(where, sizeof where, "%.128s:%u", file, n);
		e = read_conf_line(c, line, where, message);
	}
	if (e == OK && ferror(f)) {
		snprintf(message, CONF_MESSAGE, "%.128s: %s", file, strerror(errno));
		e = ERR_NOT_FOUND;
	}
	free(line);
	fclose(f);
	return e;
}

/* ASSAY_ and the name of a key in upper case; comes after the file, so it has priority. */
static enum err
read_conf_environment(struct conf *c, char message[CONF_MESSAGE])
{
	for (size_t i = 0; i < KEYS; i++) {
		char name[64] = "ASSAY_";
		size_t n = strlen(name);
		for (const char *s = keys[i].name; *s != '\0'; s++)
			name[n++] = (char)toupper((unsigned char)*s);
		const char *value = getenv(name);
		const char *fault = value == NULL ? NULL : set_key(c, &keys[i], value);
		if (fault != NULL)
			return refuse_key(message, name, keys[i].name, fault);
	}
	return OK;
}

enum err
conf_load(void *ctx, const char *file, struct conf **out, char message[CONF_MESSAGE])
{
	struct conf *c = mem_new(ctx, struct conf);

	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].init_text == NULL)
			*number_member(c, &keys[i]) = keys[i].init;
		else
			*text_member(c, &keys[i]) = keys[i].init_text;
	enum err e = file == NULL ? OK : read_conf_file(c, file, message);
	if (e == OK)
		e = read_conf_environment(c, message);
	if (e == OK)
		*out = c;
	else
		talloc_free(c);
	return e;
}

/* Writes a value without its secrets: neither the user:password@ of a URL nor the password= of a
 * libpq string may reach a terminal or a log. */
static void
print_masked(struct buf *out, const char *value)
{
	const char *scheme = strstr(value, "://");
	const char *at = scheme != NULL ? strrchr(value, '@') : NULL;

	if (strcasestr(value, "password") != NULL) {
		buf_str(out, "***");
		return;
	}
	if (at == NULL) {
		buf_str(out, value);
		return;
	}
	buf_add(out, value, (size_t)(scheme + 3 - value));
	buf_str(out, "***");
	buf_str(out, at);
}

void
conf_print(const struct conf *c, struct buf *out)
{
	for (size_t i = 0; i < KEYS; i++) {
		buf_printf(out, "%s = ", keys[i].name);
		if (keys[i].init_text == NULL)
			buf_printf(out, "%lld", (long long)*number_member(c, &keys[i]));
		else if (strcmp(keys[i].name, "log_key") == 0)
			buf_str(out, **text_member(c, &keys[i]) != '\0' ? "***" : "");
		else if (form_of(&keys[i]) != NULL)
			buf_str(out, *text_member(c, &keys[i]));
		else
			print_masked(out, *text_member(c, &keys[i]));
		buf_char(out, '\n');
	}
}
