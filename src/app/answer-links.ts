/** The links by which a side answers without an account: they name introduction, side and asking, and cannot be guessed. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { sides, type Introduction, type Side } from '../domain/introduction/introduction.ts';
import { StoreError, type Store } from './ports.ts';

export interface AnswerLinks {
  /** `undefined` where the service has no public address. */
  linkOf(introduction: Introduction, side: Side): Promise<string | undefined>;
  tokenOf(introduction: Introduction, side: Side): Promise<string>;
  /** Whose link it is. A later asking makes the links of earlier ones invalid. */
  sideOf(introduction: Introduction, token: string): Promise<Side | undefined>;
}

const metaId = 'answer-link-key';

export function createAnswerLinks(store: Store, publicUrl: string | undefined): AnswerLinks {
  const meta = store.collection('meta');
  let known: Promise<Buffer> | undefined;

  /** Made once for the store; of two processes that make it at once the first one counts. */
  const readKey = async (): Promise<Buffer> => {
    const found = await meta.get(metaId);
    if (found !== undefined) return Buffer.from(String(found.doc['key']), 'base64');
    const made = await meta.insert(metaId, { key: randomBytes(32).toString('base64') }).catch((error: unknown) => {
      if (error instanceof StoreError && error.code === 'taken') return undefined;
      throw error;
    });
    return made === undefined ? readKey() : Buffer.from(String(made.doc['key']), 'base64');
  };
  const key = () =>
    (known ??= readKey().catch((error: unknown) => {
      known = undefined;
      throw error;
    }));

  const tokenOf = async ({ id, round }: Introduction, side: Side) =>
    createHmac('sha256', await key())
      .update(JSON.stringify([id, side, round]))
      .digest('base64url');

  return {
    tokenOf,
    async linkOf(introduction, side) {
      if (publicUrl === undefined) return undefined;
      return `${publicUrl.replace(/\/$/u, '')}/i/${introduction.id}/${await tokenOf(introduction, side)}`;
    },
    async sideOf(introduction, token) {
      for (const side of sides) {
        const right = Buffer.from(await tokenOf(introduction, side));
        const given = Buffer.from(token);
        if (right.length === given.length && timingSafeEqual(right, given)) return side;
      }
      return undefined;
    },
  };
}
