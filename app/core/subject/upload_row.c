/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a row of an upload of members. A fault is the end of its line in the report, so it is one
 * sentence about the whole row.
 */
#include "core/subject/upload_row.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "core/audience/segmentation.h"
#include "core/subject/subject.h"
#include "base/text.h"

static const char *const columns[] = {"user_id", "email", "group", NULL};
static const char *const required[] = {"group", "user_id|email", NULL};

const struct csv_rules upload_row_csv = {columns, required, false};

/* Accepts one @ with text on both sides, and nothing that could end or separate addresses. */
char *
upload_row_email(void *ctx, const char *s)
{
	const char *at = strchr(s, '@');

	if (at == NULL || at == s || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
	    strpbrk(s, " ,;<>\"()") != NULL || at[1] == '.' || s[strlen(s) - 1] == '.' ||
	    strstr(at, "..") != NULL || text_fault(ctx, s, strlen(s), UPLOAD_ROW_EMAIL) != NULL)
		return NULL;
	char *out = mem_dup(ctx, s);
	for (char *c = out; *c != '\0'; c++)
		if (isascii((unsigned char)*c))
			*c = (char)tolower((unsigned char)*c);
	return out;
}

static const char *
text_member(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

const char *
upload_row_read(void *ctx, struct json_object *o, struct upload_row *out)
{
	const char *user = text_member(o, "user_id"), *email = text_member(o, "email");

	*out = (struct upload_row){.group = text_member(o, "group")};
	if (out->group == NULL)
		return "the group is missing";
	if (text_fault(ctx, out->group, strlen(out->group), SEGMENTATION_NAME) != NULL)
		return "this cannot be the name of a group";
	if (user == NULL && email == NULL)
		return "user_id and email are both missing";
	const char *fault = user == NULL ? NULL : subject_fault(ctx, user, strlen(user));
	if (fault != NULL)
		return mem_printf(ctx, "user_id %s", fault);
	if (email != NULL && (out->email = upload_row_email(ctx, email)) == NULL)
		return "email is not an e-mail address";
	out->subject = user == NULL ? NULL : subject_text(ctx, SUBJECT_USER, user);
	return NULL;
}
