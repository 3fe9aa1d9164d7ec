import { maxLineCharacters, type ImportLine } from './import-line.ts';

/** Lines of a byte stream with their numbers. Bad UTF-8 and over-long lines become faults of their line, nothing more. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, file?: string): AsyncGenerator<ImportLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let line = 0;
  const maxBytes = maxLineCharacters * 4;
  const finish = (): ImportLine => {
    const bytes = Buffer.concat(pending);
    const tooLong = pendingBytes > maxBytes;
    pending = [];
    pendingBytes = 0;
    line++;
    const common = { line, ...(file === undefined ? {} : { file }) };
    if (tooLong) return { ...common, text: '', fault: `The line is longer than ${maxLineCharacters} characters.` };
    try {
      const text = decoder.decode(bytes);
      return text.length > maxLineCharacters
        ? { ...common, text: '', fault: `The line is longer than ${maxLineCharacters} characters.` }
        : { ...common, text };
    } catch {
      return { ...common, text: '', fault: 'The line is not valid UTF-8.' };
    }
  };
  const keep = (part: Uint8Array) => {
    pendingBytes += part.length;
    if (pendingBytes <= maxBytes) pending.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, from)) {
      keep(chunk.subarray(from, newline));
      from = newline + 1;
      yield finish();
    }
    keep(chunk.subarray(from));
  }
  if (pendingBytes > 0) yield finish();
}
