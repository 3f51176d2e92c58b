import {
  Autocomplete,
  Button,
  Checkbox,
  Fieldset,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import type { TryCallChoices } from '../../../../try-call/try-call-view.js';
import { TryIcon } from '../../app/components/icons.js';
import { useT } from '../../app/i18n.js';
import type { BoardKind, Draft } from './question.js';

export interface CallFormProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly onSubmit: () => void;
  readonly choices: TryCallChoices | undefined;
  readonly isBusy: boolean;
}

export function CallForm({ draft, onChange, onSubmit, choices, isBusy }: CallFormProps) {
  const { t } = useT('try-call');
  const change = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  const trunks = choices?.trunks ?? [];
  const trunk = trunks.find((one) => one.trunk === draft.trunk) ?? trunks[0];
  const numbers = choices?.partners.map(({ name, dialledNumbers }) => ({
    group: name,
    items: [...dialledNumbers],
  }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="md" verticalSpacing="sm">
        <TextInput
          label={t('form.from')}
          description={t('form.fromHint')}
          required
          value={draft.from}
          onChange={(event) => change({ from: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
        />
        <Autocomplete
          label={t('form.to')}
          description={t('form.toHint')}
          required
          value={draft.to}
          onChange={(to) => change({ to })}
          data={numbers ?? []}
          filter={({ options }) => options}
        />
        <Select
          label={t('form.trunk')}
          data={trunks.map((one) => ({ value: one.trunk, label: `${one.trunk} (${one.action})` }))}
          value={trunk?.trunk ?? null}
          onChange={(value) => change({ trunk: value ?? '' })}
          allowDeselect={false}
        />
        {trunk?.trusted === true ? (
          <TextInput
            label={t('form.asserted')}
            description={t('form.assertedHint')}
            value={draft.assertedIdentity}
            onChange={(event) => change({ assertedIdentity: event.currentTarget.value })}
          />
        ) : null}
        <TextInput
          type="datetime-local"
          label={t('form.at')}
          description={t('form.atHint')}
          value={draft.at}
          onChange={(event) => change({ at: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Group justify="space-between" align="flex-end" mt="sm" gap="md">
        <BoardKinds draft={draft} change={change} />
        <Button type="submit" loading={isBusy} leftSection={<TryIcon size={14} />}>
          {t('form.submit')}
        </Button>
      </Group>
      {draft.board === 'chosen' && choices !== undefined ? (
        <ChosenFields draft={draft} change={change} choices={choices} />
      ) : null}
    </form>
  );
}

interface BoardProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

const kinds: readonly BoardKind[] = ['live', 'all-up', 'chosen'];

function BoardKinds({ draft, change }: BoardProps) {
  const { t } = useT('try-call');
  return (
    <Stack gap={4}>
      <Text component="span" fz="sm" fw={500} id="board-kind">
        {t('form.board')}
      </Text>
      <SegmentedControl
        aria-labelledby="board-kind"
        data={kinds.map((value) => ({ value, label: t(`form.boards.${value}`) }))}
        value={draft.board}
        onChange={(board) => change({ board })}
      />
      <Text fz="xs" c="dimmed">
        {t(`form.boardHints.${draft.board}`)}
      </Text>
    </Stack>
  );
}

function ChosenFields({ draft, change, choices }: BoardProps & { readonly choices: TryCallChoices }) {
  const { t } = useT('try-call');
  const { down, busy } = draft;
  const without = (list: readonly string[], one: string, isThere: boolean) =>
    isThere ? list.filter((other) => other !== one) : [...list, one];
  const centres = [...new Set(choices.destinations.map((one) => one.centre))];
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="md" mt="sm">
      {centres.map((centre) => {
        const isUp = !down.includes(centre);
        return (
          <Fieldset key={centre} legend={centre} p="xs">
            <Stack gap={6}>
              <Checkbox
                size="xs"
                label={t('form.isUp')}
                checked={isUp}
                onChange={(event) => change({ down: without(down, centre, event.currentTarget.checked) })}
              />
              {choices.destinations
                .filter((one) => one.centre === centre)
                .map(({ destination, kind, servers }) => (
                  <Group key={destination} justify="space-between" wrap="nowrap" gap="xs">
                    <Checkbox
                      size="xs"
                      disabled={!isUp}
                      label={t('form.isFree', { queue: destination.slice(centre.length + 1) })}
                      checked={!busy.includes(destination)}
                      onChange={(event) =>
                        change({ busy: without(busy, destination, event.currentTarget.checked) })
                      }
                    />
                    <Text fz="xs" c="dimmed" className="tabular">
                      {t(`form.${kind}`, { count: servers })}
                    </Text>
                  </Group>
                ))}
            </Stack>
          </Fieldset>
        );
      })}
      <NumberInput
        size="xs"
        label={t('form.waiting')}
        min={0}
        max={1000}
        value={draft.waiting}
        onChange={(value) => change({ waiting: typeof value === 'number' ? value : 0 })}
      />
    </SimpleGrid>
  );
}
