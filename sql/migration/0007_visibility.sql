-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether public keys may learn of an experiment that they do not name: null leaves it to
-- experiment_visibility(). Rows of before get null, which reads as what their criteria say.

alter table experiment add visibility text;
alter table experiment add constraint experiment_visibility check (visibility in ('public', 'server'));

comment on column experiment.visibility is
	'public: client keys see it among all flags; server: they do not; null: by its criteria';
