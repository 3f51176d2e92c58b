import { systemClock } from '../../../src/kernel/index.js';
import { SettingsEdits } from '../../../src/records/settings/settings-edits.js';
import { onEachDatabase } from '../../support/records-stage.js';

const edit = {
  actor: 'ada',
  action: 'settings-edit',
  file: 'offers.yaml',
  comment: 'for the sale',
  diff: '-a\n+b\n',
  beforeVersion: 'v1',
  afterVersion: 'v2',
  beforeText: 'a\n',
  afterText: 'b\n',
} as const;

onEachDatabase(
  'edits are kept with an audit line each, and the texts of big ones are not',
  async (t, { database }) => {
    const edits = new SettingsEdits(database, systemClock);
    const first = await edits.begin(edit);
    await edits.end(first, 'written');
    const undo = await edits.begin({
      ...edit,
      action: 'settings-undo',
      beforeVersion: 'v2',
      afterVersion: 'v1',
      undoOf: first,
    });
    await edits.end(undo, 'failed', 'the disk is full');
    t.match(await edits.list({ limit: 10 }), [
      { edit: undo, state: 'failed', undoOf: first, canUndo: false },
      { edit: first, state: 'written', actor: 'ada', undoneBy: null, canUndo: true, comment: 'for the sale' },
    ]);
    await edits.end(undo, 'written');
    t.match(await edits.list({ before: undo, limit: 10 }), [{ edit: first, undoneBy: undo }]);
    t.match(await edits.find(first), { before: 'a\n', after: 'b\n' });
    t.equal(await edits.find(99), undefined);
    t.equal(await edits.textOf('offers.yaml', 'v2'), 'a\n', 'as the last edit of that version has it');
    t.equal(await edits.textOf('centres.yaml', 'v2'), undefined);
    const big = await edits.begin({ ...edit, subject: 'kill-all', afterText: 'x'.repeat(1_000_001) });
    t.match(await edits.list({ subject: 'kill-all', limit: 1 }), [
      { edit: big, canUndo: false, state: 'begun' },
    ]);
    const audit = await database.query(
      'SELECT actor, action, subject, detail FROM proffer.audit ORDER BY id',
    );
    t.match(audit, [
      {
        actor: 'ada',
        action: 'settings-edit',
        subject: 'offers.yaml',
        detail: { edit: 1, diff: '-a\n+b\n' },
      },
      { action: 'settings-undo', detail: { undoOf: 1 } },
      { action: 'settings-edit-failed', detail: { reason: 'the disk is full' } },
      { subject: 'kill-all' },
    ]);
  },
);
