/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions of the pages: sign-in, cookie, CSRF token, sign-out. What an outsider can try is
 * bounded: attempts by account and by address, concurrent password hashes, the life of a session.
 */
#include "web/auth/session.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "base/model_cache.h"
#include "web/http/site.h"

#define NAME_PLAIN "assay"
#define NAME_HOST "__Host-assay"     /* browsers take it from the very host only, for Path=/ */
#define NAME_SECURE "__Secure-assay" /* for a path */

#define BELIEVE (100 * INSTANT_MS)

static const char *const roles[] = {"viewer", "editor", "admin"};

static const char *
cookie_name(struct ctx *c)
{
	return !site_is_secure(c) ? NAME_PLAIN : *site_prefix(c) == '\0' ? NAME_HOST : NAME_SECURE;
}

const char *
session_cookie(struct ctx *c)
{
	const char *name = cookie_name(c);
	const char *all = req_param(&c->req, "HTTP_COOKIE");
	size_t n = strlen(name);

	for (const char *s = all; s != NULL; s = strchr(s, ';')) {
		s += strspn(s, "; ");
		if (strncmp(s, name, n) == 0 && s[n] == '=')
			return mem_dupn(c->w.mem, s + n + 1, strcspn(s + n + 1, "; "));
	}
	return NULL;
}

const char *
session_digest(struct ctx *c)
{
	const char *token = session_cookie(c);
	char hex[HASH_SECRET_HEX];

	if (token == NULL)
		return NULL;
	hash_secret_hex(token, hex);
	return mem_dup(c->w.mem, hex);
}

static const char *
member_text(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

/* Reads the session with this digest of a token; *out is NULL when there is none. */
static enum err
read_session(struct ctx *c, const char *hex, struct json_object **out)
{
	const char *now = work_now_text(&c->w);
	const char *params[] = {hex, now};
	struct db_rows *rows;

	*out = NULL;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_session_find, params, &rows);
	if (e != OK || db_count(rows) == 0)
		return e;
	*out = mem_json(c->w.mem, db_row_json(rows, 0));
	return *db_cell(rows, 0, "old_news") == 't'
	    ? db_query(c->w.db, c->w.mem, QUERY_session_seen, params, NULL) : OK;
}

/* For requests that only read, a session is cached for 100 ms, unless any worker ended a session
 * since. */
static enum err
believe_session(struct ctx *c, const char *hex, struct json_object **out)
{
	const char *stamp = mem_printf(c->w.mem, "%lld %lld", (long long)*c->sign_outs,
	    (long long)(c->began / BELIEVE));

	*out = model_cache_find(c->sessions, hex, stamp);
	if (*out != NULL) {
		*out = mem_json(c->w.mem, json_object_get(*out));
		return OK;
	}
	enum err e = read_session(c, hex, out);
	if (e == OK && *out != NULL)
		model_cache_keep(c->sessions, hex, stamp, *out);
	return e;
}

static enum err
find_session(struct ctx *c)
{
	const char *hex = session_digest(c);
	struct json_object *o;
	struct account *a;

	if (hex == NULL)
		return OK;
	enum err e = strcmp(c->req.method, "GET") == 0 ? believe_session(c, hex, &o)
						       : read_session(c, hex, &o);
	if (e != OK || o == NULL)
		return e;
	a = mem_new(c->w.mem, struct account);
	*a = (struct account){
	    member_text(o, "id"), member_text(o, "name"), member_text(o, "role"),
	    member_text(o, "csrf"),
	    json_object_get_boolean(json_object_object_get(o, "has_password"))};
	c->account = a;
	c->w.actor = (struct actor){.account = a->name, .session = hex, .trusted = true};
	return OK;
}

void
session_recall(struct ctx *c)
{
	if (find_session(c) != OK)
		c->account = NULL;
}

void
session_ended(struct ctx *c)
{
	atomic_fetch_add(c->sign_outs, 1);
}

static bool
role_allows(const struct account *a, enum key_class needed)
{
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (strcmp(a->role, roles[i]) == 0)
			return i + ROLE_VIEWER >= (size_t)needed;
	return false;
}

/* Whether the origin that the browser names is this service. Without public_url only the host can
 * be compared: an unknown proxy may have terminated TLS. */
static bool
is_own_origin(struct ctx *c)
{
	const char *site = req_param(&c->req, "HTTP_SEC_FETCH_SITE");
	const char *origin = req_param(&c->req, "HTTP_ORIGIN");
	const char *host = req_param(&c->req, "HTTP_HOST");

	if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	if (origin == NULL)
		return true;
	if (*c->w.conf->public_url != '\0')
		return strcmp(origin, site_origin(c)) == 0;
	const char *at = strstr(origin, "://");
	return at != NULL && host != NULL && strcmp(at + 3, host) == 0;
}

enum err
session_check_origin(struct ctx *c)
{
	const char *origin = req_param(&c->req, "HTTP_ORIGIN");

	if (is_own_origin(c))
		return OK;
	log_say(LOG_WARN, "foreign_origin", "%s", c->route->path);
	return fail_detail(&c->w, ERR_FORBIDDEN,
	    "the form was sent from %.200s, but this service is at %.200s; if they are the same, "
	    "public_url in the configuration must say so",
	    origin == NULL ? "another site" : origin, site_origin(c));
}

const char *
session_csrf(struct ctx *c)
{
	size_t n = strlen(c->account->csrf) / 2;
	uint8_t *pad = mem_array(c->w.mem, uint8_t, n), *token = mem_array(c->w.mem, uint8_t, n);
	struct buf *out = buf_new(c->w.mem, 4 * n + 1);

	if (!hash_unhex(c->account->csrf, token, n))
		return "";
	hash_random(pad, n);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%02x", pad[i]);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%02x", pad[i] ^ token[i]);
	return out->data;
}

/* Whether text is the token of the session, masked by session_csrf(). */
static bool
fits_csrf(struct ctx *c, const char *text)
{
	size_t n = strlen(c->account->csrf) / 2;
	uint8_t *given = mem_array(c->w.mem, uint8_t, 2 * n),
	    *token = mem_array(c->w.mem, uint8_t, n);

	if (!hash_unhex(text, given, 2 * n) || !hash_unhex(c->account->csrf, token, n))
		return false;
	for (size_t i = 0; i < n; i++)
		given[i] ^= given[n + i];
	return hash_equal(given, token, n);
}

static enum err
check_form(struct ctx *c)
{
	const char *given = form_value(c, "csrf");
	enum err e = session_check_origin(c);

	if (e != OK)
		return e;
	if (given != NULL && fits_csrf(c, given))
		return OK;
	log_say(LOG_WARN, "csrf", "%s", c->route->path);
	return fail_detail(&c->w, ERR_FORBIDDEN, "the form is too old, or not one of this site");
}

/* The address of the request as a value in another, on c->w.mem. */
static const char *
encode_address(struct ctx *c, const char *uri)
{
	struct buf *out = buf_new(c->w.mem, strlen(uri) + 16);

	buf_url_path(out, uri);
	return out->data;
}

enum err
session_check(struct ctx *c)
{
	enum err e = find_session(c);

	if (e != OK)
		return e;
	if (c->account == NULL) {
		c->location = strcmp(c->req.method, "GET") == 0
		    ? mem_printf(c->w.mem, "/admin/login?to=%s",
			  encode_address(c, c->req.uri))
		    : "/admin/login";
		return fail_detail(&c->w, ERR_UNAUTHORIZED, "sign in first");
	}
	if (!role_allows(c->account, c->route->key)) {
		log_say(LOG_WARN, "forbidden", "%s %s", c->account->name, c->route->path);
		return fail_detail(&c->w, ERR_FORBIDDEN, "your role does not allow this");
	}
	return strcmp(c->req.method, "GET") == 0 ? OK : check_form(c);
}

bool
session_is_page(const char *where)
{
	static const char start[] = "/admin";
	size_t n = sizeof start - 1;

	if (strncmp(where, start, n) != 0 || strstr(where, "//") != NULL)
		return false;
	for (const char *s = where; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~' || *s == '\\')
			return false;
	return where[n] == '\0' || where[n] == '/' || where[n] == '?';
}

void
session_set_cookie(struct ctx *c, const char *token)
{
	c->cookie = mem_printf(c->w.mem, "%s=%s; Path=%s/; HttpOnly; SameSite=Lax%s%s",
	    cookie_name(c), token == NULL ? "" : token, site_prefix(c),
	    token == NULL ? "; Max-Age=0" : "", site_is_secure(c) ? "; Secure" : "");
}
