/**
 * The process that holds the model. One text a run: int8 activations are scaled over a whole batch, so only that is
 * reproducible, and on one thread it is as fast. The session is loaded by path because onnxruntime 1.14 ignores its
 * options when the model comes as a buffer.
 */
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import ort from 'onnxruntime-node';
import { AutoTokenizer, env } from '@xenova/transformers';
import type { FromChild, ToChild } from './messages.ts';

const [, , modelsDir, name, maxTokensText, dimensionText] = process.argv;
if (modelsDir === undefined || name === undefined) throw new Error('usage: embed-child MODELS_DIR NAME MAX_TOKENS DIMENSION');
const maxTokens = Number(maxTokensText);
const dimension = Number(dimensionText);

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = modelsDir + path.sep;
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

// Killed parents cannot say goodbye: without this the child would outlive them.
process.on('disconnect', () => process.exit(0));
const send = (message: FromChild) => process.send?.(message);

const tokenizer = await AutoTokenizer.from_pretrained(name);
const session = await ort.InferenceSession.create(path.join(modelsDir, name, 'onnx', 'model_quantized.onnx'), {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});

interface Encoded {
  data: BigInt64Array;
  dims: number[];
}

async function embed(text: string): Promise<Float32Array> {
  const encoded = (await tokenizer(text, { truncation: true, max_length: maxTokens })) as Record<string, Encoded>;
  const ids = encoded['input_ids']!;
  const mask = encoded['attention_mask']!;
  const output = await session.run({
    input_ids: new ort.Tensor('int64', ids.data, ids.dims),
    attention_mask: new ort.Tensor('int64', mask.data, mask.dims),
  });
  const hidden = output['last_hidden_state']!.data as Float32Array;
  const vector = new Float32Array(dimension);
  const tokens = hidden.length / dimension;
  for (let t = 0; t < tokens; t++) for (let d = 0; d < dimension; d++) vector[d]! += hidden[t * dimension + d]!;
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square) || 1;
  for (let d = 0; d < dimension; d++) vector[d]! /= length;
  return vector;
}

let work = Promise.resolve();
process.on('message', (message: ToChild) => {
  work = work.then(async () => {
    try {
      const vectors: Float32Array[] = [];
      for (const text of message.texts) vectors.push(await embed(text));
      send({ type: 'done', batch: message.batch, vectors });
    } catch (error) {
      send({ type: 'failed', batch: message.batch, message: error instanceof Error ? error.message : String(error) });
    }
  });
});
send({ type: 'ready' });
