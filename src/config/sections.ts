// The five files of the settings, one schema each.
import { CentresSchema } from './schema/centres.js';
import { OffersSchema } from './schema/offers.js';
import { PartnersSchema } from './schema/partners.js';
import { ProcessSchema } from './schema/process.js';
import { TrunksSchema } from './schema/trunks.js';

/** The file of each section, and the title of its schema, in the order people write them. */
export const sections = {
  process: { file: 'proffer.yaml', schema: ProcessSchema, title: 'Process, SIP, stores and logs' },
  trunks: { file: 'trunks.yaml', schema: TrunksSchema, title: 'Trunks' },
  partners: { file: 'partners.yaml', schema: PartnersSchema, title: 'Partners' },
  centres: { file: 'centres.yaml', schema: CentresSchema, title: 'Centres, queues and the IVR bank' },
  offers: { file: 'offers.yaml', schema: OffersSchema, title: 'Products and offers' },
} as const;

export type SectionName = keyof typeof sections;

export const sectionNames = Object.keys(sections) as SectionName[];
