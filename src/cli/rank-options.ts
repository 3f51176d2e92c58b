// The options that every form of `proffer rank` takes.

export interface RankOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly sample?: number;
  readonly customer?: string;
  readonly generation?: number;
  readonly plan?: boolean;
  readonly at?: number;
  readonly threads?: number;
  readonly bestOffers?: boolean;
  readonly withoutRecords?: boolean;
}
