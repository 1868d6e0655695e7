import type { Browser, Page } from 'playwright-core';
import { type RunningApp, startApp } from '../lab/app.ts';
import { launchChromium } from '../lab/chromium.ts';
import { connectTo } from '../lab/client.ts';
import { type Folders, makeFolders, removeFolders } from '../lab/folders.ts';
import { memoryOf, sum, treeOf } from './processes.ts';
import { judged, median, percentile, type Row } from './report.ts';

/** The window: time to a painted list, memory, and how a very long list scrolls and filters. */
async function windowRows(): Promise<Row[]> {
  const rows: Row[] = [];
  const bare = await bareBrowser();
  const figures = new Map<number, { ms: number; memory: number; main: number }>();
  for (const domains of [10, 100, 1000]) {
    const found = await listOf(domains);
    figures.set(domains, found);
    rows.push({
      metric: `navigation to painted list, ${String(domains)} machines`,
      unit: 'ms',
      ours: found.ms,
      floor: { name: 'bare page', value: bare.ms },
      better: 'less',
    });
  }
  const [few, many] = [figures.get(10), figures.get(1000)];
  if (few && many) {
    rows.push(
      {
        metric: 'memory at 10 machines, main and window',
        unit: 'MB',
        ours: few.memory + few.main,
        floor: { name: 'bare page + 90', value: bare.memory + 90 },
        budget: { of: 'floor', limit: 1 },
        better: 'less',
      },
      { metric: 'memory of main at 1000 machines', unit: 'MB', ours: many.main, better: 'less' },
      {
        // the made-up hypervisor is part of main here; watch.bench.ts has the figure for a daemon's machines
        metric: 'memory for each further machine, main, window and the test hypervisor',
        unit: 'kB',
        ours: ((many.memory + many.main - few.memory - few.main) * 1000) / 990,
        better: 'less',
      },
    );
  }
  rows.push(...(await longList()));
  return rows;
}

interface Lab {
  folders: Folders;
  app: RunningApp;
  browser: Browser;
}

async function withApp<T>(
  uris: readonly string[],
  work: (lab: Lab, nodes: string[]) => Promise<T>,
): Promise<T> {
  const folders = await makeFolders();
  let app = await startApp(folders);
  const browser = await launchChromium();
  try {
    const client = await connectTo(app);
    const nodes: string[] = [];
    for (const [at, uri] of uris.entries())
      nodes.push((await client.rpc.nodes.add({ uri, name: `host-${String(at + 1)}` })).node);
    await client.rpc.settings.set({ tabs: [`/host/${nodes[0] ?? ''}`], tab: `/host/${nodes[0] ?? ''}` });
    client.close();
    await app.stop();
    app = await startApp(folders);
    return await work({ folders, app, browser }, nodes);
  } finally {
    await browser.close();
    await app.stop();
    await removeFolders(folders);
  }
}

async function listOf(domains: number): Promise<{ ms: number; memory: number; main: number }> {
  return withApp(
    [`test:///generate?domains=${String(domains)}&seed=7&running=0.4`],
    async ({ app, browser }) => {
      const times: number[] = [];
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await page.goto(app.url);
      await painted(page, domains);
      for (let round = 0; round < 7; round += 1) {
        await page.goto('about:blank');
        await page.goto(`${app.origin}/`, { waitUntil: 'commit' });
        times.push(await painted(page, domains));
      }
      await page.requestGC();
      const memory = browserMemory(browser) / 1e6;
      return { ms: median(times), memory, main: memoryOf(app.pid) / 1e6 };
    },
  );
}

/** ms since the navigation began when the list shows all rows that fit and knows how many there are. */
async function painted(page: Page, domains: number): Promise<number> {
  return page
    .waitForFunction(
      (count) => {
        const grid = document.querySelector('[role=grid]');
        const rows = document.querySelectorAll('[role=grid] [role=rowgroup] [role=row]').length;
        if (grid?.getAttribute('aria-rowcount') !== String(count + 1) || rows < Math.min(count, 15))
          return false;
        const seen = window as unknown as { painted?: number };
        // two frames: the first begins with the rows, the second comes when they are on the screen
        if (seen.painted === undefined) {
          seen.painted = 0;
          requestAnimationFrame(() => requestAnimationFrame(() => (seen.painted = performance.now())));
        }
        return seen.painted === 0 ? false : seen.painted;
      },
      domains,
      { polling: 'raf', timeout: 60_000 },
    )
    .then(async (handle) => Number(await handle.jsonValue()));
}

async function bareBrowser(): Promise<{ ms: number; memory: number }> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      await page.goto('about:blank');
      await page.goto('data:text/html,<title>bare</title><p>bare</p>', { waitUntil: 'commit' });
      times.push(
        await page.evaluate(
          () =>
            new Promise<number>((done) =>
              requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))),
            ),
        ),
      );
    }
    await page.requestGC();
    return { ms: median(times), memory: browserMemory(browser) / 1e6 };
  } finally {
    await browser.close();
  }
}

/** All of the browser's processes: they are ours, children of this one. */
function browserMemory(browser: Browser): number {
  if (!browser.isConnected()) throw new Error('the browser has ended');
  return sum(treeOf(process.pid, 'chrom').map(memoryOf));
}

/** 10,000 machines on 100 hosts: frames while the tree and a table scroll, and how soon a filter answers. */
async function longList(): Promise<Row[]> {
  const uris = Array.from(
    { length: 100 },
    (_, at) => `test:///generate?domains=100&seed=${String(at + 1)}&running=0.4`,
  );
  return withApp(uris, async ({ app, browser }) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(app.url);
    await page.getByRole('tree').getByRole('treeitem').nth(20).waitFor();
    await page.getByText(/of 10,?000 virtual machines/).waitFor({ timeout: 60_000 });
    const tree = await frames(page, async () => {
      await page.getByRole('tree').hover();
      for (let step = 0; step < 60; step += 1) await page.mouse.wheel(0, 700);
    });
    const filter = page.getByRole('searchbox').first();
    const answers: number[] = [];
    for (const text of ['web', '99', 'db-0', 'nothing-like-this']) {
      await filter.fill('');
      await page.waitForFunction(() => document.querySelectorAll('[role=treeitem]').length > 10, undefined, {
        polling: 'raf',
      });
      answers.push(await filterTime(page, text));
    }
    const filtering = await frames(page, async () => {
      for (const letter of ['w', 'we', 'web', 'web-', 'web-1']) await filter.fill(letter);
      await filter.fill('');
    });
    return [
      {
        metric: '10,000 machines: longest frame while the tree scrolls',
        unit: 'ms',
        ours: tree.longest,
        budget: { of: 'value', limit: 50 },
        better: 'less',
      },
      {
        metric: '10,000 machines: frames over 50 ms while it filters',
        unit: '',
        ours: filtering.over50,
        budget: { of: 'value', limit: 0 },
        better: 'less',
      },
      {
        metric: '10,000 machines: a filter answers',
        unit: 'ms',
        ours: percentile(answers, 0.99),
        budget: { of: 'value', limit: 100 },
        better: 'less',
      },
    ];
  });
}

/** Gaps between animation frames while something is done. */
async function frames(page: Page, work: () => Promise<void>): Promise<{ longest: number; over50: number }> {
  await page.evaluate(() => {
    const log = window as unknown as { gaps: number[]; stop: boolean };
    log.gaps = [];
    log.stop = false;
    let last = performance.now();
    const tick = (now: number): void => {
      log.gaps.push(now - last);
      last = now;
      if (!log.stop) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await work();
  const gaps = await page.evaluate(
    () =>
      new Promise<number[]>((done) => {
        requestAnimationFrame(() => {
          const log = window as unknown as { gaps: number[]; stop: boolean };
          log.stop = true;
          done(log.gaps);
        });
      }),
  );
  return { longest: Math.max(...gaps), over50: gaps.filter((gap) => gap > 50).length };
}

/** ms from the text to the frame that shows its answer. */
async function filterTime(page: Page, text: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((done) => {
        const field = document.querySelector<HTMLInputElement>('input[type=search], [role=searchbox]');
        const tree = document.querySelector('[role=tree]');
        if (!field || !tree) throw new Error('no filter');
        const began = performance.now();
        const seen = new MutationObserver(() => {
          seen.disconnect();
          requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
        });
        seen.observe(tree.parentElement ?? tree, { childList: true, subtree: true, characterData: true });
        field.value = wanted;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }),
    text,
  );
}

export default async () => (await windowRows()).map(judged);
