// One timer: started by a clock, cancelled by its owner.
export interface Timer {
  readonly name: string;
  /** Does nothing once it has fired or was cancelled. */
  cancel(): void;
}
