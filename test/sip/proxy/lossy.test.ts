// Messages of proxied calls are lost, doubled and held up at random. Whatever happens, nothing stays behind, and the caller who
// goes on trying gets a final response.
import fc from 'fast-check';
import t from 'tap';
import { SipTransportError } from '../../../src/sip/errors.js';
import { createResponse } from '../../../src/sip/message/create-message.js';
import type { SipMessage } from '../../../src/sip/message/sip-message.js';
import { alice, aliceRequest, parsed } from '../transaction/fake-wire.js';
import { bob, carol, dave, addressOf, ProxyBench } from './proxy-bench.js';

const callees = [bob, carol, dave];

/** What one callee does with its first INVITE; and what the network does with the messages, one number each. */
const behaviour = fc.record({
  ringMs: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
  final: fc.option(fc.constantFrom(200, 302, 404, 407, 486, 503, 603), { nil: undefined }),
  finalMs: fc.integer({ min: 0, max: 40_000 }),
  honoursCancel: fc.boolean(),
  refuses: fc.boolean(),
});
const scenario = fc.record({
  behaviours: fc.tuple(behaviour, behaviour, behaviour),
  network: fc.array(fc.constantFrom('pass', 'pass', 'pass', 'lose', 'double', 'late'), {
    minLength: 1,
    maxLength: 40,
  }),
  parallel: fc.boolean(),
  followRedirects: fc.boolean(),
  recordRoute: fc.boolean(),
  provisionalTimeoutMs: fc.option(fc.integer({ min: 100, max: 3000 }), { nil: undefined }),
  finalTimeoutMs: fc.option(fc.integer({ min: 100, max: 30_000 }), { nil: undefined }),
  cancelMs: fc.option(fc.integer({ min: 0, max: 50_000 }), { nil: undefined }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

class LossyCall {
  readonly bench: ProxyBench;
  readonly #scenario: Scenario;
  #step = 0;
  readonly #rung = new Map<string, SipMessage>();
  /** Final responses that reached Alice. */
  readonly finals: number[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const { parallel, followRedirects, recordRoute, provisionalTimeoutMs, finalTimeoutMs } = scenario;
    this.bench = new ProxyBench({
      targets: callees,
      parallel,
      followRedirects,
      recordRoute,
      provisionalTimeoutMs,
      finalTimeoutMs,
    });
    const send = this.bench.wire.send.bind(this.bench.wire);
    this.bench.wire.send = (message, target, onError) => {
      const callee = callees.findIndex((uri) => addressOf(uri) === target.address);
      if (callee !== -1 && scenario.behaviours[callee]?.refuses === true) {
        this.bench.clock.after(3, 'refused', () =>
          onError(new SipTransportError('SIP_SEND_FAILED', 'refused')),
        );
        return;
      }
      send(message, target, onError);
      const { text } = this.bench.wire.last;
      this.#through(() => this.#arrived(parsed(text), callee));
      this.bench.wire.sent.length = 0;
    };
  }

  run(): void {
    const { clock } = this.bench;
    // Alice retransmits as timer A has her do, until something comes.
    for (const at of [0, 500, 1500, 3500, 7500, 15_500, 31_500]) {
      clock.after(at, 'alice', () => {
        if (at === 0 || this.finals.length === 0) this.#aliceSends('INVITE');
      });
    }
    const { cancelMs } = this.#scenario;
    if (cancelMs !== undefined) {
      for (const later of [0, 500, 1500, 3500, 7500])
        clock.after(cancelMs + later, 'alice', () => this.#aliceSends('CANCEL'));
    }
    clock.advance(64 * 500 + 3 * 185_000 + 200_000);
  }

  #aliceSends(method: string, words: object = {}): void {
    this.#through(() => {
      this.bench.layer.receive(aliceRequest(method, { uri: 'sip:1000@127.0.0.1', ...words }), alice);
    });
  }

  /** The network: passes, loses, doubles or holds up. */
  #through(deliver: () => void): void {
    const { network } = this.#scenario;
    const fate = network[this.#step++ % network.length];
    const { clock } = this.bench;
    if (fate !== 'lose') clock.after(fate === 'late' ? 700 : 1, 'network', deliver);
    if (fate === 'double') clock.after(20, 'network', deliver);
  }

  #arrived(message: SipMessage, callee: number): void {
    if (callee !== -1) this.#calleeGets(message, callee);
    else if (!message.isRequest && message.method === 'INVITE' && message.statusCode >= 200) {
      this.finals.push(message.statusCode);
      const toTag = message.to()?.tag ?? '';
      if (message.statusCode >= 300) this.#aliceSends('ACK', { toTag });
    }
  }

  #calleeGets(request: SipMessage, callee: number): void {
    const acts = this.#scenario.behaviours[callee];
    const uri = callees[callee];
    if (acts === undefined || uri === undefined || request.method === 'ACK') return;
    const answer = (of: SipMessage, status: number, afterMs: number) => {
      const response = createResponse(of, status, undefined, `tag${callee}`);
      if (status === 302) response.append('contact', `<${dave}>`);
      this.bench.clock.after(afterMs, 'callee', () => {
        this.#through(() => this.bench.layer.receive(parsed(response.toString()), this.bench.flowOf(uri)));
      });
    };
    const branch = request.topVia()?.branch ?? '';
    if (request.method === 'INVITE') {
      if (this.#rung.has(branch)) return;
      this.#rung.set(branch, request);
      if (acts.ringMs !== undefined) answer(request, 180, acts.ringMs);
      if (acts.final !== undefined) {
        // A 2xx is repeated by the callee until it is acknowledged.
        const times = acts.final === 200 ? [0, 500, 1500, 3500, 7500] : [0, 500, 1500, 3500];
        for (const later of times) answer(request, acts.final, acts.finalMs + later);
      }
      return;
    }
    answer(request, 200, 0);
    const invite = this.#rung.get(branch);
    if (request.method === 'CANCEL' && acts.honoursCancel && invite !== undefined) {
      for (const later of [0, 500, 1500, 3500]) answer(invite, 487, later);
    }
  }
}

t.test('no transaction, timer or context outlives the call', async (t) => {
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      const call = new LossyCall(one);
      call.run();
      // A late 2xx is dismissed on a later turn.
      await new Promise((resolve) => setImmediate(resolve));
      call.bench.clock.advance(100_000);
      const { layer, proxy, clock, outcomes } = call.bench;
      if (layer.openTransactions !== 0) throw new Error(`${layer.openTransactions} transactions are left`);
      if (proxy.openContexts !== 0) throw new Error('a context is left');
      if (clock.running.length > 0) throw new Error(`timers are left: ${clock.running.join()}`);
      if (outcomes.length > 1) throw new Error('done twice');
    }),
    { numRuns: 400 },
  );
  t.pass('held for 400 calls');
});

t.test('on a network that loses nothing the caller gets exactly one final response, or a 2xx', async (t) => {
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      const call = new LossyCall({ ...one, network: ['pass'] });
      call.run();
      await new Promise((resolve) => setImmediate(resolve));
      const failures = call.finals.filter((status) => status >= 300);
      const answers = call.finals.filter((status) => status < 300);
      if (call.finals.length === 0) throw new Error('no final response');
      if (failures.length > 0 && answers.length > 0) throw new Error(`both ${call.finals.join()}`);
      if (new Set(failures).size > 1) throw new Error(`several finals: ${failures.join()}`);
    }),
    { numRuns: 300 },
  );
  t.pass('held for 300 calls');
});
