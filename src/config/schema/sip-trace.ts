// The part sip.trace of config/proffer.yaml: how many of the latest SIP messages are kept in memory for `proffer trace`.
import { Type } from 'typebox';
import { closed } from './primitives.js';

const MiB = 1024 * 1024;

export const SipTraceSchema = Type.Object(
  {
    keepBytes: Type.Integer({
      minimum: 0,
      maximum: 1024 * MiB,
      default: 16 * MiB,
      description: 'bytes of the latest SIP messages that are kept in memory; 0 keeps none',
    }),
    keepBytesPerCall: Type.Integer({
      minimum: 4096,
      maximum: 64 * MiB,
      default: 256 * 1024,
      description:
        'bytes of one Call-ID, at most an eighth of keepBytes; of a call with more, messages from its middle are dropped',
    }),
  },
  {
    ...closed,
    default: {},
    description: 'SIP messages of the embedded engine for proffer trace and the ladders of the console',
  },
);
