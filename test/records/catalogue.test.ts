import { syncCatalogue } from '../../src/records/catalogue.js';
import { onEachDatabase } from '../support/records-stage.js';
import { shopSettings } from '../support/shop-settings.js';

onEachDatabase('the catalogue is what the settings say', async (t, { database }) => {
  const settings = shopSettings((draft) => {
    const [product] = draft.offers.products ?? [];
    if (product !== undefined) product.family = 'cards';
  });
  t.ok((await syncCatalogue(database, settings)) > 10);
  t.equal(await syncCatalogue(database, settings), 0, 'a second time changes nothing');
  t.same(await database.query("SELECT * FROM proffer.partners WHERE partner = 'acme'"), [
    {
      partner: 'acme',
      name: 'Acme Bank',
      auto_wrap_seconds: 300,
      auto_wrap_code: 'presented',
      is_disposition_required: false,
      is_current: true,
      ivr_codes: settings.partners.partners[0]?.dispositions.ivrCodes,
    },
  ]);
  t.same(
    await database.query(
      "SELECT product, family FROM proffer.products WHERE name LIKE '% card' OR product = 'mobile-plan' ORDER BY 1",
    ),
    [
      { product: 'mobile-plan', family: 'mobile-plan' },
      { product: 'platinum-card', family: 'cards' },
    ],
  );
  t.same(
    await database.query(
      "SELECT partner, product, kind, name, value, url, is_current FROM proffer.offers WHERE offer = 'ACME-SERVICE'",
    ),
    [
      {
        partner: 'acme',
        product: 'account-care',
        kind: 'service',
        name: 'Your account trouble, put right now',
        value: 25,
        url: 'https://scripts.example.com/acme/service',
        is_current: true,
      },
    ],
  );
  t.same(
    await database.query(
      `SELECT code, outcome, requires_note, cool_off_days, counts_as_accepted, callback_window_hours, callback_propensity
       FROM proffer.disposition_codes WHERE partner = 'acme' AND code IN ('accepted', 'callback', 'complained') ORDER BY code`,
    ),
    [
      ['accepted', 'accepted', false, null, true],
      ['callback', 'callback', false, null, false],
      ['complained', 'declined', true, 365, false],
    ].map(([code, outcome, requires_note, cool_off_days, counts_as_accepted]) => ({
      code,
      outcome,
      requires_note,
      cool_off_days,
      counts_as_accepted,
      callback_window_hours: 4,
      callback_propensity: 0.5,
    })),
  );
});

onEachDatabase(
  'what leaves the settings stays, no longer current, and may come back',
  async (t, { database }) => {
    const before = shopSettings();
    const after = shopSettings((draft) => {
      draft.ranking = {};
      draft.offers.offers = (draft.offers.offers ?? []).filter(({ offer }) => offer !== 'BOR-TV');
      draft.offers.products = (draft.offers.products ?? []).filter(({ product }) => product !== 'tv-package');
      const [acme] = draft.partners.partners ?? [];
      if (acme?.dispositions === undefined) throw new Error('no acme');
      acme.name = 'Acme';
      acme.dispositions.autoWrapSeconds = 0;
      acme.dispositions.codes = (acme.dispositions.codes ?? []).filter(({ code }) => code !== 'complained');
    });
    const gone = `SELECT offer AS what FROM proffer.offers WHERE NOT is_current
    UNION ALL SELECT product FROM proffer.products WHERE NOT is_current
    UNION ALL SELECT code FROM proffer.disposition_codes WHERE NOT is_current ORDER BY 1`;
    await syncCatalogue(database, before);
    // Four rows, and four codes that moved up.
    t.equal(await syncCatalogue(database, after), 8);
    t.same(await database.query(gone), [{ what: 'BOR-TV' }, { what: 'complained' }, { what: 'tv-package' }]);
    t.same(
      await database.query("SELECT name, auto_wrap_seconds FROM proffer.partners WHERE partner = 'acme'"),
      [{ name: 'Acme', auto_wrap_seconds: null }],
    );
    t.equal(await syncCatalogue(database, before), 8);
    t.same(await database.query(gone), []);
  },
);

onEachDatabase('settings that the database refuses change nothing of it', async (t, { database }) => {
  await syncCatalogue(database, shopSettings());
  const { partners, ...others } = shopSettings();
  const broken = {
    ...others,
    partners: { partners: partners.partners.map((one) => ({ ...one, name: '' })) },
  };
  await t.rejects(syncCatalogue(database, broken), { code: 'RECORDS_STATEMENT_REFUSED' });
  const [row] = await database.query<{ name: string }>(
    "SELECT name FROM proffer.partners WHERE partner = 'acme'",
  );
  t.equal(row?.name, 'Acme Bank');
});
