// config/ranking.yaml: which data each partner's ranking reads, the rules, models and values of its offers, and what is published.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, Id, Money, OneOf } from './primitives.js';
import { ModelSchema } from './ranking-models.js';
import { ColumnName, SourceSchema } from './ranking-sources.js';

const Days = (description: string) =>
  Type.Integer({ minimum: 1, maximum: 36_500, description: `${description}, in days` });

/** How often, and how soon again, something was shown before. */
const ExposureLimit = (what: string) =>
  Type.Object(
    {
      maxTimes: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1000,
          description: `customers to whom ${what} was presented more often than this are left out; 0: whoever saw it once`,
        }),
      ),
      notWithinDays: Type.Optional(Days(`customers to whom ${what} was presented more lately are left out`)),
    },
    { ...closed, default: {} },
  );

export const EligibilitySchema = Type.Object(
  {
    rule: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4000,
        description:
          'SQL condition over columns of customers and over accounts.NAME, history.NAME and product.NAME; unknown (null) counts as no',
      }),
    ),
    notHeld: Type.Boolean({
      default: true,
      description: 'true: customers who hold the product (purchases without an end) are left out',
    }),
    offerExposure: ExposureLimit('the offer'),
    familyExposure: ExposureLimit('any offer of the product family'),
    coolOffDays: Type.Integer({
      minimum: 0,
      maximum: 36_500,
      default: 90,
      description:
        'customers whose last disposition was declined are left out for so many days; 0: no cool-off',
    }),
    coolOffScope: OneOf(['offer', 'family'], {
      default: 'offer',
      description: 'what must have been declined: this offer, or any offer of its product family',
    }),
  },
  { ...closed, default: {} },
);

export const PropensitySchema = Type.Object(
  {
    kind: OneOf(['rate', 'logistic', 'onnx'], {
      default: 'rate',
      description:
        'rate: accepted share of past exposures, pulled to startingPropensity; logistic, onnx: the model named',
    }),
    model: Type.Optional(Id('the model, one of models; for logistic and onnx')),
    startingPropensity: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.02,
      description: 'rate: propensity before there is any history',
    }),
    startingEvidence: Type.Number({
      minimum: 0,
      maximum: 1_000_000_000,
      default: 100,
      description: 'rate: exposures that startingPropensity counts for',
    }),
  },
  { ...closed, default: {} },
);

export const ValueSchema = Type.Object(
  {
    kind: OneOf(['configured', 'npv', 'column', 'formula'], {
      default: 'configured',
      description:
        'configured: the value of offers.yaml; npv: from cashFlows; column: a column of the customer; formula: over columns',
    }),
    column: Type.Optional(ColumnName('the column that holds the value of a sale to this customer')),
    formula: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4000, description: 'SQL expression of a number over columns' }),
    ),
    cashFlows: Type.Array(
      Type.Object(
        {
          fromMonth: Type.Integer({
            minimum: 0,
            maximum: 600,
            description: 'months after the sale; 0 is the sale itself',
          }),
          toMonth: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 600,
              description: 'last month of a payment that recurs every month; default fromMonth',
            }),
          ),
          amount: Money('what comes in (or goes out) in each of these months while the customer stays'),
        },
        closed,
      ),
      { default: [], description: 'npv: what a sale brings, month by month' },
    ),
    annualDiscountPercent: Type.Number({
      minimum: 0,
      maximum: 1000,
      default: 8,
      description: 'npv: discount rate a year, in percent',
    }),
    monthlyChurnPercent: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 0,
      description: 'npv: share of customers who leave each month (hazard), in percent',
    }),
    costOfSale: Type.Number({
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      description: 'npv: what one sale costs, in the partner’s currency',
    }),
  },
  { ...closed, default: {} },
);

export const RankedOfferSchema = Type.Object(
  {
    offer: Id('the code of the offer, as in offers.yaml'),
    eligibility: EligibilitySchema,
    propensity: PropensitySchema,
    value: ValueSchema,
    contextWeight: Type.Number({
      minimum: 0,
      maximum: 10,
      default: 1,
      description: 'factor on the expected value that ranks; 1: none',
    }),
    lever: Type.Number({
      minimum: 0,
      maximum: 10,
      default: 1,
      description: 'a second such factor, for the business to push an offer; 1: none',
    }),
  },
  closed,
);

/** Rows of the records database that a ranking takes beside those of its sources. */
const RecordedRowsSchema = Type.Object(
  {
    exposures: Type.Boolean({
      default: true,
      description:
        'true: offers that were presented on calls count, with what became of them, and so does imported history',
    }),
    purchases: Type.Boolean({
      default: true,
      description:
        'true: accepted offers count as products held, and so do products of imported accounts until these are closed',
    }),
    serviceAlerts: Type.Boolean({
      default: true,
      description: 'true: service alerts that are open count',
    }),
    bestOffer: Type.Boolean({
      default: false,
      description:
        'true: the best offer of each customer is written to the records database after publishing, for callers who identify themselves by digits',
    }),
  },
  {
    ...closed,
    default: {},
    description: 'what is taken from the records database, beside the rows of sources, and written to it',
  },
);

export const PartnerRankingSchema = Type.Object(
  {
    partner: Id('the partner whose customers are ranked'),
    country: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}$',
        description: 'where phone numbers in national form belong to; without it they are refused',
        expects: 'an ISO 3166 country code, such as US',
      }),
    ),
    topK: Type.Integer({
      minimum: 1,
      maximum: 20,
      default: 5,
      description: 'offers a customer gets at most',
    }),
    minExpectedValue: Type.Number({
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      description: 'offers of a lower expected value are left out, in the partner’s currency',
    }),
    maxPerFamily: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 20,
        description: 'offers of one product family a customer gets at most',
      }),
    ),
    contactPolicy: Type.Object(
      {
        maxExposures: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 1000,
            description:
              'customers with more exposures to any offers within withinDays get none; not set: no limit',
          }),
        ),
        withinDays: Type.Integer({
          minimum: 1,
          maximum: 3650,
          default: 30,
          description: 'the time, in days',
        }),
      },
      { ...closed, default: {} },
    ),
    maxAgeHours: Type.Number({
      minimum: 0.01,
      maximum: 87_600,
      default: 48,
      description: 'age after which routers take the strategies for stale and make no offer, in hours',
    }),
    keepRetired: Type.Integer({
      minimum: 0,
      maximum: 5,
      default: 1,
      description: 'replaced generations that are kept for proffer generations swap',
    }),
    records: RecordedRowsSchema,
    sources: Type.Array(SourceSchema, {
      minItems: 1,
      description: 'the data; customers and phones are needed',
    }),
    offers: Type.Array(RankedOfferSchema, { minItems: 1, description: 'the offers that are ranked' }),
  },
  closed,
);

export const RankingSchema = Type.Object(
  {
    run: Type.Object(
      {
        threads: Type.Integer({
          minimum: 0,
          maximum: 256,
          default: 0,
          description: 'threads of DuckDB; 0: one a core',
        }),
        memoryLimitMb: Type.Integer({
          minimum: 128,
          maximum: 1_000_000,
          default: 512,
          description:
            'memory of DuckDB before it spills to disk, in MB; the process takes some 60 bytes a number on top',
        }),
        partitionRows: Type.Integer({
          minimum: 1000,
          maximum: 10_000_000,
          default: 245_760,
          description: 'customers that are scored at a time; 122,880 for each thread is best',
        }),
        keepRuns: Type.Integer({
          minimum: 1,
          maximum: 1000,
          default: 10,
          description: 'runs a partner whose report and full ranking table are kept',
        }),
      },
      { ...closed, default: {} },
    ),
    models: Type.Array(ModelSchema, { default: [], description: 'propensity models' }),
    rankings: Type.Array(PartnerRankingSchema, { default: [], description: 'one a partner' }),
  },
  closed,
);

export type Eligibility = Static<typeof EligibilitySchema>;
export type PropensitySettings = Static<typeof PropensitySchema>;
export type ValueSettings = Static<typeof ValueSchema>;
export type RankedOfferSettings = Static<typeof RankedOfferSchema>;
export type PartnerRanking = Static<typeof PartnerRankingSchema>;
export type RankingSettings = Static<typeof RankingSchema>;
