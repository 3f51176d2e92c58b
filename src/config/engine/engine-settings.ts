// Settings of `proffer engine`: flags over environment over drachtio.conf.xml, as drachtio-server 0.9.10 reads them.
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import type { LogLevel } from '../../kernel/index.js';
import { parseAddressBlock } from '../address-block.js';
import { environmentFile, SettingsError } from '../problems.js';
import type { EngineOptionName } from './option-table.js';
import { readContacts } from './contacts.js';
import type { ContactFlags, EngineContact } from './contacts.js';
import { readHandlers } from './handlers.js';
import type { EngineHandler } from './handlers.js';
import { readTls } from './tls-settings.js';
import type { EngineTlsFiles } from './tls-settings.js';
import { ValueReader } from './value-reader.js';
import type { Variables } from './value-reader.js';
import { readXmlSettings } from './xml-file.js';
import type { XmlElement } from './xml-file.js';

/** Headers by which requests of scanners are told. */
export interface EngineSpammers {
  /** What they get: no answer, or 603. */
  readonly action: 'discard' | 'reject';
  /** Over TCP and TLS. */
  readonly streamAction: 'discard' | 'reject';
  /** Texts by header name. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface EngineSettings {
  readonly contacts: readonly EngineContact[];
  readonly admin: { readonly address: string; readonly port: number; readonly tlsPort: number | undefined };
  readonly secret: string;
  readonly handlers: readonly EngineHandler[];
  readonly tls: EngineTlsFiles | undefined;
  /** Milliseconds. */
  readonly timers: { readonly t1?: number; readonly t2?: number; readonly t4?: number };
  /** Undefined: the engine's own list. */
  readonly spammers: EngineSpammers | undefined;
  /** Addresses and CIDR blocks of peers that are known. */
  readonly trustedNets: readonly string[];
  readonly outboundProxy: string | undefined;
  /** User-Agent whose OPTIONS get 200. */
  readonly autoRespond: string | undefined;
  readonly refusesRegisterWithoutDomain: boolean;
  readonly preservedHeaderNames: readonly string[];
  readonly hasCdrs: boolean;
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Opens the reading of traces over HTTP to who shows it, as it does with a router. */
  readonly apiToken: string | undefined;
  readonly logLevel: LogLevel;
  /** For people: what was said and does nothing, or is unwise. */
  readonly warnings: readonly string[];
}

export interface EngineFlags {
  /** Everything but the contacts, as text; a flag without a value is `true`. */
  readonly values: Readonly<Partial<Record<EngineOptionName, string>>>;
  readonly contacts: ContactFlags;
}

const defaultFile = '/etc/drachtio.conf.xml';
const levels: Readonly<Record<string, LogLevel>> = {
  // The least that drachtio-server logs: its start.
  notice: 'error',
  error: 'error',
  warning: 'warn',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
  silent: 'silent',
};

/**
 * @param variables default: those of the process
 * @throws SettingsError naming every flag, variable and element that is wrong
 */
export function readEngineSettings(flags: EngineFlags, variables: Variables = process.env): EngineSettings {
  const { file, elements, problems } = readFile(flags, variables);
  const reader = new ValueReader({ flags: flags.values, variables, file, elements });
  reader.problems.push(...problems);
  const contacts = readContacts(flags.contacts, elements);
  const secret = reader.text('secret');
  const tls = readTls(reader);
  const settings: EngineSettings = {
    contacts: contacts.contacts,
    admin: {
      address: readAddress(reader),
      port: reader.number('port', 0, 65535) ?? 9022,
      tlsPort: reader.number('tlsPort', 0, 65535),
    },
    secret: secret ?? '',
    handlers: readHandlers(reader, elements, file),
    tls: tls.files,
    timers: readTimers(reader),
    spammers: readSpammers(elements),
    trustedNets: readTrustedNets(reader),
    outboundProxy: reader.text('outboundProxy'),
    autoRespond: reader.text('autoRespond'),
    refusesRegisterWithoutDomain: reader.flag('rejectRegister') ?? false,
    preservedHeaderNames: listOf(reader.text('preserveHeaderNames')),
    hasCdrs: reader.flag('cdrs') ?? true,
    metrics: readMetrics(reader, elements),
    apiToken: readToken(reader, variables),
    logLevel: readLevel(reader),
    warnings: [
      ...contacts.warnings,
      ...tls.warnings,
      ...reader.inert(),
      ...reader.unknownVariables(),
      ...(secret === 'cymru' ? ['the secret cymru is that of every example; choose another'] : []),
    ],
  };
  if (secret === undefined) {
    reader.problems.push({
      file: 'command line',
      line: 0,
      column: 0,
      field: '--secret',
      message: 'a secret is needed: set DRACHTIO_SECRET, or give --secret, or <admin secret="...">',
    });
  }
  if (settings.admin.tlsPort !== undefined && settings.tls === undefined) {
    reader.refuse({ ...(reader.said('tlsPort') ?? nowhere) }, 'needs --cert-file and --key-file');
  }
  if (reader.problems.length > 0) throw new SettingsError(reader.problems);
  return settings;
}

const nowhere = { file: '', field: '', value: '' };

function readFile(
  flags: EngineFlags,
  variables: Variables,
): ReturnType<typeof readXmlSettings> & { file: string } {
  if (flags.values.noconfig === 'true') return { file: '', elements: [], problems: [] };
  const named = flags.values.file ?? variables['DRACHTIO_CONFIG_FILE_PATH'];
  const file = named === undefined || named === '' ? defaultFile : named;
  if (file === defaultFile && !existsSync(file)) return { file, elements: [], problems: [] };
  return { file, ...readXmlSettings(file) };
}

/** Loopback unless said otherwise: whoever knows the secret may place calls. */
function readAddress(reader: ValueReader): string {
  const said = reader.said('address');
  if (said === undefined || said.value === '') return '127.0.0.1';
  if (said.value === '*') return '0.0.0.0';
  if (isIP(said.value) === 0 && !/^[A-Za-z0-9.-]+$/.test(said.value)) {
    reader.refuse(said, 'is no address, such as 127.0.0.1');
  }
  return said.value;
}

function readTrustedNets(reader: ValueReader): readonly string[] {
  const said = reader.said('trustedNet');
  const blocks = listOf(said?.value);
  for (const block of blocks) {
    const parsed = parseAddressBlock(block);
    if (said !== undefined && typeof parsed === 'string') reader.refuse({ ...said, value: block }, parsed);
  }
  return blocks;
}

function readTimers(reader: ValueReader): EngineSettings['timers'] {
  const t1 = reader.number('t1', 10, 60_000);
  const t2 = reader.number('t2', 10, 60_000);
  const t4 = reader.number('t4', 10, 60_000);
  return {
    ...(t1 === undefined ? {} : { t1 }),
    ...(t2 === undefined ? {} : { t2 }),
    ...(t4 === undefined ? {} : { t4 }),
  };
}

function readSpammers(elements: readonly XmlElement[]): EngineSpammers | undefined {
  const headers: Record<string, string[]> = {};
  for (const { attributes, children } of elements.filter(({ path }) => path === 'sip/spammers/header')) {
    const name = attributes['name'] ?? '';
    const values = children.map(({ text }) => text).filter((text) => text !== '');
    if (name !== '' && values.length > 0) headers[name] = [...(headers[name] ?? []), ...values];
  }
  if (Object.keys(headers).length === 0) return undefined;
  const { attributes = {} } = elements.find(({ path }) => path === 'sip/spammers') ?? {};
  const actionOf = (text: string | undefined): 'discard' | 'reject' => (text === 'reject' ? text : 'discard');
  return {
    action: actionOf(attributes['action']),
    streamAction: actionOf(attributes['tcp-action']),
    headers,
  };
}

/** `9090` or `host:9090`; in the file the host is the text of the element. */
function readMetrics(reader: ValueReader, elements: readonly XmlElement[]): EngineSettings['metrics'] {
  const said = reader.said('prometheus');
  if (said === undefined) return undefined;
  const match = /^(?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(said.value);
  const port = Number(match?.[2]);
  if (match === null || port > 65535) {
    reader.refuse(said, 'is neither a port nor host:port');
    return undefined;
  }
  const inFile = elements.find(({ path }) => path === 'monitoring/prometheus')?.text;
  const host = match[1] ?? (said.field.startsWith('<') && inFile !== '' ? inFile : undefined);
  return { host: host?.replace(/^\[|\]$/g, '') ?? '127.0.0.1', port };
}

/** The value is never shown. */
function readToken(reader: ValueReader, variables: Variables): string | undefined {
  const token = variables['PROFFER_API_TOKEN']?.trim();
  if (token === undefined || token === '') return undefined;
  if (token.length >= 16) return token;
  const [file, field] = [environmentFile, 'PROFFER_API_TOKEN'];
  reader.problems.push({ file, line: 0, column: 0, field, message: 'is shorter than 16 characters' });
  return undefined;
}

function readLevel(reader: ValueReader): LogLevel {
  const said = reader.said('loglevel');
  if (said === undefined || said.value === '') return 'info';
  const level = levels[said.value.toLowerCase()];
  if (level === undefined) reader.refuse(said, `is none of ${Object.keys(levels).join(', ')}`);
  return level ?? 'info';
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
