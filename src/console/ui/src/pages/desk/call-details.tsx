// What was presented to the caller before, and every key-value pair of the call.
import { Paper, Table, Text, Title } from '@mantine/core';
import type { DeskCall } from '../../../../live/desk-state.js';
import type { OfferView } from '../../../../offer-pages/offer-page-view.js';
import { StateBadge } from '../../app/components/state-badge.js';
import type { StateKind } from '../../app/components/state-badge.js';
import { useT } from '../../app/i18n.js';

const kindOf: Readonly<Record<string, StateKind>> = {
  accepted: 'good',
  declined: 'bad',
  callback: 'busy',
};

export function PresentedBefore({
  presented,
  offers,
}: {
  readonly presented: readonly string[];
  readonly offers: readonly OfferView[];
}) {
  const { t } = useT('desk');
  if (presented.length === 0) return null;
  return (
    <Paper component="section" aria-labelledby="desk-presented">
      <Title order={2} id="desk-presented">
        {t('presented.title')}
      </Title>
      <Text fz="sm" c="dimmed" mb={6}>
        {t('presented.about')}
      </Text>
      <ol className="desk-presented">
        {presented.map((text) => {
          const place = text.lastIndexOf(':');
          const code = place < 0 ? text : text.slice(0, place);
          const result = place < 0 ? '' : text.slice(place + 1);
          return (
            <li key={text}>
              <span>{offers.find(({ offer }) => offer === code)?.name ?? code}</span>
              <Result result={result} />
            </li>
          );
        })}
      </ol>
    </Paper>
  );
}

/** What the caller said to it, or what presented it. */
function Result({ result }: { readonly result: string }) {
  const { t } = useT('desk');
  if (result === '') return null;
  const kind = kindOf[result];
  const words = t(`outcomes.${result}`, { defaultValue: result });
  if (kind !== undefined) return <StateBadge kind={kind}>{words}</StateBadge>;
  return (
    <Text span fz="sm" c="dimmed">
      {words}
    </Text>
  );
}

export function Pairs({ pairs }: Pick<DeskCall, 'pairs'>) {
  const { t } = useT('desk');
  const all = Object.entries(pairs);
  return (
    <Paper component="details" className="desk-details">
      <summary>{t('pairs.title', { count: all.length })}</summary>
      <Table mt="xs" aria-label={t('pairs.label')} className="desk-pairs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('pairs.key')}</Table.Th>
            <Table.Th>{t('pairs.value')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {all.map(([key, value]) => (
            <Table.Tr key={key}>
              <Table.Th scope="row">{key}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
