// Numbers and times in the reader's language, in figures of one width.
import { Text, Tooltip } from '@mantine/core';
import { useNow } from '../clock.js';
import { clockText, useFormat } from '../format.js';

type Unknown = null | undefined;

function Nothing() {
  return (
    <Text span inherit c="dimmed" aria-hidden>
      –
    </Text>
  );
}

/** A dash where it is not known. */
export function Count({ value }: { readonly value: number | Unknown }) {
  const { count } = useFormat();
  return value === null || value === undefined ? (
    <Nothing />
  ) : (
    <span className="tabular">{count(value)}</span>
  );
}

/** @param share 0..1 */
export function Percent({ share }: { readonly share: number | Unknown }) {
  const { percent } = useFormat();
  return share === null || share === undefined ? (
    <Nothing />
  ) : (
    <span className="tabular">{percent(share)}</span>
  );
}

/** In the partner's currency. */
export function Money({ amount }: { readonly amount: number | Unknown }) {
  const { money } = useFormat();
  return amount === null || amount === undefined ? (
    <Nothing />
  ) : (
    <span className="tabular">{money(amount)}</span>
  );
}

/** `4:07`; the whole hours before it where there are some. */
export function Duration({ ms }: { readonly ms: number | Unknown }) {
  if (ms === null || ms === undefined) return <Nothing />;
  return (
    <time className="tabular" dateTime={`PT${Math.max(0, Math.floor(ms / 1000))}S`}>
      {clockText(ms)}
    </time>
  );
}

/** How long it has been since `at` (epoch ms), counting. */
export function Since({ at }: { readonly at: number | Unknown }) {
  const now = useNow();
  return <Duration ms={at === null || at === undefined ? undefined : now - at} />;
}

/** `3 minutes ago`, counting; the day and time when it is pointed at. @param at epoch ms or ISO 8601 */
export function Ago({ at }: { readonly at: number | string | Unknown }) {
  const now = useNow();
  const { ago, dateTime } = useFormat();
  if (at === null || at === undefined) return <Nothing />;
  const date = new Date(at);
  return (
    <Tooltip label={dateTime(at)}>
      <time className="tabular" dateTime={date.toISOString()}>
        {ago(Math.max(0, now - date.getTime()))}
      </time>
    </Tooltip>
  );
}

/** Day and time of an instant. @param at epoch ms or ISO 8601 */
export function Moment({ at }: { readonly at: number | string | Unknown }) {
  const { dateTime } = useFormat();
  if (at === null || at === undefined) return <Nothing />;
  return (
    <time className="tabular" dateTime={new Date(at).toISOString()}>
      {dateTime(at)}
    </time>
  );
}
