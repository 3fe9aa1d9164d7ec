import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { openChildEmbedder, type ChildEmbedderOptions } from '../../src/adapters/embedder/child-embedder.ts';
import { verifyModel } from '../../src/adapters/embedder/manifest.ts';
import { withVectorCache } from '../../src/adapters/embedder/vector-cache.ts';
import type { Embedder } from '../../src/app/ports.ts';
import { projectRoot } from '../../src/project-root.ts';
import { tempDir } from '../support/temp-dir.ts';
import { embedderContract, sentences } from './embedder-contract.ts';

const dir = tempDir();
const model = await verifyModel(path.join(projectRoot(), 'models'));
let files = 0;
const freshFile = () => path.join(dir, `file-${++files}`);

embedderContract('One process', () => openChildEmbedder({ model }));
embedderContract('Three processes', () => openChildEmbedder({ model, processes: 3 }));
embedderContract('The vector cache', () => withVectorCache(openChildEmbedder({ model }), freshFile()));

const preload = (code: string) => ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
/** Writes the number of every child that starts to a file. */
const notePids = (file: string) =>
  preload(`import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(file)}, process.pid + ' ');`);
const pidsIn = (file: string) => [...new Set(readFileSync(file, 'utf8').trim().split(' ').map(Number))];

async function using<T>(options: Partial<ChildEmbedderOptions>, use: (embedder: Embedder) => Promise<T>): Promise<T> {
  const embedder = openChildEmbedder({ model, ...options });
  try {
    return await use(embedder);
  } finally {
    await embedder.close();
  }
}

describe('The embedding process', () => {
  test('gives the same bytes in every process', async () => {
    const texts = sentences(40);
    const [first, second] = await Promise.all(
      [1, 3].map((processes) => using({ processes }, (embedder) => embedder.embed(texts))),
    );
    expect(second).toEqual(first);
  });

  test('is replaced after kill -9, and the work in hand is redone', async () => {
    const file = freshFile();
    const texts = sentences(400);
    await using({ execArgv: notePids(file) }, async (embedder) => {
      const bulk = embedder.embed(texts);
      // Served ahead of the rest: now the child is in the middle of it.
      await embedder.embed(['urgent']);
      process.kill(pidsIn(file)[0]!, 'SIGKILL');
      const vectors = await bulk;
      expect(pidsIn(file)).toHaveLength(2);
      for (const i of [0, 9, 18, 399]) expect((await embedder.embed([texts[i]!]))[0]).toEqual(vectors[i]);
    });
  });

  test('is replaced when it hangs, and the work in hand is redone', async () => {
    const file = freshFile();
    await using({ execArgv: notePids(file), hungAfterMs: 5000 }, async (embedder) => {
      const [before] = await embedder.embed(['radar']);
      process.kill(pidsIn(file)[0]!, 'SIGSTOP');
      expect((await embedder.embed(['radar']))[0]).toEqual(before);
      expect(pidsIn(file)).toHaveLength(2);
    });
  });

  test('lets a call of few texts go ahead of a large one', async () => {
    await using({}, async (embedder) => {
      const order: string[] = [];
      const bulk = embedder.embed(sentences(300)).then(() => order.push('bulk'));
      await embedder.embed(['urgent']).then(() => order.push('urgent'));
      await bulk;
      expect(order).toEqual(['urgent', 'bulk']);
    });
  });

  test('refuses the one text that ends it every time, and serves the calls around it', async () => {
    const file = freshFile();
    const dieOnPoison = preload(
      `process.on('message', (message) => { if (message.texts.includes('poison')) process.kill(process.pid, 'SIGKILL'); });`,
    );
    await using({ execArgv: [...notePids(file), ...dieOnPoison] }, async (embedder) => {
      const poisoned = embedder.embed(['good', 'poison', 'better', ...sentences(10)]);
      const healthy = embedder.embed(sentences(10, 50));
      await expect(poisoned).rejects.toThrow(/^Text 2 of 13 \(6 characters\) cannot be embedded/);
      expect(await healthy).toHaveLength(10);
      expect(pidsIn(file).length).toBeGreaterThanOrEqual(3);
    });
  });

  test('says so when it does not start', async () => {
    await using({ execArgv: preload('process.exit(3)') }, async (embedder) => {
      const waiting = expect(embedder.embed(['a'])).rejects.toThrow('does not start');
      await expect(embedder.ready()).rejects.toThrow('does not start');
      await waiting;
    });
  });

  test('ends when its parent is killed', async () => {
    const code = `
      import { openChildEmbedder } from ${JSON.stringify(sourceUrl('embedder/child-embedder.ts'))};
      const embedder = openChildEmbedder({ model: ${JSON.stringify(model)} });
      await embedder.ready();
      process.stdout.write('ready');
      await embedder.embed(${JSON.stringify(sentences(3000))});`;
    const script = `${freshFile()}.mts`;
    writeFileSync(script, code);
    const parent = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: projectRoot(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    parent.stderr.resume();
    // The child holds on to the same stderr: `close` comes when both have ended.
    const allEnded = new Promise((resolve) => parent.once('close', resolve));
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    parent.kill('SIGKILL');
    await allEnded;
    expect(parent.signalCode).toBe('SIGKILL');
  });
});

const sourceUrl = (file: string) => pathToFileURL(path.join(projectRoot(), 'src/adapters', file)).href;
const recordNetwork = (file: string) => {
  const url = pathToFileURL(path.join(projectRoot(), 'test/support/record-network.mjs'));
  url.searchParams.set('to', file);
  return ['--import', url.href];
};

describe('No socket leaves the machine', () => {
  test('loading the model and embedding try nothing on the network', async () => {
    const file = freshFile();
    writeFileSync(file, '');
    await using({ execArgv: recordNetwork(file) }, async (embedder) => {
      expect(await embedder.embed(sentences(5))).toHaveLength(5);
    });
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test.each([
    ['fetch', `await fetch('http://192.0.2.1/').catch(() => {})`, 'net connect'],
    ['a TLS socket', `try { (await import('node:tls')).connect(443, '192.0.2.1') } catch {}`, 'net connect'],
    ['a listener', `try { (await import('node:net')).createServer().listen(0) } catch {}`, 'net listen'],
    [
      'a datagram',
      `try { (await import('node:dgram')).createSocket('udp4').send('x', 9, '192.0.2.1') } catch {}`,
      'dgram',
    ],
    [
      'a name look-up',
      `try { await (await import('node:dns/promises')).lookup('example.org') } catch {}`,
      'dns lookup',
    ],
  ])('the same watch would have seen %s', async (_what, code, seen) => {
    const file = freshFile();
    const args = [...recordNetwork(file), '--input-type=module', '-e', `${code}; process.exit(0)`];
    await promisify(execFile)(process.execPath, args);
    expect(readFileSync(file, 'utf8')).toContain(seen);
  });

  const onLinux = existsSync('/proc/self/net/tcp') ? test : test.skip;
  onLinux('the running process holds no socket that the kernel lists as TCP or UDP', async () => {
    const file = freshFile();
    await using({ execArgv: notePids(file) }, async (embedder) => {
      await embedder.embed(sentences(5));
      const proc = `/proc/${pidsIn(file)[0]!}`;
      const held = readdirSync(`${proc}/fd`).map(
        (fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`${proc}/fd/${fd}`))?.[1],
      );
      const listed = ['tcp', 'tcp6', 'udp', 'udp6']
        .filter((table) => existsSync(`${proc}/net/${table}`))
        .flatMap((table) => readFileSync(`${proc}/net/${table}`, 'utf8').split('\n').slice(1))
        .map((line) => line.trim().split(/\s+/)[9]);
      expect(held.filter((inode) => inode !== undefined && listed.includes(inode))).toEqual([]);
    });
  });
});
