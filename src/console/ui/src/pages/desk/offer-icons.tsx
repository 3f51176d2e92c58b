// The two icons of a call: each is lit when the call brings an offer of its kind, with its code and its URL.
import { Text, UnstyledButton } from '@mantine/core';
import type { DeskCall } from '../../../../live/desk-state.js';
import { useT } from '../../app/i18n.js';

export interface OfferIconsProps {
  readonly call: DeskCall;
  /** The offer whose page is open. */
  readonly opened: string | undefined;
  readonly onOpen: (offer: string) => void;
}

const kinds = [
  { kind: 'service', key: 'v' },
  { kind: 'sales', key: 's' },
] as const;

export function OfferIcons({ call, opened, onOpen }: OfferIconsProps) {
  return (
    <div className="desk-icons">
      {kinds.map(({ kind, key }) => (
        <OfferIcon key={kind} kind={kind} shortcut={key} offer={call[kind]} opened={opened} onOpen={onOpen} />
      ))}
    </div>
  );
}

interface OfferIconProps extends Omit<OfferIconsProps, 'call'> {
  readonly kind: 'service' | 'sales';
  readonly shortcut: string;
  readonly offer: DeskCall['sales'];
}

function OfferIcon({ kind, shortcut, offer, opened, onOpen }: OfferIconProps) {
  const { t } = useT('desk');
  const isLit = offer !== undefined;
  return (
    <UnstyledButton
      className={`desk-icon desk-icon-${kind}`}
      data-lit={isLit}
      aria-pressed={isLit && opened === offer.offer}
      aria-disabled={!isLit}
      aria-keyshortcuts={shortcut}
      onClick={() => {
        if (isLit) onOpen(offer.offer);
      }}
    >
      {kind === 'sales' ? <SalesMark /> : <ServiceMark />}
      <span className="desk-icon-words">
        <span className="desk-icon-title">
          <Text span fw={650} fz="md">
            {t(`icons.${kind}`)}
          </Text>
          <span className="desk-icon-state">
            {t(isLit ? 'icons.lit' : 'icons.dark')}
            {isLit ? <kbd aria-hidden>{shortcut}</kbd> : null}
          </span>
        </span>
        <Text span fz="sm" lineClamp={2}>
          {isLit ? offer.name : t(`icons.${kind}None`)}
        </Text>
      </span>
    </UnstyledButton>
  );
}

const stroke = {
  width: 40,
  height: 40,
  viewBox: '0 0 24 24',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.6,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

function SalesMark() {
  return (
    <svg {...stroke} aria-hidden>
      <path d="M12.6 3H20a1 1 0 0 1 1 1v7.4a2 2 0 0 1-.6 1.4l-7.6 7.6a2 2 0 0 1-2.8 0L3.6 14a2 2 0 0 1 0-2.8l7.6-7.6a2 2 0 0 1 1.4-.6z" />
      <circle cx="16.5" cy="7.5" r="1.5" />
    </svg>
  );
}

function ServiceMark() {
  return (
    <svg {...stroke} aria-hidden>
      <path
        d="M14.7 6.3a4.5 4.5 0 0 1 5.6 5.9l-2.5-2.5-2.6.7-.7 2.6 2.5 2.5a4.5 4.5 0 0 1-5.9-5.6L3.9 17a2.1 2.1 0 0 0 3 3l7.2-7.1"
        transform="translate(-.4 -1.4) scale(1.05)"
      />
    </svg>
  );
}
