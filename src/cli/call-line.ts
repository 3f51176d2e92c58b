// The one line a call that `proffer start` prints.
import pc from 'picocolors';
import type { CallSummary } from '../calls/index.js';
import { mask } from '../kernel/index.js';

/** Reasons of decisions that were for an offer. */
const offerReasons = new Set(['offer', 'mandatory', 'service-alert']);

/** `10:21:07  ********01 > +18005550100  acme  ACME-PLATINUM  east/acme-sales  200 answered  1.2 ms` */
export function callLine(summary: CallSummary, wallNow: number, personalData: boolean): string {
  const { caller, dialled, partner, destination, status } = summary;
  const isNumber = caller.startsWith('+');
  const columns = [
    pc.dim(new Date(wallNow).toTimeString().slice(0, 8)),
    `${(isNumber && !personalData ? mask(caller) : caller).padStart(13)} > ${dialled ?? 'unknown number'}`,
    (partner ?? '-').padEnd(9),
    offerText(summary),
    (destination ?? '-').padEnd(20),
    outcome(summary, status),
    pc.dim(`decided in ${summary.decisionMs.toFixed(1)} ms`),
  ];
  const failOpen =
    summary.failOpen.length > 0 ? `  ${pc.yellow(`fail-open: ${summary.failOpen.join(', ')}`)}` : '';
  return columns.join('  ') + failOpen;
}

/** The offer of the destination, else what an IVR presented on the way there and how that ended. */
function offerText(summary: CallSummary): string {
  const { offer, presented } = summary;
  if (offer !== undefined) return pc.green(offer.padEnd(24));
  return presented === undefined ? pc.dim(whyNone(summary).padEnd(24)) : pc.green(presented.padEnd(24));
}

/** An offer may have been decided, and nobody who could present it answered. */
function whyNone({ reason, termination }: CallSummary): string {
  if (termination.result !== 'success') return 'not connected';
  return offerReasons.has(reason ?? '')
    ? 'offer not presented'
    : `no offer (${reason ?? termination.reason})`;
}

function outcome({ termination }: CallSummary, status: number | undefined): string {
  const text = `${status === undefined ? '' : `${status} `}${termination.reason}`.padEnd(16);
  switch (termination.result) {
    case 'success':
      return text;
    case 'client-error':
    case 'indeterminate':
      return pc.yellow(text);
    case 'server-error':
    case 'upstream-error':
      return pc.red(text);
  }
}
