# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Read by stack-run.sh: the demo. Page views and a directory before the pool starts, experiments
# over that directory when it answers; each once, until the data is forgotten.

# today [DAYS]: the date so many days from now, by the clock of the stack
today()
{
	eval "$clock date -u -d '${1-0} days' +%Y-%m-%d"
}

# load_directory users|devices: the terms of a profile are the program's to compute
load_directory()
{
	days=$(($(eval "$clock date -u +%s") / 86400))
	awk -v kind="$1" -v count=5000 -v today="$days" -f "$root/sql/demo_directory.awk" \
		</dev/null >"$state/tmp/demo" || die "cannot make the demo's $1"
	eval "tool \"demo-$1\" $clock \"\$bin\" import \"$1\" \"\$state/tmp/demo\" \
		-c \"\$state/assay.conf\""
}

load_demo()
{
	[ "$DEMO" = 1 ] && [ ! -f "$state/demo" ] || return 0
	now=$(eval "$clock date -u +%Y-%m-%dT%H:%M:%SZ")
	tool demo query -U assay_owner -d assay -v now="$now" -f "$root/sql/demo.sql"
	load_directory users
	load_directory devices
	touch "$state/demo"
	say "loaded 14 days of page views of demo-001 .. demo-300, the users demo-001 .. demo-5000
in organisations, the devices demo-device-001 .. demo-device-5000 in states and cities"
}

# call PATH [BODY]: with the admin key
call()
{
	path=$1
	shift
	[ $# = 0 ] || set -- -H 'Content-Type: application/json' -d "$1"
	curl -sf --noproxy '*' --max-time 5 -H "X-API-Key: $ASSAY_ADMIN_KEY" "$@" "$url/v1$path" \
		</dev/null
}

mapped()
{
	call "/experiment/$1" | grep -q '"status":"ACTIVE"'
}

# define ID BODY
define()
{
	call /experiment/create "{\"request\":$2}" >"$state/log/demo-$1.log" ||
		{ cat "$state/log/demo-$1.log" >&2; die "cannot define the experiment $1"; }
	await 30 "the audience of $1" mapped "$1"
}

define_demo()
{
	[ "$DEMO" = 1 ] && [ ! -f "$state/demo-experiments" ] || return 0
	dates="\"startDate\":\"$(today)\",\"endDate\":\"$(today 90)\""
	define U1234 "{\"expId\":\"U1234\",\"name\":\"USER_ORG\",\"createdBy\":\"User1\",
		\"description\":\"Experiment to get users to explore page\",
		\"criteria\":{\"type\":\"user\",
			\"filters\":{\"organisations.orgName\":[\"sunbird\"]}},
		\"data\":{$dates,\"key\":\"/org/profile\",\"client\":\"portal\"}}"
	define D1234 "{\"expId\":\"D1234\",\"name\":\"Device_STATE_KA\",\"createdBy\":\"User2\",
		\"description\":\"Experiment to get devices with state = Karnataka\",
		\"criteria\":{\"type\":\"device\",\"filters\":[
			{\"name\":\"state\",\"operator\":\"IN\",\"value\":[\"Karnataka\"]},
			{\"name\":\"city\",\"operator\":\"IN\",\"value\":[\"Bangalore\"]},
			{\"name\":\"first_access\",\"operator\":\"RANGE\",
				\"value\":{\"start\":\"$(today -20)\",\"end\":\"$(today -10)\"}}]},
		\"data\":{$dates,\"key\":\"3fksjfksdlfj\",\"client\":\"app\"}}"
	define_with_results
	touch "$state/demo-experiments"
	say "defined the experiments U1234 of users and D1234 of devices, and four with results:
CHECKOUT-BUTTON, HERO-TEXT, NEW-SEARCH, CREATOR-TIPS"
}

# define_for_all ID GOAL CRITERIA NAME..: alternatives beside control, everything by default
define_for_all()
{
	id=$1 goal=$2 criteria=$3
	shift 3
	names=$(printf ',{"name":"%s"}' "$@")
	define "$id" "{\"expId\":\"$id\",\"name\":\"$id\",\"createdBy\":\"demo\",
		\"description\":\"A demo with results\",\"criteria\":$criteria,
		\"goals\":[\"$goal\"],\"alternatives\":[{\"name\":\"control\"}$names],
		\"data\":{$dates,\"key\":\"$id\",\"client\":\"demo\"}}"
}

define_with_results()
{
	define_for_all CHECKOUT-BUTTON purchase null green
	define_for_all HERO-TEXT purchase null short long
	define_for_all NEW-SEARCH search null fast
	define_for_all CREATOR-TIPS signup '{"type":"user",
		"filters":{"organisations.roles":["content_creator"]}}' tips
	now=$(eval "$clock date -u +%Y-%m-%dT%H:%M:%SZ")
	tool demo-experiments query -U assay_owner -d assay -v now="$now" \
		-f "$root/sql/demo_experiments.sql"
}
