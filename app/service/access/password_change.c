/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The change of one's own password. The caller has checked the current one, because attempts are
 * limited by network (web/auth/password.h).
 */
#include "service/access/password_change.h"

#include <string.h>

#include "base/jsonutil.h"
#include "core/subject/passphrase.h"
#include "service/access/session_token.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/work.h"

enum err
password_input_read(struct work *w, struct json_object *form, struct password_input *out)
{
	const char *current = json_text(form, "current"), *fresh = json_text(form, "password");
	const char *again = json_text(form, "again");

	*out = (struct password_input){
		current != NULL ? current : "", fresh != NULL ? fresh : ""};
	const char *fault = passphrase_fault(w->actor.account, out->fresh);
	if (fault != NULL)
		fail(w, ERR_INVALID, "/password", "%s", fault);
	if (again == NULL || strcmp(again, out->fresh) != 0)
		fail(w, ERR_INVALID, "/again", "is not the same");
	return problem_count(w->problems) > 0 ? ERR_INVALID : OK;
}

/*
 * The change behind password_change(). The statement ends all sessions and opens the new one.
 */
static enum err
run_password_change(struct work *w, void *arg, struct json_object **answer)
{
	const char *const *hashed = arg;
	const char *now = work_now_text(w);
	struct session_token t;

	session_token_make(&t);
	change_target(w, w->actor.account);
	const char *params[] = {w->actor.session, now, *hashed, t.digest, t.csrf};
	*answer = session_token_answer(w->mem, &t);
	return db_query(w->db, w->mem, QUERY_account_set_password, params, NULL);
}

enum err
password_change(struct work *w, const char *hashed, struct json_object **answer)
{
	/* An answer is kept with a digest of its request, from which the password could be guessed
	 * much faster than from its hash. */
	w->intent.idempotency_key = NULL;
	return change_run(w, run_password_change, &hashed, answer);
}
