// What `proffer check` shows of valid settings: one line of totals, where this router listens, four tables.
import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import pc from 'picocolors';
import { listenUri } from '../config/index.js';
import type {
  Centre,
  Offer,
  Partner,
  PartnerRanking,
  Presentation,
  Settings,
  Trunk,
} from '../config/index.js';

/** The totals of a set of settings. */
export interface SettingsTotals {
  readonly trunks: number;
  readonly partners: number;
  readonly centres: number;
  readonly queues: number;
  readonly ivrPrograms: number;
  readonly products: number;
  readonly offers: number;
}

export function settingsTotals(settings: Settings): SettingsTotals {
  const { centres } = settings.centres;
  return {
    trunks: settings.trunks.trunks.length,
    partners: settings.partners.partners.length,
    centres: centres.length,
    queues: centres.reduce((sum, one) => sum + one.queues.length, 0),
    ivrPrograms: centres.reduce((sum, one) => sum + one.ivrPools.length, 0),
    products: settings.offers.products.length,
    offers: settings.offers.offers.length,
  };
}

/**
 * The summary as text.
 * @param columns width of the terminal; Infinity when the output is no terminal
 */
export function settingsSummary(settings: Settings, columns: number): string {
  const { trunks, partners, centres, offers, ranking } = settings;
  return [
    totalsLine(settingsTotals(settings)),
    ...processLines(settings),
    section('Trunks', trunkTable(trunks.trunks), columns),
    section('Partners', partnerTable(partners.partners), columns),
    section('Centres', centreTable(centres.centres), columns),
    section('Offers', offerTable(offers.offers), columns),
    ...(ranking.rankings.length === 0 ? [] : [section('Rankings', rankingTable(ranking.rankings), columns)]),
  ].join('\n');
}

function totalsLine(totals: SettingsTotals): string {
  const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`;
  return [
    count(totals.trunks, 'trunk'),
    count(totals.partners, 'partner'),
    count(totals.centres, 'centre'),
    count(totals.queues, 'queue'),
    count(totals.ivrPrograms, 'IVR program'),
    count(totals.offers, 'offer'),
  ].join(', ');
}

function processLines(settings: Settings): readonly string[] {
  const { sip, strategyStore, http, decision } = settings.process;
  const engine =
    sip.engine === 'embedded'
      ? `embedded engine at ${sip.listen.map(listenUri).join(', ')}`
      : `drachtio-server at ${sip.drachtio.host}:${sip.drachtio.port}`;
  const killed = [
    ...(decision.killSwitch ? ['every offer'] : []),
    ...settings.partners.partners.filter((one) => one.killSwitch).map((one) => `offers of ${one.partner}`),
    ...settings.offers.offers.filter((one) => one.killSwitch).map((one) => one.offer),
  ];
  return [
    `SIP    ${engine}`,
    `store  ${strategyStore.kind}`,
    `HTTP   ${http.host}:${http.port}`,
    ...(killed.length === 0 ? [] : [pc.yellow(`kill switch on: ${killed.join(', ')}`)]),
  ];
}

export interface TableRows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function trunkTable(trunks: readonly Trunk[]): TableRows {
  return {
    head: ['trunk', 'addresses', 'transports', 'action', 'caller from', 'country'],
    rows: trunks.map((one) => [
      one.trunk,
      one.addresses.join('\n'),
      one.transports.join(', '),
      one.action,
      one.identityHeaders.join('\n'),
      one.country,
    ]),
  };
}

function partnerTable(partners: readonly Partner[]): TableRows {
  return {
    head: ['partner', 'numbers', 'plain service', 'overflow'],
    rows: partners.map((one) => [
      `${one.partner}\n${one.name}`,
      one.dialledNumbers.join('\n'),
      one.serviceQueues.join('\n'),
      one.overflowUri,
    ]),
  };
}

function centreTable(centres: readonly Centre[]): TableRows {
  const rows = centres.flatMap((centre) => {
    const served = [
      ...centre.queues.map((one) => [
        one.queue,
        'queue',
        `${one.staffedAgents} agents`,
        String(one.skillLevel),
      ]),
      ...centre.ivrPools.map((one) => [one.program, 'IVR program', `${one.ports} ports`, '']),
    ];
    const at = [centre.centre, `${centre.host}:${centre.port} ${centre.transport}`];
    return served.map((row, index) => [...(index === 0 ? at : ['', '']), ...row]);
  });
  return { head: ['centre', 'SIP', 'destination', 'kind', 'capacity', 'skill'], rows };
}

function whereOf({ destinations, url, target }: Presentation): string {
  return [
    ...destinations,
    ...(url === undefined ? [] : [url]),
    ...(target === undefined ? [] : [target]),
  ].join(', ');
}

function offerTable(offers: readonly Offer[]): TableRows {
  return {
    head: ['offer', 'partner', 'kind', 'value', 'presented by'],
    rows: offers.map((one) => [
      one.offer,
      one.partner,
      one.kind,
      String(one.value),
      one.presentations.map((way) => `${way.kind}: ${whereOf(way)}`).join('\n'),
    ]),
  };
}

function rankingTable(rankings: readonly PartnerRanking[]): TableRows {
  return {
    head: ['partner', 'top', 'max age', 'sources', 'offers by'],
    rows: rankings.map((one) => [
      one.partner,
      String(one.topK),
      `${one.maxAgeHours} h`,
      one.sources.map(({ source, file }) => `${source}: ${file ?? 'query'}`).join('\n'),
      one.offers
        .map(({ offer, propensity }) => `${offer}: ${propensity.model ?? propensity.kind}`)
        .join('\n'),
    ]),
  };
}

/** A heading and a table below it; cells may be coloured. */
export function section(title: string, { head, rows }: TableRows, columns: number): string {
  const capitals = head.map((one) => one.toUpperCase());
  const table = new Table({
    head: capitals,
    colWidths: fittingWidths([capitals, ...rows], columns),
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    chars: borderless,
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split('\n');
  return ['', pc.bold(title), ...lines.map((line) => line.trimEnd())].join('\n');
}

const gap = '  ';
const borderless = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ mid: '', 'mid-mid': '', 'left-mid': '', 'right-mid': '' },
  ...{ left: gap, middle: gap, right: '' },
};

/** The widest columns give way until all fit in `columns`, but none is cut inside a word. */
function fittingWidths(lines: readonly (readonly string[])[], columns: number): number[] {
  const longest = (index: number, separator: RegExp): number => {
    const texts = lines.flatMap((line) => (line[index] ?? '').split(separator));
    return Math.max(...texts.map((text) => stripVTControlCharacters(text).length));
  };
  const head = lines[0] ?? [];
  const widths = head.map((_, index) => longest(index, /\n/));
  const least = head.map((_, index) => longest(index, /\s/));
  let excess = widths.reduce((sum, one) => sum + gap.length + one, 0) - columns;
  for (; excess > 0; excess--) {
    const room = widths.map((width, index) => (width > (least[index] ?? 0) ? width : 0));
    const widest = room.indexOf(Math.max(...room));
    if (room[widest] === 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
