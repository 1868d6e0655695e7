import type { SamplePoint } from '../../preload/rows.ts';

/** The newest points of one curve in typed arrays: 32 bytes a point, which grow to `limit` points as they come. */
export class Ring {
  readonly #limit: number;
  #capacity = 16;
  #start = 0;
  #length = 0;
  #times = new Float64Array(this.#capacity);
  /** Shares of 0 to 1 in 65534 steps; 65535 is null. */
  #cpu = new Uint16Array(this.#capacity);
  /** Six numbers a point, NaN is null. Single precision: one part in 16 million. */
  #values = new Float32Array(this.#capacity * columns.length);

  constructor(limit: number) {
    this.#limit = limit;
    if (limit < this.#capacity) this.#resize(limit);
  }

  get length(): number {
    return this.#length;
  }

  /** Time of the newest point. */
  get newest(): number | undefined {
    return this.#length === 0 ? undefined : this.#times[this.#slot(this.#length - 1)];
  }

  /** Time of the oldest point. */
  get oldest(): number | undefined {
    return this.#length === 0 ? undefined : this.#times[this.#start];
  }

  push(point: SamplePoint): void {
    if (this.#length === this.#capacity) {
      if (this.#capacity < this.#limit) this.#resize(Math.min(this.#limit, this.#capacity * 2));
      else {
        this.#start = (this.#start + 1) % this.#capacity;
        this.#length -= 1;
      }
    }
    const slot = this.#slot(this.#length);
    this.#length += 1;
    this.#times[slot] = point.time;
    this.#cpu[slot] = point.cpu === null ? 65_535 : Math.round(Math.min(1, Math.max(0, point.cpu)) * 65_534);
    for (const [index, column] of columns.entries()) {
      this.#values[slot * columns.length + index] = point[column] ?? Number.NaN;
    }
  }

  /** Point `index`, 0 the oldest. */
  at(index: number): SamplePoint | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    const slot = this.#slot(index);
    const cpu = this.#cpu[slot] ?? 65_535;
    const point: SamplePoint = {
      time: this.#times[slot] ?? 0,
      cpu: cpu === 65_535 ? null : cpu / 65_534,
      memory: null,
      memoryMax: null,
      read: null,
      write: null,
      receive: null,
      transmit: null,
    };
    for (const [place, column] of columns.entries()) {
      const value = this.#values[slot * columns.length + place];
      if (value !== undefined && !Number.isNaN(value)) point[column] = value;
    }
    return point;
  }

  /** Points later than `time`, oldest first. */
  after(time: number): SamplePoint[] {
    const points: SamplePoint[] = [];
    for (let index = this.#length - 1; index >= 0; index -= 1) {
      const point = this.at(index);
      if (!point || point.time <= time) break;
      points.push(point);
    }
    return points.reverse();
  }

  #slot(index: number): number {
    return (this.#start + index) % this.#capacity;
  }

  #resize(capacity: number): void {
    const points = Array.from({ length: this.#length }, (_, index) => this.at(index));
    this.#capacity = capacity;
    this.#start = 0;
    this.#length = 0;
    this.#times = new Float64Array(capacity);
    this.#cpu = new Uint16Array(capacity);
    this.#values = new Float32Array(capacity * columns.length);
    for (const point of points) if (point) this.push(point);
  }
}

const columns = ['memory', 'memoryMax', 'read', 'write', 'receive', 'transmit'] as const;
