/** What every embedder must do. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EmbedderError, type Embedder } from '../../src/app/ports.ts';

export const sentences = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_s, i) => `Vi søker en partner til utprøving nummer ${from + i} på sykehuset.`);

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

export function embedderContract(name: string, open: () => Embedder): void {
  describe(`${name} keeps the embedder contract`, () => {
    let embedder: Embedder;
    const one = async (text: string) => (await embedder.embed([text]))[0]!;
    beforeAll(async () => {
      embedder = open();
      await embedder.ready();
    });
    afterAll(() => embedder.close());

    test('no texts give no vectors', async () => {
      expect(await embedder.embed([])).toEqual([]);
    });

    test('vectors are of the stated dimension, of unit length, and finite, whatever the text', async () => {
      const odd = ['', '   \n', '🩺', '\ud800', 'a', 'ord '.repeat(20_000), 'x'.repeat(100_000), '\u0000'];
      const vectors = await embedder.embed(odd);
      expect(vectors).toHaveLength(odd.length);
      for (const vector of vectors) {
        expect(vector).toHaveLength(embedder.dimension);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      }
    });

    test('vectors come in the order of the texts, equal texts get equal ones', async () => {
      const texts = [...sentences(20), ...sentences(20).reverse()];
      const vectors = await embedder.embed(texts);
      for (let i = 0; i < 20; i++) expect(vectors[i]).toEqual(vectors[39 - i]);
      expect(new Set(vectors.map((vector) => vector.join()))).toHaveProperty('size', 20);
    });

    test('a text has the same vector, byte for byte, whatever its neighbours', async () => {
      const text = 'Trådløs måling av blodtrykk hjemme hos pasienten';
      const alone = await one(text);
      const [, , among] = await embedder.embed(['Hi.', 'langt '.repeat(300), text, ...sentences(9, 100)]);
      expect(among).toEqual(alone);
    });

    test('only the beginning of a text longer than the window counts', async () => {
      const beginning = 'måling av blodtrykk hos pasienten '.repeat(200);
      expect(await one(`${beginning} og noe helt annet til slutt`)).toEqual(await one(beginning));
    });

    test.each([
      ['Bokmål and Nynorsk', 'Me treng eit system for timebestilling på legekontor'],
      ['Bokmål and English', "We need an appointment booking system for doctors' offices"],
    ])('%s of the same sentence are nearer than another matter', async (_languages, translation) => {
      const [text, other, same] = await embedder.embed([
        'Vi trenger et system for timebestilling på legekontor',
        'Fiskeriet i nord hadde en god sesong',
        translation,
      ]);
      expect(cosine(text!, same!)).toBeGreaterThan(cosine(text!, other!) + 0.2);
    });

    test('an aborted call is refused with the reason, and the next one is served', async () => {
      const reason = new Error('no longer wanted');
      const controller = new AbortController();
      const bulk = embedder.embed(sentences(300, 1000), controller.signal);
      controller.abort(reason);
      await expect(bulk).rejects.toBe(reason);
      await expect(embedder.embed(['x'], AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await embedder.embed(['next'])).toHaveLength(1);
    });

    test('closing refuses what waits and whatever comes later, and may be done twice', async () => {
      const closing = open();
      const waiting = closing.embed(sentences(50, 2000));
      const refused = expect(waiting).rejects.toBeInstanceOf(EmbedderError);
      await closing.close();
      await refused;
      await expect(closing.embed(['a text'])).rejects.toBeInstanceOf(EmbedderError);
      await expect(closing.ready()).rejects.toBeInstanceOf(EmbedderError);
      await closing.close();
    });
  });
}
