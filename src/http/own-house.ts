/**
 * Keeps other web pages out. Without accounts, whoever reaches the service may change everything, and a browser on this
 * machine reaches it for any page it has open: by a foreign name that resolves to this machine (DNS rebinding), or by a
 * form that a foreign page sends.
 */
import type { RequestHandler } from 'express';
import { Problem } from '../domain/problem.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** `publicUrl`: the address behind a proxy, if there is one. `anyName`: answer under every name (KOBLING_ALLOW_OPEN). */
export function ownHouse(options: { publicUrl?: string | undefined; anyName: boolean }): RequestHandler {
  const names = new Set(loopbackNames);
  if (options.publicUrl !== undefined) names.add(new URL(options.publicUrl).hostname);
  return (request, _response, next) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/u, '').toLowerCase();
    if (!options.anyName && !names.has(name) && !/^127(\.\d{1,3}){3}$/u.test(name))
      throw new Problem('misdirected', `This service does not answer under the name ${JSON.stringify(name)}.`);
    if (!reading.has(request.method) && request.get('sec-fetch-site') === 'cross-site')
      throw new Problem('forbidden', 'Another web page may not change anything here.');
    next();
  };
}
