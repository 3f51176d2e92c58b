-- What the settings hold, made the same in the database: partners, products, offers, disposition codes.

-- catalogue: {"partners": [...], "products": [...], "offers": [...], "codes": [...]}, each with the columns of its table.
-- What is not in it stays, no longer current. Gives the number of rows that changed.
CREATE FUNCTION proffer.sync_catalogue(catalogue jsonb) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  changed integer := 0;
  affected integer;
BEGIN
  -- Routers that start at once, or hear of new settings at once, do it one after the other.
  PERFORM pg_advisory_xact_lock(7241593002);

  INSERT INTO proffer.partners AS old
    (partner, name, auto_wrap_seconds, auto_wrap_code, is_disposition_required, ivr_codes, is_current)
  SELECT partner, name, auto_wrap_seconds, auto_wrap_code, is_disposition_required, ivr_codes, true
  FROM jsonb_to_recordset(catalogue -> 'partners') AS new
    (partner text, name text, auto_wrap_seconds integer, auto_wrap_code text, is_disposition_required boolean, ivr_codes jsonb)
  ON CONFLICT (partner) DO UPDATE SET
    name = excluded.name, auto_wrap_seconds = excluded.auto_wrap_seconds, auto_wrap_code = excluded.auto_wrap_code,
    is_disposition_required = excluded.is_disposition_required, ivr_codes = excluded.ivr_codes, is_current = true
  WHERE (old.name, old.auto_wrap_seconds, old.auto_wrap_code, old.is_disposition_required, old.ivr_codes, old.is_current)
    IS DISTINCT FROM (excluded.name, excluded.auto_wrap_seconds, excluded.auto_wrap_code, excluded.is_disposition_required,
      excluded.ivr_codes, true);
  GET DIAGNOSTICS affected = ROW_COUNT;
  changed := changed + affected;
  UPDATE proffer.partners AS old SET is_current = false
  WHERE is_current AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(catalogue -> 'partners') AS new WHERE new ->> 'partner' = old.partner);
  GET DIAGNOSTICS affected = ROW_COUNT;
  changed := changed + affected;

  INSERT INTO proffer.products AS old (product, name, family, is_current)
  SELECT product, name, family, true
  FROM jsonb_to_recordset(catalogue -> 'products') AS new (product text, name text, family text)
  ON CONFLICT (product) DO UPDATE SET name = excluded.name, family = excluded.family, is_current = true
  WHERE (old.name, old.family, old.is_current) IS DISTINCT FROM (excluded.name, excluded.family, true);
  GET DIAGNOSTICS affected = ROW_COUNT;
  changed := changed + affected;
  UPDATE proffer.products AS old SET is_current = false
  WHERE is_current AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(catalogue -> 'products') AS new WHERE new ->> 'product' = old.product);
  GET DIAGNOSTICS affected = ROW_COUNT;
  changed := changed + affected;

  INSERT INTO proffer.offers AS old (offer, partner, product, kind, name, value, url, is_current)
  SELECT offer, partner, product, kind, name, value, url, true
  FROM jsonb_to_recordset(catalogue -> 'offers') AS new
    (offer text, partner text, product text, kind text, name text, value numeric(14, 4), url text)
  ON CONFLICT (offer) DO UPDATE SET
    partner = excluded.partner, product = excluded.product, kind = excluded.kind, name = excluded.name,
    value = excluded.value, url = excluded.url, is_current = true
  WHERE (old.partner, old.product, old.kind, old.name, old.value, old.url, old.is_current)
    IS DISTINCT FROM (excluded.partner, excluded.product, excluded.kind, excluded.name, excluded.value, excluded.url, true);
  GET DIAGNOSTICS affected = ROW_COUNT;
  changed := changed + affected;
  UPDATE proffer.offers AS old SET is_current = false
  WHERE is_current AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(catalogue -> 'offers') AS new WHERE new ->> 'offer' = old.offer);
  GET DIAGNOSTICS affected = ROW_COUNT;
  changed := changed + affected;

  INSERT INTO proffer.disposition_codes AS old
    (partner, code, name, outcome, requires_note, cool_off_days, counts_as_accepted, callback_window_hours,
     callback_propensity, position, is_current)
  SELECT partner, code, name, outcome, requires_note, cool_off_days, counts_as_accepted, callback_window_hours,
    callback_propensity, position, true
  FROM jsonb_to_recordset(catalogue -> 'codes') AS new
    (partner text, code text, name text, outcome text, requires_note boolean, cool_off_days numeric(7, 2),
     counts_as_accepted boolean, callback_window_hours numeric(7, 2), callback_propensity double precision,
     position integer)
  ON CONFLICT (partner, code) DO UPDATE SET
    name = excluded.name, outcome = excluded.outcome, requires_note = excluded.requires_note,
    cool_off_days = excluded.cool_off_days, counts_as_accepted = excluded.counts_as_accepted,
    callback_window_hours = excluded.callback_window_hours, callback_propensity = excluded.callback_propensity,
    position = excluded.position, is_current = true
  WHERE (old.name, old.outcome, old.requires_note, old.cool_off_days, old.counts_as_accepted,
      old.callback_window_hours, old.callback_propensity, old.position, old.is_current)
    IS DISTINCT FROM (excluded.name, excluded.outcome, excluded.requires_note, excluded.cool_off_days,
      excluded.counts_as_accepted, excluded.callback_window_hours, excluded.callback_propensity,
      excluded.position, true);
  GET DIAGNOSTICS affected = ROW_COUNT;
  changed := changed + affected;
  UPDATE proffer.disposition_codes AS old SET is_current = false
  WHERE is_current AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(catalogue -> 'codes') AS new
    WHERE new ->> 'partner' = old.partner AND new ->> 'code' = old.code);
  GET DIAGNOSTICS affected = ROW_COUNT;
  RETURN changed + affected;
END $$;
