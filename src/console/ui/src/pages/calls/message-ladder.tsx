// The SIP messages of a call between those who sent them. Each is a button that opens its text.
import { useId, useState } from 'react';
import type { CSSProperties } from 'react';
import { Text, VisuallyHidden } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { TraceMessage, TraceParticipant, TraceView } from '../../../../trace/trace-view.js';
import { useT } from '../../app/i18n.js';
import { useOffset } from './offset.js';

export function MessageLadder({ trace }: { readonly trace: TraceView }) {
  const { t } = useT('call');
  const { participants, messages, isMasked, dropped } = trace;
  return (
    <>
      <Text fz="sm" c="dimmed" mb="xs">
        {t('sip.about')}
        {isMasked ? ` ${t('sip.masked')}` : ''}
        {dropped > 0 ? ` ${t('sip.dropped', { dropped })}` : ''}
      </Text>
      <div className="scroller">
        <div className="sip" style={{ '--lanes': participants.length } as CSSProperties}>
          <ul className="sip-lanes" aria-label={t('sip.participants')}>
            {participants.map((one) => (
              <li key={one.address}>
                <span>{nameOf(one, t)}</span>
                <small>{one.address}</small>
              </li>
            ))}
          </ul>
          <ol className="sip-messages">
            {messages.map((message) => (
              <Message key={message.number} message={message} participants={participants} />
            ))}
          </ol>
        </div>
      </div>
    </>
  );
}

interface MessageProps {
  readonly message: TraceMessage;
  readonly participants: readonly TraceParticipant[];
}

function Message({ message, participants }: MessageProps) {
  const { t } = useT('call');
  const offset = useOffset();
  const [isOpen, setOpen] = useState(false);
  const textId = useId();
  const { atMs, from, to, label, hasSdp, isRetransmission, text } = message;
  const name = (lane: number): string => {
    const one = participants[lane];
    return one === undefined ? '' : nameOf(one, t);
  };
  const marks = [...(hasSdp ? ['SDP'] : []), ...(isRetransmission ? [t('sip.again')] : [])].join(', ');
  const words = marks === '' ? label : `${label} (${marks})`;
  const said = t('ladder.row', { time: offset(atMs), from: name(from), to: name(to), text: words });
  const lanes = Math.max(1, participants.length);
  const place = {
    left: `${((Math.min(from, to) + 0.5) / lanes) * 100}%`,
    width: `${(Math.abs(to - from) / lanes) * 100}%`,
  };
  return (
    <li data-tone={toneOf(message)} data-again={isRetransmission}>
      <button type="button" aria-expanded={isOpen} aria-controls={textId} onClick={() => setOpen(!isOpen)}>
        <VisuallyHidden>{said}</VisuallyHidden>
        <span className="sip-time" aria-hidden>
          {offset(atMs)}
        </span>
        <span className="sip-way" aria-hidden>
          {participants.map(({ address }, lane) => (
            <span key={address} className="sip-line" style={{ left: `${((lane + 0.5) / lanes) * 100}%` }} />
          ))}
          <span className="sip-arrow" data-way={to > from ? 'right' : 'left'} style={place}>
            <span className="sip-label">{words}</span>
          </span>
        </span>
      </button>
      <div id={textId} hidden={!isOpen}>
        {isOpen ? <pre className="sip-text">{text.trimEnd()}</pre> : null}
      </div>
    </li>
  );
}

function nameOf({ name, kind }: TraceParticipant, t: TFunction): string {
  return kind === 'router' ? 'Proffer' : (name ?? t('sip.unnamed'));
}

function toneOf({ kind, status }: TraceMessage): 'info' | 'good' | 'bad' {
  if (kind === 'malformed') return 'bad';
  if (status === null || status < 200) return 'info';
  return status < 400 ? 'good' : 'bad';
}
