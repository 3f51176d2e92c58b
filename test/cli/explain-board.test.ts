import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { boardFrom } from '../../src/cli/explain-board.js';
import { CallCentre } from '../decision/call-centre.js';

const { destinations } = new CallCentre().decider;
const dir = t.testdir({});

function boardOf(content: string) {
  const file = join(dir, 'board.json');
  writeFileSync(file, content);
  return boardFrom(file, destinations, 0);
}

t.test('all-up: every centre up, every agent and port free', (t) => {
  const { states } = boardFrom('all-up', destinations, 5);
  t.ok(
    states.every((one) => one.isUp === true && one.freeServers === one.servers && one.membersWaiting === 0),
  );
  t.end();
});

t.test('a file changes what it names', (t) => {
  const { states } = boardOf(
    '{"centres":{"west":false},"destinations":{"east/sales":{"freeServers":0,"membersWaiting":3}}}',
  );
  t.match(states[0], { isUp: true, servers: 5, freeServers: 0, membersWaiting: 3 });
  t.match(states[1], { isUp: true, freeServers: 5 });
  t.ok(states.every((one, i) => one.isUp === (destinations[i]?.centre === 'east')));
  t.end();
});

t.test('a file may say which handling time was measured', (t) => {
  const { states } = boardOf('{"destinations":{"east/sales":{"handlingTimeSeconds":187.5}}}');
  t.match(states[0], { servers: 5, handlingTimeSeconds: 187.5 });
  t.end();
});

t.test('a file that says what no board can is refused with the place', (t) => {
  const rows: [string, RegExp][] = [
    ['[]', /is not a JSON object/],
    ['{', /board.json: /],
    ['{"centers":{}}', /centers: is none of centres, destinations/],
    ['{"centres":{"north":true}}', /centres\.north: no such centre; there are east, west/],
    ['{"centres":{"west":"down"}}', /centres\.west: must be true \(up\) or false/],
    ['{"destinations":{"east/nope":{}}}', /destinations\.east\/nope: no such destination/],
    ['{"destinations":{"east/sales":{"free":1}}}', /east\/sales\.free: is none of servers/],
    ['{"destinations":{"east/sales":{"freeServers":-1}}}', /freeServers: must be a whole number/],
    ['{"destinations":{"east/sales":{"handlingTimeSeconds":0}}}', /seconds above 0/],
    ['{"destinations":{"east/sales":3}}', /must be an object/],
  ];
  for (const [content, message] of rows)
    t.throws(() => boardOf(content), { code: 'CLI_BOARD_FILE', message }, content);
  t.throws(() => boardFrom(join(dir, 'absent.json'), destinations, 0), { code: 'CLI_BOARD_FILE' });
  t.end();
});
