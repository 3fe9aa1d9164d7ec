/** What parent and child say to each other. */
export interface ToChild {
  batch: number;
  texts: string[];
}
export type FromChild =
  | { type: 'ready' }
  | { type: 'done'; batch: number; vectors: Float32Array[] }
  | { type: 'failed'; batch: number; message: string };
