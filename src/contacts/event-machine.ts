// What an event makes of a contact: pure data, state x event. What comes late, twice or out of order changes nothing, but that what is
// heard of an offer stands whatever came before it: a page that was left may still have been accepted on.
import type { ContactEvent, ContactState } from './contact.js';

/** What is written: the exposure is confirmed, ended by what the customer said, or released since nobody saw the offer. */
export type ExposureAction = 'confirm' | 'conclude' | 'release';

export interface Transition {
  readonly to: ContactState;
  readonly action?: ExposureAction;
}

/** Null: nothing changes. `conflict`: something else was said before. */
export type Outcome = Transition | 'conflict' | null;

export const transitions: Readonly<Record<ContactState, Readonly<Record<ContactEvent, Outcome>>>> = {
  open: {
    presented: { to: 'presented', action: 'confirm' },
    accepted: { to: 'accepted', action: 'conclude' },
    declined: { to: 'declined', action: 'conclude' },
    left: { to: 'left', action: 'release' },
  },
  presented: {
    presented: null,
    accepted: { to: 'accepted', action: 'conclude' },
    declined: { to: 'declined', action: 'conclude' },
    left: { to: 'left' },
  },
  left: {
    // It was seen after all; that the customer left stands.
    presented: { to: 'left', action: 'confirm' },
    accepted: { to: 'accepted', action: 'conclude' },
    declined: { to: 'declined', action: 'conclude' },
    left: null,
  },
  accepted: { presented: null, accepted: null, declined: 'conflict', left: null },
  declined: { presented: null, accepted: 'conflict', declined: null, left: null },
};
