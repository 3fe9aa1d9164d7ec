/** The only reader of the environment: env -> zod -> frozen Config, or every fault listed. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const flag = z.enum(['0', '1']).transform((value) => value === '1');
const url = (...protocols: string[]) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      error: `must be a URL with ${protocols.join(' or ')}`,
    })
    .optional();
/** Not a URL to every reader: it may name several hosts. */
const mongoUrl = z
  .string()
  .regex(/^mongodb(?:\+srv)?:\/\/[^/?]+/u, { error: 'must be a URL with mongodb: or mongodb+srv:' })
  .optional();

/** Every setting with its default; `.env.example` is tested equal to this. */
export const settings = z.object({
  KOBLING_HOST: z.string().min(1).default('127.0.0.1'),
  KOBLING_PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  KOBLING_DATA_DIR: z.string().min(1).default('./data'),
  KOBLING_CACHE_DIR: z.string().min(1).optional(),
  KOBLING_SEED: flag.default(true),
  KOBLING_NOW: z.iso.date().optional(),
  KOBLING_PUBLIC_URL: url('http:', 'https:'),
  KOBLING_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  KOBLING_ALLOW_OPEN: flag.default(false),
  KOBLING_SMTP_URL: url('smtp:', 'smtps:'),
  KOBLING_MAIL_FROM: z.string().min(3).max(300).includes('@').optional(),
  KOBLING_MAIL_DELAY_SECONDS: z.coerce.number().int().min(0).max(3600).default(0),
  KOBLING_ANSWER_DAYS: z.coerce.number().int().min(1).max(365).default(14),
  KOBLING_ASK_BOTH: flag.default(false),
  KOBLING_MONGO_URL: mongoUrl,
  KOBLING_REDIS_URL: url('redis:', 'rediss:'),
  KOBLING_ROLE: z.enum(['all', 'api', 'worker']).default('all'),
});

export interface Config {
  host: string;
  port: number;
  dataDir: string;
  cacheDir: string;
  seed: boolean;
  /** Fixed date (YYYY-MM-DD) that stands for today in gates and answers. */
  now: string | undefined;
  publicUrl: string | undefined;
  smtpUrl: string | undefined;
  mailFrom: string | undefined;
  /** How long mails wait, so that an adviser's step can still be taken back. */
  mailDelaySeconds: number;
  /** How long a side has to answer an introduction. */
  answerDays: number;
  /** Both sides are asked at once. */
  askBoth: boolean;
  logLevel: z.infer<typeof settings>['KOBLING_LOG_LEVEL'];
  /** Listens beyond this machine although there are no accounts. */
  allowOpen: boolean;
  /** Where the collections are; without it in a file of the data folder. */
  mongoUrl: string | undefined;
  /** Where the jobs are; without it in the store, for this process alone. */
  redisUrl: string | undefined;
  /** `api` runs no jobs; `worker` is for nothing else. */
  role: z.infer<typeof settings>['KOBLING_ROLE'];
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** The environment; what it does not set comes from a file `.env` in the working folder, if there is one. */
export function environment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

const isShared = (s: z.infer<typeof settings>) =>
  s.KOBLING_MONGO_URL !== undefined && s.KOBLING_REDIS_URL !== undefined;

/** @throws Error with one line per fault. An empty value counts as not set. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const known = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name in settings.shape && value !== ''),
  );
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('KOBLING_') && !name.startsWith('KOBLING_TEST_') && !(name in settings.shape),
  );
  const parsed = settings.safeParse(known);
  const faults = [
    ...unknown.map((name) => `${name}: no such setting`),
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  ];
  if (parsed.success && !isLoopback(parsed.data.KOBLING_HOST) && !parsed.data.KOBLING_ALLOW_OPEN) {
    faults.push(
      `KOBLING_HOST: ${parsed.data.KOBLING_HOST} can be reached from other machines and Kobling has no accounts yet: ` +
        'anyone there could read and change everything. Use 127.0.0.1, or set KOBLING_ALLOW_OPEN=1 if that is meant.',
    );
  }
  if (parsed.success && parsed.data.KOBLING_ROLE !== 'all' && !isShared(parsed.data))
    faults.push(
      `KOBLING_ROLE: ${parsed.data.KOBLING_ROLE} shares its work with other processes: set KOBLING_MONGO_URL and KOBLING_REDIS_URL too.`,
    );
  if (!parsed.success || faults.length > 0) throw new Error(`Settings are not valid:\n  ${faults.join('\n  ')}`);
  const s = parsed.data;
  const dataDir = path.resolve(s.KOBLING_DATA_DIR);
  return Object.freeze({
    host: s.KOBLING_HOST,
    port: s.KOBLING_PORT,
    dataDir,
    cacheDir: path.resolve(s.KOBLING_CACHE_DIR ?? path.join(dataDir, 'cache')),
    seed: s.KOBLING_SEED,
    now: s.KOBLING_NOW,
    publicUrl: s.KOBLING_PUBLIC_URL,
    smtpUrl: s.KOBLING_SMTP_URL,
    mailFrom: s.KOBLING_MAIL_FROM,
    mailDelaySeconds: s.KOBLING_MAIL_DELAY_SECONDS,
    answerDays: s.KOBLING_ANSWER_DAYS,
    askBoth: s.KOBLING_ASK_BOTH,
    logLevel: s.KOBLING_LOG_LEVEL,
    allowOpen: s.KOBLING_ALLOW_OPEN,
    mongoUrl: s.KOBLING_MONGO_URL,
    redisUrl: s.KOBLING_REDIS_URL,
    role: s.KOBLING_ROLE,
  });
}
