// The order in which test files start: a slow one that starts last would be waited for alone.
import { sep } from 'node:path';

/** Files of some time with two cores and nothing beside, slowest first. The others are quick, and follow in the order of their names. */
const slow = [
  'integration/ranking-publish',
  'cli/centres',
  'integration/ivr-failures',
  'config/watched-directory',
  'config/mutations',
  'integration/ranking-records',
  'integration/sipp-store',
  'integration/records-crash',
  'integration/learned-next-call',
  'integration/spool-crash-embedded',
  'integration/sipp-ranking',
  'integration/console-story',
  'integration/board-live',
  'integration/live-outage',
  'integration/ranking-postgres',
  'integration/spool-crash',
  'integration/settings-edit',
  'integration/strategy-store-crash',
  'integration/strategy-store-failures',
  'integration/start-failures',
  'cli/call-owners',
  'cli/generations-operations',
  'fuzz/dialogs',
  'console/access/sessions',
  'integration/contacts',
  'integration/import',
  'integration/import-ranked',
  'integration/ivr-menu',
  'integration/ivr-digits',
  'cli/demo-data',
  'integration/dispositions-side',
  'console/people/people-api',
  'integration/sipp-refusals',
  'integration/import-embedded',
  'integration/sipp-proxy',
  'integration/ivr-records',
  'integration/promises',
  'integration/control-captures',
  'console/access/oidc',
  'integration/trace',
  'integration/desk-live',
  'integration/live-arbitration',
  'integration/standin-fsmrf',
  'integration/baresip',
  'integration/sipp-b2bua',
  'config/problems',
  'cli/demo-names',
  'config/edit/edit-text',
  'calls/ivr/ivr-action',
  'integration/sipp-redirect',
  'integration/standin-queue',
  'integration/engine-process',
];

/** @param files as paths: dist/test/config/mutations.test.js */
export function slowestFirst(files: readonly string[]): string[] {
  const rankOf = (file: string): number => {
    const name = file
      .split(sep)
      .join('/')
      .replace(/^.*?dist\/test\//, '')
      .replace(/\.test\.js$/, '');
    const at = slow.indexOf(name);
    return at === -1 ? slow.length : at;
  };
  return files.toSorted((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b));
}
