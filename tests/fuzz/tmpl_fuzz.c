/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes templates: the input is a template, a NUL, and the JSON text of a model. Besides not
 * crashing, a page may hold no character that HTML gives a meaning to unless the template holds
 * it too, because whatever comes from the model is escaped.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/tmpl/tmpl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A reference that buf_html writes, at the n bytes at s. */
static int
is_reference(const char *s, size_t n)
{
	static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		size_t len = strlen(references[i]);
		if (n >= len && memcmp(s, references[i], len) == 0)
			return 1;
	}
	return 0;
}

static void
check_escaped(const char *text, size_t len, const struct buf *out)
{
	static const char marks[] = {'<', '>', '"', '\''};

	for (size_t i = 0; i < sizeof(marks); i++) {
		if (memchr(text, marks[i], len) == NULL &&
		    memchr(out->data, marks[i], out->len) != NULL)
			abort();
	}
	if (memchr(text, '&', len) != NULL)
		return;
	for (size_t i = 0; i < out->len; i++) {
		if (out->data[i] == '&' && !is_reference(out->data + i, out->len - i))
			abort();
	}
}

/* A template that names itself twice renders until its limit of a million steps, which takes as
 * long as ten thousand others: only those of some sizes are tried. */
static int
is_costly(const char *text, size_t len)
{
	const char *first = strstr(text, "{{>");

	return first != NULL && strstr(first + 1, "{{>") != NULL && len % 16 != 0;
}

static void
render(void *ctx, const char *text, size_t len, struct json_object *model)
{
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);
	char message[TMPL_MESSAGE] = "";

	if (tmpl_add(set, "t", text, len, message) != OK) {
		if (message[0] == '\0')
			abort();
		return;
	}
	if (is_costly(text, len))
		return;
	enum err e = tmpl_render(set, "t", model, out);
	if (e != OK && (e != ERR_INTERNAL || out->len > 0))
		abort();
	check_escaped(text, len, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = mem_ctx(NULL);
	const char *text = mem_dupn(ctx, (const char *)data, size);
	size_t len = strlen(text);
	struct json_object *model = NULL;

	if (len < size)
		model = mem_json(ctx, json_tokener_parse(text + len + 1));
	render(ctx, text, len, model);
	talloc_free(ctx);
	return 0;
}
