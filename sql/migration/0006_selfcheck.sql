-- SPDX-License-Identifier: GPL-3.0-or-later
-- The self-check: experiments whose alternatives do not differ, one for each kind of subject, kept
-- by the jobs. They have no id, so that no request, file or page can name them.

alter table experiment
	alter id drop not null,
	add selfcheck text,
	add constraint experiment_selfcheck unique (selfcheck),
	add constraint experiment_selfcheck_kind check (selfcheck in ('user', 'device', 'session')),
	add constraint experiment_named check ((id is null) = (selfcheck is not null));

comment on column experiment.id is 'null: a self-check';
comment on column experiment.selfcheck is
	'the kind of subjects that this self-check is about; null: an experiment of people';
