-- What became of offers, what follows of it for the customer's next call, and service alerts. Expected outcomes are values with a
-- kind. Order of locks: rows of contacts, exposures and service alerts come before proffer.learned_lock(); whoever holds that waits for
-- none of them. So nothing here, no import and no spool wait for each other in a circle.

-- ivr_codes: result of an IVR presentation to code, {"accepted": "accepted", ...}; a result that is not in it is its own code.
ALTER TABLE proffer.partners ADD COLUMN ivr_codes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(ivr_codes) = 'object');
-- The order in which agents see the codes.
ALTER TABLE proffer.disposition_codes ADD COLUMN position integer NOT NULL DEFAULT 0;

-- Presentations by agents whose disposition is still to come.
CREATE INDEX exposures_open ON proffer.exposures (partner, confirmed_at) WHERE state = 'confirmed' AND kind = 'agent';
CREATE INDEX exposures_open_by_agent ON proffer.exposures (agent) WHERE state = 'confirmed' AND kind = 'agent';

-- Agents whom a router has set On Break until a disposition is recorded, so that it frees them after a restart too.
CREATE TABLE proffer.held_agents (
  router text NOT NULL CHECK (octet_length(router) BETWEEN 1 AND 128),
  centre text NOT NULL,
  agent text NOT NULL,
  decision_id text NOT NULL,
  offer text NOT NULL,
  -- What the agent's status was before; null: the agent is not held yet.
  status_before text,
  held_until timestamptz NOT NULL,
  PRIMARY KEY (router, centre, agent, decision_id, offer)
);

-- ---------------------------------------------------------------------------------------------------------------- what was learned

CREATE FUNCTION proffer.epoch_ms(p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT floor(extract(epoch FROM p_at) * 1000)::bigint;
$$;

-- What the last decision of the call that weighed the offer reckoned it to be worth; null where none did.
CREATE FUNCTION proffer.decided_value(p_decision_id text, p_offer text) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT (w.candidate ->> 'offerValue')::numeric
  FROM proffer.decisions d
    CROSS JOIN LATERAL jsonb_array_elements(
      CASE jsonb_typeof(d.record -> 'candidates') WHEN 'array' THEN d.record -> 'candidates' ELSE '[]' END) AS w (candidate)
  WHERE d.decision_id = p_decision_id
    AND w.candidate ->> 'offerCode' = p_offer AND jsonb_typeof(w.candidate -> 'offerValue') = 'number'
    AND (w.candidate ->> 'offerValue')::numeric BETWEEN 0 AND 9999999999
  ORDER BY d.decided_at DESC LIMIT 1;
$$;

-- The whole state of each customer as offers/learned.ts has it, from what is recorded now; the order in which it came does not matter.
--   accepted   an accepted sales offer is withheld for 10 years, whatever was said of it on other calls
--   held       so is every other sales offer on a product, or on a family of products, of which one is held: by an accepted offer
--              or an open account. Of an account without a date the year counts, so that a new import alone changes nothing
--   else       the disposition of the latest call that says something of the offer: a callback boosts it from the time asked for (an
--              hour after the call where none was) for callback_window_hours; cool_off_days withhold it
-- alerts: absent where the customer never had one.
CREATE FUNCTION proffer.learned_states(p_partner text, p_customers text[])
RETURNS TABLE (customer text, state jsonb, expires_at timestamptz) LANGUAGE sql STABLE AS $$
  WITH who AS (
    SELECT DISTINCT w.customer FROM unnest(p_customers) AS w (customer) WHERE w.customer IS NOT NULL
  ), said AS (
    SELECT d.customer, d.decision_id, d.offer, d.at, d.callback_at, o.kind, o.product, o.partner AS seller, o.value, p.family, c.outcome,
      c.cool_off_days, c.callback_window_hours, c.callback_propensity, c.counts_as_accepted AND o.kind = 'sales' AS is_sale
    FROM proffer.dispositions d
      JOIN proffer.offers o ON o.offer = d.offer
      JOIN proffer.products p ON p.product = o.product
      JOIN proffer.disposition_codes c ON c.partner = d.partner AND c.code = d.code
    WHERE d.partner = p_partner AND d.customer = ANY (p_customers) AND d.customer IS NOT NULL AND d.is_current
  ), held AS (
    SELECT s.customer, s.product, s.family, s.seller, s.at, s.at + interval '10 years' AS until FROM said s WHERE s.is_sale
    UNION ALL
    SELECT a.customer, a.product, p.family, a.partner, coalesce(a.opened_on::timestamp AT TIME ZONE 'UTC', y.year),
      y.year + interval '11 years'
    FROM proffer.accounts a
      JOIN proffer.products p ON p.product = a.product
      CROSS JOIN (SELECT date_trunc('year', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS year) y
    WHERE a.partner = p_partner AND a.customer = ANY (p_customers) AND (a.closed_on IS NULL OR a.closed_on > (now() AT TIME ZONE 'UTC')::date)
  ), latest AS (
    SELECT DISTINCT ON (s.customer, s.offer) s.*,
      coalesce(s.callback_at, s.at + interval '1 hour') AS callback_from
    FROM said s WHERE s.outcome <> 'not-presented' OR s.cool_off_days IS NOT NULL
    ORDER BY s.customer, s.offer, s.at DESC, s.decision_id DESC
  ), entries AS (
    SELECT s.customer, s.offer, 1 AS rank, 'accepted' AS reason, s.at, NULL::timestamptz AS boosted_from, s.at + interval '10 years' AS until,
      NULL::double precision AS propensity, NULL::numeric AS value
    FROM said s WHERE s.is_sale
    UNION ALL
    SELECT h.customer, o.offer, 2, 'held', h.at, NULL, h.until, NULL, NULL
    FROM held h JOIN proffer.products p ON p.product = h.product OR p.family = h.family
      JOIN proffer.offers o ON o.product = p.product AND o.kind = 'sales' AND o.is_current AND o.partner IN (p_partner, h.seller)
    UNION ALL
    SELECT l.customer, l.offer, 3, 'callback', l.at, l.callback_from, l.callback_from + l.callback_window_hours * interval '1 hour',
      l.callback_propensity, coalesce(proffer.decided_value(l.decision_id, l.offer), l.value)
    FROM latest l WHERE l.outcome = 'callback' AND NOT l.is_sale
    UNION ALL
    SELECT l.customer, l.offer, 3, CASE l.outcome WHEN 'declined' THEN 'declined' WHEN 'accepted' THEN 'accepted' ELSE 'presented' END,
      l.at, NULL, l.at + l.cool_off_days * interval '1 day', NULL, NULL
    FROM latest l WHERE l.outcome <> 'callback' AND l.cool_off_days IS NOT NULL AND NOT l.is_sale
  ), first AS (
    SELECT DISTINCT ON (e.customer, e.offer) e.* FROM entries e WHERE e.until > now()
    ORDER BY e.customer, e.offer, e.rank, e.until DESC, e.at DESC
  ), offers AS (
    SELECT f.customer, max(f.until) AS until, jsonb_agg(
      CASE WHEN f.boosted_from IS NULL
        THEN jsonb_build_object('effect', 'withheld', 'offerCode', f.offer, 'reason', f.reason, 'at', proffer.epoch_ms(f.at),
          'until', proffer.epoch_ms(f.until))
        ELSE jsonb_build_object('effect', 'boosted', 'offerCode', f.offer, 'reason', f.reason, 'at', proffer.epoch_ms(f.at),
          'from', proffer.epoch_ms(f.boosted_from), 'until', proffer.epoch_ms(f.until), 'propensity', f.propensity,
          'value', trim_scale(f.value))
      END ORDER BY f.offer) AS entries
    FROM first f GROUP BY f.customer
  ), alerted AS (
    SELECT DISTINCT a.customer FROM proffer.accounts a
    WHERE a.partner = p_partner AND a.customer = ANY (p_customers)
      AND EXISTS (SELECT FROM proffer.service_alerts s WHERE s.partner = a.partner AND s.account = a.account)
  ), answers AS (
    SELECT DISTINCT a.customer, o.offer, o.value
    FROM proffer.accounts a
      JOIN proffer.service_alerts s ON s.partner = a.partner AND s.account = a.account AND s.closed_at IS NULL
      JOIN proffer.offers o ON o.partner = p_partner AND o.kind = 'service' AND o.is_current AND (s.offer IS NULL OR o.offer = s.offer)
    WHERE a.partner = p_partner AND a.customer = ANY (p_customers)
  ), alerts AS (
    SELECT g.customer, coalesce(jsonb_agg(jsonb_build_object('offerCode', n.offer, 'value', trim_scale(n.value)) ORDER BY n.value DESC, n.offer)
        FILTER (WHERE n.offer IS NOT NULL), '[]') AS list
    FROM alerted g LEFT JOIN answers n ON n.customer = g.customer GROUP BY g.customer
  )
  SELECT who.customer,
    jsonb_build_object('offers', coalesce(o.entries, '[]')) || CASE WHEN a.list IS NULL THEN '{}' ELSE jsonb_build_object('alerts', a.list) END,
    greatest(o.until, CASE WHEN a.list IS NOT NULL THEN now() + interval '400 days' END)
  FROM who LEFT JOIN offers o ON o.customer = who.customer LEFT JOIN alerts a ON a.customer = who.customer;
$$;

-- Learns anew what holds of these customers; gives the number of those of whom something else holds than before. A state that alerts
-- hold is written again when half of its time is over. An empty state takes back what was there, and lives as long as that would have.
-- Others wait meanwhile: some thousand customers at a time. Its plan is kept from when the tables were small, so it goes by indexes.
CREATE FUNCTION proffer.learn_many(p_partner text, p_customers text[]) RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = off SET jit = off AS $$
DECLARE
  v_changed integer;
BEGIN
  PERFORM proffer.learned_lock();
  WITH now_holds AS (
    SELECT s.customer, s.state, coalesce(s.expires_at, greatest(l.expires_at, now())) AS expires_at
    FROM proffer.learned_states(p_partner, p_customers) s
      LEFT JOIN LATERAL (
        SELECT o.* FROM proffer.learned o WHERE o.partner = p_partner AND o.customer = s.customer OFFSET 0) l ON true
    WHERE CASE WHEN l.customer IS NULL THEN s.state <> '{"offers": []}'
      ELSE l.state IS DISTINCT FROM s.state OR (s.state ? 'alerts' AND s.expires_at > l.expires_at + interval '200 days') END
  )
  INSERT INTO proffer.learned AS l (partner, customer, revision, state, expires_at)
  SELECT p_partner, n.customer, nextval('proffer.learned_revision'), n.state, n.expires_at FROM now_holds n
  ON CONFLICT (partner, customer) DO UPDATE
    SET revision = excluded.revision, state = excluded.state, expires_at = excluded.expires_at;
  GET DIAGNOSTICS v_changed = ROW_COUNT;
  RETURN v_changed;
END;
$$;

-- The revision of what holds of the customer now; null where nothing ever did.
CREATE FUNCTION proffer.learn(p_partner text, p_customer text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  IF p_customer IS NULL THEN RETURN NULL; END IF;
  PERFORM proffer.learn_many(p_partner, ARRAY[p_customer]);
  RETURN (SELECT l.revision FROM proffer.learned l WHERE l.partner = p_partner AND l.customer = p_customer);
END;
$$;

-- Takes back what was learned of a customer, whatever is recorded. The empty row is for stores that are still to hear of it; it may be
-- removed after 30 days, which expires_at says.
CREATE FUNCTION proffer.unlearn(p_partner text, p_customer text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_revision bigint;
BEGIN
  PERFORM proffer.learned_lock();
  UPDATE proffer.learned SET state = '{"offers": []}', revision = nextval('proffer.learned_revision'), expires_at = now() + interval '30 days'
  WHERE partner = p_partner AND customer = p_customer RETURNING revision INTO v_revision;
  RETURN v_revision;
END;
$$;

-- For a store that was given revisions which this database has not come to, since it is a new one or an older copy: goes on above them
-- and numbers anew what is there, so that the store takes it. Gives the number of rows; null when there was nothing to do.
CREATE FUNCTION proffer.resume_learned(p_cursor bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_rows bigint;
BEGIN
  IF p_cursor <= (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM proffer.learned_revision) THEN RETURN NULL; END IF;
  PERFORM proffer.learned_lock();
  IF p_cursor <= (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM proffer.learned_revision) THEN RETURN NULL; END IF;
  PERFORM setval('proffer.learned_revision', p_cursor);
  UPDATE proffer.learned SET revision = nextval('proffer.learned_revision');
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_rows;
END;
$$;

-- -------------------------------------------------------------------------------------------------------------------- dispositions

-- The agents of mod_callcenter that a name stands for: a login of proffer.agents, centre/agent, or the agent's own id at any centre.
CREATE FUNCTION proffer.centre_agents(p_agent text) RETURNS TABLE (centre text, agent text) LANGUAGE sql STABLE AS $$
  SELECT NULL::text, p_agent
  UNION
  SELECT split_part(n.name, '/', 1), substr(n.name, strpos(n.name, '/') + 1)
  FROM (SELECT p_agent AS name
    UNION ALL SELECT unnest(a.centre_agents) FROM proffer.agents a WHERE a.agent = p_agent) n
  WHERE strpos(n.name, '/') > 1;
$$;

CREATE FUNCTION proffer.agents_of_call(p_decision_id text) RETURNS TABLE (centre text, agent text) LANGUAGE sql STABLE AS $$
  SELECT e.centre, e.agent FROM proffer.exposures e WHERE e.decision_id = p_decision_id AND e.agent IS NOT NULL
  UNION
  SELECT split_part(u.destination, '/', 1), u.agent FROM proffer.usages u WHERE u.decision_id = p_decision_id AND u.agent IS NOT NULL;
$$;

-- Had the agent that call? Where no feed told of any agent, an agent who was to present something is believed.
CREATE FUNCTION proffer.had_call(p_decision_id text, p_agent text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN EXISTS (SELECT FROM proffer.agents_of_call(p_decision_id)) THEN EXISTS (
      SELECT FROM proffer.agents_of_call(p_decision_id) c JOIN proffer.centre_agents(p_agent) n
        ON n.agent = c.agent AND (n.centre IS NULL OR c.centre IS NULL OR n.centre = c.centre))
    ELSE EXISTS (SELECT FROM proffer.exposures e WHERE e.decision_id = p_decision_id AND e.kind = 'agent') END;
$$;

-- Ends what an agent presented. What a spool is writing now is left to the next auto_wrap.
CREATE FUNCTION proffer.conclude_exposures(p_decision_id text, p_offer text, p_outcome text, p_at timestamptz) RETURNS void
LANGUAGE sql AS $$
  UPDATE proffer.exposures e SET state = 'concluded', result = p_outcome, ended_at = coalesce(e.ended_at, greatest(p_at, e.confirmed_at))
  WHERE (e.decision_id, e.offer, e.presentation) IN (
    SELECT w.decision_id, w.offer, w.presentation FROM proffer.exposures w
    WHERE w.decision_id = p_decision_id AND w.offer = p_offer AND w.state IN ('confirmed', 'concluded') AND w.kind = 'agent'
    FOR UPDATE SKIP LOCKED);
$$;

-- Writes a disposition as the current one, ends what an agent presented, learns. Gives the revision of the disposition and of what was
-- learned. The caller holds proffer.learned_lock().
CREATE FUNCTION proffer.put_disposition(d proffer.dispositions, p_outcome text, OUT revision integer, OUT learned bigint)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE proffer.dispositions o SET is_current = false
  WHERE o.decision_id = d.decision_id AND o.offer = d.offer AND o.is_current;
  INSERT INTO proffer.dispositions AS o
    (decision_id, offer, revision, is_current, partner, customer, code, note, callback_at, source, agent, value, at, recorded_at)
  SELECT d.decision_id, d.offer, coalesce(max(h.revision), 0) + 1, true, d.partner, d.customer, d.code, d.note, d.callback_at, d.source,
    d.agent, d.value, d.at, d.recorded_at
  FROM proffer.dispositions h WHERE h.decision_id = d.decision_id AND h.offer = d.offer
  RETURNING o.revision INTO revision;
  PERFORM proffer.conclude_exposures(d.decision_id, d.offer, p_outcome, d.at);
  learned := proffer.learn(d.partner, d.customer);
END;
$$;

CREATE FUNCTION proffer.disposition_json(d proffer.dispositions) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('decisionId', d.decision_id, 'offer', d.offer, 'revision', d.revision, 'code', d.code,
    'outcome', (SELECT c.outcome FROM proffer.disposition_codes c WHERE c.partner = d.partner AND c.code = d.code),
    'note', d.note, 'callbackAt', proffer.epoch_ms(d.callback_at), 'source', d.source, 'agent', d.agent,
    'value', trim_scale(d.value), 'at', proffer.epoch_ms(d.at), 'recordedAt', proffer.epoch_ms(d.recorded_at)));
$$;

-- How much a source counts: what a person says replaces what keys said or nobody.
CREATE FUNCTION proffer.source_rank(p_source text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_source WHEN 'auto' THEN 0 WHEN 'ivr' THEN 1 ELSE 2 END;
$$;

-- p: decisionId, offer, code, source, at; note, callbackAt, agent; isCorrection: replaces what is there. hasAgent: the router itself
-- knows that the agent has the call. Kinds: recorded, corrected, unchanged (idempotent by decision and offer); unknown-call,
-- unknown-offer, unknown-code, not-presented, not-your-call, already-recorded, retired-code, note-required, note-too-long,
-- callback-time-required, callback-time-past, callback-time-too-far, callback-time-unwanted.
CREATE FUNCTION proffer.record_disposition(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_contact proffer.contacts;
  v_exposure proffer.exposures;
  v_offer proffer.offers;
  v_code proffer.disposition_codes;
  v_was proffer.dispositions;
  d proffer.dispositions;
  v_learned bigint;
  v_is_correction boolean := coalesce((p ->> 'isCorrection')::boolean, false);
BEGIN
  d.decision_id := p ->> 'decisionId';
  d.offer := p ->> 'offer';
  d.code := p ->> 'code';
  d.note := nullif(btrim(p ->> 'note'), '');
  d.callback_at := (p ->> 'callbackAt')::timestamptz;
  d.source := p ->> 'source';
  d.agent := p ->> 'agent';
  d.at := (p ->> 'at')::timestamptz;

  -- Before the lock below: retention, which removes the call with its dispositions, is waited for here or passes it by.
  SELECT * INTO v_contact FROM proffer.contacts WHERE contact = d.decision_id FOR KEY SHARE;
  IF NOT FOUND THEN RETURN jsonb_build_object('kind', 'unknown-call'); END IF;
  SELECT * INTO v_offer FROM proffer.offers WHERE offer = d.offer;
  IF NOT FOUND THEN RETURN jsonb_build_object('kind', 'unknown-offer'); END IF;
  SELECT * INTO v_exposure FROM proffer.exposures e WHERE e.decision_id = d.decision_id AND e.offer = d.offer
  ORDER BY e.kind = 'agent' DESC, e.confirmed_at DESC NULLS LAST, e.presentation LIMIT 1;
  d.partner := coalesce(v_contact.partner, v_exposure.partner);
  d.customer := coalesce(v_exposure.customer, v_contact.customer);
  IF d.partner IS NULL THEN RETURN jsonb_build_object('kind', 'unknown-call'); END IF;
  SELECT * INTO v_code FROM proffer.disposition_codes WHERE partner = d.partner AND code = d.code;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('kind', 'unknown-code', 'codes', (
      SELECT coalesce(jsonb_agg(c.code ORDER BY c.position, c.code), '[]') FROM proffer.disposition_codes c
      WHERE c.partner = d.partner AND c.is_current));
  END IF;
  IF v_exposure.decision_id IS NULL AND v_code.outcome <> 'not-presented' THEN RETURN jsonb_build_object('kind', 'not-presented'); END IF;
  IF d.source = 'agent' AND d.agent IS NOT NULL AND NOT coalesce((p ->> 'hasAgent')::boolean, false)
    AND NOT proffer.had_call(d.decision_id, d.agent)
  THEN RETURN jsonb_build_object('kind', 'not-your-call'); END IF;
  IF d.source = 'agent' AND d.agent IS NULL THEN
    -- Whoever had the call, if that is one; else the word of another system.
    SELECT min(c.agent) INTO d.agent FROM proffer.agents_of_call(d.decision_id) c HAVING count(*) = 1;
    IF d.agent IS NULL THEN d.source := 'web'; END IF;
  END IF;

  PERFORM proffer.learned_lock();
  SELECT * INTO v_was FROM proffer.dispositions o WHERE o.decision_id = d.decision_id AND o.offer = d.offer AND o.is_current;
  IF FOUND AND proffer.source_rank(v_was.source) >= proffer.source_rank(d.source) THEN
    IF (v_was.code, v_was.note, v_was.callback_at) IS NOT DISTINCT FROM (d.code, d.note, d.callback_at) THEN
      RETURN jsonb_build_object('kind', 'unchanged', 'disposition', proffer.disposition_json(v_was));
    END IF;
    IF NOT v_is_correction OR proffer.source_rank(v_was.source) > proffer.source_rank(d.source) THEN
      RETURN jsonb_build_object('kind', 'already-recorded', 'disposition', proffer.disposition_json(v_was));
    END IF;
  END IF;
  IF NOT v_code.is_current THEN RETURN jsonb_build_object('kind', 'retired-code'); END IF;
  IF d.source IN ('agent', 'web') THEN
    IF v_code.requires_note AND d.note IS NULL THEN RETURN jsonb_build_object('kind', 'note-required'); END IF;
    IF v_code.outcome = 'callback' AND d.callback_at IS NULL THEN RETURN jsonb_build_object('kind', 'callback-time-required'); END IF;
  END IF;
  IF length(d.note) > 4000 THEN RETURN jsonb_build_object('kind', 'note-too-long'); END IF;
  IF v_code.outcome <> 'callback' AND d.callback_at IS NOT NULL THEN RETURN jsonb_build_object('kind', 'callback-time-unwanted'); END IF;
  IF d.callback_at <= d.at THEN RETURN jsonb_build_object('kind', 'callback-time-past'); END IF;
  IF d.callback_at > d.at + interval '1 year' THEN RETURN jsonb_build_object('kind', 'callback-time-too-far'); END IF;

  -- A correction is of what was said then; what a later call said still counts.
  IF v_was.source IN ('agent', 'web') THEN d.at := v_was.at; ELSIF v_was.source = 'auto' THEN d.at := least(v_was.at, d.at); END IF;
  IF v_code.counts_as_accepted THEN d.value := coalesce(proffer.decided_value(d.decision_id, d.offer), v_offer.value); END IF;
  d.recorded_at := now();
  SELECT r.revision, r.learned INTO d.revision, v_learned FROM proffer.put_disposition(d, v_code.outcome) r;
  IF d.source IN ('agent', 'web') THEN
    INSERT INTO proffer.audit (actor, action, subject, detail)
    VALUES (coalesce(d.agent, d.source), CASE d.revision WHEN 1 THEN 'disposition-recorded' ELSE 'disposition-corrected' END, d.decision_id,
      jsonb_build_object('offer', d.offer, 'code', d.code, 'revision', d.revision) ||
        CASE WHEN v_was.code IS NULL THEN '{}' ELSE jsonb_build_object('before', v_was.code, 'beforeSource', v_was.source) END);
  END IF;
  RETURN jsonb_build_object(
    'kind', CASE WHEN v_was.decision_id IS NULL OR proffer.source_rank(v_was.source) < proffer.source_rank(d.source) THEN 'recorded'
      ELSE 'corrected' END,
    'disposition', proffer.disposition_json(d), 'partner', d.partner, 'learned', v_learned);
END;
$$;

-- What an IVR presentation ended with, as a disposition by the partner's ivr_codes. Of two of one offer on one call the later counts,
-- whichever comes first; what a person recorded stays.
CREATE FUNCTION proffer.record_ivr_result(p_decision_id text, p_offer text, p_result text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_result text := CASE WHEN p_result = 'hang-up' THEN 'presented' ELSE p_result END;
  v_code text;
  v_is_later boolean;
BEGIN
  IF v_result NOT IN ('accepted', 'declined', 'no-answer', 'callback', 'presented') THEN RETURN; END IF;
  SELECT coalesce(p.ivr_codes ->> v_result, v_result) INTO v_code
  FROM proffer.contacts c JOIN proffer.partners p ON p.partner = c.partner WHERE c.contact = p_decision_id;
  PERFORM proffer.learned_lock();
  SELECT (d.at, d.code) < (p_at, v_code) INTO v_is_later
  FROM proffer.dispositions d WHERE d.decision_id = p_decision_id AND d.offer = p_offer AND d.is_current AND d.source = 'ivr';
  IF v_code IS NULL OR v_is_later IS FALSE THEN RETURN; END IF;
  PERFORM proffer.record_disposition(jsonb_build_object('decisionId', p_decision_id, 'offer', p_offer, 'code', v_code, 'source', 'ivr',
    'at', p_at, 'isCorrection', true));
END;
$$;

-- Dispositions that were recorded before anybody knew whose call it was get its customer, and are learned.
CREATE FUNCTION proffer.settle_dispositions(p_decision_ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_call record;
BEGIN
  IF NOT EXISTS (
    SELECT FROM proffer.dispositions d JOIN proffer.contacts c ON c.contact = d.decision_id
    WHERE d.decision_id = ANY (p_decision_ids) AND d.customer IS NULL AND c.customer IS NOT NULL)
  THEN RETURN; END IF;
  PERFORM proffer.learned_lock();
  UPDATE proffer.dispositions d SET customer = c.customer FROM proffer.contacts c
  WHERE c.contact = d.decision_id AND d.decision_id = ANY (p_decision_ids) AND d.customer IS NULL AND c.customer IS NOT NULL;
  FOR v_call IN
    SELECT DISTINCT d.partner, d.customer FROM proffer.dispositions d
    WHERE d.decision_id = ANY (p_decision_ids) AND d.customer IS NOT NULL
  LOOP
    PERFORM proffer.learn(v_call.partner, v_call.customer);
  END LOOP;
END;
$$;

-- When the talk of an exposure by an agent ended; null while nobody has told.
CREATE FUNCTION proffer.talk_ended_at(e proffer.exposures) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT coalesce(e.ended_at, (SELECT max(u.at) FROM proffer.usages u
    WHERE u.decision_id = e.decision_id AND u.agent IS NOT NULL AND (e.agent IS NULL OR u.agent = e.agent)));
$$;

-- Gives auto_wrap_code to what agents presented auto_wrap_seconds after the talk, or 4 hours after the answer where nobody told of its
-- end. One router at a time does it; the others get {"kind": "busy"}.
-- {"kind": "wrapped", "isMore": false, "wrapped": [{"decisionId", "offer", "centre", "agent", "code"}]}
CREATE FUNCTION proffer.auto_wrap(p_now timestamptz, p_limit integer) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
  v_due record;
  v_count integer := 0;
  v_wrapped jsonb := '[]';
  v_answer jsonb;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7241593010) THEN RETURN jsonb_build_object('kind', 'busy'); END IF;
  PERFORM proffer.learned_lock();
  FOR v_due IN
    SELECT e.decision_id, e.offer, e.centre, e.agent, p.auto_wrap_code AS code,
      CASE WHEN t.ended_at IS NULL THEN e.confirmed_at + interval '4 hours' ELSE t.ended_at + p.auto_wrap_seconds * interval '1 second' END AS at
    FROM proffer.partners p
      JOIN proffer.disposition_codes c ON c.partner = p.partner AND c.code = p.auto_wrap_code AND c.is_current
      JOIN proffer.exposures e ON e.partner = p.partner AND e.state = 'confirmed' AND e.kind = 'agent'
        AND e.confirmed_at <= p_now - least(p.auto_wrap_seconds, 14400) * interval '1 second'
      CROSS JOIN LATERAL (SELECT proffer.talk_ended_at(e) AS ended_at) t
    WHERE p.auto_wrap_seconds IS NOT NULL
      AND p_now >= CASE WHEN t.ended_at IS NULL THEN e.confirmed_at + interval '4 hours'
        ELSE t.ended_at + p.auto_wrap_seconds * interval '1 second' END
      AND NOT EXISTS (SELECT FROM proffer.dispositions d
        WHERE d.decision_id = e.decision_id AND d.offer = e.offer AND d.is_current AND d.source <> 'ivr')
    ORDER BY e.confirmed_at LIMIT p_limit
  LOOP
    v_count := v_count + 1;
    v_answer := proffer.record_disposition(jsonb_build_object('decisionId', v_due.decision_id, 'offer', v_due.offer, 'code', v_due.code,
      'source', 'auto', 'at', v_due.at));
    -- An IVR had settled it before: then that counts.
    PERFORM proffer.conclude_exposures(v_due.decision_id, v_due.offer, v_answer #>> '{disposition,outcome}', v_due.at)
    WHERE v_answer ? 'disposition';
    v_wrapped := v_wrapped || jsonb_strip_nulls(jsonb_build_object('decisionId', v_due.decision_id, 'offer', v_due.offer,
      'centre', v_due.centre, 'agent', v_due.agent, 'kind', v_answer ->> 'kind',
      'disposition', v_answer -> 'disposition'));
  END LOOP;
  -- What could not be ended when its disposition was recorded.
  PERFORM proffer.conclude_exposures(w.decision_id, w.offer, c.outcome, d.at)
  FROM (SELECT e.decision_id, e.offer FROM proffer.exposures e WHERE e.state = 'confirmed' AND e.kind = 'agent' LIMIT 10000) w
    JOIN proffer.dispositions d ON d.decision_id = w.decision_id AND d.offer = w.offer AND d.is_current AND d.source <> 'ivr'
    JOIN proffer.disposition_codes c ON c.partner = d.partner AND c.code = d.code
  LIMIT p_limit;
  RETURN jsonb_build_object('kind', 'wrapped', 'isMore', v_count >= p_limit, 'wrapped', v_wrapped);
END;
$$;

-- What agents presented and nobody has recorded a disposition of, oldest first, at most 500: of one agent or partner, or of all.
CREATE FUNCTION proffer.open_dispositions(p_agent text, p_partner text)
RETURNS TABLE (decision_id text, offer text, presentation text, partner text, centre text, queue text, agent text,
  confirmed_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET jit = off AS $$
  SELECT e.decision_id, e.offer, e.presentation, e.partner, e.centre, e.queue, e.agent, e.confirmed_at, proffer.talk_ended_at(e)
  FROM proffer.exposures e
  WHERE e.state = 'confirmed' AND e.kind = 'agent' AND (p_partner IS NULL OR e.partner = p_partner)
    AND (p_agent IS NULL OR (e.agent IN (SELECT n.agent FROM proffer.centre_agents(p_agent) n)
      AND EXISTS (SELECT FROM proffer.centre_agents(p_agent) n
        WHERE n.agent = e.agent AND (n.centre IS NULL OR e.centre IS NULL OR n.centre = e.centre))))
    AND NOT EXISTS (SELECT FROM proffer.dispositions d
      WHERE d.decision_id = e.decision_id AND d.offer = e.offer AND d.is_current AND d.source <> 'ivr')
  ORDER BY e.confirmed_at, e.decision_id, e.offer LIMIT 500;
$$;

-- Takes over which agents a router holds: arrays of {centre, agent, decisionId, offer, statusBefore, until}.
CREATE FUNCTION proffer.save_held_agents(p_router text, p_kept jsonb, p_gone jsonb) RETURNS void LANGUAGE sql AS $$
  DELETE FROM proffer.held_agents h USING jsonb_array_elements(p_gone) g
  WHERE h.router = p_router AND h.centre = g ->> 'centre' AND h.agent = g ->> 'agent' AND h.decision_id = g ->> 'decisionId'
    AND h.offer = g ->> 'offer';
  INSERT INTO proffer.held_agents (router, centre, agent, decision_id, offer, status_before, held_until)
  SELECT p_router, k ->> 'centre', k ->> 'agent', k ->> 'decisionId', k ->> 'offer', k ->> 'statusBefore',
    to_timestamp((k ->> 'until')::double precision / 1000)
  FROM jsonb_array_elements(p_kept) k
  ON CONFLICT (router, centre, agent, decision_id, offer) DO UPDATE
    SET status_before = excluded.status_before, held_until = excluded.held_until;
$$;

-- ------------------------------------------------------------------------------------------------------------------ service alerts

CREATE FUNCTION proffer.alert_json(a proffer.service_alerts) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('partner', a.partner, 'alert', a.alert, 'account', a.account, 'offer', a.offer,
    'severity', a.severity, 'detail', a.detail, 'openedAt', proffer.epoch_ms(a.opened_at), 'closedAt', proffer.epoch_ms(a.closed_at)));
$$;

CREATE FUNCTION proffer.alert_answer(p_kind text, a proffer.service_alerts) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('kind', p_kind, 'alert', proffer.alert_json(a), 'learned', (
    SELECT l.revision FROM proffer.accounts c JOIN proffer.learned l ON l.partner = c.partner AND l.customer = c.customer
    WHERE c.partner = a.partner AND c.account = a.account)));
$$;

-- Learns anew what holds of the customer of an alert's account.
CREATE FUNCTION proffer.learn_of_account(p_partner text, p_account text) RETURNS void LANGUAGE sql AS $$
  SELECT proffer.learn(c.partner, c.customer) FROM proffer.accounts c WHERE c.partner = p_partner AND c.account = p_account;
$$;

-- p: partner, alert, account, offer, severity, detail, openedAt. Kinds: opened (also again, later than it was closed), changed (another
-- offer, severity or detail of an open one), unchanged, closed (it was, later than this); unknown-partner, unknown-account,
-- unknown-offer, not-a-service-offer, other-account.
CREATE FUNCTION proffer.open_alert(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  a proffer.service_alerts;
  v_was proffer.service_alerts;
  v_offer proffer.offers;
  v_kind text := 'opened';
BEGIN
  a.partner := p ->> 'partner';
  a.alert := p ->> 'alert';
  a.account := p ->> 'account';
  a.offer := p ->> 'offer';
  a.severity := coalesce(p ->> 'severity', 'critical');
  a.detail := nullif(btrim(p ->> 'detail'), '');
  a.opened_at := (p ->> 'openedAt')::timestamptz;
  IF NOT EXISTS (SELECT FROM proffer.partners WHERE partner = a.partner) THEN RETURN jsonb_build_object('kind', 'unknown-partner'); END IF;
  IF NOT EXISTS (SELECT FROM proffer.accounts WHERE partner = a.partner AND account = a.account) THEN
    RETURN jsonb_build_object('kind', 'unknown-account');
  END IF;
  IF a.offer IS NOT NULL THEN
    SELECT * INTO v_offer FROM proffer.offers WHERE offer = a.offer AND partner = a.partner;
    IF NOT FOUND THEN RETURN jsonb_build_object('kind', 'unknown-offer'); END IF;
    IF v_offer.kind <> 'service' THEN RETURN jsonb_build_object('kind', 'not-a-service-offer'); END IF;
  END IF;

  INSERT INTO proffer.service_alerts (partner, alert, account, offer, severity, detail, opened_at)
  VALUES (a.partner, a.alert, a.account, a.offer, a.severity, a.detail, a.opened_at) ON CONFLICT (partner, alert) DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO STRICT v_was FROM proffer.service_alerts WHERE partner = a.partner AND alert = a.alert FOR UPDATE;
    IF v_was.account <> a.account THEN RETURN jsonb_build_object('kind', 'other-account'); END IF;
    IF v_was.closed_at >= a.opened_at THEN RETURN proffer.alert_answer('closed', v_was); END IF;
    IF v_was.closed_at IS NULL THEN
      IF (v_was.offer, v_was.severity, v_was.detail) IS NOT DISTINCT FROM (a.offer, a.severity, a.detail) THEN
        RETURN proffer.alert_answer('unchanged', v_was);
      END IF;
      v_kind := 'changed';
      a.opened_at := least(a.opened_at, v_was.opened_at);
    END IF;
    UPDATE proffer.service_alerts
    SET offer = a.offer, severity = a.severity, detail = a.detail, opened_at = a.opened_at, closed_at = NULL, changed_at = now()
    WHERE partner = a.partner AND alert = a.alert;
  END IF;
  PERFORM proffer.learn_of_account(a.partner, a.account);
  RETURN proffer.alert_answer(v_kind, a);
END;
$$;

-- p: partner, alert, closedAt. Kinds: closed, unchanged (it was closed before); unknown-alert, closed-before-opened.
CREATE FUNCTION proffer.close_alert(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  a proffer.service_alerts;
  v_closed_at timestamptz := (p ->> 'closedAt')::timestamptz;
BEGIN
  SELECT * INTO a FROM proffer.service_alerts WHERE partner = p ->> 'partner' AND alert = p ->> 'alert' FOR UPDATE;
  IF NOT FOUND THEN RETURN jsonb_build_object('kind', 'unknown-alert'); END IF;
  IF a.closed_at IS NOT NULL THEN RETURN proffer.alert_answer('unchanged', a); END IF;
  IF v_closed_at < a.opened_at THEN RETURN proffer.alert_answer('closed-before-opened', a); END IF;
  UPDATE proffer.service_alerts SET closed_at = v_closed_at, changed_at = now() WHERE partner = a.partner AND alert = a.alert;
  a.closed_at := v_closed_at;
  PERFORM proffer.learn_of_account(a.partner, a.account);
  RETURN proffer.alert_answer('closed', a);
END;
$$;
