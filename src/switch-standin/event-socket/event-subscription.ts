// What one client of the event socket wants to see: `event`, `nixevent`, `noevents` and `filter` (mod_event_socket.c, parse_command).
import type { EventFormat, StampedEvent } from './event-format.js';

/** Names that FreeSWITCH knows; others in a subscription are passed over. */
const eventNames = new Set(
  `CUSTOM CLONE CHANNEL_CREATE CHANNEL_DESTROY CHANNEL_STATE CHANNEL_CALLSTATE CHANNEL_ANSWER CHANNEL_HANGUP
  CHANNEL_HANGUP_COMPLETE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_BRIDGE
  CHANNEL_UNBRIDGE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_OUTGOING CHANNEL_PARK CHANNEL_UNPARK
  CHANNEL_APPLICATION CHANNEL_ORIGINATE CHANNEL_UUID CHANNEL_DATA API LOG STARTUP SHUTDOWN TALK NOTALK MODULE_LOAD
  MODULE_UNLOAD DTMF MESSAGE PRESENCE_IN PRESENCE_OUT PRESENCE_PROBE CODEC BACKGROUND_JOB DETECTED_SPEECH
  DETECTED_TONE PRIVATE_COMMAND HEARTBEAT TRAP RELOADXML NOTIFY SEND_MESSAGE RECV_MESSAGE GENERAL COMMAND
  SESSION_HEARTBEAT RECORD_START RECORD_STOP PLAYBACK_START PLAYBACK_STOP CALL_UPDATE CALL_SECURE FAILURE
  MEDIA_BUG_START MEDIA_BUG_STOP SHUTDOWN_REQUESTED ALL`.split(/\s+/),
);

interface Filter {
  readonly name: string;
  readonly value: string;
}

function eventName(word: string): string | undefined {
  const name = word.toUpperCase().replace(/^SWITCH_EVENT_/, '');
  return eventNames.has(name) ? name : undefined;
}

export class EventSubscription {
  format: EventFormat = 'plain';
  #isOn = false;
  readonly #names = new Set<string>();
  readonly #subclasses = new Set<string>();
  #filters: readonly Filter[] = [];

  /** The reply to a command line of these four, or undefined for any other line. */
  handle(line: string): string | undefined {
    const [command = '', ...words] = line.split(/ +/);
    switch (command.toLowerCase()) {
      case 'event':
        return this.#subscribe(words);
      case 'nixevent':
        return this.#nix(words);
      case 'noevents':
        return this.#none();
      case 'filter':
        return words.length === 0 ? undefined : this.#filter(words);
      default:
        return undefined;
    }
  }

  wants(event: StampedEvent): boolean {
    if (!this.#isOn) return false;
    const isNamed = this.#names.has('ALL') || (this.#names.has(event.name) && this.#hasSubclass(event));
    return isNamed && this.#passesFilters(event);
  }

  #hasSubclass(event: StampedEvent): boolean {
    return event.subclass === undefined || this.#subclasses.has(event.subclass);
  }

  /** Events with none of the headers that are filtered by are not sent; `-` before a value keeps events out. */
  #passesFilters(event: StampedEvent): boolean {
    if (this.#filters.length === 0) return true;
    let isWanted = false;
    for (const { name, value } of this.#filters) {
      const isExcluding = value.startsWith('-');
      const compared = value.replace(/^[-+ ]+/, '').toLowerCase();
      if ((isWanted && !isExcluding) || event.get(name)?.toLowerCase() !== compared) continue;
      if (isExcluding) return false;
      isWanted = true;
    }
    return isWanted;
  }

  #subscribe(words: readonly string[]): string {
    const [first = ''] = words;
    const format = first.toLowerCase();
    const hasFormat = format === 'plain' || format === 'json';
    if (hasFormat) this.format = format;
    const count = this.#each(hasFormat ? words.slice(1) : words, (name, subclass) => {
      if (subclass !== undefined) this.#subclasses.add(subclass);
      else this.#names.add(name);
    });
    if (count === 0) return '-ERR no keywords supplied';
    this.#isOn = true;
    return `+OK event listener enabled ${this.format}`;
  }

  #nix(words: readonly string[]): string {
    const count = this.#each(words, (name, subclass) => {
      if (subclass !== undefined) this.#subclasses.delete(subclass);
      else if (name === 'ALL') this.#names.clear();
      else if (name !== 'CUSTOM') this.#remove(name);
    });
    return count === 0 ? '-ERR no keywords supplied' : '+OK events nixed';
  }

  #remove(name: string): void {
    if (this.#names.delete('ALL')) for (const one of eventNames) if (one !== 'ALL') this.#names.add(one);
    this.#names.delete(name);
  }

  /** Names, then after CUSTOM subclasses; how many names there were. */
  #each(words: readonly string[], apply: (name: string, subclass: string | undefined) => void): number {
    let count = 0;
    let isCustom = false;
    for (const word of words) {
      const name: string | undefined = isCustom ? undefined : eventName(word);
      if (isCustom) apply('CUSTOM', word);
      if (name === undefined) continue;
      count += 1;
      isCustom = name === 'CUSTOM';
      apply(name, undefined);
    }
    return count;
  }

  #none(): string {
    if (!this.#isOn) return '-ERR not listening for events';
    this.#isOn = false;
    this.#names.clear();
    this.#subclasses.clear();
    return '+OK no longer listening for events';
  }

  #filter(words: readonly string[]): string {
    const [first = '', ...rest] = words;
    if (rest.length === 0) return '-ERR invalid syntax';
    const verb = first.toLowerCase();
    const [name = '', ...values] = verb === 'add' || verb === 'delete' ? rest : words;
    const value = values.join(' ');
    if (verb === 'delete') {
      this.#filters = this.#filters.filter((one) => !isDeleted(one, name, value));
      return `+OK filter deleted. [${name}][${value}]`;
    }
    this.#filters = [...this.#filters, { name, value }];
    return `+OK filter added. [${name}]=[${value}]`;
  }
}

/** `filter delete all`, `filter delete NAME` and `filter delete NAME VALUE`. */
function isDeleted(filter: Filter, name: string, value: string): boolean {
  if (name.toLowerCase() === 'all') return true;
  if (filter.name.toLowerCase() !== name.toLowerCase()) return false;
  return value === '' || filter.value.toLowerCase() === value.toLowerCase();
}
