// Names and values as they go over the event socket, where blanks separate words. The settings forbid everything else; what is sent
// is checked again, since a value that ends a word would be another command.
import { UnsafeValueError } from './errors.js';

// A derived queue is <queue>.<offer>.<presentation>: three ids of 64 characters.
const fullNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,193}@[A-Za-z0-9.-]{1,64}$/;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const wordPattern = /^[^\s\u0000-\u001f\u007f|'\\]{1,250}$/;

/**
 * `<id>@<domain>`, as mod_callcenter calls queues and agents.
 * @throws UnsafeValueError
 */
export function fullName(what: 'queue' | 'agent', id: string, domain: string): string {
  return fullNameOf(what, `${id}@${domain}`);
}

/** The name, checked. @throws UnsafeValueError */
export function fullNameOf(what: 'queue' | 'agent', name: string): string {
  if (!isFullName(name)) throw new UnsafeValueError(what, name);
  return name;
}

export function isFullName(name: string): boolean {
  return fullNamePattern.test(name);
}

/** One word of a command. @throws UnsafeValueError */
export function safeWord(what: string, value: string): string {
  if (!wordPattern.test(value)) throw new UnsafeValueError(what, value);
  return value;
}
