-- Tables of the records database. Keys, foreign keys, checks and indexes guard them; the functions of later migrations write them.
-- Times are timestamptz. Money is numeric. Secrets are HMAC-SHA256 values with the id of their key, never the secrets themselves.

CREATE SCHEMA IF NOT EXISTS proffer;

-- What the settings hold. is_current: in the settings that a router runs on; rows never go, since history refers to them.
CREATE TABLE proffer.partners (
  partner text PRIMARY KEY CHECK (partner ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
  name text NOT NULL CHECK (name <> ''),
  -- Seconds after the end of the talk after which an exposure without a disposition gets auto_wrap_code; null: never.
  auto_wrap_seconds integer CHECK (auto_wrap_seconds >= 0),
  auto_wrap_code text,
  is_disposition_required boolean NOT NULL DEFAULT false,
  is_current boolean NOT NULL DEFAULT true
);

CREATE TABLE proffer.products (
  product text PRIMARY KEY CHECK (product ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
  name text NOT NULL CHECK (name <> ''),
  -- Products of one family are alike: who holds one is not offered another.
  family text NOT NULL,
  is_current boolean NOT NULL DEFAULT true
);

CREATE TABLE proffer.offers (
  offer text PRIMARY KEY CHECK (offer ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
  partner text NOT NULL REFERENCES proffer.partners,
  product text NOT NULL REFERENCES proffer.products,
  kind text NOT NULL CHECK (kind IN ('sales', 'service')),
  name text NOT NULL CHECK (name <> ''),
  value numeric(14, 4) NOT NULL CHECK (value >= 0),
  url text NOT NULL,
  is_current boolean NOT NULL DEFAULT true
);
CREATE INDEX offers_by_partner ON proffer.offers (partner);
CREATE INDEX offers_by_product ON proffer.offers (product);

CREATE TABLE proffer.disposition_codes (
  partner text NOT NULL REFERENCES proffer.partners,
  code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9-]{0,31}$'),
  name text NOT NULL CHECK (name <> ''),
  -- What the code says of the offer.
  outcome text NOT NULL CHECK (outcome IN ('accepted', 'declined', 'callback', 'no-answer', 'presented', 'not-presented')),
  requires_note boolean NOT NULL DEFAULT false,
  -- Days for which the offer is not made again; null: it may be made at the next call.
  cool_off_days numeric(7, 2) CHECK (cool_off_days BETWEEN 0 AND 3650),
  counts_as_accepted boolean NOT NULL DEFAULT false,
  -- For outcome callback: how long after the time that was asked for the offer goes first, and how likely it is then.
  callback_window_hours numeric(7, 2) NOT NULL DEFAULT 4 CHECK (callback_window_hours > 0),
  callback_propensity double precision NOT NULL DEFAULT 0.5 CHECK (callback_propensity BETWEEN 0 AND 1),
  is_current boolean NOT NULL DEFAULT true,
  PRIMARY KEY (partner, code)
);

-- Imported. attributes: further columns of the import, for ranking by a query.
CREATE TABLE proffer.customers (
  partner text NOT NULL REFERENCES proffer.partners,
  customer text NOT NULL CHECK (octet_length(customer) BETWEEN 1 AND 64),
  name text,
  language text,
  ssn_hash bytea CHECK (octet_length(ssn_hash) = 32),
  ssn_key text,
  is_opted_out boolean NOT NULL DEFAULT false,
  is_affiliate_opted_out boolean NOT NULL DEFAULT false,
  is_hardship boolean NOT NULL DEFAULT false,
  is_fraud boolean NOT NULL DEFAULT false,
  is_complaint boolean NOT NULL DEFAULT false,
  -- The best sales offer of the last ranking, for identification by digits; the decision of a call stands above it.
  sales_offer text REFERENCES proffer.offers,
  attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
  imported_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (partner, customer),
  CHECK ((ssn_hash IS NULL) = (ssn_key IS NULL))
);

CREATE TABLE proffer.accounts (
  partner text NOT NULL,
  account text NOT NULL CHECK (account ~ '^[0-9]{1,32}$'),
  customer text NOT NULL,
  product text REFERENCES proffer.products,
  secret_hash bytea CHECK (octet_length(secret_hash) = 32),
  secret_key text,
  opened_on date,
  closed_on date,
  attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
  imported_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (partner, account),
  FOREIGN KEY (partner, customer) REFERENCES proffer.customers ON DELETE CASCADE,
  CHECK ((secret_hash IS NULL) = (secret_key IS NULL))
);
CREATE INDEX accounts_by_customer ON proffer.accounts (partner, customer);

CREATE TABLE proffer.phones (
  partner text NOT NULL,
  -- E.164
  phone text NOT NULL CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  customer text NOT NULL,
  imported_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (partner, phone, customer),
  FOREIGN KEY (partner, customer) REFERENCES proffer.customers ON DELETE CASCADE
);
CREATE INDEX phones_by_customer ON proffer.phones (partner, customer);

-- A fault that hits an account; open while closed_at is null. offer: the service offer that answers it; null: any of the partner.
CREATE TABLE proffer.service_alerts (
  partner text NOT NULL,
  alert text NOT NULL CHECK (octet_length(alert) BETWEEN 1 AND 64),
  account text NOT NULL,
  offer text REFERENCES proffer.offers,
  severity text NOT NULL DEFAULT 'critical' CHECK (severity IN ('critical', 'major', 'minor')),
  detail text CHECK (length(detail) <= 2000),
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (partner, alert),
  FOREIGN KEY (partner, account) REFERENCES proffer.accounts ON DELETE CASCADE,
  CHECK (closed_at >= opened_at)
);
CREATE INDEX service_alerts_by_account ON proffer.service_alerts (partner, account);
CREATE INDEX service_alerts_open ON proffer.service_alerts (partner, account) WHERE closed_at IS NULL;

-- People who log in. password_hash: scrypt or argon2 with its parameters; null: nobody logs in by a password.
CREATE TABLE proffer.agents (
  agent text PRIMARY KEY CHECK (octet_length(agent) BETWEEN 1 AND 64),
  name text NOT NULL CHECK (name <> ''),
  role text NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin', 'analyst')),
  -- Agents of mod_callcenter that this person is, as centre/agent.
  centre_agents text[] NOT NULL DEFAULT '{}',
  -- Partners that the person may see; empty: all.
  partners text[] NOT NULL DEFAULT '{}',
  password_hash text,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A call or a web contact. caller: masked unless log.personalData is on. customer: the last that a decision named.
CREATE TABLE proffer.contacts (
  contact text PRIMARY KEY CHECK (octet_length(contact) BETWEEN 1 AND 128),
  medium text NOT NULL CHECK (medium IN ('call', 'web', 'chat', 'text')),
  partner text REFERENCES proffer.partners,
  customer text,
  -- SIP Call-ID of the caller's leg.
  call_id text,
  trunk text,
  source text,
  caller text,
  dialled text,
  started_at timestamptz NOT NULL
);
CREATE INDEX contacts_by_time ON proffer.contacts (started_at);
CREATE INDEX contacts_by_call_id ON proffer.contacts (call_id);
CREATE INDEX contacts_by_customer ON proffer.contacts (partner, customer, started_at) WHERE customer IS NOT NULL;

-- A call has one decision, and one more each time its caller is identified by digits: all have the decision id of the call, which is
-- its contact, and are told apart by their time. record: all that replays it.
CREATE TABLE proffer.decisions (
  decision_id text NOT NULL REFERENCES proffer.contacts ON DELETE CASCADE,
  decided_at timestamptz NOT NULL,
  partner text NOT NULL,
  customer text,
  generation bigint,
  arm text NOT NULL CHECK (arm IN ('offer', 'control', 'none')),
  offer text,
  presentation text,
  reason text NOT NULL,
  decision_ms double precision,
  record jsonb NOT NULL,
  PRIMARY KEY (decision_id, decided_at)
);
CREATE INDEX decisions_by_time ON proffer.decisions (decided_at);

CREATE TABLE proffer.attempts (
  decision_id text NOT NULL REFERENCES proffer.contacts ON DELETE CASCADE,
  attempt integer NOT NULL CHECK (attempt >= 0),
  at timestamptz NOT NULL,
  destination text NOT NULL,
  uri text NOT NULL,
  offer text,
  -- Final SIP status; null when none came.
  status integer CHECK (status BETWEEN 100 AND 699),
  reason text NOT NULL,
  PRIMARY KEY (decision_id, attempt)
);

CREATE TABLE proffer.outcomes (
  decision_id text PRIMARY KEY REFERENCES proffer.contacts ON DELETE CASCADE,
  at timestamptz NOT NULL,
  partner text,
  trunk text NOT NULL,
  result text NOT NULL CHECK (result IN ('success', 'client-error', 'server-error', 'upstream-error', 'indeterminate')),
  reason text NOT NULL,
  status integer CHECK (status BETWEEN 100 AND 699),
  destination text,
  offer text,
  -- INVITE to the answer, in milliseconds.
  duration_ms double precision NOT NULL
);
CREATE INDEX outcomes_by_time ON proffer.outcomes (at);

-- Time of agents and IVR ports that calls took.
CREATE TABLE proffer.usages (
  decision_id text NOT NULL REFERENCES proffer.contacts ON DELETE CASCADE,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('agent', 'ivr')),
  destination text NOT NULL,
  agent text,
  seconds double precision NOT NULL CHECK (seconds >= 0),
  UNIQUE NULLS NOT DISTINCT (decision_id, at, kind, destination, agent)
);

-- One showing of one offer by one presentation. Its state only goes forward: reserved, confirmed, then concluded; or released.
CREATE TABLE proffer.exposures (
  decision_id text NOT NULL REFERENCES proffer.contacts ON DELETE CASCADE,
  offer text NOT NULL REFERENCES proffer.offers,
  presentation text NOT NULL,
  partner text NOT NULL REFERENCES proffer.partners,
  customer text,
  kind text NOT NULL CHECK (kind IN ('agent', 'ivr', 'web')),
  destination text NOT NULL,
  state text NOT NULL CHECK (state IN ('reserved', 'confirmed', 'concluded', 'released')),
  -- As the decision log has it; null before the end.
  result text,
  -- Who had the call, as mod_callcenter names the agent; null before the answer, and for an IVR.
  agent text,
  centre text,
  queue text,
  reserved_at timestamptz,
  confirmed_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (decision_id, offer, presentation),
  CHECK (state <> 'confirmed' OR confirmed_at IS NOT NULL),
  CHECK (state <> 'concluded' OR (confirmed_at IS NOT NULL AND ended_at IS NOT NULL)),
  CHECK (state <> 'released' OR ended_at IS NOT NULL)
);
CREATE INDEX exposures_by_customer ON proffer.exposures (partner, customer) WHERE customer IS NOT NULL;
CREATE INDEX exposures_by_time ON proffer.exposures (partner, confirmed_at) WHERE confirmed_at IS NOT NULL;
CREATE INDEX exposures_by_agent ON proffer.exposures (agent, confirmed_at) WHERE agent IS NOT NULL;

-- What became of an offer on a call. A correction is a new row; the newest revision counts, the earlier ones are its history.
CREATE TABLE proffer.dispositions (
  decision_id text NOT NULL REFERENCES proffer.contacts ON DELETE CASCADE,
  offer text NOT NULL REFERENCES proffer.offers,
  revision integer NOT NULL CHECK (revision >= 1),
  is_current boolean NOT NULL,
  partner text NOT NULL,
  customer text,
  code text NOT NULL,
  note text CHECK (length(note) <= 4000),
  -- For a callback: when the customer asked to be called.
  callback_at timestamptz,
  -- agent: a person; ivr: the caller by keys; auto: nobody, after auto_wrap_seconds.
  source text NOT NULL CHECK (source IN ('agent', 'ivr', 'web', 'auto')),
  agent text,
  -- Value of the sale when it counts as accepted: what the decision reckoned with, else the offer's.
  value numeric(14, 4),
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (decision_id, offer, revision),
  FOREIGN KEY (partner, code) REFERENCES proffer.disposition_codes,
  CHECK (source <> 'agent' OR agent IS NOT NULL)
);
CREATE UNIQUE INDEX dispositions_current ON proffer.dispositions (decision_id, offer) WHERE is_current;
CREATE INDEX dispositions_by_customer ON proffer.dispositions (partner, customer) WHERE is_current AND customer IS NOT NULL;
CREATE INDEX dispositions_by_time ON proffer.dispositions (partner, at) WHERE is_current;

-- Past exposures from elsewhere (`proffer import offers-history`), as ranking and training read them.
CREATE TABLE proffer.offers_history (
  partner text NOT NULL REFERENCES proffer.partners,
  customer text NOT NULL,
  offer text NOT NULL,
  at timestamptz NOT NULL,
  -- accepted, declined, ...; free text of the source.
  disposition text,
  imported_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (partner, customer, offer, at)
);

-- What was learned of each customer since the ranking, whole: offers/learned.ts. Routers read what is above the last revision they saw.
-- A writer takes proffer.learned_lock() before it takes a revision, so that revisions become visible in order.
CREATE SEQUENCE proffer.learned_revision;
-- Begins at the time of its making: the revisions of a new database are above those of one that it replaces.
SELECT setval('proffer.learned_revision', (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
CREATE TABLE proffer.learned (
  partner text NOT NULL REFERENCES proffer.partners,
  customer text NOT NULL,
  revision bigint NOT NULL UNIQUE,
  -- {"offers": [...], "alerts": [...] or absent}; times are milliseconds since the Unix epoch.
  state jsonb NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (partner, customer)
);

CREATE FUNCTION proffer.learned_lock() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(7241593001);
$$;

-- Wrong tries to identify, by caller and by account, in windows; bounds brute force over all routers and restarts.
CREATE TABLE proffer.identification_tries (
  -- caller or account
  kind text NOT NULL CHECK (kind IN ('caller', 'account')),
  partner text NOT NULL,
  key text NOT NULL,
  window_start timestamptz NOT NULL,
  tries integer NOT NULL CHECK (tries >= 0),
  PRIMARY KEY (kind, partner, key)
);
CREATE INDEX identification_tries_by_time ON proffer.identification_tries (window_start);

-- How far the spool of each router has been taken over; moved in the transaction that takes its lines.
CREATE TABLE proffer.spools (
  spool text PRIMARY KEY,
  file bigint NOT NULL CHECK (file >= 0),
  byte_offset bigint NOT NULL CHECK (byte_offset >= 0),
  lines bigint NOT NULL DEFAULT 0,
  moved_at timestamptz NOT NULL DEFAULT now()
);

-- Lines that no table took, with the reason: nothing is thrown away without a trace.
CREATE TABLE proffer.refused_lines (
  spool text NOT NULL,
  file bigint NOT NULL,
  byte_offset bigint NOT NULL,
  reason text NOT NULL,
  line text NOT NULL,
  refused_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (spool, file, byte_offset)
);

-- Who did what: imports, corrections, erasures, settings. subject and detail hold references and codes, nothing personal.
CREATE TABLE proffer.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  subject text,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_by_time ON proffer.audit (at);
