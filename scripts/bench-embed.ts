/**
 * What the machinery around the model costs: the same texts through the embedder and, tokenized beforehand, through bare
 * onnxruntime. Both run in processes of equal priority and settings, in turns, so that other load hits them alike.
 *   npx tsx scripts/bench-embed.ts [texts]
 */
import os from 'node:os';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';
import { AutoTokenizer, env } from '@xenova/transformers';
import { openChildEmbedder } from '../src/adapters/embedder/child-embedder.ts';
import { verifyModel } from '../src/adapters/embedder/manifest.ts';
import { createExactIndex } from '../src/adapters/vectors/exact.ts';
import { projectRoot } from '../src/project-root.ts';

const rounds = 11;
const count = Number(process.argv[2] ?? 200);
const model = await verifyModel(path.join(projectRoot(), 'models'));
os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);

const sentences = ['members.jsonl', 'needs.jsonl']
  .flatMap((file) =>
    readFileSync(path.join(projectRoot(), 'seed', file), 'utf8')
      .trim()
      .split('\n'),
  )
  .flatMap((line) => Object.values(JSON.parse(line) as Record<string, unknown>).flat())
  .filter((value): value is string => typeof value === 'string' && value.includes(' '));
const texts = Array.from({ length: count }, (_t, i) => sentences[(i * 7) % sentences.length]!);

env.allowRemoteModels = false;
env.localModelPath = model.modelsDir + path.sep;
const tokenizer = await AutoTokenizer.from_pretrained(model.name);
const inputs = texts.map((text) => {
  const { input_ids: ids, attention_mask: mask } = tokenizer(text, { truncation: true, max_length: 512 }) as Record<
    string,
    { data: BigInt64Array; dims: number[] }
  >;
  return {
    input_ids: new ort.Tensor('int64', ids!.data, ids!.dims),
    attention_mask: new ort.Tensor('int64', mask!.data, mask!.dims),
  };
});
const tokens = inputs.reduce((sum, { input_ids }) => sum + input_ids.size, 0);
const session = await ort.InferenceSession.create(
  path.join(model.modelsDir, model.name, 'onnx', 'model_quantized.onnx'),
  { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 },
);

const seconds = async (work: () => Promise<unknown>) => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))]!;

const bare: number[] = [];
const ours: number[] = [];
const embedder = openChildEmbedder({ model });
await embedder.embed(texts.slice(0, 20));
for (let round = 0; round < rounds; round++) {
  bare.push(
    await seconds(async () => {
      for (const input of inputs) await session.run(input);
    }),
  );
  ours.push(await seconds(() => embedder.embed(texts)));
}
const vectors = await embedder.embed(texts);
await embedder.close();

const perSecond = (times: number[]) => (count / quantile(times, 0.5)).toFixed(0);
const ratios = bare.map((time, i) => time / ours[i]!);
const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
console.log(`load average ${os.loadavg()[0]!.toFixed(2)}; ${count} texts, ${(tokens / count).toFixed(1)} tokens each`);
console.log(`bare onnxruntime ${perSecond(bare)} texts/s, embedder ${perSecond(ours)} texts/s`);
console.log(`embedder against bare: ${middle} (quartiles ${low} to ${high}, ${rounds} rounds)`);

for (const size of [1_000, 10_000, 20_000, 100_000]) {
  const index = createExactIndex(model.dimension);
  for (let i = 0; i < size; i++) index.set(`k${i}`, jitter(vectors[i % vectors.length]!, i));
  const queries = vectors.slice(0, 50);
  for (const query of queries) index.search(query, 10);
  const each = (await seconds(async () => queries.forEach((query) => index.search(query, 10)))) / queries.length;
  console.log(`exact search over ${size}: ${(each * 1000).toFixed(2)} ms`);
}

/** A unit vector near another one, the same for the same number. */
function jitter(vector: Float32Array, seed: number): Float32Array {
  let state = seed + 1;
  const moved = vector.map((value) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return value + 0.05 * (state / 2 ** 31 - 1);
  });
  const norm = Math.hypot(...moved);
  return moved.map((value) => value / norm);
}
