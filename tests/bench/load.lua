-- SPDX-License-Identifier: GPL-3.0-or-later
-- The requests of the bench, for wrk: -s load.lua URL -- MODE KEY USERS START MIDNIGHT INSTANT
-- MODE is a function of `modes` below. Users are walked in large strides from START on, so that
-- none comes twice before all of USERS have come. MIDNIGHT (seconds since 1970) is the day whose
-- milliseconds, from INSTANT on, become the times of posted views: no view is ever posted twice.

local threads = 0

function setup(thread)
	thread:set("number", threads)
	threads = threads + 1
end

local STRIDE = 61813 -- a prime: it shares no factor with the number of users

local modes, mode = {}, nil
local users, place, instant, midnight = 0, 0, 0, 0
local get_headers, post_headers, templates = {}, {}, {}

local function next_user()
	place = place + 1
	return (place * STRIDE) % users + 1
end

-- Each of the (at most eight) threads has milliseconds of its own.
local function next_instant()
	instant = instant + 1
	local ms = instant * 8 + number
	return os.date("!%Y-%m-%dT%H:%M:%S", midnight + math.floor(ms / 1000)) ..
		string.format(".%03dZ", ms % 1000)
end

local function view(user, at)
	local page = user % 16
	local referrer = ""
	if user % 4 > 0 then
		referrer = string.format(',"referrer":"https://www.example.com/page/%d"', (page + 1) % 16)
	end
	return string.format('{"user_id":"%d","name":"Page %d","timestamp":"%s",' ..
		'"url":"https://www.example.com/page/%d"%s}', user, page, at, page, referrer)
end

-- A batch is the same views of the same users at another instant: @ stands for it.
local function batch(n)
	if templates[n] == nil then
		templates[n] = {}
		for t = 1, 16 do
			local items = {}
			for i = 1, n do
				items[i] = view(next_user(), "@")
			end
			templates[n][t] = "[" .. table.concat(items, ",") .. "]"
		end
	end
	return (string.gsub(templates[n][instant % 16 + 1], "@", next_instant()))
end

local function get(path)
	return wrk.format("GET", path, get_headers)
end

local function post(body)
	return wrk.format("POST", "/v1/page", post_headers, body)
end

function modes.health()
	return get("/healthz")
end

function modes.profile()
	return get("/v1/user/" .. next_user())
end

-- The same, but never from the cache.
function modes.window()
	return get("/v1/user/" .. next_user() .. "?days=7")
end

function modes.page()
	return post(view(next_user(), next_instant()))
end

-- A known device that registers without changes and asks for its experiments.
function modes.lookup()
	local body = '{"request":{"producer":"the.bench"}}'
	return wrk.format("POST", string.format("/v1/device/register/demo-device-%03d", next_user()),
		post_headers, body)
end

function modes.enroll()
	return wrk.format("POST", "/v1/experiment/BENCH-RUN-0/enroll", post_headers,
		string.format('{"user_id":"in-%d"}', next_user()))
end

function modes.enroll_all()
	return wrk.format("POST", "/v1/enroll", post_headers,
		string.format('{"user_id":"in-%d"}', next_user()))
end

-- Flags of OpenFeature: one, all, and all that the client has already.
function modes.flag()
	return wrk.format("POST", "/ofrep/v1/evaluate/flags/BENCH-RUN-0", post_headers,
		string.format('{"context":{"targetingKey":"in-%d"}}', next_user()))
end

function modes.flags()
	return wrk.format("POST", "/ofrep/v1/evaluate/flags", post_headers,
		string.format('{"context":{"targetingKey":"in-%d"}}', next_user()))
end

function modes.flags_kept()
	post_headers["If-None-Match"] = os.getenv("BENCH_TAG")
	return wrk.format("POST", "/ofrep/v1/evaluate/flags", post_headers,
		'{"context":{"targetingKey":"in-1"}}')
end

-- Somebody whom nobody has ever seen.
function modes.enroll_first()
	instant = instant + 1
	return wrk.format("POST", "/v1/experiment/BENCH-RUN-0/enroll", post_headers,
		string.format('{"user_id":"new-%d-%d"}', number, instant))
end

function modes.goal()
	return wrk.format("POST", "/v1/goal/bench-buy", post_headers,
		string.format('{"user_id":"in-%d"}', next_user()))
end

-- Drawn at the first of them, read from then on.
function modes.group()
	return get("/v1/segmentation/bench-0/group?assign=true&user_id=" .. next_user())
end

function modes.rule()
	return get("/v1/segmentation/bench-rule/group?user_id=" .. next_user())
end

-- A page for somebody who is signed in.
function modes.page_of_admin()
	return wrk.format("GET", os.getenv("BENCH_PATH"), {["Cookie"] = os.getenv("BENCH_COOKIE")})
end

function modes.batch()
	return post(batch(1000))
end

-- Of 1,000 requests: one batch of 1,000, ten of 50, and a bit of all that clients do, errors too.
function modes.mixed()
	local n = place % 1000
	if n == 7 then
		place = place + 1
		return post(batch(1000))
	elseif n % 100 == 3 then
		place = place + 1
		return post(batch(50))
	elseif n % 50 == 11 then
		return wrk.format("DELETE", "/v1/user/" .. next_user(), get_headers)
	elseif n % 50 == 12 then
		place = place + 1
		return post('[{"user_id":"","name":7,"timestamp":"yesterday"},{"user_id"')
	elseif n % 50 == 13 then
		return get("/v1/user/" .. next_user() .. "/export")
	elseif n % 50 == 14 then
		return get("/v1/nowhere/" .. next_user())
	elseif n % 50 == 15 then
		place = place + 1
		return get("/")
	elseif n % 5 == 1 then
		return modes.window()
	elseif n % 5 < 4 then
		return modes.page()
	end
	return modes.profile()
end

function init(args)
	mode = modes[args[1]]
	users = tonumber(args[3])
	place = tonumber(args[4]) + math.floor(users / 2) * number
	midnight = tonumber(args[5])
	instant = tonumber(args[6])
	get_headers = {["Authorization"] = "Bearer " .. args[2]}
	post_headers = {["Authorization"] = "Bearer " .. args[2], ["Content-Type"] = "application/json"}
end

function request()
	return mode()
end

-- requests, microseconds, median and 99th percentile in microseconds, failures of the connection,
-- answers that are no success
function done(summary, latency)
	local e = summary.errors
	io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
		latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout,
		e.status))
end
