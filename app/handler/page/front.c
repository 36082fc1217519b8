/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages for everyone: the front page, and the documentation, which is made from the same tables
 * that the program runs by.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "service/readiness.h"
#include "handler/routes.h"
#include "store/db/query.h"
#include "web/http/ctx.h"
#include "web/http/route.h"
#include "web/http/site.h"

/* GET / */
enum err
front(struct ctx *c)
{
	bool ready;
	struct json_object *state = readiness_check(&c->w, &ready);

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_add_text(c->model, "version", ASSAY_VERSION);
	json_object_object_add(c->model, "ready", json_object_new_boolean(ready));
	json_object_object_add(c->model, "state", json_object_get(state));
	return OK;
}

/* Who may call a route, in words. */
static const char *
caller_words(enum key_class key)
{
	static const char *const words[] = {
		[KEY_NONE] = "anybody",
		[KEY_METRICS] = "admin key, or one of scope metrics",
		[KEY_CLIENT] = "client key",
		[KEY_SERVER] = "server key",
		[KEY_ADMIN] = "admin key",
		[ROLE_VIEWER] = "viewer, signed in",
		[ROLE_EDITOR] = "editor, signed in",
		[ROLE_ADMIN] = "admin, signed in",
	};

	return words[key];
}

/* The routes as the documentation lists them. The caller owns it. */
static struct json_object *
route_list(const struct ctx *c)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < c->routes->count; i++) {
		const struct route *route = &c->routes->list[i];
		struct json_object *o = json_object_new_object();
		bool page = route_is_page(route) || route->key <= KEY_METRICS;
		json_add_text(o, "method", route->method);
		json_add_text(o, "path", mem_printf(c->w.mem, "%s%s%s", site_prefix(c),
		    page ? "" : "/v1",
				       route->path));
		json_add_text(o, "who", caller_words(route->key));
		json_add_text(o, "doc", route->doc);
		json_object_array_add(list, o);
	}
	return list;
}

/* The errors as the documentation lists them. The caller owns it. */
static struct json_object *
error_list(void)
{
	struct json_object *list = json_object_new_array();

	for (int e = OK + 1; e < ERR__MAX; e++) {
		const struct err_info *info = err_info((enum err)e);
		struct json_object *o = json_object_new_object();
		json_add_text(o, "slug", info->slug);
		json_add_text(o, "title", info->title);
		json_object_object_add(o, "status", json_object_new_int(info->status));
		json_object_array_add(list, o);
	}
	return list;
}

/* GET /docs */
enum err
docs(struct ctx *c)
{
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_add_text(c->model, "version", ASSAY_VERSION);
	json_object_object_add(c->model, "routes", route_list(c));
	json_object_object_add(c->model, "problems", error_list());
	return OK;
}
