// The files of the settings, one schema each.
import { CentresSchema } from './schema/centres.js';
import { OffersSchema } from './schema/offers.js';
import { PartnersSchema } from './schema/partners.js';
import { ProcessSchema } from './schema/process.js';
import { RankingSchema } from './schema/ranking.js';
import { TrunksSchema } from './schema/trunks.js';

/** The file of each section, and the title of its schema, in the order people write them. */
export const sections = {
  process: { file: 'proffer.yaml', schema: ProcessSchema, title: 'Process, SIP, stores and logs' },
  trunks: { file: 'trunks.yaml', schema: TrunksSchema, title: 'Trunks' },
  partners: { file: 'partners.yaml', schema: PartnersSchema, title: 'Partners' },
  centres: { file: 'centres.yaml', schema: CentresSchema, title: 'Centres, queues and the IVR bank' },
  offers: { file: 'offers.yaml', schema: OffersSchema, title: 'Products and offers' },
  ranking: {
    file: 'ranking.yaml',
    schema: RankingSchema,
    title: 'Ranking: sources, rules, models and values',
  },
} as const;

export type SectionName = keyof typeof sections;

/** Files that may be missing; each key of their schemas has a default. */
export const optionalSections: ReadonlySet<SectionName> = new Set(['ranking']);

export const sectionNames = Object.keys(sections) as SectionName[];
