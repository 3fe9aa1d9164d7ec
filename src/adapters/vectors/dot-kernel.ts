/** Inner products in WebAssembly SIMD; the source and how it is built stand in dot-kernel.as. */

// Node has WebAssembly, its types for Node 20 do not: this is the part in use.
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

const code =
  'AGFzbQEAAAABCQFgBX9/f39/AAIPAQNlbnYGbWVtb3J5AgABAwIBAAcRAgRzY2FuAAAGbWVtb3J5AgAKqwIBqAICBHsFfyAEQQJ0IQwDQCADIAlKBED9DAAAAAAAAAAAAAAAAAAAAAAhBf0MAAAAAAAAAAAAAAAAAAAAACEG/QwAAAAAAAAAAAAAAAAAAAAAIQf9DAAAAAAAAAAAAAAAAAAAAAAhCCAAIAkgDGxqIQ1BACEEA0AgBCAMSQRAIAUgBCANaiIK/QAEACABIARqIgv9AAQA/eYB/eQBIQUgBiAK/QAEECAL/QAEEP3mAf3kASEGIAcgCv0ABCAgC/0ABCD95gH95AEhByAIIAr9AAQwIAv9AAQw/eYB/eQBIQggBEFAayEEDAELCyACIAlBAnRqIAUgBv3kASAHIAj95AH95AEiBf0fACAF/R8BkiAF/R8CkiAF/R8DkjgCACAJQQFqIQkMAQsLCw==';
const module = new WebAssembly.Module(Buffer.from(code, 'base64'));
const pageBytes = 65_536;
/** Rows scored by one call: their scores stay in the processor's cache. */
export const rowsAtOnce = 4096;

export interface VectorBlock {
  /** Numbers a row takes up: the dimension, filled up with zeros to a multiple of 16. */
  readonly stride: number;
  /** All rows, one after the other. Not valid after the next `reserve`. */
  readonly rows: Float32Array;
  /** Makes room for this many rows; those there stay. */
  reserve(rows: number): void;
  /** Sets what `score` multiplies with. */
  setQuery(vector: Float32Array): void;
  /** Scores of up to rowsAtOnce rows from `first` on. Valid until the next call. */
  score(first: number, count: number): Float32Array;
}

/** Room for rows that a query can be multiplied with. It only ever grows. */
export function createVectorBlock(dimension: number): VectorBlock {
  const stride = Math.ceil(dimension / 16) * 16;
  const rowsAt = (rowsAtOnce + stride) * 4;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(rowsAt / pageBytes) });
  const { scan } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    scan(rows: number, query: number, out: number, n: number, d: number): void;
  };
  let scores: Float32Array;
  let query: Float32Array;
  let rows: Float32Array;
  const look = () => {
    scores = new Float32Array(memory.buffer, 0, rowsAtOnce);
    query = new Float32Array(memory.buffer, rowsAtOnce * 4, stride);
    rows = new Float32Array(memory.buffer, rowsAt, Math.floor((memory.buffer.byteLength - rowsAt) / 4));
  };
  look();
  return {
    stride,
    get rows() {
      return rows;
    },
    reserve(count) {
      const missing = rowsAt + count * stride * 4 - memory.buffer.byteLength;
      if (missing <= 0) return;
      memory.grow(Math.ceil(missing / pageBytes));
      look();
    },
    setQuery(vector) {
      query.set(vector);
    },
    score(first, count) {
      // Addresses above 2 GiB wrap to negative numbers on the way in, and back to themselves inside.
      scan(rowsAt + first * stride * 4, rowsAtOnce * 4, 0, count, stride);
      return scores.subarray(0, count);
    },
  };
}
