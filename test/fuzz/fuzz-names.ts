// Host names of damaged messages lead nowhere, at once: no fuzzer asks the DNS.
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Replaces the look-up of names until the function that it returns is called. */
export function withoutNames(): () => void {
  const real = dns.lookup;
  const replace = (lookup: typeof dns.lookup): void => {
    dns.lookup = lookup;
    syncBuiltinESMExports();
  };
  replace(async () => Promise.reject(new Error('ENOTFOUND')));
  return () => replace(real);
}
