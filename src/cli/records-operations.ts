// What the API under /v1 does with the records database of a running router.
import type { RecordsOperations } from '../console/index.js';
import type { Dispositions, ServiceAlerts } from '../records/index.js';

export interface RecordsOperationsParts {
  readonly dispositions: Dispositions;
  readonly alerts: ServiceAlerts;
}

export function recordsOperations({ dispositions, alerts }: RecordsOperationsParts): RecordsOperations {
  return {
    recordDisposition: (given, isCorrection) => dispositions.record(given, { isCorrection }),
    dispositionsOf: (decisionId) => dispositions.ofDecision(decisionId),
    openDispositions: (of) => dispositions.open(of),
    dispositionCodes: (partner) => dispositions.codes(partner),
    openAlert: (given) => alerts.open(given),
    closeAlert: (partner, alert, closedAt) => alerts.close(partner, alert, closedAt),
    alerts: (of) => alerts.list(of),
  };
}
