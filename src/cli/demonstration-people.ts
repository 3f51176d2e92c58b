// People to try the console with where there are demonstration customers and stand-in centres. Their passwords stand in docs/access.md.
import type { DemonstrationPerson } from '../console/index.js';
import type { Settings } from '../config/index.js';

const names = [
  ['anna', 'Anna Alvarez'],
  ['ben', 'Ben Baker'],
  ['carla', 'Carla Castro'],
  ['david', 'David Diaz'],
] as const;

/** Four agents of the first two centres, a supervisor and an analyst; undefined where there are no demonstration data. */
export function demonstrationPeople({
  process: { demo },
  centres,
}: Settings): readonly DemonstrationPerson[] | undefined {
  if (demo.customers === 0 || !demo.standInCentres) return undefined;
  const agents = centres.centres.slice(0, 2).flatMap(({ centre, agents: named, queues }) => {
    // Without named agents the stand-in has sim-QUEUE-1 and so on for each queue.
    const ids =
      named.length > 0
        ? named.map(({ agent }) => agent)
        : queues
            .filter(({ media }) => media === undefined || media.includes('audio'))
            .map(({ queue }) => `sim-${queue}-1`);
    return [ids[0], ids.at(-1)].flatMap((agent) => (agent === undefined ? [] : [`${centre}/${agent}`]));
  });
  return [
    ...names.flatMap(([agent, name], at) => {
      const centreAgent = agents[at];
      return centreAgent === undefined ? [] : [person(agent, name, 'agent', [centreAgent])];
    }),
    person('sam', 'Sam Smith', 'supervisor', []),
    person('ada', 'Ada Lopez', 'analyst', []),
  ];
}

function person(
  agent: string,
  name: string,
  role: DemonstrationPerson['role'],
  centreAgents: readonly string[],
): DemonstrationPerson {
  return { agent, name, role, partners: [], centreAgents, password: `${agent}-demo-login` };
}
