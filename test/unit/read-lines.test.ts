import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLines } from '../../src/app/read-lines.ts';

async function linesOf(bytes: Buffer, chunk: number) {
  async function* chunks() {
    for (let i = 0; i < bytes.length; i += chunk) yield bytes.subarray(i, i + chunk);
  }
  const lines = [];
  for await (const line of readLines(chunks())) lines.push(line);
  return lines;
}

test('gives the same lines however the bytes are cut', async () => {
  const text = fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replace(/\n/gu, '')));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (lines, chunk) => {
      const read = await linesOf(Buffer.from(lines.map((line) => `${line}\n`).join('')), chunk);
      expect(read.map((line) => line.text)).toEqual(lines.map((line) => line.replace(/^\ufeff/u, '').toWellFormed()));
      expect(read.map((line) => line.line)).toEqual(lines.map((_, i) => i + 1));
    }),
  );
});

test('takes a last line without line feed, and nothing after the last line feed', async () => {
  expect((await linesOf(Buffer.from('a\nb'), 2)).map((line) => line.text)).toEqual(['a', 'b']);
  expect((await linesOf(Buffer.from('a\nb\n'), 2)).map((line) => line.text)).toEqual(['a', 'b']);
  expect(await linesOf(Buffer.from(''), 2)).toEqual([]);
});

test('a line that is not UTF-8 or too long is a fault of that line alone', async () => {
  const bytes = Buffer.concat([Buffer.from('a\n\xff\n', 'latin1'), Buffer.from(`${'x'.repeat(1_000_001)}\nb\n`)]);
  const lines = await linesOf(bytes, 1 << 16);
  expect(lines.map((line) => line.fault === undefined)).toEqual([true, false, false, true]);
});
