/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs the unit tests of all floors; from the top of the tree, because some read its files.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "suites.h"

typedef Suite *suite_fn(void);

static suite_fn *const suites[] = {
    buf_suite,
    conf_suite,
    csv_suite,
    err_suite,
    hash_suite,
    instant_suite,
    json_suite,
    json_trusted_suite,
    jsonutil_suite,
    log_suite,
    mem_suite,
    metric_suite,
    multipart_suite,
    net_suite,
    num_suite,
    public_url_suite,
    db_suite,
    breaker_suite,
    cache_suite,
    pgtype_suite,
    query_suite,
    rate_limit_suite,
    sqlstate_suite,
    cycle_suite,
    subject_terms_suite,
    group_export_suite,
    rule_suite,
    rule_words_suite,
    selfcheck_words_suite,
    segmentation_suite,
    bar_chart_suite,
    bot_suite,
    bucket_suite,
    criteria_suite,
    criteria_sql_suite,
    decide_suite,
    definition_suite,
    delivery_suite,
    criteria_rows_suite,
    device_suite,
    event_suite,
    flag_suite,
    key_suite,
    layer_suite,
    lookup_suite,
    modulus_suite,
    alternative_ids_suite,
    analysis_suite,
    page_view_suite,
    passphrase_suite,
    plan_suite,
    profile_suite,
    results_csv_suite,
    results_suite,
    stats_pair_suite,
    sequential_suite,
    stats_property_suite,
    uniform_suite,
    stats_suite,
    subject_suite,
    terms_suite,
    text_suite,
    verdict_suite,
    auth_suite,
    peer_address_suite,
    password_suite,
    seat_suite,
    form_suite,
    batch_body_suite,
    reply_suite,
    req_suite,
    req_body_suite,
    route_suite,
    tmpl_suite,
};

int
main(void)
{
	/* The 4 s that Check gives a test are too few on a busy machine. */
	setenv("CK_DEFAULT_TIMEOUT", "120", 0);
	SRunner *runner = srunner_create(NULL);

	/* Seconds for a test: a machine that has other work must not fail one. */
	setenv("CK_DEFAULT_TIMEOUT", "60", 0);
	hash_init();
	for (int i = 0; i < ROWS(suites); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
