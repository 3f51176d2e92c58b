// One option of the engine after the other: the flag, else the variable, else the element, as drachtio-server does; and what is wrong
// with what was said.
import { didYouMean } from '../closest.js';
import { environmentFile } from '../problems.js';
import type { SettingsProblem } from '../problems.js';
import { engineOptions, structuralElements } from './option-table.js';
import type { EngineOption, EngineOptionName } from './option-table.js';
import { asElements } from './xml-file.js';
import type { XmlElement } from './xml-file.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** An option that was said, and where. */
export interface Said {
  readonly value: string;
  readonly file: string;
  readonly field: string;
}

export interface Sources {
  readonly flags: Readonly<Partial<Record<EngineOptionName, string>>>;
  readonly variables: Variables;
  /** The file that was read, and what it holds. */
  readonly file: string;
  readonly elements: readonly XmlElement[];
}

/** Of Proffer, or made by Kubernetes and Docker for a service that is called drachtio. */
const otherVariables = /^DRACHTIO_(HOST|PORT|SERVICE_.*|PORT_\d+_.*|ENV_.*)$/;

export class ValueReader {
  readonly problems: SettingsProblem[] = [];
  readonly #sources: Sources;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  said(name: EngineOptionName): Said | undefined {
    const option: EngineOption = engineOptions[name];
    const { flags, variables, elements, file } = this.#sources;
    const flag = flags[name];
    if (flag !== undefined) return { value: flag, file: 'command line', field: longFlag(option) };
    const variable = option.variable === undefined ? undefined : variables[option.variable]?.trim();
    if (option.variable !== undefined && variable !== undefined && variable !== '') {
      return { value: variable, file: environmentFile, field: option.variable };
    }
    if (option.element === undefined) return undefined;
    const [path = '', attribute] = option.element.split('@');
    for (const element of elements) {
      if (element.path !== path) continue;
      const value = attribute === undefined ? element.text : element.attributes[attribute];
      if (value !== undefined) return { value, file, field: asElements(option.element) };
    }
    return undefined;
  }

  text(name: EngineOptionName): string | undefined {
    const said = this.said(name);
    return said === undefined || said.value === '' ? undefined : said.value;
  }

  number(name: EngineOptionName, least: number, most: number): number | undefined {
    const said = this.said(name);
    if (said === undefined || said.value === '') return undefined;
    const value = Number(said.value);
    if (/^\d{1,9}$/.test(said.value) && value >= least && value <= most) return value;
    this.refuse(said, `is not a whole number from ${least} to ${most}`);
    return undefined;
  }

  flag(name: EngineOptionName): boolean | undefined {
    const said = this.said(name);
    if (said === undefined || said.value === '') return undefined;
    const value = said.value.toLowerCase();
    if (['true', 'yes', 'on', '1'].includes(value)) return true;
    if (['false', 'no', 'off', '0'].includes(value)) return false;
    this.refuse(said, 'is neither true nor false');
    return undefined;
  }

  /** @param why such as `is not a port` */
  refuse({ file, field, value }: Said, why: string): void {
    this.problems.push({ file, line: 0, column: 0, field, message: `${JSON.stringify(value)} ${why}` });
  }

  /** One line for each thing that was said and has no meaning here. */
  inert(): readonly string[] {
    const lines: string[] = [];
    for (const [name, option] of Object.entries<EngineOption>(engineOptions)) {
      const said = option.inert === undefined ? undefined : this.said(name as EngineOptionName);
      if (said !== undefined)
        lines.push(`${said.field} (${said.file}) does nothing here: ${option.inert ?? ''}`);
    }
    for (const [element, { inert }] of Object.entries(structuralElements)) {
      if (inert === undefined) continue;
      const [path = '', attribute] = element.split('@');
      const isThere = this.#sources.elements.some(
        (one) => one.path === path && (attribute === undefined || one.attributes[attribute] !== undefined),
      );
      if (isThere) lines.push(`${asElements(element)} (${this.#sources.file}) does nothing here: ${inert}`);
    }
    return lines;
  }

  /** Kubernetes makes variables of its own that begin like ours, so one that nobody knows is no reason to refuse the start. */
  unknownVariables(): readonly string[] {
    const known = new Set<string>();
    for (const option of Object.values<EngineOption>(engineOptions)) {
      if (option.variable !== undefined) known.add(option.variable);
    }
    return Object.keys(this.#sources.variables)
      .filter((name) => name.startsWith('DRACHTIO_') && !known.has(name) && !otherVariables.test(name))
      .map(
        (name) => `${name} (${environmentFile}) is no variable of drachtio-server${didYouMean(name, known)}`,
      );
  }
}

function longFlag({ flag }: EngineOption): string {
  return /--[a-z0-9-]+/.exec(flag ?? '')?.[0] ?? '';
}
