/** What parent and child say to each other. */
export interface ToChild {
  batch: number;
  texts: readonly string[];
}
export type FromChild =
  | { type: 'ready' }
  | { type: 'done'; batch: number; vectors: Float32Array[] }
  | { type: 'failed'; batch: number; message: string };
