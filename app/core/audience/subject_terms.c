/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The paths of a subject's groups, alternatives, tags and kind among its terms. Each begins with a
 * #, which is escaped in the path of an attribute, so the two can never collide.
 */
#include "core/audience/subject_terms.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

char *
subject_terms_group(void *ctx, const char *segmentation)
{
	return mem_printf(ctx, "#group:%s", terms_path(ctx, segmentation));
}

char *
subject_terms_alternative(void *ctx, const char *experiment)
{
	return mem_printf(ctx, "#alternative:%s", terms_path(ctx, experiment));
}

char *
subject_terms_tag(void *ctx, const char *scope, const char *key)
{
	return mem_printf(ctx, "#tag:%s:%s", terms_path(ctx, scope), terms_path(ctx, key));
}

const char *
subject_terms_kind(void)
{
	return "#kind";
}

char *
subject_terms_field(void *ctx, const char *name, const char **segmentation)
{
	static const char group[] = "group:", tag[] = "tag:";
	const char *colon = strrchr(name, ':');

	*segmentation = NULL;
	if (strncmp(name, group, sizeof group - 1) == 0) {
		*segmentation = name + sizeof group - 1;
		return subject_terms_group(ctx, *segmentation);
	}
	/* A colon at the end of "tag:" itself means that there is no key. */
	if (strncmp(name, tag, sizeof tag - 1) != 0 || colon == name + sizeof tag - 2)
		return NULL;
	const char *scope = name + sizeof tag - 1;
	return subject_terms_tag(ctx, mem_dupn(ctx, scope, (size_t)(colon - scope)), colon + 1);
}

/* A capital letter is written as ^ and the letter, which survives folding; ^ itself as ^^. */
struct json_object *
subject_terms_exact(void *ctx, const char *name)
{
	struct buf *out = buf_new(ctx, strlen(name) + 8);

	for (const char *s = name; *s != '\0'; s++) {
		if ((*s >= 'A' && *s <= 'Z') || *s == '^')
			buf_char(out, '^');
		buf_char(out, *s);
	}
	return mem_json(ctx, json_object_new_string(out->data));
}
