-- What agents see at their desks: the numbers of their day, and what they have still to record.

-- An agent as logged in, or as centre/agent; what happened at or after p_since. averageHandlingSeconds is talk alone.
CREATE FUNCTION proffer.desk_today(p_agent text, p_since timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
  v_calls bigint;
  v_seconds double precision;
  v_shown jsonb;
BEGIN
  SELECT count(DISTINCT u.decision_id), coalesce(sum(u.seconds), 0) INTO v_calls, v_seconds
  FROM proffer.usages u
  WHERE u.kind = 'agent' AND u.at >= p_since AND u.agent IN (SELECT n.agent FROM proffer.centre_agents(p_agent) n)
    AND EXISTS (SELECT FROM proffer.centre_agents(p_agent) n
      WHERE n.agent = u.agent AND (n.centre IS NULL OR n.centre = split_part(u.destination, '/', 1)));
  SELECT jsonb_build_object('presented', count(*),
      'accepted', count(*) FILTER (WHERE c.outcome = 'accepted'),
      'declined', count(*) FILTER (WHERE c.outcome = 'declined'),
      'callbacks', count(*) FILTER (WHERE c.outcome = 'callback')) INTO v_shown
  FROM proffer.exposures e
    LEFT JOIN proffer.dispositions d ON d.decision_id = e.decision_id AND d.offer = e.offer AND d.is_current
    LEFT JOIN proffer.disposition_codes c ON c.partner = d.partner AND c.code = d.code
  WHERE e.kind = 'agent' AND e.confirmed_at >= p_since AND e.agent IN (SELECT n.agent FROM proffer.centre_agents(p_agent) n)
    AND EXISTS (SELECT FROM proffer.centre_agents(p_agent) n
      WHERE n.agent = e.agent AND (n.centre IS NULL OR e.centre IS NULL OR n.centre = e.centre));
  RETURN v_shown || jsonb_build_object('since', proffer.epoch_ms(p_since), 'calls', v_calls, 'talkSeconds', v_seconds,
    'averageHandlingSeconds', v_seconds / nullif(v_calls, 0),
    'undispositioned', (SELECT count(*) FROM proffer.open_dispositions(p_agent, NULL)));
END $$;

-- As open_dispositions has them, with what becomes of each by itself.
CREATE FUNCTION proffer.desk_undispositioned(p_agent text) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('decisionId', o.decision_id, 'offer', o.offer, 'offerName', f.name,
      'partner', o.partner, 'presentation', o.presentation, 'queue', o.queue,
      'confirmedAt', proffer.epoch_ms(o.confirmed_at), 'endedAt', proffer.epoch_ms(o.ended_at),
      'autoWrapAt', CASE WHEN c.code IS NOT NULL
        THEN proffer.epoch_ms(o.ended_at + p.auto_wrap_seconds * interval '1 second') END,
      'autoWrapCode', CASE WHEN p.auto_wrap_seconds IS NOT NULL THEN c.code END)
    ORDER BY o.confirmed_at, o.decision_id, o.offer), '[]')
  FROM proffer.open_dispositions(p_agent, NULL) o
    JOIN proffer.offers f ON f.offer = o.offer
    JOIN proffer.partners p ON p.partner = o.partner
    LEFT JOIN proffer.disposition_codes c ON c.partner = p.partner AND c.code = p.auto_wrap_code AND c.is_current;
$$;
