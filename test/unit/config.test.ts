import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig, settings } from '../../src/config.ts';
import { projectRoot } from '../../src/project-root.ts';

describe('settings', () => {
  test('have defaults for everything', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      dataDir: path.resolve('data'),
      cacheDir: path.resolve('data/cache'),
      seed: true,
      now: undefined,
      publicUrl: undefined,
      smtpUrl: undefined,
      mailFrom: undefined,
      mailDelaySeconds: 0,
      answerDays: 14,
      askBoth: false,
      logLevel: 'info',
      allowOpen: false,
      mongoUrl: undefined,
      redisUrl: undefined,
      role: 'all',
    });
  });

  test('an empty value counts as not set', () => {
    expect(readConfig({ KOBLING_PORT: '', KOBLING_NOW: '' })).toEqual(readConfig({}));
  });

  test('every fault is listed', () => {
    const env = {
      KOBLING_PORT: '70000',
      KOBLING_NOW: 'today',
      KOBLING_SEED: 'yes',
      KOBLING_PUBLIC_URL: 'kobling.example',
      KOBLING_LOG_LEVEL: 'loud',
      KOBLING_COLOUR: 'red',
      KOBLING_TEST_ANYTHING: 'fine',
      PATH: '/bin',
    };
    let message = '';
    try {
      readConfig(env);
    } catch (error) {
      message = (error as Error).message;
    }
    const named = [...message.matchAll(/^ {2}(\w+):/gmu)].map((match) => match[1]);
    expect(named.sort()).toEqual([
      'KOBLING_COLOUR',
      'KOBLING_LOG_LEVEL',
      'KOBLING_NOW',
      'KOBLING_PORT',
      'KOBLING_PUBLIC_URL',
      'KOBLING_SEED',
    ]);
  });

  test.each(['0.0.0.0', '::', '192.168.1.4', 'example.org', '127.evil.example'])(
    'listening on %s is refused without accounts, unless it is meant',
    (host) => {
      expect(() => readConfig({ KOBLING_HOST: host })).toThrow(/no accounts/);
      expect(readConfig({ KOBLING_HOST: host, KOBLING_ALLOW_OPEN: '1' }).host).toBe(host);
    },
  );

  test.each(['127.0.0.1', '127.0.1.1', 'localhost', '::1'])('%s is this machine', (host) => {
    expect(readConfig({ KOBLING_HOST: host }).host).toBe(host);
  });
});

describe('.env.example', () => {
  const lines = readFileSync(path.join(projectRoot(), '.env.example'), 'utf8').split('\n');
  const shown = lines.flatMap((line) => {
    const found = /^(# )?(KOBLING_\w+)=(.*)$/u.exec(line);
    return found === null ? [] : [{ isComment: found[1] !== undefined, name: found[2]!, value: found[3]! }];
  });

  test('names every setting once and no other', () => {
    expect(shown.map(({ name }) => name).sort()).toEqual(Object.keys(settings.shape).sort());
  });

  test('shows the defaults, and valid examples where there is none', () => {
    const set = Object.fromEntries(shown.filter((one) => !one.isComment).map(({ name, value }) => [name, value]));
    expect(readConfig(set)).toEqual(readConfig({}));
    const all = Object.fromEntries(shown.map(({ name, value }) => [name, value]));
    expect(() => readConfig(all)).not.toThrow();
  });
});
