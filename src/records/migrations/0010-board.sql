-- What the supervisor board asks for every few seconds: sums over the calls whose outcome is of a short time.

-- Calls by block of five minutes, partner, offer and arm. value: what the last decision reckoned the offer to be worth where the call went, its cost taken off;
-- accepted_value: of the dispositions that count now. abandoned: the caller left before an answer, or before an agent had the offer's call.
CREATE FUNCTION proffer.board_totals(p_from timestamptz, p_to timestamptz)
RETURNS TABLE (
  block timestamptz, partner text, offer text, arm text, calls bigint, abandoned bigint, fail_open bigint, value double precision,
  accepted_value double precision
) LANGUAGE sql STABLE AS $$
  SELECT to_timestamp(floor(extract(epoch FROM o.at) / 300) * 300), o.partner, o.offer, coalesce(d.arm, 'none'), count(*),
    count(*) FILTER (WHERE o.reason = 'cancelled' OR EXISTS (
      SELECT FROM proffer.exposures e
      WHERE e.decision_id = o.decision_id AND e.state = 'released' AND e.result = 'abandoned')),
    count(*) FILTER (WHERE d.is_fail_open), coalesce(sum(w.value), 0)::float8, coalesce(sum(s.value), 0)::float8
  FROM proffer.outcomes o
  LEFT JOIN LATERAL (
    SELECT n.arm, n.presentation, n.record,
      coalesce(jsonb_typeof(n.record -> 'failOpen') = 'array' AND n.record -> 'failOpen' <> '[]', false) AS is_fail_open
    FROM proffer.decisions n WHERE n.decision_id = o.decision_id ORDER BY n.decided_at DESC LIMIT 1
  ) d ON true
  LEFT JOIN LATERAL (
    SELECT (c.candidate ->> 'value')::float8 AS value
    FROM jsonb_array_elements(
      CASE jsonb_typeof(d.record -> 'candidates') WHEN 'array' THEN d.record -> 'candidates' ELSE '[]' END) AS c (candidate)
    WHERE o.offer IS NOT NULL AND c.candidate ->> 'offerCode' = o.offer AND jsonb_typeof(c.candidate -> 'value') = 'number'
    ORDER BY (c.candidate ->> 'destination' IS NOT DISTINCT FROM o.destination) DESC,
      (c.candidate ->> 'presentation' IS NOT DISTINCT FROM d.presentation) DESC
    LIMIT 1
  ) w ON true
  LEFT JOIN LATERAL (
    SELECT sum(coalesce(p.value, 0)) AS value
    FROM proffer.dispositions p JOIN proffer.disposition_codes k ON k.partner = p.partner AND k.code = p.code
    WHERE p.decision_id = o.decision_id AND p.is_current AND k.counts_as_accepted
  ) s ON true
  WHERE o.at >= p_from AND o.at < p_to
  GROUP BY 1, 2, 3, 4;
$$;
