// The supervisor board of a real router: calls flow, the figures move, each call can be looked into, a centre that dies is shown down.
import t from 'tap';
import WebSocket from 'ws';
import type { BoardState, CallLineView } from '../../src/console/index.js';
import { waitUntil } from '../support/child-process.js';
import { LiveStage, twoAgentOffers, unknownCaller } from '../support/live-stage.js';
import { askAt } from '../support/records-client.js';

const token = 'a-token-of-sixteen-characters';

/** What the live link has told so far. */
class Watched {
  board: BoardState | undefined;
  readonly calls: CallLineView[] = [];
  readonly #socket: WebSocket;

  constructor(base: string) {
    this.#socket = new WebSocket(`${base.replace(/^http/, 'ws')}/v1/live?topics=board,calls`, {
      headers: { authorization: `Bearer ${token}` },
    });
    this.#socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as { type: string; topic?: string; data?: unknown };
      if (message.topic === 'board') this.board = message.data as BoardState;
      else if (message.type === 'event') this.calls.push(message.data as CallLineView);
    });
  }

  async until(what: string, holds: (board: BoardState) => boolean): Promise<BoardState> {
    await waitUntil(what, () => this.board !== undefined && holds(this.board)).catch((error: unknown) => {
      throw new Error(`the board says ${JSON.stringify(this.board)}`, { cause: error });
    });
    return this.board as BoardState;
  }

  close(): void {
    this.#socket.close();
  }
}

t.test('calls flow over the board', async (t) => {
  const stage = await LiveStage.open(t, {
    staff: { east: { ann: ['acme-sales'], eve: ['service'] }, west: { wanda: ['acme-sales'] } },
    env: { PROFFER_API_TOKEN: token },
    records: true,
    edit: twoAgentOffers,
  });
  const ask = askAt(() => stage.router.http);
  const watched = new Watched(stage.router.http);
  t.teardown(() => watched.close());
  const place = (board: BoardState, id: string) => board.places.find((one) => one.id === id);

  const before = await watched.until('the board is there', ({ agents }) => agents.length === 3);
  t.match(before.totals, { calls: 0, abandoned: 0 });
  t.match(place(before, 'west'), { kind: 'centre', isUp: true, feed: 'live' });

  const sold = await stage.call();
  const served = await stage.call(unknownCaller);
  await waitUntil('both calls are in the stream', () => watched.calls.length === 2);
  const line = watched.calls.find(({ offer }) => offer !== undefined);
  const { decisionId = '' } = line ?? {};
  t.match(line, { partner: 'acme', offer: 'ACME-PLATINUM', destination: 'east/acme-sales', status: 200 });

  const during = await watched.until('ann talks, and the figures have both calls', ({ agents, totals }) => {
    const ann = agents.find(({ agent }) => agent === 'ann');
    return ann?.decisionId === decisionId && totals.calls === 2 && (totals.byOffer[0]?.value ?? 0) > 0;
  });
  t.match(during.totals, { source: 'records', offered: 1, failOpen: 0 });
  t.match(
    during.queues.find(({ destination }) => destination === 'east/acme-sales'),
    { agentsByState: { talking: 1 }, serviceLevel: 1, waiting: 0 },
  );
  t.ok(during.places.some(({ kind, isUp }) => kind === 'trunk' && isUp === true));

  const story = await ask('GET', `/v1/decisions/${decisionId}`);
  t.match(story.body, { decisions: [{ words: /goes to east\/acme-sales with ACME-PLATINUM, because/ }] });
  const ladder = await ask('GET', `/v1/calls/${decisionId}/ladder`);
  const texts = (ladder.body['rows'] as readonly { text: string }[]).map(({ text }) => text);
  t.match(
    texts.join(', '),
    /^INVITE, decided: ACME-PLATINUM by agent, INVITE with ACME-PLATINUM, 200 OK, 200 answered/,
  );
  const page = await ask('GET', '/v1/calls/history?offer=ACME-PLATINUM');
  t.match(page.body, { calls: [{ decisionId, outcomeReason: 'answered' }], next: null });

  sold.hangUp();
  served.hangUp();
  await stage.killCentre('west');
  const after = await watched.until('west is shown down', (board) => place(board, 'west')?.isUp === false);
  t.not(place(after, 'west')?.feed, 'live');
  t.equal(place(after, 'east')?.isUp, true);
});
