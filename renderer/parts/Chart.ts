import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Scale } from './ChartScale.ts';

export interface ChartSeries {
  label: string;
  values: readonly (number | null)[];
}

/** Everything that a drawing shows. Times are milliseconds, values in the scale's measure. */
export interface ChartView {
  time: readonly number[];
  /** One or two lines; the second is dashed. */
  series: readonly ChartSeries[];
  from: number;
  to: number;
  scale: Scale;
}

/** Colours as the canvas needs them: resolved, not as names. */
export interface ChartColours {
  line: string;
  second: string;
  area: string;
  grid: string;
  text: string;
  font: string;
}

const left = 52;
const right = 8;
const axisHeight = 20;

/** Round distances of the time axis in seconds: at most six marks fit. */
const distances = [10, 15, 30, 60, 120, 300, 600, 900, 1800];

/** Where the time axis has its marks, in seconds: at whole minutes, or parts of one. */
export function timeMarks(from: number, to: number): number[] {
  const span = (to - from) / 1000;
  const step = distances.find((distance) => span / distance <= 6) ?? 3600;
  const marks: number[] = [];
  for (let at = Math.ceil(from / 1000 / step) * step; at <= to / 1000; at += step) marks.push(at);
  return marks;
}

/** A drawing on `host`. `onhover` gets the index of the point under the pointer, null when it leaves. */
export class ChartDrawing {
  #plot: uPlot;
  #view: ChartView;
  #colours: ChartColours;

  constructor(
    host: HTMLElement,
    view: ChartView,
    colours: ChartColours,
    size: { width: number; height: number },
    group: string,
    timeText: (time: number) => string,
    onhover: (index: number | null) => void,
  ) {
    this.#view = view;
    this.#colours = colours;
    const line = (second: boolean): uPlot.Series => ({
      stroke: () => (second ? this.#colours.second : this.#colours.line),
      width: 1.5,
      ...(second ? { dash: [3, 2.5] } : { fill: () => this.#colours.area }),
      // the newest value has a dot: the line ends here, now
      points: second
        ? { show: false }
        : { show: true, filter: () => [this.#last()], size: 5, fill: () => this.#colours.line, width: 0 },
      spanGaps: false,
    });
    const axis = { stroke: () => this.#colours.text, font: colours.font, ticks: { show: false }, gap: 6 };
    const grid = { stroke: () => this.#colours.grid, width: 1 };
    this.#plot = new uPlot(
      {
        ...size,
        padding: [8, right, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: false, range: () => [this.#view.from / 1000, this.#view.to / 1000] },
          y: { range: () => [0, this.#view.scale.max] },
        },
        axes: [
          {
            ...axis,
            grid,
            size: axisHeight,
            gap: 4,
            splits: () => timeMarks(this.#view.from, this.#view.to),
            values: (_plot, marks) => marks.map((mark) => timeText(mark * 1000)),
          },
          {
            ...axis,
            grid,
            size: left,
            splits: () => [0, 0.25, 0.5, 0.75, 1].map((part) => part * this.#view.scale.max),
            values: () => [...this.#view.scale.labels],
          },
        ],
        series: [{}, ...view.series.map((_, at) => line(at > 0))],
        cursor: {
          y: false,
          drag: { x: false, y: false },
          points: { size: 6, width: 1.5 },
          sync: { key: group, setSeries: false },
        },
        hooks: {
          setCursor: [(plot) => onhover((plot.cursor.left ?? -1) < 0 ? null : (plot.cursor.idx ?? null))],
        },
      },
      data(view),
      host,
    );
  }

  /** Index of the newest measured point of the first line. */
  #last(): number {
    const values = this.#view.series[0]?.values ?? [];
    return values.findLastIndex((value) => value !== null);
  }

  /** Draws anew, at once: steps, no gliding. */
  show(view: ChartView): void {
    this.#view = view;
    this.#plot.setData(data(view));
  }

  colour(colours: ChartColours): void {
    this.#colours = colours;
    this.#plot.redraw(false, true);
  }

  resize(width: number, height: number): void {
    this.#plot.setSize({ width, height });
  }

  destroy(): void {
    this.#plot.destroy();
  }
}

function data(view: ChartView): uPlot.AlignedData {
  return [view.time.map((time) => time / 1000), ...view.series.map((series) => [...series.values])];
}
