// A desk or a report that fails on an event of a centre must cost neither the router nor anybody else theirs.
import t from 'tap';
import type { CentreCallEvent, CentreReading } from '../../src/callcenter/index.js';
import { FeedFollowers } from '../../src/cli/feed-followers.js';

const event = { kind: 'member-joined' } as CentreCallEvent;
const reading = { centre: 'east' } as CentreReading;
const status = { centre: 'east', state: 'live' } as Parameters<FeedFollowers['onStatus']>[0];

t.test('one that throws costs nobody else their news, and the router hears first', (t) => {
  const heard: string[] = [];
  const logged: unknown[] = [];
  const followers = new FeedFollowers({ error: (...line: unknown[]) => void logged.push(line) });
  const follower = (name: string, fails: boolean) => {
    const hear = (what: string) => {
      heard.push(`${name} ${what}`);
      if (fails) throw new Error(`${name} broke`);
    };
    return {
      onReading: () => hear('reading'),
      onCallEvent: () => hear('event'),
      onStatus: () => hear('status'),
    };
  };
  followers.add(follower('duty', true));
  followers.add(follower('desk', false));
  followers.add({ onReading: () => undefined, onCallEvent: () => undefined });
  followers.lead(follower('router', true));
  followers.onReading(reading);
  followers.onCallEvent(event);
  followers.onStatus(status);
  t.strictSame(
    heard,
    ['reading', 'event', 'status'].flatMap((what) => [`router ${what}`, `duty ${what}`, `desk ${what}`]),
  );
  t.equal(logged.length, 6);
  t.match(logged[0], [{ reason: 'router broke' }, 'follower of the feeds failed']);
  t.end();
});
