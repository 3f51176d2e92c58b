// API commands about channels: uuid_*, show channels, sofia status, originate, hupall (mod_commands.c, mod_sofia.c).
import { splitArguments } from '../applications/arguments.js';
import type { Transfer } from '../applications/application-table.js';
import type { CentreStamp } from '../centre-events.js';
import { mediaStatistics } from '../channel/end-variables.js';
import { Channel } from '../channel/channel.js';
import { parseCause } from '../channel/hangup-cause.js';
import type { SofiaProfile } from '../channel/sofia-profile.js';
import type { Switchboard } from '../channel/switchboard.js';
import type { ApiCommandSource } from '../event-socket/api-commands.js';
import { jsonText, plainText } from '../event-socket/event-format.js';
import { originate } from './originate.js';
import { showChannels } from './show-channels.js';
import { sofiaProfileStatus, sofiaStatus } from './sofia-status.js';

export interface ChannelCommandsOptions {
  readonly switchboard: Switchboard;
  readonly profiles: () => readonly SofiaProfile[];
  readonly stamp: CentreStamp;
  readonly transfer: Transfer;
}

const noChannel = '-ERR No such channel!\n';
const ok = '+OK\n';

type Command = (args: string) => string | Promise<string>;

/** A usage line, when the arguments are none. */
function usage(text: string): string {
  return `-USAGE: ${text}\n`;
}

/** The answer goes out first: it may go to the one whose connection ends with the channel. */
function hangUpSoon(channel: Channel, cause: string): void {
  channel.context.clock.after(0, 'kill', () => channel.hangup(cause));
}

export class ChannelCommands implements ApiCommandSource {
  readonly #options: ChannelCommandsOptions;
  readonly #commands: ReadonlyMap<string, Command>;

  constructor(options: ChannelCommandsOptions) {
    this.#options = options;
    this.#commands = new Map<string, Command>([
      ['uuid_kill', (args) => this.#kill(args)],
      ['uuid_setvar', (args) => this.#setVariable(args)],
      ['uuid_setvar_multi', (args) => this.#setVariables(args)],
      ['uuid_getvar', (args) => this.#getVariable(args)],
      ['uuid_dump', (args) => this.#dump(args)],
      ['uuid_break', (args) => this.#break(args)],
      ['uuid_transfer', (args) => this.#transfer(args)],
      ['uuid_bridge', (args) => this.#bridge(args)],
      ['uuid_exists', (args) => String(this.#find(args.trim()) !== undefined)],
      ['uuid_set_media_stats', (args) => this.#mediaStatistics(args)],
      ['uuid_send_dtmf', (args) => this.#sendKeys(args)],
      ['hupall', (args) => this.#hangUpAll(args)],
      ['originate', (args) => originate(options.switchboard, options.transfer, args)],
      ['show', (args) => showChannels(options.switchboard.table, options.stamp.hostname, args)],
      ['sofia', (args) => this.#sofia(args)],
    ]);
  }

  run(command: string, args: string): string | Promise<string> | undefined {
    return this.#commands.get(command)?.(args);
  }

  #find(uuid: string | undefined): Channel | undefined {
    return uuid === undefined ? undefined : this.#options.switchboard.table.get(uuid);
  }

  #kill(args: string): string {
    const [uuid, cause = ''] = splitArguments(args, 2);
    if (uuid === undefined) return usage('<uuid> [cause]');
    const channel = this.#find(uuid);
    if (channel === undefined) return noChannel;
    hangUpSoon(channel, parseCause(cause) ?? 'NORMAL_CLEARING');
    return ok;
  }

  #setVariable(args: string): string {
    const [uuid, name, value] = splitArguments(args, 3);
    if (name === undefined) return usage('<uuid> <var> [value]');
    const channel = this.#find(uuid);
    if (channel === undefined) return noChannel;
    channel.setVariable(name, value);
    return ok;
  }

  #setVariables(args: string): string {
    const syntax = usage('<uuid> <var>=<value>;<var>=<value>...');
    const [uuid, list] = splitArguments(args, 2);
    if (list === undefined) return syntax;
    const channel = this.#find(uuid);
    if (channel === undefined) return noChannel + syntax;
    let count = 0;
    for (const one of list.split(';')) {
      const equals = one.indexOf('=');
      const name = equals === -1 ? one : one.slice(0, equals);
      if (name === '') continue;
      channel.setVariable(name, equals === -1 ? undefined : one.slice(equals + 1));
      count += 1;
    }
    return count > 0 ? ok : syntax;
  }

  #getVariable(args: string): string {
    const [uuid, name] = splitArguments(args);
    if (name === undefined) return usage('<uuid> <var>');
    const channel = this.#find(uuid);
    return channel === undefined ? noChannel : (channel.variables.get(name) ?? '_undef_');
  }

  #dump(args: string): string {
    const [uuid, format = 'txt'] = splitArguments(args);
    if (uuid === undefined) return usage('<uuid> [format]');
    const channel = this.#find(uuid);
    if (channel === undefined) return noChannel;
    const { headers } = this.#options.stamp.stampOnly({
      name: 'CHANNEL_DATA',
      subclass: undefined,
      origin: 'mod_commands.c:uuid_dump_function:6501',
      headers: channel.eventHeaders(),
      body: '',
    });
    if (format.toLowerCase() === 'json') return jsonText(headers);
    if (format.toLowerCase() === 'plain')
      return headers.map(([name, value]) => `${name}: ${value}\n`).join('') + '\n';
    return plainText(headers);
  }

  #break(args: string): string {
    const [uuid, flags = ''] = splitArguments(args, 2);
    if (uuid === undefined) return usage('<uuid> [all]');
    const channel = this.#find(uuid);
    if (channel === undefined) return noChannel;
    const isAll = flags.includes('all');
    channel.applications.break(isAll);
    const other = channel.bridge?.otherThan(channel);
    if (flags.includes('both') && other instanceof Channel) other.applications.break(isAll);
    return ok;
  }

  #transfer(args: string): string {
    const words = splitArguments(args);
    const [uuid, second] = words;
    if (second === undefined || words.length > 5)
      return usage('<uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]');
    const channel = this.#find(uuid);
    if (channel === undefined) return noChannel;
    const flag = second.startsWith('-') ? second.slice(1).toLowerCase() : '';
    const [destination, dialplan = 'XML', context] = words.slice(flag === '' ? 1 : 2);
    if (destination === undefined) return '-ERR\n';
    const other = channel.bridge?.otherThan(channel);
    const peer = other instanceof Channel ? other : undefined;
    const transferred = flag === 'bleg' ? (peer ?? channel) : channel;
    if (flag === 'both') channel.bridge?.dissolve();
    const go = (one: Channel): void =>
      this.#options.transfer(one, destination, dialplan, context ?? one.profile.context);
    if (flag === 'both' && peer !== undefined) go(peer);
    go(transferred);
    return ok;
  }

  #bridge(args: string): string {
    const [uuid, other] = splitArguments(args);
    if (other === undefined) return usage('<uuid> <other_uuid>');
    const [first, second] = [this.#find(uuid), this.#find(other)];
    if (first === undefined || second === undefined || first === second) return '-ERR Invalid uuid\n';
    first.bridge?.dissolve();
    second.bridge?.dissolve();
    first.takeForBridge();
    second.takeForBridge();
    first.bridgeTo(second);
    return `+OK ${other}\n`;
  }

  #mediaStatistics(args: string): string {
    const uuid = args.trim();
    if (uuid === '') return usage('<uuid>');
    const channel = this.#find(uuid);
    if (channel === undefined) return `-ERR No such channel ${uuid}!\n`;
    for (const [name, value] of mediaStatistics(channel)) channel.setVariable(name, value);
    return '+OK:\n';
  }

  #sendKeys(args: string): string {
    const [uuid, keys] = splitArguments(args);
    if (keys === undefined) return usage('<uuid> <dtmf_data>');
    const channel = this.#find(uuid);
    if (channel === undefined) return noChannel;
    channel.media.sendKeys(keys.replace(/@.*$/, '').replace(/[^0-9A-D*#]/gi, ''));
    return ok;
  }

  #hangUpAll(args: string): string {
    const [causeName = '', name, value] = splitArguments(args);
    const cause = parseCause(causeName) ?? 'MANAGER_REQUEST';
    const isMatching = (channel: Channel): boolean =>
      name === undefined || channel.variables.get(name) === value;
    for (const channel of this.#options.switchboard.table)
      if (isMatching(channel)) hangUpSoon(channel, cause);
    return name === undefined
      ? `+OK hangup all channels with cause ${cause}\n`
      : `+OK hangup all channels matching [${name}]=[${value ?? ''}] with cause: ${cause}\n`;
  }

  #sofia(args: string): string {
    const [verb, kind, name] = splitArguments(args);
    const profiles = this.#options.profiles();
    const channels = [...this.#options.switchboard.table];
    const callsOf = (profile: string): number =>
      channels.filter(({ profile: { channelName } }) => channelName.startsWith(`sofia/${profile}/`)).length;
    if (verb !== 'status') return '-ERR Unknown command!\n';
    if (kind === undefined) return sofiaStatus(profiles, callsOf);
    const profile = profiles.find((one) => one.name === name);
    if (kind !== 'profile' || profile === undefined) return 'Invalid Profile!\n';
    return sofiaProfileStatus(profile, callsOf(profile.name));
  }
}
