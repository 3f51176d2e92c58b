// What can stop the provisioning of a centre.
import { AppError } from '../../kernel/index.js';

/** Thrown when a name or value of the settings could be taken for something else by the event socket. */
export class UnsafeValueError extends AppError {
  constructor(what: string, value: string) {
    super(
      'PROVISIONING_VALUE',
      `${what} ${JSON.stringify(value)} cannot be sent to FreeSWITCH: blanks, quotes, "|", "\\" and control characters end a word there`,
      { fields: { what, value } },
    );
  }
}

/** Thrown when the answer to a list is not a list. */
export class ListAnswerError extends AppError {
  constructor(command: string, answer: string) {
    const said = answer.trim().split('\n').at(-1)?.slice(0, 120) ?? '';
    const hint = /command not found/i.test(said) ? '; is mod_callcenter loaded there?' : '';
    super('PROVISIONING_LIST', `FreeSWITCH answered "${command}" with ${JSON.stringify(said)}${hint}`, {
      fields: { command },
    });
  }
}

/** Thrown when the ledger of a centre cannot be read or written. */
export class LedgerError extends AppError {
  constructor(path: string, why: string, cause?: unknown) {
    super('PROVISIONING_LEDGER', `${path}: ${why}`, { cause, fields: { path } });
  }
}

/** Thrown when another process applies to the same centre. */
export class LedgerInUseError extends AppError {
  constructor(path: string, pid: number) {
    super(
      'PROVISIONING_IN_USE',
      `${path}: process ${pid} is applying to this centre; try again when it is done`,
      { fields: { path, pid } },
    );
  }
}
