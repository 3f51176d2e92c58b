// Free ports for servers of a test: free for UDP and for TCP at once, and below the range that the system hands out.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** `2/4`: the third of four that run side by side. Each has a share of its own: between here and a server's start others look, too. */
const [lane = 0, lanes = 1] = (process.env['TEST_LANE'] ?? '0/1').split('/').map(Number);
const share = Math.floor(12_000 / lanes);
const lowest = 20_000 + lane * share;
const highest = lowest + share;
/** Never handed out twice by one test file. */
const given = new Set<number>();

async function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, '0.0.0.0', () => socket.close(() => resolve(true)));
  });
}

async function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}

async function take(port: number): Promise<boolean> {
  if (given.has(port) || !(await isFreeForUdp(port)) || !(await isFreeForTcp(port))) return false;
  given.add(port);
  return true;
}

/** A port that nothing listens on, UDP and TCP, at any address of this machine. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(lowest, highest);
    if (await take(port)) return port;
  }
  throw new Error(`no free port between ${lowest} and ${highest}`);
}

/** The first of two in a row, for what listens with TLS on the next higher port. */
export async function freePortPair(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = await freePort();
    if (await take(port + 1)) return port;
  }
  throw new Error(`no two free ports in a row between ${lowest} and ${highest}`);
}

export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}
