// The quick switches alone, for supervisors, who may not edit the rest.
import { Title } from '@mantine/core';
import { useT } from '../../app/i18n.js';
import './settings.css';
import { Switches } from './switches.js';

export default function Page() {
  const { t } = useT('settings');
  return (
    <div className="settings-page">
      <Title order={1} size="h2" mb={4}>
        {t('switches.title')}
      </Title>
      <Switches hasHeading={false} />
    </div>
  );
}
