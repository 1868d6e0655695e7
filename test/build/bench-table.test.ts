import { describe, expect, it } from 'vitest';
import { formatRows } from '../../build/bench-table.mjs';

describe('npm run bench', () => {
  it('sets ours beside the peer’s', () => {
    const table = formatRows([
      { metric: 'relay', unit: 'MB/s', ours: 1552.4, peer: 1215, budget: '≥0.9× peer', met: true },
      { metric: 'round trip', unit: 'ms', ours: 0.3304, met: false },
    ]);
    expect(table.split('\n')).toEqual([
      'metric           ours  peer  floor  ours/peer  budget      met',
      'relay (MB/s)     1552  1215  –      1.28       ≥0.9× peer  yes',
      'round trip (ms)  0.33  –     –      –          –           NO',
    ]);
  });
});
