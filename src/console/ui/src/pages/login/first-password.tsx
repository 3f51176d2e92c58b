// The password was given out by somebody else: another one has to be chosen before anything else.
import { useQueryClient } from '@tanstack/react-query';
import { ChangePasswordForm } from '../../app/change-password.js';
import { useT } from '../../app/i18n.js';
import { sessionKey } from '../../app/queries.js';
import { useLogOut } from '../../app/session.js';
import { LogInFrame } from './frame.js';

export default function Page() {
  const { t } = useT('login');
  const queries = useQueryClient();
  const logOut = useLogOut();
  return (
    <LogInFrame title={t('first.title')} about={t('first.about')}>
      <ChangePasswordForm
        onDone={() => void queries.invalidateQueries({ queryKey: sessionKey })}
        onCancel={() => void logOut()}
        cancelLabel={t('person.logOut')}
      />
    </LogInFrame>
  );
}
