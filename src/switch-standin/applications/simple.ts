// Applications that are over at once, or that only wait (mod_dptools.c).
import { splitArguments, isTrue } from './arguments.js';
import { parseCause } from '../channel/hangup-cause.js';
import type { Application, Channel } from '../channel/channel.js';

/** An application that does its work and is over. */
function instant(work: (channel: Channel, data: string) => void): Application {
  return (channel, data, done) => {
    work(channel, data);
    done();
    return undefined;
  };
}

function setOne(channel: Channel, assignment: string): string | undefined {
  const equals = assignment.indexOf('=');
  const name = (equals === -1 ? assignment : assignment.slice(0, equals)).trim();
  const value = equals === -1 ? '' : assignment.slice(equals + 1);
  if (name === '') return undefined;
  channel.setVariable(name, value === '_undef_' ? undefined : value);
  return name;
}

export const set = instant((channel, data) => void setOne(channel, data));

/** Sets a variable that bridged legs get too. */
export const exportVariable = instant((channel, data) => {
  const [, assignment = ''] = /^(?:nolocal:)?(.*)$/s.exec(data) ?? [];
  const name = setOne(channel, assignment);
  if (name === undefined) return;
  const exported = new Set((channel.variables.get('export_vars') ?? '').split(',').filter(Boolean));
  channel.setVariable('export_vars', [...exported.add(name)].join(','));
});

export const unset = instant((channel, data) => channel.setVariable(data.trim(), undefined));

/** `a=b c=d`, or `^^:a=b:c=d` with a delimiter of one's own. */
export const multiset = instant((channel, data) => {
  const isDelimited = data.startsWith('^^');
  const assignments = isDelimited ? data.slice(3).split(data.charAt(2)) : splitArguments(data);
  for (const one of assignments) setOne(channel, one);
});

export const answer = instant((channel) => channel.answer());
export const ringReady = instant((channel) => channel.ring());
export const nothing = instant(() => undefined);
export const flushDtmf = instant((channel) => channel.keys.flush());
export const breakAll = instant((channel) => channel.applications.break(false));
export const hangup = instant((channel, data) => channel.hangup(parseCause(data) ?? 'NORMAL_CLEARING'));

/** `12#@150`: keys, and how long each is pressed in milliseconds. */
export const sendDtmf = instant((channel, data) => {
  const [keys = '', ms] = data.split('@');
  channel.media.sendKeys(keys.replace(/[^0-9A-D*#]/gi, ''), Number(ms) || undefined);
});

/** Milliseconds. Keys wait meanwhile, unless sleep_eat_digits is set. */
export const sleep: Application = (channel, data, done) => {
  if (isTrue(channel.variables.get('sleep_eat_digits'))) channel.keys.eat();
  else channel.keys.wait();
  const end = (): void => {
    timer.cancel();
    done();
  };
  const timer = channel.context.clock.after(Math.max(0, Number(data) || 0), 'sleep', end);
  return { stop: end };
};

export const echo: Application = (channel, _data, done) => {
  channel.keys.eat();
  channel.media.setEcho(true);
  return {
    stop: () => {
      channel.media.setEcho(false);
      done();
    },
  };
};
