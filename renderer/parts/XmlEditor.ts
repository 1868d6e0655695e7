import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { xmlLanguage } from '@codemirror/lang-xml';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** A mark in the document, by character offsets or, where only that is known, by its line. */
export interface EditorMark {
  from?: number | undefined;
  to?: number | undefined;
  line?: number | undefined;
  level: 'error' | 'warning' | 'info';
  message: string;
}

const theme = EditorView.theme({
  '&': {
    height: '100%',
    color: 'var(--text)',
    backgroundColor: 'var(--surface-1)',
    font: 'var(--text-code)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'var(--text-code)', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-gutters': { color: 'var(--text-muted)', backgroundColor: 'var(--surface-1)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '40px', padding: '0 8px 0 12px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--fill-hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--fill-selected)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--fill-pressed)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--fill-pressed)' },
  '.cm-panels': { color: 'var(--text)', backgroundColor: 'var(--surface-2)', borderColor: 'var(--border)' },
  '.cm-panel.cm-search': { padding: '6px 12px', font: 'var(--text-small)' },
  '.cm-panel.cm-search label': { font: 'var(--text-small)' },
  '.cm-textfield': {
    height: '24px',
    border: '1px solid var(--border-field)',
    borderRadius: 'var(--radius-2)',
    backgroundColor: 'var(--fill-field)',
    color: 'var(--text)',
    font: 'var(--text-small)',
  },
  '.cm-button': {
    height: '24px',
    border: '1px solid var(--border-strong)',
    borderRadius: 'var(--radius-2)',
    background: 'var(--fill-control)',
    color: 'var(--text)',
    font: 'var(--text-small)',
  },
  '.cm-tooltip': {
    border: '1px solid var(--border-strong)',
    borderRadius: 'var(--radius-2)',
    backgroundColor: 'var(--surface-overlay)',
    boxShadow: 'var(--elevation-menu)',
    font: 'var(--text-small)',
  },
  '.cm-diagnostic': { padding: '6px 8px', border: 'none' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--state-error)',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--state-paused)',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--accent)' },
  '.cm-foldPlaceholder': {
    border: '1px solid var(--border-strong)',
    backgroundColor: 'var(--surface-3)',
    color: 'var(--text-muted)',
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--accent)' },
  { tag: tags.attributeName, color: 'var(--text-secondary)' },
  { tag: [tags.attributeValue, tags.string], color: 'var(--state-running)' },
  { tag: [tags.comment, tags.processingInstruction, tags.documentMeta], color: 'var(--text-muted)' },
  { tag: [tags.character, tags.content], color: 'var(--text)' },
  { tag: tags.invalid, color: 'var(--state-error)' },
]);

/** The editor itself: only this module knows CodeMirror. */
export class XmlEditing {
  #view: EditorView;
  #lock = new Compartment();
  #quiet = false;

  constructor(
    host: HTMLElement,
    text: string,
    readonly: boolean,
    label: string,
    onchange: (text: string) => void,
  ) {
    this.#view = new EditorView({
      parent: host,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          foldGutter(),
          lintGutter(),
          highlightSpecialChars(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of('  '),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          search({ top: true }),
          xmlLanguage,
          syntaxHighlighting(colours),
          theme,
          // read-only text scrolls by keyboard too
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          keymap.of([...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap, indentWithTab]),
          this.#lock.of(lock(readonly)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !this.#quiet) onchange(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  /** Another text in place of this one, as one step that can be undone. */
  replace(text: string): void {
    if (this.#view.state.doc.toString() === text) return;
    this.#quiet = true;
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
    this.#quiet = false;
  }

  lock(readonly: boolean): void {
    this.#view.dispatch({ effects: this.#lock.reconfigure(lock(readonly)) });
  }

  mark(marks: readonly EditorMark[]): void {
    const { doc } = this.#view.state;
    const diagnostics = marks.flatMap((mark): Diagnostic[] => {
      const { level: severity, message } = mark;
      if (mark.line !== undefined) {
        if (mark.line < 1 || mark.line > doc.lines) return [];
        const { from, to, text } = doc.line(mark.line);
        return [{ from: from + (text.length - text.trimStart().length), to, severity, message }];
      }
      if (mark.from === undefined) return [];
      const from = Math.min(mark.from, doc.length);
      return [{ from, to: Math.max(from, Math.min(mark.to ?? from, doc.length)), severity, message }];
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
  }

  /** Puts the cursor there and shows it. */
  show(at: { offset: number } | { line: number }): void {
    const { doc } = this.#view.state;
    const anchor =
      'offset' in at
        ? Math.min(at.offset, doc.length)
        : doc.line(Math.max(1, Math.min(at.line, doc.lines))).from;
    this.#view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
    });
    this.#view.focus();
  }

  find(): void {
    openSearchPanel(this.#view);
  }

  destroy(): void {
    this.#view.destroy();
  }
}

const lock = (readonly: boolean) => [EditorState.readOnly.of(readonly), EditorView.editable.of(!readonly)];
