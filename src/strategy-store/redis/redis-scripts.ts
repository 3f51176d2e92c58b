// What Redis does by itself, at once: it runs a script whole, between the commands of everybody else.

/** KEYS: lock. ARGV: owner, time to live in ms. */
export const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: lock. ARGV: owner. */
export const unlockScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/** KEYS: lock, current, retired, generations. ARGV: owner, partner, generation, channel, state it should be in. */
export const swapScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost-lock' end
local old = redis.call('HGET', KEYS[2], ARGV[2])
local isRetired = redis.call('HEXISTS', KEYS[3], ARGV[3]) == 1
if old == ARGV[3] or isRetired ~= (ARGV[5] == 'retired') or redis.call('HEXISTS', KEYS[4], ARGV[3]) == 0 then
  return 'not-there'
end
local time = redis.call('TIME')
if old then redis.call('HSET', KEYS[3], old, time[1] .. string.format('%03d', math.floor(time[2] / 1000))) end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('HDEL', KEYS[3], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[2])
return 'swapped'`;

/**
 * Before a generation is removed: from here on nobody swaps it in, and should this process die, the next load finds it as
 * unfinished. KEYS: current, retired. ARGV: partner, generation.
 */
export const condemnScript = `
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[2])
return 1`;

/** KEYS: buckets. Answers how many fields they have together, and SHA-1 over their fields and values in the order they are kept. */
export const digestScript = `
local parts = {}
local fields = 0
for _, key in ipairs(KEYS) do
  local all = redis.call('HGETALL', key)
  fields = fields + #all / 2
  parts[#parts + 1] = table.concat(all)
end
return {fields, redis.sha1hex(table.concat(parts))}`;
