/** Writes models/manifest.json anew: `npx tsx scripts/write-manifest.ts`. Run it only after replacing the model on purpose. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const name = 'kobling-embed-1';
const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx'];
const entries = await Promise.all(
  files.map(async (file) => {
    const bytes = await readFile(path.join('models', name, file));
    return [file, { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }] as const;
  }),
);
const manifest = { name, dimension: 384, maxTokens: 512, licence: 'MIT', files: Object.fromEntries(entries) };
await writeFile('models/manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
