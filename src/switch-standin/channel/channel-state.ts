// States of a channel: names and numbers of FreeSWITCH (switch_types.h).

const stateNames = [
  'CS_NEW',
  'CS_INIT',
  'CS_ROUTING',
  'CS_SOFT_EXECUTE',
  'CS_EXECUTE',
  'CS_EXCHANGE_MEDIA',
  'CS_PARK',
  'CS_CONSUME_MEDIA',
  'CS_HIBERNATE',
  'CS_RESET',
  'CS_HANGUP',
  'CS_REPORTING',
  'CS_DESTROY',
] as const;
export type ChannelState = (typeof stateNames)[number];

const callStateNames = [
  'DOWN',
  'DIALING',
  'RINGING',
  'EARLY',
  'ACTIVE',
  'HELD',
  'RING_WAIT',
  'HANGUP',
  'UNHELD',
] as const;
export type CallState = (typeof callStateNames)[number];

export type AnswerState = 'ringing' | 'early' | 'answered' | 'hangup';

export function stateNumber(state: ChannelState): number {
  return stateNames.indexOf(state);
}

export function callStateNumber(state: CallState): number {
  return callStateNames.indexOf(state);
}
