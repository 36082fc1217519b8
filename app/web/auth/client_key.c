/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Client keys are public: they are part of pages and apps, so anybody may use one. What a request
 * may do with one depends on the bounds of the key; keys of other classes have no bounds and pass
 * everywhere.
 */
#include "web/auth/client_key.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "core/subject/key.h"
#include "core/subject/subject.h"
#include "web/http/ctx.h"
#include "web/auth/key_bounds.h"

/* The signatures of a request: at most one for each place, which bounds the work. */
struct proof {
	bool given, fits;
};

static void
compare_signature(struct proof *p, const char *expected, const char *given)
{
	if (given == NULL)
		return;
	p->given = true;
	p->fits = p->fits || (strlen(given) == HASH_SHA256_HEX - 1 &&
	    hash_equal(given, expected, HASH_SHA256_HEX - 1));
}

static struct proof
check_signatures(struct ctx *c, const char *subject, struct json_object *const places[])
{
	struct proof p = {false, false};
	char expected[HASH_SHA256_HEX];

	hash_hmac_sha256_hex(c->bounds->signing, subject, strlen(subject), expected);
	for (; places != NULL && *places != NULL; places++) {
		struct json_object *o = NULL;
		if (!json_object_is_type(*places, json_type_object) ||
		    !json_object_object_get_ex(*places, "signature", &o) || o == NULL)
			continue;
		/* A value of another type counts as given, and cannot match. */
		compare_signature(&p, expected,
		    json_object_is_type(o, json_type_string) ? json_object_get_string(o) : "");
	}
	compare_signature(&p, expected, req_query(&c->req, "signature"));
	compare_signature(&p, expected, req_param(&c->req, "HTTP_X_ASSAY_SIGNATURE"));
	return p;
}

const char *
client_key_refusal(struct ctx *c, const char *subject, struct json_object *const places[],
    const char **member)
{
	const struct key_bounds *b = c->bounds;

	if (b == NULL)
		return NULL;
	enum subject_kind kind = subject_kind(subject);
	*member = subject_field(kind);
	if ((key_subjects(c->w.mem, b->subjects) & 1u << kind) == 0)
		return "subjects of this kind are not allowed with this key";
	if (b->signing == NULL || kind != SUBJECT_USER)
		return NULL;
	struct proof p = check_signatures(c, subject, places);
	*member = "signature";
	return p.fits ? NULL : p.given ? "is not the signature of this user"
				       : "is missing: this key takes only users that are signed";
}

enum err
client_key_check(struct ctx *c, struct json_object *const places[], const char *at)
{
	const char *member;
	const char *why = client_key_refusal(c, c->subject, places, &member);

	return why == NULL ? OK
	    : fail(&c->w, ERR_FORBIDDEN, mem_printf(c->w.mem, "%s/%s", at, member), "%s", why);
}

bool
client_key_proves(struct ctx *c, const char *subject, struct json_object *const places[])
{
	return c->bounds == NULL || c->bounds->signing == NULL ||
	    check_signatures(c, subject, places).fits;
}

enum err
client_key_attributes(struct ctx *c, struct json_object *given)
{
	if (given == NULL || c->bounds == NULL || c->bounds->attributes)
		return OK;
	return fail(
	    &c->w, ERR_FORBIDDEN, "/attributes", "attributes are not allowed with this key");
}
