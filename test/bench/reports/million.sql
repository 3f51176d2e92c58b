-- 1,000,000 contacts over a year, with all that follows a call: decisions with a record of the usual size, outcomes, agents' time,
-- exposures and dispositions. The benchmark puts the number in.
INSERT INTO proffer.partners (partner, name) VALUES ('acme', 'Acme'), ('borealis', 'Borealis');
INSERT INTO proffer.products (product, name, family) VALUES ('card', 'Card', 'card');
INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url)
  SELECT 'OFFER-' || i, 'acme', 'card', 'sales', 'Offer ' || i, 100, 'https://offers.example/' FROM generate_series(1, 20) i;
INSERT INTO proffer.disposition_codes (partner, code, name, outcome, counts_as_accepted)
  SELECT partner, code, code, code, code = 'accepted'
  FROM proffer.partners, unnest('{accepted,declined,callback,presented}'::text[]) code;

INSERT INTO proffer.contacts (contact, medium, partner, customer, call_id, caller, trunk, started_at)
  SELECT md5(i::text), 'call', CASE WHEN i % 3 = 0 THEN 'borealis' ELSE 'acme' END, 'C' || (i::bigint * 7919) % 300000,
    md5(i::text) || '@bench', '**********' || i % 100, 'loopback', '2025-11-26'::timestamptz + i * interval '31.5 seconds'
  FROM generate_series(1, $contacts) i;
INSERT INTO proffer.decisions (decision_id, decided_at, partner, customer, generation, arm, offer, presentation, reason, record)
  SELECT c.contact, c.started_at + interval '3 ms', c.partner, c.customer, 1, arm.arm,
    CASE WHEN arm.arm = 'offer' THEN 'OFFER-' || 1 + (hashtext(c.contact) & 15) END, 'agent', 'offer',
    -- As the record of 8 candidates, which does not shrink as repeated text would.
    jsonb_build_object('settingsId', '57a9402b', 'candidates', (
      SELECT jsonb_agg(jsonb_build_object('offerCode', 'OFFER-' || n, 'destination', 'east/sales', 'propensity', random(),
        'offerValue', random() * 200, 'conversion', random(), 'waitSeconds', random(), 'value', random())) FROM generate_series(1, 8) n
    ))
  FROM proffer.contacts c
  CROSS JOIN LATERAL (
    SELECT CASE (hashtext(c.customer) & 1023) % 10 WHEN 0 THEN 'control' WHEN 1 THEN 'none' ELSE 'offer' END AS arm
  ) arm;
INSERT INTO proffer.outcomes (decision_id, at, partner, trunk, result, reason, status, destination, offer, duration_ms)
  SELECT d.decision_id, d.decided_at + interval '300 ms', d.partner, 'loopback', 'success', 'answered', 200, 'east/sales', d.offer, 300
  FROM proffer.decisions d;
INSERT INTO proffer.usages (decision_id, at, kind, destination, agent, seconds)
  SELECT d.decision_id, d.decided_at + interval '5 minutes', 'agent', 'east/sales', 'agent-' || (hashtext(d.decision_id) & 255),
    100 + random() * 300
  FROM proffer.decisions d WHERE hashtext(d.decision_id) % 20 <> 0;
INSERT INTO proffer.exposures (decision_id, offer, presentation, partner, customer, kind, destination, state, result, agent, centre,
    queue, reserved_at, confirmed_at, ended_at)
  SELECT d.decision_id, d.offer, 'agent', d.partner, d.customer, 'agent', 'east/sales',
    CASE WHEN is_shown THEN 'confirmed' ELSE 'released' END, CASE WHEN NOT is_shown THEN 'abandoned' END,
    CASE WHEN is_shown THEN 'agent-' || (hashtext(d.decision_id) & 255) END, CASE WHEN is_shown THEN 'east' END,
    CASE WHEN is_shown THEN 'sales' END, d.decided_at, CASE WHEN is_shown THEN d.decided_at + interval '20 s' END,
    CASE WHEN NOT is_shown THEN d.decided_at + interval '20 s' END
  FROM proffer.decisions d CROSS JOIN LATERAL (SELECT hashtext(d.decision_id) % 20 <> 0 AS is_shown) s WHERE d.offer IS NOT NULL;
INSERT INTO proffer.dispositions (decision_id, offer, revision, is_current, partner, customer, code, source, agent, value, at)
  SELECT e.decision_id, e.offer, 1, true, e.partner, e.customer,
    (ARRAY['accepted', 'declined', 'declined', 'declined', 'declined', 'declined', 'callback', 'presented'])[1 + (hashtext(e.customer) & 7)],
    'agent', e.agent, 100, e.confirmed_at + interval '4 minutes'
  FROM proffer.exposures e WHERE e.state = 'confirmed';
VACUUM ANALYZE;
