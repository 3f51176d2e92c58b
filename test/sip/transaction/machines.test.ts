// The four machines asked as data: RFC 3261 17, RFC 6026.
import t from 'tap';
import { inviteClientMachine } from '../../../src/sip/transaction/invite-client-machine.js';
import { inviteServerMachine } from '../../../src/sip/transaction/invite-server-machine.js';
import type { Machine } from '../../../src/sip/transaction/machine.js';
import { nonInviteClientMachine } from '../../../src/sip/transaction/non-invite-client-machine.js';
import { nonInviteServerMachine } from '../../../src/sip/transaction/non-invite-server-machine.js';

type AnyMachine = Machine<string, string, string>;
const machines = [
  inviteClientMachine,
  inviteServerMachine,
  nonInviteClientMachine,
  nonInviteServerMachine,
].map((machine) => machine as unknown as AnyMachine);

const repeating = new Set(['timer-a', 'timer-e', 'timer-g']);
const timerOf = (action: string) => /^start-(timer-[a-z]+?)(?:-at-t2)?$/.exec(action)?.[1];

/** The timers that run after these actions; one that ends a state replaces another of its kind. */
function timersAfter(running: readonly string[], actions: readonly string[]): string[] {
  let timers = [...running];
  for (const action of actions) {
    const started = timerOf(action);
    const stopped = /^stop-(timer-[a-z]+)$/.exec(action)?.[1];
    if (started !== undefined) {
      timers = timers.filter((one) => repeating.has(one) !== repeating.has(started));
      timers.push(started);
    }
    if (stopped !== undefined) timers = timers.filter((one) => one !== stopped);
  }
  return timers.sort();
}

/** Every (state, running timers) that can be reached. */
function explore(machine: AnyMachine): { state: string; timers: readonly string[] }[] {
  const found = new Map<string, { state: string; timers: readonly string[] }>();
  const open = [{ state: machine.initial, timers: timersAfter([], machine.start) }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const key = `${at.state} ${at.timers.join()}`;
    if (found.has(key)) continue;
    found.set(key, at);
    for (const [event, transition] of Object.entries(machine.table[at.state] ?? {})) {
      if (transition === undefined) continue;
      if (event.startsWith('timer-') && !at.timers.includes(event)) continue;
      const left = at.timers.filter((one) => one !== event);
      open.push({
        state: transition.next,
        timers: transition.next === machine.last ? [] : timersAfter(left, transition.actions),
      });
    }
  }
  return [...found.values()];
}

for (const machine of machines) {
  t.test(machine.name, (t) => {
    const reached = explore(machine);

    t.test('every state is reached, and from every state the last one', (t) => {
      const states = Object.keys(machine.table);
      t.strictSame([...new Set(reached.map(({ state }) => state))].sort(), [...states].sort());
      for (const state of states) {
        const seen = new Set([state]);
        for (const one of seen) {
          for (const transition of Object.values(machine.table[one] ?? {}))
            if (transition) seen.add(transition.next);
        }
        t.ok(seen.has(machine.last), `${state} ends`);
      }
      t.end();
    });

    t.test('every timer that runs in a state is listened for there', (t) => {
      for (const { state, timers } of reached) {
        for (const timer of timers) t.ok(machine.table[state]?.[timer], `${state} defines ${timer}`);
      }
      t.end();
    });

    t.test('every timer listened for runs in that state on some way to it', (t) => {
      for (const [state, events] of Object.entries(machine.table)) {
        for (const event of Object.keys(events).filter((one) => one.startsWith('timer-'))) {
          t.ok(
            reached.some((at) => at.state === state && at.timers.includes(event)),
            `${event} can run in ${state}`,
          );
        }
      }
      t.end();
    });

    t.test('once no event comes from outside, timers alone lead to the last state', (t) => {
      // States that wait for the transaction user have no such timer: their bound is the layer above.
      const waiting = new Set(['proceeding', 'trying']);
      for (const { state, timers } of reached) {
        if (state === machine.last || (machine.name.endsWith('-server') && waiting.has(state))) continue;
        if (machine.name === 'invite-client' && state === 'proceeding') continue;
        t.ok(
          timers.some((timer) => !repeating.has(timer)),
          `${state} has a timer that ends it: ${timers.join()}`,
        );
      }
      t.end();
    });

    t.test('the last state defines nothing', (t) => {
      t.strictSame(machine.table[machine.last], {});
      t.end();
    });

    t.test('what calls the transaction user comes last', (t) => {
      for (const events of Object.values(machine.table)) {
        for (const transition of Object.values(events)) {
          const reports = transition?.actions.findIndex((action) => action.startsWith('report-')) ?? -1;
          if (reports !== -1) t.equal(reports, (transition?.actions.length ?? 0) - 1);
        }
      }
      t.end();
    });
    t.end();
  });
}
