import type { Viewer } from './consoles/viewer.ts';
import type { LocalHost } from './nodes/local-host.ts';

/** What a host program (Electron, browser, shell) brings; the core imports none of them. */
export interface Platform {
  readonly kind: 'electron' | 'browser' | 'shell';
  /** Version of Guestroom. */
  readonly version: string;
  /** What it runs on, for the About page: "Electron 45.4.1", "Node 20.20.2". */
  readonly runtime: string;
  /** This computer; its paths say where everything of ours is kept. */
  readonly host: LocalHost;
  /** Where there are system dialogs. */
  readonly dialogs?: Dialogs;
  /** Where a route can be opened in a window of its own. */
  readonly windows?: Windows;
  /** remote-viewer on the person's computer, where that is the one that we run on. */
  readonly viewer?: Viewer;
  /** Where secrets can be kept; without it nothing secret is ever stored. */
  readonly secrets?: Secrets;
  /** Opens an address in the system's browser. Only addresses of `links.ts` are given to it. */
  openExternal(url: string): Promise<void>;
  /** Licences of what is built in, as text. */
  notices(): Promise<string>;
}

export type FilePurpose = 'iso' | 'image' | 'kernel' | 'xml' | 'any';

export interface Dialogs {
  /** The chosen file's path on this computer; null when the person cancelled. */
  chooseFile(request: { purpose: FilePurpose; title: string }): Promise<string | null>;
  /** Where a file of this name is to be put; the person has agreed to lose what is there. */
  chooseTarget(request: { name: string; title: string }): Promise<string | null>;
}

export interface Windows {
  /** `route` is one of the window's own, beginning with a slash. */
  open(route: string): Promise<void>;
}

/** Small texts, encrypted by the system's key store. */
export interface Secrets {
  /** Why nothing can be kept here, as a sentence; undefined when it can. */
  readonly unavailable: string | undefined;
  get(name: string): Promise<string | undefined>;
  set(name: string, secret: string): Promise<void>;
  remove(name: string): Promise<void>;
}
