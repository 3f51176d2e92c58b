// Scripts that write what was learned. Each change is in the hash and in the stream, or in neither.

/**
 * KEYS: progress, changes, partners, then the hash of each state. ARGV: epoch of a Redis that has none, entries that the stream keeps,
 * channel. A Redis without an epoch is empty, or was emptied but for the stream.
 */
const storing = `
if redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1]) == 1 then redis.call('DEL', KEYS[2]) end
local function store(key, partner, customer, state)
  redis.call('HSET', key, customer, state)
  redis.call('SADD', KEYS[3], partner)
  local sequence = redis.call('HINCRBY', KEYS[1], 'sequence', 1)
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], sequence .. '-0',
    'partner', partner, 'customer', customer, 'state', state)
  return sequence
end
`;

/** Further ARGV: cursor, empty for none, then partner, customer, revision, state of each. Answers how many were stored. */
export const putScript = `${storing}
local stored = 0
local sequence
for i = 4, #KEYS do
  local at = 5 + (i - 4) * 4
  local old = redis.call('HGET', KEYS[i], ARGV[at + 1])
  local revision = old and tonumber(string.match(old, '^{"revision":(%d+),')) or -1
  local new = tonumber(ARGV[at + 2])
  if new > revision or (new == 0 and revision == 0) then
    sequence = store(KEYS[i], ARGV[at], ARGV[at + 1], ARGV[at + 3])
    stored = stored + 1
  end
end
if ARGV[4] ~= '' and tonumber(ARGV[4]) > tonumber(redis.call('HGET', KEYS[1], 'cursor') or '0') then
  redis.call('HSET', KEYS[1], 'cursor', ARGV[4])
end
if sequence then redis.call('PUBLISH', ARGV[3], sequence) end
return stored`;

/** Further ARGV: partner, customer, the state that should be there (empty: none), the new one. Answers whether it was stored. */
export const addScript = `${storing}
if (redis.call('HGET', KEYS[4], ARGV[5]) or '') ~= ARGV[6] then return 0 end
redis.call('PUBLISH', ARGV[3], store(KEYS[4], ARGV[4], ARGV[5], ARGV[7]))
return 1`;

/**
 * KEYS: partners, hash. ARGV: partner, then customer and state of each that is to go, unless it was changed since it was read. Answers
 * how many went. Routers forget by the expiry, not by the stream.
 */
export const purgeScript = `
local removed = 0
for i = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] then
    removed = removed + redis.call('HDEL', KEYS[2], ARGV[i])
  end
end
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SREM', KEYS[1], ARGV[1]) end
return removed`;
