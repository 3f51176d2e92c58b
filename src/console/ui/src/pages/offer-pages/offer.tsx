import { useT } from '../../app/i18n.js';

export default function Page() {
  const { t } = useT('offer');
  return <h1>{t('title')}</h1>;
}
