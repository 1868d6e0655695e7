/** A content of which every eight bytes tell where they are, and whose: a byte in a wrong place is seen. */
export function tellingBytes(offset: number, length: number, whose = 0): Buffer {
  const start = Math.floor(offset / 8);
  const words = new BigUint64Array(Math.ceil((offset + length) / 8) - start);
  // never all zeros: no part of it counts as a hole
  const mark = (BigInt(whose + 1) << 48n) | 0x8000_0000_0000_0000n;
  for (let at = 0; at < words.length; at += 1) words[at] = mark | BigInt(start + at);
  const from = offset - start * 8;
  return Buffer.from(words.buffer, from, length);
}

/** Throws where these are not the content's bytes from `offset` on. */
export function checkTelling(bytes: Uint8Array, offset: number, whose = 0): void {
  const right = tellingBytes(offset, bytes.length, whose);
  if (right.equals(bytes)) return;
  const at = right.findIndex((byte, index) => byte !== bytes[index]);
  const from = at - ((offset + at) % 8);
  const found = Buffer.from(bytes.subarray(Math.max(0, from), from + 24)).toString('hex');
  throw new Error(`content ${String(whose)}, byte ${String(offset + at)}: ${found}`);
}

/** Numbers from 0 to 1, the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed * 2 + 1;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Nothing, a turn of the event loop or some, or a few ms: by chance. */
export async function aWhile(random: () => number): Promise<void> {
  const kind = random();
  if (kind < 0.3) return;
  if (kind < 0.9) {
    for (let turns = Math.ceil(random() * 4); turns > 0; turns -= 1)
      await new Promise((resolve) => setImmediate(resolve));
  } else await new Promise((resolve) => setTimeout(resolve, random() * 4));
}
