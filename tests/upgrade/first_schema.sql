--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: assay; Type: SCHEMA; Schema: -; Owner: assay_owner
--

CREATE SCHEMA assay;


ALTER SCHEMA assay OWNER TO assay_owner;

--
-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA assay;


--
-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';


--
-- Name: account_add(bytea, timestamp with time zone, text, text, bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.account_add(session bytea, at timestamp with time zone, name text, role text, link bytea, expires_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	added bigint;
begin
	perform session_authorize(session, at, true);
	insert into account (name, role, created_at)
	values (account_add.name, account_add.role, account_add.at)
	on conflict on constraint account_name do nothing
	returning account.id into added;
	if added is not null then
		perform sign_in_link_add(added, link, account_add.expires_at);
	end if;
	return added is not null;
end
$$;


ALTER FUNCTION assay.account_add(session bytea, at timestamp with time zone, name text, role text, link bytea, expires_at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: account_disable(bytea, timestamp with time zone, text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.account_disable(session bytea, at timestamp with time zone, name text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	caller bigint := session_authorize(session, at, true);
	changed bigint;
begin
	update account as a set disabled_at = coalesce(a.disabled_at, account_disable.at)
	where a.name = account_disable.name and a.id is distinct from caller
	returning a.id into changed;
	perform account_sign_out(changed);
	return changed is not null;
end
$$;


ALTER FUNCTION assay.account_disable(session bytea, at timestamp with time zone, name text) OWNER TO assay_owner;

--
-- Name: account_link(text, bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.account_link(name text, link bytea, expires_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	linked bigint;
begin
	select a.id into linked from account as a
	where a.name = account_link.name and a.disabled_at is null;
	if linked is not null then
		perform sign_in_link_add(linked, link, account_link.expires_at);
	end if;
	return linked is not null;
end
$$;


ALTER FUNCTION assay.account_link(name text, link bytea, expires_at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: account_rehash(bytea, timestamp with time zone, text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.account_rehash(session bytea, at timestamp with time zone, password text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	own bigint := session_authorize(session, at, false);
begin
	update account as a set password = account_rehash.password
	where a.id = own and a.password is not null;
end
$$;


ALTER FUNCTION assay.account_rehash(session bytea, at timestamp with time zone, password text) OWNER TO assay_owner;

--
-- Name: account_reset(bytea, timestamp with time zone, text, bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.account_reset(session bytea, at timestamp with time zone, name text, link bytea, expires_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	caller bigint := session_authorize(session, at, true);
	changed bigint;
begin
	update account as a set password = null, disabled_at = null
	where a.name = account_reset.name and a.id is distinct from caller
	returning a.id into changed;
	if changed is not null then
		perform account_sign_out(changed);
		perform sign_in_link_add(changed, link, account_reset.expires_at);
	end if;
	return changed is not null;
end
$$;


ALTER FUNCTION assay.account_reset(session bytea, at timestamp with time zone, name text, link bytea, expires_at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: account_set_password(bytea, timestamp with time zone, text, bytea, text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.account_set_password(session bytea, at timestamp with time zone, password text, fresh bytea, csrf text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	own bigint := session_authorize(session, at, false);
begin
	update account as a set password = account_set_password.password where a.id = own;
	perform account_sign_out(own);
	insert into session (hash, account, csrf, created_at, seen_at)
	values (sha256(fresh), own, account_set_password.csrf, at, at);
end
$$;


ALTER FUNCTION assay.account_set_password(session bytea, at timestamp with time zone, password text, fresh bytea, csrf text) OWNER TO assay_owner;

--
-- Name: account_set_role(bytea, timestamp with time zone, text, text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.account_set_role(session bytea, at timestamp with time zone, name text, role text, OUT before text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	caller bigint := session_authorize(session, at, true);
	changed bigint;
begin
	select a.id, a.role into changed, before from account as a
	where a.name = account_set_role.name and a.id is distinct from caller
	for update;
	update account as a set role = account_set_role.role where a.id = changed;
	delete from session as s where s.account = changed and before <> account_set_role.role;
end
$$;


ALTER FUNCTION assay.account_set_role(session bytea, at timestamp with time zone, name text, role text, OUT before text) OWNER TO assay_owner;

--
-- Name: account_sign_out(bigint); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.account_sign_out(account bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	delete from session as s where s.account = account_sign_out.account;
	delete from sign_in_link as l where l.account = account_sign_out.account;
end
$$;


ALTER FUNCTION assay.account_sign_out(account bigint) OWNER TO assay_owner;

--
-- Name: activity_record(text[], bigint[], bigint[], timestamp with time zone[], boolean, boolean, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.activity_record(who text[], goals bigint[], times bigint[], seen timestamp with time zone[], visits boolean, verify boolean, now timestamp with time zone, OUT ids text[], OUT waits boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
	subjects text[];
	experiments bigint[];
	shown integer[];
	since timestamptz[];
	last timestamptz[];
	visitors text[];
	visited bigint[];
	put_off waiting_goal[];
	changed bigint[];
begin
	ids := '{}';
	waits := false;
	select array_agg(h.subject_id), array_agg(h.experiment), array_agg(h.alternative),
		array_agg(h.enrolled_at), array_agg(h.last_seen_at)
	into subjects, experiments, shown, since, last
	from (
		select n.subject_id, n.experiment, n.alternative, n.enrolled_at, n.last_seen_at
		from enrolment as n
		where n.subject_id = any (who) order by n.subject_id, n.experiment for update
	) as h;
	if subjects is null then
		return;
	end if;
	with held as materialized (
		select h.subject_id, h.experiment, h.alternative, h.enrolled_at, h.last_seen_at, e.id,
			not verify or left(h.subject_id, 2) <> 's:' or exists (
				select from confirmed as k where k.subject_id = h.subject_id) as counts,
			coalesce((
				select x.forced from exposure as x where x.subject_id = h.subject_id
					and x.experiment + 0 = h.experiment and x.alternative = h.alternative
			), true) as forced
		from unnest(subjects, experiments, shown, since, last)
			as h (subject_id, experiment, alternative, enrolled_at, last_seen_at)
		join experiment as e on e.nr = h.experiment
		where e.status = 'ACTIVE' and e.state in (1, 3)
			and e.start_date <= (now at time zone 'UTC')::date
			and (e.end_date is null or e.end_date >= (now at time zone 'UTC')::date)
			and not exists (
				select from profile as p
				where p.subject_id = h.subject_id and p.attributes -> 'human' = 'false')
	), deed as materialized (
		select h.subject_id, h.experiment, h.alternative, h.forced, h.id, h.counts, a.goal,
			sum(a.times)::bigint as hits
		from held as h
		join unnest(who, goals, times, seen) as a (subject_id, goal, times, at)
			on a.subject_id = h.subject_id and a.goal is not null
			and (a.at is null or a.at >= date_trunc('milliseconds', h.enrolled_at))
		group by h.subject_id, h.experiment, h.alternative, h.forced, h.id, h.counts, a.goal
		union all
		select h.subject_id, h.experiment, h.alternative, h.forced, h.id, h.counts, v.goal, 1
		from held as h
		join (values (1, false), (2, true)) as v (goal, first)
			on v.first or h.last_seen_at is not null
		where visits and (h.last_seen_at is null or h.last_seen_at <= now - interval '6 hours')
	), counted as (
		insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced,
			first_at, last_at)
		select d.subject_id, d.experiment, d.alternative, d.goal, d.hits, d.forced, now, now
		from deed as d where d.counts
		order by d.subject_id, d.experiment, d.alternative, d.goal
		on conflict (subject_id, experiment, alternative, goal) do update
		set hits = c.hits + excluded.hits, last_at = excluded.last_at
	)
	select coalesce(array_agg(distinct d.id), '{}'),
		array_agg(distinct d.experiment) filter (where d.counts),
		array_agg(row(d.subject_id, d.experiment, d.alternative, d.goal, d.hits, now,
			now + interval '300 seconds')::waiting_goal) filter (where not d.counts),
		array_agg(d.subject_id) filter (where d.goal = 2),
		array_agg(d.experiment) filter (where d.goal = 2)
	into ids, changed, put_off, visitors, visited
	from deed as d;
	if visitors is not null then
		update enrolment as n set last_seen_at = now
		from unnest(visitors, visited) as v (subject_id, experiment)
		where n.subject_id = v.subject_id and n.experiment = v.experiment;
	end if;
	if put_off is not null then
		waits := true;
		insert into waiting_goal as w
		select d.* from unnest(put_off) as d
		order by d.subject_id, d.experiment, d.alternative, d.goal
		on conflict (subject_id, experiment, alternative, goal) do update
		set hits = excluded.hits + case when w.expires_at > now then w.hits else 0 end,
			first_at = case when w.expires_at > now then w.first_at else now end,
			expires_at = excluded.expires_at;
		update waiting_goal set expires_at = now + interval '300 seconds'
		where subject_id in (select d.subject_id from unnest(put_off) as d) and expires_at > now;
	end if;
	if changed is not null then
		perform result_invalidate(changed);
	end if;
end
$$;


ALTER FUNCTION assay.activity_record(who text[], goals bigint[], times bigint[], seen timestamp with time zone[], visits boolean, verify boolean, now timestamp with time zone, OUT ids text[], OUT waits boolean) OWNER TO assay_owner;

--
-- Name: audience_erase_subject(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.audience_erase_subject(subject text, OUT profiles bigint, OUT audiences bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	perform audience_write_lock();
	delete from profile where subject_id = subject;
	get diagnostics profiles = row_count;
	delete from audience where subject_id = subject;
	get diagnostics audiences = row_count;
	if profiles > 0 then
		perform nextval('erasure');
	end if;
end
$$;


ALTER FUNCTION assay.audience_erase_subject(subject text, OUT profiles bigint, OUT audiences bigint) OWNER TO assay_owner;

--
-- Name: audience_replace(text[], bigint[], text[], bigint[]); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.audience_replace(subjects text[], decided bigint[], matched text[], experiments bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	delete from audience as a using experiment as e
	where a.subject_id = any (subjects) and e.nr = any (decided)
		and a.experiment = e.nr and a.version = e.audience_version
		and not exists (
			select from unnest(matched, experiments) as m (subject_id, nr)
			where m.subject_id = a.subject_id and m.nr = a.experiment
		);
	insert into audience (subject_id, experiment, version)
	select m.subject_id, e.nr, e.audience_version
	from unnest(matched, experiments) as m (subject_id, nr)
	join experiment as e on e.nr = m.nr and e.audience_version > 0
	order by m.subject_id, e.nr
	on conflict do nothing;
end
$$;


ALTER FUNCTION assay.audience_replace(subjects text[], decided bigint[], matched text[], experiments bigint[]) OWNER TO assay_owner;

--
-- Name: audience_wait_writers(); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.audience_wait_writers(OUT erased_before bigint, OUT erased_after bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	select last_value into erased_before from erasure;
	perform lock_wait_holders('audience_writer');
	select last_value into erased_after from erasure;
end
$$;


ALTER FUNCTION assay.audience_wait_writers(OUT erased_before bigint, OUT erased_after bigint) OWNER TO assay_owner;

--
-- Name: audience_write_lock(); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.audience_write_lock(OUT generation bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	perform pg_advisory_xact_lock_shared(lock_class('audience_writer'), 1);
	select definitions into generation from cache_epoch;
end
$$;


ALTER FUNCTION assay.audience_write_lock(OUT generation bigint) OWNER TO assay_owner;

--
-- Name: audit_forget(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.audit_forget(subject text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	update audit as a
	set subjects = array_remove(a.subjects, subject), before = null, after = null
	where a.subjects <> '{}' and a.subjects @> array[subject];
	delete from idempotency as i where i.subjects <> '{}' and i.subjects @> array[subject];
end
$$;


ALTER FUNCTION assay.audit_forget(subject text) OWNER TO assay_owner;

--
-- Name: deadline_check(bigint); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.deadline_check(deadline bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	clock bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
begin
	if clock >= deadline then
		raise sqlstate 'AS001' using message = 'the deadline of this write has passed';
	end if;
	return clock;
end
$$;


ALTER FUNCTION assay.deadline_check(deadline bigint) OWNER TO assay_owner;

--
-- Name: deleted_experiment_reap(integer); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.deleted_experiment_reap(most integer) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $_$
declare
	dead bigint[] := array(select distinct s.experiment from allocation as s
		where not exists (select from experiment as e where e.nr = s.experiment));
	part text;
	gone bigint;
	reaped bigint := 0;
begin
	if dead = '{}' then
		return 0;
	end if;
	foreach part in array array['enrolment', 'exposure', 'conversion', 'waiting_goal', 'result',
		'layer_slot'] loop
		execute format('delete from %I where ctid = any (array(
			select ctid from %I where experiment = any ($1) limit $2
			for update skip locked))', part, part)
		using dead, most;
		get diagnostics gone = row_count;
		reaped := reaped + gone;
	end loop;
	if reaped = 0 then
		delete from allocation as s where s.experiment = any (dead)
			and not exists (select from enrolment as n where n.experiment = s.experiment)
			and not exists (select from exposure as x where x.experiment = s.experiment)
			and not exists (select from conversion as c where c.experiment = s.experiment);
		get diagnostics reaped = row_count;
	end if;
	return reaped;
end
$_$;


ALTER FUNCTION assay.deleted_experiment_reap(most integer) OWNER TO assay_owner;

--
-- Name: enrol(text, bigint[], integer[], bigint[], integer[], text, boolean, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.enrol(subject text, experiments bigint[], alternatives integer[], allocations bigint[], gone integer[], how text, verify boolean, now timestamp with time zone) RETURNS TABLE(nr bigint, alternative integer, source text, enrolled_at timestamp with time zone, made boolean, wrote boolean)
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
	counts boolean := not verify or left(subject, 2) <> 's:';
	changed bigint[] := '{}';
begin
	-- As subject_lock and subject_counts do: a call of a function costs as much as a row.
	perform pg_advisory_xact_lock(lock_class('subject'), hashtext(subject));
	if not counts then
		counts := exists (select from confirmed where subject_id = subject);
	end if;
	for i in 1 .. coalesce(cardinality(experiments), 0) loop
		insert into enrolment as n (subject_id, experiment, alternative, allocation, source,
			enrolled_at)
		select subject, e.nr, enrol.alternatives[i], allocations[i], how, now
		from experiment as e where e.nr = experiments[i]
		on conflict (subject_id, experiment) do update
		set alternative = excluded.alternative, allocation = excluded.allocation,
			source = excluded.source
		where how = 'set' or n.alternative = gone[i]
		returning n.experiment, n.alternative, n.source, n.enrolled_at,
			how <> 'set' or n.xmax = 0
		into nr, alternative, source, enrolled_at, made;
		wrote := found;
		if wrote and counts then
			perform exposure_add(subject, nr, alternative, allocations[i], how, now);
			changed := changed || nr;
		end if;
		if not wrote then
			made := false;
			select n.experiment, n.alternative, n.source, n.enrolled_at
			into nr, alternative, source, enrolled_at
			from enrolment as n where n.subject_id = subject and n.experiment = experiments[i];
			continue when not found;
		end if;
		return next;
	end loop;
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;


ALTER FUNCTION assay.enrol(subject text, experiments bigint[], alternatives integer[], allocations bigint[], gone integer[], how text, verify boolean, now timestamp with time zone) OWNER TO assay_owner;

--
-- Name: exposure_add(text, bigint, integer, bigint, text, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.exposure_add(subject text, in_experiment bigint, shown integer, by_allocation bigint, source text, now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
	insert into exposure (subject_id, experiment, alternative, allocation, forced,
		earlier_exposures, exposed_at, manual)
	select subject, in_experiment, shown, by_allocation, source = 'forced', count(*), now,
		source = 'set'
	from exposure as x
	where x.subject_id = subject and x.experiment = in_experiment and not x.forced
	on conflict do nothing;
end
$$;


ALTER FUNCTION assay.exposure_add(subject text, in_experiment bigint, shown integer, by_allocation bigint, source text, now timestamp with time zone) OWNER TO assay_owner;

--
-- Name: goal_hit(text, text, bigint, text, boolean, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.goal_hit(subject text, goal_name text, times bigint, event text, verify boolean, now timestamp with time zone, OUT known boolean, OUT duplicate boolean, OUT waits boolean, OUT ids text[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	of_goal bigint;
	is_bot boolean;
begin
	ids := '{}';
	duplicate := false;
	waits := false;
	select nr, exists (
		select from profile where subject_id = subject and attributes -> 'human' = 'false')
	into of_goal, is_bot
	from goal where name = goal_name and retired_at is null and nr >= 100;
	known := found;
	if not known or times = 0 or is_bot then
		return;
	end if;
	-- As subject_lock does.
	perform pg_advisory_xact_lock(lock_class('subject'), hashtext(subject));
	duplicate := event is not null and exists (
		select from goal_event as e where e.subject_id = subject and e.event_id = event
			and e.goal in (of_goal, 0));
	if not duplicate then
		select a.ids, a.waits into ids, waits
		from activity_record(array[subject], array[of_goal], array[times],
			array[null::timestamptz], false, verify, now) as a;
	end if;
	if event is not null and ids <> '{}' then
		insert into goal_event (subject_id, goal, event_id, recorded_at)
		values (subject, of_goal, event, now);
	end if;
end
$$;


ALTER FUNCTION assay.goal_hit(subject text, goal_name text, times bigint, event text, verify boolean, now timestamp with time zone, OUT known boolean, OUT duplicate boolean, OUT waits boolean, OUT ids text[]) OWNER TO assay_owner;

--
-- Name: key_change(bytea, timestamp with time zone, text, text[], boolean, text, boolean, integer, integer); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.key_change(session bytea, at timestamp with time zone, id text, subjects text[], signatures boolean, signing_secret text, attributes boolean, rate integer, new_rate integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	perform session_authorize(session, at, true);
	update api_key as k
	set subjects = key_change.subjects,
		signing_secret = case when key_change.signatures
			then coalesce(key_change.signing_secret, k.signing_secret) end,
		attributes = key_change.attributes, rate = key_change.rate,
		new_rate = key_change.new_rate
	where k.id = key_change.id and k.kind = 'client' and k.revoked_at is null;
	return found;
end
$$;


ALTER FUNCTION assay.key_change(session bytea, at timestamp with time zone, id text, subjects text[], signatures boolean, signing_secret text, attributes boolean, rate integer, new_rate integer) OWNER TO assay_owner;

--
-- Name: key_create(bytea, timestamp with time zone, text, text, text, bytea, text[], timestamp with time zone, text, text[], text, boolean, integer, integer); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.key_create(session bytea, at timestamp with time zone, id text, kind text, name text, secret_hash bytea, origins text[], expires_at timestamp with time zone, tag_prefix text, subjects text[], signing_secret text, attributes boolean, rate integer, new_rate integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	perform session_authorize(session, at, true);
	insert into api_key (id, kind, name, secret_hash, origins, created_at, expires_at,
		tag_prefix, subjects, signing_secret, attributes, rate, new_rate)
	values (key_create.id, key_create.kind, key_create.name, key_create.secret_hash,
		key_create.origins, key_create.at, key_create.expires_at, key_create.tag_prefix,
		key_create.subjects, key_create.signing_secret, key_create.attributes, key_create.rate,
		key_create.new_rate);
end
$$;


ALTER FUNCTION assay.key_create(session bytea, at timestamp with time zone, id text, kind text, name text, secret_hash bytea, origins text[], expires_at timestamp with time zone, tag_prefix text, subjects text[], signing_secret text, attributes boolean, rate integer, new_rate integer) OWNER TO assay_owner;

--
-- Name: key_revoke(bytea, timestamp with time zone, text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.key_revoke(session bytea, at timestamp with time zone, id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	perform session_authorize(session, at, true);
	update api_key as k set revoked_at = coalesce(k.revoked_at, key_revoke.at)
	where k.id = key_revoke.id;
	return found;
end
$$;


ALTER FUNCTION assay.key_revoke(session bytea, at timestamp with time zone, id text) OWNER TO assay_owner;

--
-- Name: layer_delete(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.layer_delete(dropped text) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	target bigint;
	members text[];
begin
	select l.nr into target from layer as l where l.id = dropped for update;
	if target is null then
		return null;
	end if;
	members := array(select e.id from experiment as e where e.layer = target order by e.id);
	if members = '{}' then
		delete from layer where nr = target;
	end if;
	return members;
end
$$;


ALTER FUNCTION assay.layer_delete(dropped text) OWNER TO assay_owner;

--
-- Name: layer_slot_assign(bigint, jsonb); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.layer_slot_assign(placed bigint, wish jsonb) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	target bigint;
	chosen int4multirange := '{}';
	free int4multirange;
	part int4range;
	lacking integer := coalesce((wish ->> 'size')::integer, 10000);
begin
	perform from layer as l
	where l.id = wish ->> 'id'
		or l.nr in (select s.layer from layer_slot as s where s.experiment = placed)
	order by l.nr for update;
	select l.nr into target from layer as l where l.id = wish ->> 'id';
	if not exists (select from experiment as e
		where e.nr = placed and e.layer is not distinct from target)
		or (target is null and wish ->> 'id' is not null) then
		raise exclusion_violation using message = 'the layer is gone';
	end if;
	delete from layer_slot where experiment = placed;
	if wish -> 'slots' is not null then
		select range_agg(int4range((r ->> 0)::integer, (r ->> 1)::integer, '[]')) into chosen
		from jsonb_array_elements(wish -> 'slots') as r;
	elsif target is not null then
		select int4multirange(int4range(0, 10000)) - coalesce(range_agg(s.slots), '{}') into free
		from layer_slot as s where s.layer = target;
		for part in select r from unnest(free) as r order by r loop
			part := part * int4range(lower(part), lower(part) + lacking);
			chosen := chosen + int4multirange(part);
			lacking := lacking - (upper(part) - lower(part));
			exit when lacking <= 0;
		end loop;
		if isempty(chosen) or (lacking > 0 and wish ->> 'size' is not null) then
			raise exclusion_violation using message = 'too few slots are free';
		end if;
	end if;
	insert into layer_slot (layer, experiment, slots)
	select target, placed, r from unnest(chosen) as r;
	return (select coalesce(sum(upper(r) - lower(r)), 0) from unnest(chosen) as r);
end
$$;


ALTER FUNCTION assay.layer_slot_assign(placed bigint, wish jsonb) OWNER TO assay_owner;

--
-- Name: lock_class(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.lock_class(locked text) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	case locked
		when 'audience_writer' then return 4702111;
		when 'audience_job' then return 4702112;
		when 'result_writer' then return 4702113;
		when 'subject' then return 4702114;
		when 'result_counter' then return 4702115;
		when 'upload' then return 4702116;
		when 'preassigned' then return 4702117;
	end case;
end
$$;


ALTER FUNCTION assay.lock_class(locked text) OWNER TO assay_owner;

--
-- Name: lock_wait_holders(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.lock_wait_holders(locked text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	here oid;
	class oid := lock_class(locked)::oid;
	holders text[];
begin
	select oid into here from pg_database where datname = current_database();
	select array_agg(virtualtransaction) into holders from pg_locks
	where locktype = 'advisory' and database = here and classid = class and objid = 1
		and objsubid = 2 and pid <> pg_backend_pid();
	while exists (
		select from pg_locks
		where locktype = 'advisory' and database = here and classid = class and objid = 1
			and objsubid = 2 and virtualtransaction = any (holders)
	) loop
		perform pg_sleep(0.002);
	end loop;
end
$$;


ALTER FUNCTION assay.lock_wait_holders(locked text) OWNER TO assay_owner;

--
-- Name: membership_assign(text, bigint, bigint, bigint, text, text, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.membership_assign(subject text, of_segmentation bigint, to_group bigint, gone bigint, how text, who text, now timestamp with time zone, OUT group_nr bigint, OUT made boolean, OUT previous bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
	overlapping boolean;
	in_slot bigint;
begin
	select s.overlap into overlapping from segmentation as s
	where s.nr = of_segmentation for key share;
	if not found then
		return;
	end if;
	in_slot := case when overlapping then to_group else 0 end;
	group_nr := to_group;
	-- What is in the way may be taken away before it can be held: then there is room again.
	loop
		insert into membership as m (subject_id, segmentation, slot, group_nr, overlap, source,
			assigned_by,
			assigned_at)
		values (subject, of_segmentation, in_slot, to_group, overlapping, how, who, now)
		on conflict do nothing;
		made := found;
		if made then
			return;
		end if;
		select m.group_nr into previous from membership as m
		where m.subject_id = subject and m.segmentation = of_segmentation and m.slot = in_slot
		for update;
		exit when found;
	end loop;
	if previous = to_group then
		return;
	end if;
	if how = 'drawn' and (gone is null or previous <> gone) then
		group_nr := previous;
		return;
	end if;
	update membership as m
	set group_nr = to_group, source = how, assigned_by = who, assigned_at = now
	where m.subject_id = subject and m.segmentation = of_segmentation and m.slot = in_slot;
	made := found;
end
$$;


ALTER FUNCTION assay.membership_assign(subject text, of_segmentation bigint, to_group bigint, gone bigint, how text, who text, now timestamp with time zone, OUT group_nr bigint, OUT made boolean, OUT previous bigint) OWNER TO assay_owner;

--
-- Name: membership_batch(bigint, bigint[], text[], text[], text[], text[], text, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.membership_batch(of_segmentation bigint, nrs bigint[], users text[], emails text[], names text[], reasons text[], who text, now timestamp with time zone) RETURNS TABLE(nr bigint, outcome text, subject text, group_nr bigint, group_name text, previous text, reason text)
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
	overlapping boolean;
	known jsonb;
	given record;
	target record;
	found_before record;
	waiting record;
	fresh text[] := '{}';
begin
	select s.overlap, s.groups into overlapping, known from segmentation as s
	where s.nr = of_segmentation for key share;
	if of_segmentation is null then
		return;
	end if;
	if not found then
		raise exception using errcode = 'foreign_key_violation',
			message = 'the segmentation has been deleted';
	end if;
	select array_agg(x.nr) as nr, array_agg(x.subject) as subject, array_agg(x.email) as email,
		array_agg(x.grp) as grp, array_agg(x.reason) as reason
	into given
	from (
		select w.nr, w.email, g.id as grp,
			case when w.user_id is not null and (w.email is null or p.subject_id is not null
					or e.n = 0) then w.user_id
				else e.subject end as subject,
			case when w.reason is not null then w.reason
				when g.id is null then 'there is no group `' || w.name || '`'
				when e.n > 1 and p.subject_id is null
					then 'several users have this e-mail address' end as reason
		from unnest(nrs, users, emails, names, reasons)
			as w (nr, user_id, email, name, reason)
		left join jsonb_to_recordset(known) as g (id bigint, name text) on g.name = w.name
		left join profile as p on p.subject_id = w.user_id and w.email is not null
		left join lateral (
			select count(*) as n, min(f.subject_id) as subject from (
				select subject_id from profile
				where lower((attributes ->> 'email') collate "C") = w.email
					and left(subject_id, 2) = 'u:'
					and octet_length(attributes ->> 'email') <= 254
				limit 2
			) as f
		) as e on w.email is not null
		order by w.nr
	) as x;
	select array_agg(t.subject) as subject, array_agg(t.slot) as slot, array_agg(t.grp) as grp
	into target
	from (
		select distinct on (r.subject, case when overlapping then r.grp else 0 end) r.subject,
			case when overlapping then r.grp else 0 end as slot, r.grp
		from unnest(given.nr, given.subject, given.grp, given.reason)
			as r (nr, subject, grp, reason)
		where r.reason is null and r.subject is not null
		order by 1, 2, r.nr desc
	) as t;
	loop
		with put as (
			insert into membership as m (subject_id, segmentation, slot, group_nr, overlap,
				source, assigned_by,
				assigned_at)
			select t.subject, of_segmentation, t.slot, t.grp, overlapping, 'upload', who, now
			from unnest(target.subject, target.slot, target.grp) as t (subject, slot, grp)
			order by t.subject, t.slot
			on conflict do nothing
			returning m.subject_id, m.slot
		)
		select fresh || coalesce(array_agg(p.slot || p.subject_id), '{}') into fresh
		from put as p;
		select array_agg(h.subject_id) as subject, array_agg(h.slot) as slot,
			array_agg(h.group_nr) as grp
		into found_before
		from (
			select m.subject_id, m.slot, m.group_nr
			from unnest(target.subject, target.slot) as t (subject, slot)
			join membership as m on m.subject_id = t.subject
				and m.segmentation = of_segmentation and m.slot = t.slot
			order by m.subject_id, m.slot for update of m
		) as h;
		-- Somebody may have been taken out since; then once more.
		exit when coalesce(cardinality(found_before.subject), 0)
			= coalesce(cardinality(target.subject), 0);
	end loop;
	update membership as m
	set group_nr = t.grp, source = 'upload', assigned_by = who, assigned_at = now
	from unnest(target.subject, target.slot, target.grp) as t (subject, slot, grp)
	where m.subject_id = t.subject and m.segmentation = of_segmentation and m.slot = t.slot
		and m.group_nr <> t.grp;
	select array_agg(a.email) as email, array_agg(a.slot) as slot, array_agg(a.group_nr) as grp
	into waiting
	from preassigned as a
	where a.segmentation = of_segmentation and a.email = any (given.email);
	insert into preassigned as a (email, segmentation, slot, group_nr, overlap, assigned_by,
		assigned_at)
	select distinct on (r.email, case when overlapping then r.grp else 0 end) r.email,
		of_segmentation, case when overlapping then r.grp else 0 end, r.grp, overlapping, who, now
	from unnest(given.nr, given.subject, given.email, given.grp, given.reason)
		as r (nr, subject, email, grp, reason)
	where r.reason is null and r.subject is null
	order by 1, 3, r.nr desc
	on conflict (email, segmentation, slot) do update
	set group_nr = excluded.group_nr, assigned_by = excluded.assigned_by,
		assigned_at = excluded.assigned_at
	where a.group_nr <> excluded.group_nr;
	return query
	with base as (
		select b.subject as who, b.slot, b.grp
		from unnest(found_before.subject, found_before.slot, found_before.grp)
			as b (subject, slot, grp)
		where not exists (
			select from unnest(fresh) as f (who) where f.who = b.slot || b.subject
		)
		union all
		select 'e:' || b.email, b.slot, b.grp
		from unnest(waiting.email, waiting.slot, waiting.grp) as b (email, slot, grp)
	), good as (
		select r.nr, r.subject, r.grp, coalesce(r.subject, 'e:' || r.email) as who,
			case when overlapping then r.grp else 0 end as slot
		from unnest(given.nr, given.subject, given.email, given.grp, given.reason)
			as r (nr, subject, email, grp, reason)
		where r.reason is null
	), seen as (
		select g.*, coalesce(lag(g.grp) over w, b.grp) as before
		from good as g left join base as b on b.who = g.who and b.slot = g.slot
		window w as (partition by g.who, g.slot order by g.nr)
	)
	select s.nr, case when s.before = s.grp then 'present'
			when s.subject is null then 'preassigned'
			when s.before is null then 'added' else 'changed' end,
		s.subject, s.grp, n.name, o.name, null
	from seen as s
	left join jsonb_to_recordset(known) as n (id bigint, name text) on n.id = s.grp
	left join jsonb_to_recordset(known) as o (id bigint, name text) on o.id = s.before
	union all
	select r.nr, 'failed', null, null, null, null, r.reason
	from unnest(given.nr, given.reason) as r (nr, reason) where r.reason is not null;
end
$$;


ALTER FUNCTION assay.membership_batch(of_segmentation bigint, nrs bigint[], users text[], emails text[], names text[], reasons text[], who text, now timestamp with time zone) OWNER TO assay_owner;

--
-- Name: membership_check_overlap(bigint, boolean); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.membership_check_overlap(of_segmentation bigint, overlapping boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	if (select m.overlap from membership as m where m.segmentation = of_segmentation limit 1)
		<> overlapping then
		raise foreign_key_violation using message = 'the segmentation has members';
	end if;
end
$$;


ALTER FUNCTION assay.membership_check_overlap(of_segmentation bigint, overlapping boolean) OWNER TO assay_owner;

--
-- Name: page_view_activity(text[], timestamp with time zone[], text[], boolean, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.page_view_activity(subjects text[], ats timestamp with time zone[], names text[], verify boolean, now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	who text[];
	goals bigint[];
	seen timestamptz[];
begin
	select array_agg(v.subject_id), array_agg(g.nr), array_agg(v.at) into who, goals, seen
	from unnest(subjects, ats, names) as v (subject_id, at, name)
	left join goal as g on g.page = v.name and g.retired_at is null
	where g.nr is not null or exists (
		select from enrolment as n where n.subject_id = v.subject_id
			and (n.last_seen_at is null or n.last_seen_at <= now - interval '6 hours'));
	if who is not null then
		perform activity_record(who, goals, array_fill(1::bigint, array[cardinality(who)]), seen,
			true, verify, now);
	end if;
end
$$;


ALTER FUNCTION assay.page_view_activity(subjects text[], ats timestamp with time zone[], names text[], verify boolean, now timestamp with time zone) OWNER TO assay_owner;

--
-- Name: page_view_partitions(date, date, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.page_view_partitions(first date, last date, cutoff timestamp with time zone) RETURNS TABLE(made integer, dropped integer, deleted bigint)
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $_$
declare
	day date;
	part text;
	child record;
begin
	made := 0;
	dropped := 0;
	for day in select d::date from generate_series(first, last, interval '1 day') d loop
		part := 'page_view_' || to_char(day, 'YYYYMMDD');
		continue when to_regclass(part) is not null;
		continue when exists (select from page_view_default
		    where viewed_at >= day::timestamp at time zone 'UTC'
		    and viewed_at < (day + 1)::timestamp at time zone 'UTC');
		execute format('create table %I (like page_view including all)', part);
		execute format('alter table page_view attach partition %I for values from (%L) to (%L)',
		    part, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
		made := made + 1;
	end loop;
	for child in
		select c.relname, to_date(right(c.relname, 8), 'YYYYMMDD') as day
		from pg_inherits i join pg_class c on c.oid = i.inhrelid
		where i.inhparent = 'page_view'::regclass and c.relname ~ '^page_view_[0-9]{8}$'
	loop
		continue when (child.day + 1)::timestamp at time zone 'UTC' > cutoff;
		execute format('drop table %I', child.relname);
		dropped := dropped + 1;
	end loop;
	delete from page_view_default where viewed_at < cutoff;
	get diagnostics deleted = row_count;
	return next;
end
$_$;


ALTER FUNCTION assay.page_view_partitions(first date, last date, cutoff timestamp with time zone) OWNER TO assay_owner;

--
-- Name: preassigned_apply(text[], text[], timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.preassigned_apply(subjects text[], emails text[], now timestamp with time zone, OUT placed jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
	known bigint[];
begin
	perform pg_advisory_xact_lock_shared(lock_class('preassigned'), 1);
	if not exists (select from preassigned) then
		return;
	end if;
	known := array(
		select s.nr from segmentation as s
		where s.nr in (select a.segmentation from preassigned as a where a.email = any (emails))
		order by s.nr for key share);
	with arrived as (
		delete from preassigned as a
		using (
			select distinct on (e.email) e.email, e.subject
			from unnest(subjects, emails) as e (subject, email) order by 1, 2
		) as e
		where a.email = e.email and a.segmentation = any (known)
		returning e.subject, a.segmentation, a.slot, a.group_nr, a.overlap, a.assigned_by,
			a.assigned_at
	), joined as (
		insert into membership as m (subject_id, segmentation, slot, group_nr, overlap, source,
			assigned_by, assigned_at)
		select c.subject, c.segmentation, c.slot, c.group_nr, c.overlap, 'upload', c.assigned_by,
			c.assigned_at
		from arrived as c order by 1, 2, 3
		on conflict (subject_id, segmentation, slot) do update
		set group_nr = excluded.group_nr, source = excluded.source,
			assigned_by = excluded.assigned_by,
			assigned_at = excluded.assigned_at
		where m.group_nr <> excluded.group_nr and (m.source = 'drawn'
			or m.assigned_at < excluded.assigned_at)
		returning m.subject_id, m.segmentation, m.group_nr, m.assigned_by
	)
	select jsonb_agg(jsonb_build_object('subject', p.subject_id, 'segmentation', s.id,
		'context', s.context, 'nr', p.group_nr, 'by', p.assigned_by, 'name', (
			select g ->> 'name' from jsonb_array_elements(s.groups) as g
			where (g ->> 'id')::bigint = p.group_nr),
		'tags', (
			select jsonb_agg(jsonb_build_array(t.scope, t.key, t.value)) from tag as t
			where t.subject_id = p.subject_id and t.scope in ('global', s.context))))
	into placed
	from joined as p join segmentation as s on s.nr = p.segmentation;
end
$$;


ALTER FUNCTION assay.preassigned_apply(subjects text[], emails text[], now timestamp with time zone, OUT placed jsonb) OWNER TO assay_owner;

--
-- Name: preassigned_apply_late(bigint, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.preassigned_apply_late(of_segmentation bigint, now timestamp with time zone, OUT placed jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	arrived record;
begin
	perform lock_wait_holders('preassigned');
	select array_agg(p.subject_id) as subjects, array_agg(a.email) as emails into arrived
	from (select distinct email from preassigned where segmentation = of_segmentation) as a
	join profile as p on lower((p.attributes ->> 'email') collate "C") = a.email
		and left(p.subject_id, 2) = 'u:' and octet_length(p.attributes ->> 'email') <= 254;
	if arrived.subjects is not null then
		select preassigned_apply(arrived.subjects, arrived.emails, now) into placed;
	end if;
end
$$;


ALTER FUNCTION assay.preassigned_apply_late(of_segmentation bigint, now timestamp with time zone, OUT placed jsonb) OWNER TO assay_owner;

--
-- Name: result_begin(bigint, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.result_begin(counted bigint, now timestamp with time zone, OUT result_version bigint, OUT data jsonb, OUT counted_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
	key integer := counted % 2147483647;
	first boolean := false;
begin
	for turn in 1 .. 100 loop
		first := first or pg_try_advisory_xact_lock(lock_class('result_counter'), key);
		select r.data, r.counted_at into data, counted_at
		from result as r where r.experiment = counted;
		if data is not null then
			return;
		end if;
		exit when first and coalesce(counted_at < now - interval '3 seconds', true);
		perform pg_sleep(0.03);
	end loop;
	counted_at := now;
	if pg_try_advisory_xact_lock(lock_class('result_writer'), key) then
		insert into result as r (experiment, result_version, counted_at, data)
		values (counted, nextval('result_version'), now, null)
		on conflict (experiment) do update set counted_at = excluded.counted_at
		returning r.result_version into result_version;
	end if;
end
$$;


ALTER FUNCTION assay.result_begin(counted bigint, now timestamp with time zone, OUT result_version bigint, OUT data jsonb, OUT counted_at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: result_invalidate(bigint[]); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.result_invalidate(experiments bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
	counted bigint;
begin
	foreach counted in array experiments loop
		perform pg_advisory_xact_lock_shared(lock_class('result_writer'),
			(counted % 2147483647)::integer);
		delete from result where experiment = counted;
	end loop;
end
$$;


ALTER FUNCTION assay.result_invalidate(experiments bigint[]) OWNER TO assay_owner;

--
-- Name: segmentation_delete(text, bigint, bigint); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.segmentation_delete(dropped text, expected bigint, generation bigint) RETURNS TABLE(gone boolean)
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	number bigint;
begin
	update cache_epoch set definitions = definitions + 1 where definitions = generation;
	if not found then
		return;
	end if;
	delete from segmentation as s
	where s.id = dropped and (expected is null or s.version = expected)
		and not exists (select from segmentation as o where s.id = any (o.referenced_ids))
		and not exists (select from experiment as e where s.id = any (e.referenced_ids))
	returning s.nr into number;
	gone := found;
	if gone then
		delete from id_registry where id = dropped;
		delete from membership where segmentation = number;
	end if;
	return next;
end
$$;


ALTER FUNCTION assay.segmentation_delete(dropped text, expected bigint, generation bigint) OWNER TO assay_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: account; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.account (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL,
    password text,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT account_role CHECK ((role = ANY (ARRAY['viewer'::text, 'editor'::text, 'admin'::text])))
);


ALTER TABLE assay.account OWNER TO assay_owner;

--
-- Name: COLUMN account.password; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.account.password IS 'Argon2id; null: nobody can sign in by password';


--
-- Name: session_account(bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.session_account(digest bytea, at timestamp with time zone) RETURNS assay.account
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	found account;
begin
	select a.* into found
	from session as s join account as a on a.id = s.account
	where s.hash = sha256(digest) and a.disabled_at is null
		and s.seen_at > at - interval '30 minutes' and s.created_at > at - interval '12 hours';
	return found;
end
$$;


ALTER FUNCTION assay.session_account(digest bytea, at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: session_authorize(bytea, timestamp with time zone, boolean); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.session_authorize(digest bytea, at timestamp with time zone, admin boolean) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	caller account;
begin
	if pg_has_role(session_user, current_user, 'usage') then
		return null;
	end if;
	caller := session_account(digest, at);
	if caller.id is null or admin and caller.role <> 'admin' then
		raise sqlstate 'AS002' using message = 'no session allows this';
	end if;
	return caller.id;
end
$$;


ALTER FUNCTION assay.session_authorize(digest bytea, at timestamp with time zone, admin boolean) OWNER TO assay_owner;

--
-- Name: session_close(bytea); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.session_close(digest bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	delete from session as s where s.hash = sha256(session_close.digest);
end
$$;


ALTER FUNCTION assay.session_close(digest bytea) OWNER TO assay_owner;

--
-- Name: session_close_all(bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.session_close_all(digest bytea, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	perform account_sign_out(session_authorize(digest, at, false));
end
$$;


ALTER FUNCTION assay.session_close_all(digest bytea, at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: session_open(bigint, bytea, text, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.session_open(account bigint, digest bytea, csrf text, at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	insert into session (hash, account, csrf, created_at, seen_at)
	select sha256(session_open.digest), a.id, session_open.csrf, session_open.at, session_open.at
	from account as a
	where a.id = session_open.account and a.disabled_at is null and a.password is not null;
	return found;
end
$$;


ALTER FUNCTION assay.session_open(account bigint, digest bytea, csrf text, at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: session_seen(bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.session_seen(digest bytea, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	update session as s set seen_at = session_seen.at
	where s.hash = sha256(session_seen.digest) and s.seen_at < session_seen.at;
end
$$;


ALTER FUNCTION assay.session_seen(digest bytea, at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: sign_in_claim(bytea, bytea, bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.sign_in_claim(pair bytea, network bytea, account bytea, at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	familiar boolean := exists (select from sign_in_throttle as t
		where t.kind = 'pair' and t.key = pair and t.signed_in_at > at - interval '90 days');
begin
	if exists (select from sign_in_throttle as t
		where t.blocked_until > at and (t.kind = 'pair' and t.key = pair
			or not familiar and (t.kind = 'network' and t.key = network
				or t.kind = 'account' and t.key = account))) then
		return false;
	end if;
	insert into sign_in_throttle as t (kind, key, failures, failed_at)
	values ('pair', pair, 1, at), ('network', network, 1, at), ('account', account, 1, at)
	on conflict on constraint sign_in_throttle_pk do update
	set failures = case when t.failed_at > excluded.failed_at - interval '15 minutes'
			then t.failures + 1 else 1 end,
		failed_at = greatest(t.failed_at, excluded.failed_at),
		blocked_until = case when t.failed_at > excluded.failed_at - interval '15 minutes'
			then excluded.failed_at + sign_in_wait(t.kind, t.failures + 1) end;
	return true;
end
$$;


ALTER FUNCTION assay.sign_in_claim(pair bytea, network bytea, account bytea, at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: sign_in_link_add(bigint, bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.sign_in_link_add(account bigint, digest bytea, expires_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	delete from sign_in_link as l where l.account = sign_in_link_add.account;
	insert into sign_in_link (hash, account, expires_at)
	values (sha256(sign_in_link_add.digest), sign_in_link_add.account, sign_in_link_add.expires_at);
end
$$;


ALTER FUNCTION assay.sign_in_link_add(account bigint, digest bytea, expires_at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: sign_in_link_use(bytea, timestamp with time zone, bytea, text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.sign_in_link_use(link bytea, at timestamp with time zone, digest bytea, csrf text, OUT name text, OUT has_password boolean) RETURNS SETOF record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	entered account;
begin
	delete from sign_in_link as l using account as a
	where l.hash = sha256(sign_in_link_use.link) and l.expires_at > sign_in_link_use.at
		and a.id = l.account and a.disabled_at is null
	returning a.* into entered;
	if entered.id is null then
		return;
	end if;
	insert into session (hash, account, csrf, created_at, seen_at)
	values (sha256(sign_in_link_use.digest), entered.id, sign_in_link_use.csrf,
		sign_in_link_use.at, sign_in_link_use.at);
	name := entered.name;
	has_password := entered.password is not null;
	return next;
end
$$;


ALTER FUNCTION assay.sign_in_link_use(link bytea, at timestamp with time zone, digest bytea, csrf text, OUT name text, OUT has_password boolean) OWNER TO assay_owner;

--
-- Name: sign_in_succeeded(bytea, bytea, bytea, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.sign_in_succeeded(pair bytea, network bytea, account bytea, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	update sign_in_throttle as t
	set failures = 0, blocked_until = null, signed_in_at = at
	where t.kind = 'pair' and t.key = pair;
	update sign_in_throttle as t
	set failures = greatest(t.failures - 1, 0),
		blocked_until = t.failed_at + sign_in_wait(t.kind, t.failures - 1)
	where t.kind = 'network' and t.key = network;
	update sign_in_throttle as t
	set failures = greatest(t.failures - 1, 0),
		blocked_until = t.failed_at + sign_in_wait(t.kind, t.failures - 1)
	where t.kind = 'account' and t.key = account;
end
$$;


ALTER FUNCTION assay.sign_in_succeeded(pair bytea, network bytea, account bytea, at timestamp with time zone) OWNER TO assay_owner;

--
-- Name: sign_in_wait(text, integer); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.sign_in_wait(kind text, failures integer) RETURNS interval
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	return interval '1 second' * case
		when kind = 'pair' and failures >= 5 then least(60, power(2, least(failures, 20) - 3))
		when kind = 'network' and failures >= 20 then 60
		when kind = 'account' and failures >= 50 then 10
		else 0 end;
end
$$;


ALTER FUNCTION assay.sign_in_wait(kind text, failures integer) OWNER TO assay_owner;

--
-- Name: subject_confirm(text, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.subject_confirm(subject text, now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	row record;
	changed bigint[] := '{}';
begin
	perform subject_lock(subject);
	insert into confirmed (subject_id, confirmed_at) values (subject, now) on conflict do nothing;
	if not found then
		return;
	end if;
	for row in
		select n.experiment, n.alternative, n.allocation, n.source from enrolment as n
		where n.subject_id = subject order by n.experiment for update
	loop
		perform exposure_add(subject, row.experiment, row.alternative, row.allocation,
			row.source, now);
		changed := changed || row.experiment;
	end loop;
	perform waiting_goal_replay(subject, subject, null, now);
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;


ALTER FUNCTION assay.subject_confirm(subject text, now timestamp with time zone) OWNER TO assay_owner;

--
-- Name: subject_erase(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.subject_erase(subject text, OUT page_views bigint, OUT enrollments bigint, OUT exposures bigint, OUT conversions bigint, OUT waiting_goals bigint, OUT goal_events bigint, OUT profile bigint, OUT audiences bigint, OUT memberships bigint, OUT tags bigint, OUT preassignments bigint, OUT upload_rows bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	changed bigint[];
begin
	perform subject_lock(subject);
	select u.preassignments, u.upload_rows into preassignments, upload_rows
	from upload_forget(subject) as u;
	perform audit_forget(subject);
	delete from membership where subject_id = subject;
	get diagnostics memberships = row_count;
	delete from tag where subject_id = subject;
	get diagnostics tags = row_count;
	select l.profiles, l.audiences into profile, audiences from audience_erase_subject(subject) as l;
	perform from enrolment as n where n.subject_id = subject order by n.experiment for update;
	changed := array(select x.experiment from enrolment as x where x.subject_id = subject
		union select x.experiment from exposure as x where x.subject_id = subject
		order by 1);
	delete from enrolment where subject_id = subject;
	get diagnostics enrollments = row_count;
	delete from exposure where subject_id = subject;
	get diagnostics exposures = row_count;
	delete from conversion where subject_id = subject;
	get diagnostics conversions = row_count;
	delete from waiting_goal where subject_id = subject;
	get diagnostics waiting_goals = row_count;
	delete from goal_event where subject_id = subject;
	get diagnostics goal_events = row_count;
	delete from confirmed where subject_id = subject;
	delete from page_view where subject_id = subject;
	get diagnostics page_views = row_count;
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;


ALTER FUNCTION assay.subject_erase(subject text, OUT page_views bigint, OUT enrollments bigint, OUT exposures bigint, OUT conversions bigint, OUT waiting_goals bigint, OUT goal_events bigint, OUT profile bigint, OUT audiences bigint, OUT memberships bigint, OUT tags bigint, OUT preassignments bigint, OUT upload_rows bigint) OWNER TO assay_owner;

--
-- Name: subject_incorporate(text, text, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.subject_incorporate(session text, receiver text, now timestamp with time zone, OUT moved bigint, OUT dropped bigint, OUT page_views bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	row record;
	changed bigint[] := '{}';
	is_bot boolean := subject_is_bot(receiver);
begin
	perform subject_lock(case when hashtext(session) < hashtext(receiver) then session
		else receiver end);
	perform subject_lock(case when hashtext(session) < hashtext(receiver) then receiver
		else session end);
	moved := 0;
	dropped := 0;
	for row in
		select n.* from enrolment as n
		where n.subject_id = session order by n.experiment for update
	loop
		changed := changed || row.experiment;
		insert into enrolment (subject_id, experiment, alternative, allocation, source, enrolled_at,
			last_seen_at)
		select receiver, row.experiment, row.alternative, row.allocation, row.source, row.enrolled_at,
			row.last_seen_at
		where not is_bot
		on conflict do nothing;
		if found then
			moved := moved + 1;
			perform subject_incorporate_experiment(session, receiver, row.experiment, now);
		else
			dropped := dropped + 1;
		end if;
	end loop;
	insert into page_view (subject_id, viewed_at, name, url, referrer)
	select receiver, v.viewed_at, v.name, v.url, v.referrer
	from page_view as v where v.subject_id = session order by v.viewed_at
	on conflict do nothing;
	get diagnostics page_views = row_count;
	delete from page_view where subject_id = session;
	insert into goal_event (subject_id, goal, event_id, recorded_at)
	select receiver, g.goal, g.event_id, g.recorded_at from goal_event as g
	where g.subject_id = session and not is_bot
	on conflict do nothing;
	delete from enrolment where subject_id = session;
	delete from exposure where subject_id = session;
	delete from conversion where subject_id = session;
	delete from waiting_goal where subject_id = session;
	delete from confirmed where subject_id = session;
	delete from goal_event where subject_id = session;
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;


ALTER FUNCTION assay.subject_incorporate(session text, receiver text, now timestamp with time zone, OUT moved bigint, OUT dropped bigint, OUT page_views bigint) OWNER TO assay_owner;

--
-- Name: subject_incorporate_experiment(text, text, bigint, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.subject_incorporate_experiment(session text, receiver text, of_experiment bigint, now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	insert into exposure (subject_id, experiment, alternative, allocation, forced,
		earlier_exposures, exposed_at, manual)
	select receiver, x.experiment, x.alternative, x.allocation, x.forced, x.earlier_exposures,
		x.exposed_at, x.manual
	from exposure as x where x.subject_id = session and x.experiment = of_experiment
	on conflict do nothing;
	perform exposure_add(receiver, n.experiment, n.alternative, n.allocation, n.source, now)
	from enrolment as n where n.subject_id = receiver and n.experiment = of_experiment;
	insert into conversion (subject_id, experiment, alternative, goal, hits, forced, first_at,
		last_at)
	select receiver, c.experiment, c.alternative, c.goal, c.hits, c.forced, c.first_at, c.last_at
	from conversion as c where c.subject_id = session and c.experiment = of_experiment
	on conflict do nothing;
	perform waiting_goal_replay(session, receiver, of_experiment, now);
end
$$;


ALTER FUNCTION assay.subject_incorporate_experiment(session text, receiver text, of_experiment bigint, now timestamp with time zone) OWNER TO assay_owner;

--
-- Name: subject_is_bot(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.subject_is_bot(subject text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
	return exists (
		select from profile where subject_id = subject and attributes -> 'human' = 'false');
end
$$;


ALTER FUNCTION assay.subject_is_bot(subject text) OWNER TO assay_owner;

--
-- Name: subject_lock(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.subject_lock(subject text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
	perform pg_advisory_xact_lock(lock_class('subject'), hashtext(subject));
end
$$;


ALTER FUNCTION assay.subject_lock(subject text) OWNER TO assay_owner;

--
-- Name: tag_put(text, text, text[], text[], text, timestamp with time zone, bigint); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.tag_put(subject text, in_scope text, keys text[], texts text[], who text, now timestamp with time zone, most bigint, OUT made bigint, OUT gone bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
	others bigint;
	coming bigint;
begin
	perform subject_lock(subject);
	select count(*) into others from tag
	where subject_id = subject and not (scope = in_scope and key = any (keys));
	select count(t) into coming from unnest(texts) as t;
	if coming > 0 and others + coming > most then
		return;
	end if;
	delete from tag using unnest(keys, texts) as w (k, t)
	where subject_id = subject and scope = in_scope and key = w.k and w.t is null;
	get diagnostics gone = row_count;
	with put as (
		insert into tag (subject_id, scope, key, value, updated_by, updated_at)
		select subject, in_scope, w.k, w.t::jsonb, who, now
		from unnest(keys, texts) as w (k, t) where w.t is not null
		on conflict (subject_id, scope, key) do update
		set value = excluded.value, updated_by = excluded.updated_by,
			updated_at = excluded.updated_at
		returning xmax = 0 as fresh
	)
	select count(*) filter (where fresh) into made from put;
end
$$;


ALTER FUNCTION assay.tag_put(subject text, in_scope text, keys text[], texts text[], who text, now timestamp with time zone, most bigint, OUT made bigint, OUT gone bigint) OWNER TO assay_owner;

--
-- Name: term_instant(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.term_instant(rest text) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'assay', 'pg_temp'
    AS $_$
declare
	n numeric;
begin
	if left(rest, 1) = '@' then
		return substr(rest, 2)::numeric;
	end if;
	if length(rest) > 201
		or rest !~ '^[#=]-?(0|[1-9][0-9]*)([.][0-9]+)?(e[+-]?[0-9]{1,3})?$' then
		return null;
	end if;
	n := substr(rest, 2)::numeric;
	return case when n >= 100000000000 and n < 253402300800000 then trunc(n) * 1000
		when n >= 1000000000 and n < 100000000000 then trunc(n * 1000) * 1000 end;
end
$_$;


ALTER FUNCTION assay.term_instant(rest text) OWNER TO assay_owner;

--
-- Name: term_number(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.term_number(rest text) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'assay', 'pg_temp'
    AS $_$
begin
	return case when length(rest) <= 201
		and rest ~ '^[#=]-?(0|[1-9][0-9]*)([.][0-9]+)?(e[+-]?[0-9]{1,3})?$'
		then substr(rest, 2)::numeric end;
end
$_$;


ALTER FUNCTION assay.term_number(rest text) OWNER TO assay_owner;

--
-- Name: upload_forget(text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.upload_forget(subject text, OUT preassignments bigint, OUT upload_rows bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
	address text;
begin
	select lower((p.attributes ->> 'email') collate "C") into address
	from profile as p where p.subject_id = upload_forget.subject;
	perform upload_scrub(substr(upload_forget.subject, 3), address);
	delete from preassigned as a where a.email = address;
	get diagnostics preassignments = row_count;
	delete from upload_row as r where r.subject = upload_forget.subject;
	get diagnostics upload_rows = row_count;
end
$$;


ALTER FUNCTION assay.upload_forget(subject text, OUT preassignments bigint, OUT upload_rows bigint) OWNER TO assay_owner;

--
-- Name: upload_scrub(text, text); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.upload_scrub(name text, address text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
declare
	-- What may stand around a field, or in one, becomes a comma on both sides.
	marks text := '";|' || chr(9) || chr(13);
	guard text := case when left(name, 1) in ('=', '+', '-', '@', '''') then '''' else '' end;
	plain text := ',' || translate(guard || name, marks, ',,,,,') || ',';
	quoted text := ',' || translate(guard || replace(name, '"', '""'), marks, ',,,,,') || ',';
	bare text := ',' || translate(name, marks, ',,,,,') || ',';
	mail text := ',' || translate(address, marks, ',,,,,') || ',';
begin
	update upload as u
	set erasure_count = u.erasure_count + 1, content = (
		select string_agg(case when w.n > 1 and (position(plain in f.fields) > 0
				or position(quoted in f.fields) > 0 or position(bare in f.fields) > 0
				or position(mail in lower(f.fields collate "C")) > 0)
			then repeat(' ', octet_length(w.line)) else w.line end, p.mark order by w.n)
		from unnest(string_to_array(u.content, p.mark)) with ordinality as w (line, n)
		cross join lateral (select ',' || translate(w.line, marks, ',,,,,') || ',') as f (fields)
	)
	from (
		select i.nr, case when position(chr(10) in rtrim(i.content, chr(10))) > 0
			then chr(10) else chr(13) end as mark
		from upload as i where i.done_at is null and i.content is not null
	) as p
	where u.nr = p.nr and u.done_at is null and (position(name in u.content) > 0
		or position(replace(name, '"', '""') in u.content) > 0
		or position(address in lower(u.content collate "C")) > 0);
end
$$;


ALTER FUNCTION assay.upload_scrub(name text, address text) OWNER TO assay_owner;

--
-- Name: visit_record(text, boolean, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.visit_record(subject text, verify boolean, now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	if exists (
		select from enrolment where subject_id = subject
			and (last_seen_at is null or last_seen_at <= now - interval '6 hours')
	) then
		perform subject_lock(subject);
		perform activity_record(array[subject], array[null::bigint], array[0::bigint],
			array[null::timestamptz], true, verify, now);
	end if;
end
$$;


ALTER FUNCTION assay.visit_record(subject text, verify boolean, now timestamp with time zone) OWNER TO assay_owner;

--
-- Name: waiting_goal_replay(text, text, bigint, timestamp with time zone); Type: FUNCTION; Schema: assay; Owner: assay_owner
--

CREATE FUNCTION assay.waiting_goal_replay(waiter text, receiver text, of_experiment bigint, now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'assay', 'pg_temp'
    AS $$
begin
	insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced, first_at,
		last_at)
	select receiver, w.experiment, w.alternative, w.goal, w.hits, coalesce(x.forced, true),
		w.first_at, now
	from waiting_goal as w
	join enrolment as n on n.subject_id = w.subject_id and n.experiment = w.experiment
	left join exposure as x on x.subject_id = receiver and x.experiment = w.experiment
		and x.alternative = w.alternative
	where w.subject_id = waiter and w.expires_at > now
		and (of_experiment is null or w.experiment = of_experiment)
	order by w.experiment, w.alternative, w.goal
	on conflict (subject_id, experiment, alternative, goal) do update
	set hits = c.hits + excluded.hits, last_at = excluded.last_at;
	delete from waiting_goal
	where subject_id = waiter and (of_experiment is null or experiment = of_experiment);
end
$$;


ALTER FUNCTION assay.waiting_goal_replay(waiter text, receiver text, of_experiment bigint, now timestamp with time zone) OWNER TO assay_owner;

--
-- Name: account_id_seq; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

ALTER TABLE assay.account ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME assay.account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: allocation; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.allocation (
    experiment bigint NOT NULL,
    nr bigint NOT NULL,
    allocation_weights jsonb NOT NULL
);


ALTER TABLE assay.allocation OWNER TO assay_owner;

--
-- Name: api_key; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.api_key (
    id text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    secret_hash bytea NOT NULL,
    origins text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    tag_prefix text DEFAULT ''::text NOT NULL,
    subjects text[] DEFAULT '{user,device,session}'::text[] NOT NULL,
    signing_secret text,
    attributes boolean DEFAULT true NOT NULL,
    rate integer,
    new_rate integer,
    CONSTRAINT api_key_id CHECK ((id ~ '^[0-9a-f]{8}$'::text)),
    CONSTRAINT api_key_kind CHECK ((kind = ANY (ARRAY['client'::text, 'server'::text, 'admin'::text, 'metrics'::text]))),
    CONSTRAINT api_key_rates CHECK (((rate >= 0) AND (new_rate >= 0))),
    CONSTRAINT api_key_secret CHECK ((octet_length(secret_hash) = 32)),
    CONSTRAINT api_key_subjects CHECK (((subjects <@ '{user,device,session}'::text[]) AND (cardinality(subjects) > 0)))
);


ALTER TABLE assay.api_key OWNER TO assay_owner;

--
-- Name: COLUMN api_key.secret_hash; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.api_key.secret_hash IS 'BLAKE2b-256 of the secret';


--
-- Name: COLUMN api_key.tag_prefix; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.api_key.tag_prefix IS 'keys of tags that it may write begin so';


--
-- Name: COLUMN api_key.subjects; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.api_key.subjects IS 'kinds of subjects that a client key may speak of';


--
-- Name: COLUMN api_key.signing_secret; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.api_key.signing_secret IS 'key of the HMAC that proves an id, as it was shown; null: no signature is asked for';


--
-- Name: COLUMN api_key.attributes; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.api_key.attributes IS 'whether requests may bring attributes';


--
-- Name: COLUMN api_key.rate; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.api_key.rate IS 'requests a second from one address; null: as configured, 0: any number';


--
-- Name: COLUMN api_key.new_rate; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.api_key.new_rate IS 'new subjects a second from one address; as rate';


--
-- Name: audience; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.audience (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    experiment bigint NOT NULL,
    version bigint NOT NULL
);


ALTER TABLE assay.audience OWNER TO assay_owner;

--
-- Name: audience_job; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.audience_job (
    nr bigint NOT NULL,
    due_at timestamp with time zone,
    worker text,
    next_version bigint DEFAULT 0 NOT NULL,
    users_matched bigint,
    devices_matched bigint,
    computed_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    failed_at timestamp with time zone
);


ALTER TABLE assay.audience_job OWNER TO assay_owner;

--
-- Name: COLUMN audience_job.nr; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.audience_job.nr IS 'that of the experiment';


--
-- Name: COLUMN audience_job.next_version; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.audience_job.next_version IS 'version of audience rows that was begun last';


--
-- Name: COLUMN audience_job.attempts; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.audience_job.attempts IS 'failures in a row, the last at failed_at';


--
-- Name: audit; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.audit (
    nr bigint NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    account text,
    key_id text,
    action text NOT NULL,
    target text,
    status integer NOT NULL,
    before jsonb,
    after jsonb,
    request_id text,
    subjects text[] DEFAULT '{}'::text[] NOT NULL
);


ALTER TABLE assay.audit OWNER TO assay_owner;

--
-- Name: TABLE audit; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON TABLE assay.audit IS 'changes by a page (account) or by a key (key_id)';


--
-- Name: COLUMN audit.subjects; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.audit.subjects IS 'subjects that it concerns: an erasure finds the row by them and empties before and after';


--
-- Name: audit_nr_seq; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

ALTER TABLE assay.audit ALTER COLUMN nr ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME assay.audit_nr_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: bulk_import; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.bulk_import (
    id text NOT NULL,
    kind text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT bulk_import_kind CHECK ((kind = ANY (ARRAY['user'::text, 'device'::text])))
);


ALTER TABLE assay.bulk_import OWNER TO assay_owner;

--
-- Name: COLUMN bulk_import.changed_at; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.bulk_import.changed_at IS 'when it last changed profiles';


--
-- Name: cache_epoch; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.cache_epoch (
    one boolean DEFAULT true NOT NULL,
    value bigint NOT NULL,
    definitions bigint DEFAULT 0 NOT NULL,
    CONSTRAINT cache_epoch_single CHECK (one)
);


ALTER TABLE assay.cache_epoch OWNER TO assay_owner;

--
-- Name: COLUMN cache_epoch.value; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.cache_epoch.value IS 'part of every cache key; while it lies ahead of the clock no cached record is trusted or made';


--
-- Name: COLUMN cache_epoch.definitions; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.cache_epoch.definitions IS 'generation of the definitions: raised by each change of a definition or of an audience in effect';


--
-- Name: confirmed; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.confirmed (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    confirmed_at timestamp with time zone NOT NULL
);


ALTER TABLE assay.confirmed OWNER TO assay_owner;

--
-- Name: conversion; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.conversion (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    experiment bigint NOT NULL,
    alternative integer NOT NULL,
    goal bigint NOT NULL,
    hits bigint NOT NULL,
    forced boolean NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT conversion_hits CHECK ((hits > 0))
);


ALTER TABLE assay.conversion OWNER TO assay_owner;

--
-- Name: enrolment; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.enrolment (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    experiment bigint NOT NULL,
    alternative integer NOT NULL,
    allocation bigint NOT NULL,
    source text NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone,
    CONSTRAINT enrolment_source CHECK ((source = ANY (ARRAY['drawn'::text, 'forced'::text, 'set'::text]))),
    CONSTRAINT enrolment_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 'd:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.enrolment OWNER TO assay_owner;

--
-- Name: TABLE enrolment; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON TABLE assay.enrolment IS 'the alternative of a subject in an experiment';


--
-- Name: COLUMN enrolment.source; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.enrolment.source IS 'drawn by weight; forced by the request; set by hand';


--
-- Name: COLUMN enrolment.last_seen_at; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.enrolment.last_seen_at IS 'the last visit that was counted';


--
-- Name: erasure; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

CREATE SEQUENCE assay.erasure
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE assay.erasure OWNER TO assay_owner;

--
-- Name: experiment; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.experiment (
    nr bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    kind text DEFAULT 'experiment'::text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    created_by text NOT NULL,
    updated_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    criteria jsonb,
    referenced_ids text[] DEFAULT '{}'::text[] NOT NULL,
    data jsonb NOT NULL,
    start_date date NOT NULL,
    end_date date,
    state integer NOT NULL,
    ended_at timestamp with time zone,
    status text NOT NULL,
    status_msg text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    job_version bigint DEFAULT 0 NOT NULL,
    alternatives jsonb NOT NULL,
    alternative_ids jsonb NOT NULL,
    default_alternative text,
    allocation bigint DEFAULT 1 NOT NULL,
    allocation_weights jsonb NOT NULL,
    traffic double precision NOT NULL,
    salt text NOT NULL,
    layer bigint,
    goals jsonb,
    plan jsonb,
    audience_version bigint DEFAULT 0 NOT NULL,
    audience_generation bigint DEFAULT 0 NOT NULL,
    CONSTRAINT experiment_dates CHECK ((end_date >= start_date)),
    CONSTRAINT experiment_kind CHECK ((kind = 'experiment'::text)),
    CONSTRAINT experiment_state CHECK ((state = ANY (ARRAY[0, 1, 3]))),
    CONSTRAINT experiment_traffic CHECK (((traffic >= (0)::double precision) AND (traffic <= (100)::double precision)))
);


ALTER TABLE assay.experiment OWNER TO assay_owner;

--
-- Name: COLUMN experiment.criteria; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.criteria IS 'who is in its audience; null: everybody';


--
-- Name: COLUMN experiment.referenced_ids; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.referenced_ids IS 'ids of the segmentations and experiments that its criteria refer to';


--
-- Name: COLUMN experiment.state; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.state IS '0 default (over), 1 enabled, 3 track; core/experiment/delivery.c';


--
-- Name: COLUMN experiment.status; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.status IS 'where it is in its life; moves between them: core/experiment/lifecycle.c';


--
-- Name: COLUMN experiment.version; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.version IS 'counts changes by people';


--
-- Name: COLUMN experiment.job_version; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.job_version IS 'counts changes by jobs';


--
-- Name: COLUMN experiment.alternatives; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.alternatives IS '[{id, name, weight?, enabled, ..}]; the id is the number that rows of subjects carry';


--
-- Name: COLUMN experiment.alternative_ids; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.alternative_ids IS '{name: id} of all alternatives that there ever were, so that one that comes back keeps its id; the
highest id is under the empty name';


--
-- Name: COLUMN experiment.default_alternative; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.default_alternative IS 'shown to those who are not enrolled; null: control';


--
-- Name: COLUMN experiment.allocation; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.allocation IS 'number of the allocation in force';


--
-- Name: COLUMN experiment.allocation_weights; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.allocation_weights IS '{alternative id: share of those who are drawn}; other weights are another allocation';


--
-- Name: COLUMN experiment.audience_version; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.audience_version IS 'version of its audience rows that is in effect; 0: everybody or none yet, -1: nobody yet';


--
-- Name: COLUMN experiment.audience_generation; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.experiment.audience_generation IS 'generation of the definitions at which audience_version changed';


--
-- Name: layer; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.layer (
    nr bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL,
    salt text NOT NULL,
    description text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT layer_unit CHECK ((unit = ANY (ARRAY['user'::text, 'device'::text, 'session'::text])))
);


ALTER TABLE assay.layer OWNER TO assay_owner;

--
-- Name: layer_slot; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.layer_slot (
    layer bigint NOT NULL,
    experiment bigint NOT NULL,
    slots int4range NOT NULL,
    CONSTRAINT layer_slot_bounds CHECK (((slots <@ int4range(0, 10000)) AND (NOT isempty(slots))))
);


ALTER TABLE assay.layer_slot OWNER TO assay_owner;

--
-- Name: experiment_full; Type: VIEW; Schema: assay; Owner: assay_owner
--

CREATE VIEW assay.experiment_full AS
 SELECT e.nr,
    e.id AS "expId",
    e.name AS "expName",
    e.description AS "expDescription",
    e.data AS "expData",
    e.created_by AS "createdBy",
    e.updated_by AS "updatedBy",
    e.updated_at AS "updatedOn",
    e.updated_at AS "udpatedOn",
    e.created_at AS "createdOn",
    e.criteria,
    e.status,
    e.status_msg,
        CASE
            WHEN ((e.status = 'SUBMITTED'::text) OR (j.users_matched IS NULL)) THEN '{}'::jsonb
            ELSE jsonb_build_object('usersMatched', j.users_matched, 'devicesMatched', j.devices_matched)
        END AS stats,
    e.state,
    COALESCE(e.default_alternative, 'control'::text) AS "default",
    e.alternatives,
    e.goals,
    e.traffic,
    ( SELECT jsonb_build_object('id', l.id, 'slots', ( SELECT jsonb_agg(jsonb_build_array(lower(s.slots), (upper(s.slots) - 1)) ORDER BY s.slots) AS jsonb_agg
                   FROM assay.layer_slot s
                  WHERE (s.experiment = e.nr))) AS jsonb_build_object
           FROM assay.layer l
          WHERE (l.nr = e.layer)) AS layer,
    e.plan,
    e.ended_at,
    e.start_date AS start,
    ((e.version || '.'::text) || e.job_version) AS version,
    e.alternative_ids
   FROM (assay.experiment e
     LEFT JOIN assay.audience_job j ON ((j.nr = e.nr)));


ALTER TABLE assay.experiment_full OWNER TO assay_owner;

--
-- Name: experiment_nr_seq; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

ALTER TABLE assay.experiment ALTER COLUMN nr ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME assay.experiment_nr_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: exposure; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.exposure (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    experiment bigint NOT NULL,
    alternative integer NOT NULL,
    allocation bigint NOT NULL,
    forced boolean NOT NULL,
    earlier_exposures integer NOT NULL,
    exposed_at timestamp with time zone NOT NULL,
    manual boolean DEFAULT false NOT NULL
);


ALTER TABLE assay.exposure OWNER TO assay_owner;

--
-- Name: TABLE exposure; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON TABLE assay.exposure IS 'a subject that counts was shown an alternative: a participant';


--
-- Name: COLUMN exposure.forced; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.exposure.forced IS 'left out of results';


--
-- Name: COLUMN exposure.earlier_exposures; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.exposure.earlier_exposures IS 'exposures that the subject had before in the experiment';


--
-- Name: COLUMN exposure.manual; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.exposure.manual IS 'assigned by hand: left out of the sample ratio check';


--
-- Name: goal; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.goal (
    nr bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    page text COLLATE pg_catalog."C",
    test text NOT NULL,
    description text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT goal_test CHECK ((test = ANY (ARRAY['chi2'::text, 'mwu'::text])))
);


ALTER TABLE assay.goal OWNER TO assay_owner;

--
-- Name: COLUMN goal.page; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.goal.page IS 'a view of the page of this name is a hit; null: hit by calls only';


--
-- Name: COLUMN goal.test; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.goal.test IS 'chi2: whether it was hit; mwu: how often';


--
-- Name: COLUMN goal.retired_at; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.goal.retired_at IS 'no longer recorded since then; past counts are kept';


--
-- Name: goal_event; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.goal_event (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    event_id text NOT NULL COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    goal bigint NOT NULL
);


ALTER TABLE assay.goal_event OWNER TO assay_owner;

--
-- Name: goal_nr_seq; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

ALTER TABLE assay.goal ALTER COLUMN nr ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME assay.goal_nr_seq
    START WITH 100
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: id_registry; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.id_registry (
    id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    CONSTRAINT id_registry_known CHECK ((kind = ANY (ARRAY['experiment'::text, 'segmentation'::text])))
);


ALTER TABLE assay.id_registry OWNER TO assay_owner;

--
-- Name: idempotency; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.idempotency (
    actor text NOT NULL,
    key text NOT NULL,
    request_hash text NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    subjects text[] DEFAULT '{}'::text[] NOT NULL
);


ALTER TABLE assay.idempotency OWNER TO assay_owner;

--
-- Name: COLUMN idempotency.subjects; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.idempotency.subjects IS 'subjects that the answer concerns, for erasures';


--
-- Name: ip_location; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.ip_location (
    first inet NOT NULL,
    last inet NOT NULL,
    place jsonb NOT NULL,
    CONSTRAINT ip_location_order CHECK (((family(first) = family(last)) AND (first <= last)))
);


ALTER TABLE assay.ip_location OWNER TO assay_owner;

--
-- Name: COLUMN ip_location.place; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.ip_location.place IS '{state, district, city, country}';


--
-- Name: job_counter; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.job_counter (
    name text NOT NULL,
    value double precision NOT NULL
);


ALTER TABLE assay.job_counter OWNER TO assay_owner;

--
-- Name: layer_nr_seq; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

ALTER TABLE assay.layer ALTER COLUMN nr ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME assay.layer_nr_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: membership; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.membership (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    segmentation bigint NOT NULL,
    slot bigint NOT NULL,
    group_nr bigint NOT NULL,
    overlap boolean DEFAULT false NOT NULL,
    source text NOT NULL,
    assigned_by text,
    assigned_at timestamp with time zone NOT NULL,
    CONSTRAINT membership_slot CHECK ((slot =
CASE
    WHEN overlap THEN group_nr
    ELSE (0)::bigint
END)),
    CONSTRAINT membership_source CHECK ((source = ANY (ARRAY['drawn'::text, 'manual'::text, 'upload'::text]))),
    CONSTRAINT membership_subject CHECK ((("left"(subject_id, 2) = 'u:'::text) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.membership OWNER TO assay_owner;

--
-- Name: COLUMN membership.overlap; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.membership.overlap IS 'that of the segmentation';


--
-- Name: COLUMN membership.source; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.membership.source IS 'drawn at random; manual: by hand; upload: by a file of members';


--
-- Name: page_view; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
)
PARTITION BY RANGE (viewed_at);


ALTER TABLE assay.page_view OWNER TO assay_owner;

--
-- Name: TABLE page_view; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON TABLE assay.page_view IS 'a partition a day (page_view_partitions)';


--
-- Name: page_view_20261116; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261116 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261116 OWNER TO assay_owner;

--
-- Name: page_view_20261117; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261117 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261117 OWNER TO assay_owner;

--
-- Name: page_view_20261118; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261118 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261118 OWNER TO assay_owner;

--
-- Name: page_view_20261119; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261119 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261119 OWNER TO assay_owner;

--
-- Name: page_view_20261120; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261120 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261120 OWNER TO assay_owner;

--
-- Name: page_view_20261121; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261121 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261121 OWNER TO assay_owner;

--
-- Name: page_view_20261122; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261122 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261122 OWNER TO assay_owner;

--
-- Name: page_view_20261123; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261123 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261123 OWNER TO assay_owner;

--
-- Name: page_view_20261124; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261124 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261124 OWNER TO assay_owner;

--
-- Name: page_view_20261125; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261125 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261125 OWNER TO assay_owner;

--
-- Name: page_view_20261126; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261126 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261126 OWNER TO assay_owner;

--
-- Name: page_view_20261127; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261127 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261127 OWNER TO assay_owner;

--
-- Name: page_view_20261128; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261128 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261128 OWNER TO assay_owner;

--
-- Name: page_view_20261129; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261129 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261129 OWNER TO assay_owner;

--
-- Name: page_view_20261130; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261130 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261130 OWNER TO assay_owner;

--
-- Name: page_view_20261201; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261201 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261201 OWNER TO assay_owner;

--
-- Name: page_view_20261202; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261202 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261202 OWNER TO assay_owner;

--
-- Name: page_view_20261203; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261203 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261203 OWNER TO assay_owner;

--
-- Name: page_view_20261204; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261204 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261204 OWNER TO assay_owner;

--
-- Name: page_view_20261205; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261205 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261205 OWNER TO assay_owner;

--
-- Name: page_view_20261206; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261206 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261206 OWNER TO assay_owner;

--
-- Name: page_view_20261207; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261207 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261207 OWNER TO assay_owner;

--
-- Name: page_view_20261208; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_20261208 (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_20261208 OWNER TO assay_owner;

--
-- Name: page_view_default; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_default (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    viewed_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    url text,
    referrer text,
    CONSTRAINT page_view_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 's:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.page_view_default OWNER TO assay_owner;

--
-- Name: page_view_hour; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_hour (
    hour timestamp with time zone NOT NULL,
    views bigint NOT NULL,
    pages jsonb NOT NULL
);


ALTER TABLE assay.page_view_hour OWNER TO assay_owner;

--
-- Name: TABLE page_view_hour; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON TABLE assay.page_view_hour IS 'page views by hour of their time, with those viewed most [[name, views], ..]; of no subject';


--
-- Name: page_view_week; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.page_view_week (
    one boolean DEFAULT true NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    hours json NOT NULL,
    days json NOT NULL,
    pages json NOT NULL,
    CONSTRAINT page_view_week_single CHECK (one)
);


ALTER TABLE assay.page_view_week OWNER TO assay_owner;

--
-- Name: TABLE page_view_week; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON TABLE assay.page_view_week IS 'one row: views of the last 24 hours and 7 days, as they are shown';


--
-- Name: preassigned; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.preassigned (
    email text NOT NULL COLLATE pg_catalog."C",
    segmentation bigint NOT NULL,
    slot bigint NOT NULL,
    group_nr bigint NOT NULL,
    overlap boolean NOT NULL,
    assigned_by text,
    assigned_at timestamp with time zone NOT NULL,
    CONSTRAINT preassigned_slot CHECK ((slot =
CASE
    WHEN overlap THEN group_nr
    ELSE (0)::bigint
END))
);


ALTER TABLE assay.preassigned OWNER TO assay_owner;

--
-- Name: profile; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.profile (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    attributes jsonb NOT NULL,
    terms text[] NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT profile_attributes CHECK ((jsonb_typeof(attributes) = 'object'::text)),
    CONSTRAINT profile_subject CHECK ((("left"(subject_id, 2) = ANY (ARRAY['u:'::text, 'd:'::text])) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.profile OWNER TO assay_owner;

--
-- Name: TABLE profile; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON TABLE assay.profile IS 'the directory of users and devices';


--
-- Name: COLUMN profile.terms; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.profile.terms IS 'the attributes flattened and case-folded (core/audience/terms.c): what criteria are evaluated on';


--
-- Name: rate_refusal; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.rate_refusal (
    one boolean DEFAULT true NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    refused bigint NOT NULL,
    most bigint NOT NULL,
    address text NOT NULL,
    CONSTRAINT rate_refusal_single CHECK (one)
);


ALTER TABLE assay.rate_refusal OWNER TO assay_owner;

--
-- Name: COLUMN rate_refusal.most; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.rate_refusal.most IS 'how many of them came from address, which had the most';


--
-- Name: result; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.result (
    experiment bigint NOT NULL,
    result_version bigint NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    data jsonb
);


ALTER TABLE assay.result OWNER TO assay_owner;

--
-- Name: result_version; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

CREATE SEQUENCE assay.result_version
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE assay.result_version OWNER TO assay_owner;

--
-- Name: schema_migration; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.schema_migration (
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);


ALTER TABLE assay.schema_migration OWNER TO assay_owner;

--
-- Name: schema_object; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.schema_object (
    name text NOT NULL,
    digest text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);


ALTER TABLE assay.schema_object OWNER TO assay_owner;

--
-- Name: segmentation; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.segmentation (
    nr bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    kind text DEFAULT 'segmentation'::text NOT NULL,
    context text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    groups jsonb NOT NULL,
    next_group bigint NOT NULL,
    overlap boolean NOT NULL,
    active boolean NOT NULL,
    parameters jsonb NOT NULL,
    salt text NOT NULL,
    referenced_ids text[] DEFAULT '{}'::text[] NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT segmentation_groups CHECK ((jsonb_typeof(groups) = 'array'::text)),
    CONSTRAINT segmentation_kind CHECK ((kind = 'segmentation'::text)),
    CONSTRAINT segmentation_overlap CHECK (((NOT overlap) OR (type = 'manual'::text))),
    CONSTRAINT segmentation_type CHECK ((type = ANY (ARRAY['random'::text, 'manual'::text, 'rule'::text])))
);


ALTER TABLE assay.segmentation OWNER TO assay_owner;

--
-- Name: COLUMN segmentation.groups; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.segmentation.groups IS '[{id, name, ..}], with their rules where type is rule';


--
-- Name: COLUMN segmentation.next_group; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.segmentation.next_group IS 'id of the next new group: ids are never used again';


--
-- Name: COLUMN segmentation.overlap; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.segmentation.overlap IS 'a user may be in several groups';


--
-- Name: COLUMN segmentation.referenced_ids; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.segmentation.referenced_ids IS 'ids that its rules refer to';


--
-- Name: segmentation_nr_seq; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

ALTER TABLE assay.segmentation ALTER COLUMN nr ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME assay.segmentation_nr_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: session; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.session (
    hash bytea NOT NULL,
    account bigint NOT NULL,
    csrf text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT session_hash CHECK ((octet_length(hash) = 32))
);


ALTER TABLE assay.session OWNER TO assay_owner;

--
-- Name: sign_in_link; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.sign_in_link (
    hash bytea NOT NULL,
    account bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


ALTER TABLE assay.sign_in_link OWNER TO assay_owner;

--
-- Name: sign_in_throttle; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.sign_in_throttle (
    kind text NOT NULL COLLATE pg_catalog."C",
    key bytea NOT NULL,
    failures integer NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone,
    signed_in_at timestamp with time zone,
    CONSTRAINT sign_in_throttle_kind CHECK ((kind = ANY (ARRAY['pair'::text, 'network'::text, 'account'::text])))
);


ALTER TABLE assay.sign_in_throttle OWNER TO assay_owner;

--
-- Name: COLUMN sign_in_throttle.signed_in_at; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.sign_in_throttle.signed_in_at IS 'of a pair: when the account last signed in from that network';


--
-- Name: tag; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.tag (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    value jsonb NOT NULL,
    updated_by text,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT tag_key CHECK ((key ~ '^[-_.a-zA-Z0-9]{1,255}$'::text)),
    CONSTRAINT tag_subject CHECK ((("left"(subject_id, 2) = 'u:'::text) AND ((octet_length(subject_id) >= 3) AND (octet_length(subject_id) <= 130))))
);


ALTER TABLE assay.tag OWNER TO assay_owner;

--
-- Name: upload; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.upload (
    nr bigint NOT NULL,
    segmentation bigint NOT NULL,
    created_by text,
    created_at timestamp with time zone NOT NULL,
    content text,
    "position" bigint DEFAULT 0 NOT NULL,
    erasure_count bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    added bigint DEFAULT 0 NOT NULL,
    changed bigint DEFAULT 0 NOT NULL,
    present bigint DEFAULT 0 NOT NULL,
    preassigned bigint DEFAULT 0 NOT NULL,
    failed bigint DEFAULT 0 NOT NULL,
    done_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    failed_at timestamp with time zone,
    retry_at timestamp with time zone
);


ALTER TABLE assay.upload OWNER TO assay_owner;

--
-- Name: COLUMN upload.content; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.upload.content IS 'the file until it is done; null: worked on by the request itself';


--
-- Name: COLUMN upload."position"; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.upload."position" IS 'bytes of content that are done';


--
-- Name: COLUMN upload.erasure_count; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.upload.erasure_count IS 'how often somebody was erased from content';


--
-- Name: COLUMN upload.attempts; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.upload.attempts IS 'failures in a row, the last at failed_at; tried again at retry_at';


--
-- Name: upload_nr_seq; Type: SEQUENCE; Schema: assay; Owner: assay_owner
--

ALTER TABLE assay.upload ALTER COLUMN nr ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME assay.upload_nr_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: upload_row; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.upload_row (
    upload bigint NOT NULL,
    line bigint NOT NULL,
    outcome text NOT NULL,
    subject text COLLATE pg_catalog."C",
    previous text,
    reason text,
    CONSTRAINT upload_row_outcome CHECK ((outcome = ANY (ARRAY['changed'::text, 'failed'::text])))
);


ALTER TABLE assay.upload_row OWNER TO assay_owner;

--
-- Name: TABLE upload_row; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON TABLE assay.upload_row IS 'rows of a file that moved a user to another group, or failed';


--
-- Name: COLUMN upload_row.line; Type: COMMENT; Schema: assay; Owner: assay_owner
--

COMMENT ON COLUMN assay.upload_row.line IS 'line of the file at which the row begins';


--
-- Name: waiting_goal; Type: TABLE; Schema: assay; Owner: assay_owner
--

CREATE TABLE assay.waiting_goal (
    subject_id text NOT NULL COLLATE pg_catalog."C",
    experiment bigint NOT NULL,
    alternative integer NOT NULL,
    goal bigint NOT NULL,
    hits bigint NOT NULL,
    first_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


ALTER TABLE assay.waiting_goal OWNER TO assay_owner;

--
-- Name: page_view_20261116; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261116 FOR VALUES FROM ('2026-11-16 00:00:00+00') TO ('2026-11-17 00:00:00+00');


--
-- Name: page_view_20261117; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261117 FOR VALUES FROM ('2026-11-17 00:00:00+00') TO ('2026-11-18 00:00:00+00');


--
-- Name: page_view_20261118; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261118 FOR VALUES FROM ('2026-11-18 00:00:00+00') TO ('2026-11-19 00:00:00+00');


--
-- Name: page_view_20261119; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261119 FOR VALUES FROM ('2026-11-19 00:00:00+00') TO ('2026-11-20 00:00:00+00');


--
-- Name: page_view_20261120; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261120 FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-21 00:00:00+00');


--
-- Name: page_view_20261121; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261121 FOR VALUES FROM ('2026-11-21 00:00:00+00') TO ('2026-11-22 00:00:00+00');


--
-- Name: page_view_20261122; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261122 FOR VALUES FROM ('2026-11-22 00:00:00+00') TO ('2026-11-23 00:00:00+00');


--
-- Name: page_view_20261123; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261123 FOR VALUES FROM ('2026-11-23 00:00:00+00') TO ('2026-11-24 00:00:00+00');


--
-- Name: page_view_20261124; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261124 FOR VALUES FROM ('2026-11-24 00:00:00+00') TO ('2026-11-25 00:00:00+00');


--
-- Name: page_view_20261125; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261125 FOR VALUES FROM ('2026-11-25 00:00:00+00') TO ('2026-11-26 00:00:00+00');


--
-- Name: page_view_20261126; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261126 FOR VALUES FROM ('2026-11-26 00:00:00+00') TO ('2026-11-27 00:00:00+00');


--
-- Name: page_view_20261127; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261127 FOR VALUES FROM ('2026-11-27 00:00:00+00') TO ('2026-11-28 00:00:00+00');


--
-- Name: page_view_20261128; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261128 FOR VALUES FROM ('2026-11-28 00:00:00+00') TO ('2026-11-29 00:00:00+00');


--
-- Name: page_view_20261129; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261129 FOR VALUES FROM ('2026-11-29 00:00:00+00') TO ('2026-11-30 00:00:00+00');


--
-- Name: page_view_20261130; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261130 FOR VALUES FROM ('2026-11-30 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: page_view_20261201; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261201 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2026-12-02 00:00:00+00');


--
-- Name: page_view_20261202; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261202 FOR VALUES FROM ('2026-12-02 00:00:00+00') TO ('2026-12-03 00:00:00+00');


--
-- Name: page_view_20261203; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261203 FOR VALUES FROM ('2026-12-03 00:00:00+00') TO ('2026-12-04 00:00:00+00');


--
-- Name: page_view_20261204; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261204 FOR VALUES FROM ('2026-12-04 00:00:00+00') TO ('2026-12-05 00:00:00+00');


--
-- Name: page_view_20261205; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261205 FOR VALUES FROM ('2026-12-05 00:00:00+00') TO ('2026-12-06 00:00:00+00');


--
-- Name: page_view_20261206; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261206 FOR VALUES FROM ('2026-12-06 00:00:00+00') TO ('2026-12-07 00:00:00+00');


--
-- Name: page_view_20261207; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261207 FOR VALUES FROM ('2026-12-07 00:00:00+00') TO ('2026-12-08 00:00:00+00');


--
-- Name: page_view_20261208; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_20261208 FOR VALUES FROM ('2026-12-08 00:00:00+00') TO ('2026-12-09 00:00:00+00');


--
-- Name: page_view_default; Type: TABLE ATTACH; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view ATTACH PARTITION assay.page_view_default DEFAULT;


--
-- Data for Name: account; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.account (id, name, role, password, created_at, disabled_at) FROM stdin;
1	admin	admin	\N	2026-11-30 05:31:03.686+00	\N
\.


--
-- Data for Name: allocation; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.allocation (experiment, nr, allocation_weights) FROM stdin;
1	1	{"1": 0.5, "2": 0.5}
2	1	{"1": 0.5, "2": 0.5}
\.


--
-- Data for Name: api_key; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.api_key (id, kind, name, secret_hash, origins, created_at, expires_at, revoked_at, last_used_at, tag_prefix, subjects, signing_secret, attributes, rate, new_rate) FROM stdin;
16d058d4	admin	stack admin	\\xfc595bfaa3c34966fc0a104bfd2634d88fa1a3eb3f0ef49c722b16b621e9dd89	{}	2026-11-30 05:31:03.566+00	\N	\N	2026-11-30 05:31:04.234+00		{user,device,session}	\N	t	\N	\N
3d2b6e65	server	stack server	\\x814cc084ce231d9707487119c93475149dcb2de9159ecdd0baa00154cdd27dbb	{}	2026-11-30 05:31:03.253+00	\N	\N	2026-11-30 05:31:04.4+00		{user,device,session}	\N	t	\N	\N
d96583fa	client	stack client	\\x001dcf8b759ec89b6d3bec25466664a7f364d46219b7f3dc750b6bb8e7667e54	{http://127.0.0.1:20991}	2026-11-30 05:31:03.4+00	\N	\N	2026-11-30 05:31:04.436+00		{user,device,session}	\N	t	\N	\N
\.


--
-- Data for Name: audience; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.audience (subject_id, experiment, version) FROM stdin;
u:user-1	2	1
u:user-11	2	1
u:user-13	2	1
u:user-15	2	1
u:user-17	2	1
u:user-19	2	1
u:user-21	2	1
u:user-23	2	1
u:user-25	2	1
u:user-27	2	1
u:user-29	2	1
u:user-3	2	1
u:user-31	2	1
u:user-33	2	1
u:user-35	2	1
u:user-37	2	1
u:user-39	2	1
u:user-5	2	1
u:user-7	2	1
u:user-9	2	1
\.


--
-- Data for Name: audience_job; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.audience_job (nr, due_at, worker, next_version, users_matched, devices_matched, computed_at, attempts, failed_at) FROM stdin;
1	\N	\N	1	0	0	2026-11-30 05:31:04.384+00	0	\N
2	2026-11-30 05:46:05.87+00	\N	1	20	0	2026-11-30 05:31:05.856+00	0	\N
\.


--
-- Data for Name: audit; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.audit (nr, occurred_at, account, key_id, action, target, status, before, after, request_id, subjects) FROM stdin;
1	2026-11-30 05:31:03.253+00	cli:postgres	\N	key create	3d2b6e65	200	\N	{"id": "3d2b6e65", "class": "server", "label": "stack server"}	\N	{}
2	2026-11-30 05:31:03.4+00	cli:postgres	\N	key create	d96583fa	200	\N	{"id": "d96583fa", "rate": null, "class": "client", "label": "stack client", "signed": false, "new_rate": null, "subjects": "user,device,session", "attributes": true}	\N	{}
3	2026-11-30 05:31:03.566+00	cli:postgres	\N	key create	16d058d4	200	\N	{"id": "16d058d4", "class": "admin", "label": "stack admin"}	\N	{}
4	2026-11-30 05:31:03.686+00	cli:postgres	\N	user add	admin	200	\N	{"name": "admin", "role": "admin"}	\N	{}
5	2026-11-30 05:31:04.234+00	\N	16d058d4	POST /goal	purchase	200	\N	{"name": "purchase", "page": "Thank you", "test": "chi2", "retired": false, "built_in": false, "created_at": "2026-11-30T05:31:04.234Z", "description": ""}	b074c6a44405776e158d2e4841516bb2	{}
6	2026-11-30 05:31:04.279+00	\N	16d058d4	POST /layer	upgrade-layer	200	\N	{"id": "upgrade-layer", "free": 10000, "unit": "user", "slots": 10000, "members": [], "description": ""}	7b14b6dfb7988d52edc86bdab7b53e05	{}
7	2026-11-30 05:31:04.292+00	\N	16d058d4	POST /segmentation	upgrade-manual	200	\N	{"id": "upgrade-manual", "name": "manual", "type": "manual", "active": true, "groups": [{"id": 0, "name": "one"}, {"id": 1, "name": "two"}], "context": "global", "overlap": false, "version": 1796016664292, "created_at": "2026-11-30T05:31:04.292Z", "parameters": {}, "updated_at": "2026-11-30T05:31:04.292Z", "description": ""}	bdc4e13633a4ef0a3b781cfadcf133e0	{}
8	2026-11-30 05:31:04.337+00	\N	16d058d4	POST /segmentation	upgrade-random	200	\N	{"id": "upgrade-random", "name": "random", "type": "random", "active": true, "groups": [{"id": 0, "name": "one"}, {"id": 1, "name": "two"}], "context": "global", "overlap": false, "version": 1796016664337, "created_at": "2026-11-30T05:31:04.337Z", "parameters": {}, "updated_at": "2026-11-30T05:31:04.337Z", "description": ""}	25b89b568a342fe15153c2c5d6eae903	{}
9	2026-11-30 05:31:04.344+00	\N	16d058d4	POST /experiment/create	UPGRADE-A	200	\N	{"plan": null, "expId": "UPGRADE-A", "goals": ["purchase"], "layer": null, "state": "enabled", "stats": {}, "status": "SUBMITTED", "default": "control", "expData": {"key": "a-key", "client": "upgrade", "endDate": "2026-12-07", "startDate": "2026-11-30"}, "expName": "a name", "request": {"data": {"key": "a-key", "client": "upgrade", "endDate": "2026-12-07", "startDate": "2026-11-30"}, "name": "a name", "expId": "UPGRADE-A", "criteria": null, "createdBy": "a test", "description": "made by a test"}, "traffic": 100, "criteria": null, "ended_at": null, "createdBy": "a test", "createdOn": "2026-11-30T05:31:04.344Z", "udpatedOn": "2026-11-30T05:31:04.344Z", "updatedBy": "Experiment_CREATE_API", "updatedOn": "2026-11-30T05:31:04.344Z", "weighting": "off", "status_msg": "Experiment successfully submitted", "alternatives": [{"name": "control", "weight": null, "enabled": true, "payload": null}, {"name": "b", "weight": null, "enabled": true, "payload": null}], "created_date": 1796016664344, "last_updated": 1796016664344, "expDescription": "made by a test"}	3ccb141748f1ac64136c22770818f909	{}
10	2026-11-30 05:31:05.768+00	\N	3d2b6e65	POST /segmentation/:id/upload	upgrade-manual	200	\N	{"job": 1, "done": true, "added": 19, "total": 21, "failed": 1, "changed": 1, "present": 0, "preassigned": 0}	f668921bbe39f8ad3cf20f6e3e9a9e92	{}
11	2026-11-30 05:31:05.797+00	\N	3d2b6e65	POST /segmentation/:id/upload	upgrade-manual	200	\N	{"job": 2, "done": true, "added": 0, "total": 1, "failed": 0, "changed": 0, "present": 0, "preassigned": 1}	877d5df2bb272ff88246ed836cdfd34c	{}
12	2026-11-30 05:31:05.818+00	\N	16d058d4	POST /goal	signup	200	\N	{"name": "signup", "page": null, "test": "chi2", "retired": false, "built_in": false, "created_at": "2026-11-30T05:31:05.818Z", "description": ""}	6e94efd6bebdd1874ad515f3cea23c23	{}
13	2026-11-30 05:31:05.844+00	\N	16d058d4	POST /experiment/create	UPGRADE-B	200	\N	{"plan": null, "expId": "UPGRADE-B", "goals": null, "layer": {"id": "upgrade-layer", "slots": [[0, 99]]}, "state": "enabled", "stats": {}, "status": "SUBMITTED", "default": "control", "expData": {"key": "a-key", "client": "upgrade", "endDate": "2026-12-07", "startDate": "2026-11-30"}, "expName": "a name", "request": {"data": {"key": "a-key", "client": "upgrade", "endDate": "2026-12-07", "startDate": "2026-11-30"}, "name": "a name", "expId": "UPGRADE-B", "criteria": {"type": "user", "filters": {"plan": "paid"}}, "createdBy": "a test", "description": "made by a test"}, "traffic": 100, "criteria": {"type": "user", "filters": {"plan": "paid"}}, "ended_at": null, "createdBy": "a test", "createdOn": "2026-11-30T05:31:05.844Z", "udpatedOn": "2026-11-30T05:31:05.844Z", "updatedBy": "Experiment_CREATE_API", "updatedOn": "2026-11-30T05:31:05.844Z", "weighting": "off", "status_msg": "Experiment successfully submitted", "alternatives": [{"name": "control", "weight": null, "enabled": true, "payload": null}, {"name": "b", "weight": null, "enabled": true, "payload": null}], "created_date": 1796016665844, "last_updated": 1796016665844, "expDescription": "made by a test"}	3cc905a557d3035c52ecddec4093c4cc	{}
\.


--
-- Data for Name: bulk_import; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.bulk_import (id, kind, changed_at) FROM stdin;
import-1	user	2026-11-30 05:31:06.311883+00
\.


--
-- Data for Name: cache_epoch; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.cache_epoch (one, value, definitions) FROM stdin;
t	0	6
\.


--
-- Data for Name: confirmed; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.confirmed (subject_id, confirmed_at) FROM stdin;
s:session-1	2026-11-30 05:31:05.76+00
\.


--
-- Data for Name: conversion; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.conversion (subject_id, experiment, alternative, goal, hits, forced, first_at, last_at) FROM stdin;
u:user-1	1	1	2	1	f	2026-11-30 05:31:04.436+00	2026-11-30 05:31:04.436+00
u:user-2	1	2	2	1	f	2026-11-30 05:31:04.48+00	2026-11-30 05:31:04.48+00
u:user-3	1	2	2	1	f	2026-11-30 05:31:04.508+00	2026-11-30 05:31:04.508+00
u:user-3	1	2	100	1	f	2026-11-30 05:31:04.515+00	2026-11-30 05:31:04.515+00
u:user-4	1	2	2	1	f	2026-11-30 05:31:04.536+00	2026-11-30 05:31:04.536+00
u:user-5	1	2	2	1	f	2026-11-30 05:31:04.571+00	2026-11-30 05:31:04.571+00
u:user-6	1	2	2	1	f	2026-11-30 05:31:04.588+00	2026-11-30 05:31:04.588+00
u:user-6	1	2	100	1	f	2026-11-30 05:31:04.594+00	2026-11-30 05:31:04.594+00
u:user-7	1	1	2	1	f	2026-11-30 05:31:04.616+00	2026-11-30 05:31:04.616+00
u:user-8	1	1	2	1	f	2026-11-30 05:31:04.651+00	2026-11-30 05:31:04.651+00
u:user-9	1	1	2	1	f	2026-11-30 05:31:04.664+00	2026-11-30 05:31:04.664+00
u:user-9	1	1	100	1	f	2026-11-30 05:31:04.688+00	2026-11-30 05:31:04.688+00
u:user-10	1	1	2	1	f	2026-11-30 05:31:04.7+00	2026-11-30 05:31:04.7+00
u:user-11	1	1	2	1	f	2026-11-30 05:31:04.713+00	2026-11-30 05:31:04.713+00
u:user-12	1	1	2	1	f	2026-11-30 05:31:04.737+00	2026-11-30 05:31:04.737+00
u:user-12	1	1	100	1	f	2026-11-30 05:31:04.751+00	2026-11-30 05:31:04.751+00
u:user-13	1	2	2	1	f	2026-11-30 05:31:04.771+00	2026-11-30 05:31:04.771+00
u:user-14	1	2	2	1	f	2026-11-30 05:31:04.791+00	2026-11-30 05:31:04.791+00
u:user-15	1	2	2	1	f	2026-11-30 05:31:04.834+00	2026-11-30 05:31:04.834+00
u:user-15	1	2	100	1	f	2026-11-30 05:31:04.855+00	2026-11-30 05:31:04.855+00
u:user-16	1	2	2	1	f	2026-11-30 05:31:04.874+00	2026-11-30 05:31:04.874+00
u:user-17	1	1	2	1	f	2026-11-30 05:31:04.91+00	2026-11-30 05:31:04.91+00
u:user-18	1	1	2	1	f	2026-11-30 05:31:04.944+00	2026-11-30 05:31:04.944+00
u:user-18	1	1	100	1	f	2026-11-30 05:31:04.954+00	2026-11-30 05:31:04.954+00
u:user-19	1	2	2	1	f	2026-11-30 05:31:04.979+00	2026-11-30 05:31:04.979+00
u:user-20	1	2	2	1	f	2026-11-30 05:31:05.002+00	2026-11-30 05:31:05.002+00
u:user-21	1	1	2	1	f	2026-11-30 05:31:05.039+00	2026-11-30 05:31:05.039+00
u:user-21	1	1	100	1	f	2026-11-30 05:31:05.046+00	2026-11-30 05:31:05.046+00
u:user-22	1	2	2	1	f	2026-11-30 05:31:05.066+00	2026-11-30 05:31:05.066+00
u:user-23	1	1	2	1	f	2026-11-30 05:31:05.096+00	2026-11-30 05:31:05.096+00
u:user-24	1	2	2	1	f	2026-11-30 05:31:05.125+00	2026-11-30 05:31:05.125+00
u:user-24	1	2	100	1	f	2026-11-30 05:31:05.135+00	2026-11-30 05:31:05.135+00
u:user-25	1	1	2	1	f	2026-11-30 05:31:05.15+00	2026-11-30 05:31:05.15+00
u:user-26	1	2	2	1	f	2026-11-30 05:31:05.187+00	2026-11-30 05:31:05.187+00
u:user-27	1	2	2	1	f	2026-11-30 05:31:05.212+00	2026-11-30 05:31:05.212+00
u:user-27	1	2	100	1	f	2026-11-30 05:31:05.228+00	2026-11-30 05:31:05.228+00
u:user-28	1	1	2	1	f	2026-11-30 05:31:05.25+00	2026-11-30 05:31:05.25+00
u:user-29	1	2	2	1	f	2026-11-30 05:31:05.279+00	2026-11-30 05:31:05.279+00
u:user-30	1	2	2	1	f	2026-11-30 05:31:05.306+00	2026-11-30 05:31:05.306+00
u:user-30	1	2	100	1	f	2026-11-30 05:31:05.315+00	2026-11-30 05:31:05.315+00
u:user-31	1	1	2	1	f	2026-11-30 05:31:05.336+00	2026-11-30 05:31:05.336+00
u:user-32	1	1	2	1	f	2026-11-30 05:31:05.405+00	2026-11-30 05:31:05.405+00
u:user-33	1	1	2	1	f	2026-11-30 05:31:05.428+00	2026-11-30 05:31:05.428+00
u:user-33	1	1	100	1	f	2026-11-30 05:31:05.439+00	2026-11-30 05:31:05.439+00
u:user-34	1	1	2	1	f	2026-11-30 05:31:05.464+00	2026-11-30 05:31:05.464+00
u:user-35	1	2	2	1	f	2026-11-30 05:31:05.496+00	2026-11-30 05:31:05.496+00
u:user-36	1	2	2	1	f	2026-11-30 05:31:05.538+00	2026-11-30 05:31:05.538+00
u:user-36	1	2	100	1	f	2026-11-30 05:31:05.559+00	2026-11-30 05:31:05.559+00
u:user-37	1	1	2	1	f	2026-11-30 05:31:05.586+00	2026-11-30 05:31:05.586+00
u:user-38	1	1	2	1	f	2026-11-30 05:31:05.615+00	2026-11-30 05:31:05.615+00
u:user-39	1	1	2	1	f	2026-11-30 05:31:05.647+00	2026-11-30 05:31:05.647+00
u:user-39	1	1	100	1	f	2026-11-30 05:31:05.658+00	2026-11-30 05:31:05.658+00
u:user-40	1	1	2	1	f	2026-11-30 05:31:05.691+00	2026-11-30 05:31:05.691+00
s:session-1	1	1	100	1	f	2026-11-30 05:31:05.709+00	2026-11-30 05:31:05.76+00
\.


--
-- Data for Name: enrolment; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.enrolment (subject_id, experiment, alternative, allocation, source, enrolled_at, last_seen_at) FROM stdin;
u:user-1	1	1	1	drawn	2026-11-30 05:31:04.428+00	2026-11-30 05:31:04.436+00
u:user-2	1	2	1	drawn	2026-11-30 05:31:04.478+00	2026-11-30 05:31:04.48+00
u:user-3	1	2	1	drawn	2026-11-30 05:31:04.498+00	2026-11-30 05:31:04.508+00
u:user-4	1	2	1	drawn	2026-11-30 05:31:04.534+00	2026-11-30 05:31:04.536+00
u:user-5	1	2	1	drawn	2026-11-30 05:31:04.556+00	2026-11-30 05:31:04.571+00
u:user-6	1	2	1	drawn	2026-11-30 05:31:04.583+00	2026-11-30 05:31:04.588+00
u:user-7	1	1	1	drawn	2026-11-30 05:31:04.602+00	2026-11-30 05:31:04.616+00
u:user-8	1	1	1	drawn	2026-11-30 05:31:04.643+00	2026-11-30 05:31:04.651+00
u:user-9	1	1	1	drawn	2026-11-30 05:31:04.662+00	2026-11-30 05:31:04.664+00
u:user-10	1	1	1	drawn	2026-11-30 05:31:04.698+00	2026-11-30 05:31:04.7+00
u:user-11	1	1	1	drawn	2026-11-30 05:31:04.712+00	2026-11-30 05:31:04.713+00
u:user-12	1	1	1	drawn	2026-11-30 05:31:04.736+00	2026-11-30 05:31:04.737+00
u:user-13	1	2	1	drawn	2026-11-30 05:31:04.762+00	2026-11-30 05:31:04.771+00
u:user-14	1	2	1	drawn	2026-11-30 05:31:04.788+00	2026-11-30 05:31:04.791+00
u:user-15	1	2	1	drawn	2026-11-30 05:31:04.831+00	2026-11-30 05:31:04.834+00
u:user-16	1	2	1	drawn	2026-11-30 05:31:04.864+00	2026-11-30 05:31:04.874+00
u:user-17	1	1	1	drawn	2026-11-30 05:31:04.901+00	2026-11-30 05:31:04.91+00
u:user-18	1	1	1	drawn	2026-11-30 05:31:04.937+00	2026-11-30 05:31:04.944+00
u:user-19	1	2	1	drawn	2026-11-30 05:31:04.971+00	2026-11-30 05:31:04.979+00
u:user-20	1	2	1	drawn	2026-11-30 05:31:04.998+00	2026-11-30 05:31:05.002+00
u:user-21	1	1	1	drawn	2026-11-30 05:31:05.02+00	2026-11-30 05:31:05.039+00
u:user-22	1	2	1	drawn	2026-11-30 05:31:05.057+00	2026-11-30 05:31:05.066+00
u:user-23	1	1	1	drawn	2026-11-30 05:31:05.088+00	2026-11-30 05:31:05.096+00
u:user-24	1	2	1	drawn	2026-11-30 05:31:05.123+00	2026-11-30 05:31:05.125+00
u:user-25	1	1	1	drawn	2026-11-30 05:31:05.145+00	2026-11-30 05:31:05.15+00
u:user-26	1	2	1	drawn	2026-11-30 05:31:05.174+00	2026-11-30 05:31:05.187+00
u:user-27	1	2	1	drawn	2026-11-30 05:31:05.206+00	2026-11-30 05:31:05.212+00
u:user-28	1	1	1	drawn	2026-11-30 05:31:05.243+00	2026-11-30 05:31:05.25+00
u:user-29	1	2	1	drawn	2026-11-30 05:31:05.277+00	2026-11-30 05:31:05.279+00
u:user-30	1	2	1	drawn	2026-11-30 05:31:05.299+00	2026-11-30 05:31:05.306+00
u:user-31	1	1	1	drawn	2026-11-30 05:31:05.333+00	2026-11-30 05:31:05.336+00
u:user-32	1	1	1	drawn	2026-11-30 05:31:05.386+00	2026-11-30 05:31:05.405+00
u:user-33	1	1	1	drawn	2026-11-30 05:31:05.424+00	2026-11-30 05:31:05.428+00
u:user-34	1	1	1	drawn	2026-11-30 05:31:05.456+00	2026-11-30 05:31:05.464+00
u:user-35	1	2	1	drawn	2026-11-30 05:31:05.491+00	2026-11-30 05:31:05.496+00
u:user-36	1	2	1	drawn	2026-11-30 05:31:05.532+00	2026-11-30 05:31:05.538+00
u:user-37	1	1	1	drawn	2026-11-30 05:31:05.574+00	2026-11-30 05:31:05.586+00
u:user-38	1	1	1	drawn	2026-11-30 05:31:05.607+00	2026-11-30 05:31:05.615+00
u:user-39	1	1	1	drawn	2026-11-30 05:31:05.643+00	2026-11-30 05:31:05.647+00
u:user-40	1	1	1	drawn	2026-11-30 05:31:05.686+00	2026-11-30 05:31:05.691+00
s:session-1	1	1	1	drawn	2026-11-30 05:31:05.704+00	\N
s:session-2	1	2	1	drawn	2026-11-30 05:31:05.73+00	\N
s:session-3	1	2	1	drawn	2026-11-30 05:31:05.746+00	\N
\.


--
-- Data for Name: experiment; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.experiment (nr, id, kind, name, description, created_by, updated_by, created_at, updated_at, criteria, referenced_ids, data, start_date, end_date, state, ended_at, status, status_msg, version, job_version, alternatives, alternative_ids, default_alternative, allocation, allocation_weights, traffic, salt, layer, goals, plan, audience_version, audience_generation) FROM stdin;
1	UPGRADE-A	experiment	a name	made by a test	a test	ExperimentDataProduct	2026-11-30 05:31:04.344+00	2026-11-30 05:31:04.384+00	\N	{}	{"key": "a-key", "client": "upgrade", "endDate": "2026-12-07", "startDate": "2026-11-30"}	2026-11-30	2026-12-07	1	\N	ACTIVE	Experiment is actively mapped	1796016664344	2	[{"id": 1, "name": "control", "weight": null, "enabled": true, "payload": null}, {"id": 2, "name": "b", "weight": null, "enabled": true, "payload": null}]	{"": 2, "b": 2, "control": 1}	\N	1	{"1": 0.5, "2": 0.5}	100	87be34500e988fae1a8c4fc23f9d1a3d	\N	["purchase"]	\N	0	0
2	UPGRADE-B	experiment	a name	made by a test	a test	ExperimentDataProduct	2026-11-30 05:31:05.844+00	2026-11-30 05:31:05.856+00	{"type": "user", "filters": {"plan": "paid"}}	{}	{"key": "a-key", "client": "upgrade", "endDate": "2026-12-07", "startDate": "2026-11-30"}	2026-11-30	2026-12-07	1	\N	ACTIVE	Experiment is actively mapped	1796016665844	2	[{"id": 1, "name": "control", "weight": null, "enabled": true, "payload": null}, {"id": 2, "name": "b", "weight": null, "enabled": true, "payload": null}]	{"": 2, "b": 2, "control": 1}	\N	1	{"1": 0.5, "2": 0.5}	100	cdaf34fab181fddf674726576e1d28b9	1	\N	\N	1	6
\.


--
-- Data for Name: exposure; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.exposure (subject_id, experiment, alternative, allocation, forced, earlier_exposures, exposed_at, manual) FROM stdin;
u:user-1	1	1	1	f	0	2026-11-30 05:31:04.428+00	f
u:user-2	1	2	1	f	0	2026-11-30 05:31:04.478+00	f
u:user-3	1	2	1	f	0	2026-11-30 05:31:04.498+00	f
u:user-4	1	2	1	f	0	2026-11-30 05:31:04.534+00	f
u:user-5	1	2	1	f	0	2026-11-30 05:31:04.556+00	f
u:user-6	1	2	1	f	0	2026-11-30 05:31:04.583+00	f
u:user-7	1	1	1	f	0	2026-11-30 05:31:04.602+00	f
u:user-8	1	1	1	f	0	2026-11-30 05:31:04.643+00	f
u:user-9	1	1	1	f	0	2026-11-30 05:31:04.662+00	f
u:user-10	1	1	1	f	0	2026-11-30 05:31:04.698+00	f
u:user-11	1	1	1	f	0	2026-11-30 05:31:04.712+00	f
u:user-12	1	1	1	f	0	2026-11-30 05:31:04.736+00	f
u:user-13	1	2	1	f	0	2026-11-30 05:31:04.762+00	f
u:user-14	1	2	1	f	0	2026-11-30 05:31:04.788+00	f
u:user-15	1	2	1	f	0	2026-11-30 05:31:04.831+00	f
u:user-16	1	2	1	f	0	2026-11-30 05:31:04.864+00	f
u:user-17	1	1	1	f	0	2026-11-30 05:31:04.901+00	f
u:user-18	1	1	1	f	0	2026-11-30 05:31:04.937+00	f
u:user-19	1	2	1	f	0	2026-11-30 05:31:04.971+00	f
u:user-20	1	2	1	f	0	2026-11-30 05:31:04.998+00	f
u:user-21	1	1	1	f	0	2026-11-30 05:31:05.02+00	f
u:user-22	1	2	1	f	0	2026-11-30 05:31:05.057+00	f
u:user-23	1	1	1	f	0	2026-11-30 05:31:05.088+00	f
u:user-24	1	2	1	f	0	2026-11-30 05:31:05.123+00	f
u:user-25	1	1	1	f	0	2026-11-30 05:31:05.145+00	f
u:user-26	1	2	1	f	0	2026-11-30 05:31:05.174+00	f
u:user-27	1	2	1	f	0	2026-11-30 05:31:05.206+00	f
u:user-28	1	1	1	f	0	2026-11-30 05:31:05.243+00	f
u:user-29	1	2	1	f	0	2026-11-30 05:31:05.277+00	f
u:user-30	1	2	1	f	0	2026-11-30 05:31:05.299+00	f
u:user-31	1	1	1	f	0	2026-11-30 05:31:05.333+00	f
u:user-32	1	1	1	f	0	2026-11-30 05:31:05.386+00	f
u:user-33	1	1	1	f	0	2026-11-30 05:31:05.424+00	f
u:user-34	1	1	1	f	0	2026-11-30 05:31:05.456+00	f
u:user-35	1	2	1	f	0	2026-11-30 05:31:05.491+00	f
u:user-36	1	2	1	f	0	2026-11-30 05:31:05.532+00	f
u:user-37	1	1	1	f	0	2026-11-30 05:31:05.574+00	f
u:user-38	1	1	1	f	0	2026-11-30 05:31:05.607+00	f
u:user-39	1	1	1	f	0	2026-11-30 05:31:05.643+00	f
u:user-40	1	1	1	f	0	2026-11-30 05:31:05.686+00	f
s:session-1	1	1	1	f	0	2026-11-30 05:31:05.76+00	f
\.


--
-- Data for Name: goal; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.goal (nr, name, page, test, description, created_at, retired_at) FROM stdin;
1	_retention_present_visits	\N	mwu	Came back after 6 hours or more	1970-01-01 00:00:00+00	\N
2	_retention_not_present_visits	\N	mwu	Came, the first time included	1970-01-01 00:00:00+00	\N
100	purchase	Thank you	chi2		2026-11-30 05:31:04.234+00	\N
101	signup	\N	chi2		2026-11-30 05:31:05.818+00	\N
\.


--
-- Data for Name: goal_event; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.goal_event (subject_id, event_id, recorded_at, goal) FROM stdin;
u:user-3	event-3	2026-11-30 05:31:04.515+00	100
u:user-6	event-6	2026-11-30 05:31:04.594+00	100
u:user-9	event-9	2026-11-30 05:31:04.688+00	100
u:user-12	event-12	2026-11-30 05:31:04.751+00	100
u:user-15	event-15	2026-11-30 05:31:04.855+00	100
u:user-18	event-18	2026-11-30 05:31:04.954+00	100
u:user-21	event-21	2026-11-30 05:31:05.046+00	100
u:user-24	event-24	2026-11-30 05:31:05.135+00	100
u:user-27	event-27	2026-11-30 05:31:05.228+00	100
u:user-30	event-30	2026-11-30 05:31:05.315+00	100
u:user-33	event-33	2026-11-30 05:31:05.439+00	100
u:user-36	event-36	2026-11-30 05:31:05.559+00	100
u:user-39	event-39	2026-11-30 05:31:05.658+00	100
\.


--
-- Data for Name: id_registry; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.id_registry (id, kind) FROM stdin;
upgrade-manual	segmentation
upgrade-random	segmentation
UPGRADE-A	experiment
UPGRADE-B	experiment
\.


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.idempotency (actor, key, request_hash, answer, created_at, subjects) FROM stdin;
key:16d058d4	key-1	bb50449d8b5f19c205f2510d7719dbec	{"name": "signup", "page": null, "test": "chi2", "retired": false, "built_in": false, "created_at": "2026-11-30T05:31:05.818Z", "description": ""}	2026-11-30 05:31:05.818+00	{}
\.


--
-- Data for Name: ip_location; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.ip_location (first, last, place) FROM stdin;
192.0.2.0	192.0.2.255	{"city": "Amaurot", "country": "Utopia"}
\.


--
-- Data for Name: job_counter; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.job_counter (name, value) FROM stdin;
mappings_total	2
mapping_failures_total	0
mapping_seconds_total	0.027667999999999998
\.


--
-- Data for Name: layer; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.layer (nr, id, unit, salt, description, created_at) FROM stdin;
1	upgrade-layer	user	fbec02c393f43a4cb9ea6282808643ea		2026-11-30 05:31:04.279+00
\.


--
-- Data for Name: layer_slot; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.layer_slot (layer, experiment, slots) FROM stdin;
1	2	[0,100)
\.


--
-- Data for Name: membership; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.membership (subject_id, segmentation, slot, group_nr, overlap, source, assigned_by, assigned_at) FROM stdin;
u:user-1	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-10	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-11	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-12	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-13	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-14	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-15	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-16	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-17	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-18	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-19	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-2	1	0	1	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-3	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-4	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-5	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-6	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-7	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-8	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
u:user-9	1	0	0	f	upload	3d2b6e65	2026-11-30 05:31:05.768+00
\.


--
-- Data for Name: page_view_20261116; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261116 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261117; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261117 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261118; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261118 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261119; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261119 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261120; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261120 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261121; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261121 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261122; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261122 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261123; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261123 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261124; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261124 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261125; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261125 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261126; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261126 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261127; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261127 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261128; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261128 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261129; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261129 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261130; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261130 (subject_id, viewed_at, name, url, referrer) FROM stdin;
u:user-1	2026-11-30 05:31:04.455+00	Home	\N	\N
u:user-2	2026-11-30 05:31:04.484+00	Home	\N	\N
u:user-3	2026-11-30 05:31:04.511+00	Home	\N	\N
u:user-4	2026-11-30 05:31:04.537+00	Home	\N	\N
u:user-5	2026-11-30 05:31:04.579+00	Home	\N	\N
u:user-6	2026-11-30 05:31:04.589+00	Home	\N	\N
u:user-7	2026-11-30 05:31:04.622+00	Home	\N	\N
u:user-8	2026-11-30 05:31:04.653+00	Home	\N	\N
u:user-9	2026-11-30 05:31:04.667+00	Home	\N	\N
u:user-10	2026-11-30 05:31:04.701+00	Home	\N	\N
u:user-11	2026-11-30 05:31:04.718+00	Home	\N	\N
u:user-12	2026-11-30 05:31:04.741+00	Home	\N	\N
u:user-13	2026-11-30 05:31:04.775+00	Home	\N	\N
u:user-14	2026-11-30 05:31:04.795+00	Home	\N	\N
u:user-15	2026-11-30 05:31:04.838+00	Home	\N	\N
u:user-16	2026-11-30 05:31:04.875+00	Home	\N	\N
u:user-17	2026-11-30 05:31:04.911+00	Home	\N	\N
u:user-18	2026-11-30 05:31:04.947+00	Home	\N	\N
u:user-19	2026-11-30 05:31:04.982+00	Home	\N	\N
u:user-20	2026-11-30 05:31:05.006+00	Home	\N	\N
u:user-21	2026-11-30 05:31:05.04+00	Home	\N	\N
u:user-22	2026-11-30 05:31:05.076+00	Home	\N	\N
u:user-23	2026-11-30 05:31:05.097+00	Home	\N	\N
u:user-24	2026-11-30 05:31:05.128+00	Home	\N	\N
u:user-25	2026-11-30 05:31:05.153+00	Home	\N	\N
u:user-26	2026-11-30 05:31:05.193+00	Home	\N	\N
u:user-27	2026-11-30 05:31:05.213+00	Home	\N	\N
u:user-28	2026-11-30 05:31:05.251+00	Home	\N	\N
u:user-29	2026-11-30 05:31:05.282+00	Home	\N	\N
u:user-30	2026-11-30 05:31:05.308+00	Home	\N	\N
u:user-31	2026-11-30 05:31:05.368+00	Home	\N	\N
u:user-32	2026-11-30 05:31:05.41+00	Home	\N	\N
u:user-33	2026-11-30 05:31:05.43+00	Home	\N	\N
u:user-34	2026-11-30 05:31:05.468+00	Home	\N	\N
u:user-35	2026-11-30 05:31:05.497+00	Home	\N	\N
u:user-36	2026-11-30 05:31:05.553+00	Home	\N	\N
u:user-37	2026-11-30 05:31:05.587+00	Home	\N	\N
u:user-38	2026-11-30 05:31:05.616+00	Home	\N	\N
u:user-39	2026-11-30 05:31:05.649+00	Home	\N	\N
u:user-40	2026-11-30 05:31:05.692+00	Home	\N	\N
\.


--
-- Data for Name: page_view_20261201; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261201 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261202; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261202 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261203; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261203 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261204; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261204 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261205; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261205 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261206; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261206 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261207; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261207 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_20261208; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_20261208 (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_default; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_default (subject_id, viewed_at, name, url, referrer) FROM stdin;
\.


--
-- Data for Name: page_view_hour; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_hour (hour, views, pages) FROM stdin;
2026-11-30 05:00:00+00	40	[["Home", 40]]
\.


--
-- Data for Name: page_view_week; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.page_view_week (one, counted_at, hours, days, pages) FROM stdin;
t	2026-11-30 05:31:06.279+00	[{"at" : "11-29 06:00", "views" : 0}, {"at" : "11-29 07:00", "views" : 0}, {"at" : "11-29 08:00", "views" : 0}, {"at" : "11-29 09:00", "views" : 0}, {"at" : "11-29 10:00", "views" : 0}, {"at" : "11-29 11:00", "views" : 0}, {"at" : "11-29 12:00", "views" : 0}, {"at" : "11-29 13:00", "views" : 0}, {"at" : "11-29 14:00", "views" : 0}, {"at" : "11-29 15:00", "views" : 0}, {"at" : "11-29 16:00", "views" : 0}, {"at" : "11-29 17:00", "views" : 0}, {"at" : "11-29 18:00", "views" : 0}, {"at" : "11-29 19:00", "views" : 0}, {"at" : "11-29 20:00", "views" : 0}, {"at" : "11-29 21:00", "views" : 0}, {"at" : "11-29 22:00", "views" : 0}, {"at" : "11-29 23:00", "views" : 0}, {"at" : "11-30 00:00", "views" : 0}, {"at" : "11-30 01:00", "views" : 0}, {"at" : "11-30 02:00", "views" : 0}, {"at" : "11-30 03:00", "views" : 0}, {"at" : "11-30 04:00", "views" : 0}, {"at" : "11-30 05:00", "views" : 40}]	[{"at" : "2026-11-24", "views" : 0}, {"at" : "2026-11-25", "views" : 0}, {"at" : "2026-11-26", "views" : 0}, {"at" : "2026-11-27", "views" : 0}, {"at" : "2026-11-28", "views" : 0}, {"at" : "2026-11-29", "views" : 0}, {"at" : "2026-11-30", "views" : 40}]	[{"name" : "Home", "views" : 40}]
\.


--
-- Data for Name: preassigned; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.preassigned (email, segmentation, slot, group_nr, overlap, assigned_by, assigned_at) FROM stdin;
nobody@example.org	1	0	1	f	3d2b6e65	2026-11-30 05:31:05.797+00
\.


--
-- Data for Name: profile; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.profile (subject_id, attributes, terms, changed_at) FROM stdin;
u:user-1	{"plan": "paid", "email": "user-1@example.org"}	{email=user-1@example.org,plan=paid}	2026-11-30 05:31:04.4+00
u:user-2	{"plan": "free", "email": "user-2@example.org"}	{email=user-2@example.org,plan=free}	2026-11-30 05:31:04.462+00
u:user-3	{"plan": "paid", "email": "user-3@example.org"}	{email=user-3@example.org,plan=paid}	2026-11-30 05:31:04.489+00
u:user-4	{"plan": "free", "email": "user-4@example.org"}	{email=user-4@example.org,plan=free}	2026-11-30 05:31:04.532+00
u:user-5	{"plan": "paid", "email": "user-5@example.org"}	{email=user-5@example.org,plan=paid}	2026-11-30 05:31:04.554+00
u:user-6	{"plan": "free", "email": "user-6@example.org"}	{email=user-6@example.org,plan=free}	2026-11-30 05:31:04.582+00
u:user-7	{"plan": "paid", "email": "user-7@example.org"}	{email=user-7@example.org,plan=paid}	2026-11-30 05:31:04.596+00
u:user-8	{"plan": "free", "email": "user-8@example.org"}	{email=user-8@example.org,plan=free}	2026-11-30 05:31:04.634+00
u:user-9	{"plan": "paid", "email": "user-9@example.org"}	{email=user-9@example.org,plan=paid}	2026-11-30 05:31:04.66+00
u:user-10	{"plan": "free", "email": "user-10@example.org"}	{email=user-10@example.org,plan=free}	2026-11-30 05:31:04.691+00
u:user-11	{"plan": "paid", "email": "user-11@example.org"}	{email=user-11@example.org,plan=paid}	2026-11-30 05:31:04.71+00
u:user-12	{"plan": "free", "email": "user-12@example.org"}	{email=user-12@example.org,plan=free}	2026-11-30 05:31:04.731+00
u:user-13	{"plan": "paid", "email": "user-13@example.org"}	{email=user-13@example.org,plan=paid}	2026-11-30 05:31:04.754+00
u:user-14	{"plan": "free", "email": "user-14@example.org"}	{email=user-14@example.org,plan=free}	2026-11-30 05:31:04.785+00
u:user-15	{"plan": "paid", "email": "user-15@example.org"}	{email=user-15@example.org,plan=paid}	2026-11-30 05:31:04.819+00
u:user-16	{"plan": "free", "email": "user-16@example.org"}	{email=user-16@example.org,plan=free}	2026-11-30 05:31:04.859+00
u:user-17	{"plan": "paid", "email": "user-17@example.org"}	{email=user-17@example.org,plan=paid}	2026-11-30 05:31:04.882+00
u:user-18	{"plan": "free", "email": "user-18@example.org"}	{email=user-18@example.org,plan=free}	2026-11-30 05:31:04.922+00
u:user-19	{"plan": "paid", "email": "user-19@example.org"}	{email=user-19@example.org,plan=paid}	2026-11-30 05:31:04.963+00
u:user-20	{"plan": "free", "email": "user-20@example.org"}	{email=user-20@example.org,plan=free}	2026-11-30 05:31:04.993+00
u:user-21	{"plan": "paid", "email": "user-21@example.org"}	{email=user-21@example.org,plan=paid}	2026-11-30 05:31:05.012+00
u:user-22	{"plan": "free", "email": "user-22@example.org"}	{email=user-22@example.org,plan=free}	2026-11-30 05:31:05.055+00
u:user-23	{"plan": "paid", "email": "user-23@example.org"}	{email=user-23@example.org,plan=paid}	2026-11-30 05:31:05.08+00
u:user-24	{"plan": "free", "email": "user-24@example.org"}	{email=user-24@example.org,plan=free}	2026-11-30 05:31:05.116+00
u:user-25	{"plan": "paid", "email": "user-25@example.org"}	{email=user-25@example.org,plan=paid}	2026-11-30 05:31:05.141+00
u:user-26	{"plan": "free", "email": "user-26@example.org"}	{email=user-26@example.org,plan=free}	2026-11-30 05:31:05.166+00
u:user-27	{"plan": "paid", "email": "user-27@example.org"}	{email=user-27@example.org,plan=paid}	2026-11-30 05:31:05.202+00
u:user-28	{"plan": "free", "email": "user-28@example.org"}	{email=user-28@example.org,plan=free}	2026-11-30 05:31:05.237+00
u:user-29	{"plan": "paid", "email": "user-29@example.org"}	{email=user-29@example.org,plan=paid}	2026-11-30 05:31:05.261+00
u:user-30	{"plan": "free", "email": "user-30@example.org"}	{email=user-30@example.org,plan=free}	2026-11-30 05:31:05.291+00
u:user-31	{"plan": "paid", "email": "user-31@example.org"}	{email=user-31@example.org,plan=paid}	2026-11-30 05:31:05.327+00
u:user-32	{"plan": "free", "email": "user-32@example.org"}	{email=user-32@example.org,plan=free}	2026-11-30 05:31:05.375+00
u:user-33	{"plan": "paid", "email": "user-33@example.org"}	{email=user-33@example.org,plan=paid}	2026-11-30 05:31:05.416+00
u:user-34	{"plan": "free", "email": "user-34@example.org"}	{email=user-34@example.org,plan=free}	2026-11-30 05:31:05.448+00
u:user-35	{"plan": "paid", "email": "user-35@example.org"}	{email=user-35@example.org,plan=paid}	2026-11-30 05:31:05.478+00
u:user-36	{"plan": "free", "email": "user-36@example.org"}	{email=user-36@example.org,plan=free}	2026-11-30 05:31:05.514+00
u:user-37	{"plan": "paid", "email": "user-37@example.org"}	{email=user-37@example.org,plan=paid}	2026-11-30 05:31:05.569+00
u:user-38	{"plan": "free", "email": "user-38@example.org"}	{email=user-38@example.org,plan=free}	2026-11-30 05:31:05.595+00
u:user-39	{"plan": "paid", "email": "user-39@example.org"}	{email=user-39@example.org,plan=paid}	2026-11-30 05:31:05.623+00
u:user-40	{"plan": "free", "email": "user-40@example.org"}	{email=user-40@example.org,plan=free}	2026-11-30 05:31:05.673+00
\.


--
-- Data for Name: rate_refusal; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.rate_refusal (one, recorded_at, refused, most, address) FROM stdin;
t	2026-11-30 05:31:06.327396+00	100	80	192.0.2.1
\.


--
-- Data for Name: result; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.result (experiment, result_version, counted_at, data) FROM stdin;
1	1	2026-11-30 05:31:05.822+00	{"days": [["2026-11-30", 1, 22], ["2026-11-30", 2, 19]], "converted": [["2026-11-30", 2, 1, 21], ["2026-11-30", 2, 2, 19], ["2026-11-30", 100, 1, 7], ["2026-11-30", 100, 2, 7]], "exposures": [[2, 1, 19, 0, 0], [1, 1, 22, 0, 0]], "conversions": [[100, 1, 1, 7, 7], [2, 2, 1, 19, 19], [100, 2, 1, 7, 7], [2, 1, 1, 21, 21]]}
\.


--
-- Data for Name: schema_migration; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.schema_migration (version, name, checksum, applied_at) FROM stdin;
1	0001_schema	ac11080c18d3d5f241e7745525a9336968547bc2c0c9a6b26bf2c2e4418a6cc8	2026-11-30 05:31:02.383+00
2	0002_access	6bd769844305715718c5e379eb806fdd0252720796878bfba20ea76dec028fd9	2026-11-30 05:31:02.599+00
\.


--
-- Data for Name: schema_object; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.schema_object (name, digest, applied_at) FROM stdin;
account_add	60a1403d41f304a9dc564fc7abeef625ffc6b620a73fc88cd0f9c4a3dd80c78c	2026-11-30 05:31:02.683+00
account_disable	0da36701a1891fb079682c6b90b2d7a91c92631c0ff3ced5ed887d8b05ef075a	2026-11-30 05:31:02.684+00
account_link	867ded14115979b6c024dd32b949e84aa9b39ae3db12e5921f22aec9b31596f3	2026-11-30 05:31:02.686+00
account_rehash	07a411470628ce5cd78581d0aa8017d994425237074439ae2aa091d91f10ecf8	2026-11-30 05:31:02.687+00
account_reset	f186ae99d46dd2be468928a50575da2ef6dad02a4c7c2526f06534c984eb19dc	2026-11-30 05:31:02.69+00
account_set_password	8e1be83632c4126bfd5bcd00c9e9ec38935d4055e1a121f5c7c3519878ad1082	2026-11-30 05:31:02.699+00
account_set_role	cd5dfece4f25e7019d05275690de3f75b84368a1a6d7e38686ec0395a97b7785	2026-11-30 05:31:02.699+00
account_sign_out	ac2e360a101b509d3936a3aecb59be268ce5a475caff2411b19e650c4f5678ae	2026-11-30 05:31:02.699+00
activity_record	0364dd7252ab3d48fd2fab37a06d5c20f03b0bee4060e2961b9ceac577fb7b1d	2026-11-30 05:31:02.699+00
audience_erase_subject	0f7b645dea62fe2ba9e781e6c6e8008a711cd0684b9dd9df1e9cee5c82011ad8	2026-11-30 05:31:02.703+00
audience_replace	ce3fdb754d3e8955b01f8e6d5d9499ce7d0d571db18d9d13bcbe3e992d45b8c4	2026-11-30 05:31:02.703+00
audience_wait_writers	96187b3b537a63c148e5a9e8c70785b291e2756cfdd09de4d659bf7aceeb8735	2026-11-30 05:31:02.703+00
audience_write_lock	85259f132068b934f151271145256ebc03ba905b9cb71d64b9463302f603eda9	2026-11-30 05:31:02.704+00
audit_forget	f77cf1acc348eafaea5f930bb1575feebf3f38ef5708f3f5440c8d26f4a164e2	2026-11-30 05:31:02.704+00
deadline_check	573376349fab54ea5e617fdf7121a43e0d51c85d2cabf5926e6f005933a055c1	2026-11-30 05:31:02.706+00
deleted_experiment_reap	c99b159ee689423e2db3d12c68cd35c24b0f5b87e9e672604489facfcf4b4caa	2026-11-30 05:31:02.706+00
enrol	e6d5be859b6ae89654f70aa415d6bcebe5c68deca9877c0beeea93c1fadc182e	2026-11-30 05:31:02.706+00
exposure_add	4e168bd7b36795c7644940b5933c25ede3a33e327f9c938e9a0aa8702c315e72	2026-11-30 05:31:02.707+00
goal_hit	663353832864c952875492998d38232718a2233aac3ab5e82df06ee966af85b1	2026-11-30 05:31:02.707+00
key_change	299be10a177da4e3caf56b57380161859270d9fb4dd863714d89efa480b6a31d	2026-11-30 05:31:02.707+00
key_create	1ebe0e1146bff4a52743d4fa900f0446ced7c5a3cf0d6493dd94ab746c62ea08	2026-11-30 05:31:02.707+00
key_revoke	a53b89b2cf413faacf233ca87fa8902efa94daa839a35d185a96318cfc1697b4	2026-11-30 05:31:02.707+00
layer_delete	c10834fe305fb806de861f31a952050d2fccb56d3c0124412a130f3ec5ebec27	2026-11-30 05:31:02.708+00
layer_slot_assign	8815c3853375d59a88cd78b8818217a879801f339793788c0477a2f4ea105519	2026-11-30 05:31:02.72+00
lock_class	fb4f11bb0179bcacc2552f4f474dbb02520585b36f78ffbe1fc0a470305eefe5	2026-11-30 05:31:02.721+00
lock_wait_holders	e0058c1656a735e6afa9cf538ffb2575bf8aef0b8e76ce0e424c61e85990d8ee	2026-11-30 05:31:02.721+00
membership_assign	103439129534b7c70a5ab1c156417d189fa24715e697c0abe03cd7d9f5bb86a1	2026-11-30 05:31:02.721+00
membership_batch	274f2698f53a56cee92f8d566a1767c2845ccceb18895e8608352530c2f53fa7	2026-11-30 05:31:02.722+00
membership_check_overlap	1ba07ffbd04b6d631d5aa96ff0932e06bbfc9d89c97cd35a88b1668057ba5e5d	2026-11-30 05:31:02.722+00
page_view_activity	66d4a74786027bd1b523f55f944839907d85a0a93d9d04b763181a8a55e0fe30	2026-11-30 05:31:02.726+00
page_view_partitions	f1bd5e5915097f68b527e1225afc06b27498c3e9c05a33bbb7a9632ec990ac08	2026-11-30 05:31:02.734+00
preassigned_apply	bbb2c2acb870e74cf6b49e2025aecb05832882a7be6101e9929871b20d6d5796	2026-11-30 05:31:02.735+00
preassigned_apply_late	f450f8229da93ad11853829c76e67fa8427e8ec600ede841c02af25b8daf56a0	2026-11-30 05:31:02.736+00
result_begin	06f7d893fe0d24fa933ac04ef35f13b5bbf7a246f810878be45a0d8de14c77de	2026-11-30 05:31:02.737+00
result_invalidate	b35536fcdc62fff9163bf10554c4ed79da86c5bf34eb5077935dd64daadddfc9	2026-11-30 05:31:02.737+00
segmentation_delete	17f8a452b6930cfbf8150c1dc7b77de67ce8685408f851b9e03622c8c1d42991	2026-11-30 05:31:02.737+00
session_account	43d533fb17dfaa83f248793b34086984949382ef4094258cc2a28a9182cb080a	2026-11-30 05:31:02.737+00
session_authorize	42644fbedf618afba298ac0758b060e02c70b16d7a166a942f3a6d996770a41b	2026-11-30 05:31:02.738+00
session_close	706636aa68322e68904feff8b97151d4ab6dae75d1f92f305a848fbe71bdc91c	2026-11-30 05:31:02.742+00
session_close_all	8dc079216c8ebdf1369ea9ed82a1778ae78aaee59aff4277f795eb7453f4cb70	2026-11-30 05:31:02.749+00
session_open	fe85d13bcebd02050d75191dacc66dc15b7274a9a35238b7421392bbbe2226bd	2026-11-30 05:31:02.749+00
session_seen	c4753e500a765e869bceaff06fcea42b91b56187515e69c736ef1bc4faf4d28b	2026-11-30 05:31:02.749+00
sign_in_claim	3c4f6e020a0b9416d825ea4c9d50083ee60c916e3812b4e00a62dd5bc30ef327	2026-11-30 05:31:02.749+00
sign_in_link_add	09a0a891d759dac3b27fbb7c11c48ebad00b90e852167ecebd7651ea9d32588a	2026-11-30 05:31:02.749+00
sign_in_link_use	520cab5d70736ca6c7121987ce7fee8ae3cd387cc384a4cfb9c5a3729fff80a0	2026-11-30 05:31:02.749+00
sign_in_succeeded	c5974f0aa07558afdaa0303c67565a58357b982730f1d709cc3522da6a637f79	2026-11-30 05:31:02.75+00
sign_in_wait	ae0410bfde04715ca8801b8b1cacd4d580146457ee3d899367f43220226fadef	2026-11-30 05:31:02.75+00
subject_confirm	a4153551de4f489edc69dfca0d26deb6f770a2448a781f1e7df8d764b52bc4ae	2026-11-30 05:31:02.75+00
subject_erase	4fe3613987c2ae539726af93d5011d2c62bda94a978678fb458a95748376520e	2026-11-30 05:31:02.751+00
subject_incorporate	c7f7685a53a71349793ffd7fe1f858001a14112a843576843bb9c62cae73571d	2026-11-30 05:31:02.758+00
subject_incorporate_experiment	4c7d52468360a4f0a02d33981430d83711266230d284041e2914bee9a53f9d08	2026-11-30 05:31:02.762+00
subject_is_bot	ee62735d012025eb36b19bcfeb8ee4237be045f9210b2003656eaa0f29d7dd7c	2026-11-30 05:31:02.763+00
subject_lock	4ae9f0c828aca0aca332bb8459098d7dcf5f1e0b9349b96e9b6afa114d5daa37	2026-11-30 05:31:02.763+00
tag_put	2cb5f91d0f521cf073ff261673552713085e7ee715170cd288585ef2ba69812e	2026-11-30 05:31:02.763+00
term_instant	6d7de64c4c159ed1a0b49b7ee5197dca80ac1bc21342c8f3fb456266f29b1131	2026-11-30 05:31:02.763+00
term_number	168bb26331616a6c0f3e192776fc95532b245c751e642767ed686f6e3f3cd069	2026-11-30 05:31:02.766+00
upload_forget	b60e9f1a982624db164570a8a6b6a1d9a4811163a622f91d4840f356f354622c	2026-11-30 05:31:02.771+00
upload_scrub	277a6accd274ebd63120b1b9e9a17b0e68e58fa5ab7d39dd44bec03f1a274bee	2026-11-30 05:31:02.771+00
visit_record	a77abfd25f4395e50c7b501f478c26de9940b168bc751e5f4c057525c75c0286	2026-11-30 05:31:02.771+00
waiting_goal_replay	79c471987d1def6036b462e16182cbd61ba6639b3842b16db6ab3f860fa1ad54	2026-11-30 05:31:02.771+00
experiment_full	bb2249bfc0a0b3dc3a43338d39431951b501510204dbf350f3d49495985281f5	2026-11-30 05:31:02.772+00
\.


--
-- Data for Name: segmentation; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.segmentation (nr, id, kind, context, type, name, description, groups, next_group, overlap, active, parameters, salt, referenced_ids, version, created_at, updated_at) FROM stdin;
1	upgrade-manual	segmentation	global	manual	manual		[{"id": 0, "name": "one"}, {"id": 1, "name": "two"}]	2	f	t	{}	f52feaaa7f2657fc4edc9f3187c5391d	{}	1796016664292	2026-11-30 05:31:04.292+00	2026-11-30 05:31:04.292+00
2	upgrade-random	segmentation	global	random	random		[{"id": 0, "name": "one"}, {"id": 1, "name": "two"}]	2	f	t	{}	654e49d567b4294dc9b4cc382cbb849e	{}	1796016664337	2026-11-30 05:31:04.337+00	2026-11-30 05:31:04.337+00
\.


--
-- Data for Name: session; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.session (hash, account, csrf, created_at, seen_at) FROM stdin;
\\x0101010101010101010101010101010101010101010101010101010101010101	1	csrf	2026-11-30 05:31:06.386688+00	2026-11-30 05:31:06.386688+00
\.


--
-- Data for Name: sign_in_link; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.sign_in_link (hash, account, expires_at) FROM stdin;
\\x64e02a7f82c128ac771cf3a9e578bc5f8e9d266b48ea0ab26da1dac5c78b29ea	1	2026-12-01 05:31:03.686+00
\.


--
-- Data for Name: sign_in_throttle; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.sign_in_throttle (kind, key, failures, failed_at, blocked_until, signed_in_at) FROM stdin;
network	\\x0000000000000000000000000000000000000000000000000000000000000000	1	2026-11-30 05:31:06.358128+00	\N	\N
\.


--
-- Data for Name: tag; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.tag (subject_id, scope, key, value, updated_by, updated_at) FROM stdin;
u:user-1	global	level	3	somebody	2026-11-30 05:31:06.417025+00
\.


--
-- Data for Name: upload; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.upload (nr, segmentation, created_by, created_at, content, "position", erasure_count, total, added, changed, present, preassigned, failed, done_at, attempts, failed_at, retry_at) FROM stdin;
1	1	3d2b6e65	2026-11-30 05:31:05.768+00	\N	0	0	21	19	1	0	0	1	2026-11-30 05:31:05.768+00	0	\N	\N
2	1	3d2b6e65	2026-11-30 05:31:05.797+00	\N	0	0	1	0	0	0	1	0	2026-11-30 05:31:05.797+00	0	\N	\N
\.


--
-- Data for Name: upload_row; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.upload_row (upload, line, outcome, subject, previous, reason) FROM stdin;
1	21	changed	u:user-2	one	\N
1	22	failed	\N	\N	there is no group `none`
\.


--
-- Data for Name: waiting_goal; Type: TABLE DATA; Schema: assay; Owner: assay_owner
--

COPY assay.waiting_goal (subject_id, experiment, alternative, goal, hits, first_at, expires_at) FROM stdin;
s:session-2	1	2	100	1	2026-11-30 05:31:05.74+00	2026-11-30 05:36:05.74+00
s:session-3	1	2	100	1	2026-11-30 05:31:05.751+00	2026-11-30 05:36:05.751+00
\.


--
-- Name: account_id_seq; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.account_id_seq', 1, true);


--
-- Name: audit_nr_seq; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.audit_nr_seq', 13, true);


--
-- Name: erasure; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.erasure', 1, true);


--
-- Name: experiment_nr_seq; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.experiment_nr_seq', 2, true);


--
-- Name: goal_nr_seq; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.goal_nr_seq', 101, true);


--
-- Name: layer_nr_seq; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.layer_nr_seq', 1, true);


--
-- Name: result_version; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.result_version', 1, true);


--
-- Name: segmentation_nr_seq; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.segmentation_nr_seq', 2, true);


--
-- Name: upload_nr_seq; Type: SEQUENCE SET; Schema: assay; Owner: assay_owner
--

SELECT pg_catalog.setval('assay.upload_nr_seq', 2, true);


--
-- Name: account account_name; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.account
    ADD CONSTRAINT account_name UNIQUE (name);


--
-- Name: account account_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.account
    ADD CONSTRAINT account_pk PRIMARY KEY (id);


--
-- Name: allocation allocation_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.allocation
    ADD CONSTRAINT allocation_pk PRIMARY KEY (experiment, nr);


--
-- Name: api_key api_key_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);


--
-- Name: audience_job audience_job_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.audience_job
    ADD CONSTRAINT audience_job_pk PRIMARY KEY (nr);


--
-- Name: audience audience_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.audience
    ADD CONSTRAINT audience_pk PRIMARY KEY (subject_id, experiment, version);


--
-- Name: audit audit_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.audit
    ADD CONSTRAINT audit_pk PRIMARY KEY (nr);


--
-- Name: bulk_import bulk_import_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.bulk_import
    ADD CONSTRAINT bulk_import_pk PRIMARY KEY (id);


--
-- Name: cache_epoch cache_epoch_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.cache_epoch
    ADD CONSTRAINT cache_epoch_pkey PRIMARY KEY (one);


--
-- Name: confirmed confirmed_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.confirmed
    ADD CONSTRAINT confirmed_pk PRIMARY KEY (subject_id);


--
-- Name: conversion conversion_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.conversion
    ADD CONSTRAINT conversion_once PRIMARY KEY (subject_id, experiment, alternative, goal);


--
-- Name: enrolment enrolment_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.enrolment
    ADD CONSTRAINT enrolment_once PRIMARY KEY (subject_id, experiment);


--
-- Name: experiment experiment_id; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.experiment
    ADD CONSTRAINT experiment_id UNIQUE (id);


--
-- Name: experiment experiment_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.experiment
    ADD CONSTRAINT experiment_pk PRIMARY KEY (nr);


--
-- Name: exposure exposure_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.exposure
    ADD CONSTRAINT exposure_once PRIMARY KEY (subject_id, experiment, alternative);


--
-- Name: goal_event goal_event_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.goal_event
    ADD CONSTRAINT goal_event_once PRIMARY KEY (subject_id, goal, event_id);


--
-- Name: goal goal_name; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.goal
    ADD CONSTRAINT goal_name UNIQUE (name);


--
-- Name: goal goal_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.goal
    ADD CONSTRAINT goal_pk PRIMARY KEY (nr);


--
-- Name: id_registry id_registry_kind; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.id_registry
    ADD CONSTRAINT id_registry_kind UNIQUE (id, kind);


--
-- Name: id_registry id_registry_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.id_registry
    ADD CONSTRAINT id_registry_pk PRIMARY KEY (id);


--
-- Name: idempotency idempotency_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.idempotency
    ADD CONSTRAINT idempotency_pk PRIMARY KEY (actor, key);


--
-- Name: ip_location ip_location_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.ip_location
    ADD CONSTRAINT ip_location_pk PRIMARY KEY (first);


--
-- Name: job_counter job_counter_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.job_counter
    ADD CONSTRAINT job_counter_pk PRIMARY KEY (name);


--
-- Name: layer layer_id; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.layer
    ADD CONSTRAINT layer_id UNIQUE (id);


--
-- Name: layer layer_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.layer
    ADD CONSTRAINT layer_pk PRIMARY KEY (nr);


--
-- Name: layer_slot layer_slot_free; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.layer_slot
    ADD CONSTRAINT layer_slot_free EXCLUDE USING gist (layer WITH =, slots WITH &&);


--
-- Name: layer_slot layer_slot_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.layer_slot
    ADD CONSTRAINT layer_slot_pk PRIMARY KEY (layer, experiment, slots);


--
-- Name: membership membership_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.membership
    ADD CONSTRAINT membership_once PRIMARY KEY (subject_id, segmentation, slot);


--
-- Name: page_view page_view_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view
    ADD CONSTRAINT page_view_once PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261116 page_view_20261116_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261116
    ADD CONSTRAINT page_view_20261116_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261117 page_view_20261117_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261117
    ADD CONSTRAINT page_view_20261117_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261118 page_view_20261118_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261118
    ADD CONSTRAINT page_view_20261118_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261119 page_view_20261119_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261119
    ADD CONSTRAINT page_view_20261119_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261120 page_view_20261120_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261120
    ADD CONSTRAINT page_view_20261120_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261121 page_view_20261121_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261121
    ADD CONSTRAINT page_view_20261121_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261122 page_view_20261122_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261122
    ADD CONSTRAINT page_view_20261122_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261123 page_view_20261123_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261123
    ADD CONSTRAINT page_view_20261123_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261124 page_view_20261124_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261124
    ADD CONSTRAINT page_view_20261124_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261125 page_view_20261125_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261125
    ADD CONSTRAINT page_view_20261125_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261126 page_view_20261126_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261126
    ADD CONSTRAINT page_view_20261126_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261127 page_view_20261127_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261127
    ADD CONSTRAINT page_view_20261127_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261128 page_view_20261128_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261128
    ADD CONSTRAINT page_view_20261128_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261129 page_view_20261129_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261129
    ADD CONSTRAINT page_view_20261129_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261130 page_view_20261130_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261130
    ADD CONSTRAINT page_view_20261130_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261201 page_view_20261201_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261201
    ADD CONSTRAINT page_view_20261201_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261202 page_view_20261202_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261202
    ADD CONSTRAINT page_view_20261202_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261203 page_view_20261203_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261203
    ADD CONSTRAINT page_view_20261203_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261204 page_view_20261204_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261204
    ADD CONSTRAINT page_view_20261204_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261205 page_view_20261205_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261205
    ADD CONSTRAINT page_view_20261205_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261206 page_view_20261206_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261206
    ADD CONSTRAINT page_view_20261206_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261207 page_view_20261207_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261207
    ADD CONSTRAINT page_view_20261207_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_20261208 page_view_20261208_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_20261208
    ADD CONSTRAINT page_view_20261208_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_default page_view_default_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_default
    ADD CONSTRAINT page_view_default_pkey PRIMARY KEY (subject_id, viewed_at);


--
-- Name: page_view_hour page_view_hour_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_hour
    ADD CONSTRAINT page_view_hour_pkey PRIMARY KEY (hour);


--
-- Name: page_view_week page_view_week_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.page_view_week
    ADD CONSTRAINT page_view_week_pkey PRIMARY KEY (one);


--
-- Name: preassigned preassigned_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.preassigned
    ADD CONSTRAINT preassigned_pk PRIMARY KEY (email, segmentation, slot);


--
-- Name: profile profile_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.profile
    ADD CONSTRAINT profile_once PRIMARY KEY (subject_id);


--
-- Name: rate_refusal rate_refusal_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.rate_refusal
    ADD CONSTRAINT rate_refusal_pkey PRIMARY KEY (one);


--
-- Name: result result_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.result
    ADD CONSTRAINT result_pk PRIMARY KEY (experiment);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (version);


--
-- Name: schema_object schema_object_pkey; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.schema_object
    ADD CONSTRAINT schema_object_pkey PRIMARY KEY (name);


--
-- Name: segmentation segmentation_id; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.segmentation
    ADD CONSTRAINT segmentation_id UNIQUE (id);


--
-- Name: segmentation segmentation_overlaps; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.segmentation
    ADD CONSTRAINT segmentation_overlaps UNIQUE (nr, overlap);


--
-- Name: segmentation segmentation_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.segmentation
    ADD CONSTRAINT segmentation_pk PRIMARY KEY (nr);


--
-- Name: session session_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.session
    ADD CONSTRAINT session_pk PRIMARY KEY (hash);


--
-- Name: sign_in_link sign_in_link_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.sign_in_link
    ADD CONSTRAINT sign_in_link_pk PRIMARY KEY (hash);


--
-- Name: sign_in_throttle sign_in_throttle_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.sign_in_throttle
    ADD CONSTRAINT sign_in_throttle_pk PRIMARY KEY (kind, key);


--
-- Name: tag tag_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.tag
    ADD CONSTRAINT tag_once PRIMARY KEY (subject_id, scope, key);


--
-- Name: upload upload_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.upload
    ADD CONSTRAINT upload_pk PRIMARY KEY (nr);


--
-- Name: upload_row upload_row_pk; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.upload_row
    ADD CONSTRAINT upload_row_pk PRIMARY KEY (upload, line);


--
-- Name: waiting_goal waiting_goal_once; Type: CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.waiting_goal
    ADD CONSTRAINT waiting_goal_once PRIMARY KEY (subject_id, experiment, alternative, goal);


--
-- Name: audience_experiment; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX audience_experiment ON assay.audience USING btree (experiment, version);


--
-- Name: audit_account; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX audit_account ON assay.audit USING btree (account, nr);


--
-- Name: audit_subject; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX audit_subject ON assay.audit USING gin (subjects) WHERE (subjects <> '{}'::text[]);


--
-- Name: audit_target; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX audit_target ON assay.audit USING btree (target, nr);


--
-- Name: conversion_experiment; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX conversion_experiment ON assay.conversion USING btree (experiment);


--
-- Name: enrolment_experiment; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX enrolment_experiment ON assay.enrolment USING btree (experiment, subject_id) INCLUDE (alternative);


--
-- Name: experiment_by_created; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX experiment_by_created ON assay.experiment USING btree (created_at, nr);


--
-- Name: experiment_by_name; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX experiment_by_name ON assay.experiment USING btree (lower((name COLLATE "C")), nr);


--
-- Name: experiment_by_start; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX experiment_by_start ON assay.experiment USING btree (start_date, nr);


--
-- Name: experiment_by_updated; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX experiment_by_updated ON assay.experiment USING btree (updated_at, nr);


--
-- Name: exposure_experiment; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX exposure_experiment ON assay.exposure USING btree (experiment, exposed_at) INCLUDE (alternative, allocation, forced, earlier_exposures, manual);


--
-- Name: goal_event_at; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX goal_event_at ON assay.goal_event USING btree (recorded_at);


--
-- Name: goal_page; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX goal_page ON assay.goal USING btree (page) WHERE ((page IS NOT NULL) AND (retired_at IS NULL));


--
-- Name: idempotency_subject; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX idempotency_subject ON assay.idempotency USING gin (subjects) WHERE (subjects <> '{}'::text[]);


--
-- Name: layer_slot_experiment; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX layer_slot_experiment ON assay.layer_slot USING btree (experiment);


--
-- Name: membership_segmentation_subject; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX membership_segmentation_subject ON assay.membership USING btree (segmentation, subject_id) INCLUDE (group_nr);


--
-- Name: page_view_at; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_at ON ONLY assay.page_view USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261116_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261116_viewed_at_idx ON assay.page_view_20261116 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261117_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261117_viewed_at_idx ON assay.page_view_20261117 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261118_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261118_viewed_at_idx ON assay.page_view_20261118 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261119_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261119_viewed_at_idx ON assay.page_view_20261119 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261120_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261120_viewed_at_idx ON assay.page_view_20261120 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261121_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261121_viewed_at_idx ON assay.page_view_20261121 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261122_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261122_viewed_at_idx ON assay.page_view_20261122 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261123_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261123_viewed_at_idx ON assay.page_view_20261123 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261124_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261124_viewed_at_idx ON assay.page_view_20261124 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261125_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261125_viewed_at_idx ON assay.page_view_20261125 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261126_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261126_viewed_at_idx ON assay.page_view_20261126 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261127_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261127_viewed_at_idx ON assay.page_view_20261127 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261128_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261128_viewed_at_idx ON assay.page_view_20261128 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261129_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261129_viewed_at_idx ON assay.page_view_20261129 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261130_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261130_viewed_at_idx ON assay.page_view_20261130 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261201_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261201_viewed_at_idx ON assay.page_view_20261201 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261202_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261202_viewed_at_idx ON assay.page_view_20261202 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261203_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261203_viewed_at_idx ON assay.page_view_20261203 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261204_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261204_viewed_at_idx ON assay.page_view_20261204 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261205_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261205_viewed_at_idx ON assay.page_view_20261205 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261206_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261206_viewed_at_idx ON assay.page_view_20261206 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261207_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261207_viewed_at_idx ON assay.page_view_20261207 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_20261208_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_20261208_viewed_at_idx ON assay.page_view_20261208 USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: page_view_default_viewed_at_idx; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX page_view_default_viewed_at_idx ON assay.page_view_default USING brin (viewed_at) WITH (pages_per_range='32', autosummarize='on');


--
-- Name: preassigned_of; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX preassigned_of ON assay.preassigned USING btree (segmentation);


--
-- Name: profile_changed; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX profile_changed ON assay.profile USING btree (changed_at);


--
-- Name: profile_email; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX profile_email ON assay.profile USING btree (lower(((attributes ->> 'email'::text) COLLATE "C"))) WHERE (("left"(subject_id, 2) = 'u:'::text) AND (octet_length((attributes ->> 'email'::text)) <= 254));


--
-- Name: profile_terms; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX profile_terms ON assay.profile USING gin (terms);


--
-- Name: segmentation_context; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX segmentation_context ON assay.segmentation USING btree (context, id);


--
-- Name: session_by_account; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX session_by_account ON assay.session USING btree (account);


--
-- Name: sign_in_throttle_failed; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX sign_in_throttle_failed ON assay.sign_in_throttle USING btree (failed_at);


--
-- Name: upload_due; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX upload_due ON assay.upload USING btree (nr) WHERE (done_at IS NULL);


--
-- Name: upload_of; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX upload_of ON assay.upload USING btree (segmentation);


--
-- Name: upload_row_subject; Type: INDEX; Schema: assay; Owner: assay_owner
--

CREATE INDEX upload_row_subject ON assay.upload_row USING btree (subject);


--
-- Name: page_view_20261116_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261116_pkey;


--
-- Name: page_view_20261116_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261116_viewed_at_idx;


--
-- Name: page_view_20261117_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261117_pkey;


--
-- Name: page_view_20261117_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261117_viewed_at_idx;


--
-- Name: page_view_20261118_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261118_pkey;


--
-- Name: page_view_20261118_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261118_viewed_at_idx;


--
-- Name: page_view_20261119_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261119_pkey;


--
-- Name: page_view_20261119_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261119_viewed_at_idx;


--
-- Name: page_view_20261120_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261120_pkey;


--
-- Name: page_view_20261120_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261120_viewed_at_idx;


--
-- Name: page_view_20261121_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261121_pkey;


--
-- Name: page_view_20261121_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261121_viewed_at_idx;


--
-- Name: page_view_20261122_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261122_pkey;


--
-- Name: page_view_20261122_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261122_viewed_at_idx;


--
-- Name: page_view_20261123_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261123_pkey;


--
-- Name: page_view_20261123_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261123_viewed_at_idx;


--
-- Name: page_view_20261124_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261124_pkey;


--
-- Name: page_view_20261124_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261124_viewed_at_idx;


--
-- Name: page_view_20261125_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261125_pkey;


--
-- Name: page_view_20261125_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261125_viewed_at_idx;


--
-- Name: page_view_20261126_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261126_pkey;


--
-- Name: page_view_20261126_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261126_viewed_at_idx;


--
-- Name: page_view_20261127_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261127_pkey;


--
-- Name: page_view_20261127_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261127_viewed_at_idx;


--
-- Name: page_view_20261128_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261128_pkey;


--
-- Name: page_view_20261128_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261128_viewed_at_idx;


--
-- Name: page_view_20261129_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261129_pkey;


--
-- Name: page_view_20261129_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261129_viewed_at_idx;


--
-- Name: page_view_20261130_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261130_pkey;


--
-- Name: page_view_20261130_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261130_viewed_at_idx;


--
-- Name: page_view_20261201_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261201_pkey;


--
-- Name: page_view_20261201_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261201_viewed_at_idx;


--
-- Name: page_view_20261202_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261202_pkey;


--
-- Name: page_view_20261202_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261202_viewed_at_idx;


--
-- Name: page_view_20261203_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261203_pkey;


--
-- Name: page_view_20261203_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261203_viewed_at_idx;


--
-- Name: page_view_20261204_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261204_pkey;


--
-- Name: page_view_20261204_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261204_viewed_at_idx;


--
-- Name: page_view_20261205_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261205_pkey;


--
-- Name: page_view_20261205_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261205_viewed_at_idx;


--
-- Name: page_view_20261206_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261206_pkey;


--
-- Name: page_view_20261206_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261206_viewed_at_idx;


--
-- Name: page_view_20261207_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261207_pkey;


--
-- Name: page_view_20261207_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261207_viewed_at_idx;


--
-- Name: page_view_20261208_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_20261208_pkey;


--
-- Name: page_view_20261208_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_20261208_viewed_at_idx;


--
-- Name: page_view_default_pkey; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_once ATTACH PARTITION assay.page_view_default_pkey;


--
-- Name: page_view_default_viewed_at_idx; Type: INDEX ATTACH; Schema: assay; Owner: assay_owner
--

ALTER INDEX assay.page_view_at ATTACH PARTITION assay.page_view_default_viewed_at_idx;


--
-- Name: exposure_day; Type: STATISTICS; Schema: assay; Owner: assay_owner
--

CREATE STATISTICS assay.exposure_day ON ((exposed_at AT TIME ZONE 'UTC'::text)::date) FROM assay.exposure;


ALTER STATISTICS assay.exposure_day OWNER TO assay_owner;

--
-- Name: experiment experiment_name; Type: FK CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.experiment
    ADD CONSTRAINT experiment_name FOREIGN KEY (id, kind) REFERENCES assay.id_registry(id, kind);


--
-- Name: preassigned preassigned_segmentation; Type: FK CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.preassigned
    ADD CONSTRAINT preassigned_segmentation FOREIGN KEY (segmentation, overlap) REFERENCES assay.segmentation(nr, overlap) ON DELETE CASCADE;


--
-- Name: segmentation segmentation_name; Type: FK CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.segmentation
    ADD CONSTRAINT segmentation_name FOREIGN KEY (id, kind) REFERENCES assay.id_registry(id, kind);


--
-- Name: session session_account; Type: FK CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.session
    ADD CONSTRAINT session_account FOREIGN KEY (account) REFERENCES assay.account(id) ON DELETE CASCADE;


--
-- Name: sign_in_link sign_in_link_account; Type: FK CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.sign_in_link
    ADD CONSTRAINT sign_in_link_account FOREIGN KEY (account) REFERENCES assay.account(id) ON DELETE CASCADE;


--
-- Name: upload_row upload_row_upload; Type: FK CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.upload_row
    ADD CONSTRAINT upload_row_upload FOREIGN KEY (upload) REFERENCES assay.upload(nr) ON DELETE CASCADE;


--
-- Name: upload upload_segmentation; Type: FK CONSTRAINT; Schema: assay; Owner: assay_owner
--

ALTER TABLE ONLY assay.upload
    ADD CONSTRAINT upload_segmentation FOREIGN KEY (segmentation) REFERENCES assay.segmentation(nr) ON DELETE CASCADE;


--
-- Name: SCHEMA assay; Type: ACL; Schema: -; Owner: assay_owner
--

GRANT USAGE ON SCHEMA assay TO assay_app;


--
-- Name: FUNCTION account_add(session bytea, at timestamp with time zone, name text, role text, link bytea, expires_at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.account_add(session bytea, at timestamp with time zone, name text, role text, link bytea, expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.account_add(session bytea, at timestamp with time zone, name text, role text, link bytea, expires_at timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION account_disable(session bytea, at timestamp with time zone, name text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.account_disable(session bytea, at timestamp with time zone, name text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.account_disable(session bytea, at timestamp with time zone, name text) TO assay_app;


--
-- Name: FUNCTION account_link(name text, link bytea, expires_at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.account_link(name text, link bytea, expires_at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION account_rehash(session bytea, at timestamp with time zone, password text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.account_rehash(session bytea, at timestamp with time zone, password text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.account_rehash(session bytea, at timestamp with time zone, password text) TO assay_app;


--
-- Name: FUNCTION account_reset(session bytea, at timestamp with time zone, name text, link bytea, expires_at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.account_reset(session bytea, at timestamp with time zone, name text, link bytea, expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.account_reset(session bytea, at timestamp with time zone, name text, link bytea, expires_at timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION account_set_password(session bytea, at timestamp with time zone, password text, fresh bytea, csrf text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.account_set_password(session bytea, at timestamp with time zone, password text, fresh bytea, csrf text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.account_set_password(session bytea, at timestamp with time zone, password text, fresh bytea, csrf text) TO assay_app;


--
-- Name: FUNCTION account_set_role(session bytea, at timestamp with time zone, name text, role text, OUT before text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.account_set_role(session bytea, at timestamp with time zone, name text, role text, OUT before text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.account_set_role(session bytea, at timestamp with time zone, name text, role text, OUT before text) TO assay_app;


--
-- Name: FUNCTION account_sign_out(account bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.account_sign_out(account bigint) FROM PUBLIC;


--
-- Name: FUNCTION activity_record(who text[], goals bigint[], times bigint[], seen timestamp with time zone[], visits boolean, verify boolean, now timestamp with time zone, OUT ids text[], OUT waits boolean); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.activity_record(who text[], goals bigint[], times bigint[], seen timestamp with time zone[], visits boolean, verify boolean, now timestamp with time zone, OUT ids text[], OUT waits boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.activity_record(who text[], goals bigint[], times bigint[], seen timestamp with time zone[], visits boolean, verify boolean, now timestamp with time zone, OUT ids text[], OUT waits boolean) TO assay_app;


--
-- Name: FUNCTION audience_erase_subject(subject text, OUT profiles bigint, OUT audiences bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.audience_erase_subject(subject text, OUT profiles bigint, OUT audiences bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.audience_erase_subject(subject text, OUT profiles bigint, OUT audiences bigint) TO assay_app;


--
-- Name: FUNCTION audience_replace(subjects text[], decided bigint[], matched text[], experiments bigint[]); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.audience_replace(subjects text[], decided bigint[], matched text[], experiments bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.audience_replace(subjects text[], decided bigint[], matched text[], experiments bigint[]) TO assay_app;


--
-- Name: FUNCTION audience_wait_writers(OUT erased_before bigint, OUT erased_after bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.audience_wait_writers(OUT erased_before bigint, OUT erased_after bigint) FROM PUBLIC;


--
-- Name: FUNCTION audience_write_lock(OUT generation bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.audience_write_lock(OUT generation bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.audience_write_lock(OUT generation bigint) TO assay_app;


--
-- Name: FUNCTION audit_forget(subject text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.audit_forget(subject text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.audit_forget(subject text) TO assay_app;


--
-- Name: FUNCTION deadline_check(deadline bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.deadline_check(deadline bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.deadline_check(deadline bigint) TO assay_app;


--
-- Name: FUNCTION deleted_experiment_reap(most integer); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.deleted_experiment_reap(most integer) FROM PUBLIC;


--
-- Name: FUNCTION enrol(subject text, experiments bigint[], alternatives integer[], allocations bigint[], gone integer[], how text, verify boolean, now timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.enrol(subject text, experiments bigint[], alternatives integer[], allocations bigint[], gone integer[], how text, verify boolean, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.enrol(subject text, experiments bigint[], alternatives integer[], allocations bigint[], gone integer[], how text, verify boolean, now timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION exposure_add(subject text, in_experiment bigint, shown integer, by_allocation bigint, source text, now timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.exposure_add(subject text, in_experiment bigint, shown integer, by_allocation bigint, source text, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.exposure_add(subject text, in_experiment bigint, shown integer, by_allocation bigint, source text, now timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION goal_hit(subject text, goal_name text, times bigint, event text, verify boolean, now timestamp with time zone, OUT known boolean, OUT duplicate boolean, OUT waits boolean, OUT ids text[]); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.goal_hit(subject text, goal_name text, times bigint, event text, verify boolean, now timestamp with time zone, OUT known boolean, OUT duplicate boolean, OUT waits boolean, OUT ids text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.goal_hit(subject text, goal_name text, times bigint, event text, verify boolean, now timestamp with time zone, OUT known boolean, OUT duplicate boolean, OUT waits boolean, OUT ids text[]) TO assay_app;


--
-- Name: FUNCTION key_change(session bytea, at timestamp with time zone, id text, subjects text[], signatures boolean, signing_secret text, attributes boolean, rate integer, new_rate integer); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.key_change(session bytea, at timestamp with time zone, id text, subjects text[], signatures boolean, signing_secret text, attributes boolean, rate integer, new_rate integer) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.key_change(session bytea, at timestamp with time zone, id text, subjects text[], signatures boolean, signing_secret text, attributes boolean, rate integer, new_rate integer) TO assay_app;


--
-- Name: FUNCTION key_create(session bytea, at timestamp with time zone, id text, kind text, name text, secret_hash bytea, origins text[], expires_at timestamp with time zone, tag_prefix text, subjects text[], signing_secret text, attributes boolean, rate integer, new_rate integer); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.key_create(session bytea, at timestamp with time zone, id text, kind text, name text, secret_hash bytea, origins text[], expires_at timestamp with time zone, tag_prefix text, subjects text[], signing_secret text, attributes boolean, rate integer, new_rate integer) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.key_create(session bytea, at timestamp with time zone, id text, kind text, name text, secret_hash bytea, origins text[], expires_at timestamp with time zone, tag_prefix text, subjects text[], signing_secret text, attributes boolean, rate integer, new_rate integer) TO assay_app;


--
-- Name: FUNCTION key_revoke(session bytea, at timestamp with time zone, id text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.key_revoke(session bytea, at timestamp with time zone, id text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.key_revoke(session bytea, at timestamp with time zone, id text) TO assay_app;


--
-- Name: FUNCTION layer_delete(dropped text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.layer_delete(dropped text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.layer_delete(dropped text) TO assay_app;


--
-- Name: FUNCTION layer_slot_assign(placed bigint, wish jsonb); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.layer_slot_assign(placed bigint, wish jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.layer_slot_assign(placed bigint, wish jsonb) TO assay_app;


--
-- Name: FUNCTION lock_class(locked text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.lock_class(locked text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.lock_class(locked text) TO assay_app;


--
-- Name: FUNCTION lock_wait_holders(locked text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.lock_wait_holders(locked text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.lock_wait_holders(locked text) TO assay_app;


--
-- Name: FUNCTION membership_assign(subject text, of_segmentation bigint, to_group bigint, gone bigint, how text, who text, now timestamp with time zone, OUT group_nr bigint, OUT made boolean, OUT previous bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.membership_assign(subject text, of_segmentation bigint, to_group bigint, gone bigint, how text, who text, now timestamp with time zone, OUT group_nr bigint, OUT made boolean, OUT previous bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.membership_assign(subject text, of_segmentation bigint, to_group bigint, gone bigint, how text, who text, now timestamp with time zone, OUT group_nr bigint, OUT made boolean, OUT previous bigint) TO assay_app;


--
-- Name: FUNCTION membership_batch(of_segmentation bigint, nrs bigint[], users text[], emails text[], names text[], reasons text[], who text, now timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.membership_batch(of_segmentation bigint, nrs bigint[], users text[], emails text[], names text[], reasons text[], who text, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.membership_batch(of_segmentation bigint, nrs bigint[], users text[], emails text[], names text[], reasons text[], who text, now timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION membership_check_overlap(of_segmentation bigint, overlapping boolean); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.membership_check_overlap(of_segmentation bigint, overlapping boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.membership_check_overlap(of_segmentation bigint, overlapping boolean) TO assay_app;


--
-- Name: FUNCTION page_view_activity(subjects text[], ats timestamp with time zone[], names text[], verify boolean, now timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.page_view_activity(subjects text[], ats timestamp with time zone[], names text[], verify boolean, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.page_view_activity(subjects text[], ats timestamp with time zone[], names text[], verify boolean, now timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION page_view_partitions(first date, last date, cutoff timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.page_view_partitions(first date, last date, cutoff timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION preassigned_apply(subjects text[], emails text[], now timestamp with time zone, OUT placed jsonb); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.preassigned_apply(subjects text[], emails text[], now timestamp with time zone, OUT placed jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.preassigned_apply(subjects text[], emails text[], now timestamp with time zone, OUT placed jsonb) TO assay_app;


--
-- Name: FUNCTION preassigned_apply_late(of_segmentation bigint, now timestamp with time zone, OUT placed jsonb); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.preassigned_apply_late(of_segmentation bigint, now timestamp with time zone, OUT placed jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.preassigned_apply_late(of_segmentation bigint, now timestamp with time zone, OUT placed jsonb) TO assay_app;


--
-- Name: FUNCTION result_begin(counted bigint, now timestamp with time zone, OUT result_version bigint, OUT data jsonb, OUT counted_at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.result_begin(counted bigint, now timestamp with time zone, OUT result_version bigint, OUT data jsonb, OUT counted_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.result_begin(counted bigint, now timestamp with time zone, OUT result_version bigint, OUT data jsonb, OUT counted_at timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION result_invalidate(experiments bigint[]); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.result_invalidate(experiments bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.result_invalidate(experiments bigint[]) TO assay_app;


--
-- Name: FUNCTION segmentation_delete(dropped text, expected bigint, generation bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.segmentation_delete(dropped text, expected bigint, generation bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.segmentation_delete(dropped text, expected bigint, generation bigint) TO assay_app;


--
-- Name: TABLE account; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT ON TABLE assay.account TO assay_app;


--
-- Name: FUNCTION session_account(digest bytea, at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.session_account(digest bytea, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION session_authorize(digest bytea, at timestamp with time zone, admin boolean); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.session_authorize(digest bytea, at timestamp with time zone, admin boolean) FROM PUBLIC;


--
-- Name: FUNCTION session_close(digest bytea); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.session_close(digest bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.session_close(digest bytea) TO assay_app;


--
-- Name: FUNCTION session_close_all(digest bytea, at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.session_close_all(digest bytea, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.session_close_all(digest bytea, at timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION session_open(account bigint, digest bytea, csrf text, at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.session_open(account bigint, digest bytea, csrf text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.session_open(account bigint, digest bytea, csrf text, at timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION session_seen(digest bytea, at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.session_seen(digest bytea, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.session_seen(digest bytea, at timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION sign_in_claim(pair bytea, network bytea, account bytea, at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.sign_in_claim(pair bytea, network bytea, account bytea, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.sign_in_claim(pair bytea, network bytea, account bytea, at timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION sign_in_link_add(account bigint, digest bytea, expires_at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.sign_in_link_add(account bigint, digest bytea, expires_at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION sign_in_link_use(link bytea, at timestamp with time zone, digest bytea, csrf text, OUT name text, OUT has_password boolean); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.sign_in_link_use(link bytea, at timestamp with time zone, digest bytea, csrf text, OUT name text, OUT has_password boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.sign_in_link_use(link bytea, at timestamp with time zone, digest bytea, csrf text, OUT name text, OUT has_password boolean) TO assay_app;


--
-- Name: FUNCTION sign_in_succeeded(pair bytea, network bytea, account bytea, at timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.sign_in_succeeded(pair bytea, network bytea, account bytea, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.sign_in_succeeded(pair bytea, network bytea, account bytea, at timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION sign_in_wait(kind text, failures integer); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.sign_in_wait(kind text, failures integer) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.sign_in_wait(kind text, failures integer) TO assay_app;


--
-- Name: FUNCTION subject_confirm(subject text, now timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.subject_confirm(subject text, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.subject_confirm(subject text, now timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION subject_erase(subject text, OUT page_views bigint, OUT enrollments bigint, OUT exposures bigint, OUT conversions bigint, OUT waiting_goals bigint, OUT goal_events bigint, OUT profile bigint, OUT audiences bigint, OUT memberships bigint, OUT tags bigint, OUT preassignments bigint, OUT upload_rows bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.subject_erase(subject text, OUT page_views bigint, OUT enrollments bigint, OUT exposures bigint, OUT conversions bigint, OUT waiting_goals bigint, OUT goal_events bigint, OUT profile bigint, OUT audiences bigint, OUT memberships bigint, OUT tags bigint, OUT preassignments bigint, OUT upload_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.subject_erase(subject text, OUT page_views bigint, OUT enrollments bigint, OUT exposures bigint, OUT conversions bigint, OUT waiting_goals bigint, OUT goal_events bigint, OUT profile bigint, OUT audiences bigint, OUT memberships bigint, OUT tags bigint, OUT preassignments bigint, OUT upload_rows bigint) TO assay_app;


--
-- Name: FUNCTION subject_incorporate(session text, receiver text, now timestamp with time zone, OUT moved bigint, OUT dropped bigint, OUT page_views bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.subject_incorporate(session text, receiver text, now timestamp with time zone, OUT moved bigint, OUT dropped bigint, OUT page_views bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.subject_incorporate(session text, receiver text, now timestamp with time zone, OUT moved bigint, OUT dropped bigint, OUT page_views bigint) TO assay_app;


--
-- Name: FUNCTION subject_incorporate_experiment(session text, receiver text, of_experiment bigint, now timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.subject_incorporate_experiment(session text, receiver text, of_experiment bigint, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.subject_incorporate_experiment(session text, receiver text, of_experiment bigint, now timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION subject_is_bot(subject text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.subject_is_bot(subject text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.subject_is_bot(subject text) TO assay_app;


--
-- Name: FUNCTION subject_lock(subject text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.subject_lock(subject text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.subject_lock(subject text) TO assay_app;


--
-- Name: FUNCTION tag_put(subject text, in_scope text, keys text[], texts text[], who text, now timestamp with time zone, most bigint, OUT made bigint, OUT gone bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.tag_put(subject text, in_scope text, keys text[], texts text[], who text, now timestamp with time zone, most bigint, OUT made bigint, OUT gone bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.tag_put(subject text, in_scope text, keys text[], texts text[], who text, now timestamp with time zone, most bigint, OUT made bigint, OUT gone bigint) TO assay_app;


--
-- Name: FUNCTION term_instant(rest text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.term_instant(rest text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.term_instant(rest text) TO assay_app;


--
-- Name: FUNCTION term_number(rest text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.term_number(rest text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.term_number(rest text) TO assay_app;


--
-- Name: FUNCTION upload_forget(subject text, OUT preassignments bigint, OUT upload_rows bigint); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.upload_forget(subject text, OUT preassignments bigint, OUT upload_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.upload_forget(subject text, OUT preassignments bigint, OUT upload_rows bigint) TO assay_app;


--
-- Name: FUNCTION upload_scrub(name text, address text); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.upload_scrub(name text, address text) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.upload_scrub(name text, address text) TO assay_app;


--
-- Name: FUNCTION visit_record(subject text, verify boolean, now timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.visit_record(subject text, verify boolean, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.visit_record(subject text, verify boolean, now timestamp with time zone) TO assay_app;


--
-- Name: FUNCTION waiting_goal_replay(waiter text, receiver text, of_experiment bigint, now timestamp with time zone); Type: ACL; Schema: assay; Owner: assay_owner
--

REVOKE ALL ON FUNCTION assay.waiting_goal_replay(waiter text, receiver text, of_experiment bigint, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION assay.waiting_goal_replay(waiter text, receiver text, of_experiment bigint, now timestamp with time zone) TO assay_app;


--
-- Name: TABLE allocation; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT ON TABLE assay.allocation TO assay_app;


--
-- Name: TABLE api_key; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT ON TABLE assay.api_key TO assay_app;


--
-- Name: COLUMN api_key.last_used_at; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT UPDATE(last_used_at) ON TABLE assay.api_key TO assay_app;


--
-- Name: TABLE audience; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE assay.audience TO assay_app;


--
-- Name: TABLE audience_job; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.audience_job TO assay_app;


--
-- Name: TABLE audit; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT ON TABLE assay.audit TO assay_app;


--
-- Name: TABLE cache_epoch; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,UPDATE ON TABLE assay.cache_epoch TO assay_app;


--
-- Name: TABLE confirmed; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE assay.confirmed TO assay_app;


--
-- Name: TABLE conversion; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.conversion TO assay_app;


--
-- Name: TABLE enrolment; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.enrolment TO assay_app;


--
-- Name: SEQUENCE erasure; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT USAGE ON SEQUENCE assay.erasure TO assay_app;


--
-- Name: TABLE experiment; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.experiment TO assay_app;


--
-- Name: TABLE layer; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.layer TO assay_app;


--
-- Name: TABLE layer_slot; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE assay.layer_slot TO assay_app;


--
-- Name: TABLE experiment_full; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT ON TABLE assay.experiment_full TO assay_app;


--
-- Name: TABLE exposure; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE assay.exposure TO assay_app;


--
-- Name: TABLE goal; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE assay.goal TO assay_app;


--
-- Name: TABLE goal_event; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE assay.goal_event TO assay_app;


--
-- Name: TABLE id_registry; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE assay.id_registry TO assay_app;


--
-- Name: TABLE idempotency; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE assay.idempotency TO assay_app;


--
-- Name: TABLE ip_location; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT ON TABLE assay.ip_location TO assay_app;


--
-- Name: TABLE job_counter; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT ON TABLE assay.job_counter TO assay_app;


--
-- Name: TABLE membership; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.membership TO assay_app;


--
-- Name: TABLE page_view; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE assay.page_view TO assay_app;


--
-- Name: TABLE page_view_week; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT ON TABLE assay.page_view_week TO assay_app;


--
-- Name: TABLE preassigned; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.preassigned TO assay_app;


--
-- Name: TABLE profile; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.profile TO assay_app;


--
-- Name: TABLE rate_refusal; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE assay.rate_refusal TO assay_app;


--
-- Name: TABLE result; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.result TO assay_app;


--
-- Name: SEQUENCE result_version; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT USAGE ON SEQUENCE assay.result_version TO assay_app;


--
-- Name: TABLE schema_migration; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT ON TABLE assay.schema_migration TO assay_app;


--
-- Name: TABLE segmentation; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.segmentation TO assay_app;


--
-- Name: TABLE session; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT ON TABLE assay.session TO assay_app;


--
-- Name: TABLE sign_in_throttle; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE assay.sign_in_throttle TO assay_app;


--
-- Name: TABLE tag; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.tag TO assay_app;


--
-- Name: TABLE upload; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.upload TO assay_app;


--
-- Name: TABLE upload_row; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.upload_row TO assay_app;


--
-- Name: TABLE waiting_goal; Type: ACL; Schema: assay; Owner: assay_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE assay.waiting_goal TO assay_app;


--
-- PostgreSQL database dump complete
--


