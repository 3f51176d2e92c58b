// proffer people: who may log in to the console, for whoever cannot do it there.
import { userInfo } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { oneTimePassword, Passwords } from '../console/index.js';
import { didYouMean } from '../config/index.js';
import type { Settings } from '../config/index.js';
import { AppError, textTable } from '../kernel/index.js';
import { People } from '../records/index.js';
import type { Person } from '../records/index.js';
import { withRecords } from './records-session.js';

/** Thrown when nothing was changed; the message says why. */
class PeopleError extends AppError {}

interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

interface AddOptions extends CommonOptions {
  readonly name?: string;
  readonly role: Person['role'];
  readonly partner: readonly string[];
  readonly centreAgent: readonly string[];
}

const help = `
Works on the records database itself, with a router running or not. A password that is printed is stored nowhere, and has to be
changed at the first log-in. Routers that run follow within five seconds. Every change is in the audit, as cli:USER.

Exit codes:
  0  done
  1  nothing was changed: the name is unknown or taken, nobody would be left as admin, or the database cannot be used

Examples:
  $ proffer people list
  $ proffer people add anna --name "Anna Alvarez" --role agent --partner acme --centre-agent east/1001
  $ proffer people password admin`;

const roleNames: readonly Person['role'][] = ['agent', 'supervisor', 'admin', 'analyst'];
const agentPattern = /^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}$/;

/** The command `people`. */
export function peopleCommand(): Command {
  const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  const add = new Command('add')
    .description('add somebody, and print a password for the first log-in')
    .argument('<agent>', 'the name to log in with', nameToLogIn)
    .option('--name <name>', 'the name people read (default: the name to log in with)')
    .addOption(new Option('--role <role>', 'what they may do').choices(roleNames).default('agent'))
    .option('--partner <partner>', 'a partner that they see; again for more (default: all)', several, [])
    .option(
      '--centre-agent <centre/agent>',
      'an agent of a centre that they are; again for more',
      several,
      [],
    )
    .action((agent: string, options: AddOptions) => addPerson(agent, options));
  return new Command('people')
    .description('who may log in to the console')
    .addHelpText('after', help)
    .addCommand(common(new Command('list').description('everybody who may log in')).action(listPeople))
    .addCommand(common(add))
    .addCommand(
      common(new Command('password').description('print a new password, and log them out'))
        .argument('<agent>', 'the name to log in with')
        .action(givePassword),
    )
    .addCommand(
      common(new Command('disable').description('let somebody in no more, and log them out'))
        .argument('<agent>', 'the name to log in with')
        .action((agent: string, options: CommonOptions) => setActive(agent, false, options)),
    )
    .addCommand(
      common(new Command('enable').description('let somebody in again'))
        .argument('<agent>', 'the name to log in with')
        .action((agent: string, options: CommonOptions) => setActive(agent, true, options)),
    );
}

function common(command: Command): Command {
  return command
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help);
}

function nameToLogIn(text: string): string {
  if (agentPattern.test(text)) return text;
  throw new InvalidArgumentError('It must be up to 64 letters, digits and ". _ @ + -".');
}

const actor = (): string => `cli:${userInfo().username}`;

async function listPeople({ config, json }: CommonOptions): Promise<void> {
  await withRecords(config, async ({ database }) => {
    const people = await new People(database).list();
    if (json === true) print(JSON.stringify({ people: people.map(shown) }, null, 2));
    else for (const line of table(people)) print(line);
  });
}

async function addPerson(agent: string, options: AddOptions): Promise<void> {
  const { config, json, name = agent, role, partner: partners, centreAgent: centreAgents } = options;
  await withRecords(config, async ({ database }, { settings }) => {
    checkPlaces(settings, partners, centreAgents);
    const password = oneTimePassword();
    const passwordHash = await new Passwords().hash(password);
    const answer = await new People(database).add(
      { agent, name, role, partners, centreAgents, passwordHash },
      actor(),
    );
    if (answer.kind === 'already-there')
      throw new PeopleError('PEOPLE_ALREADY_THERE', `there is somebody called ${agent} already`);
    if (json === true) print(JSON.stringify({ person: shown(answer.person), password }, null, 2));
    else print(`${agent} may log in as ${role}, at first with the password ${password}`);
  });
}

async function givePassword(agent: string, { config, json }: CommonOptions): Promise<void> {
  await withRecords(config, async ({ database }) => {
    const people = new People(database);
    const password = oneTimePassword();
    const isGiven = await people.givePassword(agent, await new Passwords().hash(password), actor());
    if (!isGiven) throw await unknownPerson(people, agent);
    if (json === true) print(JSON.stringify({ agent, password }, null, 2));
    else print(`${agent} logs in with the password ${password} the next time`);
  });
}

async function setActive(agent: string, isActive: boolean, { config, json }: CommonOptions): Promise<void> {
  await withRecords(config, async ({ database }) => {
    const people = new People(database);
    const answer = await people.change({ agent, isActive }, actor());
    if (answer.kind !== 'changed') {
      if (answer.kind === 'unknown-person') throw await unknownPerson(people, agent);
      throw new PeopleError('PEOPLE_LAST_ADMIN', `${agent} is the last admin of all partners; add one first`);
    }
    if (json === true) print(JSON.stringify({ person: shown(answer.person) }, null, 2));
    else print(`${agent} ${isActive ? 'may log in' : 'may log in no more'}`);
  });
}

/** @throws PeopleError */
function checkPlaces(settings: Settings, partners: readonly string[], centreAgents: readonly string[]): void {
  const known = settings.partners.partners.map(({ partner }) => partner);
  for (const partner of partners) {
    if (known.includes(partner)) continue;
    const hint = didYouMean(partner, known);
    throw new PeopleError('PEOPLE_UNKNOWN_PARTNER', `--partner: there is no partner ${partner}${hint}`);
  }
  const centres = settings.centres.centres.map(({ centre }) => centre);
  for (const one of centreAgents) {
    const [centre = '', agent] = one.split('/');
    if (agent === undefined || agent === '' || one.split('/').length > 2)
      throw new PeopleError('PEOPLE_CENTRE_AGENT', `--centre-agent: ${one} is not centre/agent`);
    if (!centres.includes(centre))
      throw new PeopleError(
        'PEOPLE_UNKNOWN_CENTRE',
        `--centre-agent: there is no centre ${centre}${didYouMean(centre, centres)}`,
      );
  }
}

async function unknownPerson(people: People, agent: string): Promise<PeopleError> {
  const names = (await people.list()).map((one) => one.agent);
  return new PeopleError(
    'PEOPLE_UNKNOWN',
    `there is nobody called ${agent}${didYouMean(agent, names)}; proffer people list shows all`,
  );
}

function table(people: readonly Person[]): readonly string[] {
  const columns = ['AGENT', 'NAME', 'ROLE', 'PARTNERS', 'CENTRE AGENTS', 'STATE', 'LAST LOG-IN'];
  return textTable(
    columns.map((head) => ({ head })),
    people.map((one) => [
      one.agent,
      one.name,
      one.role,
      one.partners.length === 0 ? 'all' : one.partners.join(' '),
      one.centreAgents.join(' ') || '-',
      stateOf(one),
      one.lastLoginAt === null ? 'never' : new Date(one.lastLoginAt).toISOString(),
    ]),
  );
}

function stateOf({ isActive, hasPassword, mustChangePassword }: Person): string {
  if (!isActive) return 'disabled';
  if (!hasPassword) return 'no password';
  return mustChangePassword ? 'has to change the password' : 'active';
}

function shown({ lastLoginAt, ...person }: Person) {
  return { ...person, lastLoginAt: lastLoginAt === null ? null : new Date(lastLoginAt).toISOString() };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
