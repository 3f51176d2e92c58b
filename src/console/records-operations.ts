// Port: what the API does with the records database: dispositions and service alerts. src/cli wires it. Every operation may reject with
// an error whose code is RECORDS_UNAVAILABLE; then doing the same again tells what became of it. Times are milliseconds since the Unix
// epoch.

export interface DispositionInput {
  readonly decisionId: string;
  readonly offer: string;
  readonly code: string;
  readonly note?: string | undefined;
  readonly callbackAt?: number | undefined;
  readonly agent?: string | undefined;
  /** Of the agent who is logged in, as centre/agent. */
  readonly centreAgents?: readonly string[];
}

export interface DispositionView {
  readonly decisionId: string;
  readonly offer: string;
  readonly revision: number;
  readonly code: string;
  readonly outcome: string;
  readonly note?: string;
  readonly callbackAt?: number;
  readonly source: string;
  readonly agent?: string;
  readonly value?: number;
  readonly at: number;
  readonly recordedAt: number;
}

export type DispositionResult =
  | {
      readonly kind: 'recorded' | 'corrected' | 'unchanged' | 'already-recorded';
      readonly disposition: DispositionView;
    }
  | { readonly kind: 'unknown-code'; readonly codes: readonly string[] }
  | {
      readonly kind:
        | 'unknown-call'
        | 'unknown-offer'
        | 'not-presented'
        | 'not-your-call'
        | 'retired-code'
        | 'note-required'
        | 'note-too-long'
        | 'callback-time-required'
        | 'callback-time-past'
        | 'callback-time-too-far'
        | 'callback-time-unwanted';
    };

export interface DispositionCodeView {
  readonly code: string;
  readonly name: string;
  readonly outcome: string;
  readonly requiresNote: boolean;
  readonly coolOffDays: number | null;
  readonly countsAsAccepted: boolean;
}

export interface OpenDispositionView {
  readonly decisionId: string;
  readonly offer: string;
  readonly presentation: string;
  readonly partner: string;
  readonly centre: string | null;
  readonly queue: string | null;
  readonly agent: string | null;
  readonly confirmedAt: number;
  readonly endedAt: number | null;
}

export interface AlertInput {
  readonly partner: string;
  readonly alert: string;
  readonly account: string;
  readonly offer?: string | undefined;
  readonly severity?: 'critical' | 'major' | 'minor' | undefined;
  readonly detail?: string | undefined;
  readonly openedAt?: number | undefined;
}

export interface AlertView {
  readonly partner: string;
  readonly alert: string;
  readonly account: string;
  readonly offer?: string;
  readonly severity: string;
  readonly detail?: string;
  readonly openedAt: number;
  readonly closedAt?: number;
}

export type AlertResult =
  | {
      readonly kind: 'opened' | 'changed' | 'unchanged' | 'closed' | 'closed-before-opened';
      readonly alert: AlertView;
    }
  | {
      readonly kind:
        | 'unknown-partner'
        | 'unknown-account'
        | 'unknown-offer'
        | 'not-a-service-offer'
        | 'other-account'
        | 'unknown-alert';
    };

export interface RecordsOperations {
  recordDisposition(given: DispositionInput, isCorrection: boolean): Promise<DispositionResult>;
  /** The newest revision of each offer first; undefined where no such call is known. */
  dispositionsOf(decisionId: string): Promise<readonly DispositionView[] | undefined>;
  openDispositions(of: {
    readonly agent?: string | undefined;
    readonly partner?: string | undefined;
  }): Promise<readonly OpenDispositionView[]>;
  /** Undefined where there is no such partner. */
  dispositionCodes(partner: string): Promise<readonly DispositionCodeView[] | undefined>;
  openAlert(given: AlertInput): Promise<AlertResult>;
  closeAlert(partner: string, alert: string, closedAt: number | undefined): Promise<AlertResult>;
  alerts(of: {
    readonly partner: string;
    readonly account?: string | undefined;
    readonly isOpen?: boolean | undefined;
  }): Promise<readonly AlertView[]>;
}
