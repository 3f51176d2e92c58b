// The agent's numbers of today, in one line.
import { clockText, useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { useToday } from './desk-data.js';

export function Today() {
  const { t } = useT('desk');
  const { count } = useFormat();
  const { data, isError } = useToday();
  if (data === undefined) {
    return <p className="desk-today-none">{isError ? t('today.unavailable') : t('today.loading')}</p>;
  }
  const handling = data.averageHandlingSeconds;
  const figures = [
    ['calls', count(data.calls)],
    ['talk', clockText(data.talkSeconds * 1000)],
    ['handling', handling === null ? '–' : clockText(handling * 1000)],
    ['presented', count(data.presented)],
    ['accepted', count(data.accepted)],
    ['declined', count(data.declined)],
    ['callbacks', count(data.callbacks)],
    ['open', count(data.undispositioned)],
  ] as const;
  return (
    <section aria-label={t('today.label')}>
      <dl className="desk-today">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`today.${name}`)}</dt>
            <dd className="tabular">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
