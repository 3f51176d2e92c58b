// Disposition codes: each is there once, and who names one names one that is there.
import { ivrOutcomes } from '../schema/partners.js';
import { checkReference, idsOf } from './offers.js';
import type { Cursor } from '../cursor.js';
import type { CrossCheck, Report } from './tree.js';
import { reportRepeated } from './unique.js';

export const dispositionCodesAreThere: CrossCheck = (tree, report) => {
  for (const partner of tree.partners?.list('partners') ?? []) {
    const dispositions = partner.key('dispositions');
    const codes = dispositions.list('codes');
    reportRepeated(
      codes.map((one) => one.key('code')),
      'each code of a partner is there once',
      report,
    );
    const known = idsOf(codes, 'code');
    const ivr = dispositions.key('ivrCodes');
    for (const place of [dispositions.key('autoWrapCode'), ...ivrOutcomes.map((one) => ivr.key(one))]) {
      checkReference(place, known, 'disposition code of this partner', report);
    }
    for (const code of codes) checkCallback(code, report);
  }
};

function checkCallback(code: Cursor, report: Report): void {
  if (code.key('outcome').text === 'callback') return;
  for (const key of ['callbackWindowHours', 'callbackPropensity'] as const) {
    const place = code.key(key);
    if (place.number !== undefined) report(place, 'belongs to a code of outcome callback; leave it out');
  }
}
