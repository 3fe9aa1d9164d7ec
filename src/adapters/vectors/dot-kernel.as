// AssemblyScript source of the module in dot-kernel.ts: inner products of one query with n rows of d float32 numbers that
// lie one after the other; d is a multiple of 16. Four sums at a time, because additions wait for each other.
// Built with assemblyscript 0.28.20 (not a dependency: this file changes rarely and the result is 361 bytes):
//   cp dot-kernel.as k.ts
//   npx asc k.ts -o k.wasm -O3 --noAssert --runtime stub --enable simd --importMemory --initialMemory 1
//   base64 -w0 k.wasm
export function scan(rows: usize, query: usize, out: usize, n: i32, d: i32): void {
  const bytes = <usize>d << 2;
  for (let i: i32 = 0; i < n; i++) {
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), e = f32x4.splat(0);
    const row = rows + <usize>i * bytes;
    for (let j: usize = 0; j < bytes; j += 64) {
      const x = row + j, q = query + j;
      a = f32x4.add(a, f32x4.mul(v128.load(x), v128.load(q)));
      b = f32x4.add(b, f32x4.mul(v128.load(x, 16), v128.load(q, 16)));
      c = f32x4.add(c, f32x4.mul(v128.load(x, 32), v128.load(q, 32)));
      e = f32x4.add(e, f32x4.mul(v128.load(x, 48), v128.load(q, 48)));
    }
    a = f32x4.add(f32x4.add(a, b), f32x4.add(c, e));
    store<f32>(
      out + (<usize>i << 2),
      f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3),
    );
  }
}
