// All there is of one call: its card with the two icons, the page of an offer, dispositions, what else, where else.
import { Paper, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import type { DeskCall } from '../../../../live/desk-state.js';
import { useT } from '../../app/i18n.js';
import { useShortcuts } from '../../app/shortcuts.js';
import { CallCard } from './call-card.js';
import { Pairs, PresentedBefore } from './call-details.js';
import { offersOf } from './call-offers.js';
import type { CallOffer } from './call-offers.js';
import { newest, useOffers, useStored } from './desk-data.js';
import { Dispositions } from './dispositions.js';
import type { Drafts } from './drafts.js';
import { OfferIcons } from './offer-icons.js';
import { OfferPanel } from './offer-panel.js';
import { urlForCall } from '../offer-pages/offer-url.js';
import { OtherOffers } from './other-offers.js';
import { SendElsewhere } from './send-elsewhere.js';

export interface CallViewProps {
  readonly call: DeskCall;
  readonly isLive: boolean;
  readonly drafts: Drafts;
  readonly hasKeys: boolean;
  readonly onDismiss: () => void;
  readonly isDismissing: boolean;
}

interface Panel {
  /** Undefined: it was closed. */
  readonly offer: string | undefined;
  /** Times that a person opened it. */
  readonly opened: number;
}

export function CallView({ call, isLive, drafts, hasKeys, ...card }: CallViewProps) {
  const { t } = useT('desk');
  const { data: known = [] } = useOffers();
  const { data: stored = [] } = useStored(call);
  const [presented, present] = useState<readonly string[]>([]);
  const [panel, setPanel] = useState<Panel>();
  const icons = useRef<HTMLDivElement>(null);
  const offers = offersOf(call, [...newest(stored).keys(), ...presented], known);
  // The script of a service alert is what opens first, by itself.
  const opened = panel === undefined ? call.service?.offer : panel.offer;
  const shown = offers.find(({ offer }) => offer === opened);
  const open = (offer: string) => {
    openElsewhere(
      offers.find((one) => one.offer === offer),
      call.decisionId,
    );
    setPanel({ offer, opened: (panel?.opened ?? 0) + 1 });
  };
  const close = () => {
    setPanel({ offer: undefined, opened: panel?.opened ?? 0 });
    icons.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  };
  useShortcuts(
    (['sales', 'service'] as const).map((kind) => ({
      key: kind === 'sales' ? 's' : 'v',
      label: t(`icons.${kind}Key`),
      run: () => {
        const offer = call[kind];
        if (offer !== undefined) open(offer.offer);
      },
    })),
  );
  return (
    <div className="desk-grid" data-panel={shown !== undefined} data-live={isLive}>
      <div className="desk-card">
        <CallCard call={call} isLive={isLive} {...card}>
          <div ref={icons}>
            <OfferIcons call={call} opened={opened} onOpen={open} />
          </div>
        </CallCard>
      </div>
      {shown === undefined ? null : (
        <OfferPanel
          offer={shown}
          decisionId={call.decisionId}
          isFirst={call.sales !== undefined}
          opened={panel?.opened ?? 0}
          onClose={close}
        />
      )}
      <Stack gap="md" className="desk-left">
        <Dispositions
          call={call}
          offers={offers}
          chosen={opened}
          onChoose={(offer) => setPanel({ offer, opened: panel?.opened ?? 0 })}
          drafts={drafts}
          hasKeys={hasKeys}
        />
      </Stack>
      <Stack gap="md" className="desk-more">
        <PresentedBefore presented={call.presented} offers={known} />
        {call.isElsewhere ? (
          <Paper>
            <Text fz="sm">{t('call.elsewhere')}</Text>
          </Paper>
        ) : (
          <>
            <OtherOffers
              call={call}
              isLive={isLive}
              taken={offers.map(({ offer }) => offer)}
              onPresent={(offer) => {
                present([...presented, offer]);
                open(offer);
              }}
            />
            <SendElsewhere call={call} isLive={isLive} />
          </>
        )}
        <Pairs pairs={call.pairs} />
      </Stack>
    </div>
  );
}

/** A page that is not ours opens beside the desk; the panel says where it is, in case the browser keeps it from opening. */
function openElsewhere(offer: CallOffer | undefined, decisionId: string): void {
  if (offer === undefined || offer.hasPage) return;
  const url = urlForCall(offer.url, decisionId);
  if (url !== undefined) window.open(url, '_blank', 'noopener,noreferrer');
}
