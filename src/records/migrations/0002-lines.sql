-- Lines of the decision log into the tables. Lines may come late, twice and out of order, over batches and routers: what the tables
-- hold depends on which lines came, not on when.
--
-- The state of an exposure is the furthest of its lines: reserved, released, confirmed, concluded. So a confirmation wins over a
-- release, whichever came first: an agent did have it.

-- The cursor of a spool, or no row.
CREATE FUNCTION proffer.spool_cursor(p_spool text) RETURNS TABLE (file bigint, byte_offset bigint)
LANGUAGE sql STABLE AS $$
  SELECT s.file, s.byte_offset FROM proffer.spools AS s WHERE s.spool = p_spool;
$$;

-- Moves a cursor to another place without taking lines: to the first file (p_from_file null: the spool is new), to the next file, or
-- back. {"kind": "moved", "file", "offset"} (null: no cursor) when it is not where the caller believes; else {"kind": "taken", ...}.
CREATE FUNCTION proffer.move_spool(
  p_spool text, p_from_file bigint, p_from_offset bigint, p_file bigint, p_offset bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_cursor proffer.spools;
BEGIN
  IF p_from_file IS NULL THEN
    INSERT INTO proffer.spools (spool, file, byte_offset) VALUES (p_spool, p_file, p_offset) ON CONFLICT DO NOTHING;
    IF FOUND THEN
      RETURN jsonb_build_object('kind', 'taken', 'lines', 0, 'refused', 0);
    END IF;
  END IF;
  UPDATE proffer.spools SET file = p_file, byte_offset = p_offset, moved_at = now()
    WHERE spool = p_spool AND file = p_from_file AND byte_offset = p_from_offset;
  IF FOUND THEN
    RETURN jsonb_build_object('kind', 'taken', 'lines', 0, 'refused', 0);
  END IF;
  SELECT * INTO v_cursor FROM proffer.spools WHERE spool = p_spool;
  RETURN jsonb_build_object('kind', 'moved', 'file', v_cursor.file, 'offset', v_cursor.byte_offset);
END $$;

-- Takes the lines of one file from p_from to p_to, and moves the cursor, in one transaction.
-- p_lines: lines of JSON with a line feed between each two. p_offsets: where each begins in the file. p_refused: lines that are not
-- even tried, [{"offset", "reason", "line"}].
-- Gives {"kind": "taken", "lines", "refused"}, or {"kind": "moved", "file", "offset"} when the cursor is not at p_from: then nothing
-- was taken.
CREATE FUNCTION proffer.record_lines(
  p_spool text, p_file bigint, p_from bigint, p_to bigint, p_lines text, p_offsets bigint[], p_refused jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_cursor proffer.spools;
  v_lines bigint := cardinality(p_offsets) + jsonb_array_length(p_refused);
  v_refused bigint := jsonb_array_length(p_refused);
BEGIN
  PERFORM proffer.no_erasure_lock();
  SELECT * INTO v_cursor FROM proffer.spools WHERE spool = p_spool FOR UPDATE;
  IF v_cursor.file IS DISTINCT FROM p_file OR v_cursor.byte_offset IS DISTINCT FROM p_from THEN
    RETURN jsonb_build_object('kind', 'moved', 'file', v_cursor.file, 'offset', v_cursor.byte_offset);
  END IF;
  IF v_refused > 0 THEN
    INSERT INTO proffer.refused_lines (spool, file, byte_offset, reason, line)
      SELECT p_spool, p_file, r."offset", r.reason, r.line
      FROM jsonb_to_recordset(p_refused) AS r ("offset" bigint, reason text, line text)
      ON CONFLICT DO NOTHING;
  END IF;
  IF cardinality(p_offsets) > 0 THEN
    v_refused := v_refused + proffer.take_lines(p_spool, p_file, p_offsets,
      CASE p_lines WHEN '' THEN ARRAY[''] ELSE string_to_array(p_lines, E'\n') END);
  END IF;
  UPDATE proffer.spools
    SET byte_offset = p_to, lines = lines + v_lines, moved_at = now()
    WHERE spool = p_spool;
  RETURN jsonb_build_object('kind', 'taken', 'lines', v_lines, 'refused', v_refused);
END $$;

-- All lines at once; when that is refused, each half by itself, down to the lines that are to blame. Gives how many were refused.
-- Data exceptions (22), constraints (23), program limits (54) and what functions raise (P0) are the fault of a line; anything else is
-- the database's, and nothing is taken.
CREATE FUNCTION proffer.take_lines(p_spool text, p_file bigint, p_offsets bigint[], p_lines text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  v_count integer := cardinality(p_lines);
  v_half integer := v_count / 2;
BEGIN
  BEGIN
    PERFORM proffer.insert_lines(p_lines);
    RETURN 0;
  EXCEPTION WHEN OTHERS THEN
    IF left(SQLSTATE, 2) NOT IN ('21', '22', '23', '54', 'P0') THEN
      RAISE;
    END IF;
    IF v_count = 1 THEN
      INSERT INTO proffer.refused_lines (spool, file, byte_offset, reason, line)
        VALUES (p_spool, p_file, p_offsets[1], left(SQLERRM, 1000), p_lines[1])
        ON CONFLICT DO NOTHING;
      RETURN 1;
    END IF;
  END;
  RETURN proffer.take_lines(p_spool, p_file, p_offsets[:v_half], p_lines[:v_half])
    + proffer.take_lines(p_spool, p_file, p_offsets[v_half + 1:], p_lines[v_half + 1:]);
END $$;

-- Sorts lines by type and inserts each type as a set. Raises when one of them fits no table.
CREATE FUNCTION proffer.insert_lines(p_lines text[]) RETURNS void
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
END $$;

-- Why a line is none of the log, or null.
CREATE FUNCTION proffer.line_problem(p_line jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN jsonb_typeof(p_line) <> 'object' THEN 'the line is no JSON object'
    WHEN coalesce(p_line ->> 'type', '') NOT IN ('decision', 'attempt', 'outcome', 'usage', 'exposure')
      THEN 'type is none that a table takes'
    WHEN jsonb_typeof(p_line -> 'decisionId') IS DISTINCT FROM 'string' THEN 'decisionId is missing'
    WHEN coalesce(p_line ->> 'at', '') !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$' THEN 'at is no time'
    WHEN p_line ->> 'type' = 'decision'
      AND coalesce(p_line ->> 'decidedAt', '') !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$'
      THEN 'decidedAt is no time'
  END;
$$;

-- Partners that the settings do not have (any more).
CREATE FUNCTION proffer.know_partners(p_partners text[]) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO proffer.partners (partner, name, is_current)
    SELECT DISTINCT p, p, false
    FROM unnest(p_partners) AS p
    WHERE p IS NOT NULL AND NOT EXISTS (SELECT FROM proffer.partners AS known WHERE known.partner = p)
    ORDER BY p
    ON CONFLICT DO NOTHING;
$$;

-- A call begins when its INVITE came: the least that any of its lines says. Its rows stay locked, so that nobody removes a call to
-- which rows are being added.
CREATE FUNCTION proffer.insert_contacts(p_lines jsonb[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM proffer.know_partners((SELECT array_agg(DISTINCT l ->> 'partner') FROM unnest(p_lines) AS l));
  INSERT INTO proffer.contacts AS c
      (contact, medium, partner, customer, call_id, trunk, source, caller, dialled, started_at)
    SELECT x."decisionId", 'call',
        min(x.partner),
        (array_agg(x.customer ORDER BY x."decidedAt" DESC) FILTER (WHERE x.type = 'decision' AND x.customer IS NOT NULL))[1],
        left(min(x."callId"), 512),
        min(x.trunk), min(x.source), min(x.caller), min(x.dialled),
        min(x.at - greatest(coalesce(x."decisionMs", x."durationMs", 0), 0) * interval '1 millisecond')
      FROM unnest(p_lines) AS l, jsonb_to_record(l) AS x (
        type text, "decisionId" text, at timestamptz, "decidedAt" timestamptz, partner text, customer text, "callId" text, trunk text,
        source text, caller text, dialled text, "decisionMs" double precision, "durationMs" double precision)
      GROUP BY x."decisionId"
      ORDER BY x."decisionId"
    ON CONFLICT (contact) DO UPDATE SET
        partner = coalesce(c.partner, excluded.partner),
        call_id = coalesce(c.call_id, excluded.call_id),
        trunk = coalesce(c.trunk, excluded.trunk),
        source = coalesce(c.source, excluded.source),
        caller = coalesce(c.caller, excluded.caller),
        dialled = coalesce(c.dialled, excluded.dialled),
        started_at = least(c.started_at, excluded.started_at)
      WHERE excluded.started_at < c.started_at
        OR c.partner IS NULL AND excluded.partner IS NOT NULL OR c.call_id IS NULL AND excluded.call_id IS NOT NULL
        OR c.trunk IS NULL AND excluded.trunk IS NOT NULL OR c.source IS NULL AND excluded.source IS NOT NULL
        OR c.caller IS NULL AND excluded.caller IS NOT NULL OR c.dialled IS NULL AND excluded.dialled IS NOT NULL;
END $$;

-- Decisions; then their calls get the customer whom the last of them names.
CREATE FUNCTION proffer.insert_decisions(p_lines jsonb[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_ids text[];
BEGIN
  INSERT INTO proffer.decisions
      (decision_id, decided_at, partner, customer, generation, arm, offer, presentation, reason, decision_ms, record)
    SELECT x."decisionId", x."decidedAt", x.partner, x.customer, x.generation, x.arm, x.offer ->> 'offerCode',
        x.offer ->> 'presentation', x.reason, x."decisionMs", l
      FROM unnest(p_lines) AS l, jsonb_to_record(l) AS x (
        "decisionId" text, "decidedAt" timestamptz, partner text, customer text, generation bigint, arm text, offer jsonb, reason text,
        "decisionMs" double precision)
      ON CONFLICT DO NOTHING;
  SELECT array_agg(DISTINCT l ->> 'decisionId') INTO v_ids FROM unnest(p_lines) AS l;
  UPDATE proffer.contacts AS c SET customer = last.customer
    FROM (
      SELECT DISTINCT ON (d.decision_id) d.decision_id, d.customer
        FROM proffer.decisions AS d
        WHERE d.decision_id = ANY (v_ids) AND d.customer IS NOT NULL
        ORDER BY d.decision_id, d.decided_at DESC) AS last
    WHERE c.contact = last.decision_id AND c.customer IS DISTINCT FROM last.customer;
END $$;

-- 0 for reserved to 3 for concluded: a state goes up and never down.
CREATE FUNCTION proffer.exposure_rank(p_state text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_state WHEN 'reserved' THEN 0 WHEN 'released' THEN 1 WHEN 'confirmed' THEN 2 WHEN 'concluded' THEN 3 END;
$$;

-- Offers that the settings do not have (any more): of the partner of a call that presented them. The partner of a call whose decision
-- never came is `unknown`.
CREATE FUNCTION proffer.know_offers(p_lines jsonb[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_unknown text[];
BEGIN
  PERFORM proffer.know_partners(ARRAY['unknown']) WHERE EXISTS (
    SELECT FROM unnest(p_lines) AS l JOIN proffer.contacts AS c ON c.contact = l ->> 'decisionId' WHERE c.partner IS NULL);
  SELECT array_agg(DISTINCT l ->> 'offer') INTO v_unknown FROM unnest(p_lines) AS l
    WHERE NOT EXISTS (SELECT FROM proffer.offers AS o WHERE o.offer = l ->> 'offer');
  IF v_unknown IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO proffer.products (product, name, family, is_current) VALUES ('unknown', 'unknown', 'unknown', false)
    ON CONFLICT DO NOTHING;
  INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url, is_current)
    SELECT DISTINCT ON (l ->> 'offer') l ->> 'offer', coalesce(c.partner, 'unknown'), 'unknown',
        CASE WHEN d.record #>> '{offer,kind}' = 'service' THEN 'service' ELSE 'sales' END,
        l ->> 'offer', 0, coalesce(d.record #>> '{offer,offerUrl}', ''), false
      FROM unnest(p_lines) AS l
        JOIN proffer.contacts AS c ON c.contact = l ->> 'decisionId'
        LEFT JOIN proffer.decisions AS d ON d.decision_id = c.contact AND d.offer = l ->> 'offer'
      WHERE l ->> 'offer' = ANY (v_unknown)
      ORDER BY l ->> 'offer', c.partner NULLS LAST
    ON CONFLICT DO NOTHING;
END $$;

-- Exposures of IVR programs that these lines conclude and that were not concluded before.
CREATE FUNCTION proffer.concluded_by(p_lines jsonb[]) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_agg(jsonb_build_object('decisionId', n."decisionId", 'offer', n.offer, 'result', n.result, 'at', n.at)
      ORDER BY n.at, n."decisionId", n.offer)
    FROM (
      SELECT DISTINCT ON (x."decisionId", x.offer, x.presentation) x.*
        FROM unnest(p_lines) AS l, jsonb_to_record(l) AS x (
          "decisionId" text, at timestamptz, offer text, presentation text, kind text, state text, result text)
        WHERE x.state = 'concluded' AND x.kind = 'ivr'
        ORDER BY x."decisionId", x.offer, x.presentation, x.at) AS n
    WHERE NOT EXISTS (
      SELECT FROM proffer.exposures AS e
        WHERE e.decision_id = n."decisionId" AND e.offer = n.offer AND e.presentation = n.presentation AND e.state = 'concluded');
$$;

-- The furthest state of each exposure, with what the lines of that state say; the earliest time of each state.
CREATE FUNCTION proffer.insert_exposures(p_lines jsonb[]) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO proffer.exposures AS e
      (decision_id, offer, presentation, partner, customer, kind, destination, state, result, agent, centre, queue,
       reserved_at, confirmed_at, ended_at)
    SELECT n."decisionId", n.offer, n.presentation, coalesce(c.partner, o.partner, 'unknown'), c.customer, n.kind, n.destination,
        n.state, n.result, n.agent, n.centre, n.queue, n.reserved_at, n.confirmed_at,
        CASE n.state WHEN 'concluded' THEN n.concluded_at WHEN 'released' THEN n.released_at END
      FROM (
        SELECT x."decisionId", x.offer, x.presentation,
            (array_agg(x.kind ORDER BY proffer.exposure_rank(x.state) DESC, x.at))[1] AS kind,
            (array_agg(x.destination ORDER BY proffer.exposure_rank(x.state) DESC, x.at))[1] AS destination,
            (array_agg(x.state ORDER BY proffer.exposure_rank(x.state) DESC, x.at))[1] AS state,
            (array_agg(x.result ORDER BY proffer.exposure_rank(x.state) DESC, x.at))[1] AS result,
            min(x.agent) AS agent, min(x.centre) AS centre, min(x.queue) AS queue,
            min(x.at) FILTER (WHERE x.state = 'reserved') AS reserved_at,
            min(x.at) FILTER (WHERE x.state IN ('confirmed', 'concluded')) AS confirmed_at,
            min(x.at) FILTER (WHERE x.state = 'concluded') AS concluded_at,
            min(x.at) FILTER (WHERE x.state = 'released') AS released_at
          FROM unnest(p_lines) AS l, jsonb_to_record(l) AS x (
            "decisionId" text, at timestamptz, offer text, presentation text, kind text, destination text, state text, result text,
            agent text, centre text, queue text)
          GROUP BY x."decisionId", x.offer, x.presentation) AS n
        JOIN proffer.contacts AS c ON c.contact = n."decisionId"
        LEFT JOIN proffer.offers AS o ON o.offer = n.offer
      ORDER BY n."decisionId", n.offer, n.presentation
    ON CONFLICT (decision_id, offer, presentation) DO UPDATE SET
      (kind, destination, state, result, ended_at) = (
        SELECT excluded.kind, excluded.destination, excluded.state, excluded.result, excluded.ended_at
          WHERE proffer.exposure_rank(excluded.state) > proffer.exposure_rank(e.state)
        UNION ALL
        SELECT e.kind, e.destination, e.state, coalesce(e.result, excluded.result), least(e.ended_at, excluded.ended_at)
          WHERE proffer.exposure_rank(excluded.state) = proffer.exposure_rank(e.state)
        UNION ALL
        SELECT e.kind, e.destination, e.state, e.result, e.ended_at
          WHERE proffer.exposure_rank(excluded.state) < proffer.exposure_rank(e.state)),
      agent = coalesce(e.agent, excluded.agent),
      centre = coalesce(e.centre, excluded.centre),
      queue = coalesce(e.queue, excluded.queue),
      reserved_at = least(e.reserved_at, excluded.reserved_at),
      confirmed_at = least(e.confirmed_at, excluded.confirmed_at);
$$;

-- What an exposure has from other lines of its call: partner and customer, and of an agent's the end of the talk, which is the time of
-- the last usage line of that agent (of any, where nobody told who had the call).
CREATE FUNCTION proffer.settle_exposures(p_decision_ids text[]) RETURNS void
LANGUAGE sql AS $$
  UPDATE proffer.exposures AS e SET customer = s.customer, partner = s.partner, ended_at = s.ended_at
    FROM (
      SELECT x.decision_id, x.offer, x.presentation, c.customer, coalesce(c.partner, x.partner) AS partner,
          CASE WHEN x.state = 'confirmed' AND x.kind = 'agent' THEN (
            SELECT max(u.at) FROM proffer.usages AS u
              WHERE u.decision_id = x.decision_id AND u.kind = 'agent' AND u.agent = coalesce(x.agent, u.agent))
          ELSE x.ended_at END AS ended_at
        FROM proffer.exposures AS x
          JOIN proffer.contacts AS c ON c.contact = x.decision_id
        WHERE x.decision_id = ANY (p_decision_ids)) AS s
    WHERE e.decision_id = s.decision_id AND e.offer = s.offer AND e.presentation = s.presentation
      AND (e.customer IS DISTINCT FROM s.customer OR e.partner <> s.partner OR e.ended_at IS DISTINCT FROM s.ended_at);
$$;
