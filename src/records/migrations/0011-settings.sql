-- Edits of settings files that people made over the API: who, when, why, and both texts, so that each can be taken back.

CREATE TABLE proffer.settings_edits (
  edit bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  -- settings-edit, settings-undo, settings-switch
  action text NOT NULL,
  file text NOT NULL,
  -- What was switched, such as kill-offer:ACME-TRAVEL.
  subject text,
  comment text NOT NULL,
  diff text NOT NULL,
  before_version text NOT NULL,
  after_version text NOT NULL,
  -- Null once they have been given up for space.
  before_text text,
  after_text text,
  undo_of bigint REFERENCES proffer.settings_edits (edit) ON DELETE SET NULL,
  -- begun: the router did not live to say what became of it.
  state text NOT NULL DEFAULT 'begun' CHECK (state IN ('begun', 'written', 'failed'))
);
CREATE INDEX settings_edits_by_file ON proffer.settings_edits (file, edit);
CREATE INDEX settings_edits_undone ON proffer.settings_edits (undo_of) WHERE undo_of IS NOT NULL;
CREATE INDEX settings_edits_by_subject ON proffer.settings_edits (subject, edit) WHERE subject IS NOT NULL;

-- Before the file is written, with its line of the audit, so that no change goes without one. Texts beyond 1 MB are not kept, nor those
-- of edits before the last 300; rows before the last 3,000 go.
CREATE FUNCTION proffer.begin_settings_edit(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  made bigint;
  kept boolean := octet_length(p ->> 'beforeText') <= 1000000 AND octet_length(p ->> 'afterText') <= 1000000;
BEGIN
  INSERT INTO proffer.settings_edits
    (actor, action, file, subject, comment, diff, before_version, after_version, before_text, after_text, undo_of)
  VALUES (p ->> 'actor', p ->> 'action', p ->> 'file', p ->> 'subject', p ->> 'comment', left(p ->> 'diff', 200000),
    p ->> 'beforeVersion', p ->> 'afterVersion', CASE WHEN kept THEN p ->> 'beforeText' END,
    CASE WHEN kept THEN p ->> 'afterText' END, (p ->> 'undoOf')::bigint)
  RETURNING edit INTO made;
  INSERT INTO proffer.audit (actor, action, subject, detail) VALUES (
    p ->> 'actor', p ->> 'action', coalesce(p ->> 'subject', p ->> 'file'),
    jsonb_strip_nulls(jsonb_build_object('edit', made, 'file', p ->> 'file', 'comment', p ->> 'comment',
      'diff', left(p ->> 'diff', 20000), 'undoOf', p -> 'undoOf')));
  UPDATE proffer.settings_edits SET before_text = NULL, after_text = NULL
    WHERE edit <= made - 300 AND (before_text IS NOT NULL OR after_text IS NOT NULL);
  DELETE FROM proffer.settings_edits WHERE edit <= made - 3000;
  RETURN made;
END $$;

-- What became of it; a failure has a line of the audit of its own.
CREATE FUNCTION proffer.end_settings_edit(which bigint, became text, reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE proffer.settings_edits SET state = became WHERE edit = which;
  IF became = 'failed' THEN
    INSERT INTO proffer.audit (actor, action, subject, detail)
    SELECT actor, 'settings-edit-failed', coalesce(subject, file), jsonb_build_object('edit', edit, 'reason', reason)
    FROM proffer.settings_edits WHERE edit = which;
  END IF;
END $$;

-- Newest first, without the texts.
CREATE FUNCTION proffer.settings_history(of_file text, of_subject text, before_edit bigint, most integer)
RETURNS SETOF jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('edit', e.edit, 'at', e.at, 'actor', e.actor, 'action', e.action, 'file', e.file, 'subject', e.subject,
    'comment', e.comment, 'diff', e.diff, 'beforeVersion', e.before_version, 'afterVersion', e.after_version, 'undoOf', e.undo_of,
    'state', e.state, 'canUndo', e.state <> 'failed' AND e.before_text IS NOT NULL AND e.after_text IS NOT NULL,
    'undoneBy', (SELECT max(u.edit) FROM proffer.settings_edits u WHERE u.undo_of = e.edit AND u.state <> 'failed'))
  FROM proffer.settings_edits e
  WHERE (of_file IS NULL OR e.file = of_file) AND (of_subject IS NULL OR e.subject = of_subject)
    AND (before_edit IS NULL OR e.edit < before_edit)
  ORDER BY e.edit DESC LIMIT most;
$$;
