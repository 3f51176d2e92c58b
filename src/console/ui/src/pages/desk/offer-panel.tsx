// What an icon opens: the page of the offer that is kept here, filled for the caller, or the one elsewhere.
import { Alert, CloseButton, Group, Paper, Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { WarningIcon } from '../../app/components/icons.js';
import { useT } from '../../app/i18n.js';
import { OfferContent } from '../offer-pages/offer-content.js';
import type { CallOffer } from './call-offers.js';

export interface OfferPanelProps {
  readonly offer: CallOffer;
  readonly decisionId: string;
  /** There is a sales offer, too, which comes after this one. */
  readonly isFirst: boolean;
  /** Another each time that a person opens it: then it takes the focus. 0: it opened by itself. */
  readonly opened: number;
  readonly onClose: () => void;
}

export function OfferPanel({ offer, decisionId, isFirst, opened, onClose }: OfferPanelProps) {
  const { t } = useT('desk');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (opened > 0) heading.current?.focus();
  }, [opened, offer.offer]);
  return (
    // Escape closes it from within; the button does the same.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className="desk-panel"
      aria-labelledby="desk-panel-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <Paper>
        <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
          <div>
            <Text fz="xs" c="dimmed" fw={600}>
              {t(`panel.${offer.kind}`)}
            </Text>
            <Title order={2} id="desk-panel-title" tabIndex={-1} ref={heading}>
              {offer.name}
            </Title>
          </div>
          <CloseButton aria-label={t('panel.close')} onClick={onClose} />
        </Group>
        {offer.kind === 'service' ? (
          <Alert color="yellow" variant="light" icon={<WarningIcon />} mb="sm" p="xs">
            {t(isFirst ? 'panel.serviceFirst' : 'panel.serviceAlone')}
          </Alert>
        ) : null}
        <OfferContent offer={offer} decisionId={decisionId} isBounded />
      </Paper>
    </section>
  );
}
