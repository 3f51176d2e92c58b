// Queues as XML: mod_callcenter takes them from callcenter.conf alone, none can be made over the event socket. Written for an admin to
// include, and read back from FreeSWITCH to tell a queue that is not in its XML from one that is not loaded.
import type { SkillStep } from '../../config/index.js';
import { stepLevels } from '../../callcenter/index.js';
import { queueKeys } from './desired-centre.js';
import type { DesiredCentre, DesiredQueue, QueueKey, QueueParameters } from './desired-centre.js';

/** What provisioning does not look at; an admin may give other values. Music is the `hold_music` of vars.xml. */
const freeParameters: readonly (readonly [name: string, value: string])[] = [
  ['moh-sound', '$${hold_music}'],
  ['time-base-score', 'system'],
  ['max-wait-time', '0'],
  ['max-wait-time-with-no-agent', '120'],
  ['max-wait-time-with-no-agent-time-reached', '5'],
  ['discard-abandoned-after', '60'],
  ['abandoned-resume-allowed', 'false'],
];

/** What a parameter is when the XML does not say. */
const defaults: QueueParameters = {
  strategy: 'longest-idle-agent',
  tier_rules_apply: 'false',
  tier_rule_wait_second: '0',
  tier_rule_wait_multiply_level: 'false',
  tier_rule_no_agent_no_wait: 'true',
};

/** A file for an X-PRE-PROCESS include inside `<queues>` of callcenter.conf. FreeSWITCH skips the lines of `<include>`. */
export function queuesXml(desired: DesiredCentre): string {
  const queues = desired.queues.flatMap(queueLines);
  return `${['<include>', ...queues, '</include>'].join('\n')}\n`;
}

function queueLines(queue: DesiredQueue): readonly string[] {
  const parameters = [
    ...queueKeys.map((key) => [xmlName(key), queue.parameters[key]] as const),
    ...freeParameters,
  ];
  const whose = queue.presentation === undefined ? '' : `${queue.presentation}: `;
  return [
    `  <!-- ${commentText(`${whose}${stepsInWords(queue.steps)}`)} -->`,
    `  <queue name="${escaped(queue.name)}">`,
    ...parameters.map(([name, value]) => `    <param name="${name}" value="${escaped(value)}"/>`),
    '  </queue>',
  ];
}

/** `cards >= 7; after 20 s cards >= 4; after 40 s anyone`. */
export function stepsInWords(steps: readonly SkillStep[]): string {
  const levels = stepLevels(steps);
  return steps
    .map(({ skills }, index) => {
      const needs = skills.map((need) => `${need.skill} >= ${need.level}`).join(' and ');
      const words = needs === '' ? 'anyone' : needs;
      return index === 0 ? words : `after ${levels[index] ?? 0} s ${words}`;
    })
    .join('; ');
}

/**
 * The queues in a callcenter.conf as `xml_locate` prints it: parsed and written anew by FreeSWITCH, without comments, attributes in
 * double quotes, `<` and `>` inside them escaped.
 */
export function queuesInXml(xml: string): ReadonlyMap<string, QueueParameters> {
  const queues = new Map<string, QueueParameters>();
  for (const [, attributes = '', content = ''] of xml.matchAll(
    /<queue(\s[^<>]*?)(?:\/>|>([\s\S]*?)<\/queue>)/g,
  )) {
    const name = attributeOf(attributes, 'name');
    if (name !== undefined) queues.set(name, parametersOf(content));
  }
  return queues;
}

function parametersOf(content: string): QueueParameters {
  const said = new Map<string, string>();
  for (const [, attributes = ''] of content.matchAll(/<param(\s[^<>]*?)\/?>/g)) {
    const name = attributeOf(attributes, 'name');
    if (name !== undefined) said.set(name, attributeOf(attributes, 'value') ?? '');
  }
  const value = (key: QueueKey): string => {
    const found = said.get(xmlName(key));
    if (found === undefined) return defaults[key];
    return defaults[key] === 'true' || defaults[key] === 'false' ? String(isTrue(found)) : found;
  };
  return Object.fromEntries(queueKeys.map((key) => [key, value(key)])) as Record<QueueKey, string>;
}

/** The words that FreeSWITCH takes for true. */
function isTrue(text: string): boolean {
  return /^(yes|on|true|t|enabled|active|allow|[1-9][0-9]*)$/i.test(text);
}

function attributeOf(attributes: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1];
  return found === undefined ? undefined : unescaped(found);
}

function xmlName(key: QueueKey): string {
  return key.replaceAll('_', '-');
}

function commentText(text: string): string {
  return text
    .replaceAll(/-(?=-)/g, '- ')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

const entities = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
] as const;

function escaped(text: string): string {
  return entities.reduce((so, [character, entity]) => so.replaceAll(character, entity), text);
}

function unescaped(text: string): string {
  return entities.reduceRight((so, [character, entity]) => so.replaceAll(entity, character), text);
}
