import type { ErrorData } from '../../drivers/api/errors.ts';
import type { DomainRef } from './inventory.svelte.ts';

/** A question before something is lost. */
export interface Question {
  title: string;
  text: string;
  /** Label of the button that does it. */
  action: string;
  run: () => void;
}

export type DialogRequest =
  | { kind: 'addHost' }
  | { kind: 'importHosts' }
  | { kind: 'create'; node: string; mode: 'wizard' | 'xml' }
  | { kind: 'upload'; node: string }
  | { kind: 'download'; node: string }
  | { kind: 'delete'; targets: readonly DomainRef[] }
  | { kind: 'rename'; target: DomainRef }
  | { kind: 'notes'; target: DomainRef }
  | { kind: 'renameHost'; node: string }
  | { kind: 'connection'; node: string }
  | { kind: 'confirm'; question: Question }
  | {
      kind: 'error';
      title: string;
      error: ErrorData;
      retry?: (() => void) | undefined;
      target?: DomainRef | undefined;
    }
  | { kind: 'shortcuts' };

/** The dialog that is open, and a message or question over it. */
export class Dialogs {
  /** From the bottom to the top. */
  open: readonly DialogRequest[] = $state.raw([]);

  get current(): DialogRequest | undefined {
    return this.open.at(-1);
  }

  /** A message or question leaves what is being filled in below it; every other dialog takes its place. */
  show(request: DialogRequest): void {
    const passing = ({ kind }: DialogRequest) => kind === 'error' || kind === 'confirm';
    this.open = passing(request) ? [...this.open.filter((each) => !passing(each)), request] : [request];
  }

  /** Closes this one. Its work may have ended long after another has taken its place: that one stays. */
  close(request: DialogRequest | undefined = this.current): void {
    this.open = this.open.filter((each) => each !== request);
  }
}
