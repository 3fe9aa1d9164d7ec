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
if (modelsDir === undefined || name === undefined)
  throw new Error('usage: embed-child MODELS_DIR NAME MAX_TOKENS DIMENSION');
const maxTokens = Number(maxTokensText);
const dimension = Number(dimensionText);

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = modelsDir + path.sep;
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

// Killed parents cannot say goodbye: without this the child would outlive them.
process.on('disconnect', () => process.exit(0));
const send = (message: FromChild) => process.send?.(message);

if (!process.connected) process.exit(0);

const tokenizer = await AutoTokenizer.from_pretrained(name);
const session = await ort.InferenceSession.create(path.join(modelsDir, name, 'onnx', 'model_quantized.onnx'), {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});

const endOfText = BigInt(tokenizer.sep_token_id);
/** Far more than the window holds (no piece is longer than 16): the tokenizer need not read a whole book. */
const maxCharacters = maxTokens * 32;

interface Encoded {
  data: BigInt64Array;
  dims: number[];
}
type Inputs = Record<'input_ids' | 'attention_mask', ort.Tensor>;

async function tokenize(text: string): Promise<Inputs> {
  const read = text.slice(0, maxCharacters).toWellFormed();
  const encoded = (await tokenizer(read, { truncation: true, max_length: maxTokens })) as Record<string, Encoded>;
  const ids = encoded['input_ids']!;
  const mask = encoded['attention_mask']!;
  // The tokenizer cuts the end mark off with the rest of a long text.
  ids.data[ids.data.length - 1] = endOfText;
  return {
    input_ids: new ort.Tensor('int64', ids.data, ids.dims),
    attention_mask: new ort.Tensor('int64', mask.data, mask.dims),
  };
}

/** The mean over all tokens (there is no padding, so the mask is all ones), of unit length. */
function pool(hidden: Float32Array): Float32Array {
  const vector = new Float32Array(dimension);
  for (let at = 0; at < hidden.length; at += dimension)
    for (let d = 0; d < dimension; d++) vector[d]! += hidden[at + d]!;
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square) || 1;
  for (let d = 0; d < dimension; d++) vector[d]! /= length;
  return vector;
}

async function embed(texts: readonly string[]): Promise<Float32Array[]> {
  // All are tokenized before the first run: measured some 3 % faster than by turns (quartiles 0 to 5 %).
  const inputs: Inputs[] = [];
  for (const text of texts) inputs.push(await tokenize(text));
  const vectors: Float32Array[] = [];
  for (const input of inputs) {
    const output = await session.run(input);
    vectors.push(pool(output['last_hidden_state']!.data as Float32Array));
  }
  return vectors;
}

let work = Promise.resolve();
process.on('message', (message: ToChild) => {
  work = work.then(async () => {
    try {
      send({ type: 'done', batch: message.batch, vectors: await embed(message.texts) });
    } catch (error) {
      send({ type: 'failed', batch: message.batch, message: error instanceof Error ? error.message : String(error) });
    }
  });
});
send({ type: 'ready' });
