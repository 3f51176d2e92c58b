-- Contacts that are not phone calls: their lines come as those of calls, with a medium.

-- They come by no trunk.
ALTER TABLE proffer.outcomes ALTER COLUMN trunk DROP NOT NULL;

-- As in 0002-lines.sql, with the medium: of a contact whose lines name none it is a call with sound.
CREATE OR REPLACE FUNCTION proffer.insert_contacts(p_lines jsonb[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM proffer.know_partners((SELECT array_agg(DISTINCT l ->> 'partner') FROM unnest(p_lines) AS l));
  INSERT INTO proffer.contacts AS c
      (contact, medium, partner, customer, call_id, trunk, source, caller, dialled, started_at)
    SELECT x."decisionId",
        coalesce(min(x.medium) FILTER (WHERE x.medium IN ('web', 'chat', 'text')), 'call'),
        min(x.partner),
        (array_agg(x.customer ORDER BY x."decidedAt" DESC) FILTER (WHERE x.type = 'decision' AND x.customer IS NOT NULL))[1],
        left(min(x."callId"), 512),
        min(x.trunk), min(x.source), min(x.caller), min(x.dialled),
        min(x.at - greatest(coalesce(x."decisionMs", x."durationMs", 0), 0) * interval '1 millisecond')
      FROM unnest(p_lines) AS l, jsonb_to_record(l) AS x (
        type text, "decisionId" text, at timestamptz, "decidedAt" timestamptz, partner text, customer text, "callId" text, trunk text,
        source text, caller text, dialled text, medium text, "decisionMs" double precision, "durationMs" double precision)
      GROUP BY x."decisionId"
      ORDER BY x."decisionId"
    ON CONFLICT (contact) DO UPDATE SET
        medium = CASE c.medium WHEN 'call' THEN excluded.medium ELSE c.medium END,
        partner = coalesce(c.partner, excluded.partner),
        call_id = coalesce(c.call_id, excluded.call_id),
        trunk = coalesce(c.trunk, excluded.trunk),
        source = coalesce(c.source, excluded.source),
        caller = coalesce(c.caller, excluded.caller),
        dialled = coalesce(c.dialled, excluded.dialled),
        started_at = least(c.started_at, excluded.started_at)
      WHERE excluded.started_at < c.started_at OR c.medium = 'call' AND excluded.medium <> 'call'
        OR c.partner IS NULL AND excluded.partner IS NOT NULL OR c.call_id IS NULL AND excluded.call_id IS NOT NULL
        OR c.trunk IS NULL AND excluded.trunk IS NOT NULL OR c.source IS NULL AND excluded.source IS NOT NULL
        OR c.caller IS NULL AND excluded.caller IS NOT NULL OR c.dialled IS NULL AND excluded.dialled IS NOT NULL;
END $$;

-- What customers said of offers on the web by these lines, and that was not heard before.
CREATE FUNCTION proffer.said_on_web(p_lines jsonb[]) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_agg(n.l ORDER BY n.l ->> 'at', n.l ->> 'decisionId', n.l ->> 'offer')
    FROM (
      SELECT DISTINCT ON (l ->> 'decisionId', l ->> 'offer', l ->> 'presentation') l
        FROM unnest(p_lines) AS l
        WHERE l ->> 'state' = 'concluded' AND l ->> 'kind' = 'web'
        ORDER BY l ->> 'decisionId', l ->> 'offer', l ->> 'presentation', l ->> 'at') AS n
    WHERE NOT EXISTS (
      SELECT FROM proffer.exposures AS e
        WHERE e.decision_id = n.l ->> 'decisionId' AND e.offer = n.l ->> 'offer' AND e.presentation = n.l ->> 'presentation'
          AND e.state = 'concluded');
$$;

-- It as a disposition. What a person recorded before stays, and so does what was said first.
CREATE FUNCTION proffer.record_web_result(p_line jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM proffer.record_disposition(jsonb_build_object('decisionId', p_line ->> 'decisionId', 'offer', p_line ->> 'offer',
    'code', coalesce(p_line ->> 'code', p_line ->> 'result'), 'note', left(p_line ->> 'note', 4000), 'source', 'web',
    'at', p_line ->> 'at'));
END $$;

-- As in 0002-lines.sql, with what is said on the web.
CREATE OR REPLACE FUNCTION proffer.insert_lines(p_lines text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_problem text;
  v_all jsonb[];
  v_decisions jsonb[];
  v_attempts jsonb[];
  v_outcomes jsonb[];
  v_usages jsonb[];
  v_exposures jsonb[];
  v_heard jsonb;
  v_said jsonb;
  v_ids text[];
BEGIN
  SELECT min(proffer.line_problem(l)), array_agg(l),
      array_agg(l) FILTER (WHERE l ->> 'type' = 'decision'), array_agg(l) FILTER (WHERE l ->> 'type' = 'attempt'),
      array_agg(l) FILTER (WHERE l ->> 'type' = 'outcome'), array_agg(l) FILTER (WHERE l ->> 'type' = 'usage'),
      array_agg(l) FILTER (WHERE l ->> 'type' = 'exposure')
    INTO v_problem, v_all, v_decisions, v_attempts, v_outcomes, v_usages, v_exposures
    -- OFFSET 0: each line is parsed once, not once for each use of it.
    FROM (SELECT line::jsonb AS l FROM unnest(p_lines) AS line OFFSET 0) AS parsed;
  IF v_problem IS NOT NULL THEN
    RAISE data_exception USING MESSAGE = v_problem;
  END IF;
  IF v_decisions IS NOT NULL AND EXISTS (SELECT FROM proffer.erased) THEN
    v_decisions := ARRAY (SELECT proffer.without_erased(l) FROM unnest(v_decisions) AS l);
    -- Of the lines only these tell who called.
    v_all := ARRAY (SELECT l FROM unnest(v_all) AS l WHERE l ->> 'type' <> 'decision') || v_decisions;
  END IF;
  PERFORM proffer.insert_contacts(v_all);
  IF v_decisions IS NOT NULL THEN
    PERFORM proffer.insert_decisions(v_decisions);
  END IF;
  IF v_attempts IS NOT NULL THEN
    INSERT INTO proffer.attempts (decision_id, attempt, at, destination, uri, offer, status, reason)
      SELECT x."decisionId", x.attempt, x.at, x.destination, x.uri, x.offer, x.status, x.reason
      FROM unnest(v_attempts) AS l, jsonb_to_record(l) AS x (
        "decisionId" text, attempt integer, at timestamptz, destination text, uri text, offer text, status integer, reason text)
      ON CONFLICT DO NOTHING;
  END IF;
  IF v_outcomes IS NOT NULL THEN
    INSERT INTO proffer.outcomes (decision_id, at, partner, trunk, result, reason, status, destination, offer, duration_ms)
      SELECT x."decisionId", x.at, x.partner, x.trunk, x.result, x.reason, x.status, x.destination, x.offer, x."durationMs"
      FROM unnest(v_outcomes) AS l, jsonb_to_record(l) AS x (
        "decisionId" text, at timestamptz, partner text, trunk text, result text, reason text, status integer, destination text,
        offer text, "durationMs" double precision)
      ON CONFLICT DO NOTHING;
  END IF;
  IF v_usages IS NOT NULL THEN
    INSERT INTO proffer.usages (decision_id, at, kind, destination, agent, seconds)
      SELECT x."decisionId", x.at, x.kind, x.destination, x.agent, x.seconds
      FROM unnest(v_usages) AS l, jsonb_to_record(l) AS x (
        "decisionId" text, at timestamptz, kind text, destination text, agent text, seconds double precision)
      ON CONFLICT DO NOTHING;
  END IF;
  IF v_exposures IS NOT NULL THEN
    v_heard := proffer.concluded_by(v_exposures);
    v_said := proffer.said_on_web(v_exposures);
    PERFORM proffer.know_offers(v_exposures);
    PERFORM proffer.insert_exposures(v_exposures);
  END IF;
  v_ids := ARRAY (SELECT DISTINCT l ->> 'decisionId' FROM unnest(v_all) AS l);
  PERFORM proffer.settle_exposures(v_ids);
  -- A disposition may have come before the line that says whose call it was.
  IF v_decisions IS NOT NULL THEN
    PERFORM proffer.settle_dispositions(v_ids);
  END IF;
  -- What an IVR heard is told on once: when the exposure becomes concluded.
  IF v_heard IS NOT NULL THEN
    PERFORM proffer.record_ivr_result(x."decisionId", x.offer, x.result, x.at)
      FROM jsonb_to_recordset(v_heard) AS x ("decisionId" text, offer text, result text, at timestamptz);
  END IF;
  IF v_said IS NOT NULL THEN
    PERFORM proffer.record_web_result(said) FROM jsonb_array_elements(v_said) AS said;
  END IF;
END $$;

-- What a router needs to take events of a contact that it does not hold itself: another router's, or of before a restart.
CREATE FUNCTION proffer.recorded_contact(p_contact text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('contactId', c.contact, 'partner', c.partner, 'medium', c.medium, 'customer', c.customer,
      'createdAt', proffer.epoch_ms(d.decided_at), 'offer', d.offer, 'presentation', d.presentation, 'reason', d.reason,
      'failOpen', d.record -> 'failOpen', 'destination', o.destination, 'exposure', e.state, 'result', e.result,
      'code', (SELECT p.code FROM proffer.dispositions p
        WHERE p.decision_id = c.contact AND p.offer = d.offer AND p.is_current)))
    FROM proffer.contacts AS c
      JOIN LATERAL (SELECT * FROM proffer.decisions x WHERE x.decision_id = c.contact ORDER BY x.decided_at DESC LIMIT 1) AS d ON true
      JOIN proffer.outcomes AS o ON o.decision_id = c.contact
      LEFT JOIN proffer.exposures AS e
        ON e.decision_id = c.contact AND e.offer = d.offer AND e.presentation = d.presentation
    WHERE c.contact = p_contact AND c.medium <> 'call' AND c.trunk IS NULL;
$$;
