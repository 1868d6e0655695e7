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

/** The one dialog that is open. */
export class Dialogs {
  current: DialogRequest | undefined = $state.raw();

  show(request: DialogRequest): void {
    this.current = request;
  }

  close(): void {
    this.current = undefined;
  }
}
