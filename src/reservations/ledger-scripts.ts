// What Redis does for the ledger at once, between the commands of everybody else. A destination is a sorted set: member, the
// decision; score, when its reservation ends, by the clock of Redis, which all routers share.
import { createHash } from 'node:crypto';

export interface Script {
  readonly text: string;
  readonly sha: string;
}

function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/**
 * KEYS: the destination, then each overlap. ARGV: decision, free servers, lifetime in ms, then the servers shared with each overlap.
 * Answers 1 (granted) or 0, then what was reserved before at the destination and at each overlap. A decision that holds a place
 * keeps it.
 */
export const claimScript = scriptOf(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local answer = {1, redis.call('ZCARD', KEYS[1])}
local spoken = answer[2]
for i = 2, #KEYS do
  local count = redis.call('ZCOUNT', KEYS[i], '(' .. now, '+inf')
  answer[i + 1] = count
  spoken = spoken + math.min(count, tonumber(ARGV[i + 2]))
end
if spoken >= tonumber(ARGV[2]) and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  answer[1] = 0
  return answer
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return answer`);

/** KEYS: destinations. Answers what is reserved at each. */
export const countScript = scriptOf(`
local time = redis.call('TIME')
local after = '(' .. (time[1] * 1000 + math.floor(time[2] / 1000))
local counts = {}
for i, key in ipairs(KEYS) do counts[i] = redis.call('ZCOUNT', key, after, '+inf') end
return counts`);

/**
 * The key of a destination. What stands in braces says where a cluster keeps it: the destinations of a centre together, since a claim
 * reads several of them.
 * @param destination `centre/queue` or `centre/program`
 */
export function reservedKey(destination: string): string {
  return `proffer:{${centreOf(destination)}}:reserved:${destination}`;
}

export function centreOf(destination: string): string {
  return destination.slice(0, Math.max(0, destination.indexOf('/')));
}
