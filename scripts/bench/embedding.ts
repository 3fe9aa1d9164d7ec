/** What the machinery around the model costs, and what it saves against the library's own pipeline. */
import os from 'node:os';
import path from 'node:path';
import { AutoTokenizer, env, pipeline } from '@xenova/transformers';
import ort from 'onnxruntime-node';
import { openChildEmbedder } from '../../src/adapters/embedder/child-embedder.ts';
import type { VerifiedModel } from '../../src/adapters/embedder/manifest.ts';
import { seconds, spread, type Figure } from './measure.ts';
import { seedSentences } from './sentences.ts';

const texts = seedSentences().slice(0, 200);
const naturalBatch = 32;

/** Rounds are taken in turns, so that other load on the machine hits all alike. */
export async function benchEmbedding(model: VerifiedModel, rounds: number): Promise<Figure[]> {
  // As the embedding process has it: else other load would take from one side only.
  os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
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
  const file = path.join(model.modelsDir, model.name, 'onnx', 'model_quantized.onnx');
  const session = await ort.InferenceSession.create(file, { executionProviders: ['cpu'], intraOpNumThreads: 1 });
  const stock = await pipeline('feature-extraction', model.name, { quantized: true });
  const embedder = openChildEmbedder({ model });
  await embedder.embed(texts.slice(0, 20));

  const againstBare: number[] = [];
  const againstStock: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const bare = await seconds(async () => {
      for (const input of inputs) await session.run(input);
    });
    const ours = await seconds(() => embedder.embed(texts));
    againstBare.push(bare / ours);
    // Slow, and steady enough with fewer rounds.
    if (round % 4 !== 0) continue;
    const stockSeconds = await seconds(async () => {
      for (let i = 0; i < texts.length; i += naturalBatch)
        await stock(texts.slice(i, i + naturalBatch), { pooling: 'mean', normalize: true });
    });
    againstStock.push(stockSeconds / ours);
  }
  await embedder.close();
  os.setPriority(os.constants.priority.PRIORITY_NORMAL);
  const tokens = inputs.reduce((sum, { input_ids }) => sum + input_ids.size, 0) / texts.length;
  const detail = `${texts.length} texts of ${tokens.toFixed(0)} tokens, median (quartiles) of`;
  return [
    {
      measure: 'embedding rate / bare onnxruntime, same tokens',
      figure: spread(againstBare),
      goal: '>= 0.9',
      detail: `${detail} ${againstBare.length} rounds`,
    },
    {
      measure: 'embedding rate / stock pipeline, batches of 32',
      figure: spread(againstStock),
      goal: '>= 3',
      detail: `${detail} ${againstStock.length} rounds`,
    },
  ];
}
