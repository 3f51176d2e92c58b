// Why the call was decided so: in a sentence, by the gate that stopped offers, and by what was weighed.
import { Stack, Table, Text } from '@mantine/core';
import type { CallStoryView, CandidateView, DecisionView } from '../../../../board/calls-view.js';
import { Empty } from '../../app/components/empty.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useT } from '../../app/i18n.js';
import { Panel } from '../board/panel.js';
import { useOffset } from './offset.js';

export function Decisions({ story }: { readonly story: CallStoryView }) {
  const { t } = useT('call');
  if (story.decisions.length === 0) {
    return (
      <Panel title={t('decision.title')}>
        <Empty title={t('decision.none')} />
      </Panel>
    );
  }
  return story.decisions.map((decision) => (
    <DecisionPanel
      key={decision.decidedAt}
      decision={decision}
      offsetMs={Date.parse(decision.decidedAt) - Date.parse(story.contact.startedAt)}
    />
  ));
}

interface DecisionPanelProps {
  readonly decision: DecisionView;
  readonly offsetMs: number;
}

function DecisionPanel({ decision, offsetMs }: DecisionPanelProps) {
  const { t, language } = useT('call');
  const offset = useOffset();
  const { words, record, decisionMs, generation } = decision;
  const facts = [
    t('decision.at', { offset: offset(Math.max(0, offsetMs)) }),
    ...(decisionMs === null ? [] : [t('decision.in', { ms: decisionMs.toFixed(1) })]),
    ...(generation === null ? [] : [t('decision.generation', { generation })]),
    ...(record === undefined ? [] : [t('decision.settings', { settings: record.settingsId })]),
  ];
  return (
    <Panel
      title={t('decision.title')}
      about={
        <>
          {record === undefined ? null : <div>{t('decision.formula')}</div>}
          <div>{facts.join(' · ')}</div>
        </>
      }
    >
      <Stack gap="xs">
        <Text fz="sm" fw={550} lang={words === undefined ? language : 'en'} maw="90ch">
          {words ?? `${decision.offer ?? t('plain')}: ${decision.reason}`}
        </Text>
        {record === undefined ? (
          <Text fz="sm" c="dimmed">
            {t('decision.removed')}
          </Text>
        ) : (
          <Trace decision={decision} record={record} />
        )}
      </Stack>
    </Panel>
  );
}

interface TraceProps {
  readonly decision: DecisionView;
  readonly record: NonNullable<DecisionView['record']>;
}

function Trace({ decision, record }: TraceProps) {
  const { t } = useT('call');
  const stopped = record.gates.filter(({ passed }) => !passed);
  const steps = record.steps.map(({ destination, offer }) =>
    offer === undefined ? destination : `${destination} (${offer})`,
  );
  return (
    <>
      {record.failOpen.length === 0 ? null : (
        <StateBadge kind="warning">
          {t('decision.failOpen', { reasons: record.failOpen.join(', ') })}
        </StateBadge>
      )}
      {stopped.map(({ gate, detail }) => (
        <Text key={gate} fz="sm">
          {t('decision.stoppedBy', { gate })} <span lang="en">{detail}</span>
        </Text>
      ))}
      {record.candidates.length === 0 ? null : (
        <Candidates decision={decision} candidates={record.candidates} first={record.steps[0]?.destination} />
      )}
      <Text fz="sm">{t('decision.steps', { steps: steps.join(' → ') })}</Text>
    </>
  );
}

interface CandidatesProps {
  readonly decision: DecisionView;
  readonly candidates: readonly CandidateView[];
  readonly first: string | undefined;
}

const numbers = [
  ['propensity', 3],
  ['offerValue', 2],
  ['conversion', 2],
  ['waitSeconds', 0],
  ['patience', 2],
  ['cost', 2],
  ['value', 2],
] as const;

function Candidates({ decision, candidates, first }: CandidatesProps) {
  const { t, language } = useT('call');
  const written = (value: number | null | undefined, digits: number): string => {
    if (value === undefined) return '';
    if (value === null) return '∞';
    const rules = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(language, rules).format(value);
  };
  const isChosen = (row: CandidateView): boolean =>
    row.destination === first &&
    (row.offerCode ?? null) === decision.offer &&
    (row.presentation ?? null) === decision.presentation;
  return (
    <ScrollTable label={t('candidates.title')} minWidth={820}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('candidates.offer')}</Table.Th>
          <Table.Th>{t('candidates.place')}</Table.Th>
          {numbers.map(([name]) => (
            <Table.Th key={name} className="calls-number">
              {t(`candidates.${name}`)}
            </Table.Th>
          ))}
          <Table.Th>{t('candidates.end')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {candidates.map((row, i) => (
          <Table.Tr key={i} c={row.removedBy === undefined ? 'inherit' : 'dimmed'}>
            <Table.Th scope="row" fw={isChosen(row) ? 700 : 500}>
              {row.offerCode ?? t('plain')}
              {row.presentation === undefined ? '' : ` · ${row.presentation}`}
            </Table.Th>
            <Table.Td>{row.destination ?? '–'}</Table.Td>
            {numbers.map(([name, digits]) => (
              <Table.Td key={name} className="calls-number">
                {written(row[name], digits)}
              </Table.Td>
            ))}
            <Table.Td>
              {isChosen(row) ? <StateBadge kind="good">{t('candidates.chosen')}</StateBadge> : null}
              {row.removedBy === undefined ? null : (
                <span lang="en">
                  {row.removedBy}
                  {row.removedWhy === undefined ? '' : `: ${row.removedWhy}`}
                </span>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}
