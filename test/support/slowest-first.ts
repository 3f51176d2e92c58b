// The order in which test files start: a slow one that starts last would be waited for alone.
import { sep } from 'node:path';

/**
 * Files of seven seconds and more beside others and lint, slowest first. The others are quick, and follow in the order of their
 * names. The load of a minute comes when lint has ended and much is left to run beside it.
 */
const slow = [
  'integration/ranking-publish',
  'integration/ranking-records',
  'integration/learned-next-call',
  'integration/records-crash',
  'integration/console-story',
  'integration/sipp-ranking',
  'integration/sipp-store',
  'integration/ivr-failures',
  'integration/strategy-store-failures',
  'integration/live-outage',
  'integration/strategy-store-crash',
  'integration/spool-crash-embedded',
  'integration/ranking-best-offers',
  'integration/start-failures',
  'cli/centres',
  'integration/spool-crash',
  'console/ui/desk',
  'console/ui/settings',
  'integration/live-records-api',
  'integration/sipp-minute',
  'integration/import',
  'config/mutations',
  'integration/settings-edit',
  'integration/sipp-proxy',
  'records/embedded/embedded-server',
  'integration/import-ranked',
  'ranking/plan/properties',
  'integration/contacts',
  'integration/ivr-records',
  'integration/live-feed',
  'integration/board-live',
  'integration/strategy-store-redis',
  'console/ui/calls',
  'integration/records',
  'integration/ivr-menu',
  'console/settings/settings-api',
  'integration/ivr-digits',
  'records/spool/spool-feed',
  'integration/ranking-postgres',
  'integration/sipp-b2bua',
  'console/access/sessions',
  'integration/live-exposures',
  'cli/generations-operations',
  'integration/sipp-refusals',
  'integration/engine-process',
  'integration/control-captures',
  'console/ui/login',
  'console/ui/try-call',
  'console/ui/shell',
  'integration/live-shared',
  'freeswitch/media/fuzz',
  'records/spool/record-lines',
  'config/watched-directory',
  'console/ui/offer-pages',
  'records/import/import-table',
  'integration/standin-fsmrf',
  'records/records',
  'integration/import-embedded',
  'integration/people',
  'ranking/plan/gates',
  'integration/dispositions-side',
  'console/ui/people',
  'records/dispositions/learned-feed',
  'console/ui/reports',
  'integration/live-arbitration',
  'fuzz/dialogs',
  'console/ui/generations',
  'ranking/run/bad-input',
  'records/catalogue',
  'freeswitch/media/link',
  'integration/standin-queue',
  'integration/ivr-move',
  'integration/sipp-redirect',
  'integration/live-person',
  'integration/promises',
  'records/database/migrations',
  'integration/train-cli',
  'integration/strategy-store-swap',
  'integration/router-drain',
  'cli/demo-names',
  'console/ui/board',
  'integration/desk-live',
  'integration/sipp-identity',
  'records/reports/reports',
  'ranking/report/run-report-html',
  'ranking/plan/order',
  'records/history/records-history',
  'integration/trace',
  'integration/records-api',
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
