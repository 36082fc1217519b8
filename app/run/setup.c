/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Builds what requests and operations need from the configuration; the same for the pool, for
 * `assay check`, for commands and for jobs.
 */
#include "run/setup.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/instant.h"
#include "base/mem.h"
#include "service/decision/experiment_set.h"
#include "service/decision/segmentation_set.h"
#include "handler/routes.h"
#include "store/cache/record.h"
#include "store/telemetry.h"
#include "web/auth/auth.h"
#include "base/model_cache.h"
#include "web/tmpl/tmpl.h"

#define DEFAULT_FILE "/etc/assay/assay.conf"

struct shared *
setup_share(void)
{
	void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	struct shared *shared = mem_check(p == MAP_FAILED ? NULL : p);
	rate_init(&shared->rates);
	return shared;
}

static enum err
set_log_level(const char *word)
{
	static const char *const words[] = {"error", "warn", "info", "debug"};

	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		log_set_level((enum log_level)i);
		return OK;
	}
	log_say(LOG_ERROR, "configuration", "log_level must be error, warn, info or debug");
	return ERR_INVALID;
}

enum err
setup_conf(void *ctx, const char *file, struct conf **out)
{
	char message[CONF_MESSAGE];

	if (file == NULL && access(DEFAULT_FILE, R_OK) == 0)
		file = DEFAULT_FILE;
	enum err e = conf_load(ctx, file, out, message);
	if (e != OK) {
		log_say(LOG_ERROR, "configuration", "%s", message);
		return e;
	}
	return set_log_level((*out)->log_level);
}

/* Sizes of the caches of a worker: rendered models, and sessions. */
enum { MODELS = 8, SESSIONS = 64 };

struct db *
setup_db(void *ctx, const struct conf *conf, struct shared *shared)
{
	struct db_conf d = {
		.url = conf->database_url,
		.statement_timeout = conf->statement_timeout_ms * INSTANT_MS,
		.gate = &shared->gate,
	};

	return db_new(ctx, &d);
}

struct db *
setup_owner_db(void *ctx, const struct conf *conf)
{
	bool own = *conf->owner_database_url != '\0';
	struct db_conf d = {
		.url = own ? conf->owner_database_url : conf->database_url,
		.statement_timeout = 60 * INSTANT_SECOND,
		.owner = true,
	};

	return db_new(ctx, &d);
}

/* What all operations of a process share. */
static enum err
fill_work(void *ctx, const struct conf *conf, struct breaker *breakers, struct work *w)
{
	struct cache_conf cc = {
		.nodes = conf->memcached,
		.timeout_ms = conf->cache_timeout_ms,
		.seconds = conf->cache_seconds,
		.breakers = breakers,
	};

	if (cache_new(ctx, &cc, &w->cache) != OK) {
		log_say(LOG_ERROR, "configuration", "memcached: cannot read `%s`", conf->memcached);
		return ERR_INVALID;
	}
	w->conf = conf;
	w->records = record_new(ctx, w->cache, w->db);
	w->experiments = experiment_set_new(ctx);
	w->segmentations = segmentation_set_new(ctx);
	w->models = model_cache_new(ctx, MODELS);
	w->telemetry = telemetry_open(ctx, conf->telemetry_file);
	return OK;
}

struct work *
setup_work(void *ctx, const struct conf *conf, struct db *db)
{
	struct work *w = mem_new(ctx, struct work);

	*w = (struct work){.db = db};
	return fill_work(ctx, conf, mem_new(ctx, struct shared)->breakers, w) == OK ? w : NULL;
}

enum err
setup_ctx(void *ctx, const struct conf *conf, struct shared *shared, struct ctx *out)
{
	char message[TMPL_MESSAGE];
	struct tmpl_set *tmpl = tmpl_new(ctx);

	if (tmpl_load(tmpl, conf->templates, message) != OK) {
		log_say(LOG_ERROR, "templates", "%s", message);
		return ERR_INVALID;
	}
	*out = (struct ctx){.routes = routes_index(ctx, &routes_all), .tmpl = tmpl};
	out->w.db = setup_db(ctx, conf, shared);
	out->hashing = &shared->hashing;
	out->sign_outs = &shared->sign_outs;
	out->rates = &shared->rates;
	out->keys = auth_new(ctx);
	out->sessions = model_cache_new(ctx, SESSIONS);
	return fill_work(ctx, conf, shared->breakers, &out->w);
}
