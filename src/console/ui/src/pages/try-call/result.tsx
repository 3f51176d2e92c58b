// What a tried call got: the action in large, then the way there.
import { Badge, Button, CopyButton, Group, List, Paper, Stack, Table, Text, Title } from '@mantine/core';
import type { TryCallView } from '../../../../try-call/try-call-view.js';
import { CheckIcon, CopyIcon, CrossIcon } from '../../app/components/icons.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { Caller } from './caller.js';
import { Candidates } from './candidates.js';
import type { BoardKind } from './question.js';
import './try-call.css';

export interface ResultProps {
  readonly call: TryCallView;
  readonly board: BoardKind;
  /** Path and query that ask the same again. */
  readonly link: string;
}

export function Result({ call, board, link }: ResultProps) {
  const { t } = useT('try-call');
  return (
    <Stack gap="md">
      <Chosen call={call} board={board} link={link} />
      <Paper>
        <Candidates call={call} />
      </Paper>
      <div className="try-halves">
        <Paper>
          <Gates call={call} />
        </Paper>
        <Paper>
          <Caller call={call} />
        </Paper>
      </div>
      <Paper>
        <Steps call={call} />
      </Paper>
      {call.origin === undefined ? null : (
        <Paper component="section" aria-label={t('origin.title')}>
          <Title order={2} mb={4}>
            {t('origin.title')}
          </Title>
          <Text fz="sm" c="dimmed" mb={4}>
            {t('origin.run', { run: call.origin.runId, generation: call.origin.generation })}
          </Text>
          <List size="sm">
            {call.origin.offers.map(({ offer, propensityKind, valueWords }) => (
              <List.Item key={offer}>{t('origin.offer', { offer, propensityKind, valueWords })}</List.Item>
            ))}
          </List>
        </Paper>
      )}
    </Stack>
  );
}

function Chosen({ call, board, link }: ResultProps) {
  const { t } = useT('try-call');
  const { dateTime } = useFormat();
  const [first] = call.steps;
  const offer = call.record.offer?.offerCode;
  return (
    <Paper component="section" aria-label={t('chosen.label')}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4}>
          <Text component="p" m={0} className="try-action">
            {offer ?? t('plain')} <span aria-hidden>→</span>{' '}
            <span className="try-place">
              {t('chosen.at', { place: first?.destination ?? '', by: first?.presentation ?? '' })}
            </span>
          </Text>
          <Text aria-live="polite" fz="md" maw="80ch">
            {call.words}
          </Text>
        </Stack>
        <Group gap="xs">
          <CopyIt text={JSON.stringify(call, null, 2)} label={t('copyJson')} />
          <CopyIt text={`${location.origin}${link}`} label={t('copyLink')} />
        </Group>
      </Group>
      <Group gap={6} mt="sm">
        <Badge variant="light">{t('chosen.partner', { partner: call.partnerName })}</Badge>
        <Badge variant="light" color="gray">
          {t('chosen.trunk', { trunk: call.trunk, action: call.action })}
        </Badge>
        <Badge variant="light" color={call.arm === 'control' ? 'yellow' : 'gray'}>
          {t(`arms.${call.arm}`)}
        </Badge>
        <Badge variant="light" color="gray">
          {t('chosen.time', { at: dateTime(call.at) })}
        </Badge>
        <Badge variant="light" color="gray">
          {t('chosen.board', { board: t(`form.boards.${board}`) })}
        </Badge>
        {call.record.failOpen.map((one) => (
          <Badge key={one} variant="light" color="red">
            {t('chosen.failOpen', { reason: one })}
          </Badge>
        ))}
      </Group>
      {call.atTouches.length === 0 ? null : (
        <List size="sm" mt="sm" c="dimmed">
          {(['learned', 'age', 'rest'] as const).map((one) => (
            <List.Item key={one}>{t(`touches.${one}`)}</List.Item>
          ))}
        </List>
      )}
      {call.maintenance.length === 0 ? null : (
        <Text fz="sm" mt="xs" c="dimmed">
          {t('maintenance', { places: call.maintenance.join(', ') })}
        </Text>
      )}
    </Paper>
  );
}

function CopyIt({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useT('app');
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={copy}
          leftSection={copied ? <CheckIcon size={13} /> : <CopyIcon size={13} />}
        >
          {copied ? t('copied') : label}
        </Button>
      )}
    </CopyButton>
  );
}

function Gates({ call }: { readonly call: TryCallView }) {
  const { t } = useT('try-call');
  return (
    <section aria-label={t('gates.title')}>
      <Title order={2} mb="xs">
        {t('gates.title')}
      </Title>
      <ol className="try-gates">
        {call.gates.map(({ gate, passed, detail }) => (
          <li key={gate}>
            <Text span c={passed ? 'green' : 'red'} className="try-mark">
              {passed ? <CheckIcon size={14} /> : <CrossIcon size={14} />}
              <span className="try-unseen">{passed ? t('gates.passed') : t('gates.stopped')}</span>
            </Text>
            <div>
              <Text fz="sm" fw={550}>
                {t(`gate.${gate}`)}
              </Text>
              <Text fz="sm" c="dimmed">
                {detail}
              </Text>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Steps({ call }: { readonly call: TryCallView }) {
  const { t } = useT('try-call');
  const pairs = Object.entries(call.steps[0]?.ctiData ?? {});
  return (
    <section aria-label={t('steps.title')}>
      <Title order={2} mb={4}>
        {t('steps.title')}
      </Title>
      <ScrollTable label={t('steps.title')} minWidth={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" ta="right">
              {t('steps.place')}
            </Table.Th>
            <Table.Th scope="col">{t('steps.at')}</Table.Th>
            <Table.Th scope="col">{t('steps.gets')}</Table.Th>
            <Table.Th scope="col">{t('steps.uri')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {call.steps.map((step, i) => (
            <Table.Tr key={`${step.destination} ${step.offer ?? ''} ${step.presentation ?? ''}`}>
              <Table.Td ta="right" className="tabular">
                {i + 1}
              </Table.Td>
              <Table.Td>{step.destination === 'overflow' ? t('steps.overflow') : step.destination}</Table.Td>
              <Table.Td>
                {step.offer === undefined ? t('plain') : `${step.offer} (${step.presentation ?? ''})`}
              </Table.Td>
              <Table.Td ff="monospace" fz="xs">
                {step.uri}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </ScrollTable>
      <Title order={3} mt="md" mb={4}>
        {t('pairs.title')}
      </Title>
      <ScrollTable label={t('pairs.title')} minWidth={320}>
        <Table.Tbody>
          {pairs.map(([key, value]) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" w={180}>
                {key}
              </Table.Th>
              <Table.Td ff="monospace" fz="xs">
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </ScrollTable>
      <Text fz="xs" c="dimmed" mt={4}>
        {t('pairs.note')}
      </Text>
    </section>
  );
}
