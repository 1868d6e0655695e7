import type { DocumentRemark } from '../api/driver.ts';
import { GuestroomError, type ErrorCode } from '../api/errors.ts';
import { partsOf, type Part } from '../xml/walk.ts';
import type { XmlDocument } from '../xml/document.ts';

/** A remark, with the error that define or start ends with because of it. */
export interface Finding extends DocumentRemark {
  error?: GuestroomError;
  /** A start needs more than a definition does: the disk may come later. */
  stage?: 'define' | 'start';
}

/** Collects what is to be said about a document, with the lines where it says it. */
export class Findings {
  readonly list: Finding[] = [];
  private readonly parts: readonly Part[];

  constructor(document: XmlDocument) {
    this.parts = partsOf(document);
  }

  changed(path: string, message: string): void {
    this.list.push({ ...this.place(path), message, level: 'changed' });
  }

  ignored(path: string, message: string): void {
    this.list.push({ ...this.place(path), message, level: 'ignored' });
  }

  fatal(
    path: string,
    code: ErrorCode,
    message: string,
    options: { hint?: string | undefined; stage?: 'define' | 'start'; detail?: string | undefined } = {},
  ): void {
    const { stage = 'define', hint, detail } = options;
    const error = new GuestroomError(code, message, { hint, detail });
    this.list.push({ ...this.place(path), message, level: 'fatal', stage, error });
  }

  /** An error that something below has already put into words. */
  failed(path: string, error: GuestroomError, stage: 'define' | 'start' = 'define'): void {
    this.list.push({ ...this.place(path), message: error.message, level: 'fatal', stage, error });
  }

  /** Throws the first error that stops this stage. */
  refuse(stage: 'define' | 'start'): void {
    const found = this.list.find((one) => one.error && (stage === 'start' || one.stage !== 'start'));
    if (found?.error) throw found.error;
  }

  remarks(): DocumentRemark[] {
    return this.list
      .map(({ path, message, level, line }) => ({
        path,
        message,
        level,
        ...(line === undefined ? {} : { line }),
      }))
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  /** Paths name the position of a device (devices/disk[1]); the walk numbers only those with siblings. */
  private place(path: string): { path: string; line?: number } {
    const exact = this.parts.find((part) => part.path === path);
    const part = exact ?? this.byPosition(path);
    const line = part?.position?.line;
    return { path: part?.path ?? path, ...(line === undefined ? {} : { line }) };
  }

  private byPosition(path: string): Part | undefined {
    const match = /^(.*)\[(\d+)\](.*)$/.exec(path);
    if (!match) return undefined;
    const [, before = '', number = '1', after = ''] = match;
    const element = this.parts.filter(({ pattern }) => pattern === before)[Number(number) - 1];
    if (!element) return undefined;
    return this.parts.find((part) => part.path === `${element.path}${after}`) ?? element;
  }
}
