-- Who a caller or the customer of an agent is, by account number and secret as entered. The same work is done for an account that is
-- not there as for one that is: its neighbour in the index is read in its place, compared in full, and never told of.

-- Looks at all 256 bits, wherever the first difference is.
CREATE FUNCTION proffer.is_same_hash(a bytea, b bytea) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT bit_count(('x' || encode(a, 'hex'))::bit(256) # ('x' || encode(b, 'hex'))::bit(256)) = 0;
$$;

-- Counts one try. 0: it may be made; else the seconds after which the next may. Check and count are one statement that holds the row's
-- lock to the end of the transaction: tries at the same moment pass one after the other. A window begins with the first try of a count.
-- Only ON CONFLICT touches this table: it goes by the key whatever the planner knew of the table's size.
CREATE FUNCTION proffer.count_try(
  p_kind text, p_partner text, p_key text, p_limit integer, p_window interval, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_start timestamptz;
  v_tries integer;
BEGIN
  INSERT INTO proffer.identification_tries AS t (kind, partner, key, window_start, tries)
    VALUES (p_kind, p_partner, p_key, p_now, 1)
    ON CONFLICT (kind, partner, key) DO UPDATE SET
      tries = CASE WHEN t.tries = 0 OR t.window_start <= p_now - p_window THEN 1 ELSE least(t.tries, p_limit) + 1 END,
      window_start = CASE WHEN t.tries = 0 OR t.window_start <= p_now - p_window THEN p_now ELSE t.window_start END
    RETURNING tries, window_start INTO v_tries, v_start;
  IF v_tries <= p_limit THEN RETURN 0; END IF;
  RETURN greatest(1, ceil(extract(epoch FROM v_start + p_window - p_now)))::integer;
END
$$;

-- The try was right: it does not count, nor do p_earlier before it.
CREATE FUNCTION proffer.uncount_tries(p_kind text, p_partner text, p_key text, p_earlier integer, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO proffer.identification_tries AS t (kind, partner, key, window_start, tries)
    VALUES (p_kind, p_partner, p_key, p_now, 0)
    ON CONFLICT (kind, partner, key) DO UPDATE SET tries = greatest(0, t.tries - 1 - p_earlier);
END
$$;

-- Why the sales offer of a customer is not made now; null when it is.
CREATE FUNCTION proffer.sales_refusal(p_customer proffer.customers, p_offer proffer.offers, p_now timestamptz)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_customer.is_fraud THEN RETURN 'fraud'; END IF;
  IF p_customer.is_hardship THEN RETURN 'hardship'; END IF;
  IF p_customer.is_complaint THEN RETURN 'complaint'; END IF;
  IF p_customer.is_opted_out THEN RETURN 'opted-out'; END IF;
  IF p_customer.sales_offer IS NULL THEN RETURN 'no-offer'; END IF;
  IF NOT p_offer.is_current OR p_offer.kind <> 'sales' THEN RETURN 'offer-not-current'; END IF;
  IF p_offer.partner <> p_customer.partner AND p_customer.is_affiliate_opted_out THEN RETURN 'affiliate-opted-out'; END IF;
  -- As offers/learned.ts reads it: what is boosted is withheld until then.
  IF EXISTS (
    SELECT FROM proffer.learned l, jsonb_array_elements(l.state -> 'offers') AS o
      WHERE l.partner = p_customer.partner AND l.customer = p_customer.customer AND l.expires_at > p_now
        AND o ->> 'offerCode' = p_offer.offer
        AND extract(epoch FROM p_now) * 1000 <
          CASE o ->> 'effect' WHEN 'withheld' THEN o ->> 'until' WHEN 'boosted' THEN o ->> 'from' END::numeric
  ) THEN RETURN 'withheld'; END IF;
  RETURN NULL;
END
$$;

-- The account's secret, or the customer's social security number, is among the candidates {"secrets": [{"key", "hash"}], "ssns": [...]}
-- that were entered: `secret`, `ssn` or null. All are compared. A hash under a previous key gives way to the one under the current
-- key, which is the first candidate.
CREATE FUNCTION proffer.match_secret(p jsonb, p_account proffer.accounts, p_customer proffer.customers, p_is_known boolean)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_nothing CONSTANT bytea := decode(repeat('00', 32), 'hex');
  v_secret integer;
  v_ssn integer;
  v_one jsonb;
  v_is_same boolean;
BEGIN
  FOR i IN 0 .. jsonb_array_length(p -> 'secrets') - 1 LOOP
    v_one := p -> 'secrets' -> i;
    v_is_same := proffer.is_same_hash(decode(v_one ->> 'hash', 'hex'), coalesce(p_account.secret_hash, v_nothing));
    IF v_is_same AND v_one ->> 'key' = p_account.secret_key AND p_is_known THEN v_secret := i; END IF;
  END LOOP;
  FOR i IN 0 .. jsonb_array_length(p -> 'ssns') - 1 LOOP
    v_one := p -> 'ssns' -> i;
    v_is_same := proffer.is_same_hash(decode(v_one ->> 'hash', 'hex'), coalesce(p_customer.ssn_hash, v_nothing));
    IF v_is_same AND v_one ->> 'key' = p_customer.ssn_key AND p_is_known THEN v_ssn := i; END IF;
  END LOOP;
  IF v_secret > 0 THEN
    UPDATE proffer.accounts
      SET secret_hash = decode(p #>> '{secrets,0,hash}', 'hex'), secret_key = p #>> '{secrets,0,key}'
      WHERE partner = p_account.partner AND account = p_account.account
        AND secret_key = p_account.secret_key AND secret_hash = p_account.secret_hash;
  END IF;
  IF v_ssn > 0 THEN
    UPDATE proffer.customers
      SET ssn_hash = decode(p #>> '{ssns,0,hash}', 'hex'), ssn_key = p #>> '{ssns,0,key}'
      WHERE partner = p_customer.partner AND customer = p_customer.customer
        AND ssn_key = p_customer.ssn_key AND ssn_hash = p_customer.ssn_hash;
  END IF;
  RETURN CASE WHEN v_secret IS NOT NULL THEN 'secret' WHEN v_ssn IS NOT NULL THEN 'ssn' END;
END
$$;

-- p: {"partner", "account": as entered, "secrets", "ssns": candidates of what was entered as the secret, both empty when nothing was,
--   "caller": opaque key of who asks or null, "tried": opaque key of the account, "callerTries", "accountTries", "windowSeconds",
--   "agent": who asks, when it is no caller, "now": milliseconds since the Unix epoch, default the time of the server}
-- Gives key-value pairs: "match" is
--   person   account and secret are right: customerRef, phones, flags, offerCode and offerUrl of the sales offer, or in "reason" why
--            there is none; and those of the service offer as for an account
--   account  the account is there, the secret is not its own ("reason": wrong-secret, no-secret): serviceOfferCode, serviceOfferUrl and
--            serviceOfferValue when a critical alert is open on it; nothing of the person
--   none     "reason": no-such-account, account-closed; no-accounts: none of the partner is known, so nothing was counted
--   blocked  too many tries ("reason": caller-tries, account-tries), "retryAfterSeconds"; nothing was looked up
CREATE FUNCTION proffer.identify(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_partner CONSTANT text := p ->> 'partner';
  v_number CONSTANT text := p ->> 'account';
  v_now CONSTANT timestamptz := coalesce(to_timestamp((p ->> 'now')::double precision / 1000), now());
  v_window CONSTANT interval := make_interval(secs => (p ->> 'windowSeconds')::double precision);
  v_has_secret CONSTANT boolean := jsonb_array_length(p -> 'secrets') + jsonb_array_length(p -> 'ssns') > 0;
  v_first text;
  v_wait integer;
  v_account proffer.accounts;
  v_customer proffer.customers;
  v_alert proffer.service_alerts;
  v_is_known boolean;
  v_is_open boolean;
  v_by text;
  v_service jsonb := '{}';
  v_offer proffer.offers;
  v_refusal text;
  v_phones jsonb;
BEGIN
  SELECT account INTO v_first FROM proffer.accounts WHERE partner = v_partner ORDER BY account LIMIT 1;
  IF NOT FOUND THEN RETURN '{"match": "none", "reason": "no-accounts"}'; END IF;
  -- Counts that a crash of the server takes back by half a second do not make a call wait for the disk; what an agent does is audited.
  IF p ->> 'agent' IS NULL THEN PERFORM set_config('synchronous_commit', 'off', true); END IF;

  -- The caller first: who is blocked cannot use up the tries of somebody's account.
  IF p ->> 'caller' IS NOT NULL THEN
    v_wait := proffer.count_try('caller', v_partner, p ->> 'caller', (p ->> 'callerTries')::integer, v_window, v_now);
    IF v_wait > 0 THEN
      RETURN jsonb_build_object('match', 'blocked', 'reason', 'caller-tries', 'retryAfterSeconds', v_wait);
    END IF;
  END IF;
  IF v_has_secret THEN
    v_wait := proffer.count_try('account', v_partner, p ->> 'tried', (p ->> 'accountTries')::integer, v_window, v_now);
    IF v_wait > 0 THEN
      RETURN jsonb_build_object('match', 'blocked', 'reason', 'account-tries', 'retryAfterSeconds', v_wait);
    END IF;
  END IF;

  -- The account, or the next one in order, or the first: a row is read in every case.
  SELECT account INTO v_account.account FROM proffer.accounts
    WHERE partner = v_partner AND account >= v_number ORDER BY account LIMIT 1;
  SELECT * INTO v_account FROM proffer.accounts
    WHERE partner = v_partner AND account = coalesce(v_account.account, v_first);
  v_is_known := v_account.account = v_number;
  v_is_open := v_account.closed_on IS NULL OR v_account.closed_on > (v_now AT TIME ZONE 'UTC')::date;
  SELECT * INTO v_customer FROM proffer.customers WHERE partner = v_partner AND customer = v_account.customer;
  SELECT * INTO v_alert FROM proffer.service_alerts
    WHERE partner = v_partner AND account = v_account.account AND closed_at IS NULL AND severity = 'critical'
    ORDER BY opened_at DESC LIMIT 1;
  v_by := proffer.match_secret(p, v_account, v_customer, v_is_known AND v_is_open);

  IF NOT v_is_known THEN RETURN '{"match": "none", "reason": "no-such-account"}'; END IF;
  IF NOT v_is_open THEN RETURN '{"match": "none", "reason": "account-closed"}'; END IF;
  IF v_alert.alert IS NOT NULL THEN
    SELECT jsonb_build_object('serviceOfferCode', o.offer, 'serviceOfferUrl', o.url, 'serviceOfferValue', o.value) INTO v_service
      FROM proffer.offers o WHERE o.partner = v_partner AND o.kind = 'service' AND o.is_current
      ORDER BY (o.offer = v_alert.offer) DESC, o.offer LIMIT 1;
  END IF;
  IF v_by IS NULL THEN
    RETURN jsonb_build_object('match', 'account', 'reason', CASE WHEN v_has_secret THEN 'wrong-secret' ELSE 'no-secret' END)
      || coalesce(v_service, '{}');
  END IF;

  -- Only wrong tries count.
  IF v_has_secret THEN
    PERFORM proffer.uncount_tries('account', v_partner, p ->> 'tried', (p ->> 'accountTries')::integer, v_now);
  END IF;
  IF p ->> 'agent' IS NULL AND p ->> 'caller' IS NOT NULL THEN
    PERFORM proffer.uncount_tries('caller', v_partner, p ->> 'caller', 0, v_now);
  END IF;
  SELECT * INTO v_offer FROM proffer.offers WHERE offer = v_customer.sales_offer;
  v_refusal := proffer.sales_refusal(v_customer, v_offer, v_now);
  SELECT coalesce(jsonb_agg(n.phone), '[]') INTO v_phones FROM (
    SELECT phone FROM proffer.phones WHERE partner = v_partner AND customer = v_customer.customer ORDER BY phone LIMIT 10
  ) AS n;
  RETURN jsonb_build_object(
    'match', 'person', 'reason', coalesce(v_refusal, 'offer'), 'by', v_by, 'customerRef', v_customer.customer, 'phones', v_phones,
    'flags', jsonb_build_object(
      'optOut', v_customer.is_opted_out, 'affiliateOptOut', v_customer.is_affiliate_opted_out,
      'hardship', v_customer.is_hardship, 'fraud', v_customer.is_fraud, 'complaint', v_customer.is_complaint))
    || CASE WHEN v_refusal IS NULL THEN jsonb_build_object('offerCode', v_offer.offer, 'offerUrl', v_offer.url) ELSE '{}' END
    || coalesce(v_service, '{}');
END
$$;

-- The same for an agent, with a line of the audit in the same transaction. p also has "subject", the account masked.
CREATE FUNCTION proffer.identify_for_agent(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_answer CONSTANT jsonb := proffer.identify(p);
BEGIN
  INSERT INTO proffer.audit (actor, action, subject, detail) VALUES (
    p ->> 'agent', 'identify', p ->> 'subject',
    jsonb_build_object('partner', p -> 'partner', 'match', v_answer -> 'match', 'reason', v_answer -> 'reason'));
  RETURN v_answer;
END
$$;
