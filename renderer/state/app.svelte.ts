import { getContext, setContext } from 'svelte';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { ErrorData } from '../../drivers/api/errors.ts';
import type { AppInfo, TaskRow } from '../../preload/rows.ts';
import type { Client, LinkState } from '../client/index.ts';
import { t } from '../i18n/index.svelte.ts';
import { toasts } from '../parts/toasts.svelte.ts';
import { Dialogs } from './dialogs.svelte.ts';
import type { DialogRequest } from './dialogs.svelte.ts';
import { DomainWork } from './domain-work.svelte.ts';
import { follow } from './feed.ts';
import { Inventory } from './inventory.svelte.ts';
import type { DomainRef } from './inventory.svelte.ts';
import { Questions } from './questions.svelte.ts';
import { domainRoute, hostRoute, parseRoute } from './routes.ts';
import { Samples } from './samples.svelte.ts';
import { Settings } from './settings.svelte.ts';
import { Tabs } from './tabs.svelte.ts';
import { Tasks, taskTitle } from './tasks.svelte.ts';

/** Everything a window knows, made once and handed down by context. */
export class App {
  readonly client: Client;
  readonly inventory = new Inventory();
  readonly samples: Samples;
  readonly settings: Settings;
  readonly work: DomainWork;
  readonly dialogs = new Dialogs();
  readonly tasks: Tasks;
  readonly questions: Questions;
  readonly tabs: Tabs;
  /** What main says about itself. */
  info: AppInfo | undefined = $state.raw();
  /** The connection to main: while it is not open, what is shown may be old. */
  link: LinkState = $state('open');
  paletteOpen = $state(false);
  #ended = new AbortController();
  /** The window was opened for one page: what is shown here is none of the main window's tabs. */
  #alone = false;
  /** The machine that is shown once it is made, unless the person has gone elsewhere since. */
  #awaited: { task: string; target: DomainRef; from: string | undefined } | undefined;

  constructor(client: Client) {
    this.client = client;
    this.samples = new Samples(client, (thrown) => this.report(t.app.feedFailed, thrown));
    this.settings = new Settings(client, (thrown) => this.report(t.app.settingsNotSaved, thrown));
    this.work = new DomainWork(client, this.inventory, (target, error) => this.#failed(target, error));
    this.tasks = new Tasks((task) => this.#taskEnded(task));
    this.questions = new Questions(client);
    this.tabs = new Tabs((tabs, tab) => {
      if (this.settings.ready && !this.#alone)
        void this.settings.set(tab === undefined ? { tabs: [...tabs] } : { tabs: [...tabs], tab });
    });
  }

  get rpc(): Client['rpc'] {
    return this.client.rpc;
  }

  /** Begins to follow main. `alone`: the one page of this window, which leaves the saved tabs to the main window. */
  start(alone?: string): void {
    this.#alone = alone !== undefined;
    if (alone !== undefined) this.tabs.show(alone);
    const { signal } = this.#ended;
    const { client, rpc } = this;
    this.link = client.state;
    signal.addEventListener(
      'abort',
      client.onState((state) => {
        this.link = state;
      }),
    );
    const feed = <T>(open: (end: AbortSignal) => Promise<AsyncIterable<T>>, take: (event: T) => void) => {
      follow(client, open, take, signal).catch((thrown: unknown) => {
        if (!signal.aborted) this.report(t.app.feedFailed, thrown);
      });
    };
    feed(
      (end) => rpc.settings.watch(undefined, { signal: end }),
      (message) => {
        this.settings.take(message);
        if (!this.#alone) this.tabs.restore(message.settings.tabs, message.settings.tab);
      },
    );
    feed(
      (end) => rpc.inventory.watch(undefined, { signal: end }),
      (batch) => {
        const subjects = subjectsOf(this.dialogs.open, this.inventory);
        this.inventory.apply(batch);
        const gone = batch.events.some(
          (event) =>
            event.kind === 'node-removed' || event.kind === 'domain-removed' || event.kind === 'ready',
        );
        if (this.inventory.ready && gone) {
          this.#dropGone();
          this.#closeGone(subjects);
        }
        this.#showMade();
      },
    );
    feed(
      (end) => rpc.tasks.watch(undefined, { signal: end }),
      (event) => {
        this.tasks.take(event);
        this.#showMade();
      },
    );
    feed(
      (end) => rpc.questions.watch(undefined, { signal: end }),
      (event) => this.questions.take(event),
    );
    rpc.app
      .info(undefined, { signal })
      .then((info) => {
        this.info = info;
      })
      .catch((thrown: unknown) => {
        if (!signal.aborted) this.report(t.app.name, thrown);
      });
  }

  stop(): void {
    this.#ended.abort();
    this.samples.stop();
  }

  /** Runs a call that the person asked for; a failure comes as a toast with the subject as its title. Answers whether it worked. */
  async attempt(subject: string, run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (thrown) {
      this.report(subject, thrown);
      return false;
    }
  }

  /** Tells of a failure that has no place of its own on the screen. */
  report(subject: string, thrown: unknown): void {
    const error = toGuestroomError(thrown).toData();
    if (error.code === 'cancelled') return;
    toasts.add({
      mark: 'error',
      title: subject,
      text: error.message,
      action: {
        label: t.parts.details,
        run: () => this.dialogs.show({ kind: 'error', title: subject, error }),
      },
    });
  }

  /** Closes the tab, once the person has let go what is not saved there. */
  closeTab(route: string): void {
    this.#closing([route], () => this.tabs.close(route));
  }

  closeOthers(route: string): void {
    this.#closing(
      this.tabs.open.filter((each) => each !== route),
      () => this.tabs.closeOthers(route),
    );
  }

  #closing(routes: readonly string[], close: () => void): void {
    const names = routes.filter((route) => this.tabs.isUnsaved(route)).map((route) => this.#nameOf(route));
    if (names.length === 0) {
      close();
      return;
    }
    const { title, text, action } = t.app.confirm.closeTab;
    this.dialogs.show({
      kind: 'confirm',
      question: { title: title(names), text: text(names.length), action, run: close },
    });
  }

  #nameOf(text: string): string {
    const route = parseRoute(text);
    const name = route?.page === 'domain' ? this.inventory.domain(route)?.name : undefined;
    return name ?? this.tabs.names.get(text) ?? text;
  }

  /** The route in a window of its own. */
  openWindow(route: string): void {
    if (this.info?.windows) {
      void this.attempt(t.app.action.openWindow, () => this.rpc.app.openWindow({ route }));
      return;
    }
    const opened = window.open(`${location.pathname}#${route}`, '_blank', 'popup,width=1024,height=768');
    if (!opened) toasts.add({ mark: 'error', title: t.app.popupBlocked });
  }

  /** Shows a machine that is being made as soon as it is there, if the person still looks at what they look at now. */
  showWhenMade(task: string, target: DomainRef): void {
    this.#awaited = { task, target, from: this.tabs.current };
    this.#showMade();
  }

  /** Two feeds tell of the end of the work and of the new machine, in either order. */
  #showMade(): void {
    const awaited = this.#awaited;
    const state = awaited && this.tasks.list.find(({ id }) => id === awaited.task)?.state;
    if (!awaited || state === undefined || state === 'running') return;
    if (state === 'done' && !this.inventory.domain(awaited.target)) return;
    this.#awaited = undefined;
    if (state === 'done' && this.tabs.current === awaited.from && !this.dialogs.current)
      this.tabs.show(domainRoute(awaited.target));
  }

  /** The virtual machine's page or its host's table is what the person looks at. */
  #sees(target: DomainRef): boolean {
    return this.tabs.current === domainRoute(target) || this.tabs.current === hostRoute(target.node);
  }

  #failed(target: DomainRef, error: ErrorData): void {
    if (this.#sees(target)) return;
    const name = this.inventory.domain(target)?.name ?? target.uuid;
    toasts.add({
      mark: 'error',
      title: name,
      text: error.message,
      action: { label: t.app.show, run: () => this.tabs.show(domainRoute(target)) },
    });
  }

  #taskEnded(task: TaskRow): void {
    if (task.state === 'cancelled' || (this.tasks.open && task.state !== 'failed')) return;
    const { node, uuid } = task;
    const target = node !== undefined && uuid !== undefined ? { node, uuid } : undefined;
    const seen = this.tasks.open || this.tabs.current === '/tasks';
    if (seen) return;
    const gone = task.kind === 'undefine';
    toasts.add({
      mark: task.state === 'failed' ? 'error' : 'done',
      title: taskTitle(task),
      text: task.error?.message,
      action:
        task.state === 'failed'
          ? { label: t.app.show, run: () => this.tabs.show('/tasks') }
          : target && !gone
            ? { label: t.app.show, run: () => this.tabs.show(domainRoute(target)) }
            : undefined,
    });
  }

  /** A dialog about something that is gone can do nothing any more. */
  #closeGone(subjects: ReadonlyMap<DialogRequest, string | undefined>): void {
    for (const [request, name] of subjects) {
      const gone =
        request.kind === 'delete'
          ? request.targets.every((target) => this.inventory.gone(target))
          : request.kind === 'rename' || request.kind === 'notes'
            ? this.inventory.gone(request.target)
            : 'node' in request && !this.inventory.node(request.node);
      if (!gone) continue;
      this.dialogs.close(request);
      if (name !== undefined) toasts.add({ mark: 'warning', title: t.app.goneMeanwhile(name) });
    }
  }

  #dropGone(): void {
    this.tabs.drop((text) => {
      const route = parseRoute(text);
      if (route?.page === 'host' || route?.page === 'terminal') return !this.inventory.node(route.node);
      // a host that is not there now keeps its tabs: they come back with it
      return route?.page === 'domain' && this.inventory.gone(route);
    });
  }
}

/** Names of what the dialogs are about. */
function subjectsOf(
  open: readonly DialogRequest[],
  inventory: Inventory,
): ReadonlyMap<DialogRequest, string | undefined> {
  const nameOf = (request: DialogRequest): string | undefined => {
    if (request.kind === 'rename' || request.kind === 'notes') return inventory.domain(request.target)?.name;
    return 'node' in request ? inventory.node(request.node)?.name : undefined;
  };
  return new Map(open.map((request) => [request, nameOf(request)]));
}

/** The main window has no title bar: macOS draws the window's buttons over its top left corner. */
export const ownTitleBar = (app: App): boolean =>
  app.info?.host === 'electron' && app.info.platform === 'darwin';

const key = Symbol('app');
export const provideApp = (app: App): App => setContext(key, app);
export const useApp = (): App => getContext<App>(key);
