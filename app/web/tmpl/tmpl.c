/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A set of mustache templates, loaded once when a worker starts. What can be checked without a
 * model, as a missing partial or one that includes itself for ever, is checked then and not when a
 * page is first opened.
 */
#include "web/tmpl/tmpl.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "web/http/asset.h"
#include "web/tmpl/tmpl_parse.h"
#include "web/tmpl/tmpl_walk.h"

static enum err __attribute__((format(printf, 3, 4)))
tmpl_fail(char message[TMPL_MESSAGE], enum err e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, TMPL_MESSAGE, fmt, ap);
	va_end(ap);
	return e;
}

/* As tmpl_add, for a text that lives as long as the set; it is not copied. */
static enum err
add_template(struct tmpl_set *set, const char *name, const char *text, size_t len,
    char message[TMPL_MESSAGE])
{
	struct tmpl_fault fault;

	if (tmpl_find(set, name) != NULL)
		return tmpl_fail(message, ERR_CONFLICT, "%s: is there already", name);
	struct tmpl *t = mem_new(set, struct tmpl);
	enum err e = tmpl_parse(t, text, len, &t->root, &fault);
	if (e != OK)
		return tmpl_fail(message, e, "%s:%u: %s", name, fault.line, fault.why);
	t->name = mem_dup(t, name);
	t->next = set->first;
	set->first = t;
	struct tmpl **bucket = tmpl_bucket(set, name);
	t->bucket_next = *bucket;
	*bucket = t;
	return OK;
}

static enum err
read_template(struct buf *text, const char *path)
{
	char chunk[4096];
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return ERR_INTERNAL;
	size_t n = fread(chunk, 1, sizeof(chunk), f);
	while (n > 0) {
		buf_add(text, chunk, n);
		n = fread(chunk, 1, sizeof(chunk), f);
	}
	bool failed = ferror(f) != 0;
	fclose(f);
	return failed ? ERR_INTERNAL : OK;
}

static bool
is_template(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 && strcmp(name + len - 5, ".html") == 0;
}

static enum err
load_file(struct tmpl_set *set, const char *dir, const char *name, char message[TMPL_MESSAGE])
{
	struct buf *raw = buf_new(set, 4096), *text = buf_new(set, 4096);
	const char *missing;

	if (read_template(raw, mem_printf(raw, "%s/%s", dir, name)) != OK)
		return tmpl_fail(message, ERR_INTERNAL, "%s: cannot be read", name);
	if (asset_add_versions(dir, raw, text, &missing) != OK)
		return tmpl_fail(
		    message, ERR_NOT_FOUND, "%s: cannot read assets/%s", name, missing);
	talloc_free(raw);
	return add_template(set, name, text->data, text->len, message);
}

static enum err
load_files(struct tmpl_set *set, const char *dir, char message[TMPL_MESSAGE])
{
	enum err e = OK;
	DIR *d = opendir(dir);

	if (d == NULL)
		return tmpl_fail(message, ERR_NOT_FOUND, "%s: %s", dir, strerror(errno));
	const struct dirent *entry = readdir(d);
	while (entry != NULL && e == OK) {
		if (is_template(entry->d_name))
			e = load_file(set, dir, entry->d_name, message);
		entry = readdir(d);
	}
	closedir(d);
	return e;
}

/* The first partial in n or below it that the set does not have. Sections nest only a few levels
 * deep. */
static const struct tmpl_node *
find_missing(const struct tmpl_set *set, const struct tmpl_node *n)
{
	for (; n != NULL; n = n->next) {
		if (n->kind == TMPL_PARTIAL && tmpl_find(set, n->name) == NULL)
			return n;
		const struct tmpl_node *below = find_missing(set, n->child);
		if (below != NULL)
			return below;
	}
	return NULL;
}

static enum err
check_partials(const struct tmpl_set *set, char message[TMPL_MESSAGE])
{
	for (const struct tmpl *t = set->first; t != NULL; t = t->next) {
		const struct tmpl_node *n = find_missing(set, t->root);
		if (n != NULL)
			return tmpl_fail(message, ERR_SYNTAX, "%s:%u: there is no partial %s",
			    t->name, n->line, n->name);
	}
	return OK;
}

/* The first partial outside of sections that is not known to terminate. */
static const struct tmpl_node *
find_endless(const struct tmpl_set *set, const struct tmpl *t)
{
	for (const struct tmpl_node *n = t->root; n != NULL; n = n->next) {
		if (n->kind == TMPL_PARTIAL && !tmpl_find(set, n->name)->ends)
			return n;
	}
	return NULL;
}

/*
 * A template terminates when all partials outside its sections do. A template that repeating this
 * rule does not reach is in a cycle or leads into one. All partials must exist.
 */
static enum err
check_ends(struct tmpl_set *set, char message[TMPL_MESSAGE])
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (struct tmpl *t = set->first; t != NULL; t = t->next) {
			if (t->ends || find_endless(set, t) != NULL)
				continue;
			t->ends = true;
			changed = true;
		}
	}
	for (const struct tmpl *t = set->first; t != NULL; t = t->next) {
		if (t->ends)
			continue;
		const struct tmpl_node *n = find_endless(set, t);
		return tmpl_fail(message, ERR_SYNTAX, "%s:%u: the partial %s never ends", t->name,
		    n->line, n->name);
	}
	return OK;
}

struct tmpl_set *
tmpl_new(void *ctx)
{
	return mem_new(ctx, struct tmpl_set);
}

enum err
tmpl_add(struct tmpl_set *set, const char *name, const char *text, size_t len,
    char message[TMPL_MESSAGE])
{
	return add_template(set, name, mem_dupn(set, text, len), len, message);
}

enum err
tmpl_load(struct tmpl_set *set, const char *dir, char message[TMPL_MESSAGE])
{
	enum err e = load_files(set, dir, message);

	if (e == OK)
		e = check_partials(set, message);
	if (e == OK)
		e = check_ends(set, message);
	return e;
}

enum err
tmpl_render(
    const struct tmpl_set *set, const char *name, struct json_object *model, struct buf *out)
{
	const struct tmpl *t = tmpl_find(set, name);

	return t == NULL ? ERR_NOT_FOUND : tmpl_walk(set, t, model, out);
}
