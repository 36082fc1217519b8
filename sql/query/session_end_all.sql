-- Ends all sessions of account $1, and the links by which one could still sign in.
-- reach: definitions
-- retry: yes
with deleted_links as (
	delete from sign_in_link where account = $1::bigint
)
delete from session where account = $1::bigint
