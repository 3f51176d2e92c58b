import { actorOf } from './principal.js';
import type { Principal } from './principal.js';

/** Port: the lines that every change leaves. */
export interface Audit {
  /**
   * @param actor of `actorOf`
   * @param action such as `person-added`
   * @param subject a reference, nothing personal
   * @throws an error of code RECORDS_UNAVAILABLE
   */
  write(
    actor: string,
    action: string,
    subject?: string,
    detail?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
}

/** Writes a line of what was done already, which stands for want of it, too; nobody waits for it. */
export type AuditNote = (
  principal: Principal | undefined,
  action: string,
  subject: string,
  detail: Readonly<Record<string, unknown>>,
) => void;

export function auditNote(audit: Audit | undefined): AuditNote {
  return (principal, action, subject, detail) => {
    if (principal !== undefined)
      audit?.write(actorOf(principal), action, subject, detail).catch(() => undefined);
  };
}
