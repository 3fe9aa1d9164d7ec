/** Requests a second for a match list that is kept, against a bare Express route that answers the same bytes. */
import { createServer, request as httpRequest, Agent, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { createReadiness } from '../../src/app/readiness.ts';
import { createService } from '../../src/http/service.ts';
import { createLog } from '../../src/log.ts';
import { madeUpCluster } from './cluster.ts';
import { seconds, spread, type Figure } from './measure.ts';

const requests = 2000;
const connections = 16;

export async function benchThroughput(cacheDir: string, rounds: number): Promise<Figure[]> {
  const engine = await madeUpCluster(2000, cacheDir);
  const { app } = createService({
    engine,
    readiness: createReadiness(),
    examples: [],
    spoolDir: cacheDir,
    closing: new AbortController().signal,
    log: createLog('silent'),
  });
  const ours = await listening(app);
  const path = '/api/v1/members/m000000/matches/partners';
  const body = await (await fetch(`${ours.url}${path}`)).text();
  const bareApp = express();
  bareApp.get('/api/v1/members/:id/matches/partners', (_request, response) => {
    response.type('application/json').send(body);
  });
  const bare = await listening(bareApp);
  const client = fork(fileURLToPath(import.meta.url), { execArgv: ['--import', 'tsx'] });
  const load = (url: string) =>
    seconds(
      () =>
        new Promise<void>((resolve, reject) => {
          client.once('message', (failed: number) =>
            failed === 0 ? resolve() : reject(new Error(`${failed} requests failed`)),
          );
          client.send(url);
        }),
    );
  await load(ours.url + path);
  await load(bare.url + path);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++)
    ratios.push((await load(bare.url + path)) / (await load(ours.url + path)));
  client.kill();
  for (const { server } of [ours, bare]) {
    server.closeAllConnections();
    server.close();
  }
  await engine.close(0);
  return [
    {
      measure: 'match requests a second, kept answer / bare Express route',
      figure: spread(ratios),
      goal: '>= 0.6',
      detail: `${requests} requests of ${body.length} characters over ${connections} connections from another process`,
    },
  ];
}

async function listening(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** In the child process: answers each address with how many of its requests failed. */
if (process.send !== undefined)
  process.on('message', (url: string) => {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    let left = requests;
    let failed = 0;
    const one = () =>
      new Promise<void>((done) => {
        const call = httpRequest(url, { agent }, (response) => {
          if (response.statusCode !== 200) failed++;
          response.resume().on('end', done);
        });
        call.on('error', () => {
          failed++;
          done();
        });
        call.end();
      });
    const work = async () => {
      while (left-- > 0) await one();
    };
    void Promise.all(Array.from({ length: connections }, work)).then(() => {
      agent.destroy();
      process.send!(failed);
    });
  });
