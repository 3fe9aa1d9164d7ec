import type { Embedder } from '../../app/ports.ts';

/** An embedder that is opened when the first text comes: a process that never embeds does not hold the model. */
export function whenNeeded(
  { modelDigest, dimension }: Pick<Embedder, 'modelDigest' | 'dimension'>,
  open: () => Embedder,
): Embedder {
  let opened: Embedder | undefined;
  const embedder = () => (opened ??= open());
  return {
    modelDigest,
    dimension,
    embed: (texts, signal) => (texts.length === 0 ? Promise.resolve([]) : embedder().embed(texts, signal)),
    ready: async () => opened?.ready(),
    close: async () => opened?.close(),
  };
}
