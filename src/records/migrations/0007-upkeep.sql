-- What keeps the database small and private: retention in batches, and the erasure of one person.

-- Only rows that are still to be emptied or found are in these.
CREATE INDEX decisions_with_detail ON proffer.decisions (decided_at) WHERE record <> '{}'::jsonb;
CREATE INDEX decisions_by_customer ON proffer.decisions (partner, customer) WHERE customer IS NOT NULL;
CREATE INDEX learned_by_expiry ON proffer.learned (expires_at);
CREATE INDEX refused_lines_by_time ON proffer.refused_lines (refused_at);
COMMENT ON COLUMN proffer.decisions.record IS '{}: removed by retention (records.decisionDetailDays)';

-- Who was erased, as the SHA-256 of partner and reference: lines that a spool still holds do not bring the person back. Retention
-- removes the rows when no spool holds such lines any more.
CREATE TABLE proffer.erased (
  person bytea PRIMARY KEY CHECK (octet_length(person) = 32),
  erased_at timestamptz NOT NULL
);
CREATE INDEX erased_by_time ON proffer.erased (erased_at);

CREATE FUNCTION proffer.person_hash(whose text, who text) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(whose || E'\n' || who, 'UTF8'));
$$;

-- Erasures come one after the other, and between the batches of spools: a batch either sees that the person is erased, or is there
-- before the erasure looks.
CREATE FUNCTION proffer.erasure_lock() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(7241593004);
$$;
CREATE FUNCTION proffer.no_erasure_lock() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock_shared(7241593004);
$$;

-- Removes at most `most` rows of a kind that are older than `before`. Gives how many; null: another router is at it.
CREATE FUNCTION proffer.purge(kind text, before timestamptz, most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  affected integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7241593003) THEN RETURN NULL; END IF;
  CASE kind
    WHEN 'contacts' THEN
      DELETE FROM proffer.contacts WHERE contact IN (
        SELECT contact FROM proffer.contacts WHERE started_at < before ORDER BY started_at LIMIT most
        FOR UPDATE SKIP LOCKED);
    WHEN 'decision-details' THEN
      UPDATE proffer.decisions SET record = '{}' WHERE (decision_id, decided_at) IN (
        SELECT decision_id, decided_at FROM proffer.decisions
        WHERE decided_at < before AND record <> '{}'::jsonb ORDER BY decided_at LIMIT most FOR UPDATE SKIP LOCKED);
    WHEN 'audit' THEN
      DELETE FROM proffer.audit WHERE id IN (
        SELECT id FROM proffer.audit WHERE at < before ORDER BY at LIMIT most FOR UPDATE SKIP LOCKED);
    WHEN 'learned' THEN
      DELETE FROM proffer.learned WHERE (partner, customer) IN (
        SELECT partner, customer FROM proffer.learned WHERE expires_at < before ORDER BY expires_at LIMIT most
        FOR UPDATE SKIP LOCKED);
    WHEN 'identification-tries' THEN
      DELETE FROM proffer.identification_tries AS old USING (
        SELECT tries.kind, partner, key FROM proffer.identification_tries AS tries
        WHERE window_start < before ORDER BY window_start LIMIT most FOR UPDATE SKIP LOCKED) AS found
      WHERE (old.kind, old.partner, old.key) = (found.kind, found.partner, found.key);
    WHEN 'erased' THEN
      DELETE FROM proffer.erased WHERE person IN (
        SELECT person FROM proffer.erased WHERE erased_at < before ORDER BY erased_at LIMIT most FOR UPDATE SKIP LOCKED);
    WHEN 'refused-lines' THEN
      DELETE FROM proffer.refused_lines WHERE (spool, file, byte_offset) IN (
        SELECT spool, file, byte_offset FROM proffer.refused_lines WHERE refused_at < before ORDER BY refused_at LIMIT most
        FOR UPDATE SKIP LOCKED);
  END CASE;
  GET DIAGNOSTICS affected = ROW_COUNT;
  RETURN affected;
END $$;

-- A decision record without what tells of a person, at any depth.
CREATE FUNCTION proffer.without_person(value jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF jsonb_typeof(value) = 'object' THEN
    RETURN (SELECT coalesce(jsonb_object_agg(key, proffer.without_person(held)), '{}')
      FROM jsonb_each(value) AS parts (key, held)
      WHERE key NOT IN ('customer', 'customers', 'caller', 'phone', 'phones', 'account', 'accountNumber', 'digits', 'note'));
  ELSIF jsonb_typeof(value) = 'array' THEN
    RETURN (SELECT coalesce(jsonb_agg(proffer.without_person(held) ORDER BY place), '[]')
      FROM jsonb_array_elements(value) WITH ORDINALITY AS parts (held, place));
  END IF;
  RETURN value;
END $$;

-- A decision line of somebody who was erased, without the person; any other as it is. Whoever was imported again since then is there
-- for calls since then.
CREATE FUNCTION proffer.without_erased(line jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN EXISTS (
    SELECT FROM proffer.erased AS gone
      WHERE gone.person = proffer.person_hash(line ->> 'partner', line ->> 'customer')
        AND ((line ->> 'decidedAt')::timestamptz <= gone.erased_at OR NOT EXISTS (
          SELECT FROM proffer.customers WHERE partner = line ->> 'partner' AND customer = line ->> 'customer'))
  ) THEN proffer.without_person(line) ELSE line END;
$$;

-- The contacts of a person: by the customer of the contact or of one of its decisions, or by a telephone number of the person, unless
-- the call was somebody else's: a family shares one number.
CREATE FUNCTION proffer.contacts_of(whose text, who text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT contact FROM proffer.contacts WHERE partner = whose AND customer = who
  UNION
  SELECT decision_id FROM proffer.decisions WHERE partner = whose AND customer = who
  UNION
  SELECT contact FROM proffer.contacts WHERE partner = whose AND (customer IS NULL OR customer = who) AND caller IN (
    SELECT phone FROM proffer.phones WHERE partner = whose AND customer = who);
$$;

-- What there is of a person, in rows.
CREATE FUNCTION proffer.person_rows(whose text, who text) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'customers', (SELECT count(*) FROM proffer.customers WHERE partner = whose AND customer = who),
    'accounts', (SELECT count(*) FROM proffer.accounts WHERE partner = whose AND customer = who),
    'phones', (SELECT count(*) FROM proffer.phones WHERE partner = whose AND customer = who),
    'serviceAlerts', (SELECT count(*) FROM proffer.service_alerts AS alerts JOIN proffer.accounts USING (partner, account)
      WHERE alerts.partner = whose AND customer = who),
    'contacts', (SELECT count(*) FROM proffer.contacts_of(whose, who)),
    'decisions', (SELECT count(*) FROM proffer.decisions
      WHERE decision_id IN (SELECT proffer.contacts_of(whose, who))),
    'exposures', (SELECT count(*) FROM proffer.exposures WHERE partner = whose AND customer = who),
    'dispositions', (SELECT count(*) FROM proffer.dispositions WHERE partner = whose AND customer = who),
    'offersHistory', (SELECT count(*) FROM proffer.offers_history WHERE partner = whose AND customer = who),
    'learned', (SELECT count(*) FROM proffer.learned
      WHERE partner = whose AND customer = who AND state <> '{"offers": []}'),
    'refusedLines', (SELECT count(*) FROM proffer.refused_lines WHERE position(to_json(who)::text IN line) > 0));
$$;

-- Erases a person, and gives what there was, in rows. Contacts, decisions, exposures and dispositions stay for the reports, without the
-- person. reference: a keyed hash of who it was, for the audit, or null. Order of locks: between the batches of spools, then the rows
-- that others hold when they ask for proffer.learned_lock(), then that.
CREATE FUNCTION proffer.forget(whose text, who text, by text, reference text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  found jsonb;
  theirs text[];
BEGIN
  PERFORM proffer.erasure_lock();
  INSERT INTO proffer.erased AS old (person, erased_at) VALUES (proffer.person_hash(whose, who), clock_timestamp())
    ON CONFLICT (person) DO UPDATE SET erased_at = excluded.erased_at;
  theirs := ARRAY (SELECT proffer.contacts_of(whose, who));
  PERFORM FROM proffer.contacts WHERE contact = ANY (theirs) ORDER BY contact FOR UPDATE;
  PERFORM FROM proffer.accounts WHERE partner = whose AND customer = who ORDER BY account FOR UPDATE;
  PERFORM FROM proffer.customers WHERE partner = whose AND customer = who FOR UPDATE;
  PERFORM FROM proffer.service_alerts AS alerts JOIN proffer.accounts USING (partner, account)
    WHERE alerts.partner = whose AND customer = who ORDER BY alert FOR UPDATE OF alerts;
  found := proffer.person_rows(whose, who);
  IF NOT EXISTS (SELECT FROM jsonb_each(found) AS rows (key, held) WHERE held <> '0'::jsonb) THEN RETURN found; END IF;
  PERFORM proffer.learned_lock();
  UPDATE proffer.decisions SET customer = NULL, record = proffer.without_person(record) WHERE decision_id = ANY (theirs);
  UPDATE proffer.contacts SET customer = NULL, caller = NULL WHERE contact = ANY (theirs);
  UPDATE proffer.exposures SET customer = NULL WHERE partner = whose AND customer = who;
  UPDATE proffer.dispositions SET note = NULL WHERE decision_id = ANY (theirs);
  UPDATE proffer.dispositions SET customer = NULL, note = NULL WHERE partner = whose AND customer = who;
  DELETE FROM proffer.offers_history WHERE partner = whose AND customer = who;
  DELETE FROM proffer.refused_lines WHERE position(to_json(who)::text IN line) > 0;
  UPDATE proffer.audit SET subject = NULL WHERE subject IN (who, whose || '/' || who);
  -- Accounts, telephone numbers and alerts go with it.
  DELETE FROM proffer.customers WHERE partner = whose AND customer = who;
  -- An empty state, for a while: the strategy stores of the routers are to forget it too.
  PERFORM proffer.unlearn(whose, who);
  INSERT INTO proffer.audit (actor, action, subject, detail)
  VALUES (by, 'forget', reference, jsonb_build_object('partner', whose, 'rows', found));
  RETURN found;
END $$;
