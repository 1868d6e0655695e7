import type { XmlDocument } from '../xml/document.ts';
import type { Findings } from './remark.ts';

export function checkHonoured(_document: XmlDocument, _findings: Findings): void {
  return;
}
