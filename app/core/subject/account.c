/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names and roles of accounts. A name has to work as an argument of `assay user` and in the path of
 * a page.
 */
#include "core/subject/account.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

const char *
account_name_fault(void *ctx, const char *name)
{
	if (*name == '-')
		return "must not begin with -, which command lines take for an option";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "must not be . or .., which no path can name";
	return text_fault(ctx, name, strlen(name), ACCOUNT_NAME);
}

const char *
account_link_path(void *ctx, const char *token)
{
	return mem_printf(ctx, "/admin/enter?token=%s", token);
}

bool
account_is_role(const char *role)
{
	return strcmp(role, "viewer") == 0 || strcmp(role, "editor") == 0 ||
	    strcmp(role, "admin") == 0;
}
