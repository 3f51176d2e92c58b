// The parts of the settings as people look for them: which file, and which of its fields.
export interface Section {
  readonly id: string;
  readonly file: string;
  /** Of the path without positions, such as `centres.agents.skills`. */
  readonly shows: (field: string) => boolean;
}

const isWithin = (field: string, part: string): boolean => field === part || field.startsWith(`${part}.`);
const isOf =
  (...parts: readonly string[]) =>
  (field: string): boolean =>
    // What leads to a part, and what is in it.
    parts.some((part) => isWithin(field, part) || isWithin(part, field));

export const sections: readonly Section[] = [
  {
    id: 'queues',
    file: 'centres.yaml',
    shows: isOf('centres.centre', 'centres.drain', 'centres.queues', 'centres.ivrPools'),
  },
  { id: 'agents', file: 'centres.yaml', shows: isOf('centres.centre', 'centres.agents') },
  {
    id: 'centres',
    file: 'centres.yaml',
    shows: (field) =>
      !['centres.agents', 'centres.queues', 'centres.ivrPools'].some((part) => isWithin(field, part)),
  },
  { id: 'offers', file: 'offers.yaml', shows: isOf('offers', 'menus') },
  { id: 'products', file: 'offers.yaml', shows: isOf('products') },
  { id: 'partners', file: 'partners.yaml', shows: (field) => !isWithin(field, 'partners.dispositions') },
  { id: 'trunks', file: 'trunks.yaml', shows: () => true },
  { id: 'policies', file: 'proffer.yaml', shows: () => true },
  { id: 'dispositions', file: 'partners.yaml', shows: isOf('partners.partner', 'partners.dispositions') },
  { id: 'ranking', file: 'ranking.yaml', shows: () => true },
];

export const otherSections = ['switches', 'history'] as const;
