// When something was heard: what decides between two words about the same agent or member.

export interface Moment {
  /** Clock.now() */
  readonly now: number;
  /** Events heard by this feed until then: a table that was asked for at 17 says nothing about what event 18 changed. */
  readonly heard: number;
}

export interface EventMoment extends Moment {
  /** Event-Sequence; undefined when the event has none. */
  readonly sequence: number | undefined;
}

/** Whether an event comes after what was applied last; one without a number does. */
export function isAfter(sequence: number | undefined, applied: number): boolean {
  return sequence === undefined || sequence > applied;
}
