-- Who may come into the console: sessions, API keys, tries to log in. Of tokens and secrets only SHA-256 values are here: each of them
-- is 256 random bits, so that nothing slower guards it better. What log-ins leave behind goes with later log-ins.

-- must_change_password: it was given out by somebody else. is_demonstration: the password stands in the documents.
ALTER TABLE proffer.agents
  ADD COLUMN must_change_password boolean NOT NULL DEFAULT false,
  ADD COLUMN is_demonstration boolean NOT NULL DEFAULT false,
  ADD COLUMN last_login_at timestamptz;

CREATE TABLE proffer.sessions (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  -- Names the session where it may be seen.
  session text NOT NULL UNIQUE,
  agent text NOT NULL REFERENCES proffer.agents ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- password, or oidc, where a password that was given out does not matter.
  opened_by text NOT NULL CHECK (opened_by IN ('password', 'oidc'))
);
CREATE INDEX sessions_by_agent ON proffer.sessions (agent, created_at);
CREATE INDEX sessions_by_expiry ON proffer.sessions (expires_at);

CREATE TABLE proffer.api_keys (
  key text PRIMARY KEY CHECK (key ~ '^[0-9a-f]{12}$'),
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  partner text NOT NULL REFERENCES proffer.partners,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  last_used_at timestamptz,
  is_active boolean NOT NULL DEFAULT true
);
CREATE INDEX api_keys_by_partner ON proffer.api_keys (partner);

-- Tries to log in, by the name that was given and by the address that it came from, in windows: over all routers and restarts.
CREATE TABLE proffer.login_tries (
  kind text NOT NULL CHECK (kind IN ('account', 'source')),
  key text NOT NULL CHECK (octet_length(key) <= 256),
  window_start timestamptz NOT NULL,
  tries integer NOT NULL CHECK (tries >= 0),
  PRIMARY KEY (kind, key)
);
CREATE INDEX login_tries_by_time ON proffer.login_tries (window_start);

CREATE FUNCTION proffer.audit_line(p_actor text, p_action text, p_subject text, p_detail jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO proffer.audit (actor, action, subject, detail) VALUES (p_actor, p_action, p_subject, coalesce(p_detail, '{}'));
$$;

-- ------------------------------------------------------------------------------------------------------------------------- log-in

-- Counts one try. Gives the seconds to wait when there were too many in this window, else null.
CREATE FUNCTION proffer.count_login_try(p_kind text, p_key text, p_most integer, p_seconds integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v proffer.login_tries;
BEGIN
  INSERT INTO proffer.login_tries AS t (kind, key, window_start, tries) VALUES (p_kind, p_key, clock_timestamp(), 1)
  ON CONFLICT (kind, key) DO UPDATE SET
    tries = CASE WHEN t.window_start < clock_timestamp() - p_seconds * interval '1 second' THEN 1 ELSE least(t.tries + 1, p_most + 2) END,
    window_start = CASE WHEN t.window_start < clock_timestamp() - p_seconds * interval '1 second' THEN clock_timestamp()
      ELSE t.window_start END
  RETURNING * INTO v;
  IF v.tries <= p_most THEN RETURN NULL; END IF;
  IF v.tries = p_most + 1 THEN
    PERFORM proffer.audit_line('nobody', 'log-in-blocked',
      CASE WHEN p_kind = 'account' THEN (SELECT agent FROM proffer.agents WHERE agent = p_key) END,
      jsonb_build_object('by', p_kind) || CASE WHEN p_kind = 'source' THEN jsonb_build_object('source', p_key) ELSE '{}' END);
  END IF;
  RETURN greatest(1, ceil(extract(epoch FROM v.window_start - clock_timestamp()) + p_seconds))::integer;
END $$;

-- p: agent, source, accountTries, sourceTries, windowSeconds. Counted before the password is looked at, so that tries at the same time
-- do not slip through. Kinds: try {passwordHash or null}, blocked {retryAfterSeconds}.
CREATE FUNCTION proffer.begin_login(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_seconds integer := (p ->> 'windowSeconds')::integer;
  v_account integer;
  v_source integer;
BEGIN
  DELETE FROM proffer.login_tries WHERE (kind, key) IN (
    SELECT kind, key FROM proffer.login_tries WHERE window_start < clock_timestamp() - interval '1 day'
    ORDER BY window_start LIMIT 100 FOR UPDATE SKIP LOCKED);
  v_account := proffer.count_login_try('account', p ->> 'agent', (p ->> 'accountTries')::integer, v_seconds);
  v_source := proffer.count_login_try('source', p ->> 'source', (p ->> 'sourceTries')::integer, v_seconds);
  IF v_account IS NOT NULL OR v_source IS NOT NULL THEN
    RETURN jsonb_build_object('kind', 'blocked', 'retryAfterSeconds', greatest(v_account, v_source));
  END IF;
  RETURN jsonb_build_object('kind', 'try', 'passwordHash', (
    SELECT password_hash FROM proffer.agents WHERE agent = p ->> 'agent' AND is_active));
END $$;

-- A wrong password. Of a name that nobody has nothing is kept: people type passwords there.
CREATE FUNCTION proffer.note_wrong_login(p_agent text, p_source text) RETURNS void LANGUAGE sql AS $$
  SELECT proffer.audit_line('nobody', 'log-in-failed', (SELECT agent FROM proffer.agents WHERE agent = p_agent),
    jsonb_build_object('source', p_source));
$$;

CREATE FUNCTION proffer.person_json(a proffer.agents) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('agent', a.agent, 'name', a.name, 'role', a.role, 'partners', to_jsonb(a.partners),
    'centreAgents', to_jsonb(a.centre_agents), 'isActive', a.is_active, 'hasPassword', a.password_hash IS NOT NULL,
    'mustChangePassword', a.must_change_password, 'lastLoginAt', proffer.epoch_ms(a.last_login_at));
$$;

CREATE FUNCTION proffer.session_json(s proffer.sessions, a proffer.agents) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('session', s.session, 'expiresAt', proffer.epoch_ms(s.expires_at), 'person', proffer.person_json(a)
    || jsonb_build_object('mustChangePassword', a.must_change_password AND s.opened_by = 'password'));
$$;

-- p: agent, tokenHash (hexadecimal), session, seconds, source, by ('password' or 'oidc'), passwordHash: that the password matched; it
-- must still be there. Kinds: opened {session}, refused.
CREATE FUNCTION proffer.open_session(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  a proffer.agents;
  s proffer.sessions;
BEGIN
  SELECT * INTO a FROM proffer.agents
  WHERE agent = p ->> 'agent' AND is_active AND (p ->> 'by' = 'oidc' OR password_hash = p ->> 'passwordHash') FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM proffer.note_wrong_login(p ->> 'agent', p ->> 'source');
    RETURN jsonb_build_object('kind', 'refused');
  END IF;
  DELETE FROM proffer.sessions WHERE token_hash IN (
    SELECT token_hash FROM proffer.sessions WHERE expires_at < now() ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED);
  -- A person has at most ten.
  DELETE FROM proffer.sessions WHERE token_hash IN (
    SELECT token_hash FROM proffer.sessions WHERE agent = a.agent ORDER BY created_at DESC OFFSET 9);
  INSERT INTO proffer.sessions (token_hash, session, agent, opened_by, expires_at)
  VALUES (decode(p ->> 'tokenHash', 'hex'), p ->> 'session', a.agent, p ->> 'by',
    now() + (p ->> 'seconds')::integer * interval '1 second')
  RETURNING * INTO s;
  UPDATE proffer.agents SET last_login_at = now() WHERE agent = a.agent RETURNING * INTO a;
  DELETE FROM proffer.login_tries WHERE kind = 'account' AND key = a.agent;
  UPDATE proffer.login_tries SET tries = greatest(tries - 1, 0) WHERE kind = 'source' AND key = p ->> 'source';
  PERFORM proffer.audit_line(a.agent, 'log-in', a.agent,
    jsonb_build_object('source', p ->> 'source', 'by', p ->> 'by', 'session', s.session));
  RETURN jsonb_build_object('kind', 'opened', 'session', proffer.session_json(s, a));
END $$;

-- Null: there is none, it has expired, nobody used it for so long, or the person may not come in any more.
CREATE FUNCTION proffer.find_session(p_token_hash bytea, p_idle_seconds integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  a proffer.agents;
  s proffer.sessions;
BEGIN
  SELECT * INTO s FROM proffer.sessions WHERE token_hash = p_token_hash;
  IF NOT FOUND OR s.expires_at <= now() OR s.seen_at + p_idle_seconds * interval '1 second' <= now() THEN RETURN NULL; END IF;
  SELECT * INTO a FROM proffer.agents WHERE agent = s.agent AND is_active;
  IF NOT FOUND THEN RETURN NULL; END IF;
  -- Not at each request: a minute more or less does not matter.
  IF s.seen_at < now() - least(60, p_idle_seconds / 4) * interval '1 second' THEN
    UPDATE proffer.sessions SET seen_at = now() WHERE token_hash = p_token_hash;
  END IF;
  RETURN proffer.session_json(s, a);
END $$;

CREATE FUNCTION proffer.close_session(p_token_hash bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s proffer.sessions;
BEGIN
  DELETE FROM proffer.sessions WHERE token_hash = p_token_hash RETURNING * INTO s;
  IF FOUND THEN PERFORM proffer.audit_line(s.agent, 'log-out', s.agent, jsonb_build_object('session', s.session)); END IF;
END $$;

-- By the person. p: agent, session (stays; the others end), from: the hash that the present password matched, to. False: it is another
-- one by now.
CREATE FUNCTION proffer.change_password(p jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE proffer.agents SET password_hash = p ->> 'to', must_change_password = false, is_demonstration = false
  WHERE agent = p ->> 'agent' AND password_hash = p ->> 'from' AND is_active;
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM proffer.sessions WHERE agent = p ->> 'agent' AND session <> p ->> 'session';
  DELETE FROM proffer.login_tries WHERE kind = 'account' AND key = p ->> 'agent';
  PERFORM proffer.audit_line(p ->> 'agent', 'password-changed', p ->> 'agent', '{}');
  RETURN true;
END $$;

-- ------------------------------------------------------------------------------------------------------------------------- people

-- One change of people at a time, so that two cannot both take away the last admin but one.
CREATE FUNCTION proffer.people_lock() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(7241593005);
$$;

CREATE FUNCTION proffer.text_array(p jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(one ORDER BY place), '{}') FROM jsonb_array_elements_text(p) WITH ORDINALITY AS x (one, place);
$$;

-- p: agent, name, role, partners, centreAgents, passwordHash; mustChangePassword (default true), isDemonstration.
-- Kinds: added {person}, already-there.
CREATE FUNCTION proffer.add_person(p jsonb, p_actor text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  a proffer.agents;
BEGIN
  INSERT INTO proffer.agents (agent, name, role, partners, centre_agents, password_hash, must_change_password, is_demonstration)
  VALUES (p ->> 'agent', p ->> 'name', p ->> 'role', proffer.text_array(p -> 'partners'), proffer.text_array(p -> 'centreAgents'),
    p ->> 'passwordHash', coalesce((p ->> 'mustChangePassword')::boolean, true), coalesce((p ->> 'isDemonstration')::boolean, false))
  ON CONFLICT (agent) DO NOTHING RETURNING * INTO a;
  IF NOT FOUND THEN RETURN jsonb_build_object('kind', 'already-there'); END IF;
  PERFORM proffer.audit_line(p_actor, 'person-added', a.agent, jsonb_build_object('role', a.role, 'partners', to_jsonb(a.partners),
    'centreAgents', to_jsonb(a.centre_agents)));
  RETURN jsonb_build_object('kind', 'added', 'person', proffer.person_json(a));
END $$;

-- An admin of all partners. There always is one.
CREATE FUNCTION proffer.is_full_admin(a proffer.agents) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT a.role = 'admin' AND a.is_active AND a.partners = '{}';
$$;

-- p: agent; of name, role, partners, centreAgents, isActive those that change. Kinds: changed {person}, unknown-person, last-admin.
CREATE FUNCTION proffer.change_person(p jsonb, p_actor text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  before proffer.agents;
  a proffer.agents;
BEGIN
  PERFORM proffer.people_lock();
  SELECT * INTO before FROM proffer.agents WHERE agent = p ->> 'agent' FOR UPDATE;
  IF NOT FOUND THEN RETURN jsonb_build_object('kind', 'unknown-person'); END IF;
  a := before;
  a.name := coalesce(p ->> 'name', a.name);
  a.role := coalesce(p ->> 'role', a.role);
  a.is_active := coalesce((p ->> 'isActive')::boolean, a.is_active);
  IF p ? 'partners' THEN a.partners := proffer.text_array(p -> 'partners'); END IF;
  IF p ? 'centreAgents' THEN a.centre_agents := proffer.text_array(p -> 'centreAgents'); END IF;
  IF proffer.is_full_admin(before) AND NOT proffer.is_full_admin(a) AND NOT EXISTS (
    SELECT FROM proffer.agents o WHERE proffer.is_full_admin(o) AND o.agent <> before.agent)
  THEN RETURN jsonb_build_object('kind', 'last-admin'); END IF;
  UPDATE proffer.agents SET name = a.name, role = a.role, is_active = a.is_active, partners = a.partners, centre_agents = a.centre_agents
  WHERE agent = a.agent;
  IF NOT a.is_active THEN DELETE FROM proffer.sessions WHERE agent = a.agent; END IF;
  IF a IS DISTINCT FROM before THEN
    PERFORM proffer.audit_line(p_actor, 'person-changed', a.agent, (
      SELECT coalesce(jsonb_object_agg(n.key, jsonb_build_object('from', o.value, 'to', n.value)), '{}')
      FROM jsonb_each(proffer.person_json(a)) n JOIN jsonb_each(proffer.person_json(before)) o USING (key)
      WHERE n.value IS DISTINCT FROM o.value AND n.key <> 'name'));
  END IF;
  RETURN jsonb_build_object('kind', 'changed', 'person', proffer.person_json(a));
END $$;

-- By somebody else: sessions of the person end, and tries are counted anew. False: there is nobody of that name.
CREATE FUNCTION proffer.give_password(p_agent text, p_hash text, p_actor text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE proffer.agents SET password_hash = p_hash, must_change_password = true, is_demonstration = false WHERE agent = p_agent;
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM proffer.sessions WHERE agent = p_agent;
  DELETE FROM proffer.login_tries WHERE kind = 'account' AND key = p_agent;
  PERFORM proffer.audit_line(p_actor, 'password-given', p_agent, '{}');
  RETURN true;
END $$;

-- What the first start needs. demonstration: whether there are demonstration data.
CREATE FUNCTION proffer.people_wanted(p_demonstration boolean) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'admin', NOT EXISTS (SELECT FROM proffer.agents a WHERE proffer.is_full_admin(a)),
    'demonstration', p_demonstration AND NOT EXISTS (SELECT FROM proffer.agents),
    'removal', NOT p_demonstration AND EXISTS (SELECT FROM proffer.agents WHERE is_demonstration));
$$;

-- Adds them, as far as they are still wanted: of two routers that start at the same time one does. p: demonstration, adminHash, people:
-- as for add_person. Gives {admin: the name of the one that was added or null, people: how many, removed: how many}.
CREATE FUNCTION proffer.add_first_people(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_wanted jsonb;
  v_admin text;
  v_people integer := 0;
  v_removed integer := 0;
  v_one jsonb;
BEGIN
  PERFORM proffer.people_lock();
  v_wanted := proffer.people_wanted((p ->> 'demonstration')::boolean);
  IF (v_wanted ->> 'demonstration')::boolean THEN
    FOR v_one IN SELECT one FROM jsonb_array_elements(p -> 'people') AS x (one) LOOP
      PERFORM proffer.add_person(v_one || '{"mustChangePassword": false, "isDemonstration": true}', 'first-start');
      v_people := v_people + 1;
    END LOOP;
  END IF;
  IF (v_wanted ->> 'removal')::boolean THEN
    DELETE FROM proffer.agents WHERE is_demonstration;
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    PERFORM proffer.audit_line('first-start', 'demonstration-people-removed', NULL, jsonb_build_object('people', v_removed));
    v_wanted := proffer.people_wanted(false);
  END IF;
  IF (v_wanted ->> 'admin')::boolean AND p ->> 'adminHash' IS NOT NULL THEN
    v_admin := 'admin';
    -- Taken by somebody who is no admin, or not any more.
    FOR n IN 2..1000 LOOP
      EXIT WHEN NOT EXISTS (SELECT FROM proffer.agents WHERE agent = v_admin);
      v_admin := 'admin' || n;
    END LOOP;
    PERFORM proffer.add_person(jsonb_build_object('agent', v_admin, 'name', 'Administrator', 'role', 'admin', 'partners', '[]'::jsonb,
      'centreAgents', '[]'::jsonb, 'passwordHash', p ->> 'adminHash'), 'first-start');
  END IF;
  RETURN jsonb_build_object('admin', v_admin, 'people', v_people, 'removed', v_removed);
END $$;

-- ----------------------------------------------------------------------------------------------------------------------- API keys

CREATE FUNCTION proffer.api_key_json(k proffer.api_keys) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('key', k.key, 'partner', k.partner, 'name', k.name, 'createdAt', proffer.epoch_ms(k.created_at),
    'createdBy', k.created_by, 'lastUsedAt', proffer.epoch_ms(k.last_used_at), 'isActive', k.is_active);
$$;

-- p: key, secretHash (hexadecimal), partner, name. Kinds: added {apiKey}, unknown-partner.
CREATE FUNCTION proffer.add_api_key(p jsonb, p_actor text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  k proffer.api_keys;
BEGIN
  IF NOT EXISTS (SELECT FROM proffer.partners WHERE partner = p ->> 'partner' AND is_current) THEN
    RETURN jsonb_build_object('kind', 'unknown-partner');
  END IF;
  INSERT INTO proffer.api_keys (key, secret_hash, partner, name, created_by)
  VALUES (p ->> 'key', decode(p ->> 'secretHash', 'hex'), p ->> 'partner', p ->> 'name', p_actor) RETURNING * INTO k;
  PERFORM proffer.audit_line(p_actor, 'api-key-added', k.key, jsonb_build_object('partner', k.partner));
  RETURN jsonb_build_object('kind', 'added', 'apiKey', proffer.api_key_json(k));
END $$;

-- It stays in the list, since the audit names it. False: there is no such key.
CREATE FUNCTION proffer.end_api_key(p_key text, p_actor text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_was_active boolean;
BEGIN
  SELECT is_active INTO v_was_active FROM proffer.api_keys WHERE key = p_key FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  IF v_was_active THEN
    UPDATE proffer.api_keys SET is_active = false WHERE key = p_key;
    PERFORM proffer.audit_line(p_actor, 'api-key-ended', p_key, '{}');
  END IF;
  RETURN true;
END $$;

CREATE FUNCTION proffer.find_api_key(p_key text, p_secret_hash bytea) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  k proffer.api_keys;
BEGIN
  SELECT * INTO k FROM proffer.api_keys WHERE key = p_key AND secret_hash = p_secret_hash AND is_active;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute' THEN
    UPDATE proffer.api_keys SET last_used_at = now() WHERE key = p_key;
  END IF;
  RETURN jsonb_build_object('key', k.key, 'partner', k.partner);
END $$;

-- ------------------------------------------------------------------------------------------------------------------------- calls

-- Whose a call is, for agents named as centre/agent; null: there is no such call. Nobody is believed here who is not known to have had
-- it, unlike in had_call().
CREATE FUNCTION proffer.call_parties(p_decision_id text, p_centre_agents text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('partner', c.partner, 'isTheirs', EXISTS (
    SELECT FROM proffer.agents_of_call(c.contact) h WHERE h.centre || '/' || h.agent = ANY (p_centre_agents)))
  FROM proffer.contacts c WHERE c.contact = p_decision_id;
$$;
