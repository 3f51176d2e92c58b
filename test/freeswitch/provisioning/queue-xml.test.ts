import t from 'tap';
import { desiredCentre, queuesXml, stepsInWords } from '../../../src/freeswitch/index.js';
import { queuesInXml } from '../../../src/freeswitch/provisioning/queue-xml.js';
import { readMarkup } from '../../support/strict-markup.js';
import { cardSteps, centreOf, today, wishOf } from './wishes.js';

t.test('the XML of a centre is what FreeSWITCH needs, and reads back as what is wanted', (t) => {
  const presentation = {
    centre: 'east',
    queue: 'cards.PLATINUM.agents',
    baseQueue: 'cards',
    requires: [{ skills: [{ skill: 'odd--skill', level: 2 }] }],
    offer: 'PLATINUM',
    presentation: 'agents',
  };
  const desired = desiredCentre(
    centreOf([], { cards: cardSteps, service: undefined }),
    [presentation, { ...presentation, centre: 'west' }],
    today,
  );
  const xml = queuesXml(desired);
  t.strictSame(xml.split('\n').slice(0, 9), [
    '<include>',
    '  <!-- cards &gt;= 7; after 20 s cards &gt;= 4; after 40 s anyone -->',
    '  <queue name="cards@default">',
    '    <param name="strategy" value="longest-idle-agent"/>',
    '    <param name="tier-rules-apply" value="true"/>',
    '    <param name="tier-rule-wait-second" value="1"/>',
    '    <param name="tier-rule-wait-multiply-level" value="true"/>',
    '    <param name="tier-rule-no-agent-no-wait" value="true"/>',
    '    <param name="moh-sound" value="$${hold_music}"/>',
  ]);
  t.match(xml, '<!-- PLATINUM/agents: odd- -skill &gt;= 2 -->');
  const { elements } = readMarkup(xml.replaceAll(/<!--.*?-->/g, ''));
  t.equal(elements.filter((one) => one.name === 'queue').length, 2);
  t.strictSame(
    [...queuesInXml(xml)],
    desired.queues.map((one) => [one.name, one.parameters]),
  );
  t.end();
});

t.test('XML as FreeSWITCH prints it', (t) => {
  const xml = `<configuration name="callcenter.conf"><settings></settings>
<queues>
<queue name="a@default">
<param name="strategy" value="round-robin"></param>
<param value="yes" name="tier-rules-apply"/>
<param name="moh-sound" value="tone_stream://%(200,1000,400);a&gt;b&quot;"></param>
</queue>
<queue name="bare@default"/>
<queue name="empty@default"></queue>
</queues>
<agents><agent name="1001@default"></agent></agents>
</configuration>`;
  const queues = queuesInXml(xml);
  t.strictSame([...queues.keys()], ['a@default', 'bare@default', 'empty@default']);
  t.match(queues.get('a@default'), { strategy: 'round-robin', tier_rules_apply: 'true' });
  t.match(queues.get('bare@default'), {
    strategy: 'longest-idle-agent',
    tier_rules_apply: 'false',
    tier_rule_no_agent_no_wait: 'true',
  });
  t.equal(queuesInXml("can't find anything\n").size, 0);
  t.end();
});

t.test('a centre without steps has an empty file', (t) => {
  t.equal(queuesXml(wishOf([], { service: undefined })), '<include>\n</include>\n');
  t.equal(stepsInWords([{ skills: [] }]), 'anyone');
  t.end();
});
