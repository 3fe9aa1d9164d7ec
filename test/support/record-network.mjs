/**
 * Preloaded into a process (`--import .../record-network.mjs?to=FILE`): writes every attempt to reach, look up or open
 * something on a network into FILE, and stops it. Pipes of this machine, which have a path and no port, stay usable.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const to = new URL(import.meta.url).searchParams.get('to');
const refuse = (what) => {
  appendFileSync(to, `${what}\n`);
  throw new Error(`A test stopped this attempt to use the network: ${what}`);
};

/** Node calls these with the arguments as given or already normalised into one array. */
const isPipe = (args) => {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) return first.path !== undefined || first.fd !== undefined;
  return typeof first === 'string' && Number.isNaN(Number(first));
};
for (const [prototype, method] of [
  [net.Socket.prototype, 'connect'],
  [net.Server.prototype, 'listen'],
]) {
  const original = prototype[method];
  prototype[method] = function (...args) {
    return isPipe(args) ? original.apply(this, args) : refuse(`net ${method}`);
  };
}
for (const method of ['send', 'connect', 'bind']) dgram.Socket.prototype[method] = () => refuse(`dgram ${method}`);
for (const holder of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
  for (const name of Object.getOwnPropertyNames(holder))
    if (/^(lookup|resolve|reverse)/.test(name)) holder[name] = () => refuse(`dns ${name}`);
syncBuiltinESMExports();
