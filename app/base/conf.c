/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configuration as one typed table. A key that nobody knows is refused with its line: a typing
 * error must not silently mean the default.
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

static const char **
text_of(const struct conf *c, const struct key *k)
{
	return (const char **)((uintptr_t)c + k->offset);
}

static int64_t *
number_of(const struct conf *c, const struct key *k)
{
	return (int64_t *)((uintptr_t)c + k->offset);
}

/* Texts that must have a form; the others are checked where they are used. */
static const struct {
	const char *name;
	bool (*is_good)(const char *value);
	const char *must;
} forms[] = {
    {"proxies", net_is_list, "must be addresses and networks, as 192.0.2.1, 10.0.0.0/8"},
    {"public_url", public_url_is_valid, "must be as https://www.example.org or with a path behind"},
};

/* Sets the value. NULL, or what it must be, on c. */
static const char *
set(struct conf *c, const struct key *k, const char *value)
{
	if (k->init_text == NULL)
		return num_int(value, k->min, k->max, number_of(c, k)) ? NULL :
		    mem_printf(c, "must be a whole number from %lld to %lld", (long long)k->min,
			(long long)k->max);
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strcmp(forms[i].name, k->name) == 0 && !forms[i].is_good(value))
			return forms[i].must;
	*text_of(c, k) = mem_dup(c, value);
	return NULL;
}

static enum err
refuse(char message[CONF_MESSAGE], const char *where, const char *name, const char *fault)
{
	snprintf(message, CONF_MESSAGE, "%s: %s %s", where, name, fault);
	return ERR_INVALID;
}

static const struct key *
find(const char *name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* s without blanks at either end; cuts in place. */
static char *
trim(char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	size_t n = strlen(s);
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

static enum err
read_line(struct conf *c, char *line, const char *where, char message[CONF_MESSAGE])
{
	char *text = trim(line);

	if (*text == '\0' || *text == '#')
		return OK;
	char *eq = strchr(text, '=');
	if (eq == NULL) {
		snprintf(message, CONF_MESSAGE, "%s: expected `key = value`", where);
		return ERR_INVALID;
	}
	*eq = '\0';
	const char *name = trim(text);
	const struct key *k = find(name);
	if (k == NULL) {
		snprintf(message, CONF_MESSAGE, "%s: unknown key `%.64s`", where, name);
		return ERR_INVALID;
	}
	const char *fault = set(c, k, trim(eq + 1));
	return fault == NULL ? OK : refuse(message, where, k->name, fault);
}

static enum err
read_file(struct conf *c, const char *file, char message[CONF_MESSAGE])
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
		e = read_line(c, line, where, message);
	}
	if (e == OK && ferror(f)) {
		snprintf(message, CONF_MESSAGE, "%.128s: %s", file, strerror(errno));
		e = ERR_NOT_FOUND;
	}
	free(line);
	fclose(f);
	return e;
}

static enum err
read_environment(struct conf *c, char message[CONF_MESSAGE])
{
	for (size_t i = 0; i < KEYS; i++) {
		char name[64] = "ASSAY_";
		size_t n = strlen(name);
		for (const char *s = keys[i].name; *s != '\0'; s++)
			name[n++] = (char)toupper((unsigned char)*s);
		const char *value = getenv(name);
		const char *fault = value == NULL ? NULL : set(c, &keys[i], value);
		if (fault != NULL)
			return refuse(message, name, keys[i].name, fault);
	}
	return OK;
}

enum err
conf_load(void *ctx, const char *file, struct conf **out, char message[CONF_MESSAGE])
{
	struct conf *c = mem_new(ctx, struct conf);

	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].init_text == NULL)
			*number_of(c, &keys[i]) = keys[i].init;
		else
			*text_of(c, &keys[i]) = keys[i].init_text;
	enum err e = file == NULL ? OK : read_file(c, file, message);
	if (e == OK)
		e = read_environment(c, message);
	if (e == OK)
		*out = c;
	return e;
}

/* Neither a URL's user:password@ nor libpq's password= may reach a terminal or a log. */
static void
print_text(struct buf *out, const char *value)
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
			buf_printf(out, "%lld", (long long)*number_of(c, &keys[i]));
		else if (strcmp(keys[i].name, "log_key") == 0)
			buf_str(out, **text_of(c, &keys[i]) != '\0' ? "***" : "");
		else
			print_text(out, *text_of(c, &keys[i]));
		buf_char(out, '\n');
	}
}
